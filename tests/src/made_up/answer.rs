//! A made-up provider that asks what an order costs, and hears in words of its own what became of what
//! it told.

use bytes::Bytes;
use http::Response;
use kasir_server::provider::{Bill, Due, Verdict};
use serde_json::{Value, json};

use super::{MadeUp, SECRET};

/// What it is answered.
pub(super) fn answer(verdict: &Verdict) -> Response<Bytes> {
    let said = match verdict {
        Verdict::Asked(bill) => json!({ "verdict": "asked", "bill": written(bill) }),
        Verdict::Kept { since, bill } => json!({
            "verdict": "kept",
            "since": since.unix_ms,
            "reference": bill.as_ref().map(|bill| bill.reference.as_str()),
        }),
        Verdict::OtherAmount(bill) => {
            json!({ "verdict": "other amount", "amount": bill.amount.value() })
        }
        Verdict::PaidAlready(_) => json!({ "verdict": "paid already" }),
        Verdict::Forged => json!({ "verdict": "forged" }),
        Verdict::Unreadable => json!({ "verdict": "unreadable" }),
        Verdict::Unknown => json!({ "verdict": "unknown" }),
        Verdict::NotKept => json!({ "verdict": "not kept" }),
    };
    Response::new(Bytes::from(said.to_string()))
}

fn written(bill: &Bill) -> Value {
    json!({
        "reference": bill.reference,
        "amount": bill.amount.value(),
        "description": bill.description,
        "name": bill.payer.name,
        "ordered_at": bill.ordered_at.unix_ms,
        "due": match bill.due {
            Due::Open => "open",
            Due::Paid => "paid",
            Due::Over => "over",
        },
    })
}

impl MadeUp {
    /// What it posts to an order's address about the order, with `more` in place of what it would
    /// say.
    ///
    /// # Panics
    ///
    /// Where there is no such order.
    pub fn says(&self, reference: &str, more: &Value) -> (String, Bytes) {
        let books = self.books();
        let order = books.orders.iter().find(|one| one.reference == reference);
        let order = order.unwrap_or_else(|| panic!("{} has no order {reference}", self.id()));
        let mut body = json!({
            "secret": SECRET,
            "reference": order.reference,
            "transaction": order.transaction,
            "amount": order.amount,
        });
        for (name, value) in more.as_object().into_iter().flatten() {
            body[name.as_str()] = value.clone();
        }
        (order.notify_url.clone(), Bytes::from(body.to_string()))
    }
}
