//! dbProcess: what NICEPAY tells the merchant's server when money came or went.
use super::partners::Family;
use super::snap;
use super::token::Formula;
use super::transaction::{Api, Transaction};
use super::{key_of, validity};
use crate::simulator::engine::Desk;
use crate::simulator::faults::{Armed, Fault};
use crate::simulator::jakarta;
use crate::simulator::outbox::{self, Letter, Manner};
use crate::simulator::view::{Operation, Provider};

/// The sender's name, as NICEPAY's server writes it.
pub(super) const USER_AGENT: &str = "Jakarta Commons-HttpClient/3.1";
/// What a forger signs with.
const FORGERS_KEY: &str = "a key that no merchant has";

/// Tells of a payment.
pub(crate) fn deposit(desk: &mut Desk<'_>, order: &Transaction) {
    match order.api {
        Api::V2 => send(desk, order, told("0", order)),
        Api::Snap => snap::tell(desk, order),
    }
}

/// Tells of money that went back.
pub(crate) fn reversal(desk: &mut Desk<'_>, order: &Transaction, amount: i64) {
    match order.api {
        Api::V2 => send(desk, order, Told { amount, ..told("1", order) }),
        // SNAP tells of success only.
        Api::Snap => {}
    }
}

/// Tells of money that a till took: how much, and whether that is what was asked.
pub(crate) fn at_till(desk: &mut Desk<'_>, order: &Transaction, (amount, matched): (i64, &str)) {
    send(desk, order, Told { amount, matched, ..told("0", order) });
}

/// What changes from one notification of an order to the next.
#[derive(Clone, Copy)]
struct Told<'a> {
    /// `0` deposit, `1` reversal.
    status: &'a str,
    amount: i64,
    /// `1` what was asked, `2` over, `3` under. Empty for lenders, as in the published sample.
    matched: &'a str,
}

const fn told<'a>(status: &'a str, order: &Transaction) -> Told<'a> {
    let matched = match order.partner.family {
        Family::Lender => "",
        Family::Wallet | Family::Store | Family::Hosted => "1",
    };
    Told { status, amount: order.amount, matched }
}

/// Somebody else claims that an order was paid.
pub(crate) fn forged(desk: &mut Desk<'_>, id: &str) {
    let Some(order) = desk.state.nicepay.find(id).cloned() else { return };
    if order.api == Api::Snap {
        return snap::forge(desk, &order);
    }
    let body = body(&order, told("0", &order), (FORGERS_KEY, desk.now_ms));
    let mut letter = letter(&order, body, desk.now_ms);
    letter.tries = usize::MAX;
    let fault = Armed::once(Provider::Nicepay, Fault::ForgedNotification);
    desk.state.outbox.post(letter, Some(&fault));
}

/// Tells of a linked account. Not documented: the ordinary formula over the mandate and no money.
pub(crate) fn linked(desk: &mut Desk<'_>, link: &super::link::Link, mandate: &str) {
    let parts = vec![("iMid", link.merchant.as_str()), ("mandateID", mandate), ("amt", "0")];
    let key = key_of(desk, &link.merchant);
    let token = Formula { parts, key, lures: Vec::new() }.token();
    let (date, time) = (jakarta::date(desk.now_ms), jakarta::time(desk.now_ms));
    let body = form_urlencoded::Serializer::new(String::new())
        .append_pair("tXid", mandate)
        .append_pair("merchantToken", &token)
        .append_pair("referenceNo", &link.reference)
        .append_pair("payMethod", "05")
        .append_pair("mitraCd", "ASTR")
        .append_pair("mandateID", mandate)
        .append_pair("amt", "0")
        .append_pair("transDt", &date)
        .append_pair("transTm", &time)
        .append_pair("status", "0")
        .finish();
    let addressed = (link.id.clone(), link.reference.clone(), link.notify_url.clone());
    outbox::send(desk, new_letter(addressed, body, desk.now_ms), None);
}

fn send(desk: &mut Desk<'_>, order: &Transaction, told: Told<'_>) {
    let fault =
        desk.state.faults.take(Provider::Nicepay, Operation::Notification, Fault::shapes_forms);
    let played = fault.as_ref().map(|armed| armed.fault);
    let amount = told.amount + i64::from(played == Some(Fault::WrongAmount));
    let forged = played == Some(Fault::ForgedNotification);
    let key = if forged { FORGERS_KEY } else { key_of(desk, &order.merchant) };
    let body = body(order, Told { amount, ..told }, (key, desk.now_ms));
    let letter = letter(order, body, desk.now_ms);
    outbox::send(desk, letter, fault.as_ref());
}

fn letter(order: &Transaction, body: String, now_ms: i64) -> Letter {
    let addressed = (order.id.clone(), order.reference.clone(), order.notify_url.clone());
    new_letter(addressed, body, now_ms)
}

fn new_letter(
    (transaction, reference, url): (String, String, String),
    body: String,
    now_ms: i64,
) -> Letter {
    Letter {
        provider: Provider::Nicepay,
        transaction,
        reference,
        url,
        manner: Manner::Form { user_agent: USER_AGENT },
        body,
        due_ms: now_ms,
        tries: 0,
        overtaken: false,
        fault: None,
    }
}

fn body(order: &Transaction, told: Told<'_>, (key, now_ms): (&str, i64)) -> String {
    let amt = told.amount.to_string();
    let parts = vec![("iMid", order.merchant.as_str()), ("tXid", &order.id), ("amt", &amt)];
    let token = Formula { parts, key, lures: Vec::new() }.token();
    let deposit_ms = order.paid_ms.unwrap_or(now_ms);
    let [valid_date, valid_time] = if order.partner.family == Family::Wallet {
        [String::new(), String::new()]
    } else {
        validity::told(order).map(|(_, value)| value)
    };
    let mut form = form_urlencoded::Serializer::new(String::new());
    for (name, value) in [
        ("tXid", order.id.clone()),
        ("merchantToken", token),
        ("referenceNo", order.reference.clone()),
        ("payMethod", order.partner.family.pay_method().to_owned()),
        ("amt", amt),
        ("transDt", jakarta::date(order.registered_ms)),
        ("transTm", jakarta::time(order.registered_ms)),
        ("currency", "IDR".to_owned()),
        ("goodsNm", order.goods.clone()),
        ("billingNm", order.billing_name.clone()),
        ("matchCl", told.matched.to_owned()),
        ("status", told.status.to_owned()),
        ("mitraCd", order.partner.code.to_owned()),
        ("payNo", order.till.pay_no.clone()),
        ("payValidDt", valid_date),
        ("payValidTm", valid_time),
        ("receiptCode", order.till.slip.clone()),
        ("mRefNo", order.id.chars().skip(12).collect()),
        ("depositDt", jakarta::date(deposit_ms)),
        ("depositTm", jakarta::time(deposit_ms)),
    ] {
        form.append_pair(name, &value);
    }
    if order.partner.family == Family::Lender {
        form.append_pair("instmntType", &order.loan.kind);
        form.append_pair("instmntMon", &order.loan.months);
    }
    form.finish()
}
