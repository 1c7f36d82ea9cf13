//! What a screen says.

use crate::element::{Element, el};

/// The screen's heading; it takes the focus when the screen arrives.
pub(crate) fn heading(text: String) -> Element {
    el("h1").class("heading").set("tabindex", "-1").text(text)
}

/// A sentence below it.
pub(crate) fn say(text: String) -> Element {
    el("p").class("say").text(text)
}

/// A smaller one: something to know rather than to do.
pub(crate) fn aside(text: String) -> Element {
    el("p").class("say say--quiet").text(text)
}
