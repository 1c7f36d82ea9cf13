//! Void and refund through HTTP: states, amounts, notifications and the ledger.
use crate::merchant::{World, text};
use crate::world;

async fn paid(world: &World, wallet: &str) -> String {
    let id = world.register(wallet, "INV-1", 10_000).await;
    world.sim.approve(&id).unwrap();
    world.sim.quiet().await;
    id
}

async fn told(world: &World) -> Vec<(String, String)> {
    world.sim.quiet().await;
    let received = world.inbox.received();
    received.iter().map(|n| (n.fields()["status"].clone(), n.fields()["amt"].clone())).collect()
}

#[tokio::test]
async fn each_wallet_gives_back_by_its_own_rules() {
    const HOUR: i64 = 3_600;
    let rows = [
        ("OVOE", "1", 10_000, HOUR, "0000", "1"),
        ("OVOE", "1", 10_000, 14 * HOUR, "9326", "0"),
        ("OVOE", "2", 4_000, HOUR, "9332", "0"),
        ("DANA", "1", 10_000, HOUR, "0000", "1"),
        ("DANA", "1", 10_000, 14 * HOUR, "9333", "0"),
        ("DANA", "1", 10_000, 24 * HOUR, "0000", "2"),
        ("DANA", "2", 4_000, HOUR, "0000", "2"),
        ("DANA", "1", 10_000, 30 * 24 * HOUR, "9326", "0"),
        ("ESHP", "1", 10_000, HOUR, "0000", "1"),
        ("ESHP", "01", 10_000, 14 * HOUR, "0000", "2"),
        ("LINK", "1", 10_000, 29 * 24 * HOUR, "0000", "1"),
        ("LINK", "1", 10_000, 30 * 24 * HOUR, "9326", "0"),
        ("LINK", "02", 4_000, HOUR, "9332", "0"),
        ("DANA", "3", 10_000, HOUR, "9301", "0"),
        ("DANA", "1", 0, HOUR, "9321", "0"),
        ("DANA", "1", 10_001, HOUR, "9319", "0"),
    ];
    for (wallet, kind, amount, after_s, code, status) in rows {
        let world = world().await;
        let id = paid(&world, wallet).await;
        world.pass(after_s).await;
        let answer = world.cancel(&id, kind, amount).await;
        let row = format!("{wallet} {kind} {amount} {after_s}: {}", world.last_verdict());
        assert_eq!(answer["resultCd"], code, "{row}");
        assert_eq!(world.standing(&id, "INV-1", 10_000).await.0, status, "{row}");
        let given_back = if code == "0000" { amount } else { 0 };
        assert_eq!(world.sim.ledger()[0].refunded.value, given_back, "{row}");
    }
}

#[tokio::test]
async fn an_unpaid_order_cannot_be_cancelled_and_stays_as_it_is() {
    let world = world().await;
    let id = world.register("OVOE", "INV-1", 10_000).await;
    for status in ["9", "4"] {
        assert_eq!(world.cancel(&id, "1", 10_000).await["resultCd"], "9314");
        assert_eq!(world.standing(&id, "INV-1", 10_000).await.0, status);
        world.enter(&id, "INV-1", 10_000).await;
    }
}

#[tokio::test]
async fn an_order_that_does_not_exist_has_another_code_for_each_kind_of_cancel() {
    let world = world().await;
    let id = "IONPAYTEST05202611201000009999";
    assert_eq!(world.cancel(id, "1", 1).await["resultCd"], "8064");
    assert_eq!(world.cancel(id, "2", 1).await["resultCd"], "8066");
}

#[tokio::test]
async fn a_refund_is_answered_notified_and_shown() {
    let world = world().await;
    let id = paid(&world, "DANA").await;
    let answer = world.cancel(&id, "2", 4_000).await;
    assert_eq!((text(&answer, "amt"), text(&answer, "tXid")), ("4000", id.as_str()));
    assert_eq!(text(&answer, "canceltXid").len(), 30);
    assert_ne!(text(&answer, "canceltXid"), id);
    assert_eq!(told(&world).await, [("0".into(), "10000".into()), ("1".into(), "4000".into())]);
    let inquiry = world.post("inquiry", &World::inquiry(&id, "INV-1", 10_000)).await;
    assert_eq!((text(&inquiry, "status"), text(&inquiry, "cancelAmt")), ("2", "4000"));
    assert_eq!(text(&inquiry, "resultMsg"), "refund");
}

#[tokio::test]
async fn a_second_cancel_gives_nothing_back() {
    let world = world().await;
    let id = paid(&world, "OVOE").await;
    assert_eq!(world.cancel(&id, "1", 10_000).await["resultCd"], "0000");
    assert_eq!(world.cancel(&id, "1", 10_000).await["resultCd"], "9314");
    let row = &world.sim.ledger()[0];
    assert_eq!((row.charged.value, row.refunded.value), (10_000, 10_000));
    assert_eq!(told(&world).await.len(), 2);
}
