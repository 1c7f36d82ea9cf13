//! The letters by which Espay says how an order stands, and what they mean for it.

use kasir_shared::{Event, MethodId, Moment, Rupiah};

use super::methods::Products;
use crate::provider::{Placed, Standing};

/// Where Espay says that an order stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Flag {
    /// `S`: the money is there.
    Success,
    /// `F`: it came to nothing.
    Failed,
    /// `SP`: suspect. Money may have moved, and Espay is not sure itself.
    Suspect,
    /// `IP`: in process. Also said of an order whose customer has not come yet.
    InProcess,
    /// `EX`: its time ran out.
    Expired,
    /// `WC`: waits for a correction.
    AwaitsCorrection,
    /// `WS`: waits, for something that is documented nowhere.
    Waits,
}

/// What an inquiry finds.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Found {
    /// The order stands there.
    At(Flag),
    /// Espay does not know it.
    Nothing,
    /// Espay speaks of another order or amount.
    Other(&'static str),
    /// Espay has trouble of its own.
    Busy,
}

/// Which order is asked about, and what has to be true of the answer.
#[derive(Clone, Debug)]
pub(crate) struct Subject {
    pub(crate) reference: String,
    pub(crate) method: MethodId,
    pub(crate) amount: Rupiah,
    /// When it was first sent.
    pub(crate) issued_at: Moment,
}

impl Flag {
    /// Reads the letters; nothing where they are not listed.
    pub(crate) fn read(letters: &str) -> Option<Self> {
        Some(match letters {
            "S" => Self::Success,
            "F" => Self::Failed,
            "SP" => Self::Suspect,
            "IP" => Self::InProcess,
            "EX" => Self::Expired,
            "WC" => Self::AwaitsCorrection,
            "WS" => Self::Waits,
            _ => return None,
        })
    }

    /// What it says for sure, where it does.
    pub(crate) const fn event(self) -> Option<Event> {
        match self {
            Self::Success => Some(Event::Settled),
            Self::Failed => Some(Event::Declined),
            Self::Expired => Some(Event::Lapsed),
            Self::Suspect | Self::InProcess | Self::AwaitsCorrection | Self::Waits => None,
        }
    }

    /// Whether money may be on its way, beyond what every unpaid order says.
    pub(crate) const fn is_in_doubt(self) -> bool {
        match self {
            Self::Suspect | Self::AwaitsCorrection | Self::Waits => true,
            Self::Success | Self::Failed | Self::InProcess | Self::Expired => false,
        }
    }
}

impl Subject {
    /// The order that is asked about.
    pub(crate) fn of(placed: &Placed) -> Self {
        Self {
            reference: placed.reference.clone(),
            method: placed.method,
            amount: placed.amount,
            issued_at: placed.issued_at,
        }
    }

    /// How the order stands, from what was found. Nothing but Espay's own letters ends it.
    pub(crate) fn standing(&self, found: Found, products: &Products, at: Moment) -> Standing {
        let Self { method, issued_at, .. } = *self;
        match found {
            Found::At(flag) => match flag.event() {
                Some(event) => Standing::Known(event),
                None => Standing::Unpaid {
                    prompting: products.prompting(method, issued_at, at)
                        || (flag.is_in_doubt() && products.in_its_time(method, issued_at, at)),
                },
            },
            Found::Nothing => Standing::Unheard,
            Found::Other(what) => Standing::Mismatch { what },
            Found::Busy => Standing::Busy,
        }
    }

    /// What an answer that speaks of this order and amount finds, and one that speaks of another.
    pub(crate) fn compare(
        &self,
        reference: Option<&str>,
        amount: Option<Rupiah>,
        flag: Flag,
    ) -> Found {
        if reference.is_some_and(|theirs| theirs != self.reference) {
            return Found::Other("order number");
        }
        if amount.is_some_and(|theirs| theirs != self.amount) {
            return Found::Other("amount");
        }
        Found::At(flag)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{DOCUMENTED, placed, products};
    use super::*;

    fn standing(method: MethodId, letters: &str, after_s: i64) -> Standing {
        let flag = Flag::read(letters).unwrap();
        let at = DOCUMENTED.plus_s(after_s);
        Subject::of(&placed(method)).standing(Found::At(flag), &products(), at)
    }

    #[test]
    fn letters_that_are_not_listed_say_nothing() {
        for letters in ["", "s", "SS", "00", "paid", " S", "S ", "Ｓ", "IPX"] {
            assert_eq!(Flag::read(letters), None, "{letters}");
        }
    }

    #[test]
    fn a_final_word_is_final_at_any_time() {
        for after_s in [0, 100, 1_000_000] {
            for (letters, event) in
                [("S", Event::Settled), ("F", Event::Declined), ("EX", Event::Lapsed)]
            {
                for method in [MethodId::Ovo, MethodId::Dana] {
                    let known = Standing::Known(event);
                    assert_eq!(standing(method, letters, after_s), known, "{letters}");
                }
            }
        }
    }

    #[test]
    fn what_is_in_process_or_in_doubt_is_unpaid_and_never_a_failure() {
        for letters in ["IP", "SP", "WC", "WS"] {
            for after_s in [0, 60, 1_000_000] {
                let said = standing(MethodId::Dana, letters, after_s);
                assert!(matches!(said, Standing::Unpaid { .. }), "{letters} {after_s}");
            }
        }
    }

    #[test]
    fn a_prompt_lives_for_its_seconds_and_doubt_for_the_orders_time() {
        for (method, letters, after_s, prompting) in [
            (MethodId::Ovo, "IP", 64, true),
            (MethodId::Ovo, "IP", 65, false),
            (MethodId::Dana, "IP", 0, false),
            (MethodId::Dana, "SP", 0, true),
            (MethodId::Dana, "SP", 909, true),
            (MethodId::Dana, "SP", 910, false),
        ] {
            let said = standing(method, letters, after_s);
            assert_eq!(said, Standing::Unpaid { prompting }, "{method:?} {letters} {after_s}");
        }
    }
}
