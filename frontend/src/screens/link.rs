//! The customer links a wallet, once, before the payment itself.

use kasir_shared::Submit;
use kasir_shared::api::checkout::CheckoutView;
use leptos::prelude::*;

use super::another_way;
use super::redirect::plan;
use crate::locale::Key;
use crate::parts::{Away, Drawing, Heading, Picture, Role, Say, WayLink};
use crate::scene::{Scene, Words};

/// A link or a form to the wallet's page, and what the shop gets to see.
pub(super) fn link(
    scene: Scene,
    words: &Words,
    view: &CheckoutView,
    submit: Option<&Submit>,
) -> AnyView {
    let label = words.say(Key::LinkTitle);
    let way = match (plan(scene, view), submit) {
        (Some(plan), _) => {
            Some(view! { <WayLink scene way=plan.way label role=Role::First /> }.into_any())
        }
        (None, Some(form)) => Some(view! { <Away scene submit=form.clone() label /> }.into_any()),
        (None, None) => None,
    };
    view! {
        <Picture of=Drawing::Link />
        <Heading text=words.say(Key::Link) />
        <Say text=words.say(Key::Leaving) />
        {way}
        <Say text=words.say(Key::Shared) quiet=true />
        {another_way(scene, words, view)}
    }
    .into_any()
}
