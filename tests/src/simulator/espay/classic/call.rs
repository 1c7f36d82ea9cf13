//! One classic call at Espay's door: a form in, JSON out.
use crate::simulator::Simulator;
use crate::simulator::engine::Desk;
use crate::simulator::faults::{Armed, Fault};
use crate::simulator::journal::{Direction, Entry, mask};
use crate::simulator::providers;
use crate::simulator::tamper::{self, Answer};
use crate::simulator::view::{Decision, Operation, Provider, Step};
use axum::extract::Request;
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HOST, WWW_AUTHENTICATE};
use http::{HeaderMap, StatusCode};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// The fields of a form.
pub(crate) type Fields = BTreeMap<String, String>;

/// One service.
#[derive(Clone, Copy)]
pub(crate) struct Service {
    pub(crate) operation: Operation,
    /// It asks for a name and a password.
    pub(crate) basic: bool,
    pub(crate) handle: fn(&mut Desk<'_>, &Fields) -> Reply,
}

/// What a service says, to its caller and to the journal.
pub(crate) struct Reply {
    answer: Map<String, Value>,
    code: String,
    why: Option<String>,
    transaction: Option<String>,
    /// Answered once this transaction is decided.
    waits: bool,
}

impl Reply {
    /// It went well.
    pub(crate) fn answered(answer: Value, transaction: Option<String>) -> Self {
        let answer = object(answer);
        let code = "0000".to_owned();
        Self { answer, code, why: None, transaction, waits: false }
    }

    /// The call is held until its customer has decided.
    pub(crate) fn held(mut self, waits: bool) -> Self {
        self.waits = waits;
        self
    }
}

fn object(answer: Value) -> Map<String, Value> {
    match answer {
        Value::Object(map) => map,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            Map::new()
        }
    }
}

/// It is turned down: what the caller is told, and what the journal.
pub(crate) fn refused((code, message): (&str, &str), why: impl Into<String>) -> Reply {
    let answer = object(json!({ "error_code": code, "error_message": message }));
    let (code, why) = (code.to_owned(), Some(why.into()));
    Reply { answer, code, why, transaction: None, waits: false }
}

/// Larger requests than any merchant sends are cut off.
const BODY_MAX: usize = 64 << 10;

/// What arrived.
struct Incoming {
    path: String,
    origin: String,
    headers: HeaderMap,
    fields: Fields,
}

/// Carries out one call.
pub(crate) async fn carry_out(sim: Simulator, service: Service, request: Request) -> Response {
    let incoming = read(&sim, request).await;
    let operation = service.operation;
    let reference = incoming.fields.get("order_id").cloned().unwrap_or_default();
    sim.shared.step(&Step::Received { operation, reference: reference.clone() });
    let can = Fault::shapes_answers;
    let fault = sim.shared.lock().faults.take(Provider::Espay, operation, can);
    let elsewhere = format!("{}{}?redirected=1", incoming.origin, incoming.path);
    if let Some(armed) = fault.as_ref().filter(|armed| !armed.lets_process()) {
        let busy = refused(("0999", "System Busy"), "not processed: a fault was played");
        let now_ms = sim.shared.clock.now_ms();
        let entry = entry((service, &incoming), &busy, Some(armed));
        sim.shared.lock().journal.write(now_ms, entry);
        return tamper::play(Some(armed), Answer::Json(busy.answer), &elsewhere).await;
    }
    if service.basic && !is_let_in(&sim, &incoming) {
        let wrong = refused(("401", "Unauthorized"), "name or password is wrong");
        let now_ms = sim.shared.clock.now_ms();
        let entry = entry((service, &incoming), &wrong, None);
        sim.shared.lock().journal.write(now_ms, entry);
        let realm = [(WWW_AUTHENTICATE, "Basic realm=\"Espay\"")];
        return (StatusCode::UNAUTHORIZED, realm, "Unauthorized").into_response();
    }
    let (mut reply, before_reply) = process(&sim, service, (&incoming, fault.as_ref()));
    sim.shared.step(&Step::Processed { operation, reference });
    sim.shared.wake.notify_one();
    if before_reply {
        sim.shared.quiet().await;
    }
    if let Some(id) = reply.transaction.clone().filter(|_| reply.waits) {
        let status = decided(&sim, &id).await;
        reply.answer.insert("tx_status".to_owned(), json!(status));
    }
    let delay = sim.shared.settings.processing_delay;
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
    tamper::play(fault.as_ref(), Answer::Json(reply.answer), &elsewhere).await
}

async fn read(sim: &Simulator, request: Request) -> Incoming {
    let (head, body) = request.into_parts();
    let body: Bytes = axum::body::to_bytes(body, BODY_MAX).await.unwrap_or_default();
    let host = head.headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or("127.0.0.1");
    let origin = sim.shared.settings.public_url.clone().unwrap_or_else(|| format!("http://{host}"));
    let media = head.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let is_form = media.is_some_and(|m| m.starts_with("application/x-www-form-urlencoded"));
    let fields =
        if is_form { form_urlencoded::parse(&body).into_owned().collect() } else { Fields::new() };
    Incoming { path: head.uri.path().to_owned(), origin, headers: head.headers, fields }
}

/// Whether the caller has a merchant's name and password.
fn is_let_in(sim: &Simulator, incoming: &Incoming) -> bool {
    let given = incoming.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let given = given.and_then(|value| value.strip_prefix("Basic ")).unwrap_or_default();
    sim.shared.settings.espay.merchants.iter().any(|merchant| {
        let (name, password) = &merchant.basic;
        given == STANDARD.encode(format!("{name}:{password}"))
    })
}

/// Carries it out under one lock, and says whether notifications go before the answer.
fn process(
    sim: &Simulator,
    service: Service,
    (incoming, fault): (&Incoming, Option<&Armed>),
) -> (Reply, bool) {
    sim.shared.change(&incoming.origin, |desk| {
        let reply = (service.handle)(desk, &incoming.fields);
        let mut entry = entry((service, incoming), &reply, fault);
        entry.hints = std::mem::take(&mut desk.hints);
        desk.state.journal.write(desk.now_ms, entry);
        let early = |fault| fault == Fault::NotificationBeforeReply;
        let Some(id) = reply.transaction.as_deref() else { return (reply, false) };
        let early = desk.state.faults.take(Provider::Espay, service.operation, early).is_some();
        if early && service.operation == Operation::Registration {
            // Already paid is as good: it is the notification that matters.
            drop(providers::decide(desk, id, Decision::Approve));
        }
        (reply, early)
    })
}

/// Resolves when a transaction is decided, or its time has run out: the letters for how it stands.
async fn decided(sim: &Simulator, id: &str) -> &'static str {
    let mut changed = sim.shared.decided();
    loop {
        let (open, until_ms, flag) = sim.shared.change("", |desk| {
            let payment = desk.state.espay.find(id);
            payment.map_or((false, 0, "F"), |payment| {
                let open = payment.status(desk.now_ms).is_open();
                (open, payment.until_ms, payment.flag(desk.now_ms))
            })
        });
        if !open {
            return flag;
        }
        tokio::select! {
            () = sim.shared.clock.wait_until(until_ms) => {}
            gone = changed.changed() => if gone.is_err() { return flag },
        }
    }
}

fn entry((service, incoming): (Service, &Incoming), reply: &Reply, fault: Option<&Armed>) -> Entry {
    let mut entry = Entry::new(Provider::Espay, Direction::In, service.operation);
    entry.path.clone_from(&incoming.path);
    entry.reference = incoming.fields.get("order_id").cloned().unwrap_or_default();
    entry.transaction.clone_from(&reply.transaction);
    entry.fields.clone_from(&incoming.fields);
    mask(&mut entry.fields);
    entry.fault = fault.map(|armed| armed.fault);
    entry.code.clone_from(&reply.code);
    if let Some(why) = &reply.why {
        entry.refuse(why.clone());
    }
    entry
}
