//! One order at NICEPAY and its life: registered, at the wallet, decided, given back.
use super::wallets::{REGISTERED_MS, Reach, Wallet};
use crate::simulator::view::Status;

/// Which of NICEPAY's APIs an order came by.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Api {
    V2,
    Snap,
}

/// An order.
#[derive(Clone, Debug)]
pub(crate) struct Transaction {
    /// The tXid.
    pub(crate) id: String,
    pub(crate) api: Api,
    pub(crate) merchant: String,
    pub(crate) wallet: &'static Wallet,
    pub(crate) reference: String,
    pub(crate) amount: i64,
    pub(crate) goods: String,
    pub(crate) billing_name: String,
    pub(crate) phone: String,
    pub(crate) description: String,
    pub(crate) notify_url: String,
    pub(crate) registered_ms: i64,
    /// Where the browser goes back to, once it has come.
    pub(crate) callback: Option<String>,
    pub(crate) paid_ms: Option<i64>,
    /// What was given back so far.
    pub(crate) cancelled: i64,
    stored: Status,
    deadline_ms: i64,
}

/// What an order says about itself when it is registered.
pub(crate) struct Order<'a> {
    pub(crate) merchant: &'a str,
    pub(crate) wallet: &'static Wallet,
    pub(crate) amount: i64,
    pub(crate) text: &'a dyn Fn(&str) -> String,
}

impl Transaction {
    pub(crate) fn register(id: String, order: &Order<'_>, registered_ms: i64) -> Self {
        let text = order.text;
        Self {
            id,
            api: Api::V2,
            merchant: order.merchant.to_owned(),
            wallet: order.wallet,
            reference: text("referenceNo"),
            amount: order.amount,
            goods: text("goodsNm"),
            billing_name: text("billingNm"),
            phone: text("billingPhone"),
            description: text("description"),
            notify_url: text("dbProcessUrl"),
            registered_ms,
            callback: None,
            paid_ms: None,
            cancelled: 0,
            stored: Status::Initiated,
            deadline_ms: registered_ms + REGISTERED_MS,
        }
    }

    /// The same, had it come over SNAP.
    pub(crate) fn over_snap(mut self) -> Self {
        self.api = Api::Snap;
        self
    }

    /// How it stands: time runs out by the clock, without anybody doing anything.
    pub(crate) fn status(&self, now_ms: i64) -> Status {
        if self.stored.is_open() && now_ms >= self.deadline_ms {
            return Status::Expired;
        }
        self.stored
    }

    /// What is left of the customer's time.
    pub(crate) fn left_s(&self, now_ms: i64) -> i64 {
        ((self.deadline_ms - now_ms + 999) / 1_000).max(0)
    }

    /// The customer's browser arrives. A second visit finds the same prompt and the same deadline.
    pub(crate) fn enter(&mut self, callback: &str, now_ms: i64) {
        self.callback = Some(callback.to_owned());
        if self.stored == Status::Initiated {
            self.deadline_ms = now_ms + self.wallet.lifetime_ms;
            self.stored = match self.wallet.reach {
                Reach::Push => Status::Processing,
                Reach::Page | Reach::Linked => Status::Unpaid,
            };
        }
    }

    /// The customer pays; also one who never went through the payment step.
    pub(crate) fn approve(&mut self, now_ms: i64) -> Result<(), Status> {
        self.close(Status::Paid, now_ms)?;
        self.paid_ms = Some(now_ms);
        Ok(())
    }

    /// It ends without money.
    pub(crate) fn close(&mut self, end: Status, now_ms: i64) -> Result<(), Status> {
        let status = self.status(now_ms);
        if !status.is_open() {
            return Err(status);
        }
        self.stored = end;
        Ok(())
    }

    /// What could still be given back.
    pub(crate) fn cancellable(&self) -> i64 {
        if self.paid_ms.is_some() { self.amount - self.cancelled } else { 0 }
    }

    /// Money goes back.
    pub(crate) fn give_back(&mut self, amount: i64, becomes: Status) {
        self.cancelled += amount;
        self.stored = becomes;
    }
}

/// NICEPAY's digit for a wallet's status.
pub(crate) const fn digit(status: Status) -> &'static str {
    match status {
        Status::Paid => "0",
        Status::Void => "1",
        Status::Refunded => "2",
        Status::Unpaid => "3",
        Status::Processing => "4",
        Status::Expired => "5",
        Status::Failed | Status::Cancelled => "8",
        Status::Initiated => "9",
    }
}

#[cfg(test)]
mod tests {
    use super::super::wallets::WALLETS;
    use super::*;

    fn order(wallet: &'static Wallet) -> Transaction {
        let order = Order { merchant: "M", wallet, amount: 10_000, text: &|_| String::new() };
        Transaction::register("t".to_owned(), &order, 0)
    }

    #[test]
    fn every_wallet_expires_to_the_millisecond_and_not_before() {
        for wallet in &WALLETS {
            let mut order = order(wallet);
            order.enter("https://shop.example/", 1_000);
            let end = 1_000 + wallet.lifetime_ms;
            assert!(order.status(end - 1).is_open(), "{}", wallet.name);
            assert_eq!(order.status(end), Status::Expired, "{}", wallet.name);
            assert_eq!(order.approve(end), Err(Status::Expired), "{}", wallet.name);
        }
    }

    #[test]
    fn a_second_visit_does_not_give_more_time() {
        let mut ovo = order(&WALLETS[0]);
        ovo.enter("https://shop.example/a", 0);
        ovo.enter("https://shop.example/b", 50_000);
        assert_eq!((ovo.left_s(50_000), ovo.status(50_000)), (5, Status::Processing));
        assert_eq!(ovo.status(55_000), Status::Expired);
        assert_eq!(ovo.callback.as_deref(), Some("https://shop.example/b"));
    }

    #[test]
    fn a_decided_order_is_not_decided_again() {
        let mut dana = order(&WALLETS[1]);
        dana.close(Status::Failed, 0).unwrap();
        assert_eq!(dana.approve(0), Err(Status::Failed));
        assert_eq!(dana.cancellable(), 0);
    }

    #[test]
    fn an_order_whose_customer_never_came_can_be_paid_and_then_does_not_expire() {
        let mut dana = order(&WALLETS[1]);
        dana.approve(5).unwrap();
        assert_eq!((dana.status(i64::MAX), dana.cancellable()), (Status::Paid, 10_000));
    }
}
