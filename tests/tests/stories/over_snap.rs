//! NICEPAY over SNAP BI alone: the same wallets without a page of NICEPAY's in between.

use futures_util::future::join_all;
use kasir_server::provider::snap::key::PrivateKey;
use kasir_server::provider::snap::sign;
use kasir_server::secret::Secret;
use kasir_tests::simulator::{Fault, Operation, Settings, test_keys};
use kasir_tests::story::world::{Opened, Reply, World, text};
use serde_json::{Value, json};

use crate::notifications::arm;

/// 2026-11-20 10:00 in Jakarta, when every story begins.
const MORNING: &str = "2026-11-20T10:00:00+07:00";

/// The town's account at NICEPAY, made one that speaks SNAP. AstraPay is not served there.
fn over_snap(toml: &str) -> String {
    let keys = concat!(env!("CARGO_MANIFEST_DIR"), "/vectors/keys");
    let usual = "merchant_key = { env = \"KASIR_DEMO_NICEPAY_KEY\" }";
    let astrapay = "[[merchants.methods]]\nid = \"astrapay\"\naccounts = [\"nicepay\"]\n";
    assert!(toml.contains(usual) && toml.contains(astrapay), "{toml}");
    let snap = format!(
        "api = \"snap\"\nsnap = {{ private_key = {{ file = \"{keys}/nicepay-merchant.pem\" }}, client_secret = {{ env = \"KASIR_DEMO_NICEPAY_KEY\" }}, nicepay_public_key = {{ file = \"{keys}/nicepay.pub.pem\" }} }}"
    );
    toml.replace(usual, &snap).replace(astrapay, "")
}

async fn world() -> World {
    World::with(Settings::default(), |toml| over_snap(&toml)).await
}

/// How often the simulated NICEPAY heard this.
fn heard(world: &World, operation: Operation) -> usize {
    world.town.simulator.requests().iter().filter(|entry| entry.operation == operation).count()
}

/// A session that was paid through this wallet.
async fn paid(world: &World, method: &str) -> Opened {
    let session = world.open(45_000).await;
    world.chosen(&session, method).await;
    world.pay(&session).await;
    world.mail.wait("session.paid", &session.id).await;
    session
}

/// Posts a notification of this order, signed by `key` at `time`. Its amount is made up, since no
/// signature covers it.
async fn notify(world: &World, (key, time): (&str, &str), (id, reference): (&str, &str)) -> Reply {
    let key = PrivateKey::read(&Secret::new(key.to_owned())).unwrap();
    let body = json!({
        "originalReferenceNo": id,
        "originalPartnerReferenceNo": reference,
        "amount": { "value": "1.00", "currency": "IDR" },
        "latestTransactionStatus": "00",
    });
    // What a provider appends to the address belongs to it.
    let request = world.http.post(world.at("/notify/nicepay/nicepay/api/v1.0/debit/notify"));
    let request = request
        .header("x-timestamp", time)
        .header("x-client-key", "IONPAYTEST")
        .header("x-signature", key.sign(&sign::client_and_time("IONPAYTEST", time)));
    world.send(request.json(&body)).await
}

fn code(reply: &Reply) -> (u16, String) {
    (reply.status, text(&reply.body["responseCode"]))
}

#[tokio::test]
async fn every_wallet_is_paid_and_only_an_inquiry_says_so() {
    let world = world().await;
    for (method, kind) in [
        ("ovo", "approve_push"),
        ("dana", "redirect"),
        ("shopeepay", "redirect"),
        ("linkaja", "redirect"),
    ] {
        let session = world.open(45_000).await;
        let view = world.chosen(&session, method).await;
        let next = &view["next_action"];
        assert_eq!(next["kind"], kind, "{method}: {view:#}");
        if method == "ovo" {
            assert_eq!(next["seconds_left"], 55);
            assert_eq!(next["app_name"], "OVO");
        }
        if method == "linkaja" {
            assert!(text(&next["url"]).contains("?Message="), "{next}");
        }
        let asked = heard(&world, Operation::Inquiry);
        world.pay(&session).await;
        let letter = world.mail.wait("session.paid", &session.id).await;
        assert!(letter.genuine);
        assert!(heard(&world, Operation::Inquiry) > asked);
        assert_eq!(world.net(&session).await, 45_000);
        let timeline = world.attempt(&session).await["timeline"].to_string();
        assert!(!timeline.contains("Bearer") && !timeline.contains("eyJ"), "{timeline}");
    }
    assert_eq!(heard(&world, Operation::Token), 1, "all of them share one token");
    world.stop().await;
}

#[tokio::test]
async fn a_customer_who_leaves_for_the_wallets_page_pays_there() {
    let world = world().await;
    for method in ["dana", "shopeepay", "linkaja"] {
        let (browser, session) = (world.browser(), world.open(45_000).await);
        let view = world.chosen(&session, method).await;
        let wallet = browser.get(&text(&view["next_action"]["url"])).await;
        let form = wallet.form(&format!("/wallet/{method}"));
        let who = [("phone", "081234567890"), ("pin", "123456"), ("decision", "approve")];
        browser.submit(&wallet, &form, &who).await;
        world.mail.wait("session.paid", &session.id).await;
    }
    world.stop().await;
}

#[tokio::test]
async fn a_prompt_that_nobody_answers_is_over_when_nicepay_says_so() {
    let world = world().await;
    let session = world.open(45_000).await;
    world.chosen(&session, "ovo").await;
    world.pass(60);
    let over = |view: &Value| view["attempt"]["status"] == "failed";
    world.seen(&session, "the prompt is over", over).await;
    assert_eq!(world.net(&session).await, 0);
    // The customer may try again.
    world.chosen(&session, "dana").await;
    world.pay(&session).await;
    world.mail.wait("session.paid", &session.id).await;
    world.stop().await;
}

#[tokio::test]
async fn an_order_whose_answer_was_lost_is_left_and_placed_under_another_number() {
    let world = world().await;
    arm(&world, Fault::LostReply, Operation::Registration);
    let session = world.open(45_000).await;
    let view = world.chosen(&session, "dana").await;
    assert_eq!(view["attempt"]["uncertain"], true, "{view:#}");
    world.pass(2);
    let placed = |view: &Value| view["next_action"]["kind"] == "redirect";
    world.seen(&session, "it is placed anew", placed).await;
    world.pay(&session).await;
    world.mail.wait("session.paid", &session.id).await;
    assert_eq!(world.net(&session).await, 45_000);
    world.stop().await;
}

#[tokio::test]
async fn an_ovo_whose_answer_was_lost_is_paid_once_nicepay_tells_of_it() {
    let world = world().await;
    arm(&world, Fault::LostReply, Operation::Registration);
    let session = world.open(45_000).await;
    let view = world.chosen(&session, "ovo").await;
    assert_eq!(view["attempt"]["uncertain"], true, "{view:#}");
    // The prompt is on the phone all the same, and the customer approves it.
    world.pay(&session).await;
    world.mail.wait("session.paid", &session.id).await;
    assert_eq!(world.net(&session).await, 45_000);
    world.stop().await;
}

#[tokio::test]
async fn what_nicepay_did_not_sign_lately_changes_nothing() {
    let world = world().await;
    let session = world.open(45_000).await;
    world.chosen(&session, "dana").await;
    let order = world.transaction(&session).await;
    let about = (order.id.as_str(), order.reference.as_str());
    let yesterday = "2026-11-19T09:59:00+07:00";
    for (key, time) in [(test_keys::STRANGER, MORNING), (test_keys::NICEPAY, yesterday)] {
        let reply = notify(&world, (key, time), about).await;
        assert_eq!(code(&reply), (401, "4015600".to_owned()));
    }
    let unsigned = world.http.post(world.at("/notify/nicepay/nicepay")).json(&json!({}));
    assert_eq!(code(&world.send(unsigned).await), (400, "4005600".to_owned()));
    let reply = notify(&world, (test_keys::NICEPAY, MORNING), (&order.id, "NOBODYS")).await;
    assert_eq!(code(&reply), (404, "4045601".to_owned()));
    world.settled().await;
    assert_eq!(world.session(&session).await["status"], "open");
    world.stop().await;
}

#[tokio::test]
async fn a_true_signature_around_a_made_up_body_settles_nothing() {
    let world = world().await;
    let other = paid(&world, "dana").await;
    let paid_one = world.transaction(&other).await;
    let session = world.open(45_000).await;
    world.chosen(&session, "dana").await;
    let order = world.transaction(&session).await;
    // Nobody paid this one; its own number and a paid one's are both claimed.
    for id in [&order.id, &paid_one.id] {
        let about = (id.as_str(), order.reference.as_str());
        let reply = notify(&world, (test_keys::NICEPAY, MORNING), about).await;
        assert_eq!(code(&reply), (200, "2005600".to_owned()));
        world.settled().await;
        assert_eq!(world.session(&session).await["status"], "open", "{id}");
    }
    world.pay(&session).await;
    world.mail.wait("session.paid", &session.id).await;
    world.stop().await;
}

#[tokio::test]
async fn a_token_that_is_revoked_is_replaced_without_anybody_noticing() {
    let world = world().await;
    paid(&world, "dana").await;
    world.town.simulator.revoke_tokens();
    let sessions = join_all((0..5).map(|_| world.open(45_000))).await;
    join_all(sessions.iter().map(|session| world.chosen(session, "dana"))).await;
    assert_eq!(heard(&world, Operation::Token), 2);
    for session in &sessions {
        world.pay(session).await;
        world.mail.wait("session.paid", &session.id).await;
    }
    world.stop().await;
}

#[tokio::test]
async fn money_goes_back_in_parts_and_a_part_is_not_all() {
    let world = world().await;
    let session = paid(&world, "dana").await;
    let attempt = text(&world.attempt(&session).await["id"]);
    let path = format!("/v1/attempts/{attempt}/refunds");
    for (value, left) in [(10_000, 35_000), (5_000, 30_000)] {
        let part =
            json!({ "amount": { "value": value, "currency": "IDR" }, "reason": "Rusak “é”" });
        let reply = world.post(&path, &part).await;
        assert_eq!(reply.status, 201, "{}", reply.text);
        world.settled().await;
        assert_eq!(world.net(&session).await, left);
        // NICEPAY tells of the order once more; its status says refunded, and not how much.
        let order = world.transaction(&session).await;
        let about = (order.id.as_str(), order.reference.as_str());
        world.pass(1);
        let asked = heard(&world, Operation::Inquiry);
        notify(&world, (test_keys::NICEPAY, MORNING), about).await;
        world.settled().await;
        assert!(heard(&world, Operation::Inquiry) > asked, "it was looked at");
        assert_eq!(world.session(&session).await["status"], "partially_refunded");
    }
    world.stop().await;
}
