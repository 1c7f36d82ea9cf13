//! The customer leaves by posting a form.

use kasir_shared::Submit;

use super::section;
use crate::element::Element;
use crate::locale::Key;
use crate::parts::{Drawing, away, heading, picture, say};
use crate::scene::{Scene, Words};

/// One form to the wallet's page.
pub(super) fn submit(scene: Scene, words: &Words, form: &Submit) -> Element {
    section("submit")
        .child(picture(Drawing::Leave))
        .child(heading(words.say(Key::LeaveTitle)))
        .child(say(words.say(Key::Leaving)))
        .child(away(scene, form, words.say(Key::Continue)))
}
