//! What a screen says.

use leptos::prelude::*;

/// The screen's heading; it takes the focus when the screen arrives.
#[component]
pub(crate) fn Heading(
    /// What it says.
    text: String,
) -> impl IntoView {
    view! { <h1 class="heading" tabindex="-1">{text}</h1> }.into_any()
}

/// A sentence below it.
#[component]
pub(crate) fn Say(
    /// What it says.
    text: String,
    /// Smaller: a thing to know rather than to do.
    #[prop(optional)]
    quiet: bool,
) -> impl IntoView {
    let class = if quiet { "say say--quiet" } else { "say" };
    view! { <p class=class>{text}</p> }.into_any()
}
