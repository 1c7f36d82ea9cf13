//! AstraPay: `linkEnable.do` links an account, `linkInitiate.do` pays from it.
//!
//! What these two answer is not documented; the requests and their tokens are.
use super::call::Reply;
use super::cart::{self, Strictness};
use super::codes::{
    self, AMOUNT_MISSING, CALLBACK_MISSING, MALFORMED, NOT_ACTIVATED, Refusal, SUCCESS,
    WALLET_NOT_CREATED, WALLET_PARAMETER,
};
use super::fields::{Fields, Rule, digits, text};
use super::partners::{self, Partner};
use super::registration::{amount, book, known_merchant, unused_reference};
use super::token::Formula;
use super::transaction::Transaction;
use super::{notification, payment};
use crate::simulator::engine::Desk;
use crate::simulator::jakarta;
use crate::simulator::pages::with_query;
use crate::simulator::tamper::Answer;
use crate::simulator::view::Refused;
use serde::Serialize;
use serde_json::json;

/// A customer's wish to link an account.
#[derive(Clone, Debug)]
pub(crate) struct Link {
    pub(crate) id: String,
    pub(crate) merchant: String,
    pub(crate) reference: String,
    pub(crate) phone: String,
    pub(crate) notify_url: String,
    pub(crate) callback: String,
    pub(crate) outcome: Option<Outcome>,
}

/// What the customer made of it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Outcome {
    Linked(String),
    Declined,
}

/// A link as the control interface shows it.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct LinkView {
    /// Ours.
    pub id: String,
    /// The order number of the merchant's call.
    pub reference: String,
    /// Whose account it is.
    pub phone: String,
    /// `pending`, `linked` or `declined`.
    pub status: &'static str,
    /// The mandate, once it is linked.
    pub mandate: Option<String>,
    /// Where the browser goes once the customer has decided.
    #[serde(skip)]
    pub(crate) return_url: Option<String>,
}

const ENABLE: [Rule; 11] = [
    text("referenceNo", 40, codes::REFERENCE_MISSING),
    text("billingNm", 100, codes::NAME_MISSING),
    digits("billingPhone", 15, codes::PHONE_MISSING),
    text("billingEmail", 40, codes::EMAIL_MISSING),
    text("callBackUrl", 255, CALLBACK_MISSING),
    text("dbProcessUrl", 255, codes::NOTIFY_MISSING),
    text("userIP", 45, codes::USER_IP_MISSING),
    text("timeStamp", 4_000, MALFORMED),
    digits("payMethod", 2, MALFORMED),
    text("merchantToken", 255, MALFORMED),
    text("mitraCd", 4, MALFORMED),
];

const INITIATE: [Rule; 13] = [
    text("amt", 4_000, AMOUNT_MISSING),
    text("currency", 3, codes::CURRENCY_MISSING),
    text("referenceNo", 40, codes::REFERENCE_MISSING),
    text("goodsNm", 100, codes::GOODS_MISSING),
    text("billingNm", 100, codes::NAME_MISSING),
    digits("billingPhone", 15, codes::PHONE_MISSING),
    text("billingEmail", 40, codes::EMAIL_MISSING),
    text("callBackUrl", 255, CALLBACK_MISSING),
    text("dbProcessUrl", 255, codes::NOTIFY_MISSING),
    text("timeStamp", 4_000, MALFORMED),
    digits("payMethod", 2, MALFORMED),
    text("merchantToken", 255, MALFORMED),
    text("mandateID", 40, MALFORMED),
];

/// Takes the customer to AstraPay's registration page.
pub(crate) fn enable(desk: &mut Desk<'_>, fields: &Fields) -> Reply {
    if let Err(refusal) = enable_checked(desk, fields) {
        return Reply::refused_page(refusal);
    }
    let get = |name: &str| fields.get(name).to_owned();
    let id = format!("lnk{:06}", desk.state.nicepay.links.len() + 1);
    let link = Link {
        id: id.clone(),
        merchant: get("iMid"),
        reference: get("referenceNo"),
        phone: get("billingPhone"),
        notify_url: get("dbProcessUrl"),
        callback: get("callBackUrl"),
        outcome: None,
    };
    desk.state.nicepay.links.insert(id.clone(), link);
    let page = format!("{}/astrapay/register?link={id}", desk.origin);
    Reply { answer: Answer::Found(page), transaction: None, refusal: None }
}

fn enable_checked(desk: &Desk<'_>, fields: &Fields) -> Result<(), Refusal> {
    let key = known_merchant(desk, fields)?;
    fields.require(&ENABLE)?;
    let parts = vec![
        ("iMid", fields.get("iMid")),
        ("referenceNo", fields.get("referenceNo")),
        ("billingPhone", fields.get("billingPhone")),
    ];
    signed(fields, parts, &key)?;
    is_astrapay(fields)
}

/// The token of these two has no timeStamp, though the request does.
fn signed(fields: &Fields, parts: Vec<super::token::Part<'_>>, key: &str) -> Result<(), Refusal> {
    let lures = vec![
        ("timeStamp", fields.time_stamp()?),
        ("amt", fields.get("amt")),
        ("billingPhone", fields.get("billingPhone")),
        ("mandateID", fields.get("mandateID")),
    ];
    Formula { parts, key, lures }.check(fields.get("merchantToken"))
}

fn is_astrapay(fields: &Fields) -> Result<(), Refusal> {
    if fields.get("payMethod") != "05" {
        return Err(Refusal::new(NOT_ACTIVATED, "payMethod must be 05"));
    }
    match fields.get("mitraCd") {
        "ASTR" | "" => Ok(()),
        other => {
            Err(Refusal::new(WALLET_PARAMETER, format!("mitraCd must be ASTR, it is {other:?}")))
        }
    }
}

/// Takes the customer to AstraPay's payment page, or says in JSON where that is.
pub(crate) fn initiate(desk: &mut Desk<'_>, fields: &Fields) -> Reply {
    let wants_json = fields.get("returnJsonFormat") == "1" && desk.settings.links_answer_json;
    let order = match initiate_checked(desk, fields) {
        Ok(charge) => book(desk, fields, charge),
        Err(refusal) if wants_json => return Reply::refused(refusal),
        Err(refusal) => return Reply::refused_page(refusal),
    };
    let entered = payment::enter(desk, &order.id, fields.get("callBackUrl"));
    let order = entered.unwrap_or(order);
    let answer = if wants_json {
        initiated(desk, &order)
    } else {
        Answer::Found(payment::partner_page(desk, &order))
    };
    Reply::accepted(answer, &order.id)
}

fn initiate_checked(
    desk: &mut Desk<'_>,
    fields: &Fields,
) -> Result<(&'static Partner, i64), Refusal> {
    let key = known_merchant(desk, fields)?;
    fields.require(&INITIATE)?;
    let amount = amount(fields)?;
    let parts = vec![
        ("iMid", fields.get("iMid")),
        ("referenceNo", fields.get("referenceNo")),
        ("amt", fields.get("amt")),
    ];
    signed(fields, parts, &key)?;
    is_astrapay(fields)?;
    let id = fields.get("mandateID");
    let mandate = desk.state.nicepay.mandates.get(id);
    let Some(mandate) = mandate.filter(|mandate| mandate.merchant == fields.get("iMid")) else {
        return Err(Refusal::new(WALLET_PARAMETER, format!("mandateID {id:?} is not linked")));
    };
    if mandate.phone != fields.get("billingPhone") {
        desk.hints.push("billingPhone is not the phone of the mandate".to_owned());
    }
    unused_reference(desk, fields)?;
    if !fields.get("cartData").is_empty() {
        let strictness = Strictness { filled: false, quantities: false };
        cart::check(fields, amount, strictness, &mut desk.hints)?;
    }
    let unknown = || Refusal::new(WALLET_NOT_CREATED, "AstraPay is not on the list");
    Ok((partners::by_code("ASTR").ok_or_else(unknown)?, amount))
}

fn initiated(desk: &Desk<'_>, order: &Transaction) -> Answer {
    let mut map = payment::links(desk, order);
    for (key, value) in [
        ("resultCd", SUCCESS.0.to_owned()),
        ("resultMsg", SUCCESS.1.to_owned()),
        ("tXid", order.id.clone()),
        ("referenceNo", order.reference.clone()),
        ("payMethod", "05".to_owned()),
        ("amt", order.amount.to_string()),
        ("transDt", jakarta::date(order.registered_ms)),
        ("transTm", jakarta::time(order.registered_ms)),
    ] {
        map.insert(key.to_owned(), json!(value));
    }
    Answer::Json(map)
}

/// The customer links the account, or does not.
pub(crate) fn answer_link(
    desk: &mut Desk<'_>,
    id: &str,
    accepts: bool,
) -> Result<LinkView, Refused> {
    let open = desk.state.nicepay.links.get(id).ok_or(Refused::Unknown)?.clone();
    if open.outcome.is_some() {
        return Err(Refused::Decided);
    }
    let outcome = if accepts {
        let mandate = desk.state.nicepay.new_mandate(&open.merchant, &open.phone);
        notification::linked(desk, &open, &mandate);
        Outcome::Linked(mandate)
    } else {
        Outcome::Declined
    };
    let link = desk.state.nicepay.links.get_mut(id).ok_or(Refused::Unknown)?;
    link.outcome = Some(outcome);
    Ok(seen(link))
}

/// No mandate is any merchant's any more.
pub(crate) fn forget_mandates(desk: &mut Desk<'_>) {
    for mandate in desk.state.nicepay.mandates.values_mut() {
        mandate.merchant.clear();
    }
}

/// One link.
pub(crate) fn link_view(desk: &Desk<'_>, id: &str) -> Option<LinkView> {
    desk.state.nicepay.links.get(id).map(seen)
}

/// Every link, oldest first.
pub(crate) fn links(desk: &Desk<'_>) -> Vec<LinkView> {
    desk.state.nicepay.links.values().map(seen).collect()
}

fn seen(link: &Link) -> LinkView {
    let (status, mandate) = match &link.outcome {
        None => ("pending", None),
        Some(Outcome::Linked(mandate)) => ("linked", Some(mandate.clone())),
        Some(Outcome::Declined) => ("declined", None),
    };
    LinkView {
        id: link.id.clone(),
        reference: link.reference.clone(),
        phone: link.phone.clone(),
        status,
        mandate,
        return_url: return_url(link),
    }
}

fn return_url(link: &Link) -> Option<String> {
    let (code, mandate) = match link.outcome.as_ref()? {
        Outcome::Linked(mandate) => (SUCCESS, mandate.as_str()),
        Outcome::Declined => (WALLET_NOT_CREATED, ""),
    };
    let fields = [
        ("resultCd", code.0.to_owned()),
        ("resultMsg", code.1.to_owned()),
        ("referenceNo", link.reference.clone()),
        ("mitraCd", "ASTR".to_owned()),
        ("mandateID", mandate.to_owned()),
    ];
    Some(with_query(&link.callback, &fields))
}
