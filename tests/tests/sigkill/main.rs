//! Kasir is killed at every step of a payment, and started again: afterwards the provider's books and
//! ours agree, the customer was charged once, and the shop knows.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::future::join_all;
use kasir_tests::simulator::{Operation, Step};
use kasir_tests::story::eventually;
use kasir_tests::story::process::{AMOUNT, Alone};
use kasir_tests::story::world::Opened;

/// When Kasir is killed.
#[derive(Clone, Copy, Debug)]
enum When {
    /// The provider has read a request and changed nothing yet.
    Received(Operation),
    /// The provider has done what was asked, and its answer has not left.
    Processed(Operation),
    /// The customer has the answer to the choice.
    Chosen,
    /// The customer has come to the wallet and has not decided.
    Entered,
    /// The customer has just paid.
    Approved,
    /// A notification is about to leave.
    Notified,
    /// The shop has the webhook, and Kasir does not know.
    Told,
}

/// Kills Kasir the first time that it comes to this.
fn arm(alone: &Alone, when: When) {
    let (kasir, armed) = (alone.kasir.clone(), Arc::new(AtomicBool::new(true)));
    let kill = move || {
        if armed.swap(false, Ordering::SeqCst) {
            kasir.kill();
        }
    };
    let told = kill.clone();
    alone.mail.on_letter(move |letter| {
        if matches!(when, When::Told) && letter.kind == "session.paid" {
            told();
        }
    });
    alone.simulator.on_request(Box::new(move |step| {
        let hit = match (when, step) {
            (When::Received(wanted), Step::Received { operation, .. })
            | (When::Processed(wanted), Step::Processed { operation, .. }) => wanted == operation,
            (When::Notified, Step::NotificationAboutToBeSent { .. }) => true,
            (_, _) => false,
        };
        if hit {
            kill();
        }
    }));
}

/// The customer goes on as the page leads, until the session is paid. Starts Kasir again where it
/// was killed.
async fn drive(alone: &Alone, session: &Opened, (method, when): (&str, When)) {
    let killed = || alone.kasir.deaths() > 0;
    let mut entered = Vec::new();
    eventually(&format!("{method} {when:?} ends well"), async || {
        if !alone.kasir.is_alive() {
            alone.begin().await;
        }
        let view = alone.view(session).await?;
        if view["status"] == "paid" {
            return Some(());
        }
        if view["attempt"].is_null() {
            alone.choose(session, method).await;
            if matches!(when, When::Chosen) && !killed() {
                alone.kasir.kill();
            }
            return None;
        }
        let next = view["next_action"].to_string();
        if !entered.contains(&next) {
            entered.push(next);
            alone.follow(&view).await;
            return None;
        }
        if let Some(id) = alone.shown(&view) {
            if matches!(when, When::Entered) && !killed() {
                alone.kasir.kill();
                return None;
            }
            alone.simulator.approve(&id).unwrap();
            if matches!(when, When::Approved) && !killed() {
                alone.kasir.kill();
            }
        }
        None
    })
    .await;
}

async fn survives(method: &'static str, when: When) {
    let alone = Alone::start("warn").await;
    let session = alone.open("sari-1").await;
    arm(&alone, when);
    drive(&alone, &session, (method, when)).await;
    let what = format!("{method} {when:?}");
    let letter = alone.mail.wait("session.paid", &session.id).await;
    assert!(letter.genuine, "{what}");
    if matches!(when, When::Told) {
        if !alone.kasir.is_alive() {
            alone.begin().await;
        }
        let again = alone.mail.nth("session.paid", &session.id, 2).await;
        assert_eq!(again.id, letter.id, "{what}: the same event under the same name");
    }
    assert_eq!(alone.kasir.deaths(), 1, "{what}: it was killed");
    assert_eq!(alone.mail.events("session.paid", &session.id), 1, "{what}");
    agrees(&alone, &session, &what).await;
    let log = alone.kasir.log();
    assert!(!log.contains("\"panic\""), "{what}: {log}");
}

/// The provider's books and ours say the same, and it is one charge.
async fn agrees(alone: &Alone, session: &Opened, what: &str) {
    let rows = alone.simulator.ledger();
    let charged: Vec<i64> = rows.iter().map(|row| row.charged.value).collect();
    assert_eq!(charged, [AMOUNT], "{what}: {rows:?}");
    assert_eq!(rows[0].refunded.value, 0, "{what}");
    let known = alone.get(&format!("/v1/sessions/{}", session.id)).await.unwrap();
    assert_eq!(known["status"], "paid", "{what}");
    let attempts = known["attempts"].as_array().unwrap();
    let paid: Vec<_> = attempts.iter().filter(|one| one["status"] == "paid").collect();
    assert_eq!(paid.len(), 1, "{what}: {known:#}");
    assert_eq!(paid[0]["provider_reference"], rows[0].reference.as_str(), "{what}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_at_any_step_of_a_payment_loses_nothing_and_charges_once() {
    use Operation::{Inquiry, LinkInitiate, Payment, Registration};
    let submit = [
        When::Received(Registration),
        When::Processed(Registration),
        When::Chosen,
        When::Entered,
        When::Approved,
        When::Notified,
        When::Received(Inquiry),
        When::Processed(Inquiry),
        When::Told,
    ];
    let open_app = [
        When::Received(Registration),
        When::Processed(Registration),
        When::Received(Payment),
        When::Processed(Payment),
        When::Told,
    ];
    let linked = [
        When::Chosen,
        When::Notified,
        When::Received(LinkInitiate),
        When::Processed(LinkInitiate),
        When::Entered,
        When::Told,
    ];
    let cases = submit.map(|when| ("dana", when)).into_iter();
    let cases = cases.chain(open_app.map(|when| ("shopeepay", when)));
    let cases = cases.chain(linked.map(|when| ("astrapay", when)));
    join_all(cases.map(|(method, when)| survives(method, when))).await;
}
