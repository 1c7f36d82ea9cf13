//! `GET /v1/events`, `POST /v1/events/{id}/redeliver`, and what a webhook carries.

use serde::{Deserialize, Serialize};

use crate::{EventId, Moment};

/// What the shop is told about.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum EventType {
    /// The money is there; `data` is the session.
    #[serde(rename = "session.paid")]
    SessionPaid,
    /// Its time ran out unpaid; `data` is the session.
    #[serde(rename = "session.expired")]
    SessionExpired,
    /// It was withdrawn; `data` is the session.
    #[serde(rename = "session.cancelled")]
    SessionCancelled,
    /// A second payment got through; `data` is the session.
    #[serde(rename = "session.paid_twice")]
    SessionPaidTwice,
    /// An attempt changed; `data` is the attempt.
    #[serde(rename = "attempt.updated")]
    AttemptUpdated,
    /// A refund changed; `data` is the refund.
    #[serde(rename = "refund.updated")]
    RefundUpdated,
    /// A linked wallet changed; `data` is the link.
    #[serde(rename = "link.updated")]
    LinkUpdated,
}

impl EventType {
    /// Every type.
    pub const ALL: [Self; 7] = [
        Self::SessionPaid,
        Self::SessionExpired,
        Self::SessionCancelled,
        Self::SessionPaidTwice,
        Self::AttemptUpdated,
        Self::RefundUpdated,
        Self::LinkUpdated,
    ];

    /// As on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SessionPaid => "session.paid",
            Self::SessionExpired => "session.expired",
            Self::SessionCancelled => "session.cancelled",
            Self::SessionPaidTwice => "session.paid_twice",
            Self::AttemptUpdated => "attempt.updated",
            Self::RefundUpdated => "refund.updated",
            Self::LinkUpdated => "link.updated",
        }
    }

    /// The type of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// An event that was, or will be, sent to the shop.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SentEvent {
    /// Its name; the `webhook-id` of every delivery.
    pub id: EventId,
    /// What happened.
    #[serde(rename = "type")]
    pub kind: EventType,
    /// When.
    pub created_at: Moment,
    /// The session's version then.
    pub version: u64,
    /// Where its delivery stands: `pending`, `delivered`, `superseded`, `failed`.
    pub delivery: String,
    /// How often it was sent.
    pub tries: u32,
}

/// A page of events, newest first.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EventList {
    /// The events.
    pub data: Vec<SentEvent>,
    /// Give it as `cursor` for the next page; absent on the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}
