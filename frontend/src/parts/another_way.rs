//! The way back to the list.

use leptos::prelude::*;

use crate::locale::Key;
use crate::parts::TroubleLine;
use crate::scene::{Scene, Words};
use crate::stage::Msg;

/// Takes the live attempt back, so that another method can be chosen.
#[component]
pub(crate) fn AnotherWay(
    /// The scene.
    scene: Scene,
    /// The sentences.
    words: Words,
    /// Where the form is posted without script.
    action: String,
) -> impl IntoView {
    let label = words.clone();
    let label = scene.text(move |live| label.say(if live.busy { Key::Working } else { Key::AnotherWay }));
    let busy = scene.text(|live| live.busy.to_string());
    view! {
        <form class="another" method="post" action=action on:submit=move |event| {
            event.prevent_default();
            scene.tell(Msg::AnotherWay);
        }>
            <TroubleLine scene words />
            <button class="button button--plain" type="submit" aria-busy=busy data-testid="another-way">
                {label}
            </button>
        </form>
    }
    .into_any()
}
