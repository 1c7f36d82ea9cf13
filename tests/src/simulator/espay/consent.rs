//! A customer's consent to a link, on the wallet's own page: phone, one-time password, PIN.
use super::binding;
use super::callback;
use super::products::Product;
use super::purse::{Magic, OTP, PIN, international, is_phone};
use super::settings::{EspayHabit, ReturnedState};
use crate::simulator::engine::Desk;
use crate::simulator::pages::with_query;
use crate::simulator::view::Refused;
use serde::Serialize;

/// How long a customer may take, and how long the code of a consent is good after that.
pub(super) const LIFETIME_MS: i64 = 600_000;
/// Wrong one-time passwords until there is no further try.
const OTPS_MAX: u8 = 3;

/// One consent.
#[derive(Clone, Debug)]
pub(crate) struct Consent {
    /// The ticket in the page's address.
    pub(crate) id: String,
    pub(crate) merchant: String,
    pub(crate) product: &'static Product,
    pub(crate) redirect_url: String,
    pub(crate) state: Option<String>,
    pub(crate) phone: Option<String>,
    /// The phone was given by the merchant, and is not to be changed.
    pub(crate) locked: bool,
    pub(crate) until_ms: i64,
    pub(crate) step: Step,
    pub(crate) wrong_otps: u8,
    pub(crate) purpose: Purpose,
    pub(crate) outcome: Option<Outcome>,
}

/// What comes of a consent.
#[derive(Clone, Debug)]
pub(crate) enum Purpose {
    /// A code that the merchant exchanges once.
    Code { code: String, used: bool },
    /// The binding that the merchant asked for under this number.
    Binding { reference: String },
}

/// What the page asks for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Step {
    Phone,
    Otp,
    Pin,
}

/// How it ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Outcome {
    Agreed,
    Cancelled,
    /// Refused by the wallet, with this code.
    Refused(&'static str),
}

/// What the page does next.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Next {
    /// Asks, and says what was wrong.
    Ask(Option<&'static str>),
    /// Goes back to the merchant.
    Leave(String),
}

/// A link as the control interface shows it.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct EspayLinkView {
    /// The ticket.
    pub id: String,
    /// The product code.
    pub product: &'static str,
    /// Our method id.
    pub method: &'static str,
    /// Whose account it is, once that is known.
    pub phone: Option<String>,
    /// `pending`, `agreed`, `linked`, `declined` or `gone`.
    pub status: &'static str,
    /// The token, once the merchant has one.
    #[serde(skip)]
    pub token: Option<String>,
    /// The consent page, as a path.
    pub page: String,
    /// Where the browser goes once the customer has decided.
    pub return_url: Option<String>,
}

impl Consent {
    /// Goes on while the time has not run out.
    pub(crate) fn is_open(&self, now_ms: i64) -> bool {
        self.outcome.is_none() && now_ms < self.until_ms
    }
}

/// The page's address as a path.
pub(super) fn page(id: &str) -> String {
    format!("/espay/consent?ticket={id}")
}

/// The customer enters a phone.
pub(crate) fn enter_phone(desk: &mut Desk<'_>, id: &str, phone: &str) -> Option<Next> {
    let consent = open(desk, id)?;
    if !consent.locked {
        if !is_phone(phone) {
            return Some(Next::Ask(Some("Nomor HP tidak dikenal.")));
        }
        consent.phone = Some(international(phone));
    }
    let magic = consent.phone.as_deref().and_then(Magic::of);
    if magic == Some(Magic::Inactive) {
        return end(desk, id, Outcome::Refused("4030718"));
    }
    consent.step = Step::Otp;
    Some(Next::Ask(None))
}

/// The customer enters the one-time password.
pub(crate) fn enter_otp(desk: &mut Desk<'_>, id: &str, otp: &str) -> Option<Next> {
    let consent = open(desk, id)?;
    let never = consent.phone.as_deref().and_then(Magic::of) == Some(Magic::Blocked);
    if otp.trim() == OTP && !never {
        consent.step = Step::Pin;
        return Some(Next::Ask(None));
    }
    consent.wrong_otps += 1;
    if consent.wrong_otps >= OTPS_MAX {
        return end(desk, id, Outcome::Refused("4030711"));
    }
    Some(Next::Ask(Some("Kode OTP salah.")))
}

/// The customer agrees, and proves it by the PIN.
pub(crate) fn agree(desk: &mut Desk<'_>, id: &str, pin: &str) -> Option<Next> {
    let consent = open(desk, id)?;
    let magic = consent.phone.as_deref().and_then(Magic::of);
    if magic == Some(Magic::Cancels) {
        return end(desk, id, Outcome::Cancelled);
    }
    if pin.trim() != PIN || consent.step != Step::Pin {
        return Some(Next::Ask(Some("PIN salah.")));
    }
    end(desk, id, Outcome::Agreed)
}

/// The customer goes back without a link.
pub(crate) fn cancel(desk: &mut Desk<'_>, id: &str) -> Option<Next> {
    open(desk, id)?;
    end(desk, id, Outcome::Cancelled)
}

fn open<'a>(desk: &'a mut Desk<'_>, id: &str) -> Option<&'a mut Consent> {
    let now_ms = desk.now_ms;
    desk.state.espay.consent_mut(id).filter(|consent| consent.is_open(now_ms))
}

/// Ends it, and says where the browser goes.
fn end(desk: &mut Desk<'_>, id: &str, outcome: Outcome) -> Option<Next> {
    let until_ms = desk.now_ms + LIFETIME_MS;
    let consent = desk.state.espay.consent_mut(id)?;
    consent.outcome = Some(outcome);
    consent.until_ms = until_ms;
    let consent = consent.clone();
    if let (Outcome::Agreed, Purpose::Binding { reference }) = (&outcome, &consent.purpose) {
        let made = binding::make(desk, &consent, reference);
        if desk.settings.espay.does(EspayHabit::TellsOfBindings) {
            callback::tell_of_binding(desk, &made);
        }
    }
    return_url(desk, &consent).map(Next::Leave)
}

/// Where the browser of a decided consent goes.
pub(crate) fn return_url(desk: &Desk<'_>, consent: &Consent) -> Option<String> {
    let mut fields: Vec<(&str, String)> = Vec::new();
    let mut stateless = false;
    match (consent.outcome.as_ref()?, &consent.purpose) {
        (Outcome::Agreed, Purpose::Code { code, .. }) => {
            fields.push(("authCode", code.clone()));
            stateless = desk.settings.espay.returns_reference.contains(consent.product.code);
            if stateless {
                fields.push(("partnerReferenceNo", consent.id.clone()));
            }
        }
        (Outcome::Agreed, Purpose::Binding { reference }) => {
            fields.push(("status", "SUCCESS".to_owned()));
            fields.push(("partnerReferenceNo", reference.clone()));
        }
        (Outcome::Cancelled, _) => fields.push(("status", "CANCELLED".to_owned())),
        (Outcome::Refused(code), _) => {
            fields.push(("status", "FAILED".to_owned()));
            fields.push(("responseCode", (*code).to_owned()));
        }
    }
    let given = consent.state.as_ref().filter(|_| !stateless);
    match desk.state.espay.returned_state {
        ReturnedState::Right => {
            fields.extend(given.map(|state| ("state", state.clone())));
            Some(with_query(&consent.redirect_url, &fields))
        }
        lost @ (ReturnedState::Wrong | ReturnedState::Missing) => {
            // A merchant may have put it into its address as well.
            let (url, carried) = without_state(&consent.redirect_url);
            if lost == ReturnedState::Wrong && (carried || given.is_some()) {
                fields.push(("state", "0".repeat(16)));
            }
            Some(with_query(&url, &fields))
        }
    }
}

/// An address without the state in its query, and whether one was there.
fn without_state(url: &str) -> (String, bool) {
    let Some((place, query)) = url.split_once('?') else { return (url.to_owned(), false) };
    let kept: Vec<_> = query.split('&').filter(|pair| !pair.starts_with("state=")).collect();
    let carried = kept.len() < query.split('&').count();
    let mark = if kept.is_empty() { "" } else { "?" };
    (format!("{place}{mark}{}", kept.join("&")), carried)
}

/// The customer decides without a page, on the phone that was given or else this one.
pub(crate) fn answer(
    desk: &mut Desk<'_>,
    id: &str,
    (accepts, phone): (bool, &str),
) -> Result<EspayLinkView, Refused> {
    let consent = desk.state.espay.consent(id).ok_or(Refused::Unknown)?;
    if !consent.is_open(desk.now_ms) {
        return Err(Refused::Decided);
    }
    if accepts {
        // Each step says itself what stands in the way; none of them is to be insisted on.
        enter_phone(desk, id, phone);
        enter_otp(desk, id, OTP);
        agree(desk, id, PIN);
    } else {
        cancel(desk, id);
    }
    let consent = desk.state.espay.consent(id).ok_or(Refused::Unknown)?;
    Ok(seen(desk, consent))
}

/// Every link, oldest first.
pub(crate) fn links(desk: &Desk<'_>) -> Vec<EspayLinkView> {
    desk.state.espay.consents.iter().map(|consent| seen(desk, consent)).collect()
}

fn seen(desk: &Desk<'_>, consent: &Consent) -> EspayLinkView {
    let binding = desk.state.espay.bindings.iter().find(|b| b.consent == consent.id);
    let status = match (&consent.outcome, binding) {
        (_, Some(binding)) if binding.active => "linked",
        (_, Some(_)) => "gone",
        (Some(Outcome::Agreed), None) => "agreed",
        (Some(Outcome::Cancelled | Outcome::Refused(_)), None) => "declined",
        (None, None) => "pending",
    };
    EspayLinkView {
        id: consent.id.clone(),
        product: consent.product.code,
        method: consent.product.method,
        phone: consent.phone.clone(),
        status,
        token: binding.map(|binding| binding.token.clone()),
        page: page(&consent.id),
        return_url: return_url(desk, consent),
    }
}
