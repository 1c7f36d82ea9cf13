//! Wallets that a customer linked, for the shop's server.

use axum::Json;
use axum::extract::State;
use kasir_shared::api::merchant::{Link, LinkDetail, LinkList};
use kasir_shared::{LinkId, Problem, ProblemCode};

use super::App;
use super::checkout::finished;
use super::extract::{Caller, Named};
use super::problem::Refusal;
use crate::flow::link::unlink::{By, unlink};
use crate::store::{LinkHistory, LinkRecord};

/// A customer's links, oldest first, those that are gone included.
#[utoipa::path(get, path = "/v1/customers/{id}/links", tag = "Merchant",
    params(("id" = String, Path, description = "the shop's own name for the customer")),
    responses((status = 200, body = LinkList), (status = "default", body = Problem)))]
pub async fn list_links(
    State(app): State<App>,
    caller: Caller,
    Named(customer): Named<String>,
) -> Result<Json<LinkList>, Refusal> {
    let links = app.house.store.links(&caller.0, &owner(&customer), None).await?;
    Ok(Json(LinkList { data: links.iter().map(LinkRecord::as_told).collect() }))
}

/// A link with everything that happened to it.
#[utoipa::path(get, path = "/v1/customers/{id}/links/{link}", tag = "Merchant",
    params(("id" = String, Path), ("link" = String, Path)),
    responses((status = 200, body = LinkDetail), (status = "default", body = Problem)))]
pub async fn get_link(
    State(app): State<App>,
    caller: Caller,
    Named((customer, link)): Named<(String, String)>,
) -> Result<Json<LinkDetail>, Refusal> {
    let known = known(&app, &caller, (&customer, &link)).await?;
    Ok(Json(LinkDetail { link: known.link.as_told(), timeline: known.timeline }))
}

/// Takes a link back. Doing it again changes nothing.
#[utoipa::path(delete, path = "/v1/customers/{id}/links/{link}", tag = "Merchant",
    params(("id" = String, Path), ("link" = String, Path)),
    responses((status = 200, body = Link), (status = "default", body = Problem)))]
pub async fn delete_link(
    State(app): State<App>,
    caller: Caller,
    Named((customer, link)): Named<(String, String)>,
) -> Result<Json<Link>, Refusal> {
    let before = known(&app, &caller, (&customer, &link)).await?.link;
    let house = app.house.clone();
    // It goes on though the shop hangs up: the provider may have heard us.
    let ending = app.tasks.spawn(async move { unlink(&house, &before, By::Merchant).await });
    finished(ending.await)?;
    Ok(Json(known(&app, &caller, (&customer, &link)).await?.link.as_told()))
}

fn owner(customer: &str) -> String {
    format!("customer:{customer}")
}

/// A link of this merchant's customer; the same refusal for every other.
async fn known(
    app: &App,
    caller: &Caller,
    (customer, link): (&str, &str),
) -> Result<LinkHistory, Refusal> {
    let missing = Refusal::of(ProblemCode::NotFound);
    let Ok(id) = link.parse::<LinkId>() else { return Err(missing) };
    let known = app.house.store.link(&id).await?;
    let own = |known: &LinkHistory| {
        known.link.merchant == caller.0 && known.link.owner == owner(customer)
    };
    known.filter(own).ok_or(missing)
}
