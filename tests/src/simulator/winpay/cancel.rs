//! Service 57: an unpaid contract is taken back.
use super::door;
use super::status::find;
use crate::simulator::engine::Desk;
use crate::simulator::snap::call::{Done, Incoming};
use crate::simulator::snap::code::{Case, Refusal};
use crate::simulator::snap::fields::{formed, present};
use crate::simulator::view::Status;
use serde_json::json;

const MANDATORY: [&str; 5] = [
    "originalPartnerReferenceNo",
    "reason",
    "additionalInfo",
    "additionalInfo.contractId",
    "additionalInfo.channel",
];

/// Takes it back, or says why not.
pub(super) fn cancel(desk: &mut Desk<'_>, incoming: &Incoming) -> Result<Done, Refusal> {
    let (caller, body) = door::enter(desk, incoming)?;
    present(body, &MANDATORY)?;
    formed(body, "reason", ("at most 256 characters", |text: &str| text.chars().count() <= 256))?;
    let contract = find(desk, &caller, body)?;
    let again = contract.end == Some(Status::Cancelled) && desk.settings.winpay.cancels_twice;
    if !again {
        close(desk, &contract.id)?;
    }
    let fields = json!({ "additionalInfo": { "contractId": contract.id } });
    Ok(Done {
        elsewhere: None,
        message: "Successful",
        fields: fields.as_object().cloned().unwrap_or_default(),
        transaction: Some(contract.id),
        warning: caller.warning,
    })
}

fn close(desk: &mut Desk<'_>, id: &str) -> Result<(), Refusal> {
    let now_ms = desk.now_ms;
    let closed = match desk.state.winpay.find_mut(id) {
        Some(contract) => contract.close(Status::Cancelled, now_ms),
        None => Ok(()),
    };
    closed.map_err(|status| {
        let why = format!("the contract is {}", status.word());
        if status == Status::Expired {
            Case::new(403, 0, "Transaction Expired").because(why)
        } else {
            Case::invalid_status().because(why)
        }
    })
}
