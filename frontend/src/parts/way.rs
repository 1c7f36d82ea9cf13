//! A link that leads to a wallet.

use leptos::prelude::*;

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
#[component]
pub(crate) fn WayLink(
    /// The scene.
    scene: Scene,
    /// Where it leads.
    way: Way,
    /// What it says.
    label: String,
    /// How much it stands out.
    role: Role,
) -> impl IntoView {
    let app = way.app;
    let (class, test_id) = match role {
        Role::First if app => ("button button--primary", "open-app"),
        Role::First => ("button button--primary", "continue"),
        Role::Second if app => ("button button--quiet", "open-app"),
        Role::Second => ("button button--quiet", "open-web"),
    };
    let busy = scene.text(|live| live.leaving.to_string());
    let tapped = move |_| {
        if app {
            scene.tell(Msg::OpenedApp);
        }
    };
    view! {
        <a class=class href=way.href target=scene.target() aria-busy=busy data-testid=test_id
            on:click=tapped>
            {label}
        </a>
    }
    .into_any()
}
