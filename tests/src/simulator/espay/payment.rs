//! One payment at Espay and its life: open, paid or not, in doubt, given back.
use super::products::{Product, Reach};
use crate::simulator::view::Status;

/// How long a prompt waits on a phone.
pub(super) const PUSH_MS: i64 = 55_000;

/// A payment.
#[derive(Clone, Debug)]
pub(crate) struct Payment {
    /// The trxId, 18 characters.
    pub(crate) id: String,
    /// The paymentRequestId.
    pub(crate) request: String,
    /// The wallet's own number of it.
    pub(crate) wallet_ref: String,
    pub(crate) merchant: String,
    pub(crate) product: &'static Product,
    /// The merchant's order number.
    pub(crate) reference: String,
    pub(crate) amount: i64,
    /// The merchant has said what it costs; nobody has been asked before that.
    pub(crate) billed: bool,
    /// Who pays, as far as that is known.
    pub(crate) phone: String,
    /// The token of the linked account that pays.
    pub(crate) token: Option<String>,
    pub(crate) return_url: Option<String>,
    pub(crate) until_ms: i64,
    pub(crate) created_ms: i64,
    /// When money was taken.
    pub(crate) paid_ms: Option<i64>,
    /// How it ended; nothing while it can still be paid.
    pub(crate) end: Option<Status>,
    /// Why it failed, as a code of service 54.
    pub(crate) reason: Option<&'static str>,
    /// A notification of it was taken.
    pub(crate) told: bool,
    /// Paid, and nobody knows whether the merchant has it.
    pub(crate) suspect: bool,
}

impl Payment {
    /// How it stands: time runs out by the clock, without anybody doing anything.
    pub(crate) fn status(&self, now_ms: i64) -> Status {
        match (self.end, self.product.reach) {
            (Some(end), _) => end,
            (None, _) if now_ms >= self.until_ms => Status::Expired,
            (None, Reach::Push) => Status::Processing,
            (None, Reach::Linked | Reach::Page) => Status::Unpaid,
        }
    }

    pub(crate) fn is_paid(&self) -> bool {
        self.end == Some(Status::Paid)
    }

    /// What is left of the customer's time.
    pub(crate) fn left_s(&self, now_ms: i64) -> i64 {
        ((self.until_ms - now_ms + 999) / 1_000).max(0)
    }

    /// It ends, once.
    pub(crate) fn close(&mut self, end: Status, now_ms: i64) -> Result<(), Status> {
        let status = self.status(now_ms);
        if !status.is_open() {
            return Err(status);
        }
        self.end = Some(end);
        Ok(())
    }

    /// The letters by which an inquiry knows it.
    pub(super) fn flag(&self, now_ms: i64) -> &'static str {
        match self.status(now_ms) {
            Status::Paid if self.suspect => "SP",
            Status::Paid => "S",
            Status::Initiated | Status::Unpaid | Status::Processing => "IP",
            Status::Expired => "EX",
            Status::Failed | Status::Cancelled | Status::Void | Status::Refunded => "F",
        }
    }
}
