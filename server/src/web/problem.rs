//! Turns what went wrong into a problem document, in the language that was asked for.
//!
//! A handler refuses with a [`Refusal`]; this is where it becomes words and where a fault of ours is
//! logged, once.

use std::any::Any;

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use kasir_shared::{Locale, Problem, ProblemCode};

use super::{text, visitor};
use crate::flow::FlowError;

/// Why a request is not done.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Refusal {
    /// Why.
    pub code: ProblemCode,
    /// The field that is to blame.
    pub field: Option<String>,
    /// What the sentence needs to be exact: an amount, what a parser said.
    pub note: Option<String>,
}

impl Refusal {
    /// For this reason.
    pub const fn of(code: ProblemCode) -> Self {
        Self { code, field: None, note: None }
    }

    /// The document, in a language.
    pub fn problem(&self, locale: Locale) -> Problem {
        Problem {
            kind: format!("urn:kasir:problem:{}", self.code.as_str()),
            title: text::title(self.code, locale).to_owned(),
            status: self.code.status(),
            detail: text::detail(self.code, self.note.as_deref(), locale),
            code: self.code,
            field: self.field.clone(),
        }
    }
}

impl From<FlowError> for Refusal {
    fn from(error: FlowError) -> Self {
        match error {
            FlowError::Refused { code, field, note } => Self { code, field, note },
            FlowError::Store(error) => {
                tracing::error!(%error, "the store failed");
                Self::of(ProblemCode::Unavailable)
            }
            FlowError::Unconfigured { what } => {
                tracing::error!(what, "what is remembered does not fit the configuration");
                Self::of(ProblemCode::Internal)
            }
        }
    }
}

impl From<crate::store::StoreError> for Refusal {
    fn from(error: crate::store::StoreError) -> Self {
        FlowError::from(error).into()
    }
}

impl IntoResponse for Refusal {
    /// Only the status; [`write()`] puts it into words, since it knows who asked.
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.code.status());
        let mut response = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR).into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// Puts refusals into words: in the language of the query, or else of the browser, or else English.
pub async fn write(request: Request, next: Next) -> Response {
    let locale = visitor::asked_locale(request.uri(), request.headers()).unwrap_or(Locale::En);
    let mut response = next.run(request).await;
    let Some(refusal) = response.extensions_mut().remove::<Refusal>() else { return response };
    document(&refusal, locale)
}

/// The response that carries a refusal.
pub fn document(refusal: &Refusal, locale: Locale) -> Response {
    let problem = refusal.problem(locale);
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = serde_json::to_vec(&problem).unwrap_or_default();
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if status == StatusCode::UNAUTHORIZED {
        headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    if matches!(status, StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS) {
        headers.insert(RETRY_AFTER, HeaderValue::from_static("5"));
    }
    response
}

/// A handler panicked: that is a fault of ours and nobody else's request.
pub fn panicked(panic: Box<dyn Any + Send + 'static>) -> Response {
    // What a panic says may hold anything, so only its being there is logged.
    drop(panic);
    tracing::error!("a handler panicked");
    Refusal::of(ProblemCode::Internal).into_response()
}
