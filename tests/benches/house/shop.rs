//! The shop's server: it opens sessions and takes every webhook.

use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use kasir_tests::town::SECRET_KEY;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

/// How many sessions are opened at a time.
const AT_A_TIME: usize = 32;

/// What a benchmark needs of a session.
#[derive(Clone, Debug)]
pub(crate) struct Opened {
    pub(crate) client_token: String,
    pub(crate) url: String,
}

/// Opens so many sessions at Kasir, for a shop at `shop`.
pub(crate) async fn open_sessions(kasir: &str, shop: &str, count: usize) -> Vec<Opened> {
    let client = client();
    let mut opened = Vec::with_capacity(count);
    while opened.len() < count {
        let mut opening = JoinSet::new();
        for _ in 0..AT_A_TIME.min(count - opened.len()) {
            opening.spawn(open_session(client.clone(), kasir.to_owned(), shop.to_owned()));
        }
        opened.extend(opening.join_all().await);
    }
    opened
}

async fn open_session(client: reqwest::Client, kasir: String, shop: String) -> Opened {
    static ORDERS: AtomicU64 = AtomicU64::new(0);
    let order = ORDERS.fetch_add(1, Ordering::Relaxed);
    let answer = client
        .post(format!("{kasir}/v1/sessions"))
        .bearer_auth(SECRET_KEY)
        .header("idempotency-key", format!("bench-{order}"))
        .json(&json!({
            "reference": format!("BENCH-{order}"),
            "amount": { "value": 129_000, "currency": "IDR" },
            "items": [{
                "name": "Kopi Gayo 250 g",
                "quantity": 1,
                "price": { "value": 129_000, "currency": "IDR" },
            }],
            "customer": { "name": "Siti Nurhaliza", "phone": "082111111111" },
            "return_url": format!("{shop}/orders/{order}"),
        }))
        .send()
        .await
        .expect("Kasir answers the shop");
    assert_eq!(answer.status(), 201, "a session is opened");
    let session: Value = answer.json().await.expect("a session is JSON");
    let text = |name: &str| session[name].as_str().expect("a session has it").to_owned();
    Opened { client_token: text("client_token"), url: text("url") }
}

/// A client as careful as Kasir's own.
pub(crate) fn client() -> reqwest::Client {
    reqwest::Client::builder()
        .connect_timeout(std::time::Duration::from_secs(3))
        .timeout(std::time::Duration::from_secs(30))
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .no_proxy()
        .build()
        .expect("a client is built")
}

/// Serves a shop that takes every webhook; its address.
pub(crate) async fn take_webhooks() -> String {
    serve(Router::new().fallback(|| async { "taken" })).await
}

/// Serves a router on a free port of this machine, for as long as this process runs; its address.
pub(crate) async fn serve(router: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let address = listener.local_addr().expect("a bound listener has an address");
    let listener = axum::serve::ListenerExt::tap_io(listener, |stream| {
        drop(stream.set_nodelay(true));
    });
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}")
}
