//! Linked wallets at Espay: a code that the browser brings back from the wallet is exchanged for an
//! agreement, or Account Binding leads to one by itself. Which of the two a product has is the
//! account's configuration.

use bytes::Bytes;
use http::Request;
use kasir_shared::{LinkId, MethodId};

use super::methods::{Binding, Product};
use super::{Espay, calls, came_back};
use crate::provider::{
    Dialogue, Funds, LinkOrder, LinkReturn, LinkStep, Linkage, Linked, Occasion, ProviderError,
    Unlinking,
};
use crate::secret::Secret;

impl Linkage for Espay {
    /// Letters and digits: Espay refuses signs in numbers of other services.
    fn link_number(&self, id: &LinkId) -> String {
        id.as_str().chars().filter(char::is_ascii_alphanumeric).collect()
    }

    fn shows_balance(&self, method: MethodId) -> bool {
        self.products.of(method, true).is_some()
    }

    fn begin(&self, link: &LinkOrder, now: Occasion) -> Result<Dialogue<LinkStep>, ProviderError> {
        let product = self.linked(link.method)?;
        match product.binding {
            Some(Binding::AuthCode) => calls::auth_code::ask(self, link, product, now),
            Some(Binding::Direct) | None => calls::binding::ask(self, link, (product, None), now),
        }
    }

    fn came_back(&self, request: &Request<Bytes>) -> LinkReturn {
        came_back::read(request)
    }

    fn resume(
        &self,
        link: &LinkOrder,
        code: Option<&Secret>,
        now: Occasion,
    ) -> Result<Dialogue<LinkStep>, ProviderError> {
        let product = self.linked(link.method)?;
        match code {
            Some(_) => calls::binding::ask(self, link, (product, code), now),
            None => calls::account::ask(self, link, product, now),
        }
    }

    fn balance(&self, link: &Linked, now: Occasion) -> Result<Dialogue<Funds>, ProviderError> {
        calls::balance::ask(self, link, self.linked(link.method)?, now)
    }

    fn unlink(&self, link: &Linked, now: Occasion) -> Result<Dialogue<Unlinking>, ProviderError> {
        calls::unbinding::ask(self, link, self.linked(link.method)?, now)
    }
}

impl Espay {
    fn linked(&self, method: MethodId) -> Result<&Product, ProviderError> {
        let why = "no product of the account links this wallet";
        self.products.of(method, true).ok_or(ProviderError::Unsendable { why })
    }

    /// Where the browser comes back to, as Espay is told it.
    pub(crate) fn return_url(&self, link: &LinkOrder) -> String {
        let url = link.return_url.as_str();
        if !self.account.dialect.state_in_return_url {
            return url.to_owned();
        }
        let mark = if url.contains('?') { '&' } else { '?' };
        format!("{url}{mark}state={}", link.state)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{espay, link_order, linked, occasion};
    use super::*;

    #[test]
    fn a_wallet_that_is_not_linked_here_is_not_begun_nor_asked_about() {
        let (espay, link) = (espay(), link_order(MethodId::Linkaja));
        assert!(!espay.shows_balance(MethodId::Linkaja));
        assert!(espay.shows_balance(MethodId::Dana));
        let unsendable = |error| matches!(error, ProviderError::Unsendable { .. });
        assert!(espay.begin(&link, occasion()).err().is_some_and(unsendable));
        assert!(espay.resume(&link, None, occasion()).err().is_some_and(unsendable));
        let gone = linked(MethodId::Linkaja);
        assert!(espay.balance(&gone, occasion()).err().is_some_and(unsendable));
        assert!(espay.unlink(&gone, occasion()).err().is_some_and(unsendable));
    }

    #[test]
    fn a_links_number_is_letters_and_digits_and_its_own() {
        let (one, two) = ("lnk_0ab", "lnk_0ac");
        let number = |text: &str| espay().link_number(&text.parse().unwrap());
        assert_eq!((number(one), number(two)), ("lnk0ab".to_owned(), "lnk0ac".to_owned()));
    }
}
