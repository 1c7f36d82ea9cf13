//! The server's own telling: `GET /checkout/v1/{token}/events`.

use std::cell::RefCell;

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{EventSource, MessageEvent};

use super::events::Listener;
use super::from_json;
use crate::page::Page;
use crate::stage::Msg;

thread_local! {
    static STREAM: RefCell<Option<Stream>> = const { RefCell::new(None) };
}

/// The stream of a session's events.
struct Stream {
    path: String,
    tell: Callback<Msg>,
    source: Option<Source>,
}

/// An open connection. It closes when it is dropped.
struct Source {
    events: EventSource,
    _listeners: [Listener; 3],
}

impl Drop for Source {
    fn drop(&mut self) {
        self.events.close();
    }
}

/// Says which stream [`listen`] opens.
pub(super) fn prepare(page: &Page, tell: Callback<Msg>) {
    let path = ["/checkout/v1/", &page.token, "/events"].concat();
    STREAM.set(Some(Stream { path, tell, source: None }));
}

/// Opens the stream, unless it is open or opening again by itself.
pub(crate) fn listen() {
    with_stream(Stream::open);
}

/// Closes the stream until somebody listens again.
pub(super) fn close() {
    with_stream(|stream| stream.source = None);
}

fn with_stream(then: impl FnOnce(&mut Stream)) {
    STREAM.with_borrow_mut(|stream| {
        if let Some(stream) = stream {
            then(stream);
        }
    });
}

impl Stream {
    fn open(&mut self) {
        let closed = |source: &Source| source.events.ready_state() == EventSource::CLOSED;
        if !self.source.as_ref().is_none_or(closed) {
            return;
        }
        let Ok(events) = EventSource::new(&self.path) else { return };
        let tell = self.tell;
        let streaming = |name, open| {
            Listener::new(&events, name, Box::new(move |_| tell.run(Msg::Streaming(open))))
        };
        let hear = move |event: web_sys::Event| {
            let data = event.unchecked_ref::<MessageEvent>().data().as_string();
            if let Some(view) = data.and_then(|data| from_json(&data)) {
                tell.run(Msg::Heard(Box::new(view)));
            }
        };
        let listeners = [
            streaming("open", true),
            streaming("error", false),
            Listener::new(&events, "view", Box::new(hear)),
        ];
        self.source = Some(Source { events, _listeners: listeners });
    }
}
