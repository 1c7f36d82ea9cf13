//! The customer's pages: wallets, the waiting page of a push, and the phone it arrives on.
use crate::merchant::{CALLBACK, Form, PHONE, World, encode, form_with, sign, text};
use crate::world;
use http::header::{CONTENT_SECURITY_POLICY, LOCATION};
use kasir_tests::simulator::{Armed, Fault, Provider, Status};
use serde_json::Value;

/// Decides on a wallet's page or in its app: where the browser goes, or the page it sees.
pub(crate) async fn decide(
    world: &World,
    (place, wallet): (&str, &str),
    id: &str,
    decision: &str,
) -> String {
    let form: Form = [("tx", id), ("phone", PHONE), ("pin", "123456"), ("decision", decision)]
        .map(|(name, value)| (name, value.to_owned()))
        .to_vec();
    let response = world.form(&format!("/{place}/{wallet}"), &form).await;
    match response.headers().get(LOCATION) {
        Some(place) => place.to_str().unwrap().to_owned(),
        None => response.text().await.unwrap(),
    }
}

#[tokio::test]
async fn a_wallet_page_takes_the_customer_there_and_back() {
    for (code, wallet) in [("DANA", "dana"), ("LINK", "linkaja"), ("ESHP", "shopeepay")] {
        for (decision, result, status) in [
            ("approve", "0000", Status::Paid),
            ("decline", "9752", Status::Failed),
            ("expire", "9752", Status::Expired),
        ] {
            let world = world().await;
            let id = world.register(code, "INV-1", 10_000).await;
            let response = world.enter(&id, "INV-1", 10_000).await;
            let page = world.served.url(&format!("/wallet/{wallet}?tx={id}"));
            assert_eq!(response.headers()[LOCATION], page);
            let html = world.look(&format!("/wallet/{wallet}?tx={id}")).await;
            for needed in ["phone", "pin", "approve", "decline", "expire"] {
                assert!(html.contains(&format!("id=\"{needed}\"")), "{wallet} {needed}");
                assert!(html.contains(&format!("data-testid=\"{needed}\"")), "{wallet} {needed}");
            }
            let place = decide(&world, ("wallet", wallet), &id, decision).await;
            let expected = format!("{CALLBACK}&resultCd={result}&");
            assert!(place.starts_with(&expected), "{place}");
            assert!(place.contains(&format!("tXid={id}&referenceNo=INV-1&payMethod=05&amt=10000")));
            assert!(!place.contains("merchantToken"), "{place}");
            assert_eq!(world.sim.transactions()[0].status, status);
        }
    }
}

#[tokio::test]
async fn a_wrong_pin_does_not_pay() {
    let world = world().await;
    let id = world.register("DANA", "INV-1", 10_000).await;
    world.enter(&id, "INV-1", 10_000).await;
    let form: Form =
        [("tx", id.as_str()), ("phone", PHONE), ("pin", "12a456"), ("decision", "approve")]
            .map(|(name, value)| (name, value.to_owned()))
            .to_vec();
    let page = world.form("/wallet/dana", &form).await.text().await.unwrap();
    assert!(page.contains("PIN harus 6 angka"), "{page}");
    assert!(world.sim.ledger().is_empty());
}

#[tokio::test]
async fn a_bill_is_paid_in_its_own_wallet_only() {
    let world = world().await;
    let id = world.register("DANA", "INV-1", 10_000).await;
    let page = decide(&world, ("wallet", "linkaja"), &id, "approve").await;
    assert!(page.contains("tidak ditemukan"), "{page}");
    assert_eq!(world.sim.transactions()[0].status, Status::Initiated);
}

#[tokio::test]
async fn shopeepay_answers_with_links_when_it_is_asked_to() {
    let world = world().await;
    let id = world.register("ESHP", "INV-1", 10_000).await;
    let form = form_with(&World::payment(&id, "INV-1", 10_000), "returnJsonFormat", "1");
    let answer: Value = world.form("/nicepay/direct/v2/payment", &form).await.json().await.unwrap();
    assert_eq!(
        text(&answer, "redirectUrlHttp"),
        world.served.url(&format!("/wallet/shopeepay?tx={id}"))
    );
    assert_eq!(text(&answer, "redirectUrlApp"), format!("shopeeid://pay?tx={id}"));
    assert!(!text(&answer, "redirectToken").is_empty());
    let app = world.look(&format!("/app/shopeepay?tx={id}")).await;
    assert!(app.contains("action=\"/app/shopeepay\"") && app.contains("id=\"approve\""), "{app}");
    assert!(decide(&world, ("app", "shopeepay"), &id, "approve").await.contains("resultCd=0000"));
}

#[tokio::test]
async fn the_payment_step_is_read_from_a_query_as_well() {
    let world = world().await;
    let id = world.register("DANA", "INV-1", 10_000).await;
    let query = encode(&World::payment(&id, "INV-1", 10_000));
    let url = world.served.url(&format!("/nicepay/direct/v2/payment?{query}&cardNo=None"));
    assert_eq!(world.http.get(&url).send().await.unwrap().status(), 302);
    assert_eq!(world.http.post(&url).send().await.unwrap().status(), 302);
}

#[tokio::test]
async fn a_push_waits_on_the_right_phone_and_the_page_posts_the_result() {
    let world = world().await;
    let id = world.register("OVOE", "INV-1", 10_000).await;
    assert!(world.look("/phone").await.contains("no-prompts"), "nothing before the payment step");
    let response = world.enter(&id, "INV-1", 10_000).await;
    assert!(response.headers().contains_key(CONTENT_SECURITY_POLICY));
    assert!(response.text().await.unwrap().contains("http-equiv=\"refresh\""));
    world.pass(15).await;
    let wait = format!("/nicepay/direct/v2/wait?tXid={id}");
    let waiting = world.look(&wait).await;
    assert!(waiting.contains("data-testid=\"seconds-left\">40<"), "{waiting}");

    assert!(world.look("/phone?number=0811111111").await.contains("no-prompts"));
    let phone = world.look("/phone?number=%2B6281234567890").await;
    assert!(phone.contains("data-testid=\"approve\"") && phone.contains(">40<"), "{phone}");
    let pressed: Form =
        vec![("tx", id.clone()), ("decision", "approve".into()), ("number", String::new())];
    assert_eq!(world.form("/phone", &pressed).await.status(), 302);
    assert!(world.look("/phone").await.contains("no-prompts"));

    let done = world.look(&wait).await;
    assert!(done.contains("name=\"tranMgr\"") && done.contains("/_sim/assets/submit.js"), "{done}");
    let token = sign(&["20261120100015", "IONPAYTEST", "INV-1", "10000"]);
    for (name, value) in [
        ("resultCd", "0000"),
        ("tXid", id.as_str()),
        ("amt", "10000"),
        ("mitraCd", "OVOE"),
        ("timeStamp", "20261120100015"),
        ("merchantToken", token.as_str()),
        ("cardNo", ""),
    ] {
        assert!(done.contains(&format!("name=\"{name}\" value=\"{value}\"")), "{name}: {done}");
    }
    assert_eq!(world.standing(&id, "INV-1", 10_000).await.0, "0");
}

#[tokio::test]
async fn a_browser_that_is_not_sent_back_stays_at_the_wallet_though_it_paid() {
    for (code, wallet) in [("DANA", "dana"), ("OVOE", "ovo")] {
        let world = world().await;
        world.sim.arm(Armed::once(Provider::Nicepay, Fault::NoCallback)).unwrap();
        let id = world.register(code, "INV-1", 10_000).await;
        world.enter(&id, "INV-1", 10_000).await;
        let mut page = decide(&world, ("app", wallet), &id, "approve").await;
        if code == "OVOE" {
            page = world.look(&format!("/nicepay/direct/v2/wait?tXid={id}")).await;
        }
        assert!(page.contains("data-testid=\"stranded\""), "{page}");
        assert_eq!(world.sim.ledger()[0].charged.value, 10_000);
    }
}

#[tokio::test]
async fn a_phone_with_one_prompt_has_named_buttons_and_with_two_no_name_is_given_twice() {
    let world = world().await;
    for (reference, named) in [("INV-1", 1), ("INV-2", 0)] {
        let id = world.register("OVOE", reference, 10_000).await;
        world.enter(&id, reference, 10_000).await;
        let phone = world.look("/phone").await;
        assert_eq!(phone.matches(" id=\"approve\"").count(), named, "{phone}");
    }
    assert_eq!(world.look("/phone").await.matches("data-testid=\"approve\"").count(), 2);
}
