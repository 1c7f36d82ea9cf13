//! The shop's page around this one, when it frames us.
//!
//! We greet the merchant's own origins and no other; who answers from one of them, in the window
//! around us, gives us a port, and from then on we talk through that. The window at the top is
//! never read.

use std::cell::RefCell;

use js_sys::{Object, Reflect};
use kasir_shared::api::checkout::CheckoutView;
use kasir_shared::{ProblemCode, SessionStatus};
use leptos::prelude::*;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{EventTarget, HtmlElement, MessageEvent, MessagePort, ResizeObserver, Window};

use super::events::{Listener, on};
use crate::page::Page;
use crate::stage::Msg;

/// Of the words that both sides speak.
const VERSION: f64 = 1.0;

thread_local! {
    static LINE: RefCell<Option<Line>> = const { RefCell::new(None) };
}

/// The line to the shop's page.
struct Line {
    port: MessagePort,
    _listener: Listener,
    _size: Option<Size>,
}

/// Watches how high the page is.
struct Size {
    observer: ResizeObserver,
    _told: Closure<dyn FnMut()>,
}

impl Drop for Size {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}

/// Greets the window around this one, where it may be the merchant's.
pub(super) fn shake_hands(window: &EventTarget, page: &Page, tell: Callback<Msg>) {
    let Some(parent) = parent() else { return };
    let origins = page.parents.clone();
    let source = JsValue::from(parent.clone());
    on(window, "message", move |event| {
        let event: MessageEvent = event.unchecked_into();
        let from_parent = event.source().is_some_and(|from| JsValue::from(from) == source);
        let trusted = from_parent && origins.contains(&event.origin());
        if trusted && is_word(&event.data(), "connect") {
            connect(&event, tell);
        }
    });
    let hello = message(&[("kasir", "hello".into()), ("version", VERSION.into())]);
    for origin in &page.parents {
        let _ = parent.post_message(&hello, origin);
    }
}

/// The window around this one, where there is one.
fn parent() -> Option<Window> {
    let window = window();
    window.parent().ok().flatten().filter(|parent| parent != &window)
}

fn connect(event: &MessageEvent, tell: Callback<Msg>) {
    let port: MessagePort = event.ports().get(0).unchecked_into();
    if port.is_undefined() {
        return;
    }
    let listener = Listener::new(
        &port,
        "message",
        Box::new(move |event| {
            let data = event.unchecked_ref::<MessageEvent>().data();
            match text(&data, "type").as_deref() {
                Some("leaving") => tell.run(Msg::Taken),
                Some("stay") => tell.run(Msg::Stay),
                _ => {}
            }
        }),
    );
    port.start();
    LINE.set(Some(Line { port, _listener: listener, _size: watch_size() }));
    post(&[("type", "ready".into())]);
    tell.run(Msg::Connected);
}

fn watch_size() -> Option<Size> {
    let root: HtmlElement = document().get_element_by_id("kasir")?.unchecked_into();
    let measured = root.clone();
    let told = Closure::<dyn FnMut()>::new(move || {
        post(&[("type", "resize".into()), ("height", measured.offset_height().into())]);
    });
    let observer = ResizeObserver::new(told.as_ref().unchecked_ref()).ok()?;
    observer.observe(&root);
    Some(Size { observer, _told: told })
}

/// Asks the shop's page to take the customer to this path of ours, outside of the frame.
pub(crate) fn ask_to_leave(path: &str) {
    if let Some(url) = super::address(path) {
        post(&[("type", "redirect".into()), ("url", url.as_str().into())]);
    }
}

/// Tells the shop's page how the session ended.
pub(crate) fn tell_status(view: &CheckoutView) {
    let status = match view.status {
        SessionStatus::Paid | SessionStatus::Refunded | SessionStatus::PartiallyRefunded => "paid",
        SessionStatus::Expired => "expired",
        SessionStatus::Cancelled => "cancelled",
        SessionStatus::Open => return,
    };
    #[expect(clippy::cast_precision_loss, reason = "a session does not change 2^53 times")]
    let version = view.version as f64;
    post(&[
        ("type", "status".into()),
        ("status", status.into()),
        ("session", view.id.as_str().into()),
        ("version", version.into()),
    ]);
}

/// Tells the shop's page what went wrong.
pub(crate) fn tell_problem(code: ProblemCode) {
    post(&[("type", "error".into()), ("code", code.as_str().into())]);
}

fn post(fields: &[(&str, JsValue)]) {
    LINE.with_borrow(|line| {
        if let Some(line) = line {
            let _ = line.port.post_message(&message(fields));
        }
    });
}

fn message(fields: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new();
    for (name, value) in fields {
        let _ = Reflect::set(&object, &JsValue::from_str(name), value);
    }
    object.into()
}

fn is_word(data: &JsValue, word: &str) -> bool {
    let version = Reflect::get(data, &"version".into()).ok().and_then(|version| version.as_f64());
    version == Some(VERSION) && text(data, "kasir").as_deref() == Some(word)
}

fn text(data: &JsValue, name: &str) -> Option<String> {
    Reflect::get(data, &name.into()).ok()?.as_string()
}
