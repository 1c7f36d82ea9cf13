//! The customer approves a prompt on a phone.

use kasir_shared::api::checkout::CheckoutView;
use leptos::prelude::*;

use super::another_way;
use super::redirect::plan;
use crate::locale::Key;
use crate::parts::{Countdown, Heading, Role, Say, WayLink};
use crate::scene::{Scene, Words};

/// What to do on which phone, how long there is, and the app where it can be opened from here.
pub(super) fn approve_push(scene: Scene, words: &Words, view: &CheckoutView, phone: &str) -> AnyView {
    let label = words.say(Key::OpenApp);
    let open = plan(scene, view)
        .map(|plan| view! { <WayLink scene way=plan.way label role=Role::First /> }.into_any());
    view! {
        <Countdown scene words=words.clone() total=seconds_in_all(view) />
        <Heading text=words.say(Key::PushTitle) />
        <Say text=words.with(Key::Push, "{phone}", phone) />
        <Say text=words.say(Key::PushQuiet) quiet=true />
        {open}
        <Say text=words.say(Key::PushEnd) quiet=true />
        {another_way(scene, words, view)}
    }
    .into_any()
}

/// How long the prompt shows in all: what is left, and what has passed by the server's own clock.
fn seconds_in_all(view: &CheckoutView) -> u32 {
    let left = view.seconds_left.unwrap_or_default();
    let passed = view.attempt.as_ref().map_or(0, |attempt| {
        let now = view.expires_at.plus_s(-i64::from(view.expires_in));
        now.seconds_after(attempt.created_at)
    });
    left.saturating_add(passed)
}
