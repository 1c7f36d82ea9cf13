//! What a registration is answered with.
use super::call::{Reply, nulls};
use super::partners::Family;
use super::transaction::Transaction;
use super::{codes, validity};
use crate::simulator::engine::Desk;
use crate::simulator::jakarta;
use crate::simulator::tamper::Answer;
use serde_json::{Map, Value, json};

/// Every key of an answer that NICEPAY is known to send.
const KEYS: &[&str] = &[
    "amt",
    "bankCd",
    "billingNm",
    "currency",
    "description",
    "goodsNm",
    "mitraCd",
    "payMethod",
    "payNo",
    "payValidDt",
    "payValidTm",
    "paymentExpDt",
    "paymentExpTm",
    "qrContent",
    "qrUrl",
    "referenceNo",
    "requestURL",
    "resultCd",
    "resultMsg",
    "tXid",
    "transDt",
    "transTm",
    "vacctNo",
    "vacctValidDt",
    "vacctValidTm",
];

/// What every registration says.
pub(super) fn common(order: &Transaction) -> Map<String, Value> {
    let mut map = Map::new();
    for (key, value) in [
        ("resultCd", codes::SUCCESS.0.to_owned()),
        ("resultMsg", codes::SUCCESS.1.to_owned()),
        ("tXid", order.id.clone()),
        ("referenceNo", order.reference.clone()),
        ("payMethod", order.partner.family.pay_method().to_owned()),
        ("amt", order.amount.to_string()),
        ("transDt", jakarta::date(order.registered_ms)),
        ("transTm", jakarta::time(order.registered_ms)),
        ("description", order.description.clone()),
    ] {
        map.insert(key.to_owned(), json!(value));
    }
    map
}

/// The answer of a direct registration, with what its partner adds.
pub(super) fn answer(desk: &Desk<'_>, order: &Transaction) -> Reply {
    let mut map = nulls(KEYS);
    map.extend(common(order));
    let mut more = Vec::new();
    match order.partner.family {
        Family::Wallet | Family::Hosted => {}
        Family::Store => more.push(("payNo", order.till.pay_no.clone())),
        Family::Lender => more.extend([
            ("currency", "IDR".to_owned()),
            ("goodsNm", order.goods.clone()),
            ("billingNm", order.billing_name.clone()),
        ]),
    }
    if order.partner.family != Family::Wallet {
        more.push(("mitraCd", order.partner.code.to_owned()));
        let told = order.partner.family != Family::Store || desk.settings.nicepay_v2.tells_validity;
        more.extend(told.then(|| validity::told(order)).into_iter().flatten());
    }
    map.extend(more.into_iter().map(|(key, value)| (key.to_owned(), json!(value))));
    Reply::accepted(Answer::Json(map), &order.id)
}
