//! What the accounts have at their providers.

use kasir_shared::Moment;

use super::super::tx::{Tx, Value, change_one};
use super::super::{StoreError, sql};
use super::one;
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

pub(crate) fn find(tx: &mut dyn Tx, account: &str) -> Result<Option<Catalogue>, StoreError> {
    let row = one(tx, sql::CATALOGUE, &[Value::text(account)])?;
    row.map(|row| Ok(Catalogue { products: row.of("catalogues").json("products")? })).transpose()
}
