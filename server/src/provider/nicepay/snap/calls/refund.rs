//! `POST /api/v1.0/debit/refund`: gives money back, all of it or a part.

use bytes::Bytes;
use kasir_shared::Rupiah;
use serde::{Deserialize, Serialize};

use super::super::NicepaySnap;
use super::REFUND;
use crate::provider::snap::amount::Amount;
use crate::provider::snap::call;
use crate::provider::snap::code::{Answer, Course, Errand};
use crate::provider::snap::text::portable;
use crate::provider::snap::token::{Line, Question};
use crate::provider::words::{present, unreadable};
use crate::provider::{Dialogue, Occasion, Placed, ProviderError, RefundOrder, RefundOutcome};

/// The longest `reason`.
const REASON_MAX: usize = 256;
/// The longest `partnerRefundNo`.
const NUMBER_MAX: usize = 40;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    merchant_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    sub_merchant_id: Option<&'a str>,
    original_partner_reference_no: &'a str,
    original_reference_no: &'a str,
    partner_refund_no: &'a str,
    refund_amount: Amount,
    #[serde(skip_serializing_if = "Option::is_none")]
    external_store_id: Option<&'a str>,
    reason: String,
    additional_info: Details,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Details {
    refund_type: &'static str,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Reply {
    original_reference_no: Option<String>,
    partner_refund_no: Option<String>,
    refund_amount: Option<Amount>,
}

/// A refund that is ready to be asked for.
pub(crate) struct Refund {
    line: Line,
    body: Bytes,
    asked: Asked,
}

/// What the answer has to fit.
struct Asked {
    transaction: String,
    number: String,
    amount: Rupiah,
    partial: bool,
}

impl Refund {
    pub(crate) fn new(
        snap: &NicepaySnap,
        (placed, transaction): (&Placed, &str),
        refund: &RefundOrder,
    ) -> Result<Self, ProviderError> {
        let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
        if refund.number.len() > NUMBER_MAX || !refund.number.bytes().all(plain) {
            return Err(ProviderError::Unsendable { why: "refund number does not fit" });
        }
        let partial = refund.amount < placed.amount;
        let reason = portable(&refund.reason, REASON_MAX);
        let body = call::body(&Body {
            merchant_id: &snap.account.imid,
            sub_merchant_id: snap.account.sub_merchant_id.as_deref(),
            original_partner_reference_no: &placed.reference,
            original_reference_no: transaction,
            partner_refund_no: &refund.number,
            refund_amount: Amount::of(refund.amount),
            external_store_id: snap.account.external_store_id.as_deref(),
            reason: if reason.is_empty() { "Refund".to_owned() } else { reason },
            additional_info: Details { refund_type: if partial { "2" } else { "1" } },
        })?;
        let asked = Asked {
            transaction: transaction.to_owned(),
            number: refund.number.clone(),
            amount: refund.amount,
            partial,
        };
        Ok(Self { line: snap.line.clone(), body, asked })
    }

    /// Asks, as the second question of its conversation.
    pub(crate) fn ask(self, now: Occasion) -> Dialogue<RefundOutcome> {
        let Self { line, body, asked } = self;
        let question = Question { service: REFUND, body, now, number: 2 };
        line.ask(question, move |answer| read(&answer, &asked).map(Dialogue::Done))
    }
}

fn read(answer: &Answer, asked: &Asked) -> Result<RefundOutcome, ProviderError> {
    if is_repeated(answer) {
        return Ok(repeated(asked));
    }
    match answer.course(Errand::Refund) {
        Course::Read => given_back(&answer.body()?, asked),
        Course::Refused => Ok(RefundOutcome::Refused(answer.refusal())),
        Course::Mend => Err(answer.mistake()),
        // Whether the money went back is open; whoever comes back later looks first.
        Course::Again | Course::Unsure | Course::Taken => Ok(RefundOutcome::Busy),
        Course::NotKnown => unreadable("NICEPAY does not know an order that was paid"),
    }
}

fn is_repeated(answer: &Answer) -> bool {
    answer.code.is_some_and(|code| (code.http, code.case) == (409, 1))
}

/// The number was used, and nobody but us uses it: an earlier call of ours was heard. Of a whole
/// refund the status tells what became of it. A part never shows there, and the standard has this
/// code for what succeeded.
fn repeated(asked: &Asked) -> RefundOutcome {
    if asked.partial { RefundOutcome::Refunded } else { RefundOutcome::Busy }
}

fn given_back(reply: &Reply, asked: &Asked) -> Result<RefundOutcome, ProviderError> {
    let other = |theirs: Option<&String>, ours: &str| present(theirs).is_some_and(|it| it != ours);
    if other(reply.original_reference_no.as_ref(), &asked.transaction) {
        return unreadable("originalReferenceNo is not ours");
    }
    if other(reply.partner_refund_no.as_ref(), &asked.number) {
        return unreadable("partnerRefundNo is not ours");
    }
    if reply.refund_amount.as_ref().is_some_and(|it| it.rupiah() != Some(asked.amount)) {
        return unreadable("refundAmount is not ours");
    }
    Ok(RefundOutcome::Refunded)
}

#[cfg(test)]
mod tests {
    use http::Response;
    use kasir_shared::MethodId;
    use proptest::prelude::*;
    use serde_json::json;

    use super::super::super::testing::{asked as heard, exchange, occasion, snap, with_token};
    use super::*;
    use crate::provider::FailureReason;
    use crate::provider::nicepay::testing::{answer, placed, refund_order, status};

    const GOLDEN: &str =
        include_str!("../../../../../../tests/vectors/nicepay/snap/refund/question.json");
    const ANSWER: &str =
        include_str!("../../../../../../tests/vectors/nicepay/snap/refund/answer.json");
    const TRANSACTION: &str = "IONPAYTEST05202212080659591234";

    fn order(amount: u64, reason: &str) -> RefundOrder {
        RefundOrder { reason: reason.to_owned(), ..refund_order(amount, 0) }
    }

    fn asked(amount: u64, reason: &str) -> Dialogue<RefundOutcome> {
        let placed = placed(MethodId::Dana);
        let refund = Refund::new(&snap(), (&placed, TRANSACTION), &order(amount, reason)).unwrap();
        refund.ask(occasion())
    }

    fn said(answer: Response<Bytes>) -> Result<RefundOutcome, ProviderError> {
        heard(asked(2000, "Barang habis"), answer)
    }

    fn coded(amount: u64, code: &str) -> Result<RefundOutcome, ProviderError> {
        let body = json!({ "responseCode": code }).to_string();
        heard(asked(amount, "Barang habis"), status(code[..3].parse().unwrap(), &body))
    }

    #[test]
    fn what_is_no_answer_gives_nothing_back() {
        for body in ["", "<html>", &ANSWER[..60]] {
            let outcome = said(answer(body));
            assert!(matches!(outcome, Err(ProviderError::Unreadable { .. })), "{body}");
        }
        for (name, value) in [
            ("originalReferenceNo", json!("ANOTHER")),
            ("partnerRefundNo", json!("ref_2")),
            ("refundAmount", json!({ "value": "1999.00", "currency": "IDR" })),
            ("refundAmount", json!("2000.00")),
        ] {
            let mut body: serde_json::Value = serde_json::from_str(ANSWER).unwrap();
            body[name] = value;
            assert!(said(answer(&body.to_string())).is_err(), "{name}");
        }
    }

    #[test]
    fn doubt_is_no_refusal_and_a_refusal_keeps_the_money() {
        for code in ["2025800", "5005800", "5045800", "4295800", "4095800", "4045818", "2005400"] {
            assert_eq!(coded(2000, code), Ok(RefundOutcome::Busy), "{code}");
        }
        for (code, reason) in [
            ("4035815", FailureReason::Declined),
            ("4035802", FailureReason::Declined),
            ("4045800", FailureReason::Declined),
            ("4055801", FailureReason::NotSupported),
            ("4035801", FailureReason::NotSupported),
            ("4055800", FailureReason::NotSupported),
        ] {
            let Ok(RefundOutcome::Refused(refusal)) = coded(2000, code) else { panic!("{code}") };
            assert_eq!((refusal.code.as_str(), refusal.reason), (code, reason));
        }
        for code in ["4005801", "4015800", "4045816"] {
            let outcome = coded(2000, code);
            assert!(matches!(outcome, Err(ProviderError::Misconfigured { .. })), "{code}");
        }
        assert!(matches!(coded(2000, "4045801"), Err(ProviderError::Unreadable { .. })));
    }

    #[test]
    fn a_number_that_was_heard_before_was_given_or_is_looked_at_again() {
        assert_eq!(coded(2000, "4095801"), Ok(RefundOutcome::Busy));
        assert_eq!(coded(500, "4095801"), Ok(RefundOutcome::Refunded));
    }

    #[test]
    fn a_number_that_does_not_fit_is_not_sent() {
        let mut order = order(2000, "Barang habis");
        order.number = "r".repeat(41);
        let refund = Refund::new(&snap(), (&placed(MethodId::Dana), TRANSACTION), &order);
        assert!(matches!(refund, Err(ProviderError::Unsendable { .. })));
    }

    #[test]
    fn the_question_is_the_documents() {
        let request = exchange(with_token(asked(2000, "Barang habis"), "t")).request;
        assert_eq!(request.uri(), "https://dev.nicepay.co.id/nicepay/api/v1.0/debit/refund");
        assert_eq!(std::str::from_utf8(request.body()).unwrap(), GOLDEN.trim_end());
    }

    #[test]
    fn a_part_is_asked_back_as_a_part_and_always_with_a_reason_in_ascii() {
        for (reason, written) in [("王", "Refund"), ("Rusak “é”", "Rusak e")] {
            let request = exchange(with_token(asked(500, reason), "t")).request;
            let body: serde_json::Value = serde_json::from_slice(request.body()).unwrap();
            assert_eq!(body["additionalInfo"]["refundType"], "2");
            assert_eq!(body["refundAmount"]["value"], "500.00");
            assert_eq!(body["reason"], written);
        }
    }

    #[test]
    fn the_answer_gives_the_money_back() {
        assert_eq!(said(answer(ANSWER)), Ok(RefundOutcome::Refunded));
        assert_eq!(said(answer(r#"{"responseCode":"2005800"}"#)), Ok(RefundOutcome::Refunded));
    }

    proptest! {
        #[test]
        fn no_answer_makes_it_panic_or_refunds(body in any::<Vec<u8>>(), code in 200_u16..600) {
            let mut answer = Response::new(Bytes::from(body));
            *answer.status_mut() = code.try_into().unwrap();
            let outcome = said(answer);
            let moved = matches!(outcome, Ok(RefundOutcome::Refunded | RefundOutcome::Refused(_)));
            prop_assert!(!moved);
        }
    }
}
