//! What can happen to an attempt.

use serde::{Deserialize, Serialize};

/// Something that was learnt about an attempt, from an answer to our own signed call or from a
/// notification that an inquiry confirmed. Silence is no event.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// The provider took the order; the customer has something to do.
    Accepted,
    /// The money is there.
    Settled,
    /// The provider, the wallet or the customer refused.
    Declined,
    /// The provider says that its time ran out unpaid.
    Lapsed,
    /// We took it back before it was paid.
    Withdrawn,
    /// The money went back, all of it.
    Reversed,
}

impl Event {
    /// Every event.
    pub const ALL: [Self; 6] = [
        Self::Accepted,
        Self::Settled,
        Self::Declined,
        Self::Lapsed,
        Self::Withdrawn,
        Self::Reversed,
    ];
}
