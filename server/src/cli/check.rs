//! `kasir check`: loads everything, says what it found, and asks the providers where told to.

use std::path::Path;
use std::process::ExitCode;

use kasir_server::config::{AccountConfig, Config, Environment, EspayConfig};
use kasir_server::merchant::Merchant;
use kasir_server::provider::espay::{Product, Way};
use kasir_server::provider::{KeyFacts, NamedKey, Provider};
use kasir_server::service::{Doors, Service};
use kasir_shared::{MethodId, WebUrl};

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
        if let AccountConfig::Espay(espay) = account {
            for line in lines_of(espay, &config.public_url) {
                println!("  {line}");
            }
        }
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

/// What an account at Espay serves by which product, and what is to be registered in Espay's portal.
fn lines_of(espay: &EspayConfig, public_url: &WebUrl) -> Vec<String> {
    let mut served: Vec<(MethodId, Vec<String>)> = Vec::new();
    for Product { method, code, way, .. } in &espay.products {
        let how = match way {
            Way::Page => "on a page",
            Way::Push => "by a prompt",
            Way::Linked => "with a linked wallet",
        };
        let product = format!("{code} {how}");
        match served.iter_mut().find(|(known, _)| known == method) {
            Some((_, products)) => products.push(product),
            None => served.push((*method, vec![product])),
        }
    }
    let mut lines = Vec::new();
    for (name, url) in [("linkage", &espay.linkage_url), ("classic", &espay.classic_url)] {
        if url != &espay.h2h_url {
            lines.push(format!("{:<13} {url}", format!("{name}:")));
        }
    }
    lines.extend(served.into_iter().map(|(method, products)| {
        format!("{:<13} {}", format!("{}:", method.as_str()), products.join(", "))
    }));
    let (origin, prefix) = (public_url.as_str().trim_end_matches('/'), &espay.notify_path_prefix);
    lines.extend(["inquiry", "payment"].map(|what| {
        let id = &espay.id;
        format!("{what} URL:  {origin}{prefix}/notify/espay/{id}/v1.0/transfer-va/{what}")
    }));
    lines
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
