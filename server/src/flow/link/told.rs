//! The provider tells us that the customer linked the wallet.

use super::{House, keep, step};
use crate::flow::FlowError;
use crate::merchant::Account;
use crate::provider::Agreement;
use crate::store::{Entry, EntryKind, LinkChange};

/// Makes the link active that has this number at this account; one that is active stays so, and the
/// agreement of one that is over is ended. `false` where there is no such link.
pub async fn told(
    house: &House,
    account: &Account,
    reference: &str,
    agreement: &Agreement,
) -> Result<bool, FlowError> {
    let Some(link) = house.store.link_by_reference(&account.id, reference).await? else {
        return Ok(false);
    };
    let now = house.now();
    let mut change = LinkChange::at(now);
    let summary = format!("{} sent a notification", account.provider.name());
    change.entries.push(Entry::new(now, EntryKind::Notification, summary));
    let change = step::active(house, &link, agreement, change)?;
    keep(house, &link, change).await?;
    house.bell.wake_desk();
    Ok(true)
}
