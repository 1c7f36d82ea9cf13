//! The page's files, built beforehand and embedded in the binary.

use axum::body::Body;
use axum::http::header::{
    ACCEPT_ENCODING, ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE,
    ETAG, HeaderName, IF_NONE_MATCH, VARY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use kasir_frontend::{Asset, Assets as PageAssets};
use kasir_shared::ProblemCode;
use rust_embed::RustEmbed;
use serde::Deserialize;

use super::extract::Named;
use super::problem::Refusal;

/// What `make page` built. Without it the page still shows and takes payments, unadorned.
#[derive(RustEmbed)]
#[folder = "../dist"]
#[allow_missing = true]
struct Dist;

const MARKS: &str = include_str!("../../../frontend/marks.svg");

/// The page's files as its document names them.
#[derive(Clone, Debug, Default)]
pub struct Assets {
    /// Style, script and WebAssembly, with their digests.
    pub page: PageAssets,
}

#[derive(Deserialize)]
struct Manifest {
    script: Entry,
    wasm: Entry,
    style: Entry,
}

#[derive(Deserialize)]
struct Entry {
    path: String,
    integrity: String,
}

impl From<Entry> for Asset {
    fn from(entry: Entry) -> Self {
        Self { path: entry.path, integrity: entry.integrity }
    }
}

impl Assets {
    /// Reads what was built; says so where nothing was.
    pub fn embedded() -> Self {
        let manifest = Dist::get("manifest.json");
        let manifest =
            manifest.and_then(|file| serde_json::from_slice::<Manifest>(&file.data).ok());
        let Some(manifest) = manifest else {
            tracing::warn!("the page was not built (`make page`): it works, but plainly");
            return Self::default();
        };
        Self {
            page: PageAssets {
                style: Some(manifest.style.into()),
                script: Some(manifest.script.into()),
                wasm: Some(manifest.wasm.into()),
            },
        }
    }
}

/// A file whose name changes with its content.
pub async fn file(Named(name): Named<String>, headers: HeaderMap) -> Result<Response, Refusal> {
    serve(&format!("assets/{name}"), "public, max-age=31536000, immutable", &headers)
}

/// The merchants' script, under a name that stays.
pub async fn embed(headers: HeaderMap) -> Result<Response, Refusal> {
    serve("kasir.js", "public, max-age=300", &headers)
}

/// The marks of the methods.
pub async fn marks() -> Response {
    let mut response = MARKS.into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("image/svg+xml"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=86400"));
    response
}

/// Browsers ask for one; the page names none.
pub async fn favicon() -> StatusCode {
    StatusCode::NO_CONTENT
}

fn serve(path: &str, cache: &'static str, asked: &HeaderMap) -> Result<Response, Refusal> {
    let missing = Refusal::of(ProblemCode::NotFound);
    let plain = Dist::get(path).ok_or_else(|| missing.clone())?;
    let kind = content_type(path).ok_or(missing)?;
    let tag = format!("\"{}\"", hex::encode(plain.metadata.sha256_hash()));
    if asked.get(IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes()) {
        return Ok(StatusCode::NOT_MODIFIED.into_response());
    }
    let accepted =
        asked.get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let packed = [("br", ".br"), ("gzip", ".gz")].into_iter().find_map(|(encoding, ending)| {
        let file = accepts(accepted, encoding).then(|| Dist::get(&format!("{path}{ending}")))??;
        Some((encoding, file))
    });
    let (encoding, data) = match packed {
        Some((encoding, file)) => (Some(encoding), file.data),
        None => (None, plain.data),
    };
    let mut response = Response::new(Body::from(data.into_owned()));
    let headers = response.headers_mut();
    let fixed: [(HeaderName, &'static str); 5] = [
        (CONTENT_TYPE, kind),
        (CACHE_CONTROL, cache),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (VARY, "accept-encoding"),
        // A merchant's page loads the script as a module, which asks as from another origin; none of
        // these files is secret.
        (ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if let Some(encoding) = encoding {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(ETAG, tag);
    }
    Ok(response)
}

fn accepts(header: &str, encoding: &str) -> bool {
    header.split(',').any(|range| {
        let mut parts = range.split(';');
        let named = parts.next().is_some_and(|name| name.trim() == encoding);
        named && !parts.any(|part| matches!(part.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
    })
}

/// The type of a file that may be served; the packed forms are only ever served in place of it.
fn content_type(path: &str) -> Option<&'static str> {
    match path.rsplit('.').next()? {
        "js" => Some("text/javascript; charset=utf-8"),
        "css" => Some("text/css; charset=utf-8"),
        "wasm" => Some("application/wasm"),
        _ => None,
    }
}
