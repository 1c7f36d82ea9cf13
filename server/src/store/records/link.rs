//! Linked wallets, as the database remembers them.

use std::net::IpAddr;

use kasir_shared::api::merchant::TimelineEntry;
use kasir_shared::{
    LinkId, LinkStatus, LinkTrouble, MethodId, Moment, NextAction, Phone, SessionId, SessionStatus,
};

use super::{AttemptRecord, Entry, NextLook, SessionRecord};
use crate::secret::Sealed;

/// A wallet that a customer linked, or is linking.
#[derive(Clone, Debug, PartialEq)]
pub struct LinkRecord {
    /// Its name.
    pub id: LinkId,
    /// The merchant whose customer it is.
    pub merchant: String,
    /// Whose it is: `customer:<id>` as the shop named them, or `session:<id>` for one without a name.
    pub owner: String,
    /// The session in which it was begun.
    pub session: SessionId,
    /// The wallet.
    pub method: MethodId,
    /// The provider that holds the agreement.
    pub provider: String,
    /// The merchant's account there.
    pub account: String,
    /// Our number for it there.
    pub reference: String,
    /// What its return address is known by.
    pub return_token: String,
    /// What the wallet hands back, so that we know our own customer again.
    pub state: String,
    /// Whether a return has used the state up.
    pub state_used: bool,
    /// Where it stands.
    pub status: LinkStatus,
    /// What the customer does next while it is pending; nothing before the provider answered.
    pub next_action: Option<NextAction>,
    /// Why it came to nothing, where it did.
    pub trouble: Option<LinkTrouble>,
    /// Until when the customer may decide.
    pub deadline: Moment,
    /// The wallet's phone number.
    pub phone: Option<Phone>,
    /// The address the customer's browser called from.
    pub ip: IpAddr,
    /// The agreement, sealed for this link's id. A link that is gone keeps it until the provider has
    /// ended it too.
    pub sealed: Option<Sealed>,
    /// When it was begun.
    pub created_at: Moment,
    /// When it last changed.
    pub updated_at: Moment,
}

/// What was learnt about a link, and what is to be remembered of it.
#[derive(Clone, Debug)]
pub struct LinkChange {
    /// When it was learnt.
    pub at: Moment,
    /// Where it stands now, where that changed. One that is gone stays gone.
    pub status: Option<LinkStatus>,
    /// Why it came to nothing; kept only with a status of gone.
    pub trouble: Option<LinkTrouble>,
    /// What the customer does next; left as it is where `None`, and while pending only.
    pub next_action: Option<NextAction>,
    /// What becomes of the agreement.
    pub sealed: Sealing,
    /// The wallet's phone number, where it was learnt.
    pub phone: Option<Phone>,
    /// Uses the state up.
    pub consume_state: bool,
    /// What is noted in the timeline.
    pub entries: Vec<Entry>,
    /// When the desk looks at it again.
    pub next_look: NextLook,
}

/// What becomes of a link's agreement.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Sealing {
    /// It stays as it is.
    Keep,
    /// This is it now.
    Set(Sealed),
    /// It is wiped.
    Wipe,
}

impl LinkChange {
    /// A change at `at` that notes nothing yet and leaves the desk's plan as it is.
    pub const fn at(at: Moment) -> Self {
        Self {
            at,
            status: None,
            trouble: None,
            next_action: None,
            sealed: Sealing::Keep,
            phone: None,
            consume_state: false,
            entries: Vec::new(),
            next_look: NextLook::AsPlanned,
        }
    }

    /// The link came to nothing, or is over, for this reason where there is one.
    #[must_use]
    pub fn gone(self, trouble: Option<LinkTrouble>) -> Self {
        Self { status: Some(LinkStatus::Gone), trouble, ..self }
    }
}

/// What a change did.
#[derive(Clone, Debug)]
pub struct LinkApplied {
    /// The link as it is now.
    pub link: LinkRecord,
    /// Where it stood before.
    pub before: LinkStatus,
    /// This change, and no other, used the state up.
    pub consumed: bool,
}

/// What became of a link that was about to begin.
#[derive(Clone, Debug)]
pub enum LinkBegun {
    /// It is on disk.
    Started(Box<LinkRecord>),
    /// The session is not open.
    NotOpen(SessionStatus),
    /// An attempt of the session is live.
    Live(Box<AttemptRecord>),
    /// The session has begun as many as it may.
    TooMany,
}

/// A link with everything that happened to it.
#[derive(Clone, Debug, PartialEq)]
pub struct LinkHistory {
    /// The link.
    pub link: LinkRecord,
    /// The session in which it was begun.
    pub session: SessionRecord,
    /// What happened, oldest first.
    pub timeline: Vec<TimelineEntry>,
}
