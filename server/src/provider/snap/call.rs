//! Makes a signed request: the body is serialised once, and those very bytes are hashed and sent.
//!
//! The path that is signed begins where the service's does; whatever a host puts before it is part
//! of the address and of nothing else.

use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderValue, Method, Request};
use kasir_shared::{Moment, WebUrl};
use serde::Serialize;

use super::key::PrivateKey;
use super::{sign, time};
use crate::provider::{Occasion, ProviderError};
use crate::secret::Secret;

/// One thing that can be asked for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Service {
    /// Its number in the standard: two digits of every response code.
    pub number: u8,
    /// What it is called in timelines and metrics.
    pub operation: &'static str,
    /// Its path as it is signed: `/v1.0/debit/status`.
    pub path: &'static str,
}

/// A merchant as one provider knows it.
#[derive(Clone, Debug)]
pub struct Caller {
    base: String,
    partner: HeaderValue,
    channel: HeaderValue,
}

/// Why nobody can call like this.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum CallerError {
    /// The address.
    #[error("is no address that can be called")]
    Address,
    /// `X-PARTNER-ID`.
    #[error("is empty or no plain text")]
    Partner,
    /// `CHANNEL-ID`.
    #[error("is empty or no plain text")]
    Channel,
}

/// How a request is signed.
#[derive(Clone, Copy, Debug)]
pub enum Signature<'a> {
    /// By the merchant's key alone.
    Key(&'a PrivateKey),
    /// With a token, by the secret that provider and merchant share.
    Token {
        /// The token.
        token: &'a Secret,
        /// The client secret.
        secret: &'a Secret,
    },
}

/// A message to a service, where the service is not simply posted to.
#[derive(Clone, Copy, Debug)]
pub struct Message<'a> {
    /// How: `GET`.
    pub method: &'a Method,
    /// Path and query as they are called, behind the host and its prefix.
    pub target: &'a str,
    /// Path, or path and query, as they are signed.
    pub signed: &'a str,
    /// What is sent; may be empty.
    pub body: &'a Bytes,
    /// `X-EXTERNAL-ID`.
    pub external_id: &'a str,
}

/// A question's body in portable JSON: compact, in the order of its fields, and all ASCII, so that
/// whoever re-encodes it before hashing arrives at the same bytes.
pub fn body(question: &impl Serialize) -> Result<Bytes, ProviderError> {
    let body = serde_json::to_vec(question)
        .map_err(|_| ProviderError::Unsendable { why: "question has no JSON" })?;
    if body.is_ascii() {
        Ok(Bytes::from(body))
    } else {
        Err(ProviderError::Unsendable { why: "question is not all ASCII" })
    }
}

/// An `X-EXTERNAL-ID`: the time in Jakarta, then chance, then which question of its conversation this
/// is. Thirty-two digits, and never twice the same.
pub fn external_id(now: Occasion, question: u8) -> String {
    let chance = u128::from_be_bytes(now.chance) % 10_000_000_000_000;
    let mut time = time::to_the_millisecond(now.at);
    time.truncate(17);
    format!("{time}{chance:013}{:02}", question % 100)
}

impl Caller {
    /// Calls services under `base_url`, as the partner and through the channel that the provider
    /// assigned.
    pub fn new(base_url: &WebUrl, partner: &str, channel: &str) -> Result<Self, CallerError> {
        let base = base_url.as_str().trim_end_matches('/').to_owned();
        let callable = !base.contains(['?', '#']) && base.parse::<http::Uri>().is_ok();
        if !callable {
            return Err(CallerError::Address);
        }
        let header = |text: &str| {
            let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
            HeaderValue::from_str(text).ok().filter(|_| plain)
        };
        Ok(Self {
            base,
            partner: header(partner).ok_or(CallerError::Partner)?,
            channel: header(channel).ok_or(CallerError::Channel)?,
        })
    }

    /// What comes before a path: scheme, host and prefix, without a slash at the end.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The request for a service: `question` counts within the conversation that `now` is the
    /// occasion of, so that no two requests share an external id.
    pub fn request(
        &self,
        service: &Service,
        body: &Bytes,
        (now, question): (Occasion, u8),
        signature: Signature<'_>,
    ) -> Result<Request<Bytes>, ProviderError> {
        let message = Message {
            method: &Method::POST,
            target: service.path,
            signed: service.path,
            body,
            external_id: &external_id(now, question),
        };
        self.message(&message, now.at, signature)
    }

    /// The request that carries a message.
    pub fn message(
        &self,
        message: &Message<'_>,
        at: Moment,
        signature: Signature<'_>,
    ) -> Result<Request<Bytes>, ProviderError> {
        let Message { method, target, signed, body, external_id } = *message;
        let timestamp = time::jakarta(at);
        let mut request = post(&format!("{}{target}", self.base), body.clone())?;
        request.method_mut().clone_from(method);
        let headers = request.headers_mut();
        let method = method.as_str();
        let signature = match signature {
            Signature::Key(key) => key.sign(&sign::without_token(method, signed, body, &timestamp)),
            Signature::Token { token, secret } => {
                headers.insert(AUTHORIZATION, bearer(token)?);
                let token = token.expose();
                sign::mac(secret, &sign::with_token(method, signed, token, body, &timestamp))
            }
        };
        headers.insert("x-timestamp", value(&timestamp)?);
        headers.insert("x-signature", value(&signature)?);
        headers.insert("x-partner-id", self.partner.clone());
        headers.insert("x-external-id", value(external_id)?);
        headers.insert("channel-id", self.channel.clone());
        Ok(request)
    }
}

/// A POST of JSON, without any signature.
pub(super) fn post(url: &str, body: Bytes) -> Result<Request<Bytes>, ProviderError> {
    let uri = url.parse().map_err(|_| ProviderError::Unsendable { why: "address is none" })?;
    let mut request = Request::new(body);
    *request.method_mut() = Method::POST;
    *request.uri_mut() = uri;
    let json = HeaderValue::from_static("application/json");
    request.headers_mut().insert(CONTENT_TYPE, json.clone());
    request.headers_mut().insert(ACCEPT, json);
    Ok(request)
}

pub(super) fn value(text: &str) -> Result<HeaderValue, ProviderError> {
    HeaderValue::from_str(text)
        .map_err(|_| ProviderError::Unsendable { why: "a header is no plain text" })
}

/// `Bearer` and the token, which no log prints.
fn bearer(token: &Secret) -> Result<HeaderValue, ProviderError> {
    let mut bearer = value(&format!("Bearer {}", token.expose()))?;
    bearer.set_sensitive(true);
    Ok(bearer)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const STATUS: Service = Service { number: 55, operation: "status", path: "/v1.0/debit/status" };

    fn occasion(unix_ms: i64, chance: u8) -> Occasion {
        Occasion { at: Moment { unix_ms }, chance: [chance; 16] }
    }

    fn caller(base: &str) -> Result<Caller, CallerError> {
        Caller::new(&base.parse().unwrap(), "PARTNER-1", "WEB")
    }

    fn request(base: &str) -> Request<Bytes> {
        let (token, secret) = (Secret::new("tok".to_owned()), Secret::new("sec".to_owned()));
        let signature = Signature::Token { token: &token, secret: &secret };
        let body = Bytes::from_static(br#"{"a":"b"}"#);
        let now = occasion(1_795_150_800_123, 9);
        caller(base).unwrap().request(&STATUS, &body, (now, 0), signature).unwrap()
    }

    #[test]
    fn what_is_not_all_ascii_is_not_sent() {
        assert_eq!(body(&["Cafe"]).unwrap(), r#"["Cafe"]"#);
        assert!(matches!(body(&["Café"]), Err(ProviderError::Unsendable { .. })));
    }

    #[test]
    fn an_address_or_a_name_that_cannot_be_sent_is_refused() {
        assert_eq!(caller("https://api.example/?a=1").unwrap_err(), CallerError::Address);
        let base: WebUrl = "https://api.example".parse().unwrap();
        for text in ["", "a b", "a\n", "é"] {
            assert_eq!(Caller::new(&base, text, "WEB").unwrap_err(), CallerError::Partner);
            assert_eq!(Caller::new(&base, "P", text).unwrap_err(), CallerError::Channel);
        }
    }

    #[test]
    fn a_prefix_of_the_host_is_called_and_not_signed() {
        let (plain, prefixed) =
            (request("https://api.example"), request("https://api.example/snap/"));
        assert_eq!(plain.uri(), "https://api.example/v1.0/debit/status");
        assert_eq!(prefixed.uri(), "https://api.example/snap/v1.0/debit/status");
        assert_eq!(plain.headers(), prefixed.headers());
    }

    #[test]
    fn a_request_carries_every_header_of_the_standard() {
        let request = request("https://api.example");
        let header = |name: &str| request.headers()[name].to_str().unwrap();
        assert_eq!(header("content-type"), "application/json");
        assert_eq!(header("authorization"), "Bearer tok");
        assert_eq!(header("x-timestamp"), "2026-11-20T12:00:00+07:00");
        assert_eq!((header("x-partner-id"), header("channel-id")), ("PARTNER-1", "WEB"));
        assert!(header("x-external-id").starts_with("20261120120000123"));
        let text = sign::with_token(
            "POST",
            "/v1.0/debit/status",
            "tok",
            br#"{"a":"b"}"#,
            "2026-11-20T12:00:00+07:00",
        );
        assert_eq!(header("x-signature"), sign::mac(&Secret::new("sec".to_owned()), &text));
    }

    #[test]
    fn a_token_prints_nowhere() {
        assert!(!format!("{:?}", request("https://api.example")).contains("tok\""));
    }

    #[test]
    fn every_question_has_an_external_id_of_its_own() {
        let now = occasion(1_795_150_800_123, 9);
        let ids = [
            external_id(now, 0),
            external_id(now, 1),
            external_id(occasion(1_795_150_800_124, 9), 0),
            external_id(occasion(1_795_150_800_123, 8), 0),
        ];
        let mut different = ids.to_vec();
        different.sort_unstable();
        different.dedup();
        assert_eq!(different.len(), ids.len());
    }

    proptest! {
        #[test]
        fn an_external_id_is_thirty_two_digits(unix_ms in 0..253_402_000_000_000_i64, chance: [u8; 16], question: u8) {
            let id = external_id(Occasion { at: Moment { unix_ms }, chance }, question);
            prop_assert_eq!(id.len(), 32);
            prop_assert!(id.bytes().all(|byte| byte.is_ascii_digit()));
        }
    }
}
