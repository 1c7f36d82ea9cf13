//! Which products the accounts have at their providers: read again and again, and the last good list
//! kept, also on disk, for when a provider is silent.

use std::collections::BTreeMap;
use std::sync::{PoisonError, RwLock};

use futures_util::future::join_all;
use kasir_shared::Moment;
use tokio_util::sync::CancellationToken;

use super::House;
use crate::merchant::Account;
use crate::provider::{Catalogue, Dialogue, ProviderError};

/// Seconds until a list is read again.
const AGAIN_S: i64 = 10 * 60;
/// The same after a reading that failed.
const AFTER_FAILURE_S: i64 = 60;

/// The last good list of every account that has one.
#[derive(Debug, Default)]
pub struct Catalogues(RwLock<BTreeMap<String, Catalogue>>);

impl Catalogues {
    /// An account's products; `None` where nobody has said yet.
    pub fn of(&self, account: &str) -> Option<Catalogue> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(account).cloned()
    }

    fn put(&self, account: &str, catalogue: Catalogue) {
        let mut all = self.0.write().unwrap_or_else(PoisonError::into_inner);
        all.insert(account.to_owned(), catalogue);
    }
}

/// Recalls the lists that were read before this process began.
pub async fn recall(house: &House) {
    for account in house.merchants.accounts().filter(|account| tells(house, account)) {
        match house.store.catalogue(&account.id).await {
            Ok(Some(catalogue)) => house.catalogues.put(&account.id, catalogue),
            Ok(None) => {}
            // It is asked for anew; until then everything that is configured counts as offered.
            Err(error) => {
                tracing::error!(account = account.id, %error, "a list of products is not recalled");
            }
        }
    }
}

/// Whether an account's provider can say which products it has.
fn tells(house: &House, account: &Account) -> bool {
    account.provider.catalogue(house.occasion()).is_some()
}

/// Reads the lists now and whenever they are due, until told to stop.
pub async fn run(house: House, stop: CancellationToken) {
    let begin = house.now();
    let telling = house.merchants.accounts().filter(|account| tells(&house, account));
    let mut due: BTreeMap<String, Moment> =
        telling.map(|account| (account.id.clone(), begin)).collect();
    loop {
        let now = house.now();
        let ready = due.iter().filter(|(_, due)| **due <= now).map(|(account, _)| account);
        let readings = ready.map(async |account| (account.clone(), read(&house, account).await));
        let done = tokio::select! {
            () = stop.cancelled() => return,
            done = join_all(readings) => done,
        };
        for (account, read) in done {
            let pause_s = if read { AGAIN_S } else { AFTER_FAILURE_S };
            due.insert(account, now.plus_s(pause_s));
        }
        let Some(next) = due.values().min().copied() else { return };
        tokio::select! {
            () = stop.cancelled() => return,
            () = house.clock.wait_until(next) => {}
        }
    }
}

/// Reads an account's list, and keeps it where it is good; says whether it is.
async fn read(house: &House, id: &str) -> bool {
    let Some(account) = house.merchants.account(id) else { return true };
    let Some(question) = account.provider.catalogue(house.occasion()) else { return true };
    match ask(house, account, question).await {
        Ok(catalogue) => {
            keep(house, id, catalogue).await;
            true
        }
        Err(why) => {
            tracing::warn!(account = id, why, "the list of products cannot be read");
            false
        }
    }
}

/// How well this goes says nothing about payments: an account is not left because of it.
async fn ask(
    house: &House,
    account: &Account,
    question: Result<Dialogue<Catalogue>, ProviderError>,
) -> Result<Catalogue, String> {
    let dialogue = question.map_err(|error| error.to_string())?;
    house.carry(account, dialogue).await.outcome.map_err(|error| error.to_string())
}

async fn keep(house: &House, account: &str, catalogue: Catalogue) {
    let known = house.catalogues.of(account);
    if known.as_ref() != Some(&catalogue) {
        let products = catalogue.products.len();
        tracing::info!(account, products, "the list of products has changed");
    }
    if let Err(error) = house.store.keep_catalogue(account, &catalogue, house.now()).await {
        tracing::error!(account, %error, "a list of products cannot be kept");
    }
    house.catalogues.put(account, catalogue);
}
