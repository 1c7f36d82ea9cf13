//! Small drawings, and the marks of the methods.
//!
//! They say nothing that the text beside them does not say, so screen readers skip them.

use kasir_shared::MethodId;

use crate::element::{Element, el};

/// What is drawn.
#[derive(Clone, Copy)]
pub(crate) enum Drawing {
    /// A phone with a prompt to approve.
    Prompt,
    /// A page that leads elsewhere.
    Leave,
    /// Two links of a chain.
    Link,
    /// A message on its way.
    Wait,
    /// A glass over a receipt.
    Check,
    /// A tick.
    Tick,
    /// A cross.
    Cross,
    /// A clock.
    Clock,
    /// Money on its way back.
    Back,
}

impl Drawing {
    /// `a` is drawn in the accent, everything else in the colour of its place.
    const fn svg(self) -> &'static str {
        match self {
            Self::Prompt => {
                r#"<svg viewBox="0 0 96 96"><rect x="28" y="10" width="40" height="76" rx="8"/><path d="M43 17h10M36 60h24"/><rect class="a" x="35" y="30" width="26" height="20" rx="4"/><path class="a" d="m42 40 4 4 8-8"/></svg>"#
            }
            Self::Leave => {
                r#"<svg viewBox="0 0 96 96"><rect x="12" y="22" width="44" height="52" rx="8"/><path d="M22 36h16M22 46h10"/><path class="a" d="M42 58h38M68 46l12 12-12 12"/></svg>"#
            }
            Self::Link => {
                r#"<svg viewBox="0 0 96 96"><path d="M44 60l-8 8a14 14 0 0 1-20-20l12-12a14 14 0 0 1 20 0"/><path class="a" d="m52 36 8-8a14 14 0 0 1 20 20L68 60a14 14 0 0 1-20 0"/></svg>"#
            }
            Self::Wait => {
                r#"<svg viewBox="0 0 96 96"><path d="M16 26h64v40H44L30 78V66H16z"/><path class="a" d="M34 46h.1M48 46h.1M62 46h.1"/></svg>"#
            }
            Self::Check => {
                r#"<svg viewBox="0 0 96 96"><path d="M64 38V16H24v66h18M34 30h20M34 42h12"/><circle class="a" cx="58" cy="58" r="14"/><path class="a" d="m68 68 12 12"/></svg>"#
            }
            Self::Tick => {
                r#"<svg viewBox="0 0 96 96"><circle cx="48" cy="48" r="36"/><path d="m33 49 10 10 20-21"/></svg>"#
            }
            Self::Cross => {
                r#"<svg viewBox="0 0 96 96"><circle cx="48" cy="48" r="36"/><path d="m37 37 22 22m0-22L37 59"/></svg>"#
            }
            Self::Clock => {
                r#"<svg viewBox="0 0 96 96"><circle cx="48" cy="48" r="36"/><path d="M48 28v20l13 8"/></svg>"#
            }
            Self::Back => {
                r#"<svg viewBox="0 0 96 96"><circle cx="48" cy="48" r="36"/><path d="M34 40h20a9 9 0 0 1 0 18H40m2-26-8 8 8 8"/></svg>"#
            }
        }
    }

    const fn class(self) -> &'static str {
        match self {
            Self::Tick => "picture picture--good",
            Self::Cross => "picture picture--bad",
            Self::Clock => "picture picture--late",
            Self::Back => "picture picture--plain",
            Self::Prompt | Self::Leave | Self::Link | Self::Wait | Self::Check => "picture",
        }
    }
}

/// A drawing.
pub(crate) fn picture(of: Drawing) -> Element {
    el("div").class(of.class()).set("aria-hidden", "true").drawing(of.svg())
}

/// A method's mark, from the one sprite of them.
pub(crate) fn mark(method: MethodId) -> Element {
    let svg = ["<svg><use href=\"/marks.svg#", method.as_str(), "\"/></svg>"].concat();
    el("div").class("mark").set("aria-hidden", "true").drawing(svg)
}
