//! The same with the simulators of the real ones: Winpay first, NICEPAY over SNAP behind it.

use kasir_tests::simulator::{Armed, Fault, Operation, Provider, Settings, Status, Transaction};
use kasir_tests::story::eventually;
use kasir_tests::story::world::{Opened, World, text};
use kasir_tests::town::Routing;
use serde_json::{Value, json};

use crate::is_problem;
use crate::orphans::sent_in_vain;
use crate::routing::{attempts, is_placed, said, ways};

/// What silence may look like where Winpay may have done what was asked.
const LOST: [(Fault, bool); 6] = [
    (Fault::LostReply, false),
    (Fault::InternalError, true),
    (Fault::BadGateway, true),
    (Fault::InProgress, false),
    (Fault::EightDigits, false),
    (Fault::Truncated, false),
];

async fn world() -> World {
    let hasty = |toml: String| toml.replace("provider_timeout_s = 5", "provider_timeout_s = 1");
    World::routed(Settings::default(), Routing::Everything, hasty).await
}

fn arm(world: &World, fault: Fault, (operation, times, processed): (Operation, u32, bool)) {
    let armed = Armed { times, processed, ..Armed::once(Provider::Winpay, fault) }.at(operation);
    world.town.simulator.arm(armed).unwrap();
}

fn is_uncertain(view: &Value) -> bool {
    view["attempt"]["uncertain"] == true
}

/// What the simulators hold under an attempt's number.
fn orders(world: &World, attempt: &Value) -> Vec<Transaction> {
    let reference = text(&attempt["provider_reference"]);
    world.town.simulator.transactions_of(Some(&reference))
}

async fn lost(world: &World, method: &str, (fault, processed): (Fault, bool)) -> Opened {
    arm(world, fault, (Operation::Registration, 1, processed));
    let session = world.open(45_000).await;
    let view = world.chosen(&session, method).await;
    assert!(is_uncertain(&view), "{fault:?} {method}: {view:#}");
    world.pass(2);
    session
}

#[tokio::test]
async fn an_order_that_winpay_has_under_a_lost_answer_is_left_where_nobody_has_the_way_to_it() {
    for fault in LOST {
        let world = world().await;
        let session = lost(&world, "dana", fault).await;
        world.seen(&session, "NICEPAY takes over", is_placed).await;
        let known = attempts(&world, &session).await;
        assert_eq!(ways(&known), [("winpay", "cancelled"), ("nicepay", "pending")], "{fault:?}");
        let requests = world.town.simulator.requests();
        let refused = requests.iter().filter(|entry| entry.code == "4095401").count();
        assert_eq!(refused, 1, "{fault:?}: our own order is in the way, once");
        let left = said(&known[0], "route");
        assert!(left[0].contains("its number is taken"), "{left:?}");
        let view = world.view(&session).await;
        assert!(world.enter(&view).await.status < 400);
        world.pay(&session).await;
        world.mail.wait("session.paid", &session.id).await;
        assert_eq!(world.net(&session).await, 45_000, "{fault:?}");
        world.stop().await;
    }
}

#[tokio::test]
async fn an_order_that_winpay_alone_serves_is_placed_anew() {
    let world = world().await;
    let session = lost(&world, "speedcash", (Fault::LostReply, false)).await;
    world.seen(&session, "it is placed anew", is_placed).await;
    let known = attempts(&world, &session).await;
    assert_eq!(ways(&known), [("winpay", "cancelled"), ("winpay", "pending")]);
    world.pay(&session).await;
    world.mail.wait("session.paid", &session.id).await;
    assert_eq!(world.net(&session).await, 45_000);
    world.stop().await;
}

#[tokio::test]
async fn an_ovo_that_may_be_on_the_phone_goes_nowhere_else() {
    for fault in LOST {
        let world = world().await;
        let session = lost(&world, "ovo", fault).await;
        sent_in_vain(&world, &session, 2).await;
        let view = world.view(&session).await;
        assert!(is_uncertain(&view), "{fault:?}: {view:#}");
        assert!(view["seconds_left"].as_u64().is_some_and(|left| left > 180), "{view:#}");
        let other = world.choose(&session, &json!({"method": "linkaja"})).await;
        is_problem(&other, 409, "attempt_in_progress", None);
        for _ in 0..14 {
            world.pass(16);
            world.settled().await;
            assert!(is_uncertain(&world.view(&session).await), "{fault:?}");
        }
        assert_eq!(world.town.simulator.transactions().len(), 1, "{fault:?}");
        world.pass(31);
        let expired = |view: &Value| view["attempt"]["status"] == "expired";
        world.seen(&session, "it has run out", expired).await;
        world.stop().await;
    }
}

#[tokio::test]
async fn an_ovo_that_was_approved_on_the_phone_is_paid_by_its_callback() {
    let world = world().await;
    let session = lost(&world, "ovo", (Fault::LostReply, false)).await;
    sent_in_vain(&world, &session, 2).await;
    let attempt = world.attempt(&session).await;
    world.town.simulator.approve(&orders(&world, &attempt)[0].id).unwrap();
    world.mail.wait("session.paid", &session.id).await;
    assert_eq!(world.attempt(&session).await["late"], false);
    assert_eq!(world.net(&session).await, 45_000);
    world.stop().await;
}

#[tokio::test]
async fn a_callback_that_comes_before_the_answer_to_create_pays_once() {
    let world = world().await;
    for method in ["ovo", "dana"] {
        arm(&world, Fault::NotificationBeforeReply, (Operation::Registration, 1, false));
        let session = world.open(45_000).await;
        world.chosen(&session, method).await;
        world.mail.wait("session.paid", &session.id).await;
        assert_eq!(world.net(&session).await, 45_000, "{method}");
        assert_eq!(world.session(&session).await["attempts"].as_array().unwrap().len(), 1);
    }
    world.stop().await;
}

#[tokio::test]
async fn a_late_callback_about_a_lost_order_is_a_second_payment_that_winpay_does_not_give_back() {
    let world = world().await;
    let session = lost(&world, "dana", (Fault::LostReply, false)).await;
    world.seen(&session, "NICEPAY takes over", is_placed).await;
    let known = attempts(&world, &session).await;
    let orphan = orders(&world, &known[0]).remove(0);
    let view = world.view(&session).await;
    assert!(world.enter(&view).await.status < 400);
    world.pay(&session).await;
    world.mail.wait("session.paid", &session.id).await;
    world.town.simulator.approve(&orphan.id).unwrap();
    world.mail.wait("session.paid_twice", &session.id).await;
    let alarms = eventually("a person is called", async || {
        let alarms = said(&attempts(&world, &session).await[0], "alarm");
        (alarms.len() == 2).then_some(alarms)
    })
    .await;
    assert!(alarms[1].contains("a person has to"), "{alarms:?}");
    let known = attempts(&world, &session).await;
    assert_eq!((&known[0]["status"], &known[0]["late"]), (&json!("paid"), &json!(true)));
    world.stop().await;
}

#[tokio::test]
async fn with_winpay_down_ovo_goes_through_nicepay_and_the_timeline_says_so() {
    let world = world().await;
    world.town.simulator.take_down(Provider::Winpay).await.unwrap();
    let session = world.open(45_000).await;
    let view = world.chosen(&session, "ovo").await;
    assert_eq!(view["next_action"]["kind"], "approve_push", "{view:#}");
    assert!(view["next_action"]["seconds_left"].as_u64().is_some_and(|left| left > 0), "{view:#}");
    let known = attempts(&world, &session).await;
    assert_eq!(ways(&known), [("winpay", "cancelled"), ("nicepay-snap", "pending")]);
    let (left, taken) = (said(&known[0], "route"), said(&known[1], "route"));
    assert!(left[0].contains("nicepay-snap") && left[0].contains("no connection"), "{left:?}");
    assert!(taken[0].contains("winpay was left"), "{taken:?}");
    world.pay(&session).await;
    world.mail.wait("session.paid", &session.id).await;
    assert_eq!(world.net(&session).await, 45_000);
    world.town.simulator.bring_up(Provider::Winpay).await.unwrap();
    world.stop().await;
}

#[tokio::test]
async fn a_winpay_that_goes_down_with_an_order_keeps_it_until_it_is_back() {
    let world = world().await;
    let session = world.open(45_000).await;
    assert!(is_placed(&world.chosen(&session, "dana").await));
    world.town.simulator.take_down(Provider::Winpay).await.unwrap();
    for _ in 0..3 {
        world.pass(30);
        world.settled().await;
    }
    assert_eq!(ways(&attempts(&world, &session).await), [("winpay", "pending")]);
    world.town.simulator.bring_up(Provider::Winpay).await.unwrap();
    world.pay(&session).await;
    world.pass(301);
    world.mail.wait("session.paid", &session.id).await;
    world.stop().await;
}

#[tokio::test]
async fn a_callback_of_another_amount_is_taken_and_settles_nothing() {
    let world = world().await;
    let session = world.open(45_000).await;
    world.chosen(&session, "dana").await;
    arm(&world, Fault::WrongAmount, (Operation::Notification, 1, false));
    world.pay(&session).await;
    let doubted = |view: &Value| view["attempt"]["uncertain"] == true;
    let view = world.seen(&session, "a person has to look", doubted).await;
    assert_eq!(view["status"], "open", "{view:#}");
    let known = attempts(&world, &session).await;
    assert_eq!(known[0]["status"], "pending");
    assert_eq!(said(&known[0], "alarm").len(), 2, "{:#}", known[0]["timeline"]);
    let requests = world.town.simulator.requests();
    let told: Vec<_> =
        requests.iter().filter(|one| one.operation == Operation::Notification).collect();
    assert_eq!(told.len(), 1, "it was acknowledged at once: {told:#?}");
    assert_eq!(world.mail.events("session.paid", &session.id), 0);
    world.stop().await;
}

#[tokio::test]
async fn what_nobody_pays_at_winpay_runs_out_though_its_status_never_says_so() {
    let world = world().await;
    for method in ["ovo", "dana"] {
        let session = world.open_with(45_000, json!({"expires_in": 300})).await;
        assert!(is_placed(&world.chosen(&session, method).await));
        for _ in 0..20 {
            world.pass(60);
            world.settled().await;
        }
        world.mail.wait("session.expired", &session.id).await;
        let attempt = world.attempt(&session).await;
        assert_eq!(attempt["status"], "expired", "{method}");
        assert_ne!(orders(&world, &attempt)[0].status, Status::Paid);
    }
    world.stop().await;
}

#[tokio::test]
async fn a_withdrawal_that_loses_the_race_to_a_payment_at_winpay_finds_it_paid() {
    let world = world().await;
    arm(&world, Fault::NoNotification, (Operation::Notification, 1, false));
    let session = world.open(45_000).await;
    world.chosen(&session, "dana").await;
    let attempt = text(&world.attempt(&session).await["id"]);
    world.pay(&session).await;
    let reply = world.call_off(&session, &attempt).await;
    assert_eq!((reply.status, &reply.body["status"]), (200, &json!("paid")), "{}", reply.text);
    world.mail.wait("session.paid", &session.id).await;
    world.stop().await;
}
