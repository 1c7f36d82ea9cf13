//! `/_sim`: tests, scripts and the demo's panel look at the simulators and move them.
use super::Simulator;
use super::faults::Armed;
use super::jakarta::rfc3339;
use super::view::{Decision, Provider, Refused};
use super::winpay::SigningKey;
use axum::Json;
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use bytes::Bytes;
use http::StatusCode;
use http::header::CONTENT_TYPE;
use serde::Deserialize;
use serde::de::{DeserializeOwned, IntoDeserializer as _};
use serde_json::{Value, json};
use std::collections::HashMap;

/// The control interface.
pub(crate) fn routes() -> Router<Simulator> {
    Router::new()
        .route("/_sim/transactions", get(transactions))
        .route("/_sim/transactions/{id}/{decision}", post(decide))
        .route("/_sim/links", get(links))
        .route("/_sim/providers", get(providers))
        .route("/_sim/providers/{provider}/{turn}", post(turn))
        .route("/_sim/providers/winpay/keys/{key}", post(sign_with))
        .route("/_sim/providers/nicepay/tokens", delete(revoke))
        .route("/_sim/links/{id}/{decision}", post(answer_link))
        .route("/_sim/faults", get(faults).post(arm).delete(disarm))
        .route("/_sim/ledger", get(ledger))
        .route("/_sim/requests", get(requests))
        .route("/_sim/clock", get(clock).post(advance))
        .merge(super::espay::controls())
}

pub(crate) fn problem(status: StatusCode, code: &str, detail: &str) -> Response {
    let title = status.canonical_reason().unwrap_or_default();
    let body = json!({
        "type": "about:blank", "title": title, "status": status.as_u16(), "detail": detail,
        "code": code,
    });
    (status, [(CONTENT_TYPE, "application/problem+json")], body.to_string()).into_response()
}

pub(crate) fn refused(refused: Refused) -> Response {
    match refused {
        Refused::Unknown => problem(StatusCode::NOT_FOUND, "not_found", "there is no such id"),
        Refused::Decided => {
            problem(StatusCode::CONFLICT, "conflict", "the customer has decided already")
        }
        Refused::Conflict(status) => {
            let detail = format!("it is {}, where this is not possible", status.word());
            problem(StatusCode::CONFLICT, "conflict", &detail)
        }
    }
}

pub(crate) fn unprocessable(detail: &str) -> Response {
    problem(StatusCode::UNPROCESSABLE_ENTITY, "invalid", detail)
}

pub(crate) fn parse<T: DeserializeOwned>(body: &Bytes) -> Result<T, String> {
    serde_json::from_slice(body).map_err(|error| error.to_string())
}

/// A word of one of our enums.
pub(super) fn named<'de, T: Deserialize<'de>>(word: &'de str) -> Option<T> {
    let read: Result<T, serde::de::value::Error> = T::deserialize(word.into_deserializer());
    read.ok()
}

fn decision(word: &str) -> Option<Decision> {
    named(word)
}

fn no_such_decision() -> Response {
    problem(
        StatusCode::NOT_FOUND,
        "not_found",
        "there are approve, decline, expire, refund and replay",
    )
}

async fn transactions(
    State(sim): State<Simulator>,
    Query(query): Query<HashMap<String, String>>,
) -> Response {
    let reference = query.get("reference").map(String::as_str).filter(|text| !text.is_empty());
    Json(sim.transactions_of(reference)).into_response()
}

async fn decide(
    State(sim): State<Simulator>,
    Path((id, word)): Path<(String, String)>,
) -> Response {
    if word == "replay" {
        return match sim.replay(&id) {
            Ok(()) => StatusCode::NO_CONTENT.into_response(),
            Err(why) => refused(why),
        };
    }
    let Some(decision) = decision(&word) else { return no_such_decision() };
    match sim.decide(&id, decision) {
        Ok(transaction) => Json(transaction).into_response(),
        Err(why) => refused(why),
    }
}

async fn providers(State(sim): State<Simulator>) -> Response {
    let mut all = Vec::new();
    for provider in Provider::ALL {
        let lines = sim.lines(provider).await;
        let lines: Vec<String> = lines.iter().map(|line| format!("http://{line}")).collect();
        let (name, up) = (provider.name(), sim.is_up(provider));
        all.push(json!({"provider": provider, "name": name, "up": up, "lines": lines}));
    }
    Json(all).into_response()
}

async fn turn(
    State(sim): State<Simulator>,
    Path((provider, turn)): Path<(String, String)>,
) -> Response {
    let Some(provider) = named::<Provider>(&provider) else {
        return problem(StatusCode::NOT_FOUND, "not_found", "there are nicepay, winpay and espay");
    };
    let turned = match turn.as_str() {
        "up" => sim.bring_up(provider).await,
        "down" => sim.take_down(provider).await,
        _ => return problem(StatusCode::NOT_FOUND, "not_found", "there are up and down"),
    };
    match turned {
        Ok(()) => providers(State(sim)).await,
        Err(error) => {
            let detail = format!("its line could not be opened: {error}");
            problem(StatusCode::INTERNAL_SERVER_ERROR, "internal", &detail)
        }
    }
}

async fn sign_with(State(sim): State<Simulator>, Path(key): Path<String>) -> Response {
    let Some(key) = named::<SigningKey>(&key) else {
        return problem(StatusCode::NOT_FOUND, "not_found", "there are usual, next and short");
    };
    sim.sign_winpay_with(key);
    Json(json!({"provider": "winpay", "key": key})).into_response()
}

async fn revoke(State(sim): State<Simulator>) -> StatusCode {
    sim.revoke_tokens();
    StatusCode::NO_CONTENT
}

async fn links(State(sim): State<Simulator>) -> Response {
    Json(sim.links()).into_response()
}

async fn answer_link(
    State(sim): State<Simulator>,
    Path((id, word)): Path<(String, String)>,
) -> Response {
    let accepts = match decision(&word) {
        Some(Decision::Approve) => true,
        Some(Decision::Decline) => false,
        Some(Decision::Expire | Decision::Refund) | None => {
            return problem(StatusCode::NOT_FOUND, "not_found", "there are approve and decline");
        }
    };
    match sim.answer_link(&id, accepts) {
        Ok(link) => Json(link).into_response(),
        Err(why) => refused(why),
    }
}

async fn faults(State(sim): State<Simulator>) -> Response {
    Json(sim.armed()).into_response()
}

/// A name that is unknown is answered with those that are known.
async fn arm(State(sim): State<Simulator>, body: Bytes) -> Response {
    match parse::<Armed>(&body) {
        Ok(armed) => match sim.arm(armed.clone()) {
            Some(()) => (StatusCode::CREATED, Json(armed)).into_response(),
            None => unprocessable("this fault cannot be played on that operation"),
        },
        Err(why) => unprocessable(&why),
    }
}

async fn disarm(State(sim): State<Simulator>) -> StatusCode {
    sim.disarm();
    StatusCode::NO_CONTENT
}

async fn ledger(State(sim): State<Simulator>) -> Response {
    Json(sim.ledger()).into_response()
}

async fn requests(
    State(sim): State<Simulator>,
    Query(query): Query<HashMap<String, String>>,
) -> Response {
    let mut entries = sim.requests();
    if let Some(reference) = query.get("reference").filter(|text| !text.is_empty()) {
        entries.retain(|entry| entry.reference == *reference);
    }
    Json(entries).into_response()
}

/// How far the clock is to be moved.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    advance_s: u32,
}

fn reading(sim: &Simulator) -> Value {
    let now_ms = sim.clock().now_ms();
    json!({ "now": rfc3339(now_ms), "now_ms": now_ms })
}

async fn clock(State(sim): State<Simulator>) -> Response {
    Json(reading(&sim)).into_response()
}

async fn advance(State(sim): State<Simulator>, body: Bytes) -> Response {
    match parse::<Advance>(&body) {
        Ok(advance) => {
            sim.clock().advance(i64::from(advance.advance_s) * 1_000);
            Json(reading(&sim)).into_response()
        }
        Err(why) => unprocessable(&why),
    }
}
