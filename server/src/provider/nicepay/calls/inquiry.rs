//! `POST /direct/v2/inquiry`: how an order stands.
//!
//! `resultCd` 0000 says that the inquiry worked and nothing about the payment; `status` does.

use bytes::Bytes;
use http::{Request, Response};
use kasir_shared::{Event, Moment, Rupiah};
use serde::{Deserialize, Serialize};

use super::super::Nicepay;
use super::super::codes::{self, Meaning, Operation};
use super::super::text::{digits, time_stamp};
use super::{Amt, Heard, Ours, post_json, read_json};
use crate::provider::words::{present, unreadable};
use crate::provider::{Dialogue, Placed, ProviderError, Standing};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Question<'a> {
    time_stamp: &'a str,
    t_xid: &'a str,
    i_mid: &'a str,
    reference_no: &'a str,
    amt: &'a str,
    merchant_token: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    result_cd: Option<String>,
    t_xid: Option<String>,
    i_mid: Option<String>,
    reference_no: Option<String>,
    currency: Option<String>,
    pay_method: Option<String>,
    status: Option<String>,
    #[serde(default)]
    amt: Amt,
    #[serde(default)]
    cancel_amt: Amt,
}

/// What an inquiry finds.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Found {
    /// How the order stands.
    pub(crate) standing: Standing,
    /// What was given back so far.
    pub(crate) given_back: Rupiah,
    /// NICEPAY's own status, empty where there is none.
    pub(crate) status: String,
}

/// What an answer has to speak of.
#[derive(Clone, Debug)]
struct Expected {
    ours: Ours,
    transaction: String,
    imid: String,
}

/// Asks how an order stands. Without a `tXid` there is nothing to ask with.
pub(crate) fn ask(
    nicepay: &Nicepay,
    placed: &Placed,
    at: Moment,
) -> Result<Dialogue<Standing>, ProviderError> {
    match &placed.transaction {
        Some(transaction) => {
            look(nicepay, (placed, transaction), at, |found| Ok(Dialogue::Done(found.standing)))
        }
        None => Ok(Dialogue::Done(Standing::Unheard)),
    }
}

/// Asks how an order stands, and goes on with what is found.
pub(crate) fn look<T>(
    nicepay: &Nicepay,
    (placed, transaction): (&Placed, &str),
    at: Moment,
    then: impl FnOnce(Found) -> Result<Dialogue<T>, ProviderError> + Send + 'static,
) -> Result<Dialogue<T>, ProviderError> {
    let expected = Expected {
        ours: Ours { reference: placed.reference.clone(), amount: placed.amount },
        transaction: transaction.to_owned(),
        imid: nicepay.signer.imid().to_owned(),
    };
    let question = question(nicepay, (placed, transaction), at)?;
    Ok(Dialogue::ask("inquiry", question, move |answer| then(read(&answer, &expected)?)))
}

fn question(
    nicepay: &Nicepay,
    (placed, transaction): (&Placed, &str),
    at: Moment,
) -> Result<Request<Bytes>, ProviderError> {
    let (time_stamp, amount) = (time_stamp(at), digits(placed.amount));
    let question = Question {
        time_stamp: &time_stamp,
        t_xid: transaction,
        i_mid: nicepay.signer.imid(),
        reference_no: &placed.reference,
        amt: &amount,
        merchant_token: nicepay.signer.order(&time_stamp, &placed.reference, &amount),
    };
    post_json(&nicepay.endpoints.inquiry, &question)
}

fn read(answer: &Response<Bytes>, expected: &Expected) -> Result<Found, ProviderError> {
    let without_status =
        |standing| Found { standing, given_back: Rupiah::ZERO, status: String::new() };
    let Heard::Said(answer) = read_json::<Answer>(answer)? else {
        return Ok(without_status(Standing::Busy));
    };
    let Some(code) = present(answer.result_cd.as_ref()) else {
        return unreadable("resultCd is missing");
    };
    match codes::meaning(Operation::Inquiry, code)? {
        Meaning::Done => match differs(&answer, expected) {
            Some(what) => Ok(without_status(Standing::Mismatch { what })),
            None => found(&answer, expected.ours.amount),
        },
        Meaning::Busy => Ok(without_status(Standing::Busy)),
        Meaning::NotFound => Ok(without_status(Standing::Unheard)),
        Meaning::Misconfigured(why) => Err(codes::misconfigured(code, why)),
        Meaning::Taken | Meaning::Refused(_) => unreadable("an inquiry cannot be refused"),
    }
}

fn differs(answer: &Answer, expected: &Expected) -> Option<&'static str> {
    let other = |theirs: Option<&String>, ours: &str| present(theirs).is_some_and(|it| it != ours);
    if other(answer.t_xid.as_ref(), &expected.transaction) {
        return Some("tXid is not ours");
    }
    if other(answer.i_mid.as_ref(), &expected.imid) {
        return Some("iMid is not ours");
    }
    if other(answer.currency.as_ref(), "IDR") {
        return Some("currency is not IDR");
    }
    expected.ours.differs(answer.reference_no.as_ref(), answer.amt)
}

fn found(answer: &Answer, amount: Rupiah) -> Result<Found, ProviderError> {
    let pay_method = present(answer.pay_method.as_ref()).unwrap_or(codes::WALLET);
    let Some(status) = present(answer.status.as_ref()) else {
        return unreadable("status is missing");
    };
    let Some(standing) = codes::standing(pay_method, status) else {
        return unreadable("status is not documented for this pay method");
    };
    let said = answer.cancel_amt.0.unwrap_or(Rupiah::ZERO);
    let (standing, given_back) = match standing {
        Standing::Known(Event::Settled) if said >= amount => {
            (Standing::Known(Event::Reversed), said)
        }
        Standing::Known(Event::Reversed) if said.is_zero() => (standing, amount),
        // A part went back; the rest was paid and stays.
        Standing::Known(Event::Reversed) if said < amount => {
            (Standing::Known(Event::Settled), said)
        }
        Standing::Known(_)
        | Standing::Unpaid { .. }
        | Standing::Mismatch { .. }
        | Standing::Unheard
        | Standing::Busy => (standing, said),
    };
    Ok(Found { standing, given_back, status: status.to_owned() })
}

#[cfg(test)]
mod tests {
    use kasir_shared::MethodId;
    use proptest::prelude::*;

    use super::super::super::testing::{DOCUMENTED, answer, nicepay, placed, status};
    use super::*;

    const GOLDEN: &str = include_str!("../../../../../tests/vectors/nicepay/inquiry/question.json");
    const ANSWER: &str = include_str!("../../../../../tests/vectors/nicepay/inquiry/answer.json");

    fn asked() -> Box<crate::provider::Exchange<Standing>> {
        match ask(&nicepay(), &placed(MethodId::Dana), DOCUMENTED).unwrap() {
            Dialogue::Ask(exchange) => exchange,
            Dialogue::Done(_) | Dialogue::Authorize(_) => panic!("it asks"),
        }
    }

    fn said(answer: Response<Bytes>) -> Result<Standing, ProviderError> {
        match asked().answer(answer)? {
            Dialogue::Done(standing) => Ok(standing),
            Dialogue::Ask(_) | Dialogue::Authorize(_) => panic!("one answer is enough"),
        }
    }

    /// The documented answer with one value changed.
    fn with(name: &str, value: serde_json::Value) -> Result<Standing, ProviderError> {
        let mut body: serde_json::Value = serde_json::from_str(ANSWER).unwrap();
        body[name] = value;
        said(answer(&body.to_string()))
    }

    #[test]
    fn nothing_but_a_documented_status_says_anything() {
        for body in ["", "<html>", "{", "null", "{}", r#"{"resultCd":"0000"}"#] {
            assert!(matches!(said(answer(body)), Err(ProviderError::Unreadable { .. })), "{body}");
        }
        for (name, value) in [
            ("status", serde_json::json!("7")),
            ("status", serde_json::json!("")),
            ("status", serde_json::json!(null)),
            ("status", serde_json::json!(0)),
            ("payMethod", serde_json::json!("02")),
            ("amt", serde_json::json!("2000.00")),
            ("cancelAmt", serde_json::json!({})),
            ("resultCd", serde_json::json!("9999")),
            ("resultCd", serde_json::json!("")),
        ] {
            let standing = with(name, value.clone());
            assert!(
                matches!(standing, Err(ProviderError::Unreadable { .. })),
                "{name} {value} {standing:?}"
            );
        }
        assert!(said(status(404, ANSWER)).is_err());
    }

    #[test]
    fn another_order_amount_or_currency_is_a_mismatch_and_not_paid() {
        for (name, value) in [
            ("amt", serde_json::json!("200")),
            ("amt", serde_json::json!(20_000)),
            ("referenceNo", serde_json::json!("ORD20221209")),
            ("tXid", serde_json::json!("IONPAYTEST05202212080659591235")),
            ("currency", serde_json::json!("USD")),
            ("iMid", serde_json::json!("NORMALTEST")),
        ] {
            assert!(matches!(with(name, value), Ok(Standing::Mismatch { .. })), "{name}");
        }
    }

    #[test]
    fn an_order_that_nicepay_does_not_know_is_unheard_and_trouble_is_busy() {
        for (code, standing) in [
            ("9003", Standing::Unheard),
            ("8004", Standing::Unheard),
            ("9002", Standing::Busy),
            ("9005", Standing::Busy),
        ] {
            let body = format!(r#"{{"resultCd":"{code}","status":null}}"#);
            assert_eq!(said(answer(&body)), Ok(standing), "{code}");
        }
        assert_eq!(said(status(503, "<html>")), Ok(Standing::Busy));
        let wrong_key = said(answer(r#"{"resultCd":"9010"}"#));
        assert!(matches!(wrong_key, Err(ProviderError::Misconfigured { .. })));
    }

    #[test]
    fn without_a_transaction_nothing_is_asked() {
        let mut placed = placed(MethodId::Dana);
        placed.transaction = None;
        let dialogue = ask(&nicepay(), &placed, DOCUMENTED).unwrap();
        assert!(matches!(dialogue, Dialogue::Done(Standing::Unheard)));
    }

    #[test]
    fn the_question_is_the_documents() {
        let request = &asked().request;
        assert_eq!(request.uri(), "https://dev.nicepay.co.id/nicepay/direct/v2/inquiry");
        assert_eq!(std::str::from_utf8(request.body()).unwrap(), GOLDEN.trim_end());
    }

    #[test]
    fn a_status_says_how_the_order_stands() {
        assert_eq!(said(answer(ANSWER)), Ok(Standing::Known(Event::Settled)));
        for (status, standing) in [
            ("1", Standing::Known(Event::Reversed)),
            ("2", Standing::Known(Event::Reversed)),
            ("3", Standing::Unpaid { prompting: false }),
            ("4", Standing::Unpaid { prompting: true }),
            ("5", Standing::Known(Event::Lapsed)),
            ("8", Standing::Known(Event::Declined)),
            ("9", Standing::Unpaid { prompting: false }),
        ] {
            assert_eq!(with("status", status.into()), Ok(standing), "{status}");
        }
    }

    #[test]
    fn only_all_of_the_money_makes_a_reversal() {
        let found = |status: &str, cancelled: &str| {
            let body = format!(
                r#"{{"resultCd":"0000","payMethod":"05","status":"{status}","cancelAmt":{cancelled}}}"#
            );
            let expected = Expected {
                ours: Ours {
                    reference: "ORD20221208".to_owned(),
                    amount: Rupiah::new(2000).unwrap(),
                },
                transaction: "IONPAYTEST05202212080659591234".to_owned(),
                imid: "IONPAYTEST".to_owned(),
            };
            let found = read(&answer(&body), &expected).unwrap();
            (found.standing, found.given_back.value())
        };
        for (status, cancelled, event, given_back) in [
            ("0", "null", Event::Settled, 0),
            ("0", r#""500""#, Event::Settled, 500),
            ("0", "2000", Event::Reversed, 2000),
            ("1", "null", Event::Reversed, 2000),
            ("2", r#""0""#, Event::Reversed, 2000),
            ("2", r#""500""#, Event::Settled, 500),
            ("2", r#""2000""#, Event::Reversed, 2000),
        ] {
            let expected = (Standing::Known(event), given_back);
            assert_eq!(found(status, cancelled), expected, "{status} {cancelled}");
        }
    }

    #[test]
    fn an_answer_that_was_cut_short_anywhere_settles_nothing() {
        for end in 0..ANSWER.trim_end().len() {
            let standing = said(answer(&ANSWER[..end]));
            assert!(matches!(standing, Err(ProviderError::Unreadable { .. })), "{end}");
        }
    }

    proptest! {
        #[test]
        fn no_answer_makes_it_panic_or_settles(body in any::<Vec<u8>>(), code in 200_u16..600) {
            let mut answer = Response::new(Bytes::from(body));
            *answer.status_mut() = code.try_into().unwrap();
            prop_assert!(!matches!(said(answer), Ok(Standing::Known(_))));
        }
    }
}
