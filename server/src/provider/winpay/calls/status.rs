//! `POST /v1.0/debit/status` (service 55): how an order stands.
//!
//! Winpay repeats our order number and its contract, and no amount: that it is ours follows from both
//! numbers, and what was paid only from the callback.

use serde::{Deserialize, Serialize};

use super::super::status::{Found, Status, Subject};
use super::super::{Winpay, methods};
use super::{Contract, Heard, STATUS, Talk, course};
use crate::provider::snap::call;
use crate::provider::snap::code::{Course, Errand};
use crate::provider::words::{present, unreadable};
use crate::provider::{Dialogue, Occasion, Placed, ProviderError, Standing};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Question<'a> {
    original_partner_reference_no: &'a str,
    additional_info: Contract<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    original_partner_reference_no: Option<String>,
    latest_transaction_status: Option<String>,
    additional_info: Option<AdditionalInfo>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AdditionalInfo {
    contract_id: Option<String>,
}

/// Asks how an order stands. Without its contract there is nothing to ask with.
pub(crate) fn ask(
    winpay: &Winpay,
    placed: &Placed,
    now: Occasion,
) -> Result<Dialogue<Standing>, ProviderError> {
    let not_served = ProviderError::Unsendable { why: "Winpay does not serve this method" };
    let method = methods::row_of(placed.method).ok_or(not_served)?;
    let Some(subject) = Subject::of(placed, method) else {
        return Ok(Dialogue::Done(Standing::Unheard));
    };
    let told = subject.clone();
    look(Talk::new(winpay, now), &subject, move |_, found| {
        Ok(Dialogue::Done(told.standing(found, now.at)))
    })
}

/// Asks about an order that nobody has: whoever signs wrongly hears of the signature first.
pub(crate) fn probe(winpay: &Winpay, now: Occasion) -> Result<Dialogue<()>, ProviderError> {
    let nobodys = Subject {
        reference: "kasir-check".to_owned(),
        contract: "so00000000-0000-4000-8000-000000000000".to_owned(),
        method: &methods::METHODS[0],
        issued_at: now.at,
    };
    look(Talk::new(winpay, now), &nobodys, |_, found| match found {
        Found::At(_) | Found::Nothing | Found::Other(_) => Ok(Dialogue::Done(())),
        Found::Busy => unreadable("Winpay has trouble of its own"),
    })
}

/// Asks how an order stands, and goes on with what is found.
pub(crate) fn look<T>(
    talk: Talk,
    subject: &Subject,
    then: impl FnOnce(Talk, Found) -> Result<Dialogue<T>, ProviderError> + Send + 'static,
) -> Result<Dialogue<T>, ProviderError> {
    let body = call::body(&Question {
        original_partner_reference_no: &subject.reference,
        additional_info: Contract {
            contract_id: &subject.contract,
            channel: subject.method.channel,
        },
    })?;
    let subject = subject.clone();
    talk.ask(&STATUS, body, move |talk, heard| then(talk, read(heard, &subject)?))
}

fn read(heard: Heard, subject: &Subject) -> Result<Found, ProviderError> {
    let answer = heard?;
    match course(&answer, Errand::Inquire) {
        Course::Read => found(&answer.body()?, subject),
        Course::NotKnown => Ok(Found::Nothing),
        Course::Again => Ok(Found::Busy),
        Course::Mend => Err(answer.mistake()),
        Course::Unsure | Course::Refused | Course::Taken => {
            unreadable("an inquiry is answered with a status, or not at all")
        }
    }
}

fn found(answer: &Answer, subject: &Subject) -> Result<Found, ProviderError> {
    let contract = answer.additional_info.as_ref().and_then(|info| info.contract_id.as_ref());
    let (Some(reference), Some(contract)) =
        (present(answer.original_partner_reference_no.as_ref()), present(contract))
    else {
        return unreadable("the order that it speaks of is missing");
    };
    if reference != subject.reference {
        return Ok(Found::Other("originalPartnerReferenceNo"));
    }
    if contract != subject.contract {
        return Ok(Found::Other("contractId"));
    }
    let status = present(answer.latest_transaction_status.as_ref()).and_then(Status::read);
    match status {
        Some(status) => Ok(Found::At(status)),
        None => unreadable("latestTransactionStatus is not documented for inquiries"),
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use kasir_shared::{Event, MethodId};
    use proptest::prelude::*;

    use super::super::super::testing::{
        CONTRACT, answer, asked, coded, heard, later, occasion, placed, winpay,
    };
    use super::*;
    use crate::provider::snap::sign;

    const QUESTION: &str = include_str!("../../../../../tests/vectors/winpay/status/question.json");
    const ANSWER: &str = include_str!("../../../../../tests/vectors/winpay/status/answer.json");

    fn said(answer: http::Response<Bytes>) -> Result<Standing, ProviderError> {
        said_of(MethodId::Shopeepay, 0, answer)
    }

    fn said_of(
        method: MethodId,
        after_s: i64,
        answer: http::Response<Bytes>,
    ) -> Result<Standing, ProviderError> {
        let dialogue = ask(&winpay(), &placed(method), later(after_s)).unwrap();
        heard(dialogue, [("status", answer)])
    }

    fn with(what: &str, instead: &str) -> Result<Standing, ProviderError> {
        assert!(ANSWER.contains(what));
        said(answer(200, &ANSWER.replace(what, instead)))
    }

    fn is_unreadable(standing: &Result<Standing, ProviderError>) -> bool {
        matches!(standing, Err(ProviderError::Unreadable { .. }))
    }

    #[test]
    fn nothing_but_a_documented_status_says_anything() {
        for body in ["", "<html>", "{", "null", "{}", r#"{"responseCode":"2005500"}"#] {
            assert!(is_unreadable(&said(answer(200, body))), "{body}");
        }
        for (what, instead) in [
            (r#""07""#, r#""08""#),
            (r#""07""#, r#""7""#),
            (r#""07""#, r#""""#),
            (r#""07""#, "null"),
            (r#""07""#, "7"),
            (r#""latestTransactionStatus""#, r#""transactionStatus""#),
            (r#""2005500""#, "2005500"),
            (r#""2005500""#, r#""20055000""#),
            (r#""2005500""#, r#""2005400""#),
            (r#""2005500""#, r#""4005500""#),
            (r#""originalPartnerReferenceNo""#, r#""partnerReferenceNo""#),
            (r#""contractId""#, r#""contractID""#),
        ] {
            let standing = with(what, instead);
            assert!(is_unreadable(&standing), "{what} {instead} {standing:?}");
        }
        assert!(is_unreadable(&said(answer(404, ANSWER))));
        for code in ["2025500", "4035500", "4095501", "4045518"] {
            assert!(is_unreadable(&said(coded(code))), "{code}");
        }
    }

    #[test]
    fn another_order_or_contract_is_a_mismatch_and_not_paid() {
        let paid = ANSWER.replace(r#""07""#, r#""00""#);
        for (what, instead) in
            [("000000000053", "000000000054"), (CONTRACT, "so748b157a-c7b2-4b2b-81cd-00fdd94c82be")]
        {
            let standing = said(answer(200, &paid.replace(what, instead)));
            assert!(matches!(standing, Ok(Standing::Mismatch { .. })), "{standing:?}");
        }
    }

    #[test]
    fn an_order_that_winpay_does_not_know_is_unheard_in_both_its_words() {
        for code in ["4045501", "5005502"] {
            assert_eq!(said(coded(code)), Ok(Standing::Unheard), "{code}");
        }
    }

    #[test]
    fn trouble_at_winpay_is_busy_and_a_mistake_of_ours_calls_a_person() {
        for code in ["5005500", "5005501", "5045500", "4295500", "4035506"] {
            assert_eq!(said(coded(code)), Ok(Standing::Busy), "{code}");
        }
        assert_eq!(said(answer(502, "<html>")), Ok(Standing::Busy));
        for code in ["4005500", "4005501", "4005502", "4015500", "4045516"] {
            let standing = said(coded(code));
            assert!(matches!(standing, Err(ProviderError::Misconfigured { .. })), "{code}");
        }
    }

    #[test]
    fn a_used_external_id_is_replaced_once() {
        let dialogue = || ask(&winpay(), &placed(MethodId::Shopeepay), occasion()).unwrap();
        let again = [("status", coded("4095500")), ("status", answer(200, ANSWER))];
        assert_eq!(heard(dialogue(), again), Ok(Standing::Unpaid { prompting: false }));
        let twice = [("status", coded("4095500")), ("status", coded("4095500"))];
        assert_eq!(heard(dialogue(), twice), Ok(Standing::Busy));
    }

    #[test]
    fn without_a_contract_nothing_is_asked() {
        let mut placed = placed(MethodId::Dana);
        placed.transaction = None;
        let dialogue = ask(&winpay(), &placed, occasion()).unwrap();
        assert!(matches!(dialogue, Dialogue::Done(Standing::Unheard)));
    }

    #[test]
    fn the_question_is_the_documents() {
        let dialogue = ask(&winpay(), &placed(MethodId::Shopeepay), occasion()).unwrap();
        let exchange = asked(dialogue, "status");
        let request = &exchange.request;
        assert_eq!(request.uri(), "https://sandbox-snap.winpay.id/snap/v1.0/debit/status");
        assert_eq!(std::str::from_utf8(request.body()).unwrap(), QUESTION.trim_end());
        assert_eq!(
            sign::body_hash(request.body()),
            "2da3a2470aa67830c72508d05be0481c31c3b388e0d617f0d5b58f7ea15e3244"
        );
        let signed = sign::without_token(
            "POST",
            "/v1.0/debit/status",
            request.body(),
            "2023-09-05T16:30:00+07:00",
        );
        assert_eq!(request.headers()["x-signature"], winpay().keys.ours.sign(&signed));
    }

    #[test]
    fn seven_is_unpaid_and_a_prompt_only_at_ovo_while_it_lives() {
        assert_eq!(said(answer(200, ANSWER)), Ok(Standing::Unpaid { prompting: false }));
        let ovo = |after_s| said_of(MethodId::Ovo, after_s, answer(200, ANSWER));
        assert_eq!(ovo(100), Ok(Standing::Unpaid { prompting: true }));
        assert_eq!(ovo(1000), Ok(Standing::Known(Event::Lapsed)));
    }

    #[test]
    fn nought_settles() {
        assert_eq!(with(r#""07""#, r#""00""#), Ok(Standing::Known(Event::Settled)));
        assert_eq!(with(r#""07""#, r#""04""#), Ok(Standing::Known(Event::Reversed)));
        assert_eq!(with(r#""07""#, r#""05""#), Ok(Standing::Known(Event::Withdrawn)));
        assert_eq!(with(r#""07""#, r#""06""#), Ok(Standing::Known(Event::Declined)));
    }

    #[test]
    fn credentials_are_accepted_where_an_order_of_nobodys_is_looked_for() {
        let probed = |answer| heard(probe(&winpay(), occasion()).unwrap(), [("status", answer)]);
        for code in ["4045501", "5005502"] {
            assert_eq!(probed(coded(code)), Ok(()), "{code}");
        }
        for code in ["4015500", "4045516", "4005501"] {
            let refused = probed(coded(code));
            assert!(matches!(refused, Err(ProviderError::Misconfigured { .. })), "{refused:?}");
        }
        for answer in [coded("5005501"), coded("4295500"), answer(502, "<html>"), answer(200, "")] {
            assert!(matches!(probed(answer), Err(ProviderError::Unreadable { .. })));
        }
    }

    #[test]
    fn an_answer_that_was_cut_short_anywhere_settles_nothing() {
        let paid = ANSWER.replace(r#""07""#, r#""00""#);
        for end in 0..paid.trim_end().len() {
            assert!(is_unreadable(&said(answer(200, &paid[..end]))), "{end}");
        }
    }

    proptest! {
        #[test]
        fn no_answer_makes_it_panic_or_settles(body in any::<Vec<u8>>(), code in 200_u16..600) {
            let mut answer = http::Response::new(Bytes::from(body));
            *answer.status_mut() = code.try_into().unwrap();
            prop_assert!(!matches!(said(answer), Ok(Standing::Known(_))));
        }
    }
}
