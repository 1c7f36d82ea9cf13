//! Service 58: money goes back, by the same rules of each wallet as over V2.
use super::door::{self, Caller};
use crate::simulator::engine::Desk;
use crate::simulator::nicepay::cancel::{Wish, allowed};
use crate::simulator::nicepay::codes::{
    CANCEL_BLOCKED, CANCEL_NOTHING, CANCEL_TOO_LATE, CANCEL_TOO_MUCH, CANCEL_TYPE, CANNOT_CANCEL,
    Code, MAY_NOT_CANCEL, MAY_NOT_CANCEL_PART,
};
use crate::simulator::nicepay::{codes, give_back};
use crate::simulator::snap::body::Node;
use crate::simulator::snap::call::{Done, Incoming};
use crate::simulator::snap::code::{Case, Refusal};
use crate::simulator::snap::fields::{decimals, formed, is_reference, present};
use serde_json::json;

const MANDATORY: [&str; 9] = [
    "merchantId",
    "originalPartnerReferenceNo",
    "originalReferenceNo",
    "partnerRefundNo",
    "refundAmount",
    "refundAmount.value",
    "refundAmount.currency",
    "reason",
    "additionalInfo.refundType",
];

/// Gives money back, or says why not.
pub(super) fn refund(desk: &mut Desk<'_>, incoming: &Incoming) -> Result<Done, Refusal> {
    let (caller, body) = door::enter(desk, incoming)?;
    present(body, &MANDATORY)?;
    let wish = well_formed(body, &caller)?;
    let order = door::find(desk, &caller, body)?;
    let number = (caller.merchant.clone(), body.text("partnerRefundNo").to_owned());
    if desk.state.nicepay.refunds.contains(&number) {
        let why = format!("partnerRefundNo {} was used before", number.1);
        return Err(Case::new(409, 1, "Duplicate partnerRefundNo").because(why));
    }
    let becomes = allowed(&order, wish, desk.now_ms).map_err(translated)?;
    give_back(desk, &order, wish.amount, becomes);
    let (refund_no, _) = desk.state.nicepay.new_id((&order.merchant, "05"), desk.now_ms);
    let fields = json!({
        "originalPartnerReferenceNo": order.reference,
        "originalReferenceNo": order.id,
        "refundNo": refund_no,
        "partnerRefundNo": number.1,
        "refundAmount": { "value": decimals(wish.amount), "currency": "IDR" },
    });
    desk.state.nicepay.refunds.insert(number);
    Ok(Done {
        elsewhere: None,
        message: "Successful",
        fields: fields.as_object().cloned().unwrap_or_default(),
        transaction: Some(order.id),
        warning: caller.warning,
    })
}

fn well_formed(body: &Node, caller: &Caller) -> Result<Wish, Refusal> {
    door::own(body, caller)?;
    let number = ("1 to 64 letters, digits, _ or -", |text: &str| is_reference(text, 1, 64));
    formed(body, "partnerRefundNo", number)?;
    let amount = door::amount(body, "refundAmount")?;
    formed(body, "reason", ("at most 256 characters", |text: &str| text.chars().count() <= 256))?;
    let kind = ("1 (full) or 2 (partial)", |text: &str| matches!(text, "1" | "2"));
    let partial = formed(body, "additionalInfo.refundType", kind)? == "2";
    Ok(Wish { amount, partial })
}

/// V2's reason in SNAP's terms. NICEPAY's own mapping is not published.
fn translated(refusal: codes::Refusal) -> Refusal {
    let amount: [Code; 3] = [CANCEL_TOO_MUCH, CANCEL_NOTHING, CANCEL_TYPE];
    let never: [Code; 2] = [MAY_NOT_CANCEL, MAY_NOT_CANCEL_PART];
    let case = match refusal.code {
        code if amount.contains(&code) => Case::new(404, 13, "Invalid Amount"),
        code if never.contains(&code) => Case::new(403, 1, "Feature Not Allowed"),
        code if code == CANCEL_BLOCKED => Case::new(403, 6, "Feature Not Allowed At This Time"),
        code if code == CANCEL_TOO_LATE || code == CANNOT_CANCEL => {
            Case::new(403, 15, "Transaction Not Permitted")
        }
        _ => Case::new(500, 0, "General Error"),
    };
    case.because(refusal.why)
}
