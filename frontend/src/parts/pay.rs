//! The one button.

use kasir_shared::MethodId;
use kasir_shared::api::checkout::CheckoutView;

use crate::element::{Element, el};
use crate::locale::Key;
use crate::scene::{Scene, Words};
use crate::stage::must_link;

/// The button that pays: it says how much and by what, and what is going on after it was pressed. For
/// a wallet that must be linked first it says that it links.
pub(crate) fn pay(scene: Scene, words: &Words, view: &CheckoutView) -> Element {
    let words = words.clone();
    let links = view.methods.iter().filter(|offer| must_link(view, offer)).map(|offer| offer.id);
    let links: Vec<MethodId> = links.collect();
    el("button")
        .class("button button--primary")
        .set("type", "submit")
        .live("aria-busy", scene, |live| Some(live.busy.to_string()))
        .test_id("pay")
        .live_text(scene, move |live| match live.chosen {
            Some(method) if live.busy => words.method(Key::Sending, method),
            Some(method) if links.contains(&method) => words.method(Key::LinkDo, method),
            Some(method) => words.method(Key::Pay, method),
            None => words.say(Key::PayPlain),
        })
}
