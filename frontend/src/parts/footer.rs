//! Who runs the page, in which language, and what to quote when something is wrong.

use kasir_shared::Locale;
use leptos::prelude::*;

use crate::locale::Key;
use crate::scene::{Scene, Words};

/// The footer.
#[component]
pub(crate) fn Footer(
    /// The scene.
    scene: Scene,
    /// The sentences.
    words: Words,
) -> impl IntoView {
    let (other, name) = match words.locale {
        Locale::Id => (Locale::En, "English"),
        Locale::En => (Locale::Id, "Bahasa Indonesia"),
    };
    let href = scene.page.with_value(|page| page.path(other, ""));
    view! {
        <footer class="footer">
            <p>{words.say(Key::Help)}</p>
            <p class="footer__line">
                <span>{words.say(Key::Secure)}</span>
                <a href=href lang=other.tag() hreflang=other.tag() data-testid="language">{name}</a>
            </p>
        </footer>
    }
    .into_any()
}
