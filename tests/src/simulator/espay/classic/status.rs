//! Check Payment Status: the classic inquiry.
use super::call::{Fields, Reply, Service, refused};
use super::{datetime, hash};
use crate::simulator::engine::Desk;
use crate::simulator::espay::callback;
use crate::simulator::view::Operation;
use serde_json::json;

/// The service.
pub(in crate::simulator::espay) const STATUS: Service =
    Service { operation: Operation::Inquiry, basic: false, handle: status };

fn status(desk: &mut Desk<'_>, fields: &Fields) -> Reply {
    let get = |name: &str| fields.get(name).map_or("", String::as_str);
    if let Some(name) = ["uuid", "rq_datetime", "comm_code", "order_id", "signature"]
        .into_iter()
        .find(|name| get(name).is_empty())
    {
        return refused(("0002", "Invalid Parameter"), format!("{name} is missing or empty"));
    }
    let Some(merchant) = callback::merchant(desk, get("comm_code")).cloned() else {
        return refused(("0001", "Invalid Merchant"), "comm_code is no merchant's code");
    };
    let key = merchant.signature_key.as_str();
    let right = hash(&[key, get("rq_datetime"), get("order_id"), "CHECKSTATUS"]);
    if get("signature") != right {
        let why = "the signature is not over key, rq_datetime, order_id, CHECKSTATUS";
        return refused(("0003", "Invalid Signature"), why);
    }
    let Some(payment) = desk.state.espay.by_reference(&merchant.code, get("order_id")).cloned()
    else {
        return refused(("0014", "Invalid Order Id"), "there is no such order_id");
    };
    callback::asked_for(desk, &payment, get("is_paymentnotif"));
    let answer = json!({
        "rq_uuid": get("uuid"),
        "rs_datetime": datetime(desk.now_ms),
        "error_code": "0000",
        "error_message": "Success",
        "comm_code": merchant.code,
        "tx_id": payment.id,
        "order_id": payment.reference,
        "ccy_id": "IDR",
        "amount": payment.amount.to_string(),
        "tx_status": payment.flag(desk.now_ms),
        "tx_reason": payment.reason.unwrap_or_default(),
        "tx_date": payment.paid_ms.map(datetime).unwrap_or_default(),
        "created": datetime(payment.created_ms),
    });
    Reply::answered(answer, Some(payment.id))
}
