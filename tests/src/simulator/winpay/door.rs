//! What Winpay checks of every call before it looks at what is asked, in its order.
use super::settings::{SigningKey, WinpayMerchant};
use crate::simulator::engine::Desk;
use crate::simulator::snap::body::Node;
use crate::simulator::snap::call::{Incoming, warning};
use crate::simulator::snap::code::{Case, Refusal};
use crate::simulator::snap::headers;
use crate::simulator::snap::rsa::{PrivateKey, PublicKey};
use crate::simulator::snap::sign::Signer;
use crate::simulator::test_keys;
use crate::simulator::view::Provider;
use std::sync::{Arc, LazyLock};

const HEADERS: [&str; 6] =
    ["Content-Type", "X-TIMESTAMP", "X-SIGNATURE", "X-PARTNER-ID", "X-EXTERNAL-ID", "CHANNEL-ID"];
const LENGTHS: [(&str, usize); 2] = [("X-PARTNER-ID", 36), ("X-EXTERNAL-ID", 36)];

/// A caller who was let in.
pub(super) struct Caller {
    pub(super) partner: WinpayMerchant,
    pub(super) warning: Option<&'static str>,
}

/// Body, headers, time, partner, signature, clock, external id: the first that is wrong is said.
pub(super) fn enter<'a>(
    desk: &mut Desk<'_>,
    incoming: &'a Incoming,
) -> Result<(Caller, &'a Node), Refusal> {
    let body = incoming.read()?;
    headers::present(&incoming.headers, &HEADERS)?;
    let said_ms = headers::moment(&incoming.headers)?;
    headers::short(&incoming.headers, &LENGTHS)?;
    let partner = partner(desk, incoming.header("x-partner-id"))?;
    let warning = signed(desk, incoming, &partner)?;
    headers::in_time(said_ms, desk.now_ms, desk.settings.winpay.skew_s)?;
    let scope = (Provider::Winpay, desk.settings.winpay.external_ids);
    let whose = (partner.partner_id.as_str(), incoming.service.number);
    headers::fresh(desk, scope, whose, incoming.header("x-external-id"))?;
    Ok((Caller { partner, warning }, body))
}

fn partner(desk: &Desk<'_>, id: &str) -> Result<WinpayMerchant, Refusal> {
    let known = desk.settings.winpay.merchants.iter().find(|known| known.partner_id == id);
    known.cloned().ok_or_else(|| {
        let why = format!("X-PARTNER-ID {id:?} is not registered here");
        Case::new(404, 16, "Partner not found").because(why)
    })
}

fn signed(
    desk: &Desk<'_>,
    incoming: &Incoming,
    partner: &WinpayMerchant,
) -> Result<Option<&'static str>, Refusal> {
    let wrong = |why: String| Case::unauthorised("Invalid signature").because(why);
    let key = PublicKey::read(&partner.public_key)
        .ok_or_else(|| wrong("the merchant's key cannot be read".to_owned()))?;
    let check = incoming.signed().check(&Signer::Key(&key), desk.settings.winpay.signature);
    check.map(warning).map_err(wrong)
}

/// The key that signs callbacks now.
pub(super) fn signing_key(desk: &Desk<'_>) -> Arc<PrivateKey> {
    static KEYS: LazyLock<[Arc<PrivateKey>; 3]> = LazyLock::new(|| {
        [test_keys::WINPAY, test_keys::WINPAY_NEXT, test_keys::WINPAY_SHORT].map(private)
    });
    let [usual, next, short] = &*KEYS;
    let chosen = desk.state.winpay.signing_key.unwrap_or(desk.settings.winpay.signing_key);
    Arc::clone(match chosen {
        SigningKey::Usual => usual,
        SigningKey::Next => next,
        SigningKey::Short => short,
    })
}

/// A test key.
pub(super) fn private(pem: &str) -> Arc<PrivateKey> {
    Arc::new(PrivateKey::read(pem).expect("a test key can be read"))
}
