//! How an answer goes wrong on its way: cut, padded, bent or never sent.
use super::faults::{Armed, Fault};
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::header::{CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, LOCATION};
use http::response::Parts;
use http::{HeaderValue, StatusCode};
use serde_json::{Map, Value, json};
use std::io;
use std::time::Duration;
use tokio_stream::StreamExt as _;

/// What an operation answers before anything bends it.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    Json(Map<String, Value>),
    Page(String),
    Found(String),
    Snap(SnapAnswer),
}

/// What a SNAP service answers.
#[derive(Clone, Debug)]
pub(crate) struct SnapAnswer {
    pub(crate) service: u8,
    pub(crate) status: u16,
    /// `X-TIMESTAMP`.
    pub(crate) stamp: String,
    pub(crate) warning: Option<&'static str>,
    pub(crate) map: Map<String, Value>,
}

impl IntoResponse for SnapAnswer {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::OK);
        let mut response =
            (status, json_response(Value::Object(self.map).to_string())).into_response();
        let headers = response.headers_mut();
        if let Ok(stamp) = HeaderValue::from_str(&self.stamp) {
            headers.insert("x-timestamp", stamp);
        }
        if let Some(warning) = self.warning {
            headers.insert("x-sim-warning", HeaderValue::from_static(warning));
        }
        // A provider that is down is to be found so by the next call, not by a connection that was
        // kept from a better time.
        headers.insert(CONNECTION, HeaderValue::from_static("close"));
        response
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        match self {
            Self::Json(map) => json_response(Value::Object(map).to_string()),
            Self::Page(html) => super::pages::html(html),
            Self::Found(url) => super::pages::found(&url),
            Self::Snap(answer) => answer.into_response(),
        }
    }
}

fn json_response(text: String) -> Response {
    ([(CONTENT_TYPE, "application/json;charset=UTF-8")], text).into_response()
}

/// The size of an enormous answer.
const ENORMOUS: usize = 50 << 20;
const BLOCK: usize = 64 << 10;
/// Long enough for what came before a break to leave the machine.
const BREAK_AFTER: Duration = Duration::from_millis(50);

/// The answer with a fault played on it. `elsewhere` is where a redirect points.
pub(crate) async fn play(armed: Option<&Armed>, answer: Answer, elsewhere: &str) -> Response {
    let Some(armed) = armed else { return answer.into_response() };
    match armed.fault {
        Fault::LostReply | Fault::LostRequest => hang_up(),
        Fault::Delay => {
            tokio::time::sleep(Duration::from_millis(armed.ms.unwrap_or(2_000))).await;
            answer.into_response()
        }
        Fault::ServerError => {
            (StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error").into_response()
        }
        Fault::Html => gateway_page(StatusCode::OK),
        Fault::BadGateway => gateway_page(StatusCode::BAD_GATEWAY),
        Fault::Redirect => redirect(elsewhere),
        Fault::Truncated => truncated(bytes_of(answer).await),
        Fault::Enormous => enormous(bytes_of(answer).await),
        Fault::Slow => slow(bytes_of(answer).await),
        Fault::Busy
        | Fault::InternalError
        | Fault::InProgress
        | Fault::EightDigits
        | Fault::CodeDisagrees
        | Fault::InfoMissing
        | Fault::WrongTypes
        | Fault::UnknownFields
        | Fault::NullsMissing
        | Fault::WrongAmount => bent(armed.fault, answer).into_response(),
        Fault::DuplicateNotification
        | Fault::LateNotification
        | Fault::ReorderedNotification
        | Fault::ForgedNotification
        | Fault::NoNotification
        | Fault::NotificationBeforeReply
        | Fault::NoCallback
        | Fault::LenderRefuses
        | Fault::CorruptSignature
        | Fault::StaleTimestamp => answer.into_response(),
    }
}

/// Closes the connection without a byte: the body fails before the head has been flushed.
fn hang_up() -> Response {
    Body::from_stream(tokio_stream::once(Err::<Bytes, _>(io::Error::other("hung up"))))
        .into_response()
}

/// What a gateway says in a provider's place.
pub(crate) fn gateway_page(status: StatusCode) -> Response {
    let html = "<html><head><title>Attention Required!</title></head>\
                <body><h1>Sorry, you have been blocked</h1></body></html>";
    (status, axum::response::Html(html)).into_response()
}

fn redirect(elsewhere: &str) -> Response {
    let mut response = StatusCode::TEMPORARY_REDIRECT.into_response();
    if let Ok(place) = HeaderValue::from_str(elsewhere) {
        response.headers_mut().insert(LOCATION, place);
    }
    response
}

async fn bytes_of(answer: Answer) -> (Parts, Bytes) {
    let (head, body) = answer.into_response().into_parts();
    (head, axum::body::to_bytes(body, ENORMOUS).await.unwrap_or_default())
}

fn streamed(mut head: Parts, length: Option<usize>, body: Body) -> Response {
    head.headers.remove(CONTENT_LENGTH);
    if let Some(length) = length {
        head.headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
    }
    Response::from_parts(head, body)
}

fn truncated((head, bytes): (Parts, Bytes)) -> Response {
    let parts = [Ok(bytes.slice(..bytes.len() / 2)), Err(io::Error::other("cut"))];
    let stream = tokio_stream::iter(parts).throttle(BREAK_AFTER);
    streamed(head, Some(bytes.len()), Body::from_stream(stream))
}

fn slow((head, bytes): (Parts, Bytes)) -> Response {
    let each: Vec<_> = (0..bytes.len()).map(|i| Ok::<_, io::Error>(bytes.slice(i..=i))).collect();
    let stream = tokio_stream::iter(each).throttle(Duration::from_secs(1));
    streamed(head, Some(bytes.len()), Body::from_stream(stream))
}

/// A JSON answer stays JSON: the padding is its first field.
fn enormous((head, bytes): (Parts, Bytes)) -> Response {
    let (start, tail) = match bytes.first() {
        Some(b'{') => (Bytes::from_static(b"{\"padding\":\""), [b"\",", &bytes[1..]].concat()),
        Some(_) | None => (Bytes::from_static(b"<!--"), [b"-->", &bytes[..]].concat()),
    };
    let block = Bytes::from(vec![b'x'; BLOCK]);
    let blocks = std::iter::repeat_n(block, ENORMOUS / BLOCK);
    let parts = std::iter::once(start).chain(blocks).chain(std::iter::once(Bytes::from(tail)));
    let stream = tokio_stream::iter(parts.map(Ok::<_, io::Error>));
    streamed(head, None, Body::from_stream(stream))
}

/// A JSON answer whose fields are not what they should be.
fn bent(fault: Fault, answer: Answer) -> Answer {
    let mut map = match answer {
        Answer::Json(map) => map,
        Answer::Snap(answer) => return Answer::Snap(bent_snap(fault, answer)),
        Answer::Page(_) | Answer::Found(_) => return answer,
    };
    if fault == Fault::WrongTypes {
        map.values_mut().for_each(wrong_type);
    }
    if fault == Fault::NullsMissing {
        map.retain(|_, value| !value.is_null());
    }
    if fault == Fault::UnknownFields {
        map.insert("newSince2027".to_owned(), json!({"deep": [1, null, "teks"]}));
        map.insert("result".to_owned(), json!("PAID"));
    }
    for name in ["amt", "amount"] {
        let amount = map.get_mut(name).filter(|_| fault == Fault::WrongAmount);
        if let Some(amount) = amount {
            let value = amount.as_str().and_then(|text| text.parse::<i64>().ok()).unwrap_or(0);
            *amount = json!((value + 1).to_string());
        }
    }
    Answer::Json(map)
}

/// The same for SNAP, which has ways of its own.
fn bent_snap(fault: Fault, mut answer: SnapAnswer) -> SnapAnswer {
    let service = answer.service;
    let says = |code: String, message: &str| {
        let says = json!({"responseCode": code, "responseMessage": message});
        says.as_object().cloned().unwrap_or_default()
    };
    if fault == Fault::InProgress {
        answer.status = 202;
        answer.map = says(format!("202{service:02}00"), "Request In Progress");
    }
    if fault == Fault::CodeDisagrees {
        answer.status = 200;
        answer.map = says(format!("500{service:02}00"), "General Error");
    }
    if fault == Fault::EightDigits {
        let longer = json!(format!("{}{service:02}000", answer.status));
        answer.map.insert("responseCode".to_owned(), longer);
    }
    bend_snap(fault, &mut answer.map);
    answer
}

/// What goes wrong with the fields of an answer, and of a notification too.
pub(crate) fn bend_snap(fault: Fault, map: &mut Map<String, Value>) {
    if fault == Fault::WrongTypes {
        map.values_mut().for_each(unquoted);
    }
    if fault == Fault::InfoMissing {
        map.remove("additionalInfo");
    }
    if fault == Fault::UnknownFields {
        map.insert("newSince2027".to_owned(), json!({"deep": [1, null, "teks"]}));
        map.insert("result".to_owned(), json!("PAID"));
    }
    if fault == Fault::WrongAmount {
        amounts(map);
    }
}

/// The names under which an amount stands in an answer or a notification.
const AMOUNTS: [&str; 5] = ["amount", "transAmount", "refundAmount", "paidAmount", "totalAmount"];

/// One rupiah more, also in the data of a virtual account.
fn amounts(map: &mut Map<String, Value>) {
    for amount in AMOUNTS {
        let value = map.get_mut(amount).and_then(|amount| amount.get_mut("value"));
        if let Some(value) = value {
            let rupiah = value.as_str().and_then(|text| text.split('.').next()?.parse().ok());
            *value = json!(format!("{}.00", rupiah.unwrap_or(0_i64) + 1));
        }
    }
    if let Some(Value::Object(inner)) = map.get_mut("virtualAccountData") {
        amounts(inner);
    }
}

/// Numbers in place of the texts that hold some.
fn unquoted(value: &mut Value) {
    match value {
        Value::String(text) => {
            if let Some(number) = serde_json::from_str::<serde_json::Number>(text)
                .ok()
                .or_else(|| text.parse::<u64>().ok().map(Into::into))
            {
                *value = Value::Number(number);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(unquoted),
        Value::Object(map) => map.values_mut().for_each(unquoted),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn wrong_type(value: &mut Value) {
    *value = match value {
        Value::String(text) => {
            text.parse::<i64>().map_or_else(|_| json!([text]), |number| json!(number))
        }
        Value::Null => json!({}),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => json!("?"),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bend(fault: Fault) -> Value {
        let answer =
            json!({"resultCd": "0000", "resultMsg": "SUCCESS", "amt": "10", "payNo": null});
        let Value::Object(map) = answer else { unreachable!() };
        let Answer::Json(map) = bent(fault, Answer::Json(map)) else { unreachable!() };
        Value::Object(map)
    }

    #[test]
    fn wrong_types_lose_the_zeros_of_a_code_and_wrap_a_text() {
        let bent = bend(Fault::WrongTypes);
        assert_eq!(bent, json!({"resultCd": 0, "resultMsg": ["SUCCESS"], "amt": 10, "payNo": {}}));
    }

    #[test]
    fn missing_nulls_are_missing_and_everything_else_stays() {
        let bent = bend(Fault::NullsMissing);
        assert_eq!(bent, json!({"resultCd": "0000", "resultMsg": "SUCCESS", "amt": "10"}));
    }

    #[test]
    fn a_wrong_amount_is_one_rupiah_more() {
        assert_eq!(bend(Fault::WrongAmount)["amt"], "11");
    }

    #[test]
    fn unknown_fields_come_beside_the_known_ones() {
        let bent = bend(Fault::UnknownFields);
        assert_eq!((&bent["resultCd"], &bent["result"]), (&json!("0000"), &json!("PAID")));
    }
}
