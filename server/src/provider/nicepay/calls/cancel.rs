//! `POST /direct/v2/cancel`: gives money back, all of it or a part.

use bytes::Bytes;
use http::{Request, Response};
use kasir_shared::{Moment, Rupiah};
use serde::{Deserialize, Serialize};

use super::super::Nicepay;
use super::super::codes::{self, Meaning, Operation};
use super::super::text::{cleaned, digits, time_stamp};
use super::{Amt, Heard, post_json, read_json};
use crate::provider::words::{present, unreadable};
use crate::provider::{Dialogue, Placed, ProviderError, RefundOrder, RefundOutcome};

/// The longest `cancelMsg`.
const MESSAGE_MAX: usize = 255;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Question<'a> {
    time_stamp: &'a str,
    t_xid: &'a str,
    i_mid: &'a str,
    pay_method: &'static str,
    cancel_type: &'static str,
    cancel_msg: String,
    merchant_token: String,
    amt: &'a str,
    // The merchant's order number, as NICEPAY's own libraries send it. The page of the hosted
    // checkout calls it the number of the cancel; it enters no token.
    reference_no: &'a str,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    result_cd: Option<String>,
    t_xid: Option<String>,
    #[serde(default)]
    amt: Amt,
}

/// A refund that is ready to be asked for.
pub(crate) struct Cancel {
    request: Request<Bytes>,
    transaction: String,
    amount: Rupiah,
}

impl Cancel {
    pub(crate) fn new(
        nicepay: &Nicepay,
        (placed, transaction): (&Placed, &str),
        refund: &RefundOrder,
        at: Moment,
    ) -> Result<Self, ProviderError> {
        let (time_stamp, amount) = (time_stamp(at), digits(refund.amount));
        let message = cleaned(&refund.reason, MESSAGE_MAX);
        let question = Question {
            time_stamp: &time_stamp,
            t_xid: transaction,
            i_mid: nicepay.signer.imid(),
            pay_method: codes::WALLET,
            cancel_type: if refund.amount == placed.amount { "1" } else { "2" },
            cancel_msg: if message.is_empty() { "Refund".to_owned() } else { message },
            merchant_token: nicepay.signer.cancel(&time_stamp, transaction, &amount),
            amt: &amount,
            reference_no: &placed.reference,
        };
        Ok(Self {
            request: post_json(&nicepay.endpoints.cancel, &question)?,
            transaction: transaction.to_owned(),
            amount: refund.amount,
        })
    }

    pub(crate) fn ask(self) -> Dialogue<RefundOutcome> {
        let Self { request, transaction, amount } = self;
        Dialogue::ask("cancel", request, move |answer| {
            read(&answer, &transaction, amount).map(Dialogue::Done)
        })
    }
}

fn read(
    answer: &Response<Bytes>,
    transaction: &str,
    amount: Rupiah,
) -> Result<RefundOutcome, ProviderError> {
    // A 5xx leaves open whether the money went back; whoever comes back later looks first.
    let Heard::Said(answer) = read_json::<Answer>(answer)? else { return Ok(RefundOutcome::Busy) };
    let Some(code) = present(answer.result_cd.as_ref()) else {
        return unreadable("resultCd is missing");
    };
    match codes::meaning(Operation::Cancel, code)? {
        Meaning::Done => given_back(&answer, transaction, amount),
        Meaning::Busy => Ok(RefundOutcome::Busy),
        Meaning::Refused(reason) => Ok(RefundOutcome::Refused(codes::refusal(code, reason))),
        Meaning::Misconfigured(why) => Err(codes::misconfigured(code, why)),
        Meaning::Taken | Meaning::NotFound => unreadable("a cancel cannot be taken or not found"),
    }
}

/// The answer's `referenceNo` is not compared: the documents disagree about whose it is.
fn given_back(
    answer: &Answer,
    transaction: &str,
    amount: Rupiah,
) -> Result<RefundOutcome, ProviderError> {
    if present(answer.t_xid.as_ref()).is_some_and(|theirs| theirs != transaction) {
        return unreadable("tXid is not ours");
    }
    if answer.amt.0.is_some_and(|theirs| theirs != amount) {
        return unreadable("amt is not ours");
    }
    Ok(RefundOutcome::Refunded)
}

#[cfg(test)]
mod tests {
    use kasir_shared::MethodId;
    use proptest::prelude::*;

    use super::super::super::testing::{answer, nicepay, placed, status};
    use super::*;
    use crate::provider::FailureReason;

    const GOLDEN: &str = include_str!("../../../../../tests/vectors/nicepay/cancel/question.json");
    const ANSWER: &str = include_str!("../../../../../tests/vectors/nicepay/cancel/answer.json");
    const TRANSACTION: &str = "IONPAYTEST01202103311759347262";

    fn ten_thousand() -> Rupiah {
        Rupiah::new(10_000).unwrap()
    }

    fn cancel(amount: u64, reason: &str) -> Cancel {
        let mut placed = placed(MethodId::Dana);
        placed.reference = "ORD12345".to_owned();
        placed.amount = ten_thousand();
        let refund = RefundOrder {
            number: "ref_1".to_owned(),
            amount: Rupiah::new(amount).unwrap(),
            already: Rupiah::ZERO,
            reason: reason.to_owned(),
        };
        let at = "2018-01-23T03:05:05.000Z".parse().unwrap();
        Cancel::new(&nicepay(), (&placed, TRANSACTION), &refund, at).unwrap()
    }

    fn said(body: &str) -> Result<RefundOutcome, ProviderError> {
        read(&answer(body), TRANSACTION, ten_thousand())
    }

    #[test]
    fn what_is_no_answer_is_unreadable() {
        for body in [
            "",
            "<html>",
            &ANSWER[..30],
            "{}",
            r#"{"resultCd":"4711"}"#,
            r#"{"resultCd":["0000"]}"#,
            r#"{"resultCd":"0000","tXid":"ANOTHER"}"#,
            r#"{"resultCd":"0000","amt":"9999"}"#,
        ] {
            assert!(matches!(said(body), Err(ProviderError::Unreadable { .. })), "{body}");
        }
        assert!(read(&status(404, ANSWER), TRANSACTION, ten_thousand()).is_err());
    }

    #[test]
    fn a_refusal_keeps_the_money_and_doubt_is_no_refusal() {
        for (code, reason) in [
            ("9314", FailureReason::NotSupported),
            ("9331", FailureReason::NotSupported),
            ("9319", FailureReason::Declined),
            ("8064", FailureReason::Declined),
        ] {
            let refused = RefundOutcome::Refused(codes::refusal(code, reason));
            assert_eq!(said(&format!(r#"{{"resultCd":"{code}"}}"#)), Ok(refused));
        }
        for code in ["9302", "9303", "9002", "9304", "9311", "9315", "9316"] {
            let body = format!(r#"{{"resultCd":"{code}"}}"#);
            assert_eq!(said(&body), Ok(RefundOutcome::Busy), "{code}");
        }
        let trouble = read(&status(500, "<html>"), TRANSACTION, ten_thousand());
        assert_eq!(trouble, Ok(RefundOutcome::Busy));
        let wrong_key = said(r#"{"resultCd":"9010"}"#);
        assert!(matches!(wrong_key, Err(ProviderError::Misconfigured { .. })));
    }

    #[test]
    fn the_question_is_the_documents_and_signed_over_the_transaction() {
        let request = cancel(10_000, "Barang habis").request;
        assert_eq!(request.uri(), "https://dev.nicepay.co.id/nicepay/direct/v2/cancel");
        assert_eq!(std::str::from_utf8(request.body()).unwrap(), GOLDEN.trim_end());
    }

    #[test]
    fn a_part_is_asked_back_as_a_part_and_always_with_a_reason() {
        let request = cancel(2500, "王").request;
        let body: serde_json::Value = serde_json::from_slice(request.body()).unwrap();
        assert_eq!(
            (&body["cancelType"], &body["amt"], &body["cancelMsg"]),
            (&"2".into(), &"2500".into(), &"Refund".into())
        );
    }

    #[test]
    fn the_answer_gives_the_money_back() {
        assert_eq!(said(ANSWER), Ok(RefundOutcome::Refunded));
    }

    proptest! {
        #[test]
        fn no_answer_makes_it_panic_or_refunds(body in any::<Vec<u8>>(), code in 200_u16..600) {
            let mut answer = Response::new(Bytes::from(body));
            *answer.status_mut() = code.try_into().unwrap();
            let outcome = read(&answer, TRANSACTION, ten_thousand());
            let moved = matches!(outcome, Ok(RefundOutcome::Refunded | RefundOutcome::Refused(_)));
            prop_assert!(!moved);
        }
    }
}
