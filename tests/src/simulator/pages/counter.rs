//! The till of a store: enter or scan the number, see the bill, take the money.
use super::{button, escape, found, hidden, html, in_fours, moment, page, rupiah};
use crate::simulator::Simulator;
use crate::simulator::nicepay::{AtTill, Bill};
use crate::simulator::view::Status;
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use serde::Deserialize;
use std::collections::HashMap;

/// What the till's buttons send.
#[derive(Debug, Deserialize)]
pub(crate) struct Pressed {
    #[serde(default)]
    code: String,
    action: Action,
    #[serde(default)]
    amount: String,
    /// Ticked: the cashier takes what should not be taken.
    #[serde(default)]
    anyway: Option<String>,
}

/// What the cashier does.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "snake_case")]
enum Action {
    Ask,
    Pay,
    Leave,
}

/// The stores there are.
fn name(store: &str) -> Option<&'static str> {
    match store {
        "indomaret" => Some("Indomaret"),
        "alfamart" => Some("Alfamart"),
        _ => None,
    }
}

/// The till that waits for a number.
pub(crate) async fn show(
    State(_sim): State<Simulator>,
    Path(store): Path<String>,
    Query(query): Query<HashMap<String, String>>,
) -> Response {
    let Some(name) = name(&store) else { return unknown() };
    let code = query.get("code").map_or("", String::as_str);
    html(till(name, &store, &entering(&store, code, None)))
}

/// The cashier has pressed a button.
pub(crate) async fn pressed(
    State(sim): State<Simulator>,
    Path(store): Path<String>,
    Form(pressed): Form<Pressed>,
) -> Response {
    let Some(name) = name(&store) else { return unknown() };
    // Scanners and people leave spaces between groups.
    let code: String = pressed.code.chars().filter(|c| !c.is_whitespace()).collect();
    let body = match pressed.action {
        Action::Ask => match sim.ask_at(&store, &code) {
            Ok(bill) => asking(&store, &bill),
            Err(why) => entering(&store, &code, Some(why)),
        },
        Action::Pay => match take(&sim, &store, (&code, &pressed)) {
            Ok(bill) => slip(&store, name, (&bill, entered(&pressed))),
            Err(why) => entering(&store, &code, Some(why)),
        },
        Action::Leave => {
            // A number that is unknown needs no leaving.
            drop(sim.leave_till(&store, &code));
            return found(&format!("/counter/{store}"));
        }
    };
    html(till(name, &store, &body))
}

fn take(sim: &Simulator, store: &str, (code, pressed): (&str, &Pressed)) -> Result<Bill, AtTill> {
    let amount = entered(pressed);
    if pressed.anyway.is_some() {
        sim.pay_anyway_at(store, code, amount)
    } else {
        sim.pay_at(store, code, amount)
    }
}

/// The rupiah that were entered, with or without dots.
fn entered(pressed: &Pressed) -> i64 {
    let digits: String = pressed.amount.chars().filter(char::is_ascii_digit).collect();
    digits.parse().unwrap_or(0)
}

fn unknown() -> Response {
    html(super::error("9003", "Toko tidak ditemukan."))
}

fn till(name: &str, store: &str, body: &str) -> String {
    let heading = format!("<p class=\"till\">Kasir 1 · Pembayaran NICEPAY</p>{body}");
    page(name, store, &(String::new(), heading))
}

/// The number is typed, or scanned: a scanner types it and presses Enter.
fn entering(store: &str, code: &str, wrong: Option<AtTill>) -> String {
    let wrong = wrong.map(|why| refusal(store, code, why)).unwrap_or_default();
    format!(
        "{wrong}<section class=\"card\"><h1>Kode pembayaran</h1>\
         <form method=\"post\" action=\"/counter/{store}\">{action}\
         <label for=\"code\">Ketik atau pindai kode batang</label>\
         <input id=\"code\" class=\"number\" data-testid=\"code\" name=\"code\" inputmode=\"numeric\" \
         autocomplete=\"off\" autofocus required pattern=\"[0-9 ]{{6,24}}\" value=\"{code}\">\
         <button class=\"approve\" data-testid=\"ask\">Cek tagihan</button></form></section>",
        action = hidden("action", "ask"),
        code = escape(code),
    )
}

/// Why no money is taken, and a cashier who takes it all the same.
fn refusal(store: &str, code: &str, why: AtTill) -> String {
    let (word, sentence) = match why {
        AtTill::Unknown => ("unknown", "Kode tidak dikenal di toko ini.".to_owned()),
        AtTill::Closed(status) => (status.word(), closed(status).to_owned()),
        AtTill::Amount(amount) => ("amount", format!("Tagihannya {}.", rupiah(amount))),
    };
    let anyway = match why {
        AtTill::Unknown => String::new(),
        AtTill::Closed(_) | AtTill::Amount(_) => mistaken(store, code),
    };
    format!(
        "<section class=\"card\" role=\"alert\"><h1 class=\"wrong\">Pembayaran ditolak</h1>\
         <p data-testid=\"refusal\" data-reason=\"{word}\">{sentence}</p>{anyway}</section>"
    )
}

const fn closed(status: Status) -> &'static str {
    match status {
        Status::Paid | Status::Void | Status::Refunded => "Kode ini sudah dibayar.",
        Status::Expired => "Kode ini sudah kedaluwarsa.",
        Status::Cancelled | Status::Failed => "Kode ini sudah dibatalkan penjual.",
        Status::Initiated | Status::Unpaid | Status::Processing => "Kode ini belum bisa dibayar.",
    }
}

/// For tests and the curious: a till that takes what it should not.
fn mistaken(store: &str, code: &str) -> String {
    format!(
        "<details><summary>Kasir keliru (simulasi)</summary>\
         <form method=\"post\" action=\"/counter/{store}\">{action}{code}{anyway}\
         <label for=\"taken\">Uang yang tetap diterima (Rp)</label>\
         <input id=\"taken\" data-testid=\"taken\" name=\"amount\" inputmode=\"numeric\" required>\
         <button class=\"decline\" data-testid=\"anyway\">Tetap terima uang</button></form></details>",
        action = hidden("action", "pay"),
        code = hidden("code", code),
        anyway = hidden("anyway", "1"),
    )
}

fn asking(store: &str, bill: &Bill) -> String {
    let amount = bill.amount.value;
    format!(
        "<section class=\"card\"><p class=\"amount\" data-testid=\"amount\">{shown}</p>{lines}\
         <form method=\"post\" action=\"/counter/{store}\">{action}{code}{amount}{pay}</form>\
         <form method=\"post\" action=\"/counter/{store}\">{leaving}{code}\
         <button class=\"decline\" data-testid=\"leave\">Batal, pelanggan pergi</button></form></section>\
         <section class=\"card\">{mistaken}</section>",
        shown = rupiah(amount),
        lines = lines(bill),
        action = hidden("action", "pay"),
        leaving = hidden("action", "leave"),
        code = hidden("code", &bill.pay_no),
        amount = hidden("amount", &amount.to_string()),
        pay = button("approve", "Terima uang tunai"),
        mistaken = mistaken(store, &bill.pay_no),
    )
}

fn lines(bill: &Bill) -> String {
    let (date, time) = &bill.until;
    format!(
        "<dl><dt>Nama</dt><dd data-testid=\"name\">{}</dd><dt>Untuk</dt><dd>{}</dd>\
         <dt>Nomor pesanan</dt><dd data-testid=\"reference\">{}</dd>\
         <dt>Kode</dt><dd class=\"number\">{}</dd><dt>Bayar sebelum</dt><dd>{}</dd></dl>",
        escape(&bill.name),
        escape(&bill.goods),
        escape(&bill.reference),
        in_fours(&bill.pay_no),
        moment(date, time)
    )
}

/// What the customer carries home.
fn slip(store: &str, name: &str, (bill, taken): (&Bill, i64)) -> String {
    format!(
        "<section class=\"card slip\"><h1 data-testid=\"paid\">Lunas</h1><p>{name} · struk \
         <b data-testid=\"slip\">{slip}</b></p><p class=\"amount\">{amount}</p>{lines}\
         <p>Terima kasih. Simpan struk ini sebagai bukti pembayaran.</p></section>\
         <p><a data-testid=\"next\" href=\"/counter/{store}\">Pelanggan berikutnya</a></p>",
        slip = escape(&bill.slip),
        amount = rupiah(taken),
        lines = lines(bill),
    )
}
