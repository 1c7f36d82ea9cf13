//! `POST /direct/v2/registration`: places an order for a wallet and learns its `tXid`.
//!
//! Nobody can be charged for an order that was only registered: that takes a payment step.

use bytes::Bytes;
use http::{Request, Response};
use serde::{Deserialize, Serialize};

use super::super::Nicepay;
use super::super::cart::{V2, cart_data, goods_name};
use super::super::codes::{self, Meaning, Operation};
use super::super::draft::Draft;
use super::{Amt, Heard, Ours, is_transaction, post_json, read_json};
use crate::provider::words::{present, unreadable};
use crate::provider::{Dialogue, ProviderError, Refusal, Started};

/// The longest `goodsNm`.
pub(crate) const GOODS_NAME_MAX: usize = 100;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Question<'a> {
    time_stamp: &'a str,
    i_mid: &'a str,
    pay_method: &'static str,
    currency: &'static str,
    amt: &'a str,
    reference_no: &'a str,
    goods_nm: String,
    billing_nm: String,
    billing_phone: String,
    billing_email: String,
    billing_addr: &'a str,
    billing_city: &'a str,
    billing_state: &'a str,
    billing_post_cd: &'a str,
    billing_country: &'a str,
    cart_data: String,
    db_process_url: &'a str,
    merchant_token: String,
    #[serde(rename = "userIP")]
    user_ip: String,
    mitra_cd: &'static str,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    result_cd: Option<String>,
    t_xid: Option<String>,
    reference_no: Option<String>,
    #[serde(default)]
    amt: Amt,
}

/// What became of a registration.
#[derive(Debug, Eq, PartialEq)]
enum Registered {
    /// The order exists under this `tXid`.
    As(String),
    Taken,
    Busy,
    Refused(Refusal),
}

/// Registers an order, and goes on with its `tXid`.
pub(crate) fn ask(
    nicepay: &Nicepay,
    draft: &Draft<'_>,
    then: impl FnOnce(String) -> Dialogue<Started> + Send + 'static,
) -> Result<Dialogue<Started>, ProviderError> {
    let ours = Ours { reference: draft.order.reference.clone(), amount: draft.order.amount };
    Ok(Dialogue::ask("registration", question(nicepay, draft)?, move |answer| {
        Ok(match read(&answer, &ours)? {
            Registered::As(transaction) => then(transaction),
            Registered::Taken => Dialogue::Done(Started::ReferenceTaken),
            Registered::Busy => Dialogue::Done(Started::Busy),
            Registered::Refused(refusal) => Dialogue::Done(Started::Refused(refusal)),
        })
    }))
}

/// The question alone.
pub(crate) fn question(
    nicepay: &Nicepay,
    draft: &Draft<'_>,
) -> Result<Request<Bytes>, ProviderError> {
    let (order, billing, signer) = (draft.order, &nicepay.account.billing, &nicepay.signer);
    let question = Question {
        time_stamp: &draft.time_stamp,
        i_mid: signer.imid(),
        pay_method: codes::WALLET,
        currency: "IDR",
        amt: &draft.amount,
        reference_no: &order.reference,
        goods_nm: goods_name(order, GOODS_NAME_MAX, V2),
        billing_nm: billing.name_of(&order.payer),
        billing_phone: billing.phone_of(&order.payer),
        billing_email: billing.email_of(&order.payer),
        billing_addr: &billing.address,
        billing_city: &billing.city,
        billing_state: &billing.state,
        billing_post_cd: &billing.post_code,
        billing_country: &billing.country,
        cart_data: cart_data(order, V2)?,
        db_process_url: order.notify_url.as_str(),
        merchant_token: signer.order(&draft.time_stamp, &order.reference, &draft.amount),
        user_ip: draft.user_ip(),
        mitra_cd: draft.method.mitra_cd,
    };
    post_json(&nicepay.endpoints.registration, &question)
}

fn read(answer: &Response<Bytes>, ours: &Ours) -> Result<Registered, ProviderError> {
    // A 5xx leaves open whether the order exists. It is busy all the same: registering once more is
    // safe, because NICEPAY then says that the number is taken.
    let Heard::Said(answer) = read_json::<Answer>(answer)? else { return Ok(Registered::Busy) };
    let Some(code) = present(answer.result_cd.as_ref()) else {
        return unreadable("resultCd is missing");
    };
    match codes::meaning(Operation::Registration, code)? {
        Meaning::Done => created(&answer, ours),
        Meaning::Busy => Ok(Registered::Busy),
        Meaning::Taken => Ok(Registered::Taken),
        Meaning::Misconfigured(why) => Err(codes::misconfigured(code, why)),
        Meaning::Refused(reason) => Ok(Registered::Refused(codes::refusal(code, reason))),
        Meaning::NotFound => unreadable("a registration cannot be not found"),
    }
}

fn created(answer: &Answer, ours: &Ours) -> Result<Registered, ProviderError> {
    if let Some(why) = ours.differs(answer.reference_no.as_ref(), answer.amt) {
        return unreadable(why);
    }
    match present(answer.t_xid.as_ref()) {
        Some(transaction) if is_transaction(transaction) => {
            Ok(Registered::As(transaction.to_owned()))
        }
        Some(_) => unreadable("tXid is not letters and digits"),
        None => unreadable("tXid is missing"),
    }
}

#[cfg(test)]
mod tests {
    use kasir_shared::MethodId;
    use proptest::prelude::*;

    use super::super::super::methods::row;
    use super::super::super::testing::{DOCUMENTED, answer, nicepay, order, status};
    use super::*;
    use crate::provider::FailureReason;

    const GOLDEN: &str =
        include_str!("../../../../../tests/vectors/nicepay/registration/question.json");
    const ANSWER: &str =
        include_str!("../../../../../tests/vectors/nicepay/registration/answer.json");

    fn ours() -> Ours {
        let order = order(MethodId::Dana);
        Ours { reference: order.reference, amount: order.amount }
    }

    fn said(body: &str) -> Result<Registered, ProviderError> {
        read(&answer(body), &ours())
    }

    #[test]
    fn what_is_no_answer_is_unreadable() {
        for body in [
            "",
            "<html><body>Service unavailable</body></html>",
            &ANSWER[..40],
            "null",
            "[]",
            "{}",
            r#"{"resultCd":null}"#,
            r#"{"resultCd":""}"#,
            r#"{"resultCd":0}"#,
            r#"{"resultCd":"7777"}"#,
            r#"{"resultCd":"0000"}"#,
            r#"{"resultCd":"0000","tXid":""}"#,
            r#"{"resultCd":"0000","tXid":12}"#,
            r#"{"resultCd":"0000","tXid":"<script>"}"#,
            r#"{"resultCd":"0000","tXid":"IONPAYTEST05202212080700001234567"}"#,
            r#"{"resultCd":"0000","resultCd":"9009","tXid":"IONPAYTEST05"}"#,
            r#"{"resultCd":"0000","tXid":"IONPAYTEST05","referenceNo":"ANOTHER"}"#,
            r#"{"resultCd":"0000","tXid":"IONPAYTEST05","amt":"2001"}"#,
            r#"{"resultCd":"0000","tXid":"IONPAYTEST05","amt":"2000.00"}"#,
            r#"{"resultCd":"0000","tXid":"IONPAYTEST05","amt":true}"#,
        ] {
            let read = said(body);
            assert!(matches!(read, Err(ProviderError::Unreadable { .. })), "{body} {read:?}");
        }
        for code in [204, 301, 302, 400, 401, 404] {
            let read = read(&status(code, ANSWER), &ours());
            assert!(matches!(read, Err(ProviderError::Unreadable { .. })), "{code}");
        }
    }

    #[test]
    fn trouble_at_nicepay_is_busy() {
        for code in [429, 500, 502, 503, 504] {
            let read = read(&status(code, "<html>"), &ours());
            assert_eq!(read, Ok(Registered::Busy), "{code}");
        }
        for code in ["9002", "1004", "9006"] {
            let body = format!(r#"{{"resultCd":"{code}","resultMsg":"busy"}}"#);
            assert_eq!(said(&body), Ok(Registered::Busy), "{code}");
        }
    }

    #[test]
    fn a_used_order_number_is_taken() {
        assert_eq!(said(r#"{"resultCd":"9009","tXid":null}"#), Ok(Registered::Taken));
    }

    #[test]
    fn a_refusal_carries_nicepays_code() {
        for code in ["8001", "9030", "9750", "9752"] {
            let refusal = Refusal { code: code.to_owned(), reason: FailureReason::Declined };
            let body = format!(r#"{{"resultCd":"{code}"}}"#);
            assert_eq!(said(&body), Ok(Registered::Refused(refusal)));
        }
    }

    #[test]
    fn a_mistake_of_ours_calls_a_person() {
        for code in ["9010", "9011", "9012", "9225", "9525", "9017", "9023"] {
            let read = said(&format!(r#"{{"resultCd":"{code}"}}"#));
            assert!(matches!(read, Err(ProviderError::Misconfigured { .. })), "{code}");
        }
    }

    #[test]
    fn the_question_is_the_documents() {
        let order = order(MethodId::Dana);
        let draft = Draft::new(&order, row(MethodId::Dana).unwrap(), DOCUMENTED).unwrap();
        let question = question(&nicepay(), &draft).unwrap();
        assert_eq!(question.method(), "POST");
        assert_eq!(question.uri(), "https://dev.nicepay.co.id/nicepay/direct/v2/registration");
        assert_eq!(question.headers()["content-type"], "application/json");
        assert_eq!(std::str::from_utf8(question.body()).unwrap(), GOLDEN.trim_end());
    }

    #[test]
    fn the_answer_names_the_transaction() {
        let registered = Registered::As("IONPAYTEST05202212080659591234".to_owned());
        assert_eq!(said(ANSWER), Ok(registered));
        let numbers = r#"{"resultCd":"0000","tXid":"IONPAYTEST05","amt":2000,"vacctNo":null}"#;
        assert_eq!(said(numbers), Ok(Registered::As("IONPAYTEST05".to_owned())));
    }

    #[test]
    fn an_answer_that_was_cut_short_anywhere_is_unreadable() {
        for end in 0..ANSWER.trim_end().len() {
            let read = said(&ANSWER[..end]);
            assert!(matches!(read, Err(ProviderError::Unreadable { .. })), "{end}");
        }
    }

    proptest! {
        #[test]
        fn no_answer_makes_it_panic(body in any::<Vec<u8>>(), code in 200_u16..600) {
            let mut answer = Response::new(Bytes::from(body));
            *answer.status_mut() = code.try_into().unwrap();
            let registered = read(&answer, &ours());
            prop_assert!(!matches!(registered, Ok(Registered::As(_))));
        }
    }
}
