//! What a provider is told of what it asks and tells: what an order costs while it may be paid, and
//! what became of every notification, however often it comes.

use kasir_tests::made_up::{Fault, Habits, Kind, MadeUp, Manner, Operation};
use kasir_tests::simulator::Clock;
use kasir_tests::story::world::{Opened, World, text};
use serde_json::{Value, json};

use crate::is_problem;
use crate::routing::{attempts, said, town};

const CONVERSING: Habits = Habits { manner: Manner::Converses, ..Habits::of(Kind::Redirect) };

/// A session whose customer was sent to the only provider, and its order number there.
async fn at_the_wallet(habits: &Habits) -> (World, MadeUp, Opened, String) {
    let (world, mut providers) = town(std::slice::from_ref(habits)).await;
    let session = world.open(45_000).await;
    world.chosen(&session, "dana").await;
    let reference = text(&world.attempt(&session).await["provider_reference"]);
    (world, providers.remove(0), session, reference)
}

/// What it is answered when it says this of an order.
async fn told(world: &World, provider: &MadeUp, reference: &str, more: Value) -> Value {
    let (url, body) = provider.says(reference, &more);
    let reply = world.send(world.http.post(url).body(body)).await;
    serde_json::from_str(&reply.text).unwrap()
}

async fn asked(world: &World, provider: &MadeUp, reference: &str) -> Value {
    let answer = told(world, provider, reference, json!({ "question": true })).await;
    assert_eq!(answer["verdict"], "asked");
    answer["bill"].clone()
}

#[tokio::test]
async fn who_asks_hears_what_the_order_costs_and_nothing_else_happens() {
    let (world, provider, session, reference) = at_the_wallet(&CONVERSING).await;
    let before = world.view(&session).await;
    for _ in 0..25 {
        let bill = asked(&world, &provider, &reference).await;
        assert_eq!((&bill["amount"], &bill["due"]), (&json!(45_000), &json!("open")));
        assert_eq!(bill["reference"], reference.as_str());
        assert!(!text(&bill["description"]).is_empty());
    }
    world.settled().await;
    assert_eq!(world.view(&session).await["version"], before["version"]);
    let noted = said(&world.attempt(&session).await, "notification");
    assert_eq!(noted.len(), 20, "{noted:?}");
    assert!(noted[0].contains("asked what the order costs"), "{noted:?}");
    world.stop().await;
}

#[tokio::test]
async fn an_order_that_is_over_or_paid_is_not_to_be_paid_any_more() {
    let (world, provider, session, reference) = at_the_wallet(&CONVERSING).await;
    let view = world.view(&session).await;
    world.call_off(&session, &text(&view["attempt"]["id"])).await;
    assert_eq!(asked(&world, &provider, &reference).await["due"], "over");
    world.chosen(&session, "dana").await;
    let second = text(&attempts(&world, &session).await[1]["provider_reference"]);
    assert_eq!(asked(&world, &provider, &second).await["due"], "open");
    assert!(provider.pay(&second));
    assert_eq!(told(&world, &provider, &second, json!({})).await["verdict"], "kept");
    world.stands(&session, "paid").await;
    for reference in [&reference, &second] {
        assert_eq!(asked(&world, &provider, reference).await["due"], "paid");
    }
    world.stop().await;
}

#[tokio::test]
async fn an_order_of_a_session_whose_time_is_over_is_not_to_be_paid() {
    let habits = Habits { lifetime_s: 100_000, ..CONVERSING };
    let (world, provider, session, reference) = at_the_wallet(&habits).await;
    world.pass(100_000);
    assert_eq!(asked(&world, &provider, &reference).await["due"], "over");
    world.seen(&session, "it expires", |view| view["status"] == "expired").await;
    assert_eq!(asked(&world, &provider, &reference).await["due"], "over");
    world.stop().await;
}

#[tokio::test]
async fn a_number_that_was_given_up_is_not_to_be_paid() {
    let (world, mut providers) = town(&[CONVERSING]).await;
    let provider = providers.remove(0);
    provider.arrange(Operation::Order, Fault::LostReply);
    let session = world.open(45_000).await;
    world.chosen(&session, "dana").await;
    let lost = text(&world.attempt(&session).await["provider_reference"]);
    assert_eq!(asked(&world, &provider, &lost).await["due"], "open", "nobody knows yet");
    world.pass(2);
    world.seen(&session, "it is placed anew", |view| view["attempt"]["status"] == "pending").await;
    assert_eq!(asked(&world, &provider, &lost).await["due"], "over");
    world.stop().await;
}

#[tokio::test]
async fn a_repeated_notification_is_answered_as_the_first_was() {
    let (world, provider, session, reference) = at_the_wallet(&CONVERSING).await;
    assert!(provider.pay(&reference));
    let first = told(&world, &provider, &reference, json!({})).await;
    assert_eq!((&first["verdict"], &first["reference"]), (&json!("kept"), &json!(reference)));
    for _ in 0..3 {
        world.pass(7);
        assert_eq!(told(&world, &provider, &reference, json!({})).await, first);
        // The same payment in other words.
        let more = json!({ "again": world.town.clock.now_ms() });
        assert_eq!(told(&world, &provider, &reference, more).await, first);
    }
    world.stands(&session, "paid").await;
    assert_eq!(told(&world, &provider, &reference, json!({})).await, first);
    world.stop().await;
}

#[tokio::test]
async fn another_amount_is_kept_and_named() {
    let (world, provider, session, reference) = at_the_wallet(&CONVERSING).await;
    let answer = told(&world, &provider, &reference, json!({ "amount": 13_000 })).await;
    assert_eq!(answer, json!({ "verdict": "other amount", "amount": 45_000 }));
    let attempt = world.attempt(&session).await;
    assert_eq!(said(&attempt, "alarm").len(), 1);
    assert_eq!(attempt["status"], "pending");
    world.stop().await;
}

#[tokio::test]
async fn another_payment_of_a_paid_order_is_kept_and_named() {
    let (world, provider, session, reference) = at_the_wallet(&CONVERSING).await;
    assert!(provider.pay(&reference));
    let first = told(&world, &provider, &reference, json!({})).await;
    world.stands(&session, "paid").await;
    let second = json!({ "transaction": "another" });
    for _ in 0..2 {
        let answer = told(&world, &provider, &reference, second.clone()).await;
        assert_eq!(answer["verdict"], "paid already");
    }
    assert_eq!(told(&world, &provider, &reference, json!({})).await, first);
    let kept = said(&world.attempt(&session).await, "notification");
    assert_eq!(kept.len(), 2, "{kept:?}");
    world.stop().await;
}

#[tokio::test]
async fn what_is_not_the_providers_or_not_ours_has_words_too() {
    let (world, provider, _, reference) = at_the_wallet(&CONVERSING).await;
    for (more, verdict) in [
        (json!({ "secret": "guessed" }), "forged"),
        (json!({ "reference": 7 }), "unreadable"),
        (json!({ "reference": "pay_nobody" }), "unknown"),
        (json!({ "reference": "pay_nobody", "question": true }), "unknown"),
    ] {
        let answer = told(&world, &provider, &reference, more).await;
        assert_eq!(answer["verdict"], verdict);
    }
    world.stop().await;
}

#[tokio::test]
async fn a_provider_without_words_of_its_own_hears_ours() {
    let (world, provider, _, reference) = at_the_wallet(&Habits::of(Kind::Redirect)).await;
    for (more, status, code) in [
        (json!({ "secret": "guessed" }), 401, "unauthorized"),
        (json!({ "reference": "pay_nobody" }), 404, "not_found"),
        (json!({ "question": true }), 404, "not_found"),
    ] {
        let (url, body) = provider.says(&reference, &more);
        let reply = world.send(world.http.post(url).body(body)).await;
        is_problem(&reply, status, code, None);
    }
    for more in [json!({}), json!({ "amount": 1_000 })] {
        let (url, body) = provider.says(&reference, &more);
        let reply = world.send(world.http.post(url).body(body)).await;
        assert_eq!((reply.status, reply.text.as_str()), (200, "OK"));
    }
    world.stop().await;
}
