//! The shop from outside, with a Kasir that says what each test wants it to say.

use std::sync::{Arc, Mutex};

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};

use super::signature::Secret;
use super::{Heard, OrderStatus, Refusal, Shop, ShopConfig, Verdict};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const NOW_S: i64 = 1_795_150_800;
const ORDER: &str = "SU-0000TEST";

/// A stand-in for Kasir: its answers in turn, the last one again and again.
#[derive(Clone, Default)]
struct Kasir {
    answers: Arc<Mutex<Vec<(u16, Value)>>>,
    asked: Arc<Mutex<Vec<(String, Value)>>>,
}

impl Kasir {
    #[expect(clippy::unused_async, reason = "a handler is async")]
    async fn answer(
        State(kasir): State<Self>,
        headers: HeaderMap,
        Json(body): Json<Value>,
    ) -> Response {
        let key = headers["idempotency-key"].to_str().unwrap().to_owned();
        assert_eq!(headers["authorization"], "Bearer sk_demo_kasir");
        kasir.asked.lock().unwrap().push((key, body));
        let mut answers = kasir.answers.lock().unwrap();
        let (status, body) = if answers.len() > 1 { answers.remove(0) } else { answers[0].clone() };
        (StatusCode::from_u16(status).unwrap(), Json(body)).into_response()
    }
}

impl Kasir {
    /// The simulator's part of the stand-in.
    #[expect(clippy::unused_async, reason = "a handler is async")]
    async fn arm(State(kasir): State<Self>, Json(body): Json<Value>) -> StatusCode {
        kasir.asked.lock().unwrap().push(("fault".to_owned(), body));
        StatusCode::CREATED
    }

    /// The simulator's switch.
    #[expect(clippy::unused_async, reason = "a handler is async")]
    async fn turn(State(kasir): State<Self>, Path(way): Path<String>) -> StatusCode {
        kasir.asked.lock().unwrap().push(("winpay".to_owned(), json!(way)));
        StatusCode::OK
    }
}

/// A shop that is open, with its Kasir.
struct Street {
    shop: Shop,
    url: String,
    kasir: Kasir,
    http: reqwest::Client,
}

async fn open(router: Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

async fn street(answers: &[(u16, Value)]) -> Street {
    let kasir = Kasir::default();
    *kasir.answers.lock().unwrap() = answers.to_vec();
    let sessions = post(Kasir::answer);
    let faults = post(Kasir::arm);
    let router = Router::new().route("/v1/sessions", sessions).route("/_sim/faults", faults);
    let router = router.route("/_sim/providers/winpay/{way}", post(Kasir::turn));
    let router = router.with_state(kasir.clone());
    let kasir_url = open(router).await;
    let shop = Shop::new(ShopConfig {
        kasir_public_url: kasir_url.clone(),
        sim_url: kasir_url.clone(),
        kasir_url,
        own_url: "http://shop.example".to_owned(),
        secret_key: "sk_demo_kasir".to_owned(),
        webhook_secret: SECRET.to_owned(),
        winpay: true,
        clock: Arc::new(|| NOW_S),
    });
    let url = open(shop.router()).await;
    let builder = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
    Street { shop, url, kasir, http: builder.build().unwrap() }
}

fn created() -> (u16, Value) {
    let session = json!({
        "id": "cs_1", "status": "open", "reference": ORDER, "url": "https://pay.example/c/tok_1",
        "client_token": "tok_1", "attempts": [],
    });
    (201, session)
}

impl Street {
    async fn get(&self, path: &str) -> (u16, String) {
        let answer = self.http.get(format!("{}{path}", self.url)).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    /// Presses the button of the cart's form; returns the status and where it leads.
    async fn order(&self, pay: &str) -> (u16, String) {
        let form = format!("order={ORDER}&pay={pay}");
        let request = self.http.post(format!("{}/orders", self.url)).body(form);
        let request = request
            .header("content-type", "application/x-www-form-urlencoded")
            .header("cookie", "sangrai_cart=gayo:2");
        let answer = request.send().await.unwrap();
        let to = answer.headers().get("location").map(|to| to.to_str().unwrap().to_owned());
        (answer.status().as_u16(), to.unwrap_or(answer.text().await.unwrap()))
    }

    /// Delivers a webhook as Kasir would, with its signature changed by the test.
    async fn deliver(&self, id: &str, body: &Value, spoil: impl Fn(String) -> String) -> u16 {
        let body = body.to_string();
        let sent = NOW_S.to_string();
        let signature = Secret::parse(SECRET).unwrap().sign(id, &sent, body.as_bytes());
        let request = self.http.post(format!("{}/webhooks/kasir", self.url)).body(body);
        let request = request
            .header("webhook-id", id)
            .header("webhook-timestamp", sent)
            .header("webhook-signature", spoil(signature));
        request.send().await.unwrap().status().as_u16()
    }

    fn status(&self) -> OrderStatus {
        self.shop.orders()[0].status
    }
}

fn paid(version: u64) -> Value {
    json!({
        "id": "evt_1", "type": "session.paid", "created_at": "2026-11-20T05:00:00Z",
        "version": version,
        "data": {
            "id": "cs_1", "status": "paid", "reference": ORDER,
            "attempts": [{ "id": "pay_1", "method": "ovo", "status": "paid" }],
        },
    })
}

#[tokio::test]
async fn a_forged_webhook_changes_nothing_and_is_remembered_as_forged() {
    let street = street(&[created()]).await;
    street.order("here").await;
    let forged = street.deliver("msg_1", &paid(2), |_| "v1,AAAA".to_owned()).await;
    assert_eq!((forged, street.status()), (401, OrderStatus::Awaiting));
    let received = street.shop.webhooks_received();
    assert_eq!(received[0].verdict, Verdict::Refused(Refusal::Mismatch));
    // The true one has not been used up by the forged one.
    assert_eq!(street.deliver("msg_1", &paid(2), |signature| signature).await, 204);
    assert_eq!(street.status(), OrderStatus::Paid);
}

#[tokio::test]
async fn a_webhook_that_comes_twice_counts_once() {
    let street = street(&[created()]).await;
    street.order("here").await;
    for _ in 0..2 {
        assert_eq!(street.deliver("msg_1", &paid(2), |signature| signature).await, 204);
    }
    let received = street.shop.webhooks_received();
    let verdicts = received.iter().map(|delivery| delivery.verdict).collect::<Vec<_>>();
    let [taken, again] = [Heard::Taken, Heard::Duplicate].map(Verdict::Believed);
    assert_eq!(verdicts, [taken, again]);
}

#[tokio::test]
async fn a_signed_body_that_is_no_event_is_refused() {
    let street = street(&[created()]).await;
    assert_eq!(street.deliver("msg_1", &json!({ "hello": 1 }), |signature| signature).await, 400);
}

#[tokio::test]
async fn coming_back_from_a_wallet_pays_nothing() {
    let street = street(&[created()]).await;
    street.order("here").await;
    let (status, page) = street.get(&format!("/orders/{ORDER}?result=success")).await;
    assert_eq!(status, 200);
    assert!(page.contains(r#"data-status="awaiting""#));
    assert_eq!(street.status(), OrderStatus::Awaiting);
}

#[tokio::test]
async fn the_order_page_learns_of_the_payment_by_itself() {
    let street = street(&[created()]).await;
    street.order("here").await;
    let seen = street.shop.orders()[0].revision;
    let live = format!("/orders/{ORDER}/live?at=order&seen={seen}");
    assert_eq!(street.get(&live).await.0, 204);
    street.deliver("msg_1", &paid(2), |signature| signature).await;
    let (status, part) = street.get(&live).await;
    assert_eq!(status, 200);
    assert!(part.contains(r#"data-status="paid""#) && part.contains("OVO"), "{part}");
}

#[tokio::test]
async fn pressing_twice_makes_one_order_and_one_session() {
    let street = street(&[created()]).await;
    let (first, second) = tokio::join!(street.order("here"), street.order("here"));
    assert_eq!(first, (303, format!("/checkout/{ORDER}")));
    assert_eq!(second, first);
    assert_eq!(street.shop.orders().len(), 1);
    let asked = street.kasir.asked.lock().unwrap();
    assert!(asked.iter().all(|question| *question == asked[0]), "the same key and body each time");
}

#[tokio::test]
async fn a_lost_answer_is_asked_for_again_under_the_same_key() {
    let busy = (503, json!({}));
    let in_flight = (409, json!({ "code": "idempotency_in_flight" }));
    let street = street(&[busy, in_flight, created()]).await;
    assert_eq!(street.order("here").await.0, 303);
    let asked = street.kasir.asked.lock().unwrap();
    assert_eq!(asked.len(), 3);
    assert!(asked.iter().all(|(key, body)| (key, body) == (&asked[0].0, &asked[0].1)));
}

#[tokio::test]
async fn the_customer_may_pay_on_kasirs_own_page() {
    let street = street(&[created()]).await;
    assert_eq!(street.order("there").await, (303, "https://pay.example/c/tok_1".to_owned()));
}

#[tokio::test]
async fn a_refusal_is_shown_in_kasirs_words_and_as_text() {
    let detail = "amount is <b>too</b> large";
    let problem = json!({ "title": "Unprocessable", "status": 422, "detail": detail });
    let street = street(&[(422, problem)]).await;
    let (status, page) = street.order("here").await;
    assert_eq!(status, 502);
    assert!(page.contains("amount is &lt;b&gt;too&lt;/b&gt; large"), "{page}");
}

#[tokio::test]
async fn an_empty_cart_and_a_made_up_number_order_nothing() {
    let street = street(&[created()]).await;
    for (form, cookie) in [
        (format!("order={ORDER}&pay=here"), ""),
        ("order=x&pay=here".to_owned(), "sangrai_cart=gayo:1"),
    ] {
        let request = street.http.post(format!("{}/orders", street.url)).body(form);
        let request = request
            .header("content-type", "application/x-www-form-urlencoded")
            .header("cookie", cookie);
        let answer = request.send().await.unwrap();
        assert_eq!(answer.headers()["location"], "/cart");
    }
    assert!(street.shop.orders().is_empty());
}

#[tokio::test]
async fn the_page_that_embeds_kasir_allows_its_origin_and_nothing_inline() {
    let street = street(&[created()]).await;
    street.order("here").await;
    let answer = street.http.get(format!("{}/checkout/{ORDER}", street.url)).send().await.unwrap();
    let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
    let page = answer.text().await.unwrap();
    let kasir = &street.shop.0.config.kasir_public_url;
    assert!(policy.contains(&format!("script-src 'self' {kasir};")), "{policy}");
    assert!(policy.contains(&format!("frame-src {kasir} ")), "{policy}");
    assert!(!policy.contains("unsafe"), "{policy}");
    assert!(page.contains(&format!(r#"<script type="module" src="{kasir}/kasir.js"></script>"#)));
    assert!(
        page.contains(r#"<kasir-checkout class="till-frame" client-token="tok_1" locale="id">"#)
    );
    for inline in [" style=", "<style", "<script>", " onclick="] {
        assert!(!page.contains(inline), "{inline}");
    }
}

#[tokio::test]
async fn a_paid_order_empties_its_own_cart_and_an_unpaid_one_does_not() {
    let street = street(&[created()]).await;
    street.order("here").await;
    let visit = async |cookie: &str| {
        let request = street.http.get(format!("{}/orders/{ORDER}", street.url));
        let answer = request.header("cookie", cookie).send().await.unwrap();
        answer.headers().contains_key("set-cookie")
    };
    assert!(!visit("sangrai_cart=gayo:2").await);
    street.deliver("msg_1", &paid(2), |signature| signature).await;
    assert!(visit("sangrai_cart=gayo:2").await);
    assert!(!visit("sangrai_cart=toraja:1").await, "a cart filled since then stays");
}

#[tokio::test]
async fn the_conversation_is_told_by_the_shop_alone_when_nobody_else_answers() {
    let street = street(&[created()]).await;
    street.order("here").await;
    street.deliver("msg_0", &paid(2), |_| "v1,AAAA".to_owned()).await;
    street.deliver("msg_1", &paid(2), |signature| signature).await;
    let (_, part) = street.get(&format!("/conversation?order={ORDER}&part=1")).await;
    let count = |text: &str| part.matches(text).count();
    assert_eq!(count(r#"data-from="shop" data-to="kasir""#), 1);
    assert_eq!(count(r#"data-from="kasir" data-to="shop""#), 3);
    assert_eq!((count(r#"data-seal="good""#), count(r#"data-seal="bad""#)), (1, 1));
}

#[tokio::test]
async fn a_button_of_the_panel_reaches_the_simulator_through_the_shop() {
    let street = street(&[created()]).await;
    let press = async |form: &str| {
        let request = street.http.post(format!("{}/conversation/nudge", street.url));
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        request.body(form.to_owned()).send().await.unwrap().status().as_u16()
    };
    assert_eq!(press("deed=lost_reply&part=1").await, 204);
    assert_eq!(press("deed=lost_reply").await, 303);
    assert_eq!(press("deed=advance_clock&part=1").await, 502, "the stand-in has no clock");
    assert_eq!(press("deed=delete_everything&part=1").await, 422);
    let asked = street.kasir.asked.lock().unwrap();
    assert_eq!(
        (&asked[0].1["fault"], &asked[0].1["provider"]),
        (&"lost_reply".into(), &"winpay".into())
    );
    assert_eq!(asked.len(), 2);
}

#[tokio::test]
async fn the_switch_turns_winpay_and_shows_how_it_stands() {
    let street = street(&[created()]).await;
    let switch = async || {
        let (_, page) = street.get("/conversation").await;
        let at = page.find(r#"role="switch""#).unwrap();
        page[at..at + 90].to_owned()
    };
    let shown = switch().await;
    assert!(shown.contains(r#"aria-checked="true" name="deed" value="winpay_down""#), "{shown}");
    let request = street.http.post(format!("{}/conversation/nudge", street.url));
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    request.body("deed=winpay_down&part=1").send().await.unwrap();
    let shown = switch().await;
    assert!(shown.contains(r#"aria-checked="false" name="deed" value="winpay_up""#), "{shown}");
    assert_eq!(*street.kasir.asked.lock().unwrap(), [("winpay".to_owned(), json!("down"))]);
}

#[tokio::test]
async fn what_does_not_exist_is_said_so_in_the_visitors_language() {
    let street = street(&[created()]).await;
    let (status, page) = street.get("/orders/SU-NOBODY00?lang=en").await;
    assert_eq!(status, 404);
    assert!(page.contains(r#"<html lang="en">"#) && page.contains("This page does not exist"));
}
