//! A linked wallet is paid with by one tap, for as long as the wallet takes the agreement.

use kasir_server::provider::Links;
use kasir_tests::made_up::{Fault, Habits, Kind, Operation, Shape};
use kasir_tests::story::world::{PHONE, text};
use serde_json::json;

use super::{begun, detail, good, linked, linking_town, open_for, said, wallets};
use crate::routing::{pay_at, town};

#[tokio::test]
async fn a_wallet_is_linked_once_and_then_paid_with_by_one_tap() {
    let (world, wallet) = linking_town(Links::Possible, Shape::Code).await;
    let session = open_for(&world, "sari-1").await;
    let view = world.view(&session).await;
    assert_eq!(view["methods"][0]["linkable"], "possible", "{view:#}");
    let view = begun(&world, &session).await;
    let next = &view["linking"]["next_action"];
    assert_eq!(next["kind"], "link", "{view:#}");
    assert!(text(&next["url"]).starts_with("https://made-up.example/agree/lnk_"));
    assert_eq!(view["attempt"], json!(null), "linking is no attempt");

    let held = wallet.agree();
    let reply = super::back(&world, &held, &good(&held)).await;
    assert_eq!(reply.status, 303);
    let location = reply.headers["location"].to_str().unwrap().to_owned();
    assert!(location.contains(&format!("/c/{}", session.token)), "{location}");
    let view = world.view(&session).await;
    let known = &view["links"][0];
    assert_eq!(known["active"], true, "{view:#}");
    assert_eq!((&known["phone_masked"], &known["balance"]), (&json!("0812••••7890"), &json!(true)));
    assert_eq!(view["linking"]["id"], known["id"]);
    let id = text(&known["id"]);
    let letter = world.mail.wait("link.updated", &id).await;
    assert!(letter.genuine);
    let told = &letter.body["data"];
    assert_eq!((&told["status"], &told["customer"]), (&json!("active"), &json!("sari-1")));
    assert!(!letter.body.to_string().contains(&held.token));

    let choice = json!({"method": "ovo", "link": id});
    let reply = world.choose(&session, &choice).await;
    assert_eq!(reply.body["attempt"]["status"], "pending", "{}", reply.text);
    assert_eq!(reply.body.get("linking"), None, "what is paid with is no news");
    let order = wallet.orders().pop().unwrap();
    assert_eq!(order.token.as_deref(), Some(held.token.as_str()));
    pay_at(&world, &wallet, &order.reference).await;
    world.mail.wait("session.paid", &session.id).await;

    let again = open_for(&world, "sari-1").await;
    assert_eq!(wallets(&world, &again).await, [id]);
    let reply = world.choose(&again, &choice).await;
    assert_eq!(reply.body["attempt"]["status"], "pending", "{}", reply.text);
    assert_eq!(wallet.asked(Operation::Link), 1);
    world.stop().await;
}

#[tokio::test]
async fn a_token_that_the_wallet_refuses_ends_the_link_and_another_is_linked() {
    let (world, wallet) = linking_town(Links::Possible, Shape::Code).await;
    let session = open_for(&world, "sari-1").await;
    let id = linked(&world, &wallet, &session).await;
    wallet.forget_agreements();
    let reply = world.choose(&session, &json!({"method": "ovo", "link": id})).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    assert_eq!(reply.body["attempt"]["status"], "failed", "{:#}", reply.body);
    assert!(wallets(&world, &session).await.is_empty());
    let known = detail(&world, "sari-1", &id).await;
    assert_eq!(known["link"]["status"], "gone");
    assert!(said(&known, "answer").iter().any(|line| line.contains("link again")), "{known:#}");
    world.mail.nth("link.updated", &id, 2).await;

    let gone = world.choose(&session, &json!({"method": "ovo", "link": id})).await;
    assert_eq!((gone.status, &gone.body["code"]), (409, &json!("link_gone")), "{}", gone.text);
    let second = linked(&world, &wallet, &session).await;
    assert_ne!(second, id);
    let reply = world.choose(&session, &json!({"method": "ovo", "link": second})).await;
    assert_eq!(reply.body["attempt"]["status"], "pending", "{}", reply.text);
    world.stop().await;
}

#[tokio::test]
async fn where_nobody_pays_without_a_link_choosing_begins_one() {
    let (world, wallet) = linking_town(Links::Required, Shape::Code).await;
    let session = world.open(45_000).await;
    assert_eq!(world.view(&session).await["methods"][0]["linkable"], "required");
    let nameless = world.choose(&session, &json!({"method": "dana"})).await;
    assert_eq!((nameless.status, &nameless.body["field"]), (422, &json!("phone")));
    let choice = json!({"method": "ovo", "phone": PHONE});
    let view = world.choose(&session, &choice).await.body;
    assert_eq!(view["linking"]["status"], "pending", "{view:#}");
    assert_eq!((&view["attempt"], wallet.orders().len()), (&json!(null), 0));
    let held = wallet.agree();
    super::back(&world, &held, &good(&held)).await;
    // The wallet of that number is linked by now.
    let view = world.choose(&session, &choice).await.body;
    assert_eq!(view["attempt"]["status"], "pending", "{view:#}");
    assert_eq!(wallet.orders()[0].token.as_deref(), Some(held.token.as_str()));
    world.stop().await;
}

#[tokio::test]
async fn linking_again_replaces_and_choosing_another_way_calls_off() {
    let (world, wallet) = linking_town(Links::Possible, Shape::Code).await;
    let session = open_for(&world, "sari-1").await;
    let first = linked(&world, &wallet, &session).await;
    let second = linked(&world, &wallet, &session).await;
    assert_eq!(wallets(&world, &session).await, [second.as_str()]);
    let known = detail(&world, "sari-1", &first).await;
    assert_eq!(known["link"]["status"], "gone", "{known:#}");
    assert_eq!(wallet.asked(Operation::Unlink), 0, "it may be the same agreement");

    let pending = text(&begun(&world, &session).await["linking"]["id"]);
    let view = world.choose(&session, &json!({"method": "dana"})).await.body;
    assert_eq!(view["attempt"]["status"], "pending", "{view:#}");
    let known = detail(&world, "sari-1", &pending).await;
    assert_eq!(known["link"]["trouble"], "cancelled", "{known:#}");

    let view = begun(&world, &session).await;
    assert_eq!(view["attempt"]["status"], "cancelled", "a link withdraws what is live: {view:#}");
    world.stop().await;
}

#[tokio::test]
async fn an_account_that_wants_a_link_is_passed_over_by_who_has_none() {
    let plain = Habits::of(Kind::Redirect);
    let (world, providers) = town(&[Habits::linking(Links::Required, Shape::Code), plain]).await;
    let [strict, easy] = [&providers[0], &providers[1]];
    let session = open_for(&world, "sari-1").await;
    assert_eq!(world.view(&session).await["methods"][0]["linkable"], "possible");
    let view = world.chosen(&session, "ovo").await;
    assert_eq!(view["attempt"]["status"], "pending", "{view:#}");
    assert_eq!((strict.orders().len(), easy.orders().len()), (0, 1));
    world.stop().await;
}

#[tokio::test]
async fn a_takeover_by_an_account_that_wants_a_link_begins_one() {
    let plain = Habits::of(Kind::Redirect);
    let (world, providers) = town(&[plain, Habits::linking(Links::Required, Shape::Code)]).await;
    let [easy, strict] = [&providers[0], &providers[1]];
    easy.arrange(Operation::Order, Fault::Unsupported);
    let session = open_for(&world, "sari-1").await;
    let view = world.chosen(&session, "ovo").await;
    assert_eq!(view["attempt"]["status"], "failed", "{view:#}");
    assert_eq!(view["linking"]["status"], "pending", "{view:#}");
    assert_eq!(strict.asked(Operation::Link), 1);
    world.stop().await;
}
