//! What shops are told, and whether they took it.

use std::time::Duration;

use super::wire::named;
use super::{Courier, guard};
use crate::merchant::webhook::Target;

/// Seconds that a shop may take over an event.
pub const WEBHOOK_TIMEOUT_S: u32 = 15;
/// The longest wait that a shop may ask for, in seconds: as long as the longest gap of our own.
const RETRY_AFTER_S_MAX: u32 = 24 * 60 * 60;
/// How long a delivery waits for those to the same shop that went before it.
const TURN: Duration = Duration::from_secs(1);

/// What a shop said to an event.
#[derive(Debug, Eq, PartialEq)]
pub enum Reception {
    /// It has it.
    Taken,
    /// It wants no more events.
    Gone,
    /// Too many deliveries to it are on their way; this one did not leave.
    Crowded,
    /// It could not take it; not before so many seconds, where it said so.
    Failed {
        /// In a few words, for the log.
        why: String,
        /// Seconds that it asked us to wait.
        retry_after_s: Option<u32>,
    },
}

impl Courier {
    /// Tells a shop about an event. Its answer's body is of no interest and is not read.
    pub async fn tell(&self, target: &Target, id: &str, body: &str) -> Reception {
        if !self.development && !guard::may_visit(&target.url) {
            return Reception::Failed {
                why: "not a public address".to_owned(),
                retry_after_s: None,
            };
        }
        let Ok(Ok(_turn)) = tokio::time::timeout(TURN, target.turns.acquire()).await else {
            return Reception::Crowded;
        };
        let now = self.clock.now();
        let sending = self
            .shops
            .post(target.url.as_str())
            .header("content-type", "application/json")
            .header("webhook-id", id)
            .header("webhook-timestamp", now.unix_s().to_string())
            .header("webhook-signature", target.sign(id, now, body))
            .body(body.to_owned())
            .send();
        match sending.await {
            Ok(answer) if answer.status().is_success() => Reception::Taken,
            Ok(answer) if answer.status() == http::StatusCode::GONE => Reception::Gone,
            Ok(answer) => Reception::Failed {
                why: format!("answered {}", answer.status().as_u16()),
                retry_after_s: retry_after_s(answer.headers()),
            },
            Err(error) => Reception::Failed { why: named(&error), retry_after_s: None },
        }
    }
}

/// Seconds that a `Retry-After` asks for; a date there is taken for no wish at all.
fn retry_after_s(headers: &http::HeaderMap) -> Option<u32> {
    let asked: u32 = headers.get(http::header::RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(asked.min(RETRY_AFTER_S_MAX))
}
