//! The document says what is there, and what it says is there is.

use kasir_tests::story::world::World;
use kasir_tests::town::SECRET_KEY;
use serde_json::Value;

/// The routes of the contract.
const CONTRACT: [(&str, &str); 20] = [
    ("post", "/v1/sessions"),
    ("get", "/v1/sessions"),
    ("get", "/v1/sessions/{id}"),
    ("post", "/v1/sessions/{id}/cancel"),
    ("get", "/v1/attempts/{id}"),
    ("post", "/v1/attempts/{id}/refunds"),
    ("get", "/v1/events"),
    ("post", "/v1/events/{id}/redeliver"),
    ("get", "/v1/customers/{id}/links"),
    ("get", "/v1/customers/{id}/links/{link}"),
    ("delete", "/v1/customers/{id}/links/{link}"),
    ("get", "/checkout/v1/{client_token}"),
    ("post", "/checkout/v1/{client_token}/attempts"),
    ("post", "/checkout/v1/{client_token}/attempts/{id}/cancel"),
    ("get", "/checkout/v1/{client_token}/attempts/{id}/qr.svg"),
    ("get", "/checkout/v1/{client_token}/events"),
    ("post", "/checkout/v1/{client_token}/links"),
    ("delete", "/checkout/v1/{client_token}/links/{id}"),
    ("post", "/checkout/v1/{client_token}/links/{id}/unlink"),
    ("get", "/checkout/v1/{client_token}/links/{id}/balance"),
];

async fn document(world: &World) -> Value {
    let reply = world.get("/openapi.json").await;
    assert_eq!(reply.status, 200);
    reply.body
}

#[tokio::test]
async fn the_contract_is_documented_in_full() {
    let world = World::new().await;
    let document = document(&world).await;
    assert!(document["openapi"].as_str().unwrap().starts_with("3."), "{document:#}");
    for (method, path) in CONTRACT {
        let operation = &document["paths"][path][method];
        assert!(operation.is_object(), "{method} {path}");
        assert!(operation["responses"]["default"].is_object(), "{method} {path} can be refused");
        let named = operation["parameters"].as_array().into_iter().flatten();
        let named: Vec<&str> = named.filter_map(|one| one["name"].as_str()).collect();
        for part in path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')) {
            assert!(named.contains(&part), "{method} {path} does not say what {part} is");
        }
        if method == "post" && path.starts_with("/v1/") {
            assert!(named.contains(&"Idempotency-Key"), "{method} {path}");
        }
    }
    world.stop().await;
}

#[tokio::test]
async fn every_documented_path_is_there() {
    let world = World::new().await;
    let document = document(&world).await;
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys() {
            let url = path.replace("{client_token}", "ct_none").replace("{id}", "x_none");
            let url = url.replace("{link}", "lnk_none");
            let request =
                world.http.request(method.to_uppercase().parse().unwrap(), world.at(&url));
            let request =
                request.bearer_auth(SECRET_KEY).header("content-type", "application/json");
            let reply = world.send(request.header("idempotency-key", path).body("{}")).await;
            assert_ne!(reply.status, 405, "{method} {path}");
            assert!(reply.status < 500, "{method} {path} {}", reply.text);
            // An address that is none says so for every method; one that is there minds which.
            let other = world.send(world.http.patch(world.at(&url))).await;
            assert_eq!(other.body["code"], "method_not_allowed", "{path}");
        }
    }
    world.stop().await;
}

#[tokio::test]
async fn every_name_that_the_document_uses_is_explained_in_it() {
    let world = World::new().await;
    let text = world.get("/openapi.json").await.text;
    let document = document(&world).await;
    let start = "\"$ref\":\"#/components/schemas/";
    let names = text.split(start).skip(1).filter_map(|rest| rest.split('"').next());
    let mut count = 0;
    for name in names {
        count += 1;
        assert!(document["components"]["schemas"][name].is_object(), "{name}");
    }
    assert!(count > 20, "{count}");
    world.stop().await;
}
