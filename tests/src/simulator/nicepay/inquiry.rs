//! `POST /nicepay/direct/v2/inquiry`: how an order stands, asked with the order's own numbers.
use super::call::{Reply, nulls};
use super::codes::{
    self, AMOUNT_MISSING, INVALID_ORDER, MALFORMED, REFERENCE_MISSING, Refusal, STORE_UNKNOWN,
    UNKNOWN_MERCHANT,
};
use super::digit::digit;
use super::fields::{Fields, Rule, text};
use super::partners::Family;
use super::token::Formula;
use super::transaction::Transaction;
use super::{key_of, validity};
use crate::simulator::engine::Desk;
use crate::simulator::jakarta;
use crate::simulator::tamper::Answer;
use crate::simulator::view::Status;
use serde_json::{Map, Value, json};

const RULES: [Rule; 5] = [
    text("iMid", 4_000, UNKNOWN_MERCHANT),
    text("referenceNo", 4_000, REFERENCE_MISSING),
    text("amt", 4_000, AMOUNT_MISSING),
    text("timeStamp", 4_000, MALFORMED),
    text("merchantToken", 255, MALFORMED),
];

/// Every key of an answer that NICEPAY is known to send.
const KEYS: &[&str] = &[
    "tXid",
    "iMid",
    "currency",
    "amt",
    "instmntMon",
    "instmntType",
    "referenceNo",
    "goodsNm",
    "payMethod",
    "billingNm",
    "reqDt",
    "reqTm",
    "status",
    "resultCd",
    "resultMsg",
    "cardNo",
    "preauthToken",
    "acquBankCd",
    "issuBankCd",
    "vacctValidDt",
    "vacctValidTm",
    "vacctNo",
    "bankCd",
    "payNo",
    "mitraCd",
    "receiptCode",
    "cancelAmt",
    "transDt",
    "transTm",
    "recurringToken",
    "ccTransType",
    "payValidDt",
    "payValidTm",
    "mRefNo",
    "acquStatus",
    "cardExpYymm",
    "acquBankNm",
    "issuBankNm",
    "depositDt",
    "depositTm",
    "paymentExpDt",
    "paymentExpTm",
    "paymentTrxSn",
    "cancelTrxSn",
    "shopId",
    "userId",
    "latestFailHistory",
];

/// Answers an inquiry.
pub(crate) fn inquire(desk: &mut Desk<'_>, fields: &Fields) -> Reply {
    let known = desk.state.nicepay.find(fields.get("tXid")).cloned();
    let Some(transaction) = known else {
        let id = fields.get("tXid");
        let store = id.get(10..12) == Some(Family::Store.pay_method());
        let code = if store { STORE_UNKNOWN } else { INVALID_ORDER };
        return Reply::refused(Refusal::new(code, format!("there is no tXid {id:?}")));
    };
    match checked(desk, fields, &transaction) {
        Ok(()) => {
            let answer = standing(&transaction, desk.now_ms);
            Reply::accepted(Answer::Json(answer), &transaction.id)
        }
        Err(refusal) => Reply::refused(refusal).about(Some(transaction.id)),
    }
}

fn checked(desk: &Desk<'_>, fields: &Fields, order: &Transaction) -> Result<(), Refusal> {
    fields.require(&RULES)?;
    let stored = [
        ("iMid", order.merchant.clone()),
        ("referenceNo", order.reference.clone()),
        ("amt", order.amount.to_string()),
    ];
    for (name, expected) in &stored {
        let given = fields.get(name);
        if given != expected {
            let why = format!("{name} is {given:?}, the order has {expected:?}");
            return Err(Refusal::new(INVALID_ORDER, why));
        }
    }
    let mut parts = vec![("timeStamp", fields.time_stamp()?)];
    parts.extend(stored.iter().map(|(name, value)| (*name, value.as_str())));
    let lures = vec![("tXid", order.id.as_str())];
    Formula { parts, key: key_of(desk, &order.merchant), lures }.check(fields.get("merchantToken"))
}

/// What `resultMsg` says of a status, in lower case.
const fn message(family: Family, status: Status) -> &'static str {
    match status {
        Status::Processing if matches!(family, Family::Store) => "ready to commit",
        Status::Expired | Status::Cancelled if matches!(family, Family::Store) => "expired",
        Status::Expired if matches!(family, Family::Lender | Family::Hosted) => "failed",
        Status::Initiated => "init",
        Status::Unpaid => "unpaid",
        Status::Processing => "processing",
        Status::Paid => "paid",
        Status::Failed | Status::Cancelled => "failed",
        Status::Expired => "expired",
        Status::Void => "void",
        Status::Refunded => "refund",
    }
}

fn standing(order: &Transaction, now_ms: i64) -> Map<String, Value> {
    let status = order.status(now_ms);
    let mut map = nulls(KEYS);
    let mut set = |key: &str, value: String| drop(map.insert(key.to_owned(), json!(value)));
    set("resultCd", codes::SUCCESS.0.to_owned());
    let family = order.partner.family;
    set("resultMsg", message(family, status).to_owned());
    set("status", digit(family, status).to_owned());
    set("tXid", order.id.clone());
    set("iMid", order.merchant.clone());
    set("referenceNo", order.reference.clone());
    set("amt", order.till.taken.unwrap_or(order.amount).to_string());
    set("currency", "IDR".to_owned());
    set("payMethod", family.pay_method().to_owned());
    if family != Family::Hosted {
        set("mitraCd", order.partner.code.to_owned());
    }
    match family {
        Family::Store => {
            set("payNo", order.till.pay_no.clone());
            for (key, value) in validity::told(order) {
                set(key, value);
            }
        }
        Family::Lender => {
            set("instmntMon", order.loan.months.clone());
            set("instmntType", order.loan.kind.clone());
            for (key, value) in validity::told(order) {
                set(key, value);
            }
        }
        Family::Wallet | Family::Hosted => {}
    }
    if !order.till.slip.is_empty() {
        set("receiptCode", order.till.slip.clone());
    }
    set("goodsNm", order.goods.clone());
    set("billingNm", order.billing_name.clone());
    set("reqDt", jakarta::date(order.registered_ms));
    set("reqTm", jakarta::time(order.registered_ms));
    if status != Status::Initiated {
        set("transDt", jakarta::date(order.registered_ms));
        set("transTm", jakarta::time(order.registered_ms));
    }
    if let Some(paid_ms) = order.paid_ms {
        set("depositDt", jakarta::date(paid_ms));
        set("depositTm", jakarta::time(paid_ms));
    }
    if order.cancelled > 0 {
        set("cancelAmt", order.cancelled.to_string());
    }
    map
}
