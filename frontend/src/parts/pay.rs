//! The one button.

use leptos::prelude::*;

use crate::locale::Key;
use crate::scene::{Scene, Words};

/// The button that pays: it says how much and by what, and what is going on after it was pressed.
#[component]
pub(crate) fn PayButton(
    /// The scene.
    scene: Scene,
    /// The sentences.
    words: Words,
) -> impl IntoView {
    let label = scene.text(move |live| match live.chosen {
        Some(method) if live.busy => words.method(Key::Sending, method),
        Some(method) => words.method(Key::Pay, method),
        None => words.say(Key::PayPlain),
    });
    let busy = scene.text(|live| live.busy.to_string());
    view! {
        <button class="button button--primary" type="submit" aria-busy=busy data-testid="pay">
            {label}
        </button>
    }
    .into_any()
}
