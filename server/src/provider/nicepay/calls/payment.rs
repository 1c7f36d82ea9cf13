//! `POST /direct/v2/payment`: the payment step, made by the customer's browser.
//!
//! For a wallet that hands out an address of its app we make it ourselves and ask for JSON.

use kasir_shared::{FormFields, Submit};

use super::super::Nicepay;
use super::super::account::Endpoint;
use super::super::codes::{self, Meaning, Operation};
use super::super::draft::Draft;
use super::onward::{self, Onward, Sent};
use super::{Ours, form, post_form};
use crate::provider::{Dialogue, Next, ProviderError, Started};

/// A payment step that waits for its `tXid`.
pub(crate) struct Step {
    endpoint: Endpoint,
    time_stamp: String,
    token: String,
    lifetime_s: u32,
    sent: Sent,
}

impl Step {
    pub(crate) fn new(nicepay: &Nicepay, draft: &Draft<'_>) -> Self {
        let order = draft.order;
        let token = nicepay.signer.order(&draft.time_stamp, &order.reference, &draft.amount);
        Self {
            endpoint: nicepay.endpoints.payment.clone(),
            time_stamp: draft.time_stamp.clone(),
            token,
            lifetime_s: draft.method.lifetime_s,
            sent: Sent {
                ours: Ours { reference: order.reference.clone(), amount: order.amount },
                method: order.method,
                return_url: order.return_url.clone(),
            },
        }
    }

    /// The customer's browser makes the step. NICEPAY counts from then on, not from now.
    pub(crate) fn submit(&self, transaction: String) -> Started {
        let fields = self.fields(&transaction);
        Started::Placed {
            transaction: Some(transaction),
            next: Next::Submit(Submit { url: self.endpoint.url.clone(), fields }),
            lifetime_s: None,
        }
    }

    /// We make the step, and learn where the customer goes on. No answer moves no money: the
    /// browser can still make the step then.
    pub(crate) fn ask(self, transaction: String) -> Dialogue<Started> {
        let mut fields = self.fields(&transaction);
        fields.0.push(("returnJsonFormat".to_owned(), "1".to_owned()));
        let request = post_form(&self.endpoint, &fields);
        let submit = self.submit(transaction.clone());
        let settled = submit.clone();
        Dialogue::ask("payment", request, move |answer| {
            let onward = onward::read(&answer, &self.sent)?;
            let lifetime_s = Some(self.lifetime_s);
            read(onward, (transaction, lifetime_s), submit).map(Dialogue::Done)
        })
        .or_if_unheard(settled)
    }

    fn fields(&self, transaction: &str) -> FormFields {
        form([
            ("timeStamp", &self.time_stamp),
            ("tXid", transaction),
            ("merchantToken", &self.token),
            ("callBackUrl", self.sent.return_url.as_str()),
        ])
    }
}

fn read(
    onward: Onward,
    (ours, lifetime_s): (String, Option<u32>),
    submit: Started,
) -> Result<Started, ProviderError> {
    let code = match onward {
        Onward::To { transaction: Some(theirs), .. } if theirs != ours => {
            return super::unreadable("tXid is not ours");
        }
        Onward::To { next, .. } => {
            return Ok(Started::Placed { transaction: Some(ours), next, lifetime_s });
        }
        Onward::Busy => return Ok(submit),
        Onward::No(code) => code,
    };
    match codes::meaning(Operation::Payment, &code)? {
        Meaning::Refused(reason) => Ok(Started::Refused(codes::refusal(&code, reason))),
        Meaning::Misconfigured(why) => Err(codes::misconfigured(&code, why)),
        Meaning::Done | Meaning::Busy | Meaning::Taken | Meaning::NotFound => Ok(submit),
    }
}

#[cfg(test)]
mod tests {
    use kasir_shared::MethodId;

    use super::super::super::methods::row;
    use super::super::super::testing::{DOCUMENTED, answer, nicepay, order, status};
    use super::*;
    use crate::provider::FailureReason;

    const GOLDEN: &str = include_str!("../../../../../tests/vectors/nicepay/payment/question.form");
    const ANSWER: &str = include_str!("../../../../../tests/vectors/nicepay/payment/answer.json");
    const TRANSACTION: &str = "IONPAYTEST05202212080659591234";

    fn step() -> Step {
        let order = order(MethodId::Shopeepay);
        let row = row(MethodId::Shopeepay).unwrap();
        Step::new(&nicepay(), &Draft::new(&order, row, DOCUMENTED).unwrap())
    }

    fn answered(answer: http::Response<bytes::Bytes>) -> Result<Started, ProviderError> {
        let Dialogue::Ask(exchange) = step().ask(TRANSACTION.to_owned()) else {
            panic!("the step is a question")
        };
        match exchange.answer(answer)? {
            Dialogue::Done(started) => Ok(started),
            Dialogue::Ask(_) | Dialogue::Authorize(_) => panic!("one answer is enough"),
        }
    }

    fn next(started: Started) -> Next {
        let Started::Placed { next, transaction, .. } = started else { panic!("{started:?}") };
        assert_eq!(transaction.as_deref(), Some(TRANSACTION));
        next
    }

    #[test]
    fn without_an_answer_the_browser_makes_the_step() {
        let Dialogue::Ask(exchange) = step().ask(TRANSACTION.to_owned()) else { panic!() };
        assert!(matches!(next(exchange.unanswered().unwrap()), Next::Submit(_)));
        for odd in [
            answer("<html>"),
            answer(r#"{"resultCd":"4711"}"#),
            answer(r#"{"resultCd":"9002"}"#),
            answer(r#"{"redirectUrlHttp":"https://a.example/","tXid":"ANOTHER"}"#),
            status(500, ""),
            status(404, ""),
        ] {
            assert!(matches!(next(answered(odd).unwrap()), Next::Submit(_)));
        }
    }

    #[test]
    fn a_refusal_is_not_tried_again_by_the_browser() {
        let Started::Refused(refusal) = answered(answer(r#"{"resultCd":"9752"}"#)).unwrap() else {
            panic!("it is refused")
        };
        assert_eq!((refusal.code.as_str(), refusal.reason), ("9752", FailureReason::Declined));
        let wrong_key = answered(answer(r#"{"resultCd":"9010"}"#));
        assert!(matches!(wrong_key, Err(ProviderError::Misconfigured { .. })));
    }

    #[test]
    fn the_question_is_the_documents() {
        let Dialogue::Ask(exchange) = step().ask(TRANSACTION.to_owned()) else { panic!() };
        let request = &exchange.request;
        assert_eq!(request.uri(), "https://dev.nicepay.co.id/nicepay/direct/v2/payment");
        assert_eq!(request.headers()["content-type"], "application/x-www-form-urlencoded");
        assert_eq!(std::str::from_utf8(request.body()).unwrap(), GOLDEN.trim_end());
    }

    #[test]
    fn the_answer_opens_the_app() {
        let started = answered(answer(ANSWER)).unwrap();
        let Started::Placed { lifetime_s: Some(300), .. } = started else { panic!("{started:?}") };
        assert!(matches!(next(started), Next::OpenApp { .. }));
    }

    #[test]
    fn the_browsers_step_carries_no_wish_for_json() {
        let Next::Submit(submit) = next(step().submit(TRANSACTION.to_owned())) else { panic!() };
        let names: Vec<_> = submit.fields.0.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["timeStamp", "tXid", "merchantToken", "callBackUrl"]);
        assert_eq!(submit.url.as_str(), "https://dev.nicepay.co.id/nicepay/direct/v2/payment");
    }
}
