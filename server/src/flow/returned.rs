//! The customer's browser comes back. It proves nothing; it is a good moment to ask.

use bytes::Bytes;
use kasir_shared::WebUrl;

use super::{FlowError, House};
use crate::store::{Entry, EntryKind};

/// Notes the return and says where the page is; `None` for an address that is not ours.
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
    Ok(Some(session.url))
}
