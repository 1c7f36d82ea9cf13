//! How long there is left.

use leptos::prelude::*;

use crate::locale::Key;
use crate::parts::{Drawing, Picture};
use crate::scene::{Scene, Words};

/// `0:42`.
pub(crate) fn minutes(seconds: u32) -> String {
    let (minutes, seconds) = (seconds / 60, seconds % 60);
    let zero = if seconds < 10 { ":0" } else { ":" };
    [&minutes.to_string(), zero, &seconds.to_string()].concat()
}

/// A ring around a drawing of what to do, which empties as time passes, with the time below.
#[component]
pub(crate) fn Countdown(
    /// The scene.
    scene: Scene,
    /// The sentences.
    words: Words,
    /// Seconds there were in all.
    total: u32,
) -> impl IntoView {
    let left = move || scene.live.with(|live| live.seconds_left.unwrap_or_default());
    let arc = Signal::derive(move || {
        let hundredths = u64::from(left()) * 100 / u64::from(total.max(1));
        [&hundredths.min(100).to_string(), " 100"].concat()
    });
    let time = Signal::derive(move || minutes(left()));
    view! {
        <div class="countdown">
            <svg class="countdown__ring" viewBox="0 0 120 120" aria-hidden="true">
                <circle cx="60" cy="60" r="57" />
                <circle class="countdown__left" cx="60" cy="60" r="57" pathLength="100" stroke-dasharray=arc />
            </svg>
            <Picture of=Drawing::Prompt />
            <p class="countdown__time" role="timer" aria-label=words.say(Key::SecondsLeft) data-testid="countdown">
                {time}
            </p>
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::minutes;

    #[test]
    fn seconds_have_two_digits() {
        for (seconds, text) in [(0, "0:00"), (9, "0:09"), (42, "0:42"), (60, "1:00"), (3_599, "59:59")] {
            assert_eq!(minutes(seconds), text);
        }
    }
}
