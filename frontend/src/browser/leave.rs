//! Leaving the page: at most once, and without leaving a trap for who comes back.

use std::time::Duration;

use kasir_shared::WebUrl;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::HtmlFormElement;

use crate::page::Page;

/// Goes to a web page.
pub(crate) fn leave_for(page: &Page, url: &WebUrl) {
    forget_query(page);
    let _ = location().assign(url.as_str());
}

/// Posts the form that leads away, once its screen is there.
pub(crate) fn submit_away(page: &Page) {
    forget_query(page);
    let submit = || {
        if let Ok(Some(form)) = document().query_selector("form.away") {
            let _ = form.unchecked_into::<HtmlFormElement>().submit();
        }
    };
    set_timeout(submit, Duration::ZERO);
}

/// Coming back finds the page without `?leave=1`, or it would leave again at once.
fn forget_query(page: &Page) {
    if let Ok(history) = window().history() {
        let kept = page.path(page.locale, "");
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&kept));
    }
}

/// Loads the page anew.
pub(crate) fn reload() {
    let _ = location().reload();
}
