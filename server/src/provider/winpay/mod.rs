//! Winpay, over SNAP BI: wallets, asked for with our key alone and without a token.

mod account;
mod methods;
mod text;
mod status;
mod calls;
mod notify;
#[cfg(test)]
mod testing;

use account::Keys;
pub use account::{Account, AccountError};
use bytes::Bytes;
use http::{Request, Response};
use kasir_shared::{MethodId, Moment};

use super::snap::call::Caller;
use super::{
    Dialogue, FailureReason, KeyFacts, NamedKey, Notice, Occasion, Order, Placed, Provider,
    ProviderError, RefundOrder, RefundOutcome, Refusal, ReturnHint, Standing, Started, Terms,
    Verdict, Withdrawal,
};

/// Winpay, seen from one account there.
#[derive(Clone, Debug)]
pub struct Winpay {
    account: Account,
    keys: Keys,
    caller: Caller,
}

impl Winpay {
    /// Winpay as this account sees it.
    pub fn new(account: Account) -> Result<Self, AccountError> {
        account.check()?;
        let keys = account.keys()?;
        let caller = account.caller()?;
        Ok(Self { account, keys, caller })
    }
}

impl Provider for Winpay {
    fn name(&self) -> &'static str {
        "winpay"
    }

    fn terms(&self, method: MethodId) -> Option<Terms> {
        methods::terms(method)
    }

    fn start(&self, order: &Order, now: Occasion) -> Result<Dialogue<Started>, ProviderError> {
        calls::create::ask(self, order, now)
    }

    fn inquire(&self, placed: &Placed, now: Occasion) -> Result<Dialogue<Standing>, ProviderError> {
        calls::status::ask(self, placed, now)
    }

    /// Only a callback says what was paid.
    fn repeats_amount(&self) -> bool {
        false
    }

    fn withdraw(
        &self,
        placed: &Placed,
        now: Occasion,
    ) -> Result<Dialogue<Withdrawal>, ProviderError> {
        calls::cancel::ask(self, placed, now)
    }

    /// Winpay documents no refund of a wallet's payment: the shop gives the money back by hand.
    fn refund(
        &self,
        _: &Placed,
        _: &RefundOrder,
        _: Occasion,
    ) -> Result<Dialogue<RefundOutcome>, ProviderError> {
        let (code, reason) = ("not_offered".to_owned(), FailureReason::NotSupported);
        Ok(Dialogue::Done(RefundOutcome::Refused(Refusal { code, reason })))
    }

    fn notified(&self, request: &Request<Bytes>, at: Moment) -> Result<Notice, ProviderError> {
        notify::read(self, request, at)
    }

    fn answer(&self, _: &Request<Bytes>, verdict: &Verdict, at: Moment) -> Option<Response<Bytes>> {
        notify::answer(verdict, at)
    }

    fn probe(&self, now: Occasion) -> Result<Dialogue<()>, ProviderError> {
        calls::status::probe(self, now)
    }

    fn keys(&self) -> Vec<NamedKey> {
        let named = |field, info| NamedKey { field, key: KeyFacts::Rsa(info) };
        vec![
            named("private_key", self.keys.ours.info()),
            named("winpay_public_key", self.keys.winpays.info()),
        ]
    }

    /// What Winpay adds to the address that it sends a browser back to is documented nowhere.
    fn returned(&self, _: &Request<Bytes>) -> ReturnHint {
        ReturnHint::default()
    }
}

#[cfg(test)]
mod tests {
    use kasir_shared::Rupiah;

    use super::testing::{occasion, placed, winpay};
    use super::*;

    #[test]
    fn a_refund_is_refused_without_a_call() {
        let order = RefundOrder {
            number: "ref_1".to_owned(),
            amount: Rupiah::new(1000).unwrap(),
            already: Rupiah::ZERO,
            reason: "out of stock".to_owned(),
        };
        let dialogue = winpay().refund(&placed(MethodId::Dana), &order, occasion()).unwrap();
        let Dialogue::Done(RefundOutcome::Refused(refusal)) = dialogue else {
            panic!("nothing is asked")
        };
        assert_eq!(refusal.reason, FailureReason::NotSupported);
    }

    #[test]
    fn a_browser_that_comes_back_proves_nothing() {
        let uri = "/return/rt_1?latestTransactionStatus=00&contractId=so1";
        let request = Request::builder().uri(uri).body(Bytes::new()).unwrap();
        assert_eq!(winpay().returned(&request), ReturnHint::default());
    }

    #[test]
    fn an_account_prints_no_key() {
        let printed = format!("{:?}", winpay());
        assert!(!printed.contains("PRIVATE") && !printed.contains("MIIE"), "{printed}");
    }
}
