//! The ways to pay, in groups.

use kasir_shared::Kind;
use kasir_shared::api::checkout::{CheckoutView, LinkView, Offer};
use leptos::prelude::*;

use crate::locale::Key;
use crate::parts::MethodRow;
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

/// The ways to pay.
#[component]
pub(crate) fn Methods(
    /// The scene.
    scene: Scene,
    /// The sentences.
    words: Words,
    /// The session.
    view: CheckoutView,
) -> impl IntoView {
    let rows = |wanted: Key| -> Vec<AnyView> {
        let of_group = |offer: &&Offer| group(offer.kind, link_of(&view, offer).is_some()) == wanted;
        let row = |offer: &Offer| {
            let link = link_of(&view, offer).cloned();
            view! { <MethodRow scene words=words.clone() offer=offer.clone() link=link /> }.into_any()
        };
        view.methods.iter().filter(of_group).map(row).collect()
    };
    let groups: Vec<(Key, Vec<AnyView>)> =
        GROUPS.into_iter().map(|key| (key, rows(key))).filter(|(_, rows)| !rows.is_empty()).collect();
    let alone = groups.len() == 1;
    let section = |(key, rows): (Key, Vec<AnyView>)| {
        let name = (!alone).then(|| view! { <h2 class="group__name">{words.say(key)}</h2> });
        view! { <div class="group">{name}<ul class="group__list">{rows}</ul></div> }.into_any()
    };
    groups.into_iter().map(section).collect::<Vec<AnyView>>().into_any()
}
