//! What a change does to an attempt, its session, and what the shop is told: pure, so that every
//! database does the same.

mod link;

use kasir_shared::api::merchant::{
    Attempt, EventType, Link, Refund, RefundStatus, Session, TimelineEntry,
};
use kasir_shared::{Event, Moment, Rupiah, SessionStatus, Status, Verdict};
pub use link::{LinkDecision, decide_link};

use crate::store::{
    Applied, AttemptRecord, Change, Closing, Entry, EntryKind, JobKind, NextLook, RefundRecord,
    SessionRecord,
};

/// What is to be written, all of it in one transaction.
#[derive(Clone, Debug)]
pub struct Decision {
    /// What changed.
    pub applied: Applied,
    /// What the timeline says about it.
    pub timeline: Vec<TimelineEntry>,
    /// What the shop is told.
    pub events: Vec<News>,
    /// What the desk has to do.
    pub jobs: Vec<Plan>,
}

/// Something the shop is told.
#[derive(Clone, Debug, PartialEq)]
pub struct News {
    /// What happened.
    pub kind: EventType,
    /// What it happened to.
    pub subject: String,
    /// The session's version now.
    pub version: u64,
    /// What it looks like now.
    pub data: NewsData,
}

/// What an event carries.
#[derive(Clone, Debug, PartialEq)]
pub enum NewsData {
    /// The session.
    Session(Box<Session>),
    /// The attempt.
    Attempt(Box<Attempt>),
    /// The refund.
    Refund(Refund),
    /// The linked wallet.
    Link(Box<Link>),
}

/// A job as it is to be planned.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Plan {
    /// What kind of thing.
    pub kind: JobKind,
    /// What it is about.
    pub subject: String,
    /// When; `None` takes it off the desk.
    pub due: Option<Moment>,
}

/// Decides what `change` does to one of a session's attempts. `others` are the rest of them.
pub fn decide(
    session: &SessionRecord,
    attempt: &AttemptRecord,
    others: &[AttemptRecord],
    change: &Change,
) -> Decision {
    let before = attempt.status;
    let verdict = change.event.map_or(Verdict::Stay, |event| judge(attempt, change, event));
    let mut after = attempt.clone();
    let mut told = session.clone();
    let mut timeline: Vec<TimelineEntry> = change.entries.iter().map(Entry::written).collect();
    let mut kinds = Vec::new();
    let mut jobs = Vec::new();

    // A call that returns after its order was settled brings nothing new, and one that placed the
    // order once more must not hide the one that was paid.
    if before.is_live() || attempt.transaction.is_none() {
        place(&mut after, change);
    }
    if let Verdict::Become(status) = verdict {
        after.status = status;
        after.reason = change.reason;
        after.uncertain = false;
        if status == Status::Paid {
            after.paid_at = Some(change.at);
            after.late =
                !before.is_live() || !session.status.is_open() && !session.status.was_paid();
        }
        if status == Status::Refunded {
            after.refunded = after.amount;
        }
        timeline.push(status_entry(before, status, after.late, change.at));
        kinds.extend(settle(&mut told, &after, others, status));
        if kinds.contains(&EventType::SessionPaidTwice) {
            timeline.push(alarm("a second payment of this session got through", change.at));
            jobs.push(Plan {
                kind: JobKind::SecondPayment,
                subject: after.id.as_str().to_owned(),
                due: Some(change.at),
            });
        }
    }
    // Also where an answer to placing comes after the attempt was over: nobody may pay it then.
    if !after.status.is_live() {
        after.next_action = None;
    }
    let alarmed = matches!(verdict, Verdict::Alarm);
    if let (true, Some(event)) = (alarmed, change.event) {
        let doubted = before.on(event) != Verdict::Alarm;
        let summary = if doubted {
            "said to be paid, and nobody repeats our amount: a person decides".to_owned()
        } else {
            format!("two sources disagree about money: {event:?} on {}", before.as_str())
        };
        timeline.push(alarm(&summary, change.at));
        if doubted {
            // Money may be there: the customer has nothing to do but wait for that person.
            (after.next_action, after.uncertain) = (None, true);
        }
    }
    plan_look(&after, change, &mut jobs);
    stamp(session, attempt, &mut told, &mut after, change.at);
    let events = news(&kinds, &told, &after, others, change.at);
    let applied = Applied { session: told, attempt: after, before, alarmed };
    Decision { applied, timeline, events, jobs }
}

/// What `event` does to an attempt. A settlement that repeats no amount settles nothing once a
/// notification spoke of another one.
fn judge(attempt: &AttemptRecord, change: &Change, event: Event) -> Verdict {
    let verdict = attempt.status.on(event);
    let settles = matches!(verdict, Verdict::Become(Status::Paid));
    if settles && attempt.is_contested() && !change.amount_confirmed {
        return Verdict::Alarm;
    }
    verdict
}

/// Writes what placing brought.
fn place(attempt: &mut AttemptRecord, change: &Change) {
    if let Some(uncertain) = change.uncertain {
        attempt.uncertain = uncertain;
    }
    if let Some(placing) = &change.placing {
        attempt.stage = placing.stage;
        attempt.provider_reference.clone_from(&placing.provider_reference);
        attempt.placings = placing.placings;
        attempt.transaction.clone_from(&placing.transaction);
        attempt.next_action.clone_from(&placing.next_action);
        attempt.deadline = placing.deadline;
    }
    if let Some(sending) = change.sending {
        attempt.sending = sending;
    }
}

/// What an attempt's new status means for its session.
fn settle(
    session: &mut SessionRecord,
    attempt: &AttemptRecord,
    others: &[AttemptRecord],
    status: Status,
) -> Vec<EventType> {
    let mut kinds = vec![EventType::AttemptUpdated];
    if status == Status::Paid {
        if session.status.was_paid() {
            session.paid_twice = true;
            kinds.push(EventType::SessionPaidTwice);
        } else {
            session.status = SessionStatus::Paid;
            kinds.push(EventType::SessionPaid);
        }
    }
    balance(session, attempt, others);
    kinds
}

/// What a paid session holds: its best kept payment. While two were paid, giving one back leaves the
/// session as it was.
fn balance(session: &mut SessionRecord, attempt: &AttemptRecord, others: &[AttemptRecord]) {
    if !session.status.was_paid() {
        return;
    }
    let kept = std::iter::once(attempt)
        .chain(others)
        .filter(|attempt| attempt.status == Status::Paid)
        .map(|attempt| attempt.amount.checked_sub(attempt.refunded).unwrap_or(Rupiah::ZERO))
        .max()
        .unwrap_or(Rupiah::ZERO);
    session.refunded = session.amount.checked_sub(kept).unwrap_or(Rupiah::ZERO);
    session.status = if kept.is_zero() {
        SessionStatus::Refunded
    } else if session.refunded.is_zero() {
        SessionStatus::Paid
    } else {
        SessionStatus::PartiallyRefunded
    };
}

fn plan_look(attempt: &AttemptRecord, change: &Change, jobs: &mut Vec<Plan>) {
    let due = match change.next_look {
        NextLook::AsPlanned => return,
        NextLook::At(moment) => Some(moment),
        NextLook::Never => None,
    };
    jobs.push(Plan { kind: JobKind::Attempt, subject: attempt.id.as_str().to_owned(), due });
}

/// Counts the version up where anybody could see a difference.
fn stamp(
    session: &SessionRecord,
    attempt: &AttemptRecord,
    told: &mut SessionRecord,
    after: &mut AttemptRecord,
    at: Moment,
) {
    if after != attempt {
        after.updated_at = at;
    }
    if after != attempt || told != session {
        told.version += 1;
        told.updated_at = at;
    }
}

fn news(
    kinds: &[EventType],
    session: &SessionRecord,
    attempt: &AttemptRecord,
    others: &[AttemptRecord],
    at: Moment,
) -> Vec<News> {
    let mut attempts: Vec<AttemptRecord> = others.to_vec();
    attempts.push(attempt.clone());
    attempts.sort_by(|a, b| a.id.as_str().cmp(b.id.as_str()));
    let tell = |kind: &EventType| {
        let about_attempt = *kind == EventType::AttemptUpdated;
        News {
            kind: *kind,
            subject: if about_attempt { attempt.id.as_str() } else { session.id.as_str() }
                .to_owned(),
            version: session.version,
            data: if about_attempt {
                NewsData::Attempt(Box::new(attempt.as_told(at)))
            } else {
                NewsData::Session(Box::new(session.as_told(&attempts, at)))
            },
        }
    };
    kinds.iter().map(tell).collect()
}

/// Closes an open session that has no live attempt; `None` where it stays as it is.
pub fn close(
    session: &SessionRecord,
    attempts: &[AttemptRecord],
    how: Closing,
    at: Moment,
) -> Option<(SessionRecord, News)> {
    if !session.status.is_open() || attempts.iter().any(|attempt| attempt.status.is_live()) {
        return None;
    }
    let (status, kind) = match how {
        Closing::Cancelled => (SessionStatus::Cancelled, EventType::SessionCancelled),
        Closing::Expired => (SessionStatus::Expired, EventType::SessionExpired),
    };
    let closed =
        SessionRecord { status, version: session.version + 1, updated_at: at, ..session.clone() };
    let data = NewsData::Session(Box::new(closed.as_told(attempts, at)));
    let news = News { kind, subject: closed.id.as_str().to_owned(), version: closed.version, data };
    Some((closed, news))
}

/// What a refund that ended does to its attempt and session. `others` are the session's other
/// attempts.
///
/// A refund of all that was left goes through [`decide`] with [`Event::Reversed`] instead of
/// touching the statuses here: see [`whole`].
pub fn refunded(
    session: &SessionRecord,
    attempt: &AttemptRecord,
    others: &[AttemptRecord],
    refund: &RefundRecord,
    at: Moment,
) -> (SessionRecord, AttemptRecord) {
    let (mut session, mut attempt) = (session.clone(), attempt.clone());
    if refund.status == RefundStatus::Succeeded {
        let sum = attempt.refunded.checked_add(refund.amount);
        attempt.refunded = sum.map_or(attempt.amount, |sum| sum.min(attempt.amount));
        attempt.updated_at = at;
        balance(&mut session, &attempt, others);
    }
    session.version += 1;
    session.updated_at = at;
    (session, attempt)
}

/// How much of an attempt's money can still be given back. Pending refunds count as given.
pub fn left(attempt: &AttemptRecord, refunds: &[RefundRecord]) -> Rupiah {
    refunds
        .iter()
        .filter(|refund| refund.status == RefundStatus::Pending)
        .try_fold(attempt.refunded, |given, refund| given.checked_add(refund.amount))
        .and_then(|given| attempt.amount.checked_sub(given))
        .unwrap_or(Rupiah::ZERO)
}

/// The event of a refund that gives back all that was left; `None` for one that leaves some.
pub fn whole(attempt: &AttemptRecord, refund: &RefundRecord) -> Option<Event> {
    let given = attempt.refunded.checked_add(refund.amount)?;
    (refund.status == RefundStatus::Succeeded && given >= attempt.amount).then_some(Event::Reversed)
}

/// What the shop is told about a refund.
pub fn refund_news(session: &SessionRecord, refund: &RefundRecord) -> News {
    News {
        kind: EventType::RefundUpdated,
        subject: refund.id.as_str().to_owned(),
        version: session.version,
        data: NewsData::Refund(refund.as_told()),
    }
}

fn status_entry(before: Status, after: Status, late: bool, at: Moment) -> TimelineEntry {
    let late = if late && after == Status::Paid { ", late" } else { "" };
    TimelineEntry {
        at,
        kind: EntryKind::Status.as_str().to_owned(),
        summary: format!("{} to {}{late}", before.as_str(), after.as_str()),
        status_before: Some(before),
        status_after: Some(after),
        detail: None,
    }
}

fn alarm(summary: &str, at: Moment) -> TimelineEntry {
    let summary = summary.to_owned();
    Entry { at, kind: EntryKind::Alarm, summary, detail: None }.written()
}

impl Entry {
    /// As the timeline keeps it.
    pub fn written(&self) -> TimelineEntry {
        TimelineEntry {
            at: self.at,
            kind: self.kind.as_str().to_owned(),
            summary: self.summary.clone(),
            status_before: None,
            status_after: None,
            detail: self.detail.clone(),
        }
    }
}

impl AttemptRecord {
    /// Seconds until the provider gives up waiting, while the customer may still pay.
    pub fn seconds_left(&self, at: Moment) -> Option<u32> {
        self.deadline.filter(|_| self.status.is_live()).map(|deadline| deadline.seconds_after(at))
    }

    /// As the shop sees it.
    pub fn as_told(&self, at: Moment) -> Attempt {
        let seconds_left = self.seconds_left(at);
        Attempt {
            id: self.id.clone(),
            session: self.session.clone(),
            method: self.method,
            status: self.status,
            provider: self.provider.clone(),
            account: self.account.clone(),
            provider_reference: self.provider_reference.clone(),
            amount: self.amount,
            next_action: self.next_action.clone().map(|next| next.at(seconds_left)),
            seconds_left,
            reason: self.reason,
            late: self.late,
            created_at: self.created_at,
            updated_at: self.updated_at,
        }
    }
}

impl SessionRecord {
    /// Whose the wallets are that are linked while paying it: the shop's customer's, or this
    /// session's alone where the shop named none.
    pub fn link_owner(&self) -> String {
        match &self.customer.id {
            Some(id) => format!("customer:{}", id.as_str()),
            None => format!("session:{}", self.id),
        }
    }

    /// As the shop sees it.
    pub fn as_told(&self, attempts: &[AttemptRecord], at: Moment) -> Session {
        Session {
            id: self.id.clone(),
            status: self.status,
            reference: self.reference.clone(),
            amount: self.amount,
            refunded: self.refunded,
            url: self.url.clone(),
            client_token: self.client_token.clone(),
            expires_at: self.expires_at,
            created_at: self.created_at,
            version: self.version,
            metadata: self.metadata.clone(),
            attempts: attempts.iter().map(|attempt| attempt.as_told(at)).collect(),
        }
    }
}

impl RefundRecord {
    /// As the shop sees it.
    pub fn as_told(&self) -> Refund {
        Refund {
            id: self.id.clone(),
            attempt: self.attempt.clone(),
            status: self.status,
            amount: self.amount,
            reason: self.reason.clone(),
            created_at: self.created_at,
            updated_at: self.updated_at,
        }
    }
}

#[cfg(test)]
mod tests;
