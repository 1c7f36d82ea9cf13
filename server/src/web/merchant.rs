//! The shop's server's endpoints.

use aws_lc_rs::digest::{SHA256, digest};
use axum::Json;
use axum::extract::{Query, State};
use axum::http::{Request, StatusCode};
use axum::response::Response;
use bytes::Bytes;
use kasir_shared::api::merchant::{
    AttemptDetail, CreateRefund, CreateSession, EventList, Refund, SentEvent, Session, SessionList,
};
use kasir_shared::{
    AttemptId, EventId, Moment, Problem, ProblemCode, Reference, RefundId, SessionId, SessionStatus,
};
use serde::Deserialize;
use ulid::Ulid;

use super::App;
use super::extract::{Caller, Named, Whole, json};
use super::idempotency::{Turn, answer, give_back, response, say, turn};
use super::problem::Refusal;
use crate::flow::{close_session, create_session as creating, refund};
use crate::store::{
    AttemptHistory, EventRecord, KeyUse, SavedAnswer, SessionFilter, SessionRecord,
    SessionWithAttempts,
};

/// The most rows on one page of a list.
const PAGE_MAX: u32 = 100;
const PAGE: u32 = 20;

/// Creates a session: what the shop wants paid.
#[utoipa::path(post, path = "/v1/sessions", tag = "Merchant", request_body = CreateSession,
    params(("Idempotency-Key" = String, Header, description = "1 to 255 visible characters")),
    responses((status = 201, body = Session), (status = "default", body = Problem)))]
pub async fn create_session(
    State(app): State<App>,
    caller: Caller,
    Whole(request): Whole,
) -> Result<Response, Refusal> {
    let house = &app.house;
    let key = match turn(house, &caller.0, &request).await? {
        Turn::Do(key) => key,
        Turn::Said(response) => return Ok(response),
    };
    let session = json::<CreateSession>(request.headers(), request.body())
        .and_then(|wanted| Ok(creating::create_session(house, caller.merchant(&app)?, wanted)?));
    let session = match session {
        Ok(session) => session,
        Err(refusal) => return Err(give_back(house, &key, refusal).await),
    };
    let answer = answer(StatusCode::CREATED, &session.as_told(&[], house.now()))?;
    house.store.create_session(&session, Some((&key, &answer))).await?;
    house.bell.wake_desk();
    Ok(response(answer, false))
}

/// A session with its attempts.
#[utoipa::path(get, path = "/v1/sessions/{id}", tag = "Merchant", params(("id" = String, Path)),
    responses((status = 200, body = Session), (status = "default", body = Problem)))]
pub async fn get_session(
    State(app): State<App>,
    caller: Caller,
    Named(id): Named<String>,
) -> Result<Json<Session>, Refusal> {
    let known = session(&app, &caller, &id).await?;
    Ok(Json(told(&known, app.house.now())))
}

/// Which sessions are listed.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListSessions {
    /// Only of this reference.
    reference: Option<String>,
    /// Only that stand here.
    status: Option<SessionStatus>,
    /// Only created after this.
    created_after: Option<Moment>,
    /// Where the page before ended.
    cursor: Option<String>,
    /// At most so many: 1 to 100; 20 where left out.
    limit: Option<u32>,
}

/// Sessions, newest first.
#[utoipa::path(get, path = "/v1/sessions", tag = "Merchant", params(ListSessions),
    responses((status = 200, body = SessionList), (status = "default", body = Problem)))]
pub async fn list_sessions(
    State(app): State<App>,
    caller: Caller,
    query: Result<Query<ListSessions>, axum::extract::rejection::QueryRejection>,
) -> Result<Json<SessionList>, Refusal> {
    let Query(wanted) = query.map_err(|_| Refusal::of(ProblemCode::InvalidField))?;
    let limit = page_size(wanted.limit)?;
    let filter = SessionFilter {
        reference: wanted
            .reference
            .map(Reference::try_from)
            .transpose()
            .map_err(|_| invalid("reference"))?,
        status: wanted.status,
        created_after: wanted.created_after,
        before: wanted
            .cursor
            .as_deref()
            .map(str::parse)
            .transpose()
            .map_err(|_| invalid("cursor"))?,
        // One more than is shown tells whether there is another page.
        limit: limit + 1,
    };
    let mut found = app.house.store.sessions(&caller.0, &filter).await?;
    let more = found.len() > limit as usize;
    found.truncate(limit as usize);
    let now = app.house.now();
    let next_cursor = found.last().filter(|_| more).map(|last| last.session.id.as_str().to_owned());
    Ok(Json(SessionList {
        data: found.iter().map(|known| told(known, now)).collect(),
        next_cursor,
    }))
}

/// Withdraws a session, and its live attempt at the provider.
#[utoipa::path(post, path = "/v1/sessions/{id}/cancel", tag = "Merchant",
    params(("id" = String, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 200, body = Session), (status = "default", body = Problem)))]
pub async fn cancel_session(
    State(app): State<App>,
    caller: Caller,
    Named(id): Named<String>,
    Whole(request): Whole,
) -> Result<Response, Refusal> {
    once(&app, &caller, &request, async |_| {
        let known = session(&app, &caller, &id).await?;
        close_session::cancel_session(&app.house, &known).await?;
        let known = session(&app, &caller, &id).await?;
        answer(StatusCode::OK, &told(&known, app.house.now()))
    })
    .await
}

/// An attempt with everything that happened to it.
#[utoipa::path(get, path = "/v1/attempts/{id}", tag = "Merchant", params(("id" = String, Path)),
    responses((status = 200, body = AttemptDetail), (status = "default", body = Problem)))]
pub async fn get_attempt(
    State(app): State<App>,
    caller: Caller,
    Named(id): Named<String>,
) -> Result<Json<AttemptDetail>, Refusal> {
    let history = history(&app, &caller, &id).await?;
    Ok(Json(detail(history, app.house.now())))
}

/// Gives money back.
#[utoipa::path(post, path = "/v1/attempts/{id}/refunds", tag = "Merchant", request_body = CreateRefund,
    params(("id" = String, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 201, body = Refund), (status = "default", body = Problem)))]
pub async fn create_refund(
    State(app): State<App>,
    caller: Caller,
    Named(id): Named<String>,
    Whole(request): Whole,
) -> Result<Response, Refusal> {
    once(&app, &caller, &request, async |key| {
        let wanted: CreateRefund = json(request.headers(), request.body())?;
        let attempt = history(&app, &caller, &id).await?.attempt;
        let (house, refund_id) = (app.house.clone(), refund_id(key, &id)?);
        // It goes on though the shop hangs up: the money may be moving already.
        let refunding = app
            .tasks
            .spawn(async move { refund::begin_refund(&house, &attempt, refund_id, wanted).await });
        let refund = refunding.await.map_err(|_| Refusal::of(ProblemCode::Internal))??;
        answer(StatusCode::CREATED, &refund.as_told())
    })
    .await
}

/// The refund's id follows from the key and the attempt, so that a request which is repeated after a
/// crash finds the refund that it began, and a key that was forgotten finds no other attempt's.
fn refund_id(key: &KeyUse, attempt: &str) -> Result<RefundId, Refusal> {
    let hash = digest(&SHA256, format!("{}\n{}\n{attempt}", key.merchant, key.key).as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash.as_ref()[..16]);
    let unique = Ulid::from_bytes(bytes).to_string();
    RefundId::from_unique(&unique).map_err(|_| Refusal::of(ProblemCode::Internal))
}

/// Where a page of events begins.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListEvents {
    /// Where the page before ended.
    cursor: Option<String>,
    /// At most so many: 1 to 100; 20 where left out.
    limit: Option<u32>,
}

/// What the shop was told, or will be, newest first.
#[utoipa::path(get, path = "/v1/events", tag = "Merchant", params(ListEvents),
    responses((status = 200, body = EventList), (status = "default", body = Problem)))]
pub async fn list_events(
    State(app): State<App>,
    caller: Caller,
    query: Result<Query<ListEvents>, axum::extract::rejection::QueryRejection>,
) -> Result<Json<EventList>, Refusal> {
    let Query(wanted) = query.map_err(|_| Refusal::of(ProblemCode::InvalidField))?;
    let limit = page_size(wanted.limit)?;
    let before: Option<EventId> =
        wanted.cursor.as_deref().map(str::parse).transpose().map_err(|_| invalid("cursor"))?;
    let mut found = app.house.store.events(&caller.0, before.as_ref(), limit + 1).await?;
    let more = found.len() > limit as usize;
    found.truncate(limit as usize);
    let next_cursor = found.last().filter(|_| more).map(|last| last.id.as_str().to_owned());
    Ok(Json(EventList { data: found.iter().map(sent).collect(), next_cursor }))
}

/// Tells the shop about an event again.
#[utoipa::path(post, path = "/v1/events/{id}/redeliver", tag = "Merchant",
    params(("id" = String, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 200, body = SentEvent), (status = "default", body = Problem)))]
pub async fn redeliver_event(
    State(app): State<App>,
    caller: Caller,
    Named(id): Named<String>,
    Whole(request): Whole,
) -> Result<Response, Refusal> {
    once(&app, &caller, &request, async |_| {
        let id: EventId = id.parse().map_err(|_| Refusal::of(ProblemCode::NotFound))?;
        let event = app.house.store.redeliver(&caller.0, &id, app.house.now()).await?;
        let event = event.ok_or(Refusal::of(ProblemCode::NotFound))?;
        app.house.bell.wake_desk();
        answer(StatusCode::OK, &sent(&event))
    })
    .await
}

/// Does what a keyed request asks for, once; whoever sends it again hears what was answered then.
async fn once(
    app: &App,
    caller: &Caller,
    request: &Request<Bytes>,
    work: impl AsyncFnOnce(&KeyUse) -> Result<SavedAnswer, Refusal>,
) -> Result<Response, Refusal> {
    let key = match turn(&app.house, &caller.0, request).await? {
        Turn::Do(key) => key,
        Turn::Said(response) => return Ok(response),
    };
    match work(&key).await {
        Ok(answer) => say(&app.house, &key, answer).await,
        Err(refusal) => Err(give_back(&app.house, &key, refusal).await),
    }
}

async fn session(app: &App, caller: &Caller, id: &str) -> Result<SessionWithAttempts, Refusal> {
    let missing = Refusal::of(ProblemCode::NotFound);
    let Ok(id) = id.parse::<SessionId>() else { return Err(missing) };
    app.house.store.session(&caller.0, &id).await?.ok_or(missing)
}

async fn history(app: &App, caller: &Caller, id: &str) -> Result<AttemptHistory, Refusal> {
    let missing = Refusal::of(ProblemCode::NotFound);
    let Ok(id) = id.parse::<AttemptId>() else { return Err(missing) };
    app.house.store.history(&caller.0, &id).await?.ok_or(missing)
}

fn told(known: &SessionWithAttempts, now: Moment) -> Session {
    let session: &SessionRecord = &known.session;
    session.as_told(&known.attempts, now)
}

fn detail(history: AttemptHistory, now: Moment) -> AttemptDetail {
    let attempt = history.attempt.as_told(now);
    AttemptDetail {
        id: attempt.id,
        session: attempt.session,
        method: attempt.method,
        status: attempt.status,
        provider: attempt.provider,
        account: attempt.account,
        provider_reference: attempt.provider_reference,
        amount: attempt.amount,
        next_action: attempt.next_action,
        seconds_left: attempt.seconds_left,
        reason: None,
        late: attempt.late,
        created_at: attempt.created_at,
        updated_at: attempt.updated_at,
        refunds: history.refunds.iter().map(crate::store::RefundRecord::as_told).collect(),
        timeline: history.timeline,
    }
}

fn sent(event: &EventRecord) -> SentEvent {
    SentEvent {
        id: event.id.clone(),
        kind: event.kind,
        created_at: event.created_at,
        version: event.version,
        delivery: event.delivery.as_str().to_owned(),
        tries: event.tries,
    }
}

fn page_size(wanted: Option<u32>) -> Result<u32, Refusal> {
    let limit = wanted.unwrap_or(PAGE);
    if (1..=PAGE_MAX).contains(&limit) { Ok(limit) } else { Err(invalid("limit")) }
}

fn invalid(field: &str) -> Refusal {
    Refusal { code: ProblemCode::InvalidField, field: Some(field.to_owned()), note: None }
}
