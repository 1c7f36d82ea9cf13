//! How it ends, and what can be done then: exactly one thing, and it works.

use std::sync::Arc;

use kasir_server::provider::{Next, Withdrawal};
use kasir_shared::Event;
use kasir_tests::simulator::{Armed, Clock as _, Fault, Operation, Provider};
use serde_json::{Value, json};

use crate::device::Device;
use crate::made_up::MadeUp;
use crate::story::{Session, Setting, Stage, story};

impl Stage {
    /// What can be pressed on the page.
    pub(crate) async fn steps(&self) -> Value {
        let steps = "[...document.querySelectorAll('main a, main button')]
            .filter((it) => it.checkVisibility() && it.dataset.testid !== 'copy')
            .map((it) => it.dataset.testid)";
        self.browser.run(&format!("return {steps}")).await
    }

    /// The one next step of an end.
    async fn one_step(&self, step: &str) {
        assert_eq!(self.steps().await, json!([step]));
    }

    /// Starts an attempt as the page does.
    pub(crate) async fn start(&self, session: &Session, method: &str) -> Value {
        let path = format!("{}/checkout/v1/{}/attempts", self.town.addresses.pay, session.token);
        let choice = json!({ "method": method, "phone": "081234567890" });
        self.http.post(path).json(&choice).send().await.unwrap().json().await.unwrap()
    }

    /// Takes the live attempt back, as the page does.
    pub(crate) async fn take_back(&self, session: &Session, view: &Value) {
        let id = view["attempt"]["id"].as_str().unwrap();
        let path = format!("{}/checkout/v1/{}", self.town.addresses.pay, session.token);
        let answer = self.http.post(format!("{path}/attempts/{id}/cancel")).send().await.unwrap();
        assert_eq!(answer.status(), 200);
    }

    /// The made-up provider tells that something happened to the session's first attempt.
    pub(crate) async fn notify_made_up(&self, session: &Session) {
        let known = self.get(&format!("/v1/sessions/{}", session.id)).await;
        let reference = known["attempts"][0]["provider_reference"].as_str().unwrap().to_owned();
        let path = format!("{}/notify/made-up/made-up", self.town.addresses.pay);
        let answer = self.http.post(path).body(reference).send().await.unwrap();
        assert_eq!(answer.status(), 200);
    }
}

async fn with_a_stand_in<F, Told>(next: Next, tell: F)
where
    F: FnOnce(Arc<Stage>, MadeUp, Session) -> Told + Send + 'static,
    Told: Future<Output = ()> + Send + 'static,
{
    let made_up = MadeUp::new();
    made_up.leads_to(next);
    let setting = Setting::with(Device::Android).stand_in(made_up.stand_in());
    story(setting, |stage| async move {
        let session = stage.session("id", json!({ "expires_in": 600 })).await;
        stage.start(&session, "ovo").await;
        stage.browser.goto(&session.url).await;
        tell(stage, made_up, session).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_declined_payment_leads_to_another_way() {
    story(Setting::with(Device::Android), |stage: Arc<Stage>| async move {
        let browser = &stage.browser;
        let session = stage.session("en", json!({})).await;
        browser.goto(&session.url).await;
        browser.choose("dana", "DANA").await;
        browser.tap("pay").await;
        browser.see("pin").await;
        browser.tap("decline").await;
        browser.see("screen-failed").await;
        let words = browser.text("screen-failed").await;
        assert!(words.contains("DANA declined the payment. You were not charged."), "{words}");
        stage.one_step("another-way").await;
        browser.tap("another-way").await;
        browser.choose("linkaja", "LinkAja").await;
        browser.tap("pay").await;
        browser.see("pin").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_way_takes_the_first_one_back() {
    story(Setting::with(Device::Android), |stage: Arc<Stage>| async move {
        let browser = &stage.browser;
        let session = stage.session("id", json!({})).await;
        browser.goto(&session.url).await;
        browser.choose("shopeepay", "ShopeePay").await;
        browser.tap("pay").await;
        browser.see("screen-open-app").await;
        browser.tap("another-way").await;
        browser.see("screen-choose").await;
        let known = stage.get(&format!("/v1/sessions/{}", session.id)).await;
        assert_eq!(known["attempts"][0]["status"], "cancelled");
        browser.choose("dana", "DANA").await;
        browser.tap("pay").await;
        browser.see("pin").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawn_session_leads_back_to_the_shop() {
    with_a_stand_in(Next::Wait, |stage, _, session| async move {
        let browser = &stage.browser;
        browser.see("screen-wait").await;
        stage.post(&format!("/v1/sessions/{}/cancel", session.id), &json!({})).await;
        browser.see("screen-session-cancelled").await;
        stage.one_step("back-to-shop").await;
        browser.tap("back-to-shop").await;
        browser.holds("location.pathname === '/orders/SU-1042'").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_attempt_that_ran_out_can_be_tried_again() {
    with_a_stand_in(Next::Wait, |stage, made_up, _| async move {
        let browser = &stage.browser;
        browser.see("screen-wait").await;
        made_up.knows(Event::Lapsed);
        stage.town.clock.advance(6_000);
        browser.see("screen-expired").await;
        assert!(browser.text("screen-expired").await.contains("Saldo Anda tidak terpotong."));
        stage.one_step("another-way").await;
        browser.tap("another-way").await;
        browser.see("screen-choose").await;
        browser.client.refresh().await.unwrap();
        browser.see("screen-expired").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_ran_out_leads_back_to_the_shop() {
    with_a_stand_in(Next::Wait, |stage, made_up, session| async move {
        let browser = &stage.browser;
        browser.see("screen-wait").await;
        made_up.knows(Event::Lapsed);
        stage.town.clock.advance(601_000);
        browser.see("screen-session-expired").await;
        stage.one_step("back-to-shop").await;
        stage.is(&session, "expired").await;
        made_up.knows(Event::Settled);
        stage.notify_made_up(&session).await;
        browser.see("screen-paid-late").await;
        stage.one_step("back-to-shop").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn money_given_back_is_said() {
    with_a_stand_in(Next::Wait, |stage, made_up, session| async move {
        let browser = &stage.browser;
        browser.see("screen-wait").await;
        made_up.knows(Event::Settled);
        stage.town.clock.advance(6_000);
        browser.see("screen-paid").await;
        stage.one_step("back-to-shop").await;
        let known = stage.is(&session, "paid").await;
        let attempt = known["attempts"][0]["id"].as_str().unwrap();
        let part = json!({ "amount": { "value": 50_000, "currency": "IDR" }, "reason": "one bag was torn" });
        stage.post(&format!("/v1/attempts/{attempt}/refunds"), &part).await;
        stage.is(&session, "partially_refunded").await;
        browser.client.refresh().await.unwrap();
        browser.see("screen-partly-refunded").await;
        let rest = json!({ "reason": "the other too" });
        stage.post(&format!("/v1/attempts/{attempt}/refunds"), &rest).await;
        stage.is(&session, "refunded").await;
        browser.client.refresh().await.unwrap();
        browser.see("screen-refunded").await;
        stage.one_step("back-to-shop").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_payment_is_said_to_be_on_its_way_back() {
    with_a_stand_in(Next::Wait, |stage, made_up, session| async move {
        let browser = &stage.browser;
        browser.see("screen-wait").await;
        made_up.withdraws(Withdrawal::Abandoned);
        browser.tap("another-way").await;
        browser.see("screen-choose").await;
        stage.start(&session, "dana").await;
        stage.town.simulator.approve(&stage.transaction().id).unwrap();
        browser.see("screen-paid").await;
        made_up.knows(Event::Settled);
        stage.notify_made_up(&session).await;
        browser.client.refresh().await.unwrap();
        browser.see("screen-paid-twice").await;
        stage.one_step("back-to-shop").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn silence_is_called_silence_until_there_is_an_answer() {
    story(Setting::with(Device::Android), |stage: Arc<Stage>| async move {
        let browser = &stage.browser;
        let session = stage.session("id", json!({})).await;
        let lost = Armed::once(Provider::Nicepay, Fault::LostReply).at(Operation::Registration);
        stage.town.simulator.arm(lost).unwrap();
        browser.goto(&session.url).await;
        browser.choose("dana", "DANA").await;
        browser.tap("pay").await;
        browser.see("screen-uncertain").await;
        let words = browser.text("screen-uncertain").await;
        assert!(words.contains("Jangan membayar ulang dulu"), "{words}");
        assert!(!words.contains("tidak terpotong"), "{words}");
        stage.town.clock.advance(6_000);
        browser.see("pin").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_is_none_leads_nowhere_and_says_so() {
    story(Setting::with(Device::Android), |stage: Arc<Stage>| async move {
        let browser = &stage.browser;
        browser.goto(&format!("{}/c/ct_none?locale=id", stage.town.addresses.pay)).await;
        browser.see("screen-lost").await;
        assert!(browser.text("screen-lost").await.contains("tidak berlaku lagi"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_connection_the_page_says_so_and_recovers() {
    with_a_stand_in(Next::Wait, |stage, made_up, _| async move {
        let browser = &stage.browser;
        browser.see("screen-wait").await;
        browser.holds("document.querySelector('[data-testid=another-way]')").await;
        browser.connection(false).await;
        browser.says("notice", "Tidak ada koneksi. Kami coba lagi otomatis.").await;
        browser.tap("another-way").await;
        browser.says("trouble", "Tidak ada koneksi").await;
        made_up.knows(Event::Settled);
        stage.town.clock.advance(6_000);
        browser.connection(true).await;
        browser.see("screen-paid").await;
        browser.gone("notice").await;
    })
    .await;
}
