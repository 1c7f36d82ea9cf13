//! A merchant that speaks SNAP BI, with its own signing code and a receiver of notifications.
use crate::{Begun, begin};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair;
use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, UnparsedPublicKey};
use axum::Router;
use axum::extract::{Request, State};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, StatusCode};
use kasir_tests::simulator::{
    Served, Settings, Simulator, VirtualClock, WinpaySettings, test_keys,
};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;

pub(crate) const CREATE: &str = "/v1.0/debit/payment-host-to-host";
pub(crate) const STATUS: &str = "/v1.0/debit/status";
pub(crate) const CANCEL: &str = "/v1.0/debit/cancel";
/// The clock's reading at the start.
pub(crate) const NOW: &str = "2026-11-20T10:00:00+07:00";
pub(crate) const RETURN: &str = "https://shop.example/back";

/// Both sides of the conversation.
pub(crate) struct Partner {
    pub(crate) sim: Simulator,
    pub(crate) clock: VirtualClock,
    pub(crate) served: Served,
    pub(crate) http: reqwest::Client,
    pub(crate) ear: Ear,
    serial: AtomicU64,
}

/// One call, before it is sent.
#[derive(Clone)]
pub(crate) struct Call {
    pub(crate) path: String,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl Answer {
    pub(crate) fn code(&self) -> &str {
        self.body["responseCode"].as_str().unwrap_or_default()
    }

    pub(crate) fn text(&self, pointer: &str) -> &str {
        let found = self.body.pointer(pointer).and_then(Value::as_str);
        found.unwrap_or_else(|| panic!("{pointer} in {}", self.body))
    }
}

impl Call {
    pub(crate) fn with(mut self, name: &'static str, value: &str) -> Self {
        self = self.without(name);
        self.headers.push((name, value.to_owned()));
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(other, _)| *other != name);
        self
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(other, _)| *other == name);
        found.map_or("", |(_, value)| value.as_str())
    }

    /// Signs it as it is.
    pub(crate) fn signed(self) -> Self {
        let hash = hex::encode(Sha256::digest(&self.body));
        let place = self.path.find("/v1.0").unwrap();
        let text = format!("POST:{}:{hash}:{}", &self.path[place..], self.header("X-TIMESTAMP"));
        self.signed_over(&text)
    }

    /// Signs another text.
    pub(crate) fn signed_over(self, text: &str) -> Self {
        self.with("X-SIGNATURE", &sign(test_keys::WINPAY_MERCHANT, text))
    }
}

/// The signature of a text by a PKCS#8 key.
pub(crate) fn sign(pem: &str, text: &str) -> String {
    let key = KeyPair::from_pkcs8(&der(pem)).unwrap();
    let mut signature = vec![0; key.public_modulus_len()];
    let random = SystemRandom::new();
    key.sign(&RSA_PKCS1_SHA256, &random, text.as_bytes(), &mut signature).unwrap();
    STANDARD.encode(signature)
}

/// Whether a text was signed with the other half of this public key.
pub(crate) fn verifies(pem: &str, text: &str, signature: &str) -> bool {
    let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, der(pem));
    key.verify(text.as_bytes(), &STANDARD.decode(signature).unwrap()).is_ok()
}

fn der(pem: &str) -> Vec<u8> {
    let body: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    STANDARD.decode(body).unwrap()
}

/// A world whose clock stands still.
pub(crate) async fn partner() -> Partner {
    partner_with(Settings::default()).await
}

/// The same with a Winpay of other habits.
pub(crate) async fn partner_of(winpay: WinpaySettings) -> Partner {
    partner_with(Settings { winpay, ..Settings::default() }).await
}

/// The same with other habits.
pub(crate) async fn partner_with(settings: Settings) -> Partner {
    let Begun { sim, clock, served, http } = begin(settings).await;
    Partner { sim, clock, served, http, ear: Ear::open().await, serial: AtomicU64::new(1) }
}

/// Winpay's documents' create sample for a channel, with our numbers.
pub(crate) fn order(notify: &str, channel: &str, reference: &str) -> Value {
    json!({
        "partnerReferenceNo": reference,
        "amount": { "value": "10000.00", "currency": "IDR" },
        "urlParam": [
            { "url": notify, "type": "PAY_NOTIFY", "isDeeplink": "N" },
            { "url": RETURN, "type": "PAY_RETURN", "isDeeplink": "N" },
        ],
        "validUpTo": "2026-11-20T10:05:00+07:00",
        "additionalInfo": {
            "channel": channel,
            "customerPhone": "081234567890",
            "customerName": "Sari Dewi",
        },
    })
}

impl Partner {
    pub(crate) fn order(&self, channel: &str, reference: &str) -> Value {
        order(&self.ear.url("/hooks/winpay/notify"), channel, reference)
    }

    /// A call with everything right.
    pub(crate) fn call(&self, path: &str, body: &Value) -> Call {
        self.call_raw(path, body.to_string().into_bytes()).signed()
    }

    /// The same with these bytes and no signature yet.
    pub(crate) fn call_raw(&self, path: &str, body: Vec<u8>) -> Call {
        let serial = self.serial.fetch_add(1, Ordering::Relaxed);
        let settings = WinpaySettings::default();
        let headers = vec![
            ("Content-Type", "application/json".to_owned()),
            ("X-TIMESTAMP", NOW.to_owned()),
            ("X-PARTNER-ID", settings.merchants[0].partner_id.clone()),
            ("X-EXTERNAL-ID", format!("20261120100000{serial:06}")),
            ("CHANNEL-ID", "WEB".to_owned()),
        ];
        Call { path: format!("/winpay/snap{path}"), headers, body }
    }

    pub(crate) async fn send(&self, call: &Call) -> Answer {
        let answer = self.try_send(call).await.unwrap();
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let text = answer.text().await.unwrap_or_default();
        Answer { status, headers, body: serde_json::from_str(&text).unwrap_or_default() }
    }

    pub(crate) async fn try_send(&self, call: &Call) -> reqwest::Result<reqwest::Response> {
        let mut request = self.http.post(self.served.url(&call.path)).body(call.body.clone());
        for (name, value) in &call.headers {
            request = request.header(*name, value);
        }
        request.send().await
    }

    /// Calls with everything right.
    pub(crate) async fn ask(&self, path: &str, body: &Value) -> Answer {
        self.send(&self.call(path, body)).await
    }

    /// Makes a contract: its id.
    pub(crate) async fn create(&self, channel: &str, reference: &str) -> String {
        let answer = self.ask(CREATE, &self.order(channel, reference)).await;
        assert_eq!(answer.code(), "2005400", "{} {}", answer.body, self.verdict());
        answer.text("/additionalInfo/contractId").to_owned()
    }

    /// Asks how it stands.
    pub(crate) async fn standing(&self, channel: &str, reference: &str, id: &str) -> String {
        let answer = self.ask(STATUS, &about(channel, reference, id)).await;
        assert_eq!(answer.code(), "2005500", "{}", answer.body);
        answer.text("/latestTransactionStatus").to_owned()
    }

    /// Takes it back: the code.
    pub(crate) async fn cancel(&self, channel: &str, reference: &str, id: &str) -> String {
        let mut body = about(channel, reference, id);
        body["reason"] = json!("Customer chose another way");
        self.ask(CANCEL, &body).await.code().to_owned()
    }

    /// Moves the clock and waits until what fell due by that has been sent.
    pub(crate) async fn pass(&self, seconds: i64) {
        kasir_tests::simulator::Clock::advance(&self.clock, seconds * 1_000);
        self.sim.quiet().await;
    }

    /// What the journal says of the last request that came in.
    pub(crate) fn verdict(&self) -> String {
        use kasir_tests::simulator::journal::Direction;
        let entries = self.sim.requests();
        let last = entries.iter().rfind(|entry| entry.direction == Direction::In);
        last.map(|entry| entry.verdict.clone()).unwrap_or_default()
    }
}

/// What a status is asked with.
pub(crate) fn about(channel: &str, reference: &str, id: &str) -> Value {
    json!({
        "originalPartnerReferenceNo": reference,
        "additionalInfo": { "contractId": id, "channel": channel },
    })
}

/// A notification as it arrived.
#[derive(Clone, Debug)]
pub(crate) struct Heard {
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Heard {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// Whether it is signed by this key over the path that was called.
    pub(crate) fn is_signed_by(&self, pem: &str) -> bool {
        let hash = hex::encode(Sha256::digest(self.body.as_bytes()));
        let text = format!("POST:{}:{hash}:{}", self.path, self.header("x-timestamp"));
        verifies(pem, &text, self.header("x-signature"))
    }
}

/// Where the merchant is called back.
#[derive(Clone)]
pub(crate) struct Ear {
    base: String,
    answers: Arc<Mutex<(StatusCode, String)>>,
    heard: Arc<Mutex<Vec<Heard>>>,
}

const TAKEN: &str = r#"{"responseCode":"2005600","responseMessage":"Successful"}"#;

impl Ear {
    async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let ear = Self {
            base: format!("http://{}", listener.local_addr().unwrap()),
            answers: Arc::new(Mutex::new((StatusCode::OK, TAKEN.to_owned()))),
            heard: Arc::default(),
        };
        let router = Router::new().fallback(arrived).with_state(ear.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        ear
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// Answers everything with this from now on.
    pub(crate) fn answer(&self, status: StatusCode, body: &str) {
        *self.answers.lock().unwrap() = (status, body.to_owned());
    }

    /// Answers as it should.
    pub(crate) fn listen(&self) {
        self.answer(StatusCode::OK, TAKEN);
    }

    pub(crate) fn heard(&self) -> Vec<Heard> {
        self.heard.lock().unwrap().clone()
    }
}

async fn arrived(State(ear): State<Ear>, request: Request) -> (StatusCode, String) {
    let (head, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    ear.heard.lock().unwrap().push(Heard {
        path: head.uri.path().to_owned(),
        headers: head.headers,
        body: String::from_utf8(body.to_vec()).unwrap(),
    });
    ear.answers.lock().unwrap().clone()
}
