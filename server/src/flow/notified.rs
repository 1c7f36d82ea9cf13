//! A provider tells us something.
//!
//! It is verified, kept, and acknowledged; then the desk asks the provider. A notification settles
//! nothing by itself.

use aws_lc_rs::digest::{SHA256, digest};
use bytes::Bytes;
use kasir_shared::AttemptId;

use super::{FlowError, House, link};
use crate::merchant::Account;
use crate::provider::{Agreement, Claim, Notice, ProviderError, Verdict};
use crate::store::{AttemptRecord, NotificationRecord};

/// What became of a notification.
#[derive(Debug)]
pub enum Heard {
    /// It is on disk: the provider may be told so.
    Kept(http::Response<Bytes>),
    /// It is on disk, but about nothing of ours.
    Unknown,
    /// It was not signed by the provider; nothing was kept.
    Forged,
    /// It cannot be read; nothing was kept.
    Unreadable,
}

/// Hears a notification out.
pub async fn notified(
    house: &House,
    account: &Account,
    request: &http::Request<Bytes>,
) -> Result<Heard, FlowError> {
    let provider = &account.provider;
    let notice = match provider.notified(request, house.now()) {
        Ok(notice) => notice,
        Err(error) => {
            let forged = matches!(error, ProviderError::Forged { .. });
            tracing::warn!(provider = provider.name(), account = %account.id, %error, "a notification was refused");
            count(provider.name(), if forged { "forged" } else { "unreadable" });
            return Ok(if forged { Heard::Forged } else { Heard::Unreadable });
        }
    };
    if let Claim::Linked(agreement) = &notice.claim {
        return linked(house, account, (request, &notice.reference), agreement).await;
    }
    let attempt = house.store.attempt_by_reference(&account.id, &notice.reference).await?;
    let record = record(house, account, request, &notice, attempt.clone());
    let Some(attempt) = attempt else {
        house.store.keep_notification(&record).await?;
        count(provider.name(), "unknown");
        return Ok(Heard::Unknown);
    };
    let known = house.store.attempt(&attempt).await?.map(|(_, attempt)| attempt);
    mistrust(known.as_ref(), &notice);
    let new = match &notice.claim {
        Claim::Payment => house.store.keep_notification(&record).await?,
        Claim::Question | Claim::Linked(_) => return Ok(Heard::Unknown),
    };
    if let (true, Some(known)) = (new, known) {
        doubt(&known, &record);
    }
    count(provider.name(), if new { "kept" } else { "repeated" });
    house.bell.wake_desk();
    let kept = Verdict::Kept { since: house.now(), bill: None };
    let answer = provider.answer(request, &kept, house.now());
    Ok(Heard::Kept(answer.unwrap_or_default()))
}

/// The customer linked a wallet. The agreement is kept sealed with its link, and nowhere else.
async fn linked(
    house: &House,
    account: &Account,
    (request, reference): (&http::Request<Bytes>, &str),
    agreement: &Agreement,
) -> Result<Heard, FlowError> {
    let provider = &account.provider;
    if !link::told::told(house, account, reference, agreement).await? {
        count(provider.name(), "unknown");
        return Ok(Heard::Unknown);
    }
    count(provider.name(), "kept");
    let kept = Verdict::Kept { since: house.now(), bill: None };
    let answer = provider.answer(request, &kept, house.now());
    Ok(Heard::Kept(answer.unwrap_or_default()))
}

/// A provider's signature may leave our order number out, as NICEPAY's does. A payment under another
/// number of the provider's than ours is money that belongs to no order, or an old notification with
/// a new order number written over it: a person has to look either way.
fn mistrust(known: Option<&AttemptRecord>, notice: &Notice) {
    let Some((known, ours)) = known.and_then(|known| Some((known, known.transaction.as_ref()?)))
    else {
        return;
    };
    if let (Claim::Payment, Some(theirs)) = (&notice.claim, &notice.transaction)
        && ours != theirs
    {
        tracing::error!(attempt = %known.id, theirs, "a notification speaks of another transaction than ours");
        metrics::counter!("kasir_alarms_total").increment(1);
    }
}

/// A verified notification that speaks of another amount is taken, since it is genuine, and settles
/// nothing: the timeline says so, and a person is called.
fn doubt(known: &AttemptRecord, notification: &NotificationRecord) {
    if notification.amount.is_some_and(|claimed| claimed != known.amount) {
        tracing::error!(attempt = %known.id, "a notification speaks of another amount than ours");
        metrics::counter!("kasir_alarms_total").increment(1);
    }
}

fn count(provider: &'static str, verdict: &'static str) {
    metrics::counter!("kasir_notifications_total", "provider" => provider, "verdict" => verdict)
        .increment(1);
}

fn record(
    house: &House,
    account: &Account,
    request: &http::Request<Bytes>,
    notice: &Notice,
    attempt: Option<AttemptId>,
) -> NotificationRecord {
    // An agreement with a wallet is kept sealed with its link, and nowhere else.
    let body = match notice.claim {
        Claim::Payment => request.body().to_vec(),
        Claim::Question | Claim::Linked(_) => Vec::new(),
    };
    NotificationRecord {
        provider: account.provider.name().to_owned(),
        account: account.id.clone(),
        at: house.now(),
        digest: hex::encode(digest(&SHA256, request.body())),
        body,
        attempt,
        transaction: match notice.claim {
            Claim::Payment => notice.transaction.clone(),
            Claim::Question | Claim::Linked(_) => None,
        },
        amount: match notice.claim {
            Claim::Payment => notice.amount,
            Claim::Question | Claim::Linked(_) => None,
        },
    }
}
