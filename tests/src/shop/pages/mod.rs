//! The pages of the shop, and the frame they share.

use axum::http::StatusCode;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderValue, REFERRER_POLICY, SET_COOKIE,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::response::{Html, IntoResponse as _, Response};

use super::conversation;
use super::html::Text;
use super::visitor::{self, Visitor};
use super::{Shop, ShopConfig};

pub(super) mod home;
pub(super) mod cart;
pub(super) mod checkout;
pub(super) mod order;
pub(super) mod sorry;
mod lines;

/// What a page says for itself; the rest is the same on all of them.
#[derive(Default)]
pub(super) struct Page {
    pub(super) status: StatusCode,
    pub(super) title: String,
    /// More for `<head>`: already HTML.
    pub(super) head: String,
    /// The content: already HTML.
    pub(super) main: String,
    /// The order whose conversation stands beside the page; otherwise the visitor's last.
    pub(super) order: Option<String>,
}

/// A page with its frame, its headers and the visitor's language remembered.
pub(super) fn respond(shop: &Shop, visitor: &Visitor, page: &Page) -> Response {
    let config = &shop.0.config;
    let mut response = (page.status, Html(frame(shop, visitor, page))).into_response();
    let headers = response.headers_mut();
    let policy = HeaderValue::from_str(&policy(config)).expect("origins are plain text");
    headers.insert(CONTENT_SECURITY_POLICY, policy);
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("strict-origin-when-cross-origin"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if visitor.lang_asked {
        headers.append(SET_COOKIE, visitor::lang_cookie(visitor.lang));
    }
    response
}

/// What a shop that embeds Kasir has to allow: its origin in `script-src` and `frame-src`, and in
/// `form-action` because the order form may be answered with a redirect to the hosted page. The
/// simulator's origin is for the phone of the demo alone.
fn policy(ShopConfig { kasir_public_url: kasir, sim_url: sim, .. }: &ShopConfig) -> String {
    format!(
        "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; style-src 'self'; \
         img-src 'self'; connect-src 'self'; script-src 'self' {kasir}; frame-src {kasir} {sim}; \
         form-action 'self' {kasir}"
    )
}

fn frame(shop: &Shop, visitor: &Visitor, Page { title, head, main, order, .. }: &Page) -> String {
    let lang = visitor.lang;
    let words = lang.words();
    let order = order.clone().or_else(|| visitor.order.clone());
    let order = order.and_then(|order| shop.order(&order));
    let beside = conversation::beside(shop, lang, order.as_ref());
    format!(
        r##"<!doctype html>
<html lang="{tag}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title} · Sangrai Utara</title>
<link rel="icon" href="/assets/mark.svg" type="image/svg+xml">
<link rel="stylesheet" href="/assets/shop.css">
<link rel="stylesheet" href="/assets/behind.css">
<script type="module" src="/assets/shop.js"></script>
{head}
</head>
<body>
<a class="skip" href="#main">{skip}</a>
<div class="street">
<div class="shop">
{top}
<main id="main" class="main">{main}</main>
<footer class="foot"><p>{footer}</p></footer>
</div>
{beside}
</div>
</body>
</html>
"##,
        tag = lang.tag(),
        title = Text(title),
        skip = words.skip,
        top = top(visitor),
        footer = words.footer,
    )
}

fn top(visitor: &Visitor) -> String {
    let words = visitor.lang.words();
    let (other, other_name) = visitor.lang.other();
    let bags = match visitor.cart.bags() {
        0 => String::new(),
        bags => format!(r#" <span class="top__bags">{bags}</span>"#),
    };
    format!(
        r##"<header class="top">
<a class="top__mark" href="/"><img src="/assets/mark.svg" alt="" width="36" height="36"><span>Sangrai Utara</span></a>
<nav class="top__nav">
<a class="top__behind" href="#behind" aria-label="{behind}"><svg viewBox="0 0 24 24" aria-hidden="true"><path class="ink" d="M4 3v18M12 3v18M20 3v18M5 8h5m2 7h6M8 6l2 2l-2 2m8 3l2 2l-2 2"/></svg></a>
<a href="{way}" hreflang="{other}" lang="{other}" aria-label="{other_name}">{short}</a>
<a href="/cart"><svg class="top__bag" viewBox="0 0 24 24" aria-hidden="true"><path class="ink" d="M5 8h14l1 13H4zM8.500 11V7a3.500 3.500 0 0 1 7 0v4"/></svg><span class="top__word">{cart}</span>{bags}</a>
</nav>
</header>"##,
        behind = words.behind,
        way = Text(visitor.other_way()),
        short = other.to_uppercase(),
        cart = words.cart,
    )
}
