//! What no lint can hold: a provider has no network, no clock, no chance and no environment, and
//! knows nothing of the house around it.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::fs;
use std::path::{Path, PathBuf};

/// Words that would open a door which only the house opens.
const FORBIDDEN: &[&str] = &[
    "reqwest",
    "tokio",
    "async fn",
    ".await",
    "::now(",
    "std::env",
    "rand::",
    "crate::clock",
    "crate::courier",
    "crate::desk",
    "crate::flow",
    "crate::store",
    "crate::web",
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Whether a line says the word, and not one that ends like it.
fn says(line: &str, word: &str) -> bool {
    let begins = |at: usize| !line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
    let any = !word.starts_with(char::is_alphanumeric);
    line.match_indices(word).any(|(at, _)| any || begins(at))
}

#[test]
fn a_provider_is_pure() {
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/provider"), &mut files);
    assert!(
        files.iter().any(|file| file.ends_with("nicepay/mod.rs")),
        "there is something to read"
    );
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        for (number, line) in text.lines().enumerate() {
            let word = FORBIDDEN.iter().find(|word| says(line, word));
            assert_eq!(word, None, "{}:{}", file.display(), number + 1);
        }
    }
}

#[test]
fn a_provider_does_not_know_another() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/provider");
    let names = ["nicepay", "winpay", "espay"];
    for name in names.iter().filter(|name| folder.join(name).is_dir()) {
        let mut files = Vec::new();
        sources(&folder.join(name), &mut files);
        for file in files {
            let text = fs::read_to_string(&file).unwrap();
            for other in names.iter().filter(|other| *other != name) {
                let said = text.contains(&format!("provider::{other}"))
                    || text.contains(&format!("super::{other}"));
                assert!(!said, "{} knows {other}", file.display());
            }
        }
    }
}
