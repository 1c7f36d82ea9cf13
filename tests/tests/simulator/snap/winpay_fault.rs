//! Each fault of Winpay's answers does what it says, and leaves behind what it says.
use super::partner::{CREATE, Partner, STATUS, about, partner};
use kasir_tests::simulator::{Armed, Fault, Operation, Provider};
use serde_json::{Value, json};
use std::time::Duration;

fn armed(fault: Fault) -> Armed {
    Armed::once(Provider::Winpay, fault)
}

fn made(world: &Partner) -> usize {
    world.sim.transactions().len()
}

#[tokio::test]
async fn a_code_that_is_wrong_in_its_shape_hides_what_was_done() {
    for (fault, status, code, contracts) in [
        (Fault::InProgress, 202, json!("2025400"), 1),
        (Fault::EightDigits, 200, json!("20054000"), 1),
        (Fault::WrongTypes, 200, json!(2_005_400), 1),
        (Fault::CodeDisagrees, 200, json!("5005400"), 0),
        (Fault::InternalError, 500, json!("5005401"), 0),
        (Fault::Busy, 429, json!("4295400"), 0),
    ] {
        let world = partner().await;
        world.sim.arm(armed(fault)).unwrap();
        let call = world.call(CREATE, &world.order("DANA", "INV-00001"));
        let answer = world.send(&call).await;
        assert_eq!((answer.status, &answer.body["responseCode"]), (status, &code), "{fault:?}");
        assert_eq!(made(&world), contracts, "{fault:?}");
        let again = world.send(&call).await;
        let expected = if contracts == 0 { "2005400" } else { "4095400" };
        assert_eq!(again.code(), expected, "what was not processed used nothing up: {fault:?}");
    }
}

#[tokio::test]
async fn an_error_that_is_told_after_the_work_was_done_leaves_the_work_done() {
    for fault in [Fault::InternalError, Fault::CodeDisagrees, Fault::ServerError, Fault::BadGateway]
    {
        let world = partner().await;
        world.sim.arm(Armed { processed: true, ..armed(fault) }).unwrap();
        let order = world.order("DANA", "INV-00001");
        let answer = world.ask(CREATE, &order).await;
        assert_ne!(answer.code(), "2005400", "{fault:?}");
        assert_eq!(made(&world), 1, "{fault:?}");
        assert_eq!(world.ask(CREATE, &order).await.code(), "4095401");
    }
}

#[tokio::test]
async fn a_gateway_answers_502_in_html() {
    let world = partner().await;
    world.sim.arm(armed(Fault::BadGateway)).unwrap();
    let call = world.call(CREATE, &world.order("DANA", "INV-00001"));
    let answer = world.send(&call).await;
    assert_eq!((answer.status, answer.body), (502, Value::Null));
    assert!(answer.headers["content-type"].to_str().unwrap().starts_with("text/html"));
    assert_eq!(made(&world), 0);
}

#[tokio::test]
async fn replies_are_lost_or_broken_off_after_the_work_was_done() {
    for (fault, contracts) in
        [(Fault::LostReply, 1), (Fault::LostRequest, 0), (Fault::Truncated, 1)]
    {
        let world = partner().await;
        world.sim.arm(armed(fault)).unwrap();
        let call = world.call(CREATE, &world.order("DANA", "INV-00001"));
        let heard = match world.try_send(&call).await {
            Ok(answer) => answer.bytes().await.ok(),
            Err(_) => None,
        };
        assert_eq!((heard, made(&world)), (None, contracts), "{fault:?}");
    }
}

#[tokio::test]
async fn a_delayed_reply_outlasts_an_impatient_client_though_the_work_was_done() {
    let world = partner().await;
    world.sim.arm(Armed { ms: Some(60_000), ..armed(Fault::Delay) }).unwrap();
    let call = world.call(CREATE, &world.order("DANA", "INV-00001"));
    let sent = tokio::time::timeout(Duration::from_millis(500), world.try_send(&call)).await;
    assert!(sent.is_err());
    assert_eq!(made(&world), 1);
}

#[tokio::test]
async fn an_answer_can_lack_its_information_or_have_too_much() {
    let world = partner().await;
    world.sim.arm(armed(Fault::InfoMissing)).unwrap();
    let answer = world.ask(CREATE, &world.order("DANA", "INV-00001")).await;
    assert_eq!((answer.code(), answer.body.get("additionalInfo")), ("2005400", None));
    world.sim.arm(armed(Fault::UnknownFields).at(Operation::Inquiry)).unwrap();
    let id = world.sim.transactions()[0].id.clone();
    let answer = world.ask(STATUS, &about("DANA", "INV-00001", &id)).await;
    assert_eq!((answer.code(), &answer.body["result"]), ("2005500", &json!("PAID")));
    assert_eq!(answer.text("/latestTransactionStatus"), "07");
}

#[tokio::test]
async fn a_fault_armed_for_one_provider_leaves_the_other_alone() {
    let world = partner().await;
    world.sim.arm(Armed::once(Provider::Nicepay, Fault::LostReply)).unwrap();
    world.create("DANA", "INV-00001").await;
    assert_eq!(world.sim.armed().len(), 1);
}
