//! The shop's server: what it may see, list and withdraw.

use kasir_tests::story::world::{NEIGHBOUR_KEY, World, text};
use kasir_tests::town::SECRET_KEY;
use serde_json::{Value, json};

use crate::is_problem;
use crate::notifications::at_dana;

#[tokio::test]
async fn who_has_no_key_of_ours_learns_nothing() {
    let world = World::new().await;
    let session = world.open(45_000).await;
    let path = world.at(&format!("/v1/sessions/{}", session.id));
    let plain = world.http.get(&path);
    let wrong = world.http.get(&path).bearer_auth("sk_wrong");
    let basic = world.http.get(&path).basic_auth(SECRET_KEY, None::<&str>);
    let cut = world.http.get(&path).bearer_auth(&SECRET_KEY[..SECRET_KEY.len() - 1]);
    let token = world.http.get(&path).bearer_auth(&session.token);
    for request in [plain, wrong, basic, cut, token] {
        let reply = world.send(request).await;
        is_problem(&reply, 401, "unauthorized", None);
        assert_eq!(reply.headers["www-authenticate"], "Bearer");
    }
    let order = world.order(45_000);
    let reply = world.post_as(("sk_wrong", "k-1"), "/v1/sessions", &order).await;
    is_problem(&reply, 401, "unauthorized", None);
    world.stop().await;
}

#[tokio::test]
async fn what_is_another_merchants_is_not_found() {
    let world = World::new().await;
    let session = at_dana(&world, 45_000).await;
    let attempt = text(&world.attempt(&session).await["id"]);
    for path in [
        format!("/v1/sessions/{}", session.id),
        format!("/v1/attempts/{attempt}"),
        "/v1/sessions/cs_unknown".to_owned(),
        "/v1/sessions/nonsense".to_owned(),
        "/v1/sessions/%ff%fe".to_owned(),
        "/v1/attempts/%ff".to_owned(),
    ] {
        is_problem(&world.get_as(NEIGHBOUR_KEY, &path).await, 404, "not_found", None);
    }
    for (path, body) in [
        (format!("/v1/sessions/{}/cancel", session.id), json!({})),
        (format!("/v1/attempts/{attempt}/refunds"), json!({"reason": "x"})),
    ] {
        let reply = world.post_as((NEIGHBOUR_KEY, &path), &path, &body).await;
        is_problem(&reply, 404, "not_found", None);
    }
    assert_eq!(world.get_as(NEIGHBOUR_KEY, "/v1/sessions").await.body["data"], json!([]));
    assert_eq!(world.attempt(&session).await["status"], "pending");
    world.stop().await;
}

#[tokio::test]
async fn a_session_is_given_back_as_it_was_made() {
    let world = World::new().await;
    let more = json!({
        "items": [{"name": "Gayo", "quantity": 2, "price": {"value": 20_000, "currency": "IDR"}},
                  {"name": "Ongkir", "quantity": 1, "price": {"value": 5_000, "currency": "IDR"}}],
        "customer": {"id": "sari-1", "name": "Sari Dewi", "phone": "0812-3456-7890", "email": "sari@example.com"},
        "methods": ["dana", "ovo"], "locale": "en", "expires_in": 3_600,
        "metadata": {"cart": "7"},
    });
    let session = world.open_with(45_000, more).await;
    let known = world.session(&session).await;
    assert_eq!(known["status"], "open");
    assert_eq!(known["amount"], json!({"value": 45_000, "currency": "IDR"}));
    assert_eq!(known["metadata"], json!({"cart": "7"}));
    assert_eq!(known["created_at"], "2026-11-20T03:00:00.000Z");
    assert_eq!(known["expires_at"], "2026-11-20T04:00:00.000Z");
    assert_eq!(known["url"], world.at(&format!("/c/{}", session.token)));
    let view = world.view(&session).await;
    let methods: Vec<&str> =
        view["methods"].as_array().unwrap().iter().filter_map(|one| one["id"].as_str()).collect();
    assert_eq!(methods, ["dana", "ovo"]);
    assert_eq!(view["phone"], "081234567890");
    world.stop().await;
}

async fn pages(world: &World, query: &str) -> Vec<Vec<Value>> {
    let (mut pages, mut cursor) = (Vec::new(), String::new());
    loop {
        let reply = world.get(&format!("{query}{cursor}")).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        pages.push(reply.body["data"].as_array().unwrap().clone());
        match reply.body["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return pages,
        }
    }
}

#[tokio::test]
async fn lists_are_read_page_by_page_newest_first() {
    let world = World::new().await;
    let mut ids = Vec::new();
    for _ in 0..7 {
        ids.push(world.open_with(45_000, json!({"reference": "SAME"})).await.id);
        world.pass(1);
    }
    ids.reverse();
    world.open(10_000).await;
    let found = pages(&world, "/v1/sessions?reference=SAME&limit=3").await;
    assert_eq!(found.iter().map(Vec::len).collect::<Vec<_>>(), [3, 3, 1]);
    let listed: Vec<String> = found.concat().iter().map(|one| text(&one["id"])).collect();
    assert_eq!(listed, ids);

    let path = format!("/v1/sessions/{}/cancel", ids[0]);
    world.post(&path, &json!({})).await;
    let cancelled = pages(&world, "/v1/sessions?status=cancelled&limit=5").await.concat();
    assert_eq!(cancelled.len(), 1);
    assert_eq!(cancelled[0]["id"], ids[0].as_str());
    let after = "/v1/sessions?created_after=2026-11-20T03:00:04.500Z&reference=SAME&limit=100";
    assert_eq!(pages(&world, after).await.concat().len(), 2);

    for (query, field) in [
        ("limit=0", Some("limit")),
        ("limit=101", Some("limit")),
        ("cursor=nonsense", Some("cursor")),
        ("status=nowhere", None),
        ("limit=many", None),
        ("created_after=yesterday", None),
        ("colour=red", None),
    ] {
        let reply = world.get(&format!("/v1/sessions?{query}")).await;
        is_problem(&reply, 422, "invalid_field", field);
    }
    world.stop().await;
}

#[tokio::test]
async fn events_are_listed_page_by_page_newest_first() {
    let world = World::new().await;
    for _ in 0..5 {
        world.settled().await;
        world.pass(1);
    }
    let found = pages(&world, "/v1/events?limit=2").await;
    assert_eq!(found.iter().map(Vec::len).collect::<Vec<_>>(), [2, 2, 1]);
    let times: Vec<String> = found.concat().iter().map(|one| text(&one["created_at"])).collect();
    assert!(times.is_sorted_by(|a, b| a >= b), "{times:?}");
    for query in ["limit=0", "cursor=cs_1", "colour=red"] {
        assert_eq!(world.get(&format!("/v1/events?{query}")).await.status, 422, "{query}");
    }
    world.stop().await;
}

#[tokio::test]
async fn a_session_that_the_shop_withdraws_is_closed_with_its_attempt() {
    let world = World::new().await;
    let session = at_dana(&world, 45_000).await;
    let path = format!("/v1/sessions/{}/cancel", session.id);
    let reply = world.post(&path, &json!({})).await;
    assert_eq!((reply.status, &reply.body["status"]), (200, &json!("cancelled")));
    assert_eq!(reply.body["attempts"][0]["status"], "cancelled");
    assert_eq!(world.post(&path, &json!({})).await.status, 200, "withdrawn twice is withdrawn");
    world.settled().await;
    assert_eq!(world.mail.events("session.cancelled", &session.id), 1);
    let reply = world.choose(&session, &json!({"method": "dana"})).await;
    is_problem(&reply, 409, "session_not_open", None);
    world.stop().await;
}

#[tokio::test]
async fn an_address_that_is_none_and_a_method_that_is_not_allowed_are_said_to_be() {
    let world = World::new().await;
    is_problem(&world.get("/v1/nothing").await, 404, "not_found", None);
    let reply = world.send(world.http.delete(world.at("/v1/sessions"))).await;
    is_problem(&reply, 405, "method_not_allowed", None);
    for path in ["/healthz", "/readyz", "/metrics", "/docs", "/openapi.json"] {
        assert_eq!(world.get(path).await.status, 200, "{path}");
    }
    world.stop().await;
}
