//! The simulators, seen through HTTP by a merchant, a receiver of notifications and a customer.
#![expect(clippy::unwrap_used, reason = "a test may panic")]
mod astrapay;
mod control;
mod customer;
mod espay;
mod fault;
mod merchant;
mod notification;
mod refusal;
mod refund;
mod snap;
mod time;

use kasir_tests::simulator::{Clock, Served, Settings, Simulator, VirtualClock};
use merchant::{Inbox, World};
use std::sync::Arc;
use tokio::net::TcpListener;

/// 2026-11-20 10:00 in Jakarta.
pub(crate) const MORNING_MS: i64 = 1_795_143_600_000;

/// A simulator that is listening, and a client to call it with.
pub(crate) struct Begun {
    pub(crate) sim: Simulator,
    pub(crate) clock: VirtualClock,
    pub(crate) served: Served,
    pub(crate) http: reqwest::Client,
}

/// Begins one whose clock stands still.
pub(crate) async fn begin(settings: Settings) -> Begun {
    let clock = VirtualClock::frozen(MORNING_MS);
    let sim = Simulator::new(Arc::new(clock.clone()), settings);
    let served = sim.serve(TcpListener::bind("127.0.0.1:0").await.unwrap()).unwrap();
    let http = reqwest::ClientBuilder::new()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
        .unwrap();
    Begun { sim, clock, served, http }
}

/// A world whose clock stands still.
pub(crate) async fn world() -> World {
    world_with(Settings::default()).await
}

/// The same with other habits.
pub(crate) async fn world_with(settings: Settings) -> World {
    let Begun { sim, clock, served, http } = begin(settings).await;
    World { sim, clock, served, http, inbox: Inbox::open().await }
}

impl World {
    /// Moves the clock and waits until what fell due by that has been sent.
    pub(crate) async fn pass(&self, seconds: i64) {
        self.clock.advance(seconds * 1_000);
        self.sim.quiet().await;
    }
}
