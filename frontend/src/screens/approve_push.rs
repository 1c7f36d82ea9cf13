//! The customer approves a prompt on a phone.

use kasir_shared::api::checkout::CheckoutView;

use super::redirect::plan;
use super::section;
use crate::element::Element;
use crate::locale::Key;
use crate::parts::{Drawing, Role, aside, countdown, heading, say, way};
use crate::scene::{Scene, Words, server_now};

/// What to do on which phone, how long there is, and the app where it can be opened from here.
pub(super) fn approve_push(
    scene: Scene,
    words: &Words,
    view: &CheckoutView,
    phone: &str,
) -> Element {
    let open =
        plan(scene, view).map(|plan| way(scene, plan.way, words.say(Key::OpenApp), Role::First));
    section("approve-push")
        .child(countdown(scene, words, Drawing::Prompt, seconds_in_all(view)))
        .child(heading(words.say(Key::PushTitle)))
        .child(say(words.with(Key::Push, "{phone}", phone)))
        .child(open)
        .child(aside(words.say(Key::PushQuiet)))
        .child(aside(words.say(Key::PushEnd)))
}

/// How long there is in all: what is left, and what has passed by the server's own clock.
pub(super) fn seconds_in_all(view: &CheckoutView) -> u32 {
    let begun = view.attempt.as_ref().map(|attempt| attempt.created_at);
    let passed = begun.map_or(0, |begun| server_now(view).seconds_after(begun));
    view.seconds_left.unwrap_or_default().saturating_add(passed)
}
