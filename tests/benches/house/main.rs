//! What Kasir costs: time, memory and bytes.
//!
//! Everything is measured in one run, on this machine alone, and printed as tables: a figure means
//! something beside the others of its run, less beside those of another machine. Without arguments
//! all parts run; `cargo bench --bench house -- latency` runs one.
#![expect(clippy::expect_used, reason = "a benchmark whose ground gives way has nothing to print")]

mod stopwatch;
mod table;
mod process;
mod shop;
mod commits;
mod latency;
mod streams;
mod footprint;
mod wasm;
mod wire;
mod signatures;

use std::path::Path;
use std::process::ExitCode;

const PARTS: [&str; 4] = ["signatures", "latency", "footprint", "wire"];

#[tokio::main]
async fn main() -> ExitCode {
    // Cargo says `--bench`; names of parts come without dashes.
    let asked: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with('-')).collect();
    if let Some(unknown) = asked.iter().find(|part| !PARTS.contains(&part.as_str())) {
        eprintln!("there is no part {unknown}; there are: {}", PARTS.join(", "));
        return ExitCode::FAILURE;
    }
    let wanted = |part: &str| asked.is_empty() || asked.iter().any(|one| one == part);
    // Beside what Cargo builds, and so on a disk: a commit to memory would cost nothing.
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("the build has a folder");
    if table::file_system(folder.path()).as_deref() == Some("tmpfs") {
        eprintln!("{} is in memory: set CARGO_TARGET_DIR to a disk", folder.path().display());
        return ExitCode::FAILURE;
    }
    let mut kept = true;
    if wanted("signatures") {
        kept &= signatures::run();
    }
    if wanted("latency") {
        latency::run(folder.path()).await;
    }
    if wanted("footprint") {
        footprint::run(folder.path()).await;
    }
    if wanted("wire") {
        kept &= wire::run(folder.path(), &repository()).await;
    }
    if kept { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Where the page was built: `dist/` is here.
fn repository() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}
