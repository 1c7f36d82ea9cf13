//! What NICEPAY serves, as rows.

use std::collections::BTreeMap;

use kasir_shared::{MethodId, Rupiah};

use super::account::Limits;
use crate::provider::{Links, Terms};

/// A wallet behind NICEPAY.
#[derive(Debug)]
pub(crate) struct Method {
    /// Our name for it.
    pub(crate) id: MethodId,
    /// NICEPAY's `mitraCd`.
    pub(crate) mitra_cd: &'static str,
    /// How the customer is brought to it.
    pub(crate) way: Way,
    /// What it takes, unless the account says otherwise.
    pub(crate) limits: Limits,
    /// Seconds an order lives once the customer was sent to pay it.
    pub(crate) lifetime_s: u32,
    /// Whether it prompts on the phone, which nobody can take back.
    pub(crate) prompts: bool,
    /// What it gives back.
    pub(crate) refunds: Refunds,
}

/// How the customer is brought to a wallet.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Way {
    /// The browser posts the payment step, and NICEPAY takes it from there.
    Submit,
    /// We make the payment step ourselves, to learn the address that opens the app.
    Ask,
    /// The account is linked once; then each payment is ours to initiate.
    Link,
}

/// What a wallet gives back through the API (documents section 8).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Refunds {
    /// For how long after the payment.
    pub(crate) window: Window,
    /// Whether a part can be given back.
    pub(crate) partial: bool,
    /// Whether it gives nothing back from midnight to one o'clock in Jakarta.
    pub(crate) sleeps_at_midnight: bool,
}

/// For how long after a payment its money can be given back.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Window {
    /// Not at all.
    Never,
    /// On the day of the payment, in Jakarta.
    SameDay,
    /// For fewer days than this.
    Days(u16),
}

const fn rupiah(value: u64) -> Rupiah {
    match Rupiah::new(value) {
        Some(rupiah) => rupiah,
        None => Rupiah::MAX,
    }
}

/// NICEPAY documents no limits. These are ours: a coin's worth, and the most that a verified wallet
/// may hold in Indonesia. An account's own limits go before them.
const WALLET_LIMITS: Limits = Limits { min: rupiah(100), max: rupiah(20_000_000) };

const MINUTE_S: u32 = 60;
const DAY_S: u32 = 86_400;

/// Every method, in the order of the documents.
pub(crate) const METHODS: &[Method] = &[
    Method {
        id: MethodId::Ovo,
        mitra_cd: "OVOE",
        way: Way::Submit,
        limits: WALLET_LIMITS,
        lifetime_s: 55,
        prompts: true,
        refunds: Refunds { window: Window::SameDay, partial: false, sleeps_at_midnight: false },
    },
    Method {
        id: MethodId::Dana,
        mitra_cd: "DANA",
        way: Way::Submit,
        limits: WALLET_LIMITS,
        lifetime_s: DAY_S,
        prompts: false,
        refunds: Refunds { window: Window::Days(30), partial: true, sleeps_at_midnight: true },
    },
    Method {
        id: MethodId::Shopeepay,
        mitra_cd: "ESHP",
        way: Way::Ask,
        limits: WALLET_LIMITS,
        lifetime_s: 5 * MINUTE_S,
        prompts: false,
        // Whether it gives back a part is not documented: NICEPAY is asked and may refuse.
        refunds: Refunds { window: Window::Days(365), partial: true, sleeps_at_midnight: false },
    },
    Method {
        id: MethodId::Linkaja,
        mitra_cd: "LINK",
        way: Way::Submit,
        limits: WALLET_LIMITS,
        lifetime_s: 5 * MINUTE_S,
        prompts: false,
        refunds: Refunds { window: Window::Days(30), partial: false, sleeps_at_midnight: false },
    },
    Method {
        id: MethodId::Astrapay,
        mitra_cd: "ASTR",
        way: Way::Link,
        limits: WALLET_LIMITS,
        // Not documented: ours.
        lifetime_s: 15 * MINUTE_S,
        prompts: false,
        refunds: Refunds { window: Window::Never, partial: false, sleeps_at_midnight: false },
    },
];

/// The row of a method that NICEPAY serves.
pub(crate) fn row(id: MethodId) -> Option<&'static Method> {
    METHODS.iter().find(|method| method.id == id)
}

/// What NICEPAY asks for a method, with the account's own limits.
pub(crate) fn terms(id: MethodId, own: &BTreeMap<MethodId, Limits>) -> Option<Terms> {
    let method = row(id)?;
    let Limits { min, max } = own.get(&id).copied().unwrap_or(method.limits);
    // Registering reaches nobody: the customer's own browser takes the payment step.
    let (lifetime_s, prompts) = (method.lifetime_s, method.prompts);
    let links = match method.way {
        Way::Link => Links::Required,
        Way::Submit | Way::Ask => Links::Never,
    };
    Some(Terms { min, max, lifetime_s, prompts, start_prompts: false, links })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_accounts_own_limits_go_before_the_rows() {
        let own = Limits { min: rupiah(10_000), max: rupiah(2_000_000) };
        let limits = BTreeMap::from([(MethodId::Ovo, own)]);
        let ovo = terms(MethodId::Ovo, &limits).unwrap();
        assert_eq!((ovo.min, ovo.max, ovo.lifetime_s), (own.min, own.max, 55));
        let dana = terms(MethodId::Dana, &limits).unwrap();
        assert_eq!((dana.min, dana.max), (WALLET_LIMITS.min, WALLET_LIMITS.max));
    }

    #[test]
    fn nicepay_serves_no_gopay() {
        assert_eq!(terms(MethodId::Gopay, &BTreeMap::new()), None);
    }

    #[test]
    fn a_wallet_that_prompts_is_one_that_needs_the_wallets_phone() {
        for method in METHODS.iter().filter(|method| method.prompts) {
            assert!(method.id.row().fields.contains(&kasir_shared::Field::Phone));
        }
    }
}
