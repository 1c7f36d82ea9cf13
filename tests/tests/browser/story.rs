//! A town, a browser, and what must hold at the end of every story.

use std::future::Future;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use kasir_tests::simulator::{Settings, VirtualClock};
use kasir_tests::town::{Addresses, Ground, Routing, SECRET_KEY, StandIn, Town};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::browser::Browser;
use crate::device::Device;
use crate::linked_wallets::{self, LinkedWallets};

/// How often a shop's server has asked; no two questions have the same key.
static ASKED: AtomicU32 = AtomicU32::new(0);

/// Where a story is set.
pub(crate) struct Setting {
    device: Device,
    script: bool,
    routing: Routing,
    stand_in: Option<StandIn>,
    linked: Option<LinkedWallets>,
    /// Complaints that belong to the story: what the log says contains one of these.
    expected: Vec<&'static str>,
}

impl Setting {
    /// An ordinary day, with a customer who holds this.
    pub(crate) fn with(device: Device) -> Self {
        let (routing, stand_in, linked) = (Routing::Nicepay, None, None);
        Self { device, script: true, routing, stand_in, linked, expected: Vec::new() }
    }

    /// JavaScript is off.
    pub(crate) fn without_script(mut self) -> Self {
        self.script = false;
        self
    }

    /// Everybody serves: Winpay first, NICEPAY behind it.
    pub(crate) fn with_everything(mut self) -> Self {
        self.routing = Routing::Everything;
        self
    }

    /// Somebody stands in for NICEPAY, where it alone serves.
    pub(crate) fn stand_in(mut self, stand_in: StandIn) -> Self {
        self.stand_in = Some(stand_in);
        self
    }

    /// GoPay, ShopeePay and LinkAja are wallets that are linked.
    pub(crate) fn linking(mut self, linked: &LinkedWallets) -> Self {
        self.linked = Some(linked.clone());
        self
    }

    /// The browser may complain of this.
    pub(crate) fn expecting(mut self, complaint: &'static str) -> Self {
        self.expected.push(complaint);
        self
    }
}

/// What a story is told on.
pub(crate) struct Stage {
    /// Kasir, the shop, the simulators.
    pub(crate) town: Town,
    /// The customer's browser.
    pub(crate) browser: Browser,
    /// The shop's server, when a story speaks for it.
    pub(crate) http: reqwest::Client,
    expected: Vec<&'static str>,
    _folder: TempDir,
}

/// A session as the shop was answered.
pub(crate) struct Session {
    pub(crate) id: String,
    pub(crate) url: String,
    pub(crate) token: String,
}

/// Tells a story, and closes town and browser however it ends.
pub(crate) async fn story<F, Told>(setting: Setting, tell: F)
where
    F: FnOnce(Arc<Stage>) -> Told,
    Told: Future<Output = ()> + Send + 'static,
{
    let stage = Arc::new(Stage::set(setting).await);
    let told = tokio::spawn(tell(stage.clone())).await;
    let complaints = stage.complaints().await;
    if told.is_err() {
        stage.show_what_is_there(&complaints).await;
    }
    let Some(stage) = Arc::into_inner(stage) else { panic!("the story keeps its stage") };
    stage.browser.client.close().await.unwrap();
    stage.town.stop().await;
    if let Err(broken) = told {
        std::panic::resume_unwind(broken.into_panic());
    }
    let unexpected: Vec<&String> = complaints
        .iter()
        .filter(|complaint| !stage.expected.iter().any(|known| complaint.contains(known)))
        .collect();
    assert!(unexpected.is_empty(), "the browser complains: {unexpected:#?}");
}

/// The town's configuration with linked wallets, and OVO by somebody who stands in.
fn served_by(mut toml: String, stand_in: Option<&str>) -> String {
    let mut serve = |method: &str, account: &str| {
        let usual = format!("id = \"{method}\"\naccounts = [\"nicepay\"]");
        let row = format!("id = \"{method}\"\naccounts = [\"{account}\"]");
        if toml.contains(&usual) {
            toml = toml.replacen(&usual, &row, 1);
        } else {
            toml.extend(["[[merchants.methods]]\n", &row, "\n"]);
        }
    };
    for method in linked_wallets::METHODS {
        serve(method.as_str(), "linked-wallets");
    }
    if let Some(stand_in) = stand_in {
        serve("ovo", stand_in);
    }
    toml
}

impl Stage {
    async fn set(setting: Setting) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let ground = Ground::claim(0, 0, 0).await.unwrap();
        let (clock, settings) = (VirtualClock::running(), Settings::default());
        let town = match (setting.routing, setting.linked) {
            (Routing::Nicepay, Some(linked)) => {
                let stand_in = setting.stand_in.map(|stand_in| stand_in.account);
                let ovo = stand_in.as_ref().map(|account| account.id.clone());
                let edit = move |toml, _: &Addresses| served_by(toml, ovo.as_deref());
                let accounts = [linked.account()].into_iter().chain(stand_in).collect();
                let how = (accounts, edit);
                Town::build_of(ground, folder.path(), clock, settings, how).await
            }
            (Routing::Nicepay, None) => {
                Town::build_with(ground, folder.path(), clock, settings, setting.stand_in).await
            }
            (Routing::Everything | Routing::Espay, _) => {
                Town::build_routed(ground, folder.path(), clock, settings, setting.routing).await
            }
        };
        let browser = Browser::open(setting.device, setting.script).await;
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { town, browser, http, expected: setting.expected, _folder: folder }
    }

    /// Opens a session as the shop's server would; `more` goes before the ordinary.
    pub(crate) async fn session(&self, locale: &str, more: Value) -> Session {
        let mut wish = json!({
            "reference": "SU-1042", "amount": { "value": 150_000, "currency": "IDR" },
            "items": [
                { "name": "Gayo natural", "quantity": 1, "price": { "value": 98_000, "currency": "IDR" } },
                { "name": "Saring kertas", "quantity": 2, "price": { "value": 26_000, "currency": "IDR" } },
            ],
            "customer": { "name": "Rani", "phone": "081234567890", "email": "rani@example.com" },
            "return_url": format!("{}/orders/SU-1042", self.town.addresses.shop), "locale": locale,
        });
        for (name, value) in more.as_object().unwrap() {
            wish[name] = value.clone();
        }
        let answer = self.post("/v1/sessions", &wish).await;
        let text =
            |name: &str| answer[name].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned();
        Session { id: text("id"), url: text("url"), token: text("client_token") }
    }

    /// Asks Kasir for something, as the shop's server.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> Value {
        let asked = self.http.post(format!("{}{path}", self.town.addresses.pay));
        let key = format!("story-{}", ASKED.fetch_add(1, Ordering::Relaxed));
        let asked = asked.bearer_auth(SECRET_KEY).header("idempotency-key", key).json(body);
        asked.send().await.unwrap().json().await.unwrap()
    }

    /// Reads from Kasir, as the shop's server.
    pub(crate) async fn get(&self, path: &str) -> Value {
        let asked = self.http.get(format!("{}{path}", self.town.addresses.pay));
        asked.bearer_auth(SECRET_KEY).send().await.unwrap().json().await.unwrap()
    }

    /// A session's attempts with their timelines, oldest first, as the shop's server reads them.
    pub(crate) async fn attempts(&self, session: &str) -> Vec<Value> {
        let known = self.get(&format!("/v1/sessions/{session}")).await;
        let mut attempts = Vec::new();
        for attempt in known["attempts"].as_array().unwrap() {
            let id = attempt["id"].as_str().unwrap();
            attempts.push(self.get(&format!("/v1/attempts/{id}")).await);
        }
        attempts
    }

    /// Approves the only prompt on the phone, in a tab of its own, and comes back to this one.
    pub(crate) async fn approve_on_the_phone(&self) {
        let browser = &self.browser;
        let here = browser.client.window().await.unwrap();
        let phone = browser.client.new_window(true).await.unwrap();
        browser.client.switch_to_window(phone.handle).await.unwrap();
        browser.goto(&format!("{}/phone", self.town.addresses.sim)).await;
        browser.tap("approve").await;
        browser.see("no-prompts").await;
        browser.client.close_window().await.unwrap();
        browser.client.switch_to_window(here).await.unwrap();
    }

    /// Waits until the page has counted down, and is not at its end.
    pub(crate) async fn sees_it_count_down(&self) -> u32 {
        let first = self.seconds_left().await;
        self.browser
            .until("it counts down", || async {
                let left = self.seconds_left().await;
                Ok((0 < left && left < first).then_some(left))
            })
            .await
    }

    /// What the page's countdown says, in seconds.
    pub(crate) async fn seconds_left(&self) -> u32 {
        let text = self.browser.text("countdown").await;
        let (minutes, seconds) = text.split_once(':').unwrap();
        minutes.parse::<u32>().unwrap() * 60 + seconds.parse::<u32>().unwrap()
    }

    /// Waits until Kasir says so of a session.
    pub(crate) async fn is(&self, session: &Session, status: &str) -> Value {
        let path = format!("/v1/sessions/{}", session.id);
        self.browser
            .until(&format!("the session is {status}"), || async {
                let known = self.get(&path).await;
                Ok((known["status"] == status).then_some(known))
            })
            .await
    }

    /// Puts coffee in the cart and comes to the shop's own page of payment, into its frame.
    pub(crate) async fn order_here(&self) {
        let browser = &self.browser;
        browser.goto(&format!("{}/?lang=id", self.town.addresses.shop)).await;
        browser.tap_css(".coffee__buy button").await;
        browser.tap_css(".till > .button").await;
        browser.enter_frame().await;
        browser.see("screen-choose").await;
    }

    /// The simulator's only transaction.
    pub(crate) fn transaction(&self) -> kasir_tests::simulator::Transaction {
        let mut all = self.town.simulator.transactions();
        assert_eq!(all.len(), 1, "{all:?}");
        all.remove(0)
    }

    /// What the browser has to complain of: violated policies, scripts that broke, and requests of
    /// the payment page to anybody but its own origin.
    async fn complaints(&self) -> Vec<String> {
        let mut complaints: Vec<String> = Vec::new();
        for entry in self.browser.log("browser").await {
            // A request that failed is part of many stories.
            if entry["level"] == "SEVERE" && entry["source"] != "network" {
                complaints.push(entry["message"].to_string());
            }
        }
        let pay = format!("{}/", self.town.addresses.pay);
        for entry in self.browser.log("performance").await {
            let told: Value = serde_json::from_str(entry["message"].as_str().unwrap()).unwrap();
            let event = &told["message"];
            if event["method"] != "Network.requestWillBeSent" {
                continue;
            }
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            let params = &event["params"];
            let (from, to) = (text(&params["documentURL"]), text(&params["request"]["url"]));
            let ours = to.starts_with(&pay) || to.starts_with("data:");
            if params["type"] != "Document" && from.starts_with(&pay) && !ours {
                complaints.push(format!("the payment page asked {to}"));
            }
        }
        complaints
    }

    /// Leaves a picture and the page's words for whoever reads why a story broke.
    async fn show_what_is_there(&self, complaints: &[String]) {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let name = std::thread::current().name().unwrap_or("story").replace("::", "-");
        let file = folder.join(format!("{name}.png"));
        if let Ok(picture) = self.browser.client.screenshot().await {
            let _ = std::fs::write(&file, picture);
        }
        let address = self.browser.client.current_url().await.map(String::from);
        let words = self.browser.client.execute("return document.body.innerText", vec![]).await;
        eprintln!("picture: {}\naddress: {address:?}\nwords: {words:?}", file.display());
        eprintln!("complaints: {complaints:#?}");
        for order in self.town.simulator.transactions() {
            eprintln!("at the simulator: {order:?}");
        }
    }
}
