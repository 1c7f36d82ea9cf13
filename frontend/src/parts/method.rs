//! One way to pay, with the fields it needs.

use kasir_shared::api::checkout::{LinkView, Offer, Unavailable};
use kasir_shared::{Field, Kind};

use super::field::field;
use crate::element::{Element, el};
use crate::locale::Key;
use crate::page::field_name;
use crate::parts::mark;
use crate::scene::{Scene, Words};
use crate::stage::Msg;

/// A row of the list. Its fields stand below it and open while it is chosen, by the style sheet
/// alone, so that they do without script too.
pub(super) fn method(
    scene: Scene,
    words: &Words,
    offer: &Offer,
    link: Option<&LinkView>,
) -> Element {
    let id = offer.id;
    let radio = el("input")
        .set("type", "radio")
        .set("name", "method")
        .set("value", id.as_str())
        .flag("checked", scene.chosen() == Some(id))
        .flag("disabled", offer.unavailable.is_some())
        .test_id(["method-", id.as_str()].concat())
        .on("change", scene, move |_| Msg::Chose(id));
    let row = el("label")
        .class("method__row")
        .child(mark(id))
        .child(el("span").class("method__name").text(offer.name.as_str()))
        .child(el("span").class("method__hint").text(hint(words, offer, link)))
        .child(radio);
    el("li").class("method").child(row).child(below(scene, words, offer, link))
}

/// What stands below the row: the fields, or which linked wallet it is.
fn below(scene: Scene, words: &Words, offer: &Offer, link: Option<&LinkView>) -> Option<Element> {
    if let Some(link) = link {
        let hidden = el("input").set("type", "hidden").set("name", field_name("link", offer.id));
        return Some(hidden.set("value", link.id.as_str()));
    }
    let fields = offer.fields.iter().map(|asked| field(scene, words, offer.id, *asked));
    (!offer.fields.is_empty()).then(|| el("div").class("method__fields").children(fields))
}

fn hint(words: &Words, offer: &Offer, link: Option<&LinkView>) -> String {
    let limit = |key, limit: kasir_shared::Rupiah| words.with(key, "{limit}", &limit.to_string());
    match (offer.unavailable, link) {
        (Some(Unavailable::TooSmall { min }), _) => return limit(Key::TooSmall, min),
        (Some(Unavailable::TooLarge { max }), _) => return limit(Key::TooLarge, max),
        (Some(Unavailable::Down), _) => return words.say(Key::Down),
        (None, Some(link)) => return words.with(Key::HintLinked, "{phone}", &link.phone_masked),
        (None, None) => {}
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
