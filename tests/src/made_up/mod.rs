//! Providers that nobody has, over real connections: each does what a story wants done, and keeps books
//! of its own.
//!
//! What they speak is as poor as the poorest real one: an order that was placed can only be asked about
//! by the number that the answer to placing it brought, and a number that is used again is refused
//! without a word on what became of it.

mod desk;
mod answer;
mod shelf;
mod linkage;
mod provider;
mod wallet;
mod wire;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use kasir_server::merchant::Account;
use kasir_server::provider::Links;
use kasir_shared::Rupiah;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::watch;

use desk::Books;
pub use desk::{Fault, Held, Operation};
pub use wallet::HeldLink;

/// What signs notifications.
const SECRET: &str = "made-up-secret";
/// Where nobody listens.
const NOWHERE: &str = "http://127.0.0.1:9";

/// How its customers pay.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// By an address that only the answer to placing the order brings.
    Redirect,
    /// By a prompt on the phone, which placing the order sends.
    Push,
}

/// How its customers link a wallet.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Shape {
    /// At its own page, from which the browser brings a code back that is exchanged.
    Code,
    /// At its own page; whoever asks how the link stands hears of it, and so does who is told.
    Told,
    /// Without any page.
    AtOnce,
}

/// How a provider speaks with us.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Manner {
    /// It tells what happened, and any answer will do.
    Tells,
    /// It asks what an order costs, and hears in words of its own what became of it.
    Converses,
}

/// How a provider is.
#[derive(Clone, Debug)]
pub struct Habits {
    /// How its customers pay.
    pub kind: Kind,
    /// Seconds an unpaid order lives.
    pub lifetime_s: u32,
    /// The least it takes.
    pub min: Rupiah,
    /// The most it takes.
    pub max: Rupiah,
    /// Whether its inquiry repeats the amount.
    pub repeats_amount: bool,
    /// Whether it gives money back.
    pub refunds: bool,
    /// Whether its customers link their wallets.
    pub links: Links,
    /// And how.
    pub shape: Shape,
    /// Whether it says which products the account has; everything that is asked for otherwise.
    pub tells_products: bool,
    /// How it speaks with us.
    pub manner: Manner,
}

impl Habits {
    /// One that takes everything, gives it back, and tells of it.
    pub const fn of(kind: Kind) -> Self {
        Self {
            kind,
            lifetime_s: 120,
            min: Rupiah::ZERO,
            max: Rupiah::MAX,
            repeats_amount: true,
            refunds: true,
            links: Links::Never,
            shape: Shape::Code,
            tells_products: false,
            manner: Manner::Tells,
        }
    }

    /// One whose wallet can be linked, or must be.
    pub const fn linking(links: Links, shape: Shape) -> Self {
        Self { links, shape, ..Self::of(Kind::Redirect) }
    }
}

/// What time it is, in milliseconds since 1970.
pub type Watch = Arc<dyn Fn() -> i64 + Send + Sync>;

/// A provider; every clone is the same one.
#[derive(Clone)]
pub struct MadeUp(Arc<Inner>);

struct Inner {
    id: String,
    habits: Habits,
    url: String,
    watch: Watch,
    books: Mutex<Books>,
    held: watch::Sender<usize>,
    released: watch::Sender<usize>,
}

impl MadeUp {
    /// Opens one, on a port of its own.
    ///
    /// # Panics
    ///
    /// Where there is no port.
    pub async fn open(id: &str, habits: Habits, watch: Watch) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("a bound listener has an address");
        let made_up = Self(Arc::new(Inner {
            id: id.to_owned(),
            habits,
            url: format!("http://{address}"),
            watch,
            books: Mutex::default(),
            held: watch::Sender::new(0),
            released: watch::Sender::new(0),
        }));
        tokio::spawn(wire::serve(listener, made_up.clone()));
        made_up
    }

    /// Its name, and its account's.
    pub fn id(&self) -> &str {
        &self.0.id
    }

    /// The merchant's account there.
    pub fn account(&self) -> Account {
        Account { id: self.0.id.clone(), provider: Arc::new(self.clone()) }
    }

    /// What it does to the next request of a kind, after those that were arranged before.
    pub fn arrange(&self, operation: Operation, fault: Fault) {
        self.books().arrange(operation, fault);
    }

    /// Whether it can be reached.
    pub fn is_down(&self, down: bool) {
        self.books().down = down;
    }

    /// How its customers pay.
    pub fn kind(&self) -> Kind {
        self.0.habits.kind
    }

    /// How many answers it has held back so far.
    pub fn held(&self) -> usize {
        *self.0.held.borrow()
    }

    /// Nothing that was arranged happens any more.
    pub fn calm(&self) {
        self.books().calm();
    }

    /// Forgets everything.
    pub fn reset(&self) {
        *self.books() = Books::default();
    }

    /// Every order it took.
    pub fn orders(&self) -> Vec<Held> {
        self.books().orders.clone()
    }

    /// How often it was asked to place an order, connections that it refused left out.
    pub fn heard(&self) -> usize {
        self.books().heard
    }

    /// Order numbers that came a second time with another content.
    pub fn changed(&self) -> Vec<String> {
        self.books().changed.clone()
    }

    /// Whether somebody who knows the way could pay an order now.
    pub fn is_payable(&self, reference: &str) -> bool {
        let now = self.now();
        self.orders().iter().any(|one| one.reference == reference && one.is_payable(now))
    }

    /// The customer pays an order; `false` where it cannot be paid any more.
    pub fn pay(&self, reference: &str) -> bool {
        let now = self.now();
        let mut books = self.books();
        let order = books.orders.iter_mut().find(|one| one.reference == reference);
        match order.filter(|one| one.is_payable(now)) {
            Some(order) => {
                order.paid = true;
                true
            }
            None => false,
        }
    }

    /// The notification of an order, as it would be posted to the address it comes with; of another
    /// amount than its own, where one is given.
    ///
    /// # Panics
    ///
    /// Where there is no such order.
    pub fn notification(&self, reference: &str, amount: Option<u64>) -> (String, Bytes) {
        let books = self.books();
        let order = books.orders.iter().find(|one| one.reference == reference);
        let order = order.unwrap_or_else(|| panic!("{} has no order {reference}", self.0.id));
        let body = json!({
            "secret": SECRET,
            "reference": order.reference,
            "transaction": order.transaction,
            "amount": amount.unwrap_or(order.amount),
        });
        (order.notify_url.clone(), Bytes::from(body.to_string()))
    }

    /// Comes back once it has held so many answers back; see [`Fault::Held`].
    pub async fn holds(&self, answers: usize) {
        // The sender lives in `self`, so the wait cannot fail.
        let _ = self.0.held.subscribe().wait_for(|held| *held >= answers).await;
    }

    /// Lets the answer go that it has held back longest.
    pub fn release_one(&self) {
        self.0.released.send_modify(|released| *released += 1);
    }

    /// Lets every answer go that it holds back.
    pub fn release(&self) {
        let held = self.held();
        self.0.released.send_modify(|released| *released = held);
    }

    fn now(&self) -> i64 {
        (self.0.watch)()
    }

    fn books(&self) -> MutexGuard<'_, Books> {
        self.0.books.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
