//! What the tests of this folder begin with: an account with the published test key, and the orders of
//! the documents' vectors.

use std::sync::LazyLock;

use bytes::Bytes;
use http::Response;
use kasir_shared::{Locale, MethodId, Moment, Rupiah};

use super::methods::Products;
use super::{Account, Binding, Dialect, Espay, Product, PushLogin, Way};
use crate::provider::{
    Catalogue, Dialogue, Exchange, LinkOrder, Linked, Occasion, Order, Payer, Placed, ProviderError,
};
use crate::secret::Secret;

/// 2026-11-20 10:15:30 in Jakarta.
pub(crate) const DOCUMENTED: Moment = Moment::from_unix_s(1_795_144_530);
/// The order of the documents' vectors.
pub(crate) const REFERENCE: &str = "ORD20261120001";
/// A list of products as the documents describe it.
pub(crate) const MERCHANT_INFO: &str = r#"{"error_code":"0000","error_message":"Success","data":[{"bankCode":"503","productCode":"OVOLINK","productName":"OVO Linkage"},{"bankCode":"503","productCode":"OVO","productName":"OVO"},{"bankCode":"901","productCode":"DANALINK","productName":"DANA Linkage"}]}"#;

/// Both sides sign with the test key of RFC 7515, Appendix A.2, as the vectors do.
pub(crate) const KEY: &str =
    include_str!("../../../../tests/vectors/snap/keys/rfc7515-a2-pkcs1.pem");
const PUBLIC_KEY: &str =
    include_str!("../../../../tests/vectors/nicepay/snap/rfc7515-a2-public.pem");

fn secret(text: &str) -> Secret {
    Secret::new(text.to_owned())
}

pub(crate) fn product(method: MethodId, code: &str, way: Way) -> Product {
    Product {
        method,
        code: code.to_owned(),
        way,
        binding: (way == Way::Linked).then_some(Binding::AuthCode),
        balance_type: (code == "OVOLINK").then(|| "CASH".to_owned()),
        min: Rupiah::new(1_000).unwrap(),
        max: Rupiah::new(20_000_000).unwrap(),
    }
}

pub(crate) fn account() -> Account {
    Account {
        merchant_code: "SGWDEMOSHOP".to_owned(),
        api_key: secret("00112233445566778899aabbccddeeff"),
        signature_key: secret("demokey012345678"),
        password: Some(secret("demo-password")),
        private_key: secret(KEY),
        espay_public_key: PUBLIC_KEY.to_owned(),
        push: Some(PushLogin { user: "kopi".to_owned(), password: secret("giling") }),
        linkage_url: "https://sandbox-api.espay.id".parse().unwrap(),
        h2h_url: "https://sandbox-api.espay.id".parse().unwrap(),
        classic_url: "https://sandbox-api.espay.id".parse().unwrap(),
        ipv4_only: true,
        products: vec![
            product(MethodId::Ovo, "OVO", Way::Push),
            product(MethodId::Dana, "DANALINK", Way::Page),
            product(MethodId::Dana, "DANALINK", Way::Linked),
            product(MethodId::Gopay, "GOPAYLINK", Way::Linked),
        ],
        customer_phone: "0811 1111 111".parse().unwrap(),
        customer_email: "halo@shop.example".to_owned(),
        notify_path_prefix: String::new(),
        dialect: Dialect::default(),
    }
}

pub(crate) fn products() -> Products {
    account().products()
}

/// An account whose OVO is linked, as in the vectors.
pub(crate) fn linked_ovo() -> Espay {
    let mut account = account();
    account.products[0] = product(MethodId::Ovo, "OVOLINK", Way::Linked);
    Espay::new(account).unwrap()
}

/// An account whose OVO is linked at once, and whose DANA is linked by a code.
pub(crate) fn linked_account() -> Account {
    let mut account = account();
    let ovo = product(MethodId::Ovo, "OVOLINK", Way::Linked);
    account.products[0] = Product { binding: Some(Binding::Direct), ..ovo };
    account
}

/// Reading keys takes its time, so it is done once.
pub(crate) fn espay() -> Espay {
    static ESPAY: LazyLock<Espay> = LazyLock::new(|| Espay::new(account()).unwrap());
    ESPAY.clone()
}

pub(crate) fn catalogue() -> Catalogue {
    let row = |(bank, code): (&str, &str)| crate::provider::Product {
        bank: bank.to_owned(),
        code: code.to_owned(),
        name: code.to_owned(),
    };
    let rows = [("503", "OVOLINK"), ("503", "OVO"), ("901", "DANALINK")];
    Catalogue { products: rows.map(row).to_vec() }
}

pub(crate) fn order(method: MethodId) -> Order {
    Order {
        reference: REFERENCE.to_owned(),
        issued_at: DOCUMENTED,
        method,
        amount: Rupiah::new(150_000).unwrap(),
        description: "Kopi Gayo".to_owned(),
        items: Vec::new(),
        payer: Payer {
            name: Some("Budi Santoso".to_owned()),
            phone: Some("081234567890".parse().unwrap()),
            email: Some("budi@example.com".to_owned()),
            ip: "203.0.113.77".parse().unwrap(),
        },
        notify_url: "https://pay.example/notify/espay/main".parse().unwrap(),
        return_url: "https://shop.example/return/ORD20261120001".parse().unwrap(),
        expires_at: DOCUMENTED.plus_s(7200),
        mandate: None,
        catalogue: Some(catalogue()),
    }
}

pub(crate) fn link_order(method: MethodId) -> LinkOrder {
    LinkOrder {
        reference: "lnk1".to_owned(),
        method,
        phone: Some("081234567890".parse().unwrap()),
        name: Some("Budi Santoso".to_owned()),
        email: Some("budi@example.com".to_owned()),
        customer: Some("u-1001".to_owned()),
        shop: "Kopi Gayo".to_owned(),
        ip: "203.0.113.77".parse().unwrap(),
        locale: Locale::Id,
        state: "8f3c1b7a9d2e4c60".to_owned(),
        notify_url: "https://pay.example/notify/espay/main".parse().unwrap(),
        return_url: "https://shop.example/link/cb".parse().unwrap(),
        begun_at: DOCUMENTED,
        catalogue: Some(catalogue()),
    }
}

pub(crate) fn linked(method: MethodId) -> Linked {
    Linked {
        reference: "lnk1".to_owned(),
        method,
        phone: Some("081234567890".parse().unwrap()),
        token: secret("at_1"),
    }
}

pub(crate) fn placed(method: MethodId) -> Placed {
    Placed {
        reference: REFERENCE.to_owned(),
        method,
        amount: Rupiah::new(150_000).unwrap(),
        issued_at: DOCUMENTED,
        transaction: None,
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
        Dialogue::Authorize(_) => panic!("Espay lends no token to this"),
    }
}
