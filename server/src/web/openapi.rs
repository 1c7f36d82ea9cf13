//! What the service answers to, for programs and for people.

use std::fmt::Write as _;

use axum::http::HeaderValue;
use axum::http::header::CONTENT_SECURITY_POLICY;
use axum::response::{Html, IntoResponse, Response};
use utoipa::openapi::{Info, OpenApi, OpenApiBuilder};

/// The document's head; the routes bring the rest.
pub fn head() -> OpenApi {
    let mut info = Info::new("Kasir", env!("CARGO_PKG_VERSION"));
    info.description = Some(
        "A checkout for Indonesia. The merchant API takes `Authorization: Bearer sk_...` and an \
         `Idempotency-Key` on every POST; the checkout API knows a session by its token. Errors are \
         RFC 9457 problem documents."
            .to_owned(),
    );
    OpenApiBuilder::new().info(info).build()
}

/// The document as a list a person can read.
pub async fn docs() -> Response {
    let document = super::documented().into_openapi();
    let mut rows = String::new();
    for (path, item) in &document.paths.paths {
        let operations = [("GET", &item.get), ("POST", &item.post), ("DELETE", &item.delete)];
        for (method, operation) in operations {
            let Some(operation) = operation else { continue };
            let summary = operation.summary.as_deref().unwrap_or_default();
            // Writing to a text cannot fail. Paths and summaries are our own words.
            let _ = write!(rows, "<dt><code>{method} {path}</code></dt><dd>{summary}</dd>");
        }
    }
    let html = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Kasir API</title>\
         <meta name=\"viewport\" content=\"width=device-width\"><h1>Kasir API</h1>\
         <p>Everything about these is in <a href=\"/openapi.json\">openapi.json</a>.</p><dl>{rows}</dl>"
    );
    let mut response = Html(html).into_response();
    let policy = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    response
}
