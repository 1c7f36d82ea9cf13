//! Idempotency keys: claimed, answered, given back, forgotten.

use kasir_shared::Moment;

use super::super::tx::{Tx, Value, change_one};
use super::super::{Claim, KeyUse, SavedAnswer, StoreError, rows, sql};
use super::one;

pub(crate) fn claim(
    tx: &mut dyn Tx,
    key: &KeyUse,
    at: Moment,
    lease_s: u32,
) -> Result<Claim, StoreError> {
    let leased_until = at.plus_s(lease_s.into());
    let values = [
        Value::text(&key.merchant),
        Value::text(&key.key),
        Value::text(&key.fingerprint),
        leased_until.into(),
        at.into(),
    ];
    if tx.execute(sql::KEY_INSERT, &values)? == 1 {
        return Ok(Claim::Yours);
    }
    let row = one(tx, sql::KEY_LOCKED, &[Value::text(&key.merchant), Value::text(&key.key)])?;
    // Given back between the two statements: whoever had it is only just gone.
    let Some(row) = row else { return Ok(Claim::InFlight) };
    let cells = row.of("idempotency_keys");
    if cells.text("fingerprint")? != key.fingerprint {
        return Ok(Claim::OtherRequest);
    }
    if let Some(answer) = rows::saved_answer(&row)? {
        return Ok(Claim::Answered(answer));
    }
    if cells.moment("leased_until")? > at {
        return Ok(Claim::InFlight);
    }
    let values =
        [Value::text(&key.merchant), Value::text(&key.key), leased_until.into(), at.into()];
    change_one(tx, "idempotency_keys", sql::KEY_RECLAIM, &values)?;
    Ok(Claim::Yours)
}

/// The first answer stays: a second one, of somebody whose lease had run out, is refused together
/// with whatever else its transaction wrote.
pub(crate) fn save_answer(
    tx: &mut dyn Tx,
    key: &KeyUse,
    answer: &SavedAnswer,
    at: Moment,
) -> Result<(), StoreError> {
    let values = [
        Value::text(&key.merchant),
        Value::text(&key.key),
        Value::text(&key.fingerprint),
        Value::Int(answer.status.into()),
        Value::Bytes(answer.body.clone()),
        at.into(),
    ];
    match tx.execute(sql::KEY_ANSWER, &values)? {
        1 => Ok(()),
        _ => Err(StoreError::Missing { what: "unanswered claim of this idempotency key" }),
    }
}

pub(crate) fn release(tx: &mut dyn Tx, key: &KeyUse) -> Result<(), StoreError> {
    let values = [Value::text(&key.merchant), Value::text(&key.key), Value::text(&key.fingerprint)];
    tx.execute(sql::KEY_RELEASE, &values).map(drop)
}

pub(crate) fn forget(tx: &mut dyn Tx, before: Moment) -> Result<u64, StoreError> {
    tx.execute(sql::KEYS_FORGET, &[before.into()])
}
