//! The customer is asked whether a wallet is to be unlinked: a form and a link, for the server alone.

use kasir_shared::api::checkout::LinkView;

use super::section;
use crate::element::{Element, el};
use crate::locale::Key;
use crate::page::Page;
use crate::parts::{Drawing, heading, name_of_link, picture, say};
use crate::scene::Words;

/// The linked wallet that the page asks about, where it is one of this customer's.
pub(crate) fn asked(page: &Page) -> Option<&LinkView> {
    let wanted = page.unlink.as_ref()?;
    page.view.links.iter().find(|link| link.id == *wanted && link.active)
}

/// The question, a button that does it, and a way back.
pub(crate) fn unlink(words: &Words, page: &Page, link: &LinkView) -> Element {
    let button = el("button")
        .class("button button--primary")
        .set("type", "submit")
        .test_id("unlink")
        .text(words.method(Key::UnlinkDo, link.method));
    let form = el("form")
        .class("another")
        .set("method", "post")
        .set("action", page.unlink_path(&link.id))
        .child(button);
    let back = el("a")
        .class("button button--plain")
        .set("href", page.path(page.locale, ""))
        .test_id("keep")
        .text(words.say(Key::UnlinkKeep));
    section("unlink")
        .child(picture(Drawing::Link))
        .child(heading(words.with(Key::UnlinkTitle, "{method}", &name_of_link(link))))
        .child(say(words.method(Key::UnlinkWhat, link.method)))
        .child(form)
        .child(back)
}
