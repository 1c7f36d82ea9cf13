//! `POST /webhooks/kasir`: the only way an order learns that money came.

use std::collections::VecDeque;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};

use super::news::News;
use super::order::Heard;
use super::signature::Refusal;
use super::{Shop, lock};

/// Older deliveries make room, so that a long benchmark does not eat the memory.
const DELIVERIES_MAX: usize = 10_000;

/// One delivery and what the shop made of it.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// When it arrived, Unix seconds.
    pub at_s: i64,
    /// `webhook-id`; empty where it was not believed.
    pub id: String,
    /// The order it is about. For a delivery that was not believed: the one it claims.
    pub order: Option<String>,
    /// `session.paid`, ...; empty where it could not be read.
    pub kind: String,
    /// The version of the session.
    pub version: u64,
    /// What the shop made of it.
    pub verdict: Verdict,
    /// The body as it came.
    pub body: String,
}

/// What the shop makes of a delivery.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Verdict {
    /// The signature matches; this became of it.
    Believed(Heard),
    /// It proves nothing, and nothing changed.
    Refused(Refusal),
    /// Signed, but not in words the shop knows.
    Unreadable,
}

/// The deliveries, oldest first.
#[derive(Default)]
pub(super) struct Deliveries(VecDeque<Delivery>);

impl Deliveries {
    pub(super) fn all(&self) -> Vec<Delivery> {
        self.0.iter().cloned().collect()
    }

    pub(super) fn about(&self, order: &str) -> impl Iterator<Item = &Delivery> {
        self.0.iter().filter(move |delivery| delivery.order.as_deref() == Some(order))
    }

    fn note(&mut self, delivery: Delivery) {
        if self.0.len() == DELIVERIES_MAX {
            self.0.pop_front();
        }
        self.0.push_back(delivery);
    }
}

/// A delivery from Kasir, or from somebody who would like to be.
pub(super) async fn receive(
    State(shop): State<Shop>,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    let at_s = shop.now_s();
    let checked = shop.0.secret.verify(&headers, &body, at_s);
    let news = News::read(&body).ok();
    let (id, verdict, order) = judge(&shop, checked, news.as_ref());
    let (kind, version) = news.map(|news| (news.kind, news.version)).unwrap_or_default();
    let body = String::from_utf8_lossy(&body).into_owned();
    let delivery = Delivery { at_s, id, order, kind, version, verdict, body };
    lock(&shop.0.deliveries).note(delivery);
    match verdict {
        Verdict::Believed(_) => StatusCode::NO_CONTENT,
        Verdict::Refused(_) => StatusCode::UNAUTHORIZED,
        Verdict::Unreadable => StatusCode::BAD_REQUEST,
    }
}

fn judge(
    shop: &Shop,
    checked: Result<String, Refusal>,
    news: Option<&News>,
) -> (String, Verdict, Option<String>) {
    let mut orders = shop.lock_orders();
    let order = news.and_then(|news| orders.number(news));
    match (checked, news) {
        (Err(refusal), _) => (String::new(), Verdict::Refused(refusal), order),
        (Ok(id), None) => (id, Verdict::Unreadable, order),
        (Ok(id), Some(news)) => {
            let heard = orders.hear(&id, news);
            (id, Verdict::Believed(heard), order)
        }
    }
}
