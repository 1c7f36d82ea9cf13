//! The customer waits, and is told for whom and what happens meanwhile.

use kasir_shared::NextAction;
use kasir_shared::api::checkout::CheckoutView;

use super::approve_push::seconds_in_all;
use super::section;
use crate::element::{Element, el};
use crate::locale::Key;
use crate::parts::{Drawing, aside, countdown, heading, picture, say};
use crate::scene::{Scene, Words};

/// The provider works.
pub(super) fn wait(words: &Words) -> Element {
    still(section("wait"), words, Drawing::Wait, [Key::WaitTitle, Key::Wait])
}

/// The wallet is asked whether it is linked.
pub(super) fn linking(words: &Words) -> Element {
    still(section("linking"), words, Drawing::Link, [Key::LinkChecking, Key::Wait])
}

/// Time ran out here; the server is asked whether it really has.
pub(super) fn checking(words: &Words, view: &CheckoutView) -> Element {
    let how = if view.attempt.is_some() { Key::CheckingHow } else { Key::Wait };
    still(section("checking"), words, Drawing::Check, [Key::Checking, how])
}

/// Nobody knows yet whether money moved. There is nothing to press: pressing could pay twice. Where it
/// is known until when there may be something to learn, that is counted down.
pub(super) fn uncertain(scene: Scene, words: &Words, view: &CheckoutView) -> Element {
    if view.seconds_left.is_none_or(|left| left == 0) {
        let keys = [Key::UnknownTitle, Key::Unknown];
        return still(section("uncertain"), words, Drawing::Wait, keys);
    }
    // There is no way to it but the prompt that may be on a phone.
    let may_prompt = matches!(view.next_action, Some(NextAction::Wait));
    let if_it_prompts = |key| may_prompt.then(|| aside(words.say(key)));
    section("uncertain")
        .child(countdown(scene, words, Drawing::Wait, seconds_in_all(view)))
        .child(heading(words.say(Key::UnknownTitle)))
        .child(say(words.say(Key::Unknown)))
        .child(if_it_prompts(Key::UnknownPush))
        .child(if_it_prompts(Key::UnknownEnd))
}

fn still(screen: Element, words: &Words, of: Drawing, [title, how]: [Key; 2]) -> Element {
    screen
        .child(picture(of))
        .child(heading(words.say(title)))
        .child(el("div").class("progress").set("aria-hidden", "true"))
        .child(say(words.say(how)))
}
