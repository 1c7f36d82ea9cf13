//! How long things take, in microseconds.

use std::time::{Duration, Instant};

/// A stopwatch that was started.
#[derive(Clone, Copy)]
pub(crate) struct Stopwatch(Instant);

impl Stopwatch {
    #[expect(clippy::disallowed_methods, reason = "a benchmark measures real time")]
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    pub(crate) fn elapsed(self) -> Duration {
        self.0.elapsed()
    }

    pub(crate) fn us(self) -> u64 {
        u64::try_from(self.elapsed().as_micros()).unwrap_or(u64::MAX)
    }
}

/// The middle one; of an even number the higher of the two in the middle.
pub(crate) fn median(mut times: Vec<u64>) -> u64 {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

/// Microseconds as milliseconds.
#[expect(clippy::cast_precision_loss, reason = "times here are far below 2^52 microseconds")]
pub(crate) fn ms(us: u64) -> f64 {
    us as f64 / 1000.0
}
