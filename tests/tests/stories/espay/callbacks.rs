//! What Espay tells us of payments, and others in its name: verified, answered with the documented
//! code, and believed only as far as our own inquiry confirms it.

use futures_util::future::join_all;
use kasir_tests::simulator::{
    Armed, EspayCallbacks, Fault, Operation, Provider, Settings, Transaction, journal, test_keys,
};
use kasir_tests::story::browser::Page;
use kasir_tests::story::espay::Callback;
use kasir_tests::story::eventually;
use kasir_tests::story::world::{Opened, Reply, World, text};
use serde_json::{Value, json};

use super::{open, world};
use crate::routing::said;

fn arm(world: &World, fault: Fault) {
    let armed = Armed::once(Provider::Espay, fault).at(Operation::Notification);
    world.town.simulator.arm(armed).unwrap();
}

/// A session whose customer stands at LinkAja's page, and the order at Espay.
async fn at_linkaja(world: &World) -> (Opened, Transaction) {
    let session = open(world).await;
    world.chosen(&session, "linkaja").await;
    let order = world.transaction(&session).await;
    (session, order)
}

/// The same, paid, though Espay tells nobody.
async fn paid_in_silence(world: &World) -> (Opened, Transaction) {
    arm(world, Fault::NoNotification);
    let (session, order) = at_linkaja(world).await;
    world.town.simulator.approve(&order.id).unwrap();
    (session, order)
}

/// The customer pays at Espay's page from the account of this phone, and the browser comes back.
async fn pays_at_the_page(world: &World, session: &Opened, phone: &str) -> Page {
    let browser = world.browser();
    let view = world.view(session).await;
    let page = browser.get(&text(&view["next_action"]["url"])).await;
    let filled = [("phone", phone), ("pin", "123456"), ("decision", "approve")];
    let back = browser.submit(&page, &page.form("/espay/pay/"), &filled).await;
    assert!(back.url.contains(&format!("/c/{}", session.token)), "{} {}", back.url, back.html);
    back
}

/// What Espay wrote down of its calls of this kind about an order, once all of them were answered.
async fn told(world: &World, operation: Operation, order: &Transaction) -> Vec<journal::Entry> {
    world.town.simulator.quiet().await;
    let mut told = world.town.simulator.requests();
    told.retain(|entry| entry.operation == operation && entry.reference == order.reference);
    told
}

/// How often we asked Espay about an order.
async fn inquiries(world: &World, order: &Transaction) -> usize {
    told(world, Operation::Inquiry, order).await.len()
}

/// What was charged for an order, less what went back, by Espay's own books.
fn net(world: &World, order: &Transaction) -> i64 {
    let rows = world.town.simulator.ledger();
    let ours = rows.iter().filter(|row| row.reference == order.reference);
    ours.map(|row| row.charged.value - row.refunded.value).sum()
}

/// The session is paid, and the shop has heard it once.
async fn is_paid_once(world: &World, session: &Opened) {
    let letter = world.mail.wait("session.paid", &session.id).await;
    assert!(letter.genuine);
    assert_eq!(
        letter.body["data"]["amount"]["value"],
        world.view(session).await["amount"]["value"]
    );
    world.settled().await;
    assert_eq!(world.mail.events("session.paid", &session.id), 1);
    let attempt = world.attempt(session).await;
    assert_eq!((&attempt["provider"], &attempt["status"]), (&json!("espay"), &json!("paid")));
    let ends = attempt["timeline"].as_array().unwrap().iter();
    assert_eq!(ends.filter(|entry| entry["status_after"] == "paid").count(), 1, "{attempt:#}");
}

#[track_caller]
fn is_answer(reply: &Reply, code: &str, what: &str) {
    assert_eq!(reply.body["responseCode"], code, "{what}: {}", reply.text);
    assert_eq!(reply.status.to_string(), code[..3], "{what}");
    assert_eq!(reply.headers["content-type"], "application/json", "{what}");
}

#[track_caller]
fn is_taken(told: &[journal::Entry], times: usize) {
    assert_eq!(told.len(), times, "{told:#?}");
    assert!(told.iter().all(|entry| entry.accepted), "{told:#?}");
}

#[tokio::test]
async fn a_payment_of_another_amount_is_refused_and_settles_nothing() {
    let world = world(Settings::default()).await;
    let (session, order) = at_linkaja(&world).await;
    let asked = inquiries(&world, &order).await;
    world.town.simulator.pay_espay_again(&order.id, Some(13_000)).unwrap();
    let told = told(&world, Operation::Notification, &order).await;
    assert!(told.len() == 1 && told[0].verdict.contains("4042513"), "{told:#?}");
    eventually("it is asked about", async || {
        (inquiries(&world, &order).await > asked).then_some(())
    })
    .await;
    world.settled().await;
    let attempt = world.attempt(&session).await;
    assert_eq!(attempt["status"], "pending", "{attempt:#}");
    let alarms = said(&attempt, "alarm");
    assert!(alarms.iter().any(|alarm| alarm.contains("speaks of")), "{alarms:?}");
    assert!(world.mail.about(&session.id).is_empty());
    // The true payment settles it all the same.
    world.town.simulator.approve(&order.id).unwrap();
    is_paid_once(&world, &session).await;
    world.stop().await;
}

#[tokio::test]
async fn an_amount_that_is_told_wrongly_is_refused_and_what_our_inquiry_finds_counts() {
    let world = world(Settings::default()).await;
    let (session, order) = paid_in_silence(&world).await;
    let wrong = Callback::paid(&world, &order).with("/totalAmount/value", json!("45001.00"));
    is_answer(&wrong.send(&world).await, "4042513", "another amount");
    is_paid_once(&world, &session).await;
    let alarms = said(&world.attempt(&session).await, "alarm");
    assert_eq!(alarms.len(), 1, "{alarms:?}");
    // A fee of the buyer's is none of the order's amount.
    let fee = Callback::paid(&world, &order).with("/paidAmount/value", json!("46500.00"));
    is_answer(&fee.send(&world).await, "2002500", "a fee");
    world.stop().await;
}

#[tokio::test]
async fn a_payment_of_another_amount_does_not_make_the_true_one_a_second() {
    let world = world(Settings::default()).await;
    let (session, order) = at_linkaja(&world).await;
    world.town.simulator.pay_espay_again(&order.id, Some(13_000)).unwrap();
    world.town.simulator.quiet().await;
    world.settled().await;
    arm(&world, Fault::LateNotification);
    world.town.simulator.approve(&order.id).unwrap();
    world.pass(301);
    is_paid_once(&world, &session).await;
    world.pass(600);
    let told = told(&world, Operation::Notification, &order).await;
    is_taken(&told[1..], 1);
    let rows = world.town.simulator.ledger();
    let row = rows.iter().find(|row| row.id == order.id).unwrap();
    assert_eq!(row.refunded.value, 0, "what we call paid stays paid");
    world.stop().await;
}

#[tokio::test]
async fn a_second_payment_of_a_paid_order_is_refused_and_goes_back() {
    let world = world(Settings::default()).await;
    let (session, order) = at_linkaja(&world).await;
    world.town.simulator.approve(&order.id).unwrap();
    is_paid_once(&world, &session).await;
    world.town.simulator.pay_espay_again(&order.id, None).unwrap();
    let told = told(&world, Operation::Notification, &order).await;
    assert!(told.len() == 2 && told[1].verdict.contains("4042514"), "{told:#?}");
    assert_eq!(net(&world, &order), 45_000);
    let alarms = said(&world.attempt(&session).await, "alarm");
    assert_eq!(alarms, ["a notification speaks of another transaction than ours"]);
    is_paid_once(&world, &session).await;
    world.stop().await;
}

#[tokio::test]
async fn a_second_payment_of_an_order_that_polling_found_paid_goes_back_too() {
    let world = world(Settings::default()).await;
    let (session, order) = paid_in_silence(&world).await;
    world.pass(6);
    is_paid_once(&world, &session).await;
    is_answer(&Callback::paid(&world, &order).send(&world).await, "2002500", "the first");
    world.pass(1);
    world.town.simulator.pay_espay_again(&order.id, None).unwrap();
    world.town.simulator.quiet().await;
    assert_eq!(net(&world, &order), 45_000);
    is_paid_once(&world, &session).await;
    world.stop().await;
}

#[tokio::test]
async fn the_second_of_two_payments_told_before_we_could_ask_goes_back_and_calls_a_person() {
    let world = world(Settings::default()).await;
    let lost = Armed { times: 2, ..Armed::once(Provider::Espay, Fault::LostRequest) };
    world.town.simulator.arm(lost.at(Operation::Inquiry)).unwrap();
    let (session, order) = at_linkaja(&world).await;
    world.town.simulator.approve(&order.id).unwrap();
    world.town.simulator.quiet().await;
    world.pass(1);
    world.town.simulator.pay_espay_again(&order.id, None).unwrap();
    world.town.simulator.quiet().await;
    // Both inquiries are lost; the next one says that it is paid.
    world.pass(60);
    world.settled().await;
    world.pass(300);
    is_paid_once(&world, &session).await;
    let alarms = said(&world.attempt(&session).await, "alarm");
    assert!(alarms.iter().any(|alarm| alarm.contains("another transaction")), "{alarms:?}");
    assert_eq!(net(&world, &order), 45_000);
    world.stop().await;
}

#[tokio::test]
async fn a_payment_that_is_told_again_is_answered_byte_for_byte_the_same() {
    let world = world(Settings::default()).await;
    let (session, order) = paid_in_silence(&world).await;
    let callback = Callback::paid(&world, &order);
    let replies = join_all((0..20).map(|_| callback.send(&world))).await;
    let first = replies[0].clone();
    is_answer(&first, "2002500", "first");
    assert!(replies.iter().all(|reply| reply.text == first.text), "all at once");
    is_paid_once(&world, &session).await;
    let version = world.view(&session).await["version"].clone();
    for later_s in [0, 7, 3_600] {
        world.pass(later_s);
        for again in [callback.clone(), callback.clone().tried_again(&world)] {
            let reply = again.send(&world).await;
            assert_eq!((reply.status, &reply.text), (200, &first.text), "after {later_s} s");
            for name in ["content-type", "x-timestamp"] {
                assert_eq!(reply.headers.get(name), first.headers.get(name), "{name}");
            }
        }
    }
    world.settled().await;
    assert_eq!(world.view(&session).await["version"], version);
    is_paid_once(&world, &session).await;
    world.stop().await;
}

#[tokio::test]
async fn a_payment_that_espay_itself_repeats_is_taken_each_time() {
    let world = world(Settings::default()).await;
    let (session, order) = at_linkaja(&world).await;
    world.town.simulator.approve(&order.id).unwrap();
    is_paid_once(&world, &session).await;
    for times in 2..5 {
        world.town.simulator.replay(&order.id).unwrap();
        is_taken(&told(&world, Operation::Notification, &order).await, times);
    }
    assert_eq!(net(&world, &order), 45_000);
    is_paid_once(&world, &session).await;
    world.stop().await;
}

#[tokio::test]
async fn a_forged_signature_settles_nothing_and_nobody_asks_because_of_it() {
    let world = world(Settings::default()).await;
    let (session, order) = at_linkaja(&world).await;
    let asked = inquiries(&world, &order).await;
    let version = world.view(&session).await["version"].clone();
    let genuine = Callback::paid(&world, &order);
    let stranger = Callback { key: test_keys::STRANGER, ..genuine.clone() };
    is_answer(&stranger.send(&world).await, "4012500", "somebody else's key");
    let signature = genuine.signature();
    let moved = Callback { path: genuine.path.replace("payment", "inquiry"), ..genuine.clone() };
    is_answer(&moved.send_signed(&world, &signature).await, "4012400", "another path");
    let dearer = genuine.clone().with("/totalAmount/value", json!("1.00"));
    is_answer(&dearer.send_signed(&world, &signature).await, "4012500", "another body");
    world.pass(1);
    let later = genuine.clone().tried_again(&world);
    is_answer(&later.send_signed(&world, &signature).await, "4012500", "another time");
    let question = Callback { key: test_keys::STRANGER, ..Callback::question(&world, &order) };
    is_answer(&question.send(&world).await, "4012400", "a stranger's question");
    world.settled().await;
    let attempt = world.attempt(&session).await;
    assert_eq!((&attempt["status"], said(&attempt, "notification").len()), (&json!("pending"), 0));
    assert_eq!(inquiries(&world, &order).await, asked);
    assert_eq!(world.view(&session).await["version"], version);
    world.stop().await;
}

#[tokio::test]
async fn a_payment_that_is_genuine_in_nothing_but_its_signature_settles_nothing() {
    let world = world(Settings::default()).await;
    let (session, order) = at_linkaja(&world).await;
    let asked = inquiries(&world, &order).await;
    is_answer(&Callback::paid(&world, &order).send(&world).await, "2002500", "nobody paid");
    eventually("it is asked about", async || {
        (inquiries(&world, &order).await > asked).then_some(())
    })
    .await;
    world.settled().await;
    assert_eq!(world.attempt(&session).await["status"], "pending");
    assert!(world.mail.about(&session.id).is_empty());
    world.stop().await;
}

#[tokio::test]
async fn a_callback_whose_signature_is_broken_is_made_up_for_by_asking() {
    let world = world(Settings::default()).await;
    let (session, order) = at_linkaja(&world).await;
    pays_at_the_page(&world, &session, "081234567009").await;
    is_paid_once(&world, &session).await;
    let told = told(&world, Operation::Notification, &order).await;
    assert!(told.iter().all(|entry| entry.verdict.contains("4012500")), "{told:#?}");
    assert!(!told.is_empty());
    assert!(said(&world.attempt(&session).await, "notification").len() < 2, "only the question");
    world.stop().await;
}

/// Espay's page asks us, is told no, and does not let anybody pay.
async fn the_page_refuses(world: &World, order: &Transaction, url: &str) {
    let page = world.browser().get(url).await;
    assert!(page.html.contains("4042412") && !page.html.contains("name=\"pin\""), "{}", page.html);
    let asked = told(world, Operation::Bill, order).await;
    let Some(last) = asked.last() else { panic!("Espay asked nothing: {asked:#?}") };
    assert!(!last.accepted && last.verdict.contains("4042419"), "{last:#?}");
}

#[tokio::test]
async fn an_order_of_a_session_that_was_cancelled_is_not_to_be_paid() {
    let world = world(Settings::default()).await;
    let (session, order) = at_linkaja(&world).await;
    let url = text(&world.view(&session).await["next_action"]["url"]);
    let reply = world.post(&format!("/v1/sessions/{}/cancel", session.id), &json!({})).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    world.mail.wait("session.cancelled", &session.id).await;
    the_page_refuses(&world, &order, &url).await;
    world.stop().await;
}

#[tokio::test]
async fn an_order_of_a_session_whose_time_is_over_is_not_to_be_paid() {
    let world = world(Settings::default()).await;
    let session = world.open_with(45_000, json!({"expires_in": 60})).await;
    world.chosen(&session, "linkaja").await;
    let order = world.transaction(&session).await;
    let url = text(&world.view(&session).await["next_action"]["url"]);
    world.pass(61);
    world.mail.wait("session.expired", &session.id).await;
    the_page_refuses(&world, &order, &url).await;
    let reply = Callback::question(&world, &order).send(&world).await;
    is_answer(&reply, "4042419", "expired");
    world.stop().await;
}

#[tokio::test]
async fn what_an_order_costs_is_told_while_it_may_be_paid() {
    let world = world(Settings::default()).await;
    let (session, order) = at_linkaja(&world).await;
    let reply = Callback::question(&world, &order).send(&world).await;
    is_answer(&reply, "2002400", "open");
    let data = &reply.body["virtualAccountData"];
    assert_eq!(data["totalAmount"], json!({"value": "45000.00", "currency": "IDR"}));
    let nobodys = Transaction { reference: "NOBODYS1".to_owned(), ..order.clone() };
    is_answer(&Callback::question(&world, &nobodys).send(&world).await, "4042412", "unknown");
    is_answer(&Callback::paid(&world, &nobodys).send(&world).await, "4042512", "unknown");
    world.town.simulator.approve(&order.id).unwrap();
    is_paid_once(&world, &session).await;
    is_answer(&Callback::question(&world, &order).send(&world).await, "4042414", "paid");
    world.stop().await;
}

fn classic() -> Settings {
    let mut settings = Settings::default();
    settings.espay.callbacks = EspayCallbacks::Classic;
    settings
}

#[tokio::test]
async fn a_classic_notification_at_the_same_address_is_heard_too() {
    let world = world(classic()).await;
    for method in ["linkaja", "ovo"] {
        let session = open(&world).await;
        world.chosen(&session, method).await;
        let order = world.pay(&session).await;
        is_paid_once(&world, &session).await;
        is_taken(&told(&world, Operation::Notification, &order).await, 1);
        world.town.simulator.replay(&order.id).unwrap();
        is_taken(&told(&world, Operation::Notification, &order).await, 2);
        assert_eq!(net(&world, &order), 45_000);
    }
    world.stop().await;
}

#[tokio::test]
async fn a_classic_notification_of_anybody_elses_settles_nothing() {
    let world = world(classic()).await;
    arm(&world, Fault::ForgedNotification);
    let (session, order) = at_linkaja(&world).await;
    world.town.simulator.approve(&order.id).unwrap();
    let told = told(&world, Operation::Notification, &order).await;
    assert!(told.iter().all(|entry| !entry.accepted && entry.code == "401"), "{told:#?}");
    world.settled().await;
    let attempt = world.attempt(&session).await;
    assert_eq!((&attempt["status"], said(&attempt, "notification").len()), (&json!("pending"), 0));
    world.pass(60);
    is_paid_once(&world, &session).await;
    world.stop().await;
}

#[tokio::test]
async fn a_payment_that_is_told_in_both_ways_is_one() {
    let world = world(classic()).await;
    let (session, order) = at_linkaja(&world).await;
    world.town.simulator.approve(&order.id).unwrap();
    is_answer(&Callback::paid(&world, &order).send(&world).await, "2002500", "SNAP as well");
    is_taken(&told(&world, Operation::Notification, &order).await, 1);
    is_paid_once(&world, &session).await;
    world.town.simulator.replay(&order.id).unwrap();
    is_taken(&told(&world, Operation::Notification, &order).await, 2);
    assert_eq!(net(&world, &order), 45_000);
    world.stop().await;
}

#[tokio::test]
async fn callbacks_that_come_twice_ahead_of_the_browser_or_long_after_it_pay_once() {
    let world = world(Settings::default()).await;
    for (phone, times) in [("081234567006", 1), ("081234567007", 2), ("081234567008", 1)] {
        let (session, order) = at_linkaja(&world).await;
        pays_at_the_page(&world, &session, phone).await;
        is_paid_once(&world, &session).await;
        if phone.ends_with("006") {
            assert!(told(&world, Operation::Notification, &order).await.is_empty());
            world.pass(20);
        }
        is_taken(&told(&world, Operation::Notification, &order).await, times);
        is_paid_once(&world, &session).await;
        assert_eq!(net(&world, &order), 45_000, "{phone}");
        let kinds = world.attempt(&session).await["timeline"].clone();
        let place = |kind: &str| {
            let told = |entry: &Value| {
                entry["kind"] == kind && !entry["summary"].to_string().contains("asked what")
            };
            kinds.as_array().unwrap().iter().position(told)
        };
        let (heard, came) = (place("notification").unwrap(), place("return").unwrap());
        assert!(phone.ends_with("007") || (heard < came) == phone.ends_with("008"), "{kinds:#}");
    }
    world.stop().await;
}

#[tokio::test]
async fn an_order_that_nobody_answered_for_and_that_is_paid_later_is_paid_once() {
    let world = world(Settings::default()).await;
    for pass_s in [0, 6] {
        let session = world.open(45_099).await;
        let view = world.chosen(&session, "linkaja").await;
        assert_eq!(view["attempt"]["uncertain"], true, "{view:#}");
        let order = world.transaction(&session).await;
        world.pass(pass_s);
        world.settled().await;
        world.town.simulator.approve(&order.id).unwrap();
        is_paid_once(&world, &session).await;
        let all = world.town.simulator.ledger();
        let ours = all.iter().filter(|row| row.charged.value == 45_099);
        assert_eq!(ours.count(), 1 + usize::from(pass_s > 0), "{all:#?}");
        assert_eq!(net(&world, &order), 45_099);
    }
    world.stop().await;
}

#[tokio::test]
async fn a_try_that_was_turned_down_does_not_make_the_good_one_a_second() {
    let world = world(Settings::default()).await;
    let (session, order) = at_linkaja(&world).await;
    let asked = inquiries(&world, &order).await;
    let refused = Callback::paid(&world, &order)
        .with("/trxId", json!("ESP0000000000TRIED"))
        .with("/additionalInfo/transactionStatus", json!("F"));
    is_answer(&refused.send(&world).await, "2002500", "refused");
    eventually("it is asked about", async || {
        (inquiries(&world, &order).await > asked).then_some(())
    })
    .await;
    world.settled().await;
    assert_eq!(world.attempt(&session).await["status"], "pending", "Espay does not say so itself");
    arm(&world, Fault::LateNotification);
    world.town.simulator.approve(&order.id).unwrap();
    world.pass(6);
    is_paid_once(&world, &session).await;
    is_answer(&refused.send(&world).await, "2002500", "refused, once more");
    world.pass(600);
    is_taken(&told(&world, Operation::Notification, &order).await, 1);
    assert_eq!(net(&world, &order), 45_000, "the good payment is not given back");
    assert!(said(&world.attempt(&session).await, "alarm").is_empty());
    is_paid_once(&world, &session).await;
    world.stop().await;
}

#[tokio::test]
async fn an_order_that_espay_calls_failed_and_then_paid_calls_a_person() {
    let world = world(Settings::default()).await;
    let (session, order) = at_linkaja(&world).await;
    world.town.simulator.decline(&order.id).unwrap();
    is_taken(&told(&world, Operation::Notification, &order).await, 1);
    let over = |view: &Value| view["attempt"]["status"] == "failed";
    let view = world.seen(&session, "it was turned down", over).await;
    assert_eq!(view["status"], "open", "another attempt may follow: {view:#}");
    world.town.simulator.pay_espay_again(&order.id, None).unwrap();
    is_taken(&told(&world, Operation::Notification, &order).await, 2);
    let alarmed = async || {
        let attempt = world.attempt(&session).await;
        (!said(&attempt, "alarm").is_empty()).then_some(attempt)
    };
    let attempt = eventually("a person is called", alarmed).await;
    assert_eq!(attempt["status"], "failed");
    assert!(
        world.mail.about(&session.id).iter().all(|letter| letter.body["type"] != "session.paid")
    );
    world.stop().await;
}
