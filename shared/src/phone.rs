//! An Indonesian mobile number, however it was typed.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A mobile number. `0812 3456 7890`, `62812-3456-7890` and `+62 812 3456 7890` are the same one.
///
/// Providers disagree on how to write it: [`Phone::national`], [`Phone::international`],
/// [`Phone::e164`]. On our wire it is E.164. `Debug` shows it masked, since it names a person.
#[derive(Clone, Eq, PartialEq, Hash)]
pub struct Phone {
    /// Digits after the country code, the first of them `8`.
    subscriber: String,
}

/// A text that is no Indonesian mobile number.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct NotAPhone;

impl Phone {
    /// `081234567890`.
    pub fn national(&self) -> String {
        format!("0{}", self.subscriber)
    }

    /// `6281234567890`.
    pub fn international(&self) -> String {
        format!("62{}", self.subscriber)
    }

    /// `+6281234567890`.
    pub fn e164(&self) -> String {
        format!("+62{}", self.subscriber)
    }

    /// `0812••••7890`: enough for its owner to know it.
    pub fn masked(&self) -> String {
        let tail = self.subscriber.len() - 4;
        format!("0{}••••{}", &self.subscriber[..3], &self.subscriber[tail..])
    }
}

impl FromStr for Phone {
    type Err = NotAPhone;

    /// Accepts `08..`, `628..` and `+628..` of 10 to 13 digits as dialled at home, with spaces,
    /// dashes, dots and brackets anywhere.
    fn from_str(text: &str) -> Result<Self, NotAPhone> {
        let trimmed = text.trim();
        let (international, rest) =
            trimmed.strip_prefix('+').map_or((false, trimmed), |rest| (true, rest));
        let digits: String =
            rest.chars().filter(|c| !matches!(c, ' ' | '-' | '.' | '(' | ')' | '\u{a0}')).collect();
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(NotAPhone);
        }
        let subscriber = match digits.strip_prefix("62") {
            Some(subscriber) => subscriber.strip_prefix('0').unwrap_or(subscriber),
            None if international => return Err(NotAPhone),
            None => digits.strip_prefix('0').ok_or(NotAPhone)?,
        };
        let sound = subscriber.starts_with('8') && (9..=12).contains(&subscriber.len());
        sound.then(|| Self { subscriber: subscriber.to_owned() }).ok_or(NotAPhone)
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

impl fmt::Display for NotAPhone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a phone number has 10 to 13 digits, for example 0812 3456 7890")
    }
}

impl std::error::Error for NotAPhone {}

impl Serialize for Phone {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.e164())
    }
}

impl<'de> Deserialize<'de> for Phone {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for Phone {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        use utoipa::openapi::schema::{ObjectBuilder, Type};
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("An Indonesian mobile number: 08.., 628.. or +628.."))
            .examples(["081234567890"])
            .into()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for Phone {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn one_number_typed_in_many_ways_is_one_number() {
        let phone: Phone = "081234567890".parse().unwrap();
        for typed in [
            "0812 3456 7890",
            "0812-3456-7890",
            "6281234567890",
            "+6281234567890",
            "+62 812 3456 7890",
            "+62 (0)812 3456 7890",
            " (0812) 3456.7890 ",
        ] {
            assert_eq!(typed.parse::<Phone>(), Ok(phone.clone()), "{typed}");
        }
        assert_eq!(phone.national(), "081234567890");
        assert_eq!(phone.international(), "6281234567890");
        assert_eq!(phone.e164(), "+6281234567890");
        assert_eq!(phone.masked(), "0812••••7890");
        assert_eq!(format!("{phone:?}"), "0812••••7890");
    }

    #[test]
    fn what_is_no_mobile_number_is_refused() {
        for typed in [
            "",
            "+",
            "0812",
            "081234567",
            "08123456789012",
            "0212345678901",
            "+6581234567",
            "812345678901",
            "08123x567890",
            "٠٨١٢٣٤٥٦٧٨٩٠",
            "0812+34567890",
        ] {
            assert_eq!(typed.parse::<Phone>(), Err(NotAPhone), "{typed}");
        }
    }

    proptest! {
        #[test]
        fn every_written_form_reads_back(subscriber in "8[0-9]{8,11}") {
            let phone: Phone = format!("0{subscriber}").parse().unwrap();
            for form in [phone.national(), phone.international(), phone.e164()] {
                prop_assert_eq!(form.parse::<Phone>(), Ok(phone.clone()));
            }
        }
    }
}
