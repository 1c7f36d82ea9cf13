//! The lenders' pages: log in, choose a plan, confirm.
use super::{
    button, duration, escape, found, hidden, html, is_pin, login, page, pin, rupiah, stranded,
};
use crate::simulator::Simulator;
use crate::simulator::engine::Desk;
use crate::simulator::faults::Fault;
use crate::simulator::nicepay::{self, Entered, Loan, LoanStep};
use crate::simulator::view::{Decision, Operation, Provider, Status};
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use serde::Deserialize;
use std::collections::HashMap;

/// What a lender's form sends.
#[derive(Debug, Deserialize)]
pub(crate) struct Pressed {
    tx: String,
    decision: Decision,
    #[serde(default)]
    phone: String,
    #[serde(default)]
    pin: String,
    #[serde(default)]
    months: String,
    #[serde(default)]
    otp: String,
}

/// The page, at the step where its customer is.
pub(crate) async fn show(
    State(sim): State<Simulator>,
    Path(lender): Path<String>,
    Query(query): Query<HashMap<String, String>>,
) -> Response {
    match loan(&sim, &lender, query.get("tx").map_or("", String::as_str)) {
        Some(loan) => html(shown(&loan, None)),
        None => unknown(),
    }
}

/// A button was pressed.
pub(crate) async fn pressed(
    State(sim): State<Simulator>,
    Path(lender): Path<String>,
    Form(pressed): Form<Pressed>,
) -> Response {
    let Some(now) = loan(&sim, &lender, &pressed.tx) else { return unknown() };
    if !now.status.is_open() {
        return go_back(&sim, &now);
    }
    let wrong = match pressed.decision {
        Decision::Approve => step(&sim, &now, &pressed),
        Decision::Decline | Decision::Expire => {
            drop(sim.decide(&pressed.tx, pressed.decision));
            None
        }
        Decision::Refund => Some("Pengembalian dana bukan di sini.".to_owned()),
    };
    match loan(&sim, &lender, &pressed.tx) {
        Some(loan) if loan.status.is_open() => html(shown(&loan, wrong.as_deref())),
        // A blocked customer reads why before going back.
        Some(loan) if wrong.is_some() => html(shown(&loan, wrong.as_deref())),
        Some(loan) => go_back(&sim, &loan),
        None => unknown(),
    }
}

/// One step further, or what was wrong.
fn step(sim: &Simulator, loan: &Loan, pressed: &Pressed) -> Option<String> {
    let id = pressed.tx.as_str();
    match loan.step {
        LoanStep::Login => {
            if !is_pin(&pressed.pin) || pressed.phone.trim().is_empty() {
                return Some("Isi nomor HP dan PIN 6 angka.".to_owned());
            }
            let logged = sim.shared.change("", |desk| nicepay::log_in(desk, id, &pressed.phone));
            logged.err().map(|_| "Tidak bisa masuk.".to_owned())
        }
        LoanStep::Plan => {
            let chosen = sim.choose_plan(id, &pressed.months);
            chosen.err().map(|_| "Pilih salah satu tenor.".to_owned())
        }
        LoanStep::Confirm => {
            let entered = if loan.password.is_some() { &pressed.otp } else { &pressed.pin };
            if !is_pin(entered) {
                return Some("Isi 6 angka.".to_owned());
            }
            match sim.enter_password(id, entered) {
                Ok(Entered::Paid) | Err(_) => None,
                Ok(Entered::Wrong(left)) => Some(format!("Kode OTP salah, sisa {left} kali.")),
                Ok(Entered::Blocked) => {
                    Some("Kode OTP salah tiga kali. Pengajuan diblokir.".to_owned())
                }
            }
        }
    }
}

fn loan(sim: &Simulator, lender: &str, id: &str) -> Option<Loan> {
    let loan = sim.shared.change("", |desk| nicepay::loan(desk, id));
    loan.filter(|loan| loan.method == lender)
}

fn unknown() -> Response {
    html(super::error("9003", "Pengajuan tidak ditemukan."))
}

fn go_back(sim: &Simulator, loan: &Loan) -> Response {
    let lost = |fault| fault == Fault::NoCallback;
    let take =
        |desk: &mut Desk<'_>| desk.state.faults.take(Provider::Nicepay, Operation::Payment, lost);
    match &loan.return_url {
        Some(url) if sim.shared.change("", take).is_none() => found(url),
        Some(_) | None => html(stranded()),
    }
}

fn shown(loan: &Loan, wrong: Option<&str>) -> String {
    let wrong = wrong.map(|why| {
        format!("<p class=\"wrong\" role=\"alert\" data-testid=\"wrong\">{}</p>", escape(why))
    });
    let inner = if loan.status.is_open() { form(loan) } else { over(loan) };
    let body = format!(
        "{bill}<section class=\"card\">{wrong}{inner}</section>",
        bill = bill(loan),
        wrong = wrong.unwrap_or_default(),
    );
    page(loan.lender, loan.method, &(String::new(), body))
}

fn bill(loan: &Loan) -> String {
    format!(
        "<section class=\"card\"><p class=\"amount\" data-testid=\"amount\">{}</p>\
         <dl><dt>Penerima</dt><dd>{}</dd><dt>Untuk</dt><dd>{}</dd><dt>Nomor pesanan</dt>\
         <dd data-testid=\"reference\">{}</dd></dl></section>",
        rupiah(loan.amount),
        escape(&loan.merchant),
        escape(&loan.goods),
        escape(&loan.reference)
    )
}

fn form(loan: &Loan) -> String {
    let (heading, fields, label) = match loan.step {
        LoanStep::Login => ("Masuk", login(&loan.phone), "Masuk"),
        LoanStep::Plan => ("Pilih tenor", plans(loan), "Lanjut"),
        LoanStep::Confirm => ("Konfirmasi", confirmation(loan), "Ajukan"),
    };
    format!(
        "<h1>{heading}</h1><form method=\"post\" action=\"/lender/{method}\">\
         {tx}{fields}{approve}{decline}{expire}</form>\
         <p>Berlaku <b data-testid=\"seconds-left\" data-seconds=\"{seconds}\">{left}</b> lagi.</p>",
        method = loan.method,
        tx = hidden("tx", &loan.id),
        approve = button("approve", label),
        decline = button("decline", "Batalkan"),
        expire = button("expire", "Biarkan kedaluwarsa"),
        seconds = loan.left_s,
        left = duration(loan.left_s),
    )
}

/// A month's interest in thousandths, where the customer bears it. A simulated lender's own figure.
const INTEREST: i64 = 26;

/// What is paid back each time.
fn instalment(loan: &Loan, months: i64) -> i64 {
    let borne = if loan.kind == "2" || months == 1 { 0 } else { INTEREST * months };
    (loan.amount + loan.amount * borne / 1_000 + months - 1) / months
}

fn plans(loan: &Loan) -> String {
    [1, 3, 6, 12].into_iter().map(|months| plan(loan, months)).collect()
}

fn plan(loan: &Loan, months: i64) -> String {
    let each = rupiah(instalment(loan, months));
    let words = match months {
        1 => format!("{each} dalam 30 hari"),
        _ => format!("{months} × {each} per bulan"),
    };
    let checked = if loan.months == months.to_string() { " checked" } else { "" };
    format!(
        "<label class=\"plan\"><input type=\"radio\" name=\"months\" value=\"{months}\" \
         data-testid=\"plan-{months}\"{checked} required> {words}</label>"
    )
}

/// The password that the phone shows, or the PIN again.
fn confirmation(loan: &Loan) -> String {
    let Some(password) = &loan.password else { return pin().to_owned() };
    format!(
        "<p class=\"sms\">SMS ke {phone} (simulasi): kode OTP Anda \
         <b data-testid=\"sms\">{password}</b></p><label for=\"otp\">Kode OTP</label>\
         <input id=\"otp\" data-testid=\"otp\" name=\"otp\" inputmode=\"numeric\" \
         autocomplete=\"one-time-code\" required pattern=\"[0-9]{{6}}\" maxlength=\"6\">",
        phone = escape(&loan.phone),
    )
}

fn over(loan: &Loan) -> String {
    let sentence = match loan.status {
        Status::Paid => "Pengajuan disetujui.",
        Status::Failed | Status::Cancelled => "Pengajuan ditolak.",
        Status::Expired => "Waktu pengajuan habis.",
        Status::Void | Status::Refunded => "Dana dikembalikan.",
        Status::Initiated | Status::Unpaid | Status::Processing => "Menunggu.",
    };
    let back = loan.return_url.as_ref().map(|url| {
        format!("<p><a data-testid=\"return\" href=\"{}\">Kembali ke toko</a></p>", escape(url))
    });
    format!(
        "<h1 data-testid=\"status\" data-status=\"{}\">{sentence}</h1>{}",
        loan.status.word(),
        back.unwrap_or_default()
    )
}
