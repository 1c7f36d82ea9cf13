//! Payments through Winpay: every wallet from the page to the shop, and what time and a change of
//! mind do to them.

use kasir_tests::simulator::{Armed, Fault, Operation, Provider, Settings, Status, StatusMode};
use kasir_tests::story::eventually;
use kasir_tests::story::winpay::world;
use kasir_tests::story::world::{Opened, PHONE, World, text};
use serde_json::{Value, json};

use crate::is_problem;
use crate::wallets::{WHO, choose, is_paid};

fn arm(world: &World, fault: Fault, operation: Operation) {
    let armed = Armed::once(Provider::Winpay, fault).at(operation);
    world.town.simulator.arm(armed).unwrap();
}

/// A session whose customer has chosen this wallet.
async fn at(world: &World, method: &str) -> Opened {
    let session = world.open(45_000).await;
    world.chosen(&session, method).await;
    session
}

async fn call_off(world: &World, session: &Opened) -> kasir_tests::story::world::Reply {
    let attempt = text(&world.attempt(session).await["id"]);
    world.call_off(session, &attempt).await
}

/// What was asked of Winpay under the session's order number, in order, with Winpay's codes.
async fn asked(world: &World, session: &Opened) -> Vec<(Operation, String)> {
    let reference = text(&world.attempt(session).await["provider_reference"]);
    let ours = world.town.simulator.requests().into_iter().filter(|e| e.reference == reference);
    ours.map(|entry| (entry.operation, entry.code)).collect()
}

fn entries(attempt: &Value, kind: &str) -> usize {
    attempt["timeline"].as_array().unwrap().iter().filter(|entry| entry["kind"] == kind).count()
}

#[tokio::test]
async fn four_wallets_are_paid_on_their_own_pages() {
    let world = world(Settings::default()).await;
    for method in ["dana", "shopeepay", "speedcash", "astrapay"] {
        let (browser, session) = (world.browser(), world.open(45_000).await);
        let page = choose(&browser, &session, method).await;
        let wallet = browser.get(&page.link(&world.town.addresses.sim)).await;
        let back = browser.submit(&wallet, &wallet.form(&format!("/wallet/{method}")), &WHO).await;
        is_paid(&world, &session, &back).await;
        let attempt = world.attempt(&session).await;
        assert_eq!(attempt["provider"], "winpay", "{method}");
    }
    let hints = world.town.simulator.requests().into_iter().flat_map(|entry| entry.hints);
    assert_eq!(hints.collect::<Vec<_>>(), Vec::<String>::new(), "our bodies are portable");
    world.stop().await;
}

#[tokio::test]
async fn ovo_is_approved_on_the_phone_while_the_page_counts_down() {
    let world = world(Settings::default()).await;
    let (browser, session) = (world.browser(), world.open(45_000).await);
    choose(&browser, &session, "ovo").await;
    let view = world.view(&session).await;
    assert_eq!(view["next_action"]["kind"], "approve_push", "{view:#}");
    assert_eq!(view["next_action"]["seconds_left"], 180);
    let phone = format!("{}/phone?number={PHONE}", world.town.addresses.sim);
    let prompt = browser.get(&phone).await;
    browser.submit(&prompt, &prompt.form("/phone"), &[("decision", "approve")]).await;
    let letter = world.mail.wait("session.paid", &session.id).await;
    assert!(letter.genuine);
    world.stands(&session, "paid").await;
    assert_eq!(world.net(&session).await, 45_000);
    world.stop().await;
}

#[tokio::test]
async fn a_link_into_the_wallets_app_opens_it_and_none_leads_to_its_page() {
    for (app_links, kind) in [(true, "open_app"), (false, "redirect")] {
        let mut settings = Settings::default();
        settings.winpay.app_links = app_links;
        let world = world(settings).await;
        let session = at(&world, "shopeepay").await;
        let view = world.view(&session).await;
        assert_eq!(view["next_action"]["kind"], kind, "{view:#}");
        world.pay(&session).await;
        world.mail.wait("session.paid", &session.id).await;
        world.stop().await;
    }
}

#[tokio::test]
async fn a_name_of_any_kind_is_sent_as_winpay_takes_it_and_kept_as_it_was() {
    let world = world(Settings::default()).await;
    let database = rusqlite::Connection::open(&world.town.database).unwrap();
    for name in ["🙂", "Al", "Nguyễn Thị Ánh Tuyết & Söhne <b>", &"Raden Mas ".repeat(9)]
    {
        let customer = json!({"customer": {"name": name}});
        let session = world.open_with(45_000, customer).await;
        let view = world.chosen(&session, "dana").await;
        assert_eq!(view["next_action"]["kind"], "redirect", "{name}: {view:#}");
        let sent = world.town.simulator.requests().pop().unwrap();
        assert!(sent.accepted && sent.operation == Operation::Registration, "{name}: {sent:?}");
        let sent = sent.fields.iter().find(|(field, _)| field.ends_with("customerName"));
        let (_, sent) = sent.unwrap_or_else(|| panic!("{name} was not sent"));
        assert!((5..=24).contains(&sent.len()) && sent.is_ascii(), "{name}: {sent}");
        let id = [&session.id];
        let kept = "SELECT customer FROM sessions WHERE id = ?1";
        let kept: String = database.query_row(kept, id, |row| row.get(0)).unwrap();
        let kept: Value = serde_json::from_str(&kept).unwrap();
        assert_eq!(kept["name"], *name);
    }
    world.stop().await;
}

#[tokio::test]
async fn a_payment_that_is_told_of_before_our_own_call_returned_is_one_payment() {
    let world = world(Settings::default()).await;
    for method in ["ovo", "dana"] {
        arm(&world, Fault::NotificationBeforeReply, Operation::Registration);
        let session = at(&world, method).await;
        world.mail.wait("session.paid", &session.id).await;
        world.settled().await;
        assert_eq!(world.view(&session).await["status"], "paid", "{method}");
        assert_eq!(world.net(&session).await, 45_000);
        let attempt = world.attempt(&session).await;
        assert_eq!(attempt["provider_reference"], attempt["id"], "it is placed once");
        assert_eq!(entries(&attempt, "alarm"), 0, "{attempt:#}");
        assert_eq!(world.mail.events("session.paid", &session.id), 1);
    }
    world.stop().await;
}

#[tokio::test]
async fn an_order_that_is_called_off_is_cancelled_at_winpay_and_looked_at_afterwards() {
    for statuses in [StatusMode::WinpayDoc, StatusMode::Snap] {
        let mut settings = Settings::default();
        settings.winpay.statuses = statuses;
        let world = world(settings).await;
        for method in ["dana", "ovo"] {
            let session = at(&world, method).await;
            let reply = call_off(&world, &session).await;
            assert_eq!(reply.status, 200, "{method} {statuses:?} {}", reply.text);
            assert_eq!(reply.body["attempt"]["status"], "cancelled");
            assert_eq!(world.transaction(&session).await.status, Status::Cancelled);
            let ours = asked(&world, &session).await;
            let last: Vec<_> = ours.iter().rev().take(2).rev().map(|(what, _)| *what).collect();
            assert_eq!(last, [Operation::Cancel, Operation::Inquiry], "{method}");
            // Nothing of it is left, so another wallet may follow at once.
            world.chosen(&session, "shopeepay").await;
            world.pay(&session).await;
            world.mail.wait("session.paid", &session.id).await;
            assert_eq!(world.net(&session).await, 45_000);
        }
        world.stop().await;
    }
}

#[tokio::test]
async fn a_cancel_that_loses_the_race_to_a_payment_finds_it_paid() {
    let world = world(Settings::default()).await;
    for method in ["dana", "ovo"] {
        arm(&world, Fault::NoNotification, Operation::Notification);
        let session = at(&world, method).await;
        world.pay(&session).await;
        let reply = call_off(&world, &session).await;
        assert_eq!((reply.status, &reply.body["status"]), (200, &json!("paid")), "{}", reply.text);
        world.mail.wait("session.paid", &session.id).await;
        assert_eq!(world.net(&session).await, 45_000);
        let ours = asked(&world, &session).await;
        assert!(ours.contains(&(Operation::Cancel, "4045700".to_owned())), "{ours:?}");
    }
    world.stop().await;
}

#[tokio::test]
async fn another_choice_that_comes_after_the_payment_starts_nothing() {
    let world = world(Settings::default()).await;
    arm(&world, Fault::NoNotification, Operation::Notification);
    let session = at(&world, "ovo").await;
    world.pay(&session).await;
    let reply = world.choose(&session, &json!({"method": "dana"})).await;
    is_problem(&reply, 409, "session_not_open", None);
    assert_eq!(world.session(&session).await["attempts"].as_array().unwrap().len(), 1);
    assert_eq!(world.net(&session).await, 45_000);
    world.stop().await;
}

#[tokio::test]
async fn a_cancel_that_winpay_does_not_hear_at_first_is_sent_again_after_a_look() {
    let world = world(Settings::default()).await;
    for (fault, first) in [(Fault::InternalError, "5005701"), (Fault::BadGateway, "502")] {
        let session = at(&world, "dana").await;
        arm(&world, fault, Operation::Cancel);
        let reply = call_off(&world, &session).await;
        assert_eq!(reply.body["attempt"]["status"], "cancelled", "{fault:?} {}", reply.text);
        let ours = asked(&world, &session).await;
        let after: Vec<_> =
            ours.iter().skip_while(|(what, _)| *what != Operation::Cancel).collect();
        let order: Vec<_> = after.iter().map(|(what, _)| *what).collect();
        let twice = [Operation::Cancel, Operation::Inquiry, Operation::Cancel, Operation::Inquiry];
        assert_eq!(order, twice, "{first} {ours:?}");
        assert_eq!(world.transaction(&session).await.status, Status::Cancelled);
    }
    world.stop().await;
}

#[tokio::test]
async fn unpaid_is_unpaid_until_its_time_and_a_grace_are_over_and_then_it_has_expired() {
    let world = world(Settings::default()).await;
    let session = at(&world, "ovo").await;
    for (seconds, left) in [(100, 80), (79, 1), (30, 0), (30, 0)] {
        world.pass(seconds);
        world.settled().await;
        let view = world.view(&session).await;
        assert_eq!(view["attempt"]["status"], "pending", "{view:#}");
        assert_eq!(view["seconds_left"], left, "{view:#}");
    }
    world.pass(6);
    let over = |view: &Value| view["attempt"]["status"] == "expired";
    let view = world.seen(&session, "its time is over", over).await;
    assert_eq!(view["status"], "open");
    let said = asked(&world, &session).await;
    assert!(said.iter().filter(|(what, _)| *what == Operation::Inquiry).count() >= 4, "{said:?}");

    world.chosen(&session, "dana").await;
    for _ in 0..74 {
        world.pass(60);
        world.settled().await;
        let attempt = world.attempt(&session).await;
        assert_eq!(attempt["status"], "pending", "{attempt:#}");
    }
    world.pass(301);
    world.seen(&session, "its hour and its grace are over", over).await;
    world.pass(301);
    world.settled().await;
    assert_eq!(world.view(&session).await["status"], "open");
    assert_eq!(world.mail.events("session.paid", &session.id), 0);
    world.stop().await;
}

#[tokio::test]
async fn what_is_paid_after_we_gave_it_up_is_paid_late() {
    let world = world(Settings::default()).await;
    let session = world.open_with(45_000, json!({"expires_in": 60})).await;
    world.chosen(&session, "dana").await;
    world.pass(61);
    world.mail.wait("session.expired", &session.id).await;
    assert_eq!(world.attempt(&session).await["status"], "expired");
    // Winpay keeps no order for less than a minute, so that it outlives the session a little.
    world.pay(&session).await;
    let letter = world.mail.wait("session.paid", &session.id).await;
    assert_eq!(letter.body["data"]["attempts"][0]["late"], true);
    world.stop().await;
}

#[tokio::test]
async fn a_wallet_that_says_no_is_heard_of_where_winpay_tells() {
    let mut settings = Settings::default();
    settings.winpay.tells_every_end = true;
    settings.winpay.statuses = StatusMode::Snap;
    let world = world(settings).await;
    for method in ["ovo", "dana"] {
        let session = at(&world, method).await;
        let order = world.transaction(&session).await;
        world.town.simulator.decline(&order.id).unwrap();
        let failed = |view: &Value| view["attempt"]["status"] == "failed";
        let view = world.seen(&session, "declined", failed).await;
        assert_eq!(view["status"], "open", "{method}");
    }
    world.stop().await;
}

#[tokio::test]
async fn a_refund_is_refused_without_asking_winpay() {
    let world = world(Settings::default()).await;
    let session = at(&world, "dana").await;
    world.pay(&session).await;
    world.mail.wait("session.paid", &session.id).await;
    let before = asked(&world, &session).await;
    let attempt = text(&world.attempt(&session).await["id"]);
    let path = format!("/v1/attempts/{attempt}/refunds");
    let reply = world.post(&path, &json!({"reason": "out of stock"})).await;
    assert_eq!(reply.body["status"], "failed", "{}", reply.text);
    assert_eq!(asked(&world, &session).await, before);
    let attempt = world.attempt(&session).await;
    assert!(attempt.to_string().contains("not_offered"), "{attempt:#}");
    assert_eq!(world.net(&session).await, 45_000);
    world.stop().await;
}

#[tokio::test]
async fn a_callback_that_never_comes_is_made_up_for_by_asking() {
    let world = world(Settings::default()).await;
    for method in ["ovo", "dana"] {
        arm(&world, Fault::NoNotification, Operation::Notification);
        let session = at(&world, method).await;
        world.pay(&session).await;
        world.pass(6);
        world.mail.wait("session.paid", &session.id).await;
    }
    let paid = async || {
        let rows = world.town.simulator.ledger();
        (rows.len() == 2).then_some(())
    };
    eventually("both are in Winpay's books", paid).await;
    world.stop().await;
}
