//! Links that are taken back: over for us at once, and for the provider as soon as it can be told.

use kasir_server::provider::Links;
use kasir_tests::made_up::{Fault, Operation, Shape};
use kasir_tests::story::eventually;
use kasir_tests::story::world::text;
use kasir_tests::town::SECRET_KEY;
use serde_json::json;

use super::{begun, detail, linked, linking_town, open_for, said, unlink, wallets};

#[tokio::test]
async fn a_customer_takes_a_link_back() {
    let (world, wallet) = linking_town(Links::Possible, Shape::Code).await;
    let session = open_for(&world, "sari-1").await;
    let id = linked(&world, &wallet, &session).await;
    let reply = unlink(&world, &session, &id).await;
    assert_eq!((reply.status, &reply.body["links"]), (200, &json!([])), "{}", reply.text);
    assert_eq!(reply.body.get("linking"), None, "{}", reply.text);
    assert!(wallet.links()[0].over);
    assert_eq!(unlink(&world, &session, &id).await.status, 200, "twice is fine");
    assert_eq!(wallet.asked(Operation::Unlink), 1);
    let letter = world.mail.nth("link.updated", &id, 2).await;
    assert_eq!(letter.body["data"]["status"], "gone");
    let known = detail(&world, "sari-1", &id).await;
    assert!(said(&known, "page").iter().any(|line| line.contains("took the link back")));
    assert!(said(&known, "answer").iter().any(|line| line.contains("ended it too")));
    world.stop().await;
}

#[tokio::test]
async fn a_form_takes_it_back_and_the_page_asks_before() {
    let (world, wallet) = linking_town(Links::Possible, Shape::Code).await;
    let session = open_for(&world, "sari-1").await;
    let id = linked(&world, &wallet, &session).await;
    let page = world.browser().get(&format!("{}?unlink={id}", session.url)).await;
    assert_eq!(page.status, 200);
    assert_eq!(wallets(&world, &session).await, [id.as_str()], "a question does nothing");
    let path = format!("/checkout/v1/{}/links/{id}/unlink?locale=en", session.token);
    let request = world.http.post(world.at(&path));
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    let reply = world.send(request.body("")).await;
    assert_eq!(reply.status, 303, "{}", reply.text);
    let location = reply.headers["location"].to_str().unwrap();
    assert_eq!(location, format!("/c/{}?choose=1&locale=en", session.token));
    assert!(wallets(&world, &session).await.is_empty());
    world.stop().await;
}

#[tokio::test]
async fn an_agreement_is_ended_when_the_provider_can_be_told() {
    let (world, wallet) = linking_town(Links::Possible, Shape::Code).await;
    let session = open_for(&world, "sari-1").await;
    let id = linked(&world, &wallet, &session).await;
    wallet.is_down(true);
    let reply = unlink(&world, &session, &id).await;
    assert_eq!((reply.status, &reply.body["links"]), (200, &json!([])), "gone at once");
    assert!(!wallet.links()[0].over);
    wallet.is_down(false);
    wallet.arrange(Operation::Unlink, Fault::Busy);
    wallet.arrange(Operation::Unlink, Fault::LostReply);
    // A little later each time.
    for (asked, seconds) in [(1, 60), (2, 120), (3, 240)] {
        world.pass(seconds);
        let asks = async || (wallet.asked(Operation::Unlink) >= asked).then_some(());
        eventually(&format!("asked {asked} times"), asks).await;
        world.settled().await;
    }
    assert!(wallet.links()[0].over);
    world.pass(3600);
    world.settled().await;
    assert_eq!(wallet.asked(Operation::Unlink), 3, "what is over is not asked for again");
    world.stop().await;
}

#[tokio::test]
async fn a_link_that_is_gone_at_the_wallet_is_over() {
    let (world, wallet) = linking_town(Links::Possible, Shape::Code).await;
    let session = open_for(&world, "sari-1").await;
    let id = linked(&world, &wallet, &session).await;
    wallet.forget_agreements();
    assert_eq!(unlink(&world, &session, &id).await.status, 200);
    world.pass(3600);
    world.settled().await;
    assert_eq!(wallet.asked(Operation::Unlink), 1);
    world.stop().await;
}

#[tokio::test]
async fn a_shop_takes_a_link_back_and_one_that_is_being_made_is_called_off() {
    let (world, wallet) = linking_town(Links::Possible, Shape::Code).await;
    let session = open_for(&world, "sari-1").await;
    let id = linked(&world, &wallet, &session).await;
    for _ in 0..2 {
        let path = format!("/v1/customers/sari-1/links/{id}");
        let reply = world.send(world.http.delete(world.at(&path)).bearer_auth(SECRET_KEY)).await;
        assert_eq!((reply.status, &reply.body["status"]), (200, &json!("gone")), "{}", reply.text);
    }
    assert_eq!(wallet.asked(Operation::Unlink), 1);
    let known = detail(&world, "sari-1", &id).await;
    assert!(said(&known, "merchant").iter().any(|line| line.contains("took the link back")));

    let pending = text(&begun(&world, &session).await["linking"]["id"]);
    let reply = unlink(&world, &session, &pending).await;
    assert_eq!(reply.body["linking"]["trouble"], "cancelled", "{}", reply.text);
    assert_eq!(wallet.asked(Operation::Unlink), 1, "there is nothing to end");
    world.stop().await;
}
