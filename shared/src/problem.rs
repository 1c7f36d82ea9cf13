//! What went wrong, for a program and for a person: RFC 9457.

use serde::{Deserialize, Serialize};

/// A problem document, `application/problem+json`.
///
/// `title` and `detail` are in the language that was asked for and may be shown to a person; a
/// program matches on `code`.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// An address that stands for the kind of problem: `urn:kasir:problem:phone_invalid`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The kind of problem in a few words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What happened this time, and what to do about it.
    pub detail: String,
    /// The kind of problem, for programs.
    pub code: ProblemCode,
    /// The field that is to blame, where it is one: `amount.value`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
}

/// Kinds of problems.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ProblemCode {
    /// There is no such thing, or it is not yours.
    NotFound,
    /// The path exists, but not for this HTTP method.
    MethodNotAllowed,
    /// No merchant has this key.
    Unauthorized,
    /// The body is not JSON.
    InvalidJson,
    /// The body is not of a type that is read here.
    UnsupportedMediaType,
    /// The body is longer than anything that is read here.
    BodyTooLarge,
    /// A field is missing, unknown, or not of its type.
    InvalidField,
    /// An amount that cannot be paid: nothing, or more than twelve digits.
    AmountInvalid,
    /// The items do not add up to the amount.
    ItemsMismatch,
    /// The return URL is not under one of the merchant's prefixes.
    ReturnUrlNotAllowed,
    /// A POST without an `Idempotency-Key`.
    IdempotencyKeyMissing,
    /// An `Idempotency-Key` that is empty, too long or not printable.
    IdempotencyKeyInvalid,
    /// The key was used with another body.
    IdempotencyKeyReused,
    /// The first request with this key is still being worked on.
    IdempotencyInFlight,
    /// The session is paid, expired or cancelled.
    SessionNotOpen,
    /// Another attempt is live and cannot be taken back just now.
    AttemptInProgress,
    /// The attempt is over, so this cannot be done to it.
    AttemptNotLive,
    /// The method is not one of this session's.
    MethodNotOffered,
    /// The amount is below what the method takes.
    AmountTooSmall,
    /// The amount is above what the method takes.
    AmountTooLarge,
    /// Not a mobile number.
    PhoneInvalid,
    /// Not a name.
    NameInvalid,
    /// The attempt holds no money to give back, or the wallet gives none back.
    RefundNotPossible,
    /// More than is left to give back.
    RefundTooLarge,
    /// The linked wallet is gone.
    LinkGone,
    /// This cannot be done with this method.
    NotSupported,
    /// Too many requests.
    RateLimited,
    /// The request took too long.
    Timeout,
    /// The provider cannot be asked just now; nothing was charged.
    ProviderUnavailable,
    /// Kasir cannot answer just now.
    Unavailable,
    /// A fault of ours.
    Internal,
    /// A kind that this program does not know yet.
    #[serde(other)]
    Unknown,
}

impl ProblemCode {
    /// The HTTP status that a problem of this kind is answered with.
    pub const fn status(self) -> u16 {
        match self {
            Self::InvalidJson | Self::IdempotencyKeyMissing | Self::IdempotencyKeyInvalid => 400,
            Self::Unauthorized => 401,
            Self::NotFound => 404,
            Self::MethodNotAllowed => 405,
            Self::Timeout => 408,
            Self::IdempotencyInFlight
            | Self::SessionNotOpen
            | Self::AttemptInProgress
            | Self::AttemptNotLive
            | Self::RefundNotPossible
            | Self::LinkGone => 409,
            Self::BodyTooLarge => 413,
            Self::UnsupportedMediaType => 415,
            Self::InvalidField
            | Self::AmountInvalid
            | Self::ItemsMismatch
            | Self::ReturnUrlNotAllowed
            | Self::IdempotencyKeyReused
            | Self::MethodNotOffered
            | Self::AmountTooSmall
            | Self::AmountTooLarge
            | Self::PhoneInvalid
            | Self::NameInvalid
            | Self::RefundTooLarge
            | Self::NotSupported => 422,
            Self::RateLimited => 429,
            Self::Internal | Self::Unknown => 500,
            Self::ProviderUnavailable | Self::Unavailable => 503,
        }
    }

    /// As on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::Unauthorized => "unauthorized",
            Self::InvalidJson => "invalid_json",
            Self::UnsupportedMediaType => "unsupported_media_type",
            Self::BodyTooLarge => "body_too_large",
            Self::InvalidField => "invalid_field",
            Self::AmountInvalid => "amount_invalid",
            Self::ItemsMismatch => "items_mismatch",
            Self::ReturnUrlNotAllowed => "return_url_not_allowed",
            Self::IdempotencyKeyMissing => "idempotency_key_missing",
            Self::IdempotencyKeyInvalid => "idempotency_key_invalid",
            Self::IdempotencyKeyReused => "idempotency_key_reused",
            Self::IdempotencyInFlight => "idempotency_in_flight",
            Self::SessionNotOpen => "session_not_open",
            Self::AttemptInProgress => "attempt_in_progress",
            Self::AttemptNotLive => "attempt_not_live",
            Self::MethodNotOffered => "method_not_offered",
            Self::AmountTooSmall => "amount_too_small",
            Self::AmountTooLarge => "amount_too_large",
            Self::PhoneInvalid => "phone_invalid",
            Self::NameInvalid => "name_invalid",
            Self::RefundNotPossible => "refund_not_possible",
            Self::RefundTooLarge => "refund_too_large",
            Self::LinkGone => "link_gone",
            Self::NotSupported => "not_supported",
            Self::RateLimited => "rate_limited",
            Self::Timeout => "timeout",
            Self::ProviderUnavailable => "provider_unavailable",
            Self::Unavailable => "unavailable",
            Self::Internal => "internal",
            Self::Unknown => "unknown",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_of_tomorrow_is_read_as_unknown_today() {
        assert_eq!(
            serde_json::from_str::<ProblemCode>("\"moon_phase\"").unwrap(),
            ProblemCode::Unknown
        );
        assert_eq!(serde_json::to_string(&ProblemCode::PhoneInvalid).unwrap(), "\"phone_invalid\"");
    }
}
