//! The wallets of a made-up provider's customers: who agreed to what, and what is in them.

use bytes::Bytes;
use serde_json::{Value, json};

use super::desk::Books;
use super::{MadeUp, Operation, SECRET, Shape};

/// A link that it was asked for.
#[derive(Clone, Debug)]
pub struct HeldLink {
    /// Our number.
    pub reference: String,
    /// The number registered with the wallet.
    pub phone: String,
    /// What we gave it to hand back.
    pub state: String,
    /// What can be exchanged for the agreement, once.
    pub code: String,
    /// The agreement.
    pub token: String,
    /// Whether the customer agreed.
    pub agreed: bool,
    /// Whether the code was exchanged.
    pub exchanged: bool,
    /// Whether the agreement is over.
    pub over: bool,
    /// Where the browser is sent back.
    pub return_url: String,
    /// Where its notifications go.
    pub notify_url: String,
}

impl Books {
    pub(super) fn by_token(&mut self, body: &Value) -> Option<&mut HeldLink> {
        let token = body["token"].as_str()?;
        let own = |link: &&mut HeldLink| link.token == token && link.agreed && !link.over;
        self.links.iter_mut().find(own)
    }

    fn by_reference(&mut self, reference: &str) -> Option<&mut HeldLink> {
        self.links.iter_mut().find(|link| link.reference == reference)
    }

    pub(super) fn link(&mut self, shape: Shape, body: &Value) -> (u16, Value) {
        let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
        let reference = text("reference");
        if self.by_reference(&reference).is_none() {
            let number = self.links.len() + 1;
            self.links.push(HeldLink {
                code: format!("code-{number}-{reference}"),
                token: format!("token-{number}-{reference}"),
                reference: reference.clone(),
                phone: text("phone"),
                state: text("state_token"),
                agreed: shape == Shape::AtOnce,
                exchanged: false,
                over: false,
                return_url: text("return_url"),
                notify_url: text("notify_url"),
            });
        }
        match (self.by_reference(&reference), shape) {
            (Some(link), Shape::AtOnce) => (200, json!({ "token": link.token })),
            _ => (200, json!({ "page": format!("https://made-up.example/agree/{reference}") })),
        }
    }

    pub(super) fn exchange(&mut self, body: &Value) -> (u16, Value) {
        let code = body["code_token"].as_str().unwrap_or_default();
        let fits = |link: &&mut HeldLink| link.code == code && link.agreed && !link.exchanged;
        match self.links.iter_mut().find(fits) {
            Some(link) => {
                link.exchanged = true;
                (200, json!({ "token": link.token }))
            }
            None => (410, Value::Null),
        }
    }

    pub(super) fn agreed(&mut self, body: &Value) -> (u16, Value) {
        let reference = body["reference"].as_str().unwrap_or_default();
        match self.by_reference(reference).filter(|link| link.agreed) {
            Some(link) => (200, json!({ "token": link.token })),
            None => (200, json!({})),
        }
    }

    pub(super) fn balance(&mut self, body: &Value) -> (u16, Value) {
        let funds = self.funds;
        match (self.by_token(body), funds) {
            (None, _) => (403, Value::Null),
            (Some(_), None) => (200, json!({})),
            (Some(_), Some((cash, points))) => (200, json!({ "cash": cash, "points": points })),
        }
    }

    pub(super) fn unlink(&mut self, body: &Value) -> (u16, Value) {
        match self.by_token(body) {
            Some(link) => {
                link.over = true;
                (200, json!({}))
            }
            None => (404, Value::Null),
        }
    }
}

impl MadeUp {
    /// Every link that it was asked for.
    pub fn links(&self) -> Vec<HeldLink> {
        self.books().links.clone()
    }

    /// How often it was asked something.
    pub fn asked(&self, operation: Operation) -> usize {
        self.books().asked.iter().filter(|one| **one == operation).count()
    }

    /// What is in every wallet, money and points; it says nothing where there is nothing said here.
    pub fn funds(&self, cash: u64, points: Option<u64>) {
        self.books().funds = Some((cash, points));
    }

    /// Ends every agreement without a word.
    pub fn forget_agreements(&self) {
        for link in &mut self.books().links {
            link.over = true;
        }
    }

    /// The customer of the last link agrees at the wallet's page.
    ///
    /// # Panics
    ///
    /// Where nothing is being linked.
    pub fn agree(&self) -> HeldLink {
        let mut books = self.books();
        let link = books.links.last_mut().expect("somebody links a wallet");
        link.agreed = true;
        link.clone()
    }

    /// The notification of a link, as it would be posted to the address it comes with.
    pub fn link_notification(&self, link: &HeldLink) -> (String, Bytes) {
        let body = json!({ "secret": SECRET, "reference": link.reference, "token": link.token });
        (link.notify_url.clone(), Bytes::from(body.to_string()))
    }
}
