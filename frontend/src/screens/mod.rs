//! One screen per thing a customer does.

mod choose;
mod redirect;
mod submit;
mod open_app;
mod approve_push;
mod pay_code;
mod link;
mod wait;
mod finished;
#[cfg(feature = "ssr")]
mod unlink;

use kasir_shared::NextAction;
use kasir_shared::api::checkout::CheckoutView;

use crate::element::{Element, el};
use crate::parts::another_way;
use crate::scene::{Scene, Words};
use crate::stage::{Shown, Stage, is_pending, next_action};

#[cfg(feature = "ssr")]
pub(crate) use unlink::{asked, unlink};

/// The screen for where the customer stands.
pub(crate) fn screen(scene: Scene, words: &Words, shown: &Shown) -> Element {
    let view = &shown.view;
    match shown.stage {
        Stage::Choose => choose::choose(scene, words, view),
        Stage::Act | Stage::Linking => act(scene, words, view),
        Stage::Checking => wait::checking(words, view),
        Stage::Uncertain => wait::uncertain(scene, words, view),
        Stage::Finished(end) => finished::finished(scene, words, view, end),
    }
}

fn act(scene: Scene, words: &Words, view: &CheckoutView) -> Element {
    let screen = match next_action(view).unwrap_or(&NextAction::Wait) {
        NextAction::Redirect { .. } => redirect::redirect(scene, words, view),
        NextAction::OpenApp { .. } => open_app::open_app(scene, words, view),
        NextAction::Submit(form) => submit::submit(scene, words, form),
        NextAction::ApprovePush { phone_masked, .. } => {
            approve_push::approve_push(scene, words, view, phone_masked)
        }
        NextAction::PayCode { code, outlet, barcode, steps } => {
            let slip = pay_code::Slip { code, outlet, barcode, steps };
            pay_code::pay_code(scene, words, view, &slip)
        }
        NextAction::Link { submit, .. } => link::link(scene, words, view, submit.as_ref()),
        NextAction::Wait if is_pending(view) => wait::linking(words),
        NextAction::Wait => wait::wait(words),
    };
    screen.child(back_to_the_list(scene, words, view))
}

/// A screen; tests and style sheets know it by its name.
pub(crate) fn section(name: &str) -> Element {
    el("section").class("screen").test_id(["screen-", name].concat())
}

/// The way back to the list, from a screen of a live attempt or of a wallet that is being linked.
fn back_to_the_list(scene: Scene, words: &Words, view: &CheckoutView) -> Option<Element> {
    let action = scene.page(|page| match &view.linking {
        Some(linking) if is_pending(view) => Some(page.unlink_path(&linking.id)),
        _ => view.attempt.as_ref().map(|attempt| page.cancel_path(&attempt.id)),
    });
    Some(another_way(scene, words, action?))
}
