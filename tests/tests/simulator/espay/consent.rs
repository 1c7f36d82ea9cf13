//! The consent page, as a browser sees it.
use super::shop::{BINDING, PHONE, Page, Shop, parameter, shop, shop_of};
use kasir_tests::simulator::{EspaySettings, ReturnedState};
use serde_json::json;
use std::collections::BTreeSet;

/// Opens a consent: its page's path, and its ticket.
async fn open(shop: &Shop, product: &str) -> (String, String) {
    let answer = shop.auth_code(product).await;
    let url = answer.text("/additionalInfo/redirectUrl").to_owned();
    (url.clone(), parameter(&url, "ticket"))
}

async fn enter(shop: &Shop, ticket: &str, (name, value): (&str, &str)) -> Page {
    let fields = [("ticket", ticket), ("decision", "approve"), (name, value)];
    shop.fill("/espay/consent", &fields).await
}

#[tokio::test]
async fn a_customer_enters_phone_password_and_pin_and_comes_back_with_code_and_state() {
    let shop = shop().await;
    let (url, ticket) = open(&shop, "SHOPEELINK").await;
    let page = shop.browse(&url).await;
    assert_eq!(page.headers["x-frame-options"], "DENY");
    assert!(page.text.contains("data-step=\"phone\"") && page.text.contains("ShopeePay"));
    assert!(page.text.contains("SGWSANGRAI"), "{}", page.text);
    let page = enter(&shop, &ticket, ("phone", "12")).await;
    assert!(page.text.contains("role=\"alert\""), "{}", page.text);
    let page = enter(&shop, &ticket, ("phone", "0812 3456 7890")).await;
    assert!(page.text.contains("data-step=\"otp\"") && page.text.contains(PHONE));
    let page = enter(&shop, &ticket, ("otp", "000000")).await;
    assert!(page.text.contains("OTP salah"), "{}", page.text);
    let page = enter(&shop, &ticket, ("otp", "123456")).await;
    assert!(page.text.contains("data-step=\"pin\""));
    let page = enter(&shop, &ticket, ("pin", "654321")).await;
    assert!(page.text.contains("PIN salah"));
    let page = enter(&shop, &ticket, ("pin", "123456")).await;
    assert_eq!(parameter(&page.place, "state"), "8f3c1b7a9d2e4c60");
    let code = parameter(&page.place, "authCode");
    assert_eq!(shop.exchange("B1", "SHOPEELINK", &code).await.code(), "2000700");
    let again = shop.browse(&url).await;
    assert!(again.text.contains("sudah dijawab") && again.text.contains("data-testid=\"return\""));
}

#[tokio::test]
async fn a_phone_that_the_merchant_gave_is_not_to_be_changed() {
    let shop = shop().await;
    let mut body = shop.binding("LINK0001", "OVOLINK");
    body["phoneNo"] = json!(PHONE);
    let answer = shop.ask(BINDING, &body).await;
    let url = answer.text("/redirectUrl").to_owned();
    let page = shop.browse(&url).await;
    assert!(page.text.contains("readonly") && page.text.contains(PHONE), "{}", page.text);
    let ticket = parameter(&url, "ticket");
    enter(&shop, &ticket, ("phone", "081111111111")).await;
    assert_eq!(shop.sim.espay_links()[0].phone.as_deref(), Some(PHONE));
    // What a merchant has verified and signed counts as given, what it has not signed does not.
    let data = r#"{"mobileNumber":"081298765432"}"#;
    let sign = crate::snap::partner::sign(kasir_tests::simulator::test_keys::ESPAY_MERCHANT, data);
    for (signature, phone) in [(sign.as_str(), Some("6281298765432")), ("AAAA", None)] {
        let mut query = shop.query("DANALINK").to_vec();
        query.extend([("seamlessData", data), ("seamlessSign", signature)]);
        assert_eq!(shop.send(&shop.get(&query).signed()).await.code(), "2001000");
        assert_eq!(shop.sim.espay_links().pop().unwrap().phone.as_deref(), phone);
    }
}

#[tokio::test]
async fn a_password_is_asked_for_three_times_and_for_some_phones_none_is_right() {
    for (phone, tries) in
        [("081234567890", ["1", "2", "3"]), ("081234567003", ["123456", "123456", "123456"])]
    {
        let shop = shop().await;
        let (_, ticket) = open(&shop, "GOPAYLINK").await;
        enter(&shop, &ticket, ("phone", phone)).await;
        for (place, otp) in tries.iter().enumerate() {
            let page = enter(&shop, &ticket, ("otp", otp)).await;
            if place < 2 {
                assert!(page.text.contains("OTP salah"));
                continue;
            }
            assert_eq!(parameter(&page.place, "status"), "FAILED");
            assert_eq!(parameter(&page.place, "responseCode"), "4030711");
            assert_eq!(parameter(&page.place, "state"), "8f3c1b7a9d2e4c60");
            assert_eq!(parameter(&page.place, "authCode"), "");
        }
    }
}

#[tokio::test]
async fn a_customer_may_go_back_and_004_always_does() {
    let shop = shop().await;
    let (_, ticket) = open(&shop, "DANALINK").await;
    let fields = [("ticket", ticket.as_str()), ("decision", "decline")];
    let page = shop.fill("/espay/consent", &fields).await;
    assert_eq!(parameter(&page.place, "status"), "CANCELLED");
    assert_eq!(parameter(&page.place, "state"), "8f3c1b7a9d2e4c60");
    let (_, ticket) = open(&shop, "DANALINK").await;
    for field in [("phone", "081234567004"), ("otp", "123456")] {
        enter(&shop, &ticket, field).await;
    }
    let page = enter(&shop, &ticket, ("pin", "123456")).await;
    assert_eq!(parameter(&page.place, "status"), "CANCELLED");
}

#[tokio::test]
async fn a_consent_ends_after_ten_minutes() {
    let shop = shop().await;
    let (url, ticket) = open(&shop, "DANALINK").await;
    shop.pass(600).await;
    assert!(shop.browse(&url).await.text.contains("sudah habis"));
    let page = enter(&shop, &ticket, ("phone", "081234567890")).await;
    assert!(page.text.contains("sudah habis") && page.place.is_empty());
    assert!(shop.browse("/espay/consent?ticket=none").await.text.contains("tidak ditemukan"));
}

#[tokio::test]
async fn a_browser_can_be_made_to_come_back_with_a_wrong_state_or_none() {
    let shop = shop().await;
    for (state, said) in [
        (ReturnedState::Wrong, "0000000000000000"),
        (ReturnedState::Missing, ""),
        (ReturnedState::Right, "8f3c1b7a9d2e4c60"),
    ] {
        shop.sim.return_espay_state(state);
        shop.auth_code("DANALINK").await;
        let id = shop.sim.espay_links().pop().unwrap().id;
        let back = shop.sim.answer_espay_link(&id, true).unwrap().return_url.unwrap();
        assert_eq!(parameter(&back, "state"), said);
        assert_ne!(parameter(&back, "authCode"), "");
    }
    let mut body = shop.binding("LINK0001", "DANALINK");
    body["redirectUrl"] = json!("https://shop.example/linked?state=abc&x=1");
    shop.ask(BINDING, &body).await;
    let id = shop.sim.espay_links().pop().unwrap().id;
    shop.sim.answer_espay_link(&id, true).unwrap();
    for (state, said) in [
        (ReturnedState::Wrong, "0000000000000000"),
        (ReturnedState::Missing, ""),
        (ReturnedState::Right, "abc"),
    ] {
        shop.sim.return_espay_state(state);
        let back = shop.sim.espay_links().pop().unwrap().return_url.unwrap();
        assert_eq!(
            (parameter(&back, "state").as_str(), parameter(&back, "x").as_str()),
            (said, "1")
        );
    }
    let returns_reference = BTreeSet::from(["SHOPEELINK".to_owned()]);
    let shop = shop_of(EspaySettings { returns_reference, ..EspaySettings::default() }).await;
    shop.auth_code("SHOPEELINK").await;
    let id = shop.sim.espay_links().pop().unwrap().id;
    let back = shop.sim.answer_espay_link(&id, true).unwrap().return_url.unwrap();
    assert_eq!(
        (parameter(&back, "state"), parameter(&back, "partnerReferenceNo")),
        (String::new(), id)
    );
}
