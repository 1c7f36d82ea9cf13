//! Where the lives take place: four providers, a courier, a clock and a database, and for each life a
//! house of its own whose accounts stand in an order of their own.

use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::sync::Arc;

use kasir_server::clock::{Clock as _, ManualClock};
use kasir_server::config::{Config, Environment};
use kasir_server::courier::Courier;
use kasir_server::dice::{SeededDice, SystemDice};
use kasir_server::flow::bell::Bell;
use kasir_server::flow::{House, Visitor};
use kasir_server::health::Health;
use kasir_server::merchant::Merchants;
use kasir_server::secret::{Secret, Vault};
use kasir_server::store::SqliteStore;
use kasir_shared::Moment;
use kasir_tests::made_up::{Habits, Kind, MadeUp, Watch};
use tempfile::TempDir;

use crate::chance::Chance;

/// 2026-11-20 10:00 in Jakarta.
const MORNING: Moment = Moment::from_unix_s(1_795_143_600);
/// Seconds that a held answer may take. Nobody waits so long: it is let go before.
const PATIENCE_S: u32 = 60;

/// Who is on the page.
pub(crate) const VISITOR: Visitor = Visitor { ip: IpAddr::V4(Ipv4Addr::LOCALHOST) };

pub(crate) struct Place {
    pub(crate) providers: Vec<MadeUp>,
    pub(crate) clock: Arc<ManualClock>,
    courier: Arc<Courier>,
    vault: Arc<Vault>,
    store: Arc<SqliteStore>,
    _folder: TempDir,
}

impl Place {
    pub(crate) async fn open() -> Self {
        let clock = Arc::new(ManualClock::at(MORNING));
        let watch: Watch = {
            let clock = clock.clone();
            Arc::new(move || clock.now().unix_ms)
        };
        let mut providers = Vec::new();
        for (id, kind) in [
            ("push-one", Kind::Push),
            ("push-two", Kind::Push),
            ("web-one", Kind::Redirect),
            ("web-two", Kind::Redirect),
        ] {
            providers.push(MadeUp::open(id, Habits::of(kind), watch.clone()).await);
        }
        let courier = Courier::new(clock.clone(), PATIENCE_S, true).unwrap();
        let key = Secret::new("a2FzaXItZGVtby12YXVsdC1rZXktMzItYnl0ZXMtISE=".to_owned());
        let vault = Vault::new(&[("test".to_owned(), key)]).unwrap();
        let folder = folder();
        let store =
            SqliteStore::open(&folder.path().join("kasir.db"), Arc::new(SystemDice)).unwrap();
        store.migrate().await.unwrap();
        Self {
            providers,
            clock,
            courier: Arc::new(courier),
            vault: Arc::new(vault),
            store: Arc::new(store),
            _folder: folder,
        }
    }

    /// A house whose accounts serve in an order that chance gives.
    pub(crate) fn house(&self, seed: u64, chance: &mut Chance) -> House {
        let ids: Vec<&str> = self.providers.iter().map(MadeUp::id).collect();
        let toml = toml(&chance.some(&ids), &chance.some(&ids));
        let environment = Environment::of([("KEY".to_owned(), "unused".to_owned())]);
        let config = Config::parse(&toml, &environment).unwrap();
        let accounts = self.providers.iter().map(MadeUp::account).collect();
        let Ok(merchants) = Merchants::read(&config, &environment, accounts) else {
            panic!("the configuration is sound")
        };
        let health = Health::of(ids.into_iter());
        House {
            store: self.store.clone(),
            courier: self.courier.clone(),
            health: Arc::new(health),
            catalogues: Arc::default(),
            clock: self.clock.clone(),
            dice: Arc::new(SeededDice::new(seed)),
            vault: self.vault.clone(),
            merchants: Arc::new(merchants),
            bell: Bell::default(),
            public_url: Arc::new(config.public_url),
            development: true,
            provider_timeout_s: 5,
        }
    }
}

/// In memory where this machine has such a place: a great deal is written.
fn folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap()
}

fn toml(ovo: &[&str], dana: &[&str]) -> String {
    format!(
        r#"listen = "127.0.0.1:0"
public_url = "http://127.0.0.1:1"
development = true
accounts = []

[store]
sqlite = "unused"

[[vault]]
id = "test"
key = {{ env = "KEY" }}

[[merchants]]
id = "toko"
name = "Toko"
key_hashes = ["{}"]
return_urls = ["https://toko.example/"]
refund_second_payment = true

[[merchants.methods]]
id = "ovo"
accounts = {ovo:?}

[[merchants.methods]]
id = "dana"
accounts = {dana:?}
"#,
        "0".repeat(64)
    )
}
