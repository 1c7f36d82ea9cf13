//! `POST /apimerchant/v1.0/transfer-va/status` (service 26): how an order stands.

use kasir_shared::{MethodId, Rupiah};
use serde::{Deserialize, Serialize};

use super::super::Espay;
use super::super::dialect::StatusService;
use super::super::methods::Way;
use super::super::status::{Flag, Found, Subject};
use super::{Call, Heard, Host, Talk, merchant_info, status_classic};
use crate::provider::snap::amount::Amount;
use crate::provider::snap::call::{self, Service};
use crate::provider::snap::code::{Answer, Course, Errand};
use crate::provider::words::{present, unreadable};
use crate::provider::{Dialogue, Occasion, Placed, ProviderError, Standing, Withdrawal};

const NUMBER: u8 = 26;
const STATUS: Call = Call {
    service: Service {
        number: NUMBER,
        operation: "status",
        path: "/apimerchant/v1.0/transfer-va/status",
    },
    host: Host::HostToHost,
};

/// Espay's name, padded to eight characters.
pub(crate) const SERVICE_ID: &str = "   ESPAY";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Question<'a> {
    partner_service_id: &'static str,
    customer_no: &'a str,
    virtual_account_no: &'a str,
    inquiry_request_id: &'a str,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    virtual_account_data: Data,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Data {
    customer_no: Option<String>,
    virtual_account_no: Option<String>,
    payment_flag_status: Option<String>,
    total_amount: Option<Amount>,
}

/// Asks how an order stands.
pub(crate) fn ask(
    espay: &Espay,
    placed: &Placed,
    now: Occasion,
) -> Result<Dialogue<Standing>, ProviderError> {
    let (subject, products) = (Subject::of(placed), espay.products.clone());
    let told = subject.clone();
    look(espay, Talk::new(espay, now), &subject, move |talk, found| {
        Ok(Dialogue::Done(told.standing(found, &products, talk.at())))
    })
}

/// Asks for the products, which tries the API key, and about an order that nobody has: whoever signs
/// wrongly hears of the signature first.
pub(crate) fn probe(espay: &Espay, now: Occasion) -> Result<Dialogue<()>, ProviderError> {
    let again = espay.clone();
    merchant_info::look(Talk::new(espay, now), &espay.account.api_key, move |talk, _| {
        let nobodys = Subject {
            reference: "KASIRCHECK".to_owned(),
            method: MethodId::Ovo,
            amount: Rupiah::ZERO,
            issued_at: now.at,
        };
        look_over_snap(&again, talk, &nobodys, |_, found| match found {
            Found::At(_) | Found::Nothing | Found::Other(_) => Ok(Dialogue::Done(())),
            Found::Busy => unreadable("Espay has trouble of its own"),
        })
    })
}

/// Takes an order back: Espay describes no cancel for wallets, so that it is looked at. From then on
/// our answer to Espay's own question is that it is over, and no page asks anybody to pay it.
pub(crate) fn withdraw(
    espay: &Espay,
    placed: &Placed,
    now: Occasion,
) -> Result<Dialogue<Withdrawal>, ProviderError> {
    let prompting = espay.products.prompting(placed.method, placed.issued_at, now.at);
    let left = if prompting { Withdrawal::Prompting } else { Withdrawal::Abandoned };
    Ok(ask(espay, placed, now)?.map(move |standing| match standing {
        Standing::Known(event) => Withdrawal::Over(event),
        Standing::Unpaid { prompting: true } => Withdrawal::Prompting,
        Standing::Unpaid { prompting: false } => Withdrawal::Abandoned,
        Standing::Unheard | Standing::Mismatch { .. } => left,
        Standing::Busy => Withdrawal::Busy,
    }))
}

/// Asks how an order stands by the services that may know it, and goes on with what is found: an
/// order that nobody says is one of push-to-pay is asked about as one where it is not found else.
pub(crate) fn look<T>(
    espay: &Espay,
    talk: Talk,
    subject: &Subject,
    then: impl FnOnce(Talk, Found) -> Result<Dialogue<T>, ProviderError> + Send + 'static,
) -> Result<Dialogue<T>, ProviderError> {
    let alone = espay.products.of(subject.method, false);
    let pushes = alone.is_some_and(|product| product.way == Way::Push);
    let links = espay.products.of(subject.method, true).is_some();
    match (espay.account.dialect.status, pushes, links) {
        (StatusService::Snap, false, _) => look_over_snap(espay, talk, subject, then),
        (StatusService::Snap, true, true) => {
            let (again, about) = (espay.clone(), subject.clone());
            look_over_snap(espay, talk, subject, move |talk, found| match found {
                Found::Nothing => status_classic::look(&again, talk, &about, then),
                Found::At(_) | Found::Other(_) | Found::Busy => then(talk, found),
            })
        }
        (StatusService::Snap, true, false) | (StatusService::Classic, _, _) => {
            status_classic::look(espay, talk, subject, then)
        }
    }
}

/// The same by SNAP's service.
pub(crate) fn look_over_snap<T>(
    espay: &Espay,
    talk: Talk,
    subject: &Subject,
    then: impl FnOnce(Talk, Found) -> Result<Dialogue<T>, ProviderError> + Send + 'static,
) -> Result<Dialogue<T>, ProviderError> {
    let inquiry = talk.uuid();
    let body = call::body(&Question {
        partner_service_id: SERVICE_ID,
        customer_no: &espay.account.merchant_code,
        virtual_account_no: &subject.reference,
        inquiry_request_id: &inquiry,
    })?;
    let (subject, merchant) = (subject.clone(), espay.account.merchant_code.clone());
    talk.ask(&STATUS, body, move |talk, heard| then(talk, read(heard, &subject, &merchant)?))
}

fn read(heard: Heard, subject: &Subject, merchant: &str) -> Result<Found, ProviderError> {
    let answer = heard?;
    match course(&answer) {
        Course::Read => found(&answer.body::<Body>()?.virtual_account_data, subject, merchant),
        Course::NotKnown => Ok(Found::Nothing),
        Course::Again => Ok(Found::Busy),
        Course::Mend => Err(answer.mistake()),
        Course::Unsure | Course::Refused | Course::Taken => {
            unreadable("an inquiry is answered with a status, or not at all")
        }
    }
}

/// The standard's table; an order that is looked up as a bill may be unknown as one, too.
fn course(answer: &Answer) -> Course {
    match answer.code {
        Some(code) if (code.http, code.service, code.case) == (404, NUMBER, 12) => Course::NotKnown,
        Some(_) | None => answer.course_at(NUMBER, Errand::Inquire),
    }
}

fn found(data: &Data, subject: &Subject, merchant: &str) -> Result<Found, ProviderError> {
    let flag = present(data.payment_flag_status.as_ref()).and_then(Flag::read);
    let Some(flag) = flag else { return unreadable("paymentFlagStatus is not documented") };
    if present(data.customer_no.as_ref()).is_some_and(|theirs| theirs.trim() != merchant) {
        return Ok(Found::Other("customerNo"));
    }
    let amount = match (&data.total_amount, flag) {
        (Some(amount), _) => Some(amount.rupiah().unwrap_or(Rupiah::ZERO)),
        (None, Flag::Success) => return unreadable("totalAmount of what was paid is missing"),
        (None, _) => None,
    };
    Ok(subject.compare(present(data.virtual_account_no.as_ref()).map(str::trim), amount, flag))
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::Response;
    use kasir_shared::Event;
    use proptest::prelude::*;

    use super::super::super::testing::{
        MERCHANT_INFO, account, answer, asked, coded, espay, heard, later, occasion, placed,
        product,
    };
    use super::*;
    use crate::provider::snap::sign;

    const PAID: &str = r#"{"responseCode":"2002600","responseMessage":"Successful","virtualAccountData":{"partnerServiceId":"   ESPAY","customerNo":"SGWDEMOSHOP","virtualAccountNo":"ORD20261120001","paymentRequestId":"7b0d2c3e-5d3b-4a53-9a2f-0c7d9e4f1a22","paymentFlagStatus":"S","totalAmount":{"value":"150000.00","currency":"IDR"},"additionalInfo":{"trxId":"ESP1763612130ABCDE","productCode":"DANALINK"}}}"#;

    fn said(answer: Response<Bytes>) -> Result<Standing, ProviderError> {
        heard(ask(&espay(), &placed(MethodId::Dana), occasion()).unwrap(), [("status", answer)])
    }

    fn with(what: &str, instead: &str) -> Result<Standing, ProviderError> {
        assert!(PAID.contains(what), "{what}");
        said(answer(200, &PAID.replace(what, instead)))
    }

    fn is_unreadable(standing: &Result<Standing, ProviderError>) -> bool {
        matches!(standing, Err(ProviderError::Unreadable { .. }))
    }

    #[test]
    fn nothing_but_a_documented_status_says_anything() {
        for body in ["", "<html>", "{", "null", "{}", r#"{"responseCode":"2002600"}"#] {
            assert!(is_unreadable(&said(answer(200, body))), "{body}");
        }
        for (what, instead) in [
            (r#""S""#, r#""X""#),
            (r#""S""#, r#""s""#),
            (r#""S""#, r#""""#),
            (r#""S""#, "null"),
            (r#""S""#, "0"),
            ("paymentFlagStatus", "paymentStatus"),
            ("totalAmount", "amount"),
            ("virtualAccountData", "data"),
            (r#""2002600""#, "2002600"),
            (r#""2002600""#, r#""2002500""#),
            (r#""2002600""#, r#""2005500""#),
            (r#""2002600""#, r#""20026000""#),
        ] {
            let said = with(what, instead);
            assert!(is_unreadable(&said), "{what} {instead} {said:?}");
        }
        assert!(is_unreadable(&said(answer(404, PAID))));
        for code in ["2022600", "4032614", "4042613", "4042614", "4042619", "4092601", "4042512"] {
            assert!(is_unreadable(&said(coded(code))), "{code}");
        }
    }

    #[test]
    fn another_order_amount_currency_or_merchant_is_a_mismatch_and_not_paid() {
        for (what, instead) in [
            ("ORD20261120001", "ORD20261120002"),
            ("150000.00", "150001.00"),
            ("150000.00", "150000.50"),
            ("150000.00", "1"),
            ("IDR", "USD"),
            ("SGWDEMOSHOP", "SGWOTHERSHOP"),
        ] {
            let said = with(what, instead);
            assert!(matches!(said, Ok(Standing::Mismatch { .. })), "{instead} {said:?}");
        }
    }

    #[test]
    fn an_order_that_espay_does_not_know_is_unheard() {
        for code in ["4042601", "4042612"] {
            assert_eq!(said(coded(code)), Ok(Standing::Unheard), "{code}");
        }
    }

    #[test]
    fn trouble_at_espay_is_busy_and_a_mistake_of_ours_calls_a_person() {
        for code in ["5002600", "5002601", "5002602", "5042600", "4292600", "4032606"] {
            assert_eq!(said(coded(code)), Ok(Standing::Busy), "{code}");
        }
        assert_eq!(said(answer(502, "<html>")), Ok(Standing::Busy));
        for code in ["4002600", "4002601", "4002602", "4012600", "4042608", "4042616"] {
            let said = said(coded(code));
            assert!(matches!(said, Err(ProviderError::Misconfigured { .. })), "{code}");
        }
    }

    #[test]
    fn a_used_external_id_is_replaced_once() {
        let dialogue = || ask(&espay(), &placed(MethodId::Dana), occasion()).unwrap();
        let again = [("status", coded("4092600")), ("status", answer(200, PAID))];
        assert_eq!(heard(dialogue(), again), Ok(Standing::Known(Event::Settled)));
        let twice = [("status", coded("4092600")), ("status", coded("4092600"))];
        assert_eq!(heard(dialogue(), twice), Ok(Standing::Busy));
    }

    #[test]
    fn every_letter_is_read_and_doubt_is_no_failure() {
        assert_eq!(with(r#""S""#, r#""S""#), Ok(Standing::Known(Event::Settled)));
        assert_eq!(with(r#""S""#, r#""F""#), Ok(Standing::Known(Event::Declined)));
        assert_eq!(with(r#""S""#, r#""EX""#), Ok(Standing::Known(Event::Lapsed)));
        assert_eq!(with(r#""S""#, r#""IP""#), Ok(Standing::Unpaid { prompting: false }));
        for letters in ["SP", "WC", "WS"] {
            let doubt = with(r#""S""#, &format!("\"{letters}\""));
            assert_eq!(doubt, Ok(Standing::Unpaid { prompting: true }), "{letters}");
        }
    }

    #[test]
    fn the_question_names_the_order_and_is_signed_with_our_key() {
        let dialogue = ask(&espay(), &placed(MethodId::Dana), occasion()).unwrap();
        let exchange = asked(dialogue, "status");
        let request = &exchange.request;
        let path = "/apimerchant/v1.0/transfer-va/status";
        assert_eq!(
            request.uri(),
            "https://sandbox-api.espay.id/apimerchant/v1.0/transfer-va/status"
        );
        let body = std::str::from_utf8(request.body()).unwrap();
        assert!(body.starts_with(r#"{"partnerServiceId":"   ESPAY","customerNo":"SGWDEMOSHOP","virtualAccountNo":"ORD20261120001","inquiryRequestId":""#), "{body}");
        let signed = sign::without_token("POST", path, request.body(), "2026-11-20T10:15:30+07:00");
        assert_eq!(request.headers()["x-signature"], espay().keys.ours.sign(&signed));
        assert_eq!(request.headers()["x-partner-id"], "SGWDEMOSHOP");
        assert_eq!(request.headers()["channel-id"], "ESPAY");
        assert!(!request.headers().contains_key("authorization"));
    }

    #[test]
    fn an_order_of_either_kind_is_looked_for_at_both_services() {
        let mut account = account();
        account.products.push(product(MethodId::Ovo, "OVOLINK", Way::Linked));
        let espay = Espay::new(account).unwrap();
        let dialogue = || ask(&espay, &placed(MethodId::Ovo), later(100)).unwrap();
        let linked = heard(dialogue(), [("status", answer(200, PAID))]);
        assert_eq!(linked, Ok(Standing::Known(Event::Settled)));
        let pushed = r#"{"error_code":"0000","order_id":"ORD20261120001","amount":"150000","tx_status":"IP"}"#;
        let pushed = [("status", coded("4042601")), ("status_classic", answer(200, pushed))];
        assert_eq!(heard(dialogue(), pushed), Ok(Standing::Unpaid { prompting: false }));
    }

    #[test]
    fn an_order_that_is_taken_back_is_looked_at_and_a_prompt_waited_out() {
        let left = |method, after_s, answers| {
            heard(withdraw(&espay(), &placed(method), later(after_s)).unwrap(), [answers])
        };
        let flag = |letters: &str| {
            ("status", answer(200, &PAID.replace(r#""S""#, &format!("\"{letters}\""))))
        };
        assert_eq!(left(MethodId::Dana, 1, flag("IP")), Ok(Withdrawal::Abandoned));
        assert_eq!(left(MethodId::Dana, 1, flag("SP")), Ok(Withdrawal::Prompting));
        assert_eq!(left(MethodId::Dana, 1, flag("S")), Ok(Withdrawal::Over(Event::Settled)));
        assert_eq!(left(MethodId::Dana, 1, flag("EX")), Ok(Withdrawal::Over(Event::Lapsed)));
        assert_eq!(
            left(MethodId::Dana, 1, ("status", coded("4042601"))),
            Ok(Withdrawal::Abandoned)
        );
        assert_eq!(left(MethodId::Dana, 1, ("status", coded("5002600"))), Ok(Withdrawal::Busy));
        let unknown = || ("status_classic", answer(200, r#"{"error_code":"0014"}"#));
        assert_eq!(left(MethodId::Ovo, 64, unknown()), Ok(Withdrawal::Prompting));
        assert_eq!(left(MethodId::Ovo, 65, unknown()), Ok(Withdrawal::Abandoned));
    }

    #[test]
    fn credentials_are_accepted_where_the_products_are_told_and_an_order_of_nobodys_looked_for() {
        let probed = |answers: Vec<_>| heard(probe(&espay(), occasion()).unwrap(), answers);
        let products = || ("merchant_info", answer(200, MERCHANT_INFO));
        assert_eq!(probed(vec![products(), ("status", coded("4042601"))]), Ok(()));
        let refused = probed(vec![("merchant_info", answer(200, r#"{"error_code":"0001"}"#))]);
        assert!(matches!(refused, Err(ProviderError::Misconfigured { .. })));
        for code in ["4012600", "4042616"] {
            let refused = probed(vec![products(), ("status", coded(code))]);
            assert!(matches!(refused, Err(ProviderError::Misconfigured { .. })), "{code}");
        }
        let busy = probed(vec![products(), ("status", coded("5002600"))]);
        assert!(matches!(busy, Err(ProviderError::Unreadable { .. })));
    }

    #[test]
    fn an_answer_that_was_cut_short_anywhere_settles_nothing() {
        for end in 0..PAID.len() {
            assert!(is_unreadable(&said(answer(200, &PAID[..end]))), "{end}");
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
