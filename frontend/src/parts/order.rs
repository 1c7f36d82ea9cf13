//! What the customer pays for.

use kasir_shared::api::checkout::CheckoutView;
use kasir_shared::api::merchant::Item;
use leptos::prelude::*;

use crate::locale::Key;
use crate::scene::Words;

/// The amount, the shop's reference and, folded, the items.
#[component]
pub(crate) fn Order(
    /// The sentences.
    words: Words,
    /// The session.
    view: CheckoutView,
) -> impl IntoView {
    let reference = view.reference.as_str().to_owned();
    let items = (!view.items.is_empty()).then(|| items(&words, &view));
    view! {
        <section class="order">
            <p class="order__amount">{view.amount.to_string()}</p>
            <p class="order__reference">{reference}</p>
            {items}
        </section>
    }
    .into_any()
}

fn items(words: &Words, view: &CheckoutView) -> AnyView {
    let total = row(words.say(Key::Total), view.amount.to_string());
    let rows: Vec<AnyView> = view.items.iter().map(line).chain([total]).collect();
    view! {
        <details class="items">
            <summary>{words.say(Key::Items)}</summary>
            <dl class="items__list">{rows}</dl>
        </details>
    }
    .into_any()
}

fn line(item: &Item) -> AnyView {
    let name = match item.quantity {
        1 => item.name.clone(),
        many => [&many.to_string(), " × ", &item.name].concat(),
    };
    let price = item.price.checked_mul(item.quantity).unwrap_or(item.price);
    row(name, price.to_string())
}

fn row(name: String, price: String) -> AnyView {
    view! { <div class="items__line"><dt>{name}</dt><dd>{price}</dd></div> }.into_any()
}
