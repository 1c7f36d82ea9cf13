//! The town: Kasir, a shop, and the simulated providers, each on its own address, all on one clock.
//!
//! The demo is a town for a person; a story is a town for a test.

use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use kasir_server::clock::Clock as KasirClock;
use kasir_server::config::{AccountConfig, Config, Environment};
use kasir_server::dice::SystemDice;
use kasir_server::merchant::Account;
use kasir_server::service::{Doors, Service};
use kasir_shared::{MethodId, Moment};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use crate::papers::{Addresses, Routing, SECRET_KEY, WEBHOOK_SECRET, kasir_toml, secrets};
use crate::shop::{Shop, ShopConfig};
use crate::simulator::{Clock, Provider, Served, Settings, Simulator, VirtualClock};

/// Where Kasir hears from Espay, behind its own address: the account is called `espay`.
pub const ESPAY_CALLBACKS: &str = "/notify/espay/espay";

/// A method that an account of somebody's own making serves, in place of NICEPAY.
pub struct StandIn {
    /// The method.
    pub method: MethodId,
    /// Who serves it.
    pub account: Account,
}

/// The simulators' clock, for Kasir to live by.
struct TownClock(VirtualClock);

#[async_trait]
impl KasirClock for TownClock {
    fn now(&self) -> Moment {
        Moment { unix_ms: self.0.now_ms() }
    }

    async fn wait_until(&self, moment: Moment) {
        self.0.wait_until(moment.unix_ms).await;
    }
}

/// Three listeners, bound before anybody is told where the others are.
pub struct Ground {
    pay: TcpListener,
    shop: TcpListener,
    sim: TcpListener,
}

impl Ground {
    /// Binds these ports on this machine; 0 is any that is free. The error names the port.
    pub async fn claim(pay: u16, shop: u16, sim: u16) -> Result<Self, String> {
        let bind = |port: u16| async move {
            let bound = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await;
            bound.map_err(|error| format!("port {port}: {error}"))
        };
        Ok(Self { pay: bind(pay).await?, shop: bind(shop).await?, sim: bind(sim).await? })
    }

    /// Serves the simulators and lays their lines: everybody's address is known then.
    async fn serve(self, clock: &VirtualClock, mut settings: Settings) -> std::io::Result<Opened> {
        let url = |address| format!("http://{address}");
        let sim = url(self.sim.local_addr()?);
        // Customers go to the wallets, whichever line the order came by.
        settings.public_url.get_or_insert_with(|| sim.clone());
        let pay = url(self.pay.local_addr()?);
        for merchant in &mut settings.espay.merchants {
            // What somebody registers in Espay's portal.
            merchant.callback_base.get_or_insert_with(|| format!("{pay}{ESPAY_CALLBACKS}"));
        }
        let simulator = Simulator::new(Arc::new(clock.clone()), settings);
        let served = simulator.serve(self.sim)?;
        let winpay = simulator.lay_line(Provider::Winpay, served.addr()).await?;
        let nicepay = simulator.lay_line(Provider::Nicepay, served.addr()).await?;
        let espay = simulator.lay_line(Provider::Espay, served.addr()).await?;
        let addresses = Addresses {
            pay,
            shop: url(self.shop.local_addr()?),
            sim,
            winpay: url(winpay.addr),
            nicepay: url(nicepay.addr),
            espay: url(espay.addr),
        };
        Ok(Opened { addresses, simulator, served, pay: self.pay, shop: self.shop })
    }
}

/// The ground with the simulators on it.
struct Opened {
    addresses: Addresses,
    simulator: Simulator,
    served: Served,
    pay: TcpListener,
    shop: TcpListener,
}

/// The town, running.
pub struct Town {
    /// Where everybody is.
    pub addresses: Addresses,
    /// What time it is, for everybody.
    pub clock: VirtualClock,
    /// The simulated providers.
    pub simulator: Simulator,
    /// The shop.
    pub shop: Shop,
    /// Kasir's database.
    pub database: PathBuf,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Town {
    /// Builds the town on `ground`, with Kasir's database in `folder`.
    ///
    /// # Panics
    ///
    /// Where the town cannot be built; there is nothing to show or test then.
    pub async fn build(
        ground: Ground,
        folder: &Path,
        clock: VirtualClock,
        settings: Settings,
    ) -> Self {
        Self::build_with(ground, folder, clock, settings, None).await
    }

    /// The same with its shop paid through whom `routing` says.
    ///
    /// # Panics
    ///
    /// Where the town cannot be built; there is nothing to show or test then.
    pub async fn build_routed(
        ground: Ground,
        folder: &Path,
        clock: VirtualClock,
        settings: Settings,
        routing: Routing,
    ) -> Self {
        let edit = |toml, to: &Addresses| routing.applied(toml, to);
        Self::build_as(ground, folder, clock, settings, edit).await
    }

    /// The same with a stand-in for NICEPAY.
    ///
    /// # Panics
    ///
    /// Where the town cannot be built; there is nothing to show or test then.
    pub async fn build_with(
        ground: Ground,
        folder: &Path,
        clock: VirtualClock,
        settings: Settings,
        stand_in: Option<StandIn>,
    ) -> Self {
        let how = |to: &Addresses, database: &Path| {
            let toml = kasir_toml(to, database, stand_in.as_ref());
            (toml, stand_in.into_iter().map(|stand_in| stand_in.account).collect())
        };
        Self::built(ground, folder, clock, settings, how).await
    }

    /// The same, with Kasir's configuration as `edit` leaves it.
    ///
    /// # Panics
    ///
    /// Where the town cannot be built; there is nothing to show or test then.
    pub async fn build_as(
        ground: Ground,
        folder: &Path,
        clock: VirtualClock,
        settings: Settings,
        edit: impl FnOnce(String, &Addresses) -> String,
    ) -> Self {
        Self::build_of(ground, folder, clock, settings, (Vec::new(), edit)).await
    }

    /// The same, with accounts of somebody's own making, which the configuration may name.
    ///
    /// # Panics
    ///
    /// Where the town cannot be built; there is nothing to show or test then.
    pub async fn build_of(
        ground: Ground,
        folder: &Path,
        clock: VirtualClock,
        settings: Settings,
        (accounts, edit): (Vec<Account>, impl FnOnce(String, &Addresses) -> String),
    ) -> Self {
        let how =
            |to: &Addresses, database: &Path| (edit(kasir_toml(to, database, None), to), accounts);
        Self::built(ground, folder, clock, settings, how).await
    }

    async fn built(
        ground: Ground,
        folder: &Path,
        clock: VirtualClock,
        settings: Settings,
        how: impl FnOnce(&Addresses, &Path) -> (String, Vec<Account>),
    ) -> Self {
        let opened = ground.serve(&clock, settings).await.expect("the simulators are served");
        let Opened { addresses, simulator, served, pay, shop } = opened;
        let database = folder.join("kasir.db");
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        let environment = Environment::of(secrets());
        let (toml, accounts) = how(&addresses, &database);
        let config = Config::parse(&toml, &environment).expect("the town's configuration is sound");

        let shop_clock = clock.clone();
        let roaster = Shop::new(ShopConfig {
            kasir_url: addresses.pay.clone(),
            kasir_public_url: addresses.pay.clone(),
            sim_url: addresses.sim.clone(),
            own_url: addresses.shop.clone(),
            secret_key: SECRET_KEY.to_owned(),
            webhook_secret: WEBHOOK_SECRET.to_owned(),
            winpay: config.accounts.iter().any(|a| matches!(a, AccountConfig::Winpay(_))),
            clock: Arc::new(move || shop_clock.now_ms().div_euclid(1000)),
        });
        let (router, shop_stop) = (roaster.router(), stop.clone());
        tasks.spawn(async move {
            let ended = axum::serve(shop, router)
                .with_graceful_shutdown(async move { shop_stop.cancelled().await });
            ended.await.expect("the shop is served");
        });

        let doors = Doors { clock: Arc::new(TownClock(clock.clone())), dice: Arc::new(SystemDice) };
        let service = Service::open_with(&config, &environment, doors, accounts).await;
        let service = service.expect("Kasir opens");
        tasks.spawn(service.run(pay, stop.clone()));

        tasks.spawn({
            let stop = stop.clone();
            async move {
                stop.cancelled().await;
                served.stop().await;
            }
        });
        tasks.close();
        Self { addresses, clock, simulator, shop: roaster, database, stop, tasks }
    }

    /// Stops everybody and waits until they have.
    pub async fn stop(self) {
        self.stop.cancel();
        self.tasks.wait().await;
    }

    /// Comes back when everybody has stopped.
    pub async fn stopped(&self) {
        self.stop.cancelled().await;
    }
}
