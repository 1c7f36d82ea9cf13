//! The customer opens a wallet's app, or scans a code with the phone that has it.

use kasir_shared::api::checkout::CheckoutView;
use leptos::prelude::*;

use super::another_way;
use super::redirect::plan;
use crate::handoff::Plan;
use crate::locale::Key;
use crate::parts::{AppCard, Drawing, Heading, Picture, Role, Say, WayLink};
use crate::scene::{Scene, Words};

/// Where an app can open, its link; where none can, a code for a device where one can.
pub(super) fn open_app(scene: Scene, words: &Words, view: &CheckoutView) -> AnyView {
    let ways = plan(scene, view).map(|plan| {
        if plan.way.app || plan.also.is_some() { here(scene, words, plan) } else { there(scene, words, plan) }
    });
    view! {
        <Heading text=words.say(Key::OpenAppTitle) />
        {ways}
        {another_way(scene, words, view)}
    }
    .into_any()
}

fn here(scene: Scene, words: &Words, plan: Plan) -> AnyView {
    let key = |app| words.say(if app { Key::OpenApp } else { Key::OpenWeb });
    let first = view! { <WayLink scene label=key(plan.way.app) way=plan.way.clone() role=Role::First /> };
    let second = plan.also.clone().map(|way| {
        view! { <WayLink scene label=key(way.app) way role=Role::Second /> }.into_any()
    });
    view! {
        <Picture of=Drawing::Prompt />
        <Say text=words.say(Key::OpenAppHow) />
        {first}
        {second}
        <AppCard scene words=words.clone() plan />
    }
    .into_any()
}

fn there(scene: Scene, words: &Words, plan: Plan) -> AnyView {
    let qr = plan.qr.as_ref().map(|url| crate::parts::qr(url.as_str(), words));
    view! {
        {qr}
        <Say text=words.say(Key::Scan) />
        <WayLink scene label=words.say(Key::OpenWeb) way=plan.way role=Role::First />
    }
    .into_any()
}
