//! What a customer wants to know of a payment afterwards.

use kasir_shared::api::checkout::CheckoutView;
use leptos::prelude::*;

use crate::locale::Key;
use crate::parts::{CopyButton, clock};
use crate::scene::{Scene, Words};
use crate::stage::Copied;

/// Amount, method, time, and the reference to copy.
#[component]
pub(crate) fn Receipt(
    /// The scene.
    scene: Scene,
    /// The sentences.
    words: Words,
    /// The session.
    view: CheckoutView,
) -> impl IntoView {
    let row = |key: Key, value: Signal<String>| {
        let name = words.say(key);
        view! { <div class="receipt__line"><dt>{name}</dt><dd>{value}</dd></div> }.into_any()
    };
    let mut rows = vec![row(Key::Amount, Signal::stored(words.amount()))];
    if let Some(attempt) = &view.attempt {
        rows.push(row(Key::Method, Signal::stored(attempt.method.row().name.to_owned())));
        rows.push(row(Key::Time, clock(scene, &words, attempt.updated_at)));
    }
    let reference = Signal::stored(view.reference.as_str().to_owned());
    rows.push(row(Key::Reference, reference));
    view! {
        <dl class="receipt">{rows}</dl>
        <CopyButton scene words what=Copied::Reference text=reference />
    }
    .into_any()
}
