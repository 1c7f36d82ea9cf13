//! What is wrong with the surroundings: no connection, or a browser that cannot open wallets.

use leptos::prelude::*;

use crate::handoff::{Platform, browser_intent};
use crate::locale::Key;
use crate::parts::CopyButton;
use crate::scene::{Scene, Words};
use crate::stage::Copied;

/// The line about the connection, always there for screen readers, and the way out of an app's browser.
#[component]
pub(crate) fn Notices(
    /// The scene.
    scene: Scene,
    /// The sentences.
    words: Words,
) -> impl IntoView {
    let offline = words.say(Key::Offline);
    let offline = scene.text(move |live| if live.offline { offline.clone() } else { String::new() });
    view! {
        <p class="notice" role="status" data-testid="notice">{offline}</p>
        {rescue(scene, &words)}
    }
    .into_any()
}

fn rescue(scene: Scene, words: &Words) -> Option<AnyView> {
    let device = scene.page.with_value(|page| page.device);
    let browser = device.rescue()?;
    let page = move || scene.live.with(|live| live.address.clone());
    let way = match device.platform {
        Platform::Android => {
            let label = words.with(Key::OpenBrowser, "{browser}", browser);
            let href = Signal::derive(move || {
                page().as_ref().and_then(browser_intent).unwrap_or_default()
            });
            view! { <a class="button button--quiet" data-testid="open-browser" href=href>{label}</a> }
                .into_any()
        }
        Platform::Ios | Platform::Desktop => {
            let address = scene.text(|live| {
                live.address.as_ref().map(|url| url.as_str().to_owned()).unwrap_or_default()
            });
            view! { <CopyButton scene words=words.clone() what=Copied::Page text=address /> }.into_any()
        }
    };
    let sentence = words.with(Key::InApp, "{browser}", browser);
    let how = words.with(Key::InAppMenu, "{browser}", browser);
    Some(
        view! {
            <aside class="rescue" data-testid="rescue"><p>{sentence}</p><p class="say--quiet">{how}</p>{way}</aside>
        }
        .into_any(),
    )
}
