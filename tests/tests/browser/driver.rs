//! The browser's driver: one process for all stories that are told at the same time.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use fantoccini::wd::WebDriverCompatibleCommand;
use serde_json::Value;
use url::Url;

static RUNNING: Mutex<Weak<Driver>> = Mutex::new(Weak::new());

/// A running driver. It ends with the last story that uses it.
pub(crate) struct Driver {
    /// Where it listens.
    pub(crate) address: String,
    process: Child,
    // Kept open: the driver would stumble over a closed output.
    _output: BufReader<ChildStdout>,
}

impl Driver {
    /// The driver that runs already, or a new one on a port that it chooses itself.
    pub(crate) fn shared() -> Arc<Self> {
        let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(driver) = running.upgrade() {
            return driver;
        }
        let driver = Arc::new(Self::start());
        *running = Arc::downgrade(&driver);
        driver
    }

    fn start() -> Self {
        let mut process = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver is installed: scripts/install.sh browser");
        let mut output = BufReader::new(process.stdout.take().unwrap());
        let port = loop {
            let mut line = String::new();
            assert_ne!(output.read_line(&mut line).unwrap(), 0, "chromedriver ended");
            if let Some((_, port)) = line.trim_end().split_once("successfully on port ") {
                break port.trim_end_matches('.').to_owned();
            }
        };
        Self { address: format!("http://127.0.0.1:{port}"), process, _output: output }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // It may have ended by itself, for instance by the same Ctrl-C.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A command that only Chromium's driver knows.
#[derive(Debug)]
pub(crate) struct Extra {
    path: &'static str,
    body: Value,
}

impl Extra {
    /// Posts `body` to a path below the session's.
    pub(crate) const fn new(path: &'static str, body: Value) -> Self {
        Self { path, body }
    }
}

impl WebDriverCompatibleCommand for Extra {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, url::ParseError> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.path))
    }

    fn method_and_body(&self, _: &Url) -> (http::Method, Option<String>) {
        (http::Method::POST, Some(self.body.to_string()))
    }
}
