//! NICEPAY, over SNAP BI: the e-wallets of its V2 API without a page of NICEPAY's in between.
//!
//! Placing is the payment step too, so that OVO prompts the customer while they look at our page. A
//! notification's signature does not cover its body: whatever it says, only an inquiry settles.

mod account;
mod methods;
mod calls;
mod refund;
mod notify;
#[cfg(test)]
mod testing;

pub use account::Account as SnapAccount;
use bytes::Bytes;
use http::{Request, Response};
use kasir_shared::{MethodId, Moment};

use super::{AccountError, returned, withdrawal};
use crate::provider::snap::token::Line;
use crate::provider::{
    Dialogue, KeyFacts, NamedKey, Notice, Occasion, Order, Placed, Provider, ProviderError,
    RefundOrder, RefundOutcome, ReturnHint, Standing, Started, Terms, Verdict, Withdrawal,
};

/// NICEPAY over SNAP, seen from one account there.
#[derive(Clone, Debug)]
pub struct NicepaySnap {
    account: SnapAccount,
    line: Line,
}

impl NicepaySnap {
    /// NICEPAY as this account sees it.
    pub fn new(account: SnapAccount) -> Result<Self, AccountError> {
        account.check()?;
        let line = account.line()?;
        Ok(Self { account, line })
    }
}

impl Provider for NicepaySnap {
    fn name(&self) -> &'static str {
        "nicepay"
    }

    fn terms(&self, method: MethodId) -> Option<Terms> {
        methods::terms(method, &self.account.limits)
    }

    fn start(&self, order: &Order, now: Occasion) -> Result<Dialogue<Started>, ProviderError> {
        calls::create::ask(self, order, now)
    }

    fn inquire(&self, placed: &Placed, now: Occasion) -> Result<Dialogue<Standing>, ProviderError> {
        calls::status::ask(self, placed, now)
    }

    fn withdraw(
        &self,
        placed: &Placed,
        now: Occasion,
    ) -> Result<Dialogue<Withdrawal>, ProviderError> {
        // NICEPAY describes no cancel for wallets over SNAP either.
        Ok(calls::status::ask(self, placed, now)?.map(|standing| withdrawal(&standing)))
    }

    fn refund(
        &self,
        placed: &Placed,
        refund: &RefundOrder,
        now: Occasion,
    ) -> Result<Dialogue<RefundOutcome>, ProviderError> {
        refund::refund(self, placed, refund, now)
    }

    fn notified(&self, request: &Request<Bytes>, at: Moment) -> Result<Notice, ProviderError> {
        notify::read(&self.account, request, at)
    }

    fn answer(&self, _: &Request<Bytes>, verdict: &Verdict, at: Moment) -> Option<Response<Bytes>> {
        notify::answer(verdict, at)
    }

    /// Asks about an order that nobody has: the token tries our key, the question our client secret.
    fn probe(&self, now: Occasion) -> Result<Dialogue<()>, ProviderError> {
        calls::status::probe(self, now)
    }

    fn keys(&self) -> Vec<NamedKey> {
        let rsa = |field, info| NamedKey { field, key: KeyFacts::Rsa(info) };
        let secret = KeyFacts::Text(self.account.client_secret.fingerprint());
        vec![
            rsa("snap.private_key", self.account.private_key.info()),
            rsa("snap.nicepay_public_key", self.account.notification_key.info()),
            NamedKey { field: "snap.client_secret", key: secret },
        ]
    }

    fn returned(&self, request: &Request<Bytes>) -> ReturnHint {
        returned::read(request)
    }
}

#[cfg(test)]
const PUBLISHED: &str = include_str!("../../../../../tests/vectors/nicepay/snap/published.json");

#[cfg(test)]
mod tests {
    use kasir_shared::Event;
    use serde_json::Value;

    use super::super::testing::{answer, order, placed, status};
    use super::testing::{asked, exchange, occasion, snap, with_token};
    use super::*;
    use crate::provider::snap::key::{PublicKey, ShortKeys};
    use crate::provider::snap::sign;
    use crate::secret::Secret;

    /// A row of the published signatures, read by the name of its field.
    fn published(row: &str) -> impl Fn(&str) -> String {
        let all: Value = serde_json::from_str(PUBLISHED).unwrap();
        let row = all[row].clone();
        move |field| row[field].as_str().unwrap().to_owned()
    }

    #[test]
    fn every_published_signature_verifies() {
        let token = published("token");
        let key = PublicKey::read(&token("public_key"), ShortKeys::Allowed).unwrap();
        let text = sign::client_and_time(&token("client_key"), &token("timestamp"));
        assert!(key.verify(&text, &token("signature")).is_ok());
        let body = published("body");
        assert_eq!(sign::body_hash(body("body").as_bytes()), body("sha256"));
        let call = published("call");
        let sent = call("body");
        let (path, token, time) = (call("path"), call("token"), call("timestamp"));
        let text = sign::with_token("POST", &path, &token, sent.as_bytes(), &time);
        assert!(text.contains(&call("sha256")));
        assert_eq!(sign::mac(&Secret::new(call("secret")), &text), call("signature"));
    }

    #[test]
    fn our_requests_carry_the_signatures_that_other_programs_make() {
        let ours = published("ours");
        let probe = exchange(snap().line.lender.ask(occasion()).unwrap()).request;
        let header = |name: &str| probe.headers()[name].to_str().unwrap();
        assert_eq!(header("x-signature"), ours("token_signature"));
        assert_eq!(header("x-timestamp"), "2022-12-08T06:59:59+07:00");
        assert_eq!(header("x-client-key"), "IONPAYTEST");
        assert_eq!(probe.body(), r#"{"grantType":"client_credentials","additionalInfo":{}}"#);
        let dialogue = snap().start(&order(MethodId::Ovo), occasion()).unwrap();
        let create = exchange(with_token(dialogue, "t")).request;
        assert_eq!(create.headers()["x-signature"], ours("create_signature"));
    }

    fn withdrawn(answer: Response<Bytes>) -> Withdrawal {
        let dialogue = snap().withdraw(&placed(MethodId::Ovo), occasion()).unwrap();
        asked(dialogue, answer).unwrap()
    }

    #[test]
    fn an_order_is_not_given_up_while_its_customer_is_prompted_or_once_it_is_over() {
        for (status, withdrawal) in [
            ("00", Withdrawal::Over(Event::Settled)),
            ("01", Withdrawal::Prompting),
            ("03", Withdrawal::Prompting),
            ("05", Withdrawal::Over(Event::Withdrawn)),
            ("06", Withdrawal::Over(Event::Declined)),
            ("07", Withdrawal::Abandoned),
        ] {
            let answer = answer(&testing::status_body(status));
            assert_eq!(withdrawn(answer), withdrawal, "{status}");
        }
        assert_eq!(withdrawn(status(503, "")), Withdrawal::Busy);
    }

    #[test]
    fn an_order_without_a_transaction_is_abandoned_without_asking() {
        let mut placed = placed(MethodId::Dana);
        placed.transaction = None;
        let dialogue = snap().withdraw(&placed, occasion()).unwrap();
        assert!(matches!(dialogue, Dialogue::Done(Withdrawal::Abandoned)));
    }

    #[test]
    fn a_probe_tries_the_key_by_a_token_and_the_secret_by_an_order_that_nobody_has() {
        let probed = |http, code: &str| {
            let body = format!(r#"{{"responseCode":"{code}"}}"#);
            asked(snap().probe(occasion()).unwrap(), status(http, &body))
        };
        assert_eq!(probed(404, "4045501"), Ok(()));
        assert!(matches!(probed(401, "4015500"), Err(ProviderError::Misconfigured { .. })));
        assert!(matches!(probed(404, "4045516"), Err(ProviderError::Misconfigured { .. })));
        assert!(matches!(probed(500, "5005500"), Err(ProviderError::Unreadable { .. })));
        let Dialogue::Authorize(authorization) = snap().probe(occasion()).unwrap() else {
            panic!("it needs a token")
        };
        let asking = exchange((authorization.renew)().unwrap());
        assert_eq!(asking.request.uri(), "https://dev.nicepay.co.id/nicepay/v1.0/access-token/b2b");
    }

    #[test]
    fn an_account_names_its_keys_and_shows_none() {
        let keys = snap().keys();
        let fields: Vec<&str> = keys.iter().map(|key| key.field).collect();
        assert_eq!(fields, ["snap.private_key", "snap.nicepay_public_key", "snap.client_secret"]);
        let shown: Vec<String> = keys.iter().map(|key| key.key.to_string()).collect();
        assert!(!shown.concat().contains("33F49Gn"), "{shown:?}");
    }

    #[test]
    fn a_token_that_is_refused_is_replaced_once_and_no_more() {
        let refused = || status(401, r#"{"responseCode":"4015501"}"#);
        let dialogue = snap().inquire(&placed(MethodId::Dana), occasion()).unwrap();
        let first = exchange(with_token(dialogue, "old"));
        let first_id = first.request.headers()["x-external-id"].clone();
        let again = first.answer(refused()).unwrap();
        let Dialogue::Authorize(authorization) = &again else { panic!("it needs another token") };
        let old = authorization.refused.as_ref().map(|token| token.value.expose());
        assert_eq!(old, Some("old"));
        let second = exchange(with_token(again, "new"));
        assert_ne!(second.request.headers()["x-external-id"], first_id);
        assert_eq!(second.request.headers()["authorization"], "Bearer new");
        assert!(matches!(second.answer(refused()), Err(ProviderError::Misconfigured { .. })));
    }
}
