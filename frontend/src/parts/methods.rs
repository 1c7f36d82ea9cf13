//! The ways to pay, in groups.

use kasir_shared::Kind;
use kasir_shared::api::checkout::CheckoutView;

use super::method::method;
use crate::element::{Element, el};
use crate::locale::Key;
use crate::page::Page;
use crate::scene::{Scene, Words};
use crate::stage::{just_linked, link_of};

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

/// The ways to pay: one list per group, and no heading above a single one. What was linked just now
/// comes first.
pub(crate) fn methods(scene: Scene, words: &Words, view: &CheckoutView) -> Vec<Element> {
    let new = just_linked(view);
    let of = |key: Key| {
        let (first, others) =
            view.methods.iter().partition::<Vec<_>, _>(|offer| Some(offer.id) == new);
        let rows: Vec<Element> = first
            .into_iter()
            .chain(others)
            .map(|offer| (offer, link_of(view, offer.id)))
            .filter(|(offer, link)| group(offer.kind, link.is_some()) == key)
            .map(|(offer, link)| method(scene, words, offer, link))
            .collect();
        (key, rows)
    };
    let groups: Vec<_> = GROUPS.into_iter().map(of).filter(|(_, rows)| !rows.is_empty()).collect();
    let alone = groups.len() == 1;
    let list = |(key, rows)| {
        let name = (!alone).then(|| el("h2").class("group__name").text(words.say(key)));
        let shared = (key == Key::GroupLinked).then(|| linked_note(scene, words, view));
        let list = el("ul").class("group__list").children(rows);
        el("div").class("group").child(name).child(list).child(shared)
    };
    groups.into_iter().map(list).collect()
}

/// What is said below the linked wallets: what the shop sees of them, and without script where their
/// balances are.
fn linked_note(scene: Scene, words: &Words, view: &CheckoutView) -> Element {
    let note = el("div").class("group__note").child(el("p").text(words.say(Key::Shared)));
    let asks =
        scene.now(|live| live.funds.is_empty()) && view.links.iter().any(|link| link.balance);
    let link = |page: &Page| {
        let path = page.path(page.locale, "&balances=1");
        el("a").set("href", path).test_id("balances").text(words.say(Key::Balances))
    };
    note.child(asks.then(|| el("noscript").child(scene.page(link))))
}
