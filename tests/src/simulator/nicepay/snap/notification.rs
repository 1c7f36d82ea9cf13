//! Service 56: NICEPAY tells the merchant's server. It signs who speaks, and not what is said.
use super::status::said;
use crate::simulator::engine::Desk;
use crate::simulator::faults::{Armed, Fault};
use crate::simulator::nicepay::transaction::Transaction;
use crate::simulator::outbox::{self, Letter, Manner};
use crate::simulator::snap::fields::decimals;
use crate::simulator::snap::rsa::PrivateKey;
use crate::simulator::snap::sender::{Covers, NOTIFY, Sender};
use crate::simulator::tamper;
use crate::simulator::test_keys;
use crate::simulator::view::{Operation, Provider, Status};
use serde_json::{Value, json};
use std::sync::Arc;

/// Tells of a payment.
pub(crate) fn tell(desk: &mut Desk<'_>, order: &Transaction) {
    let fault = desk.state.faults.take(Provider::Nicepay, Operation::Notification, |_| true);
    let played = fault.as_ref().map(|armed| armed.fault);
    let forged = played == Some(Fault::ForgedNotification);
    let pem = if forged { test_keys::STRANGER } else { test_keys::NICEPAY };
    let letter = letter(order, (body(order, played), pem), desk.now_ms);
    outbox::send(desk, letter, fault.as_ref());
}

/// Somebody else claims that an order was paid.
pub(crate) fn forge(desk: &mut Desk<'_>, order: &Transaction) {
    let mut letter = letter(order, (body(order, None), test_keys::STRANGER), desk.now_ms);
    letter.tries = usize::MAX;
    let fault = Armed::once(Provider::Nicepay, Fault::ForgedNotification);
    desk.state.outbox.post(letter, Some(&fault));
}

fn letter(order: &Transaction, (body, pem): (String, &str), now_ms: i64) -> Letter {
    let key = PrivateKey::read(pem).expect("a test key can be read");
    let sender = Sender {
        voice: &NOTIFY,
        covers: Covers::Sender,
        name: order.merchant.clone(),
        key: Arc::new(key),
        corrupt: false,
        stale: None,
    };
    Letter {
        provider: Provider::Nicepay,
        transaction: order.id.clone(),
        reference: order.reference.clone(),
        url: order.notify_url.clone(),
        manner: Manner::Snap(sender),
        body,
        due_ms: now_ms,
        tries: 0,
        overtaken: false,
        fault: None,
    }
}

fn body(order: &Transaction, fault: Option<Fault>) -> String {
    let (digits, _) = said(Status::Paid);
    let mut body = json!({
        "originalReferenceNo": order.id,
        "originalPartnerReferenceNo": order.reference,
        "externalStoreId": "",
        "amount": { "value": decimals(order.amount), "currency": "IDR" },
        "latestTransactionStatus": digits,
        "additionalInfo": {},
    });
    if let (Value::Object(map), Some(fault)) = (&mut body, fault.filter(|f| f.bends_letters())) {
        tamper::bend_snap(fault, map);
    }
    body.to_string()
}
