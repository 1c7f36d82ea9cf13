//! Whose links they are, and who may know of them.

use kasir_server::provider::Links;
use kasir_tests::made_up::{Operation, Shape};
use kasir_tests::story::world::{NEIGHBOUR_KEY, text};
use kasir_tests::town::SECRET_KEY;
use serde_json::json;

use super::{back, balance, begun, detail, good, linked, linking_town, open_for, unlink, wallets};
use crate::is_problem;

#[tokio::test]
async fn a_link_of_another_customer_is_not_there() {
    let (world, wallet) = linking_town(Links::Possible, Shape::Code).await;
    let session = open_for(&world, "sari-1").await;
    let id = linked(&world, &wallet, &session).await;
    wallet.funds(99_000, None);
    let stranger = open_for(&world, "budi-2").await;
    let nobody = world.open(45_000).await;
    for other in [&stranger, &nobody] {
        assert!(wallets(&world, other).await.is_empty());
        is_problem(&balance(&world, other, &id).await, 404, "not_found", None);
        is_problem(&unlink(&world, other, &id).await, 404, "not_found", None);
        let refused = world.choose(other, &json!({"method": "ovo", "link": id})).await;
        is_problem(&refused, 404, "not_found", Some("link"));
    }
    let wrong_wallet = world.choose(&session, &json!({"method": "dana", "link": id})).await;
    is_problem(&wrong_wallet, 404, "not_found", Some("link"));
    for strange in ["lnk_nobody", "pay_1", "x"] {
        is_problem(&balance(&world, &session, strange).await, 404, "not_found", None);
        is_problem(&unlink(&world, &session, strange).await, 404, "not_found", None);
    }
    assert_eq!(wallet.asked(Operation::Balance), 0);
    assert_eq!(wallets(&world, &session).await, [id.as_str()]);
    world.stop().await;
}

#[tokio::test]
async fn a_link_of_another_merchant_is_not_there() {
    let (world, wallet) = linking_town(Links::Possible, Shape::Code).await;
    let session = open_for(&world, "sari-1").await;
    let id = linked(&world, &wallet, &session).await;
    let list = world.get("/v1/customers/sari-1/links").await;
    assert_eq!(text(&list.body["data"][0]["id"]), id, "{}", list.text);
    let list = world.get_as(NEIGHBOUR_KEY, "/v1/customers/sari-1/links").await;
    assert_eq!(list.body["data"], json!([]), "{}", list.text);
    for (key, customer) in [(NEIGHBOUR_KEY, "sari-1"), (SECRET_KEY, "budi-2")] {
        let path = format!("/v1/customers/{customer}/links/{id}");
        is_problem(&world.get_as(key, &path).await, 404, "not_found", None);
        let request = world.http.delete(world.at(&path)).bearer_auth(key);
        is_problem(&world.send(request).await, 404, "not_found", None);
    }
    let path = format!("/v1/customers/sari-1/links/{id}");
    is_problem(&world.get_as("sk_nobody", &path).await, 401, "unauthorized", None);
    assert_eq!(wallets(&world, &session).await, [id.as_str()]);
    world.stop().await;
}

#[tokio::test]
async fn who_is_not_known_to_the_shop_links_for_one_session() {
    let (world, wallet) = linking_town(Links::Required, Shape::Code).await;
    let session = world.open(45_000).await;
    let id = linked(&world, &wallet, &session).await;
    assert_eq!(wallets(&world, &session).await, [id.as_str()]);
    let told = world.mail.wait("link.updated", &id).await.body;
    assert_eq!(told["data"].get("customer"), None, "{told:#}");
    assert!(wallets(&world, &world.open(45_000).await).await.is_empty());
    let reply = world.choose(&session, &json!({"method": "ovo", "link": id})).await;
    assert_eq!(reply.body["attempt"]["status"], "pending", "{}", reply.text);
    world.stop().await;

    let (world, _) = linking_town(Links::Possible, Shape::Code).await;
    let view = world.view(&world.open(45_000).await).await;
    assert_eq!(view["methods"][0]["linkable"], "no", "nobody would know them again");
    world.stop().await;
}

#[tokio::test]
async fn two_sessions_of_one_customer_may_link_at_once() {
    let (world, wallet) = linking_town(Links::Possible, Shape::Code).await;
    let (one, two) = (open_for(&world, "sari-1").await, open_for(&world, "sari-1").await);
    begun(&world, &one).await;
    let first = wallet.agree();
    begun(&world, &two).await;
    let second = wallet.agree();
    let (first_back, second_back) = (good(&first), good(&second));
    tokio::join!(back(&world, &first, &first_back), back(&world, &second, &second_back));
    let left = wallets(&world, &one).await;
    assert_eq!(left.len(), 1, "a customer has one link of a wallet");
    assert_eq!(wallets(&world, &two).await, left);
    let list = world.get("/v1/customers/sari-1/links").await.body;
    let mut statuses: Vec<String> =
        list["data"].as_array().unwrap().iter().map(|link| text(&link["status"])).collect();
    statuses.sort();
    assert_eq!(statuses, ["active", "gone"]);
    assert_eq!(detail(&world, "sari-1", &left[0]).await["link"]["status"], "active");
    world.stop().await;
}
