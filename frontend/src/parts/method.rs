//! One way to pay, with the fields it needs.

use kasir_shared::api::checkout::{LinkView, Linkable, Offer, Unavailable};
use kasir_shared::{Field, Kind};

use super::field::field;
use super::linked::{balance, below_linked, name_of_link, offer_link};
use crate::element::{Element, el};
use crate::locale::Key;
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
    let hint = match link.filter(|link| link.balance && offer.unavailable.is_none()) {
        Some(link) => balance(scene, words, link),
        None => el("span").class("method__hint").text(hint(words, offer, link)),
    };
    let name = link.map_or_else(|| offer.name.clone(), name_of_link);
    let row = el("label")
        .class("method__row")
        .child(mark(id))
        .child(el("span").class("method__name").text(name))
        .child(hint)
        .child(radio);
    el("li").class("method").child(row).child(below(scene, words, offer, link))
}

/// What stands below the row: the fields and the way to link it, or which linked wallet it is.
fn below(scene: Scene, words: &Words, offer: &Offer, link: Option<&LinkView>) -> Option<Element> {
    if let Some(link) = link {
        return Some(below_linked(scene, words, link));
    }
    let mut fields = offer.fields.clone();
    if offer.linkable == Linkable::Required && !fields.contains(&Field::Phone) {
        fields.push(Field::Phone);
    }
    let possible = offer.linkable == Linkable::Possible;
    (possible || !fields.is_empty()).then(|| {
        let fields = fields.into_iter().map(|asked| field(scene, words, offer.id, asked));
        let fields = el("div").class("method__fields").children(fields);
        fields.child(possible.then(|| offer_link(scene, words, offer)))
    })
}

fn hint(words: &Words, offer: &Offer, link: Option<&LinkView>) -> String {
    let limit = |key, limit: kasir_shared::Rupiah| words.with(key, "{limit}", &limit.to_string());
    match (offer.unavailable, link) {
        (Some(Unavailable::TooSmall { min }), _) => return limit(Key::TooSmall, min),
        (Some(Unavailable::TooLarge { max }), _) => return limit(Key::TooLarge, max),
        (Some(Unavailable::Down), _) => return words.say(Key::Down),
        (None, Some(_)) => return words.say(Key::HintLinked),
        (None, None) => {}
    }
    let key = match offer.kind {
        Kind::Wallet if offer.fields.contains(&Field::Phone) => Key::HintPush,
        Kind::Wallet => Key::HintWallet,
        Kind::LinkedWallet if offer.linkable == Linkable::Required => Key::HintLink,
        Kind::LinkedWallet => Key::HintWallet,
        Kind::Counter => Key::HintCounter,
        Kind::PayLater => Key::HintPayLater,
        Kind::HostedPage => Key::HintPage,
    };
    words.method(key, offer.id)
}
