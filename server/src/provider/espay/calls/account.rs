//! `POST /apidirectdebit/v1.0/registration-account-inquiry` (service 08): how a link stands that was
//! begun without a code.
//!
//! Its page asks for a phone number, and does not say that the answer is about the link of our
//! number. Whoever is told a token for a phone number could pay with somebody else's wallet, so that
//! a token is taken from here only where the account says that Espay has confirmed it.

use kasir_shared::LinkTrouble;
use serde::Serialize;
use serde_json::Value;

use super::super::Espay;
use super::super::methods::{Binding, Product};
use super::binding::agreement;
use super::linking::{self, Word, text};
use super::{Call, Heard, Host, Talk};
use crate::provider::snap::call::{self, Service};
use crate::provider::words::unreadable;
use crate::provider::{Dialogue, LinkOrder, LinkRefusal, LinkStep, Occasion, ProviderError};

const NUMBER: u8 = 8;
const INQUIRE: Call = Call {
    service: Service {
        number: NUMBER,
        operation: "account",
        path: "/apidirectdebit/v1.0/registration-account-inquiry",
    },
    host: Host::Linkage,
};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Question<'a> {
    partner_reference_no: &'a str,
    additional_info: Info<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Info<'a> {
    product_code: &'a str,
    phone_no: String,
}

/// Whether an answer about this link can be believed, and the link be asked about at all.
pub(crate) fn is_believed(espay: &Espay, link: &LinkOrder) -> bool {
    espay.account.dialect.inquiry_tells_token && link.phone.is_some()
}

/// Asks how a link stands that was begun without a code. One that comes with a code is not asked
/// about: it stands nowhere until the browser is back.
pub(crate) fn ask(
    espay: &Espay,
    link: &LinkOrder,
    product: &Product,
    now: Occasion,
) -> Result<Dialogue<LinkStep>, ProviderError> {
    if product.binding == Some(Binding::Direct) && is_believed(espay, link) {
        look(Talk::new(espay, now), link, product)
    } else {
        Ok(Dialogue::Done(LinkStep::Pending))
    }
}

/// Asks in the course of a conversation.
pub(crate) fn look(
    talk: Talk,
    link: &LinkOrder,
    product: &Product,
) -> Result<Dialogue<LinkStep>, ProviderError> {
    let Some(phone) = &link.phone else {
        return Err(ProviderError::Unsendable { why: "the wallet's phone number is missing" });
    };
    let additional_info = Info { product_code: &product.code, phone_no: phone.international() };
    let body = call::body(&Question { partner_reference_no: &link.reference, additional_info })?;
    let reference = link.reference.clone();
    talk.ask(&INQUIRE, body, move |_, heard| read(heard, &reference).map(Dialogue::Done))
}

fn read(heard: Heard, reference: &str) -> Result<LinkStep, ProviderError> {
    let answer = heard?;
    match linking::word(&answer, NUMBER)? {
        Word::Done => standing(&answer.body()?, reference),
        // Nobody has linked it yet.
        Word::InProgress | Word::Over => Ok(LinkStep::Pending),
        Word::No(refusal) if refusal.code == format!("404{NUMBER:02}01") => Ok(LinkStep::Pending),
        Word::No(refusal) => Ok(LinkStep::Refused(refusal)),
        Word::Taken => unreadable("an inquiry takes no number"),
        Word::Busy => Ok(LinkStep::Busy),
    }
}

/// The words of an account's status are published nowhere; a token counts only with the one that
/// cannot be mistaken.
fn standing(body: &Value, reference: &str) -> Result<LinkStep, ProviderError> {
    let theirs = text(body, &["partnerReferenceNo"]);
    if theirs.is_some_and(|theirs| theirs != reference) {
        return unreadable("partnerReferenceNo is not ours");
    }
    let status = text(body, &["additionalInfo", "accountStatus"]);
    let token = text(body, &["additionalInfo", "accountToken"]);
    let is = |word: &str| status.is_some_and(|status| status.eq_ignore_ascii_case(word));
    match token {
        Some(token) if is("ACTIVE") => Ok(LinkStep::Linked(agreement(token)?)),
        Some(_) if is("INACTIVE") => Ok(LinkStep::Refused(LinkRefusal {
            code: "INACTIVE".to_owned(),
            why: LinkTrouble::Refused,
        })),
        Some(_) | None => Ok(LinkStep::Pending),
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::Response;
    use kasir_shared::MethodId;
    use proptest::prelude::*;

    use super::super::super::testing::{
        answer, asked, coded, heard, link_order, linked_account, occasion,
    };
    use super::*;
    use crate::provider::Linkage as _;

    fn resumed(method: MethodId, tells: bool) -> Dialogue<LinkStep> {
        let mut account = linked_account();
        account.dialect.inquiry_tells_token = tells;
        let espay = Espay::new(account).unwrap();
        espay.resume(&link_order(method), None, occasion()).unwrap()
    }

    fn said(answer: Response<Bytes>) -> Result<LinkStep, ProviderError> {
        heard(resumed(MethodId::Ovo, true), [("account", answer)])
    }

    fn stands(info: &str) -> Result<LinkStep, ProviderError> {
        said(answer(200, &format!(r#"{{"responseCode":"2000800",{info}}}"#)))
    }

    #[test]
    fn nobody_is_asked_for_a_token_by_a_phone_number_alone() {
        for (method, tells) in
            [(MethodId::Ovo, false), (MethodId::Dana, false), (MethodId::Dana, true)]
        {
            let dialogue = resumed(method, tells);
            assert!(matches!(dialogue, Dialogue::Done(LinkStep::Pending)), "{method:?} {tells}");
        }
    }

    #[test]
    fn a_token_without_a_word_that_says_it_is_good_is_none() {
        for info in [
            r#""AdditionalInfo":{"accountToken":"at_1"}"#,
            r#""AdditionalInfo":{"accountStatus":"NOT_REGISTERED","accountToken":"at_1"}"#,
            r#""AdditionalInfo":{"accountStatus":"9","accountToken":"at_1"}"#,
            r#""AdditionalInfo":{"accountStatus":"ACTIVE"}"#,
            r#""AdditionalInfo":{"accountStatus":"INACTIVE","memberLevel":"1"}"#,
            r#""AdditionalInfo":null"#,
        ] {
            assert!(matches!(stands(info), Ok(LinkStep::Pending)), "{info}");
        }
        let another = r#""partnerReferenceNo":"lnk2","AdditionalInfo":{"accountStatus":"ACTIVE","accountToken":"at_1"}"#;
        assert!(matches!(stands(another), Err(ProviderError::Unreadable { .. })));
    }

    #[test]
    fn a_refusal_ends_the_link_and_trouble_does_not() {
        let inactive = r#""additionalInfo":{"accountStatus":"INACTIVE","accountToken":"at_1"}"#;
        assert!(matches!(stands(inactive), Ok(LinkStep::Refused(_))));
        assert!(matches!(said(coded("4030818")), Ok(LinkStep::Refused(_))));
        assert!(matches!(said(coded("4040801")), Ok(LinkStep::Pending)));
        assert!(matches!(said(coded("4010802")), Ok(LinkStep::Pending)));
        assert!(matches!(said(coded("5000801")), Ok(LinkStep::Busy)));
        assert!(matches!(said(coded("4010800")), Err(ProviderError::Misconfigured { .. })));
    }

    #[test]
    fn a_token_of_an_active_account_is_the_agreement_however_the_object_is_spelled() {
        for name in ["additionalInfo", "AdditionalInfo", "ADDITIONALINFO"] {
            let info = format!(r#""{name}":{{"accountStatus":"active","accountToken":"at_1"}}"#);
            let Ok(LinkStep::Linked(agreement)) = stands(&info) else { panic!("{name}") };
            assert_eq!(agreement.token.expose(), "at_1");
        }
    }

    #[test]
    fn the_question_is_the_documents() {
        let exchange = asked(resumed(MethodId::Ovo, true), "account");
        assert_eq!(
            exchange.request.body(),
            r#"{"partnerReferenceNo":"lnk1","additionalInfo":{"productCode":"OVOLINK","phoneNo":"6281234567890"}}"#
        );
    }

    proptest! {
        #[test]
        fn no_answer_makes_it_panic_or_links(body in any::<Vec<u8>>(), code in 200_u16..600) {
            let mut answer = Response::new(Bytes::from(body));
            *answer.status_mut() = code.try_into().unwrap();
            prop_assert!(!matches!(said(answer), Ok(LinkStep::Linked(_))));
        }
    }
}
