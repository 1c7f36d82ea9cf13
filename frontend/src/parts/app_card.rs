//! What else works when an app does not open.

use leptos::prelude::*;

use crate::handoff::Plan;
use crate::locale::Key;
use crate::parts::{CopyButton, Role, Say, WayLink};
use crate::scene::{Scene, Words};
use crate::stage::Copied;

/// A folded card that opens by itself when a tapped app did not cover the page. It offers, and moves
/// nowhere.
#[component]
pub(crate) fn AppCard(
    /// The scene.
    scene: Scene,
    /// The sentences.
    words: Words,
    /// The links.
    plan: Plan,
) -> impl IntoView {
    let missing = scene.when(|live| live.app_missing);
    let web = plan.also.filter(|also| !also.app).map(|way| {
        let label = words.say(Key::OpenWeb);
        view! { <WayLink scene way label role=Role::Second /> }.into_any()
    });
    let copy = plan.web.map(|url| {
        let text = Signal::stored(url.as_str().to_owned());
        view! { <CopyButton scene words=words.clone() what=Copied::Link text /> }.into_any()
    });
    view! {
        <details class="card" open=missing data-testid="app-missing">
            <summary>{words.say(Key::AppMissing)}</summary>
            <Say text=words.say(Key::AppMissingHow) quiet=true />
            {plan.qr.map(|url| qr(url.as_str(), &words))}
            {web}
            {copy}
        </details>
    }
    .into_any()
}

/// A code to scan with another device.
pub(crate) fn qr(url: &str, words: &Words) -> AnyView {
    view! {
        <img class="qr" src=url.to_owned() alt=words.say(Key::Scan) width="200" height="200"
            loading="lazy" data-testid="qr" />
    }
    .into_any()
}
