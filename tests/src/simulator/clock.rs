//! The time that every simulator lives by: it runs, or stands still, and can be moved forward.
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::sync::watch;

/// A wait that ends when the clock has reached a moment.
pub type Wait = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A source of time that may be moved.
pub trait Clock: Send + Sync {
    /// Milliseconds since 1970-01-01 UTC.
    fn now_ms(&self) -> i64;
    /// Resolves once `now_ms()` is at least `at_ms`, also when somebody moves the clock there.
    fn wait_until(&self, at_ms: i64) -> Wait;
    /// Moves the clock forward and wakes everybody whose moment has come.
    fn advance(&self, by_ms: i64);
}

/// Real time plus what it was moved by, or a given moment that only moves by hand.
#[derive(Clone, Debug)]
pub struct VirtualClock {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    frozen_at_ms: Option<i64>,
    moved_ms: watch::Sender<i64>,
}

/// A wall clock may be set while we sleep, so no single sleep is longer than this.
const SLEEP_MAX: Duration = Duration::from_mins(1);

impl VirtualClock {
    /// Runs with the machine's clock.
    pub fn running() -> Self {
        Self::new(None)
    }

    /// Stands still at a moment, in milliseconds since 1970-01-01 UTC.
    pub fn frozen(at_ms: i64) -> Self {
        Self::new(Some(at_ms))
    }

    fn new(frozen_at_ms: Option<i64>) -> Self {
        Self { inner: Arc::new(Inner { frozen_at_ms, moved_ms: watch::Sender::new(0) }) }
    }
}

impl Clock for VirtualClock {
    fn now_ms(&self) -> i64 {
        self.inner.frozen_at_ms.unwrap_or_else(machine_ms) + *self.inner.moved_ms.borrow()
    }

    fn wait_until(&self, at_ms: i64) -> Wait {
        let clock = self.clone();
        Box::pin(async move {
            let mut moved = clock.inner.moved_ms.subscribe();
            while let Some(left) = left(clock.now_ms(), at_ms) {
                let pause = async {
                    match clock.inner.frozen_at_ms {
                        Some(_) => std::future::pending::<()>().await,
                        None => tokio::time::sleep(left.min(SLEEP_MAX)).await,
                    }
                };
                tokio::select! {
                    () = pause => {}
                    _ = moved.changed() => {}
                }
            }
        })
    }

    fn advance(&self, by_ms: i64) {
        self.inner.moved_ms.send_modify(|moved| *moved += by_ms);
    }
}

/// How long until a moment; nothing when it has come.
fn left(now_ms: i64, at_ms: i64) -> Option<Duration> {
    u64::try_from(at_ms - now_ms).ok().filter(|ms| *ms > 0).map(Duration::from_millis)
}

#[expect(clippy::disallowed_methods, reason = "this is where the simulators read the time")]
fn machine_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_frozen_clock_wakes_a_waiter_only_when_it_is_moved_far_enough() {
        let clock = VirtualClock::frozen(1_000);
        let waiter = tokio::spawn(clock.wait_until(11_000));
        clock.advance(9_999);
        tokio::task::yield_now().await;
        assert!(!waiter.is_finished());
        clock.advance(1);
        waiter.await.unwrap();
        assert_eq!(clock.now_ms(), 11_000);
    }

    #[tokio::test]
    async fn a_running_clock_that_is_moved_wakes_a_waiter_at_once() {
        let clock = VirtualClock::running();
        let waiter = tokio::spawn(clock.wait_until(clock.now_ms() + 3_600_000));
        clock.advance(3_600_000);
        waiter.await.unwrap();
    }

    #[tokio::test]
    async fn a_moment_that_has_passed_is_not_waited_for() {
        VirtualClock::frozen(5).wait_until(5).await;
    }
}
