//! What is in a linked wallet, as far as it says so in time.

use kasir_server::provider::Links;
use kasir_tests::made_up::{Fault, Operation, Shape};
use serde_json::json;

use super::{balance, detail, linked, linking_town, open_for, said, wallets};
use crate::is_problem;

#[tokio::test]
async fn a_balance_says_whether_it_is_enough() {
    let (world, wallet) = linking_town(Links::Possible, Shape::Code).await;
    let session = open_for(&world, "sari-1").await;
    let id = linked(&world, &wallet, &session).await;
    let rp = |value: u64| json!({"value": value, "currency": "IDR"});
    for (cash, points, enough) in
        [(250_000, Some(12_000), true), (45_000, None, true), (44_999, None, false)]
    {
        wallet.funds(cash, points);
        let reply = balance(&world, &session, &id).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        assert_eq!((&reply.body["cash"], &reply.body["enough"]), (&rp(cash), &json!(enough)));
        assert_eq!(reply.body.get("points"), points.map(rp).as_ref());
        assert_eq!(reply.headers["cache-control"], "no-store");
    }
    assert_eq!(wallet.asked(Operation::Balance), 3);
    world.view(&session).await;
    let page = world.browser().get(&session.url).await;
    assert_eq!((page.status, wallet.asked(Operation::Balance)), (200, 3), "nobody asked");
    let page = world.browser().get(&format!("{}?balances=1", session.url)).await;
    assert_eq!((page.status, wallet.asked(Operation::Balance)), (200, 4), "one call per page");
    world.stop().await;
}

#[tokio::test]
async fn a_wallet_that_does_not_say_in_time_pays_all_the_same() {
    let (world, wallet) = linking_town(Links::Possible, Shape::Code).await;
    let session = open_for(&world, "sari-1").await;
    let id = linked(&world, &wallet, &session).await;
    is_problem(&balance(&world, &session, &id).await, 503, "provider_unavailable", None);
    wallet.funds(99_000, None);
    wallet.arrange(Operation::Balance, Fault::Held);
    let asking = balance(&world, &session, &id);
    let meanwhile = async {
        wallet.holds(1).await;
        world.pass(4);
    };
    let (reply, ()) = tokio::join!(asking, meanwhile);
    is_problem(&reply, 503, "provider_unavailable", None);
    wallet.release();
    for fault in [Fault::Refused, Fault::LostReply, Fault::Garbled, Fault::Busy] {
        wallet.arrange(Operation::Balance, fault);
        is_problem(&balance(&world, &session, &id).await, 503, "provider_unavailable", None);
    }
    assert_eq!(wallets(&world, &session).await, [id.as_str()]);
    let reply = world.choose(&session, &json!({"method": "ovo", "link": id})).await;
    assert_eq!(reply.body["attempt"]["status"], "pending", "{}", reply.text);
    world.stop().await;
}

#[tokio::test]
async fn a_token_that_the_wallet_does_not_know_ends_the_link() {
    let (world, wallet) = linking_town(Links::Possible, Shape::Code).await;
    let session = open_for(&world, "sari-1").await;
    let id = linked(&world, &wallet, &session).await;
    wallet.forget_agreements();
    is_problem(&balance(&world, &session, &id).await, 409, "link_gone", None);
    is_problem(&balance(&world, &session, &id).await, 409, "link_gone", None);
    assert_eq!(wallet.asked(Operation::Balance), 1);
    assert!(wallets(&world, &session).await.is_empty());
    let known = detail(&world, "sari-1", &id).await;
    assert!(said(&known, "status").contains(&"active to gone".to_owned()), "{known:#}");
    world.mail.nth("link.updated", &id, 2).await;
    linked(&world, &wallet, &session).await;
    world.stop().await;
}

#[tokio::test]
async fn a_page_opens_with_its_linked_wallets_while_the_provider_is_down() {
    let (world, wallet) = linking_town(Links::Possible, Shape::Code).await;
    let first = open_for(&world, "sari-1").await;
    let id = linked(&world, &wallet, &first).await;
    wallet.is_down(true);
    let session = open_for(&world, "sari-1").await;
    assert_eq!(wallets(&world, &session).await, [id.as_str()]);
    for query in ["", "?balances=1"] {
        let page = world.browser().get(&format!("{}{query}", session.url)).await;
        assert_eq!(page.status, 200);
        assert!(page.html.contains("0812••••7890"), "{}", page.html);
    }
    is_problem(&balance(&world, &session, &id).await, 503, "provider_unavailable", None);
    wallet.is_down(false);
    let reply = world.choose(&session, &json!({"method": "ovo", "link": id})).await;
    assert_eq!(reply.body["attempt"]["status"], "pending", "{}", reply.text);
    world.stop().await;
}
