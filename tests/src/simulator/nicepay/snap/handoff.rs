//! LinkAja's entrance: the customer brings a token, in the address or in a form, and is led on.
use crate::simulator::Simulator;
use crate::simulator::nicepay::payment::partner_page;
use crate::simulator::pages::{error, found, html};
use axum::extract::{RawQuery, State};
use axum::response::Response;
use bytes::Bytes;

/// Where it is.
pub(super) const PATH: &str = "/nicepay/snap/linkaja";

/// What the customer brings.
pub(super) fn token(id: &str) -> String {
    id.chars().rev().collect()
}

/// Where the customer brings it.
pub(super) fn page(origin: &str) -> String {
    format!("{origin}{PATH}")
}

/// The customer arrives, with `Message` in the address or `redirectToken` in a form.
pub(super) async fn arrive(
    State(sim): State<Simulator>,
    RawQuery(query): RawQuery,
    body: Bytes,
) -> Response {
    let query = query.unwrap_or_default();
    let pairs = form_urlencoded::parse(query.as_bytes()).chain(form_urlencoded::parse(&body));
    let mut brought = pairs.filter(|(name, _)| name == "Message" || name == "redirectToken");
    let id = brought.next().map(|(_, value)| token(&value)).unwrap_or_default();
    let page = sim
        .shared
        .change("", |desk| desk.state.nicepay.find(&id).map(|order| partner_page(desk, order)));
    match page {
        Some(page) => found(&page),
        None => html(error("9003", "Tagihan tidak ditemukan.")),
    }
}
