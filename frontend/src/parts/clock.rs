//! When something is.

use kasir_shared::Moment;
use leptos::prelude::*;

use crate::locale::western_indonesian_time;
use crate::scene::{Scene, Words};

/// A time: Jakarta's until the browser has taken over, then the customer's own.
pub(crate) fn clock(scene: Scene, words: &Words, moment: Moment) -> Signal<String> {
    let locale = words.locale;
    scene.text(move |live| {
        #[cfg(feature = "hydrate")]
        if let Some(text) = live.awake.then(|| crate::browser::local_time(moment, locale)).flatten() {
            return text;
        }
        let _ = live;
        western_indonesian_time(moment, locale)
    })
}
