//! One call at NICEPAY's door: read it, let it be disturbed, carry it out, write it down, answer.
use super::codes::{BUSY, Code, MALFORMED, Refusal};
use super::fields::Fields;
use super::{decide, notification};
use crate::simulator::Simulator;
use crate::simulator::engine::Desk;
use crate::simulator::faults::{Armed, Fault};
use crate::simulator::journal::{Direction, Entry};
use crate::simulator::pages;
use crate::simulator::tamper::{self, Answer};
use crate::simulator::view::{Decision, Operation, Provider, Step};
use axum::extract::Request;
use axum::response::Response;
use bytes::Bytes;
use http::HeaderMap;
use http::header::{CONTENT_TYPE, HOST};
use serde_json::{Map, Value, json};

/// What an operation does with its fields.
pub(crate) type Handle = fn(&mut Desk<'_>, &Fields) -> Reply;

/// What an operation says, to its caller and to the journal.
pub(crate) struct Reply {
    pub(crate) answer: Answer,
    pub(crate) transaction: Option<String>,
    pub(crate) refusal: Option<Refusal>,
}

impl Reply {
    pub(crate) fn accepted(answer: Answer, transaction: &str) -> Self {
        Self { answer, transaction: Some(transaction.to_owned()), refusal: None }
    }

    /// Refuses with the JSON that every V2 call answers with.
    pub(crate) fn refused(refusal: Refusal) -> Self {
        let answer = Answer::Json(refusal_json(refusal.code));
        Self { answer, transaction: None, refusal: Some(refusal) }
    }

    /// Refuses with a page for the customer.
    pub(crate) fn refused_page(refusal: Refusal) -> Self {
        let answer = Answer::Page(pages::error(refusal.code.0, refusal.code.1));
        Self { answer, transaction: None, refusal: Some(refusal) }
    }

    pub(crate) fn about(mut self, transaction: Option<String>) -> Self {
        self.transaction = transaction;
        self
    }
}

fn refusal_json(code: Code) -> Map<String, Value> {
    let mut map = nulls(&["tXid", "referenceNo", "payMethod", "amt", "transDt", "transTm"]);
    map.insert("resultCd".to_owned(), json!(code.0));
    map.insert("resultMsg".to_owned(), json!(code.1));
    map
}

/// Keys that are there and say nothing.
pub(crate) fn nulls(keys: &[&str]) -> Map<String, Value> {
    keys.iter().map(|key| ((*key).to_owned(), Value::Null)).collect()
}

/// What arrived, before anything is made of it.
struct Incoming {
    method: String,
    path: String,
    origin: String,
    fields: Result<Fields, Refusal>,
}

/// Larger requests than any merchant sends are cut off.
const BODY_MAX: usize = 1 << 20;

/// Carries out one call.
pub(crate) async fn carry_out(
    sim: Simulator,
    operation: Operation,
    handle: Handle,
    request: Request,
) -> Response {
    let incoming = read(&sim, operation, request).await;
    let reference = reference(&sim, &incoming);
    sim.shared.step(&Step::Received { operation, reference: reference.clone() });
    let fault = sim.shared.lock().faults.take(PROVIDER, operation, Fault::shapes_answers);
    let elsewhere = format!("{}{}?redirected=1", incoming.origin, incoming.path);
    if let Some(armed) = fault.as_ref().filter(|armed| !armed.lets_process()) {
        write_unprocessed(&sim, operation, &incoming, (reference, armed));
        return tamper::play(Some(armed), Answer::Json(refusal_json(BUSY)), &elsewhere).await;
    }
    let (reply, before_reply) = process(&sim, operation, handle, (&incoming, fault.as_ref()));
    sim.shared.step(&Step::Processed { operation, reference });
    sim.shared.wake.notify_one();
    if before_reply {
        sim.shared.quiet().await;
    }
    let delay = sim.shared.settings.processing_delay;
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
    tamper::play(fault.as_ref(), reply.answer, &elsewhere).await
}

const PROVIDER: Provider = Provider::Nicepay;

async fn read(sim: &Simulator, operation: Operation, request: Request) -> Incoming {
    let (head, body) = request.into_parts();
    let body = axum::body::to_bytes(body, BODY_MAX).await.unwrap_or_default();
    let query = head.uri.query().unwrap_or_default();
    let fields = match operation {
        Operation::Registration | Operation::Inquiry | Operation::Cancel => {
            read_json(&head.headers, &body)
        }
        Operation::Confirm
            if sim.shared.settings.nicepay_v2.confirms_in_json
                && media_type(&head.headers) == "application/json" =>
        {
            read_json(&head.headers, &body)
        }
        Operation::Token
        | Operation::Payment
        | Operation::Confirm
        | Operation::Till
        | Operation::Callback
        | Operation::LinkEnable
        | Operation::LinkInitiate
        | Operation::Notification
        | Operation::MerchantInfo
        | Operation::AuthCode
        | Operation::Binding
        | Operation::AccountInquiry
        | Operation::Balance
        | Operation::Unbinding
        | Operation::Bill => read_form(&head.headers, query, &body),
    };
    Incoming {
        method: head.method.to_string(),
        path: head.uri.path().to_owned(),
        origin: origin(sim, &head.headers),
        fields,
    }
}

/// Where browsers reach us: as told, or as this one did.
pub(crate) fn origin(sim: &Simulator, headers: &HeaderMap) -> String {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or("127.0.0.1");
    sim.shared.settings.public_url.clone().unwrap_or_else(|| format!("http://{host}"))
}

fn media_type(headers: &HeaderMap) -> String {
    let value = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let media = value.unwrap_or_default().split(';').next().unwrap_or_default();
    media.trim().to_ascii_lowercase()
}

fn read_json(headers: &HeaderMap, body: &Bytes) -> Result<Fields, Refusal> {
    let media = media_type(headers);
    if media != "application/json" {
        let why = format!("the Content-Type must be application/json, it is {media:?}");
        return Err(Refusal::new(MALFORMED, why));
    }
    Fields::from_json(body).map_err(|why| Refusal::new(MALFORMED, why))
}

fn read_form(headers: &HeaderMap, query: &str, body: &Bytes) -> Result<Fields, Refusal> {
    if media_type(headers) == "application/json" {
        let why = "this is a browser's form or address, not a JSON call between servers";
        return Err(Refusal::new(MALFORMED, why));
    }
    Ok(Fields::from_form(query, body))
}

/// The order number a call is about; the payment step names only its tXid.
fn reference(sim: &Simulator, incoming: &Incoming) -> String {
    let Ok(fields) = &incoming.fields else { return String::new() };
    let state = sim.shared.lock();
    let stored = state.nicepay.find(fields.get("tXid")).map(|t| t.reference.clone());
    stored.unwrap_or_else(|| fields.get("referenceNo").to_owned())
}

/// Carries it out under one lock, and says whether notifications go before the answer.
fn process(
    sim: &Simulator,
    operation: Operation,
    handle: Handle,
    (incoming, fault): (&Incoming, Option<&Armed>),
) -> (Reply, bool) {
    sim.shared.change(&incoming.origin, |desk| {
        let reply = match &incoming.fields {
            Ok(fields) => handle(desk, fields),
            Err(refusal) if matches!(operation, Operation::Payment | Operation::LinkEnable) => {
                Reply::refused_page(refusal.clone())
            }
            Err(refusal) => Reply::refused(refusal.clone()),
        };
        write(desk, operation, (incoming, fault), &reply);
        let before_reply = reply.refusal.is_none() && disturb(desk, operation, &reply);
        (reply, before_reply)
    })
}

/// Plays the faults that follow from a call that went well.
fn disturb(desk: &mut Desk<'_>, operation: Operation, reply: &Reply) -> bool {
    let Some(id) = reply.transaction.as_deref() else { return false };
    let forged = |fault| fault == Fault::ForgedNotification;
    if desk.state.faults.take(PROVIDER, operation, forged).is_some() {
        notification::forged(desk, id);
    }
    let early = |fault| fault == Fault::NotificationBeforeReply;
    let early = desk.state.faults.take(PROVIDER, operation, early).is_some();
    if early && operation != Operation::Cancel {
        // Already paid is as good: it is the notification that matters.
        drop(decide(desk, id, Decision::Approve));
    }
    early
}

fn write(
    desk: &mut Desk<'_>,
    operation: Operation,
    (incoming, fault): (&Incoming, Option<&Armed>),
    reply: &Reply,
) {
    let mut entry = entry(operation, incoming);
    entry.transaction.clone_from(&reply.transaction);
    if let Some(transaction) = reply.transaction.as_deref() {
        let stored = desk.state.nicepay.find(transaction).map(|t| t.reference.clone());
        entry.reference = stored.unwrap_or(entry.reference);
    }
    entry.fault = fault.map(|armed| armed.fault);
    entry.hints = std::mem::take(&mut desk.hints);
    super::codes::SUCCESS.0.clone_into(&mut entry.code);
    if let Some(refusal) = &reply.refusal {
        refusal.code.0.clone_into(&mut entry.code);
        entry.refuse(refusal.why.clone());
    }
    desk.state.journal.write(desk.now_ms, entry);
}

fn write_unprocessed(
    sim: &Simulator,
    operation: Operation,
    incoming: &Incoming,
    (reference, armed): (String, &Armed),
) {
    let mut entry = entry(operation, incoming);
    entry.reference = reference;
    entry.fault = Some(armed.fault);
    entry.refuse("not processed: a fault was played".to_owned());
    let now_ms = sim.shared.clock.now_ms();
    sim.shared.lock().journal.write(now_ms, entry);
}

fn entry(operation: Operation, incoming: &Incoming) -> Entry {
    let mut entry = Entry::new(PROVIDER, Direction::In, operation);
    entry.method.clone_from(&incoming.method);
    entry.path.clone_from(&incoming.path);
    if let Ok(fields) = &incoming.fields {
        fields.get("referenceNo").clone_into(&mut entry.reference);
        entry.fields = fields.shown();
    }
    entry
}
