//! What is wrong with the whole form.

use crate::element::{Element, el};
use crate::locale::Key;
use crate::scene::{Scene, Words};
use crate::stage::{Trouble, Wrong};

/// What is wrong, in a sentence.
pub(super) fn sentence(trouble: &Trouble, words: &Words) -> String {
    words.say(match &trouble.what {
        Wrong::Said(detail) => return detail.clone(),
        Wrong::Method => Key::MethodMissing,
        Wrong::Phone => Key::PhoneWrong,
        Wrong::Name => Key::NameWrong,
        Wrong::Offline => Key::Offline,
        Wrong::Broken => Key::Broken,
    })
}

/// The line above a button that did not do what it says.
pub(crate) fn trouble(scene: Scene, words: &Words) -> Element {
    let words = words.clone();
    el("p")
        .class("trouble")
        .set("role", "alert")
        .set("tabindex", "-1")
        .test_id("trouble")
        .live_text(scene, move |live| {
            let trouble = live.trouble.as_ref().filter(|trouble| trouble.field.is_none());
            trouble.map(|trouble| sentence(trouble, &words)).unwrap_or_default()
        })
}
