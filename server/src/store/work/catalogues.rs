//! What the accounts have at their providers.

use kasir_shared::Moment;

use super::super::tx::{Tx, Value, change_one};
use super::super::{StoreError, sql};
use crate::provider::Catalogue;

pub(crate) fn keep(
    tx: &mut dyn Tx,
    account: &str,
    catalogue: &Catalogue,
    at: Moment,
) -> Result<(), StoreError> {
    let values = [Value::text(account), at.into(), Value::json(&catalogue.products)?];
    change_one(tx, "catalogues", sql::CATALOGUE_UPSERT, &values)
}

pub(crate) fn all(tx: &mut dyn Tx) -> Result<Vec<(String, Catalogue)>, StoreError> {
    let read = |row: &super::Row| {
        let cells = row.of("catalogues");
        Ok((cells.text("account")?, Catalogue { products: cells.json("products")? }))
    };
    tx.query(sql::CATALOGUES, &[])?.iter().map(read).collect()
}
