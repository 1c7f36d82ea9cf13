//! One way to pay, with the fields it needs.

use kasir_shared::api::checkout::{LinkView, Offer, Unavailable};
use kasir_shared::{Field, Kind};
use leptos::prelude::*;

use crate::locale::{Key, fill};
use crate::page::field_name;
use crate::parts::{TextField, mark};
use crate::scene::{Scene, Words};
use crate::stage::Msg;

/// A row of the list. Its fields stand below it and open while it is chosen, by the style sheet
/// alone, so that they do without script too.
#[component]
pub(crate) fn MethodRow(
    /// The scene.
    scene: Scene,
    /// The sentences.
    words: Words,
    /// The method.
    offer: Offer,
    /// The customer's link to it.
    link: Option<LinkView>,
) -> impl IntoView {
    let id = offer.id;
    let hint = hint(&words, &offer, link.as_ref());
    let chosen = scene.live.with_untracked(|live| live.chosen == Some(id));
    let fields = fields(scene, &words, &offer, link);
    view! {
        <li class="method">
            <label class="method__row">
                {mark(id)}
                <span class="method__name">{offer.name}</span>
                <span class="method__hint">{hint}</span>
                <input type="radio" name="method" value=id.as_str() checked=chosen
                    disabled=offer.unavailable.is_some()
                    data-testid=["method-", id.as_str()].concat()
                    on:change=move |_| scene.tell(Msg::Chose(id)) />
            </label>
            {fields}
        </li>
    }
    .into_any()
}

fn fields(scene: Scene, words: &Words, offer: &Offer, link: Option<LinkView>) -> Option<AnyView> {
    let method = offer.id;
    if let Some(link) = link {
        let name = field_name("link", method);
        let id = link.id.as_str().to_owned();
        return Some(view! { <input type="hidden" name=name value=id /> }.into_any());
    }
    let field = |field: &Field| {
        view! { <TextField scene words=words.clone() method field=*field /> }.into_any()
    };
    let fields: Vec<AnyView> = offer.fields.iter().map(field).collect();
    (!fields.is_empty()).then(|| view! { <div class="method__fields">{fields}</div> }.into_any())
}

fn hint(words: &Words, offer: &Offer, link: Option<&LinkView>) -> String {
    match offer.unavailable {
        Some(Unavailable::TooSmall { min }) => {
            return words.with(Key::TooSmall, "{limit}", &min.to_string());
        }
        Some(Unavailable::TooLarge { max }) => {
            return words.with(Key::TooLarge, "{limit}", &max.to_string());
        }
        Some(Unavailable::Down) => return words.say(Key::Down),
        None => {}
    }
    if let Some(link) = link {
        return fill(&words.say(Key::HintLinked), "{phone}", &link.phone_masked);
    }
    let key = match offer.kind {
        Kind::Wallet if offer.fields.contains(&Field::Phone) => Key::HintPush,
        Kind::Wallet => Key::HintWallet,
        Kind::LinkedWallet => Key::HintLink,
        Kind::Counter => Key::HintCounter,
        Kind::PayLater => Key::HintPayLater,
        Kind::HostedPage => Key::HintPage,
    };
    words.method(key, offer.id)
}
