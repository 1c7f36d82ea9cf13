//! The customer chooses how to pay.

use kasir_shared::api::checkout::CheckoutView;
use leptos::prelude::*;

use crate::locale::Key;
use crate::page::Page;
use crate::parts::{Heading, Methods, PayButton, TroubleLine};
use crate::scene::{Scene, Words};
use crate::stage::Msg;

/// The ways to pay, and the button. Without script it is a form like any other.
pub(super) fn choose(scene: Scene, words: &Words, view: &CheckoutView) -> AnyView {
    let action = scene.page.with_value(Page::start_path);
    let pressed = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        scene.tell(Msg::Pressed);
    };
    view! {
        <form class="choose" method="post" action=action novalidate=true on:submit=pressed>
            <fieldset class="methods">
                <legend><Heading text=words.say(Key::Choose) /></legend>
                <Methods scene words=words.clone() view=view.clone() />
            </fieldset>
            <div class="bar">
                <TroubleLine scene words=words.clone() />
                <PayButton scene words=words.clone() />
            </div>
        </form>
    }
    .into_any()
}
