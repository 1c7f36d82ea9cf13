//! `GET /v1/customers/{id}/links` and below: wallets that a customer linked, as the shop sees them.

use serde::{Deserialize, Serialize};

use super::TimelineEntry;
use crate::{LinkId, LinkStatus, LinkTrouble, MethodId, Moment, SessionId};

/// A linked wallet. Neither its balance nor what pays with it is told to anybody.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Link {
    /// Its name.
    pub id: LinkId,
    /// The shop's own name for the customer; absent where the link is one session's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<String>,
    /// The session in which it was begun.
    pub session: SessionId,
    /// The wallet.
    pub method: MethodId,
    /// Where it stands.
    pub status: LinkStatus,
    /// Why it came to nothing, where it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trouble: Option<LinkTrouble>,
    /// The wallet's phone number, masked; empty where nobody told us.
    pub phone_masked: String,
    /// The provider that holds the agreement.
    pub provider: String,
    /// The merchant's account there.
    pub account: String,
    /// When it was begun.
    pub created_at: Moment,
    /// When it last changed.
    pub updated_at: Moment,
}

/// A customer's linked wallets, oldest first.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LinkList {
    /// The links: those that are pending or active, and those that are gone.
    pub data: Vec<Link>,
}

/// One link with everything that happened to it.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LinkDetail {
    /// The link.
    pub link: Link,
    /// What happened, oldest first.
    pub timeline: Vec<TimelineEntry>,
}
