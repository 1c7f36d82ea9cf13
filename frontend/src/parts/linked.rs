//! A wallet that is linked, and how to link one.

use kasir_shared::api::checkout::{Balance, CheckoutView, LinkView, Offer};
use kasir_shared::{Field, LinkTrouble, MethodId};

use super::field::field;
use crate::element::{Element, el};
use crate::locale::Key;
use crate::page::{Page, field_name};
use crate::scene::{Scene, Words};
use crate::stage::{Funds, Live, Msg};

/// `GoPay ••••7890`.
pub(crate) fn name_of_link(link: &LinkView) -> String {
    let masked = link.phone_masked.find('•').and_then(|at| link.phone_masked.get(at..));
    [link.method.row().name, " ", masked.unwrap_or_default()].concat()
}

/// The line about what is in it. It is as high before it is known as it is then.
pub(super) fn balance(scene: Scene, words: &Words, link: &LinkView) -> Element {
    let (wallet, words) = (link.method, words.clone());
    let funds = move |live: &Live| {
        live.funds.iter().find(|(known, _)| *known == wallet).map(|(_, funds)| *funds)
    };
    el("span")
        .class("method__hint balance")
        .live("data-low", scene, move |live| match funds(live) {
            Some(Funds::Known(Balance { enough: false, .. })) => Some(String::new()),
            Some(Funds::Known(_) | Funds::Asked | Funds::Unknown) | None => None,
        })
        .test_id(["balance-", link.method.as_str()].concat())
        .live_text(scene, move |live| match funds(live) {
            Some(Funds::Known(balance)) => in_it(&words, &balance),
            Some(Funds::Unknown) => words.say(Key::BalanceUnknown),
            Some(Funds::Asked) | None => String::new(),
        })
}

fn in_it(words: &Words, balance: &Balance) -> String {
    let cash = balance.cash.to_string();
    match balance.points {
        _ if !balance.enough => words.with(Key::BalanceLow, "{balance}", &cash),
        Some(points) => {
            let points = points.to_string();
            let points = points.strip_prefix("Rp").unwrap_or(&points);
            [&cash, " + ", &words.with(Key::Points, "{points}", points)].concat()
        }
        None => cash,
    }
}

/// What stands below a linked wallet: which link it is, and the way to unlink it.
pub(super) fn below_linked(scene: Scene, words: &Words, link: &LinkView) -> Element {
    let hidden = el("input")
        .set("type", "hidden")
        .set("name", field_name("link", link.method))
        .set("value", link.id.as_str());
    let question = ["&unlink=", link.id.as_str()].concat();
    let unlink = el("a")
        .set("href", scene.page(|page| page.path(page.locale, &question)))
        .test_id(["unlink-", link.method.as_str()].concat())
        .text(words.say(Key::Unlink));
    el("div").class("method__fields").child(hidden).child(unlink)
}

/// How to link a wallet that can be paid with unlinked too. Where paying asks for the phone number,
/// linking takes the same; otherwise it has a field of its own, folded away from who only pays.
pub(super) fn offer_link(scene: Scene, words: &Words, offer: &Offer) -> Element {
    let (id, sentence) = (offer.id, words.method(Key::LinkMethod, offer.id));
    if offer.fields.contains(&Field::Phone) {
        return link_button(scene, id, sentence);
    }
    let label = words.method(Key::LinkDo, id);
    el("details")
        .class("offer-link")
        .live("open", scene, move |live| {
            let trouble = live.trouble.as_ref().filter(|_| live.chosen == Some(id))?;
            trouble.field.map(|_| String::new())
        })
        .child(el("summary").text(sentence))
        .child(field(scene, words, id, Field::Phone))
        .child(link_button(scene, id, label))
}

fn link_button(scene: Scene, method: MethodId, label: String) -> Element {
    el("button")
        .class("button button--quiet button--small")
        .set("type", "submit")
        .set("formaction", scene.page(Page::link_path))
        .set("name", "wallet")
        .set("value", method.as_str())
        .test_id(["link-", method.as_str()].concat())
        .text(label)
        .instead("click", scene, |_| Msg::PressedLink)
}

/// The form's first button is the one that Enter presses: this one, which pays, and which nobody sees.
pub(crate) fn first_button() -> Element {
    el("button")
        .class("unseen")
        .set("type", "submit")
        .set("tabindex", "-1")
        .set("aria-hidden", "true")
}

/// Why a wallet was not linked: what happened, that no money moved, and what to do.
pub(crate) fn link_trouble(words: &Words, view: &CheckoutView) -> Option<Element> {
    let linking = view.linking.as_ref()?;
    let key = match linking.trouble? {
        LinkTrouble::Cancelled => Key::LinkCancelled,
        LinkTrouble::Expired => Key::LinkExpired,
        LinkTrouble::Blocked => Key::LinkBlocked,
        LinkTrouble::Unrecognised => Key::LinkUnrecognised,
        LinkTrouble::Refused => Key::LinkRefused,
        LinkTrouble::Unavailable => Key::LinkUnavailable,
    };
    let why = el("p").class("notice").set("role", "status").test_id("link-trouble");
    Some(why.text(words.method(key, linking.method)))
}
