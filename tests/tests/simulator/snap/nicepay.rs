//! NICEPAY over SNAP: tokens, orders, inquiries, refunds and what is told of them.
use super::partner::{Answer, Call, Heard, NOW, Partner, partner, partner_with, sign, verifies};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::StatusCode;
use kasir_tests::simulator::settings::IONPAYTEST;
use kasir_tests::simulator::{
    Armed, Fault, NicepaySnapSettings, Operation, Provider, Settings, Status, test_keys,
};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256, Sha512};

const CREATE: &str = "/api/v1.0/debit/payment-host-to-host";
const STATUS: &str = "/api/v1.0/debit/status";
const REFUND: &str = "/api/v1.0/debit/refund";
const CLIENT: &str = IONPAYTEST.0;

/// A request for a token with everything right.
fn asking() -> Call {
    let body = br#"{"grantType":"client_credentials","additionalInfo":{}}"#.to_vec();
    let headers = vec![
        ("Content-Type", "application/json".to_owned()),
        ("X-CLIENT-KEY", CLIENT.to_owned()),
        ("X-TIMESTAMP", NOW.to_owned()),
    ];
    let call = Call { path: "/nicepay/v1.0/access-token/b2b".to_owned(), headers, body };
    signed_for_token(call, &format!("{CLIENT}|{NOW}"))
}

fn signed_for_token(call: Call, text: &str) -> Call {
    call.with("X-SIGNATURE", &sign(test_keys::NICEPAY_MERCHANT, text))
}

async fn token(world: &Partner) -> String {
    let answer = world.send(&asking()).await;
    assert_eq!(answer.code(), "2007300", "{} {}", answer.body, world.verdict());
    answer.text("/accessToken").to_owned()
}

/// A call with this token, signed over this body.
fn with_token(world: &Partner, (path, token): (&str, &str), body: Vec<u8>, over: &[u8]) -> Call {
    let call = world.call_raw(path, body);
    let call = Call { path: format!("/nicepay{path}"), ..call }
        .with("X-PARTNER-ID", CLIENT)
        .with("CHANNEL-ID", "IONPAYTEST01")
        .with("Authorization", &format!("Bearer {token}"));
    let hash = hex::encode(Sha256::digest(over));
    let text = format!("POST:{path}:{token}:{hash}:{}", call.header("X-TIMESTAMP"));
    call.with("X-SIGNATURE", &mac(&text))
}

fn mac(text: &str) -> String {
    let mut mac = Hmac::<Sha512>::new_from_slice(IONPAYTEST.1.as_bytes()).unwrap();
    mac.update(text.as_bytes());
    STANDARD.encode(mac.finalize().into_bytes())
}

async fn ask(world: &Partner, token: &str, path: &str, body: &Value) -> Answer {
    let bytes = body.to_string().into_bytes();
    world.send(&with_token(world, (path, token), bytes.clone(), &bytes)).await
}

fn order(world: &Partner, wallet: &str, reference: &str) -> Value {
    let cart = json!({"count": "1", "item": [{
        "img_url": "", "goods_name": "Kopi", "goods_detail": "Gayo", "goods_amt": "10000.00",
        "goods_quantity": "1",
    }]});
    json!({
        "partnerReferenceNo": reference, "merchantId": CLIENT, "subMerchantId": "",
        "externalStoreId": "", "validUpTo": "2026-11-20T11:00:00+07:00", "pointOfInitiation": "Web",
        "amount": { "value": "10000.00", "currency": "IDR" },
        "urlParam": [
            { "url": world.ear.url("/n"), "type": "PAY_NOTIFY", "isDeeplink": "Y" },
            { "url": "https://shop.example/back", "type": "PAY_RETURN", "isDeeplink": "Y" },
        ],
        "additionalInfo": {
            "mitraCd": wallet, "goodsNm": "Kopi Gayo", "billingNm": "Sari Dewi",
            "billingPhone": "081234567890", "customerEmail": "sari@example.com",
            "cartData": cart.to_string(), "dbProcessUrl": world.ear.url("/n"),
            "callBackUrl": "https://shop.example/back",
        },
    })
}

fn about(reference: &str, id: &str) -> Value {
    json!({
        "merchantId": CLIENT, "originalPartnerReferenceNo": reference, "originalReferenceNo": id,
        "serviceCode": "54", "amount": { "value": "10000.00", "currency": "IDR" },
    })
}

fn refund(reference: &str, id: &str, (number, value, kind): (&str, &str, &str)) -> Value {
    json!({
        "merchantId": CLIENT, "originalPartnerReferenceNo": reference, "originalReferenceNo": id,
        "partnerRefundNo": number, "refundAmount": { "value": value, "currency": "IDR" },
        "reason": "Out of stock", "additionalInfo": { "refundType": kind },
    })
}

/// An order, placed: its tXid.
async fn place(world: &Partner, token: &str, wallet: &str, reference: &str) -> String {
    let answer = ask(world, token, CREATE, &order(world, wallet, reference)).await;
    assert_eq!(answer.code(), "2005400", "{} {}", answer.body, world.verdict());
    answer.text("/referenceNo").to_owned()
}

#[tokio::test]
async fn a_token_is_lent_for_a_quarter_of_an_hour_and_every_request_for_one_is_counted() {
    let world = partner().await;
    let answer = world.send(&asking()).await;
    assert_eq!(answer.text("/expiresIn"), "900", "a text");
    assert_eq!(answer.text("/tokenType"), "Bearer");
    let first = answer.text("/accessToken").to_owned();
    assert_eq!(first.split('.').count(), 3);
    assert_ne!(token(&world).await, first);
    let asked = world.sim.requests().iter().filter(|e| e.operation == Operation::Token).count();
    assert_eq!(asked, 2);

    let status = about("INV-00001", "none");
    for (seconds, code) in [(0, "4045501"), (899, "4045501"), (1, "4015501")] {
        world.pass(seconds).await;
        let bytes = status.to_string().into_bytes();
        let call = with_token(&world, (STATUS, &first), bytes.clone(), &bytes);
        assert_eq!(world.send(&call).await.code(), code, "after {seconds} s more");
    }
}

#[tokio::test]
async fn each_wrong_request_for_a_token_is_refused_and_explained() {
    let world = partner().await;
    let shifted = "2026-11-20T09:00:00+07:00";
    for (call, code, why) in [
        (asking().without("X-CLIENT-KEY"), "4007302", "X-CLIENT-KEY"),
        (asking().with("X-TIMESTAMP", "20261120100000"), "4007301", "X-TIMESTAMP"),
        (asking().with("X-CLIENT-KEY", "NORMALTEST"), "4017300", "not a merchant"),
        (signed_for_token(asking(), &format!("{CLIENT}:{NOW}")), "4017300", "a colon for the pipe"),
        (signed_for_token(asking(), &format!("{NOW}|{CLIENT}")), "4017300", "time in front"),
        (signed_for_token(asking(), "x"), "4017300", "no known mistake"),
        (asking().with("X-SIGNATURE", "not base64!"), "4017300", "not base64"),
        (
            signed_for_token(asking().with("X-TIMESTAMP", shifted), &format!("{CLIENT}|{shifted}")),
            "4017300",
            "from our time",
        ),
        (Call { body: b"{}".to_vec(), ..asking() }, "4007302", "grantType"),
        (Call { body: br#"{"grantType":"x"}"#.to_vec(), ..asking() }, "4007301", "grantType"),
        (Call { body: b"grantType=x".to_vec(), ..asking() }, "4007300", "not JSON"),
    ] {
        assert_eq!(world.send(&call).await.code(), code, "{why}");
        assert!(world.verdict().contains(why), "{why}: {}", world.verdict());
    }
}

#[tokio::test]
async fn every_check_comes_in_its_order() {
    let world = partner().await;
    let token = token(&world).await;
    place(&world, &token, "DANA", "INV-00001").await;
    let call = |body: &Value| {
        let bytes = body.to_string().into_bytes();
        with_token(&world, (CREATE, &token), bytes.clone(), &bytes)
    };
    let duplicate = order(&world, "DANA", "INV-00001");
    let mut foreign = duplicate.clone();
    foreign["amount"]["value"] = json!("10000");
    let mut nameless = foreign.clone();
    nameless["additionalInfo"]["billingNm"] = json!("");
    let used = call(&nameless);
    world.send(&used).await;

    let wrong = call(&nameless)
        .with("X-TIMESTAMP", "yesterday")
        .with("X-PARTNER-ID", "NOBODY")
        .with("Authorization", "Bearer x");
    for (call, code) in [
        (Call { body: b"{".to_vec(), ..wrong.clone() }, "4005400"),
        (wrong.clone().without("CHANNEL-ID"), "4005402"),
        (wrong.clone(), "4005401"),
        (wrong.clone().with("X-TIMESTAMP", NOW), "4015400"),
        (call(&nameless).with("Authorization", "Bearer x"), "4015401"),
        (call(&nameless).with("Authorization", &token), "4015401"),
        (call(&nameless).with("X-SIGNATURE", &mac("x")), "4015400"),
        (used, "4095400"),
        (call(&nameless), "4005402"),
        (call(&foreign), "4005401"),
        (call(&duplicate), "4095401"),
    ] {
        let answer = world.send(&call).await;
        assert_eq!(answer.code(), code, "{}", world.verdict());
        assert_eq!(answer.headers["x-timestamp"], NOW);
    }
    assert_eq!(world.sim.transactions().len(), 1);
}

#[tokio::test]
async fn a_body_is_hashed_as_it_came_or_minified_and_its_path_has_no_prefix() {
    let world = partner().await;
    let token = token(&world).await;
    for (place, minified) in [false, true].into_iter().enumerate() {
        let body = order(&world, "DANA", &format!("INV-{place}"));
        let pretty = serde_json::to_string_pretty(&body).unwrap().into_bytes();
        let over = if minified { body.to_string().into_bytes() } else { pretty.clone() };
        let call = with_token(&world, (CREATE, &token), pretty, &over);
        assert_eq!(world.send(&call).await.code(), "2005400", "{}", world.verdict());
    }
    let body = order(&world, "DANA", "INV-9").to_string().into_bytes();
    let hash = hex::encode(Sha256::digest(&body));
    let text = format!("POST:/nicepay{CREATE}:{token}:{hash}:{NOW}");
    let call = with_token(&world, (CREATE, &token), body.clone(), &body);
    let call = call.with("X-SIGNATURE", &mac(&text));
    assert_eq!(world.send(&call).await.code(), "4015400");
    let verdict = world.verdict();
    assert!(verdict.contains("prefix and all") && !verdict.contains(&token), "{verdict}");
}

#[tokio::test]
async fn a_token_that_was_revoked_is_refused_and_a_new_one_is_good() {
    let world = partner().await;
    let old = token(&world).await;
    world.sim.revoke_tokens();
    let refused = ask(&world, &old, CREATE, &order(&world, "DANA", "INV-00001")).await;
    assert_eq!((refused.status, refused.code()), (401, "4015401"));
    assert_eq!(refused.text("/responseMessage"), "Invalid Token (B2B)");
    let new = token(&world).await;
    place(&world, &new, "DANA", "INV-00001").await;
}

#[tokio::test]
async fn a_push_starts_with_the_order_and_lasts_55_seconds() {
    let world = partner().await;
    let token = token(&world).await;
    let answer = ask(&world, &token, CREATE, &order(&world, "OVOE", "INV-00001")).await;
    assert_eq!(answer.body.get("webRedirectUrl"), None);
    let id = answer.text("/referenceNo").to_owned();
    assert_eq!(id.len(), 30);
    world.pass(15).await;
    let phone =
        world.http.get(world.served.url("/phone?number=081234567890")).send().await.unwrap();
    let phone = phone.text().await.unwrap();
    assert!(phone.contains("data-testid=\"seconds-left\">40<"), "{phone}");
    let answer = ask(&world, &token, STATUS, &about("INV-00001", &id)).await;
    assert_eq!(answer.text("/latestTransactionStatus"), "03");
    world.pass(40).await;
    let answer = ask(&world, &token, STATUS, &about("INV-00001", &id)).await;
    assert_eq!(answer.text("/latestTransactionStatus"), "06");
    assert_eq!(answer.text("/transactionStatusDesc"), "expired");
    assert!(world.sim.approve(&id).is_err());
}

#[tokio::test]
async fn pages_are_redirected_to_and_linkaja_takes_its_token() {
    let world = partner().await;
    let token = token(&world).await;
    for (wallet, method) in [("DANA", "dana"), ("ESHP", "shopeepay"), ("LINK", "linkaja")] {
        let answer = ask(&world, &token, CREATE, &order(&world, wallet, wallet)).await;
        let id = answer.text("/referenceNo");
        let page = world.served.url(&format!("/wallet/{method}?tx={id}"));
        let url = answer.text("/webRedirectUrl");
        let handed = answer.text("/additionalInfo/redirectToken");
        if wallet == "LINK" {
            let there = world.http.get(format!("{url}?Message={handed}")).send().await.unwrap();
            let path = format!("/wallet/{method}?tx={id}");
            assert_eq!(there.headers()["location"], path);
            let form = world.http.post(url).body(format!("redirectToken={handed}"));
            assert_eq!(form.send().await.unwrap().headers()["location"], path);
            assert_eq!(world.http.get(url).send().await.unwrap().status(), StatusCode::OK);
        } else {
            assert_eq!(url, page);
        }
        let shown = world.http.get(&page).send().await.unwrap().text().await.unwrap();
        assert!(shown.contains("id=\"approve\""), "{shown}");
    }
    let linked = ask(&world, &token, CREATE, &order(&world, "ASTR", "INV-ASTR")).await;
    assert_eq!(linked.code(), "4035401", "{}", linked.body);
}

#[tokio::test]
async fn an_inquiry_names_both_numbers_and_the_amount() {
    let world = partner().await;
    let token = token(&world).await;
    let id = place(&world, &token, "DANA", "INV-00001").await;
    world.sim.approve(&id).unwrap();
    let answer = ask(&world, &token, STATUS, &about("INV-00001", &id)).await;
    for (pointer, value) in [
        ("/responseCode", "2005500"),
        ("/originalReferenceNo", id.as_str()),
        ("/originalPartnerReferenceNo", "INV-00001"),
        ("/serviceCode", "54"),
        ("/latestTransactionStatus", "00"),
        ("/transAmount/value", "10000.00"),
        ("/transAmount/currency", "IDR"),
        ("/additionalInfo/mitraCd", "DANA"),
    ] {
        assert_eq!(answer.text(pointer), value);
    }
    let mut other = about("INV-00001", &id);
    other["amount"]["value"] = json!("10001.00");
    assert_eq!(ask(&world, &token, STATUS, &other).await.code(), "4045513");
    for (reference, number) in [("INV-00002", id.as_str()), ("INV-00001", "x")] {
        assert_eq!(ask(&world, &token, STATUS, &about(reference, number)).await.code(), "4045501");
    }
    let nameless = about("INV-00001", "");
    assert_eq!(ask(&world, &token, STATUS, &nameless).await.code(), "4005502");
}

#[tokio::test]
async fn money_goes_back_by_each_wallets_rules_and_each_number_once() {
    let world = partner().await;
    let token = token(&world).await;
    let dana = place(&world, &token, "DANA", "INV-DANA").await;
    let full = |number| refund("INV-DANA", &dana, (number, "10000.00", "1"));
    let unpaid = ask(&world, &token, REFUND, &full("r0")).await;
    assert_eq!(unpaid.code(), "4035815");
    world.sim.approve(&dana).unwrap();
    let part = refund("INV-DANA", &dana, ("r1", "4000.00", "2"));
    let answer = ask(&world, &token, REFUND, &part).await;
    assert_eq!(answer.code(), "2005800", "{} {}", answer.body, world.verdict());
    assert_eq!(answer.text("/partnerRefundNo"), "r1");
    assert_eq!(answer.text("/refundAmount/value"), "4000.00");
    assert_eq!(answer.text("/refundNo").len(), 30);
    assert_eq!(ask(&world, &token, REFUND, &part).await.code(), "4095801");
    assert_eq!(ask(&world, &token, REFUND, &full("r2")).await.code(), "4045813", "too much");
    let standing = ask(&world, &token, STATUS, &about("INV-DANA", &dana)).await;
    assert_eq!(standing.text("/latestTransactionStatus"), "04");

    let ovo = place(&world, &token, "OVOE", "INV-OVO").await;
    world.sim.approve(&ovo).unwrap();
    let part = refund("INV-OVO", &ovo, ("r3", "4000.00", "2"));
    assert_eq!(ask(&world, &token, REFUND, &part).await.code(), "4035801", "all or nothing");
    let full = refund("INV-OVO", &ovo, ("r4", "10000.00", "1"));
    assert_eq!(ask(&world, &token, REFUND, &full).await.code(), "2005800");
    let given: Vec<_> = world.sim.ledger().iter().map(|row| row.refunded.value).collect();
    assert_eq!(given, [4_000, 10_000]);
    world.pass(86_400).await;
    assert_eq!(world.ear.heard().len(), 2, "of payments only");
}

#[tokio::test]
async fn a_notification_signs_who_speaks_and_not_what_is_said() {
    let world = partner().await;
    let token = token(&world).await;
    let id = place(&world, &token, "OVOE", "INV-00001").await;
    world.sim.approve(&id).unwrap();
    world.pass(86_400).await;
    let [heard]: [Heard; 1] = world.ear.heard().try_into().unwrap();
    let text = format!("{CLIENT}|{}", heard.header("x-timestamp"));
    assert!(verifies(test_keys::NICEPAY_PUBLIC, &text, heard.header("x-signature")));
    assert_eq!((heard.path.as_str(), heard.header("x-client-key")), ("/n", CLIENT));
    assert_eq!(heard.header("content-type"), "application/json");
    let body = heard.json();
    assert_eq!(body["originalReferenceNo"], json!(id));
    assert_eq!(body["originalPartnerReferenceNo"], "INV-00001");
    assert_eq!(body["amount"], json!({ "value": "10000.00", "currency": "IDR" }));
    assert_eq!(body["latestTransactionStatus"], "00");
}

#[tokio::test]
async fn a_notification_comes_three_times_until_it_is_taken_with_2005600() {
    let world = partner().await;
    let token = token(&world).await;
    let id = place(&world, &token, "OVOE", "INV-00001").await;
    world.ear.answer(StatusCode::OK, "{}");
    world.sim.approve(&id).unwrap();
    world.sim.quiet().await;
    for seconds in [30, 120, 1_000_000] {
        world.pass(seconds).await;
    }
    assert_eq!(world.ear.heard().len(), 3);
}

#[tokio::test]
async fn a_forged_notification_is_signed_by_a_stranger() {
    let world = partner().await;
    let token = token(&world).await;
    let forged = Armed::once(Provider::Nicepay, Fault::ForgedNotification);
    world.sim.arm(forged.at(Operation::Registration)).unwrap();
    place(&world, &token, "DANA", "INV-00001").await;
    world.pass(86_400).await;
    let [heard]: [Heard; 1] = world.ear.heard().try_into().unwrap();
    let text = format!("{CLIENT}|{}", heard.header("x-timestamp"));
    assert!(!verifies(test_keys::NICEPAY_PUBLIC, &text, heard.header("x-signature")));
    assert!(world.sim.ledger().is_empty());
}

#[tokio::test]
async fn snaps_own_faults_wait_for_snap_and_pass_v2_by() {
    let world = partner().await;
    let fault = Armed::once(Provider::Nicepay, Fault::InternalError).at(Operation::Inquiry);
    world.sim.arm(fault).unwrap();
    let v2 = world.http.post(world.served.url("/nicepay/direct/v2/inquiry"));
    let v2: Value = v2.json(&json!({})).send().await.unwrap().json().await.unwrap();
    assert_eq!(v2["resultCd"], "9003");
    let token = token(&world).await;
    let answer = ask(&world, &token, STATUS, &about("INV-00001", "x")).await;
    assert_eq!(answer.code(), "5005501");
    let answer = ask(&world, &token, STATUS, &about("INV-00001", "x")).await;
    assert_eq!(answer.code(), "4045501");
}

#[tokio::test]
async fn an_order_over_snap_is_one_of_nicepays_like_any_other() {
    let nicepay_snap = NicepaySnapSettings { token_s: 60, ..NicepaySnapSettings::default() };
    let world = partner_with(Settings { nicepay_snap, ..Settings::default() }).await;
    let token = token(&world).await;
    let id = place(&world, &token, "DANA", "INV-00001").await;
    let known = world.sim.transactions();
    assert_eq!((known[0].provider, known[0].status), (Provider::Nicepay, Status::Unpaid));
    let entry = world.sim.requests().pop().unwrap();
    assert_eq!((entry.code.as_str(), entry.reference.as_str()), ("2005400", "INV-00001"));
    assert_eq!(entry.transaction.as_deref(), Some(id.as_str()));
    assert!(!entry.fields["Authorization"].contains(&token), "no token that could be used");
    world.pass(60).await;
    let late = ask(&world, &token, STATUS, &about("INV-00001", &id)).await;
    assert_eq!(late.code(), "4015501", "a token of a minute");
}

#[tokio::test]
async fn a_cart_that_does_not_add_up_and_a_field_out_of_form_are_refused() {
    let world = partner().await;
    let token = token(&world).await;
    for (pointer, value) in [
        ("/partnerReferenceNo", json!("A".repeat(41))),
        ("/merchantId", json!("NORMALTEST")),
        ("/amount/value", json!("9999.00")),
        ("/amount/currency", json!("USD")),
        ("/urlParam/0/type", json!("NOTIFY")),
        ("/validUpTo", json!("tomorrow")),
        ("/additionalInfo/mitraCd", json!("OVO")),
        ("/additionalInfo/billingPhone", json!("+6281234567890")),
        ("/additionalInfo/cartData", json!("{}")),
        ("/additionalInfo/goodsNm", json!(7)),
    ] {
        let mut body = order(&world, "DANA", "INV-00001");
        *body.pointer_mut(pointer).unwrap() = value;
        let answer = ask(&world, &token, CREATE, &body).await;
        assert_eq!(answer.code(), "4005401", "{pointer}: {}", world.verdict());
    }
    for pointer in ["/partnerReferenceNo", "/merchantId", "/amount", "/additionalInfo/mitraCd"] {
        let mut body = order(&world, "DANA", "INV-00001");
        *body.pointer_mut(pointer).unwrap() = Value::Null;
        assert_eq!(ask(&world, &token, CREATE, &body).await.code(), "4005402", "{pointer}");
    }
}
