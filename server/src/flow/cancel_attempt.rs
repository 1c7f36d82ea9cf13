//! The customer calls an attempt off, or chooses another way.

use kasir_shared::{Event, ProblemCode};

use super::look::{placed, watch};
use super::{FlowError, House, orphan};
use crate::provider::Withdrawal;
use crate::store::{AttemptRecord, Change, Entry, EntryKind, NextLook, SessionRecord};

/// Seconds until the desk looks at what a refused withdrawal left behind.
const LOOK_S: i64 = 5;

/// Takes a live attempt back, as far as the provider lets us.
///
/// Where the customer may be looking at a prompt it is refused: the prompt is waited out. Where the
/// provider takes nothing back the attempt counts as called off, and is watched in case it is paid
/// after all.
pub async fn cancel_attempt(
    house: &House,
    session: &SessionRecord,
    attempt: &AttemptRecord,
) -> Result<(), FlowError> {
    if !attempt.status.is_live() {
        return Err(FlowError::refused(ProblemCode::AttemptNotLive));
    }
    // Nobody can take back what may be on the phone, nor call off what may be paid already.
    if house.is_in_doubt(attempt)? || orphan::may_prompt(house, attempt)? {
        return Err(FlowError::refused(ProblemCode::AttemptInProgress));
    }
    let account = house.account_of(attempt)?;
    let unavailable = || FlowError::refused(ProblemCode::ProviderUnavailable);
    let dialogue =
        account.provider.withdraw(&placed(attempt), house.occasion()).map_err(|_| unavailable())?;
    let carried = house.converse(account, dialogue).await;
    let now = house.now();
    let mut change = Change::at(now);
    change.entries = carried.entries;
    let refusal = match carried.outcome {
        Ok(Withdrawal::Withdrawn) => {
            change.event = Some(Event::Withdrawn);
            change.next_look = NextLook::Never;
            None
        }
        Ok(Withdrawal::Abandoned) => {
            let summary = "called off; the provider lets it run out".to_owned();
            change.entries.push(Entry { at: now, kind: EntryKind::Page, summary, detail: None });
            change.event = Some(Event::Withdrawn);
            // The look is planned as for an attempt that is over, which it is in a moment.
            let over = AttemptRecord { status: kasir_shared::Status::Cancelled, ..attempt.clone() };
            change.next_look = watch(house, &over, now)?;
            None
        }
        Ok(Withdrawal::Over(event)) => {
            change.event = Some(event);
            change.amount_confirmed = account.provider.repeats_amount();
            change.next_look = NextLook::Never;
            None
        }
        Ok(Withdrawal::Prompting) => {
            change.next_look = NextLook::At(now.plus_s(LOOK_S));
            Some(FlowError::refused(ProblemCode::AttemptInProgress))
        }
        Ok(Withdrawal::Busy) | Err(_) => {
            change.next_look = NextLook::At(now.plus_s(LOOK_S));
            Some(unavailable())
        }
    };
    let applied = house.store.apply(&attempt.id, change).await?;
    house.bell.ring(&session.id);
    match refusal {
        Some(refusal) => Err(refusal),
        None if applied.session.status.is_open() || !applied.attempt.status.is_live() => Ok(()),
        None => Err(FlowError::refused(ProblemCode::SessionNotOpen)),
    }
}
