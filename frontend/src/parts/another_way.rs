//! The way back to the list.

use crate::element::{Element, el};
use crate::locale::Key;
use crate::parts::trouble;
use crate::scene::{Scene, Words};
use crate::stage::Msg;

/// Takes the live attempt back, so that another method can be chosen. `action` is where the form is
/// posted without script.
pub(crate) fn another_way(scene: Scene, words: &Words, action: String) -> Element {
    let (still, busy) = (words.say(Key::AnotherWay), words.say(Key::Working));
    let button = el("button")
        .class("button button--plain")
        .set("type", "submit")
        .live("aria-busy", scene, |live| Some(live.busy.to_string()))
        .test_id("another-way")
        .live_text(scene, move |live| if live.busy { busy.clone() } else { still.clone() });
    el("form")
        .class("another")
        .set("method", "post")
        .set("action", action)
        .instead("submit", scene, |_| Msg::AnotherWay)
        .child(trouble(scene, words))
        .child(button)
}
