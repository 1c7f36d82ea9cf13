//! A POST with an `Idempotency-Key` is done once, and its answer is said again byte for byte.

use aws_lc_rs::digest::{Context, SHA256};
use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Request, StatusCode};
use axum::response::Response;
use bytes::Bytes;
use kasir_shared::ProblemCode;
use serde::Serialize;

use super::problem::Refusal;
use crate::flow::House;
use crate::store::{Claim, KeyUse, SavedAnswer};

/// Set on an answer that is said again.
const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// What a claimed key allows.
pub enum Turn {
    /// Do it, then [`say`] the answer or [`give_back`] the key.
    Do(KeyUse),
    /// It was done: say this.
    Said(Response),
}

/// Claims the request's key, or says again what was answered.
pub async fn turn(
    house: &House,
    merchant: &str,
    request: &Request<Bytes>,
) -> Result<Turn, Refusal> {
    let key = KeyUse {
        merchant: merchant.to_owned(),
        key: key(request.headers())?,
        fingerprint: fingerprint(request),
    };
    match house.store.claim_key(&key, house.now(), house.lease_s()).await? {
        Claim::Yours => Ok(Turn::Do(key)),
        Claim::InFlight => Err(Refusal::of(ProblemCode::IdempotencyInFlight)),
        Claim::OtherRequest => Err(Refusal::of(ProblemCode::IdempotencyKeyReused)),
        Claim::Answered(answer) => Ok(Turn::Said(response(answer, true))),
    }
}

/// Remembers an answer and says it.
pub async fn say(house: &House, key: &KeyUse, answer: SavedAnswer) -> Result<Response, Refusal> {
    house.store.save_answer(key, &answer, house.now()).await?;
    Ok(response(answer, false))
}

/// Gives a key back whose request was refused: nothing is remembered, so that it can be mended.
pub async fn give_back(house: &House, key: &KeyUse, refusal: Refusal) -> Refusal {
    if let Err(error) = house.store.release_key(key).await {
        // Its lease runs out.
        tracing::error!(%error, "an idempotency key cannot be given back");
    }
    refusal
}

/// An answer with a JSON body.
pub fn answer(status: StatusCode, body: &impl Serialize) -> Result<SavedAnswer, Refusal> {
    let body = serde_json::to_vec(body).map_err(|error| {
        tracing::error!(%error, "an answer cannot be written");
        Refusal::of(ProblemCode::Internal)
    })?;
    Ok(SavedAnswer { status: status.as_u16(), body })
}

/// The response that carries an answer.
pub fn response(answer: SavedAnswer, replayed: bool) -> Response {
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if replayed {
        headers.insert(REPLAYED, HeaderValue::from_static("true"));
    }
    response
}

/// The key, bare or as the quoted text of the IETF draft.
fn key(headers: &HeaderMap) -> Result<String, Refusal> {
    let header = headers.get("idempotency-key");
    let header = header.ok_or(Refusal::of(ProblemCode::IdempotencyKeyMissing))?;
    let invalid = Refusal::of(ProblemCode::IdempotencyKeyInvalid);
    let text = header.to_str().map_err(|_| invalid.clone())?.trim();
    let bare = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
    let sound = (1..=255).contains(&bare.len()) && bare.bytes().all(|byte| byte.is_ascii_graphic());
    sound.then(|| bare.to_owned()).ok_or(invalid)
}

fn fingerprint(request: &Request<Bytes>) -> String {
    let mut context = Context::new(&SHA256);
    for part in [
        request.method().as_str().as_bytes(),
        b" ",
        request.uri().path().as_bytes(),
        b"\n",
        request.body(),
    ] {
        context.update(part);
    }
    hex::encode(context.finish())
}
