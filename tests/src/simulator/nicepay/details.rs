//! What the control interface shows of one order beyond what every provider's has.
use super::digit::digit;
use super::lender;
use super::partners::Family;
use crate::simulator::engine::Desk;
use crate::simulator::jakarta::rfc3339;
use crate::simulator::view::Status;
use serde::Serialize;

/// One order at NICEPAY.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Details {
    /// The tXid.
    pub id: String,
    /// Our method id: the one the customer uses, once that is known.
    pub method: &'static str,
    /// NICEPAY's `payMethod`.
    pub pay_method: &'static str,
    /// How it stands.
    pub status: Status,
    /// The same as NICEPAY's inquiry has it.
    pub digit: &'static str,
    /// A store's number.
    pub pay_no: Option<String>,
    /// Until when it can be paid, RFC 3339.
    pub valid_until: String,
    /// The number on the till's slip.
    pub slip: Option<String>,
    /// A lender's plan, in months.
    pub months: Option<String>,
    /// The password that a lender has sent to the phone.
    pub password: Option<String>,
    /// The merchant has confirmed that the customer has the goods.
    pub received: bool,
    /// What NICEPAY's own page offers, by our method ids; empty for an order without it.
    pub offered: Vec<&'static str>,
}

/// One order.
pub(crate) fn details(desk: &Desk<'_>, id: &str) -> Option<Details> {
    let order = desk.state.nicepay.find(id)?;
    let filled = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
    let status = order.status(desk.now_ms);
    let family = order.partner.family;
    Some(Details {
        id: order.id.clone(),
        method: order.partner.method,
        pay_method: family.pay_method(),
        status,
        digit: digit(family, status),
        pay_no: filled(&order.till.pay_no),
        valid_until: rfc3339(order.deadline_ms()),
        slip: filled(&order.till.slip),
        months: filled(&order.loan.months).filter(|_| family == Family::Lender),
        password: lender::loan(desk, id).and_then(|loan| loan.password),
        received: order.loan.received,
        offered: order.offered.iter().map(|partner| partner.method).collect(),
    })
}
