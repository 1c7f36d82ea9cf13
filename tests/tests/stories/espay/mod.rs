//! Espay: wallets that are linked there, what it tells us of payments, and everything that can go
//! wrong with that.

mod callbacks;
mod linking;
mod linked;

use kasir_tests::simulator::{Clock as _, EspayLinkView, Settings};
use kasir_tests::story::world::{Opened, PHONE, Reply, World};
use kasir_tests::town::Routing;
use serde_json::{Value, json};

/// A town whose shop is paid through Espay alone.
async fn world(settings: Settings) -> World {
    World::routed(settings, Routing::Espay, |toml| toml).await
}

/// A session of a customer whom the shop names.
async fn open(world: &World) -> Opened {
    world.open_with(45_000, json!({"customer": {"id": "u-1001", "name": "Siti"}})).await
}

/// The customer wants to link a wallet, as the page's script would say it.
async fn begin(world: &World, session: &Opened, (method, phone): (&str, &str)) -> Reply {
    world.town.clock.advance(1);
    let path = format!("/checkout/v1/{}/links", session.token);
    let wanted = json!({"method": method, "phone": phone});
    world.send(world.http.post(world.at(&path)).json(&wanted)).await
}

/// A link that waits for the customer at the wallet's consent page.
async fn pending(world: &World, session: &Opened, (method, phone): (&str, &str)) -> String {
    let reply = begin(world, session, (method, phone)).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    let linking = &reply.body["linking"];
    assert_eq!(linking["status"], "pending", "{}", reply.text);
    assert_eq!(linking["next_action"]["kind"], "link", "{}", reply.text);
    world.town.simulator.espay_links().pop().unwrap().id
}

/// The customer agrees, or does not: where the browser goes then.
fn decide(world: &World, consent: &str, accepts: bool) -> EspayLinkView {
    world.town.simulator.answer_espay_link(consent, accepts).unwrap()
}

/// The browser comes back.
async fn back(world: &World, decided: &EspayLinkView) {
    let url = decided.return_url.as_deref().unwrap();
    let page = world.browser().get(url).await;
    assert_eq!((page.status, page.hops.as_slice()), (200, [303].as_slice()), "{}", page.url);
}

/// A wallet that is linked: its name at ours.
async fn linked(world: &World, session: &Opened, method: &str) -> String {
    let consent = pending(world, session, (method, PHONE)).await;
    back(world, &decide(world, &consent, true)).await;
    let is_there = |view: &Value| link_of(view, method).is_some();
    let view = world.seen(session, "the wallet is linked", is_there).await;
    link_of(&view, method).unwrap()
}

/// The link of a wallet in a view.
fn link_of(view: &Value, method: &str) -> Option<String> {
    let links = view["links"].as_array()?;
    let found = links.iter().find(|link| link["method"] == method && link["active"] == true)?;
    found["id"].as_str().map(str::to_owned)
}

/// The view once the link of this session came to nothing, for this reason.
async fn troubled(world: &World, session: &Opened, trouble: &str) -> Value {
    let fits = |view: &Value| view["linking"]["trouble"] == trouble;
    let view = world.seen(session, trouble, fits).await;
    assert_eq!(view["linking"]["status"], "gone", "{view:#}");
    assert!(view["links"].as_array().is_some_and(Vec::is_empty), "{view:#}");
    view
}

/// What happened to the links of the customer, as the shop reads it.
async fn timeline(world: &World) -> String {
    let links = world.get("/v1/customers/u-1001/links").await;
    let all = links.body["data"].as_array().or_else(|| links.body["links"].as_array());
    let last = all.and_then(|all| all.last()).unwrap_or_else(|| panic!("{}", links.text));
    let id = last["id"].as_str().unwrap();
    world.get(&format!("/v1/customers/u-1001/links/{id}")).await.text
}
