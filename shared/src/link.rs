//! Linked wallets: a customer agrees once, and pays in one tap from then on.

use serde::{Deserialize, Serialize};

/// Where a link stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum LinkStatus {
    /// The customer is agreeing at the wallet's page.
    Pending,
    /// It can be paid with.
    Active,
    /// It came to nothing, was taken back, or the wallet refused it.
    Gone,
}

impl LinkStatus {
    /// Every status.
    pub const ALL: [Self; 3] = [Self::Pending, Self::Active, Self::Gone];

    /// As on the wire and in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Active => "active",
            Self::Gone => "gone",
        }
    }
}

/// Why a wallet was not linked.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum LinkTrouble {
    /// The customer called it off.
    Cancelled,
    /// It took too long, or what the wallet handed out is not good any more.
    Expired,
    /// A code was typed wrongly too often: the wallet takes no more for a while.
    Blocked,
    /// The browser came back without what we gave it, or with something else, or once more.
    Unrecognised,
    /// The wallet said no.
    Refused,
    /// The provider could not be reached.
    Unavailable,
}

impl LinkTrouble {
    /// Every trouble.
    pub const ALL: [Self; 6] = [
        Self::Cancelled,
        Self::Expired,
        Self::Blocked,
        Self::Unrecognised,
        Self::Refused,
        Self::Unavailable,
    ];

    /// As on the wire and in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
            Self::Blocked => "blocked",
            Self::Unrecognised => "unrecognised",
            Self::Refused => "refused",
            Self::Unavailable => "unavailable",
        }
    }
}

/// Why an attempt failed, as far as anybody can do something about it.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum FailureReason {
    /// The wallet, the customer or the provider declined.
    Declined,
    /// There is too little money in the wallet.
    LowBalance,
    /// The wallet does not accept the link any more: link again.
    LinkGone,
    /// The wallet does not do this.
    NotSupported,
}

impl FailureReason {
    /// Every reason.
    pub const ALL: [Self; 4] =
        [Self::Declined, Self::LowBalance, Self::LinkGone, Self::NotSupported];

    /// As on the wire and in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Declined => "declined",
            Self::LowBalance => "low_balance",
            Self::LinkGone => "link_gone",
            Self::NotSupported => "not_supported",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said<T: Serialize>(value: T) -> String {
        serde_json::to_string(&value).unwrap()
    }

    #[test]
    fn every_word_is_the_same_on_the_wire_and_in_the_database() {
        for status in LinkStatus::ALL {
            assert_eq!(said(status), format!("\"{}\"", status.as_str()));
        }
        for trouble in LinkTrouble::ALL {
            assert_eq!(said(trouble), format!("\"{}\"", trouble.as_str()));
        }
        for reason in FailureReason::ALL {
            assert_eq!(said(reason), format!("\"{}\"", reason.as_str()));
        }
    }
}
