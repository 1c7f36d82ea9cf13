//! The customer leaves by posting a form.

use kasir_shared::Submit;
use kasir_shared::api::checkout::CheckoutView;
use leptos::prelude::*;

use super::another_way;
use crate::locale::Key;
use crate::parts::{Away, Drawing, Heading, Picture, Say};
use crate::scene::{Scene, Words};

/// One form to the wallet's page.
pub(super) fn submit(scene: Scene, words: &Words, view: &CheckoutView, form: &Submit) -> AnyView {
    view! {
        <Picture of=Drawing::Leave />
        <Heading text=words.say(Key::LeaveTitle) />
        <Say text=words.say(Key::Leaving) />
        <Away scene submit=form.clone() label=words.say(Key::Continue) />
        {another_way(scene, words, view)}
    }
    .into_any()
}
