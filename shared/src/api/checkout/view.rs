//! `GET /checkout/v1/{client_token}`: the session as the page sees it.
//!
//! Every endpoint of the page answers with this view, and so does each server-sent event.

use serde::{Deserialize, Serialize};

use crate::api::merchant::Item;
use crate::{
    AttemptId, FailureReason, Field, Kind, LinkId, LinkStatus, LinkTrouble, MethodId, Moment,
    NextAction, Reference, Rupiah, SessionId, SessionStatus, Status, WebUrl,
};

/// The session as the page sees it.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CheckoutView {
    /// The session.
    pub id: SessionId,
    /// Where it stands.
    pub status: SessionStatus,
    /// Grows with every change; the id of the server-sent event that carries it.
    pub version: u64,
    /// The shop's own name for the order.
    pub reference: Reference,
    /// What is to be paid.
    pub amount: Rupiah,
    /// What is bought.
    pub items: Vec<Item>,
    /// Who is paid.
    pub merchant: MerchantView,
    /// The ways to pay, in the merchant's order.
    pub methods: Vec<Offer>,
    /// The attempt that is live, or the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempt: Option<AttemptView>,
    /// What the customer does next: the live attempt's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_action: Option<NextAction>,
    /// Seconds until the provider gives up waiting: the live attempt's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds_left: Option<u32>,
    /// Wallets that this customer linked and can pay with.
    pub links: Vec<LinkView>,
    /// The wallet that is being linked in this session, or was last; absent once an attempt was begun
    /// after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub linking: Option<LinkingView>,
    /// Where the customer goes afterwards.
    pub return_url: WebUrl,
    /// When the session stops being payable.
    pub expires_at: Moment,
    /// Seconds until then, counted by the server.
    pub expires_in: u32,
    /// The customer's phone number as the shop gave it, to start fields with; national form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Two attempts of this session were paid; the second is being given back or looked into.
    #[serde(default)]
    pub paid_twice: bool,
}

/// Who is paid.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MerchantView {
    /// The shop's name.
    pub name: String,
}

/// A way to pay this session.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Offer {
    /// The method.
    pub id: MethodId,
    /// As people know it.
    pub name: String,
    /// What kind of thing it is.
    pub kind: Kind,
    /// What it needs to know from the customer who pays without linking it.
    pub fields: Vec<Field>,
    /// Whether this customer can link it; linking asks for the phone number.
    #[serde(default)]
    pub linkable: Linkable,
    /// Why it cannot be used for this session, where it cannot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unavailable: Option<Unavailable>,
}

/// Whether a customer can link a wallet.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Linkable {
    /// It is not one that is linked, or this customer would not be known again.
    #[default]
    No,
    /// The customer may link it, and may pay without.
    Possible,
    /// It must be linked before it can be paid with.
    Required,
}

/// Why a method cannot be used.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "reason", rename_all = "snake_case", try_from = "Limits")]
pub enum Unavailable {
    /// The amount is below what the method takes.
    TooSmall {
        /// The least it takes.
        min: Rupiah,
    },
    /// The amount is above what the method takes.
    TooLarge {
        /// The most it takes.
        max: Rupiah,
    },
    /// Its provider does not answer.
    Down,
}

/// Every field that a reason may have; see [`NextAction`] for why they are read at once.
#[derive(Deserialize)]
struct Limits {
    reason: Reason,
    min: Option<Rupiah>,
    max: Option<Rupiah>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Reason {
    TooSmall,
    TooLarge,
    Down,
}

impl TryFrom<Limits> for Unavailable {
    type Error = &'static str;

    fn try_from(given: Limits) -> Result<Self, &'static str> {
        Ok(match given.reason {
            Reason::TooSmall => Self::TooSmall { min: given.min.ok_or("missing field min")? },
            Reason::TooLarge => Self::TooLarge { max: given.max.ok_or("missing field max")? },
            Reason::Down => Self::Down,
        })
    }
}

/// An attempt as the page sees it: without the provider, the account and the order number there.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AttemptView {
    /// Its name.
    pub id: AttemptId,
    /// By which method.
    pub method: MethodId,
    /// Where it stands.
    pub status: Status,
    /// What is paid.
    pub amount: Rupiah,
    /// What the customer does next, while it is live.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_action: Option<NextAction>,
    /// Seconds until the provider gives up waiting, where it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds_left: Option<u32>,
    /// Why it failed, where it did and the provider said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<FailureReason>,
    /// Paid after its time, or after it was called off.
    pub late: bool,
    /// Nobody knows yet whether the provider heard us: the customer must not pay again.
    #[serde(default)]
    pub uncertain: bool,
    /// When it was created.
    pub created_at: Moment,
    /// When it last changed.
    pub updated_at: Moment,
}

/// A wallet that a customer linked.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LinkView {
    /// Its name.
    pub id: LinkId,
    /// The wallet.
    pub method: MethodId,
    /// The account's phone number, masked; empty where nobody told us.
    pub phone_masked: String,
    /// Whether it can be paid with.
    pub active: bool,
    /// Whether the wallet says how much is in it: ask `GET .../links/{id}/balance`.
    #[serde(default)]
    pub balance: bool,
}

/// A wallet that is being linked in this session, or was.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LinkingView {
    /// The link.
    pub id: LinkId,
    /// The wallet.
    pub method: MethodId,
    /// Where it stands.
    pub status: LinkStatus,
    /// What the customer does next while it is pending: `link`, or `wait`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_action: Option<NextAction>,
    /// Why it came to nothing, where it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trouble: Option<LinkTrouble>,
}

/// `GET /checkout/v1/{client_token}/links/{id}/balance`: what is in a linked wallet now.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Balance {
    /// Money.
    pub cash: Rupiah,
    /// Points, worth so much, where the wallet has them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub points: Option<Rupiah>,
    /// Whether the money is enough for this session.
    pub enough: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_spelled_as_the_contract_says() {
        let limit = Rupiah::new(10_000).unwrap();
        let amount = r#"{"value":10000,"currency":"IDR"}"#;
        for (reason, json) in [
            (
                Unavailable::TooSmall { min: limit },
                format!(r#"{{"reason":"too_small","min":{amount}}}"#),
            ),
            (
                Unavailable::TooLarge { max: limit },
                format!(r#"{{"reason":"too_large","max":{amount}}}"#),
            ),
            (Unavailable::Down, r#"{"reason":"down"}"#.to_owned()),
        ] {
            assert_eq!(serde_json::to_string(&reason).unwrap(), json);
            assert_eq!(serde_json::from_str::<Unavailable>(&json).unwrap(), reason);
        }
        assert!(serde_json::from_str::<Unavailable>(r#"{"reason":"too_small"}"#).is_err());
    }
}
