//! Server-sent events: the session as the page sees it, each time it changed.
//!
//! An event's id is the session's version, and the state is what is sent, not the steps to it: a
//! page that comes back with `Last-Event-ID` loses nothing, whatever it missed.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::stream::{self, Stream};
use kasir_shared::Problem;

use super::extract::Named;
use super::problem::Refusal;
use super::{App, checkout, view};
use crate::flow::bell::Listener;

/// How often a quiet stream says that it is alive, and looks whether it missed something.
const QUIET: Duration = Duration::from_secs(15);
/// What a browser waits before it comes back.
const COME_BACK: Duration = Duration::from_secs(2);

/// The session, each time it changed.
#[utoipa::path(get, path = "/checkout/v1/{client_token}/events", tag = "Checkout",
    params(("client_token" = String, Path), ("Last-Event-ID" = Option<u64>, Header)),
    responses((status = 200, content_type = "text/event-stream", body = kasir_shared::api::checkout::CheckoutView),
        (status = "default", body = Problem)))]
pub async fn events(
    State(app): State<App>,
    Named(token): Named<String>,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Refusal> {
    let known = checkout::session(&app, &token).await?;
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok()?.parse().ok());
    let watch = Watch { listener: app.house.bell.listen(&known.session.id), last, token, app };
    metrics::gauge!("kasir_event_streams").increment(1.0);
    let stream = stream::unfold(watch, |mut watch| async move {
        let event = watch.next().await?;
        Some((Ok(event), watch))
    });
    Ok(Sse::new(stream).keep_alive(KeepAlive::new().interval(QUIET)))
}

/// One page that watches a session.
struct Watch {
    app: App,
    token: String,
    listener: Listener,
    last: Option<u64>,
}

impl Watch {
    /// The next change; `None` ends the stream, and the browser comes back when it can.
    async fn next(&mut self) -> Option<Event> {
        loop {
            let (version, event) = self.read().await.ok()?;
            if self.last.is_none_or(|last| last < version) {
                self.last = Some(version);
                return Some(event);
            }
            tokio::select! {
                () = self.app.stop.cancelled() => return None,
                () = self.listener.changed() => {}
                // Another process may have changed it.
                () = tokio::time::sleep(QUIET) => {}
            }
        }
    }

    async fn read(&self) -> Result<(u64, Event), Refusal> {
        let known = checkout::session(&self.app, &self.token).await?;
        let view = view::view(&self.app.house, &known).await?;
        let event = Event::default().event("view").id(view.version.to_string()).retry(COME_BACK);
        let event = event.json_data(&view).map_err(|error| {
            tracing::error!(%error, "a view cannot be written");
            Refusal::of(kasir_shared::ProblemCode::Internal)
        })?;
        Ok((view.version, event))
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        metrics::gauge!("kasir_event_streams").decrement(1.0);
    }
}
