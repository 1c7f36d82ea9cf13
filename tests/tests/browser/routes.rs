//! A shop that is paid through several providers: its wallets through Winpay, OVO through NICEPAY
//! when Winpay is off, and what the page shows while nobody knows.

use std::sync::Arc;

use kasir_shared::MethodId;
use kasir_tests::shop::Order;
use kasir_tests::simulator::{Armed, Fault, Operation, Provider};
use serde_json::{Value, json};

use crate::device::Device;
use crate::story::{Setting, Stage, story};
use crate::wallets::{Journey, Place};

/// What Winpay serves.
const AT_WINPAY: [MethodId; 5] =
    [MethodId::Ovo, MethodId::Dana, MethodId::Shopeepay, MethodId::Speedcash, MethodId::Astrapay];

impl Journey {
    /// From the shelf to an order that is paid through Winpay.
    async fn is_paid_through_winpay(&self, place: Place) {
        self.order(place).await;
        self.choose().await;
        if self.method == MethodId::Ovo {
            self.approve_the_push(place).await;
        } else {
            self.leave("continue").await;
            self.approve_with_pin().await;
        }
        self.stage.browser.see("screen-paid").await;
        self.back_to_the_shop().await;
        let [attempt] = self.stage.attempts_of_the_newest().await.try_into().unwrap();
        let via = (&attempt["provider"], &attempt["account"], &attempt["status"]);
        assert_eq!(via, (&json!("winpay"), &json!("winpay"), &json!("paid")), "{attempt:#}");
        self.is_charged_once(Provider::Winpay, &attempt);
    }

    /// The page waits beside the phone, and where scripts run it counts down.
    async fn approve_the_push(&self, place: Place) {
        self.stage.browser.see("screen-approve-push").await;
        if self.script {
            let left = self.stage.sees_it_count_down().await;
            assert!((150..180).contains(&left), "{left} seconds");
        }
        self.stage.approve_on_the_phone().await;
        if place == Place::Here {
            self.stage.browser.enter_frame().await;
        }
    }

    /// The order's whole price, under the attempt's number, and nothing of it went back.
    fn is_charged_once(&self, provider: Provider, attempt: &Value) {
        let ledger = self.stage.town.simulator.ledger();
        let of_this = ledger.iter().filter(|row| attempt["provider_reference"] == row.reference);
        let [row] = of_this.collect::<Vec<_>>().try_into().unwrap();
        assert_eq!((row.provider, row.method), (provider, self.method.as_str()));
        let price = i64::try_from(self.stage.newest_order().total).unwrap();
        assert_eq!((row.charged.value, row.refunded.value), (price, 0), "{row:?}");
    }
}

impl Stage {
    fn newest_order(&self) -> Order {
        self.town.shop.orders().pop().unwrap()
    }

    async fn attempts_of_the_newest(&self) -> Vec<Value> {
        self.attempts(&self.newest_order().session.unwrap().id).await
    }

    /// Turns Winpay in the panel beside the shop.
    async fn press_the_switch(&self, then_on: bool) {
        self.browser.tap_css(".behind [role=switch]").await;
        self.browser.see_css(&format!(".behind [role=switch][aria-checked={then_on}]")).await;
    }

    /// Waits until the panel says so.
    async fn panel_says(&self, words: &str) {
        let said = json!(words);
        self.browser
            .holds(&format!("document.querySelector('.behind .talk').innerText.includes({said})"))
            .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_phone_in_the_shops_page_five_wallets_are_paid_through_winpay() {
    let device = Device::Android;
    story(Setting::with(device).with_everything(), move |stage: Arc<Stage>| async move {
        for method in AT_WINPAY {
            let stage = stage.clone();
            let journey = Journey { stage, method, device, lang: "id", script: true };
            journey.is_paid_through_winpay(Place::Here).await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn at_a_desk_on_our_own_page_five_wallets_are_paid_through_winpay() {
    let device = Device::Desk;
    story(Setting::with(device).with_everything(), move |stage: Arc<Stage>| async move {
        for method in AT_WINPAY {
            let stage = stage.clone();
            let journey = Journey { stage, method, device, lang: "en", script: true };
            journey.is_paid_through_winpay(Place::There).await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_script_ovo_and_speedcash_are_paid_through_winpay() {
    let device = Device::Android;
    let setting = Setting::with(device).with_everything().without_script();
    story(setting, move |stage: Arc<Stage>| async move {
        for method in [MethodId::Ovo, MethodId::Speedcash] {
            let stage = stage.clone();
            let journey = Journey { stage, method, device, lang: "id", script: false };
            journey.is_paid_through_winpay(Place::There).await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn with_winpay_switched_off_ovo_is_paid_through_nicepay_and_the_panel_says_why() {
    let device = Device::Desk;
    story(Setting::with(device).with_everything(), move |stage: Arc<Stage>| async move {
        let browser = &stage.browser;
        let (method, lang) = (MethodId::Ovo, "en");
        let journey = Journey { stage: stage.clone(), method, device, lang, script: true };
        browser.goto(&format!("{}/?lang=en", stage.town.addresses.shop)).await;
        stage.press_the_switch(false).await;
        journey.order(Place::Here).await;
        journey.choose().await;
        browser.see("screen-approve-push").await;
        let left = stage.sees_it_count_down().await;
        assert!((30..60).contains(&left), "{left} seconds");

        let attempts = stage.attempts_of_the_newest().await;
        let ways: Vec<_> = attempts
            .iter()
            .map(|one| [&one["provider"], &one["account"], &one["status"]])
            .collect();
        let wanted = [["winpay", "winpay", "cancelled"], ["nicepay", "nicepay-snap", "pending"]];
        assert_eq!(json!(ways), json!(wanted), "{attempts:#?}");
        let timeline = attempts[1]["timeline"].to_string();
        assert!(timeline.contains("account winpay was left"), "{timeline}");
        assert!(timeline.contains("no connection"), "{timeline}");

        browser.leave_frame().await;
        for words in ["ovo → winpay", "account winpay was left", "ovo → nicepay-snap"] {
            stage.panel_says(words).await;
        }
        stage.approve_on_the_phone().await;
        browser.enter_frame().await;
        browser.see("screen-paid").await;
        journey.back_to_the_shop().await;
        journey.is_charged_once(Provider::Nicepay, &attempts[1]);
        stage.press_the_switch(true).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_ovo_whose_answer_was_lost_is_waited_for_and_paid_when_the_phone_approves() {
    story(Setting::with(Device::Android).with_everything(), |stage: Arc<Stage>| async move {
        let browser = &stage.browser;
        let lost = Armed::once(Provider::Winpay, Fault::LostReply).at(Operation::Registration);
        stage.town.simulator.arm(Armed { times: 9, ..lost }).unwrap();
        let session = stage.session("id", json!({})).await;
        browser.goto(&session.url).await;
        browser.choose("ovo", "OVO").await;
        browser.write("phone", "0812 3456 7890").await;
        browser.tap("pay").await;
        browser.see("screen-uncertain").await;
        let left = stage.sees_it_count_down().await;
        assert!((180..300).contains(&left), "{left} seconds");
        let words = browser.text("screen-uncertain").await;
        assert!(words.contains("Jangan membayar ulang"), "{words}");
        assert!(words.contains("setujui saja"), "{words}");
        assert_eq!(stage.steps().await, json!([]), "there is nothing to press");

        stage.approve_on_the_phone().await;
        browser.see("screen-paid").await;
        let [attempt] = stage.attempts(&session.id).await.try_into().unwrap();
        assert_eq!(json!([attempt["account"], attempt["late"]]), json!(["winpay", false]));
        let [row] = stage.town.simulator.ledger().try_into().unwrap();
        assert_eq!((row.charged.value, row.refunded.value), (150_000, 0));
    })
    .await;
}
