//! What the simulators share: the clock, the state behind one lock, and the watchers of each step.
use super::clock::Clock;
use super::espay;
use super::faults::Faults;
use super::journal::Journal;
use super::ledger::Ledger;
use super::line::Lines;
use super::nicepay;
use super::outbox::Outbox;
use super::settings::Settings;
use super::snap::headers::ExternalIds;
use super::view::Step;
use super::winpay;
use std::sync::{Arc, Mutex, MutexGuard, RwLock};
use tokio::sync::{Notify, watch};

/// Called at every step of a conversation.
pub type Hook = Box<dyn Fn(Step) + Send + Sync>;

/// Everything that changes.
#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) nicepay: nicepay::Books,
    pub(crate) winpay: winpay::Books,
    pub(crate) espay: espay::Books,
    pub(crate) external_ids: ExternalIds,
    pub(crate) ledger: Ledger,
    pub(crate) faults: Faults,
    pub(crate) journal: Journal,
    pub(crate) outbox: Outbox,
}

/// The one instance behind every clone of a simulator.
pub(crate) struct Shared {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) settings: Settings,
    pub(crate) client: reqwest::Client,
    pub(crate) wake: Arc<Notify>,
    pub(crate) lines: Lines,
    state: Mutex<State>,
    hooks: RwLock<Vec<Hook>>,
    landed: watch::Sender<u64>,
    decided: watch::Sender<u64>,
}

/// A pen to change the state at one moment.
pub(crate) struct Desk<'a> {
    pub(crate) state: &'a mut State,
    pub(crate) settings: &'a Settings,
    pub(crate) now_ms: i64,
    /// Where browsers reach us, without a slash at the end.
    pub(crate) origin: &'a str,
    /// Oddities worth telling that change no verdict.
    pub(crate) hints: Vec<String>,
}

impl Shared {
    pub(crate) fn new(clock: Arc<dyn Clock>, settings: Settings) -> Self {
        let client = reqwest::ClientBuilder::new()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .build()
            .expect("a client without special wishes can be built");
        Self {
            clock,
            client,
            wake: Arc::new(Notify::new()),
            lines: Lines::default(),
            state: Mutex::new(State::default()),
            settings,
            hooks: RwLock::new(Vec::new()),
            landed: watch::Sender::new(0),
            decided: watch::Sender::new(0),
        }
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nobody panics while holding the simulators' state")
    }

    /// Changes the state at this moment; what falls due by it is sent afterwards.
    pub(crate) fn change<T>(&self, origin: &str, change: impl FnOnce(&mut Desk<'_>) -> T) -> T {
        let mut state = self.lock();
        let (settings, now_ms) = (&self.settings, self.clock.now_ms());
        let hints = Vec::new();
        change(&mut Desk { state: &mut state, settings, now_ms, origin, hints })
    }

    pub(crate) fn watch(&self, hook: Hook) {
        self.hooks.write().expect("a hook that panics is a test that failed").push(hook);
    }

    pub(crate) fn step(&self, step: &Step) {
        for hook in self.hooks.read().expect("a hook that panics is a test that failed").iter() {
            hook(step.clone());
        }
    }

    /// A customer has decided something.
    pub(crate) fn has_decided(&self) {
        self.decided.send_modify(|count| *count += 1);
        self.wake.notify_one();
    }

    /// Tells of each time that a customer decides something.
    pub(crate) fn decided(&self) -> watch::Receiver<u64> {
        self.decided.subscribe()
    }

    /// A notification has come to rest.
    pub(crate) fn landed(&self) {
        self.landed.send_modify(|count| *count += 1);
        self.wake.notify_one();
    }

    /// Resolves when no notification is due or in the air.
    pub(crate) async fn quiet(&self) {
        let mut landed = self.landed.subscribe();
        self.change("", nicepay::autopay);
        self.wake.notify_one();
        while !self.lock().outbox.is_quiet(self.clock.now_ms()) {
            if landed.changed().await.is_err() {
                return;
            }
        }
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        self.wake.notify_one();
    }
}
