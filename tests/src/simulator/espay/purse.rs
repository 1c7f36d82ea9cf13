//! The wallets' own accounts: a phone number, what is on it, and what its last digits promise.
use super::products::Product;
use std::collections::BTreeMap;

/// The PIN of every account.
pub(crate) const PIN: &str = "123456";
/// The one-time password of every phone.
pub(crate) const OTP: &str = "123456";

/// What is on an account, in whole rupiah.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Purse {
    pub(crate) cash: i64,
    pub(crate) points: i64,
}

/// What a new account begins with.
const BEGINNING: Purse = Purse { cash: 250_000, points: 12_000 };

/// Every account, made when it is first looked at.
#[derive(Debug, Default)]
pub(crate) struct Purses(BTreeMap<(&'static str, String), Purse>);

impl Purses {
    pub(crate) fn of(&mut self, method: &'static str, phone: &str) -> &mut Purse {
        self.0.entry((method, national(phone))).or_insert(BEGINNING)
    }

    /// Takes cash from an account, where there is enough.
    pub(super) fn take(&mut self, (product, phone): (&Product, &str), amount: i64) -> bool {
        let purse = self.of(product.method, phone);
        let enough = purse.cash >= amount && Magic::of(phone) != Some(Magic::Poor);
        if enough {
            purse.cash -= amount;
        }
        enough
    }

    pub(super) fn give(&mut self, (product, phone): (&Product, &str), amount: i64) {
        self.of(product.method, phone).cash += amount;
    }
}

/// A number without its country, however it was written: `0812...`, `62812...`, `+62 812...`.
fn national(phone: &str) -> String {
    let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
    let national = digits.strip_prefix("62").or_else(|| digits.strip_prefix('0'));
    national.map_or_else(|| digits.clone(), str::to_owned)
}

/// A number as Espay writes it: `62812...`.
pub(crate) fn international(phone: &str) -> String {
    format!("62{}", national(phone))
}

/// Whether this is a number that a wallet takes.
pub(crate) fn is_phone(phone: &str) -> bool {
    (8..=13).contains(&national(phone).len())
}

/// What happens to a number, by its last three digits.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Magic {
    /// 002: there is never enough.
    Poor,
    /// 003: no one-time password is right.
    Blocked,
    /// 004: its owner cancels.
    Cancels,
    /// 005: its owner never answers.
    Silent,
    /// 006: the merchant is told twenty seconds later.
    Late,
    /// 007: the merchant is told twice.
    Twice,
    /// 008: the merchant is told before the browser comes back.
    Ahead,
    /// 009: the merchant is told with a wrong signature.
    Missigned,
    /// 010: the account is not active.
    Inactive,
}

impl Magic {
    pub(crate) fn of(phone: &str) -> Option<Self> {
        Some(match phone.get(phone.len().checked_sub(3)?..)? {
            "002" => Self::Poor,
            "003" => Self::Blocked,
            "004" => Self::Cancels,
            "005" => Self::Silent,
            "006" => Self::Late,
            "007" => Self::Twice,
            "008" => Self::Ahead,
            "009" => Self::Missigned,
            "010" => Self::Inactive,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::products::PRODUCTS;
    use super::*;

    #[test]
    fn an_account_is_the_same_however_its_number_is_written_and_loses_what_is_paid() {
        let mut purses = Purses::default();
        let ovo = &PRODUCTS[0];
        assert!(purses.take((ovo, "081234567890"), 200_000));
        assert!(!purses.take((ovo, "+62 812-3456-7890"), 50_001));
        assert!(purses.take((&PRODUCTS[1], "6281234567890"), 50_000), "the other OVO product");
        assert_eq!(*purses.of("ovo", "81234567890"), Purse { cash: 0, points: 12_000 });
        assert!(!purses.take((ovo, "081234567002"), 1));
        assert_eq!(international("0812 3456"), "628123456");
    }
}
