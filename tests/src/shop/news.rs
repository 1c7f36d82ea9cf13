//! What a webhook tells the shop, read from its body.

use serde::Deserialize;
use serde_json::Value;

/// A delivery whose signature matched.
#[derive(Clone, Debug)]
pub(super) struct News {
    /// `session.paid`, `attempt.updated`, ...
    pub(super) kind: String,
    /// Grows with every change of a session, so that the older of two can be told.
    pub(super) version: u64,
    /// What it is about: a session, an attempt or a refund, by its id.
    pub(super) subject: String,
    /// The session it belongs to.
    pub(super) session: Option<String>,
    /// The attempts it names.
    pub(super) attempts: Vec<String>,
    /// Our own order number, where the news repeats it.
    pub(super) order: Option<String>,
    pub(super) told: Told,
}

/// What has happened.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Told {
    /// The order is paid, by this attempt and method where the session names them.
    Paid {
        by: Option<Payment>,
    },
    Expired,
    Cancelled,
    PaidTwice,
    Attempt {
        status: String,
    },
    Refund {
        status: String,
    },
    /// An event made after this shop was written. Additions must not break a receiver.
    Unknown,
}

/// The attempt that paid an order.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Payment {
    pub(super) attempt: String,
    pub(super) method: String,
}

#[derive(Deserialize)]
struct Wire {
    r#type: String,
    version: u64,
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    id: String,
    #[serde(default)]
    session: Option<String>,
    #[serde(default)]
    attempt: Option<String>,
    #[serde(default)]
    reference: Option<String>,
    #[serde(default)]
    status: Option<String>,
    #[serde(default)]
    attempts: Vec<Attempt>,
}

#[derive(Deserialize)]
struct Attempt {
    id: String,
    #[serde(default)]
    method: Option<String>,
    #[serde(default)]
    status: Option<Value>,
}

impl News {
    /// Reads a delivery's body.
    pub(super) fn read(body: &[u8]) -> Result<Self, serde_json::Error> {
        let Wire { r#type: kind, version, data } = serde_json::from_slice(body)?;
        let about_a_session = kind.starts_with("session.");
        let session = if about_a_session { Some(data.id.clone()) } else { data.session.clone() };
        let order = data.reference.clone().filter(|_| about_a_session);
        let subject = data.id.clone();
        let attempts = attempts(&kind, &data);
        Ok(Self { told: told(&kind, data), kind, version, subject, session, attempts, order })
    }
}

/// A session lists its attempts, an attempt is one, and a refund names the one whose money it gives
/// back.
fn attempts(kind: &str, data: &Data) -> Vec<String> {
    let listed = data.attempts.iter().map(|attempt| attempt.id.clone());
    let own = (kind == "attempt.updated").then(|| data.id.clone());
    listed.chain(own).chain(data.attempt.clone()).collect()
}

fn told(kind: &str, data: Data) -> Told {
    let status = data.status.unwrap_or_default();
    match kind {
        "session.paid" => Told::Paid { by: data.attempts.into_iter().find_map(payment) },
        "session.expired" => Told::Expired,
        "session.cancelled" => Told::Cancelled,
        "session.paid_twice" => Told::PaidTwice,
        "attempt.updated" => Told::Attempt { status },
        "refund.updated" => Told::Refund { status },
        _ => Told::Unknown,
    }
}

fn payment(attempt: Attempt) -> Option<Payment> {
    let paid = attempt.status.as_ref().and_then(Value::as_str) == Some("paid");
    paid.then(|| Payment { attempt: attempt.id, method: attempt.method.unwrap_or_default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paid_session_names_the_attempt_that_paid_it() {
        let news = News::read(
            br#"{"id":"evt_1","type":"session.paid","created_at":"2026-11-20T05:00:00Z","version":4,
                "data":{"id":"cs_1","status":"paid","reference":"SU-1","attempts":[
                    {"id":"pay_1","method":"dana","status":"failed"},
                    {"id":"pay_2","method":"ovo","status":"paid"}]}}"#,
        )
        .expect("a delivery");
        let by = Payment { attempt: "pay_2".to_owned(), method: "ovo".to_owned() };
        assert_eq!(news.told, Told::Paid { by: Some(by) });
        assert_eq!(news.session.as_deref(), Some("cs_1"));
        assert_eq!(news.order.as_deref(), Some("SU-1"));
    }

    #[test]
    fn an_attempts_own_reference_is_not_our_order_number() {
        let news = News::read(
            br#"{"id":"evt_1","type":"attempt.updated","version":2,
                "data":{"id":"pay_1","session":"cs_1","reference":"SU-1","status":"pending"}}"#,
        )
        .expect("a delivery");
        assert_eq!((news.order, news.session.as_deref()), (None, Some("cs_1")));
    }

    #[test]
    fn a_refund_names_the_attempt_and_not_the_session() {
        let news = News::read(
            br#"{"id":"evt_1","type":"refund.updated","version":6,
                "data":{"id":"ref_1","attempt":"pay_1","status":"succeeded"}}"#,
        )
        .expect("a delivery");
        assert_eq!((news.session, news.attempts), (None, vec!["pay_1".to_owned()]));
        assert_eq!(news.told, Told::Refund { status: "succeeded".to_owned() });
    }

    #[test]
    fn an_event_of_tomorrow_is_read_and_left_alone() {
        let news = News::read(br#"{"type":"session.blessed","version":1,"data":{"id":"cs_1"}}"#)
            .expect("a delivery");
        assert_eq!(news.told, Told::Unknown);
    }

    #[test]
    fn a_body_without_a_version_is_no_news() {
        assert!(News::read(br#"{"type":"session.paid","data":{"id":"cs_1"}}"#).is_err());
        assert!(News::read(b"<html>").is_err());
    }
}
