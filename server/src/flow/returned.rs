//! The customer's browser comes back. It proves nothing; it is a good moment to ask.

use bytes::Bytes;
use kasir_shared::WebUrl;

use super::{FlowError, House, look};
use crate::store::{Entry, EntryKind, Stage};

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
        let known = house.store.attempt(&attempt.id).await?;
        let (session, attempt) = known.unwrap_or((session.clone(), attempt));
        if let Err(error) = look::look(house, &session, &attempt).await {
            // The page shows what is known; the desk asks again.
            tracing::error!(attempt = %attempt.id, %error, "a returning customer's payment cannot be looked at");
        }
    }
    Ok(Some(session.url))
}
