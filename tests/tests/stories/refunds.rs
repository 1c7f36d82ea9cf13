//! Money on its way back, by each wallet's own rules.

use kasir_tests::simulator::{Armed, Fault, Operation, Provider};
use kasir_tests::story::world::{Opened, Reply, World, text};
use serde_json::{Value, json};

use crate::is_problem;
use crate::notifications::at_dana;

const DAY_S: i64 = 86_400;

async fn paid(world: &World, method: &str) -> Opened {
    let session = world.open(45_000).await;
    if method == "astrapay" {
        world.link_astrapay(&session).await;
    }
    let view = world.chosen(&session, method).await;
    if view["next_action"]["kind"] == "submit" {
        world.enter(&view).await;
    }
    world.pay(&session).await;
    world.mail.wait("session.paid", &session.id).await;
    session
}

async fn give_back(world: &World, session: &Opened, wanted: &Value) -> Reply {
    let attempt = text(&world.attempt(session).await["id"]);
    world.post(&format!("/v1/attempts/{attempt}/refunds"), wanted).await
}

fn idr(value: u64) -> Value {
    json!({"amount": {"value": value, "currency": "IDR"}, "reason": "Barang habis"})
}

fn all() -> Value {
    json!({"reason": "Barang habis"})
}

#[tokio::test]
async fn every_wallet_gives_back_by_its_own_rules() {
    let world = World::new().await;
    for (method, later_s, wanted, status, left) in [
        ("ovo", 0, idr(10_000), "failed", 45_000),
        ("ovo", 0, all(), "succeeded", 0),
        ("ovo", DAY_S, all(), "failed", 45_000),
        ("dana", 0, idr(10_000), "succeeded", 35_000),
        ("dana", 2 * DAY_S, all(), "succeeded", 0),
        ("dana", 31 * DAY_S, all(), "failed", 45_000),
        ("shopeepay", 0, all(), "succeeded", 0),
        ("shopeepay", 30 * DAY_S, all(), "succeeded", 0),
        ("linkaja", 0, idr(10_000), "failed", 45_000),
        ("linkaja", 29 * DAY_S, all(), "succeeded", 0),
        ("linkaja", 31 * DAY_S, all(), "failed", 45_000),
        ("astrapay", 0, all(), "failed", 45_000),
    ] {
        let session = paid(&world, method).await;
        world.pass(later_s);
        let reply = give_back(&world, &session, &wanted).await;
        let what = format!("{method} after {later_s} s: {}", reply.text);
        assert_eq!((reply.status, &reply.body["status"]), (201, &json!(status)), "{what}");
        assert_eq!(world.net(&session).await, left, "{what}");
        let known = world.session(&session).await;
        let stands = match (status, left) {
            ("succeeded", 0) => "refunded",
            ("succeeded", _) => "partially_refunded",
            _ => "paid",
        };
        assert_eq!(known["status"], stands, "{what}");
        let refund = text(&reply.body["id"]);
        let letter = world.mail.wait("refund.updated", &refund).await;
        assert_eq!(letter.body["data"]["status"], status);
    }
    world.stop().await;
}

#[tokio::test]
async fn no_more_goes_back_than_was_paid() {
    let world = World::new().await;
    let session = paid(&world, "dana").await;
    let reply = give_back(&world, &session, &idr(45_001)).await;
    is_problem(&reply, 422, "refund_too_large", Some("amount.value"));
    assert_eq!(give_back(&world, &session, &idr(20_000)).await.status, 201);
    let reply = give_back(&world, &session, &idr(25_001)).await;
    is_problem(&reply, 422, "refund_too_large", Some("amount.value"));
    assert_eq!(world.session(&session).await["refunded"]["value"], 20_000);
    let rest = give_back(&world, &session, &all()).await;
    assert_eq!(rest.body["amount"]["value"], 25_000, "{}", rest.text);
    assert_eq!(world.session(&session).await["status"], "refunded");
    let reply = give_back(&world, &session, &all()).await;
    is_problem(&reply, 409, "refund_not_possible", None);
    assert_eq!(world.net(&session).await, 0);
    world.stop().await;
}

#[tokio::test]
async fn what_was_not_paid_cannot_go_back() {
    let world = World::new().await;
    let session = at_dana(&world, 45_000).await;
    is_problem(&give_back(&world, &session, &all()).await, 409, "refund_not_possible", None);
    world.pay(&session).await;
    world.mail.wait("session.paid", &session.id).await;
    for (wanted, code, field) in [
        (idr(0), "amount_invalid", "amount.value"),
        (json!({"reason": ""}), "invalid_field", "reason"),
        (json!({}), "invalid_field", "reason"),
        (json!({"reason": "x", "fee": 1}), "invalid_field", "fee"),
        (json!({"reason": "x".repeat(256)}), "invalid_field", "reason"),
    ] {
        is_problem(&give_back(&world, &session, &wanted).await, 422, code, Some(field));
    }
    let reply = world.post("/v1/attempts/pay_unknown/refunds", &all()).await;
    is_problem(&reply, 404, "not_found", None);
    world.stop().await;
}

#[tokio::test]
async fn a_refund_whose_answer_was_lost_is_not_given_twice() {
    let world = World::new().await;
    for (fault, processed) in [
        (Fault::LostReply, true),
        (Fault::LostRequest, false),
        (Fault::ServerError, true),
        (Fault::Busy, false),
        (Fault::Truncated, true),
    ] {
        let session = paid(&world, "dana").await;
        let armed = Armed { processed, ..Armed::once(Provider::Nicepay, fault) };
        world.town.simulator.arm(armed.at(Operation::Cancel)).unwrap();
        let reply = give_back(&world, &session, &idr(10_000)).await;
        assert_eq!((reply.status, &reply.body["status"]), (201, &json!("pending")), "{fault:?}");
        let refund = text(&reply.body["id"]);
        for _ in 0..4 {
            world.pass(60);
            world.settled().await;
        }
        let letter = world.mail.wait("refund.updated", &refund).await;
        assert_eq!(letter.body["data"]["status"], "succeeded", "{fault:?}");
        assert_eq!(world.net(&session).await, 35_000, "{fault:?}");
        assert_eq!(world.session(&session).await["status"], "partially_refunded");
    }
    world.stop().await;
}

#[tokio::test]
async fn while_one_refund_is_pending_no_other_begins() {
    let world = World::new().await;
    let session = paid(&world, "dana").await;
    let armed = Armed::once(Provider::Nicepay, Fault::LostReply).at(Operation::Cancel);
    world.town.simulator.arm(armed).unwrap();
    let first = give_back(&world, &session, &idr(10_000)).await;
    assert_eq!(first.body["status"], "pending", "{}", first.text);
    let second = give_back(&world, &session, &idr(5_000)).await;
    is_problem(&second, 409, "refund_not_possible", None);
    world.pass(60);
    world.mail.wait("refund.updated", &text(&first.body["id"])).await;
    assert_eq!(give_back(&world, &session, &idr(5_000)).await.body["status"], "succeeded");
    assert_eq!(world.net(&session).await, 30_000);
    world.stop().await;
}

#[tokio::test]
async fn refunds_asked_for_at_once_are_each_given_once_or_refused() {
    let world = World::new().await;
    let session = paid(&world, "dana").await;
    let wanted = idr(10_000);
    let replies = futures_util::future::join_all(
        (0..8).map(|_| async { give_back(&world, &session, &wanted).await }),
    )
    .await;
    let given = replies.iter().filter(|reply| reply.body["status"] == "succeeded").count();
    assert!((1..=4).contains(&given), "{replies:?}");
    for reply in replies.iter().filter(|reply| reply.status != 201) {
        assert!(matches!(reply.status, 409 | 422), "{}", reply.text);
    }
    world.pass(120);
    world.settled().await;
    assert_eq!(world.net(&session).await, 45_000 - 10_000 * i64::try_from(given).unwrap());
    world.stop().await;
}

#[tokio::test]
async fn one_key_gives_back_for_one_attempt_only() {
    let world = World::new().await;
    let (first, second) = (paid(&world, "dana").await, paid(&world, "dana").await);
    let mut ids = Vec::new();
    for session in [&first, &second] {
        let attempt = text(&world.attempt(session).await["id"]);
        let path = format!("/v1/attempts/{attempt}/refunds");
        let key = (kasir_tests::town::SECRET_KEY, "same");
        let done = async || {
            let reply = world.post_as(key, &path, &all()).await;
            (reply.status == 201).then_some(reply)
        };
        let reply = kasir_tests::story::eventually("the key is free", done).await;
        assert_eq!(reply.body["attempt"], attempt.as_str(), "{}", reply.text);
        ids.push(text(&reply.body["id"]));
        // After a day the key may be used for something else.
        world.pass(26 * 3_600);
        world.settled().await;
    }
    assert_ne!(ids[0], ids[1]);
    assert_eq!((world.net(&first).await, world.net(&second).await), (0, 0));
    world.stop().await;
}
