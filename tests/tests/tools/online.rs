//! `kasir check` and `kasir check --online`, against the simulated NICEPAY and worse.

use std::net::TcpListener as StdListener;
use std::sync::Arc;

use axum::Router;
use http::StatusCode;
use http::header::DATE;
use kasir_tests::simulator::test_keys;
use kasir_tests::simulator::{Settings, Simulator, VirtualClock};
use kasir_tests::story::process::binary;
use kasir_tests::town::{Addresses, Routing, kasir_toml, secrets};
use tokio::net::TcpListener;

use crate::Said;

fn addresses(sim: &str) -> Addresses {
    let nobody = "http://127.0.0.1:9".to_owned();
    let [sim, winpay, nicepay, espay] = [sim; 4].map(str::to_owned);
    Addresses { pay: nobody.clone(), shop: nobody, sim, winpay, nicepay, espay }
}

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
    let addresses = addresses(sim);
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

/// The same configuration with accounts at Winpay, and at NICEPAY over SNAP.
fn everywhere(sim: &str) -> impl FnOnce(String) -> String {
    let addresses = addresses(sim);
    let shared = "client_secret = { env = \"KASIR_DEMO_NICEPAY_KEY\" }";
    move |toml| {
        let toml = Routing::Everything.applied(toml, &addresses);
        assert!(toml.contains(shared), "{toml}");
        toml.replace(shared, "client_secret = { env = \"CLIENT_SECRET\" }")
    }
}

/// Every secret there is, but for one that somebody got wrong.
fn but_for(name: &str, wrong: &str) -> Vec<(String, String)> {
    let mut all = secrets();
    let shared = all.iter().find(|(name, _)| name == "KASIR_DEMO_NICEPAY_KEY").unwrap().1.clone();
    all.push(("CLIENT_SECRET".to_owned(), shared));
    for (known, value) in &mut all {
        if known == name {
            wrong.clone_into(value);
        }
    }
    all
}

#[tokio::test]
async fn accounts_over_snap_are_accepted_and_their_keys_printed() {
    let (_served, sim) = simulator().await;
    let said = check_with(&sim, true, everywhere(&sim), but_for("", "")).await;
    assert_eq!(said.code, Some(0), "{}", said.text);
    said.has(&[
        "private_key: RSA private key (PKCS#",
        "winpay_public_key: RSA public key (SPKI), 2048 bits, SHA-256 ",
        "client_secret: text, 88 characters",
        "winpay accepts us",
        "all is well",
    ]);
}

#[tokio::test]
async fn a_key_that_the_provider_does_not_have_is_named_with_its_fingerprint() {
    let (_served, sim) = simulator().await;
    for name in ["KASIR_DEMO_WINPAY_KEY", "KASIR_DEMO_NICEPAY_SNAP_KEY"] {
        let wrong = but_for(name, test_keys::STRANGER);
        let said = check_with(&sim, true, everywhere(&sim), wrong).await;
        assert_eq!(said.code, Some(1), "{name}: {}", said.text);
        said.has(&[
            "the signature is refused",
            "private_key: the provider's copy of our public key must print",
            "1 account(s) cannot be used",
        ]);
    }
    let said =
        check_with(&sim, true, everywhere(&sim), but_for("CLIENT_SECRET", "n0t.the.secret")).await;
    assert_eq!(said.code, Some(1), "{}", said.text);
    said.has(&[
        "the signature is refused",
        "snap.client_secret: text, 14 characters",
        "1 account(s) cannot be used",
    ]);
}

#[tokio::test]
async fn a_partner_nobody_knows_and_a_wrong_prefix_are_told_apart() {
    let (_served, sim) = simulator().await;
    let line = |toml: &str, name: &str| {
        let at = toml.find(name).unwrap();
        toml[at..].lines().next().unwrap().to_owned()
    };
    let everything = everywhere(&sim);
    let unknown = |toml: String| {
        let toml = everything(toml);
        let partner = line(&toml, "partner_id = ");
        toml.replace(&partner, "partner_id = \"00000000-0000-4000-8000-000000000000\"")
    };
    let said = check_with(&sim, true, unknown, but_for("", "")).await;
    assert_eq!(said.code, Some(1), "{}", said.text);
    said.has(&["the partner id is unknown on this host"]);
    let everything = everywhere(&sim);
    let astray = |toml: String| everything(toml).replace("/winpay/snap\"", "/winpay/rest\"");
    let said = check_with(&sim, true, astray, but_for("", "")).await;
    assert_eq!(said.code, Some(1), "{}", said.text);
    said.has(&["the host knows no such path", "base_url"]);
}
