//! The one door through which time enters.

use std::sync::Mutex;

use async_trait::async_trait;
use kasir_shared::Moment;
use tokio::sync::watch;

/// Tells the time, and waits for it.
#[async_trait]
pub trait Clock: Send + Sync {
    /// What time it is.
    fn now(&self) -> Moment;

    /// Comes back when it is `moment` or later.
    async fn wait_until(&self, moment: Moment);
}

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

#[async_trait]
impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the door")]
    fn now(&self) -> Moment {
        let since =
            std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Moment { unix_ms: i64::try_from(since.as_millis()).unwrap_or(i64::MAX) }
    }

    async fn wait_until(&self, moment: Moment) {
        // Asked again after every sleep, since the machine's clock may have been set meanwhile.
        loop {
            let left_ms = moment.unix_ms.saturating_sub(self.now().unix_ms);
            if left_ms <= 0 {
                return;
            }
            let nap_ms = u64::try_from(left_ms.min(60_000)).unwrap_or(1);
            tokio::time::sleep(std::time::Duration::from_millis(nap_ms)).await;
        }
    }
}

/// A clock that stands until it is moved by hand.
#[derive(Debug)]
pub struct ManualClock {
    now: watch::Sender<Moment>,
    moving: Mutex<()>,
}

impl ManualClock {
    /// A clock that stands at `moment`.
    pub fn at(moment: Moment) -> Self {
        Self { now: watch::Sender::new(moment), moving: Mutex::new(()) }
    }

    /// Moves it, and wakes whoever waited for a moment that has come.
    pub fn advance_s(&self, seconds: i64) {
        self.advance_ms(seconds.saturating_mul(1000));
    }

    /// The same, by less than a second.
    pub fn advance_ms(&self, ms: i64) {
        let _one_at_a_time = self.moving.lock();
        self.now.send_modify(|now| *now = now.plus_ms(ms));
    }
}

#[async_trait]
impl Clock for ManualClock {
    fn now(&self) -> Moment {
        *self.now.borrow()
    }

    async fn wait_until(&self, moment: Moment) {
        // The sender lives in `self`, so the wait cannot fail.
        let _ = self.now.subscribe().wait_for(|now| *now >= moment).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_clock_moved_by_hand_wakes_who_waited() {
        let clock = std::sync::Arc::new(ManualClock::at(Moment::from_unix_s(100)));
        let waiting = tokio::spawn({
            let clock = clock.clone();
            async move {
                clock.wait_until(Moment::from_unix_s(110)).await;
                clock.now()
            }
        });
        clock.advance_s(4);
        clock.advance_s(6);
        assert_eq!(waiting.await.unwrap(), Moment::from_unix_s(110));
    }
}
