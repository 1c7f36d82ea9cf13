//! Service 55: how a contract stands.
use super::contract::Contract;
use super::door::{self, Caller};
use super::settings::StatusMode;
use crate::simulator::engine::Desk;
use crate::simulator::snap::body::Node;
use crate::simulator::snap::call::{Done, Incoming};
use crate::simulator::snap::code::{Case, Refusal};
use crate::simulator::snap::fields::{formed, is_reference, present};
use crate::simulator::view::Status;
use serde_json::json;

const MANDATORY: [&str; 4] = [
    "originalPartnerReferenceNo",
    "additionalInfo",
    "additionalInfo.contractId",
    "additionalInfo.channel",
];

/// Answers an inquiry.
pub(super) fn status(desk: &mut Desk<'_>, incoming: &Incoming) -> Result<Done, Refusal> {
    let (caller, body) = door::enter(desk, incoming)?;
    present(body, &MANDATORY)?;
    let contract = find(desk, &caller, body)?;
    let status = said(desk.settings.winpay.statuses, contract.status(desk.now_ms));
    let fields = json!({
        "originalPartnerReferenceNo": contract.reference,
        "serviceCode": "54",
        "latestTransactionStatus": status,
        "additionalInfo": { "contractId": contract.id },
    });
    Ok(Done {
        elsewhere: None,
        message: "Successful",
        fields: fields.as_object().cloned().unwrap_or_default(),
        transaction: Some(contract.id),
        warning: caller.warning,
    })
}

/// The contract that a status or a cancel is about.
pub(super) fn find(desk: &Desk<'_>, caller: &Caller, body: &Node) -> Result<Contract, Refusal> {
    let form = ("5 to 50 letters, digits, _ or -", |text: &str| is_reference(text, 5, 50));
    let reference = formed(body, "originalPartnerReferenceNo", form)?;
    let id = formed(body, "additionalInfo.contractId", ("a text", |_: &str| true))?;
    let channel = formed(body, "additionalInfo.channel", ("a text", |_: &str| true))?;
    let partner = &caller.partner.partner_id;
    let Some(named) = desk.state.winpay.by_reference(partner, reference) else {
        let why = format!("there is no originalPartnerReferenceNo {reference:?}");
        return Err(Case::not_found().because(why));
    };
    if desk.state.winpay.find(id).is_none() {
        let why = format!("there is no contractId {id:?}");
        return Err(Case::new(500, 2, "reqbill not found").because(why));
    }
    if named.id != id || named.channel.code != channel {
        let why = format!("{reference} is contract {} of {}", named.id, named.channel.code);
        return Err(Case::not_found().because(why));
    }
    Ok(named.clone())
}

/// Two digits for how it stands.
const fn said(mode: StatusMode, status: Status) -> &'static str {
    match status {
        Status::Paid => "00",
        Status::Initiated | Status::Unpaid => "07",
        Status::Processing => mode.or_unpaid("02"),
        Status::Void | Status::Refunded => mode.or_unpaid("04"),
        Status::Cancelled | Status::Expired => mode.or_unpaid("05"),
        Status::Failed => mode.or_unpaid("06"),
    }
}
