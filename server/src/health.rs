//! Which accounts can be talked to: a circuit breaker for each.
//!
//! ```text
//!            failures in a row              its pause is over
//!   closed ─────────────────────▶ open ──────────────────────▶ half-open
//!      ▲                           ▲                              │  one order goes through,
//!      │                           │  it failed: a longer pause   │  the others go elsewhere
//!      │                           └──────────────────────────────┤
//!      └──────────────────────────────────────────────────────────┘  it worked
//! ```
//!
//! It says where a new order had better go, and holds nothing back that has begun: an order that may
//! have been heard is always seen through.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use kasir_shared::Moment;

use crate::courier::Line;

/// How many failures in a row open a circuit.
const FAILURES: u32 = 3;
/// The first and the longest pause of an open circuit, in seconds.
const PAUSE_S: (i64, i64) = (30, 300);
/// Seconds after which a probe of which nothing was heard counts as lost, with its process perhaps.
const PROBE_S: i64 = 60;

/// How an account has been lately.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Circuit {
    /// It answers, but for so many failures in a row.
    Closed {
        /// How many.
        failures: u32,
    },
    /// It fails: nothing new goes there before this moment.
    Open {
        /// Which.
        until: Moment,
        /// How long this pause is, in seconds.
        pause_s: i64,
    },
    /// One order has been let through to see.
    HalfOpen {
        /// When that order counts as lost.
        until: Moment,
        /// How long the pause was before it.
        pause_s: i64,
    },
}

impl Circuit {
    /// One that nothing is known about.
    pub const fn new() -> Self {
        Self::Closed { failures: 0 }
    }

    /// Whether a new order goes through at `at`, and what the circuit is then: whoever is let through
    /// a circuit that was open is its one probe.
    pub fn admit(self, at: Moment) -> (bool, Self) {
        match self {
            Self::Closed { .. } => (true, self),
            Self::Open { until, pause_s } | Self::HalfOpen { until, pause_s } if at >= until => {
                (true, Self::HalfOpen { until: at.plus_s(PROBE_S), pause_s })
            }
            Self::Open { .. } | Self::HalfOpen { .. } => (false, self),
        }
    }

    /// What it is after a conversation that went well.
    #[must_use]
    pub fn after_success(self, at: Moment) -> Self {
        match self {
            Self::Closed { .. } | Self::HalfOpen { .. } => Self::new(),
            // Somebody asked about an older order and was answered: a probe need not wait longer.
            Self::Open { until, pause_s } => Self::Open { until: until.min(at), pause_s },
        }
    }

    /// What it is after a conversation that went wrong.
    #[must_use]
    pub fn after_failure(self, at: Moment) -> Self {
        match self {
            Self::Closed { failures } if failures + 1 < FAILURES => {
                Self::Closed { failures: failures + 1 }
            }
            Self::Closed { .. } => Self::open(at, PAUSE_S.0),
            Self::HalfOpen { pause_s, .. } => Self::open(at, (pause_s * 2).min(PAUSE_S.1)),
            // Asking about older orders makes no pause longer.
            Self::Open { .. } => self,
        }
    }

    const fn open(at: Moment, pause_s: i64) -> Self {
        Self::Open { until: at.plus_s(pause_s), pause_s }
    }

    /// As in the metric: 0 closed, 1 open, 2 half-open.
    pub const fn level(self) -> u8 {
        match self {
            Self::Closed { .. } => 0,
            Self::Open { .. } => 1,
            Self::HalfOpen { .. } => 2,
        }
    }
}

impl Default for Circuit {
    fn default() -> Self {
        Self::new()
    }
}

/// The circuits of every account, as this process has come to know them.
pub struct Health {
    circuits: Mutex<BTreeMap<String, Circuit>>,
}

impl Health {
    /// Nothing is known about any of these accounts yet.
    pub fn of<'a>(accounts: impl Iterator<Item = &'a str>) -> Self {
        let circuits: BTreeMap<_, _> =
            accounts.map(|account| (account.to_owned(), Circuit::new())).collect();
        for (account, circuit) in &circuits {
            export(account, *circuit);
        }
        Self { circuits: Mutex::new(circuits) }
    }

    /// Whether a new order may go to an account; see [`Circuit::admit`].
    pub fn admits(&self, account: &str, at: Moment) -> bool {
        let mut admitted = false;
        self.change(account, |circuit| {
            let (admits, after) = circuit.admit(at);
            admitted = admits;
            after
        });
        admitted
    }

    /// A conversation with an account has ended.
    pub fn note(&self, account: &str, line: Line, at: Moment) {
        match line {
            Line::Unused => {}
            Line::Sound => self.change(account, |circuit| circuit.after_success(at)),
            Line::Troubled => self.change(account, |circuit| circuit.after_failure(at)),
        }
    }

    /// How an account has been lately.
    pub fn circuit(&self, account: &str) -> Circuit {
        self.circuits().get(account).copied().unwrap_or_default()
    }

    fn change(&self, account: &str, make: impl FnOnce(Circuit) -> Circuit) {
        let mut circuits = self.circuits();
        let before = circuits.get(account).copied().unwrap_or_default();
        let after = make(before);
        if after == before {
            return;
        }
        circuits.insert(account.to_owned(), after);
        // Under the lock, so that two changes are exported in their order.
        if after.level() != before.level() {
            tracing::warn!(account, ?before, ?after, "a circuit changed");
            export(account, after);
        }
    }

    fn circuits(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Circuit>> {
        self.circuits.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn export(account: &str, circuit: Circuit) {
    metrics::gauge!("kasir_account_circuit", "account" => account.to_owned())
        .set(f64::from(circuit.level()));
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(second: i64) -> Moment {
        Moment::from_unix_s(second)
    }

    fn failed(circuit: Circuit, times: u32, moment: Moment) -> Circuit {
        (0..times).fold(circuit, |circuit, _| circuit.after_failure(moment))
    }

    #[test]
    fn a_few_failures_in_a_row_open_it_and_a_success_between_them_does_not_count() {
        let shaken = failed(Circuit::new(), FAILURES - 1, at(0));
        assert_eq!(shaken.level(), 0);
        let mended = failed(shaken.after_success(at(0)), FAILURES - 1, at(0));
        assert_eq!(mended.level(), 0);
        assert_eq!(mended.after_failure(at(0)), Circuit::Open { until: at(30), pause_s: 30 });
    }

    #[test]
    fn an_open_one_lets_nobody_through_until_its_pause_is_over_and_then_exactly_one() {
        let open = failed(Circuit::new(), FAILURES, at(0));
        for second in [0, 29] {
            assert_eq!(open.admit(at(second)), (false, open));
        }
        let (admitted, probing) = open.admit(at(30));
        assert!(admitted);
        assert_eq!(probing.level(), 2);
        for second in [30, 31, 89] {
            assert_eq!(probing.admit(at(second)), (false, probing));
        }
        assert_eq!(probing.after_success(at(31)), Circuit::new());
    }

    #[test]
    fn a_probe_that_never_comes_back_is_followed_by_another() {
        let (_, probing) = failed(Circuit::new(), FAILURES, at(0)).admit(at(30));
        let (admitted, again) = probing.admit(at(90));
        assert!(admitted);
        assert_eq!(again, Circuit::HalfOpen { until: at(150), pause_s: 30 });
    }

    #[test]
    fn each_failed_probe_makes_the_pause_longer_up_to_five_minutes() {
        let (mut circuit, mut now, mut pauses) =
            (failed(Circuit::new(), FAILURES, at(0)), 0, Vec::new());
        for _ in 0..6 {
            let Circuit::Open { until, pause_s } = circuit else { panic!("{circuit:?}") };
            pauses.push(pause_s);
            now = until.unix_s().max(now);
            circuit = circuit.admit(at(now)).1.after_failure(at(now));
        }
        assert_eq!(pauses, [30, 60, 120, 240, 300, 300]);
    }

    #[test]
    fn an_answer_about_an_older_order_ends_the_pause_and_still_only_one_goes_through() {
        let open = failed(Circuit::new(), FAILURES, at(0));
        let hopeful = open.after_success(at(5));
        assert_eq!(hopeful.level(), 1);
        let (first, probing) = hopeful.admit(at(5));
        assert!(first && !probing.admit(at(6)).0);
        assert_eq!(open.after_failure(at(5)), open, "asking makes no pause longer");
    }

    #[test]
    fn accounts_do_not_share_a_circuit_and_what_asked_nothing_says_nothing() {
        let health = Health::of(["one", "two"].into_iter());
        for _ in 0..FAILURES {
            health.note("one", Line::Unused, at(0));
            health.note("one", Line::Troubled, at(0));
        }
        assert!(!health.admits("one", at(1)) && health.admits("two", at(1)));
        assert!(health.admits("one", at(30)) && !health.admits("one", at(30)));
        health.note("one", Line::Sound, at(31));
        assert_eq!(health.circuit("one"), Circuit::new());
    }
}
