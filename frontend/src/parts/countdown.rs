//! How long there is left.

use crate::element::{Element, el};
use crate::locale::Key;
use crate::parts::{Drawing, picture};
use crate::scene::{Scene, Words};
use crate::stage::Live;

/// `0:42`.
fn minutes(seconds: u32) -> String {
    let (minutes, seconds) = (seconds / 60, seconds % 60);
    let zero = if seconds < 10 { ":0" } else { ":" };
    [&minutes.to_string(), zero, &seconds.to_string()].concat()
}

fn left(live: &Live) -> u32 {
    live.seconds_left.unwrap_or_default()
}

/// A ring around a drawing of what is waited for, which empties as time passes, with the time below it.
/// `total` is how many seconds there were.
pub(crate) fn countdown(scene: Scene, words: &Words, of: Drawing, total: u32) -> Element {
    let arc = move |live: &Live| {
        let hundredths = u64::from(left(live)) * 100 / u64::from(total.max(1));
        Some([&hundredths.min(100).to_string(), " 100"].concat())
    };
    let circle = || el("circle").set("cx", "60").set("cy", "60").set("r", "57");
    let rest = circle().class("countdown__rest").set("pathLength", "100");
    let ring =
        el("svg").class("countdown__ring").set("viewBox", "0 0 120 120").set("aria-hidden", "true");
    let time = el("p")
        .class("countdown__time")
        .set("role", "timer")
        .set("aria-label", words.say(Key::SecondsLeft))
        .test_id("countdown")
        .live_text(scene, |live| minutes(left(live)));
    el("div")
        .class("countdown")
        .child(ring.child(circle()).child(rest.live("stroke-dasharray", scene, arc)))
        .child(picture(of))
        .child(time)
}

#[cfg(test)]
mod tests {
    use super::minutes;

    #[test]
    fn seconds_have_two_digits() {
        for (seconds, text) in
            [(0, "0:00"), (9, "0:09"), (42, "0:42"), (60, "1:00"), (3_599, "59:59")]
        {
            assert_eq!(minutes(seconds), text);
        }
    }
}
