//! The shop's files: one style sheet, one script and the drawings.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use axum::response::{IntoResponse as _, Response};

const CSS: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const DRAWING: &str = "image/svg+xml";

static FILES: [(&str, &str, &str); 7] = [
    ("shop.css", CSS, include_str!("assets/shop.css")),
    ("behind.css", CSS, include_str!("assets/behind.css")),
    ("shop.js", SCRIPT, include_str!("assets/shop.js")),
    ("mark.svg", DRAWING, include_str!("assets/mark.svg")),
    ("gayo.svg", DRAWING, include_str!("assets/gayo.svg")),
    ("preanger.svg", DRAWING, include_str!("assets/preanger.svg")),
    ("toraja.svg", DRAWING, include_str!("assets/toraja.svg")),
];

/// One of the shop's files.
pub(super) async fn serve(Path(asked): Path<String>) -> Response {
    let Some((_, kind, text)) = FILES.iter().find(|(name, _, _)| *name == asked) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let headers =
        [(CONTENT_TYPE, *kind), (CACHE_CONTROL, "no-cache"), (X_CONTENT_TYPE_OPTIONS, "nosniff")];
    (headers, *text).into_response()
}
