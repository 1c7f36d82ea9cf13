//! What every reader of a provider's words needs.

use super::ProviderError;

/// A text that is there and not empty: unused keys are null, left out or empty.
pub(crate) fn present(text: Option<&String>) -> Option<&str> {
    text.map(String::as_str).filter(|text| !text.is_empty())
}

/// This is not what the documents describe.
pub(crate) fn unreadable<T>(why: &'static str) -> Result<T, ProviderError> {
    Err(ProviderError::Unreadable { why })
}
