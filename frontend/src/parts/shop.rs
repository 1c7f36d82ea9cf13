//! Whom the customer pays.

use leptos::prelude::*;

/// The shop's name, and nothing else.
#[component]
pub(crate) fn Shop(
    /// The shop's name.
    name: String,
) -> impl IntoView {
    view! { <header class="shop">{name}</header> }.into_any()
}
