//! `kasir`: serve, check, migrate, verify and sign, and make keys.

mod cli;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Parser, Subcommand};
use kasir_server::clock::SystemClock;
use kasir_server::config::{Config, ConfigError, Environment};
use kasir_server::dice::SystemDice;
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
    Check {
        #[command(flatten)]
        file: File,
        /// Also asks every provider whether it accepts us.
        #[arg(long)]
        online: bool,
    },
    /// Brings the database's tables up to date.
    Migrate(File),
    /// Says whether a signature stands, and which mistake explains one that does not.
    Verify {
        #[command(subcommand)]
        whose: cli::Verify,
    },
    /// Signs, and prints what was signed.
    Sign {
        #[command(subcommand)]
        whose: cli::Sign,
    },
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
        Command::Check { file, online } => {
            cli::check::run(&file.config, &environment, doors(), online).await
        }
        Command::Migrate(file) => migrate(&file, &environment).await,
        Command::Verify { whose } => whose.run(&environment),
        Command::Sign { whose } => whose.run(&environment),
        Command::Keys { command: Keys::New } => {
            cli::keys::print_new(&SystemDice);
            Ok(ExitCode::SUCCESS)
        }
    };
    match done {
        Ok(code) => code,
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

async fn serve(file: &File, environment: &Environment) -> cli::Ended {
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
    Ok(ExitCode::SUCCESS)
}

async fn migrate(file: &File, environment: &Environment) -> cli::Ended {
    let config = Config::read(&file.config, environment).map_err(|error| vec![error])?;
    let wrong = |error| vec![ConfigError::new("store.sqlite", error)];
    let store = SqliteStore::open(&config.store.sqlite, Arc::new(SystemDice)).map_err(wrong)?;
    for name in store.migrate().await.map_err(wrong)? {
        println!("applied {name}");
    }
    println!("{} is up to date", config.store.sqlite.display());
    Ok(ExitCode::SUCCESS)
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
