//! Where NICEPAY sends a customer on: addresses in JSON, or a redirect that was meant for a browser.

use bytes::Bytes;
use http::header::LOCATION;
use http::{Response, StatusCode};
use kasir_shared::{AppUrl, MethodId, WebUrl};
use serde::Deserialize;

use super::super::form::Form;
use super::{Amt, Heard, Ours, is_busy, is_transaction, read_json};
use crate::provider::words::{present, unreadable};
use crate::provider::{Next, ProviderError};

/// What NICEPAY makes of a payment step that we made ourselves.
#[derive(Debug, Eq, PartialEq)]
pub(crate) enum Onward {
    /// It has trouble of its own.
    Busy,
    /// It says no, by this code.
    No(String),
    /// The customer goes on there.
    To {
        next: Next,
        /// The `tXid`, where it says it.
        transaction: Option<String>,
    },
}

/// What the answer has to fit.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    pub(crate) ours: Ours,
    pub(crate) method: MethodId,
    pub(crate) return_url: WebUrl,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    result_cd: Option<String>,
    t_xid: Option<String>,
    reference_no: Option<String>,
    #[serde(default)]
    amt: Amt,
    redirect_url_http: Option<String>,
    redirect_url_app: Option<String>,
}

pub(crate) fn read(answer: &Response<Bytes>, sent: &Sent) -> Result<Onward, ProviderError> {
    if is_busy(answer.status()) {
        return Ok(Onward::Busy);
    }
    // The two that send a browser on by GET; another redirect wants our own request elsewhere.
    if matches!(answer.status(), StatusCode::FOUND | StatusCode::SEE_OTHER) {
        return redirected(answer, sent);
    }
    let Heard::Said(answer) = read_json::<Answer>(answer)? else { return Ok(Onward::Busy) };
    // The documents list no resultCd beside the addresses; where there is one it counts.
    if let Some(code) = present(answer.result_cd.as_ref()).filter(|code| *code != "0000") {
        return Ok(Onward::No(code.to_owned()));
    }
    if let Some(why) = sent.ours.differs(answer.reference_no.as_ref(), answer.amt) {
        return unreadable(why);
    }
    let transaction = present(answer.t_xid.as_ref());
    if transaction.is_some_and(|transaction| !is_transaction(transaction)) {
        return unreadable("tXid is not letters and digits");
    }
    match next(&answer, sent.method) {
        Some(next) => Ok(Onward::To { next, transaction: transaction.map(str::to_owned) }),
        None => unreadable("redirectUrlHttp is no web address"),
    }
}

fn next(answer: &Answer, method: MethodId) -> Option<Next> {
    let web_url: WebUrl = present(answer.redirect_url_http.as_ref())?.parse().ok()?;
    let own = |url: &AppUrl| method.row().app.as_ref().is_some_and(|app| app.owns(url));
    let app_url = present(answer.redirect_url_app.as_ref()).and_then(|text| text.parse().ok());
    Some(match app_url.filter(own) {
        Some(app_url) => Next::OpenApp { app_url, web_url },
        None => Next::Redirect(web_url),
    })
}

fn redirected(answer: &Response<Bytes>, sent: &Sent) -> Result<Onward, ProviderError> {
    let location = answer.headers().get(LOCATION).and_then(|value| value.to_str().ok());
    let Some(location) = location.and_then(|text| text.parse::<WebUrl>().ok()) else {
        return unreadable("Location is no web address");
    };
    let Some(rest) = location.as_str().strip_prefix(sent.return_url.as_str()) else {
        return Ok(Onward::To { next: Next::Redirect(location), transaction: None });
    };
    // Back to ourselves without a wallet in between: NICEPAY reports how it went wrong.
    let result = Form::parse(rest.trim_start_matches(['?', '&']).as_bytes());
    match result.one("resultCd") {
        Ok(Some(code)) if code != "0000" && !code.is_empty() => Ok(Onward::No(code.to_owned())),
        Ok(_) | Err(_) => unreadable("Location leads back without a reason"),
    }
}

#[cfg(test)]
mod tests {
    use kasir_shared::Rupiah;
    use proptest::prelude::*;

    use super::super::super::testing::{answer, status};
    use super::*;

    fn sent() -> Sent {
        Sent {
            ours: Ours { reference: "ORD1".to_owned(), amount: Rupiah::new(2000).unwrap() },
            method: MethodId::Shopeepay,
            return_url: "https://pay.example/return/abc".parse().unwrap(),
        }
    }

    fn said(body: &str) -> Result<Onward, ProviderError> {
        read(&answer(body), &sent())
    }

    fn located(location: &str) -> Result<Onward, ProviderError> {
        let mut answer = status(302, "");
        answer.headers_mut().insert(LOCATION, location.parse().unwrap());
        read(&answer, &sent())
    }

    #[test]
    fn what_leads_nowhere_is_unreadable() {
        for body in [
            "",
            "<html><form name=tranMgr>",
            "{}",
            r#"{"resultCd":"0000"}"#,
            r#"{"redirectUrlHttp":""}"#,
            r#"{"redirectUrlHttp":null,"redirectUrlApp":"shopeeid://pay"}"#,
            r#"{"redirectUrlHttp":"javascript:alert(1)"}"#,
            r#"{"redirectUrlHttp":"http://shopee.example/"}"#,
            r#"{"redirectUrlHttp":"https://a.example/","amt":"2001"}"#,
            r#"{"redirectUrlHttp":"https://a.example/","referenceNo":"ORD2"}"#,
            r#"{"redirectUrlHttp":"https://a.example/","tXid":"../x"}"#,
            r#"{"redirectUrlHttp":["https://a.example/"]}"#,
        ] {
            let read = said(body);
            assert!(matches!(read, Err(ProviderError::Unreadable { .. })), "{body} {read:?}");
        }
        for location in [
            "javascript:alert(1)",
            "/nicepay/page",
            "http://wallet.example/",
            "https://pay.example/return/abc",
            "https://pay.example/return/abc?resultCd=0000",
            "https://pay.example/return/abc?resultCd=9752&resultCd=0000",
        ] {
            let read = located(location);
            assert!(matches!(read, Err(ProviderError::Unreadable { .. })), "{location} {read:?}");
        }
        assert!(read(&status(302, ""), &sent()).is_err());
        for code in [301, 307, 308] {
            let mut moved = status(code, "");
            moved.headers_mut().insert(LOCATION, "https://wallet.example/".parse().unwrap());
            assert!(read(&moved, &sent()).is_err(), "{code}");
        }
        assert!(read(&status(404, "{}"), &sent()).is_err());
    }

    #[test]
    fn a_no_is_told_by_json_or_by_sending_the_browser_back() {
        let no = Ok(Onward::No("9752".to_owned()));
        assert_eq!(said(r#"{"resultCd":"9752","redirectUrlHttp":"https://a.example/"}"#), no);
        assert_eq!(located("https://pay.example/return/abc?resultCd=9752&resultMsg=no"), no);
        assert_eq!(read(&status(503, "<html>"), &sent()), Ok(Onward::Busy));
    }

    #[test]
    fn an_app_is_opened_only_by_an_address_of_its_own() {
        let web_url: WebUrl = "https://shopee.example/pay".parse().unwrap();
        let body = |app: &str| {
            format!(r#"{{"redirectUrlHttp":"https://shopee.example/pay","redirectUrlApp":{app}}}"#)
        };
        let app_url = "shopeeid://pay?x=1".parse().unwrap();
        let next = Next::OpenApp { app_url, web_url: web_url.clone() };
        assert_eq!(
            said(&body(r#""shopeeid://pay?x=1""#)),
            Ok(Onward::To { next, transaction: None })
        );
        for foreign in
            [r#""""#, "null", r#""ovo://pay""#, r#""intent://x""#, r#""https://evil.example/""#]
        {
            let next = Next::Redirect(web_url.clone());
            assert_eq!(said(&body(foreign)), Ok(Onward::To { next, transaction: None }));
        }
    }

    #[test]
    fn a_redirect_meant_for_a_browser_leads_to_the_wallet() {
        let next = Next::Redirect("https://astrapay.example/pay?x=1".parse().unwrap());
        assert_eq!(
            located("https://astrapay.example/pay?x=1"),
            Ok(Onward::To { next, transaction: None })
        );
    }

    proptest! {
        #[test]
        fn no_answer_makes_it_panic(
            body in any::<Vec<u8>>(),
            location in "[ -~]{0,60}",
            code in 200_u16..600,
        ) {
            let mut answer = Response::new(Bytes::from(body));
            *answer.status_mut() = code.try_into().unwrap();
            answer.headers_mut().insert(LOCATION, location.parse().unwrap());
            let safe = match read(&answer, &sent()) {
                Ok(Onward::To { next: Next::Redirect(url), .. }) => url.as_str().starts_with("http"),
                Ok(Onward::To { .. }) => false,
                Ok(Onward::Busy | Onward::No(_)) | Err(_) => true,
            };
            prop_assert!(safe);
        }
    }
}
