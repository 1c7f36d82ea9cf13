//! What Winpay tells us, and what others tell us in its name: verified over the bytes and the path as
//! they came, answered with the documented code, and believed only as far as an inquiry confirms it.

use kasir_tests::simulator::{
    Armed, CallbackTarget, Fault, Operation, Provider, Settings, journal, test_keys,
};
use kasir_tests::story::eventually;
use kasir_tests::story::winpay::{Callback, PATH, world, world_as};
use kasir_tests::story::world::{Opened, Reply, World, text};
use serde_json::{Value, json};

fn arm(world: &World, fault: Fault) {
    let armed = Armed::once(Provider::Winpay, fault).at(Operation::Notification);
    world.town.simulator.arm(armed).unwrap();
}

/// A session whose customer stands at DANA's page, and the callback that tells of its payment,
/// though nobody paid.
async fn unpaid(world: &World) -> (Opened, Callback) {
    let session = world.open(45_000).await;
    world.chosen(&session, "dana").await;
    let callback = Callback::paid(world, &world.transaction(&session).await);
    (session, callback)
}

/// Kasir's answer to a callback: this code, under the HTTP status that it begins with, at this time.
#[track_caller]
fn is_answer(reply: &Reply, code: &str, what: &str) {
    assert_eq!(reply.body["responseCode"], code, "{what}: {}", reply.text);
    assert_eq!(reply.status.to_string(), code[..3], "{what}");
    assert_eq!(reply.headers["x-timestamp"], "2026-11-20T10:00:00+07:00", "{what}");
    assert_eq!(reply.headers["content-type"], "application/json", "{what}");
    assert!(!text(&reply.body["responseMessage"]).is_empty(), "{what}");
}

async fn counted(world: &World, verdict: &str) -> f64 {
    let name = format!("kasir_notifications_total{{provider=\"winpay\",verdict=\"{verdict}\"}}");
    let reply = world.send(world.http.get(world.at("/metrics"))).await;
    let line = reply.text.lines().find_map(|line| line.strip_prefix(&name));
    line.map_or(0.0, |value| value.trim().parse().unwrap())
}

/// How many inquiries about the session's order Winpay has answered.
async fn inquiries(world: &World, session: &Opened) -> usize {
    let reference = text(&world.attempt(session).await["provider_reference"]);
    let about = |entry: &&journal::Entry| {
        entry.operation == Operation::Inquiry && entry.reference == reference
    };
    world.town.simulator.requests().iter().filter(about).count()
}

fn entries(attempt: &Value, kind: &str) -> usize {
    attempt["timeline"].as_array().unwrap().iter().filter(|entry| entry["kind"] == kind).count()
}

/// How the journal tells of the callbacks about a session's order: the codes of our answers.
async fn answers(world: &World, session: &Opened) -> Vec<String> {
    let reference = text(&world.attempt(session).await["provider_reference"]);
    let told = world.town.simulator.requests().into_iter();
    let told = told.filter(|entry| entry.operation == Operation::Notification);
    told.filter(|entry| entry.reference == reference).map(|entry| entry.code).collect()
}

/// Nothing happened to the session, and nobody asked about it.
async fn nothing_changed(world: &World, session: &Opened, asked: usize, version: &Value) {
    world.settled().await;
    let attempt = world.attempt(session).await;
    assert_eq!((entries(&attempt, "notification"), &attempt["status"]), (0, &json!("pending")));
    assert_eq!(inquiries(world, session).await, asked, "nobody asks because of it");
    assert_eq!(world.view(session).await["version"], *version);
}

#[tokio::test]
async fn a_callback_with_a_signature_in_any_other_spelling_changes_nothing() {
    let world = world(Settings::default()).await;
    let (session, callback) = unpaid(&world).await;
    let (asked, version) =
        (inquiries(&world, &session).await, world.view(&session).await["version"].clone());
    let before = counted(&world, "forged").await;
    let true_one = callback.signature();
    let hexed = {
        use base64::Engine as _;
        hex::encode(base64::engine::general_purpose::STANDARD.decode(&true_one).unwrap())
    };
    let stranger = Callback { key: test_keys::STRANGER, ..callback.clone() }.signature();
    let wrong = [
        ("of somebody else", stranger),
        ("truncated", true_one[..100].to_owned()),
        ("without its padding", true_one.trim_end_matches('=').to_owned()),
        ("in hex", hexed),
        ("in capitals", true_one.to_ascii_uppercase()),
        ("in small letters", true_one.to_ascii_lowercase()),
        ("no base64", "signature".to_owned()),
    ];
    for (what, signature) in &wrong {
        let reply = callback.send_signed(&world, signature, &callback.body).await;
        is_answer(&reply, "4015600", what);
    }
    is_answer(&callback.send_signed(&world, "", &callback.body).await, "4005602", "empty");
    assert!(counted(&world, "forged").await >= before + 7.0);
    nothing_changed(&world, &session, asked, &version).await;
    world.stop().await;
}

#[tokio::test]
async fn a_body_that_was_written_anew_on_the_way_changes_nothing() {
    let world = world(Settings::default()).await;
    let (session, callback) = unpaid(&world).await;
    let (asked, version) =
        (inquiries(&world, &session).await, world.view(&session).await["version"].clone());
    let value: Value = serde_json::from_str(&callback.body).unwrap();
    for (what, body) in [
        ("pretty", serde_json::to_string_pretty(&value).unwrap()),
        ("spaces after colons", callback.body.replace(':', ": ")),
        ("another amount", callback.body.replace("45000.00", "45001.00")),
        ("a line end", format!("{}\n", callback.body)),
        ("nothing", String::new()),
    ] {
        assert_ne!(body, callback.body, "{what}");
        let reply = callback.send_signed(&world, &callback.signature(), &body).await;
        is_answer(&reply, "4015600", what);
    }
    nothing_changed(&world, &session, asked, &version).await;
    world.stop().await;
}

#[tokio::test]
async fn a_callback_that_lacks_a_header_or_cannot_be_read_is_answered_with_the_code_for_that() {
    let world = world(Settings::default()).await;
    let (session, callback) = unpaid(&world).await;
    let (asked, version) =
        (inquiries(&world, &session).await, world.view(&session).await["version"].clone());
    let before = counted(&world, "unreadable").await;
    for name in ["content-type", "x-timestamp", "x-partner-id", "x-external-id", "channel-id"] {
        let mut lacking = callback.clone();
        let signature = lacking.signature();
        lacking.headers.retain(|header| header.0 != name);
        let reply = lacking.send_signed(&world, &signature, &callback.body).await;
        is_answer(&reply, "4005602", name);
        is_answer(&callback.clone().head(name, "").send(&world).await, "4005602", name);
    }
    for (pointer, value) in [
        ("/latestTransactionStatus", json!("08")),
        ("/latestTransactionStatus", json!(0)),
        ("/originalPartnerReferenceNo", json!("?")),
        ("/amount", json!("45000.00")),
        ("/merchantId", json!(170_041)),
    ] {
        let reply = callback.clone().with(pointer, value).send(&world).await;
        is_answer(&reply, "4005602", pointer);
    }
    for body in ["", "[]", "<html>", "{}"] {
        let odd = Callback { body: body.to_owned(), ..callback.clone() };
        is_answer(&odd.send(&world).await, "4005602", body);
    }
    assert!(counted(&world, "unreadable").await >= before + 19.0);
    nothing_changed(&world, &session, asked, &version).await;
    world.stop().await;
}

#[tokio::test]
async fn a_callback_for_another_merchant_path_or_day_changes_nothing() {
    let world = world(Settings::default()).await;
    let (session, callback) = unpaid(&world).await;
    let (asked, version) =
        (inquiries(&world, &session).await, world.view(&session).await["version"].clone());
    let at = |time: &str| callback.clone().head("x-timestamp", time);
    for (what, wrong) in [
        ("another partner", callback.clone().head("x-partner-id", "170042")),
        ("another merchant", callback.clone().with("/merchantId", json!("170042"))),
        ("a day and a second ago", at("2026-11-19T09:59:59+07:00")),
        ("a day and a second ahead", at("2026-11-21T10:00:01+07:00")),
        (
            "signed for another path",
            Callback { signed_path: "/v1.0/debit/notify".to_owned(), ..callback.clone() },
        ),
        ("signed for no path below", Callback { path: format!("{PATH}/x"), ..callback.clone() }),
    ] {
        is_answer(&wrong.send(&world).await, "4015600", what);
    }
    nothing_changed(&world, &session, asked, &version).await;
    // The time of the payment may be that of yesterday, and is none of today's sending.
    is_answer(&at("2026-11-19T10:00:00+07:00").send(&world).await, "2005600", "a day ago");
    world.stop().await;
}

#[tokio::test]
async fn a_callback_about_an_order_that_is_not_ours_is_sent_back() {
    let world = world(Settings::default()).await;
    let (session, callback) = unpaid(&world).await;
    let before = counted(&world, "unknown").await;
    let other = callback.with("/originalPartnerReferenceNo", json!("pay_of_somebody_else"));
    is_answer(&other.send(&world).await, "4045601", "an order of nobody's");
    assert!(counted(&world, "unknown").await > before);
    assert_eq!(world.view(&session).await["status"], "open");
    world.stop().await;
}

#[tokio::test]
async fn a_genuine_callback_whose_inquiry_says_unpaid_changes_nothing_however_often_it_comes() {
    let world = world(Settings::default()).await;
    let (session, callback) = unpaid(&world).await;
    for _ in 0..5 {
        is_answer(&callback.send(&world).await, "2005600", "genuine");
    }
    world.settled().await;
    let attempt = world.attempt(&session).await;
    assert_eq!((entries(&attempt, "notification"), &attempt["status"]), (1, &json!("pending")));
    for status in ["01", "02", "03", "04", "05", "06", "07"] {
        let told = callback.clone().with("/latestTransactionStatus", json!(status));
        is_answer(&told.send(&world).await, "2005600", status);
    }
    world.settled().await;
    assert_eq!(world.attempt(&session).await["status"], "pending", "an inquiry has the last word");
    world.pay(&session).await;
    world.mail.wait("session.paid", &session.id).await;
    world.stop().await;
}

#[tokio::test]
async fn a_payment_of_another_amount_or_currency_is_acknowledged_settles_nothing_and_calls_a_person()
 {
    let world = world(Settings::default()).await;
    for (pointer, value) in [
        ("/amount/value", json!("450.00")),
        ("/amount/value", json!("45000.50")),
        ("/amount/currency", json!("USD")),
    ] {
        let (session, callback) = unpaid(&world).await;
        arm(&world, Fault::NoNotification);
        world.pay(&session).await;
        let told = callback.with(pointer, value.clone());
        is_answer(&told.send(&world).await, "2005600", pointer);
        let called = async || {
            let attempt = world.attempt(&session).await;
            (entries(&attempt, "alarm") > 0).then_some(attempt)
        };
        let attempt = eventually("a person is called", called).await;
        assert_eq!(attempt["status"], "pending", "{pointer} {value} {attempt:#}");
        world.settled().await;
        assert!(world.mail.about(&session.id).is_empty(), "{pointer} {value}");
        assert_eq!(world.view(&session).await["status"], "open");
    }
    world.stop().await;
}

#[tokio::test]
async fn what_was_paid_is_not_taken_back_by_callbacks_that_come_later() {
    let world = world(Settings::default()).await;
    let (session, callback) = unpaid(&world).await;
    let order = world.pay(&session).await;
    world.mail.wait("session.paid", &session.id).await;
    world.town.simulator.quiet().await;
    world.settled().await;
    let version = world.view(&session).await["version"].clone();
    for status in ["07", "05", "06", "02", "00"] {
        let told = callback.clone().with("/latestTransactionStatus", json!(status));
        is_answer(&told.send(&world).await, "2005600", status);
    }
    world.town.simulator.replay(&order.id).unwrap();
    world.town.simulator.quiet().await;
    world.settled().await;
    let view = world.view(&session).await;
    assert_eq!((&view["status"], &view["version"]), (&json!("paid"), &version));
    assert_eq!(world.mail.events("session.paid", &session.id), 1);
    assert_eq!(entries(&world.attempt(&session).await, "alarm"), 0);
    world.stop().await;
}

#[tokio::test]
async fn a_callback_that_cannot_be_kept_comes_three_times_and_is_taken_the_third_time() {
    let world = world(Settings::default()).await;
    let session = world.open(45_000).await;
    world.chosen(&session, "dana").await;
    let database = rusqlite::Connection::open(&world.town.database).unwrap();
    database
        .execute_batch(
            "CREATE TRIGGER full BEFORE INSERT ON notifications
             BEGIN SELECT RAISE(ABORT, 'the disk is full'); END;",
        )
        .unwrap();
    world.pay(&session).await;
    world.town.simulator.quiet().await;
    world.pass(30);
    world.town.simulator.quiet().await;
    assert_eq!(answers(&world, &session).await, ["500", "500"]);
    database.execute_batch("DROP TRIGGER full").unwrap();
    world.pass(120);
    world.town.simulator.quiet().await;
    assert_eq!(answers(&world, &session).await, ["500", "500", "200"]);
    world.pass(1000);
    world.town.simulator.quiet().await;
    assert_eq!(answers(&world, &session).await.len(), 3, "it is acknowledged, and comes no more");
    world.mail.wait("session.paid", &session.id).await;
    world.settled().await;
    assert_eq!(world.mail.events("session.paid", &session.id), 1);
    let attempt = world.attempt(&session).await;
    assert_eq!(entries(&attempt, "notification"), 1, "{attempt:#}");
    world.stop().await;
}

#[tokio::test]
async fn three_tries_with_a_broken_signature_are_refused_and_asking_finds_the_payment() {
    let world = world(Settings::default()).await;
    let session = world.open(45_000).await;
    world.chosen(&session, "ovo").await;
    arm(&world, Fault::CorruptSignature);
    world.pay(&session).await;
    for gap in [0, 30, 120, 1000] {
        world.pass(gap);
        world.town.simulator.quiet().await;
    }
    assert_eq!(answers(&world, &session).await, ["401", "401", "401"]);
    world.mail.wait("session.paid", &session.id).await;
    assert_eq!(entries(&world.attempt(&session).await, "notification"), 0);
    world.stop().await;
}

#[tokio::test]
async fn a_callback_with_more_or_less_in_it_than_is_documented_is_taken() {
    let world = world(Settings::default()).await;
    for fault in [Fault::UnknownFields, Fault::InfoMissing, Fault::DuplicateNotification] {
        let session = world.open(45_000).await;
        world.chosen(&session, "dana").await;
        arm(&world, fault);
        world.pay(&session).await;
        world.town.simulator.quiet().await;
        let answers = answers(&world, &session).await;
        assert!(answers.iter().all(|code| code == "200"), "{fault:?} {answers:?}");
        world.mail.wait("session.paid", &session.id).await;
        assert_eq!(world.net(&session).await, 45_000);
    }
    world.stop().await;
}

#[tokio::test]
async fn a_callback_is_heard_in_every_form_that_its_address_may_take() {
    for callbacks in
        [CallbackTarget::AsIs, CallbackTarget::Appended, CallbackTarget::RegisteredBase]
    {
        let mut settings = Settings::default();
        settings.winpay.callbacks = callbacks;
        let world = world(settings).await;
        if callbacks == CallbackTarget::RegisteredBase {
            // Where the dashboard's address is not known beforehand, the same is sent by hand.
            let (session, callback) = unpaid(&world).await;
            let path = format!("{PATH}/v1.0/debit/notify");
            let below = Callback { path: path.clone(), signed_path: path, ..callback };
            is_answer(&below.send(&world).await, "2005600", "registered");
            world.pay(&session).await;
        } else {
            let session = world.open(45_000).await;
            world.chosen(&session, "dana").await;
            world.pay(&session).await;
            world.town.simulator.quiet().await;
            assert_eq!(answers(&world, &session).await, ["200"], "{callbacks:?}");
            world.mail.wait("session.paid", &session.id).await;
        }
        world.stop().await;
    }
}

#[tokio::test]
async fn behind_a_proxy_that_takes_a_prefix_off_the_path_is_signed_with_it() {
    let prefix = "notify_path_prefix = \"/hooks/id\"";
    let world = world_as(Settings::default(), prefix).await;
    let (session, callback) = unpaid(&world).await;
    for below in ["", "/v1.0/debit/notify"] {
        let path = format!("{PATH}{below}");
        let plain = Callback { path: path.clone(), signed_path: path.clone(), ..callback.clone() };
        is_answer(&plain.send(&world).await, "4015600", "as if there were no proxy");
        let proxied = Callback { signed_path: format!("/hooks/id{path}"), ..plain };
        is_answer(&proxied.send(&world).await, "2005600", "through the proxy");
    }
    let told = world.town.simulator.requests().into_iter();
    let mut told = told.filter(|entry| entry.operation == Operation::Registration);
    let fields = told.next().unwrap().fields;
    let address = format!("{}/hooks/id{PATH}", world.town.addresses.pay);
    assert!(fields.values().any(|value| value.contains(&address)), "{fields:?}");
    assert_eq!(world.view(&session).await["status"], "open");
    world.stop().await;
}
