//! Who runs the page, in which language, and what to quote when something is wrong.

use kasir_shared::Locale;

use crate::element::{Element, el};
use crate::locale::Key;
use crate::scene::{Scene, Words};

/// The footer.
pub(crate) fn footer(scene: Scene, words: &Words) -> Element {
    let (other, name) = match words.locale {
        Locale::Id => (Locale::En, "English"),
        Locale::En => (Locale::Id, "Bahasa Indonesia"),
    };
    let switch = el("a")
        .set("href", scene.page(|page| page.path(other, "")))
        .set("lang", other.tag())
        .set("hreflang", other.tag())
        .test_id("language")
        .text(name);
    let line = el("p").class("footer__line");
    let line = line.child(el("span").text(words.say(Key::Secure))).child(switch);
    el("footer").class("footer").child(el("p").text(words.say(Key::Help))).child(line)
}
