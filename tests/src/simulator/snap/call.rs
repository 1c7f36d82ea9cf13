//! One SNAP call at a provider's door: read it, let it be disturbed, carry it out, write it down.
use super::body::{BODY_MAX, Node};
use super::code::{Case, Refusal};
use super::sign::{Right, Signed};
use super::{headers, stamp};
use crate::simulator::engine::Desk;
use crate::simulator::faults::{Armed, Fault};
use crate::simulator::journal::{Direction, Entry, mask, shortened};
use crate::simulator::tamper::{self, Answer, SnapAnswer};
use crate::simulator::view::{Decision, Operation, Provider, Step};
use crate::simulator::{Simulator, providers};
use axum::extract::Request;
use axum::response::Response;
use axum::routing::{MethodRouter, any, post};
use bytes::Bytes;
use http::HeaderMap;
use http::header::{AUTHORIZATION, HOST};
use serde_json::{Map, Value, json};

/// One service of one provider.
#[derive(Clone, Copy)]
pub(crate) struct Service {
    pub(crate) provider: Provider,
    /// The two digits in the middle of its codes.
    pub(crate) number: u8,
    pub(crate) operation: Operation,
    /// The path that a signature covers.
    pub(crate) path: &'static str,
    pub(crate) handle: fn(&mut Desk<'_>, &Incoming) -> Result<Done, Refusal>,
}

/// What arrived, before anything is made of it.
pub(crate) struct Incoming {
    pub(crate) service: Service,
    pub(crate) method: String,
    /// What was called, prefix and all.
    pub(crate) called: String,
    /// What stood behind the question mark; empty where there was none.
    pub(crate) query: String,
    pub(crate) origin: String,
    pub(crate) headers: HeaderMap,
    pub(crate) raw: Bytes,
    pub(crate) body: Result<Node, String>,
}

/// What a service did.
pub(crate) struct Done {
    pub(crate) message: &'static str,
    pub(crate) fields: Map<String, Value>,
    /// The transaction it is about, where it is about one.
    pub(crate) transaction: Option<String>,
    pub(crate) warning: Option<&'static str>,
    /// Where the caller is sent in place of an answer.
    pub(crate) elsewhere: Option<String>,
}

impl Incoming {
    pub(crate) fn header(&self, name: &str) -> &str {
        headers::text(&self.headers, name)
    }

    /// The body, or the refusal of what is none.
    pub(crate) fn read(&self) -> Result<&Node, Refusal> {
        self.body.as_ref().map_err(|why| Case::bad_request().because(why.clone()))
    }

    /// What the signature covers.
    pub(crate) fn signed(&self) -> Signed<'_> {
        Signed {
            method: &self.method,
            path: self.service.path,
            called: &self.called,
            origin: &self.origin,
            timestamp: self.header("x-timestamp"),
            signature: self.header("x-signature"),
            raw: &self.raw,
            body: self.body.as_ref().ok(),
        }
    }

    fn reference(&self) -> String {
        let Ok(body) = &self.body else { return String::new() };
        let names = ["partnerReferenceNo", "originalPartnerReferenceNo", "virtualAccountNo"];
        names.map(|name| body.text(name)).concat()
    }
}

/// What a caller is told whose body is signed in a way that others would refuse.
pub(crate) const fn warning(right: Right) -> Option<&'static str> {
    if right.nonportable { Some("nonportable-body") } else { None }
}

/// The route of a service.
pub(crate) fn route(service: Service) -> MethodRouter<Simulator> {
    post(move |sim: axum::extract::State<Simulator>, request: Request| {
        carry_out(sim.0, service, request)
    })
}

/// The same for a service that says itself which methods it has.
pub(crate) fn route_of_any_method(service: Service) -> MethodRouter<Simulator> {
    any(move |sim: axum::extract::State<Simulator>, request: Request| {
        carry_out(sim.0, service, request)
    })
}

async fn carry_out(sim: Simulator, service: Service, request: Request) -> Response {
    let incoming = read(&sim, service, request).await;
    let (provider, operation) = (service.provider, service.operation);
    let reference = incoming.reference();
    sim.shared.step(&Step::Received { operation, reference: reference.clone() });
    let fault = sim.shared.lock().faults.take(provider, operation, Fault::shapes_snap_answers);
    let elsewhere = format!("{}{}?redirected=1", incoming.origin, incoming.called);
    if let Some(armed) = fault.as_ref().filter(|armed| !armed.lets_process()) {
        write_unprocessed(&sim, &incoming, armed);
        let answer = unprocessed(&incoming, armed.fault, sim.shared.clock.now_ms());
        return tamper::play(Some(armed), answer, &elsewhere).await;
    }
    let (mut answer, before_reply) = process(&sim, &incoming, fault.as_ref());
    sim.shared.step(&Step::Processed { operation, reference });
    sim.shared.wake.notify_one();
    if before_reply {
        sim.shared.quiet().await;
    }
    if fault.as_ref().is_some_and(|armed| armed.fault == Fault::InternalError) {
        answer = unprocessed(&incoming, Fault::InternalError, sim.shared.clock.now_ms());
    }
    let delay = sim.shared.settings.processing_delay;
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
    tamper::play(fault.as_ref(), answer, &elsewhere).await
}

async fn read(sim: &Simulator, service: Service, request: Request) -> Incoming {
    let (head, body) = request.into_parts();
    // One byte more than is taken, so that what is cut off is seen to be too large.
    let raw = match axum::body::to_bytes(body, 4 * BODY_MAX).await {
        Ok(raw) => raw,
        Err(_) => Bytes::from(vec![b' '; BODY_MAX + 1]),
    };
    let host = head.headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or("127.0.0.1");
    let origin = sim.shared.settings.public_url.clone().unwrap_or_else(|| format!("http://{host}"));
    Incoming {
        service,
        method: head.method.to_string(),
        called: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        origin,
        headers: head.headers,
        body: Node::read(&raw),
        raw,
    }
}

/// Carries it out under one lock, and says whether notifications go before the answer.
fn process(sim: &Simulator, incoming: &Incoming, fault: Option<&Armed>) -> (Answer, bool) {
    sim.shared.change(&incoming.origin, |desk| {
        let done = (incoming.service.handle)(desk, incoming);
        write(desk, incoming, (fault, &done));
        let before_reply = done.as_ref().is_ok_and(|done| disturb(desk, incoming.service, done));
        (answer(incoming, done, desk.now_ms), before_reply)
    })
}

fn answer(incoming: &Incoming, done: Result<Done, Refusal>, now_ms: i64) -> Answer {
    let (case, fields, warning) = match done {
        Ok(Done { elsewhere: Some(url), .. }) => return Answer::Found(url),
        Ok(done) => (Case::new(200, 0, done.message), done.fields, done.warning),
        Err(refusal) => (refusal.case, Map::new(), None),
    };
    worded(incoming, (&case, fields, warning), now_ms)
}

fn worded(
    incoming: &Incoming,
    (case, fields, warning): (&Case, Map<String, Value>, Option<&'static str>),
    now_ms: i64,
) -> Answer {
    let service = incoming.service.number;
    let mut map = fields;
    map.insert("responseCode".to_owned(), json!(case.code(service)));
    map.insert("responseMessage".to_owned(), json!(case.message));
    Answer::Snap(SnapAnswer {
        service,
        status: case.http,
        stamp: stamp::write(now_ms),
        warning,
        map,
    })
}

fn unprocessed(incoming: &Incoming, fault: Fault, now_ms: i64) -> Answer {
    let case = if fault == Fault::Busy { Case::too_many() } else { Case::internal() };
    worded(incoming, (&case, Map::new(), None), now_ms)
}

/// Plays the faults that follow from a call that went well.
fn disturb(desk: &mut Desk<'_>, service: Service, done: &Done) -> bool {
    let Some(id) = done.transaction.as_deref() else { return false };
    let (provider, operation) = (service.provider, service.operation);
    let forged = |fault| fault == Fault::ForgedNotification;
    if desk.state.faults.take(provider, operation, forged).is_some() {
        providers::forge(desk, id);
    }
    let early = |fault| fault == Fault::NotificationBeforeReply;
    let early = desk.state.faults.take(provider, operation, early).is_some();
    if early && operation == Operation::Registration {
        // Already paid is as good: it is the notification that matters.
        drop(providers::decide(desk, id, Decision::Approve));
    }
    early
}

fn write(
    desk: &mut Desk<'_>,
    incoming: &Incoming,
    (fault, done): (Option<&Armed>, &Result<Done, Refusal>),
) {
    let mut entry = entry(incoming);
    entry.fault = fault.map(|armed| armed.fault);
    entry.hints = std::mem::take(&mut desk.hints);
    match done {
        Ok(done) => {
            entry.transaction.clone_from(&done.transaction);
            entry.hints.extend(done.warning.map(str::to_owned));
            entry.code = Case::new(200, 0, "").code(incoming.service.number);
        }
        Err(refusal) => {
            entry.code = refusal.case.code(incoming.service.number);
            entry.refuse(refusal.why.clone());
        }
    }
    desk.state.journal.write(desk.now_ms, entry);
}

fn write_unprocessed(sim: &Simulator, incoming: &Incoming, armed: &Armed) {
    let mut entry = entry(incoming);
    entry.fault = Some(armed.fault);
    entry.refuse("not processed: a fault was played".to_owned());
    let now_ms = sim.shared.clock.now_ms();
    sim.shared.lock().journal.write(now_ms, entry);
}

/// The headers that the journal tells of.
const TOLD: [&str; 6] =
    ["X-TIMESTAMP", "X-SIGNATURE", "X-PARTNER-ID", "X-EXTERNAL-ID", "CHANNEL-ID", "X-CLIENT-KEY"];

fn entry(incoming: &Incoming) -> Entry {
    let service = incoming.service;
    let mut entry = Entry::new(service.provider, Direction::In, service.operation);
    entry.method.clone_from(&incoming.method);
    entry.path.clone_from(&incoming.called);
    entry.reference = incoming.reference();
    if let Ok(body) = &incoming.body {
        entry.fields = body.shown();
    }
    entry.fields.extend(form_urlencoded::parse(incoming.query.as_bytes()).into_owned());
    mask(&mut entry.fields);
    for name in TOLD {
        let value = incoming.header(name);
        let value = if name == "X-SIGNATURE" { shortened(value) } else { value.to_owned() };
        if !value.is_empty() {
            entry.fields.insert(name.to_owned(), value);
        }
    }
    let bearer = incoming.header(AUTHORIZATION.as_str());
    if !bearer.is_empty() {
        let token = bearer.split_once(' ').map_or(bearer, |(_, token)| token);
        entry.fields.insert("Authorization".to_owned(), shortened(token));
    }
    entry
}
