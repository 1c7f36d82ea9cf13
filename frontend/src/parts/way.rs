//! A link that leads to a wallet.

use crate::element::{Element, el};
use crate::handoff::Way;
use crate::scene::Scene;
use crate::stage::Msg;

/// How much a link stands out.
#[derive(Clone, Copy)]
pub(crate) enum Role {
    /// The one button of its screen.
    First,
    /// The smaller one.
    Second,
}

/// A real link: it works in the customer's own tap, in any frame, with or without script.
pub(crate) fn way(scene: Scene, way: Way, label: String, role: Role) -> Element {
    let (class, to_the_web) = match role {
        Role::First => ("button button--primary", "continue"),
        Role::Second => ("button button--quiet", "open-web"),
    };
    let link = el("a")
        .class(class)
        .set("href", way.href)
        .set("target", scene.target())
        .live("aria-busy", scene, |live| Some(live.leaving.to_string()))
        .test_id(if way.app { "open-app" } else { to_the_web })
        .text(label);
    if way.app { link.on("click", scene, |_| Msg::OpenedApp) } else { link }
}
