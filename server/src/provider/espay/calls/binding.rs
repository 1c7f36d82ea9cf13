//! `POST /apidirectdebit/v1.0/registration-account-binding` (service 07): exchanges a code for an
//! agreement, or begins a link without one.
//!
//! Espay's page could not be read. The question is what its siblings and the standard have in common,
//! and of the answer nothing is counted on but that one of two things is there: the agreement's token,
//! or a page where the customer agrees.

use kasir_shared::{Field, LinkTrouble};
use serde::Serialize;
use serde_json::Value;

use super::super::Espay;
use super::super::dialect::MerchantId;
use super::super::methods::Product;
use super::linking::{self, Word, text};
use super::{Call, Heard, Host, Talk, account};
use crate::provider::snap::call::{self, Service};
use crate::provider::words::unreadable;
use crate::provider::{
    Agreement, Dialogue, LinkOrder, LinkRefusal, LinkStep, Next, Occasion, ProviderError,
};
use crate::secret::Secret;

const NUMBER: u8 = 7;
const BIND: Call = Call {
    service: Service {
        number: NUMBER,
        operation: "binding",
        path: "/apidirectdebit/v1.0/registration-account-binding",
    },
    host: Host::Linkage,
};
/// The longest token that a later call has room for.
const TOKEN_MAX: usize = 128;
/// Where an answer may say what payments are asked for with.
const TOKENS: [&[&str]; 3] =
    [&["accountToken"], &["additionalInfo", "accountToken"], &["bankCardToken"]];

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Question<'a> {
    partner_reference_no: &'a str,
    merchant_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    auth_code: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    grant_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone_no: Option<String>,
    redirect_url: String,
    additional_info: Info<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Info<'a> {
    product_code: &'a str,
}

/// What an answer has to fit.
struct Sent {
    espay: Espay,
    link: LinkOrder,
    product: Product,
    /// Whether a code was sent, which is used up by that.
    coded: bool,
}

/// Exchanges the code that came back with the browser, or begins a link where there is none.
pub(crate) fn ask(
    espay: &Espay,
    link: &LinkOrder,
    (product, code): (&Product, Option<&Secret>),
    now: Occasion,
) -> Result<Dialogue<LinkStep>, ProviderError> {
    if link.phone.is_none() && product.method.row().fields.contains(&Field::Phone) {
        return Err(ProviderError::Unsendable { why: "the wallet's phone number is missing" });
    }
    let body = call::body(&Question {
        partner_reference_no: &link.reference,
        merchant_id: espay.merchant_id(espay.account.dialect.binding_merchant_id),
        auth_code: code.map(Secret::expose),
        grant_type: code.map(|_| "AUTHORIZATION_CODE"),
        phone_no: link.phone.as_ref().map(kasir_shared::Phone::international),
        redirect_url: espay.return_url(link),
        additional_info: Info { product_code: &product.code },
    })?;
    let sent = Sent {
        espay: espay.clone(),
        link: link.clone(),
        product: product.clone(),
        coded: code.is_some(),
    };
    Talk::new(espay, now).ask(&BIND, body, move |talk, heard| sent.read(talk, heard))
}

impl Espay {
    /// How a service is told who the merchant is.
    pub(crate) fn merchant_id(&self, id: MerchantId) -> &str {
        match id {
            MerchantId::MerchantCode => &self.account.merchant_code,
            MerchantId::Espay => "ESPAY",
        }
    }
}

impl Sent {
    fn read(self, talk: Talk, heard: Heard) -> Result<Dialogue<LinkStep>, ProviderError> {
        let answer = heard?;
        match linking::word(&answer, NUMBER)? {
            Word::Done => self.done(talk, &answer.body()?),
            Word::InProgress => match step(&answer.body()?, &self.link)? {
                Some(step) => Ok(Dialogue::Done(step)),
                None => Ok(Dialogue::Done(LinkStep::Pending)),
            },
            Word::Over => Ok(refused(linking::refusal(&answer, self.spent()))),
            Word::No(refusal) => Ok(refused(self.of_the_code(refusal))),
            Word::Taken => self.look(talk, || {
                Ok(LinkStep::Refused(linking::refusal(&answer, LinkTrouble::Expired)))
            }),
            Word::Busy => Ok(Dialogue::Done(LinkStep::Busy)),
        }
    }

    fn done(self, talk: Talk, body: &Value) -> Result<Dialogue<LinkStep>, ProviderError> {
        let theirs = text(body, &["partnerReferenceNo"]);
        if theirs.is_some_and(|theirs| theirs != self.link.reference) {
            return unreadable("partnerReferenceNo is not ours");
        }
        match step(body, &self.link)? {
            Some(step) => Ok(Dialogue::Done(step)),
            None => self.look(talk, || unreadable("there is neither a token nor a page")),
        }
    }

    /// Asks how the link stands, where Account Inquiry can be believed; otherwise it is as said.
    fn look(
        self,
        talk: Talk,
        otherwise: impl FnOnce() -> Result<LinkStep, ProviderError>,
    ) -> Result<Dialogue<LinkStep>, ProviderError> {
        if account::is_believed(&self.espay, &self.link) {
            account::look(talk, &self.link, &self.product)
        } else {
            otherwise().map(Dialogue::Done)
        }
    }

    /// What a customer is told of a code that is good no more.
    const fn spent(&self) -> LinkTrouble {
        if self.coded { LinkTrouble::Expired } else { LinkTrouble::Refused }
    }

    /// Where a code was sent, an account that is not valid is a code that is not.
    fn of_the_code(&self, refusal: LinkRefusal) -> LinkRefusal {
        let invalid = format!("404{NUMBER:02}11");
        if refusal.code == invalid { LinkRefusal { why: self.spent(), ..refusal } } else { refusal }
    }
}

const fn refused(refusal: LinkRefusal) -> Dialogue<LinkStep> {
    Dialogue::Done(LinkStep::Refused(refusal))
}

/// The agreement, or else the page where the customer comes to one.
fn step(body: &Value, link: &LinkOrder) -> Result<Option<LinkStep>, ProviderError> {
    if let Some(token) = TOKENS.iter().find_map(|path| text(body, path)) {
        return agreement(token).map(|agreement| Some(LinkStep::Linked(agreement)));
    }
    let page = linking::page(body, &link.return_url);
    Ok(page.map(|url| LinkStep::Agree(Next::Redirect(url))))
}

/// An agreement that later calls have room for.
pub(crate) fn agreement(token: &str) -> Result<Agreement, ProviderError> {
    if token.len() > TOKEN_MAX || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return unreadable("accountToken is too long, or no plain text");
    }
    Ok(Agreement { token: Secret::new(token.to_owned()), phone: None })
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

    const LINKED: &str = r#"{"responseCode":"2000700","responseMessage":"Successful","referenceNo":"R1","partnerReferenceNo":"lnk1","accountToken":"at_1","accessTokenInfo":{"accessToken":"ut_1"},"redirectUrl":"https://wallet.example/welcome"}"#;
    const PENDING: &str = r#"{"responseCode":"2000700","partnerReferenceNo":"lnk1","redirectUrl":"https://wallet.example/agree"}"#;
    const NOTHING: &str = r#"{"responseCode":"2000700","partnerReferenceNo":"lnk1","accessTokenInfo":{"accessToken":"ut_1"}}"#;
    const ACTIVE: &str = r#"{"responseCode":"2000800","AdditionalInfo":{"accountStatus":"ACTIVE","accountToken":"at_2"}}"#;

    fn espay(inquiry_tells_token: bool) -> Espay {
        let mut account = linked_account();
        account.dialect.inquiry_tells_token = inquiry_tells_token;
        Espay::new(account).unwrap()
    }

    /// OVO is linked at once, DANA by a code.
    fn begun() -> Dialogue<LinkStep> {
        espay(false).begin(&link_order(MethodId::Ovo), occasion()).unwrap()
    }

    fn exchanged(inquiry_tells_token: bool) -> Dialogue<LinkStep> {
        let code = Secret::new("sim-ac-4f0c9e".to_owned());
        let link = link_order(MethodId::Dana);
        espay(inquiry_tells_token).resume(&link, Some(&code), occasion()).unwrap()
    }

    fn said(answer: Response<Bytes>) -> Result<LinkStep, ProviderError> {
        heard(exchanged(false), [("binding", answer)])
    }

    fn token(step: Result<LinkStep, ProviderError>) -> String {
        let Ok(LinkStep::Linked(agreement)) = step else { panic!("{step:?}") };
        agreement.token.expose().to_owned()
    }

    fn body(dialogue: Dialogue<LinkStep>) -> String {
        let exchange = asked(dialogue, "binding");
        String::from_utf8(exchange.request.body().to_vec()).unwrap()
    }

    #[test]
    fn an_answer_that_is_not_about_this_link_or_has_neither_token_nor_page_is_unreadable() {
        let long = format!(r#"{{"responseCode":"2000700","accountToken":"{}"}}"#, "a".repeat(129));
        for body in [
            NOTHING,
            &LINKED.replace("lnk1", "lnk2"),
            &LINKED.replace("at_1", "a b"),
            &LINKED.replace("2000700", "2001000"),
            &long,
            r#"{"responseCode":"2000700"}"#,
        ] {
            let read = said(answer(200, body));
            assert!(matches!(read, Err(ProviderError::Unreadable { .. })), "{body}");
        }
    }

    #[test]
    fn a_code_that_was_used_or_is_too_old_is_told_as_such() {
        for code in ["4040711", "4010702", "4030712", "4030700"] {
            let Ok(LinkStep::Refused(refusal)) = said(coded(code)) else { panic!("{code}") };
            assert_eq!((refusal.code.as_str(), refusal.why), (code, LinkTrouble::Expired));
        }
        let Ok(LinkStep::Refused(refusal)) = heard(begun(), [("binding", coded("4040711"))]) else {
            panic!("it refuses")
        };
        assert_eq!(refusal.why, LinkTrouble::Refused);
        assert!(matches!(said(coded("5040700")), Ok(LinkStep::Busy)));
        assert!(matches!(said(coded("4000702")), Err(ProviderError::Misconfigured { .. })));
    }

    #[test]
    fn an_exchange_that_was_heard_before_is_asked_about_only_where_the_answer_can_be_believed() {
        let Ok(LinkStep::Refused(refusal)) = said(coded("4090701")) else { panic!("it refuses") };
        assert_eq!(refusal.why, LinkTrouble::Expired);
        for first in [coded("4090701"), answer(200, NOTHING)] {
            let answers = [("binding", first), ("account", answer(200, ACTIVE))];
            assert_eq!(token(heard(exchanged(true), answers)), "at_2");
        }
    }

    #[test]
    fn silence_to_an_exchange_says_nothing() {
        assert!(asked(exchanged(false), "binding").unanswered().is_none());
    }

    #[test]
    fn a_link_begins_at_a_page_or_is_there_at_once() {
        let Ok(LinkStep::Agree(Next::Redirect(url))) =
            heard(begun(), [("binding", answer(200, PENDING))])
        else {
            panic!("the customer agrees at a page")
        };
        assert_eq!(url.as_str(), "https://wallet.example/agree");
        assert_eq!(token(heard(begun(), [("binding", answer(200, LINKED))])), "at_1");
        let waiting = coded("2020700");
        assert!(matches!(heard(begun(), [("binding", waiting)]), Ok(LinkStep::Pending)));
    }

    #[test]
    fn a_token_is_found_wherever_it_stands() {
        for body in [
            LINKED,
            r#"{"responseCode":"2000700","additionalInfo":{"accountToken":"at_1"}}"#,
            r#"{"responseCode":"2000700","AdditionalInfo":{"accountToken":"at_1"}}"#,
            r#"{"responseCode":"2000700","bankCardToken":"at_1"}"#,
        ] {
            assert_eq!(token(said(answer(200, body))), "at_1", "{body}");
        }
    }

    #[test]
    fn the_question_carries_a_code_or_the_number_of_the_wallet() {
        assert_eq!(
            body(exchanged(false)),
            r#"{"partnerReferenceNo":"lnk1","merchantId":"SGWDEMOSHOP","authCode":"sim-ac-4f0c9e","grantType":"AUTHORIZATION_CODE","phoneNo":"6281234567890","redirectUrl":"https://shop.example/link/cb","additionalInfo":{"productCode":"DANALINK"}}"#
        );
        assert_eq!(
            body(begun()),
            r#"{"partnerReferenceNo":"lnk1","merchantId":"SGWDEMOSHOP","phoneNo":"6281234567890","redirectUrl":"https://shop.example/link/cb","additionalInfo":{"productCode":"OVOLINK"}}"#
        );
        let mut link = link_order(MethodId::Ovo);
        link.phone = None;
        assert!(espay(false).begin(&link, occasion()).is_err());
    }

    proptest! {
        #[test]
        fn no_answer_makes_it_panic_or_links(body in any::<Vec<u8>>(), code in 200_u16..600) {
            let mut answer = Response::new(Bytes::from(body));
            *answer.status_mut() = code.try_into().unwrap();
            prop_assert!(!matches!(said(answer), Ok(LinkStep::Agree(_) | LinkStep::Linked(_))));
        }
    }
}
