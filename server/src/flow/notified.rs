//! A provider tells us something, or asks.
//!
//! What it tells is verified, kept, and acknowledged; then the desk asks the provider. A notification
//! settles nothing by itself.

use aws_lc_rs::digest::{SHA256, digest};
use bytes::Bytes;
use kasir_shared::{AttemptId, Status};

use super::bill::bill;
use super::{FlowError, House, link};
use crate::merchant::Account;
use crate::provider::{Agreement, Bill, Claim, Notice, ProviderError, Verdict};
use crate::store::{
    AttemptRecord, Entry, EntryKind, KeptNotification, NotificationRecord, SessionRecord, Stage,
};

/// Hears a notification out, and says what the provider is to be told of it. Where it is an error,
/// nothing is known to be kept.
pub async fn notified(
    house: &House,
    account: &Account,
    request: &http::Request<Bytes>,
) -> Result<Verdict, FlowError> {
    let notice = match account.provider.notified(request, house.now()) {
        Ok(notice) => notice,
        Err(error) => return Ok(refused(account, &error)),
    };
    let heard = Heard { house, account, request, notice: &notice };
    match &notice.claim {
        Claim::Payment => heard.payment().await,
        Claim::Question => heard.question().await,
        Claim::Linked(agreement) => heard.linked(agreement).await,
    }
}

fn refused(account: &Account, error: &ProviderError) -> Verdict {
    let provider = account.provider.name();
    tracing::warn!(provider, account = %account.id, %error, "a notification was refused");
    let forged = matches!(error, ProviderError::Forged { .. });
    count(provider, if forged { "forged" } else { "unreadable" });
    if forged { Verdict::Forged } else { Verdict::Unreadable }
}

/// A notification that verified.
struct Heard<'a> {
    house: &'a House,
    account: &'a Account,
    request: &'a http::Request<Bytes>,
    notice: &'a Notice,
}

impl Heard<'_> {
    async fn payment(&self) -> Result<Verdict, FlowError> {
        let Some((session, attempt)) = self.attempt().await? else {
            self.house.store.keep_notification(&self.record(None)).await?;
            return Ok(self.unknown());
        };
        let other_amount = self.notice.amount.is_some_and(|claimed| claimed != attempt.amount);
        let mut record = self.record(Some(&attempt.id));
        if other_amount && attempt.stage == Stage::Placed {
            // What pays another amount is not what the order is paid by, should it be paid. Before
            // the order is known to be placed, even that is something to ask with.
            record.transaction = None;
        }
        let kept = self.house.store.keep_notification(&record).await?;
        self.count(if kept.new { "kept" } else { "repeated" });
        self.house.bell.wake_desk();
        if kept.new && other_amount {
            alarm(&attempt, "a notification speaks of another amount than ours");
        }
        // An order that no answer named is known by the first payment that was told of.
        let ours = attempt.transaction.as_ref().or(kept.first_transaction.as_ref());
        let stranger = self.is_of_another(ours);
        if stranger {
            alarm(&attempt, "a notification speaks of another transaction than ours");
        }
        // Told of one payment, and of another before we could ask: the customer may have paid twice, and
        // a provider that hears no gives the second one back.
        let second = stranger && (is_paid(&attempt) || attempt.transaction.is_none());
        let bill = Box::new(bill(self.house, (&session, &attempt), &self.notice.reference)?);
        Ok(verdict(&kept, bill, (second, other_amount)))
    }

    /// A provider's signature may leave our order number out, as NICEPAY's does. A payment under
    /// another number of the provider's than ours is money that belongs to no order, or an old
    /// notification with a new order number written over it: a person has to look either way.
    fn is_of_another(&self, ours: Option<&String>) -> bool {
        ours.zip(self.notice.transaction.as_ref()).is_some_and(|(ours, theirs)| ours != theirs)
    }

    /// What an order costs is no secret from the provider that it is placed with. Nothing is kept of
    /// the question but that it was asked.
    async fn question(&self) -> Result<Verdict, FlowError> {
        let Some((session, attempt)) = self.attempt().await? else { return Ok(self.unknown()) };
        let bill = bill(self.house, (&session, &attempt), &self.notice.reference)?;
        let provider = self.account.provider.name();
        let summary = format!("{provider} asked what the order costs");
        let entry = Entry::new(self.house.now(), EntryKind::Notification, summary);
        self.house.store.note_question(&attempt.id, &entry).await?;
        self.count("asked");
        Ok(Verdict::Asked(Box::new(bill)))
    }

    /// The customer linked a wallet. The agreement is kept sealed with its link, and nowhere else.
    async fn linked(&self, agreement: &Agreement) -> Result<Verdict, FlowError> {
        let (house, reference) = (self.house, &self.notice.reference);
        if !link::told::told(house, self.account, reference, agreement).await? {
            return Ok(self.unknown());
        }
        self.count("kept");
        Ok(Verdict::Kept { since: house.now(), bill: None })
    }

    /// The attempt that it is about, with its session.
    async fn attempt(&self) -> Result<Option<(SessionRecord, AttemptRecord)>, FlowError> {
        let (store, reference) = (&self.house.store, &self.notice.reference);
        match store.attempt_by_reference(&self.account.id, reference).await? {
            Some(id) => Ok(store.attempt(&id).await?),
            None => Ok(None),
        }
    }

    fn record(&self, attempt: Option<&AttemptId>) -> NotificationRecord {
        NotificationRecord {
            provider: self.account.provider.name().to_owned(),
            account: self.account.id.clone(),
            at: self.house.now(),
            digest: hex::encode(digest(&SHA256, self.request.body())),
            body: self.request.body().to_vec(),
            attempt: attempt.cloned(),
            transaction: self.notice.transaction.clone(),
            amount: self.notice.amount,
        }
    }

    fn unknown(&self) -> Verdict {
        self.count("unknown");
        Verdict::Unknown
    }

    fn count(&self, verdict: &'static str) {
        count(self.account.provider.name(), verdict);
    }
}

fn is_paid(attempt: &AttemptRecord) -> bool {
    matches!(attempt.status, Status::Paid | Status::Refunded)
}

/// Whatever is genuine is on disk; what is told of it may be that something is wrong with it.
fn verdict(
    kept: &KeptNotification,
    bill: Box<Bill>,
    (second, other_amount): (bool, bool),
) -> Verdict {
    if second {
        Verdict::PaidAlready(bill)
    } else if other_amount {
        Verdict::OtherAmount(bill)
    } else {
        Verdict::Kept { since: kept.since, bill: Some(bill) }
    }
}

fn alarm(attempt: &AttemptRecord, what: &'static str) {
    tracing::error!(attempt = %attempt.id, what, "a person has to look");
    metrics::counter!("kasir_alarms_total").increment(1);
}

fn count(provider: &'static str, verdict: &'static str) {
    metrics::counter!("kasir_notifications_total", "provider" => provider, "verdict" => verdict)
        .increment(1);
}
