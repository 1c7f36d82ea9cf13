//! A merchant's account at NICEPAY for SNAP, and what has to be true of it.

use std::collections::BTreeMap;

use kasir_shared::{MethodId, WebUrl};

use super::super::account::{AccountError, Billing, Limits, base, check_imid, check_limits};
use crate::provider::Payer;
use crate::provider::snap::call::{Caller, CallerError};
use crate::provider::snap::key::{PrivateKey, PublicKey};
use crate::provider::snap::text::portable;
use crate::provider::snap::token::{Lender, Line};
use crate::secret::Secret;

/// The longest `subMerchantId` and `externalStoreId`.
const ID_MAX: usize = 32;
/// The longest `billingNm`.
const NAME_MAX: usize = 100;

/// A merchant's account at NICEPAY for SNAP.
#[derive(Clone, Debug)]
pub struct Account {
    /// `iMid`: ten letters and digits. Client key, partner id and merchant id in one.
    pub imid: String,
    /// Where NICEPAY answers, up to and including `/nicepay`, which is not signed.
    pub base_url: WebUrl,
    /// Signs the requests for tokens; NICEPAY has its public half.
    pub private_key: PrivateKey,
    /// Signs everything else. Used as the text it is.
    pub client_secret: Secret,
    /// NICEPAY's own, for its notifications; it comes by e-mail.
    pub notification_key: PublicKey,
    /// `subMerchantId`, where NICEPAY assigned one.
    pub sub_merchant_id: Option<String>,
    /// `externalStoreId`, where the shop has one.
    pub external_store_id: Option<String>,
    /// Stands in for what a payer does not say.
    pub billing: Billing,
    /// What the contract allows, where it differs from what every wallet allows.
    pub limits: BTreeMap<MethodId, Limits>,
}

impl Account {
    /// Whether every field is what NICEPAY takes.
    pub(super) fn check(&self) -> Result<(), AccountError> {
        check_imid(&self.imid)?;
        let secret = self.client_secret.expose();
        if secret.is_empty() || secret.trim() != secret {
            let why = "is empty, or has spaces or line ends around it";
            return Err(AccountError { field: "snap.client_secret", why });
        }
        for (field, id) in [
            ("snap.sub_merchant_id", &self.sub_merchant_id),
            ("snap.external_store_id", &self.external_store_id),
        ] {
            if id.as_deref().is_some_and(|id| id.is_empty() || portable(id, ID_MAX) != id) {
                let why = "must be plain ASCII, not empty and at most 32 characters";
                return Err(AccountError { field, why });
            }
        }
        check_limits(&self.limits)?;
        self.billing.check()
    }

    /// How it calls.
    pub(super) fn line(&self) -> Result<Line, AccountError> {
        let base = base(&self.base_url)?;
        let wrong = |error| match error {
            CallerError::Address => {
                AccountError { field: "base_url", why: "is no address that can be called" }
            }
            CallerError::Partner | CallerError::Channel => {
                AccountError { field: "imid", why: "must be ten letters and digits" }
            }
        };
        let token_url = format!("{base}/v1.0/access-token/b2b").parse();
        let token_url: WebUrl = token_url.map_err(|_| wrong(CallerError::Address))?;
        let channel = format!("{}01", self.imid);
        Ok(Line {
            caller: Caller::new(&self.base_url, &self.imid, &channel).map_err(wrong)?,
            lender: Lender::new(&token_url, &self.imid, self.private_key.clone()).map_err(wrong)?,
            secret: self.client_secret.clone(),
        })
    }

    /// The payer's name, or the shop's.
    pub(super) fn name_of(&self, payer: &Payer) -> String {
        let own = portable(payer.name.as_deref().unwrap_or_default(), NAME_MAX);
        if own.is_empty() { portable(&self.billing.name, NAME_MAX) } else { own }
    }

    /// The payer's address, or the shop's where it does not fit.
    pub(super) fn email_of(&self, payer: &Payer) -> String {
        let email = self.billing.email_of(payer);
        if portable(&email, email.len()) == email { email } else { self.billing.email.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::account;
    use super::super::{NicepaySnap, SnapAccount};
    use super::*;

    fn complaint(change: impl FnOnce(&mut SnapAccount)) -> &'static str {
        let mut account = account();
        change(&mut account);
        NicepaySnap::new(account).unwrap_err().field
    }

    #[test]
    fn an_account_that_nicepay_would_refuse_is_refused_by_field() {
        assert_eq!(complaint(|account| account.imid = "SHORT".to_owned()), "imid");
        for secret in ["", "secret\n", " secret"] {
            let secret = Secret::new(secret.to_owned());
            assert_eq!(complaint(|account| account.client_secret = secret), "snap.client_secret");
        }
        for id in ["", "é", "a\"b", &"1".repeat(33)] {
            let id = Some(id.to_owned());
            let sub = id.clone();
            assert_eq!(complaint(|account| account.sub_merchant_id = sub), "snap.sub_merchant_id");
            assert_eq!(
                complaint(|account| account.external_store_id = id),
                "snap.external_store_id"
            );
        }
        for base in ["https://dev.nicepay.co.id", "https://dev.nicepay.co.id/nicepay/api"] {
            let base = base.parse().unwrap();
            assert_eq!(complaint(|account| account.base_url = base), "base_url");
        }
        assert_eq!(complaint(|account| account.billing.city.clear()), "billing.city");
    }

    #[test]
    fn the_shop_stands_in_for_a_name_or_an_address_that_cannot_be_written() {
        let account = account();
        let mut payer = super::super::super::testing::order(MethodId::Dana).payer;
        payer.name = Some("“Ma’ruf” Áminah".to_owned());
        assert_eq!(account.name_of(&payer), "Ma ruf Aminah");
        for name in [None, Some("王小明"), Some("''")] {
            payer.name = name.map(str::to_owned);
            assert_eq!(account.name_of(&payer), account.billing.name);
        }
        payer.email = Some("o'brien@mail.example".to_owned());
        assert_eq!(account.email_of(&payer), account.billing.email);
        payer.email = Some("siti@mail.example".to_owned());
        assert_eq!(account.email_of(&payer), "siti@mail.example");
    }

    #[test]
    fn an_account_never_prints_what_signs() {
        let text = format!("{:?}", NicepaySnap::new(account()).unwrap());
        assert!(!text.contains("33F49Gn") && !text.contains("PRIVATE"), "{text}");
    }
}
