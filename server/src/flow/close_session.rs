//! A session ends unpaid: the shop withdrew it, or its time ran out.

use kasir_shared::ProblemCode;

use super::{FlowError, House, cancel_attempt, look};
use crate::store::{AttemptRecord, Closed, Closing, SessionRecord, SessionWithAttempts};

fn live(known: &SessionWithAttempts) -> Option<&AttemptRecord> {
    known.attempts.iter().find(|attempt| attempt.status.is_live())
}

/// The shop withdraws a session, and its live attempt with it. Withdrawing one that was withdrawn
/// before changes nothing.
pub async fn cancel_session(house: &House, known: &SessionWithAttempts) -> Result<(), FlowError> {
    let session = &known.session;
    if session.status == kasir_shared::SessionStatus::Cancelled {
        return Ok(());
    }
    if !session.status.is_open() {
        return Err(FlowError::refused(ProblemCode::SessionNotOpen));
    }
    if let Some(attempt) = live(known) {
        cancel_attempt::cancel_attempt(house, session, attempt).await?;
    }
    match close(house, session, Closing::Cancelled).await? {
        Closed::Now(_) => Ok(()),
        Closed::Not(session) if session.status.is_open() => {
            Err(FlowError::refused(ProblemCode::AttemptInProgress))
        }
        Closed::Not(_) => Err(FlowError::refused(ProblemCode::SessionNotOpen)),
    }
}

/// Lets a session expire whose time has run out: one last look at its live attempt, and only then is
/// anybody told. `false` where an attempt is still live, since nobody knows how it stands.
pub async fn expire_session(house: &House, known: &SessionWithAttempts) -> Result<bool, FlowError> {
    if let Some(attempt) = live(known) {
        if house.is_in_doubt(attempt)? {
            // Money may be there, of which a person has to make sense.
            return Ok(false);
        }
        look::look(house, &known.session, attempt).await?;
    }
    match close(house, &known.session, Closing::Expired).await? {
        Closed::Now(_) => Ok(true),
        Closed::Not(session) => Ok(!session.status.is_open()),
    }
}

async fn close(house: &House, session: &SessionRecord, how: Closing) -> Result<Closed, FlowError> {
    let closed = house.store.close_session(&session.id, how, house.now()).await?;
    house.bell.ring(&session.id);
    Ok(closed)
}
