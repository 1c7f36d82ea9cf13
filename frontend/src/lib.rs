//! The payment page: rendered by the server, taken over in the browser.
//!
//! In reading order: what a page is made from, what it says, how it behaves (pure, in `stage`,
//! `poll` and `handoff`), what it looks like (`screens` and `parts`), and its two skins: `document`
//! writes it for the server, `app`, `api` and `browser` run it for the customer.

#![recursion_limit = "256"]

pub mod page;
pub mod locale;
pub mod handoff;
pub mod poll;
pub mod stage;
mod scene;
mod element;
mod screens;
mod parts;
mod app;
#[cfg(feature = "hydrate")]
mod api;
#[cfg(feature = "hydrate")]
mod browser;
#[cfg(feature = "ssr")]
mod document;

#[cfg(feature = "ssr")]
pub use document::{Asset, Assets, document, lost_document};
pub use handoff::Device;
pub use page::{Page, Purse, Typed};

/// Takes over the page that the server rendered. The loader calls it once the module is there.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen(start)]
pub fn start() {
    app::take_over();
}
