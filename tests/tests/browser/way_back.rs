//! The way back from a wallet: by its button, by the browser's, and by loading the page anew.

use std::sync::Arc;

use serde_json::json;

use crate::device::Device;
use crate::story::{Session, Setting, Stage, story};

/// Notes when the page came back, out of the browser's cache, and when it said that it is paid.
const WATCH: &str = "
    addEventListener('pageshow', (event) => {
        window.back = performance.now();
        window.kept = event.persisted;
    });
    new MutationObserver(() => {
        if (document.querySelector('[data-testid=screen-paid]')) window.paid ??= performance.now();
    }).observe(document.getElementById('kasir'), { childList: true, subtree: true });
";

/// Chooses DANA, and is at the wallet's page.
async fn at_the_wallet(stage: &Stage) -> Session {
    let browser = &stage.browser;
    let session = stage.session("id", json!({})).await;
    browser.goto(&session.url).await;
    browser.choose("dana", "DANA").await;
    browser.run(WATCH).await;
    browser.tap("pay").await;
    browser.see("pin").await;
    session
}

async fn is_kept(stage: &Stage) {
    let browser = &stage.browser;
    browser.client.back().await.unwrap();
    browser.holds("window.kept !== undefined").await;
    assert_eq!(browser.run("return window.kept").await, json!(true), "the browser kept the page");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_back_button_finds_a_screen_that_works() {
    story(Setting::with(Device::Android), |stage: Arc<Stage>| async move {
        at_the_wallet(&stage).await;
        is_kept(&stage).await;
        let browser = &stage.browser;
        browser.see("screen-submit").await;
        browser
            .holds("document.querySelector('[data-testid=continue]').ariaBusy === 'false'")
            .await;
        // It does not leave by itself a second time.
        browser.pass(700).await;
        browser.tap("continue").await;
        browser.see("pin").await;
        assert_eq!(stage.town.simulator.transactions().len(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_back_after_paying_sees_it_within_a_second() {
    story(Setting::with(Device::Android), |stage: Arc<Stage>| async move {
        let session = at_the_wallet(&stage).await;
        stage.town.simulator.approve(&stage.transaction().id).unwrap();
        stage.is(&session, "paid").await;
        is_kept(&stage).await;
        stage.browser.see("screen-paid").await;
        let took = stage.browser.run("return window.paid - window.back").await;
        assert!(took.as_f64().unwrap() < 1_000.0, "{took} ms");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_back_to_a_frame_finds_the_shop_and_a_screen_that_works() {
    story(Setting::with(Device::Android), |stage: Arc<Stage>| async move {
        let browser = &stage.browser;
        stage.order_here().await;
        browser.choose("dana", "DANA").await;
        browser.tap("pay").await;
        browser.leave_frame().await;
        browser.see("pin").await;
        // Once past Kasir's own page, which sent the customer on, and once to the shop.
        browser.client.back().await.unwrap();
        browser.see("screen-submit").await;
        browser.pass(700).await;
        browser.see("continue").await;
        browser.client.back().await.unwrap();
        browser.enter_frame().await;
        browser.see("screen-submit").await;
        browser.tap("continue").await;
        browser.leave_frame().await;
        browser.see("pin").await;
        assert_eq!(stage.town.simulator.transactions().len(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn loading_the_page_anew_shows_the_same_screen() {
    story(Setting::with(Device::Android), |stage: Arc<Stage>| async move {
        let browser = &stage.browser;
        let session = at_the_wallet(&stage).await;
        for _ in 0..2 {
            browser.goto(&session.url).await;
            browser.see("screen-submit").await;
        }
        // Whoever did not press in this very view is not taken away.
        browser.pass(700).await;
        browser.see("continue").await;
        stage.town.simulator.approve(&stage.transaction().id).unwrap();
        browser.see("screen-paid").await;
        browser.client.refresh().await.unwrap();
        browser.see("screen-paid").await;
        browser.see("back-to-shop").await;
    })
    .await;
}
