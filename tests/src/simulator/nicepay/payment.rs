//! `/nicepay/direct/v2/payment`: the customer's browser arrives, by form or by address.
use super::call::Reply;
use super::callback;
use super::codes::{
    self, ALREADY_APPROVED, CALLBACK_MISSING, FAILED, INVALID_ORDER, NOT_ACTIVATED, Refusal,
};
use super::fields::Fields;
use super::key_of;
use super::partners::{Family, Reach};
use super::registration::refused_by_lender;
use super::token::Formula;
use super::transaction::Transaction;
use super::wait;
use crate::simulator::engine::Desk;
use crate::simulator::jakarta;
use crate::simulator::tamper::Answer;
use crate::simulator::view::{Operation, Status};
use serde_json::{Map, Value, json};

/// Takes the customer to the wallet.
pub(crate) fn pay(desk: &mut Desk<'_>, fields: &Fields) -> Reply {
    let id = fields.get("tXid");
    let Some(order) = desk.state.nicepay.find(id).cloned() else {
        let refusal = Refusal::new(INVALID_ORDER, format!("there is no tXid {id:?}"));
        return if wants_json(fields) {
            Reply::refused(refusal)
        } else {
            Reply::refused_page(refusal)
        };
    };
    match checked(desk, fields, &order).and_then(|()| begun_at_lender(desk, &order)) {
        Ok(()) => {
            let order = enter(desk, &order.id, fields.get("callBackUrl")).unwrap_or(order);
            Reply::accepted(lead_on(desk, fields, &order), &order.id)
        }
        Err(refusal) => turned_away(desk, fields, &order, refusal).about(Some(order.id)),
    }
}

fn checked(desk: &Desk<'_>, fields: &Fields, order: &Transaction) -> Result<(), Refusal> {
    if fields.get("callBackUrl").is_empty() {
        return Err(Refusal::new(CALLBACK_MISSING, "callBackUrl is missing or empty"));
    }
    let amt = order.amount.to_string();
    let parts = vec![
        ("timeStamp", fields.time_stamp()?),
        ("iMid", order.merchant.as_str()),
        ("referenceNo", order.reference.as_str()),
        ("amt", amt.as_str()),
    ];
    let registered =
        format!("{}{}", jakarta::date(order.registered_ms), jakarta::time(order.registered_ms));
    let lures = vec![("tXid", order.id.as_str()), ("the registration's time", registered.as_str())];
    let formula = Formula { parts, key: key_of(desk, &order.merchant), lures };
    formula.check(fields.get("merchantToken"))?;
    if order.is_hosted() || order.partner.family == Family::Store {
        let why = format!("an order at {} has no payment step here", order.partner.name);
        return Err(Refusal::new(NOT_ACTIVATED, why));
    }
    match order.status(desk.now_ms) {
        Status::Initiated | Status::Unpaid | Status::Processing => Ok(()),
        Status::Paid | Status::Void | Status::Refunded => {
            Err(Refusal::new(ALREADY_APPROVED, "the order has been paid already"))
        }
        end @ (Status::Failed | Status::Cancelled | Status::Expired) => {
            Err(Refusal::new(FAILED, format!("the order is {}", end.word())))
        }
    }
}

/// A lender whose order begins here may turn it down here.
pub(super) fn begun_at_lender(desk: &mut Desk<'_>, order: &Transaction) -> Result<(), Refusal> {
    let begins = order.partner.family == Family::Lender
        && (order.is_hosted() || !order.partner.begins_at_registration);
    let first = order.status(desk.now_ms) == Status::Initiated;
    if !(begins && first && refused_by_lender(desk, Operation::Payment)) {
        return Ok(());
    }
    let now_ms = desk.now_ms;
    if let Some(order) = desk.state.nicepay.find_mut(&order.id) {
        // It was found open under the same lock.
        let _ = order.close(Status::Failed, now_ms);
    }
    Err(Refusal::new(FAILED, format!("{} took no order", order.partner.name)))
}

/// The order begins to wait for its customer.
pub(super) fn enter(desk: &mut Desk<'_>, id: &str, callback: &str) -> Option<Transaction> {
    let now_ms = desk.now_ms;
    let order = desk.state.nicepay.find_mut(id)?;
    let first = order.status(now_ms) == Status::Initiated;
    order.enter(callback, now_ms);
    let order = order.clone();
    if first {
        super::pays_by_itself(desk, id);
    }
    Some(order)
}

pub(super) fn lead_on(desk: &Desk<'_>, fields: &Fields, order: &Transaction) -> Answer {
    match order.partner.reach {
        Reach::Push => Answer::Page(wait::waiting(desk, order)),
        Reach::Page | Reach::Linked if wants_json(fields) && order.partner.app_scheme.is_some() => {
            let mut map = links(desk, order);
            map.insert("resultCd".to_owned(), json!(codes::SUCCESS.0));
            map.insert("resultMsg".to_owned(), json!(codes::SUCCESS.1));
            Answer::Json(map)
        }
        Reach::Page | Reach::Linked | Reach::Till => Answer::Found(partner_page(desk, order)),
    }
}

fn wants_json(fields: &Fields) -> bool {
    fields.get("returnJsonFormat") == "1"
}

/// Where the wallet's or lender's own page is.
pub(super) fn partner_page(desk: &Desk<'_>, order: &Transaction) -> String {
    let place = match order.partner.family {
        Family::Lender => "lender",
        Family::Wallet | Family::Store | Family::Hosted => "wallet",
    };
    format!("{}/{place}/{}?tx={}", desk.origin, order.partner.method, order.id)
}

/// The links of a wallet that hands some out.
pub(super) fn links(desk: &Desk<'_>, order: &Transaction) -> Map<String, Value> {
    let scheme = order.partner.app_scheme.unwrap_or("https");
    let app = format!("{scheme}://pay?tx={}", order.id);
    let token: String = order.id.chars().rev().collect();
    let links = [
        ("redirectUrlHttp", partner_page(desk, order)),
        ("redirectUrlApp", app),
        ("redirectToken", token),
    ];
    links.into_iter().map(|(name, value)| (name.to_owned(), json!(value))).collect()
}

/// A known order's browser goes back with the code; others get a plain page.
fn turned_away(desk: &Desk<'_>, fields: &Fields, order: &Transaction, refusal: Refusal) -> Reply {
    let url = fields.get("callBackUrl");
    if wants_json(fields) {
        return Reply::refused(refusal);
    }
    if url.is_empty() {
        return Reply::refused_page(refusal);
    }
    let page = callback::refused_page(desk, order, (url, refusal.code));
    Reply { answer: Answer::Page(page), transaction: None, refusal: Some(refusal) }
}
