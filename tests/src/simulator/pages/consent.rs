//! A wallet's page on which a customer agrees to a link at Espay: phone, one-time password, PIN.
use super::{button, escape, found, hidden, html, page, unframed};
use crate::simulator::Simulator;
use crate::simulator::espay::{self, Consent, Next, OTP, PIN, Step};
use crate::simulator::view::Decision;
use axum::Form;
use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;
use std::collections::HashMap;

/// What the page sends.
#[derive(Debug, Deserialize)]
pub(crate) struct Filled {
    ticket: String,
    decision: Decision,
    #[serde(default)]
    phone: String,
    #[serde(default)]
    otp: String,
    #[serde(default)]
    pin: String,
}

/// The page.
pub(crate) async fn show(
    State(sim): State<Simulator>,
    Query(query): Query<HashMap<String, String>>,
) -> Response {
    shown(&sim, query.get("ticket").map_or("", String::as_str), None)
}

/// The customer has filled something in, agreed, or gone back.
pub(crate) async fn decided(State(sim): State<Simulator>, Form(filled): Form<Filled>) -> Response {
    let id = filled.ticket.as_str();
    let next = sim.shared.change("", |desk| {
        if filled.decision != Decision::Approve {
            return espay::cancel(desk, id);
        }
        match desk.state.espay.consent(id)?.step {
            Step::Phone => espay::enter_phone(desk, id, &filled.phone),
            Step::Otp => espay::enter_otp(desk, id, &filled.otp),
            Step::Pin => espay::agree(desk, id, &filled.pin),
        }
    });
    sim.shared.wake.notify_one();
    match next {
        Some(Next::Leave(url)) => found(&url),
        Some(Next::Ask(wrong)) => shown(&sim, id, wrong),
        // Decided twice is decided once: the second time leads back all the same.
        None => shown(&sim, id, None),
    }
}

fn shown(sim: &Simulator, id: &str, wrong: Option<&str>) -> Response {
    let seen = sim.shared.change("", |desk| {
        let consent = desk.state.espay.consent(id)?.clone();
        let back = espay::return_url(desk, &consent);
        Some((consent.is_open(desk.now_ms), consent, back))
    });
    unframed(html(match seen {
        Some((true, consent, _)) => asking(&consent, wrong),
        Some((false, consent, back)) => over(&consent, back.as_deref()),
        None => super::error_at("Espay", "4041001", "Permintaan tidak ditemukan."),
    }))
}

fn asking(consent: &Consent, wrong: Option<&str>) -> String {
    let wrong = wrong.map(|why| format!("<p class=\"wrong\" role=\"alert\">{}</p>", escape(why)));
    let (fields, label) = match consent.step {
        Step::Phone => (phone(consent), "Lanjut"),
        Step::Otp => (otp(consent), "Lanjut"),
        Step::Pin => (pin(), "Setuju dan hubungkan"),
    };
    let wallet = consent.product.wallet;
    let body = format!(
        "<section class=\"card\" data-step=\"{step}\"><h1>Hubungkan {wallet}</h1>\
         <p><b>{merchant}</b> akan dapat melihat saldo {wallet} Anda dan menagih pembayaran yang Anda \
         setujui. Toko tidak melihat PIN Anda.</p>{wrong}\
         <form method=\"post\" action=\"/espay/consent\">{ticket}{fields}{approve}{decline}</form></section>",
        step = word(consent.step),
        merchant = escape(&consent.merchant),
        wrong = wrong.unwrap_or_default(),
        ticket = hidden("ticket", &consent.id),
        approve = button("approve", label),
        decline = button("decline", "Batal"),
    );
    page(wallet, consent.product.method, &(String::new(), body))
}

const fn word(step: Step) -> &'static str {
    match step {
        Step::Phone => "phone",
        Step::Otp => "otp",
        Step::Pin => "pin",
    }
}

fn phone(consent: &Consent) -> String {
    let fixed = if consent.locked { " readonly" } else { "" };
    format!(
        "<label for=\"phone\">Nomor HP</label>\
         <input id=\"phone\" data-testid=\"phone\" name=\"phone\" inputmode=\"tel\" \
         autocomplete=\"tel\" required pattern=\"[+0-9 ]{{9,18}}\" value=\"{}\"{fixed}>",
        escape(consent.phone.as_deref().unwrap_or_default())
    )
}

fn otp(consent: &Consent) -> String {
    format!(
        "<p>Kode OTP dikirim ke <b data-testid=\"sent-to\">{}</b>.</p>\
         <label for=\"otp\">Kode OTP ({OTP})</label>\
         <input id=\"otp\" data-testid=\"otp\" name=\"otp\" inputmode=\"numeric\" \
         autocomplete=\"one-time-code\" required pattern=\"[0-9]{{6}}\" maxlength=\"6\">",
        escape(consent.phone.as_deref().unwrap_or_default())
    )
}

/// The PIN of a wallet that knows its customers.
pub(super) fn pin() -> String {
    format!(
        "<label for=\"pin\">PIN ({PIN})</label>\
         <input id=\"pin\" data-testid=\"pin\" name=\"pin\" type=\"password\" inputmode=\"numeric\" \
         autocomplete=\"off\" required pattern=\"[0-9]{{6}}\" maxlength=\"6\">"
    )
}

fn over(consent: &Consent, back: Option<&str>) -> String {
    let sentence = if consent.outcome.is_some() {
        "Permintaan ini sudah dijawab."
    } else {
        "Waktu untuk menghubungkan sudah habis."
    };
    let back = back.map(|url| {
        format!("<p><a data-testid=\"return\" href=\"{}\">Kembali ke toko</a></p>", escape(url))
    });
    let body = format!(
        "<section class=\"card\"><h1 data-testid=\"status\">{sentence}</h1>{}</section>",
        back.unwrap_or_default()
    );
    page(consent.product.wallet, consent.product.method, &(String::new(), body))
}
