//! What a story does on NICEPAY's side without a browser: at tills, at lenders, on its own page.
use super::partners::{self, Partner};
use super::settings::CallbackManner;
use super::{AtTill, Bill, Details, Entered};
use super::{counter, details, hosted, lender};
use crate::simulator::Simulator;
use crate::simulator::engine::Desk;
use crate::simulator::view::Refused;

impl Simulator {
    fn at_nicepay<T>(&self, change: impl FnOnce(&mut Desk<'_>) -> T) -> T {
        let done = self.shared.change("", change);
        self.shared.wake.notify_one();
        done
    }

    /// One order at NICEPAY, with what only it has: a store's number, a plan, a password.
    pub fn details(&self, id: &str) -> Option<Details> {
        self.shared.change("", |desk| details::details(desk, id))
    }

    /// A cashier of `indomaret` or `alfamart` enters a number and sees its bill.
    pub fn ask_at(&self, store: &str, pay_no: &str) -> Result<Bill, AtTill> {
        self.at_nicepay(|desk| counter::ask(desk, store, pay_no))
    }

    /// The cashier takes the money, if it is what the bill says and the bill is open.
    pub fn pay_at(&self, store: &str, pay_no: &str, amount: i64) -> Result<Bill, AtTill> {
        self.at_nicepay(|desk| counter::pay(desk, (store, pay_no), (amount, false)))
    }

    /// The cashier takes money that should not be taken: once more, too little, too late, or for an
    /// order that was withdrawn.
    pub fn pay_anyway_at(&self, store: &str, pay_no: &str, amount: i64) -> Result<Bill, AtTill> {
        self.at_nicepay(|desk| counter::pay(desk, (store, pay_no), (amount, true)))
    }

    /// The customer leaves the till without paying.
    pub fn leave_till(&self, store: &str, pay_no: &str) -> Result<Bill, AtTill> {
        self.at_nicepay(|desk| counter::leave(desk, store, pay_no))
    }

    /// The customer chooses a plan at the lender: 1 (thirty days), 3, 6 or 12 months.
    pub fn choose_plan(&self, id: &str, months: &str) -> Result<(), Refused> {
        self.at_nicepay(|desk| lender::choose_plan(desk, id, months))
    }

    /// The customer enters the lender's password, or where it sends none, a PIN.
    pub fn enter_password(&self, id: &str, entered: &str) -> Result<Entered, Refused> {
        self.at_nicepay(|desk| lender::confirm(desk, id, entered))
    }

    /// The customer chooses one of our methods on NICEPAY's own page.
    pub fn choose_on_page(&self, id: &str, method: &str) -> Result<Details, Refused> {
        let partner = partners::all().find(|partner: &&Partner| partner.method == method);
        let code = partner.map(|partner| partner.code).ok_or(Refused::Unknown)?;
        self.at_nicepay(|desk| {
            let standing = details::details(desk, id).ok_or(Refused::Unknown)?.status;
            match hosted::choose(desk, id, (code, "")) {
                Ok(_) => details::details(desk, id).ok_or(Refused::Unknown),
                Err(_) => Err(Refused::Conflict(standing)),
            }
        })
    }

    /// NICEPAY's own page leads back to merchants in this way from now on.
    pub fn call_back_by(&self, manner: CallbackManner) {
        self.shared.lock().nicepay.callbacks = Some(manner);
    }
}
