//! A provider in trouble: silence is never failure, and everything ends well once it is over.

use kasir_tests::simulator::{Armed, Fault, Operation, Provider, Settings, Status};
use kasir_tests::story::world::{Opened, World};
use serde_json::Value;

const FAULTS: [Fault; 10] = [
    Fault::LostReply,
    Fault::LostRequest,
    Fault::ServerError,
    Fault::Busy,
    Fault::Html,
    Fault::Truncated,
    Fault::Enormous,
    Fault::WrongTypes,
    Fault::Redirect,
    Fault::Slow,
];

/// A world whose Kasir waits one second for a provider.
async fn hasty() -> World {
    let edit = |toml: String| toml.replace("provider_timeout_s = 5", "provider_timeout_s = 1");
    World::with(Settings::default(), edit).await
}

fn arm(world: &World, fault: Fault, (operation, times, processed): (Operation, u32, bool)) {
    let armed = Armed { times, processed, ..Armed::once(Provider::Nicepay, fault) }.at(operation);
    world.town.simulator.arm(armed).unwrap();
}

/// The customer can be charged once and no more for what the page now shows.
async fn pays_once(world: &World, session: &Opened, what: &str) {
    let view = world.view(session).await;
    if view["next_action"]["kind"] == "submit" {
        assert!(world.enter(&view).await.status < 400, "{what}");
    }
    world.pay(session).await;
    world.mail.wait("session.paid", &session.id).await;
    assert_eq!(world.net(session).await, 45_000, "{what}");
    assert_eq!(world.mail.events("session.paid", &session.id), 1, "{what}");
}

fn is_payable(view: &Value) -> bool {
    let next = view["next_action"]["kind"].as_str();
    matches!(next, Some("submit" | "open_app" | "redirect"))
}

async fn registration_survives(world: &World, fault: Fault, processed: bool) {
    let what = format!("{fault:?} processed: {processed}");
    arm(world, fault, (Operation::Registration, 1, processed));
    let session = world.open(45_000).await;
    let view = world.chosen(&session, "dana").await;
    assert_eq!(view["attempt"]["status"], "starting", "{what} {view:#}");
    // A busy provider said itself that it took nothing; of everything else nobody knows.
    let unsure = !matches!(fault, Fault::Busy | Fault::ServerError);
    assert_eq!(view["attempt"]["uncertain"], unsure, "{what} {view:#}");
    assert!(!is_payable(&view), "{what}");
    world.pass(6);
    let view = world.seen(&session, "it is placed after all", is_payable).await;
    assert_eq!(view["attempt"]["uncertain"], false, "{what}");
    pays_once(world, &session, &what).await;
}

#[tokio::test]
async fn a_registration_in_trouble_is_made_good() {
    let world = hasty().await;
    for fault in FAULTS {
        registration_survives(&world, fault, false).await;
    }
    for fault in [Fault::ServerError, Fault::Html, Fault::Redirect] {
        registration_survives(&world, fault, true).await;
    }
    world.stop().await;
}

#[tokio::test]
async fn an_order_whose_answer_was_lost_is_placed_anew_and_only_that_one_can_be_paid() {
    let world = World::new().await;
    arm(&world, Fault::LostReply, (Operation::Registration, 1, false));
    let session = world.open(45_000).await;
    world.chosen(&session, "dana").await;
    world.pass(6);
    let view = world.seen(&session, "it is placed anew", is_payable).await;
    let attempt = world.attempt(&session).await;
    let (id, reference) =
        (attempt["id"].as_str().unwrap(), attempt["provider_reference"].as_str().unwrap());
    assert_eq!(reference, format!("{id}-2"));
    let requests = world.town.simulator.requests();
    assert!(requests.iter().any(|entry| entry.reference == id && entry.code == "9009"));
    let orphan = world.town.simulator.transactions_of(Some(id)).remove(0);
    assert_eq!(orphan.status, Status::Initiated);
    assert!(!view.to_string().contains(&orphan.id), "nobody is told of the orphan");
    pays_once(&world, &session, "anew").await;
    world.stop().await;
}

#[tokio::test]
async fn a_payment_step_of_ours_in_trouble_is_left_to_the_browser() {
    let world = hasty().await;
    for fault in FAULTS {
        if !fault.fits(Operation::Payment) {
            continue;
        }
        arm(&world, fault, (Operation::Payment, 1, false));
        let session = world.open(45_000).await;
        let mut view = world.chosen(&session, "shopeepay").await;
        let status = view["attempt"]["status"].as_str().unwrap().to_owned();
        assert!(matches!(status.as_str(), "starting" | "pending"), "{fault:?} {view:#}");
        if !is_payable(&view) {
            world.pass(6);
            view = world.seen(&session, "it is placed after all", is_payable).await;
        }
        assert_eq!(view["attempt"]["uncertain"], false, "{fault:?}");
        let next = view["next_action"].to_string();
        assert!(!next.contains("returnJsonFormat"), "the browser is not sent to ours: {next}");
        pays_once(&world, &session, &format!("{fault:?}")).await;
    }
    world.stop().await;
}

#[tokio::test]
async fn a_linked_payment_in_trouble_is_made_good() {
    let world = hasty().await;
    let customer = serde_json::json!({"customer": {"id": "sari-1"}});
    let first = world.open_with(45_000, customer.clone()).await;
    world.link_astrapay(&first).await;
    world.chosen(&first, "astrapay").await;
    world.seen(&first, "the linked order is placed", is_payable).await;
    pays_once(&world, &first, "linked").await;
    for fault in FAULTS {
        arm(&world, fault, (Operation::LinkInitiate, 1, false));
        let session = world.open_with(45_000, customer.clone()).await;
        let view = world.chosen(&session, "astrapay").await;
        assert_eq!(view["attempt"]["status"], "starting", "{fault:?} {view:#}");
        world.pass(6);
        let view = world.seen(&session, "it is placed after all", is_payable).await;
        assert!(!view["next_action"].to_string().contains("linkInitiate"), "{fault:?} {view:#}");
        pays_once(&world, &session, &format!("{fault:?}")).await;
    }
    assert_eq!(world.town.simulator.links().len(), 1);
    world.stop().await;
}

#[tokio::test]
async fn an_inquiry_in_trouble_is_asked_again() {
    let world = hasty().await;
    for fault in FAULTS {
        let session = world.open(45_000).await;
        let view = world.chosen(&session, "dana").await;
        world.enter(&view).await;
        arm(&world, Fault::NoNotification, (Operation::Notification, 1, false));
        arm(&world, fault, (Operation::Inquiry, 1, false));
        world.pay(&session).await;
        world.pass(6);
        kasir_tests::story::eventually("the fault is played", async || {
            world.town.simulator.armed().is_empty().then_some(())
        })
        .await;
        world.settled().await;
        assert!(matches!(
            world.attempt(&session).await["status"].as_str(),
            Some("pending" | "paid")
        ));
        for _ in 0..3 {
            world.pass(10);
            world.settled().await;
        }
        world.mail.wait("session.paid", &session.id).await;
        assert_eq!(world.net(&session).await, 45_000, "{fault:?}");
    }
    world.stop().await;
}

#[tokio::test]
async fn a_provider_that_is_silent_for_an_hour_fails_nobody() {
    let world = World::new().await;
    arm(&world, Fault::LostRequest, (Operation::Registration, 10_000, false));
    let session = world.open(45_000).await;
    world.chosen(&session, "dana").await;
    for _ in 0..20 {
        world.pass(180);
        world.settled().await;
        let view = world.view(&session).await;
        let attempt = &view["attempt"];
        assert_eq!((&attempt["status"], &attempt["uncertain"]), (&"starting".into(), &true.into()));
    }
    world.town.simulator.disarm();
    world.pass(301);
    world.seen(&session, "it is placed after all", is_payable).await;
    pays_once(&world, &session, "after an hour").await;
    world.stop().await;
}

#[tokio::test]
async fn a_silence_that_outlasts_the_session_expires_and_does_not_fail() {
    let world = World::new().await;
    arm(&world, Fault::LostRequest, (Operation::Registration, 10_000, false));
    let session = world.open_with(45_000, serde_json::json!({"expires_in": 60})).await;
    world.chosen(&session, "dana").await;
    world.pass(61);
    world.mail.wait("session.expired", &session.id).await;
    assert_eq!(world.attempt(&session).await["status"], "expired");
    world.stop().await;
}

#[tokio::test]
async fn only_the_provider_can_say_no() {
    let world = World::new().await;
    let session = world.open(45_000).await;
    let view = world.chosen(&session, "dana").await;
    world.enter(&view).await;
    let id = world.transaction(&session).await.id;
    world.town.simulator.decline(&id).unwrap();
    world.pass(6);
    let failed = |view: &Value| view["attempt"]["status"] == "failed";
    let view = world.seen(&session, "declined", failed).await;
    assert_eq!(view["status"], "open");
    world.stop().await;
}
