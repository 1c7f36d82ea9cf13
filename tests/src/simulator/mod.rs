//! The simulators: providers, wallets and customers, as the other side of every conversation.
//!
//! They are written from the providers' documents, share nothing with Kasir but the clock, and refuse
//! what the provider would refuse. Each provider is a folder with its own routes; money, faults, the
//! journal, the outbox of notifications and the control interface are common to all.
mod control;
mod engine;
mod espay;
mod jakarta;
mod nicepay;
mod line;
mod manner;
mod occasions;
mod outbox;
mod pages;
mod providers;
mod serve;
pub(crate) mod snap;
mod tamper;
mod winpay;
pub mod clock;
pub mod faults;
pub mod journal;
pub mod ledger;
pub mod settings;
pub mod test_keys;
pub mod view;

pub use clock::{Clock, VirtualClock};
pub use engine::Hook;
pub use espay::{
    AuthCodeShape, BalanceShape, EspayCallbacks, EspayHabit, EspayLinkView, EspayMerchant,
    EspaySettings, GetSignature, PayToken, ReturnedState, TokenPlace,
};
pub use faults::{Armed, Fault};
pub use line::Line;
pub use nicepay::{
    AtTill, Bill, CallbackManner, Details, Entered, LinkView, Loan, NicepaySnapMerchant,
    NicepaySnapSettings, NicepayV2Settings, PayNumber, Spelling, Transport,
};
pub use serve::Served;
pub use settings::Settings;
pub use snap::SignatureMode;
pub use snap::headers::Scope;
pub use view::{Amount, Decision, Operation, Provider, Refused, Status, Step, Transaction};
pub use winpay::{CallbackTarget, SigningKey, StatusMode, WinpayMerchant, WinpaySettings};

use axum::Router;
use engine::Shared;
use std::sync::Arc;
use tokio::net::TcpListener;

/// Every simulated provider, wallet and customer. Cheap to clone; all clones are the same one.
#[derive(Clone)]
pub struct Simulator {
    pub(crate) shared: Arc<Shared>,
}

impl Simulator {
    /// Opens the simulators. Their notifications leave from the Tokio runtime this is called in, for
    /// as long as a clone lives.
    pub fn new(clock: Arc<dyn Clock>, settings: Settings) -> Self {
        let shared = Arc::new(Shared::new(clock, settings));
        let (clock, wake) = (Arc::clone(&shared.clock), Arc::clone(&shared.wake));
        tokio::spawn(outbox::carry(Arc::downgrade(&shared), clock, wake));
        Self { shared }
    }

    /// Everything there is over HTTP.
    pub fn router(&self) -> Router {
        Router::new()
            .merge(nicepay::routes())
            .merge(winpay::routes())
            .merge(espay::routes())
            .layer(axum::middleware::from_fn_with_state(self.clone(), line::closed))
            .merge(pages::routes())
            .merge(control::routes())
            .merge(nicepay::control_routes())
            .with_state(self.clone())
    }

    /// Serves it until stopped.
    pub fn serve(&self, listener: TcpListener) -> std::io::Result<Served> {
        Served::start(listener, self.router())
    }

    /// Every transaction, oldest first.
    pub fn transactions(&self) -> Vec<Transaction> {
        self.transactions_of(None)
    }

    /// Those of one order number, or all.
    pub fn transactions_of(&self, reference: Option<&str>) -> Vec<Transaction> {
        self.shared.change("", |desk| providers::views(desk, reference))
    }

    /// The customer pays, even without having gone through the payment step.
    pub fn approve(&self, id: &str) -> Result<Transaction, Refused> {
        self.decide(id, Decision::Approve)
    }

    /// The customer turns it down.
    pub fn decline(&self, id: &str) -> Result<Transaction, Refused> {
        self.decide(id, Decision::Decline)
    }

    /// Its time runs out now.
    pub fn expire(&self, id: &str) -> Result<Transaction, Refused> {
        self.decide(id, Decision::Expire)
    }

    /// The wallet gives back what is left, without anybody asking.
    pub fn refund(&self, id: &str) -> Result<Transaction, Refused> {
        self.decide(id, Decision::Refund)
    }

    /// Any of the four.
    pub fn decide(&self, id: &str, decision: Decision) -> Result<Transaction, Refused> {
        let done = self.shared.change("", |desk| providers::decide(desk, id, decision));
        self.shared.has_decided();
        done
    }

    /// The customer links an account, or declines to.
    pub fn answer_link(&self, id: &str, accepts: bool) -> Result<LinkView, Refused> {
        let done = self.shared.change("", |desk| nicepay::answer_link(desk, id, accepts));
        self.shared.wake.notify_one();
        done
    }

    /// Every wish to link an account.
    pub fn links(&self) -> Vec<LinkView> {
        self.shared.change("", |desk| nicepay::links(desk))
    }

    /// Links an AstraPay account without a browser; the mandateID.
    pub fn link_astrapay(&self, merchant: &str, phone: &str) -> String {
        self.shared.change("", |desk| nicepay::link_account(desk, merchant, phone))
    }

    /// Every customer ends their agreements in the wallet, which tells nobody.
    pub fn forget_mandates(&self) {
        self.shared.change("", nicepay::forget_mandates);
    }

    /// Arms a fault. Nothing is armed, and nothing returned, when it could never be played where it
    /// is aimed.
    pub fn arm(&self, armed: Armed) -> Option<()> {
        self.shared.lock().faults.arm(armed)
    }

    /// What is armed and has not been played.
    pub fn armed(&self) -> Vec<Armed> {
        self.shared.lock().faults.list()
    }

    /// Disarms everything.
    pub fn disarm(&self) {
        self.shared.lock().faults.clear();
    }

    /// The last notification of a transaction leaves once more, byte for byte.
    pub fn replay(&self, id: &str) -> Result<(), Refused> {
        let replayed = self.shared.change("", |desk| desk.state.outbox.replay(id, desk.now_ms));
        self.shared.wake.notify_one();
        replayed.ok_or(Refused::Unknown)
    }

    /// Winpay signs its callbacks with another of its keys from now on.
    pub fn sign_winpay_with(&self, key: SigningKey) {
        self.shared.lock().winpay.signing_key = Some(key);
    }

    /// No token that NICEPAY has lent is good any more.
    pub fn revoke_tokens(&self) {
        self.shared.lock().nicepay.tokens.revoke();
    }

    /// What was really charged and given back.
    pub fn ledger(&self) -> Vec<ledger::Row> {
        self.shared.lock().ledger.rows()
    }

    /// Every request that came and every notification that went.
    pub fn requests(&self) -> Vec<journal::Entry> {
        self.shared.lock().journal.entries()
    }

    /// Calls this at every step of every conversation, on the thread that takes the step.
    pub fn on_request(&self, hook: Hook) {
        self.shared.watch(hook);
    }

    /// The clock that everything here lives by.
    pub fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.shared.clock)
    }

    /// Resolves when no notification is due now or on its way.
    pub async fn quiet(&self) {
        self.shared.quiet().await;
    }
}
