//! What a customer reads when something is missing or refused.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::{Page, respond};
use crate::shop::Shop;
use crate::shop::html::Text;
use crate::shop::kasir::KasirError;
use crate::shop::visitor::Visitor;

/// There is no such page or order.
pub(crate) async fn missing(State(shop): State<Shop>, visitor: Visitor) -> Response {
    let words = visitor.lang.words();
    let way = ("/", words.to_the_shop);
    let page = sorry(StatusCode::NOT_FOUND, words.missing, words.missing_more, way);
    respond(&shop, &visitor, &page)
}

/// Kasir did not give the shop a session.
pub(super) fn no_session(shop: &Shop, visitor: &Visitor, error: &KasirError) -> Response {
    let words = visitor.lang.words();
    let way = ("/cart", words.back_to_cart);
    let page = match error {
        KasirError::Refused(detail) => sorry(StatusCode::BAD_GATEWAY, words.refused, detail, way),
        KasirError::Silence(_) => {
            sorry(StatusCode::SERVICE_UNAVAILABLE, words.unheard, words.unheard_more, way)
        }
    };
    respond(shop, visitor, &page)
}

fn sorry(status: StatusCode, title: &str, more: &str, (href, label): (&str, &str)) -> Page {
    let main = format!(
        r#"<div class="state"><svg class="state__sign" viewBox="0 0 64 64" aria-hidden="true"><circle class="ink" cx="32" cy="32" r="29"/><path class="ink" d="M20 42c4-6 20-6 24 0M23 25v2m18-2v2"/></svg>
<h1>{title}</h1><p>{more}</p><p><a class="button" href="{href}">{label}</a></p></div>"#,
        more = Text(more),
    );
    Page { status, title: title.to_owned(), main, ..Page::default() }
}
