//! The simulators, seen through HTTP by a merchant, a receiver of notifications and a customer.
#![expect(clippy::unwrap_used, reason = "a test may panic")]
mod astrapay;
mod confirm;
mod control;
mod counter;
mod counter_page;
mod customer;
mod espay;
mod fault;
mod hosted;
mod hosted_page;
mod lender;
mod lender_page;
mod merchant;
mod notification;
mod orders;
mod refusal;
mod refund;
mod snap;
mod time;
mod vectors;

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
    begin_at(settings, MORNING_MS).await
}

/// The same at another moment.
pub(crate) async fn begin_at(settings: Settings, at_ms: i64) -> Begun {
    let clock = VirtualClock::frozen(at_ms);
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
    world_of(begin(settings).await).await
}

/// A simulator with its merchant.
pub(crate) async fn world_of(begun: Begun) -> World {
    let Begun { sim, clock, served, http } = begun;
    World { sim, clock, served, http, inbox: Inbox::open().await }
}

impl World {
    /// Moves the clock and waits until what fell due by that has been sent.
    pub(crate) async fn pass(&self, seconds: i64) {
        self.clock.advance(seconds * 1_000);
        self.sim.quiet().await;
    }
}
