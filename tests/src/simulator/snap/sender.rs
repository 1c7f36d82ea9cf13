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

/// Who sends, and how it is signed.
#[derive(Clone, Debug)]
pub(crate) struct Sender {
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
        let (date, time) = (jakarta::date(now_ms), jakarta::time(now_ms));
        let mut headers = vec![
            ("content-type", "application/json".to_owned()),
            ("x-timestamp", timestamp),
            ("x-signature", signature),
        ];
        match self.covers {
            Covers::Body => headers.extend([
                ("x-partner-id", self.name.clone()),
                ("x-external-id", format!("{date}{time}{serial:06}")),
                ("channel-id", "WEB".to_owned()),
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

/// Whether this is the answer to a notification that ends its repetition.
pub(crate) fn accepted(status: u16, body: &[u8]) -> Result<(), String> {
    let code = Node::read(body).map(|body| body.text("responseCode").to_owned());
    match (status, code) {
        (200, Ok(code)) if code == "2005600" => Ok(()),
        (_, Ok(code)) => {
            Err(format!("the receiver answered {status} with the code {code:?}, not 2005600"))
        }
        (_, Err(why)) => Err(format!("the receiver answered {status}, and {why}")),
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
        assert_eq!(accepted(200, right), Ok(()));
        for (status, body) in [
            (201, &right[..]),
            (500, right),
            (200, br#"{"responseCode":"2002500"}"#),
            (200, br#"{"responseCode":2005600}"#),
            (200, b"OK"),
            (200, b""),
        ] {
            accepted(status, body).unwrap_err();
        }
    }
}
