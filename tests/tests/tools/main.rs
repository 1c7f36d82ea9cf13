//! What a person types into the real `kasir`, and what it answers.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod snap;
mod nicepay;
mod online;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use kasir_tests::story::process::binary;

/// What a command said, and how it ended.
struct Said {
    code: Option<i32>,
    text: String,
}

impl Said {
    /// Whether it said each of these.
    fn has(&self, parts: &[&str]) {
        for part in parts {
            assert!(self.text.contains(part), "{part} is not in:\n{}", self.text);
        }
    }

    /// Whether it said none of these.
    fn lacks(&self, parts: &[&str]) {
        for part in parts {
            assert!(!self.text.contains(part), "{part} is in:\n{}", self.text);
        }
    }
}

/// Types a command.
fn kasir(arguments: &[&str], environment: &[(&str, &str)], body: &[u8]) -> Said {
    let mut command = Command::new(binary());
    command.args(arguments).env_clear().envs(environment.iter().copied());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // A command that is refused by its flags reads no body, and hangs up.
    let _ = child.stdin.take().unwrap().write_all(body);
    let output = child.wait_with_output().unwrap();
    let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    Said { code: output.status.code(), text: said.concat() }
}

/// The file of a vector.
fn vector(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors").join(name)
}

/// The path of one of the vectors' keys.
fn key(name: &str) -> String {
    vector("snap/keys").join(name).to_str().unwrap().to_owned()
}

/// A vector in JSON.
fn json(name: &str) -> serde_json::Value {
    serde_json::from_slice(&std::fs::read(vector(name)).unwrap()).unwrap()
}
