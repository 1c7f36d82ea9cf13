//! What SNAP BI signs: the texts of both signature types, and the keyed hash of the symmetric one.
//!
//! The body is hashed as the bytes that travel. Whoever sends makes them compact; whoever verifies
//! takes them as they came. No part is ever put in order, escaped or written again.

use aws_lc_rs::digest::{SHA256, SHA256_OUTPUT_LEN, digest};
use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::secret::Secret;

const HEX: [char; 16] =
    ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];

/// Why a signature does not stand.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum SignatureError {
    /// A signature is base64 with padding and nothing around it.
    #[error("signature is not base64")]
    NotBase64,
    /// It was not made with this key over this text.
    #[error("signature does not fit")]
    Mismatch,
}

/// SHA-256 of the body's bytes, in lower-case hex.
pub fn body_hash(body: &[u8]) -> String {
    joined(&[], body, None)
}

/// What the asymmetric type signs: `METHOD:path:hash:timestamp`. The path begins after the host, and
/// the timestamp is the very text of `X-TIMESTAMP`.
pub fn without_token(method: &str, path: &str, body: &[u8], timestamp: &str) -> String {
    joined(&[method, path], body, Some(timestamp))
}

/// What the symmetric type signs: `METHOD:path:token:hash:timestamp`, the token without `Bearer`.
pub fn with_token(method: &str, path: &str, token: &str, body: &[u8], timestamp: &str) -> String {
    joined(&[method, path, token], body, Some(timestamp))
}

/// The parts, the body's hash and the end, with colons between those that are there. It is written by
/// hand since it is most of what a symmetric signature costs beside its hashes.
fn joined(parts: &[&str], body: &[u8], end: Option<&str>) -> String {
    let length = parts.iter().copied().chain(end).map(|part| part.len() + 1).sum::<usize>();
    let mut text = String::with_capacity(length + 2 * SHA256_OUTPUT_LEN);
    for part in parts {
        text.push_str(part);
        text.push(':');
    }
    for byte in digest(&SHA256, body).as_ref() {
        text.push(HEX[usize::from(byte >> 4)]);
        text.push(HEX[usize::from(byte & 0xf)]);
    }
    if let Some(end) = end {
        text.push(':');
        text.push_str(end);
    }
    text
}

/// What a request for a token signs, and a notification that does not sign its body:
/// `client key|timestamp`.
pub fn client_and_time(client_key: &str, timestamp: &str) -> String {
    format!("{client_key}|{timestamp}")
}

/// The symmetric signature: base64 of HMAC-SHA512, keyed by the client secret as the text it is.
pub fn mac(secret: &Secret, text: &str) -> String {
    STANDARD.encode(hmac::sign(&key(secret), text.as_bytes()))
}

/// Whether a symmetric signature stands. Takes the same time wherever it differs.
pub fn verify_mac(secret: &Secret, text: &str, signature: &str) -> Result<(), SignatureError> {
    let tag = STANDARD.decode(signature).map_err(|_| SignatureError::NotBase64)?;
    hmac::verify(&key(secret), text.as_bytes(), &tag).map_err(|_| SignatureError::Mismatch)
}

fn key(secret: &Secret) -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA512, secret.expose().as_bytes())
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    const TEXTS: &str = include_str!("../../../../tests/vectors/snap/texts.json");

    #[derive(Deserialize)]
    struct Vectors {
        rows: Vec<Vector>,
    }

    #[derive(Deserialize)]
    struct Vector {
        source: String,
        method: String,
        path: String,
        #[serde(default)]
        token: Option<String>,
        body: String,
        timestamp: String,
        sha256: String,
        text: String,
    }

    #[test]
    fn every_published_body_hashes_and_reads_as_its_document_says() {
        let vectors: Vectors = serde_json::from_str(TEXTS).unwrap();
        for Vector { source, method, path, token, body, timestamp, sha256, text } in vectors.rows {
            let body = body.as_bytes();
            assert_eq!(body_hash(body), sha256, "{source}");
            let made = match token {
                Some(token) => with_token(&method, &path, &token, body, &timestamp),
                None => without_token(&method, &path, body, &timestamp),
            };
            assert_eq!(made, text, "{source}");
        }
    }

    #[test]
    fn a_part_that_is_empty_keeps_its_colon() {
        let hash = body_hash(b"");
        assert_eq!(with_token("", "", "", b"", ""), format!(":::{hash}:"));
        assert_eq!(without_token("GET", "", b"", ""), format!("GET::{hash}:"));
    }

    #[test]
    fn a_request_for_a_token_signs_client_and_time() {
        let text = client_and_time("G1234325-SNAP", "2024-03-01T08:27:49.024Z");
        assert_eq!(text, "G1234325-SNAP|2024-03-01T08:27:49.024Z");
    }

    #[test]
    fn a_mac_in_another_spelling_is_no_mac() {
        let secret = Secret::new("myclientsecret".to_owned());
        let signature = mac(&secret, "text");
        assert_eq!(verify_mac(&secret, "text", &signature), Ok(()));
        assert_eq!(verify_mac(&secret, "Text", &signature), Err(SignatureError::Mismatch));
        let upper = signature.to_ascii_uppercase();
        let hex = hex::encode(STANDARD.decode(&signature).unwrap());
        for wrong in ["", &signature[..84], &upper, &hex] {
            assert!(verify_mac(&secret, "text", wrong).is_err(), "{wrong}");
        }
        assert_eq!(
            verify_mac(&secret, "text", &format!("{signature}\n")),
            Err(SignatureError::NotBase64)
        );
    }
}
