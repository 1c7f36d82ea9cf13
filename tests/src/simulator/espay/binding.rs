//! Services 07, 08 and 09: a link is asked for or a code exchanged, looked at, and ended.
use super::consent::{self, Consent, LIFETIME_MS, Outcome, Purpose, Step};
use super::done;
use super::door;
use super::fields::{
    Form, PHONE_62, Rule, UP_TO_16, UP_TO_64, UP_TO_128, UP_TO_256, URL, check, needed, optional,
    wrong,
};
use super::merchant_info::sold;
use super::products::{Product, Reach};
use super::purse::Magic;
use super::settings::{EspayMerchant, TokenPlace};
use crate::simulator::engine::Desk;
use crate::simulator::jakarta;
use crate::simulator::snap::body::Node;
use crate::simulator::snap::call::{Done, Incoming};
use crate::simulator::snap::code::{Case, Refusal};
use crate::simulator::snap::fields::present;
use serde_json::{Value, json};

/// A linked account.
#[derive(Clone, Debug)]
pub(crate) struct Binding {
    pub(crate) token: String,
    pub(crate) merchant: String,
    pub(crate) product: &'static Product,
    pub(crate) phone: String,
    /// The number under which the merchant asked for it.
    pub(crate) reference: String,
    /// The ticket of the consent that it comes from.
    pub(crate) consent: String,
    pub(crate) active: bool,
}

const GRANT: Form = ("AUTHORIZATION_CODE", |text| text == "AUTHORIZATION_CODE");

const BIND: [Rule; 7] = [
    needed("partnerReferenceNo", UP_TO_64),
    needed("merchantId", UP_TO_64),
    optional("authCode", UP_TO_256),
    optional("grantType", GRANT),
    optional("phoneNo", PHONE_62),
    needed("redirectUrl", URL),
    needed("additionalInfo.productCode", UP_TO_16),
];

const INQUIRE: [Rule; 4] = [
    needed("partnerReferenceNo", UP_TO_64),
    needed("additionalInfo.productCode", UP_TO_16),
    needed("additionalInfo.phoneNo", PHONE_62),
    optional("additionalInfo.accountToken", UP_TO_64),
];

const UNBIND: [Rule; 6] = [
    needed("partnerReferenceNo", UP_TO_64),
    needed("merchantId", UP_TO_64),
    optional("phoneNo", PHONE_62),
    optional("authorizationCustomer", UP_TO_128),
    needed("additionalInfo.productCode", UP_TO_16),
    optional("additionalInfo.accountToken", UP_TO_64),
];

/// Exchanges a code for a token, or opens a consent that ends with one.
pub(super) fn bind(desk: &mut Desk<'_>, incoming: &Incoming) -> Result<Done, Refusal> {
    let merchant = door::enter(desk, incoming, "POST")?;
    let body = incoming.read()?;
    check(body, &BIND)?;
    let reference = body.text("partnerReferenceNo");
    let made = |b: &&Binding| b.merchant == merchant.code && b.reference == reference;
    if desk.state.espay.bindings.iter().any(|binding| made(&binding)) {
        let why = format!("partnerReferenceNo {reference} has a binding already");
        return Err(Case::duplicate_reference().because(why));
    }
    known(&merchant, body)?;
    let product = product(desk, body)?;
    if body.lacks("authCode") {
        return pending(desk, (&merchant, product), body);
    }
    present(body, &["grantType"])?;
    let consent = exchange(desk, &merchant, body)?;
    if consent.product != product {
        let why = format!("the code is of {}, not of {}", consent.product.code, product.code);
        return Err(wrong("additionalInfo.productCode", why));
    }
    let binding = make(desk, &consent, reference);
    Ok(done(None, issued(desk, &binding)))
}

/// The merchant names itself, or Espay, as the page on unbinding has it.
fn known(merchant: &EspayMerchant, body: &Node) -> Result<(), Refusal> {
    let id = body.text("merchantId");
    if id == merchant.code || id == "ESPAY" {
        return Ok(());
    }
    let why = format!("merchantId must be {} or ESPAY, it is {id:?}", merchant.code);
    Err(Case::new(404, 8, "Invalid Merchant").because(why))
}

fn product(desk: &Desk<'_>, body: &Node) -> Result<&'static Product, Refusal> {
    let code = body.text("additionalInfo.productCode");
    let product = sold(desk, code).filter(|product| product.reach == Reach::Linked);
    product.ok_or_else(|| {
        wrong("additionalInfo.productCode", format!("{code:?} is not sold, or cannot be linked"))
    })
}

/// The consent behind a code, which is used up by this.
fn exchange(
    desk: &mut Desk<'_>,
    merchant: &EspayMerchant,
    body: &Node,
) -> Result<Consent, Refusal> {
    let (given, now_ms) = (body.text("authCode"), desk.now_ms);
    let refuse = |why: &str| Case::new(404, 11, "Invalid authCode").because(why);
    let mine = |consent: &&mut Consent| {
        let has = matches!(&consent.purpose, Purpose::Code { code, .. } if code == given);
        has && consent.merchant == merchant.code
    };
    let Some(consent) = desk.state.espay.consents.iter_mut().find(mine) else {
        return Err(refuse("there is no such authCode"));
    };
    if consent.outcome != Some(Outcome::Agreed) {
        return Err(refuse("the customer has not agreed"));
    }
    if now_ms >= consent.until_ms {
        return Err(refuse("the authCode has expired"));
    }
    match &mut consent.purpose {
        Purpose::Code { used, .. } if !*used => *used = true,
        Purpose::Code { .. } | Purpose::Binding { .. } => {
            return Err(refuse("the authCode was used before"));
        }
    }
    Ok(consent.clone())
}

/// The account that a consent links, which is told a token of its own.
pub(super) fn make(desk: &mut Desk<'_>, consent: &Consent, reference: &str) -> Binding {
    let binding = Binding {
        token: format!("at_{}", desk.state.espay.draw(40, desk.now_ms)),
        merchant: consent.merchant.clone(),
        product: consent.product,
        phone: consent.phone.clone().unwrap_or_default(),
        reference: reference.to_owned(),
        consent: consent.id.clone(),
        active: true,
    };
    desk.state.espay.bindings.push(binding.clone());
    binding
}

fn issued(desk: &mut Desk<'_>, binding: &Binding) -> Value {
    const DAY_MS: i64 = 24 * 3_600_000;
    let (access, refresh, number) = {
        let (books, now_ms) = (&mut desk.state.espay, desk.now_ms);
        (books.draw(32, now_ms), books.draw(32, now_ms), books.draw(12, now_ms))
    };
    let mut answer = json!({
        "referenceNo": number,
        "partnerReferenceNo": binding.reference,
        "accessTokenInfo": {
            "accessToken": format!("ut_{access}"),
            "expiresIn": jakarta::iso(desk.now_ms + 15 * DAY_MS),
            "refreshToken": format!("rt_{refresh}"),
            "reExpiresIn": jakarta::iso(desk.now_ms + 730 * DAY_MS),
            "tokenStatus": "ACTIVE",
        },
        "additionalInfo": { "productCode": binding.product.code },
    });
    let place = match desk.settings.espay.token_place {
        TokenPlace::Top => answer.as_object_mut(),
        TokenPlace::Info => answer["additionalInfo"].as_object_mut(),
    };
    if let Some(place) = place {
        place.insert("accountToken".to_owned(), json!(binding.token));
    }
    answer
}

/// Opens a consent for a merchant that has no code: the token comes when the customer has agreed.
fn pending(
    desk: &mut Desk<'_>,
    (merchant, product): (&EspayMerchant, &'static Product),
    body: &Node,
) -> Result<Done, Refusal> {
    if product.method == "ovo" {
        present(body, &["phoneNo"])?;
    }
    let reference = body.text("partnerReferenceNo").to_owned();
    let phone = Some(body.text("phoneNo").to_owned()).filter(|phone| !phone.is_empty());
    let consent = Consent {
        id: format!("tk_{}", desk.state.espay.draw(12, desk.now_ms)),
        merchant: merchant.code.clone(),
        product,
        redirect_url: body.text("redirectUrl").to_owned(),
        state: Some(body.text("additionalInfo.state").to_owned()).filter(|s| !s.is_empty()),
        locked: phone.is_some(),
        phone,
        until_ms: desk.now_ms + LIFETIME_MS,
        step: Step::Phone,
        wrong_otps: 0,
        purpose: Purpose::Binding { reference: reference.clone() },
        outcome: None,
    };
    let answer = json!({
        "referenceNo": desk.state.espay.draw(12, desk.now_ms),
        "partnerReferenceNo": reference,
        "redirectUrl": format!("{}{}", desk.origin, consent::page(&consent.id)),
        "additionalInfo": { "productCode": product.code },
    });
    desk.state.espay.consents.push(consent);
    Ok(done(None, answer))
}

/// Says how a link stands, and what its token is where the merchant waits for one.
pub(super) fn inquire(desk: &mut Desk<'_>, incoming: &Incoming) -> Result<Done, Refusal> {
    let merchant = door::enter(desk, incoming, "POST")?;
    let body = incoming.read()?;
    check(body, &INQUIRE)?;
    let token = body.text("additionalInfo.accountToken");
    let (status, said, found) = if token.is_empty() {
        looked_for(desk, &merchant, body)
    } else {
        let binding = held(desk, &merchant, token)?;
        ("ACTIVE", "Account is linked", Some(binding))
    };
    let magic = found.as_ref().and_then(|binding| Magic::of(&binding.phone));
    let status = if magic == Some(Magic::Inactive) { "INACTIVE" } else { status };
    let mut info = json!({ "accountStatus": status, "memberLevel": "2", "message": said });
    if let Some(binding) = found {
        info["accountToken"] = json!(binding.token);
    }
    let reference = body.text("partnerReferenceNo");
    Ok(done(None, json!({ "partnerReferenceNo": reference, "AdditionalInfo": info })))
}

/// The link that was asked for under this number, or else the last of this phone.
fn looked_for(
    desk: &Desk<'_>,
    merchant: &EspayMerchant,
    body: &Node,
) -> (&'static str, &'static str, Option<Binding>) {
    let (reference, phone) = (body.text("partnerReferenceNo"), body.text("additionalInfo.phoneNo"));
    let product = body.text("additionalInfo.productCode");
    let books = &desk.state.espay;
    let asked = books.consents.iter().rfind(|consent| {
        let same = consent.merchant == merchant.code && consent.product.code == product;
        let number =
            matches!(&consent.purpose, Purpose::Binding { reference: r } if r == reference);
        same && (number || consent.phone.as_deref() == Some(phone))
    });
    let Some(consent) = asked else {
        return ("NOT_REGISTERED", "Account is not linked", None);
    };
    let binding = books.bindings.iter().find(|b| b.consent == consent.id && b.active);
    match (&consent.outcome, binding) {
        (_, Some(binding)) => ("ACTIVE", "Account is linked", Some(binding.clone())),
        (None | Some(Outcome::Agreed), None) => ("INACTIVE", "Waiting for the customer", None),
        (Some(Outcome::Cancelled | Outcome::Refused(_)), None) => {
            ("NOT_REGISTERED", "The customer did not agree", None)
        }
    }
}

/// A link that holds; otherwise the customer's token is refused.
pub(super) fn held(
    desk: &Desk<'_>,
    merchant: &EspayMerchant,
    token: &str,
) -> Result<Binding, Refusal> {
    let found = desk.state.espay.binding(&merchant.code, token);
    found.filter(|binding| binding.active).cloned().ok_or_else(|| {
        Case::new(401, 2, "Invalid Customer Token")
            .because("there is no such link, or it has ended")
    })
}

/// Ends a link.
pub(super) fn unbind(desk: &mut Desk<'_>, incoming: &Incoming) -> Result<Done, Refusal> {
    let merchant = door::enter(desk, incoming, "POST")?;
    let body = incoming.read()?;
    check(body, &UNBIND)?;
    known(&merchant, body)?;
    let (token, phone) = (body.text("additionalInfo.accountToken"), body.text("phoneNo"));
    let product = body.text("additionalInfo.productCode");
    if token.is_empty() && phone.is_empty() {
        present(body, &["additionalInfo.accountToken"])?;
    }
    let meant = |b: &&mut Binding| {
        let named = if token.is_empty() { b.phone == phone } else { b.token == token };
        b.active && b.merchant == merchant.code && b.product.code == product && named
    };
    let Some(binding) = desk.state.espay.bindings.iter_mut().find(meant) else {
        let why = "there is no such link of this product, or it has ended";
        return Err(Case::new(401, 4, "Customer Token Not Found").because(why));
    };
    binding.active = false;
    let answer = json!({
        "referenceNo": desk.state.espay.draw(12, desk.now_ms),
        "partnerReferenceNo": body.text("partnerReferenceNo"),
        "merchantId": body.text("merchantId"),
        "unlinkResult": "success",
    });
    Ok(done(None, answer))
}
