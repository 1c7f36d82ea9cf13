//! Orders at Indomaret and Alfamart: number, statuses, expiry, cancelling, and tills that go wrong.
use crate::merchant::{sign, text, with};
use crate::orders::{AMOUNT, with_all, without};
use crate::{world, world_with};
use kasir_tests::simulator::{AtTill, NicepayV2Settings, PayNumber, Settings, Status};
use std::time::Duration;

const STORES: [(&str, &str); 2] = [("INDO", "indomaret"), ("ALMA", "alfamart")];

#[tokio::test]
async fn a_registration_answers_with_a_number_and_its_expiry_in_jakartas_time() {
    for (code, method) in STORES {
        let world = world().await;
        let answer = world.post("registration", &world.at_store(code, "INV-1")).await;
        assert_eq!(answer["resultCd"], "0000", "{}", world.last_verdict());
        let id = text(&answer, "tXid");
        assert_eq!(&id[..26], "IONPAYTEST0320261120100000");
        assert_eq!(text(&answer, "payNo"), format!("9041{}", &id[18..]));
        for (name, value) in [
            ("payMethod", "03"),
            ("mitraCd", code),
            ("payValidDt", "20261122"),
            ("payValidTm", "100000"),
            ("referenceNo", "INV-1"),
        ] {
            assert_eq!(answer[name], value, "{name}");
        }
        assert!(answer["vacctNo"].is_null());
        assert_eq!(world.sim.transactions()[0].method, method);
        assert_eq!(world.sim.transactions()[0].status, Status::Unpaid);
    }
}

#[tokio::test]
async fn numbers_look_like_any_of_the_three_published_ones() {
    for (pay_number, length) in
        [(PayNumber::Prefixed, 16), (PayNumber::LastTwelve, 12), (PayNumber::Pool, 12)]
    {
        let nicepay_v2 =
            NicepayV2Settings { pay_number, tells_validity: false, ..Default::default() };
        let world = world_with(Settings { nicepay_v2, ..Settings::default() }).await;
        let mut numbers = Vec::new();
        for reference in ["INV-1", "INV-2"] {
            let answer = world.post("registration", &world.at_store("INDO", reference)).await;
            assert!(answer["payValidDt"].is_null() && answer["payValidTm"].is_null(), "{answer}");
            numbers.push(text(&answer, "payNo").to_owned());
        }
        assert_ne!(numbers[0], numbers[1]);
        assert!(numbers.iter().all(|n| n.len() == length), "{numbers:?}");
        assert!(numbers.iter().all(|n| n.bytes().all(|b| b.is_ascii_digit())), "{numbers:?}");
    }
}

#[tokio::test]
async fn a_till_asks_and_takes_the_money_and_the_merchant_is_told() {
    for ((code, store), asked) in STORES.into_iter().zip(["3", "5"]) {
        let world = world().await;
        let (id, number) = world.numbered(code, "INV-1").await;
        assert_eq!(world.asked(&id, "INV-1").await["resultMsg"], "unpaid");
        world.pass(60).await;
        let bill = world.sim.ask_at(store, &number).unwrap();
        assert_eq!((bill.amount.value, bill.name.as_str()), (AMOUNT, "Sari Dewi"));
        assert_eq!(world.digit(&id, "INV-1").await, asked);
        world.pass(60).await;
        let slip = world.sim.pay_at(store, &number, AMOUNT).unwrap().slip;
        let answer = world.asked(&id, "INV-1").await;
        for (name, value) in [
            ("status", "0"),
            ("resultMsg", "paid"),
            ("payMethod", "03"),
            ("mitraCd", code),
            ("payNo", number.as_str()),
            ("receiptCode", slip.as_str()),
            ("depositTm", "100200"),
            ("transTm", "100000"),
            ("amt", "150000"),
        ] {
            assert_eq!(answer[name], value, "{name}");
        }
        assert_eq!(world.told().await, [["0", "150000", "1"]]);
        let told = world.inbox.received()[0].fields();
        for (name, value) in [
            ("payMethod", "03"),
            ("payNo", number.as_str()),
            ("mitraCd", code),
            ("payValidDt", "20261122"),
            ("receiptCode", slip.as_str()),
            ("depositDt", "20261120"),
        ] {
            assert_eq!(told[name], value, "{name}");
        }
        assert_eq!(world.sim.ledger()[0].charged.value, AMOUNT);
    }
}

#[tokio::test]
async fn a_customer_who_leaves_alfamarts_till_can_still_pay_elsewhere() {
    let world = world().await;
    let (id, number) = world.numbered("ALMA", "INV-1").await;
    world.sim.ask_at("alfamart", &number).unwrap();
    world.sim.leave_till("alfamart", &number).unwrap();
    assert_eq!(world.digit(&id, "INV-1").await, "3");
    world.sim.pay_at("alfamart", &number, AMOUNT).unwrap();
    assert_eq!(world.digit(&id, "INV-1").await, "0");
}

#[tokio::test]
async fn a_number_is_known_at_its_own_store_only() {
    let world = world().await;
    let (_, number) = world.numbered("ALMA", "INV-1").await;
    for (store, number) in
        [("indomaret", number.as_str()), ("alfamart", "123"), ("alfamart", ""), ("lawson", &number)]
    {
        assert_eq!(world.sim.ask_at(store, number).unwrap_err(), AtTill::Unknown, "{store}");
        assert_eq!(world.sim.pay_anyway_at(store, number, AMOUNT).unwrap_err(), AtTill::Unknown);
    }
    assert!(world.sim.ledger().is_empty());
    assert!(world.sim.requests().last().unwrap().verdict.contains("does not know"));
}

#[tokio::test]
async fn a_till_refuses_what_is_paid_withdrawn_too_old_or_not_the_amount() {
    let world = world().await;
    let (paid, first) = world.numbered("INDO", "INV-1").await;
    assert_eq!(world.sim.pay_at("indomaret", &first, AMOUNT - 1), Err(AtTill::Amount(AMOUNT)));
    world.sim.pay_at("indomaret", &first, AMOUNT).unwrap();
    let (withdrawn, second) = world.numbered("INDO", "INV-2").await;
    assert_eq!(world.take_back(&withdrawn, "03").await["resultCd"], "0000");
    let (late, third) = world.numbered("INDO", "INV-3").await;
    world.pass(172_800).await;
    for (number, status) in
        [(&first, Status::Paid), (&second, Status::Cancelled), (&third, Status::Expired)]
    {
        assert_eq!(world.sim.ask_at("indomaret", number), Err(AtTill::Closed(status)));
        assert_eq!(world.sim.pay_at("indomaret", number, AMOUNT), Err(AtTill::Closed(status)));
    }
    assert_eq!(world.told().await.len(), 1);
    assert_eq!(world.sim.ledger().len(), 1);
    for (id, reference, digit) in
        [(paid, "INV-1", "0"), (withdrawn, "INV-2", "4"), (late, "INV-3", "4")]
    {
        assert_eq!(world.digit(&id, reference).await, digit, "{reference}");
    }
}

#[tokio::test]
async fn a_till_that_pays_twice_charges_twice_and_says_over() {
    let world = world().await;
    let (id, number) = world.numbered("ALMA", "INV-1").await;
    world.sim.pay_at("alfamart", &number, AMOUNT).unwrap();
    world.sim.pay_anyway_at("alfamart", &number, AMOUNT).unwrap();
    assert_eq!(world.told().await, [["0", "150000", "1"], ["0", "150000", "2"]]);
    assert_eq!(world.sim.ledger()[0].charged.value, 2 * AMOUNT);
    assert_eq!(world.digit(&id, "INV-1").await, "0");
}

#[tokio::test]
async fn a_till_that_takes_too_little_says_under_and_the_inquiry_what_was_taken() {
    let world = world().await;
    let (id, number) = world.numbered("INDO", "INV-1").await;
    world.sim.pay_anyway_at("indomaret", &number, 100_000).unwrap();
    assert_eq!(world.told().await, [["0", "100000", "3"]]);
    let answer = world.asked(&id, "INV-1").await;
    assert_eq!((&answer["status"], &answer["amt"]), (&"0".into(), &"100000".into()));
    assert_eq!(world.sim.ledger()[0].charged.value, 100_000);
}

#[tokio::test]
async fn a_till_can_take_money_after_a_cancel_and_after_expiry_and_then_it_is_paid() {
    let world = world().await;
    let (withdrawn, first) = world.numbered("ALMA", "INV-1").await;
    world.take_back(&withdrawn, "03").await;
    let (late, second) = world.numbered("ALMA", "INV-2").await;
    world.pass(172_801).await;
    for (id, number, reference) in [(withdrawn, first, "INV-1"), (late, second, "INV-2")] {
        assert_eq!(world.digit(&id, reference).await, "4");
        world.sim.pay_anyway_at("alfamart", &number, AMOUNT).unwrap();
        assert_eq!(world.digit(&id, reference).await, "0");
    }
    assert_eq!(world.told().await.len(), 2);
}

#[tokio::test]
async fn an_order_runs_out_at_the_moment_the_merchant_named_and_not_before() {
    let world = world().await;
    let order = world.at_store("ALMA", "INV-1");
    let order = with_all(&order, &[("payValidDt", "20261120"), ("payValidTm", "110000")]);
    let id = world.registered(&order).await;
    let number = world.details(&id).pay_no.unwrap();
    world.pass(3_599).await;
    world.sim.ask_at("alfamart", &number).unwrap();
    assert_eq!(world.digit(&id, "INV-1").await, "5");
    world.pass(1).await;
    let answer = world.asked(&id, "INV-1").await;
    assert_eq!((&answer["status"], &answer["resultMsg"]), (&"4".into(), &"expired".into()));
    assert_eq!(
        (&answer["payValidDt"], &answer["payValidTm"]),
        (&"20261120".into(), &"110000".into())
    );
    assert!(world.told().await.is_empty(), "an expiry is not notified");
}

#[tokio::test]
async fn an_expiry_that_is_no_moment_or_has_passed_is_refused() {
    let world = world().await;
    for (date, time, code) in [
        ("2026-11-21", "100000", "9510"),
        ("20261131", "100000", "9510"),
        ("", "100000", "9510"),
        ("20261121", "", "9511"),
        ("20261121", "240000", "9511"),
        ("20261121", "1000", "9511"),
        ("20261120", "100000", "9510"),
        ("20261119", "235959", "9510"),
    ] {
        let order = world.at_store("INDO", "INV-1");
        let order = with_all(&order, &[("payValidDt", date), ("payValidTm", time)]);
        let answer = world.post("registration", &order).await;
        assert_eq!(answer["resultCd"], code, "{date} {time}: {}", world.last_verdict());
    }
    assert!(world.sim.transactions().is_empty());
}

#[tokio::test]
async fn a_stores_order_is_taken_back_before_payment_and_never_after() {
    let world = world().await;
    let (id, number) = world.numbered("ALMA", "INV-1").await;
    let partial = crate::merchant::World::cancellation(&id, "2", 50_000);
    let partial = with(&partial, "payMethod", "03");
    assert_eq!(world.post("cancel", &partial).await["resultCd"], "9332");
    assert_eq!(world.take_back(&id, "05").await["resultCd"], "9012", "the method is the store's");
    world.sim.ask_at("alfamart", &number).unwrap();
    let answer = world.take_back(&id, "03").await;
    assert_eq!((&answer["resultCd"], &answer["amt"]), (&"0000".into(), &"150000".into()));
    assert_eq!(world.digit(&id, "INV-1").await, "4");
    assert_eq!(world.take_back(&id, "03").await["resultCd"], "9314");

    let (id, number) = world.numbered("INDO", "INV-2").await;
    world.sim.pay_at("indomaret", &number, AMOUNT).unwrap();
    assert_eq!(world.take_back(&id, "03").await["resultCd"], "9314");
    assert!(world.sim.refund(&id).is_err());
    assert_eq!(world.told().await.len(), 1, "a cancel is not notified");
    assert_eq!(world.sim.ledger()[0].refunded.value, 0);
}

#[tokio::test]
async fn a_store_needs_neither_cart_nor_address_of_the_caller_but_what_it_names() {
    let world = world().await;
    let good = world.at_store("INDO", "INV-1");
    let cart = |text: &str| with(&good, "cartData", text);
    for (order, code) in [
        (without(&good, "mitraCd"), "9001"),
        (with(&good, "mitraCd", "DANA"), "9012"),
        (with(&good, "mitraCd", "ALFA"), "9012"),
        (without(&good, "billingPhone"), "9017"),
        (with(&good, "merchantToken", &sign(&["x"])), "9010"),
        (cart("no"), "9022"),
        (cart("{\"count\":\"1\",\"item\":[{\"goods_amt\":\"1\"}]}"), "9023"),
        (cart("{}"), "0000"),
        (with(&good, "payMethod", "02"), "9024"),
    ] {
        let answer = world.post("registration", &order).await;
        assert_eq!(answer["resultCd"], code, "{order}: {}", world.last_verdict());
    }
}

#[tokio::test]
async fn what_is_only_proposed_is_a_setting() {
    let nicepay_v2 = NicepayV2Settings {
        inactive: vec!["ALMA"],
        store_minimum: 200_000,
        legacy_codes: true,
        ..NicepayV2Settings::default()
    };
    let world = world_with(Settings { nicepay_v2, ..Settings::default() }).await;
    let good = world.at_store("INDO", "INV-1");
    for (order, code) in [
        (world.at_store("ALMA", "INV-1"), "9012"),
        (with(&good, "merchantToken", &sign(&["x"])), "9525"),
        (good, "9509"),
    ] {
        let answer = world.post("registration", &order).await;
        assert_eq!(answer["resultCd"], code, "{}", world.last_verdict());
    }
}

#[tokio::test]
async fn an_inquiry_about_a_number_of_a_store_that_does_not_exist_has_its_own_code() {
    let world = world().await;
    let answer = world.asked("IONPAYTEST03202611201000000000", "INV-1").await;
    assert_eq!(answer["resultCd"], "9528");
}

#[tokio::test]
async fn a_store_has_no_payment_step() {
    let world = world().await;
    let (id, _) = world.numbered("INDO", "INV-1").await;
    let page = world.enter(&id, "INV-1", AMOUNT).await.text().await.unwrap();
    assert!(page.contains("value=\"9012\""), "{page}");
    assert_eq!(world.digit(&id, "INV-1").await, "3");
}

#[tokio::test]
async fn an_autopaid_stores_order_is_paid_at_its_till_by_itself() {
    let autopaid_after = Some(Duration::from_secs(43));
    let world = world_with(Settings { autopaid_after, ..Settings::default() }).await;
    let (id, _) = world.numbered("ALMA", "INV-1").await;
    world.pass(43).await;
    assert_eq!(world.digit(&id, "INV-1").await, "0");
    assert_eq!(world.told().await, [["0", "150000", "1"]]);
}

#[tokio::test]
async fn a_decision_without_a_till_pays_the_exact_amount_or_lets_it_run_out() {
    let world = world().await;
    let (id, _) = world.numbered("ALMA", "INV-1").await;
    assert!(world.sim.decline(&id).is_err(), "nobody declines at a store");
    assert_eq!(world.sim.approve(&id).unwrap().status, Status::Paid);
    assert!(world.sim.approve(&id).is_err());
    let (id, _) = world.numbered("INDO", "INV-2").await;
    assert_eq!(world.sim.expire(&id).unwrap().status, Status::Expired);
    assert_eq!(world.sim.ledger().len(), 1);
}
