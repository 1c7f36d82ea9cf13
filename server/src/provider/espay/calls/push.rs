//! `POST /rest/digitalpay/pushtopay`: prompts the customer's phone. One of Espay's classic services.

use bytes::Bytes;
use http::{Response, StatusCode};
use serde::Deserialize;

use super::super::Espay;
use super::super::methods::Product;
use super::super::sign::Recipe;
use super::super::text::description;
use super::{Form, Talk, classic_time};
use crate::provider::words::unreadable;
use crate::provider::{Dialogue, Next, Occasion, Order, ProviderError, Started};

const PATH: &str = "/rest/digitalpay/pushtopay";
const FINE: &str = "0000";
/// The longest `description`.
const DESCRIPTION_MAX: usize = 20;

#[derive(Deserialize)]
struct Answer {
    error_code: String,
    order_id: Option<String>,
}

/// Prompts. Espay is told not to hold its answer until the customer has decided.
pub(crate) fn ask(
    espay: &Espay,
    order: &Order,
    product: &Product,
    now: Occasion,
) -> Result<Dialogue<Started>, ProviderError> {
    let account = &espay.account;
    let unsendable = |why| ProviderError::Unsendable { why };
    let login = account.push.as_ref().ok_or(unsendable("push-to-pay has no login"))?;
    let phone = order.payer.phone.as_ref().ok_or(unsendable("the wallet's number is missing"))?;
    let talk = Talk::new(espay, now);
    let (uuid, time) = (talk.uuid(), classic_time(now.at));
    let (amount, phone) = (order.amount.value().to_string(), espay.phone(phone));
    let recipe = Recipe::PushToPay {
        request: &uuid,
        merchant: &account.merchant_code,
        product: &product.code,
        order: &order.reference,
        amount: &amount,
        order_of_key: account.dialect.push_signature,
    };
    let signature = recipe.sign(&account.signature_key);
    let about = description(&order.description, DESCRIPTION_MAX);
    let fields = [
        ("rq_uuid", uuid.as_str()),
        ("rq_datetime", &time),
        ("comm_code", &account.merchant_code),
        ("order_id", &order.reference),
        ("product_code", &product.code),
        ("amount", &amount),
        ("customer_id", &phone),
        ("description", &about),
        ("key", account.api_key.expose()),
        ("is_sync", "0"),
        ("signature", signature.as_str()),
    ];
    let form = Form { operation: "push", path: PATH, fields: &fields, login: Some(login) };
    let (reference, lifetime_s) = (order.reference.clone(), product.lifetime_s());
    talk.post(&form, move |_, response| {
        read(response, &reference)?;
        let next = Next::ApprovePush;
        let started = Started::Placed { transaction: None, next, lifetime_s: Some(lifetime_s) };
        Ok(Dialogue::Done(started))
    })
}

/// No refusal of this service is documented: whatever it says but yes, nobody knows whether the phone
/// was prompted.
fn read(response: &Response<Bytes>, reference: &str) -> Result<(), ProviderError> {
    if response.status() == StatusCode::UNAUTHORIZED {
        let why = "user or password of push-to-pay is refused";
        return Err(ProviderError::Misconfigured { code: "401".to_owned(), why });
    }
    let Ok(answer) = serde_json::from_slice::<Answer>(response.body()) else {
        return unreadable("body is not the answer that the documents describe");
    };
    if !response.status().is_success() || answer.error_code != FINE {
        return unreadable("nobody knows whether the phone was prompted");
    }
    if answer.order_id.is_some_and(|theirs| !theirs.is_empty() && theirs != reference) {
        return unreadable("order_id is not ours");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use kasir_shared::MethodId;
    use proptest::prelude::*;

    use super::super::super::dialect::PushSignature;
    use super::super::super::testing::{account, answer, asked, espay, heard, occasion, order};
    use super::*;
    use crate::provider::Provider;

    fn said(answer: Response<Bytes>) -> Result<Started, ProviderError> {
        heard(espay().start(&order(MethodId::Ovo), occasion()).unwrap(), [("push", answer)])
    }

    #[test]
    fn whatever_is_no_yes_leaves_open_whether_the_phone_rang() {
        for (status, body) in [
            (200, ""),
            (200, "<html>"),
            (200, r#"{"error_code":"0014"}"#),
            (200, r#"{"error_code":0}"#),
            (500, r#"{"error_code":"0000"}"#),
            (200, r#"{"error_code":"0000","order_id":"ORD20261120002"}"#),
        ] {
            let said = said(answer(status, body));
            assert!(matches!(said, Err(ProviderError::Unreadable { .. })), "{body} {said:?}");
        }
    }

    #[test]
    fn a_login_that_is_refused_calls_a_person() {
        let said = said(answer(401, "Unauthorized"));
        assert!(matches!(said, Err(ProviderError::Misconfigured { .. })), "{said:?}");
    }

    #[test]
    fn an_order_without_a_number_is_not_sent() {
        let mut order = order(MethodId::Ovo);
        order.payer.phone = None;
        let said = espay().start(&order, occasion());
        assert!(matches!(said, Err(ProviderError::Unsendable { .. })));
    }

    #[test]
    fn the_question_is_signed_in_either_order_and_names_its_user() {
        for order_of_key in [PushSignature::WordThenKey, PushSignature::KeyThenWord] {
            let mut account = account();
            account.dialect.push_signature = order_of_key;
            let espay = Espay::new(account).unwrap();
            let exchange = asked(espay.start(&order(MethodId::Ovo), occasion()).unwrap(), "push");
            let request = &exchange.request;
            assert_eq!(request.headers()["authorization"], "Basic a29waTpnaWxpbmc=");
            assert!(!format!("{request:?}").contains("a29waTpnaWxpbmc"));
            let fields: std::collections::BTreeMap<_, _> =
                form_urlencoded::parse(request.body()).into_owned().collect();
            assert_eq!((fields["amount"].as_str(), fields["is_sync"].as_str()), ("150000", "0"));
            assert_eq!(fields["customer_id"], "6281234567890");
            let recipe = Recipe::PushToPay {
                request: &fields["rq_uuid"],
                merchant: "SGWDEMOSHOP",
                product: "OVO",
                order: "ORD20261120001",
                amount: "150000",
                order_of_key,
            };
            assert!(recipe.sign(&espay.account.signature_key).fits(&fields["signature"]));
        }
    }

    #[test]
    fn a_prompt_lives_fifty_five_seconds() {
        let started = said(answer(200, r#"{"error_code":"0000","error_message":"Success"}"#));
        let Ok(Started::Placed { next, lifetime_s, .. }) = started else { panic!("{started:?}") };
        assert_eq!((next, lifetime_s), (Next::ApprovePush, Some(55)));
    }

    proptest! {
        #[test]
        fn no_answer_makes_it_panic_or_refuses(body in any::<Vec<u8>>(), code in 200_u16..600) {
            let mut answer = Response::new(Bytes::from(body));
            *answer.status_mut() = code.try_into().unwrap();
            prop_assert!(said(answer).is_err());
        }
    }
}
