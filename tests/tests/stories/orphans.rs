//! Orders whose placing was never answered: sent again as they were, left behind where nobody has the
//! way to them, and waited out where they may be on the customer's phone.

use kasir_tests::made_up::{Fault, Habits, Kind, MadeUp, Operation};
use kasir_tests::story::eventually;
use kasir_tests::story::world::{Opened, World, text};
use serde_json::{Value, json};

use crate::is_problem;
use crate::routing::{attempts, is_placed, pay_at, said, tell, town, two_of, ways};

/// Everything that leaves us in the dark.
const SILENCES: [Fault; 5] =
    [Fault::LostRequest, Fault::LostReply, Fault::Broken, Fault::BrokenAfterwards, Fault::Garbled];

fn is_uncertain(view: &Value) -> bool {
    view["attempt"]["uncertain"] == true
}

/// Waits until it is known of so many sendings of the first attempt's order that nobody answered: who
/// moves the clock while one is on its way moves the next one too.
pub(crate) async fn sent_in_vain(world: &World, session: &Opened, times: usize) {
    eventually("an order is sent in vain", async || {
        let silences = said(&attempts(world, session).await[0], "silence");
        let in_vain = |said: &&String| said.contains("nobody knows") || said.contains("waited out");
        (silences.iter().filter(in_vain).count() >= times).then_some(())
    })
    .await;
}

/// The order number that the session's first attempt had.
async fn first_reference(world: &World, session: &Opened) -> String {
    text(&attempts(world, session).await[0]["provider_reference"])
}

#[tokio::test]
async fn an_order_that_nobody_answered_is_sent_again_as_it_was() {
    for kind in [Kind::Redirect, Kind::Push] {
        for fault in [Fault::LostRequest, Fault::Broken] {
            let (world, providers) = town(&two_of(kind)).await;
            for _ in 0..3 {
                providers[0].arrange(Operation::Order, fault);
            }
            let session = world.open(45_000).await;
            let view = world.chosen(&session, "ovo").await;
            assert!(is_uncertain(&view), "{kind:?} {fault:?}: {view:#}");
            for (seconds, times) in [(2, 2), (5, 3)] {
                world.pass(seconds);
                sent_in_vain(&world, &session, times).await;
                assert!(is_uncertain(&world.view(&session).await));
            }
            world.pass(15);
            world.seen(&session, "it is placed", is_placed).await;
            assert_eq!(providers[0].heard(), 4);
            assert!(providers[0].changed().is_empty(), "it was sent otherwise");
            assert_eq!(providers[1].heard(), 0);
            assert_eq!(ways(&attempts(&world, &session).await), [(providers[0].id(), "pending")]);
            world.stop().await;
        }
    }
}

#[tokio::test]
async fn an_order_to_which_nobody_has_the_way_is_left_behind() {
    for fault in SILENCES {
        let (world, providers) = town(&two_of(Kind::Redirect)).await;
        let [one, two] = [&providers[0], &providers[1]];
        for _ in 0..4 {
            one.arrange(Operation::Order, fault);
        }
        let session = world.open(45_000).await;
        assert!(is_uncertain(&world.chosen(&session, "dana").await), "{fault:?}");
        for (seconds, times) in [(2, 2), (5, 3)] {
            world.pass(seconds);
            sent_in_vain(&world, &session, times).await;
        }
        world.pass(15);
        world.seen(&session, "another account takes over", is_placed).await;
        let known = attempts(&world, &session).await;
        assert_eq!(ways(&known), [(one.id(), "cancelled"), (two.id(), "pending")], "{fault:?}");
        assert!(one.changed().is_empty(), "{fault:?}: it was sent otherwise");
        world.stop().await;
    }
}

#[tokio::test]
async fn a_number_that_is_taken_is_left_at_once() {
    let (world, providers) = town(&two_of(Kind::Redirect)).await;
    let [one, two] = [&providers[0], &providers[1]];
    one.arrange(Operation::Order, Fault::LostReply);
    let session = world.open(45_000).await;
    world.chosen(&session, "dana").await;
    world.pass(2);
    world.seen(&session, "another account takes over", is_placed).await;
    assert_eq!(one.heard(), 2);
    let known = attempts(&world, &session).await;
    assert_eq!(ways(&known), [(one.id(), "cancelled"), (two.id(), "pending")]);
    let left = said(&known[0], "route");
    assert!(left[0].contains("answer was lost"), "{left:?}");
    world.stop().await;
}

#[tokio::test]
async fn the_only_account_takes_the_order_again_under_another_number() {
    let (world, providers) = town(&two_of(Kind::Redirect)[..1]).await;
    providers[0].arrange(Operation::Order, Fault::LostReply);
    let session = world.open(45_000).await;
    world.chosen(&session, "dana").await;
    world.pass(2);
    world.seen(&session, "it is placed anew", is_placed).await;
    let known = attempts(&world, &session).await;
    let id = providers[0].id();
    assert_eq!(ways(&known), [(id, "cancelled"), (id, "pending")]);
    assert_eq!(providers[0].orders().len(), 2);
    world.stop().await;
}

/// A session whose DANA was lost at the first account and taken by the second.
async fn taken_over(world: &World, providers: &[MadeUp]) -> (Opened, [String; 2]) {
    providers[0].arrange(Operation::Order, Fault::LostReply);
    let session = world.open(45_000).await;
    world.chosen(&session, "dana").await;
    world.pass(2);
    world.seen(&session, "another account takes over", is_placed).await;
    let known = attempts(world, &session).await;
    (session, [0, 1].map(|at| text(&known[at]["provider_reference"])))
}

#[tokio::test]
async fn a_late_payment_of_a_lost_order_is_found_by_its_notification() {
    let (world, providers) = town(&two_of(Kind::Redirect)).await;
    let (session, [lost, _]) = taken_over(&world, &providers).await;
    pay_at(&world, &providers[0], &lost).await;
    world.mail.wait("session.paid", &session.id).await;
    let known = attempts(&world, &session).await;
    assert_eq!((&known[0]["status"], &known[0]["late"]), (&json!("paid"), &json!(true)));
    world.stop().await;
}

#[tokio::test]
async fn a_lost_order_that_is_paid_beside_the_other_is_given_back() {
    let (world, providers) = town(&two_of(Kind::Redirect)).await;
    let (session, [lost, taken]) = taken_over(&world, &providers).await;
    pay_at(&world, &providers[1], &taken).await;
    world.mail.wait("session.paid", &session.id).await;
    pay_at(&world, &providers[0], &lost).await;
    world.mail.wait("session.paid_twice", &session.id).await;
    eventually("the second payment went back", async || {
        (providers[0].orders()[0].refunded == 45_000).then_some(())
    })
    .await;
    assert_eq!(providers[1].orders()[0].refunded, 0);
    world.stop().await;
}

#[tokio::test]
async fn where_the_provider_gives_nothing_back_the_shop_and_a_person_are_told() {
    let stingy = Habits { refunds: false, ..Habits::of(Kind::Redirect) };
    let (world, providers) = town(&[stingy.clone(), stingy]).await;
    let (session, [lost, taken]) = taken_over(&world, &providers).await;
    pay_at(&world, &providers[1], &taken).await;
    world.mail.wait("session.paid", &session.id).await;
    pay_at(&world, &providers[0], &lost).await;
    world.mail.wait("session.paid_twice", &session.id).await;
    let told = eventually("a person is called", async || {
        let alarms = said(&attempts(&world, &session).await[0], "alarm");
        (alarms.len() == 2).then_some(alarms)
    })
    .await;
    assert!(told[0].contains("second payment") && told[1].contains("a person has to"), "{told:?}");
    assert_eq!(world.view(&session).await["paid_twice"], true);
    world.stop().await;
}

/// A session whose OVO may be on the customer's phone, though its placing was never answered.
async fn on_the_phone(world: &World, providers: &[MadeUp]) -> Opened {
    providers[0].arrange(Operation::Order, Fault::LostReply);
    let session = world.open(45_000).await;
    world.chosen(&session, "ovo").await;
    world.pass(2);
    sent_in_vain(world, &session, 2).await;
    session
}

#[tokio::test]
async fn what_may_be_on_the_phone_is_waited_out() {
    let (world, providers) = town(&two_of(Kind::Push)).await;
    let [one, two] = [&providers[0], &providers[1]];
    let session = on_the_phone(&world, &providers).await;
    let view = world.view(&session).await;
    assert!(is_uncertain(&view), "{view:#}");
    assert_eq!(view["seconds_left"], 180, "its life of two minutes, and one more: {view:#}");
    let attempt = text(&view["attempt"]["id"]);
    is_problem(&world.call_off(&session, &attempt).await, 409, "attempt_in_progress", None);
    let other = json!({"method": "dana"});
    is_problem(&world.choose(&session, &other).await, 409, "attempt_in_progress", None);
    let shop = world.post(&format!("/v1/sessions/{}/cancel", session.id), &json!({})).await;
    is_problem(&shop, 409, "attempt_in_progress", None);
    for _ in 0..11 {
        world.pass(16);
        world.settled().await;
        assert!(is_uncertain(&world.view(&session).await));
    }
    assert_eq!((one.orders().len(), two.heard()), (1, 0), "nothing else was placed");
    world.pass(16);
    let expired = |view: &Value| view["attempt"]["status"] == "expired";
    let view = world.seen(&session, "it has run out", expired).await;
    assert_eq!(view["status"], "open");
    assert!(is_placed(&world.chosen(&session, "ovo").await), "the customer may try again");
    world.stop().await;
}

#[tokio::test]
async fn a_payment_on_the_phone_ends_the_wait() {
    let (world, providers) = town(&two_of(Kind::Push)).await;
    let session = on_the_phone(&world, &providers).await;
    let reference = first_reference(&world, &session).await;
    pay_at(&world, &providers[0], &reference).await;
    world.mail.wait("session.paid", &session.id).await;
    assert_eq!(world.attempt(&session).await["late"], false);
    world.stop().await;
}

#[tokio::test]
async fn a_payment_that_is_told_of_after_the_wait_counts_late() {
    let (world, providers) = town(&two_of(Kind::Push)).await;
    let session = on_the_phone(&world, &providers).await;
    let reference = first_reference(&world, &session).await;
    assert!(providers[0].pay(&reference));
    world.pass(200);
    let expired = |view: &Value| view["attempt"]["status"] == "expired";
    world.seen(&session, "it has run out", expired).await;
    tell(&world, &providers[0], (&reference, None)).await;
    world.mail.wait("session.paid", &session.id).await;
    assert_eq!(world.attempt(&session).await["late"], true);
    world.stop().await;
}

#[tokio::test]
async fn a_prompt_outlives_its_session_and_nobody_is_told_of_an_expiry_before() {
    let (world, providers) = town(&two_of(Kind::Push)).await;
    providers[0].arrange(Operation::Order, Fault::LostReply);
    let session = world.open_with(45_000, json!({"expires_in": 60})).await;
    world.chosen(&session, "ovo").await;
    world.pass(2);
    sent_in_vain(&world, &session, 2).await;
    world.pass(100);
    world.settled().await;
    assert_eq!(world.view(&session).await["status"], "open");
    assert_eq!(world.mail.events("session.expired", &session.id), 0);
    world.pass(100);
    world.settled().await;
    world.pass(6);
    world.mail.wait("session.expired", &session.id).await;
    world.stop().await;
}

#[tokio::test]
async fn every_kind_of_silence_about_a_prompt_is_waited_out() {
    for fault in SILENCES {
        let (world, providers) = town(&two_of(Kind::Push)).await;
        for _ in 0..4 {
            providers[0].arrange(Operation::Order, fault);
        }
        let session = world.open(45_000).await;
        world.chosen(&session, "ovo").await;
        for (seconds, times) in [(2, 2), (5, 3), (15, 4), (100, 4)] {
            world.pass(seconds);
            sent_in_vain(&world, &session, times).await;
            assert!(is_uncertain(&world.view(&session).await), "{fault:?}");
        }
        assert!(providers[0].changed().is_empty(), "{fault:?}");
        assert_eq!(providers[1].heard(), 0, "{fault:?}");
        world.stop().await;
    }
}
