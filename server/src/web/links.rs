//! Linked wallets on the page: link one, see what is in it, take it back.

use std::future::Future;

use axum::Json;
use axum::extract::State;
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderMap, HeaderValue, Uri};
use axum::response::{IntoResponse, Response};
use kasir_frontend::{Purse, Typed};
use kasir_shared::api::checkout::{Balance, CheckoutView, StartLink};
use kasir_shared::{LinkId, Problem, ProblemCode};

use super::checkout::{back, back_to, finished, session, shown, typed};
use super::extract::{Named, Whole, json};
use super::problem::Refusal;
use super::visitor::is_form;
use super::{App, page};
use crate::flow::link::unlink::By;
use crate::flow::link::{balance as asking, begin as beginning, own, unlink as unlinking};
use crate::flow::{FlowError, Visitor};
use crate::store::SessionWithAttempts;

/// The customer wants to link a wallet.
#[utoipa::path(post, path = "/checkout/v1/{client_token}/links", tag = "Checkout",
    params(("client_token" = String, Path)),
    request_body(content((StartLink = "application/json"), (StartLink = "application/x-www-form-urlencoded"))),
    responses((status = 200, body = CheckoutView), (status = 303, description = "a form was taken: to the page"),
        (status = "default", body = Problem)))]
pub async fn start_link(
    State(app): State<App>,
    visitor: Visitor,
    Named(token): Named<String>,
    Whole(request): Whole,
) -> Result<Response, Refusal> {
    let (uri, headers, body) = (request.uri(), request.headers(), request.body());
    let known = session(&app, &token).await?;
    if !is_form(headers) {
        begin(&app, known, json::<StartLink>(headers, body)?, visitor).await?;
        return shown(&app, &token).await;
    }
    let typed = typed(body);
    let begun = match typed.clone().link() {
        Some(wanted) => begin(&app, known, wanted, visitor).await,
        None => Err(Refusal {
            code: ProblemCode::InvalidField,
            field: Some("method".to_owned()),
            note: None,
        }),
    };
    match begun {
        Ok(()) => Ok(back(&token, uri)),
        Err(refusal) => page::again(&app, &token, uri, headers, (typed, refusal)).await,
    }
}

/// What is in a linked wallet now.
#[utoipa::path(get, path = "/checkout/v1/{client_token}/links/{id}/balance", tag = "Checkout",
    params(("client_token" = String, Path), ("id" = String, Path)),
    responses((status = 200, body = Balance), (status = "default", body = Problem)))]
pub async fn get_balance(
    State(app): State<App>,
    Named((token, id)): Named<(String, String)>,
) -> Result<Response, Refusal> {
    let known = session(&app, &token).await?;
    let balance = asking::balance(&app.house, &known.session, &named(&id)?).await?;
    let mut response = Json(balance).into_response();
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// Takes a link back, or calls it off while it is made.
#[utoipa::path(delete, path = "/checkout/v1/{client_token}/links/{id}", tag = "Checkout",
    params(("client_token" = String, Path), ("id" = String, Path)),
    responses((status = 200, body = CheckoutView), (status = "default", body = Problem)))]
pub async fn delete_link(
    State(app): State<App>,
    Named((token, id)): Named<(String, String)>,
) -> Result<Response, Refusal> {
    end(&app, session(&app, &token).await?, &id).await?;
    shown(&app, &token).await
}

/// The same, by a form.
#[utoipa::path(post, path = "/checkout/v1/{client_token}/links/{id}/unlink", tag = "Checkout",
    params(("client_token" = String, Path), ("id" = String, Path)),
    responses((status = 200, body = CheckoutView), (status = 303, description = "a form was taken: to the page"),
        (status = "default", body = Problem)))]
pub async fn unlink(
    State(app): State<App>,
    Named((token, id)): Named<(String, String)>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let ended = end(&app, session(&app, &token).await?, &id).await;
    if !is_form(&headers) {
        ended?;
        return shown(&app, &token).await;
    }
    match ended {
        Ok(()) => Ok(back_to(&token, &uri, &["choose"])),
        Err(refusal) => {
            page::again(&app, &token, &uri, &headers, (Typed::default(), refusal)).await
        }
    }
}

/// What is in every wallet of a view that says so, all asked at once; each takes its time and no more.
pub async fn purses(app: &App, known: &SessionWithAttempts, view: &CheckoutView) -> Vec<Purse> {
    let asked = view.links.iter().filter(|link| link.balance).map(|link| {
        let (house, session, link) = (app.house.clone(), known.session.clone(), link.id.clone());
        app.tasks.spawn(async move {
            let balance = asking::balance(&house, &session, &link).await.ok();
            Purse { link, balance }
        })
    });
    let mut purses = Vec::new();
    for purse in asked.collect::<Vec<_>>() {
        purses.extend(purse.await.ok());
    }
    purses
}

fn named(id: &str) -> Result<LinkId, Refusal> {
    id.parse().map_err(|_| Refusal::of(ProblemCode::NotFound))
}

/// Begins the link on a task of its own: the customer may leave, the call goes on.
async fn begin(
    app: &App,
    known: SessionWithAttempts,
    wanted: StartLink,
    visitor: Visitor,
) -> Result<(), Refusal> {
    let house = app.house.clone();
    let begun = async move { beginning::begin_link(&house, &known, wanted, visitor).await };
    on_its_own(app, begun).await
}

/// Takes one of the customer's links back, on a task of its own.
async fn end(app: &App, known: SessionWithAttempts, id: &str) -> Result<(), Refusal> {
    let link = own(&app.house, &known.session, &named(id)?).await?;
    let house = app.house.clone();
    on_its_own(app, async move { unlinking::unlink(&house, &link, By::Customer).await }).await?;
    // The page that asked is not always the one in which the link was begun.
    app.house.bell.ring(&known.session.id);
    Ok(())
}

async fn on_its_own(
    app: &App,
    work: impl Future<Output = Result<(), FlowError>> + Send + 'static,
) -> Result<(), Refusal> {
    finished(app.tasks.spawn(work).await)
}
