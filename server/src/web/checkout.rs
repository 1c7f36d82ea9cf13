//! The customer's endpoints: look, choose, pay, cancel.
//!
//! Each takes JSON from the page's script and a plain form from a page without one; a form is
//! answered with a 303, or with the page and the mistake beside its field.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, LOCATION};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use fast_qr::convert::{Builder, svg::SvgBuilder};
use fast_qr::qr::QRBuilder;
use kasir_frontend::Typed;
use kasir_shared::api::checkout::{CheckoutView, StartAttempt};
use kasir_shared::{NextAction, Problem, ProblemCode};

use super::extract::{Named, Whole, json};
use super::problem::Refusal;
use super::visitor::{is_form, parameter};
use super::{App, page, view};
use crate::flow::{FlowError, Visitor, cancel_attempt as cancelling, start_attempt as starting};
use crate::store::{AttemptRecord, SessionWithAttempts};

/// The session as the page sees it.
#[utoipa::path(get, path = "/checkout/v1/{client_token}", tag = "Checkout",
    params(("client_token" = String, Path)),
    responses((status = 200, body = CheckoutView), (status = "default", body = Problem)))]
pub async fn get_view(
    State(app): State<App>,
    Named(token): Named<String>,
) -> Result<Response, Refusal> {
    shown(&app, &token).await
}

/// The customer has chosen.
#[utoipa::path(post, path = "/checkout/v1/{client_token}/attempts", tag = "Checkout",
    params(("client_token" = String, Path)),
    request_body(content((StartAttempt = "application/json"), (StartAttempt = "application/x-www-form-urlencoded"))),
    responses((status = 200, body = CheckoutView), (status = 303, description = "a form was taken: to the page"),
        (status = "default", body = Problem)))]
pub async fn start_attempt(
    State(app): State<App>,
    visitor: Visitor,
    Named(token): Named<String>,
    Whole(request): Whole,
) -> Result<Response, Refusal> {
    let (uri, headers, body) = (request.uri(), request.headers(), request.body());
    let known = session(&app, &token).await?;
    if !is_form(headers) {
        let choice = json::<StartAttempt>(headers, body)?;
        start(&app, known, choice, visitor).await?;
        return shown(&app, &token).await;
    }
    let typed = typed(body);
    let chosen = typed.clone().start().ok_or_else(|| Refusal {
        code: ProblemCode::InvalidField,
        field: Some("method".to_owned()),
        note: None,
    });
    let started = match chosen {
        Ok(choice) => start(&app, known, choice, visitor).await,
        Err(refusal) => Err(refusal),
    };
    match started {
        Ok(()) => Ok(back(&token, uri)),
        Err(refusal) => page::again(&app, &token, uri, headers, (typed, refusal)).await,
    }
}

/// Withdraws an attempt.
#[utoipa::path(post, path = "/checkout/v1/{client_token}/attempts/{id}/cancel", tag = "Checkout",
    params(("client_token" = String, Path), ("id" = String, Path)),
    responses((status = 200, body = CheckoutView), (status = 303, description = "a form was taken: to the page"),
        (status = "default", body = Problem)))]
pub async fn cancel_attempt(
    State(app): State<App>,
    Named((token, id)): Named<(String, String)>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let known = session(&app, &token).await?;
    let attempt = attempt(&known, &id)?.clone();
    let house = app.house.clone();
    // It goes on though the customer leaves: the provider may have heard us.
    let cancelling = app
        .tasks
        .spawn(async move { cancelling::cancel_attempt(&house, &known.session, &attempt).await });
    let cancelled = finished(cancelling.await);
    if !is_form(&headers) {
        cancelled?;
        return shown(&app, &token).await;
    }
    match cancelled {
        // Whoever calls one way off wants another.
        Ok(()) => Ok(back_to(&token, &uri, &["choose"])),
        // Called off twice, or over by now: the page shows how it stands.
        Err(Refusal { code: ProblemCode::AttemptNotLive, .. }) => Ok(back(&token, &uri)),
        Err(refusal) => {
            page::again(&app, &token, &uri, &headers, (Typed::default(), refusal)).await
        }
    }
}

/// The QR code of an attempt that can be paid in an app: what a phone scans from another screen.
#[utoipa::path(get, path = "/checkout/v1/{client_token}/attempts/{id}/qr.svg", tag = "Checkout",
    params(("client_token" = String, Path), ("id" = String, Path)),
    responses((status = 200, content_type = "image/svg+xml"), (status = "default", body = Problem)))]
pub async fn qr(
    State(app): State<App>,
    Named((token, id)): Named<(String, String)>,
) -> Result<Response, Refusal> {
    let known = session(&app, &token).await?;
    let missing = Refusal::of(ProblemCode::NotFound);
    let Some(NextAction::OpenApp { web_url, .. }) = &attempt(&known, &id)?.next_action else {
        return Err(missing);
    };
    let code = QRBuilder::new(web_url.as_str()).build().map_err(|_| missing)?;
    let svg = SvgBuilder::default().margin(4).to_str(&code);
    let mut response = Response::new(Body::from(svg));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("image/svg+xml"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, max-age=3600"));
    Ok(response)
}

/// The session of a token, or the same refusal for every token that has none.
pub async fn session(app: &App, token: &str) -> Result<SessionWithAttempts, Refusal> {
    let known = app.house.store.session_by_token(token).await?;
    known.ok_or(Refusal::of(ProblemCode::NotFound))
}

fn attempt<'a>(known: &'a SessionWithAttempts, id: &str) -> Result<&'a AttemptRecord, Refusal> {
    let found = known.attempts.iter().find(|attempt| attempt.id.as_str() == id);
    found.ok_or(Refusal::of(ProblemCode::NotFound))
}

/// The session as it stands now, for a page's script.
pub(super) async fn shown(app: &App, token: &str) -> Result<Response, Refusal> {
    let known = session(app, token).await?;
    let mut response = Json(view::view(&app.house, &known).await?).into_response();
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// Begins the attempt on a task of its own: the customer may leave, the call goes on.
async fn start(
    app: &App,
    known: SessionWithAttempts,
    choice: StartAttempt,
    visitor: Visitor,
) -> Result<(), Refusal> {
    let house = app.house.clone();
    let starting = app
        .tasks
        .spawn(async move { starting::start_attempt(&house, &known, choice, visitor).await });
    finished(starting.await)
}

/// What a task of its own came to.
pub(super) fn finished(
    task: Result<Result<(), FlowError>, tokio::task::JoinError>,
) -> Result<(), Refusal> {
    match task {
        Ok(outcome) => outcome.map_err(Refusal::from),
        Err(_) => Err(Refusal::of(ProblemCode::Internal)),
    }
}

/// What a form says.
pub(super) fn typed(body: &Bytes) -> Typed {
    let fields: Vec<(String, String)> = form_urlencoded::parse(body).into_owned().collect();
    Typed::from_form(|name| {
        fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.clone())
    })
}

/// 303 to the page, in the same language and frame.
pub(super) fn back(token: &str, uri: &Uri) -> Response {
    back_to(token, uri, &[])
}

/// The same, with these switches of the page on.
pub(super) fn back_to(token: &str, uri: &Uri, switches: &[&str]) -> Response {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for switch in switches {
        query.append_pair(switch, "1");
    }
    for name in ["locale", "embed"] {
        if let Some(value) = parameter(uri, name) {
            query.append_pair(name, &value);
        }
    }
    let query = query.finish();
    let mark = if query.is_empty() { "" } else { "?" };
    let mut response = StatusCode::SEE_OTHER.into_response();
    if let Ok(location) = HeaderValue::from_str(&format!("/c/{token}{mark}{query}")) {
        response.headers_mut().insert(LOCATION, location);
    }
    response
}
