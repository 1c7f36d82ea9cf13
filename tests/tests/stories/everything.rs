//! The town of the demo: five wallets through Winpay, and who stands behind it.

use kasir_tests::simulator::{Provider, Settings};
use kasir_tests::story::world::World;
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
