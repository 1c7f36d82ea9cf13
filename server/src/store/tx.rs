//! A transaction, whichever database runs it: statements in, rows out.
//!
//! The units of work in [`super::work`] are written once, against [`Tx`]; a database brings a
//! [`Driver`] of its own and nothing else.

use std::str::FromStr;
use std::sync::Arc;

use kasir_shared::{Moment, Rupiah};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::StoreError;
use super::migrate::Migration;
use crate::dice::Dice;

/// Runs units of work, each in one transaction. What was handed over runs to its end even if
/// nobody waits for its result any more.
pub(crate) trait Driver: Send + Sync + 'static {
    /// Where new ids and fences come from.
    fn dice(&self) -> Arc<dyn Dice>;

    /// Runs `unit` alone and keeps all it wrote, or nothing where it fails.
    fn write<T, F>(&self, unit: F) -> impl Future<Output = Result<T, StoreError>> + Send
    where
        T: Send + 'static,
        F: FnOnce(&mut dyn Tx) -> Result<T, StoreError> + Send + 'static;

    /// Runs `unit` on one consistent view, in which it cannot write.
    fn read<T, F>(&self, unit: F) -> impl Future<Output = Result<T, StoreError>> + Send
    where
        T: Send + 'static,
        F: FnOnce(&mut dyn Tx) -> Result<T, StoreError> + Send + 'static;

    /// The migrations that make this database's tables.
    fn migrations(&self) -> &'static [Migration];
}

/// An open transaction. Placeholders are `$1`, `$2`, ...
pub(crate) trait Tx {
    /// Rows.
    fn query(&mut self, sql: &str, values: &[Value]) -> Result<Vec<Row>, StoreError>;
    /// How many rows a change touched.
    fn execute(&mut self, sql: &str, values: &[Value]) -> Result<u64, StoreError>;
    /// Several statements at once, for migrations.
    fn batch(&mut self, sql: &str) -> Result<(), StoreError>;
}

/// What a database holds in one place. It has no `Debug`: it may be a token.
#[derive(Clone)]
pub(crate) enum Value {
    Null,
    Int(i64),
    Text(String),
    Bytes(Vec<u8>),
}

/// One row, with the names of its columns.
pub(crate) struct Row {
    pub(crate) names: Arc<[String]>,
    pub(crate) values: Vec<Value>,
}

/// A row of a known table, read cell by cell; whatever is not as we wrote it is an error that names
/// table, column and row.
pub(crate) struct Cells<'row> {
    table: &'static str,
    row: &'row Row,
}

impl Row {
    pub(crate) const fn of(&self, table: &'static str) -> Cells<'_> {
        Cells { table, row: self }
    }

    fn value(&self, column: &str) -> Option<&Value> {
        self.names.iter().position(|name| name == column).and_then(|at| self.values.get(at))
    }
}

impl Cells<'_> {
    /// The error for a cell that cannot be what we wrote.
    pub(crate) fn wrong(&self, column: &'static str) -> StoreError {
        // Every table's first column is, or begins, its key.
        let row = match self.row.values.first() {
            Some(Value::Text(key)) => key.clone(),
            Some(Value::Int(key)) => key.to_string(),
            Some(Value::Null | Value::Bytes(_)) | None => "unnamed".to_owned(),
        };
        StoreError::Inconsistent { table: self.table, column, row }
    }

    pub(crate) fn maybe_int(&self, column: &'static str) -> Result<Option<i64>, StoreError> {
        match self.row.value(column) {
            Some(Value::Int(int)) => Ok(Some(*int)),
            Some(Value::Null) => Ok(None),
            Some(Value::Text(_) | Value::Bytes(_)) | None => Err(self.wrong(column)),
        }
    }

    pub(crate) fn maybe_text(&self, column: &'static str) -> Result<Option<String>, StoreError> {
        match self.row.value(column) {
            Some(Value::Text(text)) => Ok(Some(text.clone())),
            Some(Value::Null) => Ok(None),
            Some(Value::Int(_) | Value::Bytes(_)) | None => Err(self.wrong(column)),
        }
    }

    pub(crate) fn text(&self, column: &'static str) -> Result<String, StoreError> {
        self.maybe_text(column)?.ok_or_else(|| self.wrong(column))
    }

    pub(crate) fn bytes(&self, column: &'static str) -> Result<Vec<u8>, StoreError> {
        match self.row.value(column) {
            Some(Value::Bytes(bytes)) => Ok(bytes.clone()),
            Some(Value::Null | Value::Int(_) | Value::Text(_)) | None => Err(self.wrong(column)),
        }
    }

    /// A whole number of a narrower type.
    pub(crate) fn number<T: TryFrom<i64>>(&self, column: &'static str) -> Result<T, StoreError> {
        let int = self.maybe_int(column)?.ok_or_else(|| self.wrong(column))?;
        T::try_from(int).map_err(|_| self.wrong(column))
    }

    pub(crate) fn flag(&self, column: &'static str) -> Result<bool, StoreError> {
        match self.number::<i64>(column)? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(self.wrong(column)),
        }
    }

    pub(crate) fn moment(&self, column: &'static str) -> Result<Moment, StoreError> {
        self.maybe_moment(column)?.ok_or_else(|| self.wrong(column))
    }

    pub(crate) fn maybe_moment(&self, column: &'static str) -> Result<Option<Moment>, StoreError> {
        Ok(self.maybe_int(column)?.map(|unix_ms| Moment { unix_ms }))
    }

    pub(crate) fn rupiah(&self, column: &'static str) -> Result<Rupiah, StoreError> {
        Rupiah::new(self.number(column)?).ok_or_else(|| self.wrong(column))
    }

    pub(crate) fn maybe_rupiah(&self, column: &'static str) -> Result<Option<Rupiah>, StoreError> {
        match self.maybe_int(column)? {
            Some(_) => self.rupiah(column).map(Some),
            None => Ok(None),
        }
    }

    /// A text that parses.
    pub(crate) fn parsed<T: FromStr>(&self, column: &'static str) -> Result<T, StoreError> {
        self.maybe_parsed(column)?.ok_or_else(|| self.wrong(column))
    }

    pub(crate) fn maybe_parsed<T: FromStr>(
        &self,
        column: &'static str,
    ) -> Result<Option<T>, StoreError> {
        let parse = |text: String| text.parse().map_err(|_| self.wrong(column));
        self.maybe_text(column)?.map(parse).transpose()
    }

    /// A name from a list.
    pub(crate) fn named<T>(
        &self,
        column: &'static str,
        from_name: impl Fn(&str) -> Option<T>,
    ) -> Result<T, StoreError> {
        from_name(&self.text(column)?).ok_or_else(|| self.wrong(column))
    }

    pub(crate) fn maybe_named<T>(
        &self,
        column: &'static str,
        from_name: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, StoreError> {
        let parse = |text: String| from_name(&text).ok_or_else(|| self.wrong(column));
        self.maybe_text(column)?.map(parse).transpose()
    }

    pub(crate) fn json<T: DeserializeOwned>(&self, column: &'static str) -> Result<T, StoreError> {
        serde_json::from_str(&self.text(column)?).map_err(|_| self.wrong(column))
    }

    pub(crate) fn maybe_json<T: DeserializeOwned>(
        &self,
        column: &'static str,
    ) -> Result<Option<T>, StoreError> {
        let parse = |text: String| serde_json::from_str(&text).map_err(|_| self.wrong(column));
        self.maybe_text(column)?.map(parse).transpose()
    }
}

impl Value {
    pub(crate) fn text(text: &str) -> Self {
        Self::Text(text.to_owned())
    }

    pub(crate) fn maybe_text(text: Option<&str>) -> Self {
        text.map_or(Self::Null, Self::text)
    }

    /// A count. What does not fit cannot have been counted.
    pub(crate) fn count(count: u64) -> Self {
        Self::Int(i64::try_from(count).unwrap_or(i64::MAX))
    }

    pub(crate) fn json<T: Serialize>(value: &T) -> Result<Self, StoreError> {
        let text =
            serde_json::to_string(value).map_err(|cause| StoreError::Driver(cause.into()))?;
        Ok(Self::Text(text))
    }
}

impl From<Moment> for Value {
    fn from(moment: Moment) -> Self {
        Self::Int(moment.unix_ms)
    }
}

impl From<Option<Moment>> for Value {
    fn from(moment: Option<Moment>) -> Self {
        moment.map_or(Self::Null, Self::from)
    }
}

impl From<Rupiah> for Value {
    fn from(amount: Rupiah) -> Self {
        Self::count(amount.value())
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Int(i64::from(flag))
    }
}

impl From<u32> for Value {
    fn from(count: u32) -> Self {
        Self::Int(i64::from(count))
    }
}

/// Runs a change that must touch exactly one row of `table`.
pub(crate) fn change_one(
    tx: &mut dyn Tx,
    table: &'static str,
    sql: &str,
    values: &[Value],
) -> Result<(), StoreError> {
    match tx.execute(sql, values)? {
        1 => Ok(()),
        rows => {
            Err(StoreError::Inconsistent { table, column: "rows", row: format!("{rows} changed") })
        }
    }
}
