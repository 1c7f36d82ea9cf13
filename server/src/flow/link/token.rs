//! The agreement of a link, opened for a moment.

use kasir_shared::LinkStatus;

use super::{House, keep};
use crate::flow::FlowError;
use crate::secret::{Sealed, Secret, VaultError};
use crate::store::{Entry, EntryKind, LinkChange, LinkRecord, NextLook, Sealing};

/// Opens a link's agreement. What an older key sealed is sealed again under the first one; where the
/// key is gone, so is the link. `None` where there is no agreement to open.
pub(in crate::flow) async fn open(
    house: &House,
    link: &LinkRecord,
) -> Result<Option<Secret>, FlowError> {
    let Some(sealed) = &link.sealed else { return Ok(None) };
    match house.vault.open(sealed, link.id.as_str()) {
        Ok(token) => {
            if !house.vault.is_current(sealed) {
                reseal(house, link, &token).await?;
            }
            Ok(Some(token))
        }
        Err(error) => {
            tracing::error!(link = %link.id, %error, "an agreement cannot be opened");
            metrics::counter!("kasir_alarms_total").increment(1);
            unreadable(house, link).await?;
            Ok(None)
        }
    }
}

/// Seals an agreement for a link.
pub(super) fn seal(house: &House, link: &LinkRecord, token: &Secret) -> Result<Sealed, FlowError> {
    let sealed = house.vault.seal(token, link.id.as_str(), &*house.dice);
    sealed.map_err(|error: VaultError| FlowError::Unconfigured { what: format!("vault: {error}") })
}

async fn reseal(house: &House, link: &LinkRecord, token: &Secret) -> Result<(), FlowError> {
    let sealed = Sealing::Set(seal(house, link, token)?);
    let change = LinkChange { sealed, ..LinkChange::at(house.now()) };
    house.store.apply_link(&link.id, change).await?;
    Ok(())
}

/// An agreement that nobody can read is worth nothing to a link that is active. One that is gone
/// keeps it: the key may come back, and the provider is to end it.
async fn unreadable(house: &House, link: &LinkRecord) -> Result<(), FlowError> {
    if link.status != LinkStatus::Active {
        return Ok(());
    }
    let now = house.now();
    let mut change = LinkChange::at(now).gone(None);
    let summary = "the key that sealed the agreement is not configured any more";
    change.entries.push(Entry::new(now, EntryKind::Alarm, summary));
    change.next_look = NextLook::Never;
    keep(house, link, change).await.map(drop)
}
