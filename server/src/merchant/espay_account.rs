//! Reads an account at Espay.

use std::sync::Arc;

use kasir_shared::WebUrl;

use crate::config::{ConfigError, Environment, EspayConfig, SecretSource};
use crate::provider::Provider;
use crate::provider::espay::{Account, Espay, PushLogin};
use crate::secret::Secret;

/// Names a field of the account in full.
type Field<'a> = &'a dyn Fn(&str) -> String;

/// The account as its provider, or what is wrong with it, by field.
pub(super) fn read(
    config: &EspayConfig,
    field: Field<'_>,
    environment: &Environment,
) -> Result<Arc<dyn Provider>, ConfigError> {
    let secret = |name: &str, source: &SecretSource| environment.secret(&field(name), source);
    let optional = |name: &str, source: Option<&SecretSource>| -> Result<_, ConfigError> {
        source.map(|source| secret(name, source)).transpose()
    };
    let push = match &config.push {
        Some(push) => Some(PushLogin {
            user: push.user.clone(),
            password: secret("push.password", &push.password)?,
        }),
        None => None,
    };
    let public_key: Secret = secret("espay_public_key", &config.espay_public_key)?;
    let account = Account {
        merchant_code: config.merchant_code.clone(),
        api_key: secret("api_key", &config.api_key)?,
        signature_key: secret("signature_key", &config.signature_key)?,
        password: optional("password", config.password.as_ref())?,
        private_key: secret("private_key", &config.private_key)?,
        espay_public_key: public_key.expose().to_owned(),
        push,
        linkage_url: config.linkage_url.clone(),
        h2h_url: config.h2h_url.clone(),
        classic_url: config.classic_url.clone(),
        ipv4_only: config.ipv4_only,
        products: config.products.clone(),
        customer_phone: config.customer_phone.clone(),
        customer_email: config.customer_email.clone(),
        notify_path_prefix: config.notify_path_prefix.clone(),
        dialect: config.dialect.clone(),
    };
    let espay =
        Espay::new(account).map_err(|error| ConfigError::new(field(&error.field), error.why))?;
    Ok(Arc::new(espay))
}

/// The addresses of an account, each with its field.
pub(super) const fn addresses(config: &EspayConfig) -> [(&'static str, &WebUrl); 3] {
    [
        ("linkage_url", &config.linkage_url),
        ("h2h_url", &config.h2h_url),
        ("classic_url", &config.classic_url),
    ]
}
