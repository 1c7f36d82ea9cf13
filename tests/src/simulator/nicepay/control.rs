//! `/_sim` for what only NICEPAY has: tills, lenders, its own page.
use super::{AtTill, Bill, CallbackManner, Details, Entered};
use crate::simulator::Simulator;
use crate::simulator::control::{parse, problem, refused, unprocessable};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use bytes::Bytes;
use http::StatusCode;
use serde::Deserialize;
use serde_json::json;

/// The control interface of NICEPAY alone.
pub(crate) fn routes() -> Router<Simulator> {
    Router::new()
        .route("/_sim/counters/{store}/{action}", post(till))
        .route("/_sim/nicepay/{id}", get(details))
        .route("/_sim/nicepay/{id}/plan", post(plan))
        .route("/_sim/nicepay/{id}/password", post(password))
        .route("/_sim/nicepay/{id}/choose", post(choose))
        .route("/_sim/providers/nicepay/callbacks", post(callbacks))
}

/// What a cashier enters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    pay_no: String,
    /// Rupiah; what the bill says where it is left out.
    amount: Option<i64>,
    /// Take it although it should not be taken.
    #[serde(default)]
    anyway: bool,
}

async fn till(
    State(sim): State<Simulator>,
    Path((store, action)): Path<(String, String)>,
    body: Bytes,
) -> Response {
    let entry = match parse::<Entry>(&body) {
        Ok(entry) => entry,
        Err(why) => return unprocessable(&why),
    };
    let pay_no = entry.pay_no.as_str();
    let done = match action.as_str() {
        "ask" => sim.ask_at(&store, pay_no),
        "leave" => sim.leave_till(&store, pay_no),
        "pay" => take(&sim, &store, &entry),
        _ => return problem(StatusCode::NOT_FOUND, "not_found", "there are ask, pay and leave"),
    };
    match done {
        Ok(bill) => Json(bill).into_response(),
        Err(why) => turned_down(why),
    }
}

fn take(sim: &Simulator, store: &str, entry: &Entry) -> Result<Bill, AtTill> {
    let pay_no = entry.pay_no.as_str();
    let amount = match entry.amount {
        Some(amount) => amount,
        None => sim.leave_till(store, pay_no)?.amount.value,
    };
    if entry.anyway {
        sim.pay_anyway_at(store, pay_no, amount)
    } else {
        sim.pay_at(store, pay_no, amount)
    }
}

fn turned_down(why: AtTill) -> Response {
    match why {
        AtTill::Unknown => {
            problem(StatusCode::NOT_FOUND, "not_found", "the store does not know this number")
        }
        AtTill::Closed(status) => {
            let detail = format!("the order is {}", status.word());
            problem(StatusCode::CONFLICT, "conflict", &detail)
        }
        AtTill::Amount(amount) => {
            problem(StatusCode::CONFLICT, "amount", &format!("the bill is {amount}"))
        }
    }
}

async fn details(State(sim): State<Simulator>, Path(id): Path<String>) -> Response {
    shown(sim.details(&id))
}

fn shown(details: Option<Details>) -> Response {
    match details {
        Some(details) => Json(details).into_response(),
        None => problem(StatusCode::NOT_FOUND, "not_found", "there is no such id"),
    }
}

/// A plan.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Plan {
    months: String,
}

async fn plan(State(sim): State<Simulator>, Path(id): Path<String>, body: Bytes) -> Response {
    match parse::<Plan>(&body) {
        Ok(plan) => match sim.choose_plan(&id, &plan.months) {
            Ok(()) => shown(sim.details(&id)),
            Err(why) => refused(why),
        },
        Err(why) => unprocessable(&why),
    }
}

/// A one-time password, or a PIN.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Password {
    password: String,
}

async fn password(State(sim): State<Simulator>, Path(id): Path<String>, body: Bytes) -> Response {
    match parse::<Password>(&body) {
        Ok(entered) => match sim.enter_password(&id, &entered.password) {
            Ok(Entered::Paid) => Json(json!({"result": "paid"})).into_response(),
            Ok(Entered::Wrong(left)) => {
                Json(json!({"result": "wrong", "tries_left": left})).into_response()
            }
            Ok(Entered::Blocked) => Json(json!({"result": "blocked"})).into_response(),
            Err(why) => refused(why),
        },
        Err(why) => unprocessable(&why),
    }
}

/// One of our methods.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Choice {
    method: String,
}

async fn choose(State(sim): State<Simulator>, Path(id): Path<String>, body: Bytes) -> Response {
    match parse::<Choice>(&body) {
        Ok(choice) => match sim.choose_on_page(&id, &choice.method) {
            Ok(details) => Json(details).into_response(),
            Err(why) => refused(why),
        },
        Err(why) => unprocessable(&why),
    }
}

async fn callbacks(State(sim): State<Simulator>, body: Bytes) -> Response {
    match parse::<CallbackManner>(&body) {
        Ok(manner) => {
            sim.call_back_by(manner);
            Json(manner).into_response()
        }
        Err(why) => unprocessable(&why),
    }
}
