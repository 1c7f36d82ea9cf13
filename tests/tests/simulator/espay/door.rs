//! What is checked of every SNAP call, in its order.
use super::shop::{AUTH_CODE, BALANCE, Call, NOW, PAYMENT, Shop, shop, shop_of};
use kasir_tests::simulator::{EspaySettings, GetSignature, test_keys};
use serde_json::json;

/// The order in which section 6.1 of the document has them.
#[tokio::test]
async fn every_check_comes_in_its_order() {
    let shop = shop().await;
    let used = shop.call(PAYMENT, &shop.order("DANALINK", "INV00001"));
    assert_eq!(shop.send(&used).await.code(), "2005400", "{}", shop.verdict());

    let mut both = shop.order("DANALINK", "INV-00001");
    both["merchantId"] = json!("");
    let form = shop.call(PAYMENT, &both);
    both["partnerReferenceNo"] = json!("INV00001");
    let missing = shop.call(PAYMENT, &both);
    let text = shop.raw(PAYMENT, b"{".to_vec()).signed();
    let wrong = form.clone().with("X-PARTNER-ID", "SGWNOBODY").with("X-TIMESTAMP", "yesterday");
    let strange = wrong.clone().with("X-TIMESTAMP", "2026-11-20T09:54:59+07:00");
    let get = Call { method: http::Method::GET, ..wrong.clone().without("CHANNEL-ID") };
    for (call, code, why) in [
        (get, "4055400", "method"),
        (wrong.clone().without("CHANNEL-ID"), "4005402", "CHANNEL-ID"),
        (wrong, "4005401", "X-TIMESTAMP"),
        (strange.clone(), "4015400", "from our time"),
        (strange.with("X-TIMESTAMP", NOW), "4015400", "not registered"),
        (form.clone().with("X-SIGNATURE", "AAAA"), "4015400", "signature"),
        (used.clone(), "4095400", "used before"),
        (text, "4005400", "not JSON"),
        (form, "4005401", "partnerReferenceNo"),
        (missing, "4005402", "merchantId"),
    ] {
        let answer = shop.send(&call).await;
        assert_eq!(answer.code(), code, "{why}: {}", shop.verdict());
        assert_eq!(answer.status.to_string(), code[..3]);
        assert!(shop.verdict().contains(why), "{why}: {}", shop.verdict());
        assert_eq!(answer.headers["x-timestamp"], NOW);
    }
    shop.sim.approve(&shop.sim.transactions()[0].id).unwrap();
    let again = shop.ask(PAYMENT, &shop.order("DANALINK", "INV00001")).await;
    assert_eq!(again.code(), "4095401");
}

#[tokio::test]
async fn headers_are_taken_in_every_form_that_was_seen_in_the_wild() {
    let shop = shop().await;
    let id = "7b0d2c3e-5d3b-4a53-9a2f-0c7d9e4f1a22";
    let body = json!({ "partnerReferenceNo": "B1", "bankCardToken": "none" });
    for (name, value, code) in [
        ("X-EXTERNAL-ID", id, "4011102"),
        ("X-EXTERNAL-ID", "4_2", "4001101"),
        ("X-EXTERNAL-ID", "1234567890123456789012345678901234567", "4001101"),
        ("CHANNEL-ID", "Espay", "4011102"),
        ("CHANNEL-ID", "WEB", "4001101"),
        ("X-TIMESTAMP", "2026-11-20T10:04:59+0700", "4011102"),
        ("X-TIMESTAMP", "2026-11-20T03:00:00.000Z", "4011102"),
        ("X-TIMESTAMP", "2026-11-20T10:05:01+07:00", "4011100"),
        ("Content-Type", "text/plain", "4001101"),
    ] {
        let call = shop.call(BALANCE, &body).with(name, value).signed();
        assert_eq!(shop.send(&call).await.code(), code, "{name}: {value}: {}", shop.verdict());
    }
}

#[tokio::test]
async fn an_external_id_counts_for_one_service_and_one_day() {
    let shop = shop().await;
    let body = json!({ "partnerReferenceNo": "B1", "bankCardToken": "none" });
    let balance = |stamp: &str| {
        shop.call(BALANCE, &body).with("X-EXTERNAL-ID", "42").with("X-TIMESTAMP", stamp).signed()
    };
    assert_eq!(shop.send(&balance(NOW)).await.code(), "4011102");
    assert_eq!(shop.send(&balance(NOW)).await.code(), "4091100");
    let order = shop.order("DANALINK", "INV00001");
    let elsewhere = shop.call(PAYMENT, &order).with("X-EXTERNAL-ID", "42");
    assert_eq!(shop.send(&elsewhere).await.code(), "2005400");
    shop.pass(14 * 3_600).await;
    assert_eq!(shop.send(&balance("2026-11-21T00:00:00+07:00")).await.code(), "4011102");
}

/// Each way of signing wrongly that section 1.3 warns of.
#[tokio::test]
async fn a_wrong_signature_is_refused_and_its_mistake_is_named() {
    let shop = shop().await;
    let body = json!({ "partnerReferenceNo": "B/1", "bankCardToken": "none" });
    let call = || shop.call(BALANCE, &body);
    let (raw, stamp) = (body.to_string(), NOW);
    let text = |method: &str, path: &str| call().text(method, path, raw.as_bytes());
    let with_token = format!(
        "POST:{BALANCE}:token:{}",
        text("POST", BALANCE).trim_start_matches(&format!("POST:{BALANCE}:"))
    );
    for (signed, why) in [
        (text("POST", &shop.served.url(&format!("/espay{BALANCE}"))), "whole URL"),
        (text("POST", &format!("/espay{BALANCE}")), "prefix and all"),
        (text("post", BALANCE), "lower case"),
        (call().text("POST", BALANCE, raw.replace('/', "\\/").as_bytes()), "slashes escaped"),
        (text("POST", BALANCE).replace(stamp, "2026-11-20T03:00:00Z"), "UTC"),
        (with_token, "no known mistake"),
    ] {
        let answer = shop.send(&call().signed_over(&signed)).await;
        assert_eq!(answer.code(), "4011100", "{why}");
        assert!(shop.verdict().contains(why), "{why}: {}", shop.verdict());
    }
    let foreign = crate::snap::partner::sign(test_keys::STRANGER, &text("POST", BALANCE));
    let answer = shop.send(&call().with("X-SIGNATURE", &foreign)).await;
    assert_eq!(answer.code(), "4011100");
    assert!(shop.verdict().contains("another key"), "{}", shop.verdict());
    assert_eq!(shop.send(&call()).await.code(), "4011102");
}

#[tokio::test]
async fn a_body_is_hashed_as_it_came_or_without_the_space_between_its_tokens() {
    let shop = shop().await;
    let pretty = "{\n  \"partnerReferenceNo\": \"B 1\",\n  \"bankCardToken\": \"none\"\n}";
    let minified = r#"{"partnerReferenceNo":"B 1","bankCardToken":"none"}"#;
    let stripped = r#"{"partnerReferenceNo":"B1","bankCardToken":"none"}"#;
    for (over, code) in [(pretty, "4011102"), (minified, "4011102"), (stripped, "4011100")] {
        let call = shop.raw(BALANCE, pretty.as_bytes().to_vec());
        let text = call.text("POST", BALANCE, over.as_bytes());
        let answer = shop.send(&call.signed_over(&text)).await;
        assert_eq!(answer.code(), code, "{}", shop.verdict());
    }
}

#[tokio::test]
async fn a_get_is_signed_with_or_without_its_query_as_espay_is_set_to() {
    async fn codes(shop: &Shop) -> [String; 2] {
        let call = || shop.get(&shop.query("DANALINK"));
        let path = call().text("GET", AUTH_CODE, b"");
        let bare = shop.send(&call().signed_over(&path)).await;
        let whole = shop.send(&call().signed()).await;
        [bare, whole].map(|answer| answer.code().to_owned())
    }
    for (get_signature, expected) in [
        (GetSignature::Path, ["2001000", "4011000"]),
        (GetSignature::PathAndQuery, ["4011000", "2001000"]),
        (GetSignature::Any, ["2001000", "2001000"]),
    ] {
        let shop = shop_of(EspaySettings { get_signature, ..EspaySettings::default() }).await;
        assert_eq!(codes(&shop).await, expected, "{get_signature:?}");
    }
}
