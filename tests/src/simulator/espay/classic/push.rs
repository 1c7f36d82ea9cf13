//! Push-to-Pay: a prompt on a phone, asked for by a form.
use super::call::{Fields, Reply, Service, refused};
use super::{datetime, hash};
use crate::simulator::engine::Desk;
use crate::simulator::espay::merchant_info::sold;
use crate::simulator::espay::payment::{PUSH_MS, Payment};
use crate::simulator::espay::products::{Product, Reach};
use crate::simulator::espay::purse::{international, is_phone};
use crate::simulator::espay::{callback, host_to_host};
use crate::simulator::view::Operation;
use serde_json::json;

/// The service.
pub(in crate::simulator::espay) const PUSH: Service =
    Service { operation: Operation::Registration, basic: true, handle: push };

const NEEDED: [&str; 8] = [
    "rq_uuid",
    "rq_datetime",
    "comm_code",
    "order_id",
    "product_code",
    "amount",
    "customer_id",
    "signature",
];

fn push(desk: &mut Desk<'_>, fields: &Fields) -> Reply {
    let get = |name: &str| fields.get(name).map_or("", String::as_str);
    match made(desk, fields) {
        Ok(payment) => {
            let mut answer = json!({
                "rq_uuid": get("rq_uuid"),
                "rs_datetime": datetime(desk.now_ms),
                "error_code": "0000",
                "error_message": "Success",
                "trx_id": payment.id,
                "order_id": payment.reference,
                "amount": payment.amount.to_string(),
                "customer_id": get("customer_id"),
            });
            if payment.product.reach != Reach::Push {
                let app =
                    format!("{}/app/{}?tx={}", desk.origin, payment.product.method, payment.id);
                answer["QRLink"] = json!(app);
                answer["QRCode"] = json!(app);
            }
            Reply::answered(answer, Some(payment.id)).held(get("is_sync") == "1")
        }
        Err(reply) => reply,
    }
}

fn made(desk: &mut Desk<'_>, fields: &Fields) -> Result<Payment, Reply> {
    let get = |name: &str| fields.get(name).map_or("", String::as_str);
    if let Some(name) = NEEDED.into_iter().find(|name| get(name).is_empty()) {
        return Err(invalid(format!("{name} is missing or empty")));
    }
    let merchant = callback::merchant(desk, get("comm_code")).cloned();
    let Some(merchant) = merchant else {
        return Err(refused(("0001", "Invalid Merchant"), "comm_code is no merchant's code"));
    };
    signed(desk, fields, &merchant.signature_key)?;
    let (product, amount) = asked(desk, fields)?;
    let (reference, phone) = (get("order_id"), get("customer_id"));
    if desk.state.espay.by_reference(&merchant.code, reference).is_some() {
        return Err(refused(("0015", "Duplicate Order Id"), "this order_id was used before"));
    }
    let fresh = host_to_host::new(desk, &merchant.code, product);
    let lifetime_ms = if product.reach == Reach::Push { PUSH_MS } else { 5 * 60_000 };
    let payment = Payment {
        reference: reference.to_owned(),
        amount,
        // Whoever approves a prompt sees what the form said.
        billed: true,
        phone: international(phone),
        until_ms: desk.now_ms + lifetime_ms,
        ..fresh
    };
    desk.state.espay.payments.push(payment.clone());
    Ok(payment)
}

fn invalid(why: String) -> Reply {
    refused(("0002", "Invalid Parameter"), why)
}

/// Signed in the order of public programs, or in that of the documents' table; the journal says which.
fn signed(desk: &mut Desk<'_>, fields: &Fields, key: &str) -> Result<(), Reply> {
    let get = |name: &str| fields.get(name).map_or("", String::as_str);
    let head = ["rq_uuid", "comm_code", "product_code", "order_id", "amount"].map(get);
    let with = |tail: [&str; 2]| hash(&[&head[..], &tail].concat());
    let order = match get("signature") {
        given if given == with(["PUSHTOPAY", key]) => "PUSHTOPAY, key: as public programs sign",
        given if given == with([key, "PUSHTOPAY"]) => {
            "key, PUSHTOPAY: as the documents' table has it"
        }
        _ => {
            let why = "the signature is over neither order of key and PUSHTOPAY";
            return Err(refused(("0003", "Invalid Signature"), why));
        }
    };
    desk.hints.push(format!("the signature ends with {order}"));
    Ok(())
}

fn asked(desk: &Desk<'_>, fields: &Fields) -> Result<(&'static Product, i64), Reply> {
    let get = |name: &str| fields.get(name).map_or("", String::as_str);
    let Some(product) = sold(desk, get("product_code")) else {
        return Err(invalid(format!("{:?} is not sold", get("product_code"))));
    };
    let amount = get("amount");
    let digits = (1..=13).contains(&amount.len()) && amount.bytes().all(|b| b.is_ascii_digit());
    let Some(value) = amount.parse().ok().filter(|value| digits && *value > 0) else {
        return Err(invalid(format!("amount must be whole rupiah, it is {amount:?}")));
    };
    let order = get("order_id");
    if order.len() > 20 || !order.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return Err(invalid("order_id has at most 20 letters and digits".to_owned()));
    }
    if !is_phone(get("customer_id")) {
        return Err(invalid("customer_id must be a phone number".to_owned()));
    }
    Ok((product, value))
}
