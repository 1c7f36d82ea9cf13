//! Giving money back: what the wallet never does is refused at once, everything else looks first.
//!
//! Looking first is what makes asking again safe: NICEPAY has no idempotency key for a cancel. The
//! rules that depend on the time come after the look, because a refund that was given before
//! midnight and asked about after it was given.

use kasir_shared::{Event, Moment, Rupiah};

use super::Nicepay;
use super::calls::cancel::Cancel;
use super::calls::inquiry::{Found, look};
use super::codes;
use super::methods::{self, Refunds, Window};
use super::text::{date, is_first_hour};
use crate::provider::{
    Dialogue, FailureReason, Placed, ProviderError, RefundOrder, RefundOutcome, Refusal, Standing,
};

/// What we refuse in NICEPAY's stead has a word of ours for a code.
const OUR_CODE: &str = "not_offered";

const DAY_MS: i64 = 86_400_000;

pub(crate) fn refund(
    nicepay: &Nicepay,
    placed: &Placed,
    refund: &RefundOrder,
    at: Moment,
) -> Result<Dialogue<RefundOutcome>, ProviderError> {
    let (transaction, given, rules) = match asked_for(placed, refund)? {
        Asked::For { transaction, given, rules } => (transaction, given, rules),
        Asked::ForWhatIsNotOffered => return Ok(Dialogue::Done(not_offered())),
    };
    let cancel = Cancel::new(nicepay, (placed, transaction), refund, at)?;
    let paid_at = placed.paid_at;
    look(nicepay, (placed, transaction), at, move |found| match seen(&found)? {
        Seen::Paid if found.given_back >= given => Ok(Dialogue::Done(RefundOutcome::Refunded)),
        Seen::Paid => match timely(rules, paid_at, at) {
            None => Ok(cancel.ask()),
            Some(outcome) => Ok(Dialogue::Done(outcome)),
        },
        Seen::Unpaid => Ok(Dialogue::Done(RefundOutcome::Refused(codes::refusal(
            &format!("status {}", found.status),
            FailureReason::Declined,
        )))),
        Seen::Busy => Ok(Dialogue::Done(RefundOutcome::Busy)),
    })
}

/// A refund, once it is sure that it makes sense.
pub(crate) enum Asked<'a> {
    For {
        /// The `tXid`.
        transaction: &'a str,
        /// What will have been given back with it.
        given: Rupiah,
        /// What the wallet gives back.
        rules: Refunds,
    },
    /// The wallet never does this.
    ForWhatIsNotOffered,
}

pub(crate) fn asked_for<'a>(
    placed: &'a Placed,
    refund: &RefundOrder,
) -> Result<Asked<'a>, ProviderError> {
    let unsendable = |why| Err(ProviderError::Unsendable { why });
    let Some(transaction) = placed.transaction.as_deref() else {
        return unsendable("there is no tXid to give back");
    };
    let Some(given) = refund.already.checked_add(refund.amount) else {
        return unsendable("more is to be given back than can be written");
    };
    if refund.amount.is_zero() || given > placed.amount {
        return unsendable("nothing, or more than was paid, is to be given back");
    }
    let Some(method) = methods::row(placed.method) else {
        return unsendable("NICEPAY does not serve this method");
    };
    let rules = method.refunds;
    let partial = refund.amount < placed.amount;
    if rules.window == Window::Never || (partial && !rules.partial) {
        return Ok(Asked::ForWhatIsNotOffered);
    }
    Ok(Asked::For { transaction, given, rules })
}

enum Seen {
    /// It was paid; some or all of it may have gone back since.
    Paid,
    /// There is nothing to give back.
    Unpaid,
    Busy,
}

fn seen(found: &Found) -> Result<Seen, ProviderError> {
    match &found.standing {
        Standing::Known(Event::Settled | Event::Reversed) => Ok(Seen::Paid),
        Standing::Known(Event::Accepted | Event::Declined | Event::Lapsed | Event::Withdrawn)
        | Standing::Unpaid { .. } => Ok(Seen::Unpaid),
        Standing::Busy => Ok(Seen::Busy),
        Standing::Mismatch { what } => Err(ProviderError::Unreadable { why: what }),
        Standing::Unheard => {
            Err(ProviderError::Unreadable { why: "NICEPAY does not know an order that was paid" })
        }
    }
}

/// What the clock says against a refund. Where nobody knows when the order was paid, NICEPAY is asked.
pub(crate) fn timely(rules: Refunds, paid_at: Option<Moment>, at: Moment) -> Option<RefundOutcome> {
    let over = paid_at.is_some_and(|paid_at| match rules.window {
        Window::Never => true,
        Window::SameDay => date(paid_at) != date(at),
        Window::Days(days) => {
            at.unix_ms.saturating_sub(paid_at.unix_ms) >= i64::from(days) * DAY_MS
        }
    });
    if over {
        return Some(not_offered());
    }
    (rules.sleeps_at_midnight && is_first_hour(at)).then_some(RefundOutcome::Busy)
}

pub(crate) fn not_offered() -> RefundOutcome {
    let code = OUR_CODE.to_owned();
    RefundOutcome::Refused(Refusal { code, reason: FailureReason::NotSupported })
}

#[cfg(test)]
mod tests {
    use kasir_shared::MethodId;

    use super::super::testing::{answer, nicepay, placed, refund_order};
    use super::*;

    const NOON: &str = "2022-12-08T05:00:00.000Z";

    /// A refund of an order over 2000 that was paid at noon.
    fn asked(
        method: MethodId,
        (amount, already): (u64, u64),
        at: &str,
    ) -> Result<Dialogue<RefundOutcome>, ProviderError> {
        let mut placed = placed(method);
        placed.paid_at = Some(NOON.parse().unwrap());
        refund(&nicepay(), &placed, &refund_order(amount, already), at.parse().unwrap())
    }

    fn looked(
        method: MethodId,
        amounts: (u64, u64),
        (at, body): (&str, &str),
    ) -> Result<Dialogue<RefundOutcome>, ProviderError> {
        let Dialogue::Ask(exchange) = asked(method, amounts, at).unwrap() else {
            panic!("it looks first")
        };
        assert_eq!(exchange.operation, "inquiry");
        exchange.answer(answer(body))
    }

    const PAID: &str = r#"{"resultCd":"0000","payMethod":"05","status":"0"}"#;

    fn goes_on(dialogue: &Dialogue<RefundOutcome>) -> bool {
        matches!(dialogue, Dialogue::Ask(exchange) if exchange.operation == "cancel")
    }

    #[test]
    fn what_makes_no_sense_is_not_sent() {
        for amounts in [(0, 0), (2001, 0), (1500, 501), (999_999_999_999, 1)] {
            let dialogue = asked(MethodId::Dana, amounts, NOON);
            assert!(matches!(dialogue, Err(ProviderError::Unsendable { .. })), "{amounts:?}");
        }
        let mut placed = placed(MethodId::Dana);
        placed.transaction = None;
        let dialogue = refund(&nicepay(), &placed, &refund_order(1, 0), NOON.parse().unwrap());
        assert!(matches!(dialogue, Err(ProviderError::Unsendable { .. })));
    }

    #[test]
    fn what_a_wallet_never_gives_back_is_refused_without_asking() {
        for (method, amounts) in [
            (MethodId::Astrapay, (2000, 0)),
            (MethodId::Ovo, (1999, 0)),
            (MethodId::Linkaja, (500, 0)),
        ] {
            let dialogue = asked(method, amounts, NOON).unwrap();
            assert!(matches!(dialogue, Dialogue::Done(outcome) if outcome == not_offered()));
        }
    }

    #[test]
    fn a_refund_that_was_given_is_not_given_twice() {
        for (amounts, body) in [
            ((2000, 0), r#"{"resultCd":"0000","payMethod":"05","status":"1"}"#),
            ((2000, 0), r#"{"resultCd":"0000","status":"2","cancelAmt":"2000"}"#),
            ((500, 0), r#"{"resultCd":"0000","status":"0","cancelAmt":"500"}"#),
            ((500, 1000), r#"{"resultCd":"0000","status":"2","cancelAmt":1500}"#),
        ] {
            let dialogue = looked(MethodId::Dana, amounts, (NOON, body)).unwrap();
            assert!(
                matches!(dialogue, Dialogue::Done(RefundOutcome::Refunded)),
                "{amounts:?} {body}"
            );
        }
        let earlier = r#"{"resultCd":"0000","status":"0","cancelAmt":"1000"}"#;
        assert!(goes_on(&looked(MethodId::Dana, (500, 1000), (NOON, earlier)).unwrap()));
    }

    #[test]
    fn doubt_and_trouble_give_nothing_back() {
        for body in ["<html>", r#"{"resultCd":"9003"}"#, r#"{"resultCd":"0000","amt":"1"}"#] {
            assert!(looked(MethodId::Dana, (2000, 0), (NOON, body)).is_err(), "{body}");
        }
        let busy = looked(MethodId::Dana, (2000, 0), (NOON, r#"{"resultCd":"9002"}"#)).unwrap();
        assert!(matches!(busy, Dialogue::Done(RefundOutcome::Busy)));
        for status in ["3", "4", "5", "8", "9"] {
            let body = format!(r#"{{"resultCd":"0000","status":"{status}"}}"#);
            let dialogue = looked(MethodId::Dana, (2000, 0), (NOON, &body)).unwrap();
            let Dialogue::Done(RefundOutcome::Refused(refusal)) = dialogue else { panic!() };
            assert_eq!(refusal.code, format!("status {status}"));
        }
    }

    #[test]
    fn ovo_gives_back_on_the_day_of_the_payment_in_jakarta() {
        for (at, offered) in
            [("2022-12-08T16:59:59.999Z", true), ("2022-12-08T17:00:00.000Z", false)]
        {
            let dialogue = looked(MethodId::Ovo, (2000, 0), (at, PAID)).unwrap();
            assert_eq!(goes_on(&dialogue), offered, "{at}");
        }
        let given = r#"{"resultCd":"0000","status":"1"}"#;
        let late = looked(MethodId::Ovo, (2000, 0), ("2022-12-09T05:00:00.000Z", given)).unwrap();
        assert!(matches!(late, Dialogue::Done(RefundOutcome::Refunded)));
    }

    #[test]
    fn dana_gives_back_for_thirty_days_and_sleeps_after_midnight() {
        for (at, offered) in [
            ("2022-12-09T05:00:00.000Z", true),
            ("2023-01-07T04:59:59.999Z", true),
            ("2023-01-07T05:00:00.000Z", false),
        ] {
            let dialogue = looked(MethodId::Dana, (500, 0), (at, PAID)).unwrap();
            assert_eq!(goes_on(&dialogue), offered, "{at}");
        }
        let asleep = looked(MethodId::Dana, (500, 0), ("2022-12-08T17:30:00.000Z", PAID)).unwrap();
        assert!(matches!(asleep, Dialogue::Done(RefundOutcome::Busy)));
    }

    #[test]
    fn nobody_knows_when_it_was_paid_and_nicepay_decides() {
        let mut placed = placed(MethodId::Ovo);
        placed.paid_at = None;
        let at = "2023-12-08T05:00:00.000Z".parse().unwrap();
        let Dialogue::Ask(exchange) =
            refund(&nicepay(), &placed, &refund_order(2000, 0), at).unwrap()
        else {
            panic!("it looks first")
        };
        assert!(goes_on(&exchange.answer(answer(PAID)).unwrap()));
    }
}
