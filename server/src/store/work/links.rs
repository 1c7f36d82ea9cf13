//! Linked wallets.

use kasir_shared::{LinkId, MethodId};

use super::super::tx::{Tx, Value, change_one};
use super::super::{LinkRecord, StoreError, rows, sql};
use super::one;

pub(crate) fn save(tx: &mut dyn Tx, link: &LinkRecord) -> Result<(), StoreError> {
    change_one(tx, "links", sql::LINK_UPSERT, &rows::link_values(link))
}

pub(crate) fn find(tx: &mut dyn Tx, id: &LinkId) -> Result<Option<LinkRecord>, StoreError> {
    one(tx, sql::LINK, &[Value::text(id.as_str())])?.as_ref().map(rows::link).transpose()
}

pub(crate) fn list(
    tx: &mut dyn Tx,
    merchant: &str,
    owner: &str,
    method: Option<MethodId>,
) -> Result<Vec<LinkRecord>, StoreError> {
    let method = Value::maybe_text(method.map(MethodId::as_str));
    let values = [Value::text(merchant), Value::text(owner), method];
    tx.query(sql::LINKS, &values)?.iter().map(rows::link).collect()
}
