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

#[cfg(test)]
mod tests {
    use kasir_shared::MethodId;

    use super::*;

    const PRIVATE: &str = include_str!("../../../tests/vectors/keys/espay-merchant.pem");
    const PUBLIC: &str = include_str!("../../../tests/vectors/keys/espay.pub.pem");
    const ACCOUNT: &str = r#"
        id = "main"
        merchant_code = "SGWDEMOSHOP"
        api_key = { env = "API" }
        signature_key = { env = "SIGNATURE" }
        password = { env = "PASSWORD" }
        private_key = { env = "PRIVATE" }
        espay_public_key = { env = "PUBLIC" }
        linkage_url = "https://sandbox-api.espay.id"
        h2h_url = "https://sandbox-api.espay.id"
        classic_url = "https://sandbox-api.espay.id"
        customer_phone = "081122334455"
        customer_email = "halo@shop.example"
        [[products]]
        method = "dana"
        code = "DANALINK"
        way = "linked"
        binding = "auth_code"
        min = 5000
        [[products]]
        method = "ovo"
        code = "OVO"
        way = "push"
        [push]
        user = "kopi"
        password = { env = "PUSH" }
    "#;

    fn outcome(toml: &str) -> Result<Arc<dyn Provider>, ConfigError> {
        let pairs = [
            ("API", "00112233445566778899aabbccddeeff"),
            ("SIGNATURE", "demokey012345678"),
            ("PASSWORD", "demo"),
            ("PUSH", "giling"),
            ("PRIVATE", PRIVATE),
            ("PUBLIC", PUBLIC),
        ];
        let pairs = pairs.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let config: EspayConfig = toml::from_str(toml).unwrap();
        read(&config, &|name| format!("accounts[0].{name}"), &Environment::of(pairs))
    }

    fn complaint(toml: &str) -> String {
        outcome(toml).err().unwrap().field
    }

    #[test]
    fn what_is_missing_or_of_no_use_is_named_by_field() {
        for (name, field) in [
            ("API", "api_key"),
            ("SIGNATURE", "signature_key"),
            ("PASSWORD", "password"),
            ("PRIVATE", "private_key"),
            ("PUBLIC", "espay_public_key"),
            ("PUSH", "push.password"),
        ] {
            let wrong = ACCOUNT.replace(&format!("\"{name}\""), "\"NONE\"");
            assert_eq!(complaint(&wrong), format!("accounts[0].{field}"));
        }
        let swapped = ACCOUNT.replace("\"PRIVATE\"", "\"PUBLIC\"");
        assert_eq!(complaint(&swapped), "accounts[0].private_key");
        let unbound = ACCOUNT.replace("binding = \"auth_code\"", "");
        assert_eq!(complaint(&unbound), "accounts[0].products[0].binding");
    }

    #[test]
    fn an_account_serves_what_its_products_do() {
        let espay = outcome(ACCOUNT).unwrap();
        assert_eq!(espay.name(), "espay");
        assert_eq!(
            espay.terms(MethodId::Dana).map(|terms| terms.min),
            kasir_shared::Rupiah::new(5_000)
        );
        assert!(espay.terms(MethodId::Gopay).is_none());
        assert!(espay.ipv4_only(), "Espay lets in IPv4 alone unless told otherwise");
        assert_eq!(espay.keys().len(), 4);
        let either = outcome(&format!("ipv4_only = false\n{ACCOUNT}")).unwrap();
        assert!(!either.ipv4_only());
    }
}
