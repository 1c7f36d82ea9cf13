//! The town of the demo: five wallets through Winpay, and who stands behind it.

use kasir_tests::simulator::{Provider, Settings};
use kasir_tests::story::world::{Opened, World, text};
use kasir_tests::town::Routing;

async fn world() -> World {
    World::routed(Settings::default(), Routing::Everything, |toml| toml).await
}

#[tokio::test]
async fn five_wallets_are_paid_through_winpay() {
    let world = world().await;
    for (method, action) in [
        ("ovo", "approve_push"),
        ("dana", "redirect"),
        ("shopeepay", "redirect"),
        ("speedcash", "redirect"),
        ("astrapay", "redirect"),
    ] {
        let session = world.open(45_000).await;
        let view = world.chosen(&session, method).await;
        assert_eq!(view["next_action"]["kind"], action, "{method}: {view:#}");
        let paid = world.pay(&session).await;
        assert_eq!((paid.provider, paid.method), (Provider::Winpay, method));
        let letter = world.mail.wait("session.paid", &session.id).await;
        assert!(letter.genuine);
        let attempt = world.attempt(&session).await;
        assert_eq!((&attempt["account"], &attempt["status"]), (&"winpay".into(), &"paid".into()));
        assert_eq!(world.net(&session).await, 45_000);
    }
    world.stop().await;
}

/// The accounts and statuses of a session's attempts, oldest first.
async fn ways(world: &World, session: &Opened) -> Vec<(String, String)> {
    let known = world.session(session).await;
    let attempts = known["attempts"].as_array().unwrap().iter();
    attempts.map(|one| (text(&one["account"]), text(&one["status"]))).collect()
}

#[tokio::test]
async fn with_winpay_off_nicepay_takes_over_and_the_timeline_says_why() {
    let world = world().await;
    world.town.simulator.take_down(Provider::Winpay).await.unwrap();
    for (method, account, action) in [
        ("ovo", "nicepay-snap", "approve_push"),
        ("dana", "nicepay", "submit"),
        ("shopeepay", "nicepay", "open_app"),
    ] {
        let session = world.open(45_000).await;
        let view = world.chosen(&session, method).await;
        assert_eq!(view["next_action"]["kind"], action, "{method}: {view:#}");
        let last = ways(&world, &session).await.pop();
        assert_eq!(last.map(|(account, _)| account).as_deref(), Some(account), "{method}");
        let timeline = world.attempt(&session).await["timeline"].to_string();
        assert!(timeline.contains("account winpay was"), "{method}: {timeline}");
        assert_eq!(world.pay(&session).await.provider, Provider::Nicepay);
        world.mail.wait("session.paid", &session.id).await;
        assert_eq!(world.net(&session).await, 45_000);
    }
    let requests = world.town.simulator.requests();
    assert!(requests.iter().all(|entry| entry.provider != Provider::Winpay), "nothing was sent");
    world.stop().await;
}

#[tokio::test]
async fn with_winpay_off_astrapay_is_linked_at_nicepay_and_paid_there() {
    let world = world().await;
    world.town.simulator.take_down(Provider::Winpay).await.unwrap();
    let session = world.open(45_000).await;
    let view = world.chosen(&session, "astrapay").await;
    assert_eq!(view["attempt"]["status"], "cancelled", "{view:#}");
    assert_eq!(view["linking"]["next_action"]["kind"], "link", "{view:#}");
    let timeline = world.attempt(&session).await["timeline"].to_string();
    assert!(timeline.contains("link"), "{timeline}");
    let link = world.agree(&session, &view).await;
    let choice = serde_json::json!({"method": "astrapay", "link": link});
    world.choose(&session, &choice).await;
    assert_eq!(world.pay(&session).await.provider, Provider::Nicepay);
    world.mail.wait("session.paid", &session.id).await;
    assert_eq!(world.net(&session).await, 45_000);
    world.stop().await;
}

#[tokio::test]
async fn ovo_through_nicepays_snap_counts_down_on_the_page() {
    let world = world().await;
    world.town.simulator.take_down(Provider::Winpay).await.unwrap();
    let session = world.open(45_000).await;
    let view = world.chosen(&session, "ovo").await;
    let left = view["next_action"]["seconds_left"].as_u64().unwrap();
    assert!((50..=60).contains(&left), "{view:#}");
    let prompt = world.town.simulator.transactions().pop().unwrap();
    assert_eq!((prompt.provider, prompt.method), (Provider::Nicepay, "ovo"));
    world.pay(&session).await;
    world.mail.wait("session.paid", &session.id).await;
    world.stop().await;
}

#[tokio::test]
async fn with_winpay_on_again_it_serves_again() {
    let world = world().await;
    world.town.simulator.take_down(Provider::Winpay).await.unwrap();
    let session = world.open(45_000).await;
    world.chosen(&session, "dana").await;
    world.town.simulator.bring_up(Provider::Winpay).await.unwrap();
    // However long an account is left in peace that did not answer.
    world.pass(3_600);
    let session = world.open(45_000).await;
    world.chosen(&session, "dana").await;
    let [(account, _)] = ways(&world, &session).await.try_into().unwrap();
    assert_eq!(account, "winpay");
    world.stop().await;
}

#[tokio::test]
async fn linkaja_is_paid_through_nicepay_beside_them() {
    let world = world().await;
    let session = world.open(45_000).await;
    let view = world.chosen(&session, "linkaja").await;
    assert_eq!(view["next_action"]["kind"], "submit");
    assert_eq!(world.pay(&session).await.provider, Provider::Nicepay);
    world.mail.wait("session.paid", &session.id).await;
    world.stop().await;
}
