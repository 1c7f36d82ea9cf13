//! NICEPAY's own page behind its registration: what is offered, chosen, paid, cancelled, told.
use crate::merchant::{CALLBACK, World, sign, text, with};
use crate::orders::{AMOUNT, with_all, without};
use crate::{world, world_with};
use http::Method;
use kasir_tests::simulator::{
    Armed, Fault, NicepayV2Settings, Operation, Provider, Settings, Status,
};
use serde_json::json;

const ALL: [&str; 9] = [
    "indomaret",
    "alfamart",
    "ovo",
    "dana",
    "shopeepay",
    "linkaja",
    "akulaku",
    "kredivo",
    "indodana",
];

#[tokio::test]
async fn a_registration_answers_with_the_bare_address_of_the_page() {
    let world = world().await;
    let answer = world.redirect(&world.on_page("INV-1")).await;
    let id = text(&answer, "tXid");
    assert_eq!(&id[..26], "IONPAYTEST0020261120100000");
    for (name, value) in [
        ("resultCd", "0000"),
        ("resultMsg", "SUCCESS"),
        ("referenceNo", "INV-1"),
        ("payMethod", "00"),
        ("amt", "150000"),
        ("transDt", "20261120"),
        ("transTm", "100000"),
        ("description", "Kopi"),
        ("currency", "IDR"),
    ] {
        assert_eq!(answer[name], value, "{name}");
    }
    assert_eq!(text(&answer, "paymentURL"), world.served.url("/nicepay/redirect/v2/payment"));
    let standing = world.asked(id, "INV-1").await;
    assert_eq!((&standing["status"], &standing["payMethod"]), (&"9".into(), &"00".into()));
    assert!(standing["mitraCd"].is_null());
    assert_eq!(world.sim.transactions()[0].method, "nicepay_page");
    assert_eq!(world.details(id).offered, ALL);
}

#[tokio::test]
async fn a_registration_is_checked_in_nicepays_order() {
    let world = world().await;
    let good = world.on_page("INV-1");
    for (order, code) in [
        (with(&good, "iMid", "NOBODY"), "9011"),
        (without(&good, "goodsNm"), "9015"),
        (without(&good, "callBackUrl"), "9019"),
        (without(&good, "dbProcessUrl"), "9020"),
        (without(&good, "billingCity"), "9025"),
        (without(&good, "description"), "9001"),
        (without(&good, "cartData"), "9001"),
        (with(&good, "amt", "150.000"), "9008"),
        (with(&good, "timeStamp", "2026"), "9031"),
        (with(&good, "merchantToken", &sign(&["x"])), "9010"),
        (with(&good, "payMethod", "01"), "9012"),
        (with(&good, "payMethod", "07"), "9012"),
        (with(&good, "cartData", "no"), "9022"),
        (with_all(&good, &[("payMethod", "03"), ("mitraCd", "DANA")]), "9012"),
        (with_all(&good, &[("payValidDt", "20261119"), ("payValidTm", "000000")]), "9510"),
        (without(&without(&good, "billingAddr"), "userIP"), "0000"),
        (good.clone(), "9009"),
    ] {
        let answer = world.redirect(&order).await;
        assert_eq!(answer["resultCd"], code, "{}: {order}", world.last_verdict());
    }
}

#[tokio::test]
async fn the_page_offers_what_the_order_suffices_for() {
    let lenders = ["akulaku", "kredivo", "indodana"];
    let world = world().await;
    let good = world.on_page("INV-0");
    let rows = [
        (with(&good, "payMethod", "03"), vec!["indomaret", "alfamart"]),
        (with_all(&good, &[("payMethod", "05"), ("mitraCd", "DANA")]), vec!["dana"]),
        (with(&good, "payMethod", "06"), lenders.to_vec()),
        (without(&good, "sellers"), ALL.into_iter().filter(|m| *m != "akulaku").collect()),
        (without(&good, "userIP"), ALL.into_iter().filter(|m| !lenders.contains(m)).collect()),
        (without(&good, "deliveryNm"), ALL.into_iter().filter(|m| !lenders.contains(m)).collect()),
    ];
    for (i, (order, offered)) in rows.into_iter().enumerate() {
        let reference = format!("INV-{}", i + 1);
        let token = sign(&["20261120100000", "IONPAYTEST", &reference, "150000"]);
        let order = with_all(&order, &[("referenceNo", &reference), ("merchantToken", &token)]);
        let answer = world.redirect(&order).await;
        assert_eq!(answer["resultCd"], "0000", "{}", world.last_verdict());
        assert_eq!(world.details(text(&answer, "tXid")).offered, offered, "{order}");
    }
    let nothing = with(&without(&good, "sellers"), "mitraCd", "AKLP");
    assert_eq!(world.redirect(&with(&nothing, "payMethod", "06")).await["resultCd"], "9012");

    let nicepay_v2 = NicepayV2Settings {
        inactive: vec!["OVOE", "INDO"],
        store_minimum: 1,
        ..Default::default()
    };
    let world = world_with(Settings { nicepay_v2, ..Settings::default() }).await;
    let id = world.hosted("INV-1").await;
    let left: Vec<_> = ALL.into_iter().filter(|m| *m != "ovo" && *m != "indomaret").collect();
    assert_eq!(world.details(&id).offered, left);
}

#[tokio::test]
async fn a_store_that_was_chosen_is_named_by_the_inquiry_and_paid_at_its_till() {
    let world = world().await;
    let id = world.hosted("INV-1").await;
    assert!(world.sim.approve(&id).is_err(), "nobody pays before choosing");
    let details = world.sim.choose_on_page(&id, "alfamart").unwrap();
    assert_eq!((details.pay_method, details.digit), ("03", "3"));
    let number = details.pay_no.unwrap();
    let answer = world.asked(&id, "INV-1").await;
    for (name, value) in
        [("payMethod", "03"), ("mitraCd", "ALMA"), ("status", "3"), ("payNo", number.as_str())]
    {
        assert_eq!(answer[name], value, "{name}");
    }
    assert!(world.told().await.is_empty(), "a number is no payment");
    world.sim.ask_at("alfamart", &number).unwrap();
    world.sim.pay_at("alfamart", &number, AMOUNT).unwrap();
    assert_eq!(world.digit(&id, "INV-1").await, "0");
    assert_eq!(world.told().await, [["0", "150000", "1"]]);
    let told = world.inbox.received()[0].fields();
    assert_eq!((told["tXid"].as_str(), told["payMethod"].as_str()), (id.as_str(), "03"));
    assert_eq!(world.sim.transactions()[0].method, "alfamart");
}

#[tokio::test]
async fn a_wallet_or_lender_that_was_chosen_is_named_by_the_inquiry_too() {
    for (method, code, pay_method, open) in
        [("dana", "DANA", "05", "3"), ("ovo", "OVOE", "05", "4"), ("kredivo", "KDVI", "06", "3")]
    {
        let world = world().await;
        let id = world.hosted("INV-1").await;
        world.sim.choose_on_page(&id, method).unwrap();
        assert!(world.sim.choose_on_page(&id, "linkaja").is_err(), "chosen once");
        let answer = world.asked(&id, "INV-1").await;
        for (name, value) in [("payMethod", pay_method), ("mitraCd", code), ("status", open)] {
            assert_eq!(answer[name], value, "{name}");
        }
        world.sim.approve(&id).unwrap();
        assert_eq!(world.digit(&id, "INV-1").await, "0");
        assert_eq!(world.inbox_pay_method().await, pay_method);
    }
}

impl World {
    async fn inbox_pay_method(&self) -> String {
        self.sim.quiet().await;
        self.inbox.received()[0].fields()["payMethod"].clone()
    }
}

#[tokio::test]
async fn what_is_not_offered_cannot_be_chosen() {
    let world = world().await;
    let id = world.hosted("INV-1").await;
    for method in ["astrapay", "gopay", "nicepay_page"] {
        assert!(world.sim.choose_on_page(&id, method).is_err(), "{method}");
    }
    let direct = world.registered(&world.at_store("INDO", "INV-2")).await;
    assert!(world.sim.choose_on_page(&direct, "alfamart").is_err());
    assert_eq!(world.details(&id).status, Status::Initiated);
}

#[tokio::test]
async fn a_lender_that_refuses_on_the_page_ends_the_order() {
    let world = world().await;
    let id = world.hosted("INV-1").await;
    let fault = Armed::once(Provider::Nicepay, Fault::LenderRefuses).at(Operation::Payment);
    world.sim.arm(fault).unwrap();
    assert!(world.sim.choose_on_page(&id, "akulaku").is_err());
    assert_eq!(world.digit(&id, "INV-1").await, "8");
}

#[tokio::test]
async fn a_cancel_names_the_method_the_customer_used_and_a_reason() {
    let world = world().await;
    let id = world.hosted("INV-1").await;
    assert_eq!(world.take_back(&id, "00").await["resultCd"], "9314", "nothing was chosen");
    world.sim.choose_on_page(&id, "indomaret").unwrap();
    let silent = with(&World::cancellation(&id, "1", AMOUNT), "payMethod", "03");
    assert_eq!(world.post("cancel", &silent).await["resultCd"], "9001");
    assert_eq!(world.take_back(&id, "00").await["resultCd"], "9012");
    assert_eq!(world.take_back(&id, "03").await["resultCd"], "0000");
    assert_eq!(world.digit(&id, "INV-1").await, "4");

    let id = world.hosted("INV-2").await;
    world.sim.choose_on_page(&id, "dana").unwrap();
    world.sim.approve(&id).unwrap();
    assert_eq!(world.take_back(&id, "05").await["resultCd"], "0000");
    assert_eq!(world.digit(&id, "INV-2").await, "1");
}

#[tokio::test]
async fn a_page_that_nobody_uses_runs_out() {
    let world = world().await;
    let id = world.hosted("INV-1").await;
    world.pass(86_399).await;
    assert_eq!(world.digit(&id, "INV-1").await, "9");
    world.pass(1).await;
    assert_eq!(world.digit(&id, "INV-1").await, "8");
    assert!(world.sim.choose_on_page(&id, "dana").is_err());
    let place = world.open(&format!("/nicepay/redirect/v2/payment?tXid={id}")).await;
    let place = world.open(&place).await;
    assert!(place.starts_with(CALLBACK) && place.contains("resultCd=9030"), "{place}");
}

#[tokio::test]
async fn a_choice_a_plan_and_a_password_are_moved_by_the_control_interface() {
    let world = world().await;
    let id = world.hosted("INV-1").await;
    let path = |what: &str| format!("nicepay/{id}/{what}");
    let (code, details) =
        world.control(Method::POST, &path("choose"), &json!({"method": "kredivo"})).await;
    assert_eq!((code, &details["method"]), (200, &json!("kredivo")));
    let (code, details) =
        world.control(Method::POST, &path("plan"), &json!({"months": "12"})).await;
    assert_eq!((code, &details["months"]), (200, &json!("12")));
    let wrong = json!({"password": "000000"});
    let (_, said) = world.control(Method::POST, &path("password"), &wrong).await;
    assert_eq!(said, json!({"result": "wrong", "tries_left": 2}));
    let right = json!({"password": details["password"]});
    let (_, said) = world.control(Method::POST, &path("password"), &right).await;
    assert_eq!(said, json!({"result": "paid"}));
    assert_eq!(world.control(Method::POST, &path("password"), &right).await.0, 409);
    let again = json!({"method": "dana"});
    assert_eq!(world.control(Method::POST, &path("choose"), &again).await.0, 409);
    assert_eq!(world.control(Method::POST, &path("choose"), &json!({})).await.0, 422);
}
