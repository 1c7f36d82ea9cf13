//! The real `kasir` as a process of its own, on the machine's clock, between a simulator and a
//! mailbox that outlive it: it can be killed at any moment and started again.

use std::fs::File;
use std::net::TcpListener as StdListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpListener;

use super::eventually;
use super::mailbox::Mailbox;
use super::world::{Opened, PHONE, client, fresh, text};
use crate::simulator::{Served, Settings, Simulator, VirtualClock};
use crate::town::{Addresses, Routing, SECRET_KEY, kasir_toml, secrets};

/// What every story here is paid.
pub const AMOUNT: i64 = 45_000;

/// The process. Cheap to clone; all clones are the same one.
#[derive(Clone)]
pub struct Kasir {
    binary: PathBuf,
    folder: PathBuf,
    level: &'static str,
    child: Arc<Mutex<Option<Child>>>,
    deaths: Arc<AtomicU32>,
}

/// Whether Winpay can be reached.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Winpay {
    /// It can.
    Up,
    /// Its connections are refused.
    Down,
}

/// Kasir as a process, and everybody it talks to.
pub struct Alone {
    /// The process.
    pub kasir: Kasir,
    /// The providers.
    pub simulator: Simulator,
    /// The shop's mailbox.
    pub mail: Mailbox,
    /// Follows nothing by itself.
    pub http: reqwest::Client,
    /// Where Kasir is.
    pub url: String,
    _served: Served,
    _folder: TempDir,
}

/// Where cargo puts the binaries of the build that this test is from.
///
/// # Panics
///
/// Where `kasir` was not built.
pub fn binary() -> PathBuf {
    let test = std::env::current_exe().expect("a test has a file");
    let folder = test.parent().and_then(Path::parent).expect("it lies in target/<profile>/deps");
    let binary = folder.join("kasir");
    assert!(binary.exists(), "{} is missing: `cargo build -p kasir-server`", binary.display());
    binary
}

impl Kasir {
    fn child(&self) -> std::sync::MutexGuard<'_, Option<Child>> {
        self.child.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts it.
    ///
    /// # Panics
    ///
    /// Where it does not start.
    pub fn start(&self) {
        let log = File::options().create(true).append(true).open(self.log_file());
        let log = log.expect("a log file");
        let errors = log.try_clone().expect("a log file");
        let mut command = Command::new(&self.binary);
        command.args(["serve", "--config"]).arg(self.folder.join("kasir.toml"));
        command.env_clear().envs(secrets()).env("KASIR_LOG", self.level);
        command.stdin(Stdio::null()).stdout(log).stderr(errors);
        *self.child() = Some(command.spawn().expect("kasir starts"));
    }

    /// Kills it with SIGKILL; nothing if it is dead already.
    ///
    /// # Panics
    ///
    /// Where the system does not let us.
    pub fn kill(&self) {
        if let Some(mut child) = self.child().take() {
            child.kill().expect("it can be killed");
            child.wait().expect("it can be waited for");
            self.deaths.fetch_add(1, Ordering::SeqCst);
        }
    }

    /// How often it was killed.
    pub fn deaths(&self) -> u32 {
        self.deaths.load(Ordering::SeqCst)
    }

    /// Whether nobody has killed it.
    pub fn is_alive(&self) -> bool {
        self.child().is_some()
    }

    /// Everything it has said.
    ///
    /// # Panics
    ///
    /// Where that cannot be read.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.log_file()).expect("a log is text")
    }

    fn log_file(&self) -> PathBuf {
        self.folder.join("kasir.log")
    }
}

impl Drop for Alone {
    fn drop(&mut self) {
        self.kasir.kill();
    }
}

fn addresses(simulator: &str) -> Addresses {
    let free = StdListener::bind("127.0.0.1:0").expect("a free port");
    let pay = free.local_addr().expect("a bound listener has an address");
    Addresses {
        pay: format!("http://{pay}"),
        shop: "http://127.0.0.1:9".to_owned(),
        sim: simulator.to_owned(),
        winpay: simulator.to_owned(),
        nicepay: simulator.to_owned(),
        espay: simulator.to_owned(),
    }
}

impl Alone {
    /// Starts everybody, with Kasir's log as verbose as `level` says.
    ///
    /// # Panics
    ///
    /// Where somebody does not start.
    pub async fn start(level: &'static str) -> Self {
        Self::routed(level, Routing::Nicepay, Winpay::Up).await
    }

    /// The same with its shop paid through whom `routing` says.
    ///
    /// # Panics
    ///
    /// Where somebody does not start.
    pub async fn routed(level: &'static str, routing: Routing, winpay: Winpay) -> Self {
        let simulator = Simulator::new(Arc::new(VirtualClock::running()), Settings::default());
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let served = simulator.serve(listener).expect("the simulators are served");
        let mail = Mailbox::open().await;
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut addresses = addresses(&served.url(""));
        if winpay == Winpay::Down {
            "http://127.0.0.1:9".clone_into(&mut addresses.winpay);
        }
        let toml = kasir_toml(&addresses, &folder.path().join("kasir.db"), None);
        let toml = routing
            .applied(toml, &addresses)
            .replace("provider_timeout_s = 5", "provider_timeout_s = 1")
            .replace(&format!("{}/webhooks/kasir", addresses.shop), &mail.url);
        std::fs::write(folder.path().join("kasir.toml"), toml).expect("a configuration");
        let kasir = Kasir {
            binary: binary(),
            folder: folder.path().to_owned(),
            level,
            child: Arc::default(),
            deaths: Arc::default(),
        };
        let url = addresses.pay;
        let alone =
            Self { kasir, simulator, mail, http: client(), url, _served: served, _folder: folder };
        alone.begin().await;
        alone
    }

    /// Starts Kasir, again perhaps, and waits until it is ready.
    pub async fn begin(&self) {
        self.kasir.start();
        eventually("kasir is ready", async || {
            let asked = self.http.get(format!("{}/readyz", self.url)).send().await;
            asked.ok().filter(|answer| answer.status() == 200).map(drop)
        })
        .await;
    }

    /// Opens a session for a customer of the shop's.
    ///
    /// # Panics
    ///
    /// Where Kasir refuses it.
    pub async fn open(&self, customer: &str) -> Opened {
        let order = json!({
            "reference": format!("SU-{}", fresh()),
            "amount": {"value": AMOUNT, "currency": "IDR"},
            "customer": {"id": customer, "name": "Sari Dewi", "email": "sari@rahasia.example"},
            "return_url": "http://127.0.0.1:9/orders/1",
        });
        let request = self.http.post(format!("{}/v1/sessions", self.url)).bearer_auth(SECRET_KEY);
        let request = request.header("idempotency-key", format!("p-{}", fresh())).json(&order);
        let answer = request.send().await.expect("an answer");
        assert_eq!(answer.status(), 201);
        let body: Value = answer.json().await.expect("a session");
        Opened {
            id: text(&body["id"]),
            token: text(&body["client_token"]),
            url: text(&body["url"]),
        }
    }

    /// What the merchant API or the page is told at a path; nothing while Kasir is dead.
    pub async fn get(&self, path: &str) -> Option<Value> {
        let request = self.http.get(format!("{}{path}", self.url)).bearer_auth(SECRET_KEY);
        request.send().await.ok()?.json().await.ok()
    }

    /// The customer chooses; nothing if Kasir dies over it.
    pub async fn choose(&self, session: &Opened, method: &str) -> Option<Value> {
        let url = format!("{}/checkout/v1/{}/attempts", self.url, session.token);
        let choice = json!({"method": method, "phone": PHONE});
        self.http.post(url).json(&choice).send().await.ok()?.json().await.ok()
    }

    /// The customer does what the page asks for, once.
    ///
    /// # Panics
    ///
    /// Where the wallet does not let them.
    pub async fn follow(&self, view: &Value) {
        let (next, link) = (&view["next_action"], &view["linking"]["next_action"]);
        match (next["kind"].as_str(), link["kind"].as_str()) {
            (Some("submit"), _) => self.post(next).await,
            (None, Some("link")) => {
                self.post(&link["submit"]).await;
                for link in self.simulator.links() {
                    if link.status == "pending" {
                        self.simulator.answer_link(&link.id, true).expect("it is linked");
                    }
                }
            }
            (_, _) => {}
        }
    }

    async fn post(&self, submit: &Value) {
        let mut form = form_urlencoded::Serializer::new(String::new());
        for (name, value) in submit["fields"].as_object().into_iter().flatten() {
            form.append_pair(name, &text(value));
        }
        let request = self.http.post(text(&submit["url"]));
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let answer = request.body(form.finish()).send().await.expect("NICEPAY answers");
        assert!(answer.status().as_u16() < 400, "{}", answer.status());
    }

    /// The transaction that the page leads the customer to.
    pub fn shown(&self, view: &Value) -> Option<String> {
        let next = view["next_action"].to_string();
        let open = self.simulator.transactions().into_iter().filter(|one| one.status.is_open());
        open.map(|one| one.id).find(|id| next.contains(id))
    }

    /// Whether the customer still sees something to do in a session.
    pub async fn view(&self, session: &Opened) -> Option<Value> {
        self.get(&format!("/checkout/v1/{}", session.token)).await
    }
}
