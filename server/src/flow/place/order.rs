//! The order as the provider hears it: the same each time one number is sent.

use super::Work;
use crate::flow::{FlowError, bill};
use crate::provider::Order;
use crate::secret::Secret;

impl Work<'_> {
    pub(super) fn order(&self, mandate: Option<Secret>) -> Result<Order, FlowError> {
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
            catalogue: house.catalogues.of(&self.account.id),
            mandate,
        })
    }
}
