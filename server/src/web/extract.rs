//! What handlers are handed: parsed, or refused.

use axum::body::Bytes;
use axum::extract::{ConnectInfo, FromRequest, FromRequestParts, Path, Request};
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use kasir_shared::ProblemCode;
use serde::de::DeserializeOwned;

use super::App;
use super::problem::Refusal;
use super::visitor::{self, Peer};
use crate::flow::Visitor;
use crate::merchant::Merchant;

/// The id of the merchant whose API key the request carries.
pub struct Caller(pub String);

impl FromRequestParts<App> for Caller {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let header = parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let key = header.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
        let merchant = app.house.merchants.by_key(key.trim());
        merchant
            .map(|merchant| Self(merchant.id.clone()))
            .ok_or(Refusal::of(ProblemCode::Unauthorized))
    }
}

impl Caller {
    /// The merchant itself.
    pub fn merchant<'a>(&self, app: &'a App) -> Result<&'a Merchant, Refusal> {
        app.house.merchants.by_id(&self.0).ok_or(Refusal::of(ProblemCode::Unauthorized))
    }
}

/// What a path names. What is no text names nothing, and is not found like any other such address.
pub struct Named<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequestParts<App> for Named<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let named = Path::<T>::from_request_parts(parts, app).await;
        named.map(|Path(named)| Self(named)).map_err(|_| Refusal::of(ProblemCode::NotFound))
    }
}

/// A request as it was received, its body read to the end.
pub struct Whole(pub Request<Bytes>);

impl FromRequest<App> for Whole {
    type Rejection = Refusal;

    async fn from_request(request: Request, app: &App) -> Result<Self, Refusal> {
        let (parts, body) = request.into_parts();
        // The limit on bodies travels with the request's parts.
        let read = Bytes::from_request(Request::from_parts(parts.clone(), body), app).await;
        let body = read.map_err(|rejection| {
            Refusal::of(match rejection.status().as_u16() {
                413 => ProblemCode::BodyTooLarge,
                _ => ProblemCode::Timeout,
            })
        })?;
        Ok(Self(Request::from_parts(parts, body)))
    }
}

impl FromRequestParts<App> for Visitor {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let peer = parts.extensions.get::<Peer>().map(|peer| peer.0.ip());
        // Only a router that is tried without its accept loop has no peer.
        let peer = peer.or_else(|| {
            parts.extensions.get::<ConnectInfo<std::net::SocketAddr>>().map(|info| info.0.ip())
        });
        let peer = peer.unwrap_or(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST));
        Ok(Self { ip: visitor::address(peer, &parts.headers, &app.trusted_proxies) })
    }
}

/// Parses JSON; a mistake is blamed on its field.
pub fn json<T: DeserializeOwned>(headers: &HeaderMap, body: &[u8]) -> Result<T, Refusal> {
    if !visitor::has_type(headers, "application/json") {
        return Err(Refusal::of(ProblemCode::UnsupportedMediaType));
    }
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    let parsed =
        serde_path_to_error::deserialize(&mut deserializer).map_err(|error| blame(&error))?;
    deserializer.end().map_err(|error| Refusal {
        code: ProblemCode::InvalidJson,
        field: None,
        note: Some(error.to_string()),
    })?;
    Ok(parsed)
}

fn blame(error: &serde_path_to_error::Error<serde_json::Error>) -> Refusal {
    let said = error.inner().to_string();
    if !error.inner().is_data() {
        return Refusal { code: ProblemCode::InvalidJson, field: None, note: Some(said) };
    }
    let path = error.path().to_string();
    // serde names a field that should not be there, or that is not, only in its words.
    let named = ["unknown field `", "missing field `"]
        .iter()
        .find_map(|start| said.strip_prefix(start)?.split('`').next());
    let field = match (path.as_str(), named) {
        (".", Some(named)) => named.to_owned(),
        (path, Some(named)) if path.rsplit('.').next() != Some(named) => format!("{path}.{named}"),
        (path, _) => path.to_owned(),
    };
    let code = match field.split('.').next_back() {
        Some("phone") => ProblemCode::PhoneInvalid,
        _ if field.starts_with("amount") => ProblemCode::AmountInvalid,
        _ => ProblemCode::InvalidField,
    };
    Refusal { code, field: Some(field), note: Some(said) }
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue};
    use kasir_shared::api::merchant::CreateSession;

    use super::*;

    fn refused(body: &str) -> Refusal {
        let mut headers = HeaderMap::new();
        headers.insert("content-type", HeaderValue::from_static("application/json; charset=utf-8"));
        json::<CreateSession>(&headers, body.as_bytes()).unwrap_err()
    }

    #[test]
    fn a_mistake_is_blamed_on_its_field() {
        let body = |amount: &str, more: &str| {
            format!(
                r#"{{"reference":"A-1","amount":{amount},"return_url":"https://shop.example/"{more}}}"#
            )
        };
        let sound = r#"{"value":1000,"currency":"IDR"}"#;
        for (body, code, field) in [
            (
                body(r#"{"value":-1,"currency":"IDR"}"#, ""),
                ProblemCode::AmountInvalid,
                "amount.value",
            ),
            (
                body(r#"{"value":1.5,"currency":"IDR"}"#, ""),
                ProblemCode::AmountInvalid,
                "amount.value",
            ),
            (body(r#"{"value":1,"currency":"USD"}"#, ""), ProblemCode::AmountInvalid, "amount"),
            (body("1000", ""), ProblemCode::AmountInvalid, "amount"),
            (body(sound, r#","color":"red""#), ProblemCode::InvalidField, "color"),
            (
                body(sound, r#","customer":{"phone":"12"}"#),
                ProblemCode::PhoneInvalid,
                "customer.phone",
            ),
            (body(sound, r#","methods":["cash"]"#), ProblemCode::InvalidField, "methods[0]"),
            (
                body(
                    sound,
                    r#","items":[{"name":"x","quantity":-1,"price":{"value":1,"currency":"IDR"}}]"#,
                ),
                ProblemCode::InvalidField,
                "items[0].quantity",
            ),
            (r#"{"reference":"A-1"}"#.to_owned(), ProblemCode::AmountInvalid, "amount"),
        ] {
            let refusal = refused(&body);
            assert_eq!((refusal.code, refusal.field.as_deref()), (code, Some(field)), "{body}");
        }
    }

    #[test]
    fn what_is_no_json_is_said_to_be_none() {
        for body in ["", "{", "nonsense", r#"{"reference": A-1}"#] {
            assert_eq!(refused(body).code, ProblemCode::InvalidJson, "{body}");
        }
        let none = json::<CreateSession>(&HeaderMap::new(), b"{}").unwrap_err();
        assert_eq!(none.code, ProblemCode::UnsupportedMediaType);
    }
}
