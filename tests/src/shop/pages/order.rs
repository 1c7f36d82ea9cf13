//! `/orders`: an order is made, shown, and changes by itself when the webhook comes.

use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::SET_COOKIE;
use axum::response::{AppendHeaders, Html, IntoResponse as _, Redirect, Response};
use serde::Deserialize;

use super::lines::lines;
use super::{Page, respond, sorry};
use crate::shop::cart::Cart;
use crate::shop::html::{Text, rupiah};
use crate::shop::order::{Order, OrderStatus, Session};
use crate::shop::visitor::{Visitor, cart_cookie, is_order_number, order_cookie};
use crate::shop::words::Lang;
use crate::shop::{Shop, lock};

/// How often a browser without JavaScript looks again.
const REFRESH_S: u32 = 4;

/// What the cart's form says.
#[derive(Deserialize)]
pub(crate) struct Wish {
    order: String,
    pay: Where,
}

/// Where the customer would like to pay.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Where {
    Here,
    There,
}

/// Makes the order and asks Kasir for a session.
pub(crate) async fn make(
    State(shop): State<Shop>,
    visitor: Visitor,
    Form(wish): Form<Wish>,
) -> Response {
    let known = shop.order(&wish.order).is_some();
    if !is_order_number(&wish.order) || (visitor.cart.is_empty() && !known) {
        return Redirect::to("/cart").into_response();
    }
    let order = shop.lock_orders().open(&wish.order, &visitor.cart, visitor.lang);
    let session = match session_for(&shop, &order).await {
        Ok(session) => session,
        Err(error) => return sorry::no_session(&shop, &visitor, &error),
    };
    let to = match wish.pay {
        Where::Here => format!("/checkout/{}", order.id),
        Where::There => session.url,
    };
    (AppendHeaders([(SET_COOKIE, order_cookie(&order.id))]), Redirect::to(&to)).into_response()
}

async fn session_for(
    shop: &Shop,
    order: &Order,
) -> Result<Session, crate::shop::kasir::KasirError> {
    if let Some(session) = &order.session {
        return Ok(session.clone());
    }
    let return_url = format!("{}/orders/{}", shop.0.config.own_url, order.id);
    let asked_s = shop.now_s();
    let outcome = shop.0.kasir.create_session(order, &return_url).await;
    if let Ok(session) = &outcome {
        shop.lock_orders().give(&order.id, session);
    }
    lock(&shop.0.diary).asked_for_session(order, &return_url, asked_s, &outcome);
    outcome
}

/// The order.
pub(crate) async fn show(
    State(shop): State<Shop>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Response {
    let Some(order) = shop.order(&id) else {
        return sorry::missing(State(shop), visitor).await;
    };
    let words = visitor.lang.words();
    let head = match order.status {
        OrderStatus::Awaiting => {
            format!(r#"<noscript><meta http-equiv="refresh" content="{REFRESH_S}"></noscript>"#)
        }
        OrderStatus::Paid
        | OrderStatus::Expired
        | OrderStatus::Cancelled
        | OrderStatus::Refunded => String::new(),
    };
    let title = format!("{} {id}", words.order);
    let main = alive(&order, visitor.lang, Place::Order);
    let page = Page { title, head, main, order: Some(id), ..Page::default() };
    let mut response = respond(&shop, &visitor, &page);
    // Only a paid order empties the cart: whoever comes back with it unpaid finds it as it was.
    if order.status == OrderStatus::Paid && visitor.cart == order.cart {
        response.headers_mut().append(SET_COOKIE, cart_cookie(&Cart::default()));
    }
    response
}

/// Puts the order's coffees into the cart again.
pub(crate) async fn again(State(shop): State<Shop>, Path(id): Path<String>) -> Response {
    let cart = shop.order(&id).map(|order| order.cart).unwrap_or_default();
    (AppendHeaders([(SET_COOKIE, cart_cookie(&cart))]), Redirect::to("/cart")).into_response()
}

/// Which of the two places shows the order.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Place {
    Checkout,
    Order,
}

/// The order's part of a page, if it has changed since the visitor last saw it.
pub(crate) async fn live(
    State(shop): State<Shop>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Response {
    let Some(order) = shop.order(&id) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    if visitor.asked("seen") == Some(&order.revision.to_string()) {
        return StatusCode::NO_CONTENT.into_response();
    }
    let place = match visitor.asked("at") {
        Some("checkout") => Place::Checkout,
        _ => Place::Order,
    };
    Html(alive(&order, visitor.lang, place)).into_response()
}

/// The part of a page that changes by itself, marked for the script.
pub(super) fn alive(order: &Order, lang: Lang, place: Place) -> String {
    let (at, content) = match place {
        Place::Checkout => ("checkout", strip(order, lang)),
        Place::Order => ("order", whole(order, lang)),
    };
    format!(
        r#"<div class="live" role="status" data-live="/orders/{id}/live?at={at}" data-seen="{seen}" data-status="{status}">{content}</div>"#,
        id = Text(&order.id),
        seen = order.revision,
        status = order.status.word(),
    )
}

impl OrderStatus {
    const fn word(self) -> &'static str {
        match self {
            Self::Awaiting => "awaiting",
            Self::Paid => "paid",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
            Self::Refunded => "refunded",
        }
    }

    const fn sign(self) -> &'static str {
        match self {
            Self::Awaiting => r#"<path class="ink" d="M32 16v17l11 6"/>"#,
            Self::Paid => r#"<path class="ink" d="M19 33l9 9l18-20"/>"#,
            Self::Expired => {
                r#"<path class="ink" d="M22 18h20M22 46h20M24 18c0 9 16 19 16 28M40 18c0 9-16 19-16 28"/>"#
            }
            Self::Cancelled => r#"<path class="ink" d="M22 22l20 20M42 22l-20 20"/>"#,
            Self::Refunded => {
                r#"<path class="ink" d="M44 40H25a8 8 0 0 1 0-17h17m-7-7l7 7l-7 7"/>"#
            }
        }
    }
}

fn sentences(order: &Order, lang: Lang) -> (&'static str, &'static str) {
    let words = lang.words();
    match order.status {
        OrderStatus::Awaiting => (words.awaiting, words.awaiting_more),
        OrderStatus::Paid => (words.paid, words.paid_more),
        OrderStatus::Expired => (words.expired, words.expired_more),
        OrderStatus::Cancelled => (words.cancelled, words.cancelled_more),
        OrderStatus::Refunded => (words.refunded, words.refunded_more),
    }
}

/// The one next step.
fn next_step(order: &Order, lang: Lang) -> String {
    let words = lang.words();
    let id = Text(&order.id);
    match order.status {
        OrderStatus::Awaiting => {
            format!(r#"<a class="button" href="/checkout/{id}">{}</a>"#, words.continue_paying)
        }
        OrderStatus::Paid => format!(r#"<a class="button" href="/">{}</a>"#, words.to_the_shop),
        OrderStatus::Expired | OrderStatus::Cancelled | OrderStatus::Refunded => format!(
            r#"<form method="post" action="/orders/{id}/again"><button class="button">{}</button></form>"#,
            words.again
        ),
    }
}

fn whole(order: &Order, lang: Lang) -> String {
    let words = lang.words();
    let (sentence, more) = sentences(order, lang);
    let twice = order.paid_twice.then_some(words.paid_twice);
    let twice = twice.map(|twice| format!(r#"<p class="alarm">{twice}</p>"#)).unwrap_or_default();
    let method = match &order.paid_by {
        Some(by) if !by.method.is_empty() => {
            format!(r#"<p class="quiet">{} {}</p>"#, words.paid_with, Text(method_name(&by.method)))
        }
        Some(_) | None => String::new(),
    };
    format!(
        r#"<div class="state" data-status="{word}"><svg class="state__sign" viewBox="0 0 64 64" aria-hidden="true"><circle class="ink" cx="32" cy="32" r="29"/>{sign}</svg>
<h1>{sentence}</h1><p>{more}</p>{twice}{method}<p>{step}</p></div>
<section class="paper"><h2>{order_word} <span class="number">{id}</span></h2>{lines}</section>"#,
        word = order.status.word(),
        sign = order.status.sign(),
        step = next_step(order, lang),
        order_word = words.order,
        id = Text(&order.id),
        lines = lines(&order.cart, lang),
    )
}

/// The order in one strip above the frame. Once it is paid the strip says so and leads on.
fn strip(order: &Order, lang: Lang) -> String {
    let words = lang.words();
    let (sentence, _) = sentences(order, lang);
    let mut pictures = String::new();
    for line in order.cart.lines() {
        pictures += &[r#"<img src=""#, line.product.picture, r#"" alt="" width="40" height="40">"#]
            .concat();
    }
    let way = match order.status {
        OrderStatus::Awaiting => String::new(),
        OrderStatus::Paid
        | OrderStatus::Expired
        | OrderStatus::Cancelled
        | OrderStatus::Refunded => format!(
            r#"<a class="button" href="/orders/{}">{}</a>"#,
            Text(&order.id),
            words.see_order
        ),
    };
    format!(
        r#"<div class="strip" data-status="{word}"><span class="strip__pictures">{pictures}</span>
<span class="strip__words"><span><span class="out-of-sight">{order_word} </span><span class="number">{id}</span></span><span class="quiet">{sentence}</span></span>
<strong class="strip__amount">{amount}</strong>{way}</div>"#,
        word = order.status.word(),
        order_word = words.order,
        id = Text(&order.id),
        amount = rupiah(order.total),
    )
}

/// The method as people write it; a method this shop has not heard of keeps its id.
pub(in crate::shop) fn method_name(id: &str) -> &str {
    match id {
        "ovo" => "OVO",
        "dana" => "DANA",
        "shopeepay" => "ShopeePay",
        "linkaja" => "LinkAja",
        "astrapay" => "AstraPay",
        "gopay" => "GoPay",
        "speedcash" => "SpeedCash",
        "indomaret" => "Indomaret",
        "alfamart" => "Alfamart",
        "akulaku" => "Akulaku",
        "kredivo" => "Kredivo",
        "indodana" => "Indodana",
        "nicepay_page" => "NICEPAY",
        other => other,
    }
}
