//! What an answer, or none, does to a link that is pending.

use kasir_shared::{LinkStatus, LinkTrouble, Moment, NextAction};

use super::token::seal;
use super::{House, keep};
use crate::courier::{Carried, CourierError};
use crate::flow::FlowError;
use crate::provider::{Agreement, LinkStep, Next, ProviderError};
use crate::store::{Entry, EntryKind, LinkChange, LinkRecord, NextLook, Sealing};

/// The shortest and longest pause between two looks at a link that is pending, in seconds.
const PAUSE_S: (i64, i64) = (5, 60);
/// Seconds after which a provider that has not answered to the beginning of a link is given up on.
const BEGIN_PATIENCE_S: i64 = 60;

/// What was asked for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Asked {
    /// To begin.
    Begin,
    /// To exchange a code, which is good for nothing afterwards.
    Exchange,
    /// How it stands.
    Standing,
}

/// Keeps what came of asking.
pub(super) async fn take(
    house: &House,
    link: &LinkRecord,
    asked: Asked,
    carried: Carried<LinkStep>,
) -> Result<(), FlowError> {
    let now = house.now();
    let mut change = LinkChange { entries: carried.entries, ..LinkChange::at(now) };
    change.next_look = NextLook::At(next_look(link, now));
    let change = match carried.outcome {
        Ok(LinkStep::Agree(next)) => LinkChange { next_action: Some(leave(next)), ..change },
        Ok(LinkStep::Linked(agreement)) => active(house, link, &agreement, change)?,
        Ok(LinkStep::Pending) => match asked {
            Asked::Begin | Asked::Exchange => {
                LinkChange { next_action: Some(NextAction::Wait), ..change }
            }
            Asked::Standing => change,
        },
        Ok(LinkStep::Refused(refusal)) => {
            let summary = format!("refused with {}", refusal.code);
            over(change, EntryKind::Answer, summary, refusal.why)
        }
        Ok(LinkStep::Busy) => match asked {
            // The code is spent on an answer that says nothing: the customer links anew at once.
            Asked::Begin | Asked::Exchange => {
                let summary = "the provider asks to come back later".to_owned();
                over(change, EntryKind::Answer, summary, LinkTrouble::Unavailable)
            }
            Asked::Standing => change,
        },
        Err(error) => unclear(link, asked, change, &error),
    };
    keep(house, link, expired(link, change)).await.map(drop)
}

/// The wallet is linked, whoever said so.
pub(super) fn active(
    house: &House,
    link: &LinkRecord,
    agreement: &Agreement,
    mut change: LinkChange,
) -> Result<LinkChange, FlowError> {
    change.sealed = Sealing::Set(seal(house, link, &agreement.token)?);
    change.phone.clone_from(&agreement.phone);
    change.next_look = NextLook::Never;
    match link.status {
        LinkStatus::Pending => change.status = Some(LinkStatus::Active),
        LinkStatus::Active => {}
        LinkStatus::Gone => {
            let summary = "an agreement came for a link that is over: it is ended";
            change.entries.push(Entry::new(change.at, EntryKind::Answer, summary));
            change.next_look = NextLook::At(change.at);
        }
    }
    Ok(change)
}

/// It came to nothing.
pub(super) fn over(
    mut change: LinkChange,
    kind: EntryKind,
    summary: String,
    why: LinkTrouble,
) -> LinkChange {
    change.entries.push(Entry::new(change.at, kind, summary));
    LinkChange { next_look: NextLook::Never, ..change.gone(Some(why)) }
}

/// Silence is no refusal. What can be asked again is; what cannot even leave is given up, since
/// nobody was asked to agree to anything.
fn unclear(
    link: &LinkRecord,
    asked: Asked,
    mut change: LinkChange,
    error: &CourierError,
) -> LinkChange {
    let summary = format!("nobody knows how it stands: {error}");
    let hopeless = match error {
        CourierError::Provider(
            ProviderError::Misconfigured { .. } | ProviderError::Unsendable { .. },
        ) => {
            tracing::error!(link = %link.id, %error, "a wallet cannot be linked");
            change.entries.push(Entry::new(change.at, EntryKind::Alarm, summary.clone()));
            asked != Asked::Standing
        }
        CourierError::Unsaid(_) => asked != Asked::Standing,
        CourierError::Silence(_)
        | CourierError::Endless
        | CourierError::Provider(ProviderError::Unreadable { .. } | ProviderError::Forged { .. }) => {
            asked == Asked::Begin && change.at >= link.created_at.plus_s(BEGIN_PATIENCE_S)
        }
    };
    if hopeless {
        return over(change, EntryKind::Silence, summary, LinkTrouble::Unavailable);
    }
    change.entries.push(Entry::new(change.at, EntryKind::Silence, summary));
    // Whoever came back with a code has nothing to leave for. A beginning that nobody answered is begun
    // again, and has nothing to leave for yet.
    change.next_action = (asked == Asked::Exchange).then_some(NextAction::Wait);
    change
}

/// A link that is still pending when its time is over comes to nothing.
fn expired(link: &LinkRecord, change: LinkChange) -> LinkChange {
    let decided = change.status.is_some();
    if decided || change.at < link.deadline {
        return change;
    }
    over(change, EntryKind::Page, "nobody agreed in time".to_owned(), LinkTrouble::Expired)
}

fn leave(next: Next) -> NextAction {
    match next {
        Next::Redirect(url) | Next::OpenApp { web_url: url, .. } => {
            NextAction::Link { url: Some(url), submit: None }
        }
        Next::Submit(submit) => NextAction::Link { url: None, submit: Some(submit) },
        Next::ApprovePush | Next::Wait => NextAction::Wait,
    }
}

/// As long as it has been waited for already, so that the pauses double; and right after its time.
fn next_look(link: &LinkRecord, now: Moment) -> Moment {
    let age_s = now.unix_s().saturating_sub(link.created_at.unix_s());
    let next = now.plus_s(age_s.clamp(PAUSE_S.0, PAUSE_S.1));
    if link.deadline > now { next.min(link.deadline) } else { next }
}
