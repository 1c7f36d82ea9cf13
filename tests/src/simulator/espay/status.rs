//! Service 26: how an order stands.
use super::done;
use super::door;
use super::fields::{Form, Rule, UP_TO_32, UP_TO_128, check, needed, optional, wrong};
use crate::simulator::engine::Desk;
use crate::simulator::snap::call::{Done, Incoming};
use crate::simulator::snap::code::{Case, Refusal};
use crate::simulator::snap::fields::decimals;
use serde_json::json;

/// Espay's name, padded to eight characters.
pub(super) const SERVICE_ID: &str = "   ESPAY";
const PADDED: Form = ("ESPAY, with three blanks before it", |text| text == SERVICE_ID);
const YES_OR_NO: Form = ("Y or N", |text| matches!(text, "Y" | "N"));

const RULES: [Rule; 8] = [
    needed("partnerServiceId", PADDED),
    needed("customerNo", ("at most 20 characters", |text| text.len() <= 20)),
    needed("virtualAccountNo", ("at most 28 characters", |text| text.len() <= 28)),
    optional("inquiryRequestId", UP_TO_128),
    optional("paymentRequestId", UP_TO_128),
    optional("additionalInfo.billNo", UP_TO_32),
    optional("additionalInfo.isPaymentNotif", YES_OR_NO),
    optional("additionalInfo.productCode", UP_TO_32),
];

/// Answers an inquiry.
pub(super) fn status(desk: &mut Desk<'_>, incoming: &Incoming) -> Result<Done, Refusal> {
    let merchant = door::enter(desk, incoming, "POST")?;
    let body = incoming.read()?;
    check(body, &RULES)?;
    if body.text("customerNo") != merchant.code {
        return Err(wrong("customerNo", format!("customerNo must be {}", merchant.code)));
    }
    let reference = body.text("virtualAccountNo");
    let Some(payment) = desk.state.espay.by_reference(&merchant.code, reference).cloned() else {
        return Err(Case::not_found().because(format!("there is no order {reference:?}")));
    };
    super::callback::asked_for(desk, &payment, body.text("additionalInfo.isPaymentNotif"));
    let data = json!({
        "partnerServiceId": SERVICE_ID,
        "customerNo": payment.merchant,
        "virtualAccountNo": payment.reference,
        "inquiryRequestId": body.text("inquiryRequestId"),
        "paymentRequestId": payment.request,
        "paymentFlagStatus": payment.flag(desk.now_ms),
        "totalAmount": { "value": decimals(payment.amount), "currency": "IDR" },
        "additionalInfo": { "trxId": payment.id, "productCode": payment.product.code },
    });
    Ok(done(Some(payment.id), json!({ "virtualAccountData": data })))
}
