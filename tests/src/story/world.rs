//! A town for a test: its clock stands still, and its shop is the test itself.

use std::sync::atomic::{AtomicU64, Ordering};

use hex::encode;
use http::HeaderMap;
use kasir_server::merchant::Account;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

use super::browser::Browser;
use super::mailbox::Mailbox;
use super::stream::Stream;
use crate::made_up::MadeUp;
use crate::simulator::settings::IONPAYTEST;
use crate::simulator::{Clock as _, Settings, Transaction, VirtualClock};
use crate::town::{Addresses, Ground, Routing, SECRET_KEY, Town};

/// 2026-11-20 10:00 in Jakarta.
pub const MORNING_MS: i64 = 1_795_143_600_000;
/// The API key of the second merchant.
pub const NEIGHBOUR_KEY: &str = "sk_neighbour";
/// What a customer types.
pub const PHONE: &str = "081234567890";

static NEXT: AtomicU64 = AtomicU64::new(1);

/// A number that no other call gets.
pub fn fresh() -> u64 {
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// A town, and who calls on it.
pub struct World {
    /// Kasir, the simulators and the demo's shop.
    pub town: Town,
    /// Follows nothing by itself.
    pub http: reqwest::Client,
    /// Where the merchant's webhooks arrive.
    pub mail: Mailbox,
    /// Where the second merchant's webhooks arrive.
    pub neighbours_mail: Mailbox,
    folder: TempDir,
}

/// An answer of the API.
#[derive(Clone, Debug)]
pub struct Reply {
    /// Its status.
    pub status: u16,
    /// Its head.
    pub headers: HeaderMap,
    /// Its body, as it came.
    pub text: String,
    /// Its body, where it is JSON.
    pub body: Value,
}

/// A session that was opened.
#[derive(Clone, Debug)]
pub struct Opened {
    /// Its id.
    pub id: String,
    /// What the page knows it by.
    pub token: String,
    /// The page.
    pub url: String,
}

/// A client that follows nothing, keeps to this machine and has no patience without end.
///
/// # Panics
///
/// Where it cannot be made.
pub fn client() -> reqwest::Client {
    let builder = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
    builder.no_proxy().build().expect("a client without special wishes")
}

/// The configuration with the webhooks turned to the test, and a second merchant.
fn configuration(toml: &str, addresses: &Addresses, mail: (&Mailbox, &Mailbox)) -> String {
    let hooks = format!("{}/webhooks/kasir", addresses.shop);
    assert!(toml.contains(&hooks), "the town tells its shop");
    let toml = toml.replace(&hooks, &mail.0.url);
    let hash = encode(Sha256::digest(NEIGHBOUR_KEY));
    let hooks = &mail.1.url;
    format!(
        r#"{toml}
[[merchants]]
id = "kopi-selatan"
name = "Kopi Selatan"
key_hashes = ["{hash}"]
return_urls = ["https://selatan.example/toko"]
webhook = {{ url = "{hooks}", secret = {{ env = "KASIR_DEMO_WEBHOOK_SECRET" }} }}

[[merchants.methods]]
id = "dana"
accounts = ["nicepay"]
"#
    )
}

/// The configuration with OVO and DANA served by these providers, in order.
fn serving(toml: String, providers: &[MadeUp]) -> String {
    let ids: Vec<&str> = providers.iter().map(MadeUp::id).collect();
    ["ovo", "dana"].into_iter().fold(toml, |toml, method| {
        let usual = format!("id = \"{method}\"\naccounts = [\"nicepay\"]");
        assert!(toml.contains(&usual), "{toml}");
        toml.replacen(&usual, &format!("id = \"{method}\"\naccounts = {ids:?}"), 1)
    })
}

impl World {
    /// A town that is as always.
    pub async fn new() -> Self {
        Self::with(Settings::default(), |toml| toml).await
    }

    /// A town with other habits, and Kasir's configuration as `edit` leaves it.
    ///
    /// # Panics
    ///
    /// Where it cannot be built.
    pub async fn with(settings: Settings, edit: impl FnOnce(String) -> String) -> Self {
        Self::routed(settings, Routing::Nicepay, edit).await
    }

    /// The same with its shop paid through whom `routing` says.
    ///
    /// # Panics
    ///
    /// Where it cannot be built.
    pub async fn routed(
        settings: Settings,
        routing: Routing,
        edit: impl FnOnce(String) -> String,
    ) -> Self {
        let route = |toml: String, to: &Addresses| routing.applied(toml, to);
        let clock = VirtualClock::frozen(MORNING_MS);
        Self::build(clock, settings, (Vec::new(), route, edit)).await
    }

    /// A town in which OVO and DANA are served by these providers of somebody's own making, in order.
    /// The clock is the town's, and the providers'.
    ///
    /// # Panics
    ///
    /// Where it cannot be built.
    pub async fn served_by(clock: VirtualClock, providers: &[MadeUp]) -> Self {
        let accounts = providers.iter().map(MadeUp::account).collect();
        let route = |toml: String, _: &Addresses| serving(toml, providers);
        Self::build(clock, Settings::default(), (accounts, route, |toml| toml)).await
    }

    async fn build(
        clock: VirtualClock,
        settings: Settings,
        how: (
            Vec<Account>,
            impl FnOnce(String, &Addresses) -> String,
            impl FnOnce(String) -> String,
        ),
    ) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mail = (Mailbox::open().await, Mailbox::open().await);
        Self::build_on((folder, mail), clock, settings, how).await
    }

    async fn build_on(
        (folder, (mail, neighbours_mail)): (TempDir, (Mailbox, Mailbox)),
        clock: VirtualClock,
        settings: Settings,
        (accounts, route, edit): (
            Vec<Account>,
            impl FnOnce(String, &Addresses) -> String,
            impl FnOnce(String) -> String,
        ),
    ) -> Self {
        let ground = Ground::claim(0, 0, 0).await.expect("three free ports");
        let edit = |toml: String, addresses: &Addresses| {
            edit(configuration(&route(toml, addresses), addresses, (&mail, &neighbours_mail)))
        };
        let how = (accounts, edit);
        let town = Town::build_of(ground, folder.path(), clock, settings, how).await;
        Self { town, http: client(), mail, neighbours_mail, folder }
    }

    /// Stops everybody, and builds the town again on the same database, with the same mailboxes and
    /// providers, and Kasir's configuration as `edit` leaves it. Everybody but the providers has
    /// another address then.
    ///
    /// # Panics
    ///
    /// Where it cannot be built.
    pub async fn restarted(
        self,
        providers: &[MadeUp],
        edit: impl FnOnce(String) -> String,
    ) -> Self {
        let Self { town, mail, neighbours_mail, folder, .. } = self;
        let clock = town.clock.clone();
        town.stop().await;
        let accounts = providers.iter().map(MadeUp::account).collect();
        let route = |toml: String, _: &Addresses| serving(toml, providers);
        let how = (accounts, route, edit);
        Self::build_on((folder, (mail, neighbours_mail)), clock, Settings::default(), how).await
    }

    /// Moves the clock.
    pub fn pass(&self, seconds: i64) {
        self.town.clock.advance(seconds * 1000);
    }

    /// Stops everybody.
    pub async fn stop(self) {
        self.town.stop().await;
        drop(self.folder);
    }

    /// An address of Kasir.
    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.town.addresses.pay)
    }

    /// Sends a request and reads its answer.
    ///
    /// # Panics
    ///
    /// Where there is none.
    pub async fn send(&self, request: reqwest::RequestBuilder) -> Reply {
        let answer = request.send().await.expect("an answer");
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let text = answer.text().await.expect("an answer is text");
        let body = serde_json::from_str(&text).unwrap_or_default();
        Reply { status, headers, text, body }
    }

    /// Looks something up by the merchant API.
    pub async fn get(&self, path: &str) -> Reply {
        self.get_as(SECRET_KEY, path).await
    }

    /// The same as somebody else.
    pub async fn get_as(&self, key: &str, path: &str) -> Reply {
        self.send(self.http.get(self.at(path)).bearer_auth(key)).await
    }

    /// Posts to the merchant API under a key of its own.
    pub async fn post(&self, path: &str, body: &Value) -> Reply {
        self.post_as((SECRET_KEY, &format!("story-{}", fresh())), path, body).await
    }

    /// Posts to the merchant API with an API key and an idempotency key.
    pub async fn post_as(&self, (key, once): (&str, &str), path: &str, body: &Value) -> Reply {
        let request = self.http.post(self.at(path)).bearer_auth(key);
        self.send(request.header("idempotency-key", once).json(body)).await
    }

    /// What the shop wants paid.
    pub fn order(&self, amount: u64) -> Value {
        json!({
            "reference": format!("SU-{}", fresh()),
            "amount": {"value": amount, "currency": "IDR"},
            "return_url": format!("{}/orders/1", self.town.addresses.shop),
        })
    }

    /// Opens a session over so many rupiah.
    pub async fn open(&self, amount: u64) -> Opened {
        self.open_with(amount, json!({})).await
    }

    /// Opens a session with more said about it.
    ///
    /// # Panics
    ///
    /// Where Kasir refuses it.
    pub async fn open_with(&self, amount: u64, more: Value) -> Opened {
        let mut order = self.order(amount);
        for (name, value) in more.as_object().into_iter().flatten() {
            order[name] = value.clone();
        }
        let reply = self.post("/v1/sessions", &order).await;
        assert_eq!(reply.status, 201, "{}", reply.text);
        Opened {
            id: text(&reply.body["id"]),
            token: text(&reply.body["client_token"]),
            url: text(&reply.body["url"]),
        }
    }

    /// The session as the shop sees it.
    pub async fn session(&self, session: &Opened) -> Value {
        self.get(&format!("/v1/sessions/{}", session.id)).await.body
    }

    /// The session's last attempt as the shop sees it, with its timeline.
    ///
    /// # Panics
    ///
    /// Where it has none.
    pub async fn attempt(&self, session: &Opened) -> Value {
        let known = self.session(session).await;
        let last = known["attempts"].as_array().and_then(|all| all.last()).cloned();
        let id = text(&last.expect("the session has an attempt")["id"]);
        self.get(&format!("/v1/attempts/{id}")).await.body
    }

    /// The session as its page sees it.
    pub async fn view(&self, session: &Opened) -> Value {
        let path = format!("/checkout/v1/{}", session.token);
        self.send(self.http.get(self.at(&path))).await.body
    }

    /// The session as its page sees it, once it looks like this.
    pub async fn seen(&self, session: &Opened, what: &str, fits: impl Fn(&Value) -> bool) -> Value {
        self.watch(session, None).await.until(what, fits).await
    }

    /// Once the session stands there.
    pub async fn stands(&self, session: &Opened, status: &str) -> Value {
        self.seen(session, status, |view| view["status"] == status).await
    }

    /// Opens the page's event stream.
    pub async fn watch(&self, session: &Opened, last: Option<u64>) -> Stream {
        let path = format!("/checkout/v1/{}/events", session.token);
        Stream::open(&self.http, &self.at(&path), last).await
    }

    /// The customer chooses, as the page's script would.
    pub async fn choose(&self, session: &Opened, choice: &Value) -> Reply {
        // No two choices of one customer fall into one millisecond.
        self.town.clock.advance(1);
        let path = format!("/checkout/v1/{}/attempts", session.token);
        self.send(self.http.post(self.at(&path)).json(choice)).await
    }

    /// The customer chooses, and is taken at their word.
    ///
    /// # Panics
    ///
    /// Where Kasir refuses it.
    pub async fn chosen(&self, session: &Opened, method: &str) -> Value {
        let mut choice = json!({ "method": method });
        if matches!(method, "ovo" | "astrapay" | "speedcash") {
            choice["phone"] = json!(PHONE);
        }
        let reply = self.choose(session, &choice).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        reply.body
    }

    /// Calls the session's live attempt off, as the page's script would.
    pub async fn call_off(&self, session: &Opened, attempt: &str) -> Reply {
        let path = format!("/checkout/v1/{}/attempts/{attempt}/cancel", session.token);
        self.send(self.http.post(self.at(&path))).await
    }

    /// A browser without script.
    pub fn browser(&self) -> Browser {
        Browser::new(self.http.clone())
    }

    /// Posts the form that a `submit` action asks for.
    ///
    /// # Panics
    ///
    /// Where the view asks for none.
    pub async fn enter(&self, view: &Value) -> Reply {
        let next = &view["next_action"];
        assert_eq!(next["kind"], "submit", "{view:#}");
        let fields = next["fields"].as_object().expect("a form has fields");
        let mut form = form_urlencoded::Serializer::new(String::new());
        for (name, value) in fields {
            form.append_pair(name, value.as_str().expect("a field is text"));
        }
        let request = self.http.post(text(&next["url"]));
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        self.send(request.body(form.finish())).await
    }

    /// Links the AstraPay of the session's customer, who agrees at once; the link's id.
    ///
    /// # Panics
    ///
    /// Where it is not linked.
    pub async fn link_astrapay(&self, session: &Opened) -> String {
        self.town.clock.advance(1);
        let path = format!("/checkout/v1/{}/links", session.token);
        let wanted = json!({"method": "astrapay", "phone": PHONE});
        let reply = self.send(self.http.post(self.at(&path)).json(&wanted)).await;
        self.agree(session, &reply.body).await
    }

    /// The customer agrees to the AstraPay link that a view shows; the link's id.
    ///
    /// # Panics
    ///
    /// Where it shows none, or it is not linked.
    pub async fn agree(&self, session: &Opened, view: &Value) -> String {
        let mut submit = view["linking"]["next_action"]["submit"].clone();
        assert!(submit.is_object(), "{view:#}");
        submit["kind"] = json!("submit");
        self.enter(&json!({ "next_action": submit })).await;
        let link = self.town.simulator.links().pop().expect("NICEPAY heard of it");
        self.town.simulator.answer_link(&link.id, true).expect("it is not decided yet");
        let linked = |view: &Value| view["linking"]["status"] == "active";
        text(&self.seen(session, "linked", linked).await["linking"]["id"])
    }

    /// What a provider holds under the attempt's present order number.
    ///
    /// # Panics
    ///
    /// Where it holds nothing.
    pub async fn transaction(&self, session: &Opened) -> Transaction {
        let reference = text(&self.attempt(session).await["provider_reference"]);
        let found = self.town.simulator.transactions_of(Some(&reference)).pop();
        found.unwrap_or_else(|| panic!("no provider knows an order {reference}"))
    }

    /// The customer pays in the wallet.
    ///
    /// # Panics
    ///
    /// Where the wallet does not let them.
    pub async fn pay(&self, session: &Opened) -> Transaction {
        let id = self.transaction(session).await.id;
        self.town.simulator.approve(&id).expect("the wallet takes it")
    }

    /// What the session's customer was charged, less what went back, by the provider's own books.
    pub async fn net(&self, session: &Opened) -> i64 {
        let known = self.session(session).await;
        let ids: Vec<String> = known["attempts"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|one| text(&one["id"]))
            .collect();
        let rows = self.town.simulator.ledger();
        let ours = rows.iter().filter(|row| ids.iter().any(|id| row.reference.starts_with(id)));
        ours.map(|row| row.charged.value - row.refunded.value).sum()
    }

    /// Posts to the address that NICEPAY's notifications go to.
    pub async fn notify(&self, fields: &[(&str, String)]) -> Reply {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = self.http.post(self.at("/notify/nicepay/nicepay"));
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        self.send(request.body(body)).await
    }

    /// Waits until everything that was due at this moment has been worked through: whatever is due
    /// is done in its order, and this is due last.
    ///
    /// # Panics
    ///
    /// Where Kasir does not cancel a session that was just opened.
    pub async fn settled(&self) {
        let last = self.open(1000).await;
        let reply = self.post(&format!("/v1/sessions/{}/cancel", last.id), &json!({})).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        self.mail.wait("session.cancelled", &last.id).await;
    }
}

/// The text of a JSON value.
///
/// # Panics
///
/// Where it is none.
pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

/// The fields of a notification of a payment, signed as NICEPAY signs.
pub fn notification(
    transaction: &str,
    reference: &str,
    amount: i64,
) -> Vec<(&'static str, String)> {
    let (imid, key) = IONPAYTEST;
    let token = encode(Sha256::digest(format!("{imid}{transaction}{amount}{key}")));
    vec![
        ("tXid", transaction.to_owned()),
        ("merchantToken", token),
        ("referenceNo", reference.to_owned()),
        ("payMethod", "05".to_owned()),
        ("amt", amount.to_string()),
        ("currency", "IDR".to_owned()),
        ("status", "0".to_owned()),
        ("mitraCd", "DANA".to_owned()),
    ]
}
