//! Which account serves a choice.

use kasir_shared::Rupiah;

use super::House;
use crate::merchant::{Account, Route, Stop};
use crate::provider::Links;
use crate::store::{Entry, EntryKind};

/// An account that was chosen.
pub(super) struct Pick<'a> {
    /// Which one.
    pub(super) account: &'a Account,
    /// Which were passed over for it, and why.
    pub(super) skipped: Vec<Entry>,
}

/// Whether a wallet can be linked at a stop of a route.
pub fn links(house: &House, route: &Route, stop: &Stop) -> Links {
    let Some(account) = house.merchants.account(&stop.account) else { return Links::Never };
    let terms = account.provider.terms(route.method);
    let links = terms.map_or(Links::Never, |terms| terms.links);
    if account.provider.linkage().is_some() { links } else { Links::Never }
}

/// The account that a new choice without a linked wallet goes to: the first that takes the amount and
/// has answered lately; the first that takes the amount where none has. `None` where none takes it
/// without a linked wallet.
pub(super) fn first<'a>(house: &'a House, route: &Route, amount: Rupiah) -> Option<Pick<'a>> {
    choose(house, (route, |links| links != Links::Required), amount, &[])
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

/// One account and no other; `None` where it is not on the route or does not take the amount.
pub(super) fn at<'a>(
    house: &'a House,
    route: &Route,
    amount: Rupiah,
    account: &str,
) -> Option<Pick<'a>> {
    let stop = route.stops.iter().find(|stop| stop.account == account && stop.takes(amount))?;
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
