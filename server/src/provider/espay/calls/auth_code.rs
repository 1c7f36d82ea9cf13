//! `GET /apidirectdebit/v1.0/get-auth-code` (service 10): where the customer agrees to a link. The
//! code itself comes back with the browser, once the customer has agreed.
//!
//! Espay's page is cut off before the answer. It comes as JSON that names the page, or as a redirect.

use bytes::Bytes;
use http::Response;
use http::header::LOCATION;
use kasir_shared::{LinkTrouble, Locale, WebUrl};
use serde::Serialize;
use serde_json::Value;

use super::super::Espay;
use super::super::dialect::RedirectParameter;
use super::super::methods::Product;
use super::linking::{self, Word};
use super::{Call, Host, Talk};
use crate::provider::snap::call::Service;
use crate::provider::snap::code;
use crate::provider::words::unreadable;
use crate::provider::{Dialogue, LinkOrder, LinkStep, Next, Occasion, ProviderError};

const NUMBER: u8 = 10;
const AUTH_CODE: Call = Call {
    service: Service {
        number: NUMBER,
        operation: "auth_code",
        path: "/apidirectdebit/v1.0/get-auth-code",
    },
    host: Host::Linkage,
};
/// The longest address to come back to.
const URL_MAX: usize = 256;
/// The longest `state`.
const STATE_MAX: usize = 32;
/// The longest `externalUid`.
const UID_MAX: usize = 32;

/// What is known of the customer beforehand. It does not say that we have verified the number, since
/// we have not.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Seamless<'a> {
    mobile_number: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    external_uid: Option<&'a str>,
}

/// What an answer has to fit.
struct Sent {
    state: String,
    return_url: WebUrl,
}

/// Asks where the customer agrees.
pub(crate) fn ask(
    espay: &Espay,
    link: &LinkOrder,
    product: &Product,
    now: Occasion,
) -> Result<Dialogue<LinkStep>, ProviderError> {
    let query = query(espay, link, product)?;
    let pairs: Vec<(&str, &str)> = query.iter().map(|(name, value)| (*name, &**value)).collect();
    let sent = Sent { state: link.state.clone(), return_url: link.return_url.clone() };
    Talk::new(espay, now)
        .get(&AUTH_CODE, &pairs, move |_, response| sent.read(&response).map(Dialogue::Done))
}

fn query(
    espay: &Espay,
    link: &LinkOrder,
    product: &Product,
) -> Result<Vec<(&'static str, String)>, ProviderError> {
    let unsendable = |why| Err(ProviderError::Unsendable { why });
    let return_url = espay.return_url(link);
    if return_url.len() > URL_MAX {
        return unsendable("our own address is longer than 256 characters");
    }
    let plain = link.state.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if !(1..=STATE_MAX).contains(&link.state.len()) || !plain {
        return unsendable("state is not 1 to 32 letters and digits");
    }
    let dialect = &espay.account.dialect;
    let redirect = match dialect.redirect_parameter {
        RedirectParameter::Url => "redirectUrl",
        RedirectParameter::UpperCaseUrl => "redirectURL",
    };
    let language = match link.locale {
        Locale::Id => "id",
        Locale::En => "en",
    };
    let mut query = vec![
        (redirect, return_url),
        ("scopes", "DEFAULT".to_owned()),
        ("state", link.state.clone()),
        ("merchantId", espay.account.merchant_code.clone()),
        ("lang", language.to_owned()),
    ];
    if dialect.product_code_in_auth_code {
        query.push(("productCode", product.code.clone()));
    }
    if dialect.seamless_data {
        query.extend(seamless(espay, link)?);
    }
    Ok(query)
}

/// The number that the customer gave us, signed, so that the wallet does not ask for it again.
fn seamless(espay: &Espay, link: &LinkOrder) -> Result<Vec<(&'static str, String)>, ProviderError> {
    let Some(phone) = &link.phone else { return Ok(Vec::new()) };
    let data = Seamless {
        mobile_number: phone.international(),
        external_uid: Some(&*link.reference).filter(|uid| uid.len() <= UID_MAX),
    };
    let data = serde_json::to_string(&data)
        .map_err(|_| ProviderError::Unsendable { why: "seamlessData has no JSON" })?;
    let signature = espay.keys.ours.sign(&data);
    Ok(vec![("seamlessData", data), ("seamlessSign", signature)])
}

impl Sent {
    fn read(&self, response: &Response<Bytes>) -> Result<LinkStep, ProviderError> {
        if response.status().is_redirection() {
            let location = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
            return match location.and_then(|text| text.parse().ok()) {
                Some(url) => Ok(LinkStep::Agree(Next::Redirect(url))),
                None => unreadable("Location is no web address"),
            };
        }
        let answer = code::read(response)?;
        match linking::word(&answer, NUMBER)? {
            Word::Done => self.agree(&answer.body()?),
            Word::InProgress => unreadable("there is no page while it is in progress"),
            Word::Over => Ok(LinkStep::Refused(linking::refusal(&answer, LinkTrouble::Refused))),
            Word::No(refusal) => Ok(LinkStep::Refused(refusal)),
            Word::Taken | Word::Busy => Ok(LinkStep::Busy),
        }
    }

    fn agree(&self, body: &Value) -> Result<LinkStep, ProviderError> {
        if linking::text(body, &["state"]).is_some_and(|theirs| theirs != self.state) {
            return unreadable("state is not ours");
        }
        match linking::page(body, &self.return_url) {
            Some(url) => Ok(LinkStep::Agree(Next::Redirect(url))),
            None => unreadable("there is no page to agree at"),
        }
    }
}

#[cfg(test)]
mod tests {
    use kasir_shared::{LinkTrouble, MethodId};
    use proptest::prelude::*;

    use super::super::super::testing::{
        account, answer, asked, coded, heard, link_order, linked_account, occasion,
    };
    use super::super::super::{Account, Dialect, SignedGet};
    use super::*;
    use crate::provider::Linkage as _;
    use crate::provider::snap::key::{PublicKey, ShortKeys};

    const ANSWER: &str = include_str!("../../../../../tests/vectors/espay/auth_code/answer.json");
    const SIGNATURES: &str = include_str!("../../../../../tests/vectors/espay/signatures.json");

    fn begun(
        change: impl FnOnce(&mut Dialect, &mut LinkOrder),
    ) -> Result<Dialogue<LinkStep>, ProviderError> {
        let (mut account, mut link) = (linked_account(), link_order(MethodId::Dana));
        change(&mut account.dialect, &mut link);
        Espay::new(account).unwrap().begin(&link, occasion())
    }

    fn said(answer: Response<Bytes>) -> Result<LinkStep, ProviderError> {
        heard(begun(|_, _| {}).unwrap(), [("auth_code", answer)])
    }

    fn query(change: impl FnOnce(&mut Dialect, &mut LinkOrder)) -> Vec<(String, String)> {
        let exchange = asked(begun(change).unwrap(), "auth_code");
        let query = exchange.request.uri().query().unwrap_or_default().to_owned();
        form_urlencoded::parse(query.as_bytes()).into_owned().collect()
    }

    #[test]
    fn what_espay_does_not_take_is_not_sent() {
        let long: WebUrl = format!("https://pay.example/{}", "a".repeat(250)).parse().unwrap();
        assert!(begun(|_, link| link.return_url = long).is_err());
        for state in ["", "a b", &"a".repeat(33)] {
            assert!(begun(|_, link| link.state = state.to_owned()).is_err(), "{state}");
        }
    }

    #[test]
    fn an_answer_without_a_page_or_with_another_state_is_unreadable() {
        for body in [
            r#"{"responseCode":"2001000"}"#,
            r#"{"responseCode":"2001000","url":"wallet://agree"}"#,
            r#"{"responseCode":"2001000","state":"another","url":"https://wallet.example/1"}"#,
            r#"{"responseCode":"2000700","url":"https://wallet.example/1"}"#,
            r#"{"responseCode":"2001001","url":"https://wallet.example/1"}"#,
            r#"{"url":"https://wallet.example/1"}"#,
            "<html>",
            "",
        ] {
            let read = said(answer(200, body));
            assert!(matches!(read, Err(ProviderError::Unreadable { .. })), "{body}");
        }
        assert!(matches!(said(answer(302, "")), Err(ProviderError::Unreadable { .. })));
    }

    #[test]
    fn what_espay_refuses_is_told_apart() {
        let Ok(LinkStep::Refused(refusal)) = said(coded("4031011")) else { panic!("it refuses") };
        assert_eq!((refusal.code.as_str(), refusal.why), ("4031011", LinkTrouble::Blocked));
        assert!(matches!(said(coded("5001000")), Ok(LinkStep::Busy)));
        assert!(matches!(said(answer(503, "")), Ok(LinkStep::Busy)));
        assert!(matches!(said(coded("4011000")), Err(ProviderError::Misconfigured { .. })));
    }

    #[test]
    fn the_page_comes_by_json_or_by_a_redirect() {
        let agrees = |response| {
            let Ok(LinkStep::Agree(Next::Redirect(url))) = said(response) else {
                panic!("no page")
            };
            url.to_string()
        };
        assert_eq!(agrees(answer(200, ANSWER)), "https://sim.local/wallet/consent?ticket=tk_01");
        let mut redirect = answer(302, "");
        let there = "https://wallet.example/agree?ticket=1";
        redirect.headers_mut().insert(LOCATION, there.parse().unwrap());
        assert_eq!(agrees(redirect), there);
    }

    #[test]
    fn the_question_is_the_documents_and_what_is_unknown_is_the_accounts() {
        let plain = [
            ("redirectUrl", "https://shop.example/link/cb"),
            ("scopes", "DEFAULT"),
            ("state", "8f3c1b7a9d2e4c60"),
            ("merchantId", "SGWDEMOSHOP"),
            ("lang", "id"),
        ];
        let mut pairs = plain.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        assert_eq!(query(|dialect, _| dialect.product_code_in_auth_code = false), pairs);
        let spelled = query(|dialect, link| {
            dialect.redirect_parameter = RedirectParameter::UpperCaseUrl;
            dialect.state_in_return_url = true;
            link.locale = Locale::En;
        });
        let address = "https://shop.example/link/cb?state=8f3c1b7a9d2e4c60".to_owned();
        pairs[0] = ("redirectURL".to_owned(), address);
        pairs[4].1 = "en".to_owned();
        pairs.push(("productCode".to_owned(), "DANALINK".to_owned()));
        assert_eq!(spelled, pairs);
    }

    #[test]
    fn the_signature_is_that_of_the_vectors_by_path_and_by_path_and_query() {
        let vectors: Value = serde_json::from_str(SIGNATURES).unwrap();
        for (signed_get, row) in [(SignedGet::Path, 1), (SignedGet::PathAndQuery, 2)] {
            let dialogue = begun(|dialect, _| {
                dialect.product_code_in_auth_code = false;
                dialect.signed_get = signed_get;
            });
            let exchange = asked(dialogue.unwrap(), "auth_code");
            assert_eq!(exchange.request.method(), "GET");
            assert_eq!(
                exchange.request.headers()["x-signature"].to_str().ok(),
                vectors["rows"][row]["signature"].as_str()
            );
        }
    }

    #[test]
    fn the_number_is_told_beforehand_only_where_it_is_wanted_and_never_called_verified() {
        let told = query(|dialect, _| dialect.seamless_data = true);
        let value = |name: &str| told.iter().find(|(own, _)| own == name).unwrap().1.clone();
        let data = value("seamlessData");
        assert_eq!(data, r#"{"mobileNumber":"6281234567890","externalUid":"lnk1"}"#);
        let Account { espay_public_key, .. } = account();
        let public = PublicKey::read(&espay_public_key, ShortKeys::Refused).unwrap();
        assert_eq!(public.verify(&data, &value("seamlessSign")), Ok(()));
        let untold = query(|dialect, link| {
            dialect.seamless_data = true;
            link.phone = None;
        });
        assert!(!untold.iter().any(|(name, _)| name.starts_with("seamless")));
    }

    proptest! {
        #[test]
        fn no_answer_makes_it_panic(body in any::<Vec<u8>>(), code in 200_u16..600) {
            let mut answer = Response::new(Bytes::from(body));
            *answer.status_mut() = code.try_into().unwrap();
            prop_assert!(!matches!(said(answer), Ok(LinkStep::Agree(_) | LinkStep::Linked(_))));
        }
    }
}
