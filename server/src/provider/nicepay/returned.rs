//! A browser that comes back: by a link, by a form, or by a form that speaks JSON. It proves
//! nothing, since it carries no token whose formula is known.

use bytes::Bytes;
use http::Request;
use http::header::CONTENT_TYPE;
use serde::Deserialize;

use super::calls::is_transaction;
use super::form::Form;
use super::text::cleaned;
use crate::provider::ReturnHint;

/// As much of what NICEPAY's page said as a timeline needs.
const SAID_MAX: usize = 100;

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Carried {
    t_xid: Option<String>,
    result_cd: Option<String>,
    result_msg: Option<String>,
}

/// What the browser carries, wherever it carries it.
pub(crate) fn read(request: &Request<Bytes>) -> ReturnHint {
    hint(&carried(request))
}

/// What became of it, in NICEPAY's own code: a hint, since anybody can write one.
pub(crate) fn result_code(request: &Request<Bytes>) -> Option<String> {
    carried(request).result_cd
}

fn carried(request: &Request<Bytes>) -> Carried {
    let query = request.uri().query().unwrap_or_default();
    let by_link = from_form(query.as_bytes());
    if hint(&by_link) != ReturnHint::default() {
        return by_link;
    }
    let content_type = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let is_json = content_type.is_some_and(|it| it.to_ascii_lowercase().contains("json"));
    if is_json {
        return serde_json::from_slice(request.body()).unwrap_or_default();
    }
    from_form(request.body())
}

fn from_form(bytes: &[u8]) -> Carried {
    let form = Form::parse(bytes);
    let field = |name| form.one(name).ok().flatten().map(str::to_owned);
    Carried { t_xid: field("tXid"), result_cd: field("resultCd"), result_msg: field("resultMsg") }
}

fn hint(carried: &Carried) -> ReturnHint {
    let parts = [carried.result_cd.as_deref(), carried.result_msg.as_deref()];
    let said = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
    ReturnHint {
        transaction: carried.t_xid.clone().filter(|transaction| is_transaction(transaction)),
        said: Some(cleaned(&said, SAID_MAX)).filter(|said| !said.is_empty()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn back(query: &str, content_type: &str, body: &str) -> ReturnHint {
        let request = Request::post(format!("https://pay.example/return/abc{query}"))
            .header(CONTENT_TYPE, content_type)
            .body(Bytes::from(body.to_owned()))
            .unwrap();
        read(&request)
    }

    const FORM: &str = "application/x-www-form-urlencoded";

    #[test]
    fn what_a_browser_makes_up_is_no_hint_or_a_harmless_one() {
        let nothing = ReturnHint::default();
        assert_eq!(back("", FORM, ""), nothing);
        assert_eq!(back("?tXid=", FORM, "tXid=<script>"), nothing);
        assert_eq!(back("?tXid=a&tXid=b", FORM, ""), nothing);
        assert_eq!(back("", "application/json", "{"), nothing);
        assert_eq!(back("", "application/json", r#"{"tXid":5}"#), nothing);
        assert_eq!(back("?tXid=IONPAYTEST0520221208065959123456789", FORM, ""), nothing);
        let long = back(&format!("?resultMsg={}", "a".repeat(1000)), FORM, "");
        assert_eq!(long.said.unwrap().len(), SAID_MAX);
        let odd = back("?resultCd=0000&resultMsg=%3Cb%3E%0A%E7%8E%8B", FORM, "");
        assert_eq!(odd.said.unwrap(), "0000 (b)");
    }

    #[test]
    fn a_link_a_form_and_json_say_the_same() {
        let hint = ReturnHint {
            transaction: Some("IONPAYTEST05202212080659591234".to_owned()),
            said: Some("9752 payment failed".to_owned()),
        };
        let form = "resultCd=9752&resultMsg=payment+failed&tXid=IONPAYTEST05202212080659591234";
        let json = r#"{"resultCd":"9752","resultMsg":"payment failed","amount":"2000",
            "tXid":"IONPAYTEST05202212080659591234"}"#;
        assert_eq!(back(&format!("?{form}"), FORM, ""), hint);
        assert_eq!(back("", FORM, form), hint);
        assert_eq!(back("?from=wallet", "Application/JSON; charset=utf-8", json), hint);
    }

    proptest! {
        #[test]
        fn nothing_that_comes_back_makes_it_panic(body in any::<Vec<u8>>(), is_json in any::<bool>()) {
            let content_type = if is_json { "application/json" } else { FORM };
            let mut request = Request::new(Bytes::from(body));
            request.headers_mut().insert(CONTENT_TYPE, content_type.parse().unwrap());
            let hint = read(&request);
            prop_assert!(hint.said.is_none_or(|said| said.is_ascii() && said.len() <= SAID_MAX));
        }
    }
}
