//! The lenders' side: a customer logs in, chooses a plan, and confirms with a PIN or a password that
//! is good once.
use super::partners::Family;
use super::transaction::{LoanStep, Transaction};
use super::{callback, decide, lending};
use crate::simulator::engine::Desk;
use crate::simulator::view::{Decision, Refused, Status};

/// So many wrong passwords block the order.
const WRONG_MAX: u8 = 3;

/// A loan as its customer sees it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Loan {
    /// The transaction.
    pub id: String,
    /// Our method id.
    pub method: &'static str,
    /// The lender.
    pub lender: &'static str,
    /// Who is paid.
    pub merchant: String,
    /// What for.
    pub goods: String,
    /// The merchant's order number.
    pub reference: String,
    /// Rupiah.
    pub amount: i64,
    /// Whose account it is.
    pub phone: String,
    /// How it stands.
    pub status: Status,
    /// What is left of the customer's time.
    pub left_s: i64,
    /// The plan, in months; `1` is everything within thirty days.
    pub months: String,
    /// Who bears the interest: `1` the customer, `2` the merchant.
    pub kind: String,
    /// The password that was sent to the phone, where the lender sends one.
    pub password: Option<String>,
    /// How many more wrong ones it takes.
    pub tries_left: u8,
    pub(crate) step: LoanStep,
    /// Where the browser goes, once it is decided.
    pub(crate) return_url: Option<String>,
}

/// What became of a password.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Entered {
    /// It was right, and the order is paid.
    Paid,
    /// It was wrong; so many more may be tried.
    Wrong(u8),
    /// It was wrong once too often, and the order is over.
    Blocked,
}

/// A loan, where a transaction is one.
pub(crate) fn loan(desk: &Desk<'_>, id: &str) -> Option<Loan> {
    let order = desk.state.nicepay.find(id)?;
    let lent = order.partner.family == Family::Lender;
    let status = order.status(desk.now_ms);
    lent.then(|| Loan {
        id: order.id.clone(),
        method: order.partner.method,
        lender: order.partner.name,
        merchant: order.merchant.clone(),
        goods: order.goods.clone(),
        reference: order.reference.clone(),
        amount: order.amount,
        phone: order.phone.clone(),
        status,
        left_s: order.left_s(desk.now_ms),
        months: order.loan.months.clone(),
        kind: order.loan.kind.clone(),
        password: password(order),
        tries_left: WRONG_MAX.saturating_sub(order.loan.wrong),
        step: order.loan.step,
        return_url: callback::address(order, status),
    })
}

/// What arrives on the phone. Indodana's sandbox always sends the same.
fn password(order: &Transaction) -> Option<String> {
    if !order.partner.one_time_password {
        return None;
    }
    if order.partner.code == "IDNA" {
        return Some("999999".to_owned());
    }
    let tail: String = order.id.chars().rev().take(6).collect();
    Some(tail)
}

/// An order that its customer can still decide.
fn open<'a>(desk: &'a mut Desk<'_>, id: &str) -> Result<&'a mut Transaction, Refused> {
    let now_ms = desk.now_ms;
    let order = desk.state.nicepay.find_mut(id).ok_or(Refused::Unknown)?;
    if order.partner.family != Family::Lender {
        return Err(Refused::Unknown);
    }
    let status = order.status(now_ms);
    if status.is_open() { Ok(order) } else { Err(Refused::Conflict(status)) }
}

/// The customer has logged in.
pub(crate) fn log_in(desk: &mut Desk<'_>, id: &str, phone: &str) -> Result<(), Refused> {
    let order = open(desk, id)?;
    phone.clone_into(&mut order.phone);
    order.loan.step = LoanStep::Plan;
    Ok(())
}

/// The customer chooses a plan, which may be another than the merchant named.
pub(crate) fn choose_plan(desk: &mut Desk<'_>, id: &str, months: &str) -> Result<(), Refused> {
    let order = open(desk, id)?;
    if !lending::PLANS.contains(&months) {
        return Err(Refused::Unknown);
    }
    months.clone_into(&mut order.loan.months);
    order.loan.step = LoanStep::Confirm;
    Ok(())
}

/// The customer confirms with the password that was sent, or where none is, with a PIN.
pub(crate) fn confirm(desk: &mut Desk<'_>, id: &str, entered: &str) -> Result<Entered, Refused> {
    let order = open(desk, id)?;
    let right = password(order).is_none_or(|password| password == entered);
    if right {
        decide(desk, id, Decision::Approve)?;
        return Ok(Entered::Paid);
    }
    order.loan.wrong += 1;
    let left = WRONG_MAX.saturating_sub(order.loan.wrong);
    if left > 0 {
        return Ok(Entered::Wrong(left));
    }
    decide(desk, id, Decision::Decline)?;
    Ok(Entered::Blocked)
}
