//! `POST /rest/merchant/merchantinfo`: which products the merchant has, and which bank code each of
//! them goes under.

use bytes::Bytes;
use http::Response;
use serde::Deserialize;

use super::super::Espay;
use super::{Form, Talk};
use crate::provider::words::unreadable;
use crate::provider::{Catalogue, Dialogue, Occasion, Product, ProviderError};
use crate::secret::Secret;

const PATH: &str = "/rest/merchant/merchantinfo";
/// What says that it worked.
const FINE: &str = "0000";
/// The longest code that is quoted.
const QUOTED_MAX: usize = 20;

#[derive(Deserialize)]
struct Answer {
    error_code: String,
    #[serde(default)]
    data: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    bank_code: String,
    product_code: String,
    #[serde(default)]
    product_name: String,
}

/// Asks for the products.
pub(crate) fn ask(espay: &Espay, now: Occasion) -> Result<Dialogue<Catalogue>, ProviderError> {
    look(Talk::new(espay, now), &espay.account.api_key, |_, catalogue| {
        Ok(Dialogue::Done(catalogue))
    })
}

/// Asks for the products, and goes on with them.
pub(crate) fn look<T>(
    talk: Talk,
    api_key: &Secret,
    then: impl FnOnce(Talk, Catalogue) -> Result<Dialogue<T>, ProviderError> + Send + 'static,
) -> Result<Dialogue<T>, ProviderError> {
    let fields = [("key", api_key.expose())];
    let form = Form { operation: "merchant_info", path: PATH, fields: &fields, login: None };
    talk.post(&form, |talk, response| then(talk, read(response)?))
}

fn read(response: &Response<Bytes>) -> Result<Catalogue, ProviderError> {
    if response.status().is_server_error() {
        return unreadable("Espay has trouble of its own");
    }
    let Ok(answer) = serde_json::from_slice::<Answer>(response.body()) else {
        return unreadable("body is not the list of products that the documents describe");
    };
    if answer.error_code != FINE {
        let code = answer.error_code.chars().filter(char::is_ascii_graphic).take(QUOTED_MAX);
        let why = "the list of products is refused: is api_key this merchant's on this host?";
        return Err(ProviderError::Misconfigured { code: code.collect(), why });
    }
    let product =
        |row: Row| Product { bank: row.bank_code, code: row.product_code, name: row.product_name };
    Ok(Catalogue { products: answer.data.into_iter().map(product).collect() })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::super::testing::{MERCHANT_INFO, answer, asked, espay, heard, occasion};
    use super::*;

    fn said(answer: Response<Bytes>) -> Result<Catalogue, ProviderError> {
        heard(ask(&espay(), occasion()).unwrap(), [("merchant_info", answer)])
    }

    #[test]
    fn nothing_but_a_list_is_a_list() {
        for body in [
            "",
            "<html>",
            "[]",
            "{}",
            r#"{"error_code":0}"#,
            r#"{"error_code":"0000","data":[{}]}"#,
        ] {
            assert!(
                matches!(said(answer(200, body)), Err(ProviderError::Unreadable { .. })),
                "{body}"
            );
        }
        let trouble = said(answer(503, MERCHANT_INFO));
        assert!(matches!(trouble, Err(ProviderError::Unreadable { .. })));
    }

    #[test]
    fn a_key_that_is_refused_calls_a_person() {
        let said = said(answer(200, r#"{"error_code":"0001","error_message":"Invalid Key"}"#));
        let Err(ProviderError::Misconfigured { code, .. }) = said else { panic!("{said:?}") };
        assert_eq!(code, "0001");
    }

    #[test]
    fn the_question_is_the_key_and_nothing_else() {
        let exchange = asked(ask(&espay(), occasion()).unwrap(), "merchant_info");
        let request = &exchange.request;
        assert_eq!(request.uri(), "https://sandbox-api.espay.id/rest/merchant/merchantinfo");
        assert_eq!(request.body(), "key=00112233445566778899aabbccddeeff");
        assert!(!request.headers().contains_key("x-signature"));
    }

    #[test]
    fn every_product_is_kept_with_its_bank_code() {
        let catalogue = said(answer(200, MERCHANT_INFO)).unwrap();
        let ovo = catalogue.product("OVOLINK").unwrap();
        assert_eq!((ovo.bank.as_str(), ovo.name.as_str()), ("503", "OVO Linkage"));
        assert_eq!(said(answer(200, r#"{"error_code":"0000"}"#)), Ok(Catalogue::default()));
    }

    proptest! {
        #[test]
        fn no_answer_makes_it_panic(body in any::<Vec<u8>>(), code in 200_u16..600) {
            let mut answer = Response::new(Bytes::from(body));
            *answer.status_mut() = code.try_into().unwrap();
            prop_assert!(said(answer).is_err());
        }
    }
}
