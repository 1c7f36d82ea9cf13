//! What the merchant's server is told, how often, and what happens when it does not listen.
use crate::merchant::{Received, World};
use crate::world;
use http::StatusCode;
use kasir_tests::simulator::{Armed, Fault, Operation, Provider, Step};
use std::sync::{Arc, Mutex};

async fn paid(world: &World) -> String {
    let id = world.register("DANA", "INV-1", 10_000).await;
    world.sim.approve(&id).unwrap();
    world.sim.quiet().await;
    id
}

#[tokio::test]
async fn a_payment_is_told_once_by_a_signed_form() {
    let world = world().await;
    let id = paid(&world).await;
    world.pass(86_400).await;
    let [only]: [Received; 1] = world.inbox.received().try_into().unwrap();
    assert!(only.is_genuine());
    assert_eq!(only.user_agent, "Jakarta Commons-HttpClient/3.1");
    assert_eq!(only.content_type, "application/x-www-form-urlencoded");
    let fields = only.fields();
    for (name, value) in [
        ("tXid", id.as_str()),
        ("referenceNo", "INV-1"),
        ("amt", "10000"),
        ("payMethod", "05"),
        ("mitraCd", "DANA"),
        ("status", "0"),
        ("matchCl", "1"),
        ("currency", "IDR"),
        ("goodsNm", "Kopi Gayo"),
        ("billingNm", "Sari Dewi"),
        ("depositDt", "20261120"),
    ] {
        assert_eq!(fields[name], value, "{name}");
    }
    assert!(!fields.contains_key("resultCd") && !fields.contains_key("timeStamp"));
}

#[tokio::test]
async fn a_receiver_that_fails_is_told_again_after_growing_gaps_with_the_same_bytes() {
    let world = world().await;
    world.inbox.answer(StatusCode::INTERNAL_SERVER_ERROR);
    paid(&world).await;
    let mut counts = vec![world.inbox.received().len()];
    for seconds in [9, 1, 59, 1, 299, 1, 1_799, 1, 1_000_000] {
        world.pass(seconds).await;
        counts.push(world.inbox.received().len());
    }
    assert_eq!(counts, [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]);
    let received = world.inbox.received();
    assert!(received.iter().all(|one| one.body == received[0].body));
    let sent = world.sim.requests().into_iter().filter(|e| e.operation == Operation::Notification);
    assert_eq!(sent.filter(|e| e.code == "500" && !e.accepted).count(), 5);
}

#[tokio::test]
async fn a_receiver_that_recovers_is_not_told_again() {
    let world = world().await;
    world.inbox.answer(StatusCode::FOUND);
    paid(&world).await;
    world.inbox.answer(StatusCode::NO_CONTENT);
    world.pass(10).await;
    world.pass(1_000_000).await;
    assert_eq!(world.inbox.received().len(), 2, "a redirect is no acceptance and is not followed");
}

#[tokio::test]
async fn nobody_is_told_of_a_declined_order() {
    let world = world().await;
    let id = world.register("DANA", "INV-1", 10_000).await;
    world.sim.decline(&id).unwrap();
    world.pass(86_400).await;
    assert!(world.inbox.received().is_empty());
}

async fn disturbed(fault: Armed) -> (World, String) {
    let world = world().await;
    world.sim.arm(fault).unwrap();
    let id = paid(&world).await;
    (world, id)
}

fn armed(fault: Fault) -> Armed {
    Armed::once(Provider::Nicepay, fault)
}

#[tokio::test]
async fn a_duplicate_notification_comes_twice_the_same() {
    let (world, _) = disturbed(armed(Fault::DuplicateNotification)).await;
    let received = world.inbox.received();
    assert_eq!((received.len(), &received[0].body), (2, &received[1].body));
}

#[tokio::test]
async fn a_late_notification_comes_when_its_time_has_passed() {
    let late = Armed { ms: Some(90_000), ..armed(Fault::LateNotification) };
    let (world, _) = disturbed(late).await;
    world.pass(89).await;
    assert!(world.inbox.received().is_empty());
    world.pass(1).await;
    assert_eq!(world.inbox.received().len(), 1);
}

#[tokio::test]
async fn a_notification_that_is_lost_for_good_is_in_the_journal_only() {
    let (world, _) = disturbed(armed(Fault::NoNotification)).await;
    world.pass(86_400).await;
    assert!(world.inbox.received().is_empty());
    let entry = world.sim.requests().pop().unwrap();
    assert!(entry.verdict.starts_with("not sent"), "{}", entry.verdict);
}

#[tokio::test]
async fn reordered_notifications_tell_of_the_reversal_first() {
    let (world, id) = disturbed(armed(Fault::ReorderedNotification)).await;
    assert!(world.inbox.received().is_empty());
    world.cancel(&id, "1", 10_000).await;
    world.sim.quiet().await;
    let told: Vec<_> =
        world.inbox.received().iter().map(|n| n.fields()["status"].clone()).collect();
    assert_eq!(told, ["1", "0"]);
}

#[tokio::test]
async fn a_wrong_amount_is_properly_signed() {
    let (world, _) = disturbed(armed(Fault::WrongAmount)).await;
    let received = world.inbox.received();
    assert_eq!(received[0].fields()["amt"], "10001");
    assert!(received[0].is_genuine());
}

#[tokio::test]
async fn a_forged_notification_claims_a_payment_that_never_was() {
    let world = world().await;
    world.sim.arm(armed(Fault::ForgedNotification)).unwrap();
    let id = world.register("OVOE", "INV-1", 10_000).await;
    world.enter(&id, "INV-1", 10_000).await;
    world.sim.quiet().await;
    let [forged]: [Received; 1] = world.inbox.received().try_into().unwrap();
    assert_eq!((forged.fields()["status"].as_str(), forged.is_genuine()), ("0", false));
    assert_eq!(world.standing(&id, "INV-1", 10_000).await.0, "4");
    assert!(world.sim.ledger().is_empty());
}

#[tokio::test]
async fn a_true_notification_can_carry_a_forged_token_too() {
    let fault = armed(Fault::ForgedNotification).at(Operation::Notification);
    let (world, _) = disturbed(fault).await;
    assert!(!world.inbox.received()[0].is_genuine());
    assert_eq!(world.sim.ledger().len(), 1);
}

#[tokio::test]
async fn a_notification_can_arrive_before_the_registration_is_answered() {
    let world = world().await;
    world.sim.arm(armed(Fault::NotificationBeforeReply)).unwrap();
    let order = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&order);
    world.sim.on_request(Box::new(move |step| seen.lock().unwrap().push(step)));
    let id = world.register("DANA", "INV-1", 10_000).await;
    assert_eq!(world.inbox.received().len(), 1, "told before the answer came");
    let reference = "INV-1".to_owned();
    let operation = Operation::Registration;
    assert_eq!(
        *order.lock().unwrap(),
        [
            Step::Received { operation, reference: reference.clone() },
            Step::Processed { operation, reference: reference.clone() },
            Step::NotificationAboutToBeSent { transaction: id, reference },
        ]
    );
}
