//! `confirmAkulaku`: the merchant says that the customer has the goods. Until then Akulaku settles
//! nothing.
use super::call::Reply;
use super::codes::{
    BAD_TOKEN, CANNOT_CANCEL, Code, MALFORMED, Refusal, SUCCESS, TXID_UNKNOWN, UNKNOWN_MERCHANT,
};
use super::fields::{Fields, Rule, text};
use super::key_of;
use super::token::Formula;
use super::transaction::Transaction;
use crate::simulator::engine::Desk;
use crate::simulator::tamper::Answer;
use crate::simulator::view::Status;
use serde_json::{Map, Value, json};

const RULES: [Rule; 4] = [
    text("iMid", 4_000, UNKNOWN_MERCHANT),
    text("timeStamp", 4_000, MALFORMED),
    text("tXid", 4_000, MALFORMED),
    text("merchantToken", 255, BAD_TOKEN),
];

/// Confirms a receipt. Twice is as good as once. The refusals are not documented.
pub(crate) fn confirm(desk: &mut Desk<'_>, fields: &Fields) -> Reply {
    match checked(desk, fields) {
        Ok(order) => {
            if let Some(order) = desk.state.nicepay.find_mut(&order.id) {
                order.loan.received = true;
            }
            Reply::accepted(answer(SUCCESS), &order.id)
        }
        Err(refusal) => {
            let known = desk.state.nicepay.find(fields.get("tXid")).map(|order| order.id.clone());
            let answer = answer(refusal.code);
            Reply { answer, transaction: known, refusal: Some(refusal) }
        }
    }
}

fn checked(desk: &Desk<'_>, fields: &Fields) -> Result<Transaction, Refusal> {
    fields.require(&RULES)?;
    let id = fields.get("tXid");
    let unknown = || Refusal::new(TXID_UNKNOWN, format!("there is no tXid {id:?}"));
    let order = desk.state.nicepay.find(id).ok_or_else(unknown)?;
    if fields.get("iMid") != order.merchant {
        return Err(Refusal::new(UNKNOWN_MERCHANT, "iMid is not the merchant of this tXid"));
    }
    let parts =
        vec![("timeStamp", fields.time_stamp()?), ("tXid", id), ("iMid", fields.get("iMid"))];
    let lures = vec![("referenceNo", order.reference.as_str())];
    let key = key_of(desk, &order.merchant);
    Formula { parts, key, lures }.check(fields.get("merchantToken"))?;
    let no = |why: String| Err(Refusal::new(CANNOT_CANCEL, why));
    if order.partner.code != "AKLP" {
        return no(format!("{} knows no confirmation of receipt", order.partner.name));
    }
    let status = order.status(desk.now_ms);
    if status != Status::Paid {
        return no(format!("the order is {}", status.word()));
    }
    Ok(order.clone())
}

fn answer(code: Code) -> Answer {
    let pairs =
        [("resultCd", json!(code.0)), ("resultMsg", json!(code.1)), ("ResponseData", Value::Null)];
    Answer::Json(pairs.into_iter().map(|(k, v)| (k.to_owned(), v)).collect::<Map<_, _>>())
}
