//! `/nicepay/direct/v2/payment`: the customer's browser arrives, by form or by address.
use super::call::Reply;
use super::callback;
use super::codes::{self, ALREADY_APPROVED, CALLBACK_MISSING, FAILED, INVALID_ORDER, Refusal};
use super::fields::Fields;
use super::key_of;
use super::token::Formula;
use super::transaction::Transaction;
use super::wait;
use super::wallets::Reach;
use crate::simulator::engine::Desk;
use crate::simulator::jakarta;
use crate::simulator::tamper::Answer;
use crate::simulator::view::Status;
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
    match checked(desk, fields, &order) {
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

/// The order begins to wait for its customer.
pub(super) fn enter(desk: &mut Desk<'_>, id: &str, callback: &str) -> Option<Transaction> {
    let now_ms = desk.now_ms;
    let order = desk.state.nicepay.find_mut(id)?;
    let first = order.status(now_ms) == Status::Initiated;
    order.enter(callback, now_ms);
    let order = order.clone();
    if let Some(after) = desk.settings.autopaid_after.filter(|_| first) {
        let at_ms = now_ms + i64::try_from(after.as_millis()).unwrap_or(i64::MAX / 2);
        desk.state.nicepay.autopay.push((at_ms, id.to_owned()));
    }
    Some(order)
}

fn lead_on(desk: &Desk<'_>, fields: &Fields, order: &Transaction) -> Answer {
    match order.wallet.reach {
        Reach::Push => Answer::Page(wait::waiting(desk, order)),
        Reach::Page | Reach::Linked if wants_json(fields) && order.wallet.app_scheme.is_some() => {
            let mut map = links(desk, order);
            map.insert("resultCd".to_owned(), json!(codes::SUCCESS.0));
            map.insert("resultMsg".to_owned(), json!(codes::SUCCESS.1));
            Answer::Json(map)
        }
        Reach::Page | Reach::Linked => Answer::Found(wallet_page(desk, order)),
    }
}

fn wants_json(fields: &Fields) -> bool {
    fields.get("returnJsonFormat") == "1"
}

/// Where the wallet's own page is.
pub(super) fn wallet_page(desk: &Desk<'_>, order: &Transaction) -> String {
    format!("{}/wallet/{}?tx={}", desk.origin, order.wallet.method, order.id)
}

/// The links of a wallet that hands some out.
pub(super) fn links(desk: &Desk<'_>, order: &Transaction) -> Map<String, Value> {
    let scheme = order.wallet.app_scheme.unwrap_or("https");
    let app = format!("{scheme}://pay?tx={}", order.id);
    let token: String = order.id.chars().rev().collect();
    let links = [
        ("redirectUrlHttp", wallet_page(desk, order)),
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
