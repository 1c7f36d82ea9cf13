//! What a made-up provider has on its books, and what it makes of a request.

use std::collections::VecDeque;

use serde_json::{Value, json};

use super::{Habits, HeldLink, MadeUp};

/// What is asked of it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Operation {
    /// An order.
    Order,
    /// How an order stands.
    Inquiry,
    /// To take an order back.
    Cancel,
    /// To give money back.
    Refund,
    /// To link a wallet.
    Link,
    /// To exchange a code for an agreement.
    Exchange,
    /// How a link stands.
    Agreed,
    /// What is in a wallet.
    Balance,
    /// To end an agreement.
    Unlink,
    /// Which products the account has.
    Catalogue,
}

impl Operation {
    /// Every operation, with its path.
    pub(super) const ALL: [(Self, &'static str); 10] = [
        (Self::Order, "/order"),
        (Self::Inquiry, "/inquiry"),
        (Self::Cancel, "/cancel"),
        (Self::Refund, "/refund"),
        (Self::Link, "/link"),
        (Self::Exchange, "/exchange"),
        (Self::Agreed, "/agreed"),
        (Self::Balance, "/balance"),
        (Self::Unlink, "/unlink"),
        (Self::Catalogue, "/catalogue"),
    ];

    /// Where it is asked for.
    pub(super) fn path(self) -> &'static str {
        Self::ALL.iter().find(|(one, _)| *one == self).map_or("/", |(_, path)| path)
    }
}

/// What goes wrong with a request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Fault {
    /// No connection is made.
    Refused,
    /// It is heard and dropped.
    LostRequest,
    /// It is done, and the answer is lost.
    LostReply,
    /// 503, and nothing is done.
    Broken,
    /// 503, though it is done.
    BrokenAfterwards,
    /// It is done, and the answer cannot be read.
    Garbled,
    /// It is done, and the answer waits until it is released.
    Held,
    /// 429, and nothing is done.
    Busy,
    /// The wallet says no.
    Declined,
    /// It does not do this.
    Unsupported,
    /// It does not know us.
    Unauthorised,
}

/// An order that it took.
#[derive(Clone, Debug)]
pub struct Held {
    /// Our number.
    pub reference: String,
    /// Its own.
    pub transaction: String,
    /// Over how much.
    pub amount: u64,
    /// Whether it was paid.
    pub paid: bool,
    /// What went back.
    pub refunded: u64,
    /// Whether it was taken back.
    pub cancelled: bool,
    /// When it stops being payable, in milliseconds since 1970.
    pub until_ms: i64,
    /// Where its notifications go.
    pub notify_url: String,
    /// The agreement that it is paid with, where it is.
    pub token: Option<String>,
    content: Value,
}

impl Held {
    /// Whether it can be paid at this moment.
    pub fn is_payable(&self, now_ms: i64) -> bool {
        !self.paid && !self.cancelled && now_ms < self.until_ms
    }
}

#[derive(Default)]
pub(super) struct Books {
    pub(super) orders: Vec<Held>,
    pub(super) links: Vec<HeldLink>,
    pub(super) asked: Vec<Operation>,
    pub(super) sold: Vec<String>,
    pub(super) funds: Option<(u64, Option<u64>)>,
    pub(super) down: bool,
    pub(super) heard: usize,
    pub(super) changed: Vec<String>,
    arranged: VecDeque<(Operation, Fault)>,
}

/// What it says.
pub(super) enum Reply {
    Say(u16, String),
    Hold(u16, String),
    HangUp,
}

impl Books {
    pub(super) fn arrange(&mut self, operation: Operation, fault: Fault) {
        self.arranged.push_back((operation, fault));
    }

    pub(super) fn calm(&mut self) {
        self.arranged.clear();
    }

    /// Whether the next request of a kind finds a connection.
    pub(super) fn refuses(&mut self, operation: Operation) -> bool {
        self.down || self.take(operation, |fault| fault == Fault::Refused).is_some()
    }

    /// The fault that is next for a kind of request, where it is one of these.
    fn take(&mut self, operation: Operation, fits: impl Fn(Fault) -> bool) -> Option<Fault> {
        let place = self.arranged.iter().position(|(of, _)| *of == operation)?;
        let (_, fault) = self.arranged.get(place).filter(|(_, fault)| fits(*fault))?;
        let fault = *fault;
        self.arranged.remove(place);
        Some(fault)
    }
}

fn operation(path: &str) -> Option<Operation> {
    Operation::ALL.into_iter().find(|(_, own)| *own == path).map(|(operation, _)| operation)
}

impl MadeUp {
    pub(super) fn answer(&self, path: &str, body: &Value) -> Reply {
        let Some(operation) = operation(path) else { return Reply::Say(404, String::new()) };
        let now = self.now();
        let mut books = self.books();
        books.heard += usize::from(operation == Operation::Order);
        books.asked.push(operation);
        let fault = books.take(operation, |fault| fault != Fault::Refused);
        let early = match fault {
            Some(Fault::LostRequest) => Some(Reply::HangUp),
            Some(Fault::Broken) => Some(Reply::Say(503, String::new())),
            Some(Fault::Busy) => Some(Reply::Say(429, String::new())),
            Some(Fault::Declined) => Some(Reply::Say(422, String::new())),
            Some(Fault::Unsupported) => Some(Reply::Say(405, String::new())),
            Some(Fault::Unauthorised) => Some(Reply::Say(401, String::new())),
            Some(
                Fault::Refused
                | Fault::LostReply
                | Fault::BrokenAfterwards
                | Fault::Garbled
                | Fault::Held,
            )
            | None => None,
        };
        if let Some(early) = early {
            return early;
        }
        let (status, said) = match operation {
            Operation::Order => books.place(&self.0.habits, body, (&self.0.id, now)),
            Operation::Inquiry => books.look(body, now),
            Operation::Cancel => books.cancel(body, now),
            Operation::Refund => books.refund(body),
            Operation::Link => books.link(self.0.habits.shape, body),
            Operation::Exchange => books.exchange(body),
            Operation::Agreed => books.agreed(body),
            Operation::Balance => books.balance(body),
            Operation::Unlink => books.unlink(body),
            Operation::Catalogue => (200, json!({ "products": books.sold })),
        };
        match fault {
            Some(Fault::LostReply) => Reply::HangUp,
            Some(Fault::BrokenAfterwards) => Reply::Say(503, String::new()),
            Some(Fault::Garbled) => Reply::Say(200, "<html>".to_owned()),
            Some(Fault::Held) => Reply::Hold(status, said.to_string()),
            _ => Reply::Say(status, said.to_string()),
        }
    }
}

impl Books {
    fn place(&mut self, habits: &Habits, body: &Value, (id, now): (&str, i64)) -> (u16, Value) {
        let reference = body["reference"].as_str().unwrap_or_default();
        if let Some(known) = self.orders.iter().find(|one| one.reference == reference) {
            if known.content != *body {
                self.changed.push(reference.to_owned());
            }
            return (409, Value::Null);
        }
        let token = body["token"].as_str();
        if token.is_some() && self.by_token(body).is_none() {
            return (403, Value::Null);
        }
        let transaction = format!("{id}-tx-{}", self.orders.len() + 1);
        self.orders.push(Held {
            reference: reference.to_owned(),
            transaction: transaction.clone(),
            amount: body["amount"].as_u64().unwrap_or_default(),
            paid: false,
            refunded: 0,
            cancelled: false,
            until_ms: now + i64::from(habits.lifetime_s) * 1000,
            notify_url: body["notify_url"].as_str().unwrap_or_default().to_owned(),
            token: token.map(str::to_owned),
            content: body.clone(),
        });
        (200, json!({ "transaction": transaction }))
    }

    fn known(&mut self, body: &Value) -> Option<&mut Held> {
        let transaction = body["transaction"].as_str()?;
        let reference = body["reference"].as_str()?;
        let ours = |one: &&mut Held| one.transaction == transaction && one.reference == reference;
        self.orders.iter_mut().find(ours)
    }

    fn look(&mut self, body: &Value, now: i64) -> (u16, Value) {
        let Some(order) = self.known(body) else { return (404, Value::Null) };
        let status = if order.refunded == order.amount && order.paid {
            "refunded"
        } else if order.paid {
            "paid"
        } else if order.cancelled {
            "cancelled"
        } else if order.is_payable(now) {
            "unpaid"
        } else {
            "expired"
        };
        (200, json!({ "status": status, "amount": order.amount, "refunded": order.refunded }))
    }

    fn cancel(&mut self, body: &Value, now: i64) -> (u16, Value) {
        let Some(order) = self.known(body) else { return (404, Value::Null) };
        order.cancelled |= !order.paid;
        self.look(body, now)
    }

    fn refund(&mut self, body: &Value) -> (u16, Value) {
        let amount = body["amount"].as_u64().unwrap_or_default();
        let already = body["already"].as_u64().unwrap_or_default();
        let Some(order) = self.known(body).filter(|one| one.paid) else {
            return (404, Value::Null);
        };
        // What was given back is told from what is asked for, so that asking again gives no more.
        order.refunded = order.refunded.max(already + amount).min(order.amount);
        (200, json!({ "refunded": order.refunded }))
    }
}
