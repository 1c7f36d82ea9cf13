//! The customer chooses how to pay.

use kasir_shared::api::checkout::{CheckoutView, Linkable};

use super::section;
use crate::element::{Element, el};
use crate::locale::Key;
use crate::page::Page;
use crate::parts::{first_button, heading, link_trouble, methods, pay, trouble};
use crate::scene::{Scene, Words};
use crate::stage::Msg;

/// The ways to pay, and the button. Without script it is a form like any other.
pub(super) fn choose(scene: Scene, words: &Words, view: &CheckoutView) -> Element {
    let list = el("fieldset")
        .class("methods")
        .child(el("legend").child(heading(words.say(Key::Choose))))
        .child(link_trouble(words, view))
        .children(methods(scene, words, view));
    let bar = el("div").class("bar").child(trouble(scene, words)).child(pay(scene, words, view));
    let form = el("form")
        .class("choose")
        .set("method", "post")
        .set("action", scene.page(Page::start_path))
        .flag("novalidate", true)
        .instead("submit", scene, |_| Msg::Pressed);
    let links = view.methods.iter().any(|offer| offer.linkable == Linkable::Possible);
    section("choose").child(form.child(links.then(first_button)).child(list).child(bar))
}
