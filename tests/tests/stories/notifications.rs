//! What NICEPAY tells us, and what others tell us in its name: heard, and believed only as far as an
//! inquiry confirms it.

use futures_util::future::join_all;
use kasir_tests::simulator::{Armed, Fault, Operation, Provider, journal};
use kasir_tests::story::eventually;
use kasir_tests::story::world::{Opened, World, notification, text};
use serde_json::{Value, json};

use crate::is_problem;

pub(crate) fn arm(world: &World, fault: Fault, operation: Operation) {
    let armed = Armed::once(Provider::Nicepay, fault).at(operation);
    world.town.simulator.arm(armed).unwrap();
}

/// A session whose customer stands at DANA's page.
pub(crate) async fn at_dana(world: &World, amount: u64) -> Opened {
    let session = world.open(amount).await;
    let view = world.chosen(&session, "dana").await;
    assert!(world.enter(&view).await.status < 400);
    session
}

/// How many inquiries about the session's present order NICEPAY has answered.
pub(crate) async fn inquiries(world: &World, session: &Opened) -> usize {
    let reference = text(&world.attempt(session).await["provider_reference"]);
    let asked = |entry: &&journal::Entry| {
        entry.operation == Operation::Inquiry && entry.reference == reference
    };
    world.town.simulator.requests().iter().filter(asked).count()
}

fn entries(attempt: &Value, kind: &str) -> usize {
    attempt["timeline"].as_array().unwrap().iter().filter(|entry| entry["kind"] == kind).count()
}

async fn metric(world: &World, name: &str) -> f64 {
    let reply = world.send(world.http.get(world.at("/metrics"))).await;
    let line = reply.text.lines().find_map(|line| line.strip_prefix(name));
    line.map_or(0.0, |value| value.trim().parse().unwrap())
}

#[tokio::test]
async fn a_notification_without_a_true_token_changes_nothing() {
    let world = World::new().await;
    let session = at_dana(&world, 45_000).await;
    let order = world.transaction(&session).await;
    let forged = "kasir_notifications_total{provider=\"nicepay\",verdict=\"forged\"}";
    let counted = metric(&world, forged).await;
    let asked = inquiries(&world, &session).await;
    let genuine = notification(&order.id, &order.reference, 45_000);
    for (name, value) in
        [("merchantToken", "0".repeat(64)), ("amt", "1".into()), ("tXid", "X1".into())]
    {
        let mut fields = genuine.clone();
        fields.iter_mut().find(|field| field.0 == name).unwrap().1 = value;
        is_problem(&world.notify(&fields).await, 401, "unauthorized", None);
    }
    let unsigned: Vec<_> = genuine.into_iter().filter(|field| field.0 != "merchantToken").collect();
    assert!((400..500).contains(&world.notify(&unsigned).await.status));
    world.settled().await;
    assert!(metric(&world, forged).await >= counted + 3.0);
    let attempt = world.attempt(&session).await;
    assert_eq!((entries(&attempt, "notification"), &attempt["status"]), (0, &json!("pending")));
    assert_eq!(inquiries(&world, &session).await, asked, "nobody asks because of a forgery");
    world.stop().await;
}

#[tokio::test]
async fn what_is_sent_to_an_account_that_is_not_there_is_not_found() {
    let world = World::new().await;
    for path in ["/notify/nicepay/other", "/notify/winpay/nicepay", "/notify/nicepay"] {
        let reply = world.send(world.http.post(world.at(path)).body("a=b")).await;
        is_problem(&reply, 404, "not_found", None);
    }
    world.stop().await;
}

#[tokio::test]
async fn a_notification_about_an_order_that_is_not_ours_is_sent_back() {
    let world = World::new().await;
    let session = at_dana(&world, 45_000).await;
    let order = world.transaction(&session).await;
    let fields = notification(&order.id, "pay_of_somebody_else", 45_000);
    is_problem(&world.notify(&fields).await, 404, "not_found", None);
    assert_eq!(world.view(&session).await["status"], "open");
    world.stop().await;
}

#[tokio::test]
async fn a_notification_forged_after_the_payment_step_changes_nothing() {
    let world = World::new().await;
    let fault = Armed::once(Provider::Nicepay, Fault::ForgedNotification);
    world.town.simulator.arm(fault).unwrap();
    let session = at_dana(&world, 45_000).await;
    world.town.simulator.quiet().await;
    let sent = world.town.simulator.requests();
    let refused = sent.iter().any(|entry| entry.code == "401");
    assert!(refused, "the forgery was sent and refused");
    world.settled().await;
    assert_eq!(world.attempt(&session).await["status"], "pending");
    world.pay(&session).await;
    world.mail.wait("session.paid", &session.id).await;
    world.stop().await;
}

#[tokio::test]
async fn a_true_token_whose_inquiry_says_unpaid_changes_nothing() {
    let world = World::new().await;
    let session = at_dana(&world, 45_000).await;
    let order = world.transaction(&session).await;
    let asked = inquiries(&world, &session).await;
    let reply = world.notify(&notification(&order.id, &order.reference, 45_000)).await;
    assert_eq!((reply.status, reply.text.as_str()), (200, "OK"));
    eventually("it is asked about", async || {
        (inquiries(&world, &session).await > asked).then_some(())
    })
    .await;
    world.settled().await;
    let attempt = world.attempt(&session).await;
    assert_eq!((entries(&attempt, "notification"), &attempt["status"]), (1, &json!("pending")));
    assert!(world.mail.about(&session.id).is_empty());
    world.stop().await;
}

#[tokio::test]
async fn a_notification_of_one_payment_pays_no_other_session() {
    let world = World::new().await;
    let (paid, unpaid) = (at_dana(&world, 45_000).await, at_dana(&world, 45_000).await);
    let theirs = world.pay(&paid).await;
    world.mail.wait("session.paid", &paid.id).await;
    let asked = inquiries(&world, &unpaid).await;
    let ours = world.transaction(&unpaid).await.reference;
    assert_eq!(world.notify(&notification(&theirs.id, &ours, 45_000)).await.status, 200);
    eventually("it is asked about", async || {
        (inquiries(&world, &unpaid).await > asked).then_some(())
    })
    .await;
    world.settled().await;
    assert_eq!(world.attempt(&unpaid).await["status"], "pending");
    world.pay(&unpaid).await;
    world.mail.wait("session.paid", &unpaid.id).await;
    assert_eq!(world.mail.events("session.paid", &paid.id), 1);
    world.stop().await;
}

#[tokio::test]
async fn a_notification_of_another_amount_is_checked_and_what_was_paid_counts() {
    let world = World::new().await;
    arm(&world, Fault::WrongAmount, Operation::Notification);
    let session = at_dana(&world, 45_000).await;
    world.pay(&session).await;
    let letter = world.mail.wait("session.paid", &session.id).await;
    assert_eq!(letter.body["data"]["amount"]["value"], 45_000);
    world.stop().await;
}

#[tokio::test]
async fn an_inquiry_that_speaks_of_another_amount_pays_nothing_and_calls_a_person() {
    let world = World::new().await;
    let session = at_dana(&world, 45_000).await;
    arm(&world, Fault::WrongAmount, Operation::Inquiry);
    world.pay(&session).await;
    let alarmed = async || {
        let attempt = world.attempt(&session).await;
        (entries(&attempt, "alarm") == 1).then_some(attempt)
    };
    let attempt = eventually("a person is called", alarmed).await;
    assert_eq!(attempt["status"], "pending");
    assert!(world.mail.about(&session.id).is_empty());
    world.pass(301);
    world.mail.wait("session.paid", &session.id).await;
    world.stop().await;
}

#[tokio::test]
async fn a_notification_that_comes_a_hundred_times_pays_once() {
    let world = World::new().await;
    arm(&world, Fault::NoNotification, Operation::Notification);
    let session = at_dana(&world, 45_000).await;
    let order = world.pay(&session).await;
    let fields = notification(&order.id, &order.reference, 45_000);
    let replies = join_all((0..100).map(|_| world.notify(&fields))).await;
    assert!(replies.iter().all(|reply| (reply.status, reply.text.as_str()) == (200, "OK")));
    world.mail.wait("session.paid", &session.id).await;
    world.settled().await;
    assert_eq!(world.mail.events("session.paid", &session.id), 1);
    let attempt = world.attempt(&session).await;
    assert_eq!(entries(&attempt, "notification"), 1);
    let paid = attempt["timeline"].as_array().unwrap().iter();
    assert_eq!(paid.filter(|entry| entry["status_after"] == "paid").count(), 1);
    assert_eq!(world.net(&session).await, 45_000);

    let version = world.view(&session).await["version"].clone();
    for days in [0, 10] {
        world.pass(days * 86_400 + 3_600);
        assert_eq!(world.notify(&fields).await.status, 200);
        world.settled().await;
        assert_eq!(world.view(&session).await["version"], version, "after {days} days");
    }
    world.stop().await;
}

#[tokio::test]
async fn a_payment_whose_notification_comes_before_our_own_call_returned_is_one_payment() {
    let world = World::new().await;
    for (method, operation) in [
        ("dana", Operation::Registration),
        ("shopeepay", Operation::Registration),
        ("shopeepay", Operation::Payment),
    ] {
        arm(&world, Fault::NotificationBeforeReply, operation);
        let session = world.open(45_000).await;
        world.chosen(&session, method).await;
        world.mail.wait("session.paid", &session.id).await;
        world.settled().await;
        let view = world.view(&session).await;
        assert_eq!(view["status"], "paid", "{method} {operation:?}");
        assert_eq!(world.net(&session).await, 45_000);
        let attempt = world.attempt(&session).await;
        let reference = attempt["provider_reference"].as_str();
        assert_eq!(reference, attempt["id"].as_str(), "it is placed once: {attempt:#}");
        assert_eq!(world.mail.events("session.paid", &session.id), 1);
    }
    world.stop().await;
}

#[tokio::test]
async fn a_notification_that_never_comes_is_made_up_for_by_asking() {
    let world = World::new().await;
    arm(&world, Fault::NoNotification, Operation::Notification);
    let session = at_dana(&world, 45_000).await;
    world.pay(&session).await;
    world.pass(6);
    world.mail.wait("session.paid", &session.id).await;
    world.stop().await;
}

#[tokio::test]
async fn what_is_paid_after_the_session_expired_is_paid_late() {
    let world = World::new().await;
    let session = world.open_with(45_000, json!({"expires_in": 60})).await;
    let view = world.chosen(&session, "dana").await;
    world.enter(&view).await;
    world.pass(61);
    world.mail.wait("session.expired", &session.id).await;
    assert_eq!(world.attempt(&session).await["status"], "expired");
    world.pay(&session).await;
    let letter = world.mail.wait("session.paid", &session.id).await;
    assert_eq!(letter.body["data"]["attempts"][0]["late"], true);
    let attempt = world.attempt(&session).await;
    assert_eq!((&attempt["status"], &attempt["late"]), (&json!("paid"), &json!(true)));
    world.stop().await;
}

#[tokio::test]
async fn notifications_in_the_wrong_order_leave_what_is_true() {
    let world = World::new().await;
    arm(&world, Fault::ReorderedNotification, Operation::Notification);
    let session = at_dana(&world, 45_000).await;
    let order = world.pay(&session).await;
    world.town.simulator.refund(&order.id).unwrap();
    world.seen(&session, "refunded", |view| view["attempt"]["status"] == "refunded").await;
    world.town.simulator.quiet().await;
    world.settled().await;
    let attempt = world.attempt(&session).await;
    assert_eq!(attempt["status"], "refunded");
    assert_eq!(entries(&attempt, "alarm"), 0, "{attempt:#}");
    assert_eq!(world.net(&session).await, 0);
    world.stop().await;
}
