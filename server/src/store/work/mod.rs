//! Units of work: each runs inside one transaction of any database.

pub(super) mod held;
pub(super) mod keys;
pub(super) mod sessions;
pub(super) mod attempts;
pub(super) mod notices;
pub(super) mod jobs;
pub(super) mod refunds;
pub(super) mod links;
pub(super) mod catalogues;
pub(super) mod events;

use super::StoreError;
use super::tx::{Row, Tx, Value};

/// The row that a key names, where there is one.
fn one(tx: &mut dyn Tx, sql: &str, values: &[Value]) -> Result<Option<Row>, StoreError> {
    Ok(tx.query(sql, values)?.into_iter().next())
}

/// What a counting statement counted.
fn count(
    tx: &mut dyn Tx,
    table: &'static str,
    sql: &str,
    values: &[Value],
) -> Result<u64, StoreError> {
    one(tx, sql, values)?.map_or(Ok(0), |row| row.of(table).number("entries"))
}
