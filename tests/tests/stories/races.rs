//! Money against the clock, against a change of mind, and against itself.

use kasir_tests::simulator::{Fault, Operation};
use kasir_tests::story::world::{NEIGHBOUR_KEY, Opened, World, fresh, text};
use serde_json::{Value, json};

use crate::is_problem;
use crate::notifications::{arm, at_dana};

#[tokio::test]
async fn a_second_payment_is_found_named_and_given_back() {
    let world = World::new().await;
    let session = at_dana(&world, 45_000).await;
    let dana = world.transaction(&session).await.id;
    let view = world.chosen(&session, "linkaja").await;
    world.enter(&view).await;
    world.pay(&session).await;
    world.mail.wait("session.paid", &session.id).await;
    world.town.simulator.approve(&dana).unwrap();
    world.mail.wait("session.paid_twice", &session.id).await;
    let back = |view: &Value| view["paid_twice"] == true && view["status"] == "paid";
    world.seen(&session, "it is named", back).await;
    let gone = async || (world.net(&session).await == 45_000).then_some(());
    kasir_tests::story::eventually("the second payment went back", gone).await;
    let letter = world.mail.wait("session.paid", &session.id).await;
    assert_eq!(letter.body["data"]["status"], "paid");
    let refunded = async || {
        let known = world.session(&session).await;
        (known["attempts"][0]["status"] == "refunded").then_some(known)
    };
    let known = kasir_tests::story::eventually("the first attempt is refunded", refunded).await;
    assert_eq!(
        (&known["status"], &known["attempts"][1]["status"]),
        (&json!("paid"), &json!("paid"))
    );
    assert_eq!(world.mail.events("session.paid", &session.id), 1);
    assert_eq!(world.mail.events("session.paid_twice", &session.id), 1);
    world.stop().await;
}

/// A session of the second merchant, who gives nothing back by itself.
async fn neighbours_session(world: &World) -> Opened {
    let mut order = world.order(45_000);
    order["return_url"] = json!("https://selatan.example/toko/1");
    let key = (NEIGHBOUR_KEY, &*format!("n-{}", fresh()));
    let reply = world.post_as(key, "/v1/sessions", &order).await;
    assert_eq!(reply.status, 201, "{}", reply.text);
    Opened {
        id: text(&reply.body["id"]),
        token: text(&reply.body["client_token"]),
        url: text(&reply.body["url"]),
    }
}

#[tokio::test]
async fn a_merchant_who_looks_after_second_payments_is_only_told() {
    let world = World::new().await;
    let session = neighbours_session(&world).await;
    let mut orders = Vec::new();
    for _ in 0..2 {
        let view = world.chosen(&session, "dana").await;
        world.enter(&view).await;
        let attempt = text(&view["attempt"]["id"]);
        orders.push(world.town.simulator.transactions_of(Some(&attempt)).remove(0).id);
        assert_eq!(world.call_off(&session, &attempt).await.status, 200);
    }
    for order in &orders {
        world.town.simulator.approve(order).unwrap();
    }
    world.neighbours_mail.wait("session.paid", &session.id).await;
    world.neighbours_mail.wait("session.paid_twice", &session.id).await;
    world.pass(60);
    world.settled().await;
    let charged: i64 = world
        .town
        .simulator
        .ledger()
        .iter()
        .filter(|row| orders.contains(&row.id))
        .map(|row| row.charged.value - row.refunded.value)
        .sum();
    assert_eq!(charged, 90_000);
    world.stop().await;
}

#[tokio::test]
async fn what_is_paid_in_the_last_second_is_paid() {
    let world = World::new().await;
    let session = world.open_with(45_000, json!({"expires_in": 60})).await;
    let view = world.chosen(&session, "dana").await;
    world.enter(&view).await;
    arm(&world, Fault::NoNotification, Operation::Notification);
    world.pass(59);
    world.settled().await;
    world.pay(&session).await;
    world.pass(2);
    world.mail.wait("session.paid", &session.id).await;
    world.settled().await;
    assert_eq!(world.mail.events("session.expired", &session.id), 0);
    assert_eq!(world.attempt(&session).await["late"], false);
    world.stop().await;
}

#[tokio::test]
async fn nobody_is_told_of_an_expiry_before_the_provider_was_asked() {
    let world = World::new().await;
    let session = world.open_with(45_000, json!({"expires_in": 60})).await;
    let view = world.chosen(&session, "dana").await;
    world.enter(&view).await;
    let silent = kasir_tests::simulator::Armed {
        times: 1000,
        ..kasir_tests::simulator::Armed::once(
            kasir_tests::simulator::Provider::Nicepay,
            Fault::LostRequest,
        )
    };
    world.town.simulator.arm(silent.at(Operation::Inquiry)).unwrap();
    for _ in 0..5 {
        world.pass(61);
        world.settled().await;
    }
    assert_eq!(world.view(&session).await["status"], "open");
    assert_eq!(world.mail.events("session.expired", &session.id), 0);
    world.town.simulator.disarm();
    world.pass(301);
    world.mail.wait("session.expired", &session.id).await;
    world.stop().await;
}

#[tokio::test]
async fn a_change_of_mind_that_comes_after_the_payment_finds_it_paid() {
    let world = World::new().await;
    arm(&world, Fault::NoNotification, Operation::Notification);
    let session = at_dana(&world, 45_000).await;
    let attempt = text(&world.attempt(&session).await["id"]);
    world.pay(&session).await;
    let reply = world.call_off(&session, &attempt).await;
    assert_eq!((reply.status, &reply.body["status"]), (200, &json!("paid")), "{}", reply.text);
    world.mail.wait("session.paid", &session.id).await;
    world.stop().await;
}

#[tokio::test]
async fn another_choice_that_comes_after_the_payment_starts_nothing() {
    let world = World::new().await;
    arm(&world, Fault::NoNotification, Operation::Notification);
    let session = at_dana(&world, 45_000).await;
    world.pay(&session).await;
    let reply = world.choose(&session, &json!({"method": "linkaja"})).await;
    is_problem(&reply, 409, "session_not_open", None);
    assert_eq!(world.session(&session).await["attempts"].as_array().unwrap().len(), 1);
    assert_eq!(world.net(&session).await, 45_000);
    world.stop().await;
}

#[tokio::test]
async fn a_withdrawal_by_the_shop_that_comes_after_the_payment_is_refused() {
    let world = World::new().await;
    arm(&world, Fault::NoNotification, Operation::Notification);
    let session = at_dana(&world, 45_000).await;
    world.pay(&session).await;
    let reply = world.post(&format!("/v1/sessions/{}/cancel", session.id), &json!({})).await;
    is_problem(&reply, 409, "session_not_open", None);
    world.mail.wait("session.paid", &session.id).await;
    assert_eq!(world.mail.events("session.cancelled", &session.id), 0);
    world.stop().await;
}

#[tokio::test]
async fn what_is_paid_after_the_shop_withdrew_it_is_paid_late() {
    let world = World::new().await;
    let session = at_dana(&world, 45_000).await;
    let order = world.transaction(&session).await.id;
    let reply = world.post(&format!("/v1/sessions/{}/cancel", session.id), &json!({})).await;
    assert_eq!(reply.body["status"], "cancelled", "{}", reply.text);
    world.mail.wait("session.cancelled", &session.id).await;
    arm(&world, Fault::NoNotification, Operation::Notification);
    world.town.simulator.approve(&order).unwrap();
    world.pass(301);
    let letter = world.mail.wait("session.paid", &session.id).await;
    assert_eq!(letter.body["data"]["attempts"][0]["late"], true);
    world.stop().await;
}

#[tokio::test]
async fn a_prompt_that_runs_out_as_it_is_approved_is_paid() {
    let world = World::new().await;
    arm(&world, Fault::NoNotification, Operation::Notification);
    let session = world.open(45_000).await;
    let view = world.chosen(&session, "ovo").await;
    world.enter(&view).await;
    world.pass(54);
    world.settled().await;
    world.pay(&session).await;
    world.pass(6);
    world.mail.wait("session.paid", &session.id).await;
    world.stop().await;
}
