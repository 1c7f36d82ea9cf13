//! What a customer's browser downloads, in the bytes that travel.

use std::io::Read as _;
use std::path::Path;

use reqwest::header::{ACCEPT_ENCODING, CONTENT_ENCODING};
use serde_json::Value;

use crate::process::Process;
use crate::shop;
use crate::table;
use crate::wasm;

/// The page as it first appears: HTML and style.
const FIRST_BYTES_MAX: usize = 14 * 1024;
/// What makes it lively: script and WebAssembly.
const LIVELY_BYTES_MAX: usize = 100 * 1024;
/// What a shop adds to its own page.
const EMBED_BYTES_MAX: usize = 4 * 1024;
/// How many contributors are named.
const NAMED: usize = 16;

/// Prints; whether everything is within its limit.
pub(crate) async fn run(folder: &Path, repository: &Path) -> bool {
    let dist = repository.join("dist");
    let Ok(manifest) = std::fs::read(dist.join("manifest.json")) else {
        eprintln!("dist/manifest.json is not there: `make page` makes it");
        return false;
    };
    let manifest: Value = serde_json::from_slice(&manifest).expect("the manifest is JSON");
    let bytes = |name: &str, form: &str| {
        let size = manifest[name][form].as_u64().expect("the manifest has sizes");
        usize::try_from(size).unwrap_or(usize::MAX)
    };
    let (html_raw, html) = choose_page(folder, &manifest).await;
    let row = |what: &str, raw: usize, br: usize, limit: usize| {
        let over = if br > limit { "over" } else { "" };
        let limit = if limit == usize::MAX { String::new() } else { limit.to_string() };
        vec![what.to_owned(), raw.to_string(), br.to_string(), limit, over.to_owned()]
    };
    let part = |name: &str| row(name, bytes(name, "raw"), bytes(name, "br"), usize::MAX);
    let sums = [
        (html + bytes("style", "br"), FIRST_BYTES_MAX),
        (bytes("script", "br") + bytes("wasm", "br"), LIVELY_BYTES_MAX),
        (bytes("embed", "br"), EMBED_BYTES_MAX),
    ];
    let [first, lively, embed] = sums;
    table::print(
        "Bytes on the wire (Brotli as served)",
        &["", "raw", "br", "limit", ""],
        &[
            row("the page to choose on", html_raw, html, usize::MAX),
            part("style"),
            row("  first paint", html_raw + bytes("style", "raw"), first.0, first.1),
            part("script"),
            part("wasm"),
            row("  lively", bytes("script", "raw") + bytes("wasm", "raw"), lively.0, lively.1),
            row("kasir.js, in the shop's page", bytes("embed", "raw"), embed.0, embed.1),
        ],
    );
    let wasm = manifest["wasm"]["path"].as_str().expect("the manifest names the wasm");
    let wasm = std::fs::read(dist.join(wasm.trim_start_matches('/'))).expect("dist/ is whole");
    contributors(&wasm);
    sums.iter().all(|(bytes, limit)| bytes <= limit)
}

/// The page of a new session as the real binary serves it: its size, and its size on the wire.
async fn choose_page(folder: &Path, manifest: &Value) -> (usize, usize) {
    let folder = tempfile::tempdir_in(folder).expect("a folder is made");
    let nobody = "http://127.0.0.1:9";
    let kasir = Process::start(folder.path(), nobody, nobody).await;
    let sessions = shop::open_sessions(&kasir.url(), nobody, 1).await;
    let page = sessions.first().expect("one was opened");
    let asking = shop::client().get(&page.url).header(ACCEPT_ENCODING, "br").send();
    let answer = asking.await.expect("the page comes");
    assert_eq!(answer.headers()[CONTENT_ENCODING], "br", "the page is packed");
    let packed = answer.bytes().await.expect("the page is whole");
    let mut html = String::new();
    brotli::Decompressor::new(&*packed, 4096).read_to_string(&mut html).expect("it is Brotli");
    let style = manifest["style"]["path"].as_str().expect("the manifest names the style");
    for expected in ["DANA", "ShopeePay", "AstraPay", style] {
        assert!(html.contains(expected), "the page does not hold {expected}: build kasir anew");
    }
    (html.len(), packed.len())
}

fn contributors(wasm: &[u8]) {
    let rows = |parts: Vec<wasm::Part>| -> Vec<Vec<String>> {
        let total: usize = parts.iter().map(|(_, size)| size).sum();
        let row = |(name, size): (String, usize)| {
            let share = format!("{} %", size * 100 / total.max(1));
            vec![name, size.to_string(), share]
        };
        parts.into_iter().take(NAMED).map(row).collect()
    };
    let sections = wasm::sections(wasm).expect("the page's wasm is a module");
    table::print(
        "The page's wasm by section (bytes before Brotli)",
        &["", "bytes", ""],
        &rows(sections),
    );
    // The optimiser drops the names; what the compiler wrote has them, and nearly the same shares.
    let Some(named) = compiled() else { return };
    let crates = wasm::crates(&named).expect("the compiler wrote a module");
    table::print(
        "Its code by crate, as compiled (bytes before wasm-opt)",
        &["", "bytes", ""],
        &rows(crates),
    );
}

/// What the compiler wrote, where it was built in this target folder.
fn compiled() -> Option<Vec<u8>> {
    let target = crate::process::binary();
    let target = target.parent()?.parent()?;
    let module = target.join("wasm32-unknown-unknown/wasm-release/kasir_frontend.wasm");
    std::fs::read(module).ok()
}
