//! Something to take along.

use leptos::prelude::*;

use crate::locale::Key;
use crate::scene::{Scene, Words};
use crate::stage::{Copied, Msg};

/// A button that copies a text. It does nothing without script, so it is not shown before.
#[component]
pub(crate) fn CopyButton(
    /// The scene.
    scene: Scene,
    /// The sentences.
    words: Words,
    /// What kind of thing is copied.
    what: Copied,
    /// The text.
    text: Signal<String>,
) -> impl IntoView {
    let key = match what {
        Copied::Reference => Key::CopyReference,
        Copied::Code => Key::CopyCode,
        Copied::Link | Copied::Page => Key::CopyLink,
    };
    let label = scene
        .text(move |live| words.say(if live.copied == Some(what) { Key::Copied } else { key }));
    let asleep = scene.when(|live| !live.awake);
    view! {
        <button class="button button--quiet copy" type="button" hidden=asleep aria-live="polite"
            data-testid="copy" on:click=move |_| scene.tell(Msg::Copy(what, text.get_untracked()))>
            {label}
        </button>
    }
    .into_any()
}
