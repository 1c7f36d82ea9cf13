//! Links that do not begin as they should.

use kasir_server::provider::Links;
use kasir_tests::made_up::{Fault, Operation, Shape};
use kasir_tests::story::world::{PHONE, text};
use serde_json::json;

use super::{good, link, linking_town, open_for, wallets};
use crate::is_problem;

#[tokio::test]
async fn a_wallet_that_asks_nothing_is_linked_at_once() {
    let (world, wallet) = linking_town(Links::Possible, Shape::AtOnce).await;
    let session = open_for(&world, "sari-1").await;
    let view = link(&world, &session).await.body;
    assert_eq!(view["linking"]["status"], "active", "{view:#}");
    assert_eq!(wallets(&world, &session).await.len(), 1);
    assert_eq!(wallet.asked(Operation::Link), 1);
    world.stop().await;
}

#[tokio::test]
async fn a_provider_that_takes_no_link_leaves_the_other_ways() {
    let (world, wallet) = linking_town(Links::Possible, Shape::Code).await;
    for (fault, trouble) in [
        (Fault::Refused, "unavailable"),
        (Fault::Busy, "unavailable"),
        (Fault::Unauthorised, "unavailable"),
        (Fault::Declined, "refused"),
    ] {
        let session = open_for(&world, "sari-1").await;
        wallet.arrange(Operation::Link, fault);
        let view = link(&world, &session).await.body;
        assert_eq!(view["linking"]["status"], "gone", "{fault:?}: {view:#}");
        assert_eq!(view["linking"]["trouble"], trouble, "{fault:?}: {view:#}");
        let view = world.chosen(&session, "dana").await;
        assert_eq!(view["attempt"]["status"], "pending", "{fault:?}");
    }
    world.stop().await;
}

#[tokio::test]
async fn a_beginning_that_nobody_answers_is_begun_again_under_the_same_number() {
    let (world, wallet) = linking_town(Links::Possible, Shape::Code).await;
    let session = open_for(&world, "sari-1").await;
    wallet.arrange(Operation::Link, Fault::LostReply);
    let view = link(&world, &session).await.body;
    assert_eq!(view["linking"]["next_action"]["kind"], "wait", "{view:#}");
    world.pass(6);
    let leave = |view: &serde_json::Value| view["linking"]["next_action"]["kind"] == "link";
    world.seen(&session, "begun", leave).await;
    assert_eq!((wallet.links().len(), wallet.asked(Operation::Link)), (1, 2));
    let held = wallet.agree();
    super::back(&world, &held, &good(&held)).await;
    assert_eq!(wallets(&world, &session).await.len(), 1);
    world.stop().await;
}

#[tokio::test]
async fn a_provider_that_stays_silent_is_given_up_on() {
    let (world, wallet) = linking_town(Links::Possible, Shape::Code).await;
    let session = open_for(&world, "sari-1").await;
    for _ in 0..40 {
        wallet.arrange(Operation::Link, Fault::LostRequest);
    }
    link(&world, &session).await;
    world.pass(61);
    let view = world.seen(&session, "over", |view| view["linking"]["status"] == "gone").await;
    assert_eq!(view["linking"]["trouble"], "unavailable", "{view:#}");
    world.stop().await;
}

#[tokio::test]
async fn what_cannot_be_linked_is_refused_beside_its_field() {
    let (world, _) = linking_town(Links::Possible, Shape::Code).await;
    let session = open_for(&world, "sari-1").await;
    let path = format!("/checkout/v1/{}/links", session.token);
    for (wanted, status, code, field) in [
        (json!({"method": "ovo"}), 422, "phone_invalid", "phone"),
        (json!({"method": "ovo", "phone": "12"}), 422, "phone_invalid", "phone"),
        (json!({"method": "shopeepay", "phone": PHONE}), 422, "not_supported", "method"),
        (json!({"method": "gopay", "phone": PHONE}), 422, "method_not_offered", "method"),
    ] {
        let reply = world.send(world.http.post(world.at(&path)).json(&wanted)).await;
        is_problem(&reply, status, code, Some(field));
    }
    let paid = world.open(45_000).await;
    world.post(&format!("/v1/sessions/{}/cancel", paid.id), &json!({})).await;
    is_problem(&link(&world, &paid).await, 409, "session_not_open", None);
    world.stop().await;
}

#[tokio::test]
async fn a_session_links_only_so_often() {
    let (world, _) = linking_town(Links::Possible, Shape::Code).await;
    let session = open_for(&world, "sari-1").await;
    for _ in 0..20 {
        assert_eq!(link(&world, &session).await.status, 200);
    }
    is_problem(&link(&world, &session).await, 429, "rate_limited", None);
    world.stop().await;
}

#[tokio::test]
async fn a_form_links_as_well_as_a_script() {
    let (world, wallet) = linking_town(Links::Possible, Shape::Code).await;
    let session = open_for(&world, "sari-1").await;
    let path = format!("/checkout/v1/{}/links?locale=en", session.token);
    let post = |form: String| {
        let request = world.http.post(world.at(&path));
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        world.send(request.body(form))
    };
    let reply = post(format!("method=dana&wallet=ovo&phone.ovo={PHONE}&phone.dana=")).await;
    assert_eq!(reply.status, 303, "{}", reply.text);
    let location = reply.headers["location"].to_str().unwrap();
    assert_eq!(location, format!("/c/{}?locale=en", session.token));
    assert_eq!(text(&world.view(&session).await["linking"]["method"]), "ovo");
    assert_eq!(wallet.links().len(), 1);
    let reply = post("wallet=ovo&phone.ovo=12".to_owned()).await;
    assert_eq!(reply.status, 422);
    assert!(reply.text.contains("<html"), "the page again: {}", reply.text);
    world.stop().await;
}
