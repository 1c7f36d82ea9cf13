//! Everybody can use it: every screen, in both languages and by day and night, held against WCAG
//! 2.2 AA; by keyboard alone; and on the narrowest phones.

use std::sync::{Arc, Mutex};

use fantoccini::key::Key;
use serde_json::{Value, json};

use crate::device::Device;
use crate::made_up::MadeUp;
use crate::scenes::every_screen;
use crate::story::{Setting, Stage, story};

/// Checks the page; the driver brings it in, since no page of ours would let it load.
const AXE: &str = include_str!("../../../node_modules/axe-core/axe.min.js");

const RUN_AXE: &str = "
    const done = arguments[arguments.length - 1];
    const runOnly = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
    axe.run(document, { runOnly, resultTypes: ['violations'] }).then(({ violations }) =>
        done(violations.map(({ id, nodes }) => [id, nodes.map(({ html, failureSummary }) => [html, failureSummary])])));
";

/// What axe finds wrong with what is in sight.
async fn violations(stage: &Stage) -> Value {
    let client = &stage.browser.client;
    if stage.browser.run("return typeof axe").await == "undefined" {
        client.execute(&format!("{AXE}; window.axe = axe;"), Vec::new()).await.unwrap();
    }
    client.execute_async(RUN_AXE, Vec::new()).await.unwrap()
}

async fn everybody_can_use_it(locale: &'static str) {
    let found: Arc<Mutex<Vec<String>>> = Arc::default();
    let told = found.clone();
    every_screen(Device::Android, locale, move |stage, name| {
        let told = told.clone();
        async move {
            let browser = &stage.browser;
            let tell = |what: String| told.lock().unwrap().push(format!("{name}: {what}"));
            for theme in ["light", "dark"] {
                browser.light(theme).await;
                let violations = violations(&stage).await;
                if violations != json!([]) {
                    tell(format!("{theme}: {violations:#}"));
                }
            }
            browser.resize(320, 640).await;
            let width = browser.run("return document.documentElement.scrollWidth").await;
            if width != json!(320) {
                tell(format!("{width} wide on a phone of 320"));
            }
            browser.resize(390, 844).await;
        }
    })
    .await;
    let found = found.lock().unwrap();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_screen_is_accessible_in_indonesian() {
    everybody_can_use_it("id").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_screen_is_accessible_in_english() {
    everybody_can_use_it("en").await;
}

async fn press(stage: &Stage, key: Key) {
    let focused = stage.browser.client.active_element().await.unwrap();
    focused.send_keys(&String::from(char::from(key))).await.unwrap();
}

/// Tabs until an element has the focus.
async fn tab_to(stage: &Stage, id: &str) {
    let focused = "return document.activeElement?.dataset.testid ?? ''";
    for _ in 0..25 {
        press(stage, Key::Tab).await;
        if stage.browser.run(focused).await == id {
            let ring = "const style = getComputedStyle(document.activeElement);
                return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2
                    || document.activeElement.closest('label, li, form') !== null";
            assert_eq!(
                stage.browser.run(ring).await,
                json!(true),
                "{id} shows that it has the focus"
            );
            return;
        }
    }
    panic!("Tab never comes to {id}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_needs_no_mouse() {
    let made_up = MadeUp::new();
    story(
        Setting::with(Device::Desk).stand_in(made_up.stand_in()),
        |stage: Arc<Stage>| async move {
            let browser = &stage.browser;
            let session = stage.session("id", json!({ "customer": { "name": "Rani" } })).await;
            browser.goto(&session.url).await;
            browser.see("screen-choose").await;
            tab_to(&stage, "method-ovo").await;
            press(&stage, Key::Down).await;
            browser.says("pay", "DANA").await;
            press(&stage, Key::Up).await;
            browser.says("pay", "OVO").await;
            tab_to(&stage, "phone").await;
            let field = browser.client.active_element().await.unwrap();
            field.send_keys("081234567890").await.unwrap();
            press(&stage, Key::Enter).await;
            browser.see("screen-approve-push").await;
            browser.holds("document.activeElement.tagName === 'H1'").await;
            tab_to(&stage, "another-way").await;
            press(&stage, Key::Enter).await;
            browser.see("screen-choose").await;
            browser.holds("document.activeElement.tagName === 'H1'").await;
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_moves_for_who_asked_for_stillness() {
    let made_up = MadeUp::new();
    story(Setting::with(Device::Android).stand_in(made_up.stand_in()), |stage: Arc<Stage>| async move {
        let browser = &stage.browser;
        let session = stage.session("id", json!({})).await;
        let moving = "return [...document.querySelectorAll('*')]
            .flatMap((it) => ['', '::before', '::after'].map((part) => [it, getComputedStyle(it, part)]))
            .filter(([, style]) => style.animationName !== 'none' || parseFloat(style.transitionDuration) > 0)
            .map(([it]) => it.outerHTML.slice(0, 80))";
        for screen in ["choose", "approve-push"] {
            browser.goto(&session.url).await;
            browser.see(&format!("screen-{screen}")).await;
            let still = json!({ "name": "prefers-reduced-motion", "value": "reduce" });
            browser.cdp("Emulation.setEmulatedMedia", json!({ "features": [still] })).await;
            assert_eq!(browser.run(moving).await, json!([]), "{screen}");
            browser.cdp("Emulation.setEmulatedMedia", json!({ "features": [] })).await;
            assert_ne!(browser.run(moving).await, json!([]), "{screen} has motion to take away");
            stage.start(&session, "ovo").await;
        }
    })
    .await;
}
