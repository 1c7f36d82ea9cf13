//! What NICEPAY serves over SNAP, as rows beside those that both of its interfaces share.

use std::collections::BTreeMap;

use kasir_shared::MethodId;

use super::super::account::Limits;
use super::super::methods::{self, Method};
use crate::provider::Terms;

/// How the customer is brought to a wallet.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Way {
    /// Placing the order prompts on the customer's phone.
    Push,
    /// The answer says where the customer goes.
    Page,
    /// The same, and the address wants a token that the answer brings beside it.
    PageWithToken,
}

const WAYS: [(MethodId, Way); 4] = [
    (MethodId::Ovo, Way::Push),
    (MethodId::Dana, Way::Page),
    (MethodId::Shopeepay, Way::Page),
    (MethodId::Linkaja, Way::PageWithToken),
];

/// The rows of a method that NICEPAY serves over SNAP.
pub(super) fn row(id: MethodId) -> Option<(&'static Method, Way)> {
    let (_, way) = WAYS.iter().find(|(own, _)| *own == id)?;
    Some((methods::row(id)?, *way))
}

/// What NICEPAY asks for a method over SNAP. Here placing is also the payment step, so that a wallet
/// that prompts does so at once.
pub(super) fn terms(id: MethodId, own: &BTreeMap<MethodId, Limits>) -> Option<Terms> {
    let (_, way) = row(id)?;
    let terms = methods::terms(id, own)?;
    Some(Terms { start_prompts: way == Way::Push, ..terms })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_prompts_at_all_prompts_when_it_is_placed() {
        for (id, _) in WAYS {
            let terms = terms(id, &BTreeMap::new()).unwrap();
            assert_eq!(terms.start_prompts, terms.prompts, "{id:?}");
        }
        assert!(terms(MethodId::Ovo, &BTreeMap::new()).unwrap().start_prompts);
    }

    #[test]
    fn wallets_that_are_linked_first_are_not_served() {
        for id in [MethodId::Astrapay, MethodId::Gopay, MethodId::Speedcash] {
            assert_eq!(terms(id, &BTreeMap::new()), None);
        }
    }
}
