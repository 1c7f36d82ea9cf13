//! Service 55: how an order stands.
use super::door;
use crate::simulator::engine::Desk;
use crate::simulator::snap::call::{Done, Incoming};
use crate::simulator::snap::code::{Case, Refusal};
use crate::simulator::snap::fields::{decimals, formed, present};
use crate::simulator::view::Status;
use serde_json::json;

const MANDATORY: [&str; 4] =
    ["merchantId", "originalPartnerReferenceNo", "originalReferenceNo", "serviceCode"];

/// Answers an inquiry.
pub(super) fn status(desk: &mut Desk<'_>, incoming: &Incoming) -> Result<Done, Refusal> {
    let (caller, body) = door::enter(desk, incoming)?;
    present(body, &MANDATORY)?;
    door::own(body, &caller)?;
    formed(body, "serviceCode", ("54", |text: &str| text == "54"))?;
    let order = door::find(desk, &caller, body)?;
    if !body.lacks("amount") {
        let asked = door::amount(body, "amount")?;
        if asked != order.amount {
            let why = format!("the amount is {asked}, the order has {}", order.amount);
            return Err(Case::new(404, 13, "Invalid Amount").because(why));
        }
    }
    let (digits, words) = said(order.status(desk.now_ms));
    let fields = json!({
        "originalReferenceNo": order.id,
        "originalPartnerReferenceNo": order.reference,
        "serviceCode": "54",
        "latestTransactionStatus": digits,
        "transactionStatusDesc": words,
        "transAmount": { "value": decimals(order.amount), "currency": "IDR" },
        "additionalInfo": { "mitraCd": order.partner.code, "billingPhone": order.phone },
    });
    Ok(Done {
        elsewhere: None,
        message: "Successful",
        fields: fields.as_object().cloned().unwrap_or_default(),
        transaction: Some(order.id),
        warning: caller.warning,
    })
}

/// Two digits and a word. Which digits an order that ran out has is not documented.
pub(super) const fn said(status: Status) -> (&'static str, &'static str) {
    match status {
        Status::Paid => ("00", "success"),
        Status::Initiated => ("01", "initiated"),
        Status::Unpaid | Status::Processing => ("03", "pending"),
        Status::Void | Status::Refunded => ("04", "refunded"),
        Status::Cancelled => ("05", "cancelled"),
        Status::Failed => ("06", "failed"),
        Status::Expired => ("06", "expired"),
    }
}
