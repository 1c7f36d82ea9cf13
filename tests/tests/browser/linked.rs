//! Linked wallets: they come first, say what is in them, and pay by one tap; one more is linked on the
//! way, and taken back.

use std::sync::Arc;

use kasir_shared::MethodId;
use kasir_tests::simulator::Clock as _;
use serde_json::{Value, json};

use crate::device::Device;
use crate::linked_wallets::{Binding, LinkedWallets, METHODS};
use crate::story::{Session, Setting, Stage, story};

impl Stage {
    /// Asks to link a wallet, as the page does; the view.
    pub(crate) async fn link(&self, session: &Session, wallet: &str) -> Value {
        let path = format!("{}/checkout/v1/{}/links", self.town.addresses.pay, session.token);
        let wish = json!({ "method": wallet, "phone": "081234567890" });
        let answer = self.http.post(path).json(&wish).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        answer.json().await.unwrap()
    }

    /// Takes a link back, as the page does.
    pub(crate) async fn unlink(&self, session: &Session, link: &str) {
        let path = format!("{}/checkout/v1/{}", self.town.addresses.pay, session.token);
        let answer = self.http.delete(format!("{path}/links/{link}")).send().await.unwrap();
        assert_eq!(answer.status(), 200);
    }

    /// Links every wallet of a session's customer without a page; the names of the links.
    pub(crate) async fn link_all(&self, session: &Session, linked: &LinkedWallets) -> Vec<String> {
        linked.binds(Binding::AtOnce);
        let mut links = Vec::new();
        for method in METHODS {
            let view = self.link(session, method.as_str()).await;
            links.push(view["linking"]["id"].as_str().unwrap().to_owned());
        }
        linked.binds(Binding::Asks);
        links
    }

    /// A session of a customer whom the shop knows.
    async fn known(&self, id: &str) -> Session {
        let customer = json!({ "id": id, "name": "Sari", "phone": "081234567890" });
        self.session("id", json!({ "customer": customer })).await
    }

    /// A new session of a customer who linked every wallet in one before.
    async fn returning(&self, id: &str, linked: &LinkedWallets) -> Session {
        let first = self.known(id).await;
        self.link_all(&first, linked).await;
        self.known(id).await
    }
}

async fn with_wallets<F, Told>(setting: Setting, tell: F)
where
    F: FnOnce(Arc<Stage>, LinkedWallets) -> Told + Send + 'static,
    Told: Future<Output = ()> + Send + 'static,
{
    let linked = LinkedWallets::open();
    let told = linked.clone();
    story(setting.linking(&linked), |stage| tell(stage, told)).await;
}

fn phone() -> Setting {
    Setting::with(Device::Android)
}

const CHOSEN: &str = "document.querySelector('[name=method]:checked')?.value";

#[tokio::test(flavor = "multi_thread")]
async fn a_returning_customer_sees_linked_wallets_first_and_pays_by_one_tap() {
    with_wallets(phone(), |stage, linked| async move {
        let browser = &stage.browser;
        let session = stage.returning("sari", &linked).await;
        browser.goto(&session.url).await;
        browser.see("screen-choose").await;
        let rows = "return [...document.querySelectorAll('[name=method]')].slice(0, 4).map((it) => it.value)";
        assert_eq!(browser.run(rows).await, json!(["shopeepay", "linkaja", "gopay", "ovo"]));
        browser.holds(&format!("{CHOSEN} === 'shopeepay'")).await;
        browser.says("balance-gopay", "Rp250.000 + 12.000 poin").await;
        browser.says("balance-linkaja", "Rp250.000").await;
        browser.says("pay", "Bayar Rp150.000 dengan ShopeePay").await;
        browser.tap("pay").await;
        browser.see("screen-wait").await;
        stage.town.clock.advance(6_000);
        browser.see("screen-paid").await;
        let attempts = stage.attempts(&session.id).await;
        assert_eq!(attempts.len(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_wallet_is_asked_once_in_a_view_of_the_page() {
    with_wallets(phone(), |stage, linked| async move {
        let browser = &stage.browser;
        let session = stage.returning("sari", &linked).await;
        let once = |times| METHODS.map(|wallet| (wallet.as_str().to_owned(), times));
        for view in 1..=2 {
            linked.forgets();
            browser.goto(&session.url).await;
            for wallet in METHODS {
                browser.says(&format!("balance-{}", wallet.as_str()), "Rp250.000").await;
            }
            // Looking again, coming back and choosing make new renderings, and no new questions.
            browser.run("dispatchEvent(new Event('focus'))").await;
            browser.choose("dana", "DANA").await;
            browser.choose("gopay", "GoPay").await;
            stage.town.clock.advance(2_000);
            browser.pass(2_500).await;
            let mut asked = linked.asked();
            asked.sort();
            let mut expected = once(1).to_vec();
            expected.sort();
            assert_eq!(asked, expected, "view {view}");
        }
    })
    .await;
}

/// Milliseconds from the beginning of the page to the first button that can be pressed.
async fn opening(stage: &Stage, session: &Session) -> f64 {
    let browser = &stage.browser;
    browser.goto(&session.url).await;
    browser.holds("window.payable").await;
    browser.run("return window.payable").await.as_f64().unwrap()
}

/// Notes when the button is there and can be pressed.
const STOPWATCH: &str = "
    const look = () => {
        const button = document.querySelector('[data-testid=pay]');
        if (button && !button.disabled && button.ariaBusy !== 'true') window.payable ??= performance.now();
    };
    new MutationObserver(look).observe(document, { childList: true, subtree: true });
    setInterval(look, 5);
";

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_balance_does_not_hold_the_button() {
    with_wallets(phone(), |stage, linked| async move {
        let browser = &stage.browser;
        let script = json!({ "source": STOPWATCH });
        browser.cdp("Page.addScriptToEvaluateOnNewDocument", script).await;
        linked.takes(800);
        let with = stage.returning("sari", &linked).await;
        let without = stage.known("tamu").await;
        let (mut linked_ms, mut plain_ms) = (Vec::new(), Vec::new());
        for _ in 0..5 {
            plain_ms.push(opening(&stage, &without).await);
            linked_ms.push(opening(&stage, &with).await);
        }
        let median = |times: &mut Vec<f64>| {
            times.sort_by(f64::total_cmp);
            times[times.len() / 2]
        };
        let (with, without) = (median(&mut linked_ms), median(&mut plain_ms));
        eprintln!("first enabled button: {with:.0} ms with three links, {without:.0} ms without");
        assert!(with < without + 400.0, "{linked_ms:?} {plain_ms:?}");
        // And it pays while nothing is known.
        linked.takes(30_000);
        browser.run("location.reload()").await;
        browser.see("screen-choose").await;
        browser.says("pay", "dengan ShopeePay").await;
        browser.tap("pay").await;
        browser.see("screen-wait").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_balance_that_is_not_said_says_so_and_the_wallet_pays() {
    with_wallets(phone(), |stage, linked| async move {
        let browser = &stage.browser;
        let session = stage.returning("sari", &linked).await;
        linked.holds(MethodId::Gopay, None);
        linked.holds(MethodId::Linkaja, Some(149_999));
        browser.goto(&session.url).await;
        browser.says("balance-gopay", "Saldo tidak tersedia").await;
        browser.says("balance-linkaja", "Saldo Rp149.999 tidak cukup").await;
        browser.says("balance-shopeepay", "Rp250.000").await;
        // A wallet with too little in it may be filled meanwhile.
        browser.choose("linkaja", "LinkAja").await;
        browser.choose("gopay", "GoPay").await;
        browser.tap("pay").await;
        browser.see("screen-wait").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wallet_that_never_answers_is_given_up_on_after_five_seconds() {
    with_wallets(phone(), |stage, linked| async move {
        let browser = &stage.browser;
        let session = stage.returning("sari", &linked).await;
        linked.takes(60_000);
        browser.goto(&session.url).await;
        browser.see("screen-choose").await;
        browser.says("balance-gopay", "Saldo tidak tersedia").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_moves_when_a_balance_arrives() {
    with_wallets(phone(), |stage, linked| async move {
        let browser = &stage.browser;
        let session = stage.returning("sari", &linked).await;
        linked.takes(600);
        linked.holds(MethodId::Shopeepay, Some(5_000));
        let places = "return [...document.querySelectorAll('.method, .bar, .footer')]
            .map((it) => Math.round(it.getBoundingClientRect().top))";
        for (width, height) in [(390, 844), (320, 640)] {
            browser.resize(width, height).await;
            browser.goto(&session.url).await;
            browser.see("screen-choose").await;
            browser.pass(300).await;
            let before = browser.run(places).await;
            browser.says("balance-gopay", "poin").await;
            browser.says("balance-shopeepay", "tidak cukup").await;
            assert_eq!(browser.run(places).await, before, "{width} wide");
        }
        browser.resize(390, 844).await;
    })
    .await;
}

/// From the row of a wallet to its page.
async fn leaves_to_agree(stage: &Stage) {
    let browser = &stage.browser;
    browser.choose("gopay", "").await;
    browser.tap_css(".method:has(:checked) summary").await;
    browser.tap("link-gopay").await;
    browser.see("screen-link").await;
    browser.tap("continue").await;
    browser.see("agree").await;
}

async fn is_linked_used_and_unlinked(script: bool) {
    let setting = if script { phone() } else { phone().without_script() };
    with_wallets(setting, move |stage, _| async move {
        let browser = &stage.browser;
        let session = stage.known("sari").await;
        browser.goto(&session.url).await;
        leaves_to_agree(&stage).await;
        browser.tap("agree").await;
        browser.see("screen-choose").await;
        assert!(browser.address().await.starts_with(&session.url), "the same page");
        assert_eq!(
            browser.see_css("[name=method]:checked").await.attr("value").await.unwrap().as_deref(),
            Some("gopay")
        );
        if script {
            browser.says("balance-gopay", "Rp250.000 + 12.000 poin").await;
        } else {
            browser.tap("balances").await;
            browser.says("balance-gopay", "Rp250.000 + 12.000 poin").await;
        }
        // Unlinking is asked about first.
        browser.tap("unlink-gopay").await;
        browser.see("screen-unlink").await;
        browser.tap("keep").await;
        browser.see("screen-choose").await;
        browser.tap("unlink-gopay").await;
        browser.tap("unlink").await;
        browser.see("screen-choose").await;
        assert!(!browser.sees("balance-gopay").await);
        // Linked once more, it pays in a later session without being asked anything.
        leaves_to_agree(&stage).await;
        browser.tap("agree").await;
        browser.see("screen-choose").await;
        browser.goto(&stage.known("sari").await.url).await;
        browser.see("screen-choose").await;
        browser.tap("pay").await;
        browser.see("screen-wait").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wallet_is_linked_on_the_way_used_and_unlinked() {
    is_linked_used_and_unlinked(true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wallet_is_linked_used_and_unlinked_without_script() {
    is_linked_used_and_unlinked(false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_became_of_linking_is_said_above_the_list() {
    with_wallets(phone(), |stage, _| async move {
        let browser = &stage.browser;
        for (answer, sentence) in [
            ("refuse", "GoPay tidak jadi dihubungkan. Saldo Anda tidak terpotong."),
            ("forge", "Kami tidak mengenali jawaban dari GoPay"),
        ] {
            let session = stage.known(answer).await;
            browser.goto(&session.url).await;
            leaves_to_agree(&stage).await;
            browser.tap(answer).await;
            browser.says("link-trouble", sentence).await;
        }
        // Called off on our own page, before anybody left.
        let session = stage.known("sari").await;
        browser.goto(&session.url).await;
        browser.choose("gopay", "GoPay").await;
        browser.tap_css(".method:has(:checked) summary").await;
        browser.tap("link-gopay").await;
        browser.see("screen-link").await;
        browser.tap("another-way").await;
        browser.says("link-trouble", "GoPay tidak jadi dihubungkan").await;
        browser.see("screen-choose").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn linking_needs_a_number_and_enter_pays() {
    with_wallets(phone(), |stage, _| async move {
        let browser = &stage.browser;
        let session = stage.known("sari").await;
        browser.goto(&session.url).await;
        browser.choose("gopay", "GoPay").await;
        browser.tap_css(".method:has(:checked) summary").await;
        browser.write("phone", "0812").await;
        browser.tap("link-gopay").await;
        browser.see_css("[aria-invalid=true]").await;
        browser.see("screen-choose").await;
        let enter = String::from(char::from(fantoccini::key::Key::Enter));
        browser.see("phone").await.send_keys(&enter).await.unwrap();
        browser.see("screen-wait").await;
    })
    .await;
}
