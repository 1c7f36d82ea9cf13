//! A phone with the OVO app: the prompts that wait on it, each with its time and two buttons.
use super::wallet::bill;
use super::{button, button_in_list, escape, found, hidden, html, page};
use crate::simulator::Simulator;
use crate::simulator::providers;
use crate::simulator::view::Decision;
use axum::Form;
use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;
use std::collections::HashMap;

/// What a prompt's buttons send.
#[derive(Debug, Deserialize)]
pub(crate) struct Pressed {
    tx: String,
    decision: Decision,
    #[serde(default)]
    number: String,
}

/// The phone of one number, or every phone.
pub(crate) async fn show(
    State(sim): State<Simulator>,
    Query(query): Query<HashMap<String, String>>,
) -> Response {
    let number = query.get("number").map_or("", String::as_str);
    let mut prompts = sim.shared.change("", |desk| providers::pushes(desk));
    prompts.retain(|prompt| number.is_empty() || same_phone(&prompt.phone, number));
    let buttons = if prompts.len() == 1 { button } else { button_in_list };
    let cards: String = prompts.iter().map(|prompt| card(prompt, number, buttons)).collect();
    let body = if cards.is_empty() {
        "<section class=\"card\"><p data-testid=\"no-prompts\">Tidak ada permintaan pembayaran.</p></section>".to_owned()
    } else {
        cards
    };
    html(page("OVO", "ovo", &("<meta http-equiv=\"refresh\" content=\"2\">".to_owned(), body)))
}

/// A button was pressed.
pub(crate) async fn decided(
    State(sim): State<Simulator>,
    Form(pressed): Form<Pressed>,
) -> Response {
    if pressed.decision != Decision::Refund {
        // Too late is what the phone then shows by showing nothing.
        drop(sim.decide(&pressed.tx, pressed.decision));
    }
    let mut query = form_urlencoded::Serializer::new(String::from("/phone?"));
    found(&query.append_pair("number", &pressed.number).finish())
}

fn card(prompt: &super::Prompt, number: &str, button: fn(&str, &str) -> String) -> String {
    format!(
        "<article class=\"prompt\" data-testid=\"prompt\" data-tx=\"{id}\">{bill}\
         <section class=\"card\"><p>Nomor {phone}, sisa <b data-testid=\"seconds-left\">{left}</b> detik</p>\
         <progress max=\"{lifetime}\" value=\"{left}\"></progress>\
         <form method=\"post\" action=\"/phone\">{tx}{number}{approve}{decline}</form></section></article>",
        id = escape(&prompt.id),
        bill = bill(prompt),
        phone = escape(&prompt.phone),
        left = prompt.left_s,
        lifetime = prompt.lifetime_s,
        tx = hidden("tx", &prompt.id),
        number = hidden("number", number),
        approve = button("approve", "Setujui"),
        decline = button("decline", "Tolak"),
    )
}

/// One number, however it is written: 0812..., 62812..., +62 812...
fn same_phone(a: &str, b: &str) -> bool {
    subscriber(a) == subscriber(b)
}

fn subscriber(phone: &str) -> String {
    let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
    let national = digits.strip_prefix("62").or_else(|| digits.strip_prefix('0'));
    national.map_or(digits.clone(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_the_same_however_it_is_written() {
        assert!(same_phone("081234567890", "+62 812-3456-7890"));
        assert!(!same_phone("081234567890", "081234567891"));
    }
}
