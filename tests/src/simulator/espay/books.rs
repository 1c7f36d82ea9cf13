//! Espay's books: consents, bindings and payments, and the wallets' accounts behind them.
use super::binding::Binding;
use super::consent::Consent;
use super::payment::Payment;
use super::purse::Purses;
use super::settings::ReturnedState;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeSet;

/// Everything Espay and its wallets remember.
#[derive(Debug, Default)]
pub(crate) struct Books {
    pub(super) purses: Purses,
    pub(super) consents: Vec<Consent>,
    pub(super) bindings: Vec<Binding>,
    pub(super) payments: Vec<Payment>,
    /// Products that are not sold for now.
    pub(super) withdrawn: BTreeSet<String>,
    /// What state browsers bring back.
    pub(super) returned_state: ReturnedState,
    /// Where merchants are called back, where somebody has changed that in the portal.
    pub(super) registered: Option<String>,
    drawn: u64,
}

impl Books {
    /// So many digits of hex that were not drawn before.
    pub(super) fn draw(&mut self, digits: usize, now_ms: i64) -> String {
        self.drawn += 1;
        let chance = Sha256::digest(format!("espay {now_ms} {}", self.drawn));
        hex::encode(chance).chars().take(digits).collect()
    }

    /// A number that was not drawn before.
    pub(super) fn number(&mut self) -> u64 {
        self.drawn += 1;
        self.drawn
    }

    pub(crate) fn consent(&self, id: &str) -> Option<&Consent> {
        self.consents.iter().find(|consent| consent.id == id)
    }

    pub(super) fn consent_mut(&mut self, id: &str) -> Option<&mut Consent> {
        self.consents.iter_mut().find(|consent| consent.id == id)
    }

    /// The binding of a merchant's token, whether or not it still holds.
    pub(super) fn binding(&self, merchant: &str, token: &str) -> Option<&Binding> {
        self.bindings.iter().find(|b| b.merchant == merchant && b.token == token)
    }

    pub(crate) fn find(&self, id: &str) -> Option<&Payment> {
        self.payments.iter().find(|payment| payment.id == id)
    }

    pub(crate) fn find_mut(&mut self, id: &str) -> Option<&mut Payment> {
        self.payments.iter_mut().find(|payment| payment.id == id)
    }

    /// What a merchant calls by this number: the one that was paid, or else the last.
    pub(super) fn by_reference(&self, merchant: &str, reference: &str) -> Option<&Payment> {
        let same = |p: &&Payment| p.merchant == merchant && p.reference == reference;
        let paid = self.payments.iter().filter(same).find(|payment| payment.is_paid());
        paid.or_else(|| self.payments.iter().rfind(same))
    }
}
