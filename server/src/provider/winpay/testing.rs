//! What the tests of this folder begin with: an account with keys of the tests' own, and the orders
//! of the documents' samples.

use std::sync::LazyLock;

use bytes::Bytes;
use http::{Request, Response};
use kasir_shared::{MethodId, Moment, Rupiah};

use super::{Account, Winpay};
use crate::provider::snap::key::{PrivateKey, ShortKeys};
use crate::provider::snap::sign;
use crate::provider::{Dialogue, Exchange, Occasion, Order, Payer, Placed, ProviderError};
use crate::secret::Secret;

/// 2023-09-05 16:30:00 in Jakarta: forty minutes and eleven seconds before the sample's order ends.
pub(crate) const DOCUMENTED: Moment = Moment::from_unix_s(1_693_906_200);
/// The contract of the documents' status sample.
pub(crate) const CONTRACT: &str = "so748b157a-c7b2-4b2b-81cd-00fdd94c82bd";

const OWN_KEY: &str = include_str!("../../../../tests/vectors/keys/winpay-merchant.pem");
const WINPAYS_KEY: &str = include_str!("../../../../tests/vectors/keys/winpay.pem");
const WINPAYS_PUBLIC_KEY: &str = include_str!("../../../../tests/vectors/keys/winpay.pub.pem");
/// The key of Winpay's own sandbox, which has 1023 bits.
pub(crate) const SANDBOX_KEY: &str =
    include_str!("../../../../tests/vectors/snap/keys/winpay-sandbox-1023.pem");

pub(crate) fn account() -> Account {
    Account {
        partner_id: "b5a2f0c8-3c1d-4f5e-9a70-1d2c3b4a5968".to_owned(),
        merchant_id: "170041".to_owned(),
        channel_id: "WEB".to_owned(),
        private_key: Secret::new(OWN_KEY.to_owned()),
        winpay_public_key: WINPAYS_PUBLIC_KEY.to_owned(),
        short_keys: ShortKeys::Refused,
        base_url: "https://sandbox-snap.winpay.id/snap".parse().unwrap(),
        customer_phone: "0811 1111 111".parse().unwrap(),
        notify_path_prefix: String::new(),
    }
}

/// Reading keys takes its time, so it is done once.
pub(crate) fn winpay() -> Winpay {
    static WINPAY: LazyLock<Winpay> = LazyLock::new(|| Winpay::new(account()).unwrap());
    WINPAY.clone()
}

pub(crate) fn order(method: MethodId) -> Order {
    Order {
        reference: "000000000056".to_owned(),
        issued_at: DOCUMENTED,
        method,
        amount: Rupiah::new(10_000).unwrap(),
        description: "Kopi Gayo".to_owned(),
        items: Vec::new(),
        payer: Payer {
            name: Some("Chus Pandi".to_owned()),
            phone: Some("0895633156874".parse().unwrap()),
            email: None,
            ip: "203.0.113.77".parse().unwrap(),
        },
        notify_url: "https://test1.bi.go.id/v1/test".parse().unwrap(),
        return_url: "https://test1.bi.go.id/v1/test".parse().unwrap(),
        expires_at: DOCUMENTED.plus_s(2411),
        mandate: None,
        catalogue: None,
    }
}

pub(crate) fn placed(method: MethodId) -> Placed {
    Placed {
        reference: "000000000053".to_owned(),
        method,
        amount: Rupiah::new(10_000).unwrap(),
        issued_at: DOCUMENTED,
        transaction: Some(CONTRACT.to_owned()),
        paid_at: None,
        refunded: Rupiah::ZERO,
    }
}

pub(crate) fn occasion() -> Occasion {
    later(0)
}

pub(crate) fn later(s: i64) -> Occasion {
    Occasion { at: DOCUMENTED.plus_s(s), chance: [7; 16] }
}

/// An answer under the HTTP status that its code begins with.
pub(crate) fn coded(code: &str) -> Response<Bytes> {
    let body = format!(r#"{{"responseCode":"{code}","responseMessage":"as documented"}}"#);
    answer(code[..3].parse().unwrap(), &body)
}

pub(crate) fn answer(status: u16, body: &str) -> Response<Bytes> {
    let mut answer = Response::new(Bytes::from(body.to_owned()));
    *answer.status_mut() = status.try_into().unwrap();
    answer
}

/// The question that a conversation asks next.
pub(crate) fn asked<T>(dialogue: Dialogue<T>, operation: &str) -> Box<Exchange<T>> {
    match dialogue {
        Dialogue::Ask(exchange) => {
            assert_eq!(exchange.operation, operation);
            exchange
        }
        Dialogue::Done(_) | Dialogue::Authorize(_) => panic!("nothing is asked"),
    }
}

/// What a conversation comes to after these answers.
pub(crate) fn heard<T>(
    mut dialogue: Dialogue<T>,
    answers: impl IntoIterator<Item = (&'static str, Response<Bytes>)>,
) -> Result<T, ProviderError> {
    for (operation, answer) in answers {
        dialogue = asked(dialogue, operation).answer(answer)?;
    }
    match dialogue {
        Dialogue::Done(outcome) => Ok(outcome),
        Dialogue::Ask(exchange) => panic!("it also asks for {}", exchange.operation),
        Dialogue::Authorize(_) => panic!("Winpay lends no token"),
    }
}

/// A callback as Winpay sends it to this path.
pub(crate) fn callback(path: &str, body: &str, timestamp: &str) -> Request<Bytes> {
    static KEY: LazyLock<PrivateKey> =
        LazyLock::new(|| PrivateKey::read(&Secret::new(WINPAYS_KEY.to_owned())).unwrap());
    let signed = sign::without_token("POST", path, body.as_bytes(), timestamp);
    Request::post(path)
        .header("Content-Type", "application/json")
        .header("X-Timestamp", timestamp)
        .header("X-Partner-ID", "170041")
        .header("X-Signature", KEY.sign(&signed))
        .header("X-External-ID", "20230905163000001")
        .header("Channel-ID", "WEB")
        .body(Bytes::from(body.to_owned()))
        .unwrap()
}
