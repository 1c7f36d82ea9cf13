//! `latestTransactionStatus` as inquiries use it, and what it means for an order. A callback's `07`
//! means something else.

use kasir_shared::{Event, Moment};

use super::methods::{Method, Way};
use crate::provider::{Placed, Standing};

/// Where Winpay says that an order stands. It documents `00` and `07`; the others are the
/// standard's.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Status {
    /// `00`: the money is there.
    Received,
    /// `01`.
    Initiated,
    /// `02`.
    Paying,
    /// `03`.
    Pending,
    /// `04`.
    Refunded,
    /// `05`.
    Cancelled,
    /// `06`.
    Failed,
    /// `07`: also once its time has run out or it was cancelled, as far as the documents tell.
    Unpaid,
}

/// What an inquiry finds.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Found {
    /// The order stands there.
    At(Status),
    /// Winpay does not know it.
    Nothing,
    /// Winpay speaks of another order.
    Other(&'static str),
    /// Winpay has trouble of its own.
    Busy,
}

/// What an order is asked about with, and what its life is like.
#[derive(Clone, Debug)]
pub(crate) struct Subject {
    pub(crate) reference: String,
    pub(crate) contract: String,
    pub(crate) method: &'static Method,
    /// When it was first sent.
    pub(crate) issued_at: Moment,
}

impl Status {
    /// Reads the two digits; nothing where they are not listed.
    pub(crate) fn read(code: &str) -> Option<Self> {
        Some(match code {
            "00" => Self::Received,
            "01" => Self::Initiated,
            "02" => Self::Paying,
            "03" => Self::Pending,
            "04" => Self::Refunded,
            "05" => Self::Cancelled,
            "06" => Self::Failed,
            "07" => Self::Unpaid,
            _ => return None,
        })
    }

    /// What it says for sure, where it does.
    pub(crate) const fn event(self) -> Option<Event> {
        match self {
            Self::Received => Some(Event::Settled),
            Self::Refunded => Some(Event::Reversed),
            Self::Cancelled => Some(Event::Withdrawn),
            Self::Failed => Some(Event::Declined),
            Self::Initiated | Self::Paying | Self::Pending | Self::Unpaid => None,
        }
    }
}

impl Subject {
    /// What there is to ask about; nothing where the placing's answer, which carries the contract,
    /// was lost and no callback brought it.
    pub(crate) fn of(placed: &Placed, method: &'static Method) -> Option<Self> {
        let contract = placed.transaction.clone()?;
        let (reference, issued_at) = (placed.reference.clone(), placed.issued_at);
        Some(Self { reference, contract, method, issued_at })
    }

    /// Whether the customer may be looking at a prompt.
    pub(crate) fn is_prompting(&self, at: Moment) -> bool {
        prompting(self.method, self.issued_at, at)
    }

    /// How the order stands, from what was found. Winpay never says that an order has expired: once
    /// its time and its grace are over, `unpaid` is believed.
    pub(crate) fn standing(&self, found: Found, at: Moment) -> Standing {
        let may_be_paid = self.method.may_be_paid(self.issued_at, at);
        match found {
            Found::At(status) => match (status.event(), status) {
                (Some(event), _) => Standing::Known(event),
                // Money is on its way: nobody calls that over.
                (None, Status::Paying | Status::Pending) => {
                    Standing::Unpaid { prompting: may_be_paid }
                }
                (None, _) if may_be_paid => Standing::Unpaid { prompting: self.is_prompting(at) },
                (None, _) => Standing::Known(Event::Lapsed),
            },
            Found::Nothing => Standing::Unheard,
            Found::Other(what) => Standing::Mismatch { what },
            Found::Busy => Standing::Busy,
        }
    }
}

/// Whether an order that was first sent at `issued_at` may be a prompt on the customer's phone.
pub(crate) fn prompting(method: &Method, issued_at: Moment, at: Moment) -> bool {
    method.way == Way::Push && method.may_be_paid(issued_at, at)
}

#[cfg(test)]
mod tests {
    use kasir_shared::MethodId;

    use super::super::methods::row_of;
    use super::super::testing::DOCUMENTED;
    use super::*;

    fn standing(method: MethodId, code: &str, after_s: i64) -> Standing {
        let subject = Subject {
            reference: "R".to_owned(),
            contract: "C".to_owned(),
            method: row_of(method).unwrap(),
            issued_at: DOCUMENTED,
        };
        subject.standing(Found::At(Status::read(code).unwrap()), DOCUMENTED.plus_s(after_s))
    }

    #[test]
    fn a_code_that_is_not_listed_says_nothing() {
        for code in ["", "0", "7", "08", "10", "99", "000", "00 ", "paid", "０７"] {
            assert_eq!(Status::read(code), None, "{code}");
        }
    }

    #[test]
    fn a_final_word_is_final_at_any_time() {
        for after_s in [0, 100, 100_000] {
            for (code, event) in [
                ("00", Event::Settled),
                ("04", Event::Reversed),
                ("05", Event::Withdrawn),
                ("06", Event::Declined),
            ] {
                for method in [MethodId::Ovo, MethodId::Dana] {
                    assert_eq!(standing(method, code, after_s), Standing::Known(event), "{code}");
                }
            }
        }
    }

    #[test]
    fn unpaid_is_unpaid_until_the_time_and_its_grace_are_over() {
        for (method, after_s, expected) in [
            (MethodId::Ovo, 0, Standing::Unpaid { prompting: true }),
            (MethodId::Ovo, 239, Standing::Unpaid { prompting: true }),
            (MethodId::Ovo, 240, Standing::Known(Event::Lapsed)),
            (MethodId::Dana, 240, Standing::Unpaid { prompting: false }),
            (MethodId::Dana, 3600 + 899, Standing::Unpaid { prompting: false }),
            (MethodId::Dana, 3600 + 900, Standing::Known(Event::Lapsed)),
        ] {
            assert_eq!(standing(method, "07", after_s), expected, "{method:?} {after_s}");
            assert_eq!(standing(method, "01", after_s), expected, "{method:?} {after_s}");
        }
    }

    #[test]
    fn money_on_its_way_is_never_called_over() {
        for code in ["02", "03"] {
            let dana = |after_s| standing(MethodId::Dana, code, after_s);
            assert_eq!(dana(10), Standing::Unpaid { prompting: true });
            assert_eq!(dana(100_000), Standing::Unpaid { prompting: false });
        }
    }
}
