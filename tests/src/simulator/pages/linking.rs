//! AstraPay's registration page: a customer links an account to a merchant, or does not.
use super::{button, escape, found, hidden, html, is_pin, page, pin, stranded};
use crate::simulator::Simulator;
use crate::simulator::nicepay::{self, LinkView};
use crate::simulator::view::Decision;
use axum::Form;
use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;
use std::collections::HashMap;

/// What the page sends.
#[derive(Debug, Deserialize)]
pub(crate) struct Filled {
    link: String,
    decision: Decision,
    #[serde(default)]
    pin: String,
}

/// The page.
pub(crate) async fn show(
    State(sim): State<Simulator>,
    Query(query): Query<HashMap<String, String>>,
) -> Response {
    let id = query.get("link").map_or("", String::as_str);
    match view(&sim, id) {
        Some(link) => html(asking(&link, None)),
        None => unknown(),
    }
}

/// The customer has decided.
pub(crate) async fn decided(State(sim): State<Simulator>, Form(filled): Form<Filled>) -> Response {
    let Some(link) = view(&sim, &filled.link) else { return unknown() };
    let accepts = filled.decision == Decision::Approve;
    if accepts && !is_pin(&filled.pin) {
        return html(asking(&link, Some("PIN harus 6 angka.")));
    }
    // Decided twice is decided once: the second time leads back all the same.
    drop(sim.answer_link(&filled.link, accepts));
    match view(&sim, &filled.link).and_then(|link| link.return_url) {
        Some(url) => found(&url),
        None => html(stranded()),
    }
}

fn view(sim: &Simulator, id: &str) -> Option<LinkView> {
    sim.shared.change("", |desk| nicepay::link_view(desk, id))
}

fn unknown() -> Response {
    html(super::error("9003", "Permintaan tidak ditemukan."))
}

fn asking(link: &LinkView, wrong: Option<&str>) -> String {
    let wrong = wrong.map(|why| format!("<p class=\"wrong\" role=\"alert\">{}</p>", escape(why)));
    let inner = match &link.return_url {
        None => format!(
            "<form method=\"post\" action=\"/astrapay/register\">{}{}{}{}</form>",
            hidden("link", &link.id),
            pin(),
            button("approve", "Hubungkan akun"),
            button("decline", "Batal")
        ),
        Some(url) => {
            format!("<p><a data-testid=\"return\" href=\"{}\">Kembali ke toko</a></p>", escape(url))
        }
    };
    let body = format!(
        "<section class=\"card\"><h1>Hubungkan AstraPay</h1>\
         <p>Akun <b>{}</b> akan dapat dipakai membayar di toko ini. Toko tidak melihat saldo atau PIN Anda.</p>\
         {}{inner}</section>",
        escape(&link.phone),
        wrong.unwrap_or_default()
    );
    page("AstraPay", "astrapay", &(String::new(), body))
}
