//! Puts the house together and runs it.

use std::sync::Arc;

use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::clock::Clock;
use crate::config::{Config, ConfigError, Environment};
use crate::courier::Courier;
use crate::desk;
use crate::dice::Dice;
use crate::flow::bell::Bell;
use crate::flow::{House, catalogue};
use crate::health::Health;
use crate::merchant::{Account, Merchants};
use crate::provider::{KeyFacts, NamedKey};
use crate::secret::Vault;
use crate::store::Store;
use crate::store::sqlite::SqliteStore;
use crate::web::assets::Assets;
use crate::web::{App, operations, router, serve};

/// Where time and chance come from.
#[derive(Clone)]
pub struct Doors {
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub dice: Arc<dyn Dice>,
}

/// The whole service, put together and not yet running.
pub struct Service {
    app: App,
}

impl Service {
    /// Puts the service together; everything that is wrong is listed, by field.
    pub async fn open(
        config: &Config,
        environment: &Environment,
        doors: Doors,
    ) -> Result<Self, Vec<ConfigError>> {
        Self::open_with(config, environment, doors, Vec::new()).await
    }

    /// The same with accounts at providers of the caller's own, which merchants' methods may name
    /// beside those of the configuration.
    pub async fn open_with(
        config: &Config,
        environment: &Environment,
        doors: Doors,
        accounts: Vec<Account>,
    ) -> Result<Self, Vec<ConfigError>> {
        let mut errors = mistakes(config);
        let merchants =
            Merchants::read(config, environment, accounts).map_err(|more| errors.extend(more));
        let vault = vault(config, environment).map_err(|error| errors.push(error));
        let (Ok(merchants), Ok(vault), true) = (merchants, vault, errors.is_empty()) else {
            return Err(errors);
        };
        warn_of_short_keys(&merchants);
        let store = store(config, &doors).await.map_err(|error| vec![error])?;
        let timeout_s = config.provider_timeout_s;
        let courier = Courier::new(doors.clock.clone(), timeout_s, config.development)
            .map_err(|error| vec![ConfigError::new("courier", error)])?;
        // Whoever asks first installs it; asked for here so that nothing goes uncounted.
        operations::recorder();
        let accounts = merchants.accounts().map(|account| account.id.as_str());
        let health = Arc::new(Health::of(accounts));
        let house = House {
            store,
            courier: Arc::new(courier),
            health,
            catalogues: Arc::default(),
            clock: doors.clock,
            dice: doors.dice,
            vault: Arc::new(vault),
            merchants: Arc::new(merchants),
            bell: Bell::default(),
            public_url: Arc::new(config.public_url.clone()),
            development: config.development,
            provider_timeout_s: timeout_s,
        };
        catalogue::recall(&house).await;
        Ok(Self {
            app: App {
                house,
                assets: Arc::new(Assets::embedded()),
                trusted_proxies: config.trusted_proxies.clone().into(),
                tasks: TaskTracker::new(),
                stop: CancellationToken::new(),
            },
        })
    }

    /// What its stories are told with.
    pub fn house(&self) -> &House {
        &self.app.house
    }

    /// Runs until told to stop: then no new request is taken, event streams end, and what is in hand
    /// is finished.
    pub async fn run(self, listener: TcpListener, stop: CancellationToken) {
        let app = self.app;
        let desk = tokio::spawn(desk::run(app.house.clone(), stop.clone()));
        let catalogues = tokio::spawn(catalogue::run(app.house.clone(), stop.clone()));
        let metrics = tokio::spawn(operations::keep_metrics_small(stop.clone()));
        let ending = tokio::spawn({
            let (stop, streams) = (stop.clone(), app.stop.clone());
            async move {
                stop.cancelled().await;
                streams.cancel();
            }
        });
        serve::serve(listener, router(app.clone()), stop).await;
        app.tasks.close();
        app.tasks.wait().await;
        // All end by the same word.
        let _ = tokio::join!(desk, catalogues, metrics, ending);
    }
}

fn mistakes(config: &Config) -> Vec<ConfigError> {
    let mut errors = Vec::new();
    if !config.public_url.is_secure() && !config.development {
        errors.push(ConfigError::new("public_url", "must be https outside of development"));
    }
    if config.public_url.origin() != config.public_url.as_str().trim_end_matches('/') {
        errors.push(ConfigError::new("public_url", "must be an origin, without a path"));
    }
    if !(1..=60).contains(&config.provider_timeout_s) {
        errors.push(ConfigError::new("provider_timeout_s", "must be from 1 to 60"));
    }
    if config.merchants.is_empty() {
        errors.push(ConfigError::new("merchants", "needs at least one entry"));
    }
    errors
}

/// A short key verifies a provider's sandbox, and nothing that moves money.
fn warn_of_short_keys(merchants: &Merchants) {
    for account in merchants.accounts() {
        for NamedKey { field, key } in account.provider.keys() {
            if let KeyFacts::Rsa(info) = key
                && info.is_short()
            {
                let (account, bits) = (&account.id, info.bits);
                tracing::warn!(account, field, bits, "a short key is allowed: for a sandbox only");
            }
        }
    }
}

fn vault(config: &Config, environment: &Environment) -> Result<Vault, ConfigError> {
    let mut keys = Vec::new();
    for (index, key) in config.vault.iter().enumerate() {
        let secret = environment.secret(&format!("vault[{index}].key"), &key.key)?;
        keys.push((key.id.clone(), secret));
    }
    Vault::new(&keys).map_err(|error| ConfigError::new("vault", error))
}

async fn store(config: &Config, doors: &Doors) -> Result<Arc<dyn Store>, ConfigError> {
    let field = "store.sqlite";
    let store = SqliteStore::open(&config.store.sqlite, doors.dice.clone())
        .map_err(|error| ConfigError::new(field, error))?;
    store.migrate().await.map_err(|error| ConfigError::new(field, error))?;
    Ok(Arc::new(store))
}
