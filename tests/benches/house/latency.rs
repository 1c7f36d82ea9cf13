//! What `POST /checkout/v1/{token}/attempts` adds to the provider's own time.
//!
//! Kasir signs, remembers the attempt on disk before the first byte leaves, asks the provider,
//! remembers the answer, and answers. The other side of the comparison only forwards the same
//! registration, signed beforehand, by a client with the same settings. Both take turns in one
//! process with the simulator, which takes 20 ms over every call. The clock stands still, so that
//! the desk's later inquiries are not measured with either.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use bytes::Bytes;
use hdrhistogram::Histogram;
use kasir_tests::simulator::settings::IONPAYTEST;
use kasir_tests::simulator::{Settings, VirtualClock};
use kasir_tests::town::{Ground, Town};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio::task::JoinSet;

use crate::stopwatch::{Stopwatch, median, ms};
use crate::{commits, shop, table};

/// What the provider takes.
const PROVIDER: Duration = Duration::from_millis(20);
/// Connections, and requests per round of each side.
const LOADS: [(usize, usize); 3] = [(1, 120), (8, 800), (64, 3_200)];
/// The sides take turns so often; the first turn of each warms it up and is not counted.
const ROUNDS: usize = 4;
/// Commits that are measured after each round.
const COMMITS: usize = 40;
/// Pause between two looks at whether a round is over for Kasir too, and how often it is looked.
const SETTLING: Duration = Duration::from_millis(300);
const SETTLING_MAX: usize = 200;
/// Kasir's moment, and in Jakarta.
const NOW_MS: i64 = 1_795_150_800_000;
const TIME_STAMP: &str = "20261120120000";

/// One request that is ready to go.
struct Shot {
    url: String,
    body: String,
}

/// What a correct answer to a shot is.
type Check = fn(&Value) -> bool;

/// Measures and prints.
pub(crate) async fn run(folder: &Path) {
    commits::run(folder).await;
    let mut rows = Vec::new();
    for (connections, requests) in LOADS {
        let (bare, kasir, commit) = contest(folder, connections, requests).await;
        let cell = |us: u64| format!("{:.1}", ms(us));
        let added = |at: f64| ms(kasir.value_at_quantile(at)) - ms(bare.value_at_quantile(at));
        rows.push(vec![
            connections.to_string(),
            cell(bare.value_at_quantile(0.5)),
            cell(kasir.value_at_quantile(0.5)),
            format!("{:.1}", added(0.5)),
            format!("{:.2}x", ms(kasir.value_at_quantile(0.5)) / ms(bare.value_at_quantile(0.5))),
            format!("{:.2}", ms(commit)),
            cell(bare.value_at_quantile(0.99)),
            cell(kasir.value_at_quantile(0.99)),
            format!("{:.1}", added(0.99)),
            kasir.len().to_string(),
        ]);
    }
    table::print(
        "Starting an attempt, over a provider that takes 20 ms (all in ms; \"a commit\" is the median \
         of a durable commit between the rounds)",
        &[
            "connections",
            "forward p50",
            "Kasir p50",
            "added",
            "ratio",
            "a commit",
            "forward p99",
            "Kasir p99",
            "added",
            "requests",
        ],
        &rows,
    );
}

/// Both sides in turns: the forwarder's times, Kasir's, and the median of a commit meanwhile.
async fn contest(
    folder: &Path,
    connections: usize,
    requests: usize,
) -> (Histogram<u64>, Histogram<u64>, u64) {
    let folder = tempfile::tempdir_in(folder).expect("a folder is made");
    let ground = Ground::claim(0, 0, 0).await.expect("ports are free");
    let settings = Settings { processing_delay: PROVIDER, ..Settings::default() };
    let town = Town::build(ground, folder.path(), VirtualClock::frozen(NOW_MS), settings).await;
    let forwarder = shop::serve(forwarder(&town.addresses.sim)).await;
    let histogram = || Histogram::new_with_bounds(1, 60_000_000, 3).expect("up to a minute");
    let (mut bare, mut kasir) = (histogram(), histogram());
    let (probe, mut commits) = (commits::Probe::open(folder.path()).await, Vec::new());
    for round in 0..ROUNDS {
        let counted = round > 0;
        let shots = registrations(&forwarder, round, requests);
        fire(connections, &forwarder, shots, is_registered)
            .await
            .into_iter()
            .filter(|_| counted)
            .for_each(|us| bare.saturating_record(us));
        let shots = choices(&town, requests).await;
        fire(connections, &town.addresses.pay, shots, is_placed)
            .await
            .into_iter()
            .filter(|_| counted)
            .for_each(|us| kasir.saturating_record(us));
        settled(&town).await;
        commits.extend(probe.sample(COMMITS).await);
    }
    assert_eq!(town.simulator.ledger(), [], "a registration charges nobody");
    town.stop().await;
    (bare, kasir, median(commits))
}

/// Comes back when the shop has heard of everything: what Kasir still does for one round is not to
/// be measured with the next.
async fn settled(town: &Town) {
    let client = shop::client();
    let metrics = format!("{}/metrics", town.addresses.pay);
    let mut before = None;
    for _ in 0..SETTLING_MAX {
        let said = client.get(&metrics).send().await.expect("Kasir counts").text().await;
        let said = said.expect("its counts are text");
        let now: Vec<String> = said
            .lines()
            .filter(|line| line.starts_with("kasir_webhooks_total"))
            .map(str::to_owned)
            .collect();
        if !now.is_empty() && before.as_ref() == Some(&now) {
            return;
        }
        before = Some(now);
        tokio::time::sleep(SETTLING).await;
    }
    panic!("Kasir still tells the shop of something");
}

/// Fires the shots over so many connections, each with the next as soon as one is answered; the
/// time of each.
async fn fire(connections: usize, base: &str, shots: Vec<Shot>, check: Check) -> Vec<u64> {
    let shots = Arc::new(std::sync::Mutex::new(shots));
    let mut firing = JoinSet::new();
    for _ in 0..connections {
        let (shots, alive) = (shots.clone(), format!("{base}/healthz"));
        firing.spawn(async move {
            let client = shop::client();
            client.get(alive).send().await.expect("it is there").bytes().await.expect("it speaks");
            let mut times = Vec::new();
            loop {
                let next = shots.lock().expect("nobody panicked").pop();
                let Some(shot) = next else { return times };
                let request = client.post(&shot.url).header("content-type", "application/json");
                let watch = Stopwatch::start();
                let answer = request.body(shot.body).send().await.expect("an answer comes");
                let status = answer.status();
                let body = answer.bytes().await.expect("an answer is whole");
                times.push(watch.us());
                let said: Value = serde_json::from_slice(&body).expect("an answer is JSON");
                assert!(status == StatusCode::OK && check(&said), "{status}: {said}");
            }
        });
    }
    firing.join_all().await.into_iter().flatten().collect()
}

/// A choice of DANA for each of so many new sessions.
async fn choices(town: &Town, count: usize) -> Vec<Shot> {
    let (pay, shop) = (&town.addresses.pay, &town.addresses.shop);
    let sessions = shop::open_sessions(pay, shop, count).await;
    let ready = |session: shop::Opened| Shot {
        url: format!("{pay}/checkout/v1/{}/attempts", session.client_token),
        body: json!({ "method": "dana" }).to_string(),
    };
    sessions.into_iter().map(ready).collect()
}

fn is_placed(view: &Value) -> bool {
    view["attempt"]["status"] == "pending" && view["next_action"]["kind"] == "submit"
}

fn is_registered(answer: &Value) -> bool {
    answer["resultCd"] == "0000" && answer["tXid"].as_str().is_some_and(|id| !id.is_empty())
}

/// What Kasir's side asks of NICEPAY for the same order, signed beforehand.
fn registrations(forwarder: &str, round: usize, count: usize) -> Vec<Shot> {
    let (merchant, key) = IONPAYTEST;
    let cart = json!({
        "count": "1",
        "item": [{
            "img_url": "", "goods_name": "Kopi Gayo 250 g", "goods_detail": "1 x 129000",
            "goods_amt": "129000", "goods_quantity": "1",
        }],
    });
    let registration = |number: usize| {
        let reference = format!("forward-{round}-{number}");
        let signed = format!("{TIME_STAMP}{merchant}{reference}129000{key}");
        json!({
            "timeStamp": TIME_STAMP, "iMid": merchant, "payMethod": "05", "currency": "IDR",
            "amt": "129000", "referenceNo": reference, "goodsNm": "Kopi Gayo 250 g",
            "billingNm": "Siti Nurhaliza", "billingPhone": "082111111111",
            "billingEmail": "halo@sangrai.example", "billingAddr": "Jalan Braga 1",
            "billingCity": "Bandung", "billingState": "Jawa Barat", "billingPostCd": "40111",
            "billingCountry": "Indonesia", "cartData": cart.to_string(),
            "dbProcessUrl": "https://pay.example/notify/nicepay/nicepay",
            "merchantToken": hex::encode(Sha256::digest(signed)), "userIP": "203.0.113.77",
            "mitraCd": "DANA",
        })
    };
    let shot = |number| Shot {
        url: format!("{forwarder}/forward"),
        body: registration(number).to_string(),
    };
    (0..count).map(shot).collect()
}

/// Only forwards, and hands back what is said.
fn forwarder(sim: &str) -> Router {
    let target = format!("{sim}/nicepay/direct/v2/registration");
    Router::new()
        .route("/healthz", get(|| async { "ok" }))
        .route("/forward", post(forward))
        .with_state((shop::client(), target))
}

async fn forward(
    State((client, target)): State<(reqwest::Client, String)>,
    body: Bytes,
) -> (StatusCode, Bytes) {
    let asking = client.post(target).header("content-type", "application/json").body(body).send();
    let answer = asking.await.expect("the provider answers");
    (answer.status(), answer.bytes().await.expect("its answer is whole"))
}
