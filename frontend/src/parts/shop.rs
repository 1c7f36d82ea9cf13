//! Whom the customer pays.

use crate::element::{Element, el};

/// The shop's name, and nothing else.
pub(crate) fn shop(name: &str) -> Element {
    el("header").class("shop").text(name)
}
