//! Five wallets, from the shelf of the shop to an order that is paid: inside the shop's page and on
//! Kasir's own, on a phone and at a desk, in both languages, with JavaScript and without.

use std::sync::Arc;

use kasir_shared::MethodId;
use kasir_tests::shop::OrderStatus;

use crate::device::Device;
use crate::story::{Setting, Stage, story};

/// Where the customer pays.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Place {
    /// In the shop's page.
    Here,
    /// On Kasir's.
    There,
}

/// The ways of one wallet through the town: both places, a phone and a desk, both languages.
const WAYS: [(Place, Device, &str); 8] = [
    (Place::Here, Device::Android, "id"),
    (Place::Here, Device::Iphone, "en"),
    (Place::Here, Device::Desk, "id"),
    (Place::Here, Device::Desk, "en"),
    (Place::There, Device::Android, "id"),
    (Place::There, Device::Iphone, "en"),
    (Place::There, Device::Desk, "id"),
    (Place::There, Device::Desk, "en"),
];

/// The number that the customer's wallets are registered with.
const PHONE: &str = "0812 3456 7890";

async fn is_paid_every_way(method: MethodId) {
    for (place, device, lang) in WAYS {
        story(Setting::with(device), move |stage| async move {
            let journey = Journey { stage, method, device, lang, script: true };
            journey.order(place).await;
            journey.pay().await;
        })
        .await;
    }
}

async fn is_paid_without_script(method: MethodId) {
    let device = Device::Android;
    story(Setting::with(device).without_script(), move |stage| async move {
        let journey = Journey { stage, method, device, lang: "id", script: false };
        journey.order(Place::There).await;
        journey.pay().await;
    })
    .await;
}

/// A customer's way with one wallet.
pub(crate) struct Journey {
    pub(crate) stage: Arc<Stage>,
    pub(crate) method: MethodId,
    pub(crate) device: Device,
    pub(crate) lang: &'static str,
    pub(crate) script: bool,
}

impl Journey {
    /// From the shelf to where it is paid.
    pub(crate) async fn order(&self, place: Place) {
        let browser = &self.stage.browser;
        browser.goto(&format!("{}/?lang={}", self.stage.town.addresses.shop, self.lang)).await;
        browser.tap_css(".coffee__buy button").await;
        let here = match place {
            Place::Here => "here",
            Place::There => "there",
        };
        browser.tap_css(&format!("label:has(input[value=\"{here}\"])")).await;
        browser.tap_css(".till > .button").await;
        if place == Place::Here {
            browser.enter_frame().await;
        }
        browser.see("screen-choose").await;
        let lang = browser.run("return document.documentElement.lang").await;
        assert_eq!(lang, self.lang);
    }

    /// Chooses the wallet, says its number where that is asked for, and pays.
    pub(crate) async fn choose(&self) {
        let browser = &self.stage.browser;
        let name = if self.script { self.method.row().name } else { "" };
        browser.choose(self.method.as_str(), name).await;
        if !self.method.row().fields.is_empty() {
            browser.write("phone", PHONE).await;
        }
        browser.tap("pay").await;
    }

    /// From the choice to the paid order.
    async fn pay(&self) {
        let browser = &self.stage.browser;
        self.choose().await;
        match self.method {
            MethodId::Ovo => self.approve_on_the_phone().await,
            MethodId::Shopeepay => self.open_the_web_page().await,
            MethodId::Astrapay => self.link().await,
            MethodId::Dana | MethodId::Linkaja => {
                self.leave("continue").await;
                self.approve_with_pin().await;
            }
            other @ (MethodId::Gopay
            | MethodId::Speedcash
            | MethodId::Indomaret
            | MethodId::Alfamart
            | MethodId::Akulaku
            | MethodId::Kredivo
            | MethodId::Indodana
            | MethodId::NicepayPage) => panic!("the shop has no {other:?}"),
        }
        browser.see("screen-paid").await;
        self.back_to_the_shop().await;
    }

    /// The tab leaves by itself, or by the button where no script runs.
    pub(crate) async fn leave(&self, button: &str) {
        if !self.script {
            self.stage.browser.tap(button).await;
        }
        self.stage.browser.leave_frame().await;
    }

    pub(crate) async fn approve_with_pin(&self) {
        let browser = &self.stage.browser;
        let sim = &self.stage.town.addresses.sim;
        browser.see("pin").await;
        assert!(browser.address().await.starts_with(sim), "the whole tab is at the wallet");
        if browser.sees("phone").await {
            browser.write("phone", PHONE).await;
        }
        browser.write("pin", "123456").await;
        browser.tap("approve").await;
        if !self.script && browser.sees("return").await {
            browser.tap("return").await;
        }
    }

    /// NICEPAY's page waits in the tab while the prompt is answered on the phone.
    async fn approve_on_the_phone(&self) {
        self.leave("continue").await;
        self.stage.browser.see("seconds-left").await;
        self.stage.approve_on_the_phone().await;
        if !self.script {
            self.stage.browser.tap("return").await;
        }
    }

    /// An app that no test has: its web page does the same. At a desk a code is shown as well.
    async fn open_the_web_page(&self) {
        let browser = &self.stage.browser;
        browser.see("screen-open-app").await;
        if self.device == Device::Desk {
            browser.see("qr").await;
            browser.holds("document.querySelector('[data-testid=qr]').naturalWidth > 0").await;
            browser.tap("continue").await;
        } else {
            browser.see("open-app").await;
            browser.tap("open-web").await;
        }
        browser.leave_frame().await;
        self.approve_with_pin().await;
    }

    /// AstraPay is linked once before it pays.
    async fn link(&self) {
        let browser = &self.stage.browser;
        browser.see("screen-link").await;
        browser.tap("continue").await;
        browser.leave_frame().await;
        self.approve_with_pin().await;
        // Back on Kasir's own page, wherever it began: linked, chosen, and not paid yet.
        browser.see("screen-choose").await;
        browser.see_css("[value=astrapay]:checked").await;
        browser.tap("pay").await;
        self.open_the_web_page().await;
    }

    /// From the choice to the paid order, with a wallet that was linked before.
    async fn pay_again(&self) {
        let browser = &self.stage.browser;
        browser.choose(self.method.as_str(), self.method.row().name).await;
        assert!(!browser.sees("phone").await, "a linked wallet is not asked for its number");
        browser.tap("pay").await;
        self.open_the_web_page().await;
        browser.see("screen-paid").await;
        self.back_to_the_shop().await;
    }

    pub(crate) async fn back_to_the_shop(&self) {
        let browser = &self.stage.browser;
        browser.tap("back-to-shop").await;
        browser.leave_frame().await;
        browser.see_css(".state[data-status=paid]").await;
        assert!(browser.address().await.starts_with(&self.stage.town.addresses.shop));
        let orders = self.stage.town.shop.orders();
        assert!(!orders.is_empty());
        assert!(orders.iter().all(|order| order.status == OrderStatus::Paid));
        let ledger = self.stage.town.simulator.ledger();
        assert_eq!(ledger.len(), orders.len(), "each charged once: {ledger:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ovo_is_paid_every_way() {
    is_paid_every_way(MethodId::Ovo).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn dana_is_paid_every_way() {
    is_paid_every_way(MethodId::Dana).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn shopeepay_is_paid_every_way() {
    is_paid_every_way(MethodId::Shopeepay).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn linkaja_is_paid_every_way() {
    is_paid_every_way(MethodId::Linkaja).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn astrapay_is_linked_and_paid_every_way() {
    is_paid_every_way(MethodId::Astrapay).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_linked_astrapay_pays_again_without_being_asked_for_its_number() {
    let device = Device::Android;
    story(Setting::with(device), move |stage| async move {
        let method = MethodId::Astrapay;
        let journey = Journey { stage, method, device, lang: "id", script: true };
        journey.order(Place::There).await;
        journey.pay().await;
        for place in [Place::There, Place::Here] {
            journey.order(place).await;
            journey.pay_again().await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ovo_is_paid_without_script() {
    is_paid_without_script(MethodId::Ovo).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn dana_is_paid_without_script() {
    is_paid_without_script(MethodId::Dana).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn shopeepay_is_paid_without_script() {
    is_paid_without_script(MethodId::Shopeepay).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn linkaja_is_paid_without_script() {
    is_paid_without_script(MethodId::Linkaja).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn astrapay_is_linked_and_paid_without_script() {
    is_paid_without_script(MethodId::Astrapay).await;
}
