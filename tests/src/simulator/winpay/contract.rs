//! One contract at Winpay and its life: made, paid or not, given back by hand.
use super::channels::{Channel, Reach};
use crate::simulator::view::Status;

/// A contract.
#[derive(Clone, Debug)]
pub(crate) struct Contract {
    /// The contractId.
    pub(crate) id: String,
    pub(crate) partner: String,
    pub(crate) merchant_id: String,
    pub(crate) channel: &'static Channel,
    pub(crate) reference: String,
    pub(crate) amount: i64,
    pub(crate) phone: String,
    pub(crate) notify_url: Option<String>,
    pub(crate) return_url: Option<String>,
    /// As it was asked for.
    pub(crate) valid_up_to: String,
    pub(crate) valid_up_to_ms: i64,
    pub(crate) created_ms: i64,
    /// Winpay's number of the payment, once there is one.
    pub(crate) payment_no: Option<u64>,
    /// How it ended; nothing while it can still be paid.
    pub(crate) end: Option<Status>,
}

impl Contract {
    /// How it stands: time runs out by the clock, without anybody doing anything.
    pub(crate) fn status(&self, now_ms: i64) -> Status {
        match (self.end, self.channel.reach) {
            (Some(end), Reach::Push | Reach::Page) => end,
            (None, Reach::Push | Reach::Page) if now_ms >= self.valid_up_to_ms => Status::Expired,
            (None, Reach::Push) => Status::Processing,
            (None, Reach::Page) => Status::Unpaid,
        }
    }

    /// What is left of the customer's time.
    pub(crate) fn left_s(&self, now_ms: i64) -> i64 {
        ((self.valid_up_to_ms - now_ms + 999) / 1_000).max(0)
    }

    /// All of the customer's time.
    pub(crate) const fn lifetime_s(&self) -> i64 {
        (self.valid_up_to_ms - self.created_ms) / 1_000
    }

    pub(crate) fn pay(&mut self, payment_no: u64, now_ms: i64) -> Result<(), Status> {
        self.close(Status::Paid, now_ms)?;
        self.payment_no = Some(payment_no);
        Ok(())
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

    /// Winpay's staff gives it back; there is no call for it.
    pub(crate) fn refund(&mut self, now_ms: i64) -> Result<(), Status> {
        if self.end != Some(Status::Paid) {
            return Err(self.status(now_ms));
        }
        self.end = Some(Status::Refunded);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::channels::CHANNELS;
    use super::*;

    fn contract(channel: &'static Channel) -> Contract {
        Contract {
            id: "so1".to_owned(),
            partner: "p".to_owned(),
            merchant_id: "1".to_owned(),
            channel,
            reference: "INV-1".to_owned(),
            amount: 10_000,
            phone: "0812".to_owned(),
            notify_url: None,
            return_url: None,
            valid_up_to: String::new(),
            valid_up_to_ms: 60_000,
            created_ms: 0,
            payment_no: None,
            end: None,
        }
    }

    #[test]
    fn a_contract_expires_to_the_millisecond_and_cannot_be_paid_then() {
        for channel in &CHANNELS {
            let mut contract = contract(channel);
            assert!(contract.status(59_999).is_open(), "{}", channel.name);
            assert_eq!(contract.status(60_000), Status::Expired);
            assert_eq!(contract.pay(1, 60_000), Err(Status::Expired));
            assert_eq!((contract.left_s(1), contract.left_s(70_000)), (60, 0));
        }
    }

    #[test]
    fn what_was_paid_in_time_stays_paid_and_can_be_given_back_once() {
        let mut contract = contract(&CHANNELS[0]);
        assert_eq!(contract.refund(0), Err(Status::Processing));
        contract.pay(7, 59_999).unwrap();
        assert_eq!(contract.status(i64::MAX), Status::Paid);
        assert_eq!(contract.close(Status::Cancelled, 59_999), Err(Status::Paid));
        contract.refund(60_000).unwrap();
        assert_eq!(contract.refund(60_000), Err(Status::Refunded));
    }
}
