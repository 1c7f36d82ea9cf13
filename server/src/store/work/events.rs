//! What the shop is told, and how telling it went.

use kasir_shared::{EventId, Moment};

use super::super::tx::{Tx, Value, change_one};
use super::super::{Delivery, EventRecord, JobKind, StoreError, rows, sql};
use super::{count, jobs, one};

pub(crate) fn find(tx: &mut dyn Tx, id: &EventId) -> Result<Option<EventRecord>, StoreError> {
    one(tx, sql::EVENT, &[Value::text(id.as_str())])?.as_ref().map(rows::event).transpose()
}

pub(crate) fn list(
    tx: &mut dyn Tx,
    merchant: &str,
    before: Option<&EventId>,
    limit: u32,
) -> Result<Vec<EventRecord>, StoreError> {
    let before = Value::maybe_text(before.map(kasir_shared::id::Id::as_str));
    let values = [Value::text(merchant), before, limit.into()];
    tx.query(sql::EVENTS, &values)?.iter().map(rows::event).collect()
}

pub(crate) fn is_superseded(tx: &mut dyn Tx, event: &EventRecord) -> Result<bool, StoreError> {
    let values = [
        Value::text(&event.subject),
        Value::text(event.kind.as_str()),
        Value::count(event.version),
    ];
    Ok(count(tx, "events", sql::EVENTS_NEWER, &values)? > 0)
}

pub(crate) fn note_delivery(
    tx: &mut dyn Tx,
    id: &EventId,
    delivery: Delivery,
    tries: u32,
) -> Result<(), StoreError> {
    let values = [Value::text(id.as_str()), Value::text(delivery.as_str()), tries.into()];
    match tx.execute(sql::EVENT_DELIVERY, &values)? {
        1 => Ok(()),
        _ => Err(StoreError::Missing { what: "event" }),
    }
}

pub(crate) fn redeliver(
    tx: &mut dyn Tx,
    merchant: &str,
    id: &EventId,
    at: Moment,
) -> Result<Option<EventRecord>, StoreError> {
    let key = Value::text(id.as_str());
    let row = one(tx, sql::EVENT_OF_MERCHANT, &[key.clone(), Value::text(merchant)])?;
    let Some(row) = row else { return Ok(None) };
    let event = EventRecord { delivery: Delivery::Pending, ..rows::event(&row)? };
    let values = [key, Value::text(Delivery::Pending.as_str()), event.tries.into()];
    change_one(tx, "events", sql::EVENT_DELIVERY, &values)?;
    jobs::hint(tx, JobKind::Webhook, id.as_str(), at)?;
    Ok(Some(event))
}
