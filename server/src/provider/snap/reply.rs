//! What we answer to a notification: a code of the standard, and the time.

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Response, StatusCode};
use kasir_shared::Moment;
use serde::Serialize;

use super::code::Code;
use super::time;

/// The service that notifies of a direct debit, and so of a wallet's payment.
const NOTIFICATION: u8 = 56;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Reply {
    response_code: String,
    response_message: &'static str,
}

/// An answer with this HTTP status, and the code of the case under it.
pub fn reply(
    (http, case): (u16, u8),
    response_message: &'static str,
    at: Moment,
) -> Response<Bytes> {
    let code = Code { http, service: NOTIFICATION, case };
    with(code, &Reply { response_code: code.to_string(), response_message }, at)
}

/// An answer that says more than its code and what that means.
pub fn with(code: Code, body: &impl Serialize, at: Moment) -> Response<Bytes> {
    // Plain texts always have a JSON.
    let body = serde_json::to_vec(body).unwrap_or_default();
    let mut answer = Response::new(Bytes::from(body));
    *answer.status_mut() =
        StatusCode::from_u16(code.http).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = answer.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if let Ok(now) = HeaderValue::try_from(time::jakarta(at)) {
        headers.insert("x-timestamp", now);
    }
    answer
}

/// It was taken, and need not come again.
pub fn acknowledge(at: Moment) -> Response<Bytes> {
    reply((200, 0), "Successful", at)
}

/// It is about an order that we do not know.
pub fn unknown(at: Moment) -> Response<Bytes> {
    reply((404, 1), "Transaction Not Found", at)
}

/// It could not be kept, and has to come again.
pub fn not_kept(at: Moment) -> Response<Bytes> {
    reply((500, 1), "Internal Server Error", at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_agrees_with_its_http_status_and_says_when_it_was_made() {
        let at = Moment::from_unix_s(1_670_457_599);
        let answer = reply((401, 0), "Unauthorized", at);
        assert_eq!(answer.status(), 401);
        assert_eq!(answer.headers()["x-timestamp"], "2022-12-08T06:59:59+07:00");
        assert_eq!(answer.headers()[CONTENT_TYPE], "application/json");
        assert_eq!(answer.body(), r#"{"responseCode":"4015600","responseMessage":"Unauthorized"}"#);
    }
}
