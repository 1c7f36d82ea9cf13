//! `POST /v1/attempts/{id}/refunds`.

use serde::{Deserialize, Serialize};

use crate::{AttemptId, Moment, RefundId, Rupiah};

/// Money that the shop wants to give back.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CreateRefund {
    /// How much; all that is left where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Rupiah>,
    /// Why: 1 to 255 characters. The provider is told.
    pub reason: String,
}

/// Money on its way back.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Refund {
    /// Its name.
    pub id: RefundId,
    /// The attempt that held the money.
    pub attempt: AttemptId,
    /// Where it stands.
    pub status: RefundStatus,
    /// How much.
    pub amount: Rupiah,
    /// Why.
    pub reason: String,
    /// When it was asked for.
    pub created_at: Moment,
    /// When it last changed.
    pub updated_at: Moment,
}

/// Where a refund stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum RefundStatus {
    /// Asked for; the provider has not said yes or no.
    Pending,
    /// The provider gave the money back.
    Succeeded,
    /// The provider refused; the money stays.
    Failed,
}

impl RefundStatus {
    /// As on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
        }
    }

    /// The status of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Pending, Self::Succeeded, Self::Failed]
            .into_iter()
            .find(|status| status.as_str() == name)
    }
}
