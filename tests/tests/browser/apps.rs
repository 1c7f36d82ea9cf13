//! Wallets' apps: one that opens, one that is not there, and browsers that cannot open any.

use std::sync::Arc;

use serde_json::json;

use crate::device::Device;
use crate::story::{Setting, Stage, story};

/// Notes when the link was tapped and when the card opened, and stays: there is no app to go to.
const WATCH: &str = "
    const card = document.querySelector('[data-testid=app-missing]');
    document.querySelector('[data-testid=open-app]').addEventListener('click', (event) => {
        event.preventDefault();
        window.tapped = performance.now();
    });
    new MutationObserver(() => { if (card.open) window.opened ??= performance.now(); })
        .observe(card, { attributes: true });
";

/// Is asked to open ShopeePay.
async fn asked_to_open(stage: &Stage) {
    let browser = &stage.browser;
    let session = stage.session("id", json!({})).await;
    browser.goto(&session.url).await;
    browser.choose("shopeepay", "ShopeePay").await;
    browser.tap("pay").await;
    browser.see("screen-open-app").await;
}

async fn link(stage: &Stage) -> (String, String) {
    let link = stage.browser.see("open-app").await;
    (
        link.attr("href").await.unwrap().unwrap(),
        link.attr("target").await.unwrap().unwrap_or_default(),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_that_is_missing_leaves_other_ways_and_goes_nowhere() {
    story(Setting::with(Device::Android), |stage: Arc<Stage>| async move {
        asked_to_open(&stage).await;
        let browser = &stage.browser;
        let address = browser.address().await;
        browser.run(WATCH).await;
        browser.tap("open-app").await;
        browser.holds("window.opened !== undefined").await;
        let took = browser.run("return window.opened - window.tapped").await.as_f64().unwrap();
        assert!((1_500.0..2_300.0).contains(&took), "{took} ms");
        for id in ["open-web", "qr", "copy"] {
            browser.see_css(&format!("[data-testid=app-missing] [data-testid={id}]")).await;
        }
        assert_eq!(browser.address().await, address);
        browser.see("another-way").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_that_opens_leaves_the_card_closed() {
    story(Setting::with(Device::Android), |stage: Arc<Stage>| async move {
        asked_to_open(&stage).await;
        let browser = &stage.browser;
        browser.run(WATCH).await;
        browser.tap("open-app").await;
        let hidden = "Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });
            document.dispatchEvent(new Event('visibilitychange'));";
        browser.run(hidden).await;
        browser.pass(2_500).await;
        let shown = "delete document.visibilityState; document.dispatchEvent(new Event('visibilitychange'))";
        browser.run(shown).await;
        browser.pass(300).await;
        assert_eq!(browser.run("return window.opened ?? null").await, json!(null));
        browser.see("screen-open-app").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn android_is_given_an_intent_with_the_web_page_to_fall_back_on() {
    story(Setting::with(Device::Android), |stage: Arc<Stage>| async move {
        asked_to_open(&stage).await;
        let (href, target) = link(&stage).await;
        let sim = stage.town.addresses.sim.replace(':', "%3A").replace('/', "%2F");
        assert!(href.starts_with("intent://pay?tx="), "{href}");
        assert!(href.contains("#Intent;scheme=shopeeid;package=com.shopee.id;"), "{href}");
        assert!(
            href.contains(&format!("S.browser_fallback_url={sim}%2Fwallet%2Fshopeepay")),
            "{href}"
        );
        assert_eq!(target, "_self");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_iphone_is_given_the_wallets_own_link() {
    story(Setting::with(Device::Iphone), |stage: Arc<Stage>| async move {
        asked_to_open(&stage).await;
        let (href, _) = link(&stage).await;
        assert!(href.starts_with("shopeeid://pay?tx="), "{href}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn in_a_frame_every_way_out_takes_the_whole_tab() {
    story(Setting::with(Device::Android), |stage: Arc<Stage>| async move {
        let browser = &stage.browser;
        stage.order_here().await;
        browser.choose("shopeepay", "ShopeePay").await;
        browser.tap("pay").await;
        browser.see("screen-open-app").await;
        assert_eq!(link(&stage).await.1, "_top");
        let inside = "[...document.querySelectorAll('main a')].filter(a => a.target !== '_top').map(a => a.href)";
        assert_eq!(browser.run(&format!("return {inside}")).await, json!([]));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn inside_another_app_the_way_out_to_a_real_browser_is_shown() {
    story(Setting::with(Device::Instagram), |stage: Arc<Stage>| async move {
        let browser = &stage.browser;
        let session = stage.session("id", json!({})).await;
        browser.goto(&session.url).await;
        assert!(browser.text("rescue").await.contains("buka halaman ini di Chrome"));
        let page = session.url.replace("http://", "intent://");
        let link = format!("document.querySelector('[data-testid=open-browser]').getAttribute('href').startsWith('{page}')");
        browser.holds(&link).await;
    })
    .await;
}
