//! The ways to pay, in groups.

use kasir_shared::Kind;
use kasir_shared::api::checkout::{CheckoutView, LinkView, Offer};

use super::method::method;
use crate::element::{Element, el};
use crate::locale::Key;
use crate::scene::{Scene, Words};

/// The groups in the order they are shown. Only a wallet that *is* linked is among the linked ones.
const GROUPS: [Key; 5] =
    [Key::GroupLinked, Key::GroupWallets, Key::GroupCounters, Key::GroupPayLater, Key::GroupOther];

const fn group(kind: Kind, linked: bool) -> Key {
    match kind {
        Kind::Wallet | Kind::LinkedWallet if linked => Key::GroupLinked,
        Kind::Wallet | Kind::LinkedWallet => Key::GroupWallets,
        Kind::Counter => Key::GroupCounters,
        Kind::PayLater => Key::GroupPayLater,
        Kind::HostedPage => Key::GroupOther,
    }
}

fn link_of<'a>(view: &'a CheckoutView, offer: &Offer) -> Option<&'a LinkView> {
    view.links.iter().find(|link| link.method == offer.id && link.active)
}

/// The ways to pay: one list per group, and no heading above a single one.
pub(crate) fn methods(scene: Scene, words: &Words, view: &CheckoutView) -> Vec<Element> {
    let of = |key: Key| {
        let rows: Vec<Element> = view
            .methods
            .iter()
            .map(|offer| (offer, link_of(view, offer)))
            .filter(|(offer, link)| group(offer.kind, link.is_some()) == key)
            .map(|(offer, link)| method(scene, words, offer, link))
            .collect();
        (key, rows)
    };
    let groups: Vec<_> = GROUPS.into_iter().map(of).filter(|(_, rows)| !rows.is_empty()).collect();
    let alone = groups.len() == 1;
    let list = |(key, rows)| {
        let name = (!alone).then(|| el("h2").class("group__name").text(words.say(key)));
        el("div").class("group").child(name).child(el("ul").class("group__list").children(rows))
    };
    groups.into_iter().map(list).collect()
}
