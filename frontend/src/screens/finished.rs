//! The customer has nothing more to do, but for one step.

use kasir_shared::FailureReason;
use kasir_shared::api::checkout::CheckoutView;

use super::section;
use crate::element::{Element, el};
use crate::locale::Key;
use crate::parts::{Drawing, copy, heading, picture, receipt, say};
use crate::scene::{Scene, Words};
use crate::stage::{Copied, End, Msg};

/// What an end looks like and says, and the one step that follows: back to the shop, or the
/// sentence of the link back to the list.
const fn about(end: End) -> (Drawing, Key, Option<Key>, Option<Key>) {
    match end {
        End::Paid => (Drawing::Tick, Key::Paid, None, None),
        End::PaidLate => (Drawing::Tick, Key::PaidLateTitle, Some(Key::PaidLate), None),
        End::PaidTwice => (Drawing::Tick, Key::Paid, Some(Key::PaidTwice), None),
        End::Failed => {
            (Drawing::Cross, Key::DeclinedTitle, Some(Key::Declined), Some(Key::AnotherWay))
        }
        End::Expired => {
            (Drawing::Clock, Key::ExpiredTitle, Some(Key::Expired), Some(Key::TryAgain))
        }
        End::Cancelled => {
            (Drawing::Cross, Key::CancelledTitle, Some(Key::Cancelled), Some(Key::AnotherWay))
        }
        End::Refunded => (Drawing::Back, Key::RefundedTitle, Some(Key::Refunded), None),
        End::PartlyRefunded => (Drawing::Back, Key::RefundedTitle, Some(Key::PartlyRefunded), None),
        End::SessionExpired => (Drawing::Clock, Key::ExpiredTitle, Some(Key::Expired), None),
        End::SessionCancelled => (Drawing::Cross, Key::CancelledTitle, Some(Key::Cancelled), None),
    }
}

/// A sign, a sentence, what to remember, and exactly one next step.
pub(super) fn finished(scene: Scene, words: &Words, view: &CheckoutView, end: End) -> Element {
    let (of, mut title, mut sentence, mut again) = about(end);
    let reason = view.attempt.as_ref().and_then(|attempt| attempt.reason);
    match reason.filter(|_| end == End::Failed) {
        Some(FailureReason::LowBalance) => {
            (title, sentence) = (Key::LowBalanceTitle, Some(Key::LowBalance));
        }
        Some(FailureReason::LinkGone) => {
            (title, sentence) = (Key::LinkGoneTitle, Some(Key::LinkGone));
            again = Some(Key::LinkAgain);
        }
        Some(FailureReason::Declined | FailureReason::NotSupported) | None => {}
    }
    let step = el("a").class("button button--primary");
    let step = match again {
        Some(key) => step
            .set("href", scene.page(|page| page.path(page.locale, "&choose=1")))
            .test_id("another-way")
            .text(words.say(key))
            .instead("click", scene, |_| Msg::TryAgain),
        None => step
            .set("href", view.return_url.as_str())
            .set("target", scene.target())
            .test_id("back-to-shop")
            .text(words.say(Key::Back)),
    };
    section(name(end))
        .child(picture(of))
        .child(heading(words.say(title)))
        .child(sentence.map(|key| say(words.say(key))))
        .child(receipt(scene, words, view))
        .child(copy(scene, words, Copied::Reference, view.reference.as_str()))
        .child(step)
}

const fn name(end: End) -> &'static str {
    match end {
        End::Paid => "paid",
        End::PaidLate => "paid-late",
        End::PaidTwice => "paid-twice",
        End::Failed => "failed",
        End::Expired => "expired",
        End::Cancelled => "cancelled",
        End::Refunded => "refunded",
        End::PartlyRefunded => "partly-refunded",
        End::SessionExpired => "session-expired",
        End::SessionCancelled => "session-cancelled",
    }
}
