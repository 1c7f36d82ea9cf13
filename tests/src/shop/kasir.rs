//! How the shop's server talks to Kasir: a few lines of HTTP, as any shop would write them.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use super::catalogue::RANI;
use super::order::{Order, Session};

/// How often the shop asks for the same session before it tells the customer to come back.
const TRIES_MAX: u32 = 4;
const BETWEEN_TRIES: Duration = Duration::from_millis(250);

/// Kasir did not give the shop a session.
#[derive(Debug, thiserror::Error)]
pub(super) enum KasirError {
    /// Kasir understood and said no; the text is the problem document's.
    #[error("{0}")]
    Refused(String),
    /// No usable answer. The session may exist; the same key finds it again.
    #[error("no answer from Kasir")]
    Silence(#[source] Option<reqwest::Error>),
}

impl From<reqwest::Error> for KasirError {
    fn from(error: reqwest::Error) -> Self {
        Self::Silence(Some(error))
    }
}

/// Kasir's API for merchants, with the shop's key.
pub(super) struct Kasir {
    pub(super) http: reqwest::Client,
    pub(super) url: String,
    pub(super) secret_key: String,
}

#[derive(Deserialize)]
struct Created {
    id: String,
    url: String,
    client_token: String,
}

#[derive(Deserialize)]
struct Problem {
    #[serde(default)]
    title: Option<String>,
    #[serde(default)]
    detail: Option<String>,
}

impl Kasir {
    /// Asks for a session for `order`. The idempotency key is the order's own number, so asking again
    /// after a lost answer finds the session that is there instead of making a second one.
    pub(super) async fn create_session(
        &self,
        order: &Order,
        return_url: &str,
    ) -> Result<Session, KasirError> {
        let body = session_request(order, return_url);
        let mut tries = 1;
        loop {
            let outcome = self.ask_for_session(&order.id, &body).await;
            match outcome {
                Err(KasirError::Silence(_)) if tries < TRIES_MAX => tries += 1,
                done => return done,
            }
            tokio::time::sleep(BETWEEN_TRIES).await;
        }
    }

    async fn ask_for_session(&self, order: &str, body: &Value) -> Result<Session, KasirError> {
        let answer = self
            .http
            .post(format!("{}/v1/sessions", self.url))
            .bearer_auth(&self.secret_key)
            .header("idempotency-key", format!("order-{order}"))
            .json(body)
            .send()
            .await?;
        let status = answer.status();
        if status.is_success() {
            let Created { id, url, client_token } = answer.json().await?;
            return Ok(Session { id, url, client_token });
        }
        // 409: our own first question is still being answered.
        if status.is_server_error() || status.as_u16() == 409 || status.as_u16() == 429 {
            return Err(KasirError::Silence(None));
        }
        let problem: Option<Problem> = answer.json().await.ok();
        let words = problem.and_then(|problem| problem.detail.or(problem.title));
        Err(KasirError::Refused(words.unwrap_or_else(|| format!("HTTP {}", status.as_u16()))))
    }

    /// Reads what Kasir says under `path`, or nothing when it says nothing.
    pub(super) async fn read(&self, path: &str) -> Option<Value> {
        let request = self.http.get(format!("{}{path}", self.url)).bearer_auth(&self.secret_key);
        request.send().await.ok()?.error_for_status().ok()?.json().await.ok()
    }
}

/// The body of `POST /v1/sessions`, the same each time it is asked for the same order.
pub(super) fn session_request(order: &Order, return_url: &str) -> Value {
    let items: Vec<_> = order
        .cart
        .lines()
        .iter()
        .map(|line| {
            json!({
                "name": line.product.name,
                "quantity": line.quantity,
                "price": idr(line.product.price),
            })
        })
        .collect();
    json!({
        "reference": order.id,
        "amount": idr(order.total),
        "items": items,
        "customer": { "id": RANI.id, "name": RANI.name, "phone": RANI.phone, "email": RANI.email },
        "return_url": return_url,
        "locale": order.lang.tag(),
        "metadata": { "order": order.id },
    })
}

fn idr(value: u64) -> Value {
    json!({ "value": value, "currency": "IDR" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shop::cart::Cart;
    use crate::shop::words::Lang;

    #[test]
    fn the_items_of_a_session_add_up_to_its_amount() {
        let cart = Cart::from_cookie("gayo:2.preanger:3");
        let order = Order::new("SU-1".to_owned(), cart, Lang::En);
        let body = session_request(&order, "http://shop.example/orders/SU-1");
        let items = body["items"].as_array().expect("items");
        let sum: u64 = items
            .iter()
            .map(|item| {
                let price = item["price"]["value"].as_u64().expect("a price");
                price * item["quantity"].as_u64().expect("a quantity")
            })
            .sum();
        assert_eq!(body["amount"], json!({ "value": sum, "currency": "IDR" }));
        assert_eq!(sum, 2 * 98_000 + 3 * 115_000);
        assert_eq!(body["reference"], "SU-1");
        assert_eq!(body["locale"], "en");
    }

    #[test]
    fn what_the_shop_asks_for_is_what_kasir_reads() {
        let order = Order::new("SU-0000TEST".to_owned(), Cart::from_cookie("gayo:1"), Lang::Id);
        let body = session_request(&order, "http://127.0.0.1:8090/orders/SU-0000TEST");
        let read: kasir_shared::api::merchant::CreateSession =
            serde_json::from_value(body).expect("Kasir refuses a field it does not know");
        assert_eq!(read.amount.value(), order.total);
        let customer = read.customer.expect("a customer");
        assert!(customer.phone.is_some() && customer.id.is_some());
    }
}
