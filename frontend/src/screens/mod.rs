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

use kasir_shared::NextAction;
use kasir_shared::api::checkout::CheckoutView;
use leptos::prelude::*;

use crate::parts::AnotherWay;
use crate::scene::{Scene, Words};
use crate::stage::{End, Shown, Stage};

/// The screen for where the customer stands.
pub(crate) fn screen(scene: Scene, words: &Words, shown: &Shown) -> AnyView {
    let view = &shown.view;
    let content = match shown.stage {
        Stage::Choose => choose::choose(scene, words, view),
        Stage::Act => act(scene, words, view),
        Stage::Checking => wait::checking(words, view),
        Stage::Uncertain => wait::uncertain(words),
        Stage::Finished(end) => finished::finished(scene, words, view, end),
    };
    let test_id = ["screen-", name(shown)].concat();
    view! { <section class="screen" data-testid=test_id>{content}</section> }.into_any()
}

fn act(scene: Scene, words: &Words, view: &CheckoutView) -> AnyView {
    let Some(action) = &view.next_action else { return wait::wait(scene, words, view) };
    match action {
        NextAction::Redirect { .. } => redirect::redirect(scene, words, view),
        NextAction::OpenApp { .. } => open_app::open_app(scene, words, view),
        NextAction::Submit(form) => submit::submit(scene, words, view, form),
        NextAction::ApprovePush { phone_masked, .. } => {
            approve_push::approve_push(scene, words, view, phone_masked)
        }
        NextAction::PayCode { code, outlet, barcode, steps } => {
            let slip = pay_code::Slip { code, outlet, barcode, steps };
            pay_code::pay_code(scene, words, view, &slip)
        }
        NextAction::Link { submit, .. } => link::link(scene, words, view, submit.as_ref()),
        NextAction::Wait => wait::wait(scene, words, view),
    }
}

/// What tests and style sheets call the screen.
pub(crate) fn name(shown: &Shown) -> &'static str {
    match shown.stage {
        Stage::Choose => "choose",
        Stage::Checking => "checking",
        Stage::Uncertain => "uncertain",
        Stage::Act => match &shown.view.next_action {
            Some(NextAction::Redirect { .. }) => "redirect",
            Some(NextAction::OpenApp { .. }) => "open-app",
            Some(NextAction::Submit(_)) => "submit",
            Some(NextAction::ApprovePush { .. }) => "approve-push",
            Some(NextAction::PayCode { .. }) => "pay-code",
            Some(NextAction::Link { .. }) => "link",
            Some(NextAction::Wait) | None => "wait",
        },
        Stage::Finished(end) => match end {
            End::Paid => "paid",
            End::PaidLate => "paid-late",
            End::PaidTwice => "paid-twice",
            End::Failed => "failed",
            End::Expired => "expired",
            End::Cancelled => "cancelled",
            End::Refunded => "refunded",
            End::PartlyRefunded => "partly-refunded",
            End::SessionExpired => "session-expired",
            End::SessionCancelled => "session-cancelled",
        },
    }
}

/// The way back to the list, from a screen of a live attempt.
fn another_way(scene: Scene, words: &Words, view: &CheckoutView) -> Option<AnyView> {
    let attempt = view.attempt.as_ref()?;
    let action = scene.page.with_value(|page| page.cancel_path(&attempt.id));
    Some(view! { <AnotherWay scene words=words.clone() action /> }.into_any())
}
