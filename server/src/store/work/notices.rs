//! What comes in from outside: notifications, returning browsers.

use kasir_shared::{AttemptId, Moment};

use super::super::tx::{Tx, Value, change_one};
use super::super::{
    AttemptRecord, Entry, EntryKind, JobKind, KeptNotification, NotificationRecord, StoreError, sql,
};
use super::{count, held, jobs};

/// How many returns of a browser are noted for one attempt.
const RETURNS_MAX: u64 = 20;
/// Up to how many notifications in the timeline a provider's question is noted beside them.
const QUESTIONS_MAX: u64 = 20;

pub(crate) fn keep_notification(
    tx: &mut dyn Tx,
    notification: &NotificationRecord,
) -> Result<KeptNotification, StoreError> {
    let Some(attempt) = &notification.attempt else {
        let (since, first_transaction) = (notification.at, None);
        return Ok(KeptNotification { new: insert(tx, notification)?, since, first_transaction });
    };
    let (_, known, _) = held::session_of(tx, attempt)?.split(attempt)?;
    let new = insert(tx, notification)?;
    if new {
        note(tx, attempt, notification)?;
        contest(tx, &known, notification)?;
    }
    look_at_once(tx, attempt, notification.at)?;
    let kept = kept(tx, attempt, notification, new)?;
    if new {
        suspect(tx, (&known, &kept), notification)?;
    }
    Ok(kept)
}

/// What all that was kept about an attempt says of one notification.
fn kept(
    tx: &mut dyn Tx,
    attempt: &AttemptId,
    notification: &NotificationRecord,
    new: bool,
) -> Result<KeptNotification, StoreError> {
    let mut kept = KeptNotification { new, since: notification.at, first_transaction: None };
    for row in tx.query(sql::NOTIFIED, &[Value::text(attempt.as_str())])? {
        let cells = row.of("notifications");
        let transaction = cells.maybe_text("provider_transaction")?;
        if transaction == notification.transaction {
            kept.since = cells.moment("since")?;
        }
        kept.first_transaction = kept.first_transaction.or(transaction);
    }
    Ok(kept)
}

pub(crate) fn note_question(
    tx: &mut dyn Tx,
    attempt: &AttemptId,
    entry: &Entry,
) -> Result<(), StoreError> {
    held::session_of(tx, attempt)?;
    let key = Value::text(attempt.as_str());
    let kind = Value::text(EntryKind::Notification.as_str());
    let noted = count(tx, "timeline", sql::TIMELINE_COUNT, &[key, kind])?;
    if noted >= QUESTIONS_MAX {
        return Ok(());
    }
    held::note(tx, attempt, &[entry.written()])
}

/// Keeps an amount that is not the attempt's, and calls a person.
fn contest(
    tx: &mut dyn Tx,
    attempt: &AttemptRecord,
    notification: &NotificationRecord,
) -> Result<(), StoreError> {
    let Some(claimed) = notification.amount.filter(|claimed| *claimed != attempt.amount) else {
        return Ok(());
    };
    let id = Value::text(attempt.id.as_str());
    change_one(tx, "attempts", sql::ATTEMPT_CLAIMED, &[id, claimed.into()])?;
    let summary =
        format!("a notification speaks of {claimed} and this is to pay {}", attempt.amount);
    let entry = Entry::new(notification.at, EntryKind::Alarm, summary);
    held::note(tx, &attempt.id, &[entry.written()])
}

/// Calls a person where a payment is told of that is not the one that the attempt is known by, or,
/// where no answer named it, not the first one that was told of.
fn suspect(
    tx: &mut dyn Tx,
    (attempt, kept): (&AttemptRecord, &KeptNotification),
    notification: &NotificationRecord,
) -> Result<(), StoreError> {
    let ours = attempt.transaction.as_ref().or(kept.first_transaction.as_ref());
    let told = notification.transaction.as_ref();
    if ours.zip(told).is_none_or(|(ours, told)| ours == told) {
        return Ok(());
    }
    let summary = "a notification speaks of another transaction than ours".to_owned();
    let entry = Entry::new(notification.at, EntryKind::Alarm, summary);
    held::note(tx, &attempt.id, &[entry.written()])
}

pub(crate) fn keep_return(
    tx: &mut dyn Tx,
    attempt: &AttemptId,
    transaction: Option<&str>,
    entry: &Entry,
) -> Result<(), StoreError> {
    held::session_of(tx, attempt)?;
    let key = Value::text(attempt.as_str());
    let kind = Value::text(EntryKind::Return.as_str());
    let noted = count(tx, "timeline", sql::TIMELINE_COUNT, &[key.clone(), kind])?;
    if noted >= RETURNS_MAX {
        return Ok(());
    }
    // A verified notification knows better than an address bar.
    let notified = count(tx, "notifications", sql::NOTIFIED_TRANSACTIONS, &[key])?;
    if notified == 0 {
        hint(tx, attempt, transaction)?;
    }
    held::note(tx, attempt, &[entry.written()])?;
    look_at_once(tx, attempt, entry.at)
}

fn insert(tx: &mut dyn Tx, notification: &NotificationRecord) -> Result<bool, StoreError> {
    let values = [
        Value::text(&notification.account),
        Value::text(&notification.digest),
        Value::text(&notification.provider),
        notification.at.into(),
        Value::Bytes(notification.body.clone()),
        Value::maybe_text(notification.attempt.as_ref().map(kasir_shared::id::Id::as_str)),
        Value::maybe_text(notification.transaction.as_deref()),
    ];
    Ok(tx.execute(sql::NOTIFICATION_INSERT, &values)? == 1)
}

fn note(
    tx: &mut dyn Tx,
    attempt: &AttemptId,
    notification: &NotificationRecord,
) -> Result<(), StoreError> {
    hint(tx, attempt, notification.transaction.as_deref())?;
    let entry = Entry {
        at: notification.at,
        kind: EntryKind::Notification,
        summary: format!("{} sent a notification", notification.provider),
        detail: Some(format!("sha256 {}", notification.digest)),
    };
    held::note(tx, attempt, &[entry.written()])
}

fn hint(tx: &mut dyn Tx, attempt: &AttemptId, transaction: Option<&str>) -> Result<(), StoreError> {
    let Some(transaction) = transaction else { return Ok(()) };
    let values = [Value::text(attempt.as_str()), Value::text(transaction)];
    change_one(tx, "attempts", sql::ATTEMPT_HINTED, &values)
}

fn look_at_once(tx: &mut dyn Tx, attempt: &AttemptId, at: Moment) -> Result<(), StoreError> {
    jobs::hint(tx, JobKind::Attempt, attempt.as_str(), at)
}
