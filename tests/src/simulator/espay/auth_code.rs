//! Service 10: where the customer agrees to a link, and the code that comes of it.
use super::consent::{self, Consent, LIFETIME_MS, Purpose, Step};
use super::door;
use super::fields::{Form, Rule, UP_TO_32, UP_TO_64, URL, check, needed, optional, wrong};
use super::merchant_info::sold;
use super::products::Product;
use super::purse::{international, is_phone};
use super::settings::{AuthCodeShape, EspayMerchant};
use crate::simulator::engine::Desk;
use crate::simulator::snap::body::Node;
use crate::simulator::snap::call::{Done, Incoming};
use crate::simulator::snap::code::{Case, Refusal};
use crate::simulator::snap::rsa::PublicKey;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

const DEFAULT: Form = ("DEFAULT", |text| text == "DEFAULT");
const LANGUAGE: Form = ("id or en", |text| matches!(text, "id" | "en"));

const RULES: [Rule; 7] = [
    needed("redirectUrl", URL),
    needed("scopes", DEFAULT),
    needed("state", UP_TO_32),
    needed("merchantId", UP_TO_64),
    needed("lang", LANGUAGE),
    optional("productCode", UP_TO_32),
    optional("seamlessData", ("at most 512 characters", |text| text.chars().count() <= 512)),
];

/// Opens a consent that ends with a code.
pub(super) fn auth_code(desk: &mut Desk<'_>, incoming: &Incoming) -> Result<Done, Refusal> {
    let merchant = door::enter(desk, incoming, "GET")?;
    let query = read(&incoming.query);
    check(&query, &RULES)?;
    if query.text("merchantId") != merchant.code {
        let why = format!("merchantId must be {}, the merchant code", merchant.code);
        return Err(Case::new(404, 8, "Invalid Merchant").because(why));
    }
    let product = product(desk, &query)?;
    let phone = seamless(&merchant, &query);
    let consent = Consent {
        id: format!("tk_{}", desk.state.espay.draw(12, desk.now_ms)),
        merchant: merchant.code,
        product,
        redirect_url: query.text("redirectUrl").to_owned(),
        state: Some(query.text("state").to_owned()),
        locked: phone.is_some(),
        phone,
        until_ms: desk.now_ms + LIFETIME_MS,
        step: Step::Phone,
        wrong_otps: 0,
        purpose: Purpose::Code {
            code: format!("ac-{}", desk.state.espay.draw(24, desk.now_ms)),
            used: false,
        },
        outcome: None,
    };
    let done = answer(desk, &consent);
    desk.state.espay.consents.push(consent);
    Ok(done)
}

/// The query, with its two spellings of the address read as one.
fn read(query: &str) -> Node {
    let pairs = form_urlencoded::parse(query.as_bytes()).into_owned();
    let named = pairs.map(|(name, value)| {
        let name = if name == "redirectURL" { "redirectUrl".to_owned() } else { name };
        (name, Node::Text(value))
    });
    Node::Object(named.collect())
}

fn product(desk: &Desk<'_>, query: &Node) -> Result<&'static Product, Refusal> {
    let asked = query.text("productCode");
    let code = if asked.is_empty() { &desk.settings.espay.usual_product } else { asked };
    sold(desk, code).ok_or_else(|| wrong("productCode", format!("{code:?} is not sold")))
}

/// The phone that the merchant has verified, where it says so with its signature.
fn seamless(merchant: &EspayMerchant, query: &Node) -> Option<String> {
    let data = query.text("seamlessData");
    let key = PublicKey::read(&merchant.public_key)?;
    let signature = STANDARD.decode(query.text("seamlessSign")).ok()?;
    if !key.verifies(data, &signature) {
        return None;
    }
    let phone = Node::read(data.as_bytes()).ok()?.text("mobileNumber").to_owned();
    is_phone(&phone).then(|| international(&phone))
}

fn answer(desk: &Desk<'_>, consent: &Consent) -> Done {
    let url = format!("{}{}", desk.origin, consent::page(&consent.id));
    let (code, state) = match &consent.purpose {
        Purpose::Code { code, .. } => (code.as_str(), consent.state.as_deref()),
        Purpose::Binding { .. } => ("", None),
    };
    let mut fields = Map::new();
    fields.insert("authCode".to_owned(), json!(code));
    fields.insert("state".to_owned(), json!(state.unwrap_or_default()));
    let (place, value) = place(desk.settings.espay.auth_code, &url);
    fields.insert(place.to_owned(), value);
    let elsewhere = desk.settings.espay.auth_code == AuthCodeShape::Location;
    Done {
        message: "Successful",
        fields,
        transaction: None,
        warning: None,
        elsewhere: elsewhere.then_some(url),
    }
}

fn place(shape: AuthCodeShape, url: &str) -> (&'static str, Value) {
    match shape {
        AuthCodeShape::InfoRedirectUrl => ("additionalInfo", json!({ "redirectUrl": url })),
        AuthCodeShape::InfoWebRedirectUrl => ("additionalInfo", json!({ "webRedirectUrl": url })),
        AuthCodeShape::InfoUrl => ("additionalInfo", json!({ "url": url })),
        AuthCodeShape::RedirectUrl => ("redirectUrl", json!(url)),
        AuthCodeShape::WebRedirectUrl => ("webRedirectUrl", json!(url)),
        AuthCodeShape::Url | AuthCodeShape::Location => ("url", json!(url)),
        AuthCodeShape::NextAction => ("nextAction", json!(url)),
    }
}
