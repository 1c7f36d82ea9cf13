//! A link as the provider hears of it: the same each time it is spoken of.

use super::{House, account_of};
use crate::flow::FlowError;
use crate::provider::{LinkOrder, Linked};
use crate::secret::Secret;
use crate::store::{LinkRecord, SessionRecord};

/// A link that is to be made.
pub(super) fn order(
    house: &House,
    session: &SessionRecord,
    link: &LinkRecord,
) -> Result<LinkOrder, FlowError> {
    let merchant = house.merchant_of(session)?;
    let account = account_of(house, link)?;
    let customer = &session.customer;
    Ok(LinkOrder {
        reference: link.reference.clone(),
        method: link.method,
        phone: link.phone.clone(),
        name: customer.name.clone(),
        email: customer.email.clone(),
        customer: customer.id.as_ref().map(|id| id.as_str().to_owned()),
        shop: merchant.name.clone(),
        ip: link.ip,
        locale: session.locale.unwrap_or_default(),
        state: link.state.clone(),
        notify_url: house.address(&format!("/notify/{}/{}", account.provider.name(), account.id)),
        return_url: house.address(&format!("/return/{}", link.return_token)),
        begun_at: link.created_at,
        catalogue: house.catalogues.of(&account.id),
    })
}

/// A linked wallet.
pub(super) fn linked(link: &LinkRecord, token: Secret) -> Linked {
    Linked {
        reference: link.reference.clone(),
        method: link.method,
        phone: link.phone.clone(),
        token,
    }
}
