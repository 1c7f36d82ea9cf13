//! The one door through which the environment enters: the configuration file, and what overrides it.
//!
//! `kasir.toml` holds everything but secrets; a secret is `{ env = "NAME" }` or `{ file = "path" }`.
//! Any key can be overridden by an environment variable: `KASIR__PUBLIC_URL` is `public_url`,
//! `KASIR__MERCHANTS__0__NAME` is the name of the first merchant.

mod account;
mod environment;
mod espay;

use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

pub use account::{
    AccountConfig, BillingConfig, NicepayApi, NicepayConfig, NicepaySnapConfig, WinpayConfig,
};
pub use environment::{Environment, SecretSource};
pub use espay::{EspayConfig, EspayPushConfig};
use ipnet::IpNet;
use kasir_shared::{MethodId, Rupiah, WebUrl};
use serde::Deserialize;

/// Everything that is configured.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where to listen.
    pub listen: SocketAddr,
    /// What customers and providers reach Kasir under, without a slash at the end.
    pub public_url: WebUrl,
    /// Allows plain HTTP on this machine and webhooks to it. Never in production.
    #[serde(default)]
    pub development: bool,
    /// Seconds that one question to a provider may take: 1 to 60.
    #[serde(default = "provider_timeout_s")]
    pub provider_timeout_s: u32,
    /// Proxies whose `X-Forwarded-For` is believed.
    #[serde(default)]
    pub trusted_proxies: Vec<IpNet>,
    /// What is remembered, and where.
    pub store: StoreConfig,
    /// Keys that seal what is kept of customers' agreements with wallets; the first one seals.
    pub vault: Vec<VaultKeyConfig>,
    /// Who may open sessions.
    pub merchants: Vec<MerchantConfig>,
    /// The merchants' accounts at providers.
    pub accounts: Vec<AccountConfig>,
}

/// What is remembered, and where.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoreConfig {
    /// The SQLite file.
    pub sqlite: PathBuf,
}

/// A key that seals.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VaultKeyConfig {
    /// Its name, written with what it seals: letters and digits.
    pub id: String,
    /// The base64 of 32 bytes.
    pub key: SecretSource,
}

/// A merchant.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MerchantConfig {
    /// Its name in this file.
    pub id: String,
    /// Its name on the page.
    pub name: String,
    /// The SHA-256 of its API keys, hex; `kasir keys new` prints them. Two while rotating.
    pub key_hashes: Vec<String>,
    /// Where it hears of what happens.
    #[serde(default)]
    pub webhook: Option<WebhookConfig>,
    /// Origins whose pages may frame the checkout.
    #[serde(default)]
    pub origins: Vec<WebUrl>,
    /// What return URLs start with.
    pub return_urls: Vec<WebUrl>,
    /// Whether a second payment of one session is given back by itself.
    #[serde(default)]
    pub refund_second_payment: bool,
    /// What it accepts, in the order the page shows.
    pub methods: Vec<MethodConfig>,
}

/// Where a merchant hears of what happens.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebhookConfig {
    /// The address.
    pub url: WebUrl,
    /// The signing secret, `whsec_...`.
    pub secret: SecretSource,
    /// The one before, while rotating: both sign.
    #[serde(default)]
    pub previous_secret: Option<SecretSource>,
}

/// A method that a merchant accepts.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MethodConfig {
    /// Which one.
    pub id: MethodId,
    /// The accounts that serve it, first choice first.
    pub accounts: Vec<String>,
    /// The least taken, in whole rupiah; the provider's own limit where left out.
    #[serde(default, deserialize_with = "whole_rupiah")]
    pub min: Option<Rupiah>,
    /// The most taken, in whole rupiah.
    #[serde(default, deserialize_with = "whole_rupiah")]
    pub max: Option<Rupiah>,
}

/// What is wrong with the configuration, and where.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub struct ConfigError {
    /// The field: `merchants[0].webhook.secret`.
    pub field: String,
    /// What is wrong with it, and what would be right.
    pub why: String,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.why)
    }
}

impl ConfigError {
    /// This is wrong with that field.
    pub fn new(field: impl Into<String>, why: impl fmt::Display) -> Self {
        Self { field: field.into(), why: why.to_string() }
    }
}

impl Config {
    /// Reads a file and what the environment overrides.
    pub fn read(path: &Path, environment: &Environment) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| ConfigError::new(path.display().to_string(), error))?;
        Self::parse(&text, environment)
    }

    /// Parses the text of a file, with what the environment overrides.
    pub fn parse(text: &str, environment: &Environment) -> Result<Self, ConfigError> {
        let mut table: toml::Value =
            toml::from_str(text).map_err(|error| ConfigError::new("file", error))?;
        environment.lay_over(&mut table)?;
        serde_path_to_error::deserialize(table)
            .map_err(|error| ConfigError::new(error.path().to_string(), error.inner()))
    }
}

const fn provider_timeout_s() -> u32 {
    20
}

fn whole_rupiah<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Rupiah>, D::Error> {
    let value = u64::deserialize(deserializer)?;
    Rupiah::new(value).map(Some).ok_or_else(|| serde::de::Error::custom("at most 999999999999"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = r#"
        listen = "127.0.0.1:8080"
        public_url = "https://pay.example"
        merchants = []
        accounts = []
        [store]
        sqlite = "kasir.db"
        [[vault]]
        id = "a"
        key = { env = "VAULT_KEY" }
    "#;

    fn environment(pairs: &[(&str, &str)]) -> Environment {
        Environment::of(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
    }

    #[test]
    fn the_environment_overrides_the_file() {
        let environment = environment(&[
            ("KASIR__LISTEN", "127.0.0.1:9000"),
            ("KASIR__STORE__SQLITE", "/tmp/other.db"),
            ("KASIR__DEVELOPMENT", "true"),
            ("KASIR__VAULT__0__ID", "b"),
        ]);
        let config = Config::parse(FILE, &environment).unwrap();
        assert_eq!(config.listen.port(), 9000);
        assert_eq!(config.store.sqlite, PathBuf::from("/tmp/other.db"));
        assert!(config.development);
        assert_eq!(config.vault[0].id, "b");
    }

    #[test]
    fn what_is_wrong_is_named_by_its_field() {
        for (wrong, field) in [
            (FILE.replace("https://pay.example", "http://pay.example"), "public_url"),
            (FILE.replace("sqlite =", "postgres ="), "store.postgres"),
            (FILE.replace("{ env = \"VAULT_KEY\" }", "\"verbatim\""), "vault[0].key"),
        ] {
            let error = Config::parse(&wrong, &Environment::default()).unwrap_err();
            assert_eq!(error.field, field, "{error}");
        }
        let astray = environment(&[("KASIR__VAULT__7__ID", "b")]);
        assert_eq!(Config::parse(FILE, &astray).unwrap_err().field, "KASIR__VAULT__7__ID");
    }
}
