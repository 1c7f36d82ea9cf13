//! Looks after a link that nobody waits for.

use kasir_shared::{LinkId, LinkStatus};

use super::{House, begin, returned, unlink};
use crate::flow::FlowError;

/// Begins one whose beginning was not answered, asks how a pending one stands, and ends the agreement
/// of one that is gone.
pub async fn look(house: &House, id: &LinkId) -> Result<(), FlowError> {
    let Some(known) = house.store.link(id).await? else { return Ok(()) };
    let link = &known.link;
    match link.status {
        LinkStatus::Pending if link.next_action.is_none() => {
            begin::ask(house, &known.session, link).await
        }
        LinkStatus::Pending => returned::ask(house, returned::standing(link.id.clone())).await,
        LinkStatus::Gone if link.sealed.is_some() => unlink::end(house, link).await,
        LinkStatus::Active | LinkStatus::Gone => unlink::at_rest(house, link).await,
    }
}
