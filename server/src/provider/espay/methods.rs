//! What an account serves, as rows of its configuration: Espay publishes few product codes, and which
//! of them a merchant has differs.

use kasir_shared::{MethodId, Moment, Rupiah};
use serde::Deserialize;

use crate::provider::{Catalogue, Links, Terms};

/// A product of an account's, and the method that it serves.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Product {
    /// Our name for what it serves.
    pub method: MethodId,
    /// Espay's `productCode`.
    pub code: String,
    /// How the customer is brought to it.
    pub way: Way,
    /// How a linked one is linked.
    #[serde(default)]
    pub binding: Option<Binding>,
    /// `balanceType` that a payment names: OVO's is `CASH`.
    #[serde(default)]
    pub balance_type: Option<String>,
    /// The least it takes.
    #[serde(default = "usual_min", deserialize_with = "whole_rupiah")]
    pub min: Rupiah,
    /// The most it takes.
    #[serde(default = "usual_max", deserialize_with = "whole_rupiah")]
    pub max: Rupiah,
}

/// How the customer is brought to a wallet.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// By a page, for each payment.
    Page,
    /// By a prompt on the phone.
    Push,
    /// With an agreement, and a page that asks for no more than the PIN.
    Linked,
}

/// How a wallet is linked.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "snake_case")]
pub enum Binding {
    /// Get Auth Code names a page; what comes back from it is exchanged.
    AuthCode,
    /// Account Binding names the page itself, or links at once.
    Direct,
}

const fn rupiah(value: u64) -> Rupiah {
    match Rupiah::new(value) {
        Some(rupiah) => rupiah,
        None => Rupiah::MAX,
    }
}

/// The documents name no limits; below this no wallet was seen to take anything.
const fn usual_min() -> Rupiah {
    rupiah(1_000)
}

/// The most that a verified wallet may hold in Indonesia.
const fn usual_max() -> Rupiah {
    rupiah(20_000_000)
}

/// Reads rupiah as the configuration writes them everywhere: a whole number.
fn whole_rupiah<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Rupiah, D::Error> {
    let value = u64::deserialize(deserializer)?;
    Rupiah::new(value).ok_or_else(|| serde::de::Error::custom("at most 999999999999"))
}

/// Seconds that OVO's prompt lives.
const PUSH_S: u32 = 55;
/// Seconds that a page lives: the least of what wallets use, but for LinkAja.
const PAGE_S: u32 = 15 * 60;
/// Seconds after which a payment is not on its way any more.
const GRACE_S: u32 = 10;
/// The shortest life that we ask Espay for, so that a slow call does not arrive too late.
const KEPT_MIN_S: i64 = 2 * 60;

impl Product {
    /// Seconds that an unpaid order of it lives.
    pub(crate) const fn lifetime_s(&self) -> u32 {
        match self.way {
            Way::Push => PUSH_S,
            Way::Page | Way::Linked => PAGE_S,
        }
    }

    /// Until when an order can be paid: the same moment whenever the order is sent, since nothing
    /// else of a body that is sent again may differ.
    pub(crate) fn valid_up_to(&self, issued_at: Moment, expires_at: Moment) -> Moment {
        let wanted = expires_at.min(issued_at.plus_s(i64::from(self.lifetime_s())));
        wanted.max(issued_at.plus_s(KEPT_MIN_S))
    }
}

/// Every product of an account.
#[derive(Clone, Debug, Default)]
pub(crate) struct Products(pub(crate) Vec<Product>);

impl Products {
    /// The product that serves a method, with a linked wallet or without.
    pub(crate) fn of(&self, method: MethodId, linked: bool) -> Option<&Product> {
        let serves =
            |product: &&Product| product.method == method && (product.way == Way::Linked) == linked;
        self.0.iter().find(serves)
    }

    /// What Espay asks for a method. `pin_always` says whether an order with an agreement can be
    /// charged without the customer seeing a page.
    pub(crate) fn terms(&self, method: MethodId, pin_always: bool) -> Option<Terms> {
        let (alone, linked) = (self.of(method, false), self.of(method, true));
        let served = || alone.iter().chain(&linked);
        let pushes = alone.is_some_and(|product| product.way == Way::Push);
        Some(Terms {
            min: served().map(|product| product.min).max()?,
            max: served().map(|product| product.max).min()?,
            lifetime_s: served().map(|product| product.lifetime_s()).max()?,
            prompts: pushes,
            start_prompts: pushes || (linked.is_some() && !pin_always),
            links: match (alone, linked) {
                (Some(_), Some(_)) => Links::Possible,
                (None, Some(_)) => Links::Required,
                (_, None) => Links::Never,
            },
        })
    }

    /// Whether a method is among what the account has.
    pub(crate) fn offers(&self, method: MethodId, linked: bool, catalogue: &Catalogue) -> bool {
        self.of(method, linked).is_some_and(|product| catalogue.product(&product.code).is_some())
    }

    /// Whether a product's payments begin with a prompt.
    pub(crate) fn pushes(&self, code: &str) -> bool {
        self.0.iter().any(|product| product.way == Way::Push && product.code == code)
    }

    /// Whether an order of a method, first sent at `issued_at`, may be a prompt on the customer's
    /// phone.
    pub(crate) fn prompting(&self, method: MethodId, issued_at: Moment, at: Moment) -> bool {
        let lives_s = i64::from(PUSH_S + GRACE_S);
        let pushes = self.of(method, false).is_some_and(|product| product.way == Way::Push);
        pushes && at < issued_at.plus_s(lives_s)
    }

    /// Whether money that was seen on its way to an order may still be.
    pub(crate) fn in_its_time(&self, method: MethodId, issued_at: Moment, at: Moment) -> bool {
        let lifetime_s = self.terms(method, true).map_or(0, |terms| terms.lifetime_s);
        at < issued_at.plus_s(i64::from(lifetime_s + GRACE_S))
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{DOCUMENTED, account, catalogue, product, products};
    use super::*;

    #[test]
    fn a_method_without_a_product_is_not_served() {
        assert_eq!(products().terms(MethodId::Shopeepay, true), None);
        assert!(products().of(MethodId::Gopay, false).is_none());
    }

    #[test]
    fn a_wallet_is_linked_never_possibly_or_always_as_its_products_are() {
        let links = |method| products().terms(method, true).unwrap().links;
        assert_eq!(links(MethodId::Ovo), Links::Never);
        assert_eq!(links(MethodId::Dana), Links::Possible);
        assert_eq!(links(MethodId::Gopay), Links::Required);
    }

    #[test]
    fn an_order_that_may_be_charged_unseen_is_waited_out_until_espay_says_otherwise() {
        for (method, unknown, promised) in [
            (MethodId::Ovo, true, true),
            (MethodId::Dana, true, false),
            (MethodId::Gopay, true, false),
        ] {
            let starts = |pin| products().terms(method, pin).unwrap().start_prompts;
            assert_eq!((starts(false), starts(true)), (unknown, promised), "{method:?}");
        }
        assert!(products().terms(MethodId::Ovo, true).unwrap().prompts);
        assert!(!products().terms(MethodId::Dana, false).unwrap().prompts);
    }

    #[test]
    fn limits_are_the_narrowest_of_a_methods_products() {
        let mut narrow = account();
        narrow.products[1].min = rupiah(5_000);
        narrow.products[2].max = rupiah(2_000_000);
        let terms = narrow.products().terms(MethodId::Dana, true).unwrap();
        assert_eq!((terms.min, terms.max), (rupiah(5_000), rupiah(2_000_000)));
    }

    #[test]
    fn only_what_the_merchant_has_is_offered() {
        assert!(products().offers(MethodId::Dana, true, &catalogue()));
        assert!(products().offers(MethodId::Ovo, false, &catalogue()));
        assert!(!products().offers(MethodId::Ovo, true, &catalogue()));
        assert!(!products().offers(MethodId::Gopay, true, &catalogue()));
        assert!(!products().offers(MethodId::Dana, true, &Catalogue::default()));
    }

    #[test]
    fn an_order_lives_no_longer_than_its_session_and_no_shorter_than_a_slow_call() {
        let page = product(MethodId::Dana, "DANALINK", Way::Page);
        for (session_s, kept_s) in [(7200, 900), (600, 600), (60, 120)] {
            let until = page.valid_up_to(DOCUMENTED, DOCUMENTED.plus_s(session_s));
            assert_eq!(until, DOCUMENTED.plus_s(kept_s), "{session_s}");
        }
    }
}
