//! NICEPAY's own page in a browser, and the three ways back from it.
use crate::customer::decide;
use crate::merchant::{CALLBACK, Form, PHONE, World, form_with, sign};
use crate::orders::AMOUNT;
use crate::world;
use axum::Router;
use axum::routing::post;
use http::Method;
use kasir_tests::simulator::{Armed, CallbackManner, Fault, Provider, Spelling, Status, Transport};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;

const PAGE: &str = "/nicepay/redirect/v2/payment";

async fn choose(world: &World, id: &str, code: &str) -> String {
    world.press(PAGE, &[("tXid", id), ("mitraCd", code), ("phone", PHONE)]).await
}

#[tokio::test]
async fn the_page_shows_every_choice_by_its_kind() {
    let world = world().await;
    let id = world.hosted("INV-1").await;
    let page = world.look(&format!("{PAGE}?tXid={id}")).await;
    for method in [
        "indomaret",
        "alfamart",
        "ovo",
        "dana",
        "shopeepay",
        "linkaja",
        "akulaku",
        "kredivo",
        "indodana",
    ] {
        assert!(page.contains(&format!("data-testid=\"choose-{method}\"")), "{method} {page}");
    }
    for words in ["Bayar di minimarket", "Dompet digital", "Bayar nanti", "Rp150.000", "INV-1"] {
        assert!(page.contains(words), "{words} in {page}");
    }
    assert!(!page.contains("choose-astrapay"));
    assert!(world.look(&format!("{PAGE}?tXid=none")).await.contains("9003"));
    let direct = world.register("DANA", "INV-2", 10_000).await;
    assert!(world.look(&format!("{PAGE}?tXid={direct}")).await.contains("9003"));
}

#[tokio::test]
async fn a_store_shows_its_number_and_success_on_the_way_back_means_only_that() {
    let world = world().await;
    let id = world.hosted("INV-1").await;
    let page = choose(&world, &id, "ALMA").await;
    let number = world.details(&id).pay_no.unwrap();
    assert!(page.contains(&format!("data-code=\"{number}\"")), "{page}");
    assert_eq!(page, world.look(&format!("{PAGE}?tXid={id}")).await, "a second look");
    let back = world.open(&format!("/nicepay/redirect/v2/done?tXid={id}")).await;
    let expected = format!(
        "{CALLBACK}&tXid={id}&referenceNo=INV-1&amount=150000&transDt=20261120&transTm=100000\
         &payNo={number}&mitraCd=ALMA&resultCd=0000&resultMsg=success"
    );
    assert_eq!(back, expected);
    assert_eq!(world.details(&id).status, Status::Unpaid);
    assert!(world.sim.ledger().is_empty() && world.told().await.is_empty());
}

#[tokio::test]
async fn a_wallet_is_paid_on_its_own_page_and_leads_back_through_nicepays() {
    let world = world().await;
    let id = world.hosted("INV-1").await;
    let place = choose(&world, &id, "DANA").await;
    assert_eq!(place, world.served.url(&format!("/wallet/dana?tx={id}")));
    assert_eq!(world.open(&format!("{PAGE}?tXid={id}")).await, place, "a second look");
    let back = world.open(&format!("/nicepay/redirect/v2/done?tXid={id}")).await;
    assert_eq!(back, format!("{PAGE}?tXid={id}"), "nothing is decided");
    let done = decide(&world, ("wallet", "dana"), &id, "approve").await;
    let back = world.open(&done).await;
    for part in ["resultCd=0000", "payMethod=05", "amount=150000", "mitraCd=DANA", "currency=IDR"] {
        assert!(back.starts_with(CALLBACK) && back.contains(part), "{part} in {back}");
    }
}

#[tokio::test]
async fn a_prompt_waits_on_the_phone_that_was_entered_and_then_leads_back() {
    let world = world().await;
    let id = world.hosted("INV-1").await;
    let waiting =
        world.press(PAGE, &[("tXid", &id), ("mitraCd", "OVOE"), ("phone", "0811223344")]).await;
    assert!(waiting.contains("Buka aplikasi OVO") && waiting.contains("0811223344"), "{waiting}");
    assert!(world.look("/phone?number=0811223344").await.contains("data-testid=\"prompt\""));
    world.sim.approve(&id).unwrap();
    let done = world.open(&format!("/nicepay/direct/v2/wait?tXid={id}")).await;
    assert!(world.open(&done).await.contains("resultCd=0000"), "{done}");
}

#[tokio::test]
async fn a_lender_leads_back_with_its_plan() {
    let world = world().await;
    let id = world.hosted("INV-1").await;
    let place = choose(&world, &id, "IDNA").await;
    assert_eq!(place, world.served.url(&format!("/lender/indodana?tx={id}")));
    world.sim.choose_plan(&id, "12").unwrap();
    world.sim.enter_password(&id, "999999").unwrap();
    let fields = [("tx", id.as_str()), ("decision", "approve")];
    let done = world.press("/lender/indodana", &fields).await;
    let back = world.open(&done).await;
    assert!(back.contains("payMethod=06") && back.contains("instmntMon=12"), "{back}");
}

#[tokio::test]
async fn a_customer_who_cancels_is_led_back_with_a_failure() {
    let world = world().await;
    let id = world.hosted("INV-1").await;
    let done = world.press(PAGE, &[("tXid", &id), ("decision", "decline")]).await;
    assert!(world.open(&done).await.contains("resultCd=9030"), "{done}");
    assert_eq!(world.details(&id).status, Status::Failed);
}

#[tokio::test]
async fn what_the_page_did_not_offer_is_not_chosen_by_writing_it() {
    let world = world().await;
    let id = world.hosted("INV-1").await;
    let place = choose(&world, &id, "ASTR").await;
    assert_eq!(world.open(&place).await, format!("{PAGE}?tXid={id}"));
    assert_eq!(world.sim.requests().iter().rfind(|e| !e.accepted).unwrap().code, "9003");
}

fn by(transport: Transport, spelling: Spelling) -> CallbackManner {
    CallbackManner { transport, spelling }
}

#[tokio::test]
async fn the_result_comes_by_address_or_form_in_both_spellings() {
    for (spelling, amount) in [(Spelling::Amount, "amount"), (Spelling::Amt, "amt")] {
        let world = world().await;
        let id = world.hosted("INV-1").await;
        choose(&world, &id, "INDO").await;
        let done = format!("/nicepay/redirect/v2/done?tXid={id}");
        world.sim.call_back_by(by(Transport::Get, spelling));
        assert!(world.open(&done).await.contains(&format!("&{amount}=150000&")));
        world.sim.call_back_by(by(Transport::FormPost, spelling));
        let page = world.open(&done).await;
        assert!(page.contains("name=\"tranMgr\"") && page.contains("/_sim/assets/submit.js"));
        assert!(page.contains("action=\"https://shop.example/back?order=7\""), "{page}");
        let token = sign(&["20261120100000", "IONPAYTEST", "INV-1", "150000"]);
        for (name, value) in [
            (amount, "150000"),
            ("tXid", id.as_str()),
            ("mitraCd", "INDO"),
            ("resultCd", "0000"),
            ("timeStamp", "20261120100000"),
            ("merchantToken", token.as_str()),
        ] {
            assert!(page.contains(&format!("name=\"{name}\" value=\"{value}\"")), "{name} {page}");
        }
    }
}

#[tokio::test]
async fn the_result_can_come_as_json_from_nicepays_server_while_the_browser_comes_bare() {
    let received: Arc<Mutex<Vec<Value>>> = Arc::default();
    let shelf = Arc::clone(&received);
    let router = Router::new().route(
        "/back",
        post(move |axum::Json(body): axum::Json<Value>| async move {
            shelf.lock().unwrap().push(body);
        }),
    );
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/back", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });

    let world = world().await;
    let manner = json!({"transport": "json_post", "spelling": "amt"});
    let (code, _) = world.control(Method::POST, "providers/nicepay/callbacks", &manner).await;
    assert_eq!(code, 200);
    let order = crate::merchant::with(&world.on_page("INV-1"), "callBackUrl", &url);
    let id = crate::merchant::text(&world.redirect(&order).await, "tXid").to_owned();
    choose(&world, &id, "ALMA").await;
    assert_eq!(world.open(&format!("/nicepay/redirect/v2/done?tXid={id}")).await, url);
    world.sim.quiet().await;
    let [only]: [Value; 1] = received.lock().unwrap().clone().try_into().unwrap();
    assert_eq!((&only["amt"], &only["resultCd"]), (&json!("150000"), &json!("0000")));
    assert_eq!(only["tXid"], id.as_str());
    let entry = world.sim.requests().into_iter().find(|e| e.path == url).unwrap();
    assert_eq!(serde_json::to_value(entry.operation).unwrap(), "callback");
    assert!(world.sim.replay(&id).is_err(), "what is repeated is a notification");
    let wrong = json!({"transport": "pigeon"});
    assert_eq!(world.control(Method::POST, "providers/nicepay/callbacks", &wrong).await.0, 422);
}

#[tokio::test]
async fn a_browser_that_is_not_sent_back_stays_on_nicepays_page() {
    let world = world().await;
    let id = world.hosted("INV-1").await;
    choose(&world, &id, "INDO").await;
    world.sim.arm(Armed::once(Provider::Nicepay, Fault::NoCallback)).unwrap();
    let done = format!("/nicepay/redirect/v2/done?tXid={id}");
    assert!(world.open(&done).await.contains("data-testid=\"stranded\""));
    assert!(world.open(&done).await.starts_with(CALLBACK));
}

#[tokio::test]
async fn the_direct_payment_step_is_not_for_an_order_of_the_page() {
    let world = world().await;
    let id = world.hosted("INV-1").await;
    let form: Form = form_with(&World::payment(&id, "INV-1", AMOUNT), "x", "y");
    let page = world.form("/nicepay/direct/v2/payment", &form).await.text().await.unwrap();
    assert!(page.contains("value=\"9012\""), "{page}");
}
