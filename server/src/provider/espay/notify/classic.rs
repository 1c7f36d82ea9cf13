//! The classic Payment Notification, as a form or as JSON. Its signature covers the time and the order
//! number and nothing else, so that nothing else of it is believed.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Request, Response, StatusCode};
use kasir_shared::Moment;
use serde::Serialize;
use serde_json::Value;

use super::super::calls::{classic_time, read_classic_time};
use super::super::sign::Recipe;
use super::super::{Espay, is_reference};
use super::is_refused;
use crate::provider::words::unreadable;
use crate::provider::{Claim, Notice, ProviderError, Verdict};
use crate::secret::Secret;

/// It is kept.
const FINE: (StatusCode, &str, &str) = (StatusCode::OK, "0000", "Success");
/// The one error whose code the documents name.
const UNKNOWN: (StatusCode, &str, &str) = (StatusCode::OK, "0014", "Invalid Order Id");
/// The others' codes are ours: whatever is not `0000` is none that was taken.
const FORGED: (StatusCode, &str, &str) = (StatusCode::UNAUTHORIZED, "0001", "Invalid Signature");
const UNREADABLE: (StatusCode, &str, &str) = (StatusCode::BAD_REQUEST, "0002", "Invalid Message");
const PAID: (StatusCode, &str, &str) = (StatusCode::OK, "0088", "Order Is Paid");
const NOT_KEPT: (StatusCode, &str, &str) =
    (StatusCode::INTERNAL_SERVER_ERROR, "0099", "General Error");
/// The longest number of the wallet's that we keep.
const NUMBER_MAX: usize = 64;

/// A notification, by field.
pub(super) struct Report(BTreeMap<String, String>);

#[derive(Serialize)]
struct Reply<'a> {
    rq_uuid: &'a str,
    rs_datetime: &'a str,
    error_code: &'static str,
    error_message: &'static str,
    signature: &'a str,
    order_id: &'a str,
    reconcile_id: &'a str,
    reconcile_datetime: &'a str,
}

impl Report {
    /// Reads a request that is a classic one: what has `rq_uuid` and `payment_ref`, and is not of
    /// SNAP. Nothing for any other.
    pub(super) fn read(request: &Request<Bytes>) -> Option<Self> {
        let fields = from_json(request.body()).unwrap_or_else(|| {
            form_urlencoded::parse(request.body()).into_owned().collect::<BTreeMap<_, _>>()
        });
        let classic = ["rq_uuid", "payment_ref"].iter().all(|name| fields.contains_key(*name));
        classic.then_some(Self(fields))
    }

    fn text(&self, name: &str) -> &str {
        self.0.get(name).map_or("", |text| text.trim())
    }

    /// Whether Espay sent it, lately, to this merchant; and whom it is about.
    pub(super) fn notice(&self, espay: &Espay, at: Moment) -> Result<Notice, ProviderError> {
        let forged = |why| Err(ProviderError::Forged { why });
        let (time, order) = (self.text("rq_datetime"), self.text("order_id"));
        let made = Recipe::PaymentReport { at: time, order }.sign(&espay.account.signature_key);
        if !made.fits(self.text("signature")) {
            return forged("signature does not fit time and order");
        }
        if let (Some(password), theirs) = (&espay.account.password, self.text("password"))
            && !theirs.is_empty()
            && !same(password, theirs)
        {
            return forged("password is not ours");
        }
        if self.text("comm_code") != espay.account.merchant_code {
            return forged("comm_code is not ours");
        }
        let Some(sent) = read_classic_time(time) else {
            return unreadable("rq_datetime is no time");
        };
        if !espay.is_fresh(sent, at) {
            return forged("rq_datetime is too far away");
        }
        if !is_reference(order) {
            return unreadable("order_id is none of ours");
        }
        // The amount is not signed: it must not cast doubt on an order, let alone settle it.
        Ok(Notice {
            reference: order.to_owned(),
            transaction: self.transaction(espay),
            amount: None,
            claim: Claim::Payment,
        })
    }

    /// The wallet's number of the payment, where SNAP's callbacks of the product tell it by the same.
    fn transaction(&self, espay: &Espay) -> Option<String> {
        let number = self.text("payment_ref");
        let sound = (1..=NUMBER_MAX).contains(&number.len())
            && number.bytes().all(|byte| byte.is_ascii_graphic());
        let pushed = espay.products.pushes(self.text("product_code"));
        (sound && pushed).then(|| number.to_owned())
    }

    /// The answer, signed.
    pub(super) fn answer(&self, espay: &Espay, verdict: &Verdict, at: Moment) -> Response<Bytes> {
        let repeated = espay.account.dialect.repeated_callback;
        let (said, since) = match verdict {
            Verdict::Kept { bill, .. } if is_refused(bill.as_deref(), repeated) => (PAID, at),
            Verdict::Kept { since, .. } => (FINE, *since),
            // An amount that nobody signed is our own affair.
            Verdict::OtherAmount(_) => (FINE, at),
            Verdict::PaidAlready(_) => (PAID, at),
            Verdict::Unknown | Verdict::Asked(_) => (UNKNOWN, at),
            Verdict::Forged => (FORGED, at),
            Verdict::Unreadable => (UNREADABLE, at),
            Verdict::NotKept => (NOT_KEPT, at),
        };
        let (status, code, message) = said;
        let (request, time) = (self.text("rq_uuid"), classic_time(since));
        let recipe = Recipe::PaymentReportAnswer { request, at: &time, code };
        let signature = recipe.sign(&espay.account.signature_key);
        let reply = Reply {
            rq_uuid: request,
            rs_datetime: &time,
            error_code: code,
            error_message: message,
            signature: signature.as_str(),
            order_id: self.text("order_id"),
            reconcile_id: self.text("order_id"),
            reconcile_datetime: &time,
        };
        // Plain texts always have a JSON.
        let mut answer = Response::new(Bytes::from(serde_json::to_vec(&reply).unwrap_or_default()));
        *answer.status_mut() = status;
        let json = HeaderValue::from_static("application/json");
        answer.headers_mut().insert(CONTENT_TYPE, json);
        answer
    }
}

/// A JSON object's texts and numbers; nothing where it is no object.
fn from_json(body: &[u8]) -> Option<BTreeMap<String, String>> {
    let Ok(Value::Object(fields)) = serde_json::from_slice(body) else { return None };
    let text = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    };
    let named = |(name, value): (&String, &Value)| Some((name.clone(), text(value)?));
    Some(fields.iter().filter_map(named).collect())
}

/// Whether a password is ours. Takes the same time wherever they differ.
fn same(ours: &Secret, theirs: &str) -> bool {
    let (ours, theirs) = (ours.expose().as_bytes(), theirs.as_bytes());
    aws_lc_rs::constant_time::verify_slices_are_equal(ours, theirs).is_ok()
}
