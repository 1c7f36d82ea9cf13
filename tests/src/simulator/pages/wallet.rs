//! The wallets' own pages, in a browser and in their app: log in, enter the PIN, pay or not.
use super::{
    Prompt, button, duration, escape, found, hidden, html, is_pin, login, page, rupiah, stranded,
};
use crate::simulator::Simulator;
use crate::simulator::faults::Fault;
use crate::simulator::providers;
use crate::simulator::view::{Decision, Operation, Status};
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use serde::Deserialize;
use std::collections::HashMap;

/// What a wallet's form sends.
#[derive(Debug, Deserialize)]
pub(crate) struct Filled {
    tx: String,
    decision: Decision,
    #[serde(default)]
    phone: String,
    #[serde(default)]
    pin: String,
}

/// Which of a wallet's two faces is looked at.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Face {
    Web,
    App,
}

/// The wallet's page.
pub(crate) async fn show(
    State(sim): State<Simulator>,
    Path(wallet): Path<String>,
    Query(query): Query<HashMap<String, String>>,
) -> Response {
    shown(&sim, (&wallet, &query), Face::Web)
}

/// What the wallet's app shows when a link opens it.
pub(crate) async fn show_app(
    State(sim): State<Simulator>,
    Path(wallet): Path<String>,
    Query(query): Query<HashMap<String, String>>,
) -> Response {
    shown(&sim, (&wallet, &query), Face::App)
}

/// The customer has decided on the page.
pub(crate) async fn decided(
    State(sim): State<Simulator>,
    Path(wallet): Path<String>,
    Form(filled): Form<Filled>,
) -> Response {
    decide(&sim, &wallet, (&filled, Face::Web))
}

/// The customer has decided in the app.
pub(crate) async fn decided_app(
    State(sim): State<Simulator>,
    Path(wallet): Path<String>,
    Form(filled): Form<Filled>,
) -> Response {
    decide(&sim, &wallet, (&filled, Face::App))
}

fn prompt(sim: &Simulator, wallet: &str, id: &str) -> Option<Prompt> {
    let prompt = sim.shared.change("", |desk| providers::prompt(desk, id));
    prompt.filter(|prompt| prompt.method == wallet)
}

fn shown(
    sim: &Simulator,
    (wallet, query): (&str, &HashMap<String, String>),
    face: Face,
) -> Response {
    match prompt(sim, wallet, query.get("tx").map_or("", String::as_str)) {
        Some(prompt) => html(asking(&prompt, face, None)),
        None => html(super::error("9003", "Tagihan tidak ditemukan.")),
    }
}

fn decide(sim: &Simulator, wallet: &str, (filled, face): (&Filled, Face)) -> Response {
    let Some(prompt) = prompt(sim, wallet, &filled.tx) else {
        return html(super::error("9003", "Tagihan tidak ditemukan."));
    };
    if filled.decision == Decision::Approve && !prompt.pushed && !is_pin(&filled.pin) {
        return html(asking(&prompt, face, Some("PIN harus 6 angka.")));
    }
    if filled.decision == Decision::Approve && !prompt.pushed && filled.phone.trim().is_empty() {
        return html(asking(&prompt, face, Some("Isi nomor HP.")));
    }
    if filled.decision == Decision::Refund {
        return html(asking(&prompt, face, Some("Pengembalian dana bukan di sini.")));
    }
    // Decided twice is decided once: the second time leads back all the same.
    drop(sim.decide(&filled.tx, filled.decision));
    go_back(sim, wallet, &filled.tx)
}

/// Back to the merchant, unless the page that waits in the browser does that.
fn go_back(sim: &Simulator, wallet: &str, id: &str) -> Response {
    let Some(prompt) = prompt(sim, wallet, id) else { return html(stranded()) };
    if prompt.pushed {
        return html(asking(&prompt, Face::App, None));
    }
    let lost = |fault| fault == Fault::NoCallback;
    let take = |desk: &mut crate::simulator::engine::Desk<'_>| {
        desk.state.faults.take(prompt.provider, Operation::Payment, lost)
    };
    match &prompt.return_url {
        Some(url) if sim.shared.change("", take).is_none() => found(url),
        Some(_) | None => html(stranded()),
    }
}

fn asking(prompt: &Prompt, face: Face, wrong: Option<&str>) -> String {
    let inner = if prompt.status.is_open() { form(prompt, face, wrong) } else { over(prompt) };
    let head = String::new();
    page(prompt.wallet, prompt.method, &(head, format!("{}{inner}", bill(prompt))))
}

/// What is to be paid, and to whom.
pub(crate) fn bill(prompt: &Prompt) -> String {
    format!(
        "<section class=\"card\"><p class=\"amount\" data-testid=\"amount\">{}</p>\
         <dl><dt>Penerima</dt><dd>{}</dd><dt>Untuk</dt><dd>{}</dd><dt>Nomor pesanan</dt>\
         <dd data-testid=\"reference\">{}</dd></dl></section>",
        rupiah(prompt.amount),
        escape(&prompt.merchant),
        escape(&prompt.goods),
        escape(&prompt.reference)
    )
}

fn form(prompt: &Prompt, face: Face, wrong: Option<&str>) -> String {
    let place = if face == Face::App { "app" } else { "wallet" };
    let wrong = wrong.map(|why| format!("<p class=\"wrong\" role=\"alert\">{}</p>", escape(why)));
    let fields = if prompt.pushed { String::new() } else { login(&prompt.phone) };
    format!(
        "<section class=\"card\">{wrong}<form method=\"post\" action=\"/{place}/{method}\">\
         {tx}{fields}{approve}{decline}{expire}</form>{expiry}</section>",
        wrong = wrong.unwrap_or_default(),
        method = prompt.method,
        tx = hidden("tx", &prompt.id),
        approve = button("approve", "Bayar"),
        decline = button("decline", "Tolak"),
        expire = button("expire", "Biarkan kedaluwarsa"),
        expiry = expiry(prompt),
    )
}

/// How long it can still be paid.
pub(crate) fn expiry(prompt: &Prompt) -> String {
    format!(
        "<p>Berlaku <b data-testid=\"seconds-left\" data-seconds=\"{}\">{}</b> lagi.</p>",
        prompt.left_s,
        duration(prompt.left_s)
    )
}

/// How it ended, and the way back.
pub(crate) fn over(prompt: &Prompt) -> String {
    let sentence = match prompt.status {
        Status::Paid => "Pembayaran berhasil.",
        Status::Failed => "Pembayaran ditolak.",
        Status::Cancelled => "Tagihan ditarik kembali.",
        Status::Expired => "Waktu pembayaran habis.",
        Status::Void | Status::Refunded => "Dana dikembalikan.",
        Status::Initiated | Status::Unpaid | Status::Processing => "Menunggu.",
    };
    let back = prompt.return_url.as_ref().filter(|_| !prompt.pushed).map(|url| {
        format!("<p><a data-testid=\"return\" href=\"{}\">Kembali ke toko</a></p>", escape(url))
    });
    format!(
        "<section class=\"card\"><h1 data-testid=\"status\" data-status=\"{}\">{sentence}</h1>{}</section>",
        prompt.status.word(),
        back.unwrap_or_default()
    )
}
