//! Short texts that come from the shop and go to providers.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The shop's own name for what is being paid: 1 to 64 characters without control characters.
#[derive(Clone, Debug, Eq, PartialEq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(value_type = String, min_length = 1, max_length = 64, example = "ORDER-1042"))]
#[serde(try_from = "String", into = "String")]
pub struct Reference(String);

/// The shop's own name for a customer: 1 to 64 characters without control characters. Linked
/// wallets belong to it.
#[derive(Clone, Debug, Eq, PartialEq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(value_type = String, min_length = 1, max_length = 64, example = "cust-7"))]
#[serde(try_from = "String", into = "String")]
pub struct CustomerId(String);

/// A text that is empty, too long, or has control characters.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct NotAShortText;

const LENGTH_MAX: usize = 64;

fn short(text: String) -> Result<String, NotAShortText> {
    let count = text.chars().count();
    let sound = (1..=LENGTH_MAX).contains(&count)
        && !text.chars().any(char::is_control)
        && text.trim() == text;
    sound.then_some(text).ok_or(NotAShortText)
}

impl Reference {
    /// The reference as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl CustomerId {
    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Reference {
    type Error = NotAShortText;

    fn try_from(text: String) -> Result<Self, NotAShortText> {
        short(text).map(Self)
    }
}

impl TryFrom<String> for CustomerId {
    type Error = NotAShortText;

    fn try_from(text: String) -> Result<Self, NotAShortText> {
        short(text).map(Self)
    }
}

impl From<Reference> for String {
    fn from(reference: Reference) -> Self {
        reference.0
    }
}

impl From<CustomerId> for String {
    fn from(id: CustomerId) -> Self {
        id.0
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for NotAShortText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "1 to {LENGTH_MAX} characters, without control characters or spaces at the ends")
    }
}

impl std::error::Error for NotAShortText {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_short_and_printable() {
        for sound in ["ORDER-1042", "Pesanan № 7 / Ibu Sri", "x"] {
            assert!(Reference::try_from(sound.to_owned()).is_ok(), "{sound}");
        }
        let long = "x".repeat(65);
        for refused in ["", " x", "a\nb", "a\u{0}", &long] {
            assert_eq!(Reference::try_from(refused.to_owned()), Err(NotAShortText), "{refused:?}");
        }
    }
}
