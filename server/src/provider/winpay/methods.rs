//! What Winpay serves, as rows.

use kasir_shared::{MethodId, Moment, Rupiah};

use crate::provider::{Links, Terms};

/// A wallet behind Winpay.
#[derive(Debug)]
pub(crate) struct Method {
    /// Our name for it.
    pub(crate) id: MethodId,
    /// Winpay's `additionalInfo.channel`.
    pub(crate) channel: &'static str,
    /// How the customer is brought to it.
    pub(crate) way: Way,
    /// The least it takes.
    pub(crate) min: Rupiah,
    /// The most it takes.
    pub(crate) max: Rupiah,
    /// Seconds for which we ask Winpay to keep an order.
    pub(crate) lifetime_s: u32,
    /// Seconds after that during which a payment may still be on its way to Winpay.
    pub(crate) grace_s: u32,
}

/// How the customer is brought to a wallet.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Way {
    /// Placing the order prompts on the customer's phone.
    Push,
    /// Winpay hands out an address, and nobody can pay without it.
    Address,
}

const fn rupiah(value: u64) -> Rupiah {
    match Rupiah::new(value) {
        Some(rupiah) => rupiah,
        None => Rupiah::MAX,
    }
}

/// Seen in one integrator's table; the documents name no limits.
const MIN: Rupiah = rupiah(1_000);
/// The most that a verified wallet may hold in Indonesia.
const MAX: Rupiah = rupiah(20_000_000);

const MINUTE_S: u32 = 60;

const fn row(id: MethodId, channel: &'static str, way: Way) -> Method {
    let (lifetime_s, grace_s) = match way {
        Way::Push => (3 * MINUTE_S, MINUTE_S),
        Way::Address => (60 * MINUTE_S, 15 * MINUTE_S),
    };
    Method { id, channel, way, min: MIN, max: MAX, lifetime_s, grace_s }
}

/// Every method, in the order of the documents. AstraPay is named by them without its code, which is
/// that of Winpay's own samples.
pub(crate) const METHODS: &[Method] = &[
    row(MethodId::Speedcash, "SC", Way::Address),
    row(MethodId::Ovo, "OVO", Way::Push),
    row(MethodId::Dana, "DANA", Way::Address),
    row(MethodId::Shopeepay, "SPAY", Way::Address),
    row(MethodId::Astrapay, "ASTRA", Way::Address),
];

/// The shortest and the longest time that Winpay keeps an order, with room for a call that takes its
/// time: more than one minute and at most three months.
const KEPT_S: (i64, i64) = (2 * 60, 89 * 86_400);

/// The row of a method that Winpay serves.
pub(crate) fn row_of(id: MethodId) -> Option<&'static Method> {
    METHODS.iter().find(|method| method.id == id)
}

/// What Winpay asks for a method.
pub(crate) fn terms(id: MethodId) -> Option<Terms> {
    let Method { way, min, max, lifetime_s, .. } = *row_of(id)?;
    let pushes = way == Way::Push;
    Some(Terms {
        min,
        max,
        lifetime_s,
        prompts: pushes,
        start_prompts: pushes,
        links: Links::Never,
    })
}

impl Method {
    /// Until when an order can be paid: the same moment whenever the order is sent, since nothing
    /// else of a body that is sent again may differ.
    pub(crate) fn valid_up_to(&self, issued_at: Moment, expires_at: Moment) -> Moment {
        let (least_s, most_s) = KEPT_S;
        let wanted = expires_at.min(issued_at.plus_s(i64::from(self.lifetime_s)));
        wanted.clamp(issued_at.plus_s(least_s), issued_at.plus_s(most_s))
    }

    /// Whether an order that was first sent at `issued_at` may still be paid, or a payment of it be
    /// on its way.
    pub(crate) fn may_be_paid(&self, issued_at: Moment, at: Moment) -> bool {
        at < issued_at.plus_s(i64::from(self.lifetime_s + self.grace_s))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(text: &str) -> Moment {
        text.parse().unwrap()
    }

    #[test]
    fn winpay_serves_no_linkaja() {
        assert_eq!(terms(MethodId::Linkaja), None);
    }

    #[test]
    fn placing_prompts_at_ovo_and_nowhere_else() {
        for method in METHODS {
            let terms = terms(method.id).unwrap();
            assert_eq!(terms.start_prompts, method.id == MethodId::Ovo);
            assert_eq!(terms.prompts, terms.start_prompts);
            assert!(!terms.prompts || method.id.row().fields.contains(&kasir_shared::Field::Phone));
            assert_eq!(terms.min, Rupiah::new(1_000).unwrap());
        }
    }

    #[test]
    fn an_order_is_kept_as_long_as_the_session_or_the_row_whichever_is_shorter() {
        let (ovo, dana) = (row_of(MethodId::Ovo).unwrap(), row_of(MethodId::Dana).unwrap());
        let begun = moment("2026-11-20T05:00:00.000Z");
        for (row, session_s, kept_s) in [
            (ovo, 3600, 180),
            (ovo, 150, 150),
            (ovo, 60, 120),
            (dana, 86_400, 3600),
            (dana, 1800, 1800),
            (dana, 60, 120),
            (dana, -5, 120),
        ] {
            let until = row.valid_up_to(begun, begun.plus_s(session_s));
            assert_eq!(until, begun.plus_s(kept_s), "{row:?} {session_s}");
        }
    }

    #[test]
    fn an_order_is_given_up_only_after_its_grace() {
        let ovo = row_of(MethodId::Ovo).unwrap();
        let begun = moment("2026-11-20T05:00:00.000Z");
        assert!(ovo.may_be_paid(begun, begun.plus_s(239)));
        assert!(!ovo.may_be_paid(begun, begun.plus_s(240)));
    }
}
