//! Paying is asked for once, whatever is pressed, and a mistake is said where it was made.

use std::sync::Arc;

use fantoccini::key::Key;
use kasir_tests::simulator::{Armed, Fault, Operation, Provider};
use serde_json::json;

use crate::device::Device;
use crate::story::{Setting, Stage, story};

async fn at_the_choice(stage: &Stage) {
    let session = stage.session("id", json!({})).await;
    stage.browser.goto(&session.url).await;
    stage.browser.see("screen-choose").await;
}

/// What is said about the field that is open, and whether the field says that it is wrong.
async fn said_beside_the_phone(stage: &Stage) -> String {
    let field = stage.browser.see("phone").await;
    let id = field.attr("aria-describedby").await.unwrap().unwrap();
    let script = format!("return document.getElementById('{id}').innerText");
    stage.browser.run(&script).await.as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn pressing_again_and_again_makes_one_attempt() {
    story(Setting::with(Device::Android), |stage: Arc<Stage>| async move {
        let browser = &stage.browser;
        let slow = Armed::once(Provider::Nicepay, Fault::Delay).at(Operation::Registration);
        stage.town.simulator.arm(Armed { ms: Some(3_000), ..slow }).unwrap();
        at_the_choice(&stage).await;
        browser.choose("dana", "DANA").await;
        browser
            .run(
                "const pay = document.querySelector('[data-testid=pay]');
            pay.click(); pay.click(); pay.form.requestSubmit();",
            )
            .await;
        browser.says("pay", "Menghubungi DANA…").await;
        let button = browser.see("pay").await;
        assert_eq!(button.attr("aria-busy").await.unwrap().as_deref(), Some("true"));
        button.send_keys(&String::from(char::from(Key::Enter))).await.unwrap();
        browser.see("pin").await;
        assert_eq!(stage.transaction().method, "dana");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_number_is_judged_when_it_is_left_and_forgiven_when_it_is_mended() {
    story(Setting::with(Device::Android), |stage: Arc<Stage>| async move {
        let browser = &stage.browser;
        at_the_choice(&stage).await;
        browser.choose("ovo", "OVO").await;
        browser.write("phone", "0812").await;
        browser.see("phone").await.send_keys(&String::from(char::from(Key::Tab))).await.unwrap();
        browser.see_css("[aria-invalid=true]").await;
        assert_eq!(
            said_beside_the_phone(&stage).await,
            "Nomor HP harus 10–13 angka, contoh 0812 3456 7890"
        );
        browser.tap("pay").await;
        browser.holds("document.activeElement.dataset.testid === 'phone'").await;
        assert_eq!(stage.town.simulator.transactions().len(), 0);
        browser.write("phone", "0812 3456 7890").await;
        browser.see("phone").await.send_keys(&String::from(char::from(Key::Tab))).await.unwrap();
        browser.holds("!document.querySelector('[aria-invalid=true]')").await;
        assert_eq!(said_beside_the_phone(&stage).await, "");
        browser.tap("pay").await;
        browser.see("seconds-left").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_server_finds_wrong_is_said_and_the_form_works_again() {
    story(Setting::with(Device::Android), |stage: Arc<Stage>| async move {
        let browser = &stage.browser;
        at_the_choice(&stage).await;
        browser.run("document.querySelector('[data-testid=method-dana]').value = 'gopay'").await;
        browser.tap_css("label:has([data-testid=method-dana])").await;
        browser.tap("pay").await;
        browser
            .holds("document.querySelector('[data-testid=trouble]').innerText.length > 10")
            .await;
        browser.choose("linkaja", "LinkAja").await;
        browser.tap("pay").await;
        browser.see("pin").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_script_a_wrong_number_comes_back_with_what_was_typed() {
    let setting = Setting::with(Device::Android).without_script();
    story(setting, |stage: Arc<Stage>| async move {
        let browser = &stage.browser;
        at_the_choice(&stage).await;
        browser.choose("ovo", "").await;
        browser.write("phone", "0812").await;
        browser.tap("pay").await;
        browser.see_css("[aria-invalid=true]").await;
        assert!(said_beside_the_phone(&stage).await.contains("10–13"));
        let field = browser.see("phone").await;
        assert_eq!(field.prop("value").await.unwrap().as_deref(), Some("0812"));
        browser.write("phone", "081234567890").await;
        browser.tap("pay").await;
        browser.tap("continue").await;
        browser.see("seconds-left").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_chooses_nothing_is_told_to_choose() {
    story(Setting::with(Device::Android), |stage: Arc<Stage>| async move {
        let browser = &stage.browser;
        at_the_choice(&stage).await;
        browser.tap("pay").await;
        browser
            .holds("document.querySelector('[data-testid=trouble]').innerText.length > 10")
            .await;
        assert_eq!(stage.town.simulator.transactions().len(), 0);
    })
    .await;
}
