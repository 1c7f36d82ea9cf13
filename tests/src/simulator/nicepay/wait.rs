//! NICEPAY's own page while a prompt waits on a phone: it looks again until there is a result, and
//! then posts that to the merchant.
use super::callback;
use super::transaction::Transaction;
use crate::simulator::Simulator;
use crate::simulator::engine::Desk;
use crate::simulator::faults::Fault;
use crate::simulator::pages::{self, escape};
use crate::simulator::tamper::Answer;
use crate::simulator::view::{Operation, Provider};
use axum::extract::{Query, State};
use axum::response::{IntoResponse as _, Response};
use std::collections::HashMap;

/// The page at this moment.
pub(super) async fn page(
    State(sim): State<Simulator>,
    Query(query): Query<HashMap<String, String>>,
) -> Response {
    let id = query.get("tXid").map_or("", String::as_str);
    sim.shared.change("", |desk| now(desk, id)).into_response()
}

fn now(desk: &mut Desk<'_>, id: &str) -> Answer {
    let Some(order) = desk.state.nicepay.find(id).cloned() else {
        return Answer::Page(pages::error("9003", "Invalid order."));
    };
    if order.status(desk.now_ms).is_open() {
        return Answer::Page(waiting(desk, &order));
    }
    let lost = |fault| fault == Fault::NoCallback;
    if desk.state.faults.take(Provider::Nicepay, Operation::Payment, lost).is_some() {
        return Answer::Page(pages::stranded());
    }
    if order.is_hosted() {
        return Answer::Found(callback::hosted_end(&order));
    }
    Answer::Page(callback::posting_page(desk, &order).unwrap_or_else(pages::stranded))
}

/// Wait, and look again in two seconds.
pub(super) fn waiting(desk: &Desk<'_>, order: &Transaction) -> String {
    let again = format!("/nicepay/direct/v2/wait?tXid={}", escape(&order.id));
    let head = format!("<meta http-equiv=\"refresh\" content=\"2;url={again}\">");
    let left_s = order.left_s(desk.now_ms);
    let body = format!(
        "<section class=\"card\"><h1>Buka aplikasi {wallet}</h1>\
         <p>Setujui pembayaran di HP <b>{phone}</b>.</p>\
         <p class=\"amount\">{amount}</p>\
         <p>Sisa waktu <b data-testid=\"seconds-left\">{left_s}</b> detik</p>\
         <progress max=\"55\" value=\"{left_s}\"></progress>\
         <p><a href=\"{again}\" data-testid=\"again\">Periksa lagi</a></p></section>",
        wallet = order.partner.name,
        phone = escape(&order.phone),
        amount = pages::rupiah(order.amount),
    );
    pages::page("NICEPAY", "nicepay", &(head, body))
}
