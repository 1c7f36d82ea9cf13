//! Something to type, with what is wrong about it right below.

use kasir_shared::{Field, MethodId};

use super::trouble::sentence;
use crate::element::{Element, el};
use crate::locale::Key;
use crate::page::field_name;
use crate::scene::{Scene, Words};
use crate::stage::{Live, Msg, Trouble};

/// A field of a method.
pub(super) fn field(scene: Scene, words: &Words, method: MethodId, asked: Field) -> Element {
    // What the form calls it, what is asked, what the browser may fill in, and which keyboard it shows.
    let (name, question, autocomplete, kind) = match asked {
        Field::Phone => ("phone", Key::Phone, "tel", "tel"),
        Field::Name => ("name", Key::Name, "name", "text"),
    };
    let id = field_name(name, method);
    let below = ["wrong-", &id].concat();
    let value = scene.page(|page| match asked {
        Field::Phone => page.typed.phone.clone().or_else(|| page.view.phone.clone()),
        Field::Name => page.typed.name.clone(),
    });
    let label = el("label").class("field__label").set("for", id.as_str());
    let input = el("input")
        .class("field__input")
        .set("type", kind)
        .set("id", id.as_str())
        .set("name", id)
        .set("value", value.unwrap_or_default())
        .set("autocomplete", autocomplete)
        .set("aria-describedby", below.as_str())
        .live("aria-invalid", scene, move |live| Some(wrong(live, method, asked)?.0.to_owned()))
        .test_id(name)
        .on("change", scene, move |text| Msg::Typed(asked, text));
    let words_of_trouble = words.clone();
    let trouble = move |live: &Live| {
        let trouble = wrong(live, method, asked);
        trouble.map(|(_, trouble)| sentence(trouble, &words_of_trouble)).unwrap_or_default()
    };
    el("div").class("field").child(label.text(words.method(question, method))).child(input).child(
        el("p")
            .class("field__wrong")
            .set("id", below)
            .set("role", "status")
            .live_text(scene, trouble),
    )
}

/// What is wrong with this field of the chosen method.
fn wrong(live: &Live, method: MethodId, asked: Field) -> Option<(&'static str, &Trouble)> {
    let trouble = live.trouble.as_ref().filter(|_| live.chosen == Some(method))?;
    (trouble.field == Some(asked)).then_some(("true", trouble))
}
