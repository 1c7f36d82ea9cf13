//! What a story is told with: a town whose clock is moved by hand, a shop's server that calls the
//! API and opens its mail, and a browser without script.

pub mod browser;
pub mod espay;
pub mod mailbox;
pub mod process;
pub mod stream;
pub mod winpay;
pub mod world;

use std::time::Duration;

/// How long a condition may take to come true, in real time. Only a failing story waits so long.
pub const PATIENCE: Duration = Duration::from_secs(30);
/// Pause between two looks at a condition that nothing announces.
const LOOK_AGAIN: Duration = Duration::from_millis(4);

/// What `look` finds, once it finds something. For what no stream or mailbox announces.
///
/// # Panics
///
/// Where it finds nothing for too long.
pub async fn eventually<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let looking = async {
        loop {
            if let Some(found) = look().await {
                return found;
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    };
    let found = tokio::time::timeout(PATIENCE, looking).await;
    found.unwrap_or_else(|_| panic!("it never came true: {what}"))
}

/// What a future brings, unless it takes too long.
///
/// # Panics
///
/// Where it takes too long.
pub async fn in_time<T>(what: &str, future: impl Future<Output = T>) -> T {
    let done = tokio::time::timeout(PATIENCE, future).await;
    done.unwrap_or_else(|_| panic!("it never came true: {what}"))
}
