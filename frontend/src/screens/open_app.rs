//! The customer opens a wallet's app, or scans a code with the phone that has it.

use kasir_shared::api::checkout::CheckoutView;

use super::redirect::plan;
use super::section;
use crate::element::Element;
use crate::handoff::Plan;
use crate::locale::Key;
use crate::parts::{Drawing, Role, app_card, heading, picture, qr, say, way};
use crate::scene::{Scene, Words};

/// Where an app can open, its link; where none can, a code for a device where one can.
pub(super) fn open_app(scene: Scene, words: &Words, view: &CheckoutView) -> Element {
    let screen = section("open-app");
    match plan(scene, view) {
        Some(plan) if plan.way.app || plan.also.is_some() => here(screen, scene, words, plan),
        Some(plan) => there(screen, scene, words, plan),
        None => screen.child(heading(words.say(Key::OpenAppTitle))),
    }
}

fn here(screen: Element, scene: Scene, words: &Words, plan: Plan) -> Element {
    let label = |app| words.say(if app { Key::OpenApp } else { Key::OpenWeb });
    let (first, second) = (plan.way.clone(), plan.also.clone());
    screen
        .child(picture(Drawing::Prompt))
        .child(heading(words.say(Key::OpenAppTitle)))
        .child(say(words.say(Key::OpenAppHow)))
        .child(way(scene, first, label(plan.way.app), Role::First))
        .child(second.map(|second| {
            let label = label(second.app);
            way(scene, second, label, Role::Second)
        }))
        .child(app_card(scene, words, plan))
}

fn there(screen: Element, scene: Scene, words: &Words, plan: Plan) -> Element {
    screen
        .child(heading(words.say(Key::OpenAppTitle)))
        .child(plan.qr.map(|url| qr(url.as_str(), words)))
        .child(say(words.say(Key::Scan)))
        .child(way(scene, plan.way, words.say(Key::OpenWeb), Role::First))
}
