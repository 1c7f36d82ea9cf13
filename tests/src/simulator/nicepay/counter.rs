//! Tills at Indomaret and Alfamart: a cashier enters a number, sees the bill, takes the money.
use super::partners::{self, Family, Partner};
use super::settings::PayNumber;
use super::transaction::Transaction;
use super::{account, notification, view};
use crate::simulator::engine::Desk;
use crate::simulator::jakarta;
use crate::simulator::journal::{Direction, Entry};
use crate::simulator::view::{self as words, Amount, Operation, Provider, Status};
use serde::Serialize;

/// What a till shows of a number.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Bill {
    /// The transaction.
    pub id: String,
    /// The number that was entered.
    pub pay_no: String,
    /// Who pays.
    pub name: String,
    /// What for.
    pub goods: String,
    /// The merchant's order number.
    pub reference: String,
    /// What is to be taken.
    pub amount: Amount,
    /// How it stands, after the till has asked.
    pub status: Status,
    /// The number on the till's slip; empty until it was paid.
    pub slip: String,
    /// Until when, RFC 3339.
    pub valid_until: String,
    /// The moment itself, in Jakarta's words.
    #[serde(skip)]
    pub(crate) until: (String, String),
}

/// Why a till takes no money.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum AtTill {
    /// No such store, or it does not know the number.
    Unknown,
    /// The number is paid, withdrawn or too old.
    Closed(Status),
    /// The amount is not that of the bill, which is this.
    Amount(i64),
}

/// Gives a store's order the number that is paid.
pub(super) fn number(desk: &mut Desk<'_>, order: &mut Transaction) {
    if order.partner.family != Family::Store {
        return;
    }
    let last: String = order.id.chars().skip(order.id.chars().count() - 12).collect();
    order.till.pay_no = match desk.settings.nicepay_v2.pay_number {
        PayNumber::Prefixed => format!("9041{last}"),
        PayNumber::LastTwelve => last,
        PayNumber::Pool => format!("5041{:08}", 2_557 + desk.state.nicepay.next_of_pool()),
    };
    super::pays_by_itself(desk, &order.id);
}

/// The till asks what a number costs.
pub(crate) fn ask(desk: &mut Desk<'_>, store: &str, pay_no: &str) -> Result<Bill, AtTill> {
    let said = asked(desk, store, pay_no);
    write(desk, (store, "ask"), (pay_no, None), &said);
    said
}

fn asked(desk: &mut Desk<'_>, store: &str, pay_no: &str) -> Result<Bill, AtTill> {
    let order = open(desk, store, pay_no)?;
    hold(desk, &order.id, true);
    find(desk, store, pay_no).map(|order| bill(&order, desk.now_ms))
}

/// The till has asked and takes no money after all.
pub(crate) fn leave(desk: &mut Desk<'_>, store: &str, pay_no: &str) -> Result<Bill, AtTill> {
    let order = find(desk, store, pay_no)?;
    hold(desk, &order.id, false);
    find(desk, store, pay_no).map(|order| bill(&order, desk.now_ms))
}

fn hold(desk: &mut Desk<'_>, id: &str, asks: bool) {
    let now_ms = desk.now_ms;
    if let Some(order) = desk.state.nicepay.find_mut(id) {
        order.ask(asks, now_ms);
    }
}

/// The till takes the money. `anyway` is a till that takes what it should not: twice, too little,
/// for a number that was withdrawn or is too old.
pub(crate) fn pay(
    desk: &mut Desk<'_>,
    (store, pay_no): (&str, &str),
    (amount, anyway): (i64, bool),
) -> Result<Bill, AtTill> {
    let said = paid(desk, (store, pay_no), (amount, anyway));
    write(desk, (store, "pay"), (pay_no, Some(amount)), &said);
    said
}

fn paid(
    desk: &mut Desk<'_>,
    (store, pay_no): (&str, &str),
    (amount, anyway): (i64, bool),
) -> Result<Bill, AtTill> {
    let order = if anyway { find(desk, store, pay_no)? } else { open(desk, store, pay_no)? };
    if !anyway && amount != order.amount {
        return Err(AtTill::Amount(order.amount));
    }
    // Over, where it was paid before; under, where less was taken than asked.
    let matched = match (order.paid_ms, amount.cmp(&order.amount)) {
        (None, std::cmp::Ordering::Equal) => "1",
        (None, std::cmp::Ordering::Less) => "3",
        (Some(_), _) | (None, std::cmp::Ordering::Greater) => "2",
    };
    take(desk, &order.id, amount);
    let order = find(desk, store, pay_no)?;
    desk.state.ledger.charge(&account(&order), amount, desk.now_ms);
    notification::at_till(desk, &order, (amount, matched));
    Ok(bill(&order, desk.now_ms))
}

fn take(desk: &mut Desk<'_>, id: &str, amount: i64) {
    let now_ms = desk.now_ms;
    if let Some(order) = desk.state.nicepay.find_mut(id) {
        order.take_anyway(amount, now_ms);
        order.till.slip = slip(order, now_ms);
    }
}

/// A till's slip: store, day, and digits of the order.
fn slip(order: &Transaction, now_ms: i64) -> String {
    let tail: String = order.till.pay_no.chars().rev().take(6).collect();
    format!("{}{}{tail}", order.partner.code, jakarta::date(now_ms))
}

/// The customer pays the exact amount at whatever till.
pub(super) fn approve(
    desk: &mut Desk<'_>,
    order: &Transaction,
) -> Result<words::Transaction, words::Refused> {
    let (store, pay_no) = (order.partner.method, order.till.pay_no.as_str());
    match pay(desk, (store, pay_no), (order.amount, false)) {
        Ok(_) => {
            let paid = desk.state.nicepay.find(&order.id).unwrap_or(order);
            Ok(view(paid, desk.now_ms))
        }
        Err(AtTill::Closed(status)) => Err(words::Refused::Conflict(status)),
        Err(AtTill::Unknown | AtTill::Amount(_)) => Err(words::Refused::Unknown),
    }
}

fn find(desk: &Desk<'_>, store: &str, pay_no: &str) -> Result<Transaction, AtTill> {
    let store: &Partner = partners::store(store).ok_or(AtTill::Unknown)?;
    desk.state.nicepay.by_pay_no(store, pay_no).cloned().ok_or(AtTill::Unknown)
}

fn open(desk: &Desk<'_>, store: &str, pay_no: &str) -> Result<Transaction, AtTill> {
    let order = find(desk, store, pay_no)?;
    let status = order.status(desk.now_ms);
    if status.is_open() { Ok(order) } else { Err(AtTill::Closed(status)) }
}

fn bill(order: &Transaction, now_ms: i64) -> Bill {
    let end_ms = order.deadline_ms();
    Bill {
        id: order.id.clone(),
        pay_no: order.till.pay_no.clone(),
        name: order.billing_name.clone(),
        goods: order.goods.clone(),
        reference: order.reference.clone(),
        amount: Amount::rupiah(order.amount),
        status: order.status(now_ms),
        slip: order.till.slip.clone(),
        valid_until: jakarta::rfc3339(end_ms),
        until: (jakarta::date(end_ms), jakarta::time(end_ms)),
    }
}

/// What the till asked NICEPAY is in the journal too.
fn write(
    desk: &mut Desk<'_>,
    (store, action): (&str, &str),
    (pay_no, amount): (&str, Option<i64>),
    said: &Result<Bill, AtTill>,
) {
    let mut entry = Entry::new(Provider::Nicepay, Direction::In, Operation::Till);
    entry.path = format!("/counter/{store}");
    let mut fields = vec![("action", action.to_owned()), ("payNo", pay_no.to_owned())];
    fields.extend(amount.map(|amount| ("amt", amount.to_string())));
    entry.fields = fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    if let Ok(order) = find(desk, store, pay_no) {
        entry.reference = order.reference;
        entry.transaction = Some(order.id);
    }
    if let Err(why) = said {
        entry.refuse(sentence(*why));
    }
    desk.state.journal.write(desk.now_ms, entry);
}

/// The reason for the journal.
fn sentence(why: AtTill) -> String {
    match why {
        AtTill::Unknown => "the store does not know this number".to_owned(),
        AtTill::Closed(status) => format!("the order is {}", status.word()),
        AtTill::Amount(amount) => format!("the bill is {amount}"),
    }
}
