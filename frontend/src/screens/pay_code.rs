//! The customer pays at a counter.

use kasir_shared::WebUrl;
use kasir_shared::api::checkout::CheckoutView;

use super::section;
use crate::element::{Element, el};
use crate::locale::{Key, fill};
use crate::parts::{clock, copy, heading};
use crate::scene::{Scene, Words, server_now};
use crate::stage::Copied;

/// What the cashier needs.
pub(super) struct Slip<'a> {
    pub(super) code: &'a str,
    pub(super) outlet: &'a str,
    pub(super) barcode: &'a WebUrl,
    pub(super) steps: &'a [String],
}

/// The code, as a barcode and in groups that can be read out, until when, and how.
pub(super) fn pay_code(
    scene: Scene,
    words: &Words,
    view: &CheckoutView,
    slip: &Slip<'_>,
) -> Element {
    let barcode = el("img").class("slip__barcode").set("src", slip.barcode.as_str()).set("alt", "");
    let card = el("div")
        .class("slip")
        .child(barcode.test_id("barcode"))
        .child(el("p").class("slip__label").text(words.say(Key::PayCodeLabel)))
        .child(el("p").class("slip__code").test_id("pay-code").text(in_groups(slip.code)))
        .child(copy(scene, words, Copied::Code, slip.code));
    let steps = slip.steps.iter().map(|step| el("li").text(step.as_str()));
    section("pay-code")
        .child(heading(words.with(Key::PayCode, "{store}", slip.outlet)))
        .child(card)
        .child(deadline(scene, words, view))
        .child(el("h2").class("group__name").text(words.say(Key::PayCodeSteps)))
        .child(el("ol").class("steps").children(steps))
}

fn deadline(scene: Scene, words: &Words, view: &CheckoutView) -> Option<Element> {
    let until = server_now(view).plus_s(i64::from(view.seconds_left?));
    let (sentence, locale) = (words.say(Key::PayCodeDeadline), words.locale);
    let text = move |live: &_| fill(&sentence, "{time}", &clock(live, until, locale));
    Some(el("p").class("deadline").test_id("deadline").live_text(scene, text))
}

/// `8123 4567 8901 2`.
fn in_groups(code: &str) -> String {
    let mut grouped = String::with_capacity(code.len() + code.len() / 4);
    for (place, digit) in code.chars().enumerate() {
        if place > 0 && place % 4 == 0 {
            grouped.push(' ');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::in_groups;

    #[test]
    fn a_code_is_read_out_in_fours() {
        assert_eq!(in_groups("8123456789012"), "8123 4567 8901 2");
        assert_eq!(in_groups("8123"), "8123");
        assert_eq!(in_groups(""), "");
    }
}
