//! The one door through which the environment enters: the configuration file, and what overrides it.
//!
//! `kasir.toml` holds everything but secrets; a secret is `{ env = "NAME" }` or `{ file = "path" }`.
//! Any key can be overridden by an environment variable: `KASIR__PUBLIC_URL` is `public_url`,
//! `KASIR__MERCHANTS__0__NAME` is the name of the first merchant.

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use ipnet::IpNet;
use kasir_shared::{MethodId, Phone, Rupiah, WebUrl};
use serde::Deserialize;

use crate::secret::Secret;

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

/// An account at a provider.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "provider", rename_all = "snake_case")]
pub enum AccountConfig {
    /// At NICEPAY.
    Nicepay(NicepayConfig),
    /// At Winpay, over SNAP BI.
    Winpay(WinpayConfig),
}

impl AccountConfig {
    /// Its name in the file.
    pub fn id(&self) -> &str {
        match self {
            Self::Nicepay(nicepay) => &nicepay.id,
            Self::Winpay(winpay) => &winpay.id,
        }
    }

    /// Who it is with, as they write themselves.
    pub const fn provider_name(&self) -> &'static str {
        match self {
            Self::Nicepay(_) => "NICEPAY",
            Self::Winpay(_) => "Winpay",
        }
    }

    /// Where they answer.
    pub const fn base_url(&self) -> &WebUrl {
        match self {
            Self::Nicepay(nicepay) => &nicepay.base_url,
            Self::Winpay(winpay) => &winpay.base_url,
        }
    }
}

/// An account at NICEPAY.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NicepayConfig {
    /// Its name in this file, and in the address of its notifications.
    pub id: String,
    /// The merchant id, ten characters.
    pub imid: String,
    /// Which of its interfaces is spoken.
    #[serde(default)]
    pub api: NicepayApi,
    /// The merchant key; needed for V2 alone.
    #[serde(default)]
    pub merchant_key: Option<SecretSource>,
    /// What SNAP needs, and V2 does not.
    #[serde(default)]
    pub snap: Option<Box<NicepaySnapConfig>>,
    /// Ends with `/nicepay`.
    pub base_url: WebUrl,
    /// The shop's own address, for orders whose customer gave none.
    pub billing: BillingConfig,
}

/// One of NICEPAY's interfaces.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NicepayApi {
    /// Its own.
    #[default]
    V2,
    /// That of the national standard.
    Snap,
}

/// What NICEPAY's SNAP interface needs.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NicepaySnapConfig {
    /// The merchant's RSA key; NICEPAY has its public half.
    pub private_key: SecretSource,
    /// The client secret.
    pub client_secret: SecretSource,
    /// NICEPAY's public key for notifications, which it sends by e-mail.
    pub nicepay_public_key: SecretSource,
    /// The sub-merchant, where NICEPAY assigned one.
    #[serde(default)]
    pub sub_merchant_id: Option<String>,
    /// The shop's own store, where it has several.
    #[serde(default)]
    pub external_store_id: Option<String>,
}

/// An account at Winpay.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WinpayConfig {
    /// Its name in this file, and in the address of its notifications.
    pub id: String,
    /// The partner id, by which we call.
    pub partner_id: String,
    /// The merchant id, by which Winpay's notifications name us.
    pub merchant_id: String,
    /// The channel that we call through.
    #[serde(default = "web")]
    pub channel_id: String,
    /// Our RSA key, whose public half Winpay has.
    pub private_key: SecretSource,
    /// Winpay's RSA key, public.
    pub winpay_public_key: SecretSource,
    /// Takes a key of Winpay's below 2048 bits, as its sandbox has one. Never in production.
    #[serde(default)]
    pub allow_short_keys: bool,
    /// What comes before `/v1.0/debit/...`.
    pub base_url: WebUrl,
    /// The shop's own mobile number, for orders whose customer gave none.
    pub customer_phone: Phone,
    /// What a proxy takes off the path of Winpay's notifications: `/hooks`.
    #[serde(default)]
    pub notify_path_prefix: String,
}

/// The shop's own address.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BillingConfig {
    /// Name.
    pub name: String,
    /// Phone number, in digits: a landline will do.
    pub phone: String,
    /// E-mail address.
    pub email: String,
    /// Street and number.
    pub address: String,
    /// City.
    pub city: String,
    /// Province.
    pub state: String,
    /// Post code.
    pub post_code: String,
    /// Country.
    pub country: String,
}

/// Where a secret is found.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecretSource {
    /// In this environment variable.
    Env(String),
    /// In this file, white space at its ends left out.
    File(PathBuf),
}

/// Everything around the program that it reads once: nothing else asks the environment.
#[derive(Clone, Default)]
pub struct Environment(BTreeMap<String, String>);

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

impl Environment {
    /// The process's own.
    pub fn of_process() -> Self {
        Self(std::env::vars().collect())
    }

    /// A made-up one.
    pub fn of(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        Self(pairs.into_iter().collect())
    }

    /// One variable.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// The secret that a field names.
    pub fn secret(&self, field: &str, source: &SecretSource) -> Result<Secret, ConfigError> {
        let text = match source {
            SecretSource::Env(name) => {
                let missing = || ConfigError::new(field, format!("the environment has no {name}"));
                self.get(name).ok_or_else(missing)?.to_owned()
            }
            SecretSource::File(path) => std::fs::read_to_string(path)
                .map_err(|error| ConfigError::new(field, format!("{}: {error}", path.display())))?,
        };
        let text = text.trim();
        if text.is_empty() {
            return Err(ConfigError::new(field, "is empty"));
        }
        Ok(Secret::new(text.to_owned()))
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
        for (name, value) in &environment.0 {
            if let Some(path) = name.strip_prefix("KASIR__") {
                let path: Vec<String> = path.split("__").map(str::to_ascii_lowercase).collect();
                place(&mut table, &path, value)
                    .map_err(|why| ConfigError::new(name.clone(), why))?;
            }
        }
        serde_path_to_error::deserialize(table)
            .map_err(|error| ConfigError::new(error.path().to_string(), error.inner()))
    }
}

/// Puts an environment variable's value where its name points.
fn place(at: &mut toml::Value, path: &[String], value: &str) -> Result<(), &'static str> {
    let Some((step, rest)) = path.split_first() else {
        // A variable is text; what it replaces, or else how it reads, says which kind of value it is.
        *at = match (&at, value.parse::<i64>(), value.parse::<bool>()) {
            (toml::Value::Integer(_), Ok(number), _) => toml::Value::Integer(number),
            (toml::Value::Boolean(_), _, Ok(truth)) => toml::Value::Boolean(truth),
            (toml::Value::Table(table), _, Ok(truth)) if table.is_empty() => {
                toml::Value::Boolean(truth)
            }
            _ => toml::Value::String(value.to_owned()),
        };
        return Ok(());
    };
    match at {
        toml::Value::Table(table) => {
            let empty = || toml::Value::Table(toml::Table::new());
            place(table.entry(step.clone()).or_insert_with(empty), rest, value)
        }
        toml::Value::Array(array) => {
            let index: usize = step.parse().map_err(|_| "a list is indexed by a number")?;
            place(array.get_mut(index).ok_or("the list has no such entry")?, rest, value)
        }
        toml::Value::String(_)
        | toml::Value::Integer(_)
        | toml::Value::Float(_)
        | toml::Value::Boolean(_)
        | toml::Value::Datetime(_) => Err("points into something that has no parts"),
    }
}

fn web() -> String {
    "WEB".to_owned()
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

    #[test]
    fn a_secret_comes_from_where_its_field_says_or_not_at_all() {
        let environment = environment(&[("KEY", " s3cret\n"), ("EMPTY", " ")]);
        let source = |name: &str| SecretSource::Env(name.to_owned());
        assert_eq!(environment.secret("vault[0].key", &source("KEY")).unwrap().expose(), "s3cret");
        for (name, why) in [("NONE", "the environment has no NONE"), ("EMPTY", "is empty")] {
            let error = environment.secret("vault[0].key", &source(name)).unwrap_err();
            assert_eq!(error, ConfigError::new("vault[0].key", why));
        }
    }
}
