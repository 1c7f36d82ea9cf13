//! The behaviour of the page: what happened goes in, what to do comes out, and nothing else happens.
//!
//! ```text
//!   Linking ◀─link─┐
//!      │           │
//!      └──linked──▶ Choose ──pay──▶ Act ──its time is up──▶ Checking ──the server said──▶ Finished
//!                  ▲             │  ◀──still waiting──────┘                           │
//!                  └─another way─┘─────────────try again──────────────────────────────┘
//! ```
//!
//! Which stage it is follows from the server's view alone ([`Stage::of`]), except that a customer
//! may look at the methods again and that time may have run out here before it did there.

mod words;
mod trouble;
mod links;
mod model;
mod update;
#[cfg(test)]
mod tests;

pub(crate) use links::{Funds, is_pending, just_linked, link_of, must_link};
pub use model::Model;
pub use trouble::{Trouble, Wrong};
pub use update::update;
pub use words::{Copied, Effect, Failure, Msg};

use kasir_shared::api::checkout::CheckoutView;
use kasir_shared::{AttemptId, MethodId, NextAction, SessionStatus, Status, WebUrl};

/// Where the customer stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Stage {
    /// Chooses a method.
    Choose,
    /// Links a wallet; nothing is paid meanwhile.
    Linking,
    /// Does the view's next action.
    Act,
    /// Time ran out, here or by the server's count; nobody has said yet how it ended.
    Checking,
    /// The server itself does not know whether the attempt reached the provider.
    Uncertain,
    /// Has nothing more to do for this attempt.
    Finished(End),
}

/// How it ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum End {
    /// Paid.
    Paid,
    /// Paid after its time.
    PaidLate,
    /// Paid by two attempts.
    PaidTwice,
    /// The wallet said no.
    Failed,
    /// The attempt's time ran out.
    Expired,
    /// The attempt was taken back.
    Cancelled,
    /// The money went back.
    Refunded,
    /// Some of the money went back.
    PartlyRefunded,
    /// The session's time ran out.
    SessionExpired,
    /// The shop withdrew the session.
    SessionCancelled,
}

impl Stage {
    /// What the server's view means; the attempt `past` is looked past once it has ended.
    pub fn of(view: &CheckoutView, past: Option<&AttemptId>) -> Self {
        let attempt = view.attempt.as_ref();
        let late = attempt.is_some_and(|attempt| attempt.late);
        let live = attempt.filter(|attempt| attempt.status.is_live());
        match view.status {
            SessionStatus::Refunded => Self::Finished(End::Refunded),
            SessionStatus::PartiallyRefunded => Self::Finished(End::PartlyRefunded),
            SessionStatus::Paid if view.paid_twice => Self::Finished(End::PaidTwice),
            SessionStatus::Paid if late => Self::Finished(End::PaidLate),
            SessionStatus::Paid => Self::Finished(End::Paid),
            // Nobody is told that a payment is over while the wallet may still take it.
            SessionStatus::Expired | SessionStatus::Cancelled if live.is_some() => Self::Uncertain,
            SessionStatus::Expired => Self::Finished(End::SessionExpired),
            SessionStatus::Cancelled => Self::Finished(End::SessionCancelled),
            SessionStatus::Open => match (live, attempt) {
                (Some(live), _) if live.uncertain => Self::Uncertain,
                (Some(_), _) if view.seconds_left == Some(0) => Self::Checking,
                (Some(_), _) => Self::Act,
                (None, _) if is_pending(view) => Self::Linking,
                (None, Some(over)) if past != Some(&over.id) => Self::after(over.status),
                (None, _) => Self::Choose,
            },
        }
    }

    const fn after(status: Status) -> Self {
        match status {
            Status::Starting | Status::Pending => Self::Act,
            Status::Paid => Self::Finished(End::Paid),
            Status::Failed => Self::Finished(End::Failed),
            Status::Expired => Self::Finished(End::Expired),
            Status::Cancelled => Self::Finished(End::Cancelled),
            Status::Refunded => Self::Finished(End::Refunded),
        }
    }
}

/// What the customer does next: for the live attempt, or to link a wallet.
pub(crate) fn next_action(view: &CheckoutView) -> Option<&NextAction> {
    let linking = view.linking.as_ref().and_then(|linking| linking.next_action.as_ref());
    view.next_action.as_ref().or(linking)
}

/// The method that the screens speak of: the one that is being linked, or the attempt's.
pub(crate) fn subject(view: &CheckoutView) -> Option<MethodId> {
    let linking = view.linking.as_ref().filter(|_| is_pending(view)).map(|linking| linking.method);
    linking.or(view.attempt.as_ref().map(|attempt| attempt.method))
}

/// What the screens are drawn from, apart from what changes while they are shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown {
    /// Where the customer stands.
    pub stage: Stage,
    /// What the server said last.
    pub view: CheckoutView,
}

/// What changes while a screen is shown.
#[expect(clippy::struct_excessive_bools, reason = "facts that come and go one by one")]
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Live {
    /// The browser has taken the page over.
    pub awake: bool,
    /// The page's own address, once the browser has said it.
    pub address: Option<WebUrl>,
    /// The method that is chosen.
    pub chosen: Option<MethodId>,
    /// A start or a withdrawal is under way.
    pub busy: bool,
    /// The customer is being taken away.
    pub leaving: bool,
    /// There is no connection.
    pub offline: bool,
    /// What is wrong.
    pub trouble: Option<Trouble>,
    /// Seconds on the countdown.
    pub seconds_left: Option<u32>,
    /// An app did not open.
    pub app_missing: bool,
    /// What was copied last.
    pub copied: Option<Copied>,
    /// What is in the linked wallets, as far as it was asked for.
    pub funds: Vec<(MethodId, Funds)>,
}
