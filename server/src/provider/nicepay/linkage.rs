//! AstraPay's linked accounts: the customer's browser posts the form that links, AstraPay asks the
//! customer, and NICEPAY notifies us of the agreement.
//!
//! How a link is asked about and how it is ended is documented nowhere (section 5.4). So a link is
//! pending until its notification, and ending one is ours alone.

use bytes::Bytes;
use http::Request;
use kasir_shared::{LinkTrouble, MethodId};

use super::codes::{self, Meaning, Operation};
use super::methods::{self, Method, Way};
use super::{Nicepay, calls, returned};
use crate::provider::{
    Dialogue, Funds, LinkOrder, LinkReturn, LinkStep, Linkage, Linked, Next, Occasion,
    ProviderError, Unlinking,
};
use crate::secret::Secret;

impl Linkage for Nicepay {
    fn shows_balance(&self, _: MethodId) -> bool {
        false
    }

    fn begin(&self, link: &LinkOrder, now: Occasion) -> Result<Dialogue<LinkStep>, ProviderError> {
        let method = linked(link.method)?;
        let form = calls::link_enable::submit(self, link, method, now.at)?;
        Ok(Dialogue::Done(LinkStep::Agree(Next::Submit(form))))
    }

    /// A browser may bring a mandate along: it is not looked at, since nothing proves it. What it
    /// says went wrong ends the link and nothing else.
    fn came_back(&self, request: &Request<Bytes>) -> LinkReturn {
        let code = returned::result_code(request);
        LinkReturn {
            code: None,
            state: None,
            trouble: code.as_deref().and_then(trouble),
            said: returned::read(request).said,
        }
    }

    fn resume(
        &self,
        _: &LinkOrder,
        _: Option<&Secret>,
        _: Occasion,
    ) -> Result<Dialogue<LinkStep>, ProviderError> {
        Ok(Dialogue::Done(LinkStep::Pending))
    }

    fn balance(&self, _: &Linked, _: Occasion) -> Result<Dialogue<Funds>, ProviderError> {
        Ok(Dialogue::Done(Funds::Unknown))
    }

    /// The customer can still end the agreement in AstraPay's app; we forget it.
    fn unlink(&self, _: &Linked, _: Occasion) -> Result<Dialogue<Unlinking>, ProviderError> {
        Ok(Dialogue::Done(Unlinking::Over))
    }
}

fn linked(method: MethodId) -> Result<&'static Method, ProviderError> {
    methods::row(method)
        .filter(|row| row.way == Way::Link)
        .ok_or(ProviderError::Unsendable { why: "NICEPAY does not link this wallet" })
}

/// NICEPAY has one code for a customer who calls it off and for a wallet that says no.
fn trouble(code: &str) -> Option<LinkTrouble> {
    match codes::meaning(Operation::LinkInitiate, code) {
        Ok(Meaning::Refused(_)) => Some(LinkTrouble::Refused),
        Ok(
            Meaning::Done
            | Meaning::Busy
            | Meaning::Taken
            | Meaning::NotFound
            | Meaning::Misconfigured(_),
        )
        | Err(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{link_order, nicepay, occasion};
    use super::*;

    fn back(query: &str) -> LinkReturn {
        let request = Request::get(format!("https://pay.example/return/abc?{query}"));
        nicepay().came_back(&request.body(Bytes::new()).unwrap())
    }

    fn done<T>(dialogue: Result<Dialogue<T>, ProviderError>) -> T {
        match dialogue.unwrap() {
            Dialogue::Done(outcome) => outcome,
            Dialogue::Ask(_) | Dialogue::Authorize(_) => panic!("nothing is asked"),
        }
    }

    #[test]
    fn a_link_begins_with_the_form_that_the_browser_posts() {
        let LinkStep::Agree(Next::Submit(form)) = done(nicepay().begin(&link_order(), occasion()))
        else {
            panic!("the customer agrees at AstraPay")
        };
        assert!(form.url.as_str().ends_with("/api/linkEnable.do"));
    }

    #[test]
    fn a_wallet_that_is_not_linked_there_is_not_begun() {
        let mut link = link_order();
        for method in [MethodId::Ovo, MethodId::Gopay] {
            link.method = method;
            let begun = nicepay().begin(&link, occasion());
            assert!(matches!(begun, Err(ProviderError::Unsendable { .. })));
        }
    }

    #[test]
    fn a_mandate_that_a_browser_brings_is_no_agreement() {
        let back = back("resultCd=0000&resultMsg=SUCCESS&mandateID=IONPAYTEST123412345");
        assert!(back.code.is_none() && back.trouble.is_none());
        assert_eq!(back.said.as_deref(), Some("0000 SUCCESS"));
        let code = Secret::new("IONPAYTEST123412345".to_owned());
        let step = done(nicepay().resume(&link_order(), Some(&code), occasion()));
        assert!(matches!(step, LinkStep::Pending));
    }

    #[test]
    fn a_no_that_a_browser_brings_ends_the_link() {
        for code in ["9750", "9751", "9752", "9920"] {
            assert_eq!(back(&format!("resultCd={code}")).trouble, Some(LinkTrouble::Refused));
        }
        for code in ["", "0000", "9002", "1001", "9999", "cancel"] {
            assert_eq!(back(&format!("resultCd={code}")).trouble, None, "{code}");
        }
    }

    #[test]
    fn what_nicepay_describes_nowhere_is_not_asked() {
        let linked = Linked {
            reference: "ORD12345".to_owned(),
            method: MethodId::Astrapay,
            phone: None,
            token: Secret::new("IONPAYTEST123412345".to_owned()),
        };
        assert!(!nicepay().shows_balance(MethodId::Astrapay));
        assert_eq!(done(nicepay().balance(&linked, occasion())), Funds::Unknown);
        assert_eq!(done(nicepay().unlink(&linked, occasion())), Unlinking::Over);
    }
}
