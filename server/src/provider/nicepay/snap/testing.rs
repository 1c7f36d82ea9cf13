//! What the tests of this folder begin with.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::Response;

use super::super::testing as v2;
use super::{NicepaySnap, SnapAccount};
use crate::provider::dialogue::Token;
use crate::provider::snap::key::{PrivateKey, PublicKey, ShortKeys};
use crate::provider::{Dialogue, Exchange, Occasion, ProviderError};
use crate::secret::Secret;

/// Both halves of a pair that was published to be tested with. Here it is the merchant's and
/// NICEPAY's at once.
const PRIVATE: &str = include_str!("../../../../../tests/vectors/snap/keys/rfc7515-a2-pkcs1.pem");
const PUBLIC: &str =
    include_str!("../../../../../tests/vectors/nicepay/snap/rfc7515-a2-public.pem");
const ANSWER: &str = include_str!("../../../../../tests/vectors/nicepay/snap/status/answer.json");

pub(super) fn key() -> PrivateKey {
    PrivateKey::read(&Secret::new(PRIVATE.to_owned())).unwrap()
}

pub(super) fn account() -> SnapAccount {
    let v2 = v2::account();
    SnapAccount {
        imid: v2.imid,
        base_url: v2.base_url,
        private_key: key(),
        client_secret: v2.merchant_key,
        notification_key: PublicKey::read(PUBLIC, ShortKeys::Refused).unwrap(),
        sub_merchant_id: None,
        external_store_id: None,
        billing: v2.billing,
        limits: BTreeMap::new(),
    }
}

pub(super) fn snap() -> NicepaySnap {
    NicepaySnap::new(account()).unwrap()
}

pub(super) fn occasion() -> Occasion {
    v2::occasion()
}

/// The documented answer to an inquiry, with this status.
pub(super) fn status_body(status: &str) -> String {
    let documented = r#""latestTransactionStatus":"00""#;
    assert!(ANSWER.contains(documented));
    ANSWER.replace(documented, &format!(r#""latestTransactionStatus":"{status}""#))
}

/// The conversation once it has this token.
pub(super) fn with_token<T>(dialogue: Dialogue<T>, token: &str) -> Dialogue<T> {
    let Dialogue::Authorize(authorization) = dialogue else { panic!("it needs a token") };
    let value = Secret::new(token.to_owned());
    (authorization.then)(Token { value, lifetime_s: 900 }).unwrap()
}

/// The question that a conversation asks now.
pub(super) fn exchange<T>(dialogue: Dialogue<T>) -> Box<Exchange<T>> {
    match dialogue {
        Dialogue::Ask(exchange) => exchange,
        Dialogue::Authorize(_) => panic!("it needs a token first"),
        Dialogue::Done(_) => panic!("it asks"),
    }
}

/// What becomes of a conversation of one question, with a token and this answer.
pub(super) fn asked<T>(dialogue: Dialogue<T>, answer: Response<Bytes>) -> Result<T, ProviderError> {
    match exchange(with_token(dialogue, "t")).answer(answer)? {
        Dialogue::Done(outcome) => Ok(outcome),
        Dialogue::Ask(_) | Dialogue::Authorize(_) => panic!("one answer is enough"),
    }
}
