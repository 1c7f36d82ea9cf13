//! Kasir is killed at every step of a payment, and started again: afterwards the provider's books and
//! ours agree, the customer was charged once, and the shop knows.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::future::join_all;
use kasir_tests::simulator::{Operation, Step};
use kasir_tests::story::eventually;
use kasir_tests::story::process::{AMOUNT, Alone, Winpay};
use kasir_tests::story::world::Opened;
use kasir_tests::town::Routing;

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
        if view["attempt"].is_null() && view["linking"]["status"] != "pending" {
            alone.choose(session, method).await;
            if matches!(when, When::Chosen) && !killed() {
                alone.kasir.kill();
            }
            return None;
        }
        let next = format!("{}{}", view["next_action"], view["linking"]["next_action"]);
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

/// The accounts of a session's attempts and how these stand.
async fn ways(alone: &Alone, session: &Opened) -> Vec<(String, String)> {
    let known = alone.get(&format!("/v1/sessions/{}", session.id)).await.unwrap();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let attempts = known["attempts"].as_array().unwrap();
    attempts.iter().map(|one| (text(&one["account"]), text(&one["status"]))).collect()
}

/// Kasir dies over a DANA that Winpay does not take or that is lost there, and is started again.
async fn goes_on_elsewhere(winpay: Winpay, when: When) {
    let alone = Alone::routed("warn", Routing::Everything, winpay).await;
    let session = alone.open("sari-1").await;
    arm(&alone, when);
    drive(&alone, &session, ("dana", when)).await;
    let what = format!("Winpay {winpay:?}, {when:?}");
    assert!(alone.mail.wait("session.paid", &session.id).await.genuine, "{what}");
    assert_eq!(alone.kasir.deaths(), 1, "{what}: it was killed");
    let expected = [("winpay", "cancelled"), ("nicepay", "paid")];
    let expected = expected.map(|(account, status)| (account.to_owned(), status.to_owned()));
    assert_eq!(ways(&alone, &session).await, expected, "{what}");
    agrees(&alone, &session, &what).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_while_another_account_takes_over_leaves_one_live_attempt_and_charges_once() {
    use Operation::Registration;
    let cases = [
        // Winpay refuses connections, so the one that is reached has taken over.
        (Winpay::Down, When::Received(Registration)),
        (Winpay::Down, When::Processed(Registration)),
        // Winpay has the order and its answer dies with Kasir.
        (Winpay::Up, When::Processed(Registration)),
    ];
    join_all(cases.map(|(winpay, when)| goes_on_elsewhere(winpay, when))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_after_winpay_prompted_goes_nowhere_else_and_the_prompt_is_paid_once() {
    let alone = Alone::routed("warn", Routing::Everything, Winpay::Up).await;
    let session = alone.open("sari-1").await;
    arm(&alone, When::Processed(Operation::Registration));
    alone.choose(&session, "ovo").await;
    eventually("it is killed", async || (!alone.kasir.is_alive()).then_some(())).await;
    alone.begin().await;
    let unsure = eventually("the number is found taken", async || {
        let view = alone.view(&session).await?;
        (view["attempt"]["uncertain"] == true).then_some(view)
    });
    let view = unsure.await;
    assert!(view["seconds_left"].as_u64().is_some_and(|left| left > 60), "{view:#}");
    let prompts = alone.simulator.transactions();
    assert_eq!(prompts.len(), 1, "{prompts:?}");
    alone.simulator.approve(&prompts[0].id).unwrap();
    alone.mail.wait("session.paid", &session.id).await;
    let paid = ("winpay".to_owned(), "paid".to_owned());
    assert_eq!(ways(&alone, &session).await, [paid]);
    agrees(&alone, &session, "ovo").await;
}
