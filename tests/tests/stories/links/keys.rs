//! Agreements are sealed, and the keys that seal them change.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kasir_server::provider::Links;
use kasir_tests::made_up::{MadeUp, Operation, Shape};
use kasir_tests::story::world::{Opened, World};
use rusqlite::Connection;
use serde_json::json;

use super::{balance, detail, linked, linking_town, open_for, said, wallets};
use crate::is_problem;

/// What is in the database of a link's agreement.
fn sealed(world: &World, link: &str) -> Option<String> {
    let database = Connection::open(&world.town.database).unwrap();
    let select = "SELECT sealed FROM links WHERE id = ?1";
    database.query_row(select, [link], |row| row.get(0)).unwrap()
}

/// Kasir starts again with these keys, the first of which seals: `demo` is the one of before.
async fn restarted(world: World, wallet: &MadeUp, keys: &[&str]) -> World {
    let folder = world.town.database.parent().unwrap().to_owned();
    let vault: Vec<String> = keys
        .iter()
        .map(|id| {
            let source = if *id == "demo" {
                r#"{ env = "KASIR_DEMO_VAULT_KEY" }"#.to_owned()
            } else {
                let file = folder.join(format!("{id}.key"));
                let byte = id.as_bytes()[0];
                std::fs::write(&file, STANDARD.encode([byte; 32])).unwrap();
                format!("{{ file = {:?} }}", file.display().to_string())
            };
            format!("[[vault]]\nid = \"{id}\"\nkey = {source}\n\n")
        })
        .collect();
    let usual = "[[vault]]\nid = \"demo\"\nkey = { env = \"KASIR_DEMO_VAULT_KEY\" }\n\n";
    let edit = |toml: String| {
        assert!(toml.contains(usual), "{toml}");
        toml.replace(usual, &vault.concat())
    };
    world.restarted(std::slice::from_ref(wallet), edit).await
}

async fn town() -> (World, MadeUp, Opened, String) {
    let (world, wallet) = linking_town(Links::Possible, Shape::Code).await;
    wallet.funds(99_000, None);
    let session = open_for(&world, "sari-1").await;
    let id = linked(&world, &wallet, &session).await;
    (world, wallet, session, id)
}

#[tokio::test]
async fn an_agreement_outlives_the_key_that_sealed_it() {
    let (world, wallet, session, id) = town().await;
    let token = wallet.links()[0].token.clone();
    let first = sealed(&world, &id).unwrap();
    assert!(first.starts_with("v1.demo.") && !first.contains(&token), "{first}");

    let world = restarted(world, &wallet, &["new", "demo"]).await;
    assert_eq!(sealed(&world, &id), Some(first), "nothing was opened yet");
    assert_eq!(balance(&world, &session, &id).await.status, 200);
    assert!(sealed(&world, &id).unwrap().starts_with("v1.new."));

    let world = restarted(world, &wallet, &["new"]).await;
    assert_eq!(balance(&world, &session, &id).await.status, 200);
    let reply = world.choose(&session, &json!({"method": "ovo", "link": id})).await;
    assert_eq!(reply.body["attempt"]["status"], "pending", "{}", reply.text);
    assert_eq!(wallet.orders()[0].token, Some(token));
    world.stop().await;
}

#[tokio::test]
async fn an_agreement_without_its_key_is_linked_again() {
    for pays in [false, true] {
        let (world, wallet, session, id) = town().await;
        let world = restarted(world, &wallet, &["other"]).await;
        assert_eq!(wallets(&world, &session).await, [id.as_str()], "nobody has looked yet");
        if pays {
            let reply = world.choose(&session, &json!({"method": "ovo", "link": id})).await;
            assert_eq!(reply.body["attempt"]["status"], "failed", "{}", reply.text);
        } else {
            is_problem(&balance(&world, &session, &id).await, 409, "link_gone", None);
        }
        assert!(wallets(&world, &session).await.is_empty());
        let known = detail(&world, "sari-1", &id).await;
        assert!(said(&known, "alarm").iter().any(|line| line.contains("key")), "{known:#}");
        assert_eq!(wallet.asked(Operation::Balance) + wallet.orders().len(), 0);
        linked(&world, &wallet, &session).await;
        world.stop().await;
    }
}

#[tokio::test]
async fn a_link_that_was_pending_when_kasir_stopped_goes_on() {
    let (world, wallet) = linking_town(Links::Possible, Shape::Code).await;
    let session = open_for(&world, "sari-1").await;
    super::begun(&world, &session).await;
    let world = restarted(world, &wallet, &["demo"]).await;
    let held = wallet.agree();
    let reply = super::back(&world, &held, &super::good(&held)).await;
    assert_eq!(reply.status, 303, "{}", reply.text);
    assert_eq!(wallets(&world, &session).await.len(), 1);
    world.stop().await;
}
