//! The document's vectors, on the simulator's side of the conversation.
use super::shop::{AUTH_CODE, BALANCE, Call, PAYMENT, shop_of};
use kasir_tests::simulator::{EspayMerchant, EspaySettings};
use serde_json::{Value, json};

const SIGNATURES: &str = include_str!("../../../vectors/espay/signatures.json");
const RENDERINGS: &str = include_str!("../../../vectors/espay/renderings.json");
const PUBLIC: &str = include_str!("../../../vectors/snap/keys/rfc7515-a2-public.pem");

/// An Espay that knows the merchant of the vectors, whose time it does not look at.
fn espay() -> EspaySettings {
    let usual = EspaySettings::default();
    let merchant = EspayMerchant {
        code: "SGWDEMOSHOP".to_owned(),
        api_key: "00112233445566778899aabbccddeeff".to_owned(),
        public_key: PUBLIC.to_owned(),
        ..usual.merchants[0].clone()
    };
    EspaySettings { merchants: vec![merchant], skew_s: None, ..usual }
}

fn rows(text: &str) -> Vec<Value> {
    let table: Value = serde_json::from_str(text).unwrap();
    table["rows"].as_array().unwrap().clone()
}

#[tokio::test]
async fn the_signed_calls_of_the_document_are_let_in_and_none_with_a_letter_changed() {
    let shop = shop_of(espay()).await;
    for row in rows(SIGNATURES) {
        let text = |name: &str| row[name].as_str().unwrap().to_owned();
        let bare = text("path").split('?').next().unwrap().to_owned();
        let code = match bare.as_str() {
            PAYMENT => "2005400",
            AUTH_CODE => "2001000",
            BALANCE => "4011102",
            _ => continue,
        };
        // The one that leaves the query out of its signature has to call with some query.
        let mut path = text("path");
        if bare == AUTH_CODE && path == bare {
            let query = shop.query("DANALINK");
            path = shop.get(&query).path;
        }
        let call = Call {
            method: text("method").parse().unwrap(),
            path,
            ..shop.raw("", text("body").into_bytes())
        };
        let call = call.with("X-TIMESTAMP", &text("timestamp"));
        let right = call.clone().with("X-SIGNATURE", &text("signature"));
        assert_eq!(shop.send(&right).await.code(), code, "{}: {}", row["about"], shop.verdict());
        let later = right.with("X-TIMESTAMP", "2026-11-20T10:15:31+07:00");
        let service = &code[3..5];
        assert_eq!(shop.send(&later).await.code(), format!("401{service}00"));
    }
}

#[tokio::test]
async fn each_rendering_is_let_in_as_it_was_sent_and_the_laid_out_one_minified() {
    let shop = shop_of(EspaySettings::default()).await;
    let rows = rows(RENDERINGS);
    for row in &rows {
        let body = row["body"].as_str().unwrap();
        assert_eq!(body.len(), row["bytes"], "{}", row["about"]);
        let call = shop.raw(BALANCE, body.as_bytes().to_vec());
        let text = |hash: &Value| {
            format!("POST:{BALANCE}:{}:{}", hash.as_str().unwrap(), super::shop::NOW)
        };
        let answer = shop.send(&call.clone().signed_over(&text(&row["sha256"]))).await;
        assert_eq!(answer.code(), "4011102", "{}", row["about"]);
        for other in rows.iter().filter(|other| other["sha256"] != row["sha256"]) {
            let is_minified = row["minified_sha256"] == other["sha256"];
            let code = if is_minified { "4011102" } else { "4011100" };
            let fresh = shop.raw(BALANCE, body.as_bytes().to_vec());
            let answer = shop.send(&fresh.signed_over(&text(&other["sha256"]))).await;
            assert_eq!(answer.code(), code, "{} as {}", row["about"], other["about"]);
        }
    }
}

#[tokio::test]
async fn answers_have_the_fields_that_the_document_proposes() {
    fn shape(value: &Value) -> Value {
        match value {
            Value::Object(map) => map.iter().map(|(k, v)| (k.clone(), shape(v))).collect(),
            Value::Array(items) => items.iter().map(shape).collect(),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => json!(""),
        }
    }
    let shop = shop_of(EspaySettings::default()).await;
    let proposed: Value =
        serde_json::from_str(include_str!("../../../vectors/espay/auth_code/answer.json")).unwrap();
    assert_eq!(shape(&shop.auth_code("DANALINK").await.body), shape(&proposed));
    let token = shop.link("OVOLINK", super::shop::PHONE).await;
    let proposed: Value =
        serde_json::from_str(include_str!("../../../vectors/espay/balance/answer.json")).unwrap();
    assert_eq!(shape(&shop.balance(&token, "OVOLINK").await.body), shape(&proposed));
}
