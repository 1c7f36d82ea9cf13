//! Providers tell us something, or ask: raw bytes, original path.

use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use kasir_shared::ProblemCode;

use super::App;
use super::extract::{Named, Whole};
use super::problem::Refusal;
use crate::flow::notified::notified as hear;
use crate::provider::Verdict;

/// Where a notification is sent: the provider and the account, and whatever the provider appends.
#[derive(serde::Deserialize)]
pub struct Addressee {
    provider: String,
    account: String,
}

/// Hears a notification out and acknowledges it once it is on disk, in the provider's own words
/// where it has any.
pub async fn notified(
    State(app): State<App>,
    Named(Addressee { provider, account }): Named<Addressee>,
    Whole(request): Whole,
) -> Result<Response, Refusal> {
    let account = app.house.merchants.account(&account);
    let account = account.filter(|account| account.provider.name() == provider);
    let account = account.ok_or(Refusal::of(ProblemCode::NotFound))?;
    let (verdict, plain) = match hear(&app.house, account, &request).await {
        Ok(verdict) => {
            let plain = plain(&verdict);
            (verdict, plain)
        }
        Err(error) => (Verdict::NotKept, Err(error.into())),
    };
    let own = account.provider.answer(&request, &verdict, app.house.now());
    own.map_or(plain, |answer| Ok(answer.map(Body::from).into_response()))
}

/// What is said of a verdict where the provider wants to hear nothing of its own.
fn plain(verdict: &Verdict) -> Result<Response, Refusal> {
    let refused = |code| Err(Refusal::of(code));
    match verdict {
        Verdict::Kept { .. } | Verdict::OtherAmount(_) | Verdict::PaidAlready(_) => {
            Ok("OK".into_response())
        }
        // Told so that it is sent again: an answer of ours may have been lost on the way to disk.
        Verdict::Unknown | Verdict::Asked(_) => refused(ProblemCode::NotFound),
        Verdict::Forged => refused(ProblemCode::Unauthorized),
        Verdict::Unreadable => refused(ProblemCode::InvalidField),
        Verdict::NotKept => refused(ProblemCode::Internal),
    }
}
