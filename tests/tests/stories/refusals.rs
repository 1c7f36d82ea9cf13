//! Orders that make no sense: each is refused by its field, in two languages, and none is kept.

use kasir_tests::story::world::World;
use kasir_tests::town::SECRET_KEY;
use serde_json::{Value, json};

use crate::is_problem;

fn with(order: &Value, name: &str, value: Value) -> Value {
    let mut order = order.clone();
    order[name] = value;
    order
}

fn idr(value: &Value) -> Value {
    json!({"value": value, "currency": "IDR"})
}

/// What is wrong, the code, and the field that is blamed.
fn mistakes(order: &Value) -> Vec<(Value, &'static str, &'static str)> {
    let amount = |value: Value| with(order, "amount", idr(&value));
    let item = |name: &str, quantity: Value, price: Value| {
        let item = json!({"name": name, "quantity": quantity, "price": idr(&price)});
        with(order, "items", json!([item]))
    };
    let customer = |name: &str, value: Value| with(order, "customer", json!({ name: value }));
    let without = |name: &str| {
        let mut order = order.clone();
        order.as_object_mut().unwrap().remove(name);
        order
    };
    vec![
        (amount(json!(0)), "amount_invalid", "amount.value"),
        (amount(json!(-1)), "amount_invalid", "amount.value"),
        (amount(json!(1000.5)), "amount_invalid", "amount.value"),
        (amount(json!("45000")), "amount_invalid", "amount.value"),
        (amount(json!(u64::MAX)), "amount_invalid", "amount"),
        (amount(json!(1e4)), "amount_invalid", "amount.value"),
        (amount(json!(99)), "amount_too_small", "amount.value"),
        (amount(json!(20_000_001)), "amount_too_large", "amount.value"),
        (with(order, "amount", json!(45_000)), "amount_invalid", "amount"),
        (
            with(order, "amount", json!({"value": 1000, "currency": "USD"})),
            "amount_invalid",
            "amount",
        ),
        (without("amount"), "amount_invalid", "amount"),
        (without("reference"), "invalid_field", "reference"),
        (without("return_url"), "invalid_field", "return_url"),
        (with(order, "reference", json!("")), "invalid_field", "reference"),
        (with(order, "reference", json!(7)), "invalid_field", "reference"),
        (with(order, "colour", json!("red")), "invalid_field", "colour"),
        (item("Kopi", json!(1), json!(44_999)), "items_mismatch", "items"),
        (item("Kopi", json!(u32::MAX), json!(999_999_999)), "items_mismatch", "items"),
        (item("Kopi", json!(0), json!(45_000)), "invalid_field", "items[0].quantity"),
        (item("Kopi", json!(-1), json!(45_000)), "invalid_field", "items[0].quantity"),
        (item("", json!(1), json!(45_000)), "invalid_field", "items[0].name"),
        (customer("phone", json!("12")), "phone_invalid", "customer.phone"),
        (customer("phone", json!("+1 555 0100")), "phone_invalid", "customer.phone"),
        (customer("email", json!("sari")), "invalid_field", "customer.email"),
        (customer("name", json!("a\nb")), "invalid_field", "customer.name"),
        (with(order, "methods", json!([])), "invalid_field", "methods"),
        (with(order, "methods", json!(["cash"])), "invalid_field", "methods[0]"),
        (with(order, "methods", json!(["dana", "gopay"])), "method_not_offered", "methods[1]"),
        (with(order, "locale", json!("fr")), "invalid_field", "locale"),
        (with(order, "expires_in", json!(59)), "invalid_field", "expires_in"),
        (with(order, "expires_in", json!(604_801)), "invalid_field", "expires_in"),
        (with(order, "metadata", json!({"": "x"})), "invalid_field", "metadata"),
    ]
}

#[tokio::test]
async fn an_order_that_makes_no_sense_is_refused_by_its_field() {
    let world = World::new().await;
    let order = world.order(45_000);
    for (wrong, code, field) in mistakes(&order) {
        let reply = world.post("/v1/sessions", &wrong).await;
        is_problem(&reply, 422, code, Some(field));
    }
    assert_eq!(world.get("/v1/sessions").await.body["data"], json!([]), "nothing was kept");
    world.stop().await;
}

#[tokio::test]
async fn a_return_url_stays_under_the_shops_own_address() {
    let world = World::new().await;
    let shop = world.town.addresses.shop.clone();
    let port = shop.rsplit(':').next().unwrap().to_owned();
    let order = world.order(45_000);
    for url in [
        "https://evil.example/".to_owned(),
        format!("{shop}.evil.example/orders/1"),
        format!("{shop}@evil.example/orders/1"),
        format!("http://user:pass@127.0.0.1:{port}/orders/1"),
        format!("http://127.0.0.1:{port}1/orders"),
        format!("https://127.0.0.1:{port}/orders/1"),
        format!("http://localhost:{port}/orders/1"),
        format!("http://127.0.0.1:{port}\\@evil.example/"),
        "//evil.example/".to_owned(),
        "javascript:alert(1)".to_owned(),
        "/orders/1".to_owned(),
        String::new(),
    ] {
        let reply = world.post("/v1/sessions", &with(&order, "return_url", json!(url))).await;
        assert_eq!((reply.status, &reply.body["field"]), (422, &json!("return_url")), "{url}");
    }
    assert_eq!(world.get("/v1/sessions").await.body["data"], json!([]), "nothing was kept");
    world.stop().await;
}

#[tokio::test]
async fn a_return_url_stays_under_the_prefixs_path() {
    let world = World::new().await;
    let key = kasir_tests::story::world::NEIGHBOUR_KEY;
    for (at, (url, taken)) in [
        ("https://selatan.example/toko", true),
        ("https://selatan.example/toko/selesai?id=1#x", true),
        ("https://selatan.example/toko-lain", false),
        ("https://selatan.example/tokoevil", false),
        ("https://selatan.example/", false),
        ("https://selatan.example/toko/../admin", false),
        ("https://selatan.example/toko/%2e%2e/admin", false),
        ("https://selatan.example/toko/.%2E/admin", false),
        ("https://selatan.example/toko/..\\admin", false),
        ("https://selatan.example.evil/toko/1", false),
        ("https://selatan.example:8443/toko/1", false),
        ("http://selatan.example/toko/1", false),
        ("https://selatan.example@evil.example/toko/1", false),
        ("https://SELATAN.example/toko/1", true),
    ]
    .into_iter()
    .enumerate()
    {
        let order = with(&world.order(45_000), "return_url", json!(url));
        let reply = world.post_as((key, &format!("p-{at}")), "/v1/sessions", &order).await;
        assert_eq!(reply.status, if taken { 201 } else { 422 }, "{url} {}", reply.text);
    }
    world.stop().await;
}

#[tokio::test]
async fn what_is_no_json_is_said_to_be_none() {
    let world = World::new().await;
    let send = async |body: Vec<u8>, kind: &str, at: usize| {
        let request = world.http.post(world.at("/v1/sessions")).bearer_auth(SECRET_KEY);
        let request = request.header("idempotency-key", format!("j-{at}"));
        world.send(request.header("content-type", kind).body(body)).await
    };
    let deep = "[".repeat(100_000).into_bytes();
    for (at, body) in [
        b"".to_vec(),
        b"{".to_vec(),
        b"nonsense".to_vec(),
        b"\xff\xfe".to_vec(),
        b"{\"reference\": \"\xff\"}".to_vec(),
        b"{} {}".to_vec(),
        "[".repeat(60_000).into_bytes(),
    ]
    .into_iter()
    .enumerate()
    {
        let reply = send(body, "application/json", at).await;
        assert!(matches!(reply.status, 400 | 422), "{at} {}", reply.text);
        assert!(!reply.body["code"].is_null(), "{at} {}", reply.text);
    }
    is_problem(&send(deep, "application/json", 100).await, 413, "body_too_large", None);
    let order = world.order(45_000).to_string().into_bytes();
    let reply = send(order, "text/plain", 101).await;
    is_problem(&reply, 415, "unsupported_media_type", None);
    world.stop().await;
}

#[tokio::test]
async fn refusals_speak_indonesian_and_english() {
    let world = World::new().await;
    let order = world.order(0);
    let mut said = Vec::new();
    for (query, header) in [("", "id-ID,id;q=0.9"), ("", "en-GB"), ("?locale=id", "en"), ("", "")] {
        let request = world.http.post(world.at(&format!("/v1/sessions{query}")));
        let request = request.bearer_auth(SECRET_KEY).header("idempotency-key", "l-1");
        let request = request.header("accept-language", header).json(&order);
        let reply = world.send(request).await;
        is_problem(&reply, 422, "amount_invalid", Some("amount.value"));
        said.push((reply.body["title"].clone(), reply.body["detail"].clone()));
    }
    assert_eq!(said[0], said[2]);
    assert_eq!(said[1], said[3]);
    assert_ne!(said[0], said[1]);
    world.stop().await;
}
