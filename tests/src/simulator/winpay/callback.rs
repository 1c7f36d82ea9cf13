//! Service 56: Winpay tells the merchant's server.
use super::contract::Contract;
use super::door::{private, signing_key};
use super::settings::CallbackTarget;
use crate::simulator::engine::Desk;
use crate::simulator::faults::{Armed, Fault};
use crate::simulator::outbox::{self, Letter, Manner};
use crate::simulator::snap::fields::decimals;
use crate::simulator::snap::rsa::PrivateKey;
use crate::simulator::snap::sender::{Covers, NOTIFY, Sender};
use crate::simulator::tamper;
use crate::simulator::test_keys;
use crate::simulator::view::{Operation, Provider, Status};
use serde::Serialize;
use serde_json::Value;
use std::sync::Arc;

/// Behind an address that is not called as it is.
const PATH: &str = "/v1.0/debit/notify";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    original_partner_reference_no: &'a str,
    original_reference_no: String,
    merchant_id: &'a str,
    amount: Amount,
    latest_transaction_status: &'static str,
    additional_info: Info<'a>,
}

#[derive(Serialize)]
struct Amount {
    value: String,
    currency: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Info<'a> {
    channel: &'static str,
    contract_id: &'a str,
    fee_amount: String,
    nett_amount: String,
}

/// Tells of a payment; of other ends only where Winpay is set to.
pub(super) fn tell(desk: &mut Desk<'_>, contract: &Contract) {
    let status = contract.status(desk.now_ms);
    if status != Status::Paid && !desk.settings.winpay.tells_every_end {
        return;
    }
    let Some(url) = target(desk, contract) else { return };
    let fault = desk.state.faults.take(Provider::Winpay, Operation::Notification, |_| true);
    let played = fault.as_ref().map(|armed| armed.fault);
    let forged = played == Some(Fault::ForgedNotification);
    let key = if forged { private(test_keys::STRANGER) } else { signing_key(desk) };
    let letter = letter(contract, url, (body(contract, status, played), key, desk.now_ms));
    outbox::send(desk, letter, fault.as_ref());
}

/// Somebody else claims that a contract was paid.
pub(crate) fn forge(desk: &mut Desk<'_>, id: &str) {
    let Some(contract) = desk.state.winpay.find(id).cloned() else { return };
    let Some(url) = target(desk, &contract) else { return };
    let body = body(&contract, Status::Paid, None);
    let key = private(test_keys::STRANGER);
    let mut letter = letter(&contract, url, (body, key, desk.now_ms));
    letter.tries = usize::MAX;
    let fault = Armed::once(Provider::Winpay, Fault::ForgedNotification);
    desk.state.outbox.post(letter, Some(&fault));
}

fn target(desk: &Desk<'_>, contract: &Contract) -> Option<String> {
    let given = contract.notify_url.clone();
    let winpay = &desk.settings.winpay;
    match winpay.callbacks {
        CallbackTarget::AsIs => given,
        CallbackTarget::Appended => given.map(|url| format!("{url}{PATH}")),
        CallbackTarget::RegisteredBase => {
            let partner = winpay.merchants.iter().find(|m| m.partner_id == contract.partner)?;
            partner.callback_base.as_ref().map(|base| format!("{base}{PATH}"))
        }
    }
}

fn letter(
    contract: &Contract,
    url: String,
    (body, key, now_ms): (String, Arc<PrivateKey>, i64),
) -> Letter {
    let name = contract.merchant_id.clone();
    Letter {
        provider: Provider::Winpay,
        transaction: contract.id.clone(),
        reference: contract.reference.clone(),
        url,
        manner: Manner::Snap(Sender {
            voice: &NOTIFY,
            covers: Covers::Body,
            name,
            key,
            corrupt: false,
            stale: None,
        }),
        body,
        due_ms: now_ms,
        tries: 0,
        overtaken: false,
        fault: None,
    }
}

fn body(contract: &Contract, status: Status, fault: Option<Fault>) -> String {
    // 1.485 percent, as in the documents' sample.
    let fee = contract.amount * 1_485 / 1_000;
    let nett = contract.amount * 100 - fee;
    let body = Body {
        original_partner_reference_no: &contract.reference,
        original_reference_no: contract.payment_no.unwrap_or_default().to_string(),
        merchant_id: &contract.merchant_id,
        amount: Amount { value: decimals(contract.amount), currency: "IDR" },
        latest_transaction_status: digits(status),
        additional_info: Info {
            channel: contract.channel.code,
            contract_id: &contract.id,
            fee_amount: hundredths(fee),
            nett_amount: hundredths(nett),
        },
    };
    let Some(fault) = fault.filter(|fault| fault.bends_letters()) else {
        return serde_json::to_string(&body).unwrap_or_default();
    };
    let mut bent = serde_json::to_value(&body).unwrap_or_default();
    if let Value::Object(map) = &mut bent {
        tamper::bend_snap(fault, map);
    }
    bent.to_string()
}

/// Two digits, by the meanings that a callback has.
const fn digits(status: Status) -> &'static str {
    match status {
        Status::Paid => "00",
        Status::Initiated | Status::Unpaid => "01",
        Status::Processing => "02",
        Status::Void | Status::Refunded => "04",
        Status::Cancelled | Status::Expired => "05",
        Status::Failed => "06",
    }
}

fn hundredths(value: i64) -> String {
    format!("{}.{:02}", value / 100, value % 100)
}

#[cfg(test)]
mod tests {
    use super::super::channels;
    use super::*;
    use crate::simulator::snap::sign::hash;

    #[test]
    fn the_published_callback_is_written_byte_for_byte() {
        let contract = Contract {
            id: "ov384a48e3-f6be-4755-ae85-20a3682b7cb0".to_owned(),
            partner: "p".to_owned(),
            merchant_id: "170041".to_owned(),
            channel: channels::by_code("OVO").unwrap(),
            reference: "000000000689".to_owned(),
            amount: 10_000,
            phone: String::new(),
            notify_url: None,
            return_url: None,
            valid_up_to: String::new(),
            valid_up_to_ms: 0,
            created_ms: 0,
            payment_no: Some(53_586),
            end: Some(Status::Paid),
        };
        let body = body(&contract, Status::Paid, None);
        assert_eq!(body.len(), 308);
        let published = "c0862f17024cdbe60b13884c0b3976d34c3a07be3058ed74c8a7849c1c253f1e";
        assert_eq!(hash(body.as_bytes()), published, "{body}");
    }
}
