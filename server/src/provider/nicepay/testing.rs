//! What the tests of this folder begin with: the account and the order of the documents' e-wallet
//! samples, whose tokens were published.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::Response;
use kasir_shared::api::merchant::Item;
use kasir_shared::{Locale, MethodId, Moment, Rupiah};
use serde::Deserialize;

use super::{Account, Billing, Nicepay};
use crate::provider::{LinkOrder, Occasion, Order, Payer, Placed, RefundOrder};
use crate::secret::Secret;

/// 2022-12-08 06:59:59 in Jakarta.
pub(crate) const DOCUMENTED: Moment = Moment::from_unix_s(1_670_457_599);

const KEY: &str =
    "33F49GnCMS1mFYlGXisbUDzVf2ATWCl9k3R++d5hDd3Frmuos/XLx8XhXpe+LDYAbpGKZYSwtlyyLOtS/8aD7A==";

pub(crate) fn account() -> Account {
    Account {
        imid: "IONPAYTEST".to_owned(),
        merchant_key: Secret::new(KEY.to_owned()),
        base_url: "https://dev.nicepay.co.id/nicepay".parse().unwrap(),
        billing: Billing {
            name: "Toko Kopi".to_owned(),
            phone: "02155512345".to_owned(),
            email: "toko@shop.example".to_owned(),
            address: "Jalan Bukit Berbunga 22".to_owned(),
            city: "Jakarta".to_owned(),
            state: "DKI Jakarta".to_owned(),
            post_code: "12345".to_owned(),
            country: "Indonesia".to_owned(),
        },
        limits: BTreeMap::new(),
    }
}

pub(crate) fn nicepay() -> Nicepay {
    Nicepay::new(account()).unwrap()
}

pub(crate) fn item(name: &str, quantity: u32, price: u64) -> Item {
    Item { name: name.to_owned(), quantity, price: Rupiah::new(price).unwrap() }
}

pub(crate) fn order(method: MethodId) -> Order {
    Order {
        reference: "ORD20221208".to_owned(),
        issued_at: DOCUMENTED,
        method,
        amount: Rupiah::new(2000).unwrap(),
        description: "Kopi Gayo".to_owned(),
        items: vec![item("Kopi Gayo", 2, 700), item("Roti", 1, 600)],
        payer: Payer {
            name: Some("Siti Nurhaliza".to_owned()),
            phone: Some("+62 821-1111-1111".parse().unwrap()),
            email: Some("siti@mail.example".to_owned()),
            ip: "203.0.113.77".parse().unwrap(),
        },
        notify_url: "https://pay.example/notify/nicepay/main".parse().unwrap(),
        return_url: "https://pay.example/return/abc?x=1".parse().unwrap(),
        expires_at: DOCUMENTED.plus_s(900),
        mandate: None,
        catalogue: None,
    }
}

pub(crate) fn link_order() -> LinkOrder {
    LinkOrder {
        reference: "ORD12345".to_owned(),
        method: MethodId::Astrapay,
        phone: Some("+62 821-1111-1111".parse().unwrap()),
        name: Some("Siti Nurhaliza".to_owned()),
        email: Some("siti@mail.example".to_owned()),
        customer: None,
        shop: "Kopi Gayo".to_owned(),
        ip: "203.0.113.77".parse().unwrap(),
        locale: Locale::Id,
        state: "8f3c1b7a9d2e4c60".to_owned(),
        notify_url: "https://pay.example/notify/nicepay/main".parse().unwrap(),
        return_url: "https://pay.example/return/abc?x=1".parse().unwrap(),
        begun_at: DOCUMENTED,
        catalogue: None,
    }
}

pub(crate) fn placed(method: MethodId) -> Placed {
    Placed {
        reference: "ORD20221208".to_owned(),
        method,
        amount: Rupiah::new(2000).unwrap(),
        issued_at: DOCUMENTED,
        transaction: Some("IONPAYTEST05202212080659591234".to_owned()),
        paid_at: None,
        refunded: Rupiah::ZERO,
    }
}

pub(crate) fn occasion() -> Occasion {
    Occasion { at: DOCUMENTED, chance: [7; 16] }
}

pub(crate) fn answer(body: &str) -> Response<Bytes> {
    Response::new(Bytes::from(body.to_owned()))
}

pub(crate) fn status(code: u16, body: &str) -> Response<Bytes> {
    let mut answer = answer(body);
    *answer.status_mut() = code.try_into().unwrap();
    answer
}

pub(crate) fn refund_order(amount: u64, already: u64) -> RefundOrder {
    RefundOrder {
        number: "ref_1".to_owned(),
        amount: Rupiah::new(amount).unwrap(),
        already: Rupiah::new(already).unwrap(),
        reason: "Barang habis".to_owned(),
    }
}

/// Tokens that were published, and tokens computed from the documented formulas.
#[derive(Deserialize)]
pub(crate) struct Vectors {
    pub(crate) key: String,
    pub(crate) rows: Vec<Vector>,
}

#[derive(Deserialize)]
pub(crate) struct Vector {
    pub(crate) source: String,
    pub(crate) operation: String,
    pub(crate) imid: String,
    pub(crate) values: Vec<String>,
    pub(crate) token: String,
    pub(crate) verifies: bool,
}

impl Vectors {
    pub(crate) fn published() -> Self {
        let text = include_str!("../../../../tests/vectors/nicepay/merchant-token.json");
        serde_json::from_str(text).unwrap()
    }
}
