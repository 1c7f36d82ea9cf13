//! The shop's orders, and what becomes of them when Kasir sends news.

use std::collections::{HashMap, HashSet};

use super::cart::Cart;
use super::news::{News, Payment, Told};
use super::words::Lang;

/// How an order stands, as far as the shop has been told by a webhook it believed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum OrderStatus {
    /// Nobody has said yet that money came.
    Awaiting,
    /// Paid: the coffee is roasted.
    Paid,
    /// The time to pay ran out.
    Expired,
    /// The payment was withdrawn.
    Cancelled,
    /// Paid, and the money given back.
    Refunded,
}

/// An order of the shop.
#[derive(Clone, Debug)]
pub struct Order {
    /// The shop's order number; Kasir's `reference`.
    pub id: String,
    /// Whole rupiah.
    pub total: u64,
    /// How it stands.
    pub status: OrderStatus,
    /// Whether a second payment got through and somebody has to look.
    pub paid_twice: bool,
    /// Kasir's session for it, once there is one.
    pub session: Option<Session>,
    /// Grows with every change that a page shows.
    pub revision: u64,
    pub(super) paid_by: Option<Payment>,
    pub(super) cart: Cart,
    pub(super) lang: Lang,
    /// The tries at paying it that were heard of.
    attempts: HashSet<String>,
    /// The newest version heard about each session, attempt and refund.
    heard: HashMap<String, u64>,
}

/// What Kasir gave the shop for an order.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Session {
    /// Kasir's id, for the shop's server.
    pub id: String,
    /// The hosted page.
    pub url: String,
    /// For the embedded page.
    pub client_token: String,
}

impl Order {
    pub(super) fn new(id: String, cart: Cart, lang: Lang) -> Self {
        Self {
            id,
            total: cart.total(),
            status: OrderStatus::Awaiting,
            paid_twice: false,
            session: None,
            revision: 0,
            paid_by: None,
            cart,
            lang,
            attempts: HashSet::new(),
            heard: HashMap::new(),
        }
    }

    /// Takes news in, unless something newer is known about the same thing already.
    ///
    /// Versions are compared per session, attempt and refund: an attempt's news carries no session
    /// status, so it must not outdate a `session.paid` that arrives after it.
    fn hear(&mut self, news: &News) -> Heard {
        let newest = self.heard.entry(news.subject.clone()).or_default();
        if news.version < *newest {
            return Heard::Older;
        }
        *newest = news.version;
        self.attempts.extend(news.attempts.iter().cloned());
        match (&news.told, self.status) {
            (Told::Paid { by }, _) => {
                self.status = OrderStatus::Paid;
                self.paid_by = by.clone().or(self.paid_by.take());
            }
            (Told::Expired, OrderStatus::Awaiting) => self.status = OrderStatus::Expired,
            (Told::Cancelled, OrderStatus::Awaiting) => self.status = OrderStatus::Cancelled,
            (Told::PaidTwice, _) => self.paid_twice = true,
            (Told::Attempt { status }, OrderStatus::Paid) if status == "refunded" => {
                // The second of two payments goes back, and the order stays paid.
                if self.paid_by.as_ref().is_none_or(|by| by.attempt == news.subject) {
                    self.status = OrderStatus::Refunded;
                }
            }
            (
                Told::Expired
                | Told::Cancelled
                | Told::Attempt { .. }
                | Told::Refund { .. }
                | Told::Unknown,
                _,
            ) => {}
        }
        self.revision += 1;
        Heard::Taken
    }
}

/// What became of a delivery that was believed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Heard {
    /// The order knows it now.
    Taken,
    /// This delivery was here before.
    Duplicate,
    /// Something newer was here before.
    Older,
    /// It is about none of this shop's orders.
    Stranger,
}

/// All orders, newest last, and which deliveries have been seen.
#[derive(Default)]
pub(super) struct Orders {
    orders: Vec<Order>,
    deliveries: HashSet<String>,
}

impl Orders {
    pub(super) fn all(&self) -> &[Order] {
        &self.orders
    }

    pub(super) fn find(&self, id: &str) -> Option<&Order> {
        self.orders.iter().find(|order| order.id == id)
    }

    /// The order with this number, made now if there is none: a customer who presses twice orders
    /// once.
    pub(super) fn open(&mut self, id: &str, cart: &Cart, lang: Lang) -> Order {
        if let Some(order) = self.find(id) {
            return order.clone();
        }
        let order = Order::new(id.to_owned(), cart.clone(), lang);
        self.orders.push(order.clone());
        order
    }

    /// Remembers Kasir's session for an order.
    pub(super) fn give(&mut self, id: &str, session: &Session) {
        if let Some(order) = self.orders.iter_mut().find(|order| order.id == id) {
            order.session = Some(session.clone());
            order.revision += 1;
        }
    }

    /// Takes in one delivery.
    pub(super) fn hear(&mut self, delivery: &str, news: &News) -> Heard {
        if !self.deliveries.insert(delivery.to_owned()) {
            return Heard::Duplicate;
        }
        self.about(news).map_or(Heard::Stranger, |order| order.hear(news))
    }

    /// The order's number, for news that names the order or its session.
    pub(super) fn number(&self, news: &News) -> Option<String> {
        self.orders.iter().find(|order| is_about(order, news)).map(|order| order.id.clone())
    }

    fn about(&mut self, news: &News) -> Option<&mut Order> {
        self.orders.iter_mut().find(|order| is_about(order, news))
    }
}

/// A webhook may overtake the answer that tells the shop its session's id; the order number is known
/// before either.
fn is_about(order: &Order, news: &News) -> bool {
    match (&order.session, &news.session) {
        (Some(session), Some(about)) => session.id == *about,
        (Some(_), None) => news.attempts.iter().any(|attempt| order.attempts.contains(attempt)),
        (None, _) => news.order.as_deref() == Some(&order.id),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn orders() -> Orders {
        let mut orders = Orders::default();
        orders.open("SU-1", &Cart::from_cookie("gayo:1"), Lang::Id);
        let url = "http://kasir.example/c/tok".to_owned();
        let session = Session { id: "cs_1".to_owned(), url, client_token: "tok".to_owned() };
        orders.give("SU-1", &session);
        orders
    }

    fn about_session(version: u64, told: Told) -> News {
        News {
            kind: "session".to_owned(),
            version,
            subject: "cs_1".to_owned(),
            session: Some("cs_1".to_owned()),
            attempts: Vec::new(),
            order: Some("SU-1".to_owned()),
            told,
        }
    }

    fn about_attempt(attempt: &str, version: u64, status: &str) -> News {
        News {
            kind: "attempt.updated".to_owned(),
            version,
            subject: attempt.to_owned(),
            session: Some("cs_1".to_owned()),
            attempts: vec![attempt.to_owned()],
            order: None,
            told: Told::Attempt { status: status.to_owned() },
        }
    }

    fn paid_by(attempt: &str) -> Told {
        Told::Paid { by: Some(Payment { attempt: attempt.to_owned(), method: "ovo".to_owned() }) }
    }

    fn status(orders: &Orders) -> OrderStatus {
        orders.find("SU-1").expect("the order").status
    }

    #[test]
    fn a_delivery_that_comes_again_changes_nothing() {
        let mut orders = orders();
        assert_eq!(orders.hear("msg_1", &about_session(2, paid_by("pay_1"))), Heard::Taken);
        let before = orders.find("SU-1").expect("the order").revision;
        assert_eq!(orders.hear("msg_1", &about_session(9, Told::PaidTwice)), Heard::Duplicate);
        let order = orders.find("SU-1").expect("the order");
        assert_eq!((order.revision, order.paid_twice), (before, false));
    }

    #[test]
    fn older_news_about_the_same_session_changes_nothing() {
        let mut orders = orders();
        orders.hear("msg_1", &about_session(5, paid_by("pay_1")));
        assert_eq!(orders.hear("msg_2", &about_session(4, Told::PaidTwice)), Heard::Older);
        assert!(!orders.find("SU-1").expect("the order").paid_twice);
    }

    #[test]
    fn news_about_an_attempt_does_not_outdate_the_payment() {
        let mut orders = orders();
        orders.hear("msg_1", &about_attempt("pay_1", 3, "paid"));
        assert_eq!(orders.hear("msg_2", &about_session(2, paid_by("pay_1"))), Heard::Taken);
        assert_eq!(status(&orders), OrderStatus::Paid);
    }

    #[test]
    fn money_outranks_an_expiry_but_never_the_other_way_round() {
        let mut orders = orders();
        orders.hear("msg_1", &about_session(2, Told::Expired));
        assert_eq!(status(&orders), OrderStatus::Expired);
        orders.hear("msg_2", &about_session(3, paid_by("pay_1")));
        assert_eq!(status(&orders), OrderStatus::Paid);
        orders.hear("msg_3", &about_session(4, Told::Expired));
        assert_eq!(status(&orders), OrderStatus::Paid);
    }

    #[test]
    fn the_second_payment_goes_back_and_the_order_stays_paid() {
        let mut orders = orders();
        orders.hear("msg_1", &about_session(2, paid_by("pay_1")));
        orders.hear("msg_2", &about_session(3, Told::PaidTwice));
        orders.hear("msg_3", &about_attempt("pay_2", 4, "refunded"));
        assert_eq!(status(&orders), OrderStatus::Paid);
        orders.hear("msg_4", &about_attempt("pay_1", 5, "refunded"));
        assert_eq!(status(&orders), OrderStatus::Refunded);
    }

    #[test]
    fn a_refund_finds_its_order_by_the_attempt() {
        let mut orders = orders();
        let told = Told::Refund { status: "pending".to_owned() };
        let refund = News { session: None, told, ..about_attempt("pay_1", 3, "") };
        assert_eq!(orders.hear("msg_1", &refund), Heard::Stranger);
        orders.hear("msg_2", &about_attempt("pay_1", 2, "paid"));
        assert_eq!(orders.number(&refund).as_deref(), Some("SU-1"));
    }

    #[test]
    fn news_may_overtake_the_answer_that_names_the_session() {
        let mut orders = Orders::default();
        orders.open("SU-1", &Cart::from_cookie("gayo:1"), Lang::Id);
        assert_eq!(orders.hear("msg_1", &about_session(1, paid_by("pay_1"))), Heard::Taken);
        assert_eq!(status(&orders), OrderStatus::Paid);
    }

    #[test]
    fn news_about_another_session_of_the_same_number_is_a_strangers() {
        let mut orders = orders();
        let mut news = about_session(1, paid_by("pay_1"));
        news.session = Some("cs_2".to_owned());
        assert_eq!(orders.hear("msg_1", &news), Heard::Stranger);
        assert_eq!(status(&orders), OrderStatus::Awaiting);
    }

    #[test]
    fn ordering_twice_under_one_number_makes_one_order() {
        let mut orders = orders();
        let again = orders.open("SU-1", &Cart::from_cookie("toraja:5"), Lang::En);
        assert_eq!((orders.all().len(), again.total), (1, 98_000));
    }
}
