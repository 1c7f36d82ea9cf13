//! The browser, behind names of our own: nothing outside of this folder touches `web_sys`.

pub(crate) mod dom;
mod events;
mod frame;
mod json;
mod leave;
mod stream;

pub(crate) use events::attend;
pub(crate) use frame::{ask_to_leave, tell_problem, tell_status};
pub(crate) use json::{from_json, link_to_json, start_to_json};
pub(crate) use leave::{leave_for, reload, submit_away};
pub(crate) use stream::listen;

use std::cell::RefCell;
use std::time::Duration;

use js_sys::{Array, Object, Reflect};
use kasir_shared::{Locale, Moment, WebUrl};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{FormData, HtmlElement};

use crate::page::{Page, Typed};
use crate::poll::Ms;

/// The form of the methods.
const FORM: &str = "form.choose";

thread_local! {
    static ALARM: RefCell<Option<TimeoutHandle>> = const { RefCell::new(None) };
}

/// The element and the page in it that the server rendered.
pub(crate) fn rendered_page() -> Option<(HtmlElement, Page)> {
    let root: HtmlElement = document().get_element_by_id("kasir")?.unchecked_into();
    let page = from_json(&root.get_attribute("data-page")?)?;
    Some((root, page))
}

/// Milliseconds since the browser began to load the page.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "whole milliseconds since the page began: never negative, and small"
)]
pub(crate) fn now() -> Ms {
    window().performance().map_or(0.0, |clock| clock.now()) as Ms
}

/// Rings once after so long, instead of whatever was going to ring before.
pub(crate) fn set_alarm(after: Option<Ms>, ring: impl FnOnce() + 'static) {
    // A browser's timers count in 32 bits; an hour is long enough for somebody who looks again.
    let after = after.map(|after| Duration::from_millis(after.min(3_600_000)));
    let next = after.and_then(|after| set_timeout_with_handle(ring, after).ok());
    if let Some(previous) = ALARM.replace(next) {
        previous.clear();
    }
}

/// A time as it is on the customer's clock and in the customer's zone.
pub(crate) fn local_time(moment: Moment, locale: Locale) -> Option<String> {
    let options = Object::new();
    for (name, value) in [("dateStyle", "long"), ("timeStyle", "short")] {
        Reflect::set(&options, &name.into(), &value.into()).ok()?;
    }
    let locales = Array::of1(&locale.tag().into());
    let format = js_sys::Intl::DateTimeFormat::new(&locales, &options).format();
    let date = js_sys::Date::new(&JsValue::from_str(&moment.to_string()));
    format.call1(&JsValue::UNDEFINED, &date).ok()?.as_string()
}

/// What is chosen and typed in the form of the methods.
pub(crate) fn read_form() -> Typed {
    let form = document().query_selector(FORM).ok().flatten();
    let data = form.and_then(|form| FormData::new_with_form(form.unchecked_ref()).ok());
    Typed::from_form(|name| data.as_ref()?.get(name).as_string())
}

/// Moves the focus to the first such element, once it is there.
pub(crate) fn focus(selector: &'static str) {
    request_animation_frame(move || {
        if let Ok(Some(element)) = document().query_selector(selector) {
            let _ = element.unchecked_into::<HtmlElement>().focus();
        }
    });
}

/// Copies a text, and says so once it is done.
pub(crate) fn copy(text: String, done: impl FnOnce() + 'static) {
    leptos::task::spawn_local(async move {
        let clipboard = window().navigator().clipboard();
        if wasm_bindgen_futures::JsFuture::from(clipboard.write_text(&text)).await.is_ok() {
            done();
        }
    });
}

/// The address of a path on our own origin.
pub(crate) fn address(path: &str) -> Option<WebUrl> {
    [&location().origin().ok()?, path].concat().parse().ok()
}
