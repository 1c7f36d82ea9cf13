//! What a customer wants to know of a payment afterwards.

use kasir_shared::api::checkout::CheckoutView;

use crate::element::{Element, el};
use crate::locale::Key;
use crate::parts::clock;
use crate::scene::{Scene, Words};

/// Amount, method, time and reference.
pub(crate) fn receipt(scene: Scene, words: &Words, view: &CheckoutView) -> Element {
    let line = |key: Key, value: Element| {
        el("div").class("receipt__line").child(el("dt").text(words.say(key))).child(value)
    };
    let fixed = |key: Key, value: &str| line(key, el("dd").text(value));
    let mut lines = vec![fixed(Key::Amount, &words.amount())];
    if let Some(attempt) = &view.attempt {
        let (moment, locale) = (attempt.updated_at, words.locale);
        let time = el("dd").live_text(scene, move |live| clock(live, moment, locale));
        lines.push(fixed(Key::Method, attempt.method.row().name));
        lines.push(line(Key::Time, time));
    }
    lines.push(fixed(Key::Reference, view.reference.as_str()));
    el("dl").class("receipt").children(lines)
}
