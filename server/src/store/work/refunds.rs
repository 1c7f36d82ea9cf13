//! Refunds: begun, found, ended.

use kasir_shared::api::merchant::RefundStatus;
use kasir_shared::{AttemptId, Moment, RefundId, Status};

use super::super::tx::{Tx, Value, change_one};
use super::super::{
    AttemptRecord, Change, Entry, EntryKind, JobKind, RefundBegun, RefundRecord, SessionRecord,
    StoreError, rows, sql,
};
use super::{held, jobs, one};
use crate::dice::Dice;
use crate::payment::{self, Plan};

pub(crate) fn of_attempt(
    tx: &mut dyn Tx,
    attempt: &AttemptId,
) -> Result<Vec<RefundRecord>, StoreError> {
    tx.query(sql::REFUNDS, &[Value::text(attempt.as_str())])?.iter().map(rows::refund).collect()
}

pub(crate) fn begin(
    tx: &mut dyn Tx,
    refund: &RefundRecord,
    look_at: Moment,
) -> Result<RefundBegun, StoreError> {
    let (_, attempt, _) = held::session_of(tx, &refund.attempt)?.split(&refund.attempt)?;
    if attempt.status != Status::Paid {
        return Ok(RefundBegun::NotPaid(attempt.status));
    }
    let others = of_attempt(tx, &refund.attempt)?;
    let left = payment::left(&attempt, &others);
    if refund.amount > left {
        return Ok(RefundBegun::TooLarge(left));
    }
    if others.iter().any(|other| other.status == RefundStatus::Pending) {
        return Ok(RefundBegun::OtherPending);
    }
    change_one(tx, "refunds", sql::REFUND_INSERT, &rows::refund_values(refund))?;
    let asked = Entry {
        at: refund.created_at,
        kind: EntryKind::Merchant,
        summary: format!("refund {} of {} was asked for", refund.id, refund.amount),
        detail: Some(refund.reason.clone()),
    };
    held::note(tx, &refund.attempt, &[asked.written()])?;
    let subject = refund.id.as_str().to_owned();
    jobs::plan(tx, &Plan { kind: JobKind::Refund, subject, due: Some(look_at) })?;
    Ok(RefundBegun::Started(Box::new(refund.clone())))
}

pub(crate) fn find(
    tx: &mut dyn Tx,
    id: &RefundId,
) -> Result<Option<(RefundRecord, AttemptRecord)>, StoreError> {
    let Some(row) = one(tx, sql::REFUND, &[Value::text(id.as_str())])? else { return Ok(None) };
    let refund = rows::refund(&row)?;
    let attempt = one(tx, sql::ATTEMPT, &[Value::text(refund.attempt.as_str())])?;
    let attempt = attempt.ok_or_else(|| row.of("refunds").wrong("attempt"))?;
    Ok(Some((refund, rows::attempt(&attempt)?)))
}

/// How a refund ended.
pub(crate) struct Ending {
    pub(crate) status: RefundStatus,
    pub(crate) entries: Vec<Entry>,
    pub(crate) at: Moment,
}

pub(crate) fn end(
    tx: &mut dyn Tx,
    dice: &dyn Dice,
    id: &RefundId,
    ending: Ending,
) -> Result<Option<RefundRecord>, StoreError> {
    let Some((found, _)) = find(tx, id)? else { return Ok(None) };
    let held = held::session_of(tx, &found.attempt)?;
    // Read again: what was read before the session was held may be old by now.
    let Some((pending, _)) = find(tx, id)? else { return Ok(None) };
    if pending.status != RefundStatus::Pending {
        return Ok(Some(pending));
    }
    let Ending { status, entries, at } = ending;
    let (session, attempt, others) = held.split(&pending.attempt)?;
    if status == RefundStatus::Pending {
        let entries: Vec<_> = entries.iter().map(Entry::written).collect();
        held::note(tx, &attempt.id, &entries)?;
        return Ok(Some(pending));
    }
    let refund = RefundRecord { status, updated_at: at, ..pending };
    let values = [Value::text(id.as_str()), Value::text(status.as_str()), at.into()];
    change_one(tx, "refunds", sql::REFUND_UPDATE, &values)?;
    let told = follow(tx, dice, Holding { session, attempt, others }, (&refund, entries))?;
    held::tell(tx, dice, &told, &[payment::refund_news(&told, &refund)], at)?;
    Ok(Some(refund))
}

struct Holding {
    session: SessionRecord,
    attempt: AttemptRecord,
    others: Vec<AttemptRecord>,
}

/// Lets the attempt and its session follow a refund that ended.
fn follow(
    tx: &mut dyn Tx,
    dice: &dyn Dice,
    Holding { session, attempt, others }: Holding,
    (refund, entries): (&RefundRecord, Vec<Entry>),
) -> Result<SessionRecord, StoreError> {
    let at = refund.updated_at;
    if let Some(event) = payment::whole(&attempt, refund) {
        let change = Change { event: Some(event), entries, ..Change::at(at) };
        let decision = payment::decide(&session, &attempt, &others, &change);
        held::write_attempt(tx, &attempt, &decision.applied.attempt)?;
        held::write_session(tx, &session, &decision.applied.session)?;
        held::note(tx, &attempt.id, &decision.timeline)?;
        held::tell(tx, dice, &decision.applied.session, &decision.events, at)?;
        return Ok(decision.applied.session);
    }
    let (told, after) = payment::refunded(&session, &attempt, &others, refund, at);
    held::write_attempt(tx, &attempt, &after)?;
    held::write_session(tx, &session, &told)?;
    let entries: Vec<_> = entries.iter().map(Entry::written).collect();
    held::note(tx, &attempt.id, &entries)?;
    Ok(told)
}
