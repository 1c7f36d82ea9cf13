//! Looks at how an attempt stands at the provider. This, and not a notification or a returning
//! browser, is what settles a payment.

use kasir_shared::{Event, Moment, Status};

use super::{FlowError, House, orphan, place};
use crate::courier::{Carried, CourierError};
use crate::provider::{Placed, Standing};
use crate::store::{
    AttemptRecord, Change, Entry, EntryKind, NextLook, Placing, SessionRecord, Stage,
};

/// The shortest and longest pause between two looks at an unpaid order, in seconds.
const PAUSE_S: (i64, i64) = (5, 300);
/// Seconds until the next look while a prompt is on the customer's phone.
const PROMPT_PAUSE_S: i64 = 5;
/// Seconds that an order which is over for us is watched beyond its life at the provider.
const WATCH_MARGIN_S: i64 = 600;

/// Looks, and remembers what was seen and when to look again.
pub async fn look(
    house: &House,
    session: &SessionRecord,
    attempt: &AttemptRecord,
) -> Result<(), FlowError> {
    if attempt.stage == Stage::Placing && hear_out(house, attempt).await? {
        return Ok(());
    }
    let now = house.now();
    match attempt.stage {
        Stage::Placing if attempt.status.is_live() && now < session.expires_at => {
            place::place_again(house, session, attempt).await
        }
        Stage::Placing if attempt.status.is_live() && orphan::may_prompt(house, attempt)? => {
            settle(house, attempt, orphan::begin_late(house, attempt)?).await
        }
        Stage::Placing if attempt.status.is_live() => run_out(house, session, attempt).await,
        // Nobody could pay it by our leave, and somebody says that it was paid.
        Stage::Placing if attempt.hinted_transaction.is_some() => {
            inquire(house, session, attempt).await
        }
        Stage::Placing => settle(house, attempt, over(now)).await,
        Stage::Placed | Stage::Orphaned => inquire(house, session, attempt).await,
    }
}

/// Somebody told of an order that we do not know to be placed: it may be, and the call that placed it
/// may not have returned yet. It is asked about before anything is placed anew; `false` where nobody
/// told of one, or the provider settles nothing and the call must be over.
async fn hear_out(house: &House, attempt: &AttemptRecord) -> Result<bool, FlowError> {
    if attempt.hinted_transaction.is_none() {
        return Ok(false);
    }
    let account = house.account_of(attempt)?;
    let placed = placed(attempt);
    let Ok(dialogue) = account.provider.inquire(&placed, house.occasion()) else {
        return Ok(false);
    };
    let carried = house.converse(account, dialogue).await;
    let mut change = Change::at(house.now());
    change.amount_confirmed = account.provider.repeats_amount();
    change.entries = carried.entries;
    let returned_by = attempt.created_at.plus_s(i64::from(house.lease_s()));
    match carried.outcome {
        Ok(Standing::Known(event)) => {
            change.event = Some(event);
            change.placing = adopted(attempt, placed.transaction);
            change.next_look = NextLook::Never;
        }
        Ok(
            Standing::Unpaid { .. }
            | Standing::Mismatch { .. }
            | Standing::Unheard
            | Standing::Busy,
        )
        | Err(_)
            if house.now() < returned_by =>
        {
            change.next_look = NextLook::At(returned_by);
        }
        Ok(
            Standing::Unpaid { .. }
            | Standing::Mismatch { .. }
            | Standing::Unheard
            | Standing::Busy,
        )
        | Err(_) => return Ok(false),
    }
    settle(house, attempt, change).await?;
    Ok(true)
}

/// An order that was never placed: nothing can be charged, so it ends with the session.
async fn run_out(
    house: &House,
    session: &SessionRecord,
    attempt: &AttemptRecord,
) -> Result<(), FlowError> {
    let now = house.now();
    let mut change = Change::at(now);
    if now < session.expires_at {
        change.next_look = NextLook::At(session.expires_at);
    } else {
        change.event = Some(Event::Lapsed);
        change.next_look = NextLook::Never;
    }
    settle(house, attempt, change).await
}

async fn inquire(
    house: &House,
    session: &SessionRecord,
    attempt: &AttemptRecord,
) -> Result<(), FlowError> {
    let account = house.account_of(attempt)?;
    let placed = placed(attempt);
    let carried = match account.provider.inquire(&placed, house.occasion()) {
        Ok(dialogue) => house.converse(account, dialogue).await,
        Err(error) => Carried::unsaid(error.into()),
    };
    let waited_out = attempt.stage == Stage::Orphaned && attempt.status.is_live();
    let mut change = match carried.outcome {
        outcome if waited_out => orphan::seen(house, attempt, &outcome)?,
        Ok(standing) => seen(house, session, attempt, &standing)?,
        Err(error) => unclear(house.now(), attempt, &error),
    };
    change.amount_confirmed = account.provider.repeats_amount();
    if matches!(change.event, Some(event) if event != Event::Lapsed) {
        change.placing = adopted(attempt, placed.transaction);
    }
    change.entries.splice(0..0, carried.entries);
    settle(house, attempt, change).await
}

/// What an inquiry goes by: the provider's own number, or else the one that was hinted at. An
/// answer to a hinted number counts only because the provider repeats our order number and amount.
pub(super) fn placed(attempt: &AttemptRecord) -> Placed {
    Placed {
        reference: attempt.provider_reference.clone(),
        method: attempt.method,
        amount: attempt.amount,
        issued_at: attempt.sending.issued_at,
        transaction: attempt.transaction.clone().or_else(|| attempt.hinted_transaction.clone()),
        paid_at: attempt.paid_at,
        refunded: attempt.refunded,
    }
}

/// Takes a hinted number over once an inquiry about it told of our own order.
fn adopted(attempt: &AttemptRecord, transaction: Option<String>) -> Option<Placing> {
    attempt.transaction.is_none().then(|| Placing {
        stage: Stage::Placed,
        provider_reference: attempt.provider_reference.clone(),
        placings: attempt.placings,
        transaction,
        next_action: attempt.next_action.clone(),
        deadline: attempt.deadline,
    })
}

fn seen(
    house: &House,
    session: &SessionRecord,
    attempt: &AttemptRecord,
    standing: &Standing,
) -> Result<Change, FlowError> {
    let now = house.now();
    let mut change = Change::at(now);
    match *standing {
        Standing::Known(event) => {
            change.event = Some(event);
            change.next_look = NextLook::Never;
        }
        Standing::Unpaid { prompting: true } if attempt.status.is_live() => {
            change.next_look = NextLook::At(now.plus_s(PROMPT_PAUSE_S));
        }
        Standing::Unpaid { .. } if attempt.status.is_live() && now >= session.expires_at => {
            change.event = Some(Event::Lapsed);
            change.next_look = watch(house, attempt, now)?;
        }
        Standing::Unheard if attempt.status.is_live() && now >= session.expires_at => {
            change.event = Some(Event::Lapsed);
            change.next_look = NextLook::Never;
        }
        Standing::Mismatch { what } if attempt.transaction.is_some() => {
            tracing::error!(attempt = %attempt.id, what, "the provider speaks of another order");
            let summary = format!("the provider speaks of another {what} than we do");
            change.entries.push(Entry { at: now, kind: EntryKind::Alarm, summary, detail: None });
            change.next_look = NextLook::At(now.plus_s(PAUSE_S.1));
        }
        Standing::Unpaid { .. }
        | Standing::Unheard
        | Standing::Mismatch { .. }
        | Standing::Busy => {
            change.next_look = watch(house, attempt, now)?;
        }
    }
    Ok(change)
}

/// Silence changes nothing but when we ask again.
fn unclear(now: Moment, attempt: &AttemptRecord, error: &CourierError) -> Change {
    let mut change = Change::at(now);
    let summary = format!("the provider could not be asked: {error}");
    change.entries.push(Entry { at: now, kind: EntryKind::Silence, summary, detail: None });
    change.next_look = NextLook::At(now.plus_s(pause_s(attempt, now)));
    change
}

const fn over(now: Moment) -> Change {
    let mut change = Change::at(now);
    change.next_look = NextLook::Never;
    change
}

/// When to look again at an order that is unpaid: ever more rarely, right after its deadline, and
/// no longer than it can be paid at the provider.
pub(super) fn watch(
    house: &House,
    attempt: &AttemptRecord,
    now: Moment,
) -> Result<NextLook, FlowError> {
    let next = now.plus_s(pause_s(attempt, now));
    let next = match attempt.deadline {
        Some(deadline) if deadline > now => next.min(deadline.plus_s(1)),
        Some(_) | None => next,
    };
    if attempt.status.is_live() {
        return Ok(NextLook::At(next));
    }
    let terms = house.account_of(attempt)?.provider.terms(attempt.method);
    let lifetime_s = terms.map_or(0, |terms| i64::from(terms.lifetime_s));
    let end = attempt.created_at.plus_s(lifetime_s + WATCH_MARGIN_S);
    Ok(if next < end { NextLook::At(next) } else { NextLook::Never })
}

/// As long as it has been waited for already, so that the pauses double.
fn pause_s(attempt: &AttemptRecord, now: Moment) -> i64 {
    let age_s = now.unix_s().saturating_sub(attempt.created_at.unix_s());
    age_s.clamp(PAUSE_S.0, PAUSE_S.1)
}

async fn settle(house: &House, attempt: &AttemptRecord, change: Change) -> Result<(), FlowError> {
    let applied = house.store.apply(&attempt.id, change).await?;
    if applied.alarmed {
        tracing::error!(attempt = %attempt.id, "two sources disagree about money");
        metrics::counter!("kasir_alarms_total").increment(1);
    }
    if applied.attempt.status == Status::Paid && applied.before != Status::Paid {
        tracing::info!(attempt = %attempt.id, late = applied.attempt.late, "paid");
        metrics::counter!("kasir_payments_total", "method" => attempt.method.as_str()).increment(1);
    }
    house.bell.ring(&attempt.session);
    Ok(())
}
