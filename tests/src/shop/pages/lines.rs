//! The lines of a cart or an order, as the cart, the order page and the checkout show them.

use crate::shop::cart::{Cart, Line};
use crate::shop::html::rupiah;
use crate::shop::words::Lang;

/// The coffees, each with its picture, and the total.
pub(super) fn lines(cart: &Cart, lang: Lang) -> String {
    let words = lang.words();
    let mut rows = String::new();
    for line in cart.lines() {
        rows += &row(line);
    }
    format!(
        r#"<ul class="lines">{rows}</ul>
<p class="sum"><span>{total}</span> <strong class="sum__amount">{amount}</strong></p>"#,
        total = words.total,
        amount = rupiah(cart.total()),
    )
}

fn row(line: &Line) -> String {
    let product = line.product;
    format!(
        r#"<li class="line"><img class="line__picture" src="{picture}" alt="" width="56" height="56">
<span class="line__name">{name} <span class="quiet">{quantity} × {grams} g</span></span>
<span class="line__price">{price}</span></li>"#,
        picture = product.picture,
        name = product.name,
        quantity = line.quantity,
        grams = product.grams,
        price = rupiah(line.price()),
    )
}
