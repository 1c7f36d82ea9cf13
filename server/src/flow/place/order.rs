//! The order as the provider hears it: the same each time one number is sent.

use super::Work;
use crate::flow::FlowError;
use crate::provider::{Order, Payer};
use crate::secret::Secret;

impl Work<'_> {
    pub(super) fn order(&self, mandate: Option<Secret>) -> Result<Order, FlowError> {
        let (house, session, attempt) = (self.house, self.session, self.attempt);
        let merchant = house.merchant_of(session)?;
        let customer = &session.customer;
        Ok(Order {
            reference: self.reference.clone(),
            issued_at: self.sending.issued_at,
            method: attempt.method,
            amount: attempt.amount,
            description: format!("{} {}", merchant.name, session.reference),
            items: session.items.clone(),
            payer: Payer {
                name: attempt.name.clone().or_else(|| customer.name.clone()),
                phone: attempt.phone.clone().or_else(|| customer.phone.clone()),
                email: customer.email.clone(),
                ip: attempt.ip,
            },
            notify_url: house.address(&format!(
                "/notify/{}/{}",
                self.account.provider.name(),
                self.account.id
            )),
            return_url: house.address(&format!("/return/{}", attempt.return_token)),
            expires_at: session.expires_at,
            catalogue: None,
            mandate,
        })
    }
}
