//! NICEPAY's own page ("API Checkout"): registered without a partner, which the customer chooses.
use super::call::Reply;
use super::callback;
use super::codes::{
    self, CALLBACK_MISSING, FAILED, INVALID_ORDER, MALFORMED, NOT_ACTIVATED, Refusal,
};
use super::fields::{Fields, Rule, digits, text};
use super::notification::USER_AGENT;
use super::partners::{self, Family, Partner, Reach, UNDECIDED};
use super::registered::common;
use super::registration::{amount, check_cart, drawn_up, known_merchant, signed, unused_reference};
use super::settings::Transport;
use super::transaction::Transaction;
use super::{counter, lending, payment, validity};
use crate::simulator::engine::Desk;
use crate::simulator::faults::Fault;
use crate::simulator::outbox::{self, Letter, Manner};
use crate::simulator::pages;
use crate::simulator::tamper::Answer;
use crate::simulator::view::{Operation, Provider, Status};
use serde_json::{Map, Value, json};

const RULES: [Rule; 17] = [
    text("amt", 4_000, codes::AMOUNT_MISSING),
    text("currency", 3, codes::CURRENCY_MISSING),
    text("referenceNo", 40, codes::REFERENCE_MISSING),
    text("goodsNm", 100, codes::GOODS_MISSING),
    text("billingNm", 100, codes::NAME_MISSING),
    digits("billingPhone", 15, codes::PHONE_MISSING),
    text("billingEmail", 40, codes::EMAIL_MISSING),
    text("callBackUrl", 255, CALLBACK_MISSING),
    text("dbProcessUrl", 255, codes::NOTIFY_MISSING),
    text("billingCity", 50, codes::CITY_MISSING),
    text("billingState", 50, codes::STATE_MISSING),
    digits("billingPostCd", 10, codes::POST_CODE_MISSING),
    text("billingCountry", 10, codes::COUNTRY_MISSING),
    text("timeStamp", 4_000, MALFORMED),
    digits("payMethod", 2, MALFORMED),
    text("merchantToken", 255, MALFORMED),
    text("description", 100, MALFORMED),
];
const CART: [Rule; 1] = [text("cartData", 4_000, MALFORMED)];

/// Keys of the answer that say nothing yet.
const EMPTY: [&str; 2] = ["payValidDt", "payValidTm"];

/// Registers an order whose partner is to be chosen.
pub(crate) fn register(desk: &mut Desk<'_>, fields: &Fields) -> Reply {
    let (amount, offered, valid_ms) = match checked(desk, fields) {
        Ok(checked) => checked,
        Err(refusal) => return Reply::refused(refusal),
    };
    let mut order = drawn_up(desk, fields, (&UNDECIDED, amount)).valid_until(valid_ms);
    order.offered = offered;
    order.callback = Some(fields.get("callBackUrl").to_owned());
    desk.state.nicepay.add(order.clone());
    let mut map = common(&order);
    for (key, value) in [
        ("paymentURL", format!("{}/nicepay/redirect/v2/payment", desk.origin)),
        ("currency", "IDR".to_owned()),
        ("goodsNm", order.goods.clone()),
        ("billingNm", order.billing_name.clone()),
    ] {
        map.insert(key.to_owned(), json!(value));
    }
    map.extend(EMPTY.map(|key| (key.to_owned(), Value::Null)));
    Reply::accepted(Answer::Json(map), &order.id)
}

/// The amount, who is offered, and until when it may be paid.
type Checked = (i64, Vec<&'static Partner>, Option<i64>);

fn checked(desk: &mut Desk<'_>, fields: &Fields) -> Result<Checked, Refusal> {
    let key = known_merchant(desk, fields)?;
    fields.all_present(&[&RULES, &CART])?;
    fields.require(&RULES)?;
    let amount = amount(fields)?;
    signed(fields, &key)?;
    let offered = offered(desk, fields, amount)?;
    if fields.get("currency") != "IDR" {
        return Err(Refusal::new(MALFORMED, "currency must be IDR"));
    }
    unused_reference(desk, fields)?;
    check_cart(desk, fields, (&UNDECIDED, amount))?;
    Ok((amount, offered, validity::read(desk, fields)?))
}

/// The partners that the page shows: those of the pay method that the order's data suffice for.
fn offered(
    desk: &mut Desk<'_>,
    fields: &Fields,
    amount: i64,
) -> Result<Vec<&'static Partner>, Refusal> {
    let (method, code) = (fields.get("payMethod"), fields.get("mitraCd"));
    let family = Family::by_pay_method(method);
    let none = || {
        let why = format!("payMethod {method:?} with mitraCd {code:?} leaves nothing to choose");
        Refusal::new(NOT_ACTIVATED, why)
    };
    let family = family.ok_or_else(none)?;
    let inactive = desk.settings.nicepay_v2.inactive.clone();
    let named = partners::all()
        .filter(|partner| family == Family::Hosted || partner.family == family)
        .filter(|partner| code.is_empty() || partner.code == code)
        .filter(|partner| partner.reach != Reach::Linked && !inactive.contains(&partner.code));
    let offered: Vec<_> = named.filter(|partner| suits(desk, fields, (partner, amount))).collect();
    if offered.is_empty() { Err(none()) } else { Ok(offered) }
}

/// Whether the order tells all that a partner wants to know.
fn suits(desk: &mut Desk<'_>, fields: &Fields, (partner, amount): (&Partner, i64)) -> bool {
    let hints = std::mem::take(&mut desk.hints);
    let suits = match partner.family {
        Family::Lender => {
            fields.all_present(&lending::RULES).is_ok()
                && !fields.get("userIP").is_empty()
                && check_cart(desk, fields, (partner, amount)).is_ok()
                && lending::check(fields, partner, &mut desk.hints).is_ok()
        }
        Family::Store => amount >= desk.settings.nicepay_v2.store_minimum,
        Family::Wallet | Family::Hosted => check_cart(desk, fields, (partner, amount)).is_ok(),
    };
    desk.hints = hints;
    suits
}

/// The customer's browser comes to the page, or presses one of its buttons.
pub(crate) fn arrive(desk: &mut Desk<'_>, fields: &Fields) -> Reply {
    let id = fields.get("tXid");
    let Some(order) = find(desk, id) else { return unknown(id) };
    if fields.get("decision") == "decline" {
        let now_ms = desk.now_ms;
        if let Some(order) = desk.state.nicepay.find_mut(id) {
            // What is over already leads back all the same.
            let _ = order.close(Status::Failed, now_ms);
        }
        return Reply::accepted(Answer::Found(callback::hosted_end(&order)), id);
    }
    let code = fields.get("mitraCd");
    if code.is_empty() || order.partner.family != Family::Hosted {
        return Reply::accepted(shown(desk, &order), id);
    }
    match choose(desk, id, (code, fields.get("phone"))) {
        Ok(order) => Reply::accepted(shown(desk, &order), id),
        Err(refusal) => {
            let answer = Answer::Found(callback::hosted_end(&order));
            Reply { answer, transaction: Some(order.id), refusal: Some(refusal) }
        }
    }
}

fn find(desk: &Desk<'_>, id: &str) -> Option<Transaction> {
    desk.state.nicepay.find(id).filter(|order| order.is_hosted()).cloned()
}

fn unknown(id: &str) -> Reply {
    Reply::refused_page(Refusal::new(INVALID_ORDER, format!("there is no tXid {id:?}")))
}

/// What the page shows now: its choices, a store's number, or whoever was chosen.
fn shown(desk: &Desk<'_>, order: &Transaction) -> Answer {
    if !order.status(desk.now_ms).is_open() {
        return Answer::Found(callback::hosted_end(order));
    }
    match order.partner.family {
        Family::Hosted => Answer::Page(pages::hosted::choices(order, desk.now_ms)),
        Family::Store => Answer::Page(pages::hosted::number(order)),
        Family::Wallet | Family::Lender => payment::lead_on(desk, &Fields::default(), order),
    }
}

/// The customer chooses a partner by its `mitraCd`, and for a prompt the phone it goes to.
pub(crate) fn choose(
    desk: &mut Desk<'_>,
    id: &str,
    (code, phone): (&str, &str),
) -> Result<Transaction, Refusal> {
    let invalid = |why: String| Refusal::new(INVALID_ORDER, why);
    let mut order = find(desk, id).ok_or_else(|| invalid(format!("there is no tXid {id:?}")))?;
    let status = order.status(desk.now_ms);
    if !status.is_open() {
        return Err(Refusal::new(FAILED, format!("the order is {}", status.word())));
    }
    if order.partner.family != Family::Hosted {
        return Err(invalid(format!("{} was chosen already", order.partner.name)));
    }
    let chosen = order.offered.iter().copied().find(|partner| partner.code == code);
    let chosen = chosen.ok_or_else(|| invalid(format!("{code:?} is not on the page")))?;
    order.settle_on(chosen, desk.now_ms);
    if !phone.is_empty() {
        phone.clone_into(&mut order.phone);
    }
    counter::number(desk, &mut order);
    keep(desk, &order);
    payment::begun_at_lender(desk, &order)?;
    if chosen.family != Family::Store {
        let callback = order.callback.clone().unwrap_or_default();
        order = payment::enter(desk, id, &callback).unwrap_or(order);
    }
    Ok(order)
}

fn keep(desk: &mut Desk<'_>, order: &Transaction) {
    if let Some(kept) = desk.state.nicepay.find_mut(&order.id) {
        *kept = order.clone();
    }
}

/// The customer leaves the page for the merchant, by the way the simulator was told.
pub(crate) fn leave(desk: &mut Desk<'_>, fields: &Fields) -> Reply {
    let id = fields.get("tXid");
    let Some(order) = find(desk, id) else { return unknown(id) };
    let status = order.status(desk.now_ms);
    if status.is_open() && order.partner.family != Family::Store {
        let page = format!("/nicepay/redirect/v2/payment?tXid={id}");
        return Reply::accepted(Answer::Found(page), id);
    }
    let lost = |fault| fault == Fault::NoCallback;
    if desk.state.faults.take(Provider::Nicepay, Operation::Payment, lost).is_some() {
        return Reply::accepted(Answer::Page(pages::stranded()), id);
    }
    Reply::accepted(way_back(desk, &order, status), id)
}

fn way_back(desk: &mut Desk<'_>, order: &Transaction, status: Status) -> Answer {
    let manner = desk.state.nicepay.callbacks.unwrap_or(desk.settings.nicepay_v2.callbacks);
    let code = callback::code(order.partner.family, status);
    let mut fields = callback::hosted_fields(order, code, manner.spelling);
    let url = order.callback.clone().unwrap_or_default();
    match manner.transport {
        Transport::Get => Answer::Found(pages::with_query(&url, &fields)),
        Transport::FormPost => {
            fields.extend(callback::signature(desk, order));
            Answer::Page(pages::posting_under(heading(status), &url, &fields))
        }
        Transport::JsonPost => {
            post_json(desk, order, (&url, &fields));
            Answer::Found(url)
        }
    }
}

/// A store's number that waits is neither a success nor a failure.
const fn heading(status: Status) -> &'static str {
    match status {
        Status::Paid | Status::Void | Status::Refunded => "Pembayaran berhasil",
        Status::Initiated | Status::Unpaid | Status::Processing => "Kode pembayaran dibuat",
        Status::Failed | Status::Cancelled | Status::Expired => "Pembayaran tidak berhasil",
    }
}

/// NICEPAY's server posts what the browser would have carried.
fn post_json(
    desk: &mut Desk<'_>,
    order: &Transaction,
    (url, fields): (&str, &[(&'static str, String)]),
) {
    let map: Map<String, Value> =
        fields.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
    let letter = Letter {
        provider: Provider::Nicepay,
        transaction: order.id.clone(),
        reference: order.reference.clone(),
        url: url.to_owned(),
        manner: Manner::Json { user_agent: USER_AGENT },
        body: Value::Object(map).to_string(),
        due_ms: desk.now_ms,
        tries: 0,
        overtaken: false,
        fault: None,
    };
    outbox::send(desk, letter, None);
}
