//! Linked wallets as the page sees them.

use kasir_shared::api::checkout::{LinkView, Linkable, LinkingView};
use kasir_shared::{LinkStatus, NextAction};

use crate::flow::link::balance;
use crate::flow::{FlowError, House, route as routing};
use crate::merchant::{Merchant, Route, Stop};
use crate::provider::Links;
use crate::store::{LinkRecord, SessionRecord, SessionWithAttempts};

/// The wallets that a session's customer linked and can pay it with.
pub(super) async fn links(
    house: &House,
    merchant: &Merchant,
    session: &SessionRecord,
) -> Result<Vec<LinkView>, FlowError> {
    let links = house.store.links(&session.merchant, &session.link_owner(), None).await?;
    let pays = |link: &&LinkRecord| {
        let route = routing::offered(house, merchant, link.method);
        let serves = |route: Route| {
            route.stops.iter().any(|stop| {
                stop.account == link.account
                    && stop.takes(session.amount)
                    && routing::links(house, &route, stop) != Links::Never
            })
        };
        link.status == LinkStatus::Active
            && session.methods.contains(&link.method)
            && route.is_some_and(serves)
    };
    Ok(links.iter().filter(pays).map(|link| link_view(house, link)).collect())
}

fn link_view(house: &House, link: &LinkRecord) -> LinkView {
    LinkView {
        id: link.id.clone(),
        method: link.method,
        phone_masked: link.phone_masked(),
        active: true,
        balance: balance::is_shown(house, link),
    }
}

/// The wallet that is being linked in a session, or was last: always newer than the last attempt.
/// One that was linked and taken back again is nothing to speak of.
pub(super) async fn linking(
    house: &House,
    known: &SessionWithAttempts,
) -> Result<Option<LinkingView>, FlowError> {
    let links = house.store.links_of_session(&known.session.id).await?;
    let Some(link) = links.last() else { return Ok(None) };
    let pending = link.status == LinkStatus::Pending;
    let overtaken = known.attempts.iter().any(|attempt| {
        attempt.created_at > link.created_at
            || attempt.created_at == link.created_at && attempt.status.is_live()
            || attempt.link.as_ref() == Some(&link.id)
    });
    if !pending && (overtaken || link.status == LinkStatus::Gone && link.trouble.is_none()) {
        return Ok(None);
    }
    Ok(Some(LinkingView {
        id: link.id.clone(),
        method: link.method,
        status: link.status,
        next_action: pending.then(|| link.next_action.clone().unwrap_or(NextAction::Wait)),
        trouble: link.trouble,
    }))
}

/// Whether a session's customer can link the wallet of a route. Who is not known again is not asked
/// to, but where nobody pays without.
pub(super) fn linkable(house: &House, session: &SessionRecord, route: &Route) -> Linkable {
    let stops = || route.stops.iter().filter(|stop| stop.takes(session.amount));
    let links = |stop: &Stop| routing::links(house, route, stop);
    let required = stops().next().is_some() && stops().all(|stop| links(stop) == Links::Required);
    if required {
        Linkable::Required
    } else if session.customer.id.is_some() && stops().any(|stop| links(stop) != Links::Never) {
        Linkable::Possible
    } else {
        Linkable::No
    }
}
