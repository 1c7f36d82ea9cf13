//! Where a shop's webhooks arrive: kept with whether their signature is true, and answered as told.
//!
//! The signature is checked from the Standard Webhooks specification, with no code of Kasir's.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::{HeaderMap, StatusCode};
use serde_json::Value;
use sha2::Sha256;
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::in_time;
use crate::town::WEBHOOK_SECRET;

/// How a shop takes its mail.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Manner {
    /// 204.
    Take,
    /// This status.
    Answer(u16),
    /// 503, and to be asked again after so many seconds.
    Later(u32),
    /// 302 to there.
    Redirect(String),
    /// Nothing is ever answered.
    Hang,
    /// 500, with a body that never ends.
    Endless,
}

/// A delivery as it arrived.
#[derive(Clone, Debug)]
pub struct Letter {
    /// `webhook-id`.
    pub id: String,
    /// `webhook-timestamp`.
    pub at_s: i64,
    /// Whether `webhook-signature` is true.
    pub genuine: bool,
    /// `type`.
    pub kind: String,
    /// `version`.
    pub version: u64,
    /// `data.id`.
    pub subject: String,
    /// The whole body.
    pub body: Value,
}

/// A shop's mailbox, served on a port of its own. Cheap to clone; all clones are the same one.
#[derive(Clone)]
pub struct Mailbox {
    /// Its address.
    pub url: String,
    inner: Arc<Inner>,
}

type Hook = Box<dyn Fn(&Letter) + Send + Sync>;

struct Inner {
    letters: Mutex<Vec<Letter>>,
    manner: Mutex<Manner>,
    hook: Mutex<Option<Hook>>,
    arrived: watch::Sender<usize>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Mailbox {
    /// Opens one.
    ///
    /// # Panics
    ///
    /// Where no port is free.
    pub async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("a bound listener has an address");
        let inner = Inner {
            letters: Mutex::default(),
            manner: Mutex::new(Manner::Take),
            hook: Mutex::new(None),
            arrived: watch::Sender::new(0),
        };
        let mailbox = Self { url: format!("http://{address}/hooks"), inner: Arc::new(inner) };
        let router = Router::new().route("/{*path}", any(receive)).with_state(mailbox.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        mailbox
    }

    /// Takes everything like this from now on.
    pub fn manner(&self, manner: Manner) {
        *lock(&self.inner.manner) = manner;
    }

    /// Calls this with every letter, before it is answered.
    pub fn on_letter(&self, hook: impl Fn(&Letter) + Send + Sync + 'static) {
        *lock(&self.inner.hook) = Some(Box::new(hook));
    }

    /// Everything that arrived, oldest first.
    pub fn letters(&self) -> Vec<Letter> {
        lock(&self.inner.letters).clone()
    }

    /// Everything that arrived about a session, an attempt or a refund.
    pub fn about(&self, subject: &str) -> Vec<Letter> {
        self.letters().into_iter().filter(|letter| letter.subject == subject).collect()
    }

    /// How many of a kind arrived about something, each event counted once.
    pub fn events(&self, kind: &str, subject: &str) -> usize {
        let mut ids: Vec<String> = self
            .about(subject)
            .into_iter()
            .filter(|letter| letter.kind == kind)
            .map(|letter| letter.id)
            .collect();
        ids.sort();
        ids.dedup();
        ids.len()
    }

    /// The first letter of a kind about something, once it is there.
    pub async fn wait(&self, kind: &str, subject: &str) -> Letter {
        self.nth(kind, subject, 1).await
    }

    /// The `n`th letter of a kind about something, once it is there.
    ///
    /// # Panics
    ///
    /// Where it does not come.
    pub async fn nth(&self, kind: &str, subject: &str, n: usize) -> Letter {
        let mut arrived = self.inner.arrived.subscribe();
        let waiting = async {
            loop {
                arrived.mark_unchanged();
                let mut found =
                    self.about(subject).into_iter().filter(|letter| letter.kind == kind);
                if let Some(letter) = found.nth(n - 1) {
                    return letter;
                }
                arrived.changed().await.expect("the mailbox is open");
            }
        };
        in_time(&format!("letter {n} of {kind} about {subject}"), waiting).await
    }
}

async fn receive(State(mailbox): State<Mailbox>, headers: HeaderMap, body: Bytes) -> Response {
    let letter = read(&headers, &body);
    if let Some(hook) = &*lock(&mailbox.inner.hook) {
        hook(&letter);
    }
    lock(&mailbox.inner.letters).push(letter);
    mailbox.inner.arrived.send_modify(|count| *count += 1);
    let manner = lock(&mailbox.inner.manner).clone();
    match manner {
        Manner::Take => StatusCode::NO_CONTENT.into_response(),
        Manner::Answer(status) => StatusCode::from_u16(status).expect("a status").into_response(),
        Manner::Later(seconds) => {
            (StatusCode::SERVICE_UNAVAILABLE, [("retry-after", seconds.to_string())])
                .into_response()
        }
        Manner::Redirect(to) => (StatusCode::FOUND, [("location", to)]).into_response(),
        Manner::Hang => std::future::pending().await,
        Manner::Endless => {
            let block = Bytes::from_static(&[b'x'; 4096]);
            let stream =
                futures_util::stream::repeat_with(move || Ok::<_, std::io::Error>(block.clone()));
            (StatusCode::INTERNAL_SERVER_ERROR, Body::from_stream(stream)).into_response()
        }
    }
}

fn read(headers: &HeaderMap, bytes: &Bytes) -> Letter {
    let header =
        |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (id, at) = (header("webhook-id"), header("webhook-timestamp"));
    let body: Value = serde_json::from_slice(bytes).unwrap_or_default();
    Letter {
        id: id.to_owned(),
        at_s: at.parse().unwrap_or_default(),
        genuine: is_genuine((id, at), header("webhook-signature"), bytes),
        kind: body["type"].as_str().unwrap_or_default().to_owned(),
        version: body["version"].as_u64().unwrap_or_default(),
        subject: body["data"]["id"].as_str().unwrap_or_default().to_owned(),
        body,
    }
}

fn is_genuine((id, at): (&str, &str), signatures: &str, body: &[u8]) -> bool {
    let secret = WEBHOOK_SECRET.trim_start_matches("whsec_");
    let key = STANDARD.decode(secret).expect("the secret is base64");
    signatures.split(' ').filter_map(|one| one.strip_prefix("v1,")).any(|signature| {
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).expect("a key of any length");
        mac.update(format!("{id}.{at}.").as_bytes());
        mac.update(body);
        STANDARD.decode(signature).is_ok_and(|bytes| mac.verify_slice(&bytes).is_ok())
    })
}
