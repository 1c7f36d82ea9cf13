//! The switch that takes a provider down: refused at the connection, so that nothing was sent.
use super::partner::{CREATE, partner};
use http::StatusCode;
use kasir_tests::simulator::Provider;
use serde_json::Value;
use std::io::ErrorKind;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

#[tokio::test]
async fn a_line_leads_to_the_provider_while_it_is_up_and_is_refused_while_it_is_down() {
    let world = partner().await;
    let line = world.sim.lay_line(Provider::Winpay, world.served.addr()).await.unwrap();
    let url = format!("http://{}/winpay/snap{CREATE}", line.addr);
    let answer = world.http.post(&url).body("{}").send().await.unwrap();
    let answer: Value = answer.json().await.unwrap();
    assert_eq!(answer["responseCode"], "4005402");
    for _ in 0..3 {
        world.sim.take_down(Provider::Winpay).await.unwrap();
        let refused = TcpStream::connect(line.addr).await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
        assert!(world.http.post(&url).body("{}").send().await.unwrap_err().is_connect());
        world.sim.bring_up(Provider::Winpay).await.unwrap();
        assert_eq!(world.http.post(&url).body("{}").send().await.unwrap().status(), 400);
    }
}

#[tokio::test]
async fn a_connection_that_was_open_is_cut() {
    let world = partner().await;
    let line = world.sim.lay_line(Provider::Winpay, world.served.addr()).await.unwrap();
    let mut open = TcpStream::connect(line.addr).await.unwrap();
    open.write_all(b"POST /winpay/v1.0/debit/status HTTP/1.1\r\nHost: x\r\n").await.unwrap();
    // One whole call tells that the line has taken both connections.
    let url = format!("http://{}/winpay{CREATE}", line.addr);
    world.http.post(&url).body("{}").send().await.unwrap();
    world.sim.take_down(Provider::Winpay).await.unwrap();
    let mut rest = Vec::new();
    // Closed or reset, nothing more comes.
    drop(open.read_to_end(&mut rest).await);
    assert!(rest.is_empty());
}

#[tokio::test]
async fn the_own_port_answers_503_for_the_one_that_is_down_and_for_no_other() {
    let world = partner().await;
    world.sim.take_down(Provider::Winpay).await.unwrap();
    let post = async |path: &str| {
        let answer = world.http.post(world.served.url(path)).body("{}").send().await.unwrap();
        answer.status()
    };
    assert_eq!(post("/winpay/v1.0/debit/status").await, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(post("/nicepay/direct/v2/inquiry").await, StatusCode::OK);
    assert!(world.sim.requests().iter().all(|entry| entry.provider == Provider::Nicepay));
    let phone = world.http.get(world.served.url("/phone")).send().await.unwrap();
    assert_eq!(phone.status(), StatusCode::OK, "the wallets go on");
}

#[tokio::test]
async fn a_provider_that_is_down_tells_nothing_until_it_is_up_again() {
    let world = partner().await;
    let id = world.create("OVO", "INV-00001").await;
    world.sim.take_down(Provider::Winpay).await.unwrap();
    world.sim.approve(&id).unwrap();
    world.pass(60).await;
    assert!(world.ear.heard().is_empty());
    world.sim.bring_up(Provider::Winpay).await.unwrap();
    world.sim.quiet().await;
    assert_eq!(world.ear.heard().len(), 1);
}

#[tokio::test]
async fn the_switch_is_turned_through_the_control_interface() {
    let world = partner().await;
    let line = world.sim.lay_line(Provider::Winpay, world.served.addr()).await.unwrap();
    let control = async |path: &str| {
        let request = world.http.post(world.served.url(&format!("/_sim/providers/{path}")));
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.json::<Value>().await.unwrap())
    };
    let (status, all) = control("winpay/down").await;
    assert_eq!(
        (status, &all[1]["provider"], &all[1]["up"]),
        (200, &"winpay".into(), &false.into())
    );
    assert_eq!(all[0]["up"], true);
    assert_eq!(all[1]["lines"][0], format!("http://{}", line.addr));
    TcpStream::connect(line.addr).await.unwrap_err();
    assert_eq!(control("winpay/up").await.1[1]["up"], true);
    TcpStream::connect(line.addr).await.unwrap();
    assert_eq!(control("winpay/sideways").await.0, 404);
    assert_eq!(control("nobody/down").await.0, 404);
    assert_eq!(control("winpay/keys/next").await.0, 200);
    let listed = world.http.get(world.served.url("/_sim/providers")).send().await.unwrap();
    assert_eq!(listed.json::<Value>().await.unwrap().as_array().unwrap().len(), 3);
}
