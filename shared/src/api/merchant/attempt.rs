//! `GET /v1/attempts/{id}`.

use serde::{Deserialize, Serialize};

use super::Refund;
use crate::{AttemptId, FailureReason, MethodId, Moment, NextAction, Rupiah, SessionId, Status};

/// One try at paying a session, as the shop sees it.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Attempt {
    /// Its name.
    pub id: AttemptId,
    /// The session it pays.
    pub session: SessionId,
    /// By which method.
    pub method: MethodId,
    /// Where it stands.
    pub status: Status,
    /// The provider that serves it: `nicepay`.
    pub provider: String,
    /// The merchant's account there.
    pub account: String,
    /// The order number that our call sent.
    pub provider_reference: String,
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
    /// When it was created.
    pub created_at: Moment,
    /// When it last changed.
    pub updated_at: Moment,
}

/// One attempt with everything that happened to it.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AttemptDetail {
    /// Its name.
    pub id: AttemptId,
    /// The session it pays.
    pub session: SessionId,
    /// By which method.
    pub method: MethodId,
    /// Where it stands.
    pub status: Status,
    /// The provider that serves it.
    pub provider: String,
    /// The merchant's account there.
    pub account: String,
    /// The order number that our call sent.
    pub provider_reference: String,
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
    /// When it was created.
    pub created_at: Moment,
    /// When it last changed.
    pub updated_at: Moment,
    /// What went back.
    pub refunds: Vec<Refund>,
    /// What happened, oldest first.
    pub timeline: Vec<TimelineEntry>,
}

/// One thing that happened to an attempt. Secrets are masked before it is written.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TimelineEntry {
    /// When.
    pub at: Moment,
    /// What kind of thing: `request`, `answer`, `silence`, `notification`, `return`, `page`,
    /// `merchant`, `route`, `status`, `alarm`.
    pub kind: String,
    /// What happened, in one line.
    pub summary: String,
    /// The status before, where this changed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_before: Option<Status>,
    /// The status after, where this changed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_after: Option<Status>,
    /// What was said, with secrets masked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}
