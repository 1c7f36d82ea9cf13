//! `/`: the shelf.

use axum::extract::State;
use axum::response::Response;

use super::{Page, respond};
use crate::shop::Shop;
use crate::shop::catalogue::{PRODUCTS, Product};
use crate::shop::html::rupiah;
use crate::shop::visitor::Visitor;
use crate::shop::words::Lang;

/// The three coffees.
pub(crate) async fn show(State(shop): State<Shop>, visitor: Visitor) -> Response {
    let words = visitor.lang.words();
    let cards: String = PRODUCTS.iter().map(|product| card(product, visitor.lang)).collect();
    let main = format!(
        r#"<div class="welcome"><h1>{welcome}</h1><p>{more}</p></div>
<ul class="shelf">{cards}</ul>"#,
        welcome = words.welcome,
        more = words.welcome_more,
    );
    let title = words.tagline.to_owned();
    respond(&shop, &visitor, &Page { title, main, ..Page::default() })
}

fn card(product: &Product, lang: Lang) -> String {
    format!(
        r#"<li class="coffee">
<img class="coffee__picture" src="{picture}" alt="" width="400" height="400">
<div class="coffee__words">
<h2>{name}</h2>
<p>{notes}</p>
<p class="quiet">{origin} · {grams} g</p>
</div>
<form class="coffee__buy" method="post" action="/cart">
<span class="coffee__price">{price}</span>
<button class="button" name="product" value="{id}" aria-label="{add} {name}">{add}</button>
</form>
</li>"#,
        picture = product.picture,
        name = product.name,
        notes = product.notes(lang),
        origin = product.origin(lang),
        price = rupiah(product.price),
        grams = product.grams,
        id = product.id,
        add = lang.words().add,
    )
}
