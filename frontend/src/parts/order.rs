//! What the customer pays for.

use kasir_shared::api::checkout::CheckoutView;
use kasir_shared::api::merchant::Item;

use crate::element::{Element, el};
use crate::locale::Key;
use crate::scene::Words;

/// The amount, the shop's reference and, folded, the items.
pub(crate) fn order(words: &Words, view: &CheckoutView) -> Element {
    el("section")
        .class("order")
        .set("aria-label", words.say(Key::Items))
        .child(el("p").class("order__amount").text(view.amount.to_string()))
        .child(el("p").class("order__reference").text(view.reference.as_str()))
        .child((!view.items.is_empty()).then(|| items(words, view)))
}

fn items(words: &Words, view: &CheckoutView) -> Element {
    let list = el("dl")
        .class("items__list")
        .children(view.items.iter().map(item))
        .child(line(words.say(Key::Total), view.amount.to_string()));
    el("details").class("items").child(el("summary").text(words.say(Key::Items))).child(list)
}

fn item(item: &Item) -> Element {
    let name = match item.quantity {
        1 => item.name.clone(),
        many => [&many.to_string(), " × ", &item.name].concat(),
    };
    let price = item.price.checked_mul(item.quantity).unwrap_or(item.price);
    line(name, price.to_string())
}

fn line(name: String, price: String) -> Element {
    el("div").class("items__line").child(el("dt").text(name)).child(el("dd").text(price))
}
