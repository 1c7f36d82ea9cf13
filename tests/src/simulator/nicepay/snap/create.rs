//! Service 54: an order is registered and paid in one step.
use super::door::{self, Caller};
use super::{cart, handoff};
use crate::simulator::engine::Desk;
use crate::simulator::nicepay::partners::{self, Partner, Reach};
use crate::simulator::nicepay::payment::{enter, partner_page};
use crate::simulator::nicepay::transaction::{Order, Transaction};
use crate::simulator::snap::body::Node;
use crate::simulator::snap::call::{Done, Incoming};
use crate::simulator::snap::code::{Case, Refusal};
use crate::simulator::snap::fields::{formed, is_reference, present};
use crate::simulator::snap::stamp;
use serde_json::{Map, Value, json};

const MANDATORY: [&str; 12] = [
    "partnerReferenceNo",
    "merchantId",
    "amount",
    "amount.value",
    "amount.currency",
    "additionalInfo",
    "additionalInfo.mitraCd",
    "additionalInfo.goodsNm",
    "additionalInfo.billingNm",
    "additionalInfo.billingPhone",
    "additionalInfo.cartData",
    "additionalInfo.dbProcessUrl",
];
const URL_PARTS: [&str; 3] = ["url", "type", "isDeeplink"];

/// Registers an order, or says why not.
pub(super) fn create(desk: &mut Desk<'_>, incoming: &Incoming) -> Result<Done, Refusal> {
    let (caller, body) = door::enter(desk, incoming)?;
    present(body, &MANDATORY)?;
    let (wallet, amount) = well_formed(body, &caller)?;
    unused(desk, &caller, body.text("partnerReferenceNo"))?;
    let order = book(desk, &caller, (body, wallet, amount));
    Ok(Done {
        elsewhere: None,
        message: "Successful",
        fields: answer(desk, &order),
        transaction: Some(order.id),
        warning: caller.warning,
    })
}

fn well_formed(body: &Node, caller: &Caller) -> Result<(&'static Partner, i64), Refusal> {
    let reference = ("1 to 40 letters, digits, _ or -", |text: &str| is_reference(text, 1, 40));
    formed(body, "partnerReferenceNo", reference)?;
    door::own(body, caller)?;
    let amount = door::amount(body, "amount")?;
    for item in body.list("urlParam") {
        url_param(item)?;
    }
    if !body.lacks("validUpTo") {
        let form = ("a moment with its offset", |text: &str| stamp::read(text).is_some());
        formed(body, "validUpTo", form)?;
    }
    for (name, most) in [("goodsNm", 100), ("billingNm", 100)] {
        let short = |text: &str| text.chars().count() <= most;
        formed(body, &format!("additionalInfo.{name}"), ("at most 100 characters", short))?;
    }
    let digits = |text: &str| text.len() <= 15 && text.bytes().all(|b| b.is_ascii_digit());
    formed(body, "additionalInfo.billingPhone", ("at most 15 digits", digits))?;
    formed(
        body,
        "additionalInfo.dbProcessUrl",
        ("at most 255 characters", |t: &str| t.len() <= 255),
    )?;
    cart::check(formed(body, "additionalInfo.cartData", ("a string", |_: &str| true))?, amount)?;
    Ok((wallet(body)?, amount))
}

fn url_param(item: &Node) -> Result<(), Refusal> {
    present(item, &URL_PARTS)?;
    formed(item, "url", ("a URL", |text: &str| text.parse::<http::Uri>().is_ok()))?;
    let known = |text: &str| matches!(text, "PAY_NOTIFY" | "PAY_RETURN");
    formed(item, "type", ("PAY_NOTIFY or PAY_RETURN", known))?;
    formed(item, "isDeeplink", ("Y or N", |text: &str| matches!(text, "Y" | "N")))?;
    Ok(())
}

fn wallet(body: &Node) -> Result<&'static Partner, Refusal> {
    let known = |text: &str| partners::by_code(text).is_some();
    let code = formed(body, "additionalInfo.mitraCd", ("one of OVOE, DANA, LINK, ESHP", known))?;
    partners::by_code(code).filter(|wallet| wallet.reach != Reach::Linked).ok_or_else(|| {
        let why = format!("{code} is paid with a linked account only");
        Case::new(403, 1, "Feature Not Allowed").because(why)
    })
}

fn unused(desk: &Desk<'_>, caller: &Caller, reference: &str) -> Result<(), Refusal> {
    let checks = desk.settings.refuse_duplicate_references;
    if checks && desk.state.nicepay.knows_reference(&caller.merchant, reference) {
        let why = format!("partnerReferenceNo {reference} was used before");
        return Err(Case::duplicate_reference().because(why));
    }
    Ok(())
}

fn book(
    desk: &mut Desk<'_>,
    caller: &Caller,
    (body, wallet, amount): (&Node, &'static Partner, i64),
) -> Transaction {
    let url = |kind: &str| {
        let wanted = |item: &&Node| item.text("type") == kind;
        body.list("urlParam").iter().find(wanted).map(|item| item.text("url").to_owned())
    };
    let info = |name: &str| body.text(&format!("additionalInfo.{name}")).to_owned();
    let text = |name: &str| match name {
        "referenceNo" => body.text("partnerReferenceNo").to_owned(),
        "dbProcessUrl" => url("PAY_NOTIFY").unwrap_or_else(|| info(name)),
        other => info(other),
    };
    let (id, registered_ms) = desk.state.nicepay.new_id((&caller.merchant, "05"), desk.now_ms);
    let order = Order { merchant: &caller.merchant, partner: wallet, amount, text: &text };
    let order = Transaction::register(id, &order, registered_ms).over_snap();
    let id = order.id.clone();
    desk.state.nicepay.add(order.clone());
    let back =
        Some(info("callBackUrl")).filter(|url| !url.is_empty()).or_else(|| url("PAY_RETURN"));
    enter(desk, &id, &back.unwrap_or_default()).unwrap_or(order)
}

fn answer(desk: &Desk<'_>, order: &Transaction) -> Map<String, Value> {
    let mut answer = json!({
        "referenceNo": order.id,
        "partnerReferenceNo": order.reference,
    });
    if order.partner.reach == Reach::Page {
        let token = handoff::token(&order.id);
        let linkaja = order.partner.code == "LINK";
        let page = if linkaja { handoff::page(desk.origin) } else { partner_page(desk, order) };
        answer["webRedirectUrl"] = json!(page);
        answer["additionalInfo"] = json!({ "redirectToken": token });
    }
    answer.as_object().cloned().unwrap_or_default()
}
