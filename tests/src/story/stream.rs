//! A page's event stream, read as a browser reads it.

use serde_json::Value;

use super::in_time;

/// One event: the session as the page sees it.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The event's id.
    pub id: u64,
    /// The view.
    pub view: Value,
}

/// An open event stream.
pub struct Stream {
    response: reqwest::Response,
    buffer: String,
}

impl Stream {
    /// Opens the stream at `url`, after the event `last` where one was seen.
    ///
    /// # Panics
    ///
    /// Where it does not open.
    pub async fn open(http: &reqwest::Client, url: &str, last: Option<u64>) -> Self {
        let mut request = http.get(url).header("accept", "text/event-stream");
        if let Some(last) = last {
            request = request.header("last-event-id", last.to_string());
        }
        let response = request.send().await.expect("the stream opens");
        assert_eq!(response.status(), 200, "{url}");
        Self { response, buffer: String::new() }
    }

    /// The next event; `None` once the stream has ended.
    pub async fn next(&mut self) -> Option<Seen> {
        in_time("an event, or the end of the stream", async {
            loop {
                if let Some((block, rest)) = self.buffer.split_once("\n\n") {
                    let seen = read(block);
                    self.buffer = String::from(rest);
                    if seen.is_some() {
                        return seen;
                    }
                    continue;
                }
                let chunk = self.response.chunk().await.ok()??;
                self.buffer.push_str(&String::from_utf8_lossy(&chunk));
            }
        })
        .await
    }

    /// The first view that fits.
    ///
    /// # Panics
    ///
    /// Where none does.
    pub async fn until(&mut self, what: &str, fits: impl Fn(&Value) -> bool) -> Value {
        let mut last = Value::Null;
        let looking = async {
            while let Some(seen) = self.next().await {
                last = seen.view;
                if fits(&last) {
                    return true;
                }
            }
            false
        };
        let found = tokio::time::timeout(super::PATIENCE, looking).await;
        assert!(found.unwrap_or(false), "it never came true: {what}; the last view was {last:#}");
        last
    }
}

fn read(block: &str) -> Option<Seen> {
    let field = |name: &str| {
        block.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':').map(str::trim))
    };
    let view = serde_json::from_str(field("data")?).expect("an event carries JSON");
    Some(Seen { id: field("id")?.parse().expect("an id is a number"), view })
}
