//! What the services of linked wallets have in common: what their codes come to, and how their answers
//! are looked through, whose pages are cut short or missing.

use http::StatusCode;
use kasir_shared::{LinkTrouble, WebUrl};
use serde_json::Value;

use crate::provider::snap::code::{Answer, Class, Code, Course, Errand};
use crate::provider::words::unreadable;
use crate::provider::{LinkRefusal, ProviderError};

/// Cases by which the customer's agreement is refused, with their HTTP status: its token is invalid,
/// or not known.
const OVER: [(u16, u8); 3] = [(401, 2), (401, 3), (401, 4)];

/// Where an answer may say which page the customer goes to. The services and the wallets behind them
/// spell it in all of these ways.
const PAGES: [&[&str]; 9] = [
    &["redirectUrl"],
    &["webRedirectUrl"],
    &["url"],
    &["nextAction"],
    &["params", "pinWebViewUrl"],
    &["additionalInfo", "redirectUrl"],
    &["additionalInfo", "webRedirectUrl"],
    &["additionalInfo", "url"],
    &["additionalInfo", "nextAction"],
];

/// What a code comes to.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Word {
    /// It was done.
    Done,
    /// It is being done.
    InProgress,
    /// The agreement is refused.
    Over,
    /// No.
    No(LinkRefusal),
    /// Something is under our number already.
    Taken,
    /// Espay asks to come back later.
    Busy,
}

/// What an answer of this service comes to.
pub(crate) fn word(answer: &Answer, service: u8) -> Result<Word, ProviderError> {
    let Some(code) = answer.code else {
        // Nothing but a proxy in trouble speaks without a code.
        let troubled = answer.course(Errand::Inquire) == Course::Again;
        return if troubled { Ok(Word::Busy) } else { unreadable("responseCode is none") };
    };
    let own = code.service == service;
    match code.class() {
        Class::Done if own => Ok(Word::Done),
        Class::InProgress if own => Ok(Word::InProgress),
        Class::Done | Class::InProgress => unreadable("responseCode is another service's"),
        Class::Unknown => unreadable("responseCode is not documented"),
        Class::Authorisation if own && OVER.contains(&(code.http, code.case)) => Ok(Word::Over),
        Class::Authorisation | Class::OurMistake => Err(answer.mistake()),
        Class::BusinessRefusal => Ok(Word::No(refusal(answer, trouble(code)))),
        Class::Conflict if (code.http, code.case) == (409, 0) => Ok(Word::Busy),
        Class::Conflict => Ok(Word::Taken),
        Class::Retryable => Ok(Word::Busy),
    }
}

/// The no that an answer is.
pub(crate) fn refusal(answer: &Answer, why: LinkTrouble) -> LinkRefusal {
    LinkRefusal { code: answer.verbatim().to_owned(), why }
}

/// What a customer is told of a code that refuses a link, where it is one of the standard's.
pub(crate) fn trouble_of(text: &str) -> Option<LinkTrouble> {
    let status = text.get(..3).and_then(|http| StatusCode::from_bytes(http.as_bytes()).ok())?;
    let code = Code::read(text, status).filter(|code| code.http >= 400)?;
    code.standard().map(|_| trouble(code))
}

const fn trouble(code: Code) -> LinkTrouble {
    match (code.http, code.case) {
        (403, 11) => LinkTrouble::Blocked,
        (404, 4) => LinkTrouble::Cancelled,
        // The time or the one-time password has run out, or nobody knows of this any more.
        (403, 0 | 12) | (404, 7 | 19) => LinkTrouble::Expired,
        _ => LinkTrouble::Refused,
    }
}

/// What is under these names, one inside the other. Espay's tables write one of them with a capital
/// where the rest do not, so that case does not count.
pub(crate) fn at<'a>(value: &'a Value, path: &[&str]) -> Option<&'a Value> {
    path.iter().try_fold(value, |value, name| {
        let mut fields = value.as_object()?.iter();
        fields.find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, inner)| inner)
    })
}

/// The text under these names, where there is one.
pub(crate) fn text<'a>(value: &'a Value, path: &[&str]) -> Option<&'a str> {
    at(value, path)?.as_str().filter(|text| !text.is_empty())
}

/// The page that an answer names, which is not the one that it was told to come back to.
pub(crate) fn page(value: &Value, ours: &WebUrl) -> Option<WebUrl> {
    let named = PAGES.iter().filter_map(|path| text(value, path)?.parse::<WebUrl>().ok());
    named.into_iter().find(|url| !url.as_str().starts_with(ours.as_str()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::super::testing::{answer, coded};
    use super::*;
    use crate::provider::snap::code;

    fn said(code: &str) -> Result<Word, ProviderError> {
        word(&code::read(&coded(code)).unwrap(), 7)
    }

    #[test]
    fn a_code_that_is_not_documented_or_another_services_means_nothing() {
        for code in ["2000701", "4030799", "4180700", "2000800", "2021100"] {
            assert!(matches!(said(code), Err(ProviderError::Unreadable { .. })), "{code}");
        }
        let bare = code::read(&answer(200, "{}")).unwrap();
        assert!(matches!(word(&bare, 7), Err(ProviderError::Unreadable { .. })));
    }

    #[test]
    fn our_own_mistakes_call_a_person_and_are_nobodys_refusal() {
        for code in ["4000700", "4000702", "4010700", "4010701", "4030701", "4040705", "4050700"] {
            assert!(matches!(said(code), Err(ProviderError::Misconfigured { .. })), "{code}");
        }
        // A token that another service refuses is not the agreement.
        assert!(matches!(said("4015402"), Err(ProviderError::Misconfigured { .. })));
    }

    #[test]
    fn trouble_of_espays_own_is_no_answer_to_anything() {
        for code in ["4290700", "5000700", "5000701", "5040700", "4030706", "4090700"] {
            assert_eq!(said(code), Ok(Word::Busy), "{code}");
        }
        for status in [429, 502, 503] {
            let page = code::read(&answer(status, "<html>")).unwrap();
            assert_eq!(word(&page, 7), Ok(Word::Busy), "{status}");
        }
    }

    #[test]
    fn a_no_says_what_the_customer_is_told() {
        for (code, why) in [
            ("4030700", LinkTrouble::Expired),
            ("4030711", LinkTrouble::Blocked),
            ("4030712", LinkTrouble::Expired),
            ("4030715", LinkTrouble::Refused),
            ("4030718", LinkTrouble::Refused),
            ("4040704", LinkTrouble::Cancelled),
            ("4040707", LinkTrouble::Expired),
            ("4040711", LinkTrouble::Refused),
        ] {
            let refusal = LinkRefusal { code: code.to_owned(), why };
            assert_eq!(said(code), Ok(Word::No(refusal)), "{code}");
            assert_eq!(trouble_of(code), Some(why), "{code}");
        }
        for none in ["", "2000700", "4030799", "403071", "no", "０００００００"] {
            assert_eq!(trouble_of(none), None, "{none}");
        }
    }

    #[test]
    fn an_agreement_that_is_refused_and_a_number_that_is_taken_are_told_apart() {
        for code in ["4010702", "4010703", "4010704"] {
            assert_eq!(said(code), Ok(Word::Over), "{code}");
        }
        for code in ["4090701", "4040718"] {
            assert_eq!(said(code), Ok(Word::Taken), "{code}");
        }
        assert_eq!(said("2000700"), Ok(Word::Done));
        assert_eq!(said("2020700"), Ok(Word::InProgress));
    }

    #[test]
    fn a_page_is_found_however_it_is_spelled_and_is_never_our_own() {
        let ours: WebUrl = "https://pay.example/return/rt".parse().unwrap();
        let there = "https://wallet.example/agree?ticket=1";
        for body in [
            json!({"redirectUrl": there}),
            json!({"webRedirectUrl": there, "redirectUrl": "https://pay.example/return/rt?a=b"}),
            json!({"url": there}),
            json!({"nextAction": there}),
            json!({"params": {"pinWebViewUrl": there}, "nextAction": "OPEN_PAGE"}),
            json!({"additionalInfo": {"redirectUrl": there}}),
            json!({"AdditionalInfo": {"webRedirectUrl": there}}),
            json!({"additionalInfo": {"url": there}}),
        ] {
            let found = page(&body, &ours).unwrap();
            assert_eq!(found.as_str(), there, "{body}");
        }
        for body in [json!({}), json!({"url": 5}), json!({"url": "javascript:alert(1)"}), json!([])]
        {
            assert_eq!(page(&body, &ours), None, "{body}");
        }
    }
}
