//! The customer leaves for a web page.

use kasir_shared::api::checkout::CheckoutView;
use leptos::prelude::*;

use super::another_way;
use crate::handoff::Plan;
use crate::locale::Key;
use crate::parts::{Drawing, Heading, Picture, Role, Say, WayLink};
use crate::scene::{Scene, Words};

/// The links for the view's next action.
pub(super) fn plan(scene: Scene, view: &CheckoutView) -> Option<Plan> {
    let device = scene.page.with_value(|page| page.device);
    Plan::of(device, view.attempt.as_ref()?.method, view.next_action.as_ref()?)
}

/// One link to the wallet's page.
pub(super) fn redirect(scene: Scene, words: &Words, view: &CheckoutView) -> AnyView {
    let label = words.say(Key::Continue);
    let link = plan(scene, view)
        .map(|plan| view! { <WayLink scene way=plan.way label role=Role::First /> }.into_any());
    view! {
        <Picture of=Drawing::Leave />
        <Heading text=words.say(Key::LeaveTitle) />
        <Say text=words.say(Key::Leaving) />
        {link}
        {another_way(scene, words, view)}
    }
    .into_any()
}
