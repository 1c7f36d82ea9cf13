//! Giving money back over SNAP: what the wallet never does is refused at once, everything else looks
//! first, because an earlier answer may have been lost.

use kasir_shared::Event;

use super::NicepaySnap;
use super::calls::refund::Refund;
use super::calls::status::{Found, REFUNDED, look};
use crate::provider::nicepay::methods::Refunds;
use crate::provider::nicepay::refund::{Asked, asked_for, not_offered, timely};
use crate::provider::{
    Dialogue, FailureReason, Occasion, Placed, ProviderError, RefundOrder, RefundOutcome, Refusal,
    Standing,
};

pub(super) fn refund(
    snap: &NicepaySnap,
    placed: &Placed,
    refund: &RefundOrder,
    now: Occasion,
) -> Result<Dialogue<RefundOutcome>, ProviderError> {
    let (transaction, rules): (&str, Refunds) = match asked_for(placed, refund)? {
        Asked::For { transaction, rules, .. } => (transaction, rules),
        Asked::ForWhatIsNotOffered => return Ok(Dialogue::Done(not_offered())),
    };
    let call = Refund::new(snap, (placed, transaction), refund)?;
    let (paid_at, first) = (placed.paid_at, refund.already.is_zero());
    look(snap, (placed, transaction), now, move |found| {
        let outcome = match seen(&found)? {
            // The status does not say how much went back. Where nothing had before, it is this.
            Seen::Reversed if first => Some(RefundOutcome::Refunded),
            Seen::Reversed | Seen::Paid => timely(rules, paid_at, now.at),
            Seen::Unpaid(refusal) => Some(RefundOutcome::Refused(refusal)),
            Seen::Busy => Some(RefundOutcome::Busy),
        };
        Ok(outcome.map_or_else(|| call.ask(now), Dialogue::Done))
    })
}

enum Seen {
    /// It was paid, and nothing shows that any of it went back.
    Paid,
    /// It was paid, and some of it or all went back.
    Reversed,
    /// There is nothing to give back.
    Unpaid(Refusal),
    Busy,
}

fn seen(found: &Found) -> Result<Seen, ProviderError> {
    match found.standing {
        Standing::Known(Event::Settled | Event::Reversed) if found.status == REFUNDED => {
            Ok(Seen::Reversed)
        }
        Standing::Known(Event::Settled | Event::Reversed) => Ok(Seen::Paid),
        Standing::Known(Event::Accepted | Event::Declined | Event::Lapsed | Event::Withdrawn)
        | Standing::Unpaid { .. } => {
            let code = format!("status {}", found.status);
            Ok(Seen::Unpaid(Refusal { code, reason: FailureReason::Declined }))
        }
        Standing::Busy => Ok(Seen::Busy),
        Standing::Mismatch { what } => Err(ProviderError::Unreadable { why: what }),
        Standing::Unheard => {
            Err(ProviderError::Unreadable { why: "NICEPAY does not know an order that was paid" })
        }
    }
}

#[cfg(test)]
mod tests {
    use kasir_shared::{MethodId, Moment, Rupiah};

    use super::super::testing::{exchange, occasion, snap, status_body, with_token};
    use super::*;
    use crate::provider::nicepay::testing::{answer, placed, refund_order, status};

    fn asked(
        method: MethodId,
        (amount, already): (u64, u64),
        paid_at: Option<Moment>,
    ) -> Result<Dialogue<RefundOutcome>, ProviderError> {
        let mut placed = placed(method);
        placed.paid_at = paid_at;
        placed.refunded = Rupiah::new(already).unwrap();
        refund(&snap(), &placed, &refund_order(amount, already), occasion())
    }

    /// What it does once a look has found this status.
    fn looked(
        method: MethodId,
        amounts: (u64, u64),
        status: &str,
    ) -> Result<Dialogue<RefundOutcome>, ProviderError> {
        let exchange = exchange(with_token(asked(method, amounts, None)?, "t"));
        assert_eq!(exchange.operation, "inquiry");
        exchange.answer(answer(&status_body(status)))
    }

    fn done(dialogue: Result<Dialogue<RefundOutcome>, ProviderError>) -> RefundOutcome {
        match dialogue.unwrap() {
            Dialogue::Done(outcome) => outcome,
            Dialogue::Ask(_) | Dialogue::Authorize(_) => panic!("nothing is left to ask"),
        }
    }

    #[test]
    fn what_makes_no_sense_is_not_sent() {
        for amounts in [(0, 0), (2001, 0), (1500, 501)] {
            let dialogue = asked(MethodId::Dana, amounts, None);
            assert!(matches!(dialogue, Err(ProviderError::Unsendable { .. })), "{amounts:?}");
        }
    }

    #[test]
    fn what_a_wallet_never_does_is_refused_without_asking() {
        for (method, amounts) in [(MethodId::Ovo, (500, 0)), (MethodId::Linkaja, (500, 0))] {
            assert_eq!(done(asked(method, amounts, None)), not_offered(), "{method:?}");
        }
    }

    #[test]
    fn nothing_is_given_back_of_what_was_never_paid_or_cannot_be_seen() {
        for status in ["01", "03", "05", "06"] {
            let outcome = done(looked(MethodId::Dana, (2000, 0), status));
            let RefundOutcome::Refused(refusal) = outcome else { panic!("{status}") };
            assert_eq!(refusal.code, format!("status {status}"));
        }
        let unheard = looked(MethodId::Dana, (2000, 0), "07");
        assert!(matches!(unheard, Err(ProviderError::Unreadable { .. })));
        let exchange = exchange(with_token(asked(MethodId::Dana, (2000, 0), None).unwrap(), "t"));
        assert_eq!(done(exchange.answer(status(503, ""))), RefundOutcome::Busy);
    }

    #[test]
    fn what_was_given_back_already_is_not_given_twice() {
        for amounts in [(2000, 0), (500, 0)] {
            let outcome = done(looked(MethodId::Dana, amounts, "04"));
            assert_eq!(outcome, RefundOutcome::Refunded, "{amounts:?}");
        }
    }

    #[test]
    fn a_second_part_is_asked_for_although_a_first_one_went_back() {
        let dialogue = looked(MethodId::Dana, (500, 500), "04").unwrap();
        assert_eq!(exchange(with_token(dialogue, "t")).operation, "refund");
    }

    #[test]
    fn ovo_gives_back_on_the_day_of_the_payment_only() {
        let yesterday = occasion().at.plus_s(-86_400);
        let exchange =
            exchange(with_token(asked(MethodId::Ovo, (2000, 0), Some(yesterday)).unwrap(), "t"));
        assert_eq!(done(exchange.answer(answer(&status_body("00")))), not_offered());
    }

    #[test]
    fn a_look_and_a_refund_have_external_ids_of_their_own_even_when_both_are_repeated() {
        let refused = || status(401, r#"{"responseCode":"4015501"}"#);
        let first = exchange(with_token(asked(MethodId::Dana, (2000, 0), None).unwrap(), "a"));
        let mut ids = vec![first.request.headers()["x-external-id"].clone()];
        let second = exchange(with_token(first.answer(refused()).unwrap(), "b"));
        ids.push(second.request.headers()["x-external-id"].clone());
        let dialogue = second.answer(answer(&status_body("00"))).unwrap();
        let third = exchange(with_token(dialogue, "b"));
        ids.push(third.request.headers()["x-external-id"].clone());
        let fourth = exchange(with_token(third.answer(refused()).unwrap(), "c"));
        ids.push(fourth.request.headers()["x-external-id"].clone());
        ids.dedup();
        assert_eq!(ids.len(), 4);
    }
}
