//! A link is taken back: over for us at once, and at the provider as soon as it says so.

use kasir_shared::{LinkStatus, LinkTrouble, Moment};

use super::{House, account_of, keep, linkage_of, open, order};
use crate::courier::{Carried, CourierError};
use crate::flow::FlowError;
use crate::provider::{ProviderError, Unlinking};
use crate::store::{Entry, EntryKind, LinkChange, LinkRecord, NextLook, Sealing};

/// The shortest and longest pause between two askings, in seconds.
const PAUSE_S: (i64, i64) = (10, 3600);
/// Seconds after which a provider that does not end an agreement is left to a person.
const PATIENCE_S: i64 = 3 * 24 * 60 * 60;

/// Who takes it back.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum By {
    /// The customer, on the page.
    Customer,
    /// The shop.
    Merchant,
}

/// Takes a link back; one that is being made is called off. Doing it twice changes nothing.
pub async fn unlink(house: &House, link: &LinkRecord, by: By) -> Result<(), FlowError> {
    let now = house.now();
    let (kind, who) = match by {
        By::Customer => (EntryKind::Page, "customer"),
        By::Merchant => (EntryKind::Merchant, "shop"),
    };
    let mut change = LinkChange::at(now);
    match link.status {
        LinkStatus::Gone => Ok(()),
        LinkStatus::Pending => {
            change.entries.push(Entry::new(now, kind, format!("the {who} called it off")));
            change.next_look = NextLook::Never;
            keep(house, link, change.gone(Some(LinkTrouble::Cancelled))).await?;
            Ok(())
        }
        LinkStatus::Active => {
            change.entries.push(Entry::new(now, kind, format!("the {who} took the link back")));
            // Until then the provider is asked by this request; afterwards by the desk.
            change.next_look = NextLook::At(now.plus_s(i64::from(house.lease_s())));
            let applied = keep(house, link, change.gone(None)).await?;
            if applied.before == LinkStatus::Gone {
                Ok(())
            } else {
                end(house, &applied.link).await
            }
        }
    }
}

/// Asks the provider to end the agreement of a link that is gone, and forgets it once that is done.
pub(super) async fn end(house: &House, link: &LinkRecord) -> Result<(), FlowError> {
    let account = account_of(house, link)?;
    let linkage = linkage_of(account, link)?;
    let Some(token) = open(house, link).await? else { return give_up(house, link).await };
    let linked = order::linked(link, token);
    let carried = match linkage.unlink(&linked, house.occasion()) {
        Ok(dialogue) => house.converse(account, dialogue).await,
        Err(error) => Carried::unsaid(error.into()),
    };
    let now = house.now();
    let mut change = LinkChange { entries: carried.entries, ..LinkChange::at(now) };
    let why = match carried.outcome {
        Ok(Unlinking::Over) => {
            change.entries.push(Entry::new(now, EntryKind::Answer, "the provider ended it too"));
            (change.sealed, change.next_look) = (Sealing::Wipe, NextLook::Never);
            return keep(house, link, change).await.map(drop);
        }
        Ok(Unlinking::Refused { code }) => format!("the provider does not end it: {code}"),
        Ok(Unlinking::Busy) => "the provider asks to come back later".to_owned(),
        Err(error) => unclear(link, &error),
    };
    change.entries.push(Entry::new(now, EntryKind::Silence, why));
    change.next_look = again(link, now);
    if change.next_look == NextLook::Never {
        change.entries.push(alarm(link, now));
    }
    keep(house, link, change).await.map(drop)
}

/// Nothing is to be done for a link that stands.
pub(super) async fn at_rest(house: &House, link: &LinkRecord) -> Result<(), FlowError> {
    let change = LinkChange { next_look: NextLook::Never, ..LinkChange::at(house.now()) };
    house.store.apply_link(&link.id, change).await?;
    Ok(())
}

/// The agreement cannot be read: a person has to bring the key back, or end it at the provider.
async fn give_up(house: &House, link: &LinkRecord) -> Result<(), FlowError> {
    let now = house.now();
    let mut change = LinkChange { next_look: NextLook::Never, ..LinkChange::at(now) };
    change.entries.push(alarm(link, now));
    keep(house, link, change).await.map(drop)
}

fn unclear(link: &LinkRecord, error: &CourierError) -> String {
    if let CourierError::Provider(
        ProviderError::Misconfigured { .. } | ProviderError::Unsendable { .. },
    ) = error
    {
        tracing::error!(link = %link.id, %error, "an agreement cannot be ended");
    }
    format!("nobody knows whether it is ended: {error}")
}

/// A little later each time, and not for ever.
fn again(link: &LinkRecord, now: Moment) -> NextLook {
    let age_s = now.unix_s().saturating_sub(link.updated_at.unix_s());
    if age_s >= PATIENCE_S {
        return NextLook::Never;
    }
    NextLook::At(now.plus_s(age_s.clamp(PAUSE_S.0, PAUSE_S.1)))
}

fn alarm(link: &LinkRecord, now: Moment) -> Entry {
    tracing::error!(link = %link.id, "an agreement was not ended at the provider");
    metrics::counter!("kasir_alarms_total").increment(1);
    let summary = "the agreement is still there at the provider: a person has to end it";
    Entry::new(now, EntryKind::Alarm, summary)
}
