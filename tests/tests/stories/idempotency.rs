//! A POST that is repeated is done once.

use futures_util::future::join_all;
use kasir_tests::simulator::{Armed, Fault, Operation, Provider};
use kasir_tests::story::world::{NEIGHBOUR_KEY, World, text};
use kasir_tests::town::SECRET_KEY;
use serde_json::json;

use crate::is_problem;
use crate::notifications::at_dana;

const SESSIONS: &str = "/v1/sessions";

#[tokio::test]
async fn a_post_without_a_sound_key_is_refused() {
    let world = World::new().await;
    let order = world.order(45_000);
    let request = || world.http.post(world.at(SESSIONS)).bearer_auth(SECRET_KEY).json(&order);
    is_problem(&world.send(request()).await, 400, "idempotency_key_missing", None);
    let long = "k".repeat(256);
    for key in ["", "\"\"", "a b", "schl\u{fc}ssel", &long] {
        let request = request().header("idempotency-key", key.as_bytes());
        is_problem(&world.send(request).await, 400, "idempotency_key_invalid", None);
    }
    assert_eq!(world.get(SESSIONS).await.body["data"], json!([]));
    world.stop().await;
}

#[tokio::test]
async fn the_same_request_is_answered_the_same_byte_for_byte() {
    let world = World::new().await;
    let order = world.order(45_000);
    let first = world.post_as((SECRET_KEY, "k-1"), SESSIONS, &order).await;
    assert_eq!(first.status, 201);
    assert!(!first.headers.contains_key("idempotent-replayed"));
    world.pass(3_600);
    for key in ["k-1", "\"k-1\"", " k-1 "] {
        let again = world.post_as((SECRET_KEY, key), SESSIONS, &order).await;
        assert_eq!((again.status, &again.text), (201, &first.text), "{key}");
        assert_eq!(again.headers["idempotent-replayed"], "true");
    }
    assert_eq!(world.get(SESSIONS).await.body["data"].as_array().unwrap().len(), 1);
    world.stop().await;
}

#[tokio::test]
async fn a_key_belongs_to_one_request() {
    let world = World::new().await;
    let order = world.order(45_000);
    let first = world.post_as((SECRET_KEY, "k-1"), SESSIONS, &order).await;
    let id = text(&first.body["id"]);
    let other = world.post_as((SECRET_KEY, "k-1"), SESSIONS, &world.order(46_000)).await;
    is_problem(&other, 422, "idempotency_key_reused", None);
    let path = format!("/v1/sessions/{id}/cancel");
    let elsewhere = world.post_as((SECRET_KEY, "k-1"), &path, &order).await;
    is_problem(&elsewhere, 422, "idempotency_key_reused", None);
    assert_eq!(world.get(&format!("/v1/sessions/{id}")).await.body["status"], "open");
    world.stop().await;
}

#[tokio::test]
async fn a_key_belongs_to_one_merchant() {
    let world = World::new().await;
    let first = world.post_as((SECRET_KEY, "k-1"), SESSIONS, &world.order(45_000)).await;
    let mut order = world.order(45_000);
    order["return_url"] = json!("https://selatan.example/toko/1");
    let theirs = world.post_as((NEIGHBOUR_KEY, "k-1"), SESSIONS, &order).await;
    assert_eq!((first.status, theirs.status), (201, 201), "{}", theirs.text);
    assert_ne!(first.body["id"], theirs.body["id"]);
    world.stop().await;
}

#[tokio::test]
async fn a_mistake_is_not_remembered() {
    let world = World::new().await;
    let wrong = world.post_as((SECRET_KEY, "k-1"), SESSIONS, &world.order(0)).await;
    assert_eq!(wrong.status, 422);
    let right = world.post_as((SECRET_KEY, "k-1"), SESSIONS, &world.order(45_000)).await;
    assert_eq!(right.status, 201, "{}", right.text);
    world.stop().await;
}

#[tokio::test]
async fn fifty_at_once_with_one_key_open_one_session() {
    let world = World::new().await;
    let order = world.order(45_000);
    let key = (SECRET_KEY, "k-1");
    let replies = join_all((0..50).map(|_| world.post_as(key, SESSIONS, &order))).await;
    let done: Vec<_> = replies.iter().filter(|reply| reply.status == 201).collect();
    assert!(!done.is_empty());
    assert!(done.iter().all(|reply| reply.text == done[0].text));
    for reply in replies.iter().filter(|reply| reply.status != 201) {
        is_problem(reply, 409, "idempotency_in_flight", None);
    }
    assert_eq!(world.get(SESSIONS).await.body["data"].as_array().unwrap().len(), 1);
    world.stop().await;
}

#[tokio::test]
async fn a_request_that_is_still_being_done_is_said_to_be() {
    let world = World::new().await;
    let session = at_dana(&world, 45_000).await;
    world.pay(&session).await;
    world.mail.wait("session.paid", &session.id).await;
    let attempt = text(&world.attempt(&session).await["id"]);
    let path = format!("/v1/attempts/{attempt}/refunds");
    let slow = Armed { ms: Some(1_000), ..Armed::once(Provider::Nicepay, Fault::Delay) };
    world.town.simulator.arm(slow.at(Operation::Inquiry)).unwrap();
    let (body, key) = (json!({"reason": "Barang habis"}), (SECRET_KEY, "k-1"));
    let first = world.post_as(key, &path, &body);
    let second = async {
        kasir_tests::story::eventually("the first is being done", async || {
            world.town.simulator.armed().is_empty().then_some(())
        })
        .await;
        world.post_as(key, &path, &body).await
    };
    let (first, second) = tokio::join!(first, second);
    assert_eq!(first.status, 201, "{}", first.text);
    is_problem(&second, 409, "idempotency_in_flight", None);
    let again = world.post_as(key, &path, &body).await;
    assert_eq!(again.text, first.text);
    assert_eq!(world.net(&session).await, 0);
    world.stop().await;
}

#[tokio::test]
async fn keys_are_forgotten_after_a_day() {
    let world = World::new().await;
    let order = world.order(45_000);
    let first = world.post_as((SECRET_KEY, "k-1"), SESSIONS, &order).await;
    world.pass(26 * 3_600);
    world.settled().await;
    let forgotten = async || {
        let again = world.post_as((SECRET_KEY, "k-1"), SESSIONS, &order).await;
        (again.body["id"] != first.body["id"]).then_some(again.status)
    };
    let status = kasir_tests::story::eventually("the key is forgotten", forgotten).await;
    assert_eq!(status, 201);
    world.stop().await;
}
