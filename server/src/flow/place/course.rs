//! What is to become of an order after an answer, or after none. Pure: the table of the house for what
//! may be done while nobody knows.

use crate::courier::CourierError;
use crate::provider::{FailureReason, ProviderError, Started};

/// Seconds after which an order is sent again, identical, that nobody knows about.
const AGAIN_S: [i64; 3] = [2, 5, 15];

/// What is to become of an order.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Course {
    /// The provider has it.
    Placed,
    /// The wallet or the customer said no: no other account would do better.
    Refused,
    /// The provider took nothing and may take it later; another account may take it at once.
    Untaken,
    /// The provider takes nothing of the kind, now or later; another account may at once.
    Unfit,
    /// Nobody knows: the identical order is sent again.
    Again {
        /// In so many seconds.
        after_s: i64,
    },
    /// It may be there, but nobody has the way to it: it can be left behind.
    Lost,
    /// It may be on the customer's phone: nothing else is placed until its life is over.
    WaitOut,
}

/// How an order left us, the sending included that has just ended.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sent {
    /// Whether it alone prompts on the customer's phone.
    pub(super) prompts: bool,
    /// How often its number may have been heard.
    pub(super) times: u32,
}

impl Sent {
    /// Whether an earlier sending of this number may have been heard.
    const fn before(self) -> bool {
        self.times > 1
    }

    /// What silence means.
    fn unknown(self) -> Course {
        let sendings = usize::try_from(self.times.saturating_sub(1)).unwrap_or(usize::MAX);
        match AGAIN_S.get(sendings) {
            Some(after_s) => Course::Again { after_s: *after_s },
            None if self.prompts => Course::WaitOut,
            None => Course::Lost,
        }
    }

    /// What `course` comes to: this sending's answer says nothing about an earlier one, which may be
    /// on the customer's phone.
    fn unless_prompting(self, course: Course) -> Course {
        if self.prompts && self.before() { Course::WaitOut } else { course }
    }

    /// The same, for what may be asked again.
    fn unless_unknown(self, course: Course) -> Course {
        if self.prompts && self.before() { self.unknown() } else { course }
    }
}

/// What is to become of an order that was sent so, after this outcome.
pub(super) fn course(outcome: &Result<Started, CourierError>, sent: Sent) -> Course {
    match outcome {
        Ok(Started::Placed { .. }) => Course::Placed,
        Ok(Started::Refused(refusal)) => sent.unless_prompting(match refusal.reason {
            FailureReason::Declined | FailureReason::LowBalance | FailureReason::LinkGone => {
                Course::Refused
            }
            FailureReason::NotSupported => Course::Unfit,
        }),
        Err(CourierError::Provider(
            ProviderError::Misconfigured { .. } | ProviderError::Unsendable { .. },
        )) => sent.unless_prompting(Course::Unfit),
        Ok(Started::Busy | Started::ReferenceTaken) | Err(CourierError::Unsaid(_)) => {
            sent.unless_unknown(Course::Untaken)
        }
        Ok(Started::Orphaned) if sent.prompts => Course::WaitOut,
        Ok(Started::Orphaned) => Course::Lost,
        Err(
            CourierError::Silence(_)
            | CourierError::Endless
            | CourierError::Provider(ProviderError::Unreadable { .. } | ProviderError::Forged { .. }),
        ) => sent.unknown(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::Refusal;

    fn silence() -> Result<Started, CourierError> {
        Err(CourierError::Silence("too slow".to_owned()))
    }

    fn refused(reason: FailureReason) -> Started {
        Started::Refused(Refusal { code: "4035414".to_owned(), reason })
    }

    fn misconfigured() -> Result<Started, CourierError> {
        let (code, why) = ("4015400".to_owned(), "the signature");
        Err(CourierError::Provider(ProviderError::Misconfigured { code, why }))
    }

    const REDIRECT: bool = false;
    const PUSH: bool = true;

    fn after(outcome: &Result<Started, CourierError>, prompts: bool, times: u32) -> Course {
        course(outcome, Sent { prompts, times })
    }

    #[test]
    fn silence_is_answered_by_the_identical_order_three_times_and_never_by_a_failure() {
        for prompts in [REDIRECT, PUSH] {
            let courses: Vec<_> = (1..=3).map(|times| after(&silence(), prompts, times)).collect();
            assert_eq!(courses, [2, 5, 15].map(|after_s| Course::Again { after_s }));
        }
        assert_eq!(after(&silence(), REDIRECT, 4), Course::Lost);
        assert_eq!(after(&silence(), PUSH, 4), Course::WaitOut);
        assert_eq!(after(&silence(), PUSH, 40), Course::WaitOut);
    }

    #[test]
    fn an_answer_that_cannot_be_read_is_silence() {
        let unreadable = Err(ProviderError::Unreadable { why: "eight digits" }.into());
        assert_eq!(after(&unreadable, PUSH, 1), Course::Again { after_s: 2 });
        assert_eq!(after(&Err(CourierError::Endless), PUSH, 4), Course::WaitOut);
    }

    #[test]
    fn what_was_surely_not_taken_may_go_elsewhere_at_once() {
        let unsaid = Err(CourierError::Unsaid("no connection".to_owned()));
        for prompts in [REDIRECT, PUSH] {
            assert_eq!(after(&unsaid, prompts, 1), Course::Untaken);
            assert_eq!(after(&Ok(Started::Busy), prompts, 1), Course::Untaken);
            assert_eq!(after(&misconfigured(), prompts, 1), Course::Unfit);
            assert_eq!(after(&Ok(refused(FailureReason::NotSupported)), prompts, 1), Course::Unfit);
        }
    }

    #[test]
    fn a_refusal_by_the_wallet_goes_nowhere_else() {
        for reason in [FailureReason::Declined, FailureReason::LowBalance] {
            assert_eq!(after(&Ok(refused(reason)), PUSH, 1), Course::Refused);
            assert_eq!(after(&Ok(refused(reason)), REDIRECT, 3), Course::Refused);
        }
    }

    #[test]
    fn whatever_is_said_of_a_later_sending_an_earlier_one_may_be_on_the_phone() {
        let unsaid = Err(CourierError::Unsaid("no connection".to_owned()));
        for outcome in [
            Ok(refused(FailureReason::Declined)),
            Ok(refused(FailureReason::NotSupported)),
            misconfigured(),
            Ok(Started::Orphaned),
        ] {
            assert_eq!(after(&outcome, PUSH, 2), Course::WaitOut, "{outcome:?}");
        }
        for outcome in [unsaid, Ok(Started::Busy)] {
            assert_eq!(after(&outcome, PUSH, 2), Course::Again { after_s: 5 }, "{outcome:?}");
            assert_eq!(after(&outcome, PUSH, 4), Course::WaitOut, "{outcome:?}");
        }
    }

    #[test]
    fn a_number_that_is_taken_is_left_at_once_where_nobody_has_the_way_to_it() {
        assert_eq!(after(&Ok(Started::Orphaned), REDIRECT, 1), Course::Lost);
        assert_eq!(after(&Ok(Started::Orphaned), REDIRECT, 2), Course::Lost);
        assert_eq!(after(&Ok(Started::Orphaned), PUSH, 1), Course::WaitOut);
    }
}
