//! An order as its provider may hear of it.

use kasir_shared::Status;

use super::{FlowError, House};
use crate::provider::{Bill, Due, Payer};
use crate::store::{AttemptRecord, SessionRecord};

/// The order that an attempt has under `reference`, as it stands now.
pub(super) fn bill(
    house: &House,
    (session, attempt): (&SessionRecord, &AttemptRecord),
    reference: &str,
) -> Result<Bill, FlowError> {
    Ok(Bill {
        reference: reference.to_owned(),
        amount: attempt.amount,
        description: description(house, session)?,
        payer: payer(session, attempt),
        ordered_at: attempt.created_at,
        due: due(house, (session, attempt), reference),
    })
}

/// What an order is for, in a few words of the shop's.
pub(super) fn description(house: &House, session: &SessionRecord) -> Result<String, FlowError> {
    Ok(format!("{} {}", house.merchant_of(session)?.name, session.reference))
}

/// Who pays an attempt.
pub(super) fn payer(session: &SessionRecord, attempt: &AttemptRecord) -> Payer {
    let customer = &session.customer;
    Payer {
        name: attempt.name.clone().or_else(|| customer.name.clone()),
        phone: attempt.phone.clone().or_else(|| customer.phone.clone()),
        email: customer.email.clone(),
        ip: attempt.ip,
    }
}

/// Whether it may be paid. A number that the attempt has no more may not: nobody watches it.
fn due(
    house: &House,
    (session, attempt): (&SessionRecord, &AttemptRecord),
    reference: &str,
) -> Due {
    let paid = matches!(attempt.status, Status::Paid | Status::Refunded);
    if paid || session.status.was_paid() {
        return Due::Paid;
    }
    let open = session.status.is_open() && house.now() < session.expires_at;
    let ours = attempt.status.is_live() && attempt.provider_reference == reference;
    if open && ours { Due::Open } else { Due::Over }
}
