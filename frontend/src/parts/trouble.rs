//! What is wrong with the whole form.

use leptos::prelude::*;

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
#[component]
pub(crate) fn TroubleLine(
    /// The scene.
    scene: Scene,
    /// The sentences.
    words: Words,
) -> impl IntoView {
    let text = scene.text(move |live| {
        let trouble = live.trouble.as_ref().filter(|trouble| trouble.field.is_none());
        trouble.map(|trouble| sentence(trouble, &words)).unwrap_or_default()
    });
    view! { <p class="trouble" role="alert" tabindex="-1" data-testid="trouble">{text}</p> }.into_any()
}
