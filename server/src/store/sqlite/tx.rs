//! A transaction of SQLite.

use std::sync::Arc;

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, Statement, ToSql, params_from_iter};

use super::super::StoreError;
use super::super::tx::{Row, Tx, Value};
use super::driver;

/// An open transaction on one connection.
pub(super) struct SqliteTx<'c>(pub(super) &'c Connection);

/// The statement in SQLite's words: it numbers parameters as `?1` (`$1` would be bound by order of
/// appearance), and locks no rows because it has one writer.
pub(super) fn in_sqlite(sql: &str) -> String {
    sql.replace('$', "?").replace(" FOR UPDATE SKIP LOCKED", "").replace(" FOR UPDATE", "")
}

impl Tx for SqliteTx<'_> {
    fn query(&mut self, sql: &str, values: &[Value]) -> Result<Vec<Row>, StoreError> {
        let mut statement = self.0.prepare_cached(&in_sqlite(sql)).map_err(driver)?;
        rows(&mut statement, values).map_err(driver)
    }

    fn execute(&mut self, sql: &str, values: &[Value]) -> Result<u64, StoreError> {
        let mut statement = self.0.prepare_cached(&in_sqlite(sql)).map_err(driver)?;
        let changed = statement.execute(params_from_iter(values)).map_err(driver)?;
        Ok(u64::try_from(changed).unwrap_or(u64::MAX))
    }

    fn batch(&mut self, sql: &str) -> Result<(), StoreError> {
        self.0.execute_batch(sql).map_err(driver)
    }
}

fn rows(statement: &mut Statement<'_>, values: &[Value]) -> rusqlite::Result<Vec<Row>> {
    let names: Arc<[String]> = statement.column_names().map(str::to_owned).collect();
    let mut rows = statement.query(params_from_iter(values))?;
    let mut read = Vec::new();
    while let Some(row) = rows.next()? {
        let values =
            (0..names.len()).map(|at| row.get_ref(at).map(value)).collect::<Result<_, _>>()?;
        read.push(Row { names: names.clone(), values });
    }
    Ok(read)
}

fn value(cell: ValueRef<'_>) -> Value {
    match cell {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(int) => Value::Int(int),
        // No column holds one, and none is read as one: it is found out as what it is not.
        ValueRef::Real(real) => Value::Bytes(real.to_be_bytes().to_vec()),
        ValueRef::Text(text) => match std::str::from_utf8(text) {
            Ok(text) => Value::text(text),
            Err(_) => Value::Bytes(text.to_vec()),
        },
        ValueRef::Blob(bytes) => Value::Bytes(bytes.to_vec()),
    }
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Int(int) => ValueRef::Integer(*int),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}
