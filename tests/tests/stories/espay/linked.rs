//! A wallet that is linked at Espay: what is in it, paying with it, and taking it back.

use kasir_tests::simulator::{
    Armed, BalanceShape, EspayHabit, Fault, Operation, Provider, Settings,
};
use kasir_tests::story::eventually;
use kasir_tests::story::world::{Opened, PHONE, Reply, World, text};
use serde_json::{Value, json};

use super::{link_of, linked, open, timeline, world};
use crate::is_problem;

async fn balance(world: &World, session: &Opened, link: &str) -> Reply {
    let path = format!("/checkout/v1/{}/links/{link}/balance", session.token);
    world.send(world.http.get(world.at(&path))).await
}

/// Pays with a linked wallet: one tap here, and the PIN at the wallet's page.
async fn paid(world: &World, session: &Opened, (method, link): (&str, &str)) -> Value {
    let reply = world.choose(session, &json!({"method": method, "link": link})).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    let next = &reply.body["next_action"];
    assert_eq!(next["kind"], "redirect", "{}", reply.text);
    let browser = world.browser();
    let page = browser.get(&text(&next["url"])).await;
    assert!(page.has("account") && page.has("balance"), "the wallet knows who pays: {}", page.html);
    let filled = [("pin", "123456"), ("decision", "approve")];
    let back = browser.submit(&page, &page.form("/espay/pay/"), &filled).await;
    assert!(back.url.contains(&format!("/c/{}", session.token)), "{}", back.url);
    assert!(world.mail.wait("session.paid", &session.id).await.genuine);
    world.stands(session, "paid").await
}

#[tokio::test]
async fn a_customer_who_comes_back_pays_with_one_tap() {
    let world = world(Settings::default()).await;
    for method in ["gopay", "ovo"] {
        let link = linked(&world, &open(&world).await, method).await;
        for left in [205_000, 160_000] {
            let session = open(&world).await;
            assert_eq!(link_of(&world.view(&session).await, method).as_ref(), Some(&link));
            paid(&world, &session, (method, &link)).await;
            assert_eq!(world.town.simulator.wallet(method, PHONE).unwrap().0, left);
            let attempt = world.attempt(&session).await;
            assert_eq!(attempt["provider"], "espay", "{attempt:#}");
        }
    }
    world.stop().await;
}

#[tokio::test]
async fn a_wallet_that_is_not_linked_is_paid_all_the_same_where_it_can_be() {
    let world = world(Settings::default()).await;
    let session = open(&world).await;
    world.chosen(&session, "linkaja").await;
    world.pay(&session).await;
    world.mail.wait("session.paid", &session.id).await;
    world.stands(&session, "paid").await;
    world.stop().await;
}

#[tokio::test]
async fn what_is_in_a_wallet_is_read_in_every_layout() {
    for (shape, points, amount_only) in [
        (BalanceShape::InfoList, true, false),
        (BalanceShape::InfosList, true, true),
        (BalanceShape::Info, false, false),
    ] {
        let mut settings = Settings::default();
        settings.espay.balances = shape;
        if amount_only {
            settings.espay.habits.insert(EspayHabit::AmountOnly);
        }
        let world = world(settings).await;
        let session = open(&world).await;
        let link = linked(&world, &session, "gopay").await;
        let known = balance(&world, &session, &link).await;
        assert_eq!((known.status, &known.body["enough"]), (200, &json!(true)), "{}", known.text);
        assert_eq!(known.body["cash"]["value"], 250_000, "{}", known.text);
        assert_eq!(known.body["points"]["value"] == 12_000, points, "{}", known.text);
        world.town.simulator.fill_wallet("gopay", PHONE, (44_999, 0)).unwrap();
        let poor = balance(&world, &session, &link).await;
        assert_eq!((&poor.body["enough"], poor.status), (&json!(false), 200), "{}", poor.text);
        world.stop().await;
    }
}

#[tokio::test]
async fn too_little_money_is_said_to_be_just_that() {
    let mut settings = Settings::default();
    settings.espay.habits.insert(EspayHabit::RefusesPoorAtOnce);
    let world = world(settings).await;
    let session = open(&world).await;
    let link = linked(&world, &session, "gopay").await;
    world.town.simulator.fill_wallet("gopay", PHONE, (1_000, 0)).unwrap();
    let reply = world.choose(&session, &json!({"method": "gopay", "link": link})).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    let fits = |view: &Value| view["attempt"]["reason"] == "low_balance";
    let view = world.seen(&session, "the wallet has too little", fits).await;
    assert_eq!(view["status"], "open", "{view:#}");
    assert!(link_of(&view, "gopay").is_some(), "the link stays");
    world.stop().await;
}

#[tokio::test]
async fn an_agreement_that_the_wallet_has_ended_is_over_and_is_made_again() {
    let world = world(Settings::default()).await;
    let session = open(&world).await;
    let link = linked(&world, &session, "gopay").await;
    world.town.simulator.forget_espay_tokens();
    is_problem(&balance(&world, &session, &link).await, 409, "link_gone", None);
    let view = world.view(&session).await;
    assert_eq!(link_of(&view, "gopay"), None, "{view:#}");
    assert!(timeline(&world).await.contains("4011102"));
    let again = linked(&world, &session, "gopay").await;
    world.town.simulator.forget_espay_tokens();
    let reply = world.choose(&session, &json!({"method": "gopay", "link": again})).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    let fits = |view: &Value| view["attempt"]["reason"] == "link_gone";
    let view = world.seen(&session, "the wallet refuses the agreement", fits).await;
    assert_eq!(link_of(&view, "gopay"), None, "{view:#}");
    let last = linked(&world, &session, "gopay").await;
    paid(&world, &session, ("gopay", &last)).await;
    world.stop().await;
}

#[tokio::test]
async fn a_link_that_is_taken_back_is_ended_at_espay_and_ending_it_twice_changes_nothing() {
    let world = world(Settings::default()).await;
    let (browser, session) = (world.browser(), open(&world).await);
    let link = linked(&world, &session, "gopay").await;
    let question = browser.get(&format!("{}?unlink={link}", session.url)).await;
    assert!(question.has("screen-unlink"), "{}", question.html);
    let done = browser.submit(&question, &question.form("/unlink"), &[]).await;
    assert_eq!((done.status, done.hops.as_slice()), (200, [303].as_slice()), "{}", done.html);
    assert_eq!(link_of(&world.view(&session).await, "gopay"), None);
    assert_eq!(world.town.simulator.espay_links().pop().unwrap().status, "gone");
    let path = format!("/checkout/v1/{}/links/{link}", session.token);
    let again = world.send(world.http.delete(world.at(&path))).await;
    assert_eq!(again.status, 200, "{}", again.text);
    assert_eq!(world.town.simulator.espay_calls(Operation::Unbinding), 1);
    world.stop().await;
}

#[tokio::test]
async fn an_agreement_that_was_gone_at_espay_before_is_over_when_it_is_taken_back() {
    let world = world(Settings::default()).await;
    let session = open(&world).await;
    let link = linked(&world, &session, "dana").await;
    world.town.simulator.forget_espay_tokens();
    let path = format!("/checkout/v1/{}/links/{link}", session.token);
    assert_eq!(world.send(world.http.delete(world.at(&path))).await.status, 200);
    assert!(timeline(&world).await.contains("the provider ended it too"));
    world.stop().await;
}

#[tokio::test]
async fn an_end_that_nobody_answered_is_asked_for_again() {
    let world = world(Settings::default()).await;
    let session = open(&world).await;
    let link = linked(&world, &session, "gopay").await;
    let lost = Armed::once(Provider::Espay, Fault::LostRequest).at(Operation::Unbinding);
    world.town.simulator.arm(lost).unwrap();
    let path = format!("/checkout/v1/{}/links/{link}", session.token);
    assert_eq!(world.send(world.http.delete(world.at(&path))).await.status, 200);
    assert_eq!(link_of(&world.view(&session).await, "gopay"), None, "it is gone for us at once");
    world.pass(60);
    eventually("the agreement is ended", async || {
        let links = world.town.simulator.espay_links();
        links.last().filter(|link| link.status == "gone").map(|_| ())
    })
    .await;
    world.stop().await;
}

#[tokio::test]
async fn a_page_with_linked_wallets_is_payable_while_espay_is_down() {
    let world = world(Settings::default()).await;
    let session = open(&world).await;
    let link = linked(&world, &session, "gopay").await;
    world.town.simulator.take_down(Provider::Espay).await.unwrap();
    is_problem(&balance(&world, &session, &link).await, 503, "provider_unavailable", None);
    let page = world.browser().get(&format!("{}?balances=1", session.url)).await;
    assert!(page.html.contains("unlink-gopay"), "{}", page.html);
    assert_eq!(link_of(&world.view(&session).await, "gopay"), Some(link.clone()), "it stays");
    world.town.simulator.bring_up(Provider::Espay).await.unwrap();
    paid(&world, &session, ("gopay", &link)).await;
    world.stop().await;
}

#[tokio::test]
async fn a_page_that_waits_for_balances_asks_once_for_each_link() {
    let world = world(Settings::default()).await;
    let session = open(&world).await;
    for method in ["gopay", "dana"] {
        linked(&world, &session, method).await;
    }
    let calls = || world.town.simulator.espay_calls(Operation::Balance);
    let before = calls();
    world.browser().get(&session.url).await;
    assert_eq!(calls(), before, "a page is shown without asking anybody");
    world.browser().get(&format!("{}?balances=1", session.url)).await;
    assert_eq!(calls(), before + 2);
    world.stop().await;
}

#[tokio::test]
async fn what_the_account_has_is_asked_for_once_in_ten_minutes_and_followed() {
    let world = world(Settings::default()).await;
    let calls = || world.town.simulator.espay_calls(Operation::MerchantInfo);
    let has = |view: &Value, id: &str| {
        view["methods"].as_array().unwrap().iter().any(|offer| offer["id"] == id)
    };
    eventually("the products are asked for", async || (calls() == 1).then_some(())).await;
    for _ in 0..3 {
        assert!(has(&world.view(&open(&world).await).await, "gopay"));
        world.pass(199);
    }
    assert_eq!(calls(), 1, "three customers later");
    world.town.simulator.offer_espay_product("GOPAYLINK", false).unwrap();
    world.pass(3);
    let session = open(&world).await;
    // Nobody is told of it: whoever looks, sees it.
    eventually("GoPay is not offered", async || {
        (!has(&world.view(&session).await, "gopay")).then_some(())
    })
    .await;
    assert_eq!(calls(), 2);
    world.town.simulator.take_down(Provider::Espay).await.unwrap();
    world.pass(600);
    world.settled().await;
    let view = world.view(&open(&world).await).await;
    assert!(has(&view, "dana") && !has(&view, "gopay"), "the last good list stays: {view:#}");
    world.stop().await;
}
