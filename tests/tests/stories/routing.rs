//! A method that several accounts serve: one is left for another only while no charge can have
//! happened, and the timelines say why.

use kasir_shared::Rupiah;
use kasir_tests::made_up::{Fault, Habits, Kind, MadeUp, Operation, Watch};
use kasir_tests::simulator::{Clock as _, VirtualClock};
use kasir_tests::story::world::{MORNING_MS, Opened, World, fresh, text};
use serde_json::{Value, json};

/// A town whose OVO and DANA are served by providers of these habits, in order.
pub(crate) async fn town(habits: &[Habits]) -> (World, Vec<MadeUp>) {
    let clock = VirtualClock::frozen(MORNING_MS);
    let watch: Watch = {
        let clock = clock.clone();
        std::sync::Arc::new(move || clock.now_ms())
    };
    let mut providers = Vec::new();
    for habits in habits {
        // Metrics are the process's: every account of every story has a name of its own.
        let id = format!("made-up-{}", fresh());
        providers.push(MadeUp::open(&id, habits.clone(), watch.clone()).await);
    }
    let world = World::served_by(clock, &providers).await;
    (world, providers)
}

pub(crate) fn two_of(kind: Kind) -> [Habits; 2] {
    [Habits::of(kind), Habits::of(kind)]
}

/// The session's attempts with their timelines, oldest first.
pub(crate) async fn attempts(world: &World, session: &Opened) -> Vec<Value> {
    let known = world.session(session).await;
    let mut attempts = Vec::new();
    for one in known["attempts"].as_array().unwrap() {
        attempts.push(world.get(&format!("/v1/attempts/{}", text(&one["id"]))).await.body);
    }
    attempts
}

/// Accounts and statuses of a session's attempts.
pub(crate) fn ways(attempts: &[Value]) -> Vec<(&str, &str)> {
    attempts
        .iter()
        .map(|one| (one["account"].as_str().unwrap(), one["status"].as_str().unwrap()))
        .collect()
}

/// What a timeline says in entries of a kind.
pub(crate) fn said(attempt: &Value, kind: &str) -> Vec<String> {
    let entries = attempt["timeline"].as_array().unwrap();
    let of_kind = entries.iter().filter(|entry| entry["kind"] == kind);
    of_kind.map(|entry| text(&entry["summary"])).collect()
}

pub(crate) fn is_placed(view: &Value) -> bool {
    view["attempt"]["status"] == "pending"
}

/// The customer pays at the provider that has the order, which tells of it.
pub(crate) async fn pay_at(world: &World, provider: &MadeUp, reference: &str) {
    assert!(provider.pay(reference), "{reference} cannot be paid at {}", provider.id());
    tell(world, provider, (reference, None)).await;
}

/// The provider tells of an order, perhaps of another amount than it was over.
pub(crate) async fn tell(world: &World, provider: &MadeUp, (of, amount): (&str, Option<u64>)) {
    let (url, body) = provider.notification(of, amount);
    let reply = world.send(world.http.post(url).body(body)).await;
    assert_eq!((reply.status, reply.text.as_str()), (200, "OK"));
}

#[tokio::test]
async fn what_was_not_taken_goes_to_the_next_account_at_once() {
    for kind in [Kind::Redirect, Kind::Push] {
        for fault in [Fault::Refused, Fault::Busy, Fault::Unauthorised, Fault::Unsupported] {
            let (world, providers) = town(&two_of(kind)).await;
            let [one, two] = [&providers[0], &providers[1]];
            one.arrange(Operation::Order, fault);
            let session = world.open(45_000).await;
            let view = world.chosen(&session, "ovo").await;
            assert!(is_placed(&view), "{kind:?} {fault:?}: {view:#}");
            let known = attempts(&world, &session).await;
            let expected = [(one.id(), "cancelled"), (two.id(), "pending")];
            assert_eq!(ways(&known), expected, "{kind:?} {fault:?}");
            assert!(one.orders().is_empty());
            let reference = text(&known[1]["provider_reference"]);
            pay_at(&world, two, &reference).await;
            world.mail.wait("session.paid", &session.id).await;
            world.stop().await;
        }
    }
}

#[tokio::test]
async fn either_timeline_explains_why_an_account_was_left() {
    let (world, providers) = town(&two_of(Kind::Redirect)).await;
    let [one, two] = [&providers[0], &providers[1]];
    one.is_down(true);
    let session = world.open(45_000).await;
    world.chosen(&session, "dana").await;
    let known = attempts(&world, &session).await;
    let [old, new] = known.as_slice() else { panic!("{known:#?}") };
    let (left, taken) = (said(old, "route"), said(new, "route"));
    assert_eq!(left.len(), 1, "{old:#}");
    for word in [two.id(), new["id"].as_str().unwrap(), "not sent: no connection"] {
        assert!(left[0].contains(word), "{word}: {left:?}");
    }
    assert_eq!(taken.len(), 2, "{new:#}");
    assert!(taken[0].contains(one.id()) && taken[0].contains("no connection"), "{taken:?}");
    assert!(taken[1].contains(two.id()) && taken[1].contains(old["id"].as_str().unwrap()));
    assert_eq!(said(new, "page"), ["customer chose DANA"]);
    let last = old["timeline"].as_array().unwrap().last().unwrap();
    assert_eq!(last["summary"], "starting to cancelled", "{old:#}");
    world.stop().await;
}

#[tokio::test]
async fn a_refusal_by_the_wallet_goes_nowhere_else() {
    for kind in [Kind::Redirect, Kind::Push] {
        let (world, providers) = town(&two_of(kind)).await;
        providers[0].arrange(Operation::Order, Fault::Declined);
        let session = world.open(45_000).await;
        let view = world.chosen(&session, "ovo").await;
        assert_eq!(view["attempt"]["status"], "failed", "{view:#}");
        assert_eq!(ways(&attempts(&world, &session).await), [(providers[0].id(), "failed")]);
        assert_eq!(providers[1].heard(), 0);
        world.stop().await;
    }
}

#[tokio::test]
async fn where_nobody_takes_it_the_customer_may_choose_again_after_a_while() {
    let (world, providers) = town(&two_of(Kind::Push)).await;
    for provider in &providers {
        provider.is_down(true);
    }
    let session = world.open(45_000).await;
    let view = world.chosen(&session, "ovo").await;
    assert_eq!(view["attempt"]["status"], "starting", "{view:#}");
    assert_eq!(view["attempt"]["uncertain"], false, "nobody can have heard of it");
    for _ in 0..40 {
        world.pass(6);
        world.settled().await;
    }
    let view =
        world.seen(&session, "it is called off", |view| view["attempt"]["status"] == "cancelled");
    assert_eq!(view.await["status"], "open");
    for provider in &providers {
        provider.is_down(false);
    }
    let view = world.chosen(&session, "ovo").await;
    assert!(is_placed(&view), "{view:#}");
    world.stop().await;
}

#[tokio::test]
async fn a_provider_that_comes_back_in_time_takes_the_order_after_all() {
    let (world, providers) = town(&two_of(Kind::Push)[..1]).await;
    providers[0].is_down(true);
    let session = world.open(45_000).await;
    world.chosen(&session, "ovo").await;
    providers[0].is_down(false);
    world.pass(6);
    world.seen(&session, "it is placed after all", is_placed).await;
    let known = attempts(&world, &session).await;
    assert_eq!(ways(&known), [(providers[0].id(), "pending")]);
    world.stop().await;
}

#[tokio::test]
async fn a_provider_that_goes_down_with_an_order_keeps_it() {
    let (world, providers) = town(&two_of(Kind::Redirect)).await;
    let [one, two] = [&providers[0], &providers[1]];
    let session = world.open(45_000).await;
    assert!(is_placed(&world.chosen(&session, "dana").await));
    one.is_down(true);
    for _ in 0..5 {
        world.pass(20);
        world.settled().await;
        assert!(is_placed(&world.view(&session).await));
    }
    let reference = text(&world.attempt(&session).await["provider_reference"]);
    pay_at(&world, one, &reference).await;
    world.settled().await;
    assert!(is_placed(&world.view(&session).await), "a notification settles nothing by itself");
    one.is_down(false);
    world.pass(301);
    world.mail.wait("session.paid", &session.id).await;
    assert_eq!(two.heard(), 0);
    world.stop().await;
}

#[tokio::test]
async fn an_account_that_does_not_take_the_amount_is_skipped() {
    let rp = |value| Rupiah::new(value).unwrap();
    let large = Habits { min: rp(50_000), ..Habits::of(Kind::Redirect) };
    let small = Habits { max: rp(20_000), ..Habits::of(Kind::Redirect) };
    let (world, providers) = town(&[large, small]).await;
    let session = world.open(10_000).await;
    world.chosen(&session, "dana").await;
    let known = attempts(&world, &session).await;
    assert_eq!(ways(&known), [(providers[1].id(), "pending")]);
    let said = said(&known[0], "route");
    assert!(said[0].contains(providers[0].id()) && said[0].contains("amount"), "{said:?}");
    let session = world.open_with(60_000, json!({"methods": ["dana"]})).await;
    world.chosen(&session, "dana").await;
    assert_eq!(ways(&attempts(&world, &session).await), [(providers[0].id(), "pending")]);
    let session = world.open(30_000).await;
    let view = world.view(&session).await;
    let dana = view["methods"].as_array().unwrap().iter().find(|one| one["id"] == "dana").unwrap();
    assert_eq!(dana["unavailable"]["max"]["value"], 20_000, "{dana:#}");
    let reply = world.choose(&session, &json!({"method": "dana"})).await;
    crate::is_problem(&reply, 422, "amount_too_large", Some("method"));
    world.stop().await;
}

#[tokio::test]
async fn two_sessions_in_a_row_do_not_share_what_happened_to_one() {
    let (world, providers) = town(&two_of(Kind::Redirect)).await;
    providers[0].arrange(Operation::Order, Fault::Refused);
    for expected in [providers[1].id(), providers[0].id()] {
        let session = world.open(45_000).await;
        world.chosen(&session, "dana").await;
        assert_eq!(world.attempt(&session).await["account"], expected);
    }
    world.stop().await;
}
