//! The customer's browser comes back. It proves nothing; it is a good moment to ask.

use bytes::Bytes;
use kasir_shared::{AttemptId, WebUrl};

use super::{FlowError, House, look};
use crate::store::{Entry, EntryKind, Stage};

/// Seconds that a returning customer waits for the provider's word before the page is shown.
const PATIENCE_S: i64 = 2;

/// Notes the return, asks how the payment stands, and says where the page is; `None` for an address
/// that is not ours.
///
/// It asks before the page is shown, so that who has paid is not asked to pay again.
pub async fn returned(
    house: &House,
    token: &str,
    request: &http::Request<Bytes>,
) -> Result<Option<WebUrl>, FlowError> {
    let Some((session, attempt)) = house.store.attempt_by_return_token(token).await? else {
        return Ok(None);
    };
    let hint = house.account_of(&attempt)?.provider.returned(request);
    let entry = Entry {
        at: house.now(),
        kind: EntryKind::Return,
        summary: "the customer's browser came back".to_owned(),
        detail: hint.said,
    };
    house.store.keep_return(&attempt.id, hint.transaction.as_deref(), &entry).await?;
    house.bell.ring(&session.id);
    if attempt.status.is_live() && attempt.stage == Stage::Placed {
        ask(house, &attempt.id).await?;
    }
    Ok(Some(session.url))
}

/// Asks how the payment stands, and lets the customer go on where the provider takes its time: the
/// page shows what is known, and the desk asks again.
async fn ask(house: &House, id: &AttemptId) -> Result<(), FlowError> {
    let Some((session, attempt)) = house.store.attempt(id).await? else { return Ok(()) };
    let patience = house.clock.wait_until(house.now().plus_s(PATIENCE_S));
    tokio::select! {
        looked = look::look(house, &session, &attempt) => looked,
        () = patience => Ok(()),
    }
}
