//! Waits out an order that may be on the customer's phone, and that nobody can take back or be sure of.

use kasir_shared::{Event, Moment, NextAction};

use super::{FlowError, House, look};
use crate::courier::CourierError;
use crate::provider::{ProviderError, Standing, Terms};
use crate::store::{AttemptRecord, Change, NextLook, Placing, Sending, Stage};

/// Seconds beyond an order's life at the provider until nobody can be looking at its prompt: our clock
/// and the provider's differ, and what we sent may have travelled.
const MARGIN_S: i64 = 60;
/// Seconds between two looks.
const PAUSE_S: i64 = 15;

/// When nobody can be looking at the prompt of an order any more that left us so.
pub(super) fn until(sending: Sending, terms: Option<Terms>) -> Moment {
    let lifetime_s = terms.map_or(0, |terms| i64::from(terms.lifetime_s));
    sending.sent_at.plus_s(lifetime_s + MARGIN_S)
}

/// Whether an attempt's customer may be looking at the prompt of an order whose placing was never
/// answered.
pub(super) fn may_prompt(house: &House, attempt: &AttemptRecord) -> Result<bool, FlowError> {
    let unanswered = match attempt.stage {
        Stage::Orphaned => true,
        Stage::Placing => attempt.sending.times > 0,
        Stage::Placed => false,
    };
    let terms = house.account_of(attempt)?.provider.terms(attempt.method);
    Ok(unanswered && terms.is_some_and(|terms| terms.start_prompts))
}

/// Begins to wait an order out, until `until` at the longest.
pub(super) fn begin(placing: Placing, until: Moment, mut change: Change) -> Change {
    change.uncertain = Some(true);
    change.placing = Some(Placing {
        stage: Stage::Orphaned,
        next_action: Some(NextAction::Wait),
        deadline: Some(until),
        ..placing
    });
    change.next_look = NextLook::At(until.min(change.at.plus_s(PAUSE_S)));
    change
}

/// The same for one that was being sent when its session's time ran out.
pub(super) fn begin_late(house: &House, attempt: &AttemptRecord) -> Result<Change, FlowError> {
    let terms = house.account_of(attempt)?.provider.terms(attempt.method);
    let placing = Placing {
        stage: Stage::Orphaned,
        provider_reference: attempt.provider_reference.clone(),
        placings: attempt.placings,
        transaction: attempt.transaction.clone(),
        next_action: None,
        deadline: None,
    };
    Ok(begin(placing, until(attempt.sending, terms), Change::at(house.now())))
}

/// What an inquiry about it comes to. Where there is nothing to ask with, only its time ends it.
pub(super) fn seen(
    house: &House,
    attempt: &AttemptRecord,
    outcome: &Result<Standing, CourierError>,
) -> Result<Change, FlowError> {
    let now = house.now();
    let mut change = Change::at(now);
    let until = attempt.deadline.unwrap_or(now);
    let waiting = NextLook::At(now.plus_s(PAUSE_S));
    match outcome {
        Ok(Standing::Known(event)) => {
            change.event = Some(*event);
            change.next_look = NextLook::Never;
        }
        Ok(Standing::Unpaid { prompting: true } | Standing::Busy)
        | Err(
            CourierError::Unsaid(_)
            | CourierError::Silence(_)
            | CourierError::Endless
            | CourierError::Provider(ProviderError::Unreadable { .. } | ProviderError::Forged { .. }),
        ) => change.next_look = waiting,
        // Somebody told of it, so there is something to hear yet.
        Err(CourierError::Provider(_)) if attempt.hinted_transaction.is_some() => {
            change.next_look = waiting;
        }
        Ok(
            Standing::Unpaid { prompting: false } | Standing::Unheard | Standing::Mismatch { .. },
        )
        | Err(CourierError::Provider(
            ProviderError::Misconfigured { .. } | ProviderError::Unsendable { .. },
        )) => {
            if now >= until {
                change.event = Some(Event::Lapsed);
                let over = kasir_shared::Status::Expired;
                let over = AttemptRecord { status: over, ..attempt.clone() };
                change.next_look = look::watch(house, &over, now)?;
            } else {
                change.next_look = NextLook::At(until.min(now.plus_s(PAUSE_S)));
            }
        }
    }
    Ok(change)
}
