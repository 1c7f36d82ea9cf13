//! Every route, grouped by who calls it.

pub mod serve;
pub mod problem;
pub mod text;
pub mod extract;
pub mod visitor;
pub mod view;
pub mod idempotency;
pub mod merchant;
pub mod checkout;
pub mod links;
pub mod customers;
pub mod events;
pub mod page;
pub mod notification;
pub mod returned;
pub mod assets;
pub mod operations;
pub mod openapi;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, FromRef};
use axum::routing::{any, get};
use ipnet::IpNet;
use kasir_shared::ProblemCode;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::timeout::RequestBodyTimeoutLayer;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::flow::House;
use problem::Refusal;

/// The longest body that is read.
const BODY_BYTES_MAX: usize = 64 * 1024;
/// How long a body may take to arrive.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);

/// What handlers share.
#[derive(Clone)]
pub struct App {
    /// Everything a story needs.
    pub house: House,
    /// The page's files.
    pub assets: Arc<assets::Assets>,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Arc<[IpNet]>,
    /// What goes on though nobody waits for its answer any more.
    pub tasks: TaskTracker,
    /// Ends event streams.
    pub stop: CancellationToken,
}

impl FromRef<App> for House {
    fn from_ref(app: &App) -> Self {
        app.house.clone()
    }
}

/// The whole service.
pub fn router(app: App) -> Router {
    let (documented, document) = documented().split_for_parts();
    Router::new()
        // Documented: the shop's server, and the page.
        .merge(documented)
        // The customer's browser.
        .route("/c/{client_token}", get(page::show))
        .route("/kasir.js", get(assets::embed))
        .route("/marks.svg", get(assets::marks))
        .route("/assets/{file}", get(assets::file))
        .route("/favicon.ico", get(assets::favicon))
        // A provider's page sends the browser back.
        .route("/return/{token}", any(returned::returned))
        // Providers.
        .route("/notify/{provider}/{account}", any(notification::notified))
        .route("/notify/{provider}/{account}/{*below}", any(notification::notified))
        // Whoever runs this.
        .route("/healthz", get(operations::alive))
        .route("/readyz", get(operations::ready))
        .route("/metrics", get(operations::metrics))
        .route("/openapi.json", get(move || async move { axum::Json(document.clone()) }))
        .route("/docs", get(openapi::docs))
        .fallback(|| async { Refusal::of(ProblemCode::NotFound) })
        .method_not_allowed_fallback(|| async { Refusal::of(ProblemCode::MethodNotAllowed) })
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(RequestBodyTimeoutLayer::new(BODY_TIMEOUT))
        .layer(CatchPanicLayer::custom(problem::panicked))
        .layer(axum::middleware::from_fn(problem::write))
        .layer(axum::middleware::from_fn_with_state(app.clone(), operations::observe))
        .layer(CompressionLayer::new())
        .with_state(app)
}

/// The routes that the OpenAPI document describes; both come from this one list.
pub fn documented() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(openapi::head())
        // The shop's server.
        .routes(routes!(merchant::create_session, merchant::list_sessions))
        .routes(routes!(merchant::get_session))
        .routes(routes!(merchant::cancel_session))
        .routes(routes!(merchant::get_attempt))
        .routes(routes!(merchant::create_refund))
        .routes(routes!(merchant::list_events))
        .routes(routes!(merchant::redeliver_event))
        .routes(routes!(customers::list_links))
        .routes(routes!(customers::get_link, customers::delete_link))
        // The page.
        .routes(routes!(checkout::get_view))
        .routes(routes!(checkout::start_attempt))
        .routes(routes!(checkout::cancel_attempt))
        .routes(routes!(checkout::qr))
        .routes(routes!(links::start_link))
        .routes(routes!(links::get_balance))
        .routes(routes!(links::delete_link))
        .routes(routes!(links::unlink))
        .routes(routes!(events::events))
}
