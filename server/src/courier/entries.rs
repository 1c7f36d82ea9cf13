//! What the timeline says about a question and its answer.

use bytes::Bytes;
use kasir_shared::Moment;

use super::redact;
use crate::store::{Entry, EntryKind};

/// A question that is asked.
pub(super) fn asked(operation: &str, request: &http::Request<Bytes>, at: Moment) -> Entry {
    Entry {
        at,
        kind: EntryKind::Request,
        summary: format!("asked for {operation}: {} {}", request.method(), request.uri().path()),
        detail: Some(redact::body(said(request))),
    }
}

/// What is asked: the body, or the query of a question that has none.
fn said(request: &http::Request<Bytes>) -> &[u8] {
    let query = request.uri().query().unwrap_or_default();
    if request.body().is_empty() { query.as_bytes() } else { request.body() }
}

/// Its answer.
pub(super) fn answered(
    operation: &str,
    answer: &http::Response<Bytes>,
    asked: Moment,
    at: Moment,
) -> Entry {
    let ms = at.unix_ms.saturating_sub(asked.unix_ms);
    Entry {
        at,
        kind: EntryKind::Answer,
        summary: format!("answer to {operation}: {} after {ms} ms", answer.status().as_u16()),
        detail: Some(redact::body(answer.body())),
    }
}

/// That there is no answer.
pub(super) fn silent(operation: &str, why: &str, at: Moment) -> Entry {
    let summary = format!("no answer to {operation}: {why}");
    Entry { at, kind: EntryKind::Silence, summary, detail: None }
}
