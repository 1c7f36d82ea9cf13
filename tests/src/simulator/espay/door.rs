//! What Espay checks of every SNAP call before it looks at what is asked, in its order.
use super::fields::with_colon;
use super::settings::{EspayMerchant, GetSignature};
use crate::simulator::engine::Desk;
use crate::simulator::snap::call::Incoming;
use crate::simulator::snap::code::{Case, Refusal};
use crate::simulator::snap::headers::{self, Scope};
use crate::simulator::snap::rsa::PublicKey;
use crate::simulator::snap::sign::{Signed, Signer};
use crate::simulator::snap::stamp;
use crate::simulator::view::Provider;

const HEADERS: [&str; 6] =
    ["Content-Type", "X-TIMESTAMP", "X-SIGNATURE", "X-PARTNER-ID", "X-EXTERNAL-ID", "CHANNEL-ID"];

/// Method, headers, time, partner, signature, external id: the first that is wrong is said.
pub(super) fn enter(
    desk: &mut Desk<'_>,
    incoming: &Incoming,
    method: &str,
) -> Result<EspayMerchant, Refusal> {
    if incoming.method != method {
        let why = format!("the method must be {method}, it is {}", incoming.method);
        return Err(Case::new(405, 0, "Requested Function Is Not Supported").because(why));
    }
    headers::present(&incoming.headers, &HEADERS)?;
    headers::short(&incoming.headers, &[("X-PARTNER-ID", 50), ("X-EXTERNAL-ID", 36)])?;
    let said_ms = moment(incoming)?;
    plain(incoming)?;
    headers::in_time(said_ms, desk.now_ms, desk.settings.espay.skew_s)?;
    let merchant = merchant(desk, incoming.header("x-partner-id"))?;
    signed(desk, incoming, &merchant)?;
    let whose = (merchant.code.as_str(), incoming.service.number);
    let scope = (Provider::Espay, Scope::Service);
    headers::fresh(desk, scope, whose, incoming.header("x-external-id"))?;
    Ok(merchant)
}

fn moment(incoming: &Incoming) -> Result<i64, Refusal> {
    let given = incoming.header("x-timestamp");
    stamp::read(&with_colon(given)).ok_or_else(|| {
        let why = format!("X-TIMESTAMP must be a moment with its offset, it is {given:?}");
        Case::bad_format("X-TIMESTAMP").because(why)
    })
}

/// The external id is letters, digits and dashes; the channel is Espay's.
fn plain(incoming: &Incoming) -> Result<(), Refusal> {
    let external = incoming.header("x-external-id");
    if !external.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
        let why = format!("X-EXTERNAL-ID has letters, digits and dashes only, it is {external:?}");
        return Err(Case::bad_format("X-EXTERNAL-ID").because(why));
    }
    let channel = incoming.header("channel-id");
    if !channel.eq_ignore_ascii_case("ESPAY") {
        let why = format!("CHANNEL-ID must be ESPAY, it is {channel:?}");
        return Err(Case::bad_format("CHANNEL-ID").because(why));
    }
    Ok(())
}

fn merchant(desk: &Desk<'_>, code: &str) -> Result<EspayMerchant, Refusal> {
    let known = desk.settings.espay.merchants.iter().find(|known| known.code == code);
    known.cloned().ok_or_else(|| {
        let why = format!("X-PARTNER-ID {code:?} is not registered here");
        Case::unauthorised("Unauthorized. [Unknown client]").because(why)
    })
}

fn signed(desk: &Desk<'_>, incoming: &Incoming, merchant: &EspayMerchant) -> Result<(), Refusal> {
    let wrong = |why: String| Case::unauthorised("Unauthorized. [Signature]").because(why);
    let key = PublicKey::read(&merchant.public_key)
        .ok_or_else(|| wrong("the merchant's key cannot be read".to_owned()))?;
    let check = |path: &str| {
        let signed = Signed { path, ..incoming.signed() };
        signed.check(&Signer::Key(&key), desk.settings.espay.signature)
    };
    let path = incoming.service.path;
    let whole = format!("{path}?{}", incoming.query);
    let mode = if incoming.method == "GET" && !incoming.query.is_empty() {
        desk.settings.espay.get_signature
    } else {
        GetSignature::Path
    };
    let checked = match mode {
        GetSignature::Path => check(path),
        GetSignature::PathAndQuery => check(&whole),
        GetSignature::Any => check(path).or_else(|why| check(&whole).map_err(|_| why)),
    };
    checked.map(drop).map_err(wrong)
}
