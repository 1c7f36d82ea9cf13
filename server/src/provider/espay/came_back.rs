//! A browser that comes back from a wallet's consent page.
//!
//! What it carries is not documented by Espay: a code, a state, our number, a status and a response
//! code were all seen, none of them always. Nothing of it proves anything; the code is worth
//! something to whoever signs as this merchant.

use bytes::Bytes;
use http::Request;
use kasir_shared::LinkTrouble;

use super::calls::linking::trouble_of;
use crate::provider::LinkReturn;
use crate::provider::snap::text::portable;
use crate::secret::Secret;

/// The longest code.
const CODE_MAX: usize = 256;
/// As much of what was said as a timeline needs.
const SAID_MAX: usize = 100;

/// What a browser carries, by a link or by a form.
pub(crate) fn read(request: &Request<Bytes>) -> LinkReturn {
    let query = request.uri().query().unwrap_or_default().as_bytes();
    let mut pairs: Vec<(String, String)> = form_urlencoded::parse(query).into_owned().collect();
    pairs.extend(form_urlencoded::parse(request.body()).into_owned());
    let carried = Carried(pairs);
    let trouble = carried.trouble();
    LinkReturn {
        code: carried.code().filter(|_| trouble.is_none()),
        state: carried.state(),
        trouble,
        said: carried.said(),
    }
}

struct Carried(Vec<(String, String)>);

impl Carried {
    fn all(&self, name: &str) -> Vec<&str> {
        let named = self.0.iter().filter(|(own, _)| own.eq_ignore_ascii_case(name));
        named.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty()).collect()
    }

    /// What every field of this name says; nothing where they differ.
    fn one(&self, name: &str) -> Option<&str> {
        let values = self.all(name);
        let first = *values.first()?;
        values.iter().all(|value| *value == first).then_some(first)
    }

    fn code(&self) -> Option<Secret> {
        let sound =
            |code: &&str| code.len() <= CODE_MAX && code.bytes().all(|b| b.is_ascii_graphic());
        self.one("authCode").filter(sound).map(|code| Secret::new(code.to_owned()))
    }

    /// The state; where several were carried that differ, one that is nobody's.
    fn state(&self) -> Option<String> {
        if self.all("state").is_empty() {
            return None;
        }
        Some(self.one("state").unwrap_or_default().to_owned())
    }

    /// What went wrong, by the response code where that says more than the status.
    fn trouble(&self) -> Option<LinkTrouble> {
        let by_code = self.one("responseCode").and_then(trouble_of);
        let status = self.one("status").map(str::to_ascii_uppercase);
        match status.as_deref() {
            Some("CANCELLED" | "CANCELED") => Some(LinkTrouble::Cancelled),
            Some("EXPIRED") => Some(LinkTrouble::Expired),
            Some("FAILED") => Some(by_code.unwrap_or(LinkTrouble::Refused)),
            Some(_) | None => by_code,
        }
    }

    fn said(&self) -> Option<String> {
        let parts = [self.one("status"), self.one("responseCode")];
        let said = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
        Some(portable(&said, SAID_MAX)).filter(|said| !said.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn back(query: &str) -> LinkReturn {
        let request = Request::get(format!("https://pay.example/return/rt_1?{query}"));
        read(&request.body(Bytes::new()).unwrap())
    }

    fn code(query: &str) -> Option<String> {
        back(query).code.map(|code| code.expose().to_owned())
    }

    #[test]
    fn a_code_that_is_none_or_comes_with_a_no_is_not_exchanged() {
        for query in [
            "",
            "authCode=",
            "authCode=a%20b",
            "authCode=ac-1&authCode=ac-2",
            "authCode=ac-1&status=CANCELLED",
            "authCode=ac-1&responseCode=4030711",
            &format!("authCode={}", "a".repeat(257)),
        ] {
            assert_eq!(code(query), None, "{query}");
        }
    }

    #[test]
    fn a_state_that_is_said_in_two_ways_is_nobodys() {
        assert_eq!(back("authCode=ac-1").state, None);
        assert_eq!(back("state=").state, None);
        assert_eq!(back("state=s1&state=s2").state.as_deref(), Some(""));
        assert_eq!(back("state=s1&state=s1").state.as_deref(), Some("s1"));
    }

    #[test]
    fn what_went_wrong_is_told_apart() {
        for (query, trouble) in [
            ("status=CANCELLED", Some(LinkTrouble::Cancelled)),
            ("status=cancelled&state=s1", Some(LinkTrouble::Cancelled)),
            ("status=FAILED&responseCode=4030711", Some(LinkTrouble::Blocked)),
            ("status=FAILED&responseCode=4030712", Some(LinkTrouble::Expired)),
            ("status=FAILED", Some(LinkTrouble::Refused)),
            ("status=FAILED&responseCode=none", Some(LinkTrouble::Refused)),
            ("responseCode=4040704", Some(LinkTrouble::Cancelled)),
            ("responseCode=2000700", None),
            ("responseCode=4180700", None),
            ("status=SUCCESS", None),
            ("status=whatever", None),
        ] {
            assert_eq!(back(query).trouble, trouble, "{query}");
        }
    }

    #[test]
    fn a_code_comes_by_a_link_or_by_a_form_and_is_never_said() {
        let query = "authCode=ac-1&state=s1&partnerReferenceNo=lnk1&status=SUCCESS";
        let by_link = back(query);
        assert_eq!(by_link.code.unwrap().expose(), "ac-1");
        assert_eq!(by_link.state.as_deref(), Some("s1"));
        assert_eq!(by_link.said.as_deref(), Some("SUCCESS"));
        let form = Request::post("https://pay.example/return/rt_1").body(Bytes::from(query));
        assert_eq!(read(&form.unwrap()).code.unwrap().expose(), "ac-1");
    }

    proptest! {
        #[test]
        fn nothing_that_comes_back_makes_it_panic(body in any::<Vec<u8>>()) {
            let back = read(&Request::new(Bytes::from(body)));
            prop_assert!(back.said.is_none_or(|said| said.is_ascii() && said.len() <= SAID_MAX));
        }
    }
}
