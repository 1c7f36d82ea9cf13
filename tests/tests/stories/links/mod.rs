//! Linked wallets, at a provider that nobody has: every shape, every bad return, every owner.

mod balances;
mod beginnings;
mod keys;
mod owners;
mod paying;
mod returns;
mod told;
mod unlinking;

use kasir_server::provider::Links;
use kasir_tests::made_up::{Habits, HeldLink, MadeUp, Shape};
use kasir_tests::simulator::Clock;
use kasir_tests::story::world::{Opened, PHONE, Reply, World, text};
use serde_json::{Value, json};

use crate::routing::town;

/// A town whose OVO and DANA can be linked.
async fn linking_town(links: Links, shape: Shape) -> (World, MadeUp) {
    let (world, mut providers) = town(&[Habits::linking(links, shape)]).await;
    (world, providers.remove(0))
}

/// A session of this customer's.
async fn open_for(world: &World, customer: &str) -> Opened {
    world.open_with(45_000, json!({"customer": {"id": customer, "name": "Sari Dewi"}})).await
}

/// The customer wants to link OVO.
async fn link(world: &World, session: &Opened) -> Reply {
    // No two choices of one customer fall into one millisecond.
    world.town.clock.advance(1);
    let path = format!("/checkout/v1/{}/links", session.token);
    let wanted = json!({"method": "ovo", "phone": PHONE});
    world.send(world.http.post(world.at(&path)).json(&wanted)).await
}

/// The same, and Kasir begins it.
async fn begun(world: &World, session: &Opened) -> Value {
    let reply = link(world, session).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    assert_eq!(reply.body["linking"]["status"], "pending", "{:#}", reply.body);
    reply.body
}

/// The browser comes back with this in its address.
async fn back(world: &World, held: &HeldLink, query: &str) -> Reply {
    let (_, path) = held.return_url.split_once("/return/").unwrap();
    world.send(world.http.get(world.at(&format!("/return/{path}?{query}")))).await
}

/// What a browser carries that comes back as it should.
fn good(held: &HeldLink) -> String {
    format!("code={}&state={}", held.code, held.state)
}

/// The session's customer links OVO; the id of the link.
async fn linked(world: &World, wallet: &MadeUp, session: &Opened) -> String {
    begun(world, session).await;
    let held = wallet.agree();
    let reply = back(world, &held, &good(&held)).await;
    assert_eq!(reply.status, 303, "{}", reply.text);
    let view = world.view(session).await;
    assert_eq!(view["linking"]["status"], "active", "{view:#}");
    text(&view["linking"]["id"])
}

/// The link with its timeline, as the shop sees it.
async fn detail(world: &World, customer: &str, link: &str) -> Value {
    let reply = world.get(&format!("/v1/customers/{customer}/links/{link}")).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply.body
}

/// What a link's timeline says in entries of a kind.
fn said(detail: &Value, kind: &str) -> Vec<String> {
    let entries = detail["timeline"].as_array().unwrap().iter();
    entries.filter(|entry| entry["kind"] == kind).map(|entry| text(&entry["summary"])).collect()
}

/// The session's linked wallets, by id.
async fn wallets(world: &World, session: &Opened) -> Vec<String> {
    let view = world.view(session).await;
    view["links"].as_array().unwrap().iter().map(|link| text(&link["id"])).collect()
}

/// Asks for the balance of a link.
async fn balance(world: &World, session: &Opened, link: &str) -> Reply {
    let path = format!("/checkout/v1/{}/links/{link}/balance", session.token);
    world.send(world.http.get(world.at(&path))).await
}

/// Takes a link back, as the page's script would.
async fn unlink(world: &World, session: &Opened, link: &str) -> Reply {
    let path = format!("/checkout/v1/{}/links/{link}", session.token);
    world.send(world.http.delete(world.at(&path))).await
}
