//! Who the merchants are, what they accept, and which origins may frame us.

mod espay_account;
mod nicepay_account;
pub mod route;
pub mod webhook;

use std::collections::BTreeMap;
use std::sync::Arc;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{SHA256, digest};
use kasir_shared::{MethodId, WebUrl};

use crate::config::{
    AccountConfig, Config, ConfigError, Environment, MerchantConfig, MethodConfig, WinpayConfig,
};
use crate::provider::Provider;
use crate::provider::snap::key::ShortKeys;
use crate::provider::winpay::{self, Winpay};
pub use route::{Route, Stop, Unfit};
use webhook::Target;

/// A shop that may open sessions.
#[derive(Debug)]
pub struct Merchant {
    /// Its name in the configuration.
    pub id: String,
    /// Its name on the page.
    pub name: String,
    /// Where it hears of what happens.
    pub webhook: Option<Target>,
    /// Origins whose pages may frame the checkout.
    pub origins: Vec<String>,
    /// Whether a second payment of one session is given back by itself.
    pub refund_second_payment: bool,
    /// What it accepts, in the order the page shows.
    pub routes: Vec<Route>,
    key_hashes: Vec<[u8; 32]>,
    return_urls: Vec<WebUrl>,
}

/// An account at a provider.
pub struct Account {
    /// Its name in the configuration.
    pub id: String,
    /// Who is behind it.
    pub provider: Arc<dyn Provider>,
}

/// Every merchant and every account.
pub struct Merchants {
    merchants: BTreeMap<String, Merchant>,
    accounts: BTreeMap<String, Account>,
}

impl Merchant {
    /// Whether a customer may be sent to `url` afterwards: same scheme, host and port as one of the
    /// prefixes, and a path under its path.
    pub fn may_return_to(&self, url: &WebUrl) -> bool {
        self.return_urls.iter().any(|prefix| {
            let path = |url: &WebUrl| {
                let full = url.as_str();
                let start = full.find("://").map_or(0, |at| at + 3);
                let path = full[start..].find(['/', '?', '#']).map_or("", |at| &full[start + at..]);
                path.split(['?', '#']).next().unwrap_or_default().to_owned()
            };
            let (prefix_path, path) = (path(prefix), path(url));
            let folder = prefix_path.trim_end_matches('/');
            url.origin() == prefix.origin()
                && !path.split('/').any(is_dots)
                && path
                    .strip_prefix(folder)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    }

    /// The route of a method it accepts.
    pub fn route(&self, method: MethodId) -> Option<&Route> {
        self.routes.iter().find(|route| route.method == method)
    }
}

/// Whether a browser takes a segment of a path for a step within it: dots are dots however they are
/// written.
fn is_dots(segment: &str) -> bool {
    matches!(segment.to_ascii_lowercase().replace("%2e", ".").as_str(), "." | "..")
}

impl Merchants {
    /// Reads merchants and accounts from the configuration, beside accounts that are `given`: at
    /// providers that no configuration describes. Every mistake is listed.
    pub fn read(
        config: &Config,
        environment: &Environment,
        given: Vec<Account>,
    ) -> Result<Self, Vec<ConfigError>> {
        let mut errors = Vec::new();
        let mut accounts: BTreeMap<String, Account> =
            given.into_iter().map(|account| (account.id.clone(), account)).collect();
        for (index, account) in config.accounts.iter().enumerate() {
            match read_account(account, index, config.development, environment) {
                Ok(account) => {
                    if accounts.contains_key(&account.id) {
                        errors.push(ConfigError::new(format!("accounts[{index}].id"), "is taken"));
                    }
                    accounts.insert(account.id.clone(), account);
                }
                Err(error) => errors.push(error),
            }
        }
        let mut merchants = BTreeMap::new();
        for (index, merchant) in config.merchants.iter().enumerate() {
            let reader =
                Reader { index, accounts: &accounts, development: config.development, environment };
            match reader.read(merchant) {
                Ok(merchant) => {
                    if merchants.contains_key(&merchant.id) {
                        errors.push(ConfigError::new(format!("merchants[{index}].id"), "is taken"));
                    }
                    merchants.insert(merchant.id.clone(), merchant);
                }
                Err(mistakes) => errors.extend(mistakes),
            }
        }
        if errors.is_empty() { Ok(Self { merchants, accounts }) } else { Err(errors) }
    }

    /// The merchant with this API key. Every key is compared, each in constant time.
    pub fn by_key(&self, key: &str) -> Option<&Merchant> {
        let hash = digest(&SHA256, key.as_bytes());
        let known = self
            .merchants
            .values()
            .flat_map(|merchant| merchant.key_hashes.iter().map(move |known| (known, merchant)));
        known.fold(None, |found, (known, merchant)| {
            let own = verify_slices_are_equal(known, hash.as_ref()).is_ok();
            if own { Some(merchant) } else { found }
        })
    }

    /// The merchant of that name.
    pub fn by_id(&self, id: &str) -> Option<&Merchant> {
        self.merchants.get(id)
    }

    /// The account of that name.
    pub fn account(&self, id: &str) -> Option<&Account> {
        self.accounts.get(id)
    }

    /// Every account.
    pub fn accounts(&self) -> impl Iterator<Item = &Account> {
        self.accounts.values()
    }

    /// Every merchant.
    pub fn all(&self) -> impl Iterator<Item = &Merchant> {
        self.merchants.values()
    }
}

fn read_account(
    account: &AccountConfig,
    index: usize,
    development: bool,
    environment: &Environment,
) -> Result<Account, ConfigError> {
    match account {
        AccountConfig::Nicepay(config) => {
            let field = |name: &str| format!("accounts[{index}].{name}");
            secure(&field("base_url"), &config.base_url, development)?;
            let provider = nicepay_account::read(config, &field, environment)?;
            Ok(Account { id: config.id.clone(), provider })
        }
        AccountConfig::Winpay(config) => read_winpay(config, index, development, environment),
        AccountConfig::Espay(config) => {
            let field = |name: &str| format!("accounts[{index}].{name}");
            for (name, url) in espay_account::addresses(config) {
                secure(&field(name), url, development)?;
            }
            let provider = espay_account::read(config, &field, environment)?;
            Ok(Account { id: config.id.clone(), provider })
        }
    }
}

fn read_winpay(
    config: &WinpayConfig,
    index: usize,
    development: bool,
    environment: &Environment,
) -> Result<Account, ConfigError> {
    let field = |name: &str| format!("accounts[{index}].{name}");
    secure(&field("base_url"), &config.base_url, development)?;
    let public_key = environment.secret(&field("winpay_public_key"), &config.winpay_public_key)?;
    let account = winpay::Account {
        partner_id: config.partner_id.clone(),
        merchant_id: config.merchant_id.clone(),
        channel_id: config.channel_id.clone(),
        private_key: environment.secret(&field("private_key"), &config.private_key)?,
        winpay_public_key: public_key.expose().to_owned(),
        short_keys: if config.allow_short_keys { ShortKeys::Allowed } else { ShortKeys::Refused },
        base_url: config.base_url.clone(),
        customer_phone: config.customer_phone.clone(),
        notify_path_prefix: config.notify_path_prefix.clone(),
    };
    let winpay =
        Winpay::new(account).map_err(|error| ConfigError::new(field(error.field), error.why))?;
    Ok(Account { id: config.id.clone(), provider: Arc::new(winpay) })
}

fn secure(field: &str, url: &WebUrl, development: bool) -> Result<(), ConfigError> {
    if url.is_secure() || development {
        Ok(())
    } else {
        Err(ConfigError::new(field, "must be https outside of development"))
    }
}

/// Reads one merchant, and remembers where it stands for the sake of its mistakes.
struct Reader<'a> {
    index: usize,
    accounts: &'a BTreeMap<String, Account>,
    development: bool,
    environment: &'a Environment,
}

impl Reader<'_> {
    fn field(&self, name: &str) -> String {
        format!("merchants[{}].{name}", self.index)
    }

    fn read(&self, config: &MerchantConfig) -> Result<Merchant, Vec<ConfigError>> {
        let mut errors = Vec::new();
        let key_hashes = self.key_hashes(config, &mut errors);
        let webhook = self.webhook(config).unwrap_or_else(|error| {
            errors.push(error);
            None
        });
        let routes = self.routes(config, &mut errors);
        for (name, urls) in [("origins", &config.origins), ("return_urls", &config.return_urls)] {
            for (at, url) in urls.iter().enumerate() {
                let field = self.field(&format!("{name}[{at}]"));
                errors.extend(secure(&field, url, self.development).err());
            }
        }
        for (name, empty) in
            [("return_urls", config.return_urls.is_empty()), ("methods", config.methods.is_empty())]
        {
            if empty {
                errors.push(ConfigError::new(self.field(name), "needs at least one entry"));
            }
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        Ok(Merchant {
            id: config.id.clone(),
            name: config.name.clone(),
            webhook,
            origins: config.origins.iter().map(WebUrl::origin).collect(),
            refund_second_payment: config.refund_second_payment,
            routes,
            key_hashes,
            return_urls: config.return_urls.clone(),
        })
    }

    fn key_hashes(&self, config: &MerchantConfig, errors: &mut Vec<ConfigError>) -> Vec<[u8; 32]> {
        let mut hashes = Vec::new();
        for (at, text) in config.key_hashes.iter().enumerate() {
            let mut hash = [0; 32];
            match hex::decode_to_slice(text, &mut hash) {
                Ok(()) => hashes.push(hash),
                Err(_) => errors.push(ConfigError::new(
                    self.field(&format!("key_hashes[{at}]")),
                    "is not the hex of a SHA-256; `kasir keys new` prints one",
                )),
            }
        }
        if config.key_hashes.is_empty() {
            errors.push(ConfigError::new(self.field("key_hashes"), "needs at least one entry"));
        }
        hashes
    }

    fn webhook(&self, config: &MerchantConfig) -> Result<Option<Target>, ConfigError> {
        let Some(webhook) = &config.webhook else { return Ok(None) };
        secure(&self.field("webhook.url"), &webhook.url, self.development)?;
        let named = [
            ("secret", Some(&webhook.secret)),
            ("previous_secret", webhook.previous_secret.as_ref()),
        ];
        let mut secrets = Vec::new();
        for (name, source) in named {
            let Some(source) = source else { continue };
            let field = self.field(&format!("webhook.{name}"));
            let secret = self.environment.secret(&field, source)?;
            secrets.push(webhook::Key::parse(&secret).map_err(|why| ConfigError::new(field, why))?);
        }
        Ok(Some(Target::new(webhook.url.clone(), secrets)))
    }

    fn routes(&self, config: &MerchantConfig, errors: &mut Vec<ConfigError>) -> Vec<Route> {
        let mut routes: Vec<Route> = Vec::new();
        for (at, method) in config.methods.iter().enumerate() {
            let field = self.field(&format!("methods[{at}]"));
            if routes.iter().any(|route| route.method == method.id) {
                errors.push(ConfigError::new(field.clone(), "names a method a second time"));
            }
            match self.stops(&field, method) {
                Ok(stops) => routes.push(Route { method: method.id, stops }),
                Err(error) => errors.push(error),
            }
        }
        routes
    }

    /// The accounts of a method, each of which must serve it.
    fn stops(&self, field: &str, method: &MethodConfig) -> Result<Vec<Stop>, ConfigError> {
        let field = format!("{field}.accounts");
        let mut stops: Vec<Stop> = Vec::new();
        for id in &method.accounts {
            let account = self.accounts.get(id).ok_or_else(|| {
                ConfigError::new(field.clone(), format!("there is no account {id}"))
            })?;
            let terms = account.provider.terms(method.id).ok_or_else(|| {
                let (name, method) = (account.provider.name(), method.id.as_str());
                ConfigError::new(field.clone(), format!("{name} does not serve {method}"))
            })?;
            if stops.iter().any(|stop| stop.account == *id) {
                return Err(ConfigError::new(field, format!("names {id} a second time")));
            }
            stops.push(Stop {
                account: id.clone(),
                min: method.min.map_or(terms.min, |min| min.max(terms.min)),
                max: method.max.map_or(terms.max, |max| max.min(terms.max)),
            });
        }
        if stops.is_empty() {
            return Err(ConfigError::new(field, "needs at least one entry"));
        }
        Ok(stops)
    }
}
