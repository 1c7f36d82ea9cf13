//! A town whose wallets are served by Winpay, and callbacks in Winpay's name.

use serde_json::{Value, json};

use super::world::{Reply, World};
use crate::simulator::snap::{rsa::PrivateKey, sign::hash, stamp};
use crate::simulator::{Clock as _, Settings, Transaction, test_keys};
use crate::town::Routing;

/// Where Winpay's callbacks arrive.
pub const PATH: &str = "/notify/winpay/winpay";

/// A town whose five wallets are served by a Winpay with these habits.
pub async fn world(settings: Settings) -> World {
    world_as(settings, "").await
}

/// The same, with more said about the account in Kasir's configuration.
///
/// # Panics
///
/// Where there is no account at Winpay.
pub async fn world_as(settings: Settings, more: &str) -> World {
    let edit = |toml: String| {
        let account = "provider = \"winpay\"\n";
        assert!(toml.contains(account), "the town has an account at Winpay");
        toml.replace(account, &format!("{account}{more}\n"))
    };
    World::routed(settings, Routing::Everything, edit).await
}

/// A callback in Winpay's name: genuine until something is changed.
#[derive(Clone, Debug)]
pub struct Callback {
    /// What is called.
    pub path: String,
    /// What is signed as the path.
    pub signed_path: String,
    /// What is said, and signed.
    pub body: String,
    /// Headers, in order.
    pub headers: Vec<(&'static str, String)>,
    /// Whose key signs, in PEM.
    pub key: &'static str,
}

impl Callback {
    /// That a transaction was paid, now.
    pub fn paid(world: &World, transaction: &Transaction) -> Self {
        let body = json!({
            "originalPartnerReferenceNo": transaction.reference,
            "originalReferenceNo": "53586",
            "merchantId": "170041",
            "amount": {"value": format!("{}.00", transaction.amount.value), "currency": "IDR"},
            "latestTransactionStatus": "00",
            "additionalInfo": {"channel": "DANA", "contractId": transaction.id},
        });
        Self {
            path: PATH.to_owned(),
            signed_path: PATH.to_owned(),
            body: body.to_string(),
            headers: vec![
                ("content-type", "application/json".to_owned()),
                ("x-timestamp", stamp::write(world.town.clock.now_ms())),
                ("x-partner-id", "170041".to_owned()),
                ("x-external-id", "20261120100000000001".to_owned()),
                ("channel-id", "WEB".to_owned()),
            ],
            key: test_keys::WINPAY,
        }
    }

    /// With one value of its body changed, and signed after that.
    ///
    /// # Panics
    ///
    /// Where its body has no such value.
    #[must_use]
    pub fn with(mut self, pointer: &str, value: Value) -> Self {
        let mut body: Value = serde_json::from_str(&self.body).expect("a callback is JSON");
        *body.pointer_mut(pointer).expect("a callback has that field") = value;
        self.body = body.to_string();
        self
    }

    /// With one header changed, and signed after that.
    #[must_use]
    pub fn head(mut self, name: &str, value: &str) -> Self {
        for header in self.headers.iter_mut().filter(|header| header.0 == name) {
            value.clone_into(&mut header.1);
        }
        self
    }

    /// The signature that Winpay would make, were this what it sends.
    ///
    /// # Panics
    ///
    /// Where its key is none.
    pub fn signature(&self) -> String {
        let timestamp = self.headers.iter().find(|header| header.0 == "x-timestamp");
        let timestamp = timestamp.map_or("", |header| header.1.as_str());
        let text = format!("POST:{}:{}:{timestamp}", self.signed_path, hash(self.body.as_bytes()));
        PrivateKey::read(self.key).expect("a test key is one").sign(&text)
    }

    /// Sends it as it is.
    pub async fn send(&self, world: &World) -> Reply {
        self.send_signed(world, &self.signature(), &self.body).await
    }

    /// Sends another body or signature than its own.
    pub async fn send_signed(&self, world: &World, signature: &str, body: &str) -> Reply {
        let mut request = world.http.post(world.at(&self.path)).header("x-signature", signature);
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        world.send(request.body(body.to_owned())).await
    }
}
