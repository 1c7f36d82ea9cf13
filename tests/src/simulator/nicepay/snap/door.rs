//! What NICEPAY checks of every call with a token before it looks at what is asked.
use super::settings::NicepaySnapMerchant;
use crate::simulator::engine::Desk;
use crate::simulator::nicepay::transaction::Transaction;
use crate::simulator::snap::body::Node;
use crate::simulator::snap::call::{Incoming, warning};
use crate::simulator::snap::code::{Case, Refusal};
use crate::simulator::snap::fields::{formed, rupiah};
use crate::simulator::snap::headers::{self, Scope};
use crate::simulator::snap::sign::Signer;
use crate::simulator::view::Provider;

const HEADERS: [&str; 7] = [
    "Content-Type",
    "Authorization",
    "X-TIMESTAMP",
    "X-SIGNATURE",
    "X-PARTNER-ID",
    "X-EXTERNAL-ID",
    "CHANNEL-ID",
];
const LENGTHS: [(&str, usize); 1] = [("X-EXTERNAL-ID", 40)];

/// A caller who was let in.
pub(super) struct Caller {
    pub(super) merchant: String,
    pub(super) warning: Option<&'static str>,
}

/// Body, headers, time, partner, token, signature, clock, external id: the first that is wrong is
/// said.
pub(super) fn enter<'a>(
    desk: &mut Desk<'_>,
    incoming: &'a Incoming,
) -> Result<(Caller, &'a Node), Refusal> {
    let body = incoming.read()?;
    headers::present(&incoming.headers, &HEADERS)?;
    let said_ms = headers::moment(&incoming.headers)?;
    headers::short(&incoming.headers, &LENGTHS)?;
    let partner = merchant_of(desk, incoming.header("x-partner-id"), "X-PARTNER-ID")?;
    let token = token(desk, incoming, &partner.merchant)?;
    let signer = Signer::Secret { secret: &partner.client_secret, token };
    let check = incoming.signed().check(&signer, desk.settings.nicepay_snap.signature);
    let warning = check
        .map(warning)
        .map_err(|why| Case::unauthorised("Unauthorized. Signature").because(why))?;
    in_time(desk, said_ms)?;
    let scope = (Provider::Nicepay, Scope::Partner);
    let whose = (partner.merchant.as_str(), incoming.service.number);
    headers::fresh(desk, scope, whose, incoming.header("x-external-id"))?;
    let channel = incoming.header("channel-id");
    if channel != format!("{}01", partner.merchant) {
        desk.hints.push(format!("CHANNEL-ID is {channel:?}, the documents have the iMid and 01"));
    }
    Ok((Caller { merchant: partner.merchant, warning }, body))
}

/// A merchant, by what it says of itself in a header.
pub(super) fn merchant_of(
    desk: &Desk<'_>,
    id: &str,
    header: &str,
) -> Result<NicepaySnapMerchant, Refusal> {
    let known = desk.settings.nicepay_snap.merchants.iter().find(|known| known.merchant == id);
    known.cloned().ok_or_else(|| {
        let why = format!("{header} {id:?} is not a merchant here");
        Case::unauthorised("Unauthorized. Unknown client").because(why)
    })
}

pub(super) fn in_time(desk: &Desk<'_>, said_ms: i64) -> Result<(), Refusal> {
    headers::in_time(said_ms, desk.now_ms, desk.settings.nicepay_snap.skew_s)
}

fn token<'a>(desk: &Desk<'_>, incoming: &'a Incoming, merchant: &str) -> Result<&'a str, Refusal> {
    let invalid = |why: String| Err(Case::new(401, 1, "Invalid Token (B2B)").because(why));
    let Some(token) = incoming.header("authorization").strip_prefix("Bearer ") else {
        return invalid("Authorization must be the word Bearer, a space and the token".to_owned());
    };
    match desk.state.nicepay.tokens.holder(token, desk.now_ms) {
        Some(holder) if holder == merchant => Ok(token),
        Some(holder) => invalid(format!("the token was lent to {holder}")),
        None => invalid("the token was never lent, or its time is over".to_owned()),
    }
}

/// `merchantId` is the caller.
pub(super) fn own(body: &Node, caller: &Caller) -> Result<(), Refusal> {
    let form = ("the X-PARTNER-ID", |text: &str| text == caller.merchant);
    formed(body, "merchantId", form).map(drop)
}

/// An amount of `1.00`'s form.
pub(super) fn amount(body: &Node, name: &str) -> Result<i64, Refusal> {
    let form = ("digits, a point and 00", |text: &str| rupiah(text, false).is_some());
    let value = formed(body, &format!("{name}.value"), form)?;
    formed(body, &format!("{name}.currency"), ("IDR", |text: &str| text == "IDR"))?;
    Ok(rupiah(value, false).unwrap_or_default())
}

/// The order that both its numbers name.
pub(super) fn find(desk: &Desk<'_>, caller: &Caller, body: &Node) -> Result<Transaction, Refusal> {
    let any = |_: &str| true;
    let reference = formed(body, "originalPartnerReferenceNo", ("a text", any))?;
    let id = formed(body, "originalReferenceNo", ("a text", any))?;
    let known = desk.state.nicepay.find(id).filter(|order| order.merchant == caller.merchant);
    match known {
        Some(order) if order.reference == reference => Ok(order.clone()),
        Some(order) => {
            let why = format!("{id} is the order {}", order.reference);
            Err(Case::not_found().because(why))
        }
        None => Err(Case::not_found().because(format!("there is no originalReferenceNo {id:?}"))),
    }
}
