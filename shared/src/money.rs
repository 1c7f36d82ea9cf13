//! Whole rupiah, with arithmetic that cannot wrap.

use std::fmt;

use serde::{Deserialize, Serialize};

/// An amount in whole rupiah. Providers disagree on how to write it ("10000", "10000.00"); each
/// writes its own form at its own border. Inside the house an amount is this and nothing else.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Ord, PartialOrd, Hash, Serialize, Deserialize)]
#[serde(try_from = "Amount", into = "Amount")]
pub struct Rupiah(u64);

/// Why a number is no amount of rupiah.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum MoneyError {
    /// More than [`Rupiah::MAX`].
    TooMuch,
    /// A currency other than `IDR`.
    OtherCurrency,
}

impl Rupiah {
    /// Nothing at all; an amount to be paid is never this.
    pub const ZERO: Self = Self(0);
    /// Twelve digits: the narrowest amount field among the providers (NICEPAY's `amt`, N12).
    pub const MAX: Self = Self(999_999_999_999);

    /// An amount of `value` rupiah, or `None` above [`Rupiah::MAX`].
    pub const fn new(value: u64) -> Option<Self> {
        if value <= Self::MAX.0 { Some(Self(value)) } else { None }
    }

    /// The number of rupiah.
    pub const fn value(self) -> u64 {
        self.0
    }

    /// Whether this is no money.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// The sum, or `None` above [`Rupiah::MAX`].
    pub const fn checked_add(self, other: Self) -> Option<Self> {
        match self.0.checked_add(other.0) {
            Some(sum) => Self::new(sum),
            None => None,
        }
    }

    /// The difference, or `None` where it would be less than nothing.
    pub const fn checked_sub(self, other: Self) -> Option<Self> {
        match self.0.checked_sub(other.0) {
            Some(rest) => Some(Self(rest)),
            None => None,
        }
    }

    /// So many times the amount, or `None` above [`Rupiah::MAX`].
    pub const fn checked_mul(self, times: u32) -> Option<Self> {
        // `u32` to `u64` loses nothing; `From` is not const.
        match self.0.checked_mul(times as u64) {
            Some(product) => Self::new(product),
            None => None,
        }
    }
}

/// As people in Indonesia write it: `Rp150.000`.
impl fmt::Display for Rupiah {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.0.to_string();
        f.write_str("Rp")?;
        for (place, digit) in digits.chars().enumerate() {
            if place > 0 && (digits.len() - place).is_multiple_of(3) {
                f.write_str(".")?;
            }
            write!(f, "{digit}")?;
        }
        Ok(())
    }
}

/// An amount on the wire: `{"value": 150000, "currency": "IDR"}`.
#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Amount {
    /// Whole rupiah.
    #[cfg_attr(feature = "openapi", schema(maximum = 999_999_999_999_u64, example = 150_000))]
    value: u64,
    /// Always `IDR`.
    #[cfg_attr(feature = "openapi", schema(example = "IDR"))]
    currency: String,
}

impl TryFrom<Amount> for Rupiah {
    type Error = MoneyError;

    fn try_from(amount: Amount) -> Result<Self, MoneyError> {
        if amount.currency != "IDR" {
            return Err(MoneyError::OtherCurrency);
        }
        Self::new(amount.value).ok_or(MoneyError::TooMuch)
    }
}

impl From<Rupiah> for Amount {
    fn from(rupiah: Rupiah) -> Self {
        Self { value: rupiah.0, currency: "IDR".to_owned() }
    }
}

impl fmt::Display for MoneyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooMuch => "an amount has at most 12 digits",
            Self::OtherCurrency => "the currency must be IDR",
        })
    }
}

impl std::error::Error for MoneyError {}

#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for Rupiah {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        Amount::schema()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for Rupiah {
    fn name() -> std::borrow::Cow<'static, str> {
        "Amount".into()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rp(value: u64) -> Rupiah {
        Rupiah::new(value).unwrap()
    }

    #[test]
    fn an_amount_is_written_as_people_write_it() {
        for (value, text) in [
            (0, "Rp0"),
            (500, "Rp500"),
            (1_000, "Rp1.000"),
            (150_000, "Rp150.000"),
            (12_345_678, "Rp12.345.678"),
        ] {
            assert_eq!(rp(value).to_string(), text);
        }
    }

    #[test]
    fn arithmetic_beyond_the_limits_is_nothing_rather_than_something_else() {
        assert_eq!(Rupiah::new(u64::MAX), None);
        assert_eq!(Rupiah::MAX.checked_add(rp(1)), None);
        assert_eq!(rp(1).checked_sub(rp(2)), None);
        assert_eq!(Rupiah::MAX.checked_mul(2), None);
        assert_eq!(rp(u64::from(u32::MAX)).checked_mul(u32::MAX), None);
    }

    #[test]
    fn only_whole_non_negative_rupiah_cross_the_border() {
        let parse = |json: &str| serde_json::from_str::<Rupiah>(json);
        assert_eq!(parse(r#"{"value":150000,"currency":"IDR"}"#).unwrap(), rp(150_000));
        for refused in [
            r#"{"value":-1,"currency":"IDR"}"#,
            r#"{"value":1.5,"currency":"IDR"}"#,
            r#"{"value":"10000","currency":"IDR"}"#,
            r#"{"value":1e4,"currency":"IDR"}"#,
            r#"{"value":1000000000000,"currency":"IDR"}"#,
            r#"{"value":9223372036854775807,"currency":"IDR"}"#,
            r#"{"value":1000,"currency":"USD"}"#,
            r#"{"value":1000}"#,
            r#"{"value":1000,"currency":"IDR","minor":0}"#,
            "150000",
        ] {
            assert!(parse(refused).is_err(), "{refused}");
        }
    }

    proptest! {
        #[test]
        fn adding_and_taking_away_again_changes_nothing(a in 0..=999_999_999_999_u64, b in 0..=999_999_999_999_u64) {
            if let Some(sum) = rp(a).checked_add(rp(b)) {
                prop_assert_eq!(sum.checked_sub(rp(b)), Some(rp(a)));
            }
        }
    }
}
