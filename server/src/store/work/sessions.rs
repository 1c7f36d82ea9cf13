//! Sessions: kept, found, listed, closed.

use aws_lc_rs::digest;
use kasir_shared::{Moment, SessionId};

use super::super::tx::{Tx, Value, change_one};
use super::super::{
    Closed, Closing, JobKind, KeyUse, SavedAnswer, SessionFilter, SessionRecord,
    SessionWithAttempts, StoreError, rows, sql,
};
use super::{held, jobs, keys};
use crate::dice::Dice;
use crate::payment::{self, Plan};

/// What a token is looked up by.
fn token_hash(client_token: &str) -> String {
    hex::encode(digest::digest(&digest::SHA256, client_token.as_bytes()))
}

pub(crate) fn create(
    tx: &mut dyn Tx,
    session: &SessionRecord,
    answer: Option<&(KeyUse, SavedAnswer)>,
) -> Result<(), StoreError> {
    let values = rows::session_values(session, token_hash(&session.client_token))?;
    change_one(tx, "sessions", sql::SESSION_INSERT, &values)?;
    let subject = session.id.as_str().to_owned();
    jobs::plan(tx, &Plan { kind: JobKind::Session, subject, due: Some(session.expires_at) })?;
    match answer {
        Some((key, answer)) => keys::save_answer(tx, key, answer, session.created_at),
        None => Ok(()),
    }
}

pub(crate) fn of_merchant(
    tx: &mut dyn Tx,
    merchant: &str,
    id: &SessionId,
) -> Result<Option<SessionWithAttempts>, StoreError> {
    let values = [Value::text(id.as_str()), Value::text(merchant)];
    held::with_attempts(tx, sql::SESSION_OF_MERCHANT, &values)
}

pub(crate) fn by_id(
    tx: &mut dyn Tx,
    id: &SessionId,
) -> Result<Option<SessionWithAttempts>, StoreError> {
    held::with_attempts(tx, sql::SESSION, &[Value::text(id.as_str())])
}

pub(crate) fn by_token(
    tx: &mut dyn Tx,
    client_token: &str,
) -> Result<Option<SessionWithAttempts>, StoreError> {
    held::with_attempts(tx, sql::SESSION_BY_TOKEN, &[Value::Text(token_hash(client_token))])
}

pub(crate) fn list(
    tx: &mut dyn Tx,
    merchant: &str,
    filter: &SessionFilter,
) -> Result<Vec<SessionWithAttempts>, StoreError> {
    let (conditions, values) = narrowed(merchant, filter);
    let mut listed = tx
        .query(&sql::sessions(&conditions), &values)?
        .iter()
        .map(|row| Ok(SessionWithAttempts { session: rows::session(row)?, attempts: Vec::new() }))
        .collect::<Result<Vec<_>, StoreError>>()?;
    for row in tx.query(&sql::attempts_of_sessions(&conditions), &values)? {
        let attempt = rows::attempt(&row)?;
        if let Some(one) = listed.iter_mut().find(|one| one.session.id == attempt.session) {
            one.attempts.push(attempt);
        }
    }
    Ok(listed)
}

fn narrowed(merchant: &str, filter: &SessionFilter) -> (Vec<&'static str>, Vec<Value>) {
    let wanted = [
        ("reference =", filter.reference.as_ref().map(|reference| Value::text(reference.as_str()))),
        ("status =", filter.status.map(|status| Value::text(status.as_str()))),
        ("created_at >", filter.created_after.map(Value::from)),
        ("id <", filter.before.as_ref().map(|id| Value::text(id.as_str()))),
    ];
    let (conditions, mut values): (Vec<_>, Vec<_>) =
        wanted.into_iter().filter_map(|(condition, value)| Some((condition, value?))).unzip();
    values.insert(0, Value::text(merchant));
    values.push(filter.limit.into());
    (conditions, values)
}

pub(crate) fn close(
    tx: &mut dyn Tx,
    dice: &dyn Dice,
    id: &SessionId,
    how: Closing,
    at: Moment,
) -> Result<Closed, StoreError> {
    let held = held::session(tx, id)?;
    let Some((closed, news)) = payment::close(&held.session, &held.attempts, how, at) else {
        return Ok(Closed::Not(Box::new(held.session)));
    };
    held::write_session(tx, &held.session, &closed)?;
    held::tell(tx, dice, &closed, &[news], at)?;
    Ok(Closed::Now(Box::new(closed)))
}
