//! Akulaku's receipt: who may confirm it, when, and by which of the two published paths.
use crate::merchant::{MERCHANT, World, form_with, sign};
use crate::{world, world_with};
use kasir_tests::simulator::{NicepayV2Settings, Settings};
use serde_json::{Value, json};

const PATHS: [&str; 2] =
    ["/nicepay/direct/v2/confirmAkulaku", "/nicepay/api/direct/v2/confirmAkulaku"];

async fn paid(world: &World, lender: &str, reference: &str) -> String {
    let id = world.registered(&world.at_lender(lender, reference)).await;
    world.sim.approve(&id).unwrap();
    id
}

#[tokio::test]
async fn a_receipt_is_confirmed_by_both_paths_and_twice_is_as_good_as_once() {
    for path in PATHS {
        let world = world().await;
        let id = paid(&world, "AKLP", "INV-1").await;
        assert!(!world.details(&id).received);
        for _ in 0..2 {
            let answer = world.confirm(path, &id).await;
            let expected =
                json!({"resultCd": "0000", "resultMsg": "SUCCESS", "ResponseData": null});
            assert_eq!(answer, expected);
            assert!(world.details(&id).received);
        }
        let entry = world.sim.requests().into_iter().rfind(|e| e.path == path).unwrap();
        assert_eq!((entry.reference.as_str(), entry.code.as_str()), ("INV-1", "0000"));
        assert_eq!(world.told().await.len(), 1, "a receipt is not notified");
    }
}

#[tokio::test]
async fn a_receipt_of_what_is_unknown_unpaid_given_back_or_not_akulakus_is_refused() {
    let world = world().await;
    let unpaid = world.registered(&world.at_lender("AKLP", "INV-1")).await;
    let kredivos = paid(&world, "KDVI", "INV-2").await;
    let wallets = world.register("DANA", "INV-3", 10_000).await;
    let (stores, _) = world.numbered("INDO", "INV-4").await;
    let back = paid(&world, "AKLP", "INV-5").await;
    world.take_back(&back, "06").await;
    for id in [&unpaid, &kredivos, &wallets, &stores, &back] {
        assert_eq!(
            world.confirm(PATHS[1], id).await["resultCd"],
            "9314",
            "{}",
            world.last_verdict()
        );
        assert!(!world.details(id).received);
    }
    let answer = world.confirm(PATHS[1], "IONPAYTEST06202611201000000000").await;
    assert_eq!((&answer["resultCd"], &answer["ResponseData"]), (&"8004".into(), &Value::Null));
}

#[tokio::test]
async fn the_token_is_over_time_order_and_merchant_in_this_order() {
    let world = world().await;
    let id = paid(&world, "AKLP", "INV-1").await;
    let stamp = "20261120110000";
    let good = vec![
        ("timeStamp", stamp.to_owned()),
        ("tXid", id.clone()),
        ("iMid", MERCHANT.to_owned()),
        ("merchantToken", sign(&[stamp, &id, MERCHANT])),
    ];
    for (name, value, code) in [
        ("merchantToken", sign(&[stamp, MERCHANT, &id]), "9010"),
        ("merchantToken", sign(&[stamp, "INV-1", MERCHANT]), "9010"),
        ("merchantToken", String::new(), "9010"),
        ("timeStamp", "20261120110001".to_owned(), "9010"),
        ("timeStamp", "2026".to_owned(), "9031"),
        ("iMid", "NORMALTEST".to_owned(), "9011"),
        ("tXid", String::new(), "9001"),
    ] {
        let answer: Value =
            world.form(PATHS[0], &form_with(&good, name, &value)).await.json().await.unwrap();
        assert_eq!(answer["resultCd"], code, "{name} {value}: {}", world.last_verdict());
        assert!(!world.details(&id).received);
    }
    let swapped = form_with(&good, "merchantToken", &sign(&[stamp, MERCHANT, &id]));
    world.form(PATHS[0], &swapped).await;
    assert!(world.last_verdict().contains("must come after"), "{}", world.last_verdict());
}

#[tokio::test]
async fn json_is_taken_only_where_it_is_set_so() {
    for (confirms_in_json, code) in [(false, "9001"), (true, "0000")] {
        let nicepay_v2 = NicepayV2Settings { confirms_in_json, ..Default::default() };
        let world = world_with(Settings { nicepay_v2, ..Settings::default() }).await;
        let id = paid(&world, "AKLP", "INV-1").await;
        let stamp = "20261120110000";
        let body = json!({"timeStamp": stamp, "tXid": id, "iMid": MERCHANT,
                          "merchantToken": sign(&[stamp, &id, MERCHANT])});
        let answer = world.send("confirmAkulaku", &body).await.unwrap();
        let answer: Value = answer.json().await.unwrap();
        assert_eq!(answer["resultCd"], code, "{}", world.last_verdict());
    }
}
