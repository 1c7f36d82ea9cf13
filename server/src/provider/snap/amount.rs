//! Amounts as SNAP BI writes them: `{"value": "10000.00", "currency": "IDR"}`.

use kasir_shared::Rupiah;
use serde::{Deserialize, Serialize};

/// The only currency there is.
const RUPIAH: &str = "IDR";

/// An amount on the wire. Rupiah have two decimals there, and both are noughts.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Amount {
    value: String,
    currency: String,
}

/// An amount with the two decimals of the standard.
pub fn decimals(amount: Rupiah) -> String {
    format!("{}.00", amount.value())
}

impl Amount {
    /// Writes it.
    pub fn of(amount: Rupiah) -> Self {
        Self { value: decimals(amount), currency: RUPIAH.to_owned() }
    }

    /// An amount as somebody wrote it elsewhere, to be read by the same rules.
    pub fn written(value: &str, currency: &str) -> Self {
        Self { value: value.to_owned(), currency: currency.to_owned() }
    }

    /// Reads it; nothing where it is another currency, part of a rupiah or no number. With or without
    /// decimals, since providers write both.
    pub fn rupiah(&self) -> Option<Rupiah> {
        let (whole, cents) = self.value.split_once('.').unwrap_or((&self.value, "00"));
        let digits = !whole.is_empty() && whole.bytes().all(|byte| byte.is_ascii_digit());
        let none = (1..=2).contains(&cents.len()) && cents.bytes().all(|byte| byte == b'0');
        let sound = digits && none && self.currency == RUPIAH;
        whole.parse().ok().filter(|_| sound).and_then(Rupiah::new)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(value: &str, currency: &str) -> Option<u64> {
        let amount = Amount { value: value.to_owned(), currency: currency.to_owned() };
        amount.rupiah().map(Rupiah::value)
    }

    #[test]
    fn what_is_no_whole_rupiah_is_none() {
        for value in [
            "",
            ".",
            ".00",
            "1.",
            "1.5",
            "1.50",
            "1.001",
            "1.000",
            "1,000.00",
            "-1.00",
            "+1.00",
            "1e3",
            " 1.00",
            "1.00 ",
            "0x10",
            "99999999999999999999",
            "1000000000000",
        ] {
            assert_eq!(read(value, "IDR"), None, "{value:?}");
        }
        for currency in ["", "idr", "USD", "360"] {
            assert_eq!(read("1.00", currency), None, "{currency:?}");
        }
    }

    #[test]
    fn decimals_are_read_whether_they_are_there_or_not() {
        for value in ["10000", "10000.0", "10000.00", "0010000.00"] {
            assert_eq!(read(value, "IDR"), Some(10_000), "{value}");
        }
    }

    proptest! {
        #[test]
        fn every_amount_reads_back(value in 0..=999_999_999_999_u64) {
            let amount = Rupiah::new(value).unwrap();
            prop_assert_eq!(Amount::of(amount).rupiah(), Some(amount));
        }
    }
}
