//! What is wrong with the surroundings: no connection, or a browser that cannot open wallets.

use kasir_shared::WebUrl;

use crate::element::{Element, el};
use crate::handoff::{Platform, browser_intent};
use crate::locale::Key;
use crate::parts::{copy, say};
use crate::scene::{Scene, Words};
use crate::stage::Copied;

/// The line about the connection; it is always there, so that screen readers hear it change.
pub(crate) fn connection(scene: Scene, words: &Words) -> Element {
    let offline = words.say(Key::Offline);
    el("p")
        .class("notice")
        .set("role", "status")
        .test_id("notice")
        .live_text(scene, move |live| if live.offline { offline.clone() } else { String::new() })
}

/// The way out of another app's own browser.
pub(crate) fn rescue(scene: Scene, words: &Words) -> Option<Element> {
    let device = scene.page(|page| page.device);
    let browser = device.rescue()?;
    let way = match device.platform {
        Platform::Android => el("a")
            .class("button button--quiet")
            .test_id("open-browser")
            .live("href", scene, |live| live.address.as_ref().and_then(browser_intent))
            .text(words.with(Key::OpenBrowser, "{browser}", browser)),
        Platform::Ios | Platform::Desktop => {
            let address = scene.page(|page| page.whole_path(""));
            copy(scene, words, Copied::Page, &address)
        }
    };
    let sentence = say(words.with(Key::InApp, "{browser}", browser));
    let how = say(words.with(Key::InAppMenu, "{browser}", browser));
    let card = el("aside").class("rescue").test_id("rescue");
    Some(card.child(sentence).child(how).child(way))
}

/// What is copied for a path: its whole address, once the browser has said where we are.
pub(crate) fn whole_address(address: Option<&WebUrl>, path: &str) -> String {
    address.map_or(path, WebUrl::as_str).to_owned()
}
