//! Winpay's books: contracts by their id and by the merchant's number.
use super::channels::Channel;
use super::contract::Contract;
use super::settings::SigningKey;
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;

/// Everything Winpay remembers.
#[derive(Debug, Default)]
pub(crate) struct Books {
    contracts: Vec<Contract>,
    places: HashMap<String, usize>,
    references: HashMap<(String, String), usize>,
    payments: u64,
    /// Which key signs now, where somebody has changed it.
    pub(crate) signing_key: Option<SigningKey>,
}

/// The numbers of payments before this one.
const PAYMENTS_BEFORE: u64 = 53_586;

impl Books {
    pub(crate) fn find(&self, id: &str) -> Option<&Contract> {
        self.places.get(id).map(|place| &self.contracts[*place])
    }

    pub(crate) fn find_mut(&mut self, id: &str) -> Option<&mut Contract> {
        self.places.get(id).map(|place| &mut self.contracts[*place])
    }

    /// What a partner calls by this number.
    pub(crate) fn by_reference(&self, partner: &str, reference: &str) -> Option<&Contract> {
        let key = (partner.to_owned(), reference.to_owned());
        self.references.get(&key).map(|place| &self.contracts[*place])
    }

    pub(crate) fn all(&self) -> &[Contract] {
        &self.contracts
    }

    pub(crate) fn add(&mut self, contract: Contract) {
        let place = self.contracts.len();
        self.places.insert(contract.id.clone(), place);
        self.references.insert((contract.partner.clone(), contract.reference.clone()), place);
        self.contracts.push(contract);
    }

    /// A new contractId: two letters of the channel and a random UUID, 38 characters.
    pub(crate) fn new_id(&self, channel: &Channel, now_ms: i64) -> String {
        let chance = Sha256::digest(format!("{now_ms} {}", self.contracts.len()));
        let mut hex = hex::encode(&chance[..16]);
        hex.replace_range(12..13, "4");
        hex.replace_range(16..17, "a");
        let parts = [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]];
        format!("{}{}", channel.prefix, parts.join("-"))
    }

    pub(crate) fn next_payment_no(&mut self) -> u64 {
        self.payments += 1;
        PAYMENTS_BEFORE + self.payments
    }
}

#[cfg(test)]
mod tests {
    use super::super::channels::CHANNELS;
    use super::*;

    #[test]
    fn a_contract_id_has_two_letters_and_a_uuid_of_version_four() {
        let id = Books::default().new_id(&CHANNELS[2], 0);
        assert_eq!(id.len(), 38);
        assert!(id.starts_with("so"), "{id}");
        let dashes: Vec<_> = id.match_indices('-').map(|(at, _)| at).collect();
        assert_eq!(dashes, [10, 15, 20, 25]);
        assert_eq!((&id[16..17], &id[21..22]), ("4", "a"));
    }
}
