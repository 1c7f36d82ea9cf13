//! `kasir check` and `kasir check --online`, against the simulated NICEPAY and worse.

use std::net::TcpListener as StdListener;
use std::sync::Arc;

use axum::Router;
use http::StatusCode;
use http::header::DATE;
use kasir_tests::simulator::{Settings, Simulator, VirtualClock};
use kasir_tests::story::process::binary;
use kasir_tests::town::{Addresses, kasir_toml, secrets};
use tokio::net::TcpListener;

use crate::Said;

/// Checks a configuration whose providers are at `sim`, as `edit` leaves it.
async fn check(sim: &str, online: bool, edit: impl FnOnce(String) -> String) -> Said {
    check_with(sim, online, edit, secrets()).await
}

async fn check_with(
    sim: &str,
    online: bool,
    edit: impl FnOnce(String) -> String,
    secrets: Vec<(String, String)>,
) -> Said {
    let folder = tempfile::tempdir().unwrap();
    let nobody = "http://127.0.0.1:9".to_owned();
    let addresses = Addresses { pay: nobody.clone(), shop: nobody, sim: sim.to_owned() };
    let toml = edit(kasir_toml(&addresses, &folder.path().join("kasir.db"), None));
    let file = folder.path().join("kasir.toml");
    std::fs::write(&file, toml).unwrap();
    let mut command = tokio::process::Command::new(binary());
    command.arg("check").arg("--config").arg(&file).env_clear().envs(secrets.clone());
    if online {
        command.arg("--online");
    }
    let output = command.output().await.unwrap();
    let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    let said = Said { code: output.status.code(), text: said.concat() };
    for (_, secret) in &secrets {
        said.lacks(&[secret]);
    }
    said
}

/// The simulated NICEPAY's address.
async fn simulator() -> (kasir_tests::simulator::Served, String) {
    let simulator = Simulator::new(Arc::new(VirtualClock::running()), Settings::default());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let served = simulator.serve(listener).unwrap();
    let url = served.url("");
    (served, url)
}

/// Somebody who answers everything alike.
async fn somebody(status: StatusCode, date: Option<&'static str>, body: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let answer = move || async move {
        let mut headers = http::HeaderMap::new();
        headers.extend(date.map(|date| (DATE, date.parse().unwrap())));
        (status, headers, body)
    };
    let router = Router::new().fallback(answer);
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

#[tokio::test]
async fn an_account_that_is_right_is_accepted() {
    let (_served, sim) = simulator().await;
    let said = check(&sim, true, |toml| toml).await;
    assert_eq!(said.code, Some(0), "{}", said.text);
    said.has(&[
        "online:       nicepay accepts us",
        "merchant_key: text, 88 characters",
        "all is well",
    ]);
}

#[tokio::test]
async fn nobody_is_asked_unless_told_to() {
    let said = check("http://127.0.0.1:9", false, |toml| toml).await;
    assert_eq!(said.code, Some(0), "{}", said.text);
    said.lacks(&["online:"]);
}

#[tokio::test]
async fn a_wrong_key_is_told_from_a_wrong_merchant() {
    let (_served, sim) = simulator().await;
    let mut wrong = secrets();
    for (name, value) in &mut wrong {
        if name == "KASIR_DEMO_NICEPAY_KEY" {
            value.replace_range(..4, "AAAA");
        }
    }
    let said = check_with(&sim, true, |toml| toml, wrong).await;
    assert_eq!(said.code, Some(1), "{}", said.text);
    said.has(&["9010", "merchant_key is not this imid's", "1 account(s) cannot be used"]);
    said.lacks(&["all is well"]);
    let said = check(&sim, true, |toml| toml.replace("IONPAYTEST", "NOSUCHSHOP")).await;
    assert_eq!(said.code, Some(1), "{}", said.text);
    said.has(&["9011", "imid is unknown on this host"]);
}

#[tokio::test]
async fn an_address_where_nobody_is_differs_from_one_where_somebody_else_is() {
    let closed = StdListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let said = check(&format!("http://{closed}"), true, |toml| toml).await;
    assert_eq!(said.code, Some(1), "{}", said.text);
    said.has(&["no connection", "nobody was reached"]);

    let other = somebody(StatusCode::NOT_FOUND, None, "<html>nothing here</html>").await;
    let said = check(&other, true, |toml| toml).await;
    assert_eq!(said.code, Some(1), "{}", said.text);
    said.has(&["no such path", "prefix"]);

    let other = somebody(StatusCode::OK, None, "<html>parked</html>").await;
    let said = check(&other, true, |toml| toml).await;
    assert_eq!(said.code, Some(1), "{}", said.text);
    said.has(&["somebody else answers"]);

    let ill = somebody(StatusCode::BAD_GATEWAY, None, "<html>").await;
    let said = check(&ill, true, |toml| toml).await;
    assert_eq!(said.code, Some(1), "{}", said.text);
    said.has(&["trouble of its own"]);
}

#[tokio::test]
async fn a_clock_that_is_off_is_told_by_how_much() {
    let accepting = r#"{"resultCd":"9012"}"#;
    let date = Some("Tue, 14 Nov 2023 22:13:20 GMT");
    let other = somebody(StatusCode::OK, date, accepting).await;
    let said = check(&other, true, |toml| toml).await;
    assert_eq!(said.code, Some(1), "{}", said.text);
    said.has(&["accepts us", "s ahead of the provider's", "NTP"]);
}

#[tokio::test]
async fn each_account_is_asked_even_if_one_is_wrong() {
    let (_served, sim) = simulator().await;
    let both = |toml: String| {
        let at = toml.find("[[accounts]]").unwrap();
        let end = toml.find("[[merchants]]").unwrap();
        let wrong = toml[at..end].replace("id = \"nicepay\"", "id = \"wrong\"");
        toml.replacen(
            "[[accounts]]",
            &format!("{}[[accounts]]", wrong.replace("IONPAYTEST", "NOSUCHSHOP")),
            1,
        )
    };
    let said = check(&sim, true, both).await;
    assert_eq!(said.code, Some(1), "{}", said.text);
    said.has(&["wrong at NICEPAY", "imid is unknown", "nicepay accepts us", "1 account(s)"]);
}
