//! What happens outside of the screens: coming back, going away, losing the network.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Event, EventTarget, PageTransitionEvent};

use super::{frame, stream};
use crate::page::Page;
use crate::stage::Msg;

/// Tells of everything that happens outside of the screens, for as long as the page lives.
pub(crate) fn attend(page: StoredValue<Page>, tell: Callback<Msg>) {
    let window: EventTarget = window().into();
    let document: EventTarget = document().into();
    on(&window, "pageshow", move |event| {
        let persisted = event.unchecked_ref::<PageTransitionEvent>().persisted();
        tell.run(if persisted { Msg::Restored } else { Msg::Returned });
    });
    on(&window, "pagehide", move |_| {
        // An open stream would keep the browser from keeping the page.
        stream::close();
        tell.run(Msg::Streaming(false));
    });
    on(&window, "focus", move |_| tell.run(Msg::Returned));
    on(&window, "online", move |_| tell.run(Msg::Online(true)));
    on(&window, "offline", move |_| tell.run(Msg::Online(false)));
    on(&document, "visibilitychange", move |_| {
        tell.run(if document_is_hidden() { Msg::Hid } else { Msg::Returned });
    });
    page.with_value(|page| {
        frame::shake_hands(&window, page, tell);
        stream::prepare(page, tell);
    });
    // Once the page is taken over: nothing may change while it is.
    queue_microtask(move || {
        let address = page.with_value(|page| super::address(&page.whole_path("")));
        tell.run(Msg::Woke { chosen: super::read_form().method, address });
    });
}

fn document_is_hidden() -> bool {
    document().visibility_state() == web_sys::VisibilityState::Hidden
}

/// Listens for as long as the component lives that asked for it.
pub(super) fn on(target: &EventTarget, name: &'static str, then: impl FnMut(Event) + 'static) {
    let listener = Listener::new(target, name, Box::new(then));
    StoredValue::new_local(listener);
}

/// A listener that is taken back when it is dropped.
pub(super) struct Listener {
    target: EventTarget,
    name: &'static str,
    then: Closure<dyn FnMut(Event)>,
}

impl Listener {
    /// Listens from now on.
    pub(super) fn new(
        target: &EventTarget,
        name: &'static str,
        then: Box<dyn FnMut(Event)>,
    ) -> Self {
        let then = Closure::wrap(then);
        let _ = target.add_event_listener_with_callback(name, then.as_ref().unchecked_ref());
        Self { target: target.clone(), name, then }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let then = self.then.as_ref().unchecked_ref();
        let _ = self.target.remove_event_listener_with_callback(self.name, then);
    }
}
