//! NICEPAY, over its V2 API and, in [`snap`], over SNAP BI.

mod account;
mod methods;
pub mod sign;
pub mod diagnose;
mod text;
mod form;
mod codes;
mod cart;
mod draft;
mod calls;
mod start;
mod linkage;
mod refund;
mod notify;
mod returned;
pub mod snap;
#[cfg(test)]
mod testing;

use account::Endpoints;
pub use account::{Account, AccountError, Billing, Limits};
use bytes::Bytes;
use http::{Request, Response};
use kasir_shared::{MethodId, Moment};
use sign::Signer;

use super::{
    Dialogue, KeyFacts, Linkage, NamedKey, Notice, Occasion, Order, Placed, Provider,
    ProviderError, RefundOrder, RefundOutcome, ReturnHint, Standing, Started, Terms, Verdict,
    Withdrawal,
};

/// NICEPAY over V2, seen from one account there.
#[derive(Clone, Debug)]
pub struct Nicepay {
    account: Account,
    signer: Signer,
    endpoints: Endpoints,
}

impl Nicepay {
    /// NICEPAY as this account sees it.
    pub fn new(account: Account) -> Result<Self, AccountError> {
        account.check()?;
        let endpoints = Endpoints::under(&account.base_url)?;
        let signer = Signer::new(account.imid.clone(), account.merchant_key.clone());
        Ok(Self { account, signer, endpoints })
    }
}

impl Provider for Nicepay {
    fn name(&self) -> &'static str {
        "nicepay"
    }

    fn terms(&self, method: MethodId) -> Option<Terms> {
        methods::terms(method, &self.account.limits)
    }

    fn linkage(&self) -> Option<&dyn Linkage> {
        Some(self)
    }

    fn start(&self, order: &Order, now: Occasion) -> Result<Dialogue<Started>, ProviderError> {
        start::start(self, order, now.at)
    }

    fn inquire(&self, placed: &Placed, now: Occasion) -> Result<Dialogue<Standing>, ProviderError> {
        calls::inquiry::ask(self, placed, now.at)
    }

    fn withdraw(
        &self,
        placed: &Placed,
        now: Occasion,
    ) -> Result<Dialogue<Withdrawal>, ProviderError> {
        Ok(calls::inquiry::ask(self, placed, now.at)?.map(|standing| withdrawal(&standing)))
    }

    fn refund(
        &self,
        placed: &Placed,
        refund: &RefundOrder,
        now: Occasion,
    ) -> Result<Dialogue<RefundOutcome>, ProviderError> {
        refund::refund(self, placed, refund, now.at)
    }

    fn notified(&self, request: &Request<Bytes>, _: Moment) -> Result<Notice, ProviderError> {
        notify::read(self, request)
    }

    fn answer(&self, _: &Request<Bytes>, verdict: &Verdict, _: Moment) -> Option<Response<Bytes>> {
        notify::answer(verdict)
    }

    fn probe(&self, now: Occasion) -> Result<Dialogue<()>, ProviderError> {
        calls::probe::ask(self, now.at)
    }

    fn keys(&self) -> Vec<NamedKey> {
        let fingerprint = self.account.merchant_key.fingerprint();
        vec![NamedKey { field: "merchant_key", key: KeyFacts::Text(fingerprint) }]
    }

    fn returned(&self, request: &Request<Bytes>) -> ReturnHint {
        returned::read(request)
    }
}

/// What is left of a withdrawal once it is known how the order stands: NICEPAY describes no way to
/// take an unpaid wallet order back, so it is left to run out and watched.
fn withdrawal(standing: &Standing) -> Withdrawal {
    match standing {
        Standing::Known(event) => Withdrawal::Over(*event),
        Standing::Unpaid { prompting: true } => Withdrawal::Prompting,
        // A mismatch is watched like the others, and the next inquiry calls a person.
        Standing::Unpaid { prompting: false } | Standing::Mismatch { .. } | Standing::Unheard => {
            Withdrawal::Abandoned
        }
        Standing::Busy => Withdrawal::Busy,
    }
}

#[cfg(test)]
mod tests {
    use kasir_shared::Event;

    use super::testing::{answer, nicepay, occasion, placed, status};
    use super::*;

    fn withdrawn(answer: Response<Bytes>) -> Withdrawal {
        let dialogue = nicepay().withdraw(&placed(MethodId::Ovo), occasion()).unwrap();
        let Dialogue::Ask(exchange) = dialogue else { panic!("it looks first") };
        match exchange.answer(answer).unwrap() {
            Dialogue::Done(withdrawal) => withdrawal,
            Dialogue::Ask(_) | Dialogue::Authorize(_) => panic!("one answer is enough"),
        }
    }

    #[test]
    fn an_order_is_not_given_up_while_its_customer_is_prompted_or_once_it_is_over() {
        for (digit, withdrawal) in [
            ("0", Withdrawal::Over(Event::Settled)),
            ("1", Withdrawal::Over(Event::Reversed)),
            ("3", Withdrawal::Abandoned),
            ("4", Withdrawal::Prompting),
            ("5", Withdrawal::Over(Event::Lapsed)),
            ("8", Withdrawal::Over(Event::Declined)),
            ("9", Withdrawal::Abandoned),
        ] {
            let body = format!(r#"{{"resultCd":"0000","payMethod":"05","status":"{digit}"}}"#);
            assert_eq!(withdrawn(answer(&body)), withdrawal, "{digit}");
        }
        assert_eq!(withdrawn(status(503, "")), Withdrawal::Busy);
        assert_eq!(withdrawn(answer(r#"{"resultCd":"9003"}"#)), Withdrawal::Abandoned);
    }

    #[test]
    fn an_order_without_a_transaction_is_abandoned_without_asking() {
        let mut placed = placed(MethodId::Ovo);
        placed.transaction = None;
        let dialogue = nicepay().withdraw(&placed, occasion()).unwrap();
        assert!(matches!(dialogue, Dialogue::Done(Withdrawal::Abandoned)));
    }

    #[test]
    fn an_account_never_prints_its_key() {
        assert!(!format!("{:?}", nicepay()).contains("33F49Gn"));
    }
}
