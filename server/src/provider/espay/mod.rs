//! Espay: wallets by a page, by a prompt, and linked ones with one tap; over SNAP BI without a token,
//! and by its classic services where SNAP has none.
//!
//! Espay's public documents are cut short. What they leave open is a choice of the account's, each
//! with what is proposed until Espay says otherwise: see [`Dialect`].

mod account;
mod calls;
mod dialect;
mod methods;
mod notify;
mod linkage;
mod came_back;
mod number;
mod sign;
mod status;
mod text;
#[cfg(test)]
mod testing;

pub use account::{Account, AccountError, PushLogin};
use account::{Hosts, Keys};
use bytes::Bytes;
pub use dialect::{
    Dialect, ExternalId, MerchantId, OrderNumber, PhoneFormat, PushSignature, RedirectParameter,
    RepeatedCallback, SignedGet, StatusService, TokenFields, UnbindingPath, Verification,
};
use http::{Request, Response};
use kasir_shared::{AttemptId, MethodId, Moment, Phone};
use methods::Products;
pub use methods::{Binding, Product, Way};

use super::{
    Catalogue, Dialogue, FailureReason, KeyFacts, Linkage, NamedKey, Notice, Occasion, Order,
    Placed, Provider, ProviderError, RefundOrder, RefundOutcome, Refusal, ReturnHint, Standing,
    Started, Terms, Verdict, Withdrawal,
};

/// The longest order number: a classic service's `order_id`.
const REFERENCE_MAX: usize = 20;

/// Espay, seen from one account there.
#[derive(Clone, Debug)]
pub struct Espay {
    account: Account,
    keys: Keys,
    hosts: Hosts,
    products: Products,
}

impl Espay {
    /// Espay as this account sees it.
    pub fn new(account: Account) -> Result<Self, AccountError> {
        account.check()?;
        let (keys, hosts) = (account.keys()?, account.hosts()?);
        let products = account.products();
        Ok(Self { account, keys, hosts, products })
    }

    /// Whether a callback's time is near enough to ours.
    fn is_fresh(&self, sent: Moment, at: Moment) -> bool {
        let window_s = u64::from(self.account.dialect.callback_age_s);
        sent.unix_s().abs_diff(at.unix_s()) <= window_s
    }

    /// A phone number as this account writes it.
    fn phone(&self, phone: &Phone) -> String {
        match self.account.dialect.phone_format {
            PhoneFormat::International => phone.international(),
            PhoneFormat::National => phone.national(),
        }
    }
}

/// Whether a text is an order number as Espay takes them.
fn is_reference(text: &str) -> bool {
    (1..=REFERENCE_MAX).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

impl Provider for Espay {
    fn name(&self) -> &'static str {
        "espay"
    }

    fn terms(&self, method: MethodId) -> Option<Terms> {
        self.products.terms(method, self.account.dialect.pin_always_asked)
    }

    fn linkage(&self) -> Option<&dyn Linkage> {
        Some(self)
    }

    fn order_number(&self, attempt: &AttemptId, placing: u32) -> String {
        number::of(attempt.as_str(), placing, self.account.dialect.order_number)
    }

    fn catalogue(&self, now: Occasion) -> Option<Result<Dialogue<Catalogue>, ProviderError>> {
        Some(calls::merchant_info::ask(self, now))
    }

    fn offers(&self, method: MethodId, linked: bool, catalogue: &Catalogue) -> bool {
        self.products.offers(method, linked, catalogue)
    }

    fn ipv4_only(&self) -> bool {
        self.account.ipv4_only
    }

    fn start(&self, order: &Order, now: Occasion) -> Result<Dialogue<Started>, ProviderError> {
        let linked = order.mandate.is_some();
        let not_served = ProviderError::Unsendable { why: "no product of the account serves this" };
        let product = self.products.of(order.method, linked).ok_or(not_served)?;
        match product.way {
            Way::Push => calls::push::ask(self, order, product, now),
            Way::Page | Way::Linked => calls::create::ask(self, order, product, now),
        }
    }

    fn inquire(&self, placed: &Placed, now: Occasion) -> Result<Dialogue<Standing>, ProviderError> {
        calls::status::ask(self, placed, now)
    }

    fn withdraw(
        &self,
        placed: &Placed,
        now: Occasion,
    ) -> Result<Dialogue<Withdrawal>, ProviderError> {
        calls::status::withdraw(self, placed, now)
    }

    /// Espay documents no refund of a wallet's payment: the shop gives the money back by hand.
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

    fn answer(
        &self,
        request: &Request<Bytes>,
        verdict: &Verdict,
        at: Moment,
    ) -> Option<Response<Bytes>> {
        notify::answer(self, request, verdict, at)
    }

    fn probe(&self, now: Occasion) -> Result<Dialogue<()>, ProviderError> {
        calls::status::probe(self, now)
    }

    fn keys(&self) -> Vec<NamedKey> {
        let rsa = |field, info| NamedKey { field, key: KeyFacts::Rsa(info) };
        let text = |field, fingerprint| NamedKey { field, key: KeyFacts::Text(fingerprint) };
        vec![
            rsa("private_key", self.keys.ours.info()),
            rsa("espay_public_key", self.keys.espays.info()),
            text("api_key", self.account.api_key.fingerprint()),
            text("signature_key", self.account.signature_key.fingerprint()),
        ]
    }

    /// What Espay adds to the address that it sends a browser back to is documented nowhere.
    fn returned(&self, _: &Request<Bytes>) -> ReturnHint {
        ReturnHint::default()
    }
}

#[cfg(test)]
mod tests {
    use kasir_shared::Rupiah;

    use super::testing::{DOCUMENTED, espay, occasion, placed};
    use super::*;

    #[test]
    fn a_refund_is_refused_without_a_call() {
        let order = RefundOrder {
            number: "ref_1".to_owned(),
            amount: Rupiah::new(1000).unwrap(),
            already: Rupiah::ZERO,
            reason: "out of stock".to_owned(),
        };
        let dialogue = espay().refund(&placed(MethodId::Dana), &order, occasion()).unwrap();
        let Dialogue::Done(RefundOutcome::Refused(refusal)) = dialogue else {
            panic!("nothing is asked")
        };
        assert_eq!(refusal.reason, FailureReason::NotSupported);
    }

    #[test]
    fn an_account_prints_no_secret() {
        let printed = format!("{:?}", espay());
        for secret in ["PRIVATE", "MIIE", "0011223344", "demokey", "demo-password", "giling"] {
            assert!(!printed.contains(secret), "{secret}");
        }
    }

    #[test]
    fn a_window_holds_on_both_sides() {
        let window_s = i64::from(espay().account.dialect.callback_age_s);
        for (s, fresh) in [(0, true), (window_s, true), (-window_s, true), (window_s + 1, false)] {
            assert_eq!(espay().is_fresh(DOCUMENTED.plus_s(s), DOCUMENTED), fresh, "{s}");
        }
    }
}
