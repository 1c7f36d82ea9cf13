//! The order as the provider hears it: the same each time one number is sent.

use super::Work;
use crate::flow::{FlowError, bill};
use crate::provider::Order;
use crate::secret::Secret;
use crate::store::LinkRecord;

impl Work<'_> {
    pub(super) fn order(&self, link: Option<&LinkRecord>) -> Result<Order, FlowError> {
        let (house, session, attempt) = (self.house, self.session, self.attempt);
        Ok(Order {
            reference: self.reference.clone(),
            issued_at: self.sending.issued_at,
            method: attempt.method,
            amount: attempt.amount,
            description: bill::description(house, session)?,
            items: session.items.clone(),
            payer: bill::payer(session, attempt),
            notify_url: house.address(&format!(
                "/notify/{}/{}",
                self.account.provider.name(),
                self.account.id
            )),
            return_url: house.address(&format!("/return/{}", attempt.return_token)),
            expires_at: session.expires_at,
            catalogue: None,
            mandate: link.map(|link| self.mandate(link)).transpose()?.flatten(),
        })
    }

    fn mandate(&self, link: &LinkRecord) -> Result<Option<Secret>, FlowError> {
        let open = |sealed| self.house.vault.open(sealed, link.id.as_str());
        let missing = |error| FlowError::Unconfigured { what: format!("vault key: {error}") };
        link.sealed.as_ref().map(open).transpose().map_err(missing)
    }
}
