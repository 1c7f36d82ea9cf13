//! One order at NICEPAY and its life: registered, at the partner, decided, given back.
use super::partners::{Family, Partner, REGISTERED_MS, Reach, UNDECIDED};
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
    pub(crate) partner: &'static Partner,
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
    /// The partners that NICEPAY's own page offers; empty for an order that names its partner.
    pub(crate) offered: Vec<&'static Partner>,
    /// Until when the merchant wants it paid at the latest.
    pub(crate) valid_ms: Option<i64>,
    pub(crate) till: Till,
    pub(crate) loan: Loan,
    stored: Status,
    deadline_ms: i64,
}

/// What a store knows of an order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Till {
    /// The number that is paid.
    pub(crate) pay_no: String,
    /// The number on the till's slip, once it was paid.
    pub(crate) slip: String,
    /// What was taken last, where it is not what the order has.
    pub(crate) taken: Option<i64>,
}

/// What a lender knows of an order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Loan {
    /// Months; `1` is everything within thirty days.
    pub(crate) months: String,
    /// Who bears the interest: `1` the customer, `2` the merchant.
    pub(crate) kind: String,
    pub(crate) step: LoanStep,
    /// How often a wrong one-time password was entered.
    pub(crate) wrong: u8,
    /// The merchant has said that the customer has the goods.
    pub(crate) received: bool,
}

/// How far the customer is at the lender's page.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) enum LoanStep {
    #[default]
    Login,
    Plan,
    Confirm,
}

/// What an order says about itself when it is registered.
pub(crate) struct Order<'a> {
    pub(crate) merchant: &'a str,
    pub(crate) partner: &'static Partner,
    pub(crate) amount: i64,
    pub(crate) text: &'a dyn Fn(&str) -> String,
}

impl Transaction {
    pub(crate) fn register(id: String, order: &Order<'_>, registered_ms: i64) -> Self {
        let text = order.text;
        let loan =
            Loan { months: text("instmntMon"), kind: text("instmntType"), ..Loan::default() };
        let mut new = Self {
            id,
            api: Api::V2,
            merchant: order.merchant.to_owned(),
            partner: &UNDECIDED,
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
            offered: Vec::new(),
            valid_ms: None,
            till: Till::default(),
            loan,
            stored: Status::Initiated,
            deadline_ms: registered_ms + REGISTERED_MS,
        };
        new.settle_on(order.partner, registered_ms);
        new
    }

    /// The same, had it come over SNAP.
    pub(crate) fn over_snap(mut self) -> Self {
        self.api = Api::Snap;
        self
    }

    /// The same, to be paid by a moment of the merchant's.
    pub(crate) fn valid_until(mut self, valid_ms: Option<i64>) -> Self {
        self.valid_ms = valid_ms;
        self.deadline_ms = valid_ms.unwrap_or(self.deadline_ms);
        self
    }

    /// The partner is known from now on. A store's number waits at once.
    pub(crate) fn settle_on(&mut self, partner: &'static Partner, now_ms: i64) {
        self.partner = partner;
        if partner.begins_at_registration {
            self.deadline_ms = self.valid_ms.unwrap_or(now_ms + partner.lifetime_ms);
        }
        if partner.reach == Reach::Till {
            self.stored = Status::Unpaid;
        }
    }

    /// Whether the customer chooses, or has chosen, on NICEPAY's own page.
    pub(crate) const fn is_hosted(&self) -> bool {
        !self.offered.is_empty()
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

    /// When its time is over.
    pub(crate) const fn deadline_ms(&self) -> i64 {
        self.deadline_ms
    }

    /// The customer's browser arrives. A second visit finds the same prompt and the same deadline.
    pub(crate) fn enter(&mut self, callback: &str, now_ms: i64) {
        self.callback = Some(callback.to_owned());
        if self.stored == Status::Initiated {
            if !self.partner.begins_at_registration {
                let end = now_ms + self.partner.lifetime_ms;
                self.deadline_ms = self.valid_ms.map_or(end, |valid_ms| valid_ms.min(end));
            }
            self.stored = match self.partner.reach {
                Reach::Push => Status::Processing,
                Reach::Page | Reach::Linked | Reach::Till => Status::Unpaid,
            };
        }
    }

    /// The till has asked, or no longer wants to know. Only some stores say so.
    pub(crate) fn ask(&mut self, asks: bool, now_ms: i64) {
        if self.partner.holds_after_asking && self.status(now_ms).is_open() {
            self.stored = if asks { Status::Processing } else { Status::Unpaid };
        }
    }

    /// The customer pays; also one who never went through the payment step.
    pub(crate) fn approve(&mut self, now_ms: i64) -> Result<(), Status> {
        self.close(Status::Paid, now_ms)?;
        self.paid_ms = Some(now_ms);
        Ok(())
    }

    /// A till takes money for it, however it stands.
    pub(crate) fn take_anyway(&mut self, taken: i64, now_ms: i64) {
        self.stored = Status::Paid;
        self.paid_ms = Some(now_ms);
        self.till.taken = (taken != self.amount).then_some(taken);
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

    /// What could still be given back. What a till took does not come back through NICEPAY.
    pub(crate) fn cancellable(&self) -> i64 {
        let given = self.paid_ms.is_some() && self.partner.family != Family::Store;
        if given { self.amount - self.cancelled } else { 0 }
    }

    /// Money goes back.
    pub(crate) fn give_back(&mut self, amount: i64, becomes: Status) {
        self.cancelled += amount;
        self.stored = becomes;
    }
}

#[cfg(test)]
mod tests {
    use super::super::partners::{LENDERS, STORES, WALLETS};
    use super::*;

    fn order(wallet: &'static Partner) -> Transaction {
        let order =
            Order { merchant: "M", partner: wallet, amount: 10_000, text: &|_| String::new() };
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

    #[test]
    fn a_stores_number_waits_from_the_registration_on_and_only_alfamart_says_that_it_was_asked() {
        for (store, asked) in [(&STORES[0], Status::Unpaid), (&STORES[1], Status::Processing)] {
            let mut order = order(store);
            assert_eq!(order.status(0), Status::Unpaid);
            order.ask(true, 1);
            assert_eq!(order.status(1), asked);
            order.ask(false, 2);
            assert_eq!(order.status(2), Status::Unpaid);
            assert_eq!(order.status(2 * 86_400_000), Status::Expired);
            order.ask(true, 2 * 86_400_000);
            assert_eq!(order.status(2 * 86_400_000), Status::Expired);
        }
    }

    #[test]
    fn akulakus_time_runs_from_the_registration_and_kredivos_from_the_payment_step() {
        let [mut akulaku, mut kredivo] = [order(&LENDERS[0]), order(&LENDERS[1])];
        for order in [&mut akulaku, &mut kredivo] {
            order.enter("https://shop.example/", 3_600_000);
        }
        assert_eq!(akulaku.deadline_ms(), 86_400_000);
        assert_eq!(kredivo.deadline_ms(), 90_000_000);
        let mut short = order(&LENDERS[1]).valid_until(Some(600_000));
        short.enter("https://shop.example/", 0);
        assert_eq!(short.deadline_ms(), 600_000);
    }
}
