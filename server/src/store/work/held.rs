//! A session held by this transaction with all its attempts, and the writing of what was decided.

use kasir_shared::api::merchant::TimelineEntry;
use kasir_shared::{AttemptId, EventId, Moment, SessionId};

use super::super::tx::{Tx, Value, change_one};
use super::super::{
    AttemptRecord, JobKind, SessionRecord, SessionWithAttempts, StoreError, rows, sql,
};
use super::{jobs, one};
use crate::dice::Dice;
use crate::payment::{News, NewsData, Plan};

/// A session that no other transaction changes until this one ends.
pub(crate) struct Held {
    pub(crate) session: SessionRecord,
    pub(crate) attempts: Vec<AttemptRecord>,
}

/// Holds a session.
pub(crate) fn session(tx: &mut dyn Tx, id: &SessionId) -> Result<Held, StoreError> {
    hold(tx, sql::SESSION_LOCKED, id.as_str(), "session")
}

/// Holds the session of an attempt.
pub(crate) fn session_of(tx: &mut dyn Tx, attempt: &AttemptId) -> Result<Held, StoreError> {
    hold(tx, sql::SESSION_OF_ATTEMPT_LOCKED, attempt.as_str(), "attempt")
}

fn hold(tx: &mut dyn Tx, sql: &str, key: &str, what: &'static str) -> Result<Held, StoreError> {
    let row = one(tx, sql, &[Value::text(key)])?.ok_or(StoreError::Missing { what })?;
    let session = rows::session(&row)?;
    let attempts = attempts_of(tx, &session.id)?;
    Ok(Held { session, attempts })
}

impl Held {
    /// One of its attempts, and the others.
    pub(crate) fn split(
        mut self,
        id: &AttemptId,
    ) -> Result<(SessionRecord, AttemptRecord, Vec<AttemptRecord>), StoreError> {
        let place = self.attempts.iter().position(|attempt| attempt.id == *id);
        let place = place.ok_or(StoreError::Missing { what: "attempt" })?;
        let attempt = self.attempts.remove(place);
        Ok((self.session, attempt, self.attempts))
    }
}

/// A session's attempts, oldest first.
pub(crate) fn attempts_of(
    tx: &mut dyn Tx,
    session: &SessionId,
) -> Result<Vec<AttemptRecord>, StoreError> {
    tx.query(sql::ATTEMPTS, &[Value::text(session.as_str())])?.iter().map(rows::attempt).collect()
}

/// A session found by one key, with its attempts.
pub(crate) fn with_attempts(
    tx: &mut dyn Tx,
    sql: &str,
    values: &[Value],
) -> Result<Option<SessionWithAttempts>, StoreError> {
    let Some(row) = one(tx, sql, values)? else { return Ok(None) };
    let session = rows::session(&row)?;
    let attempts = attempts_of(tx, &session.id)?;
    Ok(Some(SessionWithAttempts { session, attempts }))
}

/// Writes a session over the version it was computed from, where it changed.
pub(crate) fn write_session(
    tx: &mut dyn Tx,
    before: &SessionRecord,
    after: &SessionRecord,
) -> Result<(), StoreError> {
    if before == after {
        return Ok(());
    }
    let values = [
        Value::text(after.id.as_str()),
        Value::count(before.version),
        after.refunded.into(),
        Value::text(after.status.as_str()),
        after.paid_twice.into(),
        Value::count(after.version),
        after.updated_at.into(),
    ];
    change_one(tx, "sessions", sql::SESSION_UPDATE, &values)
}

/// Writes an attempt, where it changed, and the order number it has now.
pub(crate) fn write_attempt(
    tx: &mut dyn Tx,
    before: &AttemptRecord,
    after: &AttemptRecord,
) -> Result<(), StoreError> {
    if before == after {
        return Ok(());
    }
    change_one(tx, "attempts", sql::ATTEMPT_UPDATE, &rows::attempt_changes(after)?)?;
    if before.provider_reference == after.provider_reference {
        return Ok(());
    }
    keep_order_number(tx, after)
}

/// Remembers the order number that an attempt has now, beside those it had.
pub(crate) fn keep_order_number(
    tx: &mut dyn Tx,
    attempt: &AttemptRecord,
) -> Result<(), StoreError> {
    let values = [
        Value::text(&attempt.account),
        Value::text(&attempt.provider_reference),
        Value::text(attempt.id.as_str()),
    ];
    change_one(tx, "order_numbers", sql::ORDER_NUMBER_UPSERT, &values)
}

/// Adds to an attempt's timeline.
pub(crate) fn note(
    tx: &mut dyn Tx,
    attempt: &AttemptId,
    entries: &[TimelineEntry],
) -> Result<(), StoreError> {
    if entries.is_empty() {
        return Ok(());
    }
    let last = one(tx, sql::TIMELINE_LAST, &[Value::text(attempt.as_str())])?;
    let last: u32 = last.map_or(Ok(0), |row| row.of("timeline").number("position"))?;
    for (position, entry) in (last + 1..).zip(entries) {
        let values = [
            Value::text(attempt.as_str()),
            position.into(),
            entry.at.into(),
            Value::text(&entry.kind),
            Value::text(&entry.summary),
            Value::maybe_text(entry.status_before.map(kasir_shared::Status::as_str)),
            Value::maybe_text(entry.status_after.map(kasir_shared::Status::as_str)),
            Value::maybe_text(entry.detail.as_deref()),
        ];
        change_one(tx, "timeline", sql::TIMELINE_INSERT, &values)?;
    }
    Ok(())
}

/// Keeps what the shop is told, with a job that tells it.
pub(crate) fn tell(
    tx: &mut dyn Tx,
    dice: &dyn Dice,
    session: &SessionRecord,
    news: &[News],
    at: Moment,
) -> Result<(), StoreError> {
    for one in news {
        let id: EventId = dice.id(at);
        let data = match &one.data {
            NewsData::Session(session) => Value::json(session)?,
            NewsData::Attempt(attempt) => Value::json(attempt)?,
            NewsData::Refund(refund) => Value::json(refund)?,
            NewsData::Link(link) => Value::json(link)?,
        };
        let values = [
            Value::text(id.as_str()),
            Value::text(&session.merchant),
            Value::text(session.id.as_str()),
            Value::text(one.kind.as_str()),
            Value::text(&one.subject),
            Value::count(one.version),
            data,
            at.into(),
        ];
        change_one(tx, "events", sql::EVENT_INSERT, &values)?;
        let subject = id.as_str().to_owned();
        jobs::plan(tx, &Plan { kind: JobKind::Webhook, subject, due: Some(at) })?;
    }
    Ok(())
}
