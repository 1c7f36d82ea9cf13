//! `POST /rest/merchant/status`: how an order stands, by Espay's classic service.

use bytes::Bytes;
use http::Response;
use kasir_shared::Rupiah;
use serde::Deserialize;

use super::super::Espay;
use super::super::sign::Recipe;
use super::super::status::{Flag, Found, Subject};
use super::{Form, Talk, classic_time};
use crate::provider::snap::amount::Amount;
use crate::provider::words::{present, unreadable};
use crate::provider::{Dialogue, ProviderError};

const PATH: &str = "/rest/merchant/status";
const FINE: &str = "0000";
/// The one error that the documents name: the order is not known.
const UNKNOWN: &str = "0014";

#[derive(Deserialize)]
struct Answer {
    error_code: String,
    order_id: Option<String>,
    ccy_id: Option<String>,
    amount: Option<String>,
    tx_status: Option<String>,
}

/// Asks how an order stands, and goes on with what is found. `is_paymentnotif` is left out: with it,
/// the question would change what Espay believes we know.
pub(crate) fn look<T>(
    espay: &Espay,
    talk: Talk,
    subject: &Subject,
    then: impl FnOnce(Talk, Found) -> Result<Dialogue<T>, ProviderError> + Send + 'static,
) -> Result<Dialogue<T>, ProviderError> {
    let (uuid, now) = (talk.uuid(), classic_time(talk.at()));
    let recipe = Recipe::CheckStatus { at: &now, order: &subject.reference };
    let signature = recipe.sign(&espay.account.signature_key);
    let fields = [
        ("uuid", uuid.as_str()),
        ("rq_datetime", &now),
        ("comm_code", &espay.account.merchant_code),
        ("order_id", &subject.reference),
        ("signature", signature.as_str()),
    ];
    let form = Form { operation: "status_classic", path: PATH, fields: &fields, login: None };
    let subject = subject.clone();
    talk.post(&form, move |talk, response| then(talk, read(response, &subject)?))
}

fn read(response: &Response<Bytes>, subject: &Subject) -> Result<Found, ProviderError> {
    if response.status().is_server_error() {
        return Ok(Found::Busy);
    }
    let Ok(answer) = serde_json::from_slice::<Answer>(response.body()) else {
        return unreadable("body is not the status that the documents describe");
    };
    match answer.error_code.as_str() {
        FINE => answer.found(subject),
        UNKNOWN => Ok(Found::Nothing),
        _ => unreadable("error_code is not documented"),
    }
}

impl Answer {
    fn found(&self, subject: &Subject) -> Result<Found, ProviderError> {
        let Some(flag) = present(self.tx_status.as_ref()).and_then(Flag::read) else {
            return unreadable("tx_status is not documented");
        };
        let Some(order) = present(self.order_id.as_ref()) else {
            return unreadable("the order that it speaks of is missing");
        };
        let amount = match (present(self.amount.as_ref()), flag) {
            (Some(amount), _) => Some(self.rupiah(amount)),
            (None, Flag::Success) => return unreadable("amount of what was paid is missing"),
            (None, _) => None,
        };
        Ok(subject.compare(Some(order), amount, flag))
    }

    /// The amount in rupiah. Whatever else it is, it is not what we asked for.
    fn rupiah(&self, amount: &str) -> Rupiah {
        let currency = present(self.ccy_id.as_ref()).unwrap_or("IDR");
        Amount::written(amount, currency).rupiah().unwrap_or(Rupiah::ZERO)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::super::testing::{answer, asked, espay, heard, occasion, placed};
    use super::*;
    use crate::provider::Standing;
    use kasir_shared::{Event, MethodId};

    const PAID: &str = r#"{"error_code":"0000","error_message":"","tx_id":"ESP1","order_id":"ORD20261120001","ccy_id":"IDR","amount":"150000.00","tx_status":"S"}"#;

    /// OVO's prompt is asked about by this service whatever the account is set to.
    fn said(answer: Response<Bytes>) -> Result<Standing, ProviderError> {
        let dialogue = super::super::status::ask(&espay(), &placed(MethodId::Ovo), occasion());
        heard(dialogue.unwrap(), [("status_classic", answer)])
    }

    fn with(what: &str, instead: &str) -> Result<Standing, ProviderError> {
        assert!(PAID.contains(what), "{what}");
        said(answer(200, &PAID.replace(what, instead)))
    }

    #[test]
    fn nothing_but_a_documented_status_says_anything() {
        for (what, instead) in [
            (r#""0000""#, r#""0001""#),
            (r#""0000""#, "0"),
            (r#""S""#, r#""X""#),
            (r#""S""#, r#""""#),
            (r#""S""#, "null"),
            (r#""order_id""#, r#""orderid""#),
            (r#""amount""#, r#""amounts""#),
        ] {
            let said = with(what, instead);
            assert!(
                matches!(said, Err(ProviderError::Unreadable { .. })),
                "{what} {instead} {said:?}"
            );
        }
        for end in 0..PAID.len() {
            assert!(said(answer(200, &PAID[..end])).is_err(), "{end}");
        }
    }

    #[test]
    fn another_order_amount_or_currency_is_a_mismatch_and_not_paid() {
        for (what, instead) in
            [("ORD20261120001", "ORD20261120002"), ("150000.00", "150001.00"), ("IDR", "USD")]
        {
            let said = with(what, instead);
            assert!(matches!(said, Ok(Standing::Mismatch { .. })), "{instead} {said:?}");
        }
    }

    #[test]
    fn an_unknown_order_is_unheard_and_trouble_is_busy() {
        assert_eq!(with("0000", "0014"), Ok(Standing::Unheard));
        assert_eq!(said(answer(502, "<html>")), Ok(Standing::Busy));
    }

    #[test]
    fn every_letter_is_read() {
        assert_eq!(with(r#""S""#, r#""S""#), Ok(Standing::Known(Event::Settled)));
        assert_eq!(with(r#""S""#, r#""F""#), Ok(Standing::Known(Event::Declined)));
        assert_eq!(with(r#""S""#, r#""EX""#), Ok(Standing::Known(Event::Lapsed)));
        for letters in ["IP", "SP", "WC", "WS"] {
            let unpaid = with(r#""S""#, &format!("\"{letters}\""));
            assert_eq!(unpaid, Ok(Standing::Unpaid { prompting: true }), "{letters}");
        }
    }

    #[test]
    fn the_question_is_hashed_as_the_documents_say() {
        let dialogue = super::super::status::ask(&espay(), &placed(MethodId::Ovo), occasion());
        let exchange = asked(dialogue.unwrap(), "status_classic");
        let request = &exchange.request;
        assert_eq!(request.uri(), "https://sandbox-api.espay.id/rest/merchant/status");
        let fields: std::collections::BTreeMap<_, _> =
            form_urlencoded::parse(request.body()).into_owned().collect();
        assert_eq!(fields["rq_datetime"], "2026-11-20 10:15:30");
        assert_eq!(fields["order_id"], "ORD20261120001");
        assert_eq!(fields["comm_code"], "SGWDEMOSHOP");
        assert!(!fields.contains_key("is_paymentnotif"));
        // sha256 of ##DEMOKEY012345678##2026-11-20 10:15:30##ORD20261120001##CHECKSTATUS##
        let recipe = Recipe::CheckStatus { at: "2026-11-20 10:15:30", order: "ORD20261120001" };
        assert!(recipe.sign(&espay().account.signature_key).fits(&fields["signature"]));
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
