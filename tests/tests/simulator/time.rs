//! Orders run out by the virtual clock, to the second, and nobody sleeps for it.
use crate::merchant::{CALLBACK, MERCHANT, PHONE};
use crate::{world, world_with};
use kasir_tests::simulator::{Settings, Status};
use std::time::Duration;

#[tokio::test]
async fn every_wallet_keeps_its_own_time() {
    let rows = [("OVOE", 55, "4"), ("DANA", 86_400, "3"), ("ESHP", 300, "3"), ("LINK", 300, "3")];
    for (wallet, seconds, open) in rows {
        let world = world().await;
        let id = world.register(wallet, "INV-1", 10_000).await;
        assert_eq!(world.standing(&id, "INV-1", 10_000).await, ("9".into(), "init".into()));
        world.pass(100).await;
        world.enter(&id, "INV-1", 10_000).await;
        world.pass(seconds - 1).await;
        assert_eq!(world.standing(&id, "INV-1", 10_000).await.0, open, "{wallet}");
        world.pass(1).await;
        let end = world.standing(&id, "INV-1", 10_000).await;
        assert_eq!(end, ("5".into(), "expired".into()), "{wallet}");
        assert!(world.sim.approve(&id).is_err(), "{wallet}");
        assert!(world.inbox.received().is_empty(), "an expiry is not notified");
        assert!(world.sim.ledger().is_empty());
    }
}

#[tokio::test]
async fn a_linked_payment_expires_after_five_minutes() {
    let world = world().await;
    let mandate = world.sim.link_astrapay(MERCHANT, PHONE);
    let form = world.linked_payment(&mandate, "INV-1", 10_000);
    world.form("/nicepay/api/linkInitiate.do", &form).await;
    world.pass(299).await;
    assert_eq!(world.sim.transactions()[0].status, Status::Unpaid);
    world.pass(1).await;
    assert_eq!(world.sim.transactions()[0].status, Status::Expired);
}

#[tokio::test]
async fn a_customer_who_comes_too_late_or_again_is_sent_back_with_the_reason() {
    let world = world().await;
    let id = world.register("OVOE", "INV-1", 10_000).await;
    world.enter(&id, "INV-1", 10_000).await;
    world.pass(55).await;
    let page = world.enter(&id, "INV-1", 10_000).await.text().await.unwrap();
    assert!(page.contains("value=\"9030\"") && page.contains(CALLBACK), "{page}");

    let id = world.register("OVOE", "INV-2", 10_000).await;
    world.sim.approve(&id).unwrap();
    let page = world.enter(&id, "INV-2", 10_000).await.text().await.unwrap();
    assert!(page.contains("value=\"9126\""), "{page}");
}

#[tokio::test]
async fn numbers_and_times_of_an_order_agree_and_are_jakartas() {
    let world = world().await;
    world.pass(15 * 3_600).await;
    let answer = world.post("registration", &world.registration("DANA", "INV-1", 10_000)).await;
    assert_eq!((&answer["transDt"], &answer["transTm"]), (&"20261121".into(), &"010000".into()));
    let id = answer["tXid"].as_str().unwrap();
    assert_eq!((id.len(), &id[..26]), (30, "IONPAYTEST0520261121010000"));
    assert!(answer["payNo"].is_null() && answer.as_object().unwrap().contains_key("payNo"));
}

#[tokio::test]
async fn an_autopaid_order_is_paid_and_notified_after_its_time_and_not_before() {
    let autopaid_after = Some(Duration::from_secs(43));
    let world = world_with(Settings { autopaid_after, ..Settings::default() }).await;
    let id = world.register("DANA", "INV-1", 10_000).await;
    world.enter(&id, "INV-1", 10_000).await;
    world.pass(42).await;
    assert_eq!(world.sim.transactions()[0].status, Status::Unpaid);
    world.pass(1).await;
    assert_eq!(world.inbox.received().len(), 1);
    assert_eq!(world.sim.transactions()[0].status, Status::Paid);
}
