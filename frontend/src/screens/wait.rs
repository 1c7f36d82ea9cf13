//! The customer waits, and is told for whom and what happens meanwhile.

use kasir_shared::api::checkout::CheckoutView;
use leptos::prelude::*;

use super::another_way;
use crate::locale::Key;
use crate::parts::{Drawing, Heading, Picture, Say};
use crate::scene::{Scene, Words};

/// The provider works.
pub(super) fn wait(scene: Scene, words: &Words, view: &CheckoutView) -> AnyView {
    view! {
        {still(words, Drawing::Wait, Key::WaitTitle, Key::Wait)}
        {another_way(scene, words, view)}
    }
    .into_any()
}

/// Time ran out here; the server is asked whether it really has.
pub(super) fn checking(words: &Words, view: &CheckoutView) -> AnyView {
    let how = if view.attempt.is_some() { Key::CheckingHow } else { Key::Wait };
    still(words, Drawing::Check, Key::Checking, how)
}

/// Nobody knows yet whether money moved. There is nothing to press: pressing could pay twice.
pub(super) fn uncertain(words: &Words) -> AnyView {
    still(words, Drawing::Wait, Key::UnknownTitle, Key::Unknown)
}

fn still(words: &Words, of: Drawing, title: Key, how: Key) -> AnyView {
    view! {
        <Picture of />
        <Heading text=words.say(title) />
        <div class="progress" aria-hidden="true"></div>
        <Say text=words.say(how) />
    }
    .into_any()
}
