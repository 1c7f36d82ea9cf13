//! Standard Webhooks, from the receiver's side: did Kasir really write this, and just now?
//!
//! Written from the specification (<https://github.com/standard-webhooks/standard-webhooks>), not from Kasir's
//! signer, so that each checks the other.

use axum::http::HeaderMap;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// How far a delivery's time may be from ours, either way.
const TOLERANCE_S: u64 = 5 * 60;

/// Why a delivery was not believed.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Refusal {
    /// A header is missing or unreadable.
    #[error("a webhook header is missing or unreadable")]
    Incomplete,
    /// It was sent too long ago, or in the future: perhaps a recorded delivery played again.
    #[error("the timestamp is more than five minutes away")]
    Stale,
    /// Nobody who knows the secret signed these bytes.
    #[error("no signature matches")]
    Mismatch,
}

/// The key that Kasir and the shop share.
pub(super) struct Secret(Vec<u8>);

impl Secret {
    /// Reads `whsec_` and base64.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let key = STANDARD.decode(text.strip_prefix("whsec_")?).ok()?;
        (!key.is_empty()).then_some(Self(key))
    }

    /// Checks a delivery received at `now_s` (Unix seconds) and returns its id.
    pub(super) fn verify(
        &self,
        headers: &HeaderMap,
        body: &[u8],
        now_s: i64,
    ) -> Result<String, Refusal> {
        let id = header(headers, "webhook-id")?;
        let sent = header(headers, "webhook-timestamp")?;
        let signatures = header(headers, "webhook-signature")?;
        let sent_s: i64 = sent.parse().map_err(|_| Refusal::Incomplete)?;
        if sent_s.abs_diff(now_s) > TOLERANCE_S {
            return Err(Refusal::Stale);
        }
        // While a secret is being replaced, a delivery carries one signature for each.
        let matches = signatures.split(' ').any(|signature| {
            let Some(Ok(code)) = signature.strip_prefix("v1,").map(|code| STANDARD.decode(code))
            else {
                return false;
            };
            self.mac(id, sent, body).verify_slice(&code).is_ok()
        });
        if matches { Ok(id.to_owned()) } else { Err(Refusal::Mismatch) }
    }

    fn mac(&self, id: &str, sent: &str, body: &[u8]) -> Hmac<Sha256> {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes a key of any size");
        for part in [id.as_bytes(), b".", sent.as_bytes(), b".", body] {
            mac.update(part);
        }
        mac
    }

    /// What a sender with this key would put into `webhook-signature`.
    #[cfg(test)]
    pub(super) fn sign(&self, id: &str, sent: &str, body: &[u8]) -> String {
        format!("v1,{}", STANDARD.encode(self.mac(id, sent, body).finalize().into_bytes()))
    }
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Result<&'a str, Refusal> {
    let mut values = headers.get_all(name).iter();
    match (values.next().and_then(|value| value.to_str().ok()), values.next()) {
        (Some(value), None) if !value.is_empty() => Ok(value),
        _ => Err(Refusal::Incomplete),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    const SENT_S: i64 = 1_614_265_330;
    const BODY: &[u8] = br#"{"test": 2432232314}"#;
    const SIGNATURE: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    fn verdict(
        headers: &[(&'static str, &str)],
        body: &[u8],
        now_s: i64,
    ) -> Result<String, Refusal> {
        let headers = headers
            .iter()
            .map(|(name, value)| {
                ((*name).parse().expect("a header name"), value.parse().expect("a header value"))
            })
            .collect();
        Secret::parse(SECRET).expect("a secret").verify(&headers, body, now_s)
    }

    fn published() -> [(&'static str, &'static str); 3] {
        [("webhook-id", ID), ("webhook-timestamp", "1614265330"), ("webhook-signature", SIGNATURE)]
    }

    #[test]
    fn the_published_vector_is_believed() {
        assert_eq!(verdict(&published(), BODY, SENT_S), Ok(ID.to_owned()));
    }

    #[test]
    fn one_good_signature_among_others_is_enough() {
        let mut headers = published();
        let several = format!("v1a,bm90IG91cnM= v1,!!! v1,AAAA {SIGNATURE}");
        headers[2].1 = &several;
        assert_eq!(verdict(&headers, BODY, SENT_S), Ok(ID.to_owned()));
    }

    #[test]
    fn a_changed_byte_anywhere_is_refused() {
        assert_eq!(
            verdict(&published(), br#"{"test": 2432232315}"#, SENT_S),
            Err(Refusal::Mismatch)
        );
        for (place, other) in [
            (0, "msg_other"),
            (1, "1614265331"),
            (2, "v1,h0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
        ] {
            let mut headers = published();
            headers[place].1 = other;
            assert_eq!(verdict(&headers, BODY, SENT_S), Err(Refusal::Mismatch), "{other}");
        }
    }

    #[test]
    fn another_version_of_the_scheme_proves_nothing() {
        let mut headers = published();
        headers[2].1 = "v2,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
        assert_eq!(verdict(&headers, BODY, SENT_S), Err(Refusal::Mismatch));
    }

    #[test]
    fn a_delivery_from_another_time_is_refused() {
        assert_eq!(verdict(&published(), BODY, SENT_S + 300), Ok(ID.to_owned()));
        assert_eq!(verdict(&published(), BODY, SENT_S + 301), Err(Refusal::Stale));
        assert_eq!(verdict(&published(), BODY, SENT_S - 301), Err(Refusal::Stale));
        assert_eq!(verdict(&published(), BODY, i64::MIN), Err(Refusal::Stale));
    }

    #[test]
    fn a_delivery_without_each_of_the_three_headers_is_refused() {
        for missing in 0..3 {
            let mut headers = published().to_vec();
            headers.remove(missing);
            assert_eq!(verdict(&headers, BODY, SENT_S), Err(Refusal::Incomplete));
        }
    }

    #[test]
    fn a_timestamp_that_is_no_number_is_refused() {
        let mut headers = published();
        headers[1].1 = "yesterday";
        assert_eq!(verdict(&headers, BODY, SENT_S), Err(Refusal::Incomplete));
    }

    #[test]
    fn a_secret_is_marked_as_one() {
        assert!(Secret::parse("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").is_none());
        assert!(Secret::parse("whsec_").is_none());
        assert!(Secret::parse("whsec_***").is_none());
    }
}
