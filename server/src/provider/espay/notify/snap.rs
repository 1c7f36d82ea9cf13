//! What SNAP callbacks have in common: heads, signature, time and whom they are for.

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{Request, Response};
use kasir_shared::Moment;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::super::Espay;
use super::super::dialect::Verification;
use super::super::text::description;
use crate::provider::snap::code::Code;
use crate::provider::snap::rendering::{self, Around, Tolerance};
use crate::provider::snap::{reply, time};
use crate::provider::words::unreadable;
use crate::provider::{Bill, ProviderError};

/// The heads that a callback carries beside its `Content-Type`.
const HEADS: [&str; 5] =
    ["x-timestamp", "x-partner-id", "x-signature", "x-external-id", "channel-id"];
/// The longest text of `billDescription`.
const DESCRIPTION_MAX: usize = 18;

/// Whether Espay sent a request, lately, to this merchant: heads first, then the signature over the
/// path that Espay called, the body and the time.
pub(super) fn verify(
    espay: &Espay,
    request: &Request<Bytes>,
    at: Moment,
) -> Result<(), ProviderError> {
    let [timestamp, partner, signature, ..] = heads(request)?;
    let forged = |why| Err(ProviderError::Forged { why });
    let called = request.uri().path_and_query().map_or("/", |target| target.as_str());
    let path = format!("{}{called}", espay.account.notify_path_prefix);
    let around = Around { method: request.method().as_str(), path: &path, timestamp };
    let tolerance = match espay.account.dialect.verification {
        Verification::Tolerant => Tolerance::Tolerant,
        Verification::Strict => Tolerance::Strict,
    };
    let body = (request.body(), tolerance);
    if !rendering::verifies(&espay.keys.espays, signature, around, body) {
        return forged("X-SIGNATURE does not fit body, path and time");
    }
    let Some(sent) = time::read(timestamp) else { return unreadable("X-TIMESTAMP is no time") };
    if !espay.is_fresh(sent, at) {
        return forged("X-TIMESTAMP is too far away");
    }
    // Which of the two Espay writes here is not documented; it is the body that names the merchant.
    if partner != espay.account.merchant_code && !partner.eq_ignore_ascii_case("ESPAY") {
        return forged("X-PARTNER-ID is not ours");
    }
    Ok(())
}

/// What has to be there before anything else is looked at.
fn heads(request: &Request<Bytes>) -> Result<[&str; HEADS.len()], ProviderError> {
    let json = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let json = json.and_then(|value| value.split(';').next()).unwrap_or_default();
    if !json.trim().eq_ignore_ascii_case("application/json") {
        return unreadable("Content-Type is not application/json");
    }
    let mut found = [""; HEADS.len()];
    for (place, name) in found.iter_mut().zip(HEADS) {
        let mut values = request.headers().get_all(name).iter();
        let (Some(value), None) = (values.next(), values.next()) else {
            return unreadable("a header is missing, or comes twice");
        };
        *place = value.to_str().unwrap_or_default();
        if place.is_empty() {
            return unreadable("a header is empty");
        }
    }
    Ok(found)
}

/// What is wrong with a request that cannot be read, as the standard's cases have it: no JSON, a
/// field or a head that is missing, or one that has another form.
pub(super) fn flaw(request: &Request<Bytes>, mandatory: &[&str]) -> ((u16, u8), String) {
    if heads(request).is_err() {
        return ((400, 2), "Invalid Mandatory Field {header}".to_owned());
    }
    let Ok(body @ Value::Object(_)) = serde_json::from_slice::<Value>(request.body()) else {
        return ((400, 0), "Bad Request".to_owned());
    };
    let there = |name: &str| match body.get(name) {
        None | Some(Value::Null) => false,
        Some(Value::String(text)) => !text.is_empty(),
        Some(Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => true,
    };
    match mandatory.iter().find(|name| !there(name)) {
        Some(name) => ((400, 2), format!("Invalid Mandatory Field {{{name}}}")),
        None => ((400, 1), "Invalid Field Format".to_owned()),
    }
}

/// An answer that is its code, and what that means.
pub(super) fn plain(
    service: u8,
    (http, case): (u16, u8),
    message: &str,
    at: Moment,
) -> Response<Bytes> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Reply<'a> {
        response_code: String,
        response_message: &'a str,
    }
    let code = Code { http, service, case };
    reply::with(code, &Reply { response_code: code.to_string(), response_message: message }, at)
}

/// What a bill is for, in the two languages that Espay wants it in.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct BillDetail {
    bill_description: BillDescription,
}

#[derive(Serialize)]
struct BillDescription {
    english: String,
    indonesia: String,
}

impl BillDetail {
    /// A bill's description is the shop's, in one language.
    pub(super) fn of(bill: &Bill) -> Self {
        let text = description(&bill.description, DESCRIPTION_MAX);
        Self { bill_description: BillDescription { english: text.clone(), indonesia: text } }
    }
}

/// Whom a callback is about.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Subject {
    pub(super) partner_service_id: String,
    pub(super) customer_no: String,
    pub(super) virtual_account_no: String,
}

impl Subject {
    /// Whether it is this merchant. One key of Espay's signs for all of them, so that a callback
    /// which verifies may still be meant for somebody else.
    pub(super) fn check(&self, espay: &Espay) -> Result<(), ProviderError> {
        if self.customer_no.trim() != espay.account.merchant_code {
            return Err(ProviderError::Forged { why: "customerNo is not ours" });
        }
        if !super::super::is_reference(self.virtual_account_no.trim()) {
            return unreadable("virtualAccountNo is none of ours");
        }
        Ok(())
    }

    /// Our order number.
    pub(super) fn reference(&self) -> String {
        self.virtual_account_no.trim().to_owned()
    }
}
