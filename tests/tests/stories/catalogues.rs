//! What is offered follows what the accounts have at their providers, as far as anybody can say.

use kasir_tests::made_up::{Habits, Kind, MadeUp};
use kasir_tests::story::eventually;
use kasir_tests::story::world::{Opened, World};
use serde_json::{Value, json};

use crate::is_problem;
use crate::routing::{attempts, town, ways};

const TELLING: Habits = Habits { tells_products: true, ..Habits::of(Kind::Redirect) };

/// The methods that the made-up providers serve, as far as the page offers them.
fn offered(view: &Value) -> Vec<&str> {
    let methods = view["methods"].as_array().unwrap().iter();
    methods
        .map(|one| one["id"].as_str().unwrap())
        .filter(|id| ["ovo", "dana"].contains(id))
        .collect()
}

/// Waits until these are offered. Nobody is told of a list that changed: the page sees it when it looks.
async fn is_offered(world: &World, session: &Opened, expected: &[&str]) {
    eventually(&format!("{expected:?} are offered"), async || {
        (offered(&world.view(session).await) == expected).then_some(())
    })
    .await;
}

/// Waits until a provider was asked so often what the account has: the next time is ten minutes after
/// that.
async fn read(provider: &MadeUp, times: usize) {
    eventually("the list of products is read", async || {
        (provider.shelf_readings() >= times).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_product_that_goes_away_and_comes_back_is_followed_within_ten_minutes() {
    let (world, providers) = town(&[TELLING]).await;
    let [provider] = providers.as_slice() else { panic!("one provider") };
    let session = world.open(45_000).await;
    is_offered(&world, &session, &[]).await;
    provider.sells(&["ovo", "dana"]);
    world.pass(600);
    is_offered(&world, &session, &["ovo", "dana"]).await;
    provider.sells(&["dana"]);
    world.pass(600);
    is_offered(&world, &session, &["dana"]).await;
    let choice = json!({ "method": "ovo", "phone": "081234567890" });
    let refused = world.choose(&session, &choice).await;
    is_problem(&refused, 422, "method_not_offered", Some("method"));
    provider.sells(&["dana", "ovo"]);
    world.pass(600);
    is_offered(&world, &session, &["ovo", "dana"]).await;
    world.stop().await;
}

#[tokio::test]
async fn an_account_that_has_not_the_product_is_passed_over() {
    let (world, providers) = town(&[TELLING, Habits::of(Kind::Redirect)]).await;
    read(&providers[0], 1).await;
    providers[0].sells(&["ovo"]);
    world.pass(600);
    for (method, provider) in [("ovo", &providers[0]), ("dana", &providers[1])] {
        eventually("the account that has the method serves it", async || {
            let session = world.open(45_000).await;
            world.chosen(&session, method).await;
            let known = attempts(&world, &session).await;
            (ways(&known) == [(provider.id(), "pending")]).then_some(())
        })
        .await;
    }
    world.stop().await;
}

#[tokio::test]
async fn while_the_provider_is_silent_the_last_list_stays_and_over_a_restart_too() {
    let (world, providers) = town(&[TELLING]).await;
    let [provider] = providers.as_slice() else { panic!("one provider") };
    let session = world.open(45_000).await;
    read(provider, 1).await;
    provider.sells(&["dana"]);
    world.pass(600);
    is_offered(&world, &session, &["dana"]).await;
    provider.is_down(true);
    provider.sells(&["ovo", "dana"]);
    world.pass(600);
    world.settled().await;
    assert_eq!(offered(&world.view(&session).await), ["dana"]);
    let world = world.restarted(&providers, |toml| toml).await;
    assert_eq!(offered(&world.view(&session).await), ["dana"]);
    provider.is_down(false);
    world.pass(60);
    is_offered(&world, &session, &["ovo", "dana"]).await;
    world.stop().await;
}

#[tokio::test]
async fn until_anybody_said_everything_that_is_configured_is_offered() {
    let (world, providers) = town(&[Habits::of(Kind::Redirect)]).await;
    let session = world.open(45_000).await;
    assert_eq!(offered(&world.view(&session).await), ["ovo", "dana"]);
    assert_eq!(providers[0].shelf_readings(), 0, "who cannot say is not asked");
    world.stop().await;
}
