//! What else works when an app does not open.

use crate::element::{Element, el};
use crate::handoff::Plan;
use crate::locale::Key;
use crate::parts::{Role, aside, copy, way};
use crate::scene::{Scene, Words};
use crate::stage::Copied;

/// A folded card that opens by itself when a tapped app did not cover the page. It offers, and moves
/// nowhere.
pub(crate) fn app_card(scene: Scene, words: &Words, plan: Plan) -> Element {
    let web = plan.also.filter(|also| !also.app);
    el("details")
        .class("card")
        .live("open", scene, |live| live.app_missing.then(String::new))
        .test_id("app-missing")
        .child(el("summary").text(words.say(Key::AppMissing)))
        .child(aside(words.say(Key::AppMissingHow)))
        .child(plan.qr.map(|url| qr(url.as_str(), words)))
        .child(web.map(|web| way(scene, web, words.say(Key::OpenWeb), Role::Second)))
        .child(plan.web.map(|url| copy(scene, words, Copied::Link, url.as_str())))
}

/// A code to scan with another device.
pub(crate) fn qr(url: &str, words: &Words) -> Element {
    el("img")
        .class("qr")
        .set("src", url)
        .set("alt", words.say(Key::Scan))
        .set("width", "200")
        .set("height", "200")
        .set("loading", "lazy")
        .test_id("qr")
}
