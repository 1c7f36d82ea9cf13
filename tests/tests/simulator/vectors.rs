//! The documents' own requests for stores, lenders, receipts and NICEPAY's page, as they stand.
use crate::merchant::{KEY, World, encode, text};
use crate::{Begun, begin_at, world_of};
use kasir_tests::simulator::{NicepayV2Settings, PayNumber, Settings};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// A vector's text.
macro_rules! vector {
    ($name:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/vectors/nicepay/", $name))
    };
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// A world at a moment of Jakarta's, given in UTC.
async fn world_at(moment: &str, settings: Settings) -> World {
    let at: jiff::Timestamp = moment.parse().unwrap();
    let begun: Begun = begin_at(settings, at.as_millisecond()).await;
    world_of(begun).await
}

fn names(answer: &Value) -> BTreeSet<&str> {
    answer.as_object().unwrap().keys().map(String::as_str).collect()
}

/// An answer is the published one but for what a server draws for itself.
fn alike(answer: &Value, published: &Value, drawn: &[&str]) {
    assert_eq!(names(answer), names(published));
    for (name, value) in published.as_object().unwrap() {
        if drawn.contains(&name.as_str()) {
            let (mine, theirs) = (text(answer, name), value.as_str().unwrap());
            assert_eq!(mine.len(), theirs.len(), "{name}");
        } else {
            assert_eq!(&answer[name], value, "{name}");
        }
    }
}

#[tokio::test]
async fn the_store_registration_is_accepted_and_answered_as_in_2018() {
    let nicepay_v2 =
        NicepayV2Settings { pay_number: PayNumber::LastTwelve, ..NicepayV2Settings::default() };
    let settings = Settings { nicepay_v2, ..Settings::default() };
    let world = world_at("2018-01-23T03:05:05Z", settings).await;
    let answer = world.post("registration", &json(vector!("store/question.json"))).await;
    let published = json(vector!("store/answer.json"));
    alike(&answer, &published, &["tXid", "payNo"]);
    for answer in [answer, published] {
        assert!(text(&answer, "tXid").ends_with(text(&answer, "payNo")), "{answer}");
        assert!(text(&answer, "tXid").starts_with("IONPAYTEST0320180123100505"), "{answer}");
    }
}

#[tokio::test]
async fn the_lender_registration_is_accepted() {
    let world = world_at("2021-03-19T02:59:59Z", Settings::default()).await;
    let answer = world.post("registration", &json(vector!("lender/question.json"))).await;
    alike(&answer, &json(vector!("lender/answer.json")), &["tXid"]);
}

#[tokio::test]
async fn the_lender_payment_step_has_the_published_token() {
    let world = world_at("2018-03-05T03:56:00Z", Settings::default()).await;
    let order = json(vector!("lender/question.json"));
    let stamp = "20180305105600";
    let token = crate::merchant::sign(&[stamp, "IONPAYTEST", "ORD12345", "10000"]);
    let cart = text(&order, "cartData").replace("25145", "10000");
    let order = crate::orders::with_all(
        &order,
        &[
            ("timeStamp", stamp),
            ("referenceNo", "ORD12345"),
            ("amt", "10000"),
            ("cartData", &cart),
            ("merchantToken", &token),
        ],
    );
    let id = world.registered(&order).await;
    let mut form: BTreeMap<String, String> =
        form_urlencoded::parse(vector!("lender/payment.form").as_bytes()).into_owned().collect();
    form.insert("tXid".to_owned(), id.clone());
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    let place = world.open(&format!("/nicepay/direct/v2/payment?{query}")).await;
    assert_eq!(place, world.served.url(&format!("/lender/akulaku?tx={id}")));
}

#[tokio::test]
async fn the_receipts_token_verifies_under_the_documented_order() {
    let merchants = BTreeMap::from([("PAYLOANTES".to_owned(), KEY.to_owned())]);
    let settings = Settings { nicepay_merchants: merchants, ..Settings::default() };
    let world = world_at("2020-09-10T10:09:11Z", settings).await;
    let form: Vec<(String, String)> =
        form_urlencoded::parse(vector!("confirm/question.form").as_bytes()).into_owned().collect();
    let of = |name: &str| form.iter().find(|(other, _)| other == name).unwrap().1.clone();
    let signed = crate::merchant::sign(&[&of("timeStamp"), &of("tXid"), &of("iMid")]);
    assert_eq!(signed, of("merchantToken"));
    let form = ["timeStamp", "tXid", "iMid", "merchantToken"].map(|name| (name, of(name)));
    for path in ["/nicepay/direct/v2/confirmAkulaku", "/nicepay/api/direct/v2/confirmAkulaku"] {
        let response = world.form(path, &form.to_vec()).await;
        let answer: Value = response.json().await.unwrap();
        assert_eq!(names(&answer), names(&json(vector!("confirm/answer.json"))));
        assert_eq!(answer["resultCd"], "8004", "an order that is in nobody's books");
    }
    assert!(encode(&form.to_vec()).contains("PAYLOANTES06"));
}

#[tokio::test]
async fn the_pages_registration_and_its_callback_are_those_of_the_sample() {
    let world = world_at("2022-12-23T04:06:38Z", Settings::default()).await;
    let answer = world.redirect(&json(vector!("hosted/question.json"))).await;
    let published = json(vector!("hosted/answer.json"));
    let mut expected = published.clone();
    expected["paymentURL"] = world.served.url("/nicepay/redirect/v2/payment").into();
    alike(&answer, &expected, &["tXid"]);
    let (id, theirs) = (text(&answer, "tXid"), text(&published, "tXid"));
    assert_eq!(id[..26], theirs[..26]);
    world.sim.choose_on_page(id, "alfamart").unwrap();
    let back = world.open(&format!("/nicepay/redirect/v2/done?tXid={id}")).await;
    // Only the four digits at the end of the number differ.
    let sample = vector!("hosted/callback.url").replace(theirs, id);
    let sample = sample.replace(&theirs[18..], &id[18..]);
    assert_eq!(back, sample);
}
