//! The customer has nothing more to do, but for one step.

use kasir_shared::api::checkout::CheckoutView;
use leptos::prelude::*;

use crate::locale::Key;
use crate::parts::{Drawing, Heading, Picture, Receipt, Say};
use crate::scene::{Scene, Words};
use crate::stage::{End, Msg};

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
        End::Expired => (Drawing::Clock, Key::ExpiredTitle, Some(Key::Expired), Some(Key::TryAgain)),
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
pub(super) fn finished(scene: Scene, words: &Words, view: &CheckoutView, end: End) -> AnyView {
    let (of, title, sentence, again) = about(end);
    let sentence = sentence.map(|key| view! { <Say text=words.say(key) /> }.into_any());
    let step = match again {
        Some(key) => choose_again(scene, words.say(key)),
        None => back(scene, words.say(Key::Back), view),
    };
    view! {
        <Picture of />
        <Heading text=words.say(title) />
        {sentence}
        <Receipt scene words=words.clone() view=view.clone() />
        {step}
    }
    .into_any()
}

fn back(scene: Scene, label: String, view: &CheckoutView) -> AnyView {
    let href = view.return_url.as_str().to_owned();
    view! {
        <a class="button button--primary" href=href target=scene.target() data-testid="back-to-shop">
            {label}
        </a>
    }
    .into_any()
}

fn choose_again(scene: Scene, label: String) -> AnyView {
    let href = scene.page.with_value(|page| page.path(page.locale, "&choose=1"));
    let again = move |event: leptos::ev::MouseEvent| {
        event.prevent_default();
        scene.tell(Msg::TryAgain);
    };
    view! {
        <a class="button button--primary" href=href on:click=again data-testid="another-way">{label}</a>
    }
    .into_any()
}
