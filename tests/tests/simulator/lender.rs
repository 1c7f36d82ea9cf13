//! Orders at Akulaku, Kredivo and Indodana: what they need, when they begin, how they end.
use crate::merchant::{CALLBACK, World, text, with};
use crate::orders::{AMOUNT, lenders_cart, sellers, without};
use crate::{world, world_with};
use http::header::LOCATION;
use kasir_tests::simulator::{
    Armed, Entered, Fault, NicepayV2Settings, Operation, Provider, Settings, Status,
};
use serde_json::{Value, json};

pub(crate) const LENDERS: [(&str, &str); 3] =
    [("AKLP", "akulaku"), ("KDVI", "kredivo"), ("IDNA", "indodana")];

#[tokio::test]
async fn a_registration_echoes_the_order_and_names_its_end() {
    for (code, method) in LENDERS {
        let world = world().await;
        let answer = world.post("registration", &world.at_lender(code, "INV-1")).await;
        for (name, value) in [
            ("resultCd", "0000"),
            ("payMethod", "06"),
            ("mitraCd", code),
            ("currency", "IDR"),
            ("goodsNm", "Kopi Gayo"),
            ("billingNm", "Sari Dewi"),
            ("payValidDt", "20261121"),
        ] {
            assert_eq!(answer[name], value, "{name} {}", world.last_verdict());
        }
        let id = text(&answer, "tXid");
        assert_eq!(&id[..12], "IONPAYTEST06");
        let standing = world.asked(id, "INV-1").await;
        assert_eq!((&standing["status"], &standing["resultMsg"]), (&"9".into(), &"init".into()));
        assert_eq!((&standing["instmntMon"], &standing["instmntType"]), (&"3".into(), &"1".into()));
        assert_eq!(world.sim.transactions()[0].method, method);
    }
}

/// An item's or a seller's text, changed.
fn changed(list: &str, from: &str, to: &str) -> String {
    assert!(list.contains(from), "{from} in {list}");
    list.replacen(from, to, 1)
}

#[tokio::test]
async fn what_a_lender_lacks_is_refused_with_its_code() {
    let world = world().await;
    let good = world.at_lender("AKLP", "INV-1");
    let sellers = sellers().to_string();
    let mut rows: Vec<(Value, &str)> = vec![
        (without(&good, "userIP"), "9024"),
        (without(&good, "cartData"), "9001"),
        (with(&good, "cartData", "no"), "9022"),
        (with(&good, "cartData", &changed(&lenders_cart(), "50000", "50001")), "9023"),
        (with(&good, "mitraCd", "OVOE"), "9012"),
        (with(&good, "instmntMon", "2"), "9029"),
        (with(&good, "instmntMon", "24"), "9029"),
        (with(&good, "instmntType", "3"), "9001"),
        (without(&good, "sellers"), "9001"),
        (with(&good, "sellers", "no"), "9001"),
        (with(&good, "sellers", "[]"), "9001"),
        (with(&good, "sellers", &changed(&sellers, "S-2", "S-3")), "9001"),
        (with(&good, "sellers", &changed(&sellers, "Toko Gayo", "Toko Lain")), "9001"),
        (with(&good, "sellers", &changed(&sellers, "Santoso", "")), "9001"),
    ];
    for name in [
        "deliveryNm",
        "deliveryPhone",
        "deliveryAddr",
        "deliveryCity",
        "deliveryState",
        "deliveryPostCd",
        "deliveryCountry",
        "instmntType",
        "instmntMon",
        "recurrOpt",
    ] {
        rows.push((without(&good, name), "9001"));
    }
    for key in ["goods_id", "goods_type", "goods_url"] {
        let cart = lenders_cart().replacen(key, "other", 1);
        rows.push((with(&good, "cartData", &cart), "9022"));
    }
    for (order, code) in rows {
        let answer = world.post("registration", &order).await;
        assert_eq!(answer["resultCd"], code, "{}: {order}", world.last_verdict());
    }
    assert!(world.sim.transactions().is_empty());
}

#[tokio::test]
async fn sellers_are_asked_of_akulakus_merchants_only() {
    let world = world().await;
    for code in ["KDVI", "IDNA"] {
        let order = world.at_lender(code, code);
        assert!(order.get("sellers").is_none());
        world.registered(&order).await;
    }
}

#[tokio::test]
async fn akulaku_refuses_at_the_registration_and_the_others_at_the_payment_step() {
    for (code, _) in LENDERS {
        let world = world().await;
        world.sim.arm(Armed::once(Provider::Nicepay, Fault::LenderRefuses)).unwrap();
        let answer = world.post("registration", &world.at_lender(code, "INV-1")).await;
        if code == "AKLP" {
            assert_eq!(answer["resultCd"], "9030");
            assert!(answer["tXid"].is_null() && world.sim.transactions().is_empty());
            world.registered(&world.at_lender(code, "INV-1")).await;
            continue;
        }
        let id = text(&answer, "tXid");
        let page = world.enter(id, "INV-1", AMOUNT).await.text().await.unwrap();
        assert!(page.contains("value=\"9030\"") && page.contains(CALLBACK), "{page}");
        assert_eq!(world.digit(id, "INV-1").await, "8");
        assert!(world.told().await.is_empty());
    }
}

#[tokio::test]
async fn a_lender_that_refuses_is_played_nowhere_else() {
    let world = world().await;
    let fault = Armed::once(Provider::Nicepay, Fault::LenderRefuses);
    assert!(world.sim.arm(fault.clone().at(Operation::Inquiry)).is_none());
    world.sim.arm(fault).unwrap();
    world.register("DANA", "INV-1", 10_000).await;
    world.numbered("INDO", "INV-2").await;
    assert_eq!(world.sim.armed().len(), 1);
}

/// At the lender's page, by the payment step: the tXid.
pub(crate) async fn at_page(world: &World, code: &str, method: &str) -> String {
    let id = world.registered(&world.at_lender(code, "INV-1")).await;
    let response = world.enter(&id, "INV-1", AMOUNT).await;
    let page = world.served.url(&format!("/lender/{method}?tx={id}"));
    assert_eq!(response.headers()[LOCATION], page, "{}", world.last_verdict());
    assert_eq!(world.digit(&id, "INV-1").await, "3");
    id
}

#[tokio::test]
async fn the_payment_step_leads_to_the_lender_and_a_capture_is_told() {
    for (code, method) in LENDERS {
        let world = world().await;
        let id = at_page(&world, code, method).await;
        world.sim.choose_plan(&id, "6").unwrap();
        let password = world.details(&id).password.unwrap_or_else(|| "123456".to_owned());
        assert_eq!(world.sim.enter_password(&id, &password), Ok(Entered::Paid));
        let answer = world.asked(&id, "INV-1").await;
        for (name, value) in
            [("status", "0"), ("payMethod", "06"), ("mitraCd", code), ("instmntMon", "6")]
        {
            assert_eq!(answer[name], value, "{name}");
        }
        assert_eq!(world.told().await, [["0", "150000", ""]]);
        let told = world.inbox.received()[0].fields();
        for (name, value) in
            [("payMethod", "06"), ("mitraCd", code), ("instmntMon", "6"), ("instmntType", "1")]
        {
            assert_eq!(told[name], value, "{name}");
        }
        assert_eq!(world.sim.ledger()[0].method, method);
    }
}

#[tokio::test]
async fn three_wrong_passwords_block_the_order() {
    for (code, method) in &LENDERS[1..] {
        let world = world().await;
        let id = at_page(&world, code, method).await;
        for left in [2, 1] {
            assert_eq!(world.sim.enter_password(&id, "000000"), Ok(Entered::Wrong(left)));
            assert_eq!(world.digit(&id, "INV-1").await, "3");
        }
        assert_eq!(world.sim.enter_password(&id, "000000"), Ok(Entered::Blocked));
        assert_eq!(world.digit(&id, "INV-1").await, "8");
        let right = world.details(&id).password.unwrap();
        assert!(world.sim.enter_password(&id, &right).is_err());
        assert!(world.told().await.is_empty() && world.sim.ledger().is_empty());
    }
}

#[tokio::test]
async fn an_order_that_nobody_confirms_in_time_has_failed() {
    for (code, method) in LENDERS {
        let world = world().await;
        let id = at_page(&world, code, method).await;
        world.pass(86_399).await;
        assert_eq!(world.digit(&id, "INV-1").await, "3");
        world.pass(1).await;
        let answer = world.asked(&id, "INV-1").await;
        assert_eq!((&answer["status"], &answer["resultMsg"]), (&"8".into(), &"failed".into()));
        assert!(world.sim.approve(&id).is_err());
    }
}

#[tokio::test]
async fn a_lender_gives_all_back_void_today_and_refund_later() {
    for (after, digit, paid_back) in
        [(3_600, "1", true), (86_400, "2", true), (91 * 86_400, "0", false)]
    {
        let world = world().await;
        let id = world.registered(&world.at_lender("KDVI", "INV-1")).await;
        assert_eq!(world.take_back(&id, "06").await["resultCd"], "9314", "nobody paid");
        world.sim.approve(&id).unwrap();
        world.pass(after).await;
        let partial = World::cancellation(&id, "2", 50_000);
        let partial = world.post("cancel", &with(&partial, "payMethod", "06")).await;
        assert_eq!(partial["resultCd"], "9332");
        let code = if paid_back { "0000" } else { "9326" };
        assert_eq!(world.take_back(&id, "06").await["resultCd"], code);
        assert_eq!(world.digit(&id, "INV-1").await, digit);
        assert_eq!(world.told().await.len(), 1 + usize::from(paid_back));
    }
}

#[tokio::test]
async fn an_inactive_lender_is_9012_and_an_empty_cart_is_a_matter_of_strictness() {
    let nicepay_v2 = NicepayV2Settings { inactive: vec!["AKLP"], ..Default::default() };
    let world = world_with(Settings { nicepay_v2, strict_cart: true, ..Settings::default() }).await;
    let answer = world.post("registration", &world.at_lender("AKLP", "INV-1")).await;
    assert_eq!(answer["resultCd"], "9012");
    let empty = with(&world.at_lender("KDVI", "INV-1"), "cartData", "{}");
    assert_eq!(world.post("registration", &empty).await["resultCd"], "9022");
    assert_eq!(world.sim.transactions(), []);
    let lax = crate::world().await;
    assert_eq!(lax.post("registration", &empty).await["resultCd"], "0000", "{}", json!(empty));
    assert_eq!(lax.sim.transactions()[0].status, Status::Initiated);
}
