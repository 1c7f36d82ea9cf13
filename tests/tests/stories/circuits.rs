//! Accounts that fail again and again are spared, and tried again by one order at a time.

use kasir_tests::made_up::{Fault, Kind, MadeUp, Operation};
use kasir_tests::story::eventually;
use kasir_tests::story::world::World;

use crate::routing::{attempts, is_placed, said, town, two_of, ways};

/// The circuit of an account as operations see it.
async fn level(world: &World, account: &str) -> String {
    let reply = world.send(world.http.get(world.at("/metrics"))).await;
    let name = format!("kasir_account_circuit{{account=\"{account}\"}} ");
    let line = reply.text.lines().find_map(|line| line.strip_prefix(&name).map(str::to_owned));
    line.unwrap_or_else(|| panic!("no circuit of {account}:\n{}", reply.text))
}

/// A new customer's DANA; which account has it.
async fn order(world: &World) -> String {
    let session = world.open(45_000).await;
    let view = world.chosen(&session, "dana").await;
    assert!(is_placed(&view), "{view:#}");
    world.attempt(&session).await["account"].as_str().unwrap().to_owned()
}

/// The first account fails until its circuit opens.
async fn opened() -> (World, Vec<MadeUp>) {
    let (world, providers) = town(&two_of(Kind::Redirect)).await;
    assert_eq!(level(&world, providers[0].id()).await, "0");
    providers[0].is_down(true);
    for _ in 0..3 {
        assert_eq!(order(&world).await, providers[1].id());
    }
    assert_eq!(level(&world, providers[0].id()).await, "1");
    providers[0].is_down(false);
    (world, providers)
}

#[tokio::test]
async fn an_account_that_failed_three_times_is_spared_and_the_timeline_says_so() {
    let (world, providers) = opened().await;
    let session = world.open(45_000).await;
    world.chosen(&session, "dana").await;
    let known = attempts(&world, &session).await;
    assert_eq!(ways(&known), [(providers[1].id(), "pending")]);
    let skipped = said(&known[0], "route");
    let [skipped] = skipped.as_slice() else { panic!("{skipped:?}") };
    assert!(skipped.contains(providers[0].id()) && skipped.contains("not answered lately"));
    assert_eq!(providers[0].heard(), 0);
    world.stop().await;
}

#[tokio::test]
async fn after_the_pause_exactly_one_order_finds_out() {
    let (world, providers) = opened().await;
    let [one, two] = [&providers[0], &providers[1]];
    world.pass(30);
    one.arrange(Operation::Order, Fault::Held);
    let first = world.open(45_000).await;
    let probing = async { world.chosen(&first, "dana").await };
    let meanwhile = async {
        one.holds(1).await;
        assert_eq!(level(&world, one.id()).await, "2");
        for _ in 0..3 {
            assert_eq!(order(&world).await, two.id());
        }
        one.release();
    };
    let (view, ()) = tokio::join!(probing, meanwhile);
    assert!(is_placed(&view), "{view:#}");
    assert_eq!((one.heard(), level(&world, one.id()).await.as_str()), (1, "0"));
    assert_eq!(order(&world).await, one.id());
    world.stop().await;
}

#[tokio::test]
async fn a_probe_that_fails_makes_the_pause_longer() {
    let (world, providers) = opened().await;
    let [one, two] = [&providers[0], &providers[1]];
    one.is_down(true);
    world.pass(30);
    assert_eq!(order(&world).await, two.id());
    assert_eq!(level(&world, one.id()).await, "1");
    one.is_down(false);
    world.pass(59);
    assert_eq!(order(&world).await, two.id());
    assert_eq!(one.heard(), 0);
    world.pass(1);
    assert_eq!(order(&world).await, one.id());
    world.stop().await;
}

#[tokio::test]
async fn where_no_account_has_answered_lately_the_first_is_tried_all_the_same() {
    let (world, providers) = opened().await;
    let [one, two] = [&providers[0], &providers[1]];
    two.is_down(true);
    one.is_down(true);
    for _ in 0..3 {
        let session = world.open(45_000).await;
        world.chosen(&session, "dana").await;
    }
    assert_eq!(level(&world, two.id()).await, "1");
    one.is_down(false);
    let session = world.open(45_000).await;
    world.chosen(&session, "dana").await;
    let known = attempts(&world, &session).await;
    assert_eq!(ways(&known), [(one.id(), "pending")]);
    let all_the_same = said(&known[0], "route").pop().unwrap();
    assert!(all_the_same.contains(one.id()) && all_the_same.contains("all the same"));
    world.stop().await;
}

#[tokio::test]
async fn an_inquiry_that_is_answered_lets_the_next_order_through() {
    let (world, providers) = town(&two_of(Kind::Redirect)).await;
    let one = &providers[0];
    assert_eq!(order(&world).await, one.id());
    one.is_down(true);
    for _ in 0..3 {
        assert_eq!(order(&world).await, providers[1].id());
    }
    assert_eq!(level(&world, one.id()).await, "1");
    one.is_down(false);
    // The order that it has is asked about.
    world.pass(6);
    world.settled().await;
    eventually("the account is tried again", async || {
        (order(&world).await == one.id()).then_some(())
    })
    .await;
    world.stop().await;
}
