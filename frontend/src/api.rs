//! The customer's endpoints, asked from the browser.

use gloo_net::http::{Method, RequestBuilder, Response};
use kasir_shared::LinkId;
use kasir_shared::api::checkout::Balance;
use serde::de::DeserializeOwned;

use crate::browser;
use crate::page::Page;
use crate::stage::Failure;

/// One of the endpoints that are answered with the view: a method, a path below
/// `/checkout/v1/{token}`, and for some a body.
pub(crate) struct Question {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) json: Option<String>,
}

impl Question {
    /// A question without a body.
    pub(crate) fn new(method: Method, path: &[&str]) -> Self {
        Self { method, path: path.concat(), json: None }
    }

    /// Posts a body.
    pub(crate) fn post(path: &str, json: Option<String>) -> Self {
        Self { method: Method::POST, path: path.to_owned(), json }
    }
}

/// `GET /checkout/v1/{token}/links/{id}/balance`.
pub(crate) async fn balance(page: &Page, link: &LinkId) -> Option<Balance> {
    let path = ["/links/", link.as_str(), "/balance"];
    ask(page, Question::new(Method::GET, &path)).await.ok()
}

/// Asks the server.
pub(crate) async fn ask<T: DeserializeOwned>(page: &Page, asked: Question) -> Result<T, Failure> {
    let text = text(page, asked).await?;
    browser::from_json(&text).ok_or(Failure::Unreadable)
}

/// What the server answers, unless it is a problem.
async fn text(page: &Page, asked: Question) -> Result<String, Failure> {
    let path = ["/checkout/v1/", &page.token, &asked.path].concat();
    let request = RequestBuilder::new(&path)
        .method(asked.method)
        .header("Accept", "application/json")
        .header("Accept-Language", page.locale.tag());
    let response = match asked.json {
        None => request.send().await,
        Some(json) => {
            let request = request.header("Content-Type", "application/json").body(json);
            request.map_err(|_| Failure::Unreadable)?.send().await
        }
    };
    let response: Response = response.map_err(|_| Failure::Offline)?;
    let text = response.text().await.map_err(|_| Failure::Offline)?;
    if response.ok() {
        return Ok(text);
    }
    let problem = browser::from_json(&text).map(Box::new).map(Failure::Problem);
    Err(problem.unwrap_or(Failure::Unreadable))
}
