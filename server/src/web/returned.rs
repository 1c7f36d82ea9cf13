//! A provider's page sends the customer's browser back: a hint, and a 303 to the page.

use axum::extract::State;
use axum::http::header::LOCATION;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use kasir_shared::ProblemCode;

use super::extract::{Named, Whole};
use super::problem::Refusal;
use super::{App, page};
use crate::flow::returned::returned as note;

/// Notes the return, whatever it carries, and sends the browser on.
pub async fn returned(
    State(app): State<App>,
    named: Result<Named<String>, Refusal>,
    Whole(request): Whole,
) -> Result<Response, Refusal> {
    let url = match &named {
        Ok(Named(token)) => note(&app.house, token, &request).await?,
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
