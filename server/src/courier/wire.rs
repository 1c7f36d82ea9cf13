//! One question and its answer, read to the end.

use bytes::{Bytes, BytesMut};
use futures_util::StreamExt as _;

use super::Courier;

/// The longest answer that is read.
const ANSWER_BYTES_MAX: usize = 256 * 1024;

/// Why a question has no answer.
pub(super) struct Unheard {
    pub(super) why: String,
    /// No connection was made, so not a byte of the question left us.
    pub(super) unsaid: bool,
}

impl Courier {
    /// Asks a provider.
    pub(super) async fn ask(
        &self,
        request: &http::Request<Bytes>,
        ipv4_only: bool,
    ) -> Result<http::Response<Bytes>, Unheard> {
        let (url, method) = (request.uri().to_string(), request.method().clone());
        let client = if ipv4_only { &self.providers_v4 } else { &self.providers };
        let sending = client
            .request(method, url)
            .headers(request.headers().clone())
            .body(request.body().clone())
            .send();
        let answer = sending
            .await
            .map_err(|error| Unheard { why: named(&error), unsaid: error.is_connect() })?;
        read(answer).await.map_err(|why| Unheard { why, unsaid: false })
    }
}

/// Reads an answer to its end or to the limit, whichever comes first.
async fn read(answer: reqwest::Response) -> Result<http::Response<Bytes>, String> {
    let mut whole = http::Response::new(Bytes::new());
    *whole.status_mut() = answer.status();
    *whole.headers_mut() = answer.headers().clone();
    let mut body = BytesMut::new();
    let mut chunks = answer.bytes_stream();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|error| named(&error))?;
        if body.len() + chunk.len() > ANSWER_BYTES_MAX {
            return Err(format!("an answer of more than {ANSWER_BYTES_MAX} bytes"));
        }
        body.extend_from_slice(&chunk);
    }
    *whole.body_mut() = body.freeze();
    Ok(whole)
}

/// What went wrong, without the address: an address may hold a token.
pub(super) fn named(error: &reqwest::Error) -> String {
    let kind = if error.is_connect() {
        "no connection"
    } else if error.is_timeout() {
        "too slow"
    } else if error.is_body() || error.is_decode() {
        "cut off in the middle"
    } else {
        "connection lost"
    };
    kind.to_owned()
}
