//! `POST /api/v1.0/debit/status`: how an order stands.
//!
//! A notification here is signed without its body, so that it may name any transaction beside our
//! order number. The answer has to repeat both numbers before it settles anything.

use kasir_shared::{Event, MethodId, Moment, Rupiah};
use serde::{Deserialize, Serialize};

use super::super::NicepaySnap;
use super::{PLACED_WITH, STATUS};
use crate::provider::nicepay::methods;
use crate::provider::snap::amount::Amount;
use crate::provider::snap::call;
use crate::provider::snap::code::{Answer, Course, Errand};
use crate::provider::snap::token::Question;
use crate::provider::words::{present, unreadable};
use crate::provider::{Dialogue, Occasion, Placed, ProviderError, Standing};

/// How long after its number was issued an order may still be sent: longer than NICEPAY is likely to
/// be out of reach, so that nobody is called unprompted who is not.
const RESENDING_S: i64 = 60 * 60;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    merchant_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    sub_merchant_id: Option<&'a str>,
    original_partner_reference_no: &'a str,
    original_reference_no: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    external_store_id: Option<&'a str>,
    service_code: &'static str,
    amount: Amount,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Reply {
    original_reference_no: Option<String>,
    original_partner_reference_no: Option<String>,
    service_code: Option<String>,
    latest_transaction_status: Option<String>,
    // Which of the two it is differs between NICEPAY's libraries and the standard.
    trans_amount: Option<Amount>,
    amount: Option<Amount>,
}

/// The status of an order of which anything went back.
pub(crate) const REFUNDED: &str = "04";

/// What a look finds.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Found {
    /// How the order stands.
    pub(crate) standing: Standing,
    /// NICEPAY's own status, empty where there is none.
    pub(crate) status: String,
}

/// What an answer has to speak of.
struct Expected {
    reference: String,
    transaction: String,
    amount: Rupiah,
    refunded: Rupiah,
    may_prompt: bool,
}

impl Expected {
    /// What a status says that does not say how much went back: where we gave back a part, it was
    /// that, and the rest was paid and stays.
    fn reversed(&self) -> Event {
        let part = !self.refunded.is_zero() && self.refunded < self.amount;
        if part { Event::Settled } else { Event::Reversed }
    }
}

/// Asks how an order stands. Without NICEPAY's own number there is nothing to ask with.
pub(crate) fn ask(
    snap: &NicepaySnap,
    placed: &Placed,
    now: Occasion,
) -> Result<Dialogue<Standing>, ProviderError> {
    match &placed.transaction {
        Some(transaction) => {
            look(snap, (placed, transaction), now, |found| Ok(Dialogue::Done(found.standing)))
        }
        None => Ok(Dialogue::Done(Standing::Unheard)),
    }
}

/// Asks about an order that nobody has: whoever says so has taken our credentials.
pub(crate) fn probe(snap: &NicepaySnap, now: Occasion) -> Result<Dialogue<()>, ProviderError> {
    let nobodys = Placed {
        reference: format!("kasir-check-{}", now.at.unix_s()),
        method: MethodId::Dana,
        amount: Rupiah::ZERO,
        issued_at: now.at,
        transaction: None,
        paid_at: None,
        refunded: Rupiah::ZERO,
    };
    let transaction = format!("{}05000000000000000000", snap.account.imid);
    let question = question(snap, (&nobodys, &transaction), now)?;
    Ok(snap.line.ask(question, |answer| match answer.course(Errand::Inquire) {
        Course::Read | Course::NotKnown => Ok(Dialogue::Done(())),
        Course::Mend => Err(answer.mistake()),
        Course::Again | Course::Unsure | Course::Refused | Course::Taken => {
            unreadable("response code does not say whether we are known")
        }
    }))
}

/// Asks how an order stands, and goes on with what is found.
pub(crate) fn look<T: 'static>(
    snap: &NicepaySnap,
    (placed, transaction): (&Placed, &str),
    now: Occasion,
    then: impl FnOnce(Found) -> Result<Dialogue<T>, ProviderError> + Send + 'static,
) -> Result<Dialogue<T>, ProviderError> {
    let expected = Expected {
        reference: placed.reference.clone(),
        transaction: transaction.to_owned(),
        amount: placed.amount,
        refunded: placed.refunded,
        may_prompt: may_prompt(placed, now.at),
    };
    let question = question(snap, (placed, transaction), now)?;
    Ok(snap.line.ask(question, move |answer| then(read(&answer, &expected)?)))
}

fn question(
    snap: &NicepaySnap,
    (placed, transaction): (&Placed, &str),
    now: Occasion,
) -> Result<Question, ProviderError> {
    let body = call::body(&Body {
        merchant_id: &snap.account.imid,
        sub_merchant_id: snap.account.sub_merchant_id.as_deref(),
        original_partner_reference_no: &placed.reference,
        original_reference_no: transaction,
        external_store_id: snap.account.external_store_id.as_deref(),
        service_code: PLACED_WITH,
        amount: Amount::of(placed.amount),
    })?;
    Ok(Question { service: STATUS, body, now, number: 0 })
}

fn read(answer: &Answer, expected: &Expected) -> Result<Found, ProviderError> {
    let without_status = |standing| Ok(Found { standing, status: String::new() });
    match answer.course(Errand::Inquire) {
        Course::Read => found(&answer.body()?, expected),
        Course::NotKnown => without_status(Standing::Unheard),
        Course::Again => without_status(Standing::Busy),
        Course::Mend => Err(answer.mistake()),
        Course::Unsure | Course::Refused | Course::Taken => {
            unreadable("response code says nothing about an order")
        }
    }
}

fn found(reply: &Reply, expected: &Expected) -> Result<Found, ProviderError> {
    let Some(status) = present(reply.latest_transaction_status.as_ref()) else {
        return unreadable("latestTransactionStatus is missing");
    };
    let Some(reference) = present(reply.original_partner_reference_no.as_ref()) else {
        return unreadable("originalPartnerReferenceNo is missing");
    };
    let Some(transaction) = present(reply.original_reference_no.as_ref()) else {
        return unreadable("originalReferenceNo is missing");
    };
    let other_service = present(reply.service_code.as_ref()).is_some_and(|it| it != PLACED_WITH);
    let amounts = [reply.trans_amount.as_ref(), reply.amount.as_ref()];
    let other_amount =
        amounts.into_iter().flatten().any(|amount| amount.rupiah() != Some(expected.amount));
    let mismatch = [
        (reference != expected.reference, "originalPartnerReferenceNo is not ours"),
        (transaction != expected.transaction, "originalReferenceNo is not ours"),
        (other_service, "serviceCode is not that of an order"),
        (other_amount, "amount is not ours"),
    ];
    let standing = match mismatch.into_iter().find(|(differs, _)| *differs) {
        Some((_, what)) => Some(Standing::Mismatch { what }),
        None => standing(status, expected),
    };
    match standing {
        Some(standing) => Ok(Found { standing, status: status.to_owned() }),
        None => unreadable("latestTransactionStatus is not documented"),
    }
}

/// Over SNAP placing is paying: whoever is unpaid at a wallet that prompts is being prompted, for as
/// long as a prompt lasts, however late the order was sent a last time. Should NICEPAY never call a
/// prompt over that nobody answered, it is over after that.
fn may_prompt(placed: &Placed, at: Moment) -> bool {
    let method = methods::row(placed.method).filter(|method| method.prompts);
    method.is_some_and(|method| {
        at < placed.issued_at.plus_s(i64::from(method.lifetime_s) + RESENDING_S)
    })
}

fn standing(status: &str, expected: &Expected) -> Option<Standing> {
    match status {
        "00" => Some(Standing::Known(Event::Settled)),
        "01" | "02" | "03" => Some(Standing::Unpaid { prompting: expected.may_prompt }),
        REFUNDED => Some(Standing::Known(expected.reversed())),
        "05" => Some(Standing::Known(Event::Withdrawn)),
        "06" => Some(Standing::Known(Event::Declined)),
        "07" => Some(Standing::Unheard),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::Response;
    use proptest::prelude::*;
    use serde_json::json;

    use super::super::super::testing::{asked, exchange, occasion, snap, with_token};
    use super::*;
    use crate::provider::nicepay::testing::{answer, placed, status};

    const GOLDEN: &str =
        include_str!("../../../../../../tests/vectors/nicepay/snap/status/question.json");
    const ANSWER: &str =
        include_str!("../../../../../../tests/vectors/nicepay/snap/status/answer.json");

    fn said(answer: Response<Bytes>) -> Result<Standing, ProviderError> {
        asked(ask(&snap(), &placed(MethodId::Dana), occasion())?, answer)
    }

    /// The documented answer with one value changed.
    fn with(name: &str, value: serde_json::Value) -> Result<Standing, ProviderError> {
        let mut body: serde_json::Value = serde_json::from_str(ANSWER).unwrap();
        body[name] = value;
        said(answer(&body.to_string()))
    }

    #[test]
    fn nothing_but_a_documented_status_says_anything() {
        for body in ["", "<html>", "null", "{}", r#"{"responseCode":"2005500"}"#] {
            assert!(matches!(said(answer(body)), Err(ProviderError::Unreadable { .. })), "{body}");
        }
        for (name, value) in [
            ("latestTransactionStatus", json!("08")),
            ("latestTransactionStatus", json!("0")),
            ("latestTransactionStatus", json!("")),
            ("latestTransactionStatus", json!(null)),
            ("latestTransactionStatus", json!(0)),
            ("originalPartnerReferenceNo", json!(null)),
            ("originalPartnerReferenceNo", json!("")),
            ("originalReferenceNo", json!(null)),
            ("transAmount", json!("2000.00")),
            ("transAmount", json!({ "value": 2000, "currency": "IDR" })),
            ("responseCode", json!("20055000")),
            ("responseCode", json!(2_005_500)),
            ("responseCode", json!("2005400")),
            ("responseCode", json!(null)),
        ] {
            let standing = with(name, value.clone());
            assert!(
                matches!(standing, Err(ProviderError::Unreadable { .. })),
                "{name} {value} {standing:?}"
            );
        }
        for http in [201, 202, 404] {
            assert!(said(status(http, ANSWER)).is_err(), "{http}");
        }
    }

    #[test]
    fn another_order_amount_or_currency_is_a_mismatch_and_not_paid() {
        for (name, value) in [
            ("originalPartnerReferenceNo", json!("ANOTHER")),
            ("originalReferenceNo", json!("IONPAYTEST05202212080659599999")),
            ("serviceCode", json!("47")),
            ("transAmount", json!({ "value": "200.00", "currency": "IDR" })),
            ("transAmount", json!({ "value": "2000.00", "currency": "USD" })),
            ("transAmount", json!({ "value": "", "currency": "" })),
            ("amount", json!({ "value": "2000.50", "currency": "IDR" })),
        ] {
            let standing = with(name, value.clone());
            assert!(matches!(standing, Ok(Standing::Mismatch { .. })), "{name} {standing:?}");
        }
    }

    #[test]
    fn every_class_of_code_has_its_course() {
        let coded = |code: &str| {
            said(status(code[..3].parse().unwrap(), &json!({ "responseCode": code }).to_string()))
        };
        for code in ["4005501", "4015500", "4035501", "4045516"] {
            assert!(matches!(coded(code), Err(ProviderError::Misconfigured { .. })), "{code}");
        }
        for code in ["5005500", "5005501", "5045500", "4295500", "4095500"] {
            assert_eq!(coded(code), Ok(Standing::Busy), "{code}");
        }
        assert_eq!(coded("4045501"), Ok(Standing::Unheard));
        assert_eq!(said(status(502, "<html>")), Ok(Standing::Busy));
        for code in ["2025500", "4035505", "4045514", "4095501", "4185500"] {
            assert!(matches!(coded(code), Err(ProviderError::Unreadable { .. })), "{code}");
        }
    }

    #[test]
    fn every_status_has_its_standing() {
        for (status, standing) in [
            ("00", Standing::Known(Event::Settled)),
            ("01", Standing::Unpaid { prompting: false }),
            ("02", Standing::Unpaid { prompting: false }),
            ("03", Standing::Unpaid { prompting: false }),
            ("04", Standing::Known(Event::Reversed)),
            ("05", Standing::Known(Event::Withdrawn)),
            ("06", Standing::Known(Event::Declined)),
            ("07", Standing::Unheard),
        ] {
            assert_eq!(with("latestTransactionStatus", status.into()), Ok(standing), "{status}");
        }
    }

    #[test]
    fn a_part_that_we_gave_back_is_no_reversal() {
        let body = ANSWER.replace(r#"Status":"00""#, r#"Status":"04""#);
        for (refunded, event) in
            [(0, Event::Reversed), (500, Event::Settled), (2000, Event::Reversed)]
        {
            let mut placed = placed(MethodId::Dana);
            placed.refunded = Rupiah::new(refunded).unwrap();
            let dialogue = ask(&snap(), &placed, occasion()).unwrap();
            assert_eq!(asked(dialogue, answer(&body)), Ok(Standing::Known(event)), "{refunded}");
        }
    }

    #[test]
    fn an_unpaid_order_at_a_wallet_that_prompts_is_a_prompt() {
        let body = ANSWER
            .replace(r#""latestTransactionStatus":"00""#, r#""latestTransactionStatus":"03""#);
        for (age_s, prompting) in [(0, true), (3654, true), (3655, false)] {
            let mut placed = placed(MethodId::Ovo);
            placed.issued_at = occasion().at.plus_s(-age_s);
            let dialogue = ask(&snap(), &placed, occasion()).unwrap();
            let standing = asked(dialogue, answer(&body));
            assert_eq!(standing, Ok(Standing::Unpaid { prompting }), "{age_s}");
        }
    }

    #[test]
    fn the_question_is_the_documents() {
        let dialogue = ask(&snap(), &placed(MethodId::Dana), occasion()).unwrap();
        let request = exchange(with_token(dialogue, "t")).request;
        assert_eq!(request.uri(), "https://dev.nicepay.co.id/nicepay/api/v1.0/debit/status");
        assert_eq!(std::str::from_utf8(request.body()).unwrap(), GOLDEN.trim_end());
    }

    #[test]
    fn an_order_without_a_number_of_nicepays_is_not_asked_about() {
        let mut placed = placed(MethodId::Ovo);
        placed.transaction = None;
        let dialogue = ask(&snap(), &placed, occasion()).unwrap();
        assert!(matches!(dialogue, Dialogue::Done(Standing::Unheard)));
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
