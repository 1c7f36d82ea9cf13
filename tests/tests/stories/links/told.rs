//! Links that the provider tells of, or has to be asked about.

use kasir_server::provider::Links;
use kasir_tests::made_up::{HeldLink, MadeUp, Operation, Shape};
use kasir_tests::story::world::{World, text};

use super::{back, begun, detail, linking_town, open_for, said, wallets};

async fn tell(world: &World, wallet: &MadeUp, held: &HeldLink) -> u16 {
    let (url, body) = wallet.link_notification(held);
    world.send(world.http.post(url).body(body)).await.status
}

#[tokio::test]
async fn a_notification_makes_a_link_active_however_often_it_comes() {
    let (world, wallet) = linking_town(Links::Possible, Shape::Told).await;
    let session = open_for(&world, "sari-1").await;
    let id = text(&begun(&world, &session).await["linking"]["id"]);
    let held = wallet.agree();
    for _ in 0..3 {
        assert_eq!(tell(&world, &wallet, &held).await, 200);
    }
    assert_eq!(wallets(&world, &session).await, [id.as_str()]);
    assert_eq!(world.mail.wait("link.updated", &id).await.body["data"]["status"], "active");
    assert_eq!(world.mail.events("link.updated", &id), 1);
    let unknown = HeldLink { reference: "lnk_nobody".to_owned(), ..held };
    assert_eq!(tell(&world, &wallet, &unknown).await, 404);
    world.stop().await;
}

#[tokio::test]
async fn a_link_that_nobody_told_of_is_asked_about() {
    let (world, wallet) = linking_town(Links::Possible, Shape::Told).await;
    let session = open_for(&world, "sari-1").await;
    begun(&world, &session).await;
    let held = wallet.agree();
    assert_eq!(back(&world, &held, "").await.status, 303);
    assert_eq!(world.view(&session).await["linking"]["status"], "active", "a return asks at once");

    let other = open_for(&world, "budi-2").await;
    begun(&world, &other).await;
    wallet.agree();
    world.pass(6);
    world.seen(&other, "linked", |view| view["linking"]["status"] == "active").await;
    world.stop().await;
}

#[tokio::test]
async fn who_never_agrees_has_a_quarter_of_an_hour() {
    let (world, wallet) = linking_town(Links::Possible, Shape::Told).await;
    let session = open_for(&world, "sari-1").await;
    let id = text(&begun(&world, &session).await["linking"]["id"]);
    world.pass(15 * 60 - 1);
    assert_eq!(world.view(&session).await["linking"]["status"], "pending");
    world.pass(1);
    let view = world.seen(&session, "expired", |view| view["linking"]["status"] == "gone").await;
    assert_eq!(view["linking"]["trouble"], "expired", "{view:#}");

    // Too late: what the customer agreed to all the same is ended.
    let held = wallet.agree();
    assert_eq!(tell(&world, &wallet, &held).await, 200);
    world.settled().await;
    assert_eq!(wallet.asked(Operation::Unlink), 1);
    assert!(wallet.links()[0].over);
    let known = detail(&world, "sari-1", &id).await;
    assert_eq!(known["link"]["status"], "gone");
    assert!(said(&known, "answer").iter().any(|line| line.contains("ended it too")), "{known:#}");
    world.stop().await;
}
