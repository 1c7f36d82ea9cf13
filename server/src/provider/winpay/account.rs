//! A merchant's account at Winpay, and what has to be true of it.

use std::fmt::Display;

use kasir_shared::{Phone, WebUrl};

use crate::provider::snap::call::{Caller, CallerError};
use crate::provider::snap::key::{KeyError, PrivateKey, PublicKey, ShortKeys};
use crate::provider::snap::prefix;
use crate::secret::Secret;

/// The longest `X-PARTNER-ID`.
const PARTNER_MAX: usize = 36;
/// The longest `CHANNEL-ID`.
const CHANNEL_MAX: usize = 5;
/// What to do about a key of Winpay's that is too short.
const SHORT_KEY: &str =
    "if it is the sandbox's, set allow_short_keys; in production it must have 2048";

/// A merchant's account at Winpay.
#[derive(Clone, Debug)]
pub struct Account {
    /// `X-PARTNER-ID` of our calls.
    pub partner_id: String,
    /// `merchantId` of Winpay's callbacks. One key of Winpay's signs those of every merchant, so
    /// this is what tells ours from another's.
    pub merchant_id: String,
    /// `CHANNEL-ID` of our calls.
    pub channel_id: String,
    /// Signs our calls, in any form that RSA keys come in.
    pub private_key: Secret,
    /// Winpay's: verifies its callbacks.
    pub winpay_public_key: String,
    /// Whether Winpay's key may be short, as its sandbox's is.
    pub short_keys: ShortKeys,
    /// Where Winpay answers: what comes before `/v1.0/debit/...`, which is all that is signed.
    pub base_url: WebUrl,
    /// The shop's own number: Winpay wants one with every order, and customers of DANA or ShopeePay
    /// need not give any. Nobody is prompted on it.
    pub customer_phone: Phone,
    /// What a proxy takes off the path of Winpay's callbacks before they reach us: it is part of
    /// what Winpay signs. Empty, or begins with a slash and does not end with one.
    pub notify_path_prefix: String,
}

/// Why an account cannot be used.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{field} {why}")]
pub struct AccountError {
    /// Which field, as in the configuration.
    pub field: &'static str,
    /// What is wrong with it.
    pub why: String,
}

/// The keys of an account.
#[derive(Clone, Debug)]
pub(crate) struct Keys {
    pub(crate) ours: PrivateKey,
    pub(crate) winpays: PublicKey,
}

impl AccountError {
    fn new(field: &'static str, why: impl Display) -> Self {
        Self { field, why: why.to_string() }
    }
}

impl Account {
    /// Whether every field is what Winpay takes.
    pub(crate) fn check(&self) -> Result<(), AccountError> {
        for (field, text, max) in [
            ("partner_id", &self.partner_id, PARTNER_MAX),
            ("merchant_id", &self.merchant_id, PARTNER_MAX),
            ("channel_id", &self.channel_id, CHANNEL_MAX),
        ] {
            let plain = text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
            if text.is_empty() || text.len() > max || !plain {
                let why = format!("must be letters, digits, '-' and '_', at most {max}");
                return Err(AccountError::new(field, why));
            }
        }
        prefix::check(&self.notify_path_prefix)
            .map_err(|why| AccountError::new("notify_path_prefix", why))
    }

    /// Who calls, and where.
    pub(crate) fn caller(&self) -> Result<Caller, AccountError> {
        if self.base_url.as_str().contains("/v1.0") {
            return Err(AccountError::new("base_url", "must be what comes before /v1.0"));
        }
        let caller = Caller::new(&self.base_url, &self.partner_id, &self.channel_id);
        caller.map_err(|error| {
            let field = match error {
                CallerError::Address => "base_url",
                CallerError::Partner => "partner_id",
                CallerError::Channel => "channel_id",
            };
            AccountError::new(field, error)
        })
    }

    /// Both keys, read.
    pub(crate) fn keys(&self) -> Result<Keys, AccountError> {
        let ours = PrivateKey::read(&self.private_key)
            .map_err(|error| AccountError::new("private_key", error))?;
        let winpays = PublicKey::read(&self.winpay_public_key, self.short_keys);
        let winpays = winpays.map_err(|error| {
            let why = if let KeyError::TooShort { bits } = error {
                format!("has {bits} bits: {SHORT_KEY}")
            } else {
                error.to_string()
            };
            AccountError::new("winpay_public_key", why)
        })?;
        Ok(Keys { ours, winpays })
    }
}

#[cfg(test)]
mod tests {
    use super::super::Winpay;
    use super::super::testing::{SANDBOX_KEY, account};
    use super::*;

    fn complaint(change: impl FnOnce(&mut Account)) -> AccountError {
        let mut account = account();
        change(&mut account);
        Winpay::new(account).unwrap_err()
    }

    #[test]
    fn an_account_that_winpay_would_refuse_is_refused_by_field() {
        let long = "a".repeat(37);
        for wrong in ["", " ", "a b", "a\n", &long] {
            assert_eq!(complaint(|it| it.partner_id = wrong.to_owned()).field, "partner_id");
            assert_eq!(complaint(|it| it.merchant_id = wrong.to_owned()).field, "merchant_id");
            assert_eq!(complaint(|it| it.channel_id = wrong.to_owned()).field, "channel_id");
        }
        assert_eq!(complaint(|it| it.channel_id = "MOBILE".to_owned()).field, "channel_id");
        for wrong in [
            "https://snap.winpay.id/v1.0",
            "https://snap.winpay.id/v1.0/debit/",
            "https://snap.winpay.id/?x=1",
            "https://snap.winpay.id/#x",
        ] {
            let complaint = complaint(|it| it.base_url = wrong.parse().unwrap());
            assert_eq!(complaint.field, "base_url", "{wrong}");
        }
        for wrong in ["hooks", "/", "/hooks/", "//", "/a//b", "/../a", "/a?b", "/a%2Fb", "/a b"] {
            let complaint = complaint(|it| it.notify_path_prefix = wrong.to_owned());
            assert_eq!(complaint.field, "notify_path_prefix", "{wrong}");
        }
    }

    #[test]
    fn a_key_of_the_wrong_half_is_refused() {
        let public = account().winpay_public_key;
        let private = account().private_key;
        let ours = complaint(|it| it.private_key = Secret::new(public));
        assert_eq!(ours.field, "private_key");
        let theirs = complaint(|it| it.winpay_public_key = private.expose().to_owned());
        assert_eq!(theirs.field, "winpay_public_key");
        assert_eq!(
            complaint(|it| it.private_key = Secret::new("x".to_owned())).field,
            "private_key"
        );
    }

    #[test]
    fn a_short_key_is_taken_only_where_the_account_says_so() {
        let refused = complaint(|it| it.winpay_public_key = SANDBOX_KEY.to_owned());
        assert_eq!(refused.field, "winpay_public_key");
        assert!(refused.why.contains("1023 bits") && refused.why.contains("allow_short_keys"));
        let mut account = account();
        account.winpay_public_key = SANDBOX_KEY.to_owned();
        account.short_keys = ShortKeys::Allowed;
        assert!(Winpay::new(account).unwrap().keys.winpays.info().is_short());
    }
}
