//! For whoever runs Kasir: is it alive, is it ready, what has it done.

use axum::extract::{MatchedPath, Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use std::sync::OnceLock;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

use kasir_shared::ProblemCode;

use super::App;
use super::problem::Refusal;

/// How often durations are condensed.
const UPKEEP: Duration = Duration::from_secs(5);

/// The process answers.
pub async fn alive() -> &'static str {
    "ok"
}

/// The process can take payments: the database answers, and nobody is stopping it.
pub async fn ready(State(app): State<App>) -> Result<&'static str, Refusal> {
    if app.stop.is_cancelled() {
        return Err(Refusal::of(ProblemCode::Unavailable));
    }
    app.house.store.ready().await?;
    Ok("ready")
}

/// What it has done, for Prometheus.
pub async fn metrics() -> Response {
    let Some(handle) = recorder() else { return StatusCode::SERVICE_UNAVAILABLE.into_response() };
    let mut response = handle.render().into_response();
    let text = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, text);
    response
}

/// The one recorder of the process; whoever asks first installs it.
pub fn recorder() -> Option<&'static PrometheusHandle> {
    static RECORDER: OnceLock<Option<PrometheusHandle>> = OnceLock::new();
    RECORDER.get_or_init(|| PrometheusBuilder::new().install_recorder().ok()).as_ref()
}

/// Has the recorder condense what it measured, until told to stop. Otherwise every single duration
/// would be kept until somebody asks for the metrics, and where nobody ever does, for ever.
pub async fn keep_metrics_small(stop: CancellationToken) {
    while stop.run_until_cancelled(tokio::time::sleep(UPKEEP)).await.is_some() {
        if let Some(handle) = recorder() {
            handle.run_upkeep();
        }
    }
}

/// Counts and logs answers by route and status. Routes are patterns, so that nobody can make new ones
/// up and no token is written down.
pub async fn observe(State(app): State<App>, request: Request, next: Next) -> Response {
    let asked = app.house.now();
    let route =
        request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str).to_owned();
    let method = request.method().as_str().to_owned();
    let response = next.run(request).await;
    let status = response.status().as_u16().to_string();
    let ms = app.house.now().unix_ms.saturating_sub(asked.unix_ms);
    tracing::debug!(method, route, status, ms, "answered");
    metrics::counter!("kasir_http_requests_total", "method" => method, "route" => route, "status" => status)
        .increment(1);
    response
}
