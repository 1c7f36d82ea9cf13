//! The life of an attempt, and of the session it pays.
//!
//! ```text
//!              Accepted            Settled              Reversed
//!   starting ───────────▶ pending ─────────▶  paid  ─────────────▶ refunded
//!       │                    │                  ▲
//!       │ Declined           │                  │ Settled, late: money outranks our clock
//!       ├────────▶ failed ◀──┤                  │
//!       │ Lapsed             │                  │
//!       ├────────▶ expired ◀─┤ ─────────────────┤
//!       │ Withdrawn          │                  │
//!       └────────▶ cancelled ┘ ─────────────────┘
//! ```
//!
//! Events repeat, arrive late and contradict each other, so the table answers for every pair.

use serde::{Deserialize, Serialize};

use crate::Event;

/// Where an attempt stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// On disk; the provider may or may not have heard of it.
    Starting,
    /// The provider took it; the customer has something to do.
    Pending,
    /// The money is there.
    Paid,
    /// Refused; no money moved.
    Failed,
    /// Its time ran out unpaid, and the provider says so too.
    Expired,
    /// Taken back before it was paid.
    Cancelled,
    /// Paid, and the money went back.
    Refunded,
}

/// What an event does to a status.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Verdict {
    /// It changes to this.
    Become(Status),
    /// It was known already, or comes too late to matter.
    Stay,
    /// Two sources disagree about money: the status stays, and a person is called.
    Alarm,
}

impl Status {
    /// Every status.
    pub const ALL: [Self; 7] = [
        Self::Starting,
        Self::Pending,
        Self::Paid,
        Self::Failed,
        Self::Expired,
        Self::Cancelled,
        Self::Refunded,
    ];

    /// What `event` does to an attempt that stands here.
    ///
    /// Money outranks our clock and our cancelling: a customer may pay in the second the order runs
    /// out, or finish in the wallet what was called off on the page. A refusal is different: it was
    /// the provider's own word, and if it now says *paid* it contradicts itself.
    pub const fn on(self, event: Event) -> Verdict {
        use Event::{Accepted, Declined, Lapsed, Reversed, Settled, Withdrawn};
        use Status::{Cancelled, Expired, Failed, Paid, Pending, Refunded, Starting};
        match (event, self) {
            (Accepted, Starting) => Verdict::Become(Pending),
            (Accepted, Pending | Paid | Failed | Expired | Cancelled | Refunded) => Verdict::Stay,

            (Settled, Starting | Pending | Expired | Cancelled) => Verdict::Become(Paid),
            (Settled, Paid) => Verdict::Stay,
            (Settled, Failed | Refunded) => Verdict::Alarm,

            (Declined, Starting | Pending) => Verdict::Become(Failed),
            (Declined, Failed | Expired | Cancelled) => Verdict::Stay,
            (Declined, Paid | Refunded) => Verdict::Alarm,

            (Lapsed, Starting | Pending) => Verdict::Become(Expired),
            (Lapsed, Failed | Expired | Cancelled) => Verdict::Stay,
            (Lapsed, Paid | Refunded) => Verdict::Alarm,

            (Withdrawn, Starting | Pending) => Verdict::Become(Cancelled),
            (Withdrawn, Failed | Expired | Cancelled) => Verdict::Stay,
            (Withdrawn, Paid | Refunded) => Verdict::Alarm,

            // Paid and sent back before we heard of either: what is true now is that it went back.
            (Reversed, Starting | Pending | Paid | Expired | Cancelled) => {
                Verdict::Become(Refunded)
            }
            (Reversed, Refunded) => Verdict::Stay,
            (Reversed, Failed) => Verdict::Alarm,
        }
    }

    /// Whether the customer may still be paying it.
    pub const fn is_live(self) -> bool {
        matches!(self, Self::Starting | Self::Pending)
    }

    /// As on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Starting => "starting",
            Self::Pending => "pending",
            Self::Paid => "paid",
            Self::Failed => "failed",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
            Self::Refunded => "refunded",
        }
    }

    /// The status of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == name)
    }
}

/// Where a session stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SessionStatus {
    /// Waits to be paid.
    Open,
    /// Paid.
    Paid,
    /// Its time ran out.
    Expired,
    /// The shop withdrew it.
    Cancelled,
    /// Paid, and all of it went back.
    Refunded,
    /// Paid, and some of it went back.
    PartiallyRefunded,
}

impl SessionStatus {
    /// Every status.
    pub const ALL: [Self; 6] = [
        Self::Open,
        Self::Paid,
        Self::Expired,
        Self::Cancelled,
        Self::Refunded,
        Self::PartiallyRefunded,
    ];

    /// Whether a customer may still pay it.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Open)
    }

    /// Whether it holds, or has held, the customer's money.
    pub const fn was_paid(self) -> bool {
        matches!(self, Self::Paid | Self::Refunded | Self::PartiallyRefunded)
    }

    /// As on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Paid => "paid",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
            Self::Refunded => "refunded",
            Self::PartiallyRefunded => "partially_refunded",
        }
    }

    /// The status of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == name)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn live(events: &[Event]) -> (Status, bool) {
        events.iter().fold((Status::Starting, false), |(status, alarmed), event| {
            match status.on(*event) {
                Verdict::Become(next) => (next, alarmed),
                Verdict::Stay => (status, alarmed),
                Verdict::Alarm => (status, true),
            }
        })
    }

    fn events() -> impl Strategy<Value = Vec<Event>> {
        prop::collection::vec(prop::sample::select(&Event::ALL[..]), 0..12)
    }

    #[test]
    fn money_outranks_the_clock_and_our_cancelling() {
        assert_eq!(Status::Expired.on(Event::Settled), Verdict::Become(Status::Paid));
        assert_eq!(Status::Cancelled.on(Event::Settled), Verdict::Become(Status::Paid));
    }

    #[test]
    fn a_provider_that_contradicts_itself_about_money_calls_a_person() {
        assert_eq!(Status::Failed.on(Event::Settled), Verdict::Alarm);
        assert_eq!(Status::Paid.on(Event::Declined), Verdict::Alarm);
        assert_eq!(Status::Paid.on(Event::Withdrawn), Verdict::Alarm);
    }

    #[test]
    fn what_is_said_twice_is_known_already() {
        for status in Status::ALL {
            for event in Event::ALL {
                if let Verdict::Become(next) = status.on(event) {
                    assert_eq!(next.on(event), Verdict::Stay, "{status:?} {event:?}");
                }
            }
        }
    }

    #[test]
    fn names_on_the_wire_are_the_names_in_the_database() {
        for status in Status::ALL {
            assert_eq!(serde_json::to_value(status).unwrap(), status.as_str());
            assert_eq!(Status::from_name(status.as_str()), Some(status));
        }
        for status in SessionStatus::ALL {
            assert_eq!(serde_json::to_value(status).unwrap(), status.as_str());
            assert_eq!(SessionStatus::from_name(status.as_str()), Some(status));
        }
    }

    proptest! {
        #[test]
        fn money_that_arrived_is_never_forgotten(events in events()) {
            let (status, alarmed) = live(&events);
            if events.contains(&Event::Settled) {
                prop_assert!(matches!(status, Status::Paid | Status::Refunded) || alarmed);
            }
        }

        #[test]
        fn paid_only_ever_becomes_refunded(events in events()) {
            let mut status = Status::Starting;
            for event in events {
                let before = status;
                if let Verdict::Become(next) = status.on(event) { status = next; }
                if before == Status::Paid { prop_assert!(matches!(status, Status::Paid | Status::Refunded)); }
                if before == Status::Refunded { prop_assert_eq!(status, Status::Refunded); }
                if !before.is_live() { prop_assert!(!status.is_live()); }
            }
        }

        #[test]
        fn repeating_a_history_changes_nothing_more(events in events()) {
            let (status, _) = live(&events);
            for event in &events {
                let repeated = status.on(*event);
                // A settlement may still lift an expired or cancelled attempt, but only where no
                // settlement was in the history; and then it would have been lifted already.
                prop_assert!(!matches!(repeated, Verdict::Become(next) if next != Status::Refunded && next != Status::Paid));
            }
        }

        #[test]
        fn without_a_settlement_or_a_reversal_nothing_is_paid(events in events()) {
            if !events.contains(&Event::Settled) {
                prop_assert_ne!(live(&events).0, Status::Paid);
            }
        }
    }
}
