//! What is in a linked wallet now.

use kasir_shared::api::checkout::Balance;
use kasir_shared::{LinkId, LinkStatus, MethodId, ProblemCode};

use super::{House, account_of, keep, lose, open, order, own};
use crate::flow::FlowError;
use crate::merchant::Account;
use crate::provider::Funds;
use crate::secret::Secret;
use crate::store::{Entry, EntryKind, LinkChange, LinkRecord, SessionRecord};

/// Seconds that a wallet may take to say what is in it.
const PATIENCE_S: i64 = 4;

/// Asks what is in one of the wallets that a session's customer linked.
pub async fn balance(
    house: &House,
    session: &SessionRecord,
    id: &LinkId,
) -> Result<Balance, FlowError> {
    let link = own(house, session, id).await?;
    let unavailable = || FlowError::refused(ProblemCode::ProviderUnavailable);
    let gone = || FlowError::refused(ProblemCode::LinkGone);
    if link.status != LinkStatus::Active {
        return Err(gone());
    }
    if !is_shown(house, &link) {
        return Err(unavailable());
    }
    let account = account_of(house, &link)?;
    let token = open(house, &link).await?.ok_or_else(gone)?;
    match funds(house, account, &link, token).await? {
        Funds::Known { cash, points } => {
            Ok(Balance { cash, points, enough: cash >= session.amount })
        }
        Funds::LinkGone => {
            lose(house, &link, "the wallet does not accept the link any more").await?;
            Err(gone())
        }
        Funds::Unknown => Err(unavailable()),
    }
}

/// Whether a link's wallet says what is in it.
pub fn is_shown(house: &House, link: &LinkRecord) -> bool {
    let account = house.merchants.account(&link.account);
    account.is_some_and(|account| shows(account, link.method))
}

fn shows(account: &Account, method: MethodId) -> bool {
    account.provider.linkage().is_some_and(|linkage| linkage.shows_balance(method))
}

/// Asks, and settles for not knowing where the wallet takes its time or says nothing that can be
/// read: who pays needs no balance. Only what went wrong is noted.
async fn funds(
    house: &House,
    account: &Account,
    link: &LinkRecord,
    token: Secret,
) -> Result<Funds, FlowError> {
    let linked = order::linked(link, token);
    let Some(linkage) = account.provider.linkage() else { return Ok(Funds::Unknown) };
    let dialogue = match linkage.balance(&linked, house.occasion()) {
        Ok(dialogue) => dialogue,
        Err(error) => {
            tracing::error!(link = %link.id, %error, "a balance cannot be asked for");
            return Ok(Funds::Unknown);
        }
    };
    let patience = house.clock.wait_until(house.now().plus_s(PATIENCE_S));
    let carried = tokio::select! {
        carried = house.converse(account, dialogue) => carried,
        () = patience => return Ok(Funds::Unknown),
    };
    match carried.outcome {
        Ok(funds @ (Funds::Known { .. } | Funds::Unknown)) => Ok(funds),
        Ok(Funds::LinkGone) => {
            let change = LinkChange { entries: carried.entries, ..LinkChange::at(house.now()) };
            keep(house, link, change).await?;
            Ok(Funds::LinkGone)
        }
        Err(error) => {
            tracing::warn!(link = %link.id, %error, "a balance is not known");
            let mut change = LinkChange::at(house.now());
            let summary = format!("the balance is not known: {error}");
            change.entries.push(Entry::new(change.at, EntryKind::Silence, summary));
            house.store.apply_link(&link.id, change).await?;
            Ok(Funds::Unknown)
        }
    }
}
