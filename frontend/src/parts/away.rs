//! A form that leads to a wallet.

use kasir_shared::Submit;

use crate::element::{Element, el};
use crate::scene::Scene;

/// A form that is posted elsewhere, by the customer or, right after paying was asked for, by itself.
pub(crate) fn away(scene: Scene, submit: &Submit, label: String) -> Element {
    let field = |(name, value): &(String, String)| {
        el("input").set("type", "hidden").set("name", name.as_str()).set("value", value.as_str())
    };
    let button = el("button")
        .class("button button--primary")
        .set("type", "submit")
        .live("aria-busy", scene, |live| Some(live.leaving.to_string()))
        .test_id("continue")
        .text(label);
    el("form")
        .class("away")
        .set("method", "post")
        .set("action", submit.url.as_str())
        .set("target", scene.target())
        .children(submit.fields.0.iter().map(field))
        .child(button)
}
