//! Callbacks in Espay's name.

use serde_json::{Value, json};

use super::world::{Reply, World};
use crate::simulator::snap::{rsa::PrivateKey, sign::hash, stamp};
use crate::simulator::{Clock as _, EspaySettings, Transaction, test_keys};
use crate::town::ESPAY_CALLBACKS;

/// A callback in Espay's name: genuine until something is changed.
#[derive(Clone, Debug)]
pub struct Callback {
    /// What is called, and signed as the path.
    pub path: String,
    /// What is said, and signed.
    pub body: String,
    /// Headers but for the signature, in order.
    pub headers: Vec<(&'static str, String)>,
    /// Whose key signs, in PEM.
    pub key: &'static str,
}

impl Callback {
    /// Service 25: a transaction was paid, now.
    pub fn paid(world: &World, transaction: &Transaction) -> Self {
        let amount = json!({
            "value": format!("{}.00", transaction.amount.value),
            "currency": "IDR",
        });
        let more = json!({
            "trxId": transaction.id,
            "paymentRequestId": "7b0d2c3e-5d3b-4a53-9a2f-0c7d9e4f1a22",
            "paidAmount": amount,
            "totalAmount": amount,
            "trxDateTime": stamp::write(world.town.clock.now_ms()),
            "additionalInfo": {
                "productCode": "LINKAJA",
                "paymentRef": "LAJ0011223344",
                "transactionStatus": "S",
            },
        });
        Self::about(world, transaction, ("payment", more))
    }

    /// Service 24: what does the order of a transaction cost?
    pub fn question(world: &World, transaction: &Transaction) -> Self {
        let more = json!({
            "trxDateInit": stamp::write(world.town.clock.now_ms()),
            "inquiryRequestId": "d290f1ee-6c54-4b01-90e6-d701748f0851",
        });
        Self::about(world, transaction, ("inquiry", more))
    }

    fn about(world: &World, transaction: &Transaction, (service, more): (&str, Value)) -> Self {
        let merchant = EspaySettings::default().merchants.remove(0).code;
        let mut body = more;
        body["partnerServiceId"] = json!("   ESPAY");
        body["customerNo"] = json!(merchant);
        body["virtualAccountNo"] = json!(transaction.reference);
        Self {
            path: format!("{ESPAY_CALLBACKS}/v1.0/transfer-va/{service}"),
            body: body.to_string(),
            headers: vec![
                ("content-type", "application/json".to_owned()),
                ("x-timestamp", stamp::write(world.town.clock.now_ms())),
                ("x-partner-id", merchant),
                ("x-external-id", "5b0c0b52-3f4e-4a0b-9d53-1a2b3c4d5e6f".to_owned()),
                ("channel-id", "ESPAY".to_owned()),
            ],
            key: test_keys::ESPAY,
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

    /// The same as it is sent later: another number, another time.
    #[must_use]
    pub fn tried_again(mut self, world: &World) -> Self {
        for (name, value) in &mut self.headers {
            match *name {
                "x-timestamp" => *value = stamp::write(world.town.clock.now_ms()),
                "x-external-id" => "0f9e8d7c-6b5a-4938-8271-605f4e3d2c1b".clone_into(value),
                _ => {}
            }
        }
        self
    }

    /// Signs it as it is.
    ///
    /// # Panics
    ///
    /// Where its key is none.
    pub fn signature(&self) -> String {
        let timestamp = self.headers.iter().find(|header| header.0 == "x-timestamp");
        let timestamp = timestamp.map_or("", |header| header.1.as_str());
        let text = format!("POST:{}:{}:{timestamp}", self.path, hash(self.body.as_bytes()));
        PrivateKey::read(self.key).expect("a test key is one").sign(&text)
    }

    /// Sends it as it is.
    pub async fn send(&self, world: &World) -> Reply {
        self.send_signed(world, &self.signature()).await
    }

    /// Sends it with another signature than its own.
    pub async fn send_signed(&self, world: &World, signature: &str) -> Reply {
        let mut request = world.http.post(world.at(&self.path)).header("x-signature", signature);
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        world.send(request.body(self.body.clone())).await
    }
}
