//! What is remembered, whichever database remembers it.
//!
//! Every method is one transaction: it happened and is on disk, or it did not happen. "Not found" is
//! `None`. Whatever changes a status computes the verdict inside the transaction, from the rows it
//! holds, by [`crate::payment`]; so two processes can never both be right.

pub mod records;
mod tx;
mod sql;
mod rows;
mod migrate;
mod work;
mod stored;
pub mod sqlite;
#[cfg(test)]
mod contract;

use async_trait::async_trait;
use kasir_shared::api::merchant::RefundStatus;
use kasir_shared::{AttemptId, EventId, LinkId, MethodId, Moment, RefundId, SessionId};
pub use records::*;
pub use sqlite::SqliteStore;

use crate::provider::Catalogue;

/// What is remembered.
#[async_trait]
pub trait Store: Send + Sync {
    /// Whether the database answers and has the tables this program expects.
    async fn ready(&self) -> Result<(), StoreError>;

    /// Claims an idempotency key for `lease_s` seconds. A claim whose lease ran out (its process
    /// died) can be claimed again.
    async fn claim_key(&self, key: &KeyUse, at: Moment, lease_s: u32) -> Result<Claim, StoreError>;
    /// Remembers the answer to a claimed key.
    async fn save_answer(
        &self,
        key: &KeyUse,
        answer: &SavedAnswer,
        at: Moment,
    ) -> Result<(), StoreError>;
    /// Gives a claimed key back unanswered: the request was not sound, so nothing is remembered.
    async fn release_key(&self, key: &KeyUse) -> Result<(), StoreError>;
    /// Forgets answers older than `before`; says how many.
    async fn forget_keys(&self, before: Moment) -> Result<u64, StoreError>;

    /// Keeps a new session, the job that lets it expire, and the answer to its key, all at once.
    async fn create_session(
        &self,
        session: &SessionRecord,
        answer: Option<(&KeyUse, &SavedAnswer)>,
    ) -> Result<(), StoreError>;
    /// A merchant's session.
    async fn session(
        &self,
        merchant: &str,
        id: &SessionId,
    ) -> Result<Option<SessionWithAttempts>, StoreError>;
    /// A session, whoever it belongs to: for the desk.
    async fn session_by_id(
        &self,
        id: &SessionId,
    ) -> Result<Option<SessionWithAttempts>, StoreError>;
    /// The session a page knows by `client_token`. Any text may be asked for, and asking takes the
    /// same path for all: the look-up is by the token's hash.
    async fn session_by_token(
        &self,
        client_token: &str,
    ) -> Result<Option<SessionWithAttempts>, StoreError>;
    /// A merchant's sessions, newest first.
    async fn sessions(
        &self,
        merchant: &str,
        filter: &SessionFilter,
    ) -> Result<Vec<SessionWithAttempts>, StoreError>;
    /// Cancels a session or lets it expire, if it is open and no attempt is live; tells the shop.
    async fn close_session(
        &self,
        id: &SessionId,
        how: Closing,
        at: Moment,
    ) -> Result<Closed, StoreError>;

    /// Keeps a new attempt, a timeline that begins with the choice and goes on with `opening`, and a
    /// job to look after it at `look_at`, if the session is open and no other attempt is live.
    async fn begin_attempt(
        &self,
        attempt: &AttemptRecord,
        opening: &[Entry],
        look_at: Moment,
    ) -> Result<Begun, StoreError>;
    /// Lets another attempt take over from a live one, all at once: the old one changes as `change`
    /// says, which ends it, and the new one begins. Where the old one is over already, or its session
    /// is not open, only what was learnt about it is kept.
    async fn replace_attempt(
        &self,
        old: &AttemptId,
        change: Change,
        takeover: &Takeover,
    ) -> Result<Replaced, StoreError>;
    /// An attempt and its session, whoever they belong to: for the desk.
    async fn attempt(
        &self,
        id: &AttemptId,
    ) -> Result<Option<(SessionRecord, AttemptRecord)>, StoreError>;
    /// A merchant's attempt with its history.
    async fn history(
        &self,
        merchant: &str,
        id: &AttemptId,
    ) -> Result<Option<AttemptHistory>, StoreError>;
    /// The attempt that has, or once had, this order number at an account.
    async fn attempt_by_reference(
        &self,
        account: &str,
        reference: &str,
    ) -> Result<Option<AttemptId>, StoreError>;
    /// The attempt whose return address this is.
    async fn attempt_by_return_token(
        &self,
        token: &str,
    ) -> Result<Option<(SessionRecord, AttemptRecord)>, StoreError>;

    /// The heart: status, timeline, outgoing events and jobs in one transaction, with the verdict
    /// computed inside it.
    async fn apply(&self, attempt: &AttemptId, change: Change) -> Result<Applied, StoreError>;

    /// Keeps a notification, notes it in its attempt's timeline, and has the desk look at once. One
    /// that speaks of another amount than the attempt's is an alarm, and the amount is kept. Where the
    /// same one was kept before, nothing changes but that the desk looks.
    async fn keep_notification(
        &self,
        notification: &NotificationRecord,
    ) -> Result<KeptNotification, StoreError>;
    /// Notes that the provider asked about an attempt. It can ask without end: after the first twenty
    /// nothing happens.
    async fn note_question(&self, attempt: &AttemptId, entry: &Entry) -> Result<(), StoreError>;
    /// Notes that the customer's browser came back, and has the desk look at once. A browser can
    /// come back without end: after the first twenty nothing happens.
    async fn keep_return(
        &self,
        attempt: &AttemptId,
        transaction: Option<&str>,
        entry: &Entry,
    ) -> Result<(), StoreError>;

    /// Claims up to `limit` jobs that are due, for `lease_s` seconds. A claim whose lease ran out
    /// can be claimed again.
    async fn claim_jobs(
        &self,
        at: Moment,
        lease_s: u32,
        limit: u32,
    ) -> Result<Vec<Job>, StoreError>;
    /// Ends a claim. `false` where it was somebody else's by now, or where the change it brought
    /// took the job off the desk: then nothing changes.
    async fn finish_job(&self, job: &Job, finish: Finish) -> Result<bool, StoreError>;
    /// When the next job is due, leased ones at the end of their lease.
    async fn next_due(&self) -> Result<Option<Moment>, StoreError>;
    /// Has a job done at `at`, if it is planned for later. Makes it where there is none. This is a
    /// hint, and outlasts whatever a change plans: only a claim that begins after it uses it up.
    async fn plan_job(&self, kind: JobKind, subject: &str, at: Moment) -> Result<(), StoreError>;

    /// Asks for a refund: kept with a job that sees it through from `look_at` on, if the attempt holds
    /// the money and no other refund of it is pending.
    async fn begin_refund(
        &self,
        refund: &RefundRecord,
        look_at: Moment,
    ) -> Result<RefundBegun, StoreError>;
    /// A refund, and the attempt that held the money.
    async fn refund(
        &self,
        id: &RefundId,
    ) -> Result<Option<(RefundRecord, AttemptRecord)>, StoreError>;
    /// Ends a pending refund: where it succeeded the attempt and session follow. Tells the shop. One
    /// that ended before stays as it is, and is handed back.
    async fn end_refund(
        &self,
        id: &RefundId,
        status: RefundStatus,
        entries: Vec<Entry>,
        at: Moment,
    ) -> Result<Option<RefundRecord>, StoreError>;

    /// Keeps a new link, a timeline that begins with the choice and goes on with `opening`, and a job
    /// to look after it at `look_at`, if the session is open and none of its attempts is live. What
    /// the session was linking before is called off.
    async fn begin_link(
        &self,
        link: &LinkRecord,
        opening: &[Entry],
        look_at: Moment,
    ) -> Result<LinkBegun, StoreError>;
    /// Status, agreement, timeline, outgoing event and job of a link in one transaction. A link that
    /// becomes active replaces the customer's other one of the wallet; one that is gone stays gone.
    async fn apply_link(&self, id: &LinkId, change: LinkChange) -> Result<LinkApplied, StoreError>;
    /// A link with its session and everything that happened to it.
    async fn link(&self, id: &LinkId) -> Result<Option<LinkHistory>, StoreError>;
    /// The link whose return address this is, and its session.
    async fn link_by_return_token(
        &self,
        token: &str,
    ) -> Result<Option<(SessionRecord, LinkRecord)>, StoreError>;
    /// The link that has this number at an account.
    async fn link_by_reference(
        &self,
        account: &str,
        reference: &str,
    ) -> Result<Option<LinkRecord>, StoreError>;
    /// The links that were begun in a session, oldest first.
    async fn links_of_session(&self, session: &SessionId) -> Result<Vec<LinkRecord>, StoreError>;
    /// The links of a merchant's customer, or of one wallet of theirs, oldest first.
    async fn links(
        &self,
        merchant: &str,
        owner: &str,
        method: Option<MethodId>,
    ) -> Result<Vec<LinkRecord>, StoreError>;

    /// Keeps the products that an account has at its provider, in place of those it had.
    async fn keep_catalogue(
        &self,
        account: &str,
        catalogue: &Catalogue,
        at: Moment,
    ) -> Result<(), StoreError>;
    /// An account's products, as they were last kept.
    async fn catalogue(&self, account: &str) -> Result<Option<Catalogue>, StoreError>;

    /// An event.
    async fn event(&self, id: &EventId) -> Result<Option<EventRecord>, StoreError>;
    /// A merchant's events, newest first, older than `before`.
    async fn events(
        &self,
        merchant: &str,
        before: Option<&EventId>,
        limit: u32,
    ) -> Result<Vec<EventRecord>, StoreError>;
    /// Whether a newer event of the same kind about the same thing exists.
    async fn is_superseded(&self, event: &EventRecord) -> Result<bool, StoreError>;
    /// Notes how sending an event went.
    async fn note_delivery(
        &self,
        id: &EventId,
        delivery: Delivery,
        tries: u32,
    ) -> Result<(), StoreError>;
    /// Sends a merchant's event again, whatever became of it: a job is due at `at`.
    async fn redeliver(
        &self,
        merchant: &str,
        id: &EventId,
        at: Moment,
    ) -> Result<Option<EventRecord>, StoreError>;
}

/// Why the database could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A row cannot be what we wrote: somebody changed it, or a program of another version did.
    #[error("{table} holds a row that cannot be read ({column}): {row}")]
    Inconsistent {
        /// Which table.
        table: &'static str,
        /// Which column.
        column: &'static str,
        /// The row's key.
        row: String,
    },
    /// What was asked for is about something that is not there.
    #[error("no such {what}")]
    Missing {
        /// What is missing.
        what: &'static str,
    },
    /// The tables are not those this program brings.
    #[error("migration {name} {problem}")]
    Migration {
        /// Which one.
        name: String,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// The database itself failed.
    #[error("database: {0}")]
    Driver(#[source] Box<dyn std::error::Error + Send + Sync>),
}
