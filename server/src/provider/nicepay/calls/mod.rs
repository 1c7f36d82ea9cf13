//! NICEPAY's endpoints, one file each, and what their messages have in common.

pub(crate) mod registration;
pub(crate) mod payment;
pub(crate) mod inquiry;
pub(crate) mod cancel;
pub(crate) mod link_enable;
pub(crate) mod link_initiate;
pub(crate) mod onward;
pub(crate) mod probe;

use std::fmt;

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderValue, Method, Request, Response, StatusCode};
use kasir_shared::{FormFields, Rupiah};
use serde::de::{DeserializeOwned, Visitor};
use serde::{Deserialize, Deserializer, Serialize, de};

use super::account::Endpoint;
use crate::provider::ProviderError;
use crate::provider::words::{present, unreadable};

/// The longest `tXid`.
const TRANSACTION_MAX: usize = 30;

/// An answer, as far as there is one.
#[derive(Debug)]
pub(crate) enum Heard<T> {
    /// NICEPAY has trouble of its own; nothing can be read from it.
    Busy,
    /// What it says.
    Said(T),
}

/// An amount in an answer: digits, as a text or as a number; nothing where it is null or empty.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Amt(pub(crate) Option<Rupiah>);

impl<'de> Deserialize<'de> for Amt {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Digits;
        impl Visitor<'_> for Digits {
            type Value = Amt;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("digits or nothing")
            }

            fn visit_unit<E: de::Error>(self) -> Result<Amt, E> {
                Ok(Amt(None))
            }

            fn visit_u64<E: de::Error>(self, value: u64) -> Result<Amt, E> {
                Rupiah::new(value)
                    .map(|amount| Amt(Some(amount)))
                    .ok_or_else(|| E::custom("too much"))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Amt, E> {
                if text.is_empty() {
                    return Ok(Amt(None));
                }
                if !text.bytes().all(|byte| byte.is_ascii_digit()) {
                    return Err(E::custom("not digits"));
                }
                self.visit_u64(text.parse().map_err(E::custom)?)
            }
        }
        deserializer.deserialize_any(Digits)
    }
}

/// What an answer has to speak of.
#[derive(Clone, Debug)]
pub(crate) struct Ours {
    pub(crate) reference: String,
    pub(crate) amount: Rupiah,
}

impl Ours {
    /// What an answer says differently, where it says it at all.
    pub(crate) fn differs(&self, reference: Option<&String>, amt: Amt) -> Option<&'static str> {
        if present(reference).is_some_and(|theirs| theirs != self.reference) {
            return Some("referenceNo is not ours");
        }
        amt.0.is_some_and(|theirs| theirs != self.amount).then_some("amt is not ours")
    }
}

/// A question in JSON.
pub(crate) fn post_json(
    endpoint: &Endpoint,
    body: &impl Serialize,
) -> Result<Request<Bytes>, ProviderError> {
    let body = serde_json::to_vec(body)
        .map_err(|_| ProviderError::Unsendable { why: "question has no JSON" })?;
    Ok(post(endpoint, HeaderValue::from_static("application/json"), Bytes::from(body)))
}

/// A question as a form.
pub(crate) fn post_form(endpoint: &Endpoint, fields: &FormFields) -> Request<Bytes> {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.extend_pairs(&fields.0);
    let body = Bytes::from(form.finish());
    post(endpoint, HeaderValue::from_static("application/x-www-form-urlencoded"), body)
}

fn post(endpoint: &Endpoint, content_type: HeaderValue, body: Bytes) -> Request<Bytes> {
    let mut request = Request::new(body);
    *request.method_mut() = Method::POST;
    *request.uri_mut() = endpoint.uri.clone();
    request.headers_mut().insert(CONTENT_TYPE, content_type);
    request.headers_mut().insert(ACCEPT, HeaderValue::from_static("application/json"));
    request
}

/// Fields of a form, in order.
pub(crate) fn form<const N: usize>(fields: [(&str, &str); N]) -> FormFields {
    FormFields(fields.map(|(name, value)| (name.to_owned(), value.to_owned())).into())
}

/// Reads an answer that has to be JSON. NICEPAY answers 200 for refusals too.
pub(crate) fn read_json<T: DeserializeOwned>(
    answer: &Response<Bytes>,
) -> Result<Heard<T>, ProviderError> {
    if is_busy(answer.status()) {
        return Ok(Heard::Busy);
    }
    if answer.status() != StatusCode::OK {
        return unreadable("HTTP status is not documented");
    }
    match serde_json::from_slice(answer.body()) {
        Ok(said) => Ok(Heard::Said(said)),
        Err(_) => unreadable("body is not the JSON that the documents describe"),
    }
}

/// Whether NICEPAY, or what stands before it, has trouble of its own.
pub(crate) fn is_busy(status: StatusCode) -> bool {
    status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS
}

/// Whether a text is a `tXid`: opaque, but letters and digits and not too long.
pub(crate) fn is_transaction(text: &str) -> bool {
    (1..=TRANSACTION_MAX).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_digits_as_a_text_or_as_a_number() {
        let read = |json: &str| serde_json::from_str::<Amt>(json).ok().map(|amt| amt.0);
        let ten = Rupiah::new(10_000);
        for (json, amount) in [
            (r#""10000""#, Some(ten)),
            ("10000", Some(ten)),
            ("null", Some(None)),
            (r#""""#, Some(None)),
            (r#""10000.00""#, None),
            ("10000.5", None),
            ("-1", None),
            (r#""-1""#, None),
            (r#""+1""#, None),
            (r#""1000000000000""#, None),
            (r#""99999999999999999999""#, None),
            ("true", None),
            ("[]", None),
        ] {
            assert_eq!(read(json), amount, "{json}");
        }
    }
}
