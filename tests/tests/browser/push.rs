//! A prompt on the phone: an honest countdown, a last look before anybody says expired, and money
//! that comes late.

use std::sync::Arc;

use kasir_shared::Event;
use kasir_tests::simulator::Clock as _;
use serde_json::json;

use crate::device::Device;
use crate::made_up::MadeUp;
use crate::story::{Session, Setting, Stage, story};

/// A customer whose wallet prompts; the stand-in decides what comes of it.
async fn with_a_prompt<F, Told>(device: Device, tell: F)
where
    F: FnOnce(Arc<Stage>, MadeUp, Session) -> Told + Send + 'static,
    Told: Future<Output = ()> + Send + 'static,
{
    let made_up = MadeUp::new();
    let setting = Setting::with(device).stand_in(made_up.stand_in());
    story(setting, |stage| async move {
        let session = stage.session("id", json!({})).await;
        let browser = &stage.browser;
        browser.goto(&session.url).await;
        browser.choose("ovo", "OVO").await;
        browser.write("phone", "0812 3456 7890").await;
        browser.tap("pay").await;
        browser.see("screen-approve-push").await;
        tell(stage, made_up, session).await;
    })
    .await;
}

/// Lets the town's time pass until so many seconds of the prompt are left, and has the page ask.
async fn let_pass(stage: &Stage, seconds: i64) {
    stage.town.clock.advance(seconds * 1_000);
    stage.browser.pass(1_100).await;
    stage.browser.run("dispatchEvent(new Event('focus'))").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_prompt_names_the_phone_counts_down_and_is_approved() {
    with_a_prompt(Device::Android, |stage, made_up, session| async move {
        let browser = &stage.browser;
        let left = stage.seconds_left().await;
        assert!((45..=55).contains(&left), "{left} seconds");
        let words = browser.text("screen-approve-push").await;
        assert!(words.contains("0812") && words.contains("7890"), "{words}");
        assert!(!words.contains("3456"), "the number is masked: {words}");
        let app = browser.see("open-app").await.attr("href").await.unwrap().unwrap();
        assert_eq!(app, "intent://#Intent;scheme=ovo;package=ovo.id;end");
        made_up.knows(Event::Settled);
        stage.town.clock.advance(5_000);
        browser.see("screen-paid").await;
        stage.is(&session, "paid").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn at_a_desk_no_app_is_offered() {
    with_a_prompt(Device::Desk, |stage, _, _| async move {
        assert!(!stage.browser.sees("open-app").await);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_a_day_ahead_or_behind_changes_no_countdown() {
    for skew in ["86400000", "-86400000"] {
        with_a_prompt(Device::Android, move |stage, _, session| async move {
            let browser = &stage.browser;
            let source = format!(
                "const Real = Date;
                 globalThis.Date = class extends Real {{
                     constructor(...given) {{ given.length ? super(...given) : super(Real.now() + {skew}); }}
                     static now() {{ return Real.now() + {skew}; }}
                 }};"
            );
            let script = json!({ "source": source });
            browser.cdp("Page.addScriptToEvaluateOnNewDocument", script).await;
            browser.goto(&session.url).await;
            browser.see("screen-approve-push").await;
            browser.pass(1_200).await;
            let left = stage.seconds_left().await;
            assert!((40..=54).contains(&left), "{left} seconds with {skew}");
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_says_expired_before_the_provider_does() {
    with_a_prompt(Device::Android, |stage, made_up, _| async move {
        let browser = &stage.browser;
        let_pass(&stage, 48).await;
        browser.see("screen-checking").await;
        let words = browser.text("screen-checking").await;
        assert!(words.contains("Jangan membayar ulang"), "{words}");
        // The provider still waits, so the page does too.
        browser.pass(2_500).await;
        browser.see("screen-checking").await;
        made_up.knows(Event::Lapsed);
        stage.town.clock.advance(6_000);
        browser.see("screen-expired").await;
        browser.tap("another-way").await;
        browser.see("screen-choose").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_in_the_last_moment_is_found_by_the_last_look() {
    with_a_prompt(Device::Android, |stage, made_up, session| async move {
        let_pass(&stage, 48).await;
        stage.browser.see("screen-checking").await;
        made_up.knows(Event::Settled);
        stage.town.clock.advance(6_000);
        stage.browser.see("screen-paid").await;
        stage.is(&session, "paid").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn money_that_comes_after_the_end_is_paid_late() {
    with_a_prompt(Device::Android, |stage, made_up, session| async move {
        let browser = &stage.browser;
        made_up.knows(Event::Lapsed);
        stage.town.clock.advance(6_000);
        browser.see("screen-expired").await;
        made_up.knows(Event::Settled);
        stage.notify_made_up(&session).await;
        browser.see("screen-paid-late").await;
        browser.see("back-to-shop").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_prompt_that_cannot_be_taken_back_is_waited_for() {
    with_a_prompt(Device::Android, |stage, made_up, _| async move {
        let browser = &stage.browser;
        made_up.withdraws(kasir_server::provider::Withdrawal::Prompting);
        browser.tap("another-way").await;
        browser
            .holds("document.querySelector('[data-testid=trouble]').innerText.length > 10")
            .await;
        browser.see("screen-approve-push").await;
        made_up.withdraws(kasir_server::provider::Withdrawal::Withdrawn);
        browser.tap("another-way").await;
        browser.see("screen-choose").await;
    })
    .await;
}
