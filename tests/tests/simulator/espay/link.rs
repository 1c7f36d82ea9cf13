//! Links: codes, tokens, balances, and how they end.
use super::shop::{
    ACCOUNT, BINDING, CONSENT_BACK, PHONE, Shop, UNBINDING, parameter, shop, shop_of,
};
use http::Method;
use kasir_tests::simulator::{
    Armed, AuthCodeShape, BalanceShape, EspayHabit, EspaySettings, Fault, Operation, Provider,
    TokenPlace,
};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Asks for a link without a code: the answer's address, as a path.
async fn pending(shop: &Shop, product: &str, phone: Option<&str>) -> String {
    let mut body = shop.binding("LINK0001", product);
    if let Some(phone) = phone {
        body["phoneNo"] = json!(phone);
    }
    let answer = shop.ask(BINDING, &body).await;
    assert_eq!(answer.code(), "2000700", "{} {}", answer.body, shop.verdict());
    assert!(answer.body.get("accountToken").is_none(), "{}", answer.body);
    answer.text("/redirectUrl").to_owned()
}

async fn account(shop: &Shop, product: &str, token: Option<&str>) -> Value {
    let mut info = json!({ "productCode": product, "phoneNo": PHONE });
    if let Some(token) = token {
        info["accountToken"] = json!(token);
    }
    let body = json!({ "partnerReferenceNo": "LINK0001", "additionalInfo": info });
    shop.ask(ACCOUNT, &body).await.body
}

#[tokio::test]
async fn a_code_is_good_once_after_consent_and_for_ten_minutes() {
    let shop = shop().await;
    let answer = shop.auth_code("GOPAYLINK").await;
    assert_eq!(answer.code(), "2001000");
    assert_eq!(answer.text("/state"), "8f3c1b7a9d2e4c60");
    let code = answer.text("/authCode").to_owned();
    let early = shop.exchange("B1", "GOPAYLINK", &code).await;
    assert_eq!(early.code(), "4040711", "{}", shop.verdict());
    let link = shop.sim.espay_links().remove(0);
    assert!(answer.text("/additionalInfo/redirectUrl").ends_with(&link.page));

    let back = shop.sim.answer_espay_link(&link.id, true).unwrap().return_url.unwrap();
    assert!(back.starts_with(CONSENT_BACK), "{back}");
    assert_eq!(parameter(&back, "authCode"), code);
    assert_eq!(parameter(&back, "state"), "8f3c1b7a9d2e4c60");
    assert_eq!(shop.exchange("B2", "DANALINK", "ac-unknown").await.code(), "4040711");
    let bound = shop.exchange("B3", "GOPAYLINK", &code).await;
    assert_eq!(bound.code(), "2000700");
    assert!(bound.text("/accountToken").len() <= 64);
    assert_eq!(bound.text("/accessTokenInfo/expiresIn"), "2026-12-05T10:00:00+07:00");
    let again = shop.exchange("B4", "GOPAYLINK", &code).await;
    assert_eq!(again.code(), "4040711");
    assert!(shop.verdict().contains("used before"));
    assert_eq!(shop.exchange("B3", "GOPAYLINK", &code).await.code(), "4090701");

    shop.auth_code("DANALINK").await;
    let late = shop.sim.espay_links().remove(1);
    let back = shop.sim.answer_espay_link(&late.id, true).unwrap().return_url.unwrap();
    shop.pass(600).await;
    let call = shop.binding("B5", "DANALINK");
    let mut body = call.clone();
    body["authCode"] = json!(parameter(&back, "authCode"));
    body["grantType"] = json!("AUTHORIZATION_CODE");
    let call = shop.call(BINDING, &body).with("X-TIMESTAMP", "2026-11-20T10:10:00+07:00");
    assert_eq!(shop.send(&call.signed()).await.code(), "4040711");
    assert!(shop.verdict().contains("expired"));
    for entry in shop.sim.requests() {
        let told = serde_json::to_string(&entry).unwrap();
        assert!(!told.contains(&code), "{told}");
        assert!(!told.contains(&shop.merchant.api_key), "{told}");
    }
}

#[tokio::test]
async fn the_address_of_a_consent_stands_where_espay_is_set_to_put_it() {
    for (auth_code, place) in [
        (AuthCodeShape::InfoRedirectUrl, "/additionalInfo/redirectUrl"),
        (AuthCodeShape::InfoWebRedirectUrl, "/additionalInfo/webRedirectUrl"),
        (AuthCodeShape::InfoUrl, "/additionalInfo/url"),
        (AuthCodeShape::RedirectUrl, "/redirectUrl"),
        (AuthCodeShape::WebRedirectUrl, "/webRedirectUrl"),
        (AuthCodeShape::Url, "/url"),
        (AuthCodeShape::NextAction, "/nextAction"),
    ] {
        let shop = shop_of(EspaySettings { auth_code, ..EspaySettings::default() }).await;
        let answer = shop.auth_code("DANALINK").await;
        assert!(answer.text(place).contains("/espay/consent?ticket="), "{}", answer.body);
    }
    let auth_code = AuthCodeShape::Location;
    let shop = shop_of(EspaySettings { auth_code, ..EspaySettings::default() }).await;
    let answer = shop.auth_code("DANALINK").await;
    assert_eq!(answer.status, 302);
    let place = answer.headers["location"].to_str().unwrap();
    assert!(place.contains("/espay/consent?ticket="), "{place}");
}

#[tokio::test]
async fn an_address_may_be_spelled_in_either_way_and_other_fields_may_not() {
    let shop = shop().await;
    let fields: [(&str, &str, &str); 8] = [
        ("redirectURL", CONSENT_BACK, "2001000"),
        ("redirectUrl", "ftp://shop.example", "4001001"),
        ("redirectUrl", "", "4001002"),
        ("scopes", "CASHIER", "4001001"),
        ("state", "", "4001002"),
        ("merchantId", "SGWOTHER", "4041008"),
        ("lang", "de", "4001001"),
        ("productCode", "NOSUCH", "4001001"),
    ];
    for (name, value, code) in fields {
        let mut query = shop.query("DANALINK").to_vec();
        query.retain(|(other, _)| !other.eq_ignore_ascii_case(name));
        query.push((name, value));
        let answer = shop.send(&shop.get(&query).signed()).await;
        assert_eq!(answer.code(), code, "{name}={value}: {}", shop.verdict());
    }
    let mut call = shop.get(&shop.query("DANALINK"));
    call.method = Method::POST;
    assert_eq!(shop.send(&call.signed()).await.code(), "4051000");
}

#[tokio::test]
async fn a_link_without_a_code_waits_for_its_customer_and_is_told_of() {
    let habits = BTreeSet::from([EspayHabit::TellsOfBindings]);
    let shop = shop_of(EspaySettings { habits, ..EspaySettings::default() }).await;
    assert_eq!(
        account(&shop, "OVOLINK", None).await["AdditionalInfo"]["accountStatus"],
        "NOT_REGISTERED"
    );
    let page = pending(&shop, "OVOLINK", Some(PHONE)).await;
    let link = shop.sim.espay_links().remove(0);
    assert!(page.ends_with(&link.page));
    assert_eq!((link.status, link.phone.as_deref()), ("pending", Some(PHONE)));
    let waiting = account(&shop, "OVOLINK", None).await;
    assert_eq!(waiting["AdditionalInfo"]["accountStatus"], "INACTIVE");
    assert!(waiting["AdditionalInfo"].get("accountToken").is_none());

    let back = shop.sim.answer_espay_link(&link.id, true).unwrap().return_url.unwrap();
    assert_eq!(parameter(&back, "partnerReferenceNo"), "LINK0001");
    shop.sim.quiet().await;
    let known = account(&shop, "OVOLINK", None).await;
    assert_eq!(known["AdditionalInfo"]["accountStatus"], "ACTIVE");
    let token = known["AdditionalInfo"]["accountToken"].as_str().unwrap().to_owned();
    let [told] = shop.ear.heard("/notify").try_into().unwrap();
    assert!(told.is_espays());
    assert_eq!(told.json()["additionalInfo"]["accountToken"], token.as_str());
    assert_eq!(account(&shop, "OVOLINK", Some(&token)).await["responseCode"], "2000800");
    assert_eq!(account(&shop, "OVOLINK", Some("at_none")).await["responseCode"], "4010802");
    assert_eq!(shop.balance(&token, "OVOLINK").await.code(), "2001100");
}

#[tokio::test]
async fn a_customer_who_does_not_agree_is_not_registered() {
    let shop = shop().await;
    let body = shop.binding("LINK0001", "OVOLINK");
    assert_eq!(shop.ask(BINDING, &body).await.code(), "4000702", "OVO wants a phone");
    pending(&shop, "DANALINK", None).await;
    let link = shop.sim.espay_links().remove(0);
    let back = shop.sim.answer_espay_link(&link.id, false).unwrap().return_url.unwrap();
    assert_eq!(parameter(&back, "status"), "CANCELLED");
    assert_eq!(
        account(&shop, "DANALINK", None).await["AdditionalInfo"]["accountStatus"],
        "NOT_REGISTERED"
    );
    let twice = shop.sim.answer_espay_link(&link.id, true).unwrap_err();
    assert_eq!(twice, kasir_tests::simulator::Refused::Decided);
}

#[tokio::test]
async fn a_token_may_stand_in_the_additional_info() {
    let token_place = TokenPlace::Info;
    let shop = shop_of(EspaySettings { token_place, ..EspaySettings::default() }).await;
    let code = shop.auth_code("DANALINK").await.text("/authCode").to_owned();
    let link = shop.sim.espay_links().remove(0);
    shop.sim.answer_espay_link(&link.id, true).unwrap();
    let bound = shop.exchange("B1", "DANALINK", &code).await;
    assert!(bound.body.get("accountToken").is_none());
    let token = bound.text("/additionalInfo/accountToken");
    assert_eq!(shop.balance(token, "DANALINK").await.code(), "2001100");
}

#[tokio::test]
async fn balances_come_in_every_shape_that_the_document_lists() {
    let cash = "250000.00";
    for (balances, amount_only, place) in [
        (BalanceShape::InfoList, false, "/accountInfo/0/availableBalance/value"),
        (BalanceShape::InfosList, false, "/accountInfos/0/availableBalance/value"),
        (BalanceShape::Info, false, "/accountInfo/availableBalance/value"),
        (BalanceShape::Info, true, "/accountInfo/amount/value"),
    ] {
        let only = [EspayHabit::AmountOnly].into_iter().filter(|_| amount_only).collect();
        let settings = EspaySettings { balances, habits: only, ..EspaySettings::default() };
        let shop = shop_of(settings).await;
        let token = shop.link("DANALINK", PHONE).await;
        let answer = shop.balance(&token, "DANALINK").await;
        assert_eq!(answer.text(place), cash, "{}", answer.body);
        let available = answer.body.to_string().contains("availableBalance");
        assert_eq!(available, !amount_only);
    }
}

#[tokio::test]
async fn an_ended_link_opens_nothing_any_more() {
    let shop = shop().await;
    let token = shop.link("OVOLINK", PHONE).await;
    let kept = shop.link("DANALINK", PHONE).await;
    let bare = UNBINDING.replace("/debit/", "/");
    let body = |token: &str| {
        json!({
            "partnerReferenceNo": "ORDER1", "merchantId": "ESPAY",
            "additionalInfo": { "productCode": "OVOLINK", "accountToken": token },
        })
    };
    assert_eq!(shop.ask(UNBINDING, &body("at_none")).await.code(), "4010904");
    assert_eq!(shop.ask(UNBINDING, &body(&kept)).await.code(), "4010904", "of another product");
    let ended = shop.ask(&bare, &body(&token)).await;
    assert_eq!((ended.code(), ended.text("/unlinkResult")), ("2000900", "success"));
    assert_eq!(shop.ask(UNBINDING, &body(&token)).await.code(), "4010904");
    assert_eq!(shop.balance(&token, "OVOLINK").await.code(), "4011102");
    assert_eq!(shop.balance(&kept, "OVOLINK").await.code(), "4001101");
    assert_eq!(shop.balance(&kept, "DANALINK").await.code(), "2001100");
    assert_eq!(shop.sim.espay_links()[0].status, "gone");

    shop.sim.forget_espay_tokens();
    assert_eq!(shop.balance(&kept, "DANALINK").await.code(), "4011102");
    assert_eq!(shop.sim.espay_calls(Operation::Balance), 4);
    assert_eq!(shop.sim.espay_calls(Operation::Unbinding), 4);
}

#[tokio::test]
async fn an_account_that_is_not_active_shows_no_balance() {
    let shop = shop().await;
    let token = shop.link("DANALINK", "6281234567001").await;
    assert_eq!(shop.balance(&token, "DANALINK").await.code(), "2001100");
    let answer = shop.auth_code("DANALINK").await;
    assert_eq!(answer.code(), "2001000");
    let id = shop.sim.espay_links().pop().unwrap().id;
    let link = shop.sim.answer_espay_link_as(&id, true, "081234567010").unwrap();
    let back = link.return_url.unwrap();
    assert_eq!((link.status, parameter(&back, "responseCode").as_str()), ("declined", "4030718"));
}

#[tokio::test]
async fn a_balance_answers_late_where_that_is_wanted() {
    let shop = shop().await;
    let token = shop.link("DANALINK", PHONE).await;
    let late = Armed::once(Provider::Espay, Fault::Delay).at(Operation::Balance);
    shop.sim.arm(Armed { ms: Some(1), times: 2, ..late }).unwrap();
    assert_eq!(shop.balance(&token, "DANALINK").await.code(), "2001100");
    assert_eq!(shop.sim.armed()[0].times, 1);
    let busy = Armed::once(Provider::Espay, Fault::InternalError).at(Operation::Binding);
    shop.sim.arm(busy).unwrap();
    assert_eq!(shop.exchange("B9", "DANALINK", "x").await.code(), "5000701");
}
