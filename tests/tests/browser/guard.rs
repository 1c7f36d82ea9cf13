//! What is kept out: files that were tampered with, and pages that may not frame us.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{ACCEPT_ENCODING, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, HOST};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, Response};
use serde_json::json;
use tokio::net::TcpListener;

use crate::device::Device;
use crate::story::{Setting, Stage, story};

/// Somebody between the browser and Kasir.
#[derive(Clone)]
struct Between {
    kasir: String,
    http: reqwest::Client,
    mischief: Mischief,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Mischief {
    /// One byte in the middle of every file with this ending is another.
    Flips(&'static str),
    /// The policy does not arrive, as in a browser that knows none.
    TakesThePolicy,
}

async fn serve(router: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

async fn between(stage: &Stage, mischief: Mischief) -> String {
    let (kasir, http) = (stage.town.addresses.pay.clone(), stage.http.clone());
    serve(Router::new().fallback(pass_on).with_state(Between { kasir, http, mischief })).await
}

async fn pass_on(State(between): State<Between>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path_and_query().unwrap().as_str().to_owned();
    let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    let mut headers: HeaderMap = parts.headers;
    headers.remove(HOST);
    headers.remove(ACCEPT_ENCODING);
    let asked = between.http.request(parts.method, format!("{}{path}", between.kasir));
    let answer = asked.headers(headers).body(body).send().await.unwrap();
    let mut response = Response::new(Body::empty());
    *response.status_mut() = answer.status();
    *response.headers_mut() = answer.headers().clone();
    response.headers_mut().remove(CONTENT_LENGTH);
    if between.mischief == Mischief::TakesThePolicy {
        response.headers_mut().remove(CONTENT_SECURITY_POLICY);
    }
    // A stream of events has no end to wait for.
    if path.ends_with("/events") {
        *response.status_mut() = StatusCode::NO_CONTENT;
        return response;
    }
    let mut bytes = answer.bytes().await.unwrap().to_vec();
    if matches!(between.mischief, Mischief::Flips(ending) if path.ends_with(ending)) {
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
    }
    *response.body_mut() = bytes.into();
    response
}

/// The page through somebody who tampers with one kind of file: it does not come to life, and pays.
async fn pays_without(ending: &'static str) {
    let setting =
        Setting::with(Device::Android).expecting("integrity").expecting("Failed to fetch");
    story(setting, move |stage: Arc<Stage>| async move {
        let browser = &stage.browser;
        let session = stage.session("id", json!({})).await;
        let address = between(&stage, Mischief::Flips(ending)).await;
        browser.goto(&session.url.replace(&stage.town.addresses.pay, &address)).await;
        browser.choose("dana", "").await;
        browser.pass(800).await;
        assert!(!browser.text("pay").await.contains("DANA"), "the page came to life");
        browser.tap("pay").await;
        browser.tap("continue").await;
        browser.see("pin").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_script_with_one_bit_changed_does_not_run() {
    pays_without(".js").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_module_with_one_bit_changed_does_not_run() {
    pays_without(".wasm").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_style_sheet_with_one_bit_changed_is_not_applied() {
    let setting = Setting::with(Device::Android).expecting("integrity");
    story(setting, |stage: Arc<Stage>| async move {
        let browser = &stage.browser;
        let session = stage.session("id", json!({})).await;
        let address = between(&stage, Mischief::Flips(".css")).await;
        browser.goto(&session.url.replace(&stage.town.addresses.pay, &address)).await;
        browser.see("screen-choose").await;
        let rules = "[...document.styleSheets].some((sheet) => sheet.cssRules.length > 0)";
        assert_eq!(browser.run(&format!("return {rules}")).await, json!(false));
        browser.choose("dana", "DANA").await;
    })
    .await;
}

/// A page of a stranger that frames `address`, greets it as a shop would, and keeps what it hears.
async fn hostile(address: &str) -> String {
    let page = format!(
        "<!doctype html><title>hostile</title><iframe src=\"{address}\" width=390 height=800></iframe>
         <script>
             window.heard = [];
             addEventListener('message', (event) => heard.push(event.data));
             setInterval(() => {{
                 const {{ port1, port2 }} = new MessageChannel();
                 port1.onmessage = (event) => heard.push(event.data);
                 const words = {{ kasir: 'connect', version: 1 }};
                 document.querySelector('iframe').contentWindow.postMessage(words, '*', [port2]);
             }}, 100);
         </script>"
    );
    serve(Router::new().fallback(move || async move { Html(page) })).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_may_not_frame_the_page() {
    let setting = Setting::with(Device::Android).expecting("frame-ancestors");
    story(setting, |stage: Arc<Stage>| async move {
        let browser = &stage.browser;
        let session = stage.session("id", json!({})).await;
        for query in ["", "?embed=1"] {
            browser.goto(&hostile(&format!("{}{query}", session.url)).await).await;
            browser.pass(500).await;
            browser.client.enter_frame(0).await.unwrap();
            assert!(!browser.sees("screen-choose").await);
            browser.leave_frame().await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_who_frames_it_all_the_same_is_not_spoken_to() {
    let setting = Setting::with(Device::Android)
        .expecting("Failed to execute 'postMessage'")
        .expecting("does not match the recipient window's origin");
    story(setting, |stage: Arc<Stage>| async move {
        let browser = &stage.browser;
        let session = stage.session("id", json!({})).await;
        let address = between(&stage, Mischief::TakesThePolicy).await;
        let framed = session.url.replace(&stage.town.addresses.pay, &address);
        browser.goto(&hostile(&format!("{framed}?embed=1")).await).await;
        browser.client.enter_frame(0).await.unwrap();
        browser.choose("dana", "DANA").await;
        browser.pass(500).await;
        browser.leave_frame().await;
        assert_eq!(browser.run("return window.heard").await, json!([]));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_shop_hears_of_the_payment_through_the_frame() {
    story(Setting::with(Device::Desk), |stage: Arc<Stage>| async move {
        let browser = &stage.browser;
        stage.order_here().await;
        browser.leave_frame().await;
        browser.run("window.news = [];
            for (const what of ['ready', 'paid', 'redirect'])
                document.addEventListener(`kasir:${what}`, (event) => {
                    if (what === 'redirect') event.preventDefault();
                    news.push([what, event.detail.url ?? '']);
                });").await;
        browser.enter_frame().await;
        browser.choose("dana", "DANA").await;
        browser.tap("pay").await;
        // The shop said that it stays, so the customer is left the button.
        browser.see("screen-submit").await;
        browser.holds("document.querySelector('[data-testid=continue]').ariaBusy === 'false'").await;
        stage.town.simulator.approve(&stage.transaction().id).unwrap();
        browser.see("screen-paid").await;
        browser.leave_frame().await;
        browser.holds("news.some(([what]) => what === 'paid')").await;
        let news = browser.run("return news").await;
        let redirect = news.as_array().unwrap().iter().find(|told| told[0] == "redirect");
        let url = redirect.map(|told| told[1].as_str().unwrap_or_default().to_owned()).unwrap();
        assert!(url.starts_with(&stage.town.addresses.pay), "{url}");
        let height = "document.querySelector('kasir-checkout').shadowRoot.querySelector('iframe').clientHeight";
        assert!(browser.run(&format!("return {height}")).await.as_u64().unwrap() >= 320);
    })
    .await;
}
