//! Event streams as browsers hold them, each on a connection of its own.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// How long all of them together may take to hear of something.
const PATIENCE: Duration = Duration::from_mins(2);
/// The most that is kept of what one stream said.
const KEPT_BYTES: usize = 64 * 1024;
/// How many connections are opened at a time.
const AT_A_TIME: usize = 50;

/// One page that watches a session.
pub(crate) struct Watcher {
    stream: TcpStream,
    heard: Vec<u8>,
}

impl Watcher {
    async fn open(address: SocketAddr, token: String) -> Self {
        let mut stream = TcpStream::connect(address).await.expect("Kasir takes a connection");
        let request = format!(
            "GET /checkout/v1/{token}/events HTTP/1.1\r\nhost: kasir\r\naccept: text/event-stream\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).await.expect("a request is sent");
        let mut watcher = Self { stream, heard: Vec::new() };
        let first = watcher.hears("\"status\":\"open\"").await;
        assert!(first.starts_with(b"HTTP/1.1 200"), "a stream is opened");
        watcher
    }

    /// Reads on until the stream has said this; all that it said since the last time.
    async fn hears(&mut self, what: &str) -> Vec<u8> {
        let mut part = [0; 4096];
        while !self.heard.windows(what.len()).any(|window| window == what.as_bytes()) {
            assert!(self.heard.len() < KEPT_BYTES, "it says too much");
            let read = self.stream.read(&mut part).await.expect("the stream goes on");
            assert!(read > 0, "the stream ended before it said {what}");
            self.heard.extend_from_slice(part.get(..read).unwrap_or_default());
        }
        std::mem::take(&mut self.heard)
    }
}

/// Opens a stream for each token.
pub(crate) async fn open(address: SocketAddr, tokens: &[String]) -> Vec<Watcher> {
    let mut watchers = Vec::with_capacity(tokens.len());
    for tokens in tokens.chunks(AT_A_TIME) {
        let mut opening = JoinSet::new();
        for token in tokens {
            opening.spawn(Watcher::open(address, token.clone()));
        }
        watchers.extend(opening.join_all().await);
    }
    watchers
}

/// Comes back when all of them have heard this.
pub(crate) async fn all_hear(watchers: Vec<Watcher>, what: &'static str) -> Vec<Watcher> {
    let mut hearing = JoinSet::new();
    for mut watcher in watchers {
        hearing.spawn(async move {
            watcher.hears(what).await;
            watcher
        });
    }
    tokio::time::timeout(PATIENCE, hearing.join_all()).await.expect("all hear it in time")
}
