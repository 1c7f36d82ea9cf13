//! Which accounts serve a method, and for which amounts.

use kasir_shared::{MethodId, Rupiah};

/// A method that a merchant accepts, and who serves it.
#[derive(Clone, Debug)]
pub struct Route {
    /// The method.
    pub method: MethodId,
    /// Who serves it, first choice first; at least one.
    pub stops: Vec<Stop>,
}

/// An account on a route.
#[derive(Clone, Debug)]
pub struct Stop {
    /// Which one.
    pub account: String,
    /// The least it takes, and the merchant with it.
    pub min: Rupiah,
    /// The most it takes, and the merchant with it.
    pub max: Rupiah,
}

/// Why an amount cannot be paid by a method.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Unfit {
    /// It takes no less than this.
    TooSmall(Rupiah),
    /// It takes no more than this.
    TooLarge(Rupiah),
}

impl Route {
    /// Why an amount cannot be paid by it, whichever account served it; `None` where one takes it.
    pub fn unfit(&self, amount: Rupiah) -> Option<Unfit> {
        if self.stops.iter().any(|stop| stop.takes(amount)) {
            return None;
        }
        // Where two accounts leave a gap between them, the nearer side of it below.
        let below = self.stops.iter().map(|stop| stop.max).filter(|max| *max < amount).max();
        let above = self.stops.iter().map(|stop| stop.min).filter(|min| *min > amount).min();
        below.map(Unfit::TooLarge).or(above.map(Unfit::TooSmall))
    }
}

impl Stop {
    /// Whether it takes this amount.
    pub fn takes(&self, amount: Rupiah) -> bool {
        (self.min..=self.max).contains(&amount)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rp(value: u64) -> Rupiah {
        Rupiah::new(value).unwrap()
    }

    fn stop(account: &str, min: u64, max: u64) -> Stop {
        Stop { account: account.to_owned(), min: rp(min), max: rp(max) }
    }

    #[test]
    fn an_amount_fits_where_any_account_takes_it_and_not_between_two() {
        let stops = vec![stop("large", 50_000, 100_000), stop("small", 1_000, 10_000)];
        let route = Route { method: MethodId::Ovo, stops };
        for (amount, unfit) in [
            (999, Some(Unfit::TooSmall(rp(1_000)))),
            (1_000, None),
            (10_000, None),
            (20_000, Some(Unfit::TooLarge(rp(10_000)))),
            (50_000, None),
            (100_001, Some(Unfit::TooLarge(rp(100_000)))),
        ] {
            assert_eq!(route.unfit(rp(amount)), unfit, "{amount}");
        }
    }

    #[test]
    fn an_account_whose_limits_exclude_each_other_takes_nothing() {
        let route = Route { method: MethodId::Ovo, stops: vec![stop("none", 100, 50)] };
        for amount in [40, 50, 70, 100, 200] {
            assert!(route.unfit(rp(amount)).is_some(), "{amount}");
        }
    }
}
