//! Something to type, with what is wrong about it right below.

use kasir_shared::{Field, MethodId};
use leptos::prelude::*;

use crate::locale::Key;
use crate::page::field_name;
use crate::parts::trouble::sentence;
use crate::scene::{Scene, Words};
use crate::stage::Msg;

/// What the form calls it, what the browser may fill in, and which keyboard it asks for.
const fn kind_of(field: Field) -> (&'static str, Key, &'static str, &'static str) {
    match field {
        Field::Phone => ("phone", Key::Phone, "tel", "tel"),
        Field::Name => ("name", Key::Name, "name", "text"),
    }
}

/// A field of a method.
#[component]
pub(crate) fn TextField(
    /// The scene.
    scene: Scene,
    /// The sentences.
    words: Words,
    /// The method that needs it.
    method: MethodId,
    /// What is asked.
    field: Field,
) -> impl IntoView {
    let (name, key, autocomplete, input_type) = kind_of(field);
    let label = words.method(key, method);
    let id = field_name(name, method);
    let below = ["wrong-", &id].concat();
    let value = scene.page.with_value(|page| match field {
        Field::Phone => page.typed.phone.clone().or_else(|| page.view.phone.clone()),
        Field::Name => page.typed.name.clone(),
    });
    let is_wrong = move |live: &crate::stage::Live| {
        live.chosen == Some(method)
            && live.trouble.as_ref().is_some_and(|trouble| trouble.field == Some(field))
    };
    let wrong = scene.text(move |live| {
        let trouble = live.trouble.as_ref().filter(|_| is_wrong(live));
        trouble.map(|trouble| sentence(trouble, &words)).unwrap_or_default()
    });
    let invalid = Signal::derive(move || scene.live.with(is_wrong).to_string());
    view! {
        <div class="field">
            <label class="field__label" for=id.clone()>{label}</label>
            <input class="field__input" type=input_type id=id.clone() name=id value=value
                autocomplete=autocomplete aria-invalid=invalid aria-describedby=below.clone()
                data-testid=name
                on:change=move |event| scene.tell(Msg::Typed(field, event_target_value(&event))) />
            <p class="field__wrong" id=below role="status">{wrong}</p>
        </div>
    }
    .into_any()
}
