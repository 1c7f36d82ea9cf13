//! The classic services, and the control interface's part for Espay.
use super::shop::{PHONE, Shop, form, hash, shop};
use http::StatusCode;
use kasir_tests::simulator::journal::Direction;
use kasir_tests::simulator::{Armed, Fault, Operation, Provider, Status};
use serde_json::{Value, json};

const INFO: &str = "/rest/merchant/merchantinfo";
const STATUS: &str = "/rest/merchant/status";
const PUSH: &str = "/rest/digitalpay/pushtopay";

fn products(info: &Value) -> Vec<String> {
    let rows = info["data"].as_array().unwrap().iter();
    rows.map(|row| {
        format!("{}/{}", row["bankCode"].as_str().unwrap(), row["productCode"].as_str().unwrap())
    })
    .collect()
}

#[tokio::test]
async fn a_merchant_is_told_what_it_may_sell_through() {
    let shop = shop().await;
    let key = shop.merchant.api_key.clone();
    let info = shop.form(INFO, &[("key", &key)]).await;
    assert_eq!(info["error_code"], "0000");
    let all = [
        "503/OVOLINK",
        "503/OVO",
        "901/DANALINK",
        "902/SHOPEELINK",
        "903/GOPAYLINK",
        "904/LINKAJA",
        "905/ASTRAPAYLINK",
        "008/SALDOMUQR",
    ];
    assert_eq!(products(&info), all);
    assert!(info["data"][0]["productName"].is_string());
    shop.sim.offer_espay_product("GOPAYLINK", false).unwrap();
    assert_eq!(products(&shop.form(INFO, &[("key", &key)]).await).len(), 7);
    assert_eq!(shop.form(INFO, &[("key", "x")]).await["error_code"], "0001");
    assert_eq!(shop.form(INFO, &[]).await["error_code"], "0001");
    assert_eq!(shop.sim.espay_calls(Operation::MerchantInfo), 4);
    let told = serde_json::to_string(&shop.sim.requests()).unwrap();
    assert!(!told.contains(&key), "{told}");

    let down = Armed::once(Provider::Espay, Fault::BadGateway).at(Operation::MerchantInfo);
    shop.sim.arm(down).unwrap();
    let request = shop.http.post(shop.served.url("/espay/rest/merchant/merchantinfo"));
    let answer = form(request, &[("key", &key)]).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::BAD_GATEWAY);
}

#[tokio::test]
async fn the_classic_inquiry_has_letters_and_wants_its_hash() {
    let shop = shop().await;
    let id = shop.pay_for("DANALINK", "INV00001").await;
    let when = "2026-11-20 10:00:00";
    let ask = async |order: &str, word: &str| {
        let signature = hash(&[&shop.merchant.signature_key, when, order, word]);
        shop.form(
            STATUS,
            &[
                ("uuid", "u-1"),
                ("rq_datetime", when),
                ("comm_code", &shop.merchant.code),
                ("order_id", order),
                ("signature", &signature),
            ],
        )
        .await
    };
    let open = ask("INV00001", "CHECKSTATUS").await;
    assert_eq!((&open["error_code"], &open["tx_status"]), (&json!("0000"), &json!("IP")));
    shop.sim.approve(&id).unwrap();
    let paid = ask("INV00001", "CHECKSTATUS").await;
    assert_eq!((&paid["tx_status"], &paid["amount"]), (&json!("S"), &json!("150000")));
    assert_eq!((&paid["tx_id"], &paid["ccy_id"]), (&json!(id), &json!("IDR")));
    assert_eq!(paid["tx_date"], when);
    assert_eq!(ask("INV00001", "CHECK").await["error_code"], "0003");
    assert_eq!(ask("INV00002", "CHECKSTATUS").await["error_code"], "0014");
    assert_eq!(shop.form(STATUS, &[("uuid", "u")]).await["error_code"], "0002");
    shop.sim.arm(Armed::once(Provider::Espay, Fault::WrongAmount).at(Operation::Inquiry)).unwrap();
    assert_eq!(ask("INV00001", "CHECKSTATUS").await["amount"], "150001");
}

/// The form of a push, with a hash over these last two parts.
fn push(shop: &Shop, reference: &str, tail: [&str; 2]) -> Vec<(&'static str, String)> {
    let parts = ["RQ0001", &shop.merchant.code, "OVO", reference, "150000"];
    vec![
        ("rq_uuid", "RQ0001".to_owned()),
        ("rq_datetime", "2026-11-20 10:00:00".to_owned()),
        ("comm_code", shop.merchant.code.clone()),
        ("order_id", reference.to_owned()),
        ("product_code", "OVO".to_owned()),
        ("amount", "150000".to_owned()),
        ("customer_id", PHONE.to_owned()),
        ("description", "Kopi".to_owned()),
        ("signature", hash(&[&parts[..], &tail].concat())),
    ]
}

async fn send(shop: &Shop, password: &str, fields: &[(&'static str, String)]) -> (u16, Value) {
    let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let request = shop.http.post(shop.served.url(&format!("/espay{PUSH}")));
    let request = form(request, &fields);
    let (name, _) = &shop.merchant.basic;
    let answer = request.basic_auth(name, Some(password)).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap_or_default())
}

#[tokio::test]
async fn a_push_may_be_signed_in_either_order_and_the_journal_says_in_which() {
    let shop = shop().await;
    let (key, password) = (shop.merchant.signature_key.clone(), shop.merchant.basic.1.clone());
    for (place, (tail, said)) in
        [(["PUSHTOPAY", &key], "public programs"), ([&key, "PUSHTOPAY"], "documents' table")]
            .into_iter()
            .enumerate()
    {
        let form = push(&shop, ["INV00001", "INV00002"][place], tail);
        let (status, answer) = send(&shop, &password, &form).await;
        assert_eq!((status, &answer["error_code"]), (200, &json!("0000")), "{answer}");
        let hints = shop.last(Direction::In).unwrap().hints;
        assert!(hints[0].contains(said), "{hints:?}");
    }
    let form = push(&shop, "INV00003", ["PUSHTOPAY", "x"]);
    assert_eq!(send(&shop, &password, &form).await.1["error_code"], "0003");
    let form = push(&shop, "INV00001", ["PUSHTOPAY", &key]);
    assert_eq!(send(&shop, &password, &form).await.1["error_code"], "0015");
    assert_eq!(send(&shop, "wrong", &form).await.0, 401);
    let ids: Vec<_> = shop.sim.transactions().into_iter().map(|t| t.id).collect();
    assert_eq!(ids.len(), 2);
    shop.sim.approve(&ids[0]).unwrap();
    assert_eq!(shop.sim.wallet("OVO", PHONE), Some((100_000, 12_000)));
    shop.sim.approve(&ids[1]).unwrap();
    assert_eq!(shop.sim.transactions()[1].status, Status::Failed, "there is too little left");
}

#[tokio::test]
async fn a_push_that_is_held_is_answered_when_its_customer_has_decided() {
    let shop = shop().await;
    let (key, password) = (shop.merchant.signature_key.clone(), shop.merchant.basic.1.clone());
    let held = |reference| {
        let mut form = push(&shop, reference, ["PUSHTOPAY", &key]);
        form.push(("is_sync", "1".to_owned()));
        form
    };
    let approve = async {
        while shop.sim.transactions().is_empty() {
            tokio::task::yield_now().await;
        }
        shop.sim.approve(&shop.sim.transactions()[0].id).unwrap();
    };
    let form = held("INV00001");
    let ((_, answer), ()) = tokio::join!(send(&shop, &password, &form), approve);
    assert_eq!(answer["tx_status"], "S", "{answer}");
    let expire = async {
        while shop.sim.transactions().len() < 2 {
            tokio::task::yield_now().await;
        }
        shop.pass(55).await;
    };
    let form = held("INV00002");
    let ((_, answer), ()) = tokio::join!(send(&shop, &password, &form), expire);
    assert_eq!(answer["tx_status"], "EX", "{answer}");
}

#[tokio::test]
async fn espay_is_moved_through_the_control_interface() {
    let shop = shop().await;
    let control = async |path: &str, body: Value| {
        let request = shop.http.post(shop.served.url(&format!("/_sim/{path}")));
        let answer = request.body(body.to_string()).send().await.unwrap();
        (answer.status().as_u16(), answer.json::<Value>().await.unwrap_or_default())
    };
    let wallet = format!("wallets/OVOLINK/{PHONE}");
    let filled = control(&wallet, json!({ "cash": 5_000 })).await;
    assert_eq!(filled, (200, json!({ "cash": 5_000, "points": 12_000 })));
    assert_eq!(control(&wallet, json!({ "gold": 1 })).await.0, 422);
    assert_eq!(control("wallets/NOSUCH/0812", json!({})).await.0, 404);
    assert_eq!(control("providers/espay/products/OVO/off", json!({})).await.0, 200);
    assert_eq!(control("providers/espay/products/OVO/away", json!({})).await.0, 404);
    assert_eq!(control("providers/espay/state/wrong", json!({})).await.0, 200);
    assert_eq!(control("providers/espay/state/odd", json!({})).await.0, 404);

    shop.auth_code("DANALINK").await;
    let id = shop.sim.espay_links()[0].id.clone();
    let path = format!("providers/espay/links/{id}/approve?phone=081298765432");
    let (status, link) = control(&path, json!({})).await;
    assert_eq!((status, &link["status"]), (200, &json!("agreed")));
    assert_eq!(link["phone"], "6281298765432");
    assert!(link["return_url"].as_str().unwrap().contains("state=0000000000000000"));
    assert_eq!(control(&path, json!({})).await.0, 409);
    let id = shop.pay_for("DANALINK", "INV00001").await;
    shop.sim.fill_wallet("dana", PHONE, (300_000, 0)).unwrap();
    assert_eq!(control(&format!("transactions/{id}/approve"), json!({})).await.0, 200);
    let again = control(&format!("providers/espay/payments/{id}/again"), json!({})).await;
    assert_eq!((again.0, &again.1["reference"]), (200, &json!("INV00001")));
    let forgotten = shop.http.delete(shop.served.url("/_sim/providers/espay/tokens"));
    assert_eq!(forgotten.send().await.unwrap().status(), StatusCode::NO_CONTENT);
    assert_eq!(control("providers/espay/down", json!({})).await.0, 200);
    let call = shop.get(&shop.query("DANALINK")).signed();
    assert_eq!(shop.try_send(&call).await.unwrap().status(), StatusCode::SERVICE_UNAVAILABLE);
}
