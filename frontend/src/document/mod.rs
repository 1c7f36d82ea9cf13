//! The whole HTML document, as the server sends it.
//!
//! No script and no style stands in it, and no `style` attribute, so that the page's policy can
//! refuse all of them. What the browser needs to take over stands in a `data-` attribute.

use kasir_shared::{Locale, NextAction};
use leptos::prelude::*;

use crate::app::App;
use crate::locale::Key;
use crate::page::Page;
use crate::parts::{Drawing, Heading, Picture, Say};
use crate::stage::{Model, Shown, Stage};

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
    let mut html = head(page.locale, &title, assets, page.embed);
    if let Some(script) = &assets.script {
        tag(&mut html, "script", &[("type", "module"), ("src", &script.path), ("integrity", &script.integrity)]);
        html.push_str("</script>");
    }
    if let Some(seconds) = refresh(&shown) {
        html.push_str("<noscript>");
        tag(&mut html, "meta", &[("http-equiv", "refresh"), ("content", seconds)]);
        html.push_str("</noscript>");
    }
    html.push_str("</head><body>");
    let state = serde_json::to_string(page).unwrap_or_default();
    let mut attributes = vec![("id", "kasir"), ("class", "kasir"), ("data-page", &state)];
    if let Some(wasm) = &assets.wasm {
        attributes.extend([("data-wasm", &*wasm.path), ("data-wasm-integrity", &*wasm.integrity)]);
    }
    tag(&mut html, "div", &attributes);
    html.push_str(&render(|| view! { <App page=page.clone() /> }.into_any()));
    html.push_str("</div></body></html>");
    html
}

/// The document for a link that leads nowhere, or no longer. It runs no script.
pub fn lost_document(locale: Locale, assets: &Assets) -> String {
    let mut html = head(locale, Key::BadLinkTitle.text(locale), assets, false);
    html.push_str("</head><body><div class=\"kasir\">");
    html.push_str(&render(|| {
        view! {
            <div class="checkout" data-over="">
                <main class="stage">
                    <section class="screen" data-testid="screen-lost">
                        <Picture of=Drawing::Cross />
                        <Heading text=Key::BadLinkTitle.text(locale).to_owned() />
                        <Say text=Key::BadLink.text(locale).to_owned() />
                    </section>
                </main>
            </div>
        }
        .into_any()
    }));
    html.push_str("</div></body></html>");
    html
}

fn render(view: impl FnOnce() -> AnyView) -> String {
    let owner = Owner::new_root(None);
    let html = owner.with(|| view().to_html());
    owner.cleanup();
    html
}

fn head(locale: Locale, title: &str, assets: &Assets, embed: bool) -> String {
    let mut html = String::from("<!doctype html>");
    let mut root = vec![("lang", locale.tag())];
    root.extend(embed.then_some(("data-embed", "")));
    tag(&mut html, "html", &root);
    html.push_str("<head><meta charset=\"utf-8\"><title>");
    html.push_str(&escape(title));
    html.push_str("</title>");
    for (name, content) in [
        ("viewport", "width=device-width, initial-scale=1, viewport-fit=cover"),
        ("color-scheme", "light dark"),
        ("robots", "noindex"),
        ("referrer", "no-referrer"),
    ] {
        tag(&mut html, "meta", &[("name", name), ("content", content)]);
    }
    // Without one, browsers ask for /favicon.ico.
    tag(&mut html, "link", &[("rel", "icon"), ("href", "data:,")]);
    if let Some(style) = &assets.style {
        let integrity = ("integrity", &*style.integrity);
        tag(&mut html, "link", &[("rel", "stylesheet"), ("href", &style.path), integrity]);
    }
    html
}

/// Seconds until a page without script looks again: quickly where the customer only waits, slowly
/// where a code is read, never where something is typed or about to be pressed.
fn refresh(shown: &Shown) -> Option<&'static str> {
    match shown.stage {
        Stage::Checking | Stage::Uncertain => Some("5"),
        Stage::Act => match &shown.view.next_action {
            Some(NextAction::ApprovePush { .. } | NextAction::Wait) | None => Some("5"),
            Some(NextAction::OpenApp { .. } | NextAction::PayCode { .. }) => Some("30"),
            Some(
                NextAction::Redirect { .. } | NextAction::Submit(_) | NextAction::Link { .. },
            ) => None,
        },
        Stage::Choose | Stage::Finished(_) => None,
    }
}

fn tag(html: &mut String, name: &str, attributes: &[(&str, &str)]) {
    html.push('<');
    html.push_str(name);
    for (name, value) in attributes {
        html.extend([" ", name, "=\"", &escape(value), "\""]);
    }
    html.push('>');
}

/// Text that means only itself in HTML, between tags and in attributes.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + text.len() / 8);
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests;
