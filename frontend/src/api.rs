//! The customer's endpoints, asked from the browser.

use gloo_net::http::{Request, RequestBuilder, Response};
use kasir_shared::AttemptId;
use kasir_shared::api::checkout::{CheckoutView, StartAttempt};

use crate::browser;
use crate::page::Page;
use crate::stage::Failure;

type Answer = Result<Box<CheckoutView>, Failure>;

/// `GET /checkout/v1/{token}`.
pub(crate) async fn look(page: &Page) -> Answer {
    let path = ["/checkout/v1/", &page.token].concat();
    answer(in_language(page, Request::get(&path)).send().await).await
}

/// `POST /checkout/v1/{token}/attempts`.
pub(crate) async fn start(page: &Page, start: &StartAttempt) -> Answer {
    let path = ["/checkout/v1/", &page.token, "/attempts"].concat();
    let request = in_language(page, Request::post(&path));
    let json = browser::start_to_json(start).ok_or(Failure::Unreadable)?;
    let request = request.header("Content-Type", "application/json").body(json);
    answer(request.map_err(|_| Failure::Unreadable)?.send().await).await
}

/// `POST /checkout/v1/{token}/attempts/{id}/cancel`.
pub(crate) async fn cancel(page: &Page, attempt: &AttemptId) -> Answer {
    let path = ["/checkout/v1/", &page.token, "/attempts/", attempt.as_str(), "/cancel"].concat();
    answer(in_language(page, Request::post(&path)).send().await).await
}

fn in_language(page: &Page, request: RequestBuilder) -> RequestBuilder {
    request.header("Accept", "application/json").header("Accept-Language", page.locale.tag())
}

async fn answer(response: Result<Response, gloo_net::Error>) -> Answer {
    let response = response.map_err(|_| Failure::Offline)?;
    let text = response.text().await.map_err(|_| Failure::Offline)?;
    if response.ok() {
        browser::from_json(&text).map(Box::new).ok_or(Failure::Unreadable)
    } else {
        let problem = browser::from_json(&text).map(Box::new).map(Failure::Problem);
        Err(problem.unwrap_or(Failure::Unreadable))
    }
}
