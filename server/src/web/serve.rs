//! Accepts connections, and does not wait for ever on any of them.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

use super::visitor::Peer;

/// The most connections at a time.
const CONNECTIONS_MAX: usize = 16_384;
/// How long a new connection may say nothing.
const FIRST_BYTE: Duration = Duration::from_secs(5);
/// How long a request's head may take, and a connection may idle between two.
const HEAD: Duration = Duration::from_secs(20);
/// How long requests in hand may take once the service stops.
const DRAIN: Duration = Duration::from_secs(10);
/// Pause after the system refused to accept, for it to get some air.
const BREATHER: Duration = Duration::from_millis(50);

/// Serves until told to stop, then finishes what is in hand.
pub async fn serve(listener: TcpListener, router: Router, stop: CancellationToken) {
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEAD);
    builder.http2().timer(TokioTimer::new()).keep_alive_interval(HEAD).keep_alive_timeout(HEAD);
    let graceful = GracefulShutdown::new();
    let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => break,
            accepted = listener.accept() => accepted,
        };
        let (stream, address) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "a connection was not accepted");
                tokio::time::sleep(BREATHER).await;
                continue;
            }
        };
        // Full: whoever comes now is turned away rather than kept waiting without end.
        let Ok(place) = places.clone().try_acquire_owned() else { continue };
        let (builder, watcher) = (builder.clone(), graceful.watcher());
        let router = router.clone();
        tokio::spawn(async move {
            let _place = place;
            if !speaks(&stream).await {
                return;
            }
            let _ = stream.set_nodelay(true);
            let service = router.map_request(move |mut request: hyper::Request<Incoming>| {
                request.extensions_mut().insert(Peer(address));
                request.map(axum::body::Body::new)
            });
            let service = TowerToHyperService::new(service);
            let connection = builder.serve_connection(TokioIo::new(stream), service);
            // A connection that ends badly is the other side's affair.
            let _ = watcher.watch(connection.into_owned()).await;
        });
    }
    drop(listener);
    if tokio::time::timeout(DRAIN, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests were not finished in time");
    }
}

/// Whether a new connection says anything in time: hyper's own clock starts at the first byte.
async fn speaks(stream: &TcpStream) -> bool {
    let mut first = [0];
    let peeked = tokio::time::timeout(FIRST_BYTE, stream.peek(&mut first)).await;
    matches!(peeked, Ok(Ok(read)) if read > 0)
}
