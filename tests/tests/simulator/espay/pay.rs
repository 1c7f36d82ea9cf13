//! Payments: what is refused, what the page asks, what the wallet takes.
use super::shop::{PAYMENT, PHONE, Page, STATUS, Shop, parameter, shop, shop_of};
use kasir_tests::simulator::journal::Direction;
use kasir_tests::simulator::{EspayHabit, EspaySettings, Operation, PayToken, Provider, Status};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// An order with one field changed.
fn changed(shop: &Shop, place: &str, value: Value) -> Value {
    let mut order = shop.order("DANALINK", "INV00001");
    *order.pointer_mut(place).unwrap() = value;
    order
}

async fn linked(shop: &Shop, product: &str, phone: &str, rupiah: u32) -> String {
    let token = shop.link(product, phone).await;
    let mut order = shop.order_of(product, "INV00001", rupiah);
    order["bankCardToken"] = json!(token);
    order["additionalInfo"]["accountToken"] = json!(token);
    shop.create(&order).await
}

async fn approve(shop: &Shop, id: &str, phone: &str) -> Page {
    let fields = [("decision", "approve"), ("phone", phone), ("pin", "123456")];
    shop.fill(&format!("/espay/pay/{id}"), &fields).await
}

#[tokio::test]
async fn each_field_that_is_wrong_is_named() {
    let shop = shop().await;
    for (place, value, code) in [
        ("/partnerReferenceNo", json!("INV-1"), "4005401"),
        ("/partnerReferenceNo", json!("1".repeat(29)), "4005401"),
        ("/partnerReferenceNo", json!(""), "4005402"),
        ("/merchantId", json!(""), "4005402"),
        ("/merchantId", json!("SGWOTHER"), "4045408"),
        ("/subMerchantId", json!("0".repeat(32)), "4015400"),
        ("/amount/value", json!("150000"), "4005401"),
        ("/amount/value", json!(150_000), "4005401"),
        ("/amount/value", json!("150001.00"), "4005401"),
        ("/amount/currency", json!("USD"), "4005401"),
        ("/urlParam", json!([{ "url": "https://x.example" }]), "4005402"),
        ("/urlParam/url", json!("shop"), "4005401"),
        ("/urlParam/isDeeplink", json!("Y"), "4005401"),
        ("/validUpTo", json!("2026-11-20T09:59:59+07:00"), "4005401"),
        ("/payOptionDetails/payMethod", json!("014"), "4005401"),
        ("/payOptionDetails/payOption", json!("BCAATM"), "4005401"),
        ("/payOptionDetails/feeAmount/value", json!("0"), "4005401"),
        ("/additionalInfo/payType", json!("PUSH"), "4005401"),
        ("/additionalInfo/userName", json!("Sari \u{1f600}"), "4005401"),
        ("/additionalInfo/userEmail", json!("sari"), "4005401"),
        ("/additionalInfo/userPhone", json!("812"), "4005401"),
        ("/additionalInfo/userPhone", json!(null), "4005402"),
        ("/additionalInfo/productCode", json!("OVOLINK"), "4005401"),
    ] {
        let answer = shop.ask(PAYMENT, &changed(&shop, place, value.clone())).await;
        assert_eq!(answer.code(), code, "{place} {value}: {}", shop.verdict());
    }
    assert!(shop.sim.transactions().is_empty());
}

#[tokio::test]
async fn a_product_that_is_taken_off_the_list_cannot_be_paid_with() {
    let shop = shop().await;
    shop.sim.offer_espay_product("DANALINK", false).unwrap();
    let order = shop.order("DANALINK", "INV00001");
    assert_eq!(shop.ask(PAYMENT, &order).await.code(), "4005401");
    assert_eq!(shop.auth_code("DANALINK").await.code(), "4001001");
    shop.sim.offer_espay_product("DANALINK", true).unwrap();
    assert_eq!(shop.ask(PAYMENT, &order).await.code(), "2005400");
    assert!(shop.sim.offer_espay_product("NOSUCH", true).is_none());
}

#[tokio::test]
async fn an_open_order_asked_for_again_is_the_same_and_another_one_is_not() {
    let shop = shop().await;
    let order = shop.order("DANALINK", "INV00001");
    let id = shop.create(&order).await;
    assert_eq!(shop.create(&order).await, id);
    let other = shop.order_of("DANALINK", "INV00001", 20_000);
    assert_eq!(shop.ask(PAYMENT, &other).await.code(), "4045418");
    shop.sim.decline(&id).unwrap();
    assert_ne!(shop.create(&order).await, id, "a failed one may be tried anew");
}

#[tokio::test]
async fn a_linked_account_is_asked_for_its_pin_alone_and_pays_from_its_cash() {
    let shop = shop().await;
    let id = linked(&shop, "OVOLINK", PHONE, 150_000).await;
    let path = format!("/espay/pay/{id}");
    let page = shop.browse(&path).await;
    assert_eq!(page.headers["x-frame-options"], "DENY");
    assert!(page.text.contains("Rp250.000") && page.text.contains("Rp150.000"), "{}", page.text);
    assert!(!page.text.contains("name=\"phone\"") && page.text.contains("name=\"pin\""));
    assert!(page.text.contains("simwallet://pay?tx="));
    let wrong = shop.fill(&path, &[("decision", "approve"), ("pin", "000000")]).await;
    assert!(wrong.text.contains("PIN salah"));
    assert_eq!(shop.standing("INV00001").await, "IP");
    let back = shop.fill(&path, &[("decision", "approve"), ("pin", "123456")]).await;
    assert_eq!(parameter(&back.place, "status"), "SUCCESS");
    assert!(back.place.starts_with(super::shop::PAID_BACK));
    assert_eq!(shop.standing("INV00001").await, "S");
    assert_eq!(shop.sim.wallet("ovo", PHONE), Some((100_000, 12_000)));
    assert_eq!(shop.money(), (150_000, 0));
    let paid = &shop.sim.transactions()[0];
    assert_eq!((paid.provider, paid.method, paid.status), (Provider::Espay, "ovo", Status::Paid));
}

#[tokio::test]
async fn whoever_has_no_link_says_who_they_are() {
    let shop = shop().await;
    let id = shop.pay_for("DANALINK", "INV00001").await;
    let page = shop.browse(&format!("/espay/pay/{id}")).await;
    assert!(page.text.contains("name=\"phone\""), "{}", page.text);
    assert!(approve(&shop, &id, "12").await.text.contains("tidak dikenal"));
    let back = approve(&shop, &id, "081298765432").await;
    assert_eq!(parameter(&back.place, "status"), "SUCCESS");
    assert_eq!(shop.sim.wallet("dana", "6281298765432"), Some((100_000, 12_000)));
    assert_eq!(shop.sim.wallet("dana", PHONE), Some((250_000, 12_000)));
    let declined = shop.pay_for("DANALINK", "INV00002").await;
    let path = format!("/espay/pay/{declined}");
    let back = shop.fill(&path, &[("decision", "decline")]).await;
    assert_eq!(parameter(&back.place, "status"), "CANCELLED");
    assert_eq!(shop.standing("INV00002").await, "F");
}

#[tokio::test]
async fn a_token_is_looked_for_where_espay_is_set_to_look() {
    for (pay_token, card, account, code) in [
        (PayToken::Either, true, true, "2005400"),
        (PayToken::BankCardToken, true, false, "2005400"),
        (PayToken::AccountToken, false, true, "2005400"),
    ] {
        let shop = shop_of(EspaySettings { pay_token, ..EspaySettings::default() }).await;
        let token = shop.link("DANALINK", PHONE).await;
        let mut order = shop.order("DANALINK", "INV00001");
        order["bankCardToken"] = json!(if card { &token } else { "at_ignored" });
        order["additionalInfo"]["accountToken"] =
            json!(if account { &token } else { "at_ignored" });
        let answer = shop.ask(PAYMENT, &order).await;
        assert_eq!(answer.code(), code, "{pay_token:?}: {}", shop.verdict());
        let id = answer.text("/webRedirectUrl").rsplit('/').next().unwrap().to_owned();
        let page = shop.browse(&format!("/espay/pay/{id}")).await;
        assert!(page.text.contains("data-testid=\"balance\""), "{pay_token:?}");
    }
    let shop = shop().await;
    let token = shop.link("DANALINK", PHONE).await;
    let mut order = shop.order("DANALINK", "INV00001");
    order["bankCardToken"] = json!("at_none");
    assert_eq!(shop.ask(PAYMENT, &order).await.code(), "4015402");
    order["additionalInfo"]["accountToken"] = json!(token);
    assert_eq!(shop.ask(PAYMENT, &order).await.code(), "4005401", "two that differ");
    let mut other = shop.order("OVOLINK", "INV00002");
    other["bankCardToken"] = json!(token);
    assert_eq!(shop.ask(PAYMENT, &other).await.code(), "4045418", "of another product");
    shop.sim.forget_espay_tokens();
    order["bankCardToken"] = json!(token);
    assert_eq!(shop.ask(PAYMENT, &order).await.code(), "4015402");
}

#[tokio::test]
async fn the_page_shows_what_the_merchant_answers_and_goes_no_further_where_it_says_no() {
    let shop = shop().await;
    shop.ear.behave(|manners| manners.bill = Ok(175_000));
    let id = shop.pay_for("DANALINK", "INV00001").await;
    assert!(shop.ear.heard("/inquiry").is_empty(), "nobody has come yet");
    let path = format!("/espay/pay/{id}");
    assert!(shop.browse(&path).await.text.contains("Rp175.000"));
    shop.browse(&path).await;
    let [asked] = shop.ear.heard("/inquiry").try_into().unwrap();
    assert!(asked.is_espays());
    assert_eq!(asked.path, "/notify/espay/v1.0/transfer-va/inquiry");
    assert_eq!(asked.header("channel-id"), "ESPAY");
    assert_eq!(asked.header("x-partner-id"), "SGWSANGRAI");
    assert_eq!(asked.header("x-external-id").len(), 36);
    let said = asked.json();
    assert_eq!(said["partnerServiceId"], "   ESPAY");
    assert_eq!(
        (&said["customerNo"], &said["virtualAccountNo"]),
        (&json!("SGWSANGRAI"), &json!("INV00001"))
    );
    assert_eq!(said["trxDateInit"], super::shop::NOW);
    let entry = shop.last(Direction::Out).unwrap();
    assert_eq!((entry.operation, entry.accepted), (Operation::Bill, true));

    for (code, words) in [
        ("4042412", "tidak ditemukan di toko"),
        ("4042414", "sudah dibayar"),
        ("4042419", "sudah kedaluwarsa"),
        ("4012400", "tidak dapat memastikan"),
        ("5002400", "tidak dapat memastikan"),
    ] {
        let id = shop.pay_for("DANALINK", &format!("INV{code}")).await;
        shop.ear.behave(|manners| manners.bill = Err(code));
        let page = shop.browse(&format!("/espay/pay/{id}")).await;
        assert!(page.text.contains(words) && page.text.contains(code), "{}", page.text);
        let page = approve(&shop, &id, PHONE).await;
        assert!(page.text.contains(words), "nor can it be paid by force");
        assert_eq!(shop.standing(&format!("INV{code}")).await, "IP");
    }
    shop.sim.register_at_espay("http://127.0.0.1:9");
    let id = shop.pay_for("DANALINK", "INV00009").await;
    assert!(shop.browse(&format!("/espay/pay/{id}")).await.text.contains("tidak dapat memastikan"));
    assert_eq!(shop.money(), (0, 0));
}

#[tokio::test]
async fn too_little_cash_is_the_wallets_refusal() {
    let shop = shop().await;
    shop.sim.fill_wallet("DANALINK", PHONE, (149_999, 0)).unwrap();
    let id = linked(&shop, "DANALINK", PHONE, 150_000).await;
    let page = approve(&shop, &id, "").await;
    assert!(page.text.contains("4035414") && page.text.contains("tidak cukup"), "{}", page.text);
    assert!(page.text.contains("data-testid=\"return\""));
    assert_eq!(shop.standing("INV00001").await, "F");
    assert_eq!(shop.sim.wallet("dana", PHONE), Some((149_999, 0)));

    let habits = BTreeSet::from([EspayHabit::RefusesPoorAtOnce]);
    let shop = shop_of(EspaySettings { habits, ..EspaySettings::default() }).await;
    let token = shop.link("DANALINK", "6281234567002").await;
    let mut order = shop.order("DANALINK", "INV00001");
    order["bankCardToken"] = json!(token);
    assert_eq!(shop.ask(PAYMENT, &order).await.code(), "4035414");
}

#[tokio::test]
async fn what_the_last_digits_of_a_phone_promise_is_kept_on_the_page() {
    let shop = shop().await;
    for (place, (last, standing, words)) in [
        ("001", "S", ""),
        ("002", "F", "4035414"),
        ("004", "F", ""),
        ("005", "IP", "sedang diproses"),
        ("010", "IP", "tidak aktif"),
    ]
    .into_iter()
    .enumerate()
    {
        let reference = format!("INV0000{place}");
        let id = shop.pay_for("GOPAYLINK", &reference).await;
        let page = approve(&shop, &id, &format!("081234567{last}")).await;
        assert!(page.text.contains(words), "{last}: {}", page.text);
        assert_eq!(shop.standing(&reference).await, standing, "{last}");
    }
    shop.pass(600).await;
    let about = shop.about("INV00003");
    let call = shop.call(STATUS, &about).with("X-TIMESTAMP", "2026-11-20T10:10:00+07:00").signed();
    let answer = shop.send(&call).await;
    assert_eq!(answer.text("/virtualAccountData/paymentFlagStatus"), "EX");
}

#[tokio::test]
async fn an_amount_that_ends_with_99_is_not_answered_and_can_be_paid() {
    let shop = shop().await;
    let order = shop.order_of("DANALINK", "INV00001", 10_099);
    let answer = shop.ask(PAYMENT, &order).await;
    assert_eq!((answer.status, answer.code()), (504, "5045400"));
    assert_eq!(shop.standing("INV00001").await, "IP");
    let id = shop.sim.transactions()[0].id.clone();
    shop.sim.approve(&id).unwrap();
    assert_eq!(shop.standing("INV00001").await, "S");
}

#[tokio::test]
async fn apps_and_codes_come_where_espay_is_set_to_hand_them_out() {
    let habits = BTreeSet::from([EspayHabit::AppLinks, EspayHabit::QrCodes]);
    let shop = shop_of(EspaySettings { habits, ..EspaySettings::default() }).await;
    let answer = shop.ask(PAYMENT, &shop.order("ASTRAPAYLINK", "INV00001")).await;
    assert!(answer.text("/appRedirectUrl").starts_with("astrapay://pay?tx=ESP"));
    let app = answer.text("/qrContent");
    let page = shop.browse(app).await;
    assert!(page.text.contains("INV00001"), "{}", page.text);
    let plain = super::shop::shop().await;
    let answer = plain.ask(PAYMENT, &plain.order("ASTRAPAYLINK", "INV00001")).await;
    assert!(answer.body.get("appRedirectUrl").is_none() && answer.body.get("qrContent").is_none());
}

#[tokio::test]
async fn a_prompt_waits_on_the_phone_for_55_seconds() {
    let shop = shop().await;
    let id = shop.pay_for("OVO", "INV00001").await;
    let phone = shop.browse(&format!("/phone?number={PHONE}")).await;
    assert!(phone.text.contains(&id) && phone.text.contains("55"), "{}", phone.text);
    assert!(shop.browse(&format!("/espay/pay/{id}")).await.text.contains("Buka aplikasi OVO"));
    shop.fill("/phone", &[("tx", &id), ("decision", "approve"), ("number", PHONE)]).await;
    assert_eq!(shop.standing("INV00001").await, "S");
    let back = shop.browse(&format!("/espay/pay/{id}")).await;
    assert_eq!(parameter(&back.place, "status"), "SUCCESS");
    shop.pay_for("OVO", "INV00002").await;
    shop.pass(55).await;
    assert_eq!(shop.standing("INV00002").await, "EX");
}

#[tokio::test]
async fn an_inquiry_is_for_the_merchants_own_orders() {
    let shop = shop().await;
    shop.pay_for("DANALINK", "INV00001").await;
    let answer = shop.ask(STATUS, &shop.about("INV00001")).await;
    let data = &answer.body["virtualAccountData"];
    assert_eq!(data["totalAmount"], json!({ "value": "150000.00", "currency": "IDR" }));
    assert_eq!(data["additionalInfo"]["trxId"].as_str().unwrap().len(), 18);
    assert_eq!(shop.ask(STATUS, &shop.about("INV00002")).await.code(), "4042601");
    let mut other = shop.about("INV00001");
    other["partnerServiceId"] = json!("ESPAY");
    assert_eq!(shop.ask(STATUS, &other).await.code(), "4002601");
}
