//! A merchant's account at NICEPAY, and what has to be true of it.

use std::collections::BTreeMap;

use http::Uri;
use kasir_shared::{MethodId, Rupiah, WebUrl};

use super::text::cleaned;
use crate::provider::Payer;
use crate::secret::Secret;

/// The longest `billingEmail`.
const EMAIL_MAX: usize = 40;
/// The longest `billingNm`.
const NAME_MAX: usize = 100;

/// A merchant's account at NICEPAY.
#[derive(Clone, Debug)]
pub struct Account {
    /// `iMid`: ten letters and digits.
    pub imid: String,
    /// `merchantKey`: signs every call and every notification. Used as the text it is.
    pub merchant_key: Secret,
    /// Where NICEPAY answers, up to and including `/nicepay`:
    /// `https://dev.nicepay.co.id/nicepay` or `https://www.nicepay.co.id/nicepay`.
    pub base_url: WebUrl,
    /// The shop's own address: NICEPAY requires one for every order, and customers of a checkout
    /// give none.
    pub billing: Billing,
    /// What the contract allows, where it differs from what every wallet allows.
    pub limits: BTreeMap<MethodId, Limits>,
}

/// How much a method takes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Limits {
    /// The least.
    pub min: Rupiah,
    /// The most.
    pub max: Rupiah,
}

/// What NICEPAY wants to know of a payer. Each field has to fit NICEPAY's.
#[derive(Clone, Debug)]
pub struct Billing {
    /// Name: at most 100 characters. Stands in for a payer without a name.
    pub name: String,
    /// Phone: at most 15 digits. Stands in for a payer without a phone, where the wallet needs none.
    pub phone: String,
    /// E-mail address: at most 40 characters. Stands in for a payer without one.
    pub email: String,
    /// Street and number: at most 100 characters.
    pub address: String,
    /// City: at most 50 characters.
    pub city: String,
    /// Province: at most 50 characters.
    pub state: String,
    /// Post code: at most 10 digits.
    pub post_code: String,
    /// Country: at most 10 characters, as in `Indonesia`.
    pub country: String,
}

/// Why an account cannot be used.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{field} {why}")]
pub struct AccountError {
    /// Which field, as in the configuration.
    pub field: &'static str,
    /// What is wrong with it.
    pub why: &'static str,
}

/// NICEPAY's addresses.
#[derive(Clone, Debug)]
pub(crate) struct Endpoints {
    pub(crate) registration: Endpoint,
    pub(crate) payment: Endpoint,
    pub(crate) inquiry: Endpoint,
    pub(crate) cancel: Endpoint,
    pub(crate) link_enable: Endpoint,
    pub(crate) link_initiate: Endpoint,
}

/// One address: for a customer's browser, and for our own calls.
#[derive(Clone, Debug)]
pub(crate) struct Endpoint {
    pub(crate) url: WebUrl,
    pub(crate) uri: Uri,
}

impl Account {
    /// Whether every field is what NICEPAY takes.
    pub(crate) fn check(&self) -> Result<(), AccountError> {
        let wrong = |field, why| Err(AccountError { field, why });
        check_imid(&self.imid)?;
        if self.merchant_key.expose().trim().is_empty() {
            return wrong("merchant_key", "is empty");
        }
        if self.merchant_key.expose().trim() != self.merchant_key.expose() {
            return wrong("merchant_key", "has spaces or line ends around it");
        }
        check_limits(&self.limits)?;
        self.billing.check()
    }
}

pub(crate) fn check_imid(imid: &str) -> Result<(), AccountError> {
    if imid.len() == 10 && imid.bytes().all(|b| b.is_ascii_alphanumeric()) {
        Ok(())
    } else {
        Err(AccountError { field: "imid", why: "must be ten letters and digits" })
    }
}

pub(crate) fn check_limits(limits: &BTreeMap<MethodId, Limits>) -> Result<(), AccountError> {
    if limits.values().any(|limits| limits.min > limits.max || limits.max.is_zero()) {
        let why = "must have a min that is not above its max";
        return Err(AccountError { field: "limits", why });
    }
    Ok(())
}

/// The base that every address begins with, without a slash at its end.
pub(crate) fn base(base_url: &WebUrl) -> Result<&str, AccountError> {
    let base = base_url.as_str().trim_end_matches('/');
    if base.ends_with("/nicepay") && !base.contains(['?', '#']) {
        Ok(base)
    } else {
        Err(AccountError { field: "base_url", why: "must end with /nicepay" })
    }
}

impl Billing {
    pub(crate) fn check(&self) -> Result<(), AccountError> {
        for (field, text, max) in [
            ("billing.name", &self.name, NAME_MAX),
            ("billing.email", &self.email, EMAIL_MAX),
            ("billing.address", &self.address, 100),
            ("billing.city", &self.city, 50),
            ("billing.state", &self.state, 50),
            ("billing.country", &self.country, 10),
        ] {
            if text.is_empty() || cleaned(text, max) != *text {
                let why = "must be plain ASCII without quotes, not empty and not too long";
                return Err(AccountError { field, why });
            }
        }
        for (field, text, max) in
            [("billing.phone", &self.phone, 15), ("billing.post_code", &self.post_code, 10)]
        {
            let digits = text.bytes().all(|byte| byte.is_ascii_digit());
            if text.is_empty() || text.len() > max || !digits {
                return Err(AccountError { field, why: "must be digits, and not too many" });
            }
        }
        Ok(())
    }

    /// The payer's name, or the shop's.
    pub(crate) fn name_of(&self, payer: &Payer) -> String {
        let name = cleaned(payer.name.as_deref().unwrap_or_default(), NAME_MAX);
        if name.is_empty() { self.name.clone() } else { name }
    }

    /// The payer's phone as dialled at home, or the shop's.
    pub(crate) fn phone_of(&self, payer: &Payer) -> String {
        payer.phone.as_ref().map_or_else(|| self.phone.clone(), kasir_shared::Phone::national)
    }

    /// The payer's address, or the shop's: a longer one cannot be cut, since it would become
    /// somebody else's.
    pub(crate) fn email_of(&self, payer: &Payer) -> String {
        let fits = |email: &&String| {
            email.contains('@') && !email.contains(' ') && cleaned(email, EMAIL_MAX) == **email
        };
        payer.email.as_ref().filter(fits).unwrap_or(&self.email).clone()
    }
}

impl Endpoints {
    pub(crate) fn under(base_url: &WebUrl) -> Result<Self, AccountError> {
        let wrong = |why| AccountError { field: "base_url", why };
        let base = base(base_url)?;
        let at = |path: &str| {
            let text = format!("{base}{path}");
            match (text.parse(), text.parse()) {
                (Ok(url), Ok(uri)) => Ok(Endpoint { url, uri }),
                (Err(_), _) | (_, Err(_)) => Err(wrong("is no address that can be called")),
            }
        };
        Ok(Self {
            registration: at("/direct/v2/registration")?,
            payment: at("/direct/v2/payment")?,
            inquiry: at("/direct/v2/inquiry")?,
            cancel: at("/direct/v2/cancel")?,
            link_enable: at("/api/linkEnable.do")?,
            link_initiate: at("/api/linkInitiate.do")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{account, order};
    use super::super::{AccountError, Nicepay};
    use super::*;

    fn complaint(change: impl FnOnce(&mut Account)) -> &'static str {
        let mut account = account();
        change(&mut account);
        let AccountError { field, .. } = Nicepay::new(account).unwrap_err();
        field
    }

    #[test]
    fn an_account_that_nicepay_would_refuse_is_refused_by_field() {
        assert_eq!(complaint(|account| account.imid = "SHORT".to_owned()), "imid");
        assert_eq!(complaint(|account| account.imid = "IONPAY TES".to_owned()), "imid");
        assert_eq!(
            complaint(|account| account.merchant_key = Secret::new(String::new())),
            "merchant_key"
        );
        assert_eq!(
            complaint(|account| account.merchant_key = Secret::new("key\n".to_owned())),
            "merchant_key"
        );
        assert_eq!(
            complaint(|account| account.base_url = "https://dev.nicepay.co.id".parse().unwrap()),
            "base_url"
        );
        assert_eq!(complaint(|account| account.billing.city.clear()), "billing.city");
        assert_eq!(
            complaint(|account| account.billing.country = "Republik Indonesia".to_owned()),
            "billing.country"
        );
        assert_eq!(
            complaint(|account| account.billing.phone = "+6221555".to_owned()),
            "billing.phone"
        );
        let upside_down = Limits { min: Rupiah::MAX, max: Rupiah::ZERO };
        assert_eq!(
            complaint(|account| account.limits = BTreeMap::from([(MethodId::Ovo, upside_down)])),
            "limits"
        );
    }

    #[test]
    fn a_slash_at_the_end_of_the_base_is_no_second_slash() {
        let base: WebUrl = "http://127.0.0.1:8099/nicepay/".parse().unwrap();
        let endpoints = Endpoints::under(&base).unwrap();
        assert_eq!(
            endpoints.payment.url.as_str(),
            "http://127.0.0.1:8099/nicepay/direct/v2/payment"
        );
    }

    #[test]
    fn the_shop_stands_in_for_what_a_payer_does_not_say_or_cannot_fit() {
        let billing = account().billing;
        let mut payer = order(MethodId::Dana).payer;
        payer.name = Some("王小明".to_owned());
        payer.phone = None;
        for odd in [None, Some("no address"), Some(""), Some("jose@münchen.example")] {
            payer.email = odd.map(str::to_owned);
            assert_eq!(billing.email_of(&payer), billing.email);
        }
        payer.email = Some(format!("{}@mail.example", "a".repeat(40)));
        assert_eq!(billing.email_of(&payer), billing.email);
        assert_eq!(billing.name_of(&payer), billing.name);
        assert_eq!(billing.phone_of(&payer), billing.phone);
        payer.email = Some("siti@mail.example".to_owned());
        assert_eq!(billing.email_of(&payer), "siti@mail.example");
    }
}
