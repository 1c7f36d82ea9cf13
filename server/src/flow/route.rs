//! Which account serves a choice.

use kasir_shared::{MethodId, Rupiah};

use super::House;
use crate::merchant::{Account, Merchant, Route, Stop};
use crate::provider::Links;
use crate::store::{Entry, EntryKind};

/// An account that was chosen.
pub(super) struct Pick<'a> {
    /// Which one.
    pub(super) account: &'a Account,
    /// Which were passed over for it, and why.
    pub(super) skipped: Vec<Entry>,
}

/// The way to a method by those accounts that have it at their providers, as far as anybody has said;
/// `None` where none has.
pub fn offered(house: &House, merchant: &Merchant, method: MethodId) -> Option<Route> {
    let route = merchant.route(method)?;
    let has = |stop: &&Stop| ways(house, route, stop).is_some();
    let stops: Vec<Stop> = route.stops.iter().filter(has).cloned().collect();
    (!stops.is_empty()).then_some(Route { method, stops })
}

/// Whether a wallet can be linked at a stop of a route.
pub fn links(house: &House, route: &Route, stop: &Stop) -> Links {
    ways(house, route, stop).unwrap_or(Links::Never)
}

/// By which ways a method is paid at a stop of its route; `None` where the account has not the method
/// at all.
fn ways(house: &House, route: &Route, stop: &Stop) -> Option<Links> {
    let account = house.merchants.account(&stop.account)?;
    let terms = account.provider.terms(route.method);
    let links = terms.map_or(Links::Never, |terms| terms.links);
    let links = if account.provider.linkage().is_some() { links } else { Links::Never };
    let Some(catalogue) = house.catalogues.of(&stop.account) else { return Some(links) };
    let has = |linked| account.provider.offers(route.method, linked, &catalogue);
    match links {
        Links::Never => has(false).then_some(Links::Never),
        Links::Required => has(true).then_some(Links::Required),
        Links::Possible => match (has(false), has(true)) {
            (true, true) => Some(Links::Possible),
            (true, false) => Some(Links::Never),
            (false, true) => Some(Links::Required),
            (false, false) => None,
        },
    }
}

/// The account that a new choice without a linked wallet goes to: the first that takes the amount and
/// has answered lately; the first that takes the amount where none has. `None` where none takes it
/// without a linked wallet.
pub(super) fn first<'a>(house: &'a House, route: &Route, amount: Rupiah) -> Option<Pick<'a>> {
    choose(house, (route, |links| links != Links::Required), amount, &[])
}

/// Whether another account than those that were `tried` takes the amount once the wallet is linked,
/// and only then, and has answered lately. Nobody is let through by asking.
pub(super) fn awaits_link(house: &House, route: &Route, amount: Rupiah, tried: &[String]) -> bool {
    route.stops.iter().any(|stop| {
        !tried.contains(&stop.account)
            && stop.takes(amount)
            && links(house, route, stop) == Links::Required
            && house.health.circuit(&stop.account).admit(house.now()).0
    })
}

/// The account at which the wallet of a route is linked, in the same way and other than those that
/// were `tried`; `None` where none links it.
pub(super) fn to_link<'a>(
    house: &'a House,
    route: &Route,
    amount: Rupiah,
    tried: &[String],
) -> Option<Pick<'a>> {
    choose(house, (route, |links| links != Links::Never), amount, tried)
}

fn choose<'a>(
    house: &'a House,
    (route, fits): (&Route, fn(Links) -> bool),
    amount: Rupiah,
    tried: &[String],
) -> Option<Pick<'a>> {
    let mut skipped = Vec::new();
    let admitted = admitted(house, (route, fits), amount, &mut skipped, tried);
    let anyway = || {
        let fitting = |stop: &&Stop| {
            stop.takes(amount) && !tried.contains(&stop.account) && fits(links(house, route, stop))
        };
        let stop = route.stops.iter().find(fitting)?;
        skip(house, &mut skipped, stop, "is tried all the same: no other has answered lately");
        house.merchants.account(&stop.account)
    };
    let account = admitted.or_else(anyway)?;
    Some(Pick { account, skipped })
}

/// The account of a linked wallet and no other; `None` where it is not on the route, does not take the
/// amount, or takes nobody's linked wallet any more.
pub(super) fn at<'a>(
    house: &'a House,
    route: &Route,
    amount: Rupiah,
    account: &str,
) -> Option<Pick<'a>> {
    let fits = |stop: &&Stop| {
        stop.account == account && stop.takes(amount) && links(house, route, stop) != Links::Never
    };
    let stop = route.stops.iter().find(fits)?;
    let account = house.merchants.account(&stop.account)?;
    Some(Pick { account, skipped: Vec::new() })
}

/// Another account than those that were `tried`; `None` where no other takes the amount without a
/// linked wallet and has answered lately.
pub(super) fn another<'a>(
    house: &'a House,
    route: &Route,
    amount: Rupiah,
    tried: &[String],
) -> Option<Pick<'a>> {
    let mut skipped = Vec::new();
    let fits = |links| links != Links::Required;
    let account = admitted(house, (route, fits), amount, &mut skipped, tried)?;
    Some(Pick { account, skipped })
}

fn admitted<'a>(
    house: &'a House,
    (route, fits): (&Route, fn(Links) -> bool),
    amount: Rupiah,
    skipped: &mut Vec<Entry>,
    tried: &[String],
) -> Option<&'a Account> {
    for stop in route.stops.iter().filter(|stop| !tried.contains(&stop.account)) {
        if !stop.takes(amount) {
            skip(house, skipped, stop, "was skipped: it does not take this amount");
        } else if !fits(links(house, route, stop)) {
            skip(house, skipped, stop, "was skipped: it needs a linked wallet, or links none");
        } else if house.health.admits(&stop.account, house.now()) {
            return house.merchants.account(&stop.account);
        } else {
            skip(house, skipped, stop, "was skipped: it has not answered lately");
        }
    }
    None
}

fn skip(house: &House, skipped: &mut Vec<Entry>, stop: &Stop, why: &str) {
    let summary = format!("account {} {why}", stop.account);
    skipped.push(Entry::new(house.now(), EntryKind::Route, summary));
}
