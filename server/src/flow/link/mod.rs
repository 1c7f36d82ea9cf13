//! Linked wallets: begun, come back from, looked after, asked for their balance, ended.
//!
//! Linking never moves money, so what is not known about it is asked again without fear; but a code
//! that can be exchanged is worth something once, and an agreement is kept sealed.

pub mod balance;
pub mod begin;
pub mod look;
pub mod returned;
pub mod told;
pub mod unlink;
mod order;
mod step;
mod token;

use kasir_shared::{LinkId, LinkStatus, ProblemCode};
pub(super) use token::open;

use super::{FlowError, House};
use crate::merchant::Account;
use crate::provider::Linkage;
use crate::store::{
    Entry, EntryKind, LinkApplied, LinkChange, LinkRecord, NextLook, Sealing, SessionRecord,
};

/// The account of a link, where it is still configured.
fn account_of<'a>(house: &'a House, link: &LinkRecord) -> Result<&'a Account, FlowError> {
    let missing = || FlowError::Unconfigured { what: format!("account {}", link.account) };
    house.merchants.account(&link.account).ok_or_else(missing)
}

/// The account's side of linked wallets.
fn linkage_of<'a>(account: &'a Account, link: &LinkRecord) -> Result<&'a dyn Linkage, FlowError> {
    let missing = || FlowError::Unconfigured { what: format!("linking at {}", link.account) };
    account.provider.linkage().ok_or_else(missing)
}

/// One of the links of a session's customer; the same refusal for every other.
pub async fn own(
    house: &House,
    session: &SessionRecord,
    id: &LinkId,
) -> Result<LinkRecord, FlowError> {
    let links = house.store.links(&session.merchant, &session.link_owner(), None).await?;
    let own = links.into_iter().find(|link| link.id == *id);
    own.ok_or_else(|| FlowError::refused(ProblemCode::NotFound))
}

/// The wallet or the provider does not take the agreement any more, or nobody can read it: it is over
/// for us, and there is nothing left to end.
pub(super) async fn lose(house: &House, link: &LinkRecord, why: &str) -> Result<(), FlowError> {
    if link.status == LinkStatus::Gone {
        return Ok(());
    }
    let now = house.now();
    let mut change = LinkChange::at(now).gone(None);
    change.sealed = Sealing::Wipe;
    change.next_look = NextLook::Never;
    change.entries.push(Entry::new(now, EntryKind::Answer, why));
    keep(house, link, change).await.map(drop)
}

/// Keeps what was learnt, and tells whoever waits.
async fn keep(
    house: &House,
    link: &LinkRecord,
    change: LinkChange,
) -> Result<LinkApplied, FlowError> {
    let applied = house.store.apply_link(&link.id, change).await?;
    if applied.before != applied.link.status {
        let (method, status) = (link.method.as_str(), applied.link.status.as_str());
        metrics::counter!("kasir_links_total", "method" => method, "status" => status).increment(1);
    }
    house.bell.ring(&link.session);
    Ok(applied)
}
