//! `/cart`: what was put aside, and the way to pay.

use axum::Form;
use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::response::{AppendHeaders, IntoResponse as _, Redirect, Response};
use serde::Deserialize;

use super::{Page, respond};
use crate::shop::Shop;
use crate::shop::cart::Line;
use crate::shop::catalogue::{RANI, product};
use crate::shop::html::rupiah;
use crate::shop::visitor::{Visitor, cart_cookie, new_order_number};
use crate::shop::words::{Lang, Words};

/// A change to the cart.
#[derive(Deserialize)]
pub(crate) struct Change {
    product: String,
    /// How many bags from now on; without it one more.
    quantity: Option<u32>,
}

/// Puts a coffee in, changes how many, or takes it out.
pub(crate) async fn change(mut visitor: Visitor, Form(change): Form<Change>) -> Response {
    if let Some(product) = product(&change.product) {
        match change.quantity {
            Some(quantity) => visitor.cart.put(product, quantity),
            None => visitor.cart.add(product),
        }
    }
    (AppendHeaders([(SET_COOKIE, cart_cookie(&visitor.cart))]), Redirect::to("/cart"))
        .into_response()
}

/// The cart.
pub(crate) async fn show(State(shop): State<Shop>, visitor: Visitor) -> Response {
    let words = visitor.lang.words();
    let content = if visitor.cart.is_empty() {
        format!(
            r#"<p>{}</p><p><a class="button" href="/">{}</a></p>"#,
            words.cart_empty, words.to_the_shop
        )
    } else {
        filled(&visitor)
    };
    let main = format!("<h1>{}</h1>{content}", words.cart);
    respond(&shop, &visitor, &Page { title: words.cart.to_owned(), main, ..Page::default() })
}

fn filled(visitor: &Visitor) -> String {
    let words = visitor.lang.words();
    let rows: String = visitor.cart.lines().iter().map(|line| row(line, visitor.lang)).collect();
    format!(
        r#"<div class="cart"><div>
<ul class="lines">{rows}</ul>
<p class="sum"><span>{total}</span> <strong class="sum__amount">{amount}</strong></p>
</div>
<form class="till" method="post" action="/orders">
<input type="hidden" name="order" value="{order}">
{address}{where_to_pay}
<button class="button button--wide">{checkout}</button>
</form></div>"#,
        total = words.total,
        amount = rupiah(visitor.cart.total()),
        order = new_order_number(),
        address = address(words),
        where_to_pay = where_to_pay(words),
        checkout = words.checkout,
    )
}

fn row(Line { product, quantity }: &Line, lang: Lang) -> String {
    let words = lang.words();
    format!(
        r#"<li class="line"><img class="line__picture" src="{picture}" alt="" width="56" height="56">
<span class="line__name">{name} <span class="quiet">{price} / {grams} g</span></span>
<form class="line__change" method="post" action="/cart">
<input type="hidden" name="product" value="{id}">
<button class="step" name="quantity" value="{less}" aria-label="{name}: {less}">−</button>
<span class="line__quantity" aria-label="{word}">{quantity}</span>
<button class="step" name="quantity" value="{more}" aria-label="{name}: {more}">+</button>
</form>
<span class="line__price">{total}</span></li>"#,
        picture = product.picture,
        name = product.name,
        price = rupiah(product.price),
        grams = product.grams,
        id = product.id,
        less = quantity - 1,
        more = quantity + 1,
        word = words.quantity,
        total = rupiah(product.price * u64::from(*quantity)),
    )
}

fn address(words: &Words) -> String {
    format!(
        r#"<section class="address"><h2>{deliver_to}</h2>
<p>{name}<br><span class="quiet">{address}<br>{phone}</span></p></section>"#,
        deliver_to = words.deliver_to,
        name = RANI.name,
        address = RANI.address,
        phone = RANI.phone,
    )
}

fn where_to_pay(words: &Words) -> String {
    format!(
        r#"<fieldset class="choice"><legend>{question}</legend>
<label class="choice__one"><svg class="choice__picture" viewBox="0 0 48 40" aria-hidden="true"><rect class="ink" x="2" y="2" width="44" height="36" rx="4"/><path class="ink" d="M2 11h44"/><rect class="kasir" x="11" y="16" width="26" height="17" rx="3"/></svg>
<span>{here}<span class="quiet">{here_more}</span></span><input type="radio" name="pay" value="here" checked></label>
<label class="choice__one"><svg class="choice__picture" viewBox="0 0 48 40" aria-hidden="true"><rect class="ink" x="2" y="6" width="18" height="28" rx="4"/><rect class="kasir" x="28" y="6" width="18" height="28" rx="4"/><path class="ink" d="M21 16h6m-2.500-2.500l2.500 2.500l-2.500 2.500M27 25h-6m2.500-2.500l-2.500 2.500l2.500 2.500"/></svg>
<span>{there}<span class="quiet">{there_more}</span></span><input type="radio" name="pay" value="there"></label>
</fieldset>"#,
        question = words.where_to_pay,
        here = words.pay_here,
        here_more = words.pay_here_more,
        there = words.pay_there,
        there_more = words.pay_there_more,
    )
}
