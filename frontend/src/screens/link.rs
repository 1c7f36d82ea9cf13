//! The customer links a wallet, once; nothing is paid meanwhile.

use kasir_shared::Submit;
use kasir_shared::api::checkout::CheckoutView;

use super::redirect::plan;
use super::section;
use crate::element::Element;
use crate::locale::Key;
use crate::parts::{Drawing, Role, aside, away, heading, picture, say, way};
use crate::scene::{Scene, Words};

/// A link or a form to the wallet's page, and what the shop gets to see.
pub(super) fn link(
    scene: Scene,
    words: &Words,
    view: &CheckoutView,
    submit: Option<&Submit>,
) -> Element {
    let label = words.say(Key::LinkTitle);
    let out = match (plan(scene, view), submit) {
        (Some(plan), _) => Some(way(scene, plan.way, label, Role::First)),
        (None, Some(form)) => Some(away(scene, form, label)),
        (None, None) => None,
    };
    section("link")
        .child(picture(Drawing::Link))
        .child(heading(words.say(Key::Link)))
        .child(say(words.say(Key::LinkLeaving)))
        .child(out)
        .child(aside(words.say(Key::Shared)))
}
