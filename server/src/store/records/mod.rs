//! What the database remembers, as the rest of the house sees it.

mod link;

use std::net::IpAddr;

use kasir_shared::api::merchant::{Customer, EventType, Item, RefundStatus, TimelineEntry};
use kasir_shared::{
    AttemptId, Event, EventId, FailureReason, LinkId, Locale, MethodId, Moment, NextAction, Phone,
    Reference, RefundId, Rupiah, SessionId, SessionStatus, Status, WebUrl,
};
pub use link::{LinkApplied, LinkBegun, LinkChange, LinkHistory, LinkRecord, Sealing};

/// What a shop wants paid.
#[derive(Clone, Debug, PartialEq)]
pub struct SessionRecord {
    /// Its name.
    pub id: SessionId,
    /// The merchant it belongs to.
    pub merchant: String,
    /// What the page knows it by.
    pub client_token: String,
    /// The hosted page.
    pub url: WebUrl,
    /// The shop's own name for the order.
    pub reference: Reference,
    /// What is to be paid.
    pub amount: Rupiah,
    /// What of it was given back.
    pub refunded: Rupiah,
    /// What is bought.
    pub items: Vec<Item>,
    /// Who pays.
    pub customer: Customer,
    /// Where the customer goes afterwards.
    pub return_url: WebUrl,
    /// The methods on offer, in order.
    pub methods: Vec<MethodId>,
    /// The language the page opens in, where the shop said one.
    pub locale: Option<Locale>,
    /// The shop's own notes.
    pub metadata: std::collections::BTreeMap<String, String>,
    /// Where it stands.
    pub status: SessionStatus,
    /// A second payment got through.
    pub paid_twice: bool,
    /// Grows with every change.
    pub version: u64,
    /// When it was created.
    pub created_at: Moment,
    /// When it last changed.
    pub updated_at: Moment,
    /// When it stops being payable.
    pub expires_at: Moment,
}

/// How far placing an attempt's order at the provider has come.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Stage {
    /// To be placed, or placed without an answer.
    Placing,
    /// The provider has it.
    Placed,
    /// The provider may have it under a number whose answer was lost: only a notification can name it.
    Orphaned,
}

impl Stage {
    /// Every stage.
    pub const ALL: [Self; 3] = [Self::Placing, Self::Placed, Self::Orphaned];

    /// As in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Placing => "placing",
            Self::Placed => "placed",
            Self::Orphaned => "orphaned",
        }
    }
}

/// How an attempt's present order number left us, as far as anybody may have heard it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Sending {
    /// When the number was first used: what is sent again under it is identical.
    pub issued_at: Moment,
    /// When it last left, or may have.
    pub sent_at: Moment,
    /// How often it may have been heard; 0 where it surely never was.
    pub times: u32,
}

impl Sending {
    /// A number that leaves for the first time at `at`.
    pub const fn first(at: Moment) -> Self {
        Self { issued_at: at, sent_at: at, times: 1 }
    }

    /// The same number, or a fresh one where nobody can have heard it, leaving at `at`.
    #[must_use]
    pub const fn again(self, at: Moment) -> Self {
        match self.times {
            0 => Self::first(at),
            times => Self { issued_at: self.issued_at, sent_at: at, times: times + 1 },
        }
    }
}

/// One try at paying a session.
#[derive(Clone, Debug, PartialEq)]
pub struct AttemptRecord {
    /// Its name.
    pub id: AttemptId,
    /// The session it pays.
    pub session: SessionId,
    /// By which method.
    pub method: MethodId,
    /// The provider that serves it.
    pub provider: String,
    /// The merchant's account there.
    pub account: String,
    /// The order number that our last call sent.
    pub provider_reference: String,
    /// How many order numbers it has had: a lost answer may cost one.
    pub placings: u32,
    /// How the present one left us.
    pub sending: Sending,
    /// How many attempts of the same choice went before it and were left.
    pub takeovers: u32,
    /// The provider's own number, once an answer or a confirmed hint gave it.
    pub transaction: Option<String>,
    /// The provider's own number as a notification or a returning browser said it, unproven.
    pub hinted_transaction: Option<String>,
    /// What its return address is known by.
    pub return_token: String,
    /// What is paid.
    pub amount: Rupiah,
    /// The amount that a verified notification spoke of, where it is not this attempt's.
    pub claimed_amount: Option<Rupiah>,
    /// Why nothing came of it, as far as anybody can do something about it.
    pub reason: Option<FailureReason>,
    /// What of it was given back.
    pub refunded: Rupiah,
    /// Where it stands.
    pub status: Status,
    /// How far placing has come.
    pub stage: Stage,
    /// What the customer does next.
    pub next_action: Option<NextAction>,
    /// When the provider gives up waiting, where that is known.
    pub deadline: Option<Moment>,
    /// Nobody knows whether the provider heard us.
    pub uncertain: bool,
    /// Paid after its time, or after it was called off.
    pub late: bool,
    /// The phone number the customer gave.
    pub phone: Option<Phone>,
    /// The name the customer gave.
    pub name: Option<String>,
    /// The address the customer's browser called from.
    pub ip: IpAddr,
    /// The linked wallet it is paid with.
    pub link: Option<LinkId>,
    /// When it was created.
    pub created_at: Moment,
    /// When it last changed.
    pub updated_at: Moment,
    /// When it was paid.
    pub paid_at: Option<Moment>,
}

/// Something that happened to an attempt or a link, before it is written to its timeline.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Entry {
    /// When.
    pub at: Moment,
    /// What kind of thing.
    pub kind: EntryKind,
    /// What happened, in one line.
    pub summary: String,
    /// What was said, with secrets masked.
    pub detail: Option<String>,
}

impl Entry {
    /// An entry without more to say than one line.
    pub fn new(at: Moment, kind: EntryKind, summary: impl Into<String>) -> Self {
        Self { at, kind, summary: summary.into(), detail: None }
    }
}

impl AttemptRecord {
    /// Whether somebody trustworthy spoke of another amount than ours.
    pub fn is_contested(&self) -> bool {
        self.claimed_amount.is_some_and(|claimed| claimed != self.amount)
    }
}

/// Kinds of timeline entries.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum EntryKind {
    /// We asked the provider.
    Request,
    /// The provider answered.
    Answer,
    /// Nobody answered.
    Silence,
    /// The provider told us.
    Notification,
    /// The customer's browser came back.
    Return,
    /// The page, or the customer on it, did something.
    Page,
    /// The shop asked for something.
    Merchant,
    /// An account was chosen, skipped or left.
    Route,
    /// The status changed.
    Status,
    /// A person has to look.
    Alarm,
}

impl EntryKind {
    /// Every kind.
    pub const ALL: [Self; 10] = [
        Self::Request,
        Self::Answer,
        Self::Silence,
        Self::Notification,
        Self::Return,
        Self::Page,
        Self::Merchant,
        Self::Route,
        Self::Status,
        Self::Alarm,
    ];

    /// As on the wire and in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Answer => "answer",
            Self::Silence => "silence",
            Self::Notification => "notification",
            Self::Return => "return",
            Self::Page => "page",
            Self::Merchant => "merchant",
            Self::Route => "route",
            Self::Status => "status",
            Self::Alarm => "alarm",
        }
    }
}

/// What was learnt about an attempt, and what is to be remembered of it.
#[derive(Clone, Debug)]
pub struct Change {
    /// When it was learnt.
    pub at: Moment,
    /// What happened to the attempt, where something did.
    pub event: Option<Event>,
    /// Why it ends the attempt, where anybody can do something about it.
    pub reason: Option<FailureReason>,
    /// What is noted in the timeline.
    pub entries: Vec<Entry>,
    /// Whether what told of a settlement repeated the attempt's amount.
    pub amount_confirmed: bool,
    /// What placing brought, where something was placed.
    pub placing: Option<Placing>,
    /// How the present order number left us, where that changed.
    pub sending: Option<Sending>,
    /// Whether nobody knows if the provider heard us; left as it is where `None`.
    pub uncertain: Option<bool>,
    /// When the desk looks at the attempt again.
    pub next_look: NextLook,
}

/// What placing an order brought.
#[derive(Clone, Debug)]
pub struct Placing {
    /// How far it has come.
    pub stage: Stage,
    /// The order number that is used from now on.
    pub provider_reference: String,
    /// How many order numbers the attempt has had.
    pub placings: u32,
    /// The provider's own number.
    pub transaction: Option<String>,
    /// What the customer does next.
    pub next_action: Option<NextAction>,
    /// When the provider gives up waiting.
    pub deadline: Option<Moment>,
}

/// When the desk looks at an attempt or a link again.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum NextLook {
    /// As was planned before.
    AsPlanned,
    /// Then.
    At(Moment),
    /// Never: it is over.
    Never,
}

impl Change {
    /// A change at `at` that notes nothing yet and leaves the desk's plan as it is.
    pub const fn at(at: Moment) -> Self {
        Self {
            at,
            event: None,
            reason: None,
            entries: Vec::new(),
            amount_confirmed: false,
            placing: None,
            sending: None,
            uncertain: None,
            next_look: NextLook::AsPlanned,
        }
    }
}

/// What a change did.
#[derive(Clone, Debug)]
pub struct Applied {
    /// The session as it is now.
    pub session: SessionRecord,
    /// The attempt as it is now.
    pub attempt: AttemptRecord,
    /// The status it had before.
    pub before: Status,
    /// Two sources disagree about money.
    pub alarmed: bool,
}

/// What became of an attempt that was about to begin.
#[derive(Clone, Debug)]
pub enum Begun {
    /// It is on disk.
    Started(Box<AttemptRecord>),
    /// The session is not open.
    NotOpen(SessionStatus),
    /// Another attempt is live.
    Live(Box<AttemptRecord>),
}

/// An attempt that takes over from one that is left.
#[derive(Clone, Debug)]
pub struct Takeover {
    /// The new attempt.
    pub attempt: AttemptRecord,
    /// How its timeline begins.
    pub opening: Vec<Entry>,
    /// When the desk looks at it first.
    pub look_at: Moment,
}

/// What became of an attempt that was to be replaced.
#[derive(Clone, Debug)]
pub enum Replaced {
    /// It is over, and this one is live.
    By(Box<AttemptRecord>),
    /// It was over already, or its session is: nothing took over.
    Not,
}

/// What became of a session that was to be cancelled or to expire.
#[derive(Clone, Debug)]
pub enum Closed {
    /// It is closed now.
    Now(Box<SessionRecord>),
    /// It was not open any more, or one of its attempts is still live: as it stands.
    Not(Box<SessionRecord>),
}

/// How a session closes without being paid.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Closing {
    /// The shop withdrew it.
    Cancelled,
    /// Its time ran out.
    Expired,
}

/// One use of an idempotency key.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct KeyUse {
    /// The merchant that used it.
    pub merchant: String,
    /// The key.
    pub key: String,
    /// SHA-256 of method, path and body, hex: the same key with another is refused.
    pub fingerprint: String,
}

/// What became of claiming an idempotency key.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Claim {
    /// It is yours: do the work, then save the answer or release the key.
    Yours,
    /// The first request is still being worked on.
    InFlight,
    /// It was used with another request.
    OtherRequest,
    /// It was answered: say this again, byte for byte.
    Answered(SavedAnswer),
}

/// An answer that is replayed byte for byte.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SavedAnswer {
    /// The HTTP status.
    pub status: u16,
    /// The body, JSON.
    pub body: Vec<u8>,
}

/// Something the desk has to do.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Job {
    /// What kind of thing.
    pub kind: JobKind,
    /// What it is about: an id of that kind.
    pub subject: String,
    /// How often it was begun, this time included.
    pub tries: u32,
    /// Tells this claim from every other, of any time: whoever finishes with another fence changes
    /// nothing. It is drawn, not counted, so that a job taken off the desk and planned anew cannot
    /// repeat one.
    pub fence: u64,
}

/// Kinds of jobs.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Hash)]
pub enum JobKind {
    /// Looks after an attempt: places it, asks how it stands.
    Attempt,
    /// Lets a session expire.
    Session,
    /// Tells the shop about an event.
    Webhook,
    /// Gives money back.
    Refund,
    /// Gives back the second payment of a session (an attempt's id).
    SecondPayment,
    /// Looks after a link: begins it, asks how it stands, ends the agreement of one that is gone.
    Link,
}

impl JobKind {
    /// Every kind.
    pub const ALL: [Self; 6] = [
        Self::Attempt,
        Self::Session,
        Self::Webhook,
        Self::Refund,
        Self::SecondPayment,
        Self::Link,
    ];

    /// As in the database and in metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Attempt => "attempt",
            Self::Session => "session",
            Self::Webhook => "webhook",
            Self::Refund => "refund",
            Self::SecondPayment => "second_payment",
            Self::Link => "link",
        }
    }
}

/// How a job ends for now. A hint that came while it was worked on (see [`Store::plan_job`]) is
/// never lost: the job is done once more, no later than the hint asked for.
///
/// [`Store::plan_job`]: super::Store::plan_job
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Finish {
    /// Nothing is left to do, unless somebody hinted meanwhile.
    Done,
    /// Again then, or when somebody planned it meanwhile, whichever is sooner.
    Again(Moment),
    /// Then, or when somebody planned it meanwhile; it was not tried, and is not counted as a try.
    NotNow(Moment),
    /// Again when `apply` planned it.
    AsPlanned,
}

/// A notification that verified, kept before it is acknowledged.
#[derive(Clone, Debug)]
pub struct NotificationRecord {
    /// The provider that sent it.
    pub provider: String,
    /// The merchant's account there.
    pub account: String,
    /// When it came.
    pub at: Moment,
    /// SHA-256 of the body, hex: a repeated one is known by it.
    pub digest: String,
    /// The body as received.
    pub body: Vec<u8>,
    /// The attempt it is about, where there is one.
    pub attempt: Option<AttemptId>,
    /// The provider's own number that it gave.
    pub transaction: Option<String>,
    /// The amount that it spoke of, where it did.
    pub amount: Option<Rupiah>,
}

/// What is known of a notification once it is kept.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct KeptNotification {
    /// Whether it came for the first time.
    pub new: bool,
    /// When a notification about the same transaction of the same attempt was first kept.
    pub since: Moment,
    /// The provider's own number in the first notification of the attempt that gave one.
    pub first_transaction: Option<String>,
}

/// Money on its way back.
#[derive(Clone, Debug, PartialEq)]
pub struct RefundRecord {
    /// Its name; also our number for it at the provider.
    pub id: RefundId,
    /// The attempt that held the money.
    pub attempt: AttemptId,
    /// How much.
    pub amount: Rupiah,
    /// Why.
    pub reason: String,
    /// Where it stands.
    pub status: RefundStatus,
    /// When it was asked for.
    pub created_at: Moment,
    /// When it last changed.
    pub updated_at: Moment,
}

/// What became of a refund that was asked for.
#[derive(Clone, Debug)]
pub enum RefundBegun {
    /// It is on disk, and a job will see it through.
    Started(Box<RefundRecord>),
    /// The attempt holds no money.
    NotPaid(Status),
    /// More than is left; this much is.
    TooLarge(Rupiah),
    /// Another is pending. What a provider gave back tells two apart only one after the other.
    OtherPending,
}

/// Something a shop is told.
#[derive(Clone, Debug, PartialEq)]
pub struct EventRecord {
    /// Its name; the `webhook-id`.
    pub id: EventId,
    /// The merchant that is told.
    pub merchant: String,
    /// The session it is about.
    pub session: SessionId,
    /// What happened.
    pub kind: EventType,
    /// What it happened to: a newer event of the same kind about the same thing supersedes it.
    pub subject: String,
    /// The session's version then.
    pub version: u64,
    /// What it looked like then, JSON.
    pub data: String,
    /// When.
    pub created_at: Moment,
    /// Where its delivery stands.
    pub delivery: Delivery,
    /// How often it was sent.
    pub tries: u32,
}

/// Where an event's delivery stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Delivery {
    /// To be sent.
    Pending,
    /// The shop has it.
    Delivered,
    /// A newer event made it pointless.
    Superseded,
    /// Given up after three days; it can be redelivered.
    Failed,
}

impl Delivery {
    /// Every standing.
    pub const ALL: [Self; 4] = [Self::Pending, Self::Delivered, Self::Superseded, Self::Failed];

    /// As on the wire and in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Delivered => "delivered",
            Self::Superseded => "superseded",
            Self::Failed => "failed",
        }
    }
}

/// Which sessions are listed.
#[derive(Clone, Debug, Default)]
pub struct SessionFilter {
    /// Only of this reference.
    pub reference: Option<Reference>,
    /// Only that stand here.
    pub status: Option<SessionStatus>,
    /// Only created after this.
    pub created_after: Option<Moment>,
    /// Only older than this one.
    pub before: Option<SessionId>,
    /// At most so many.
    pub limit: u32,
}

/// A session with its attempts, oldest first.
#[derive(Clone, Debug, PartialEq)]
pub struct SessionWithAttempts {
    /// The session.
    pub session: SessionRecord,
    /// Its attempts, oldest first.
    pub attempts: Vec<AttemptRecord>,
}

/// An attempt with everything that happened to it.
#[derive(Clone, Debug, PartialEq)]
pub struct AttemptHistory {
    /// The attempt.
    pub attempt: AttemptRecord,
    /// What happened, oldest first.
    pub timeline: Vec<TimelineEntry>,
    /// What went back, oldest first.
    pub refunds: Vec<RefundRecord>,
}
