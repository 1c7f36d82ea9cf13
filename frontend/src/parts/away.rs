//! A form that leads to a wallet.

use kasir_shared::Submit;
use leptos::prelude::*;

use crate::scene::Scene;

/// A form that is posted elsewhere, by the customer or, right after paying was asked for, by itself.
#[component]
pub(crate) fn Away(
    /// The scene.
    scene: Scene,
    /// Where it is posted, and what.
    submit: Submit,
    /// What its button says.
    label: String,
) -> impl IntoView {
    let field = |(name, value): (String, String)| {
        view! { <input type="hidden" name=name value=value /> }.into_any()
    };
    let fields: Vec<AnyView> = submit.fields.0.into_iter().map(field).collect();
    let busy = scene.text(|live| live.leaving.to_string());
    view! {
        <form class="away" method="post" action=submit.url.as_str().to_owned() target=scene.target()>
            {fields}
            <button class="button button--primary" type="submit" aria-busy=busy data-testid="continue">
                {label}
            </button>
        </form>
    }
    .into_any()
}
