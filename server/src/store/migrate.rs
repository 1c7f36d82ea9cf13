//! Brings the tables up to date, one file at a time, and refuses a file that changed afterwards.

use std::collections::BTreeMap;

use aws_lc_rs::digest;

use super::tx::{Driver, Tx, Value, change_one};
use super::{StoreError, sql};

/// One numbered file of a database's migrations.
#[derive(Debug)]
pub(crate) struct Migration {
    /// Its file name.
    pub(crate) name: &'static str,
    /// Its statements.
    pub(crate) text: &'static str,
}

impl Migration {
    /// SHA-256 of the text, whichever line ends it was checked out with.
    fn sha256(&self) -> String {
        let text = self.text.replace("\r\n", "\n");
        hex::encode(digest::digest(&digest::SHA256, text.as_bytes()))
    }
}

/// Those of `all` that are not in place yet.
///
/// A migration of a newer program is none of our business: two versions may serve side by side.
pub(crate) fn pending(
    tx: &mut dyn Tx,
    all: &'static [Migration],
) -> Result<Vec<&'static str>, StoreError> {
    let mut known = BTreeMap::new();
    for row in tx.query(sql::MIGRATIONS, &[])? {
        let cells = row.of("migrations");
        known.insert(cells.text("name")?, cells.text("sha256")?);
    }
    let mut pending = Vec::new();
    for migration in all {
        match known.get(migration.name) {
            Some(sha256) if *sha256 == migration.sha256() => {}
            Some(_) => {
                let problem = "was changed after it was applied";
                return Err(StoreError::Migration { name: migration.name.to_owned(), problem });
            }
            None => pending.push(migration.name),
        }
    }
    Ok(pending)
}

/// Refuses tables that lack a migration.
pub(crate) fn up_to_date(tx: &mut dyn Tx, all: &'static [Migration]) -> Result<(), StoreError> {
    match pending(tx, all)?.first() {
        Some(name) => {
            let problem = "was not applied: run `kasir migrate`";
            Err(StoreError::Migration { name: (*name).to_owned(), problem })
        }
        None => Ok(()),
    }
}

/// Brings the tables up to date; says what was done. Each migration is a transaction of its own, and
/// looks inside it whether somebody else was faster.
pub(crate) async fn migrate(driver: &impl Driver) -> Result<Vec<&'static str>, StoreError> {
    let all = driver.migrations();
    driver.write(|tx| tx.batch(sql::MIGRATIONS_TABLE)).await?;
    let mut done = Vec::new();
    for migration in all {
        if driver.write(move |tx| bring(tx, all, migration)).await? {
            tracing::info!(migration = migration.name, "applied");
            done.push(migration.name);
        }
    }
    Ok(done)
}

fn bring(
    tx: &mut dyn Tx,
    all: &'static [Migration],
    migration: &Migration,
) -> Result<bool, StoreError> {
    if !pending(tx, all)?.contains(&migration.name) {
        return Ok(false);
    }
    tx.batch(migration.text)?;
    let values = [Value::text(migration.name), Value::Text(migration.sha256())];
    change_one(tx, "migrations", sql::MIGRATION_INSERT, &values)?;
    Ok(true)
}
