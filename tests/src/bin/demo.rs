//! Everything at once, for a person in a browser.

use std::process::ExitCode;

use kasir_tests::simulator::{Settings, VirtualClock};
use kasir_tests::town::{Ground, Routing, SECRET_KEY, Town};
use tokio::signal::unix::{SignalKind, signal};

const PAY_PORT: u16 = 8080;
const SHOP_PORT: u16 = 8090;
const SIM_PORT: u16 = 8099;

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("kasir-demo: {why}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), String> {
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::WARN)
        .with_writer(std::io::stderr)
        .init();
    let ground = Ground::claim(
        port("KASIR_DEMO_PAY_PORT", PAY_PORT)?,
        port("KASIR_DEMO_SHOP_PORT", SHOP_PORT)?,
        port("KASIR_DEMO_SIM_PORT", SIM_PORT)?,
    )
    .await?;
    let temporary = tempfile::tempdir().map_err(|error| error.to_string())?;
    let folder =
        setting("KASIR_DEMO_FOLDER").map_or_else(|| temporary.path().to_owned(), Into::into);
    let mut terminate = signal(SignalKind::terminate()).map_err(|error| error.to_string())?;
    let (clock, settings) = (VirtualClock::running(), Settings::default());
    let town = Town::build_routed(ground, &folder, clock, settings, routing()?).await;
    welcome(&town);
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
    town.stop().await;
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "the demo has no configuration but these")]
fn setting(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn port(name: &str, usual: u16) -> Result<u16, String> {
    let Some(text) = setting(name) else { return Ok(usual) };
    text.parse().map_err(|_| format!("{name} is no port: {text}"))
}

/// Everything, unless only NICEPAY's V2 is asked for.
fn routing() -> Result<Routing, String> {
    match setting("KASIR_DEMO_ROUTING").as_deref() {
        None | Some("everything") => Ok(Routing::Everything),
        Some("nicepay") => Ok(Routing::Nicepay),
        Some(other) => Err(format!("KASIR_DEMO_ROUTING is everything or nicepay, not {other}")),
    }
}

fn welcome(town: &Town) {
    let (shop, pay, sim) = (&town.addresses.shop, &town.addresses.pay, &town.addresses.sim);
    println!(
        "
  The shop        {shop}
  Kasir           {pay}        API: {pay}/docs
  Wallets, phone  {sim}/phone

  Try: put coffee in the cart, choose \"pay here\", pick OVO, and approve the
  payment on the phone beside the shop. Then DANA, ShopeePay, Speedcash,
  AstraPay and LinkAja; any six digits are a PIN. Switch Winpay off beside
  the shop and pay again: NICEPAY takes over. Turn JavaScript off and do it
  once more.

  The shop's API key is {SECRET_KEY}. Ctrl-C stops everything.
"
    );
}
