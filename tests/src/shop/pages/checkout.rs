//! `/checkout/{order}`: paying inside the shop, in Kasir's frame.

use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Redirect, Response};

use super::{Page, order, respond, sorry};
use crate::shop::Shop;
use crate::shop::html::Text;
use crate::shop::order::OrderStatus;
use crate::shop::visitor::Visitor;

/// The order in short, and the frame.
pub(crate) async fn show(
    State(shop): State<Shop>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Response {
    let Some(order) = shop.order(&id) else {
        return sorry::missing(State(shop), visitor).await;
    };
    let (Some(session), OrderStatus::Awaiting) = (&order.session, order.status) else {
        return Redirect::to(&format!("/orders/{id}")).into_response();
    };
    let words = visitor.lang.words();
    let kasir = Text(&shop.0.config.kasir_public_url);
    let main = format!(
        r#"<h1 class="out-of-sight">{payment}</h1>
{strip}
<kasir-checkout class="till-frame" client-token="{token}" locale="{locale}"></kasir-checkout>
<noscript><p><a class="button button--wide" href="{url}">{open}</a></p></noscript>
<p class="way-out quiet">{no_frame} <a href="{url}">{open}</a></p>"#,
        payment = words.payment,
        strip = order::alive(&order, visitor.lang, order::Place::Checkout),
        token = Text(&session.client_token),
        locale = visitor.lang.tag(),
        url = Text(&session.url),
        no_frame = words.no_frame,
        open = words.open_hosted,
    );
    let head = format!(r#"<script type="module" src="{kasir}/kasir.js"></script>"#);
    let title = words.payment.to_owned();
    respond(&shop, &visitor, &Page { title, head, main, order: Some(id), ..Page::default() })
}
