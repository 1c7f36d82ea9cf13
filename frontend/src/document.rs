//! The whole HTML document, as the server sends it.
//!
//! No script and no style stands in it, and no `style` attribute, so that the page's policy can
//! refuse all of them. What the browser needs to take over stands in a `data-` attribute.

use kasir_shared::{Locale, NextAction};
use leptos::prelude::*;

use crate::app::{App, AppProps};
use crate::element::{Element, el};
use crate::locale::Key;
use crate::page::Page;
use crate::parts::{Drawing, heading, picture, say};
use crate::screens::{asked, section};
use crate::stage::{Model, Shown, Stage, next_action};

/// A file of the built page.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Asset {
    /// Where it is served.
    pub path: String,
    /// Its digest: `sha384-...`.
    pub integrity: String,
}

/// The files of the built page. A page without some of them still pays.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Assets {
    /// The style sheet.
    pub style: Option<Asset>,
    /// The loader.
    pub script: Option<Asset>,
    /// The module that the loader starts.
    pub wasm: Option<Asset>,
}

/// The document of a page.
pub fn document(page: &Page, assets: &Assets) -> String {
    let shown = Model::new(page).shown;
    let title = [&page.view.amount.to_string(), " · ", &page.view.merchant.name].concat();
    // A question that is answered by a form or a link needs nobody to take it over, and who waits for
    // balances has no script.
    let plain = asked(page).is_some() || !page.balances.is_empty();
    let script = assets.script.as_ref().filter(|_| !plain).map(|asset| {
        let script = el("script").set("type", "module").set("src", asset.path.as_str());
        script.set("integrity", asset.integrity.as_str())
    });
    let refresh = refresh(&shown).map(|seconds| {
        el("noscript").child(el("meta").set("http-equiv", "refresh").set("content", seconds))
    });
    let mut root = el("div")
        .class("kasir")
        .set("id", "kasir")
        .set("data-page", serde_json::to_string(page).unwrap_or_default());
    if let Some(wasm) = &assets.wasm {
        root = root
            .set("data-wasm", wasm.path.as_str())
            .set("data-wasm-integrity", wasm.integrity.as_str());
    }
    let app = render(|| App(AppProps { page: page.clone() }).to_html());
    let head = head(&title, assets).child(script).child(refresh);
    html(page.locale, page.embed, head, root.drawing(app))
}

/// The document for a link that leads nowhere, or no longer. It runs no script.
pub fn lost_document(locale: Locale, assets: &Assets) -> String {
    let title = Key::BadLinkTitle.text(locale);
    let screen = section("lost")
        .child(picture(Drawing::Cross))
        .child(heading(title.to_owned()))
        .child(say(Key::BadLink.text(locale).to_owned()));
    let page = el("div").class("checkout").flag("data-over", true);
    let root = el("div").class("kasir").child(page.child(el("main").class("stage").child(screen)));
    html(locale, false, head(title, assets), root)
}

/// Renders under an owner of its own, which forgets everything afterwards.
fn render(view: impl FnOnce() -> String) -> String {
    let owner = Owner::new_root(None);
    let html = owner.with(view);
    owner.cleanup();
    html
}

fn html(locale: Locale, embed: bool, head: Element, root: Element) -> String {
    let mut html = String::from("<!doctype html>");
    el("html")
        .set("lang", locale.tag())
        .flag("data-embed", embed)
        .child(head)
        .child(el("body").child(root))
        .write(&mut html);
    html
}

fn head(title: &str, assets: &Assets) -> Element {
    let meta = |(name, content)| el("meta").set("name", name).set("content", content);
    let style = assets.style.as_ref().map(|asset| {
        let style = el("link").set("rel", "stylesheet").set("href", asset.path.as_str());
        style.set("integrity", asset.integrity.as_str())
    });
    el("head")
        .child(el("meta").set("charset", "utf-8"))
        .child(el("title").text(title))
        .children(META.map(meta))
        // Without one, browsers ask for /favicon.ico.
        .child(el("link").set("rel", "icon").set("href", "data:,"))
        .child(style)
}

const META: [(&str, &str); 4] = [
    ("viewport", "width=device-width, initial-scale=1, viewport-fit=cover"),
    ("color-scheme", "light dark"),
    ("robots", "noindex"),
    ("referrer", "no-referrer"),
];

/// Seconds until a page without script looks again: quickly where the customer only waits, less so
/// where a customer leaves from, since the same screen shows to one who comes back from the wallet
/// before the wallet's word does, slowly where a code is read, never where something is typed.
fn refresh(shown: &Shown) -> Option<&'static str> {
    match shown.stage {
        Stage::Checking | Stage::Uncertain => Some("5"),
        Stage::Act | Stage::Linking => match next_action(&shown.view) {
            Some(NextAction::ApprovePush { .. } | NextAction::Wait) | None => Some("5"),
            Some(
                NextAction::OpenApp { .. }
                | NextAction::Redirect { .. }
                | NextAction::Submit(_)
                | NextAction::Link { .. },
            ) => Some("8"),
            Some(NextAction::PayCode { .. }) => Some("30"),
        },
        Stage::Choose | Stage::Finished(_) => None,
    }
}
