//! Attempts: begun, found, changed.

use kasir_shared::AttemptId;

use super::super::tx::{Tx, Value, change_one};
use super::super::{
    Applied, AttemptHistory, AttemptRecord, Begun, Change, Entry, EntryKind, JobKind, Replaced,
    SessionRecord, StoreError, Takeover, rows, sql,
};
use super::{held, jobs, links, one, refunds};
use crate::dice::Dice;
use crate::payment::{self, Plan};

pub(crate) fn begin(
    tx: &mut dyn Tx,
    dice: &dyn Dice,
    beginning: &Takeover,
) -> Result<Begun, StoreError> {
    let attempt = &beginning.attempt;
    let held = held::session(tx, &attempt.session)?;
    if !held.session.status.is_open() {
        return Ok(Begun::NotOpen(held.session.status));
    }
    if let Some(live) = held.attempts.into_iter().find(|other| other.status.is_live()) {
        return Ok(Begun::Live(Box::new(live)));
    }
    links::call_off(tx, dice, &attempt.session, attempt.created_at)?;
    insert(tx, beginning)?;
    // Read again: calling a link off changes it.
    let before = held::session(tx, &attempt.session)?.session;
    let after = SessionRecord {
        version: before.version + 1,
        updated_at: attempt.created_at,
        ..before.clone()
    };
    held::write_session(tx, &before, &after)?;
    Ok(Begun::Started(Box::new(attempt.clone())))
}

/// Writes a new attempt with all that belongs to it.
fn insert(
    tx: &mut dyn Tx,
    Takeover { attempt, opening, look_at }: &Takeover,
) -> Result<(), StoreError> {
    change_one(tx, "attempts", sql::ATTEMPT_INSERT, &rows::attempt_values(attempt)?)?;
    held::keep_order_number(tx, attempt)?;
    let chosen = format!("customer chose {}", attempt.method.row().name);
    let chosen = Entry::new(attempt.created_at, EntryKind::Page, chosen);
    let entries: Vec<_> = std::iter::once(&chosen).chain(opening).map(Entry::written).collect();
    held::note(tx, &attempt.id, &entries)?;
    let subject = attempt.id.as_str().to_owned();
    jobs::plan(tx, &Plan { kind: JobKind::Attempt, subject, due: Some(*look_at) })
}

/// The old attempt ends before the new one begins: the database holds that only one is live.
pub(crate) fn replace(
    tx: &mut dyn Tx,
    dice: &dyn Dice,
    (old, change): (&AttemptId, &Change),
    takeover: &Takeover,
) -> Result<Replaced, StoreError> {
    let (session, attempt, _) = held::session_of(tx, old)?.split(old)?;
    if !attempt.status.is_live() {
        let learnt = Change { entries: change.entries.clone(), ..Change::at(change.at) };
        apply(tx, dice, old, &learnt)?;
        return Ok(Replaced::Not);
    }
    apply(tx, dice, old, change)?;
    if !session.status.is_open() {
        return Ok(Replaced::Not);
    }
    insert(tx, takeover)?;
    Ok(Replaced::By(Box::new(takeover.attempt.clone())))
}

pub(crate) fn apply(
    tx: &mut dyn Tx,
    dice: &dyn Dice,
    id: &AttemptId,
    change: &Change,
) -> Result<Applied, StoreError> {
    let at = change.at;
    let (session, attempt, others) = held::session_of(tx, id)?.split(id)?;
    let decision = payment::decide(&session, &attempt, &others, change);
    let applied = decision.applied;
    held::write_attempt(tx, &attempt, &applied.attempt)?;
    held::write_session(tx, &session, &applied.session)?;
    held::note(tx, id, &decision.timeline)?;
    held::tell(tx, dice, &applied.session, &decision.events, at)?;
    for plan in &decision.jobs {
        jobs::plan(tx, plan)?;
    }
    Ok(applied)
}

pub(crate) fn find(
    tx: &mut dyn Tx,
    id: &AttemptId,
) -> Result<Option<(SessionRecord, AttemptRecord)>, StoreError> {
    with_session(tx, sql::ATTEMPT, id.as_str())
}

pub(crate) fn by_return_token(
    tx: &mut dyn Tx,
    token: &str,
) -> Result<Option<(SessionRecord, AttemptRecord)>, StoreError> {
    with_session(tx, sql::ATTEMPT_BY_RETURN_TOKEN, token)
}

fn with_session(
    tx: &mut dyn Tx,
    sql: &str,
    key: &str,
) -> Result<Option<(SessionRecord, AttemptRecord)>, StoreError> {
    let Some(row) = one(tx, sql, &[Value::text(key)])? else { return Ok(None) };
    let attempt = rows::attempt(&row)?;
    let session = one(tx, sql::SESSION, &[Value::text(attempt.session.as_str())])?;
    let session = session.ok_or_else(|| row.of("attempts").wrong("session"))?;
    Ok(Some((rows::session(&session)?, attempt)))
}

pub(crate) fn by_reference(
    tx: &mut dyn Tx,
    account: &str,
    reference: &str,
) -> Result<Option<AttemptId>, StoreError> {
    let row = one(tx, sql::ORDER_NUMBER, &[Value::text(account), Value::text(reference)])?;
    row.map(|row| row.of("order_numbers").parsed("attempt")).transpose()
}

pub(crate) fn history(
    tx: &mut dyn Tx,
    merchant: &str,
    id: &AttemptId,
) -> Result<Option<AttemptHistory>, StoreError> {
    let key = Value::text(id.as_str());
    let row = one(tx, sql::ATTEMPT_OF_MERCHANT, &[key.clone(), Value::text(merchant)])?;
    let Some(row) = row else { return Ok(None) };
    let attempt = rows::attempt(&row)?;
    let timeline = tx
        .query(sql::TIMELINE, &[key])?
        .iter()
        .map(rows::timeline_entry)
        .collect::<Result<_, _>>()?;
    let refunds = refunds::of_attempt(tx, id)?;
    Ok(Some(AttemptHistory { attempt, timeline, refunds }))
}
