//! What Espay signs besides SNAP: the classic hash.
//!
//! SNAP's own signature is everybody's, without a token: see [`crate::provider::snap::sign`].

use std::fmt;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{SHA256, digest};

use super::dialect::PushSignature;
use crate::secret::Secret;

/// A classic message's signature: SHA-256 in lower-case hex.
#[derive(Clone, Eq, PartialEq)]
pub(crate) struct Hash(String);

/// What a classic message signs, by service. Every text is the very text of the message's field.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Recipe<'a> {
    /// Check Payment Status, our question.
    CheckStatus {
        /// `rq_datetime`.
        at: &'a str,
        /// `order_id`.
        order: &'a str,
    },
    /// Payment Notification, Espay's message.
    PaymentReport {
        /// `rq_datetime`.
        at: &'a str,
        /// `order_id`.
        order: &'a str,
    },
    /// Payment Notification, our answer.
    PaymentReportAnswer {
        /// `rq_uuid` of what is answered.
        request: &'a str,
        /// `rs_datetime`.
        at: &'a str,
        /// `error_code`.
        code: &'a str,
    },
    /// Push-to-Pay, our question.
    PushToPay {
        /// `rq_uuid`.
        request: &'a str,
        /// `comm_code`.
        merchant: &'a str,
        /// `product_code`.
        product: &'a str,
        /// `order_id`.
        order: &'a str,
        /// `amount`.
        amount: &'a str,
        /// What comes last.
        order_of_key: PushSignature,
    },
}

impl Recipe<'_> {
    /// The signature, made with the merchant's signature key.
    pub(crate) fn sign(self, key: &Secret) -> Hash {
        let key = key.expose();
        match self {
            Self::CheckStatus { at, order } => hash(&[key, at, order, "CHECKSTATUS"]),
            Self::PaymentReport { at, order } => hash(&[key, at, order, "PAYMENTREPORT"]),
            Self::PaymentReportAnswer { request, at, code } => {
                hash(&[key, request, at, code, "PAYMENTREPORT-RS"])
            }
            Self::PushToPay { request, merchant, product, order, amount, order_of_key } => {
                let [before, last] = match order_of_key {
                    PushSignature::WordThenKey => ["PUSHTOPAY", key],
                    PushSignature::KeyThenWord => [key, "PUSHTOPAY"],
                };
                hash(&[request, merchant, product, order, amount, before, last])
            }
        }
    }
}

impl Hash {
    /// As it is sent.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is this one. Takes the same time wherever they differ; Espay writes hex in either
    /// case.
    pub(crate) fn fits(&self, signature: &str) -> bool {
        let signature = signature.to_ascii_lowercase();
        verify_slices_are_equal(self.0.as_bytes(), signature.as_bytes()).is_ok()
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// The parts between double hashes, all in upper case, the key and the times included.
fn hash(parts: &[&str]) -> Hash {
    let text = format!("##{}##", parts.join("##")).to_uppercase();
    Hash(hex::encode(digest(&SHA256, text.as_bytes())))
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;
    use crate::provider::snap::key::{PrivateKey, PublicKey, ShortKeys};
    use crate::provider::snap::sign;

    const CLASSIC: &str = include_str!("../../../../tests/vectors/espay/classic.json");
    const SNAP: &str = include_str!("../../../../tests/vectors/espay/signatures.json");
    const RENDERINGS: &str = include_str!("../../../../tests/vectors/espay/renderings.json");
    const KEY: &str = include_str!("../../../../tests/vectors/snap/keys/rfc7515-a2-pkcs1.pem");
    const PUBLIC: &str =
        include_str!("../../../../tests/vectors/nicepay/snap/rfc7515-a2-public.pem");

    #[derive(Deserialize)]
    struct File<R> {
        rows: Vec<R>,
    }

    #[derive(Deserialize)]
    struct Classic {
        parts: Vec<String>,
        sha256: String,
    }

    #[derive(Deserialize)]
    struct Signed {
        method: String,
        path: String,
        body: String,
        timestamp: String,
        body_sha256: String,
        signature: String,
    }

    #[derive(Deserialize)]
    struct Rendering {
        body: String,
        sha256: String,
    }

    fn rows<R: serde::de::DeserializeOwned>(text: &str) -> Vec<R> {
        serde_json::from_str::<File<R>>(text).unwrap().rows
    }

    #[test]
    fn every_classic_vector_is_hashed_alike() {
        let rows: Vec<Classic> = rows(CLASSIC);
        assert_eq!(rows.len(), 7);
        for Classic { parts, sha256 } in rows {
            let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
            assert_eq!(hash(&parts).as_str(), sha256, "{parts:?}");
        }
    }

    #[test]
    fn every_recipe_is_the_documents() {
        let key = Secret::new("demokey012345678".to_owned());
        let rows: Vec<Classic> = rows(CLASSIC);
        let order = "ORD20261120001";
        let push = |order_of_key| Recipe::PushToPay {
            request: "RQ0001",
            merchant: "SGWDEMOSHOP",
            product: "OVO",
            order,
            amount: "150000",
            order_of_key,
        };
        let request = "d290f1ee-6c54-4b01-90e6-d701748f0851";
        for (recipe, row) in [
            (Recipe::PaymentReport { at: "2026-11-20 10:16:03", order }, 2),
            (Recipe::PaymentReportAnswer { request, at: "2026-11-20 10:16:04", code: "0000" }, 3),
            (Recipe::CheckStatus { at: "2026-11-20 10:16:30", order }, 4),
            (push(PushSignature::WordThenKey), 5),
            (push(PushSignature::KeyThenWord), 6),
        ] {
            let made = recipe.sign(&key);
            assert_eq!(made.as_str(), rows[row].sha256, "{recipe:?}");
            assert!(made.fits(&rows[row].sha256) && made.fits(&rows[row].sha256.to_uppercase()));
            assert!(!made.fits("") && !made.fits(&rows[row].sha256[1..]));
        }
    }

    #[test]
    fn every_snap_vector_is_signed_alike_and_verifies() {
        let key = PrivateKey::read(&Secret::new(KEY.to_owned())).unwrap();
        let public = PublicKey::read(PUBLIC, ShortKeys::Refused).unwrap();
        let rows: Vec<Signed> = rows(SNAP);
        assert_eq!(rows.len(), 5);
        for row in rows {
            let body = row.body.as_bytes();
            assert_eq!(sign::body_hash(body), row.body_sha256);
            let text = sign::without_token(&row.method, &row.path, body, &row.timestamp);
            assert_eq!(key.sign(&text), row.signature, "{} {}", row.method, row.path);
            assert_eq!(public.verify(&text, &row.signature), Ok(()));
        }
    }

    #[test]
    fn one_value_is_hashed_as_it_was_written() {
        for Rendering { body, sha256 } in rows(RENDERINGS) {
            assert_eq!(sign::body_hash(body.as_bytes()), sha256, "{body}");
        }
    }
}
