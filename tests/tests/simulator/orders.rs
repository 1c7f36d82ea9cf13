//! Orders that are no wallet's: at stores, at lenders, and on NICEPAY's own page.
use crate::merchant::{CALLBACK, Form, MERCHANT, World, sign, text, with};
use http::header::LOCATION;
use kasir_tests::simulator::Details;
use serde_json::{Map, Value, json};

pub(crate) const AMOUNT: i64 = 150_000;

/// The same request without a field.
pub(crate) fn without(body: &Value, name: &str) -> Value {
    let mut map: Map<String, Value> = body.as_object().unwrap().clone();
    map.remove(name).unwrap_or_else(|| panic!("{name} in {body}"));
    Value::Object(map)
}

/// The same request with more fields.
pub(crate) fn with_all(body: &Value, more: &[(&str, &str)]) -> Value {
    more.iter().fold(body.clone(), |body, (name, value)| with(&body, name, value))
}

/// Two items of two sellers, which come to the amount.
pub(crate) fn lenders_cart() -> String {
    let item = |id: &str, amount: &str, quantity: &str, seller: (&str, &str)| {
        json!({"goods_id": id, "goods_type": "Kopi", "goods_name": "Kopi Gayo", "goods_detail": "250 g",
               "goods_url": "https://shop.example/kopi", "img_url": "https://shop.example/kopi.jpg",
               "goods_amt": amount, "goods_quantity": quantity,
               "goods_sellers_id": seller.0, "goods_sellers_name": seller.1})
    };
    let items = [
        item("K-1", "50000", "2", ("S-1", "Toko Gayo")),
        item("K-2", "50000", "1", ("S-2", "Toko Toraja")),
    ];
    json!({"count": "2", "item": items}).to_string()
}

pub(crate) fn sellers() -> Value {
    let seller = |id: &str, name: &str| {
        json!({"sellersId": id, "sellersNm": name, "sellersEmail": "toko@shop.example",
               "sellersUrl": "https://shop.example",
               "sellersAddress": {"sellerNm": "Budi", "sellerLastNm": "Santoso",
                                  "sellerAddr": "Jl. Asia Afrika 8", "sellerCity": "Bandung",
                                  "sellerPostCd": "40111", "sellerPhone": "0811111111",
                                  "sellerCountry": "ID"}})
    };
    json!([seller("S-1", "Toko Gayo"), seller("S-2", "Toko Toraja")])
}

const DELIVERY: [(&str, &str); 10] = [
    ("deliveryNm", "Sari Dewi"),
    ("deliveryPhone", "081234567890"),
    ("deliveryAddr", "Jl. Braga 1"),
    ("deliveryCity", "Bandung"),
    ("deliveryState", "Jawa Barat"),
    ("deliveryPostCd", "40111"),
    ("deliveryCountry", "Indonesia"),
    ("instmntType", "1"),
    ("instmntMon", "3"),
    ("recurrOpt", "0"),
];

impl World {
    /// A complete registration at a store: no cart, and the store's own time.
    pub(crate) fn at_store(&self, store: &str, reference: &str) -> Value {
        let order = self.registration(store, reference, AMOUNT);
        let order = without(&without(&order, "cartData"), "userIP");
        with_all(&order, &[("payMethod", "03"), ("payValidDt", ""), ("payValidTm", "")])
    }

    /// A complete registration at a lender.
    pub(crate) fn at_lender(&self, lender: &str, reference: &str) -> Value {
        let order = self.registration(lender, reference, AMOUNT);
        let order = with_all(&order, &[("payMethod", "06"), ("cartData", &lenders_cart())]);
        let order = with_all(&order, &DELIVERY);
        if lender == "AKLP" { with(&order, "sellers", &sellers().to_string()) } else { order }
    }

    /// A complete registration for NICEPAY's own page.
    pub(crate) fn on_page(&self, reference: &str) -> Value {
        let order = without(&self.at_lender("AKLP", reference), "mitraCd");
        let more = [("payMethod", "00"), ("callBackUrl", CALLBACK), ("description", "Kopi")];
        with_all(&order, &more)
    }

    /// Registers what was written: the tXid.
    pub(crate) async fn registered(&self, order: &Value) -> String {
        let answer = self.post("registration", order).await;
        assert_eq!(answer["resultCd"], "0000", "{answer} {}", self.last_verdict());
        text(&answer, "tXid").to_owned()
    }

    /// Registers at a store: the tXid and the number.
    pub(crate) async fn numbered(&self, store: &str, reference: &str) -> (String, String) {
        let id = self.registered(&self.at_store(store, reference)).await;
        let number = self.details(&id).pay_no.unwrap();
        (id, number)
    }

    /// Registers for NICEPAY's page: the tXid.
    pub(crate) async fn hosted(&self, reference: &str) -> String {
        let answer = self.redirect(&self.on_page(reference)).await;
        assert_eq!(answer["resultCd"], "0000", "{answer} {}", self.last_verdict());
        text(&answer, "tXid").to_owned()
    }

    /// Posts JSON to the registration of NICEPAY's own page.
    pub(crate) async fn redirect(&self, body: &Value) -> Value {
        let url = self.served.url("/nicepay/redirect/v2/registration");
        self.http.post(url).json(body).send().await.unwrap().json().await.unwrap()
    }

    pub(crate) fn details(&self, id: &str) -> Details {
        self.sim.details(id).unwrap()
    }

    /// What the inquiry says of an order of the usual amount.
    pub(crate) async fn asked(&self, id: &str, reference: &str) -> Value {
        self.post("inquiry", &Self::inquiry(id, reference, AMOUNT)).await
    }

    pub(crate) async fn digit(&self, id: &str, reference: &str) -> String {
        text(&self.asked(id, reference).await, "status").to_owned()
    }

    /// A full cancel of the usual amount.
    pub(crate) async fn take_back(&self, id: &str, method: &str) -> Value {
        let cancel = with(&Self::cancellation(id, "1", AMOUNT), "payMethod", method);
        self.post("cancel", &with(&cancel, "cancelMsg", "tidak jadi")).await
    }

    /// Presses a button of a page: where the browser goes, or what it sees.
    pub(crate) async fn press(&self, path: &str, fields: &[(&'static str, &str)]) -> String {
        let form: Form = fields.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        let response = self.form(path, &form).await;
        match response.headers().get(LOCATION) {
            Some(place) => place.to_str().unwrap().to_owned(),
            None => response.text().await.unwrap(),
        }
    }

    /// Opens a page: where the browser goes, or what it sees.
    pub(crate) async fn open(&self, path: &str) -> String {
        let response = self.http.get(self.served.url(path)).send().await.unwrap();
        match response.headers().get(LOCATION) {
            Some(place) => place.to_str().unwrap().to_owned(),
            None => response.text().await.unwrap(),
        }
    }

    /// The notifications so far: status, amount and `matchCl` of each.
    pub(crate) async fn told(&self) -> Vec<[String; 3]> {
        self.sim.quiet().await;
        let received = self.inbox.received();
        assert!(received.iter().all(crate::merchant::Received::is_genuine));
        let three = |n: &crate::merchant::Received| {
            ["status", "amt", "matchCl"].map(|name| n.fields()[name].clone())
        };
        received.iter().map(three).collect()
    }

    /// Confirms a receipt by one of the two paths.
    pub(crate) async fn confirm(&self, path: &str, id: &str) -> Value {
        let stamp = "20261120110000";
        let fields = vec![
            ("timeStamp", stamp.to_owned()),
            ("tXid", id.to_owned()),
            ("iMid", MERCHANT.to_owned()),
            ("merchantToken", sign(&[stamp, id, MERCHANT])),
        ];
        self.form(path, &fields).await.json().await.unwrap()
    }
}
