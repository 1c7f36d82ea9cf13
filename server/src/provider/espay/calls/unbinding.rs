//! `POST /apidirectdebit/v1.0/debit/registration-account-unbinding` (service 09): ends an agreement.

use serde::Serialize;
use serde_json::Value;

use super::super::Espay;
use super::super::dialect::UnbindingPath;
use super::super::methods::Product;
use super::linking::{self, Word, text};
use super::{Call, Heard, Host, Talk};
use crate::provider::snap::call::{self, Service};
use crate::provider::{Dialogue, Linked, Occasion, ProviderError, Unlinking};

const NUMBER: u8 = 9;
const WITH_DEBIT: Call = unbinding("/apidirectdebit/v1.0/debit/registration-account-unbinding");
const WITHOUT_DEBIT: Call = unbinding("/apidirectdebit/v1.0/registration-account-unbinding");
/// The longest result that is quoted.
const QUOTED_MAX: usize = 20;

const fn unbinding(path: &'static str) -> Call {
    Call { service: Service { number: NUMBER, operation: "unbinding", path }, host: Host::Linkage }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Question<'a> {
    partner_reference_no: &'a str,
    merchant_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone_no: Option<String>,
    additional_info: Info<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Info<'a> {
    product_code: &'a str,
    account_token: &'a str,
}

/// Ends an agreement.
pub(crate) fn ask(
    espay: &Espay,
    linked: &Linked,
    product: &Product,
    now: Occasion,
) -> Result<Dialogue<Unlinking>, ProviderError> {
    let dialect = &espay.account.dialect;
    let call = match dialect.unbinding_path {
        UnbindingPath::WithDebit => &WITH_DEBIT,
        UnbindingPath::WithoutDebit => &WITHOUT_DEBIT,
    };
    let body = call::body(&Question {
        partner_reference_no: &linked.reference,
        merchant_id: espay.merchant_id(dialect.unbinding_merchant_id),
        phone_no: linked.phone.as_ref().map(kasir_shared::Phone::international),
        additional_info: Info { product_code: &product.code, account_token: linked.token.expose() },
    })?;
    Talk::new(espay, now).ask(call, body, |_, heard| read(heard).map(Dialogue::Done))
}

fn read(heard: Heard) -> Result<Unlinking, ProviderError> {
    let answer = heard?;
    match linking::word(&answer, NUMBER)? {
        Word::Done => Ok(ended(&answer.body()?)),
        // It was over before: Espay does not know the token any more.
        Word::Over => Ok(Unlinking::Over),
        Word::No(refusal) => Ok(Unlinking::Refused { code: refusal.code }),
        // The number is the link's own; what it names twice is the same agreement's end.
        Word::InProgress | Word::Taken | Word::Busy => Ok(Unlinking::Busy),
    }
}

/// A result other than `success` is none, where one is said at all.
fn ended(body: &Value) -> Unlinking {
    match text(body, &["unlinkResult"]) {
        None => Unlinking::Over,
        Some(result) if result.eq_ignore_ascii_case("success") => Unlinking::Over,
        Some(other) => {
            let code = other.chars().filter(char::is_ascii_graphic).take(QUOTED_MAX).collect();
            Unlinking::Refused { code }
        }
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::Response;
    use kasir_shared::MethodId;
    use proptest::prelude::*;

    use super::super::super::testing::{
        answer, asked, coded, heard, linked, linked_account, occasion,
    };
    use super::super::super::{Dialect, MerchantId};
    use super::*;
    use crate::provider::Linkage as _;

    fn question(change: impl FnOnce(&mut Dialect)) -> Dialogue<Unlinking> {
        let mut account = linked_account();
        change(&mut account.dialect);
        Espay::new(account).unwrap().unlink(&linked(MethodId::Ovo), occasion()).unwrap()
    }

    fn said(answer: Response<Bytes>) -> Result<Unlinking, ProviderError> {
        heard(question(|_| {}), [("unbinding", answer)])
    }

    #[test]
    fn an_agreement_is_over_when_espay_says_so_and_not_before() {
        for code in ["5000901", "4290900", "5040900", "2020900", "4090901"] {
            assert_eq!(said(coded(code)), Ok(Unlinking::Busy), "{code}");
        }
        let refused = |code: &str| Ok(Unlinking::Refused { code: code.to_owned() });
        assert_eq!(said(coded("4030915")), refused("4030915"));
        let failed = answer(200, r#"{"responseCode":"2000900","unlinkResult":"failed"}"#);
        assert_eq!(said(failed), refused("failed"));
        assert!(matches!(said(coded("4010900")), Err(ProviderError::Misconfigured { .. })));
        assert!(matches!(said(coded("2000700")), Err(ProviderError::Unreadable { .. })));
    }

    #[test]
    fn ending_it_twice_is_ending_it() {
        for code in ["4010902", "4010903", "4010904", "2000900"] {
            assert_eq!(said(coded(code)), Ok(Unlinking::Over), "{code}");
        }
        let done = answer(200, r#"{"responseCode":"2000900","unlinkResult":"Success"}"#);
        assert_eq!(said(done), Ok(Unlinking::Over));
    }

    #[test]
    fn the_question_is_the_documents_and_its_path_the_accounts() {
        let exchange = asked(question(|_| {}), "unbinding");
        let path = "/apidirectdebit/v1.0/debit/registration-account-unbinding";
        assert_eq!(exchange.request.uri().path(), path);
        assert_eq!(
            exchange.request.body(),
            r#"{"partnerReferenceNo":"lnk1","merchantId":"ESPAY","phoneNo":"6281234567890","additionalInfo":{"productCode":"OVOLINK","accountToken":"at_1"}}"#
        );
        let exchange = asked(
            question(|dialect| {
                dialect.unbinding_path = UnbindingPath::WithoutDebit;
                dialect.unbinding_merchant_id = MerchantId::MerchantCode;
            }),
            "unbinding",
        );
        let path = "/apidirectdebit/v1.0/registration-account-unbinding";
        assert_eq!(exchange.request.uri().path(), path);
        let body = std::str::from_utf8(exchange.request.body()).unwrap();
        assert!(body.contains(r#""merchantId":"SGWDEMOSHOP""#), "{body}");
    }

    proptest! {
        #[test]
        fn no_answer_makes_it_panic_or_ends_anything(body in any::<Vec<u8>>(), code in 200_u16..600) {
            let mut answer = Response::new(Bytes::from(body));
            *answer.status_mut() = code.try_into().unwrap();
            prop_assert!(!matches!(said(answer), Ok(Unlinking::Over)));
        }
    }
}
