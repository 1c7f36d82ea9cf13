//! Reads an account at NICEPAY, for whichever of its interfaces is configured.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::config::{
    BillingConfig, ConfigError, Environment, NicepayApi, NicepayConfig, NicepaySnapConfig,
};
use crate::provider::Provider;
use crate::provider::nicepay::snap::{NicepaySnap, SnapAccount};
use crate::provider::nicepay::{self, AccountError, Nicepay};
use crate::provider::snap::key::{PrivateKey, PublicKey, ShortKeys};

/// Names a field of the account in full.
type Field<'a> = &'a dyn Fn(&str) -> String;

/// The account as its provider, or what is wrong with it, by field.
pub(super) fn read(
    config: &NicepayConfig,
    field: Field<'_>,
    environment: &Environment,
) -> Result<Arc<dyn Provider>, ConfigError> {
    let complain = |error: AccountError| ConfigError::new(field(error.field), error.why);
    match (config.api, &config.snap) {
        (NicepayApi::V2, None) => {
            let account = v2(config, field, environment)?;
            Ok(Arc::new(Nicepay::new(account).map_err(complain)?))
        }
        (NicepayApi::V2, Some(_)) => {
            Err(ConfigError::new(field("snap"), "is for api = \"snap\", which is not chosen"))
        }
        (NicepayApi::Snap, Some(snap)) => {
            let account = over_snap(config, snap, field, environment)?;
            Ok(Arc::new(NicepaySnap::new(account).map_err(complain)?))
        }
        (NicepayApi::Snap, None) => {
            let why = "is missing: api = \"snap\" needs private_key, client_secret and nicepay_public_key there";
            Err(ConfigError::new(field("snap"), why))
        }
    }
}

fn v2(
    config: &NicepayConfig,
    field: Field<'_>,
    environment: &Environment,
) -> Result<nicepay::Account, ConfigError> {
    let name = field("merchant_key");
    let Some(merchant_key) = &config.merchant_key else {
        return Err(ConfigError::new(name, "is missing, and V2 signs with it"));
    };
    Ok(nicepay::Account {
        imid: config.imid.clone(),
        merchant_key: environment.secret(&name, merchant_key)?,
        base_url: config.base_url.clone(),
        billing: billing(&config.billing),
        // What a merchant accepts is narrowed by its own routes.
        limits: BTreeMap::new(),
    })
}

fn over_snap(
    config: &NicepayConfig,
    snap: &NicepaySnapConfig,
    field: Field<'_>,
    environment: &Environment,
) -> Result<SnapAccount, ConfigError> {
    let secret = |name: &str, source| {
        let name = field(name);
        environment.secret(&name, source).map(|secret| (name, secret))
    };
    let (name, text) = secret("snap.private_key", &snap.private_key)?;
    let private_key = PrivateKey::read(&text).map_err(|error| ConfigError::new(name, error))?;
    let (name, text) = secret("snap.nicepay_public_key", &snap.nicepay_public_key)?;
    let notification_key = PublicKey::read(text.expose(), ShortKeys::Refused)
        .map_err(|error| ConfigError::new(name, error))?;
    let (_, client_secret) = secret("snap.client_secret", &snap.client_secret)?;
    Ok(SnapAccount {
        imid: config.imid.clone(),
        base_url: config.base_url.clone(),
        private_key,
        client_secret,
        notification_key,
        sub_merchant_id: snap.sub_merchant_id.clone(),
        external_store_id: snap.external_store_id.clone(),
        billing: billing(&config.billing),
        limits: BTreeMap::new(),
    })
}

fn billing(billing: &BillingConfig) -> nicepay::Billing {
    nicepay::Billing {
        name: billing.name.clone(),
        phone: billing.phone.clone(),
        email: billing.email.clone(),
        address: billing.address.clone(),
        city: billing.city.clone(),
        state: billing.state.clone(),
        post_code: billing.post_code.clone(),
        country: billing.country.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRIVATE: &str = include_str!("../../../tests/vectors/snap/keys/rfc7515-a2-pkcs1.pem");
    const PUBLIC: &str = include_str!("../../../tests/vectors/nicepay/snap/rfc7515-a2-public.pem");
    const ACCOUNT: &str = r#"
        id = "main"
        imid = "IONPAYTEST"
        base_url = "https://dev.nicepay.co.id/nicepay"
        [billing]
        name = "Toko"
        phone = "02155512345"
        email = "toko@shop.example"
        address = "Jalan 1"
        city = "Jakarta"
        state = "DKI Jakarta"
        post_code = "12345"
        country = "Indonesia"
    "#;
    const SNAP: &str = r#"
        [snap]
        private_key = { env = "PRIVATE" }
        client_secret = { env = "SECRET" }
        nicepay_public_key = { env = "PUBLIC" }
    "#;

    fn outcome(toml: &str) -> Result<Arc<dyn Provider>, ConfigError> {
        let pairs = [("PRIVATE", PRIVATE), ("PUBLIC", PUBLIC), ("SECRET", "s"), ("KEY", "k")];
        let pairs = pairs.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let config: NicepayConfig = toml::from_str(toml).unwrap();
        read(&config, &|name| format!("accounts[0].{name}"), &Environment::of(pairs))
    }

    fn complaint(toml: &str) -> String {
        outcome(toml).err().unwrap().field
    }

    #[test]
    fn an_account_that_names_no_interface_is_one_of_v2() {
        let v2 = format!("merchant_key = {{ env = \"KEY\" }}\n{ACCOUNT}");
        let prompts = |toml: &str| {
            let terms = outcome(toml).unwrap().terms(kasir_shared::MethodId::Ovo);
            terms.unwrap().start_prompts
        };
        assert!(!prompts(&v2));
        assert!(!prompts(&format!("api = \"v2\"\n{v2}")));
        assert!(prompts(&format!("api = \"snap\"\n{ACCOUNT}{SNAP}")));
    }

    #[test]
    fn what_is_missing_or_of_no_use_is_named_by_field() {
        let snap = format!("api = \"snap\"\n{ACCOUNT}{SNAP}");
        assert_eq!(complaint(ACCOUNT), "accounts[0].merchant_key");
        assert_eq!(complaint(&format!("api = \"snap\"\n{ACCOUNT}")), "accounts[0].snap");
        assert_eq!(complaint(&format!("{ACCOUNT}{SNAP}")), "accounts[0].snap");
        for (name, with, field) in [
            ("PRIVATE", "PUBLIC", "accounts[0].snap.private_key"),
            ("PRIVATE", "NONE", "accounts[0].snap.private_key"),
            ("PUBLIC", "PRIVATE", "accounts[0].snap.nicepay_public_key"),
            ("PUBLIC", "SECRET", "accounts[0].snap.nicepay_public_key"),
            ("SECRET", "NONE", "accounts[0].snap.client_secret"),
        ] {
            let wrong = snap.replace(&format!("\"{name}\""), &format!("\"{with}\""));
            assert_eq!(complaint(&wrong), field, "{name} {with}");
        }
        let sub = snap.replace("[snap]", "[snap]\nsub_merchant_id = \"\"");
        assert_eq!(complaint(&sub), "accounts[0].snap.sub_merchant_id");
    }
}
