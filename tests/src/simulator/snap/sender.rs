//! A notification as SNAP providers send it: JSON, signed anew at each try, with what must come back.
use super::body::Node;
use super::rsa::PrivateKey;
use super::sign::hash;
use super::stamp;
use crate::simulator::jakarta;
use std::sync::Arc;

/// What a signature covers.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Covers {
    /// `METHOD:path:hash:timestamp`.
    Body,
    /// `client|timestamp`: the body may be anybody's.
    Sender,
}

/// How a provider numbers its notifications, how often it sends them and what it wants to hear.
#[derive(Debug)]
pub(crate) struct Voice {
    /// `CHANNEL-ID`.
    pub(crate) channel: &'static str,
    /// Numbers them by UUIDs rather than by digits.
    pub(crate) uuids: bool,
    /// The code that ends the repetition.
    pub(crate) taken: &'static str,
    /// Codes after which it is not tried again, though it was not taken.
    pub(crate) given_up: &'static [&'static str],
    /// The gaps between tries, in virtual time.
    pub(crate) gaps_ms: &'static [i64],
}

/// What a receiver made of a notification.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Verdict {
    /// It has it.
    Taken,
    /// It does not, and is told again; why.
    Refused(String),
    /// It does not want it, and is not told again; why.
    GivenUp(String),
}

/// Notifications of payments as the standard has them, tried three times.
pub(crate) const NOTIFY: Voice = Voice {
    channel: "WEB",
    uuids: false,
    taken: "2005600",
    given_up: &[],
    gaps_ms: &[30_000, 120_000],
};

/// Who sends, and how it is signed.
#[derive(Clone, Debug)]
pub(crate) struct Sender {
    pub(crate) voice: &'static Voice,
    pub(crate) covers: Covers,
    /// Who says that it sends.
    pub(crate) name: String,
    pub(crate) key: Arc<PrivateKey>,
    /// One letter of each signature is wrong.
    pub(crate) corrupt: bool,
    /// The time that each try says it is, where that is not the time.
    pub(crate) stale: Option<i64>,
}

/// A head, one header after the other.
pub(crate) type Headers = Vec<(&'static str, String)>;

impl Voice {
    fn number(&self, now_ms: i64, serial: u64) -> String {
        if self.uuids {
            return uuid(&format!("external id {serial}"));
        }
        format!("{}{}{serial:06}", jakarta::date(now_ms), jakarta::time(now_ms))
    }
}

/// A UUID of version 4 that a text stands for.
pub(crate) fn uuid(of: &str) -> String {
    let mut hex = hash(of.as_bytes());
    hex.replace_range(12..13, "4");
    hex.replace_range(16..17, "a");
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..32]].join("-")
}

impl Sender {
    /// The headers of one try, at this moment and with this number.
    pub(crate) fn headers(&self, (url, body): (&str, &str), now_ms: i64, serial: u64) -> Headers {
        let timestamp = stamp::write(self.stale.unwrap_or(now_ms));
        let text = match self.covers {
            Covers::Body => {
                format!("POST:{}:{}:{timestamp}", target(url), hash(body.as_bytes()))
            }
            Covers::Sender => format!("{}|{timestamp}", self.name),
        };
        let mut signature = self.key.sign(&text);
        if self.corrupt {
            let other = if signature.starts_with('A') { "B" } else { "A" };
            signature.replace_range(..1, other);
        }
        let mut headers = vec![
            ("content-type", "application/json".to_owned()),
            ("x-timestamp", timestamp),
            ("x-signature", signature),
        ];
        match self.covers {
            Covers::Body => headers.extend([
                ("x-partner-id", self.name.clone()),
                ("x-external-id", self.voice.number(now_ms, serial)),
                ("channel-id", self.voice.channel.to_owned()),
            ]),
            Covers::Sender => headers.push(("x-client-key", self.name.clone())),
        }
        headers
    }
}

/// What stands after the host: the path as it is called, with its query.
fn target(url: &str) -> &str {
    let host = url.find("://").map_or(0, |place| place + 3);
    url[host..].find('/').map_or("/", |place| &url[host + place..])
}

impl Voice {
    /// Whether this is the answer to a notification that ends its repetition.
    pub(crate) fn heard(&self, status: u16, body: &[u8]) -> Verdict {
        let taken = self.taken;
        match Node::read(body).map(|body| body.text("responseCode").to_owned()) {
            Ok(code) if code == taken && status == 200 => Verdict::Taken,
            Ok(code) => {
                let why =
                    format!("the receiver answered {status} with the code {code:?}, not {taken}");
                let over = self.given_up.contains(&code.as_str());
                if over { Verdict::GivenUp(why) } else { Verdict::Refused(why) }
            }
            Err(why) => Verdict::Refused(format!("the receiver answered {status}, and {why}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_signed_is_the_path_that_is_called() {
        for (url, path) in [
            ("https://shop.example/a/b?c=d", "/a/b?c=d"),
            ("http://127.0.0.1:80/", "/"),
            ("http://127.0.0.1:80", "/"),
        ] {
            assert_eq!(target(url), path);
        }
    }

    #[test]
    fn only_200_with_its_own_code_ends_the_repetition() {
        let right = br#"{"responseCode":"2005600","responseMessage":"Successful"}"#;
        assert_eq!(NOTIFY.heard(200, right), Verdict::Taken);
        for (status, body) in [
            (201, &right[..]),
            (500, right),
            (200, br#"{"responseCode":"2002500"}"#),
            (200, br#"{"responseCode":2005600}"#),
            (200, b"OK"),
            (200, b""),
        ] {
            assert!(matches!(NOTIFY.heard(status, body), Verdict::Refused(_)));
        }
    }
}
