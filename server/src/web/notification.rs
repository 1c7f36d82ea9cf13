//! Providers tell us something: raw bytes, original path.

use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use kasir_shared::ProblemCode;

use super::App;
use super::extract::{Named, Whole};
use super::problem::Refusal;
use crate::flow::notified::{Heard, notified as hear};
use crate::provider::Verdict;

/// Where a notification is sent: the provider and the account, and whatever the provider appends.
#[derive(serde::Deserialize)]
pub struct Addressee {
    provider: String,
    account: String,
}

/// Hears a notification out and acknowledges it once it is on disk.
pub async fn notified(
    State(app): State<App>,
    Named(Addressee { provider, account }): Named<Addressee>,
    Whole(request): Whole,
) -> Result<Response, Refusal> {
    let account = app.house.merchants.account(&account);
    let account = account.filter(|account| account.provider.name() == provider);
    let account = account.ok_or(Refusal::of(ProblemCode::NotFound))?;
    let (why, problem): (_, Refusal) = match hear(&app.house, account, &request).await {
        Ok(Heard::Kept(acknowledgement)) => {
            return Ok(acknowledgement.map(Body::from).into_response());
        }
        // Told so that it is sent again: an answer of ours may have been lost on the way to disk.
        Ok(Heard::Unknown) => (Verdict::Unknown, Refusal::of(ProblemCode::NotFound)),
        Ok(Heard::Forged) => (Verdict::Forged, Refusal::of(ProblemCode::Unauthorized)),
        Ok(Heard::Unreadable) => (Verdict::Unreadable, Refusal::of(ProblemCode::InvalidField)),
        Err(error) => (Verdict::NotKept, error.into()),
    };
    let own = account.provider.answer(&request, &why, app.house.now());
    own.map(|answer| answer.map(Body::from).into_response()).ok_or(problem)
}
