//! `kasir`: serve, check, migrate, and make keys.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clap::{Parser, Subcommand};
use kasir_server::clock::SystemClock;
use kasir_server::config::{AccountConfig, Config, ConfigError, Environment};
use kasir_server::dice::{Dice, SystemDice};
use kasir_server::secret::Secret;
use kasir_server::service::{Doors, Service};
use kasir_server::store::sqlite::SqliteStore;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// A checkout for Indonesia.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Takes payments.
    Serve(File),
    /// Loads everything, says what it found and what is wrong, by field.
    Check(File),
    /// Brings the database's tables up to date.
    Migrate(File),
    /// Makes keys.
    Keys {
        #[command(subcommand)]
        command: Keys,
    },
}

#[derive(Subcommand)]
enum Keys {
    /// Makes a new API key, webhook secret and vault key, and prints them once.
    New,
}

#[derive(clap::Args)]
struct File {
    /// The configuration file.
    #[arg(long, env = "KASIR_CONFIG", default_value = "kasir.toml")]
    config: PathBuf,
}

#[tokio::main]
async fn main() -> ExitCode {
    let environment = Environment::of_process();
    let done = match Arguments::parse().command {
        Command::Serve(file) => serve(&file, &environment).await,
        Command::Check(file) => check(&file, &environment).await,
        Command::Migrate(file) => migrate(&file, &environment).await,
        Command::Keys { command: Keys::New } => {
            print_new_keys(&SystemDice);
            Ok(())
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(errors) => {
            for error in errors {
                eprintln!("kasir: {error}");
            }
            ExitCode::FAILURE
        }
    }
}

fn doors() -> Doors {
    Doors { clock: Arc::new(SystemClock), dice: Arc::new(SystemDice) }
}

async fn serve(file: &File, environment: &Environment) -> Result<(), Vec<ConfigError>> {
    log(environment);
    let config = Config::read(&file.config, environment).map_err(|error| vec![error])?;
    let service = Service::open(&config, environment, doors()).await?;
    let listening = async {
        let listener = TcpListener::bind(config.listen).await?;
        Ok::<_, std::io::Error>((listener, signal(SignalKind::terminate())?))
    };
    let (listener, mut terminate) =
        listening.await.map_err(|error| vec![ConfigError::new("listen", error)])?;
    tracing::info!(listen = %config.listen, public_url = %config.public_url, "serving");
    let stop = CancellationToken::new();
    tokio::spawn({
        let stop = stop.clone();
        async move {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
            tracing::info!("stopping");
            stop.cancel();
        }
    });
    service.run(listener, stop).await;
    Ok(())
}

async fn check(file: &File, environment: &Environment) -> Result<(), Vec<ConfigError>> {
    let config = Config::read(&file.config, environment).map_err(|error| vec![error])?;
    let service = Service::open(&config, environment, doors()).await?;
    let house = service.house();
    println!("public address: {}", config.public_url);
    println!("database:       {} (up to date)", config.store.sqlite.display());
    println!("vault keys:     {:?}, AES-256-GCM; the first one seals", house.vault);
    for account in &config.accounts {
        match account {
            AccountConfig::Nicepay(nicepay) => {
                println!("account:        {} at NICEPAY, {}", nicepay.id, nicepay.base_url);
                if let Some(source) = &nicepay.merchant_key {
                    let key = environment.secret("merchant_key", source);
                    let key = key.map_err(|error| vec![error])?;
                    println!("  merchant key: {}", fingerprint(&key));
                }
            }
            AccountConfig::Winpay(winpay) => {
                println!("account:        {} at Winpay, {}", winpay.id, winpay.base_url);
            }
        }
    }
    for merchant in house.merchants.all() {
        let methods: Vec<&str> =
            merchant.routes.iter().map(|route| route.method.as_str()).collect();
        println!("merchant:       {} ({}): {}", merchant.id, merchant.name, methods.join(", "));
        match &merchant.webhook {
            Some(target) => {
                println!("  webhook:      {}, {} signing key(s)", target.url, target.keys.len());
            }
            None => println!("  webhook:      none; the shop has to ask how its sessions stand"),
        }
    }
    println!("all is well");
    Ok(())
}

/// What a secret is, as far as anybody may say it aloud: enough to tell whether two are the same.
fn fingerprint(secret: &Secret) -> String {
    let hash = hex::encode(digest(&SHA256, secret.expose().as_bytes()));
    format!("text, {} characters, SHA-256 {}…", secret.expose().chars().count(), &hash[..12])
}

async fn migrate(file: &File, environment: &Environment) -> Result<(), Vec<ConfigError>> {
    let config = Config::read(&file.config, environment).map_err(|error| vec![error])?;
    let wrong = |error| vec![ConfigError::new("store.sqlite", error)];
    let store = SqliteStore::open(&config.store.sqlite, Arc::new(SystemDice)).map_err(wrong)?;
    for name in store.migrate().await.map_err(wrong)? {
        println!("applied {name}");
    }
    println!("{} is up to date", config.store.sqlite.display());
    Ok(())
}

fn print_new_keys(dice: &dyn Dice) {
    let bytes = || [dice.draw(), dice.draw()].concat();
    let key = dice.token("sk_");
    println!("API key, for the shop's server:      {key}");
    println!(
        "  its hash, for `key_hashes`:        {}",
        hex::encode(digest(&SHA256, key.as_bytes()))
    );
    println!("webhook secret, for both sides:      whsec_{}", STANDARD.encode(bytes()));
    println!("vault key, for Kasir alone:          {}", STANDARD.encode(bytes()));
    println!("None of these is kept: put them where your secrets are.");
}

/// JSON lines on standard output: `KASIR_LOG` says how much.
fn log(environment: &Environment) {
    let filter = environment.get("KASIR_LOG").unwrap_or("info,hyper=warn,reqwest=warn");
    tracing_subscriber::fmt()
        .json()
        .with_env_filter(tracing_subscriber::EnvFilter::new(filter))
        .with_current_span(true)
        .init();
    std::panic::set_hook(Box::new(|panic| {
        // What a panic says may hold anything; where it was is enough to find it.
        let at = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(at, "panic");
    }));
}
