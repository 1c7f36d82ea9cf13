//! Money goes back.

use kasir_shared::api::merchant::{CreateRefund, RefundStatus};
use kasir_shared::{AttemptId, ProblemCode, RefundId, Rupiah, Status};

use super::{FlowError, House};
use crate::provider::{RefundOrder, RefundOutcome};
use crate::store::{AttemptRecord, Change, Entry, EntryKind, RefundBegun, RefundRecord};

/// Keeps a refund and sees to it at once; what cannot be finished now the desk finishes. A refund of
/// that id which was begun before is the same refund.
pub async fn begin_refund(
    house: &House,
    attempt: &AttemptRecord,
    id: RefundId,
    wanted: CreateRefund,
) -> Result<RefundRecord, FlowError> {
    if let Some((begun, _)) = house.store.refund(&id).await? {
        return Ok(begun);
    }
    let now = house.now();
    let left = attempt.amount.checked_sub(attempt.refunded).unwrap_or(Rupiah::ZERO);
    let amount = wanted.amount.unwrap_or(left);
    if wanted.reason.trim().is_empty() || wanted.reason.chars().count() > 255 {
        return Err(FlowError::field(ProblemCode::InvalidField, "reason"));
    }
    if attempt.status != Status::Paid {
        return Err(FlowError::refused(ProblemCode::RefundNotPossible));
    }
    if amount.is_zero() {
        return Err(FlowError::field(ProblemCode::AmountInvalid, "amount.value"));
    }
    let refund = RefundRecord {
        id,
        attempt: attempt.id.clone(),
        amount,
        reason: wanted.reason,
        status: RefundStatus::Pending,
        created_at: now,
        updated_at: now,
    };
    // Until then the refund is this request's: two that ask the provider at once could both be given.
    let look_at = now.plus_s(i64::from(house.lease_s()));
    match house.store.begin_refund(&refund, look_at).await? {
        RefundBegun::Started(refund) => {
            pursue(house, &refund.id).await?;
            let kept = house.store.refund(&refund.id).await?;
            Ok(kept.map_or(*refund, |(refund, _)| refund))
        }
        RefundBegun::NotPaid(_) | RefundBegun::OtherPending => {
            Err(FlowError::refused(ProblemCode::RefundNotPossible))
        }
        RefundBegun::TooLarge(left) => Err(FlowError::Refused {
            code: ProblemCode::RefundTooLarge,
            field: Some("amount.value".to_owned()),
            note: Some(left.to_string()),
        }),
    }
}

/// Sees a pending refund through; `false` where it is still pending afterwards.
pub async fn pursue(house: &House, id: &RefundId) -> Result<bool, FlowError> {
    let Some((refund, attempt)) = house.store.refund(id).await? else { return Ok(true) };
    if refund.status != RefundStatus::Pending {
        return Ok(true);
    }
    let account = house.account_of(&attempt)?;
    let order = RefundOrder {
        number: refund.id.as_str().to_owned(),
        amount: refund.amount,
        already: attempt.refunded,
        reason: refund.reason.clone(),
    };
    let dialogue =
        match account.provider.refund(&super::look::placed(&attempt), &order, house.occasion()) {
            Ok(dialogue) => dialogue,
            Err(error) => {
                tracing::error!(refund = %id, %error, "a refund cannot be asked for");
                return Ok(false);
            }
        };
    let carried = house.converse(account, dialogue).await;
    let now = house.now();
    let mut entries = carried.entries;
    let status = match carried.outcome {
        Ok(RefundOutcome::Refunded) => RefundStatus::Succeeded,
        Ok(RefundOutcome::Refused(refusal)) => {
            let summary = format!("the refund was refused with {}", refusal.code);
            entries.push(Entry { at: now, kind: EntryKind::Answer, summary, detail: None });
            RefundStatus::Failed
        }
        Ok(RefundOutcome::Busy) | Err(_) => return Ok(false),
    };
    house.store.end_refund(id, status, entries, now).await?;
    house.bell.ring(&attempt.session);
    Ok(true)
}

/// Gives back the second payment of a session, where the merchant lets that happen by itself;
/// `false` where another refund of it stands in the way for now.
pub async fn refund_second_payment(house: &House, id: &AttemptId) -> Result<bool, FlowError> {
    let Some((session, attempt)) = house.store.attempt(id).await? else { return Ok(true) };
    if !house.merchant_of(&session)?.refund_second_payment || attempt.status != Status::Paid {
        return Ok(true);
    }
    let wanted = CreateRefund { amount: None, reason: "second payment of one order".to_owned() };
    match begin_refund(house, &attempt, house.dice.id(house.now()), wanted).await {
        Ok(refund) if refund.status == RefundStatus::Failed => {
            call_somebody(house, &attempt).await?;
            Ok(true)
        }
        // Somebody was faster. What they leave is given back once they are done.
        Err(FlowError::Refused { .. }) => Ok(false),
        other => other.map(|_| true),
    }
}

/// The provider gives nothing back: the shop was told of the second payment, and a person has to.
async fn call_somebody(house: &House, attempt: &AttemptRecord) -> Result<(), FlowError> {
    tracing::error!(attempt = %attempt.id, "a second payment cannot be given back by itself");
    metrics::counter!("kasir_alarms_total").increment(1);
    let now = house.now();
    let mut change = Change::at(now);
    let summary = "the provider gives the second payment not back: a person has to";
    change.entries.push(Entry::new(now, EntryKind::Alarm, summary));
    house.store.apply(&attempt.id, change).await?;
    Ok(())
}
