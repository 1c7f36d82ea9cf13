//! Something to take along.

use super::notices::whole_address;
use crate::element::{Element, el};
use crate::locale::Key;
use crate::scene::{Scene, Words};
use crate::stage::{Copied, Msg};

/// A button that copies a text. It can do nothing without script, so it is not shown before.
pub(crate) fn copy(scene: Scene, words: &Words, what: Copied, text: &str) -> Element {
    let label = words.say(match what {
        Copied::Reference => Key::CopyReference,
        Copied::Code => Key::CopyCode,
        Copied::Link | Copied::Page => Key::CopyLink,
    });
    let done = words.say(Key::Copied);
    let text = text.to_owned();
    el("button")
        .class("button button--quiet copy")
        .set("type", "button")
        .set("aria-live", "polite")
        .live("hidden", scene, |live| (!live.awake).then(String::new))
        .test_id("copy")
        .live_text(
            scene,
            move |live| {
                if live.copied == Some(what) { done.clone() } else { label.clone() }
            },
        )
        .on("click", scene, move |_| {
            Msg::Copy(
                what,
                match what {
                    Copied::Page => scene.now(|live| whole_address(live.address.as_ref(), &text)),
                    Copied::Reference | Copied::Code | Copied::Link => text.clone(),
                },
            )
        })
}
