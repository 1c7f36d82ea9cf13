//! Espay's own page for a payment: the bill as the merchant tells it, and the wallet's question.
use super::consent::pin;
use super::wallet::{bill, expiry, over};
use super::{
    Prompt, button, error_at, escape, found, html, page, rupiah, stranded, unframed, with_query,
};
use crate::simulator::Simulator;
use crate::simulator::espay::{self, Magic, PIN, Payment, Purse, Reach};
use crate::simulator::faults::Fault;
use crate::simulator::providers;
use crate::simulator::view::{Decision, Operation, Provider, Status};
use axum::Form;
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Deserialize;

/// What the page sends.
#[derive(Debug, Deserialize)]
pub(crate) struct Filled {
    decision: Decision,
    #[serde(default)]
    phone: String,
    #[serde(default)]
    pin: String,
}

/// A payment as its page sees it.
struct Seen {
    payment: Payment,
    prompt: Prompt,
    purse: Purse,
}

fn seen(sim: &Simulator, id: &str) -> Option<Seen> {
    sim.shared.change("", |desk| {
        let payment = desk.state.espay.find(id)?.clone();
        let purse = espay::purse_of(desk, &payment);
        Some(Seen { prompt: providers::prompt(desk, id)?, payment, purse })
    })
}

/// The page: the merchant is asked first what the order costs.
pub(crate) async fn show(State(sim): State<Simulator>, Path(id): Path<String>) -> Response {
    if let Err(why) = espay::bill(&sim, &id).await {
        return unframed(html(error_at("Espay", "4042412", &why)));
    }
    unframed(match seen(&sim, &id) {
        Some(seen) if seen.payment.product.reach == Reach::Push => waiting(&sim, &seen),
        Some(seen) => html(asking(&seen, None)),
        None => html(missing()),
    })
}

fn missing() -> String {
    error_at("Espay", "4045401", "Tagihan tidak ditemukan.")
}

/// The customer has decided.
pub(crate) async fn decided(
    State(sim): State<Simulator>,
    Path(id): Path<String>,
    Form(filled): Form<Filled>,
) -> Response {
    if let Err(why) = espay::bill(&sim, &id).await {
        return unframed(html(error_at("Espay", "4042412", &why)));
    }
    let Some(seen_before) = seen(&sim, &id) else { return unframed(html(missing())) };
    let decision = match answer(&seen_before, &filled) {
        Answer::Wrong(why) => return unframed(html(asking(&seen_before, Some(why)))),
        Answer::Decides(decision) => decision,
    };
    if decision == Decision::Approve {
        sim.shared.change("", |desk| espay::paid_by(desk, &id, &filled.phone));
    }
    // Decided twice is decided once: the second time leads back all the same.
    drop(sim.decide(&id, decision));
    let Some(after) = seen(&sim, &id) else { return unframed(html(missing())) };
    if Magic::of(&after.payment.phone) == Some(Magic::Ahead) {
        sim.shared.quiet().await;
    }
    if after.payment.reason.is_some() {
        return unframed(html(asking(&after, None)));
    }
    unframed(leave(&sim, &after))
}

/// What comes of what was filled in.
enum Answer {
    Wrong(&'static str),
    Decides(Decision),
}

fn answer(seen: &Seen, filled: &Filled) -> Answer {
    let payment = &seen.payment;
    match filled.decision {
        Decision::Decline => return Answer::Decides(Decision::Decline),
        Decision::Expire | Decision::Refund => return Answer::Wrong("Bukan di sini."),
        Decision::Approve => {}
    }
    let linked = payment.token.is_some();
    let phone = if linked { payment.phone.as_str() } else { filled.phone.trim() };
    if !espay::is_phone(phone) {
        return Answer::Wrong("Nomor HP tidak dikenal.");
    }
    if filled.pin.trim() != PIN {
        return Answer::Wrong("PIN salah.");
    }
    match Magic::of(phone) {
        Some(Magic::Cancels) => Answer::Decides(Decision::Decline),
        Some(Magic::Silent) => Answer::Wrong("Permintaan Anda sedang diproses."),
        Some(Magic::Inactive) => Answer::Wrong("Akun ini tidak aktif."),
        Some(
            Magic::Poor
            | Magic::Blocked
            | Magic::Late
            | Magic::Twice
            | Magic::Ahead
            | Magic::Missigned,
        )
        | None => Answer::Decides(Decision::Approve),
    }
}

/// Where the browser goes: what it carries proves nothing.
fn way_back(seen: &Seen) -> Option<String> {
    let status = match seen.prompt.status {
        Status::Paid => "SUCCESS",
        Status::Failed if seen.payment.reason.is_none() => "CANCELLED",
        Status::Failed | Status::Cancelled | Status::Expired => "FAILED",
        Status::Void | Status::Refunded => "REFUNDED",
        Status::Initiated | Status::Unpaid | Status::Processing => "PENDING",
    };
    let url = seen.payment.return_url.as_deref()?;
    Some(with_query(url, &[("status", status.to_owned())]))
}

fn leave(sim: &Simulator, seen: &Seen) -> Response {
    let lost = |fault| fault == Fault::NoCallback;
    let lost = sim.shared.change("", |desk| {
        desk.state.faults.take(Provider::Espay, Operation::Payment, lost).is_some()
    });
    match way_back(seen) {
        Some(url) if !lost => found(&url),
        Some(_) | None => html(stranded()),
    }
}

fn asking(seen: &Seen, wrong: Option<&str>) -> String {
    let prompt = Prompt { return_url: way_back(seen), ..seen.prompt.clone() };
    let inner = if prompt.status.is_open() {
        form(seen, wrong)
    } else {
        format!("{}{}", refusal(seen), over(&prompt))
    };
    let body = format!("{}{inner}", bill(&prompt));
    page(prompt.wallet, prompt.method, &(String::new(), body))
}

/// The wallet's sentence where it is the wallet that refuses.
fn refusal(seen: &Seen) -> String {
    seen.payment.reason.map_or_else(String::new, |code| {
        format!(
            "<section class=\"card\"><p class=\"wrong\" role=\"alert\" data-testid=\"error\">\
             Saldo {} Anda tidak cukup. <small>({code})</small></p></section>",
            seen.payment.product.wallet
        )
    })
}

fn form(seen: &Seen, wrong: Option<&str>) -> String {
    let (payment, purse) = (&seen.payment, seen.purse);
    let wrong = wrong.map(|why| format!("<p class=\"wrong\" role=\"alert\">{}</p>", escape(why)));
    let account = if payment.token.is_some() {
        format!(
            "<p>Akun <b data-testid=\"account\">{}</b>, saldo <b data-testid=\"balance\">{}</b></p>",
            escape(&payment.phone),
            rupiah(purse.cash)
        )
    } else {
        format!(
            "<label for=\"phone\">Nomor HP</label>\
             <input id=\"phone\" data-testid=\"phone\" name=\"phone\" inputmode=\"tel\" \
             autocomplete=\"tel\" required pattern=\"[+0-9 ]{{9,18}}\" value=\"{}\">",
            escape(&payment.phone)
        )
    };
    format!(
        "<section class=\"card\">{wrong}<form method=\"post\" action=\"/espay/pay/{id}\">\
         {account}{pin}{approve}{decline}</form>{app}{expiry}</section>",
        wrong = wrong.unwrap_or_default(),
        id = escape(&payment.id),
        pin = pin(),
        approve = button("approve", "Bayar"),
        decline = button("decline", "Batal"),
        app = app(payment),
        expiry = expiry(&seen.prompt),
    )
}

/// A link that opens the wallet's app, where there is one on the device.
fn app(payment: &Payment) -> String {
    format!(
        "<p><a data-testid=\"app\" href=\"simwallet://pay?tx={id}\">Buka aplikasi</a> \
         <a data-testid=\"universal\" href=\"/app/{method}?tx={id}\">atau lewat tautan</a></p>",
        id = escape(&payment.id),
        method = payment.product.method,
    )
}

/// The page while a prompt waits on a phone: it looks again until there is a result.
fn waiting(sim: &Simulator, seen: &Seen) -> Response {
    if !seen.prompt.status.is_open() {
        return leave(sim, seen);
    }
    let head = "<meta http-equiv=\"refresh\" content=\"2\">".to_owned();
    let body = format!(
        "{bill}<section class=\"card\"><h1>Buka aplikasi {wallet}</h1>\
         <p>Setujui pembayaran di HP <b>{phone}</b>.</p>\
         <p>Sisa waktu <b data-testid=\"seconds-left\">{left}</b> detik</p>\
         <progress max=\"{lifetime}\" value=\"{left}\"></progress></section>",
        bill = bill(&seen.prompt),
        wallet = seen.prompt.wallet,
        phone = escape(&seen.payment.phone),
        left = seen.prompt.left_s,
        lifetime = seen.prompt.lifetime_s,
    );
    html(page(seen.prompt.wallet, seen.prompt.method, &(head, body)))
}
