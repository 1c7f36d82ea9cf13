//! A merchant: a small coffee roaster in Bandung that takes payments through Kasir.
//!
//! It does what any shop would do, with nothing but HTTP: its server creates a session, its page
//! embeds `<kasir-checkout>` or sends the customer to Kasir's own page, and a webhook whose
//! signature it checks itself tells it that money came. A browser's return changes no order.
//!
//! Beside the shop stands what a shop would not show: who said what to whom, and the customer's
//! phone.

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::routing::{get, post};

mod catalogue;
mod cart;
mod order;
mod kasir;
mod signature;
mod news;
mod webhook;
mod words;
mod html;
mod visitor;
mod pages;
mod conversation;
mod assets;
#[cfg(test)]
mod stories;

pub use order::{Heard, Order, OrderStatus, Session};
pub use signature::Refusal;
pub use webhook::{Delivery, Verdict};
pub use words::Lang;

use kasir::Kasir;
use order::Orders;
use webhook::Deliveries;

/// The longest the shop waits for Kasir or for a simulator.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);
const CONNECT_WITHIN: Duration = Duration::from_secs(3);

/// Where the shop lives and whom it talks to.
#[derive(Clone)]
pub struct ShopConfig {
    /// Kasir, as the shop's server reaches it; no slash at the end, like the others.
    pub kasir_url: String,
    /// Kasir, as the customer's browser reaches it.
    pub kasir_public_url: String,
    /// The simulators, for the conversation and the phone.
    pub sim_url: String,
    /// The shop itself, as the customer's browser reaches it.
    pub own_url: String,
    /// `sk_...`
    pub secret_key: String,
    /// `whsec_...`
    pub webhook_secret: String,
    /// Whether Winpay serves the shop too: the panel then has a switch for it.
    pub winpay: bool,
    /// The time in Unix seconds.
    pub clock: Arc<dyn Fn() -> i64 + Send + Sync>,
}

/// The shop: cheap to clone, every clone the same shop.
#[derive(Clone)]
pub struct Shop(Arc<House>);

struct House {
    config: ShopConfig,
    kasir: Kasir,
    secret: signature::Secret,
    orders: Mutex<Orders>,
    deliveries: Mutex<Deliveries>,
    diary: Mutex<conversation::Diary>,
    /// Whether Winpay was up when it was last looked at.
    winpay_up: AtomicBool,
}

impl Shop {
    /// Opens the shop.
    ///
    /// # Panics
    /// If the webhook secret is not `whsec_` and base64.
    pub fn new(config: ShopConfig) -> Self {
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .connect_timeout(CONNECT_WITHIN)
            .timeout(ANSWER_WITHIN)
            .build()
            .expect("a client without special wishes");
        let secret = signature::Secret::parse(&config.webhook_secret).expect("a webhook secret");
        let kasir =
            Kasir { http, url: config.kasir_url.clone(), secret_key: config.secret_key.clone() };
        Self(Arc::new(House {
            config,
            kasir,
            secret,
            orders: Mutex::default(),
            deliveries: Mutex::default(),
            diary: Mutex::default(),
            winpay_up: AtomicBool::new(true),
        }))
    }

    /// Every address of the shop.
    pub fn router(&self) -> Router {
        Router::new()
            .route("/", get(pages::home::show))
            .route("/cart", get(pages::cart::show).post(pages::cart::change))
            .route("/orders", post(pages::order::make))
            .route("/checkout/{order}", get(pages::checkout::show))
            .route("/orders/{order}", get(pages::order::show))
            .route("/orders/{order}/live", get(pages::order::live))
            .route("/orders/{order}/again", post(pages::order::again))
            .route("/webhooks/kasir", post(webhook::receive))
            .route("/conversation", get(conversation::show))
            .route("/conversation/nudge", post(conversation::nudge))
            .route("/assets/{name}", get(assets::serve))
            .fallback(pages::sorry::missing)
            .with_state(self.clone())
    }

    /// All orders, oldest first.
    pub fn orders(&self) -> Vec<Order> {
        self.lock_orders().all().to_vec()
    }

    /// Every delivery that reached the webhook, believed or not, oldest first.
    pub fn webhooks_received(&self) -> Vec<Delivery> {
        lock(&self.0.deliveries).all()
    }

    fn lock_orders(&self) -> MutexGuard<'_, Orders> {
        lock(&self.0.orders)
    }

    fn order(&self, id: &str) -> Option<Order> {
        self.lock_orders().find(id).cloned()
    }

    fn now_s(&self) -> i64 {
        (self.0.config.clock)()
    }
}

/// A panic elsewhere leaves the books as they were: every change to them is one assignment.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
