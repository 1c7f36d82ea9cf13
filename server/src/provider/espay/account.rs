//! A merchant's account at Espay, and what has to be true of it.

use std::fmt::Display;

use kasir_shared::{Field, Phone, WebUrl};

use super::dialect::Dialect;
use super::methods::{Product, Products, Way};
use crate::provider::snap::call::{Caller, CallerError};
use crate::provider::snap::key::{PrivateKey, PublicKey, ShortKeys};
use crate::provider::snap::prefix;
use crate::secret::Secret;

/// `CHANNEL-ID`, for everybody.
const CHANNEL: &str = "ESPAY";
/// The longest merchant code: it is also `customerNo`.
const CODE_MAX: usize = 20;
/// The longest product code of a linked wallet.
const PRODUCT_MAX: usize = 16;
/// The longest e-mail address.
const EMAIL_MAX: usize = 64;
/// How far a callback's time may be from ours, in seconds.
const AGE_S: std::ops::RangeInclusive<u32> = 60..=86_400;

/// A merchant's account at Espay.
#[derive(Clone, Debug)]
pub struct Account {
    /// The merchant code, `SGW...`.
    pub merchant_code: String,
    /// The API key.
    pub api_key: Secret,
    /// What classic messages are hashed with.
    pub signature_key: Secret,
    /// What Espay's classic notifications repeat, where it was set.
    pub password: Option<Secret>,
    /// Signs our calls, in any form that RSA keys come in.
    pub private_key: Secret,
    /// Espay's: verifies its callbacks.
    pub espay_public_key: String,
    /// Who we are to push-to-pay.
    pub push: Option<PushLogin>,
    /// Where linked wallets are served: what comes before `/apidirectdebit`.
    pub linkage_url: WebUrl,
    /// Where payments are: what comes before `/apimerchant`.
    pub h2h_url: WebUrl,
    /// Where the classic services are: what comes before `/rest`.
    pub classic_url: WebUrl,
    /// Whether Espay is called over IPv4 alone: it keeps a list of such addresses that may call.
    pub ipv4_only: bool,
    /// What the account serves.
    pub products: Vec<Product>,
    /// The shop's own number: Espay wants one with every order, and customers need not give any.
    pub customer_phone: Phone,
    /// The shop's own e-mail address, for the same reason.
    pub customer_email: String,
    /// What a proxy takes off the path of Espay's callbacks before they reach us: it is part of what
    /// Espay signs. Empty, or begins with a slash and does not end with one.
    pub notify_path_prefix: String,
    /// What Espay's documents leave open.
    pub dialect: Dialect,
}

/// Who we are to push-to-pay.
#[derive(Clone, Debug)]
pub struct PushLogin {
    /// The user.
    pub user: String,
    /// The password.
    pub password: Secret,
}

/// Why an account cannot be used.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{field} {why}")]
pub struct AccountError {
    /// Which field, as in the configuration.
    pub field: String,
    /// What is wrong with it.
    pub why: String,
}

/// The keys of an account.
#[derive(Clone, Debug)]
pub(crate) struct Keys {
    pub(crate) ours: PrivateKey,
    pub(crate) espays: PublicKey,
}

/// Who calls, and where.
#[derive(Clone, Debug)]
pub(crate) struct Hosts {
    pub(crate) linkage: Caller,
    pub(crate) h2h: Caller,
    /// What comes before the path of a classic service.
    pub(crate) classic: String,
}

impl AccountError {
    fn new(field: impl Into<String>, why: impl Display) -> Self {
        Self { field: field.into(), why: why.to_string() }
    }
}

impl Account {
    /// Whether every field is what Espay takes.
    pub(crate) fn check(&self) -> Result<(), AccountError> {
        let complain = |field: &str, why: &str| Err(AccountError::new(field, why));
        let code = &self.merchant_code;
        if !is_plain(code) || code.len() > CODE_MAX {
            return complain("merchant_code", "must be letters and digits, at most 20");
        }
        for (field, secret) in
            [("api_key", Some(&self.api_key)), ("signature_key", Some(&self.signature_key))]
        {
            let text = secret.map_or("", |secret| secret.expose());
            if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
                return complain(field, "must be plain text without blanks");
            }
        }
        if !is_email(&self.customer_email) {
            return complain("customer_email", "must be an e-mail address, at most 64 characters");
        }
        if !AGE_S.contains(&self.dialect.callback_age_s) {
            return complain("dialect.callback_age_s", "must be 60 to 86400");
        }
        prefix::check(&self.notify_path_prefix)
            .map_err(|why| AccountError::new("notify_path_prefix", why))?;
        self.check_products()
    }

    fn check_products(&self) -> Result<(), AccountError> {
        if self.products.is_empty() {
            return Err(AccountError::new("products", "needs at least one entry"));
        }
        for (at, product) in self.products.iter().enumerate() {
            let complain = |name: &str, why: &str| {
                Err(AccountError::new(format!("products[{at}].{name}"), why))
            };
            let linked = product.way == Way::Linked;
            let twice = |other: &Product| {
                other.method == product.method && (other.way == Way::Linked) == linked
            };
            if !is_plain(&product.code) || product.code.len() > PRODUCT_MAX {
                return complain("code", "must be letters and digits, at most 16");
            }
            if self.products.iter().take(at).any(twice) {
                return complain("method", "is served twice in the same way");
            }
            if linked != product.binding.is_some() {
                return complain("binding", "is for way = \"linked\", and needed there");
            }
            if product.min > product.max || product.min.is_zero() {
                return complain("min", "must be more than nothing, and no more than max");
            }
            if product.way == Way::Push {
                if self.push.is_none() {
                    return complain("way", "is push, which needs [accounts.push]");
                }
                if !product.method.row().fields.contains(&Field::Phone) {
                    return complain("way", "is push, for a method whose customers give no number");
                }
            }
        }
        Ok(())
    }

    /// Its products.
    pub(crate) fn products(&self) -> Products {
        Products(self.products.clone())
    }

    /// Who calls, and where.
    pub(crate) fn hosts(&self) -> Result<Hosts, AccountError> {
        let caller = |field: &str, url: &WebUrl, service: &str| {
            if url.as_str().contains(service) {
                let why = format!("must be what comes before {service}");
                return Err(AccountError::new(field, why));
            }
            Caller::new(url, &self.merchant_code, CHANNEL).map_err(|error| {
                let field = match error {
                    CallerError::Partner => "merchant_code",
                    CallerError::Address | CallerError::Channel => field,
                };
                AccountError::new(field, error)
            })
        };
        let classic = caller("classic_url", &self.classic_url, "/rest/")?;
        Ok(Hosts {
            linkage: caller("linkage_url", &self.linkage_url, "/apidirectdebit")?,
            h2h: caller("h2h_url", &self.h2h_url, "/apimerchant")?,
            classic: classic.base().to_owned(),
        })
    }

    /// Both keys, read.
    pub(crate) fn keys(&self) -> Result<Keys, AccountError> {
        let ours = PrivateKey::read(&self.private_key)
            .map_err(|error| AccountError::new("private_key", error))?;
        let espays = PublicKey::read(&self.espay_public_key, ShortKeys::Refused)
            .map_err(|error| AccountError::new("espay_public_key", error))?;
        Ok(Keys { ours, espays })
    }
}

fn is_plain(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// Whether an e-mail address is one that Espay takes.
pub(crate) fn is_email(text: &str) -> bool {
    let sound = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&*+-./=?^_~".contains(&b))
    };
    let parts = text.split_once('@');
    text.len() <= EMAIL_MAX && parts.is_some_and(|(name, host)| sound(name) && sound(host))
}

#[cfg(test)]
mod tests {
    use kasir_shared::{MethodId, Rupiah};

    use super::super::testing::{account, product};
    use super::super::{Binding, Espay};
    use super::*;

    fn complaint(change: impl FnOnce(&mut Account)) -> String {
        let mut account = account();
        change(&mut account);
        Espay::new(account).unwrap_err().field
    }

    #[test]
    fn what_espay_does_not_take_is_named_by_field() {
        let text = |text: &str| Secret::new(text.to_owned());
        for code in ["", "SGW DEMO", "SGW-DEMO", "SGWDEMOSHOPSGWDEMOSHOP"] {
            assert_eq!(complaint(|it| it.merchant_code = code.to_owned()), "merchant_code");
        }
        assert_eq!(complaint(|it| it.api_key = text("")), "api_key");
        assert_eq!(complaint(|it| it.signature_key = text("a b")), "signature_key");
        assert_eq!(complaint(|it| it.private_key = text("x")), "private_key");
        assert_eq!(complaint(|it| it.espay_public_key = String::new()), "espay_public_key");
        for email in ["", "halo", "@shop.example", "halo@", "há@shop.example"] {
            assert_eq!(complaint(|it| it.customer_email = email.to_owned()), "customer_email");
        }
        assert_eq!(complaint(|it| it.notify_path_prefix = "/a/".to_owned()), "notify_path_prefix");
        for age_s in [0, 59, 86_401] {
            let field = complaint(|it| it.dialect.callback_age_s = age_s);
            assert_eq!(field, "dialect.callback_age_s");
        }
        let url = |text: &str| text.parse::<WebUrl>().unwrap();
        let host = "https://api.espay.id";
        let with = |path: &str| url(&format!("{host}/{path}"));
        assert_eq!(complaint(|it| it.linkage_url = with("apidirectdebit/v1.0")), "linkage_url");
        assert_eq!(complaint(|it| it.h2h_url = with("apimerchant")), "h2h_url");
        assert_eq!(complaint(|it| it.classic_url = with("rest/merchant")), "classic_url");
        assert_eq!(complaint(|it| it.classic_url = with("?x=1")), "classic_url");
    }

    #[test]
    fn a_product_that_nobody_could_pay_with_is_named() {
        assert_eq!(complaint(|it| it.products.clear()), "products");
        assert_eq!(
            complaint(|it| it.products[1].code = "DANA LINK".to_owned()),
            "products[1].code"
        );
        assert_eq!(complaint(|it| it.products[1].code = "A".repeat(17)), "products[1].code");
        assert_eq!(complaint(|it| it.products[2].binding = None), "products[2].binding");
        let binding = Some(Binding::Direct);
        assert_eq!(complaint(|it| it.products[1].binding = binding), "products[1].binding");
        let twice = product(MethodId::Ovo, "OVO2", Way::Page);
        assert_eq!(complaint(|it| it.products.push(twice.clone())), "products[4].method");
        assert_eq!(complaint(|it| it.products[0].min = Rupiah::MAX), "products[0].min");
        assert_eq!(complaint(|it| it.products[0].min = Rupiah::ZERO), "products[0].min");
        assert_eq!(complaint(|it| it.push = None), "products[0].way");
        assert_eq!(complaint(|it| it.products[1].way = Way::Push), "products[1].way");
    }
}
