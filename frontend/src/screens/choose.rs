//! The customer chooses how to pay.

use kasir_shared::api::checkout::CheckoutView;

use super::section;
use crate::element::{Element, el};
use crate::locale::Key;
use crate::page::Page;
use crate::parts::{heading, methods, pay, trouble};
use crate::scene::{Scene, Words};
use crate::stage::Msg;

/// The ways to pay, and the button. Without script it is a form like any other.
pub(super) fn choose(scene: Scene, words: &Words, view: &CheckoutView) -> Element {
    let list = el("fieldset")
        .class("methods")
        .child(el("legend").child(heading(words.say(Key::Choose))))
        .children(methods(scene, words, view));
    let bar = el("div").class("bar").child(trouble(scene, words)).child(pay(scene, words));
    let form = el("form")
        .class("choose")
        .set("method", "post")
        .set("action", scene.page(Page::start_path))
        .flag("novalidate", true)
        .instead("submit", scene, |_| Msg::Pressed);
    section("choose").child(form.child(list).child(bar))
}
