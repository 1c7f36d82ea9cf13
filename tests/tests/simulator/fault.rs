//! Each fault does what it says, and leaves behind what it says.
use crate::merchant::{World, text};
use crate::{world, world_with};
use http::header::{CONTENT_TYPE, LOCATION};
use kasir_tests::simulator::{Armed, Fault, Operation, Provider, Settings};
use serde_json::Value;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

fn armed(fault: Fault) -> Armed {
    Armed::once(Provider::Nicepay, fault)
}

/// Sends one registration into a fault.
async fn met(fault: Armed) -> (World, reqwest::Result<reqwest::Response>) {
    let world = world().await;
    world.sim.arm(fault).unwrap();
    let answer = world.send("registration", &world.registration("DANA", "INV-1", 10_000)).await;
    (world, answer)
}

fn registered(world: &World) -> usize {
    world.sim.transactions().len()
}

#[tokio::test]
async fn a_lost_reply_was_processed_and_a_lost_request_was_not() {
    for (fault, orders) in [(Fault::LostReply, 1), (Fault::LostRequest, 0)] {
        let (world, answer) = met(armed(fault)).await;
        assert!(answer.is_err(), "{answer:?}");
        assert_eq!(registered(&world), orders, "{fault:?}");
        assert_eq!(world.sim.requests()[0].fault, Some(fault));
        world.register("DANA", "INV-2", 10_000).await;
    }
}

#[tokio::test]
async fn a_lost_reply_sends_not_one_byte() {
    let world = world().await;
    world.sim.arm(armed(Fault::LostReply)).unwrap();
    let body = world.registration("DANA", "INV-1", 10_000).to_string();
    let mut socket = TcpStream::connect(world.served.addr()).await.unwrap();
    let head = format!(
        "POST /nicepay/direct/v2/registration HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    socket.write_all(format!("{head}{body}").as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    socket.read_to_end(&mut answer).await.unwrap();
    assert_eq!(String::from_utf8_lossy(&answer), "");
    assert_eq!(registered(&world), 1);
}

#[tokio::test]
async fn a_delayed_answer_outlasts_an_impatient_client_though_it_was_processed() {
    let world = world().await;
    world.sim.arm(Armed { ms: Some(60_000), ..armed(Fault::Delay) }).unwrap();
    let url = world.served.url("/nicepay/direct/v2/registration");
    let body = world.registration("DANA", "INV-1", 10_000);
    let call = world.http.post(url).json(&body).timeout(Duration::from_millis(300)).send();
    assert!(call.await.unwrap_err().is_timeout());
    assert_eq!(registered(&world), 1);
}

#[tokio::test]
async fn a_server_error_was_not_processed_unless_it_is_armed_so() {
    for (processed, orders) in [(false, 0), (true, 1)] {
        let (world, answer) = met(Armed { processed, ..armed(Fault::ServerError) }).await;
        assert_eq!(answer.unwrap().status(), 500);
        assert_eq!(registered(&world), orders);
    }
}

#[tokio::test]
async fn a_busy_server_says_9002_as_often_as_it_was_armed() {
    let world = world().await;
    world.sim.arm(Armed { times: 2, ..armed(Fault::Busy) }).unwrap();
    let request = world.registration("DANA", "INV-1", 10_000);
    for code in ["9002", "9002", "0000"] {
        assert_eq!(world.post("registration", &request).await["resultCd"], code);
    }
}

#[tokio::test]
async fn a_gateways_page_is_html_with_200() {
    let (world, answer) = met(armed(Fault::Html)).await;
    let answer = answer.unwrap();
    assert_eq!(answer.status(), 200);
    assert!(answer.headers()[CONTENT_TYPE].to_str().unwrap().starts_with("text/html"));
    assert_eq!(registered(&world), 0);
}

#[tokio::test]
async fn a_truncated_answer_breaks_off_in_the_middle() {
    let (world, answer) = met(armed(Fault::Truncated)).await;
    let mut answer = answer.unwrap();
    assert_eq!(answer.status(), 200);
    let start = answer.chunk().await.unwrap().unwrap();
    assert!(start.starts_with(b"{") && serde_json::from_slice::<Value>(&start).is_err());
    assert!(answer.chunk().await.is_err());
    assert_eq!(registered(&world), 1);
}

#[tokio::test]
async fn an_enormous_answer_has_fifty_megabytes_and_is_still_the_answer() {
    let (_world, answer) = met(armed(Fault::Enormous)).await;
    let bytes = answer.unwrap().bytes().await.unwrap();
    assert!(bytes.len() > 50 << 20);
    let answer: Value = serde_json::from_slice(&bytes).unwrap();
    assert_eq!(answer["resultCd"], "0000");
}

#[tokio::test]
async fn a_slow_answer_comes_byte_by_byte() {
    let (world, answer) = met(armed(Fault::Slow)).await;
    let mut answer = answer.unwrap();
    assert_eq!(answer.chunk().await.unwrap().unwrap().as_ref(), b"{");
    assert_eq!(registered(&world), 1);
}

#[tokio::test]
async fn a_redirect_points_to_the_same_place_and_changes_nothing() {
    let (world, answer) = met(armed(Fault::Redirect)).await;
    let answer = answer.unwrap();
    assert_eq!(answer.status(), 307);
    let place = world.served.url("/nicepay/direct/v2/registration?redirected=1");
    assert_eq!(answer.headers()[LOCATION], place);
    assert_eq!(registered(&world), 0);
}

/// Whether an answer shows its fault.
type IsBent = fn(&Value) -> bool;

#[tokio::test]
async fn answers_are_bent_and_the_order_stands() {
    let is_bent: [(Fault, IsBent); 3] = [
        (Fault::WrongTypes, |answer| answer["resultCd"] == 0),
        (Fault::UnknownFields, |answer| answer["newSince2027"].is_object()),
        (Fault::NullsMissing, |answer| answer.get("payNo").is_none()),
    ];
    for (fault, is_bent) in is_bent {
        let (world, answer) = met(armed(fault)).await;
        let answer: Value = answer.unwrap().json().await.unwrap();
        assert!(is_bent(&answer), "{fault:?} {answer}");
        assert_eq!(registered(&world), 1);
    }
}

#[tokio::test]
async fn a_wrong_amount_that_is_aimed_shows_in_that_answer_only() {
    let world = world().await;
    world.sim.arm(armed(Fault::WrongAmount).at(Operation::Inquiry)).unwrap();
    let id = world.register("DANA", "INV-1", 10_000).await;
    for amount in ["10001", "10000"] {
        let answer = world.post("inquiry", &World::inquiry(&id, "INV-1", 10_000)).await;
        assert_eq!(text(&answer, "amt"), amount);
    }
}

#[tokio::test]
async fn a_lost_reply_to_a_cancel_gave_the_money_back() {
    let world = world().await;
    let id = world.register("OVOE", "INV-1", 10_000).await;
    world.sim.approve(&id).unwrap();
    world.sim.arm(armed(Fault::LostReply).at(Operation::Cancel)).unwrap();
    assert!(world.send("cancel", &World::cancellation(&id, "1", 10_000)).await.is_err());
    assert_eq!(world.sim.ledger()[0].refunded.value, 10_000);
    assert_eq!(world.standing(&id, "INV-1", 10_000).await.0, "1");
}

#[tokio::test]
async fn a_processing_delay_is_real_time() {
    let processing_delay = Duration::from_mins(1);
    let world = world_with(Settings { processing_delay, ..Settings::default() }).await;
    let url = world.served.url("/nicepay/direct/v2/registration");
    let body = world.registration("DANA", "INV-1", 10_000);
    let call = world.http.post(url).json(&body).timeout(Duration::from_millis(300)).send();
    assert!(call.await.unwrap_err().is_timeout());
    assert_eq!(registered(&world), 1);
}
