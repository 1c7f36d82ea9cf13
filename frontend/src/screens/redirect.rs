//! The customer leaves for a web page.

use kasir_shared::api::checkout::CheckoutView;

use super::section;
use crate::element::Element;
use crate::handoff::Plan;
use crate::locale::Key;
use crate::parts::{Drawing, Role, heading, picture, say, way};
use crate::scene::{Scene, Words};
use crate::stage::{next_action, subject};

/// The links for the view's next action.
pub(super) fn plan(scene: Scene, view: &CheckoutView) -> Option<Plan> {
    let device = scene.page(|page| page.device);
    Plan::of(device, subject(view)?, next_action(view)?)
}

/// One link to the wallet's page.
pub(super) fn redirect(scene: Scene, words: &Words, view: &CheckoutView) -> Element {
    let link =
        plan(scene, view).map(|plan| way(scene, plan.way, words.say(Key::Continue), Role::First));
    section("redirect")
        .child(picture(Drawing::Leave))
        .child(heading(words.say(Key::LeaveTitle)))
        .child(say(words.say(Key::Leaving)))
        .child(link)
}
