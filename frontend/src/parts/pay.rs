//! The one button.

use crate::element::{Element, el};
use crate::locale::Key;
use crate::scene::{Scene, Words};

/// The button that pays: it says how much and by what, and what is going on after it was pressed.
pub(crate) fn pay(scene: Scene, words: &Words) -> Element {
    let words = words.clone();
    el("button")
        .class("button button--primary")
        .set("type", "submit")
        .live("aria-busy", scene, |live| Some(live.busy.to_string()))
        .test_id("pay")
        .live_text(scene, move |live| match live.chosen {
            Some(method) if live.busy => words.method(Key::Sending, method),
            Some(method) => words.method(Key::Pay, method),
            None => words.say(Key::PayPlain),
        })
}
