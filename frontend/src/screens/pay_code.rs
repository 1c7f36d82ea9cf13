//! The customer pays at a counter.

use kasir_shared::WebUrl;
use kasir_shared::api::checkout::CheckoutView;
use leptos::prelude::*;

use super::another_way;
use crate::locale::Key;
use crate::parts::{CopyButton, Heading, clock};
use crate::scene::{Scene, Words};
use crate::stage::Copied;

/// What the cashier needs.
pub(super) struct Slip<'a> {
    pub(super) code: &'a str,
    pub(super) outlet: &'a str,
    pub(super) barcode: &'a WebUrl,
    pub(super) steps: &'a [String],
}

/// The code, as a barcode and in groups that can be read out, until when, and how.
pub(super) fn pay_code(scene: Scene, words: &Words, view: &CheckoutView, slip: &Slip<'_>) -> AnyView {
    let heading = words.with(Key::PayCode, "{store}", slip.outlet);
    let steps: Vec<AnyView> =
        slip.steps.iter().map(|step| view! { <li>{step.clone()}</li> }.into_any()).collect();
    let code = Signal::stored(slip.code.to_owned());
    view! {
        <Heading text=heading />
        <div class="slip">
            <img class="slip__barcode" src=slip.barcode.as_str().to_owned() alt="" data-testid="barcode" />
            <p class="slip__label">{words.say(Key::PayCodeLabel)}</p>
            <p class="slip__code" data-testid="pay-code">{in_groups(slip.code)}</p>
            <CopyButton scene words=words.clone() what=Copied::Code text=code />
        </div>
        {deadline(scene, words, view)}
        <h2 class="group__name">{words.say(Key::PayCodeSteps)}</h2>
        <ol class="steps">{steps}</ol>
        {another_way(scene, words, view)}
    }
    .into_any()
}

fn deadline(scene: Scene, words: &Words, view: &CheckoutView) -> Option<AnyView> {
    let left = i64::from(view.seconds_left?);
    // By the server's clock, which says both when the session ends and how long that is from now.
    let now = view.expires_at.plus_s(-i64::from(view.expires_in));
    let time = clock(scene, words, now.plus_s(left));
    let words = words.clone();
    let text = Signal::derive(move || words.with(Key::PayCodeDeadline, "{time}", &time.read()));
    Some(view! { <p class="deadline" data-testid="deadline">{text}</p> }.into_any())
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
