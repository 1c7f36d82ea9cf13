//! `kasir check`: loads everything, says what it found, and asks the providers where told to.

use std::path::Path;
use std::process::ExitCode;

use kasir_server::config::{Config, Environment};
use kasir_server::merchant::Merchant;
use kasir_server::provider::{KeyFacts, NamedKey, Provider};
use kasir_server::service::{Doors, Service};

use super::{Ended, online};

/// Checks what a file configures; `online`, also whether every provider accepts it.
pub(crate) async fn run(
    file: &Path,
    environment: &Environment,
    doors: Doors,
    online: bool,
) -> Ended {
    let config = Config::read(file, environment).map_err(|error| vec![error])?;
    let service = Service::open(&config, environment, doors).await?;
    let house = service.house();
    println!("public address: {}", config.public_url);
    println!("database:       {} (up to date)", config.store.sqlite.display());
    println!("vault keys:     {:?}, AES-256-GCM; the first one seals", house.vault);
    let mut refused = 0_u32;
    for account in &config.accounts {
        let (id, name, base_url) = (account.id(), account.provider_name(), account.base_url());
        let Some(known) = house.merchants.account(id) else { continue };
        let provider = known.provider.as_ref();
        println!("account:        {id} at {name}, {base_url}");
        print_keys(provider);
        if online {
            let found = online::ask(house, provider).await;
            for line in &found.lines {
                println!("  {line}");
            }
            refused += u32::from(!found.accepted);
        }
    }
    house.merchants.all().for_each(print_merchant);
    if refused > 0 {
        println!("{refused} account(s) cannot be used as they are");
        return Ok(ExitCode::FAILURE);
    }
    println!("all is well");
    Ok(ExitCode::SUCCESS)
}

fn print_keys(provider: &dyn Provider) {
    for NamedKey { field, key } in provider.keys() {
        println!("  {field}: {key}");
        if let KeyFacts::Rsa(info) = key
            && info.is_short()
        {
            println!("  warning: {field} is short; that is for a sandbox only");
        }
    }
}

fn print_merchant(merchant: &Merchant) {
    let methods: Vec<&str> = merchant.routes.iter().map(|route| route.method.as_str()).collect();
    println!("merchant:       {} ({}): {}", merchant.id, merchant.name, methods.join(", "));
    match &merchant.webhook {
        Some(target) => {
            println!("  webhook:      {}, {} signing key(s)", target.url, target.keys.len());
        }
        None => println!("  webhook:      none; the shop has to ask how its sessions stand"),
    }
}
