//! A provider's page sends the customer's browser back: a hint, and a 303 to the page.

use axum::extract::State;
use axum::http::header::LOCATION;
use axum::http::{HeaderValue, Request, StatusCode};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use kasir_shared::{ProblemCode, WebUrl};

use super::checkout::finished;
use super::extract::{Named, Whole};
use super::problem::Refusal;
use super::{App, page};
use crate::flow::link::returned as linking;
use crate::flow::returned::returned as note;

/// Seconds that a customer who comes back from linking waits for the provider's word before the page
/// is shown.
const PATIENCE_S: i64 = 5;

/// Notes the return, whatever it carries, and sends the browser on.
pub async fn returned(
    State(app): State<App>,
    named: Result<Named<String>, Refusal>,
    Whole(request): Whole,
) -> Result<Response, Refusal> {
    let url = match &named {
        Ok(Named(token)) => back(&app, token, &request).await?,
        Err(_) => None,
    };
    let Some(url) = url else {
        return Ok(page::lost(
            &app,
            request.uri(),
            request.headers(),
            &Refusal::of(ProblemCode::NotFound),
        ));
    };
    let mut response = StatusCode::SEE_OTHER.into_response();
    if let Ok(location) = HeaderValue::from_str(url.as_str()) {
        response.headers_mut().insert(LOCATION, location);
    }
    Ok(response)
}

/// Where the page is, of an attempt or else of a link that this address is for. What a link asks of
/// its provider goes on though nobody waits: a code can be exchanged once.
async fn back(app: &App, token: &str, request: &Request<Bytes>) -> Result<Option<WebUrl>, Refusal> {
    if let Some(url) = note(&app.house, token, request).await? {
        return Ok(Some(url));
    }
    let Some(back) = linking::returned(&app.house, token, request).await? else { return Ok(None) };
    let Some(question) = back.question else { return Ok(Some(back.url)) };
    let house = app.house.clone();
    let asking = app.tasks.spawn(async move { linking::ask(&house, question).await });
    let patience = app.house.clock.wait_until(app.house.now().plus_s(PATIENCE_S));
    tokio::select! {
        asked = asking => finished(asked)?,
        () = patience => {}
    }
    Ok(Some(back.url))
}
