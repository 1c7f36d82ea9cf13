//! One SQLite file: one connection writes, on a thread of its own, and a few read.

mod tx;
mod writer;
mod readers;
#[cfg(test)]
mod tests;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::migrate::{self, Migration};
use super::tx::{Driver, Tx};
use super::{StoreError, sql};
use crate::dice::Dice;
use readers::Readers;
use writer::Writer;

const MIGRATIONS: &[Migration] = &[
    Migration {
        name: "0001_first_tables",
        text: include_str!("../../../migrations/sqlite/0001_first_tables.sql"),
    },
    Migration {
        name: "0002_routing",
        text: include_str!("../../../migrations/sqlite/0002_routing.sql"),
    },
    Migration {
        name: "0003_links",
        text: include_str!("../../../migrations/sqlite/0003_links.sql"),
    },
    Migration {
        name: "0004_catalogues",
        text: include_str!("../../../migrations/sqlite/0004_catalogues.sql"),
    },
];

/// How long a connection waits for another process that writes the file, such as a backup.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// As many statements as there are in [`sql`], and some to spare.
const STATEMENTS_KEPT: usize = 96;

/// Everything in one SQLite file.
///
/// What was handed to the writer is done even if the future that waits for it is dropped, and even
/// if the store itself is: dropping it waits until all that was accepted is on disk.
pub struct SqliteStore {
    writer: Writer,
    readers: Readers,
    dice: Arc<dyn Dice>,
}

impl SqliteStore {
    /// Opens the file, and makes it where there is none. It does not touch the tables: see
    /// [`SqliteStore::migrate`].
    pub fn open(path: &Path, dice: Arc<dyn Dice>) -> Result<Self, StoreError> {
        let writer = Writer::start(writing(path)?)?;
        let readers = Readers::open(|| reading(path))?;
        Ok(Self { writer, readers, dice })
    }

    /// Brings the tables up to date; says which migrations that took.
    pub async fn migrate(&self) -> Result<Vec<&'static str>, StoreError> {
        migrate::migrate(self).await
    }

    /// The migrations that are not in place yet.
    pub async fn pending(&self) -> Result<Vec<&'static str>, StoreError> {
        self.write(|tx| {
            tx.batch(sql::MIGRATIONS_TABLE)?;
            migrate::pending(tx, MIGRATIONS)
        })
        .await
    }
}

impl Driver for SqliteStore {
    fn dice(&self) -> Arc<dyn Dice> {
        self.dice.clone()
    }

    fn migrations(&self) -> &'static [Migration] {
        MIGRATIONS
    }

    async fn write<T, F>(&self, unit: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut dyn Tx) -> Result<T, StoreError> + Send + 'static,
    {
        self.writer.run(unit).await
    }

    async fn read<T, F>(&self, unit: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut dyn Tx) -> Result<T, StoreError> + Send + 'static,
    {
        self.readers.run(unit).await
    }
}

fn writing(path: &Path) -> Result<Connection, StoreError> {
    make(path).map_err(|cause| StoreError::Driver(cause.into()))?;
    let connection = Connection::open(path).map_err(driver)?;
    prepare(&connection)?;
    connection.pragma_update(None, "journal_mode", "WAL").map_err(driver)?;
    connection.pragma_update(None, "synchronous", "FULL").map_err(driver)?;
    // What a savepoint needs to be taken back would otherwise go to a file in a temporary folder,
    // which takes time and may not be there.
    connection.pragma_update(None, "temp_store", "MEMORY").map_err(driver)?;
    connection.pragma_update(None, "foreign_keys", true).map_err(driver)?;
    Ok(connection)
}

/// Makes the file where there is none, for its owner's eyes only; SQLite gives the files beside it
/// the same permissions.
fn make(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

fn reading(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(driver)?;
    prepare(&connection)?;
    Ok(connection)
}

fn prepare(connection: &Connection) -> Result<(), StoreError> {
    connection.busy_timeout(BUSY_TIMEOUT).map_err(driver)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
    connection.pragma_update(None, "trusted_schema", false).map_err(driver)
}

fn driver(cause: rusqlite::Error) -> StoreError {
    StoreError::Driver(Box::new(cause))
}

fn broken(what: &'static str) -> StoreError {
    StoreError::Driver(what.into())
}
