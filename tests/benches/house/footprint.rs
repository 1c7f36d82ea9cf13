//! What the real `kasir` holds in memory, how soon it answers, and how soon pages hear of a payment.

use std::path::Path;
use std::sync::Arc;

use kasir_tests::simulator::{Settings, Simulator, VirtualClock};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::process::{Process, binary};
use crate::shop::{self, Opened};
use crate::stopwatch::{Stopwatch, median, ms};
use crate::{streams, table};

/// Open event streams.
const STREAMS: usize = 1_000;
/// Starts that the median is taken of.
const STARTS: usize = 15;
/// How many attempts are started at a time.
const AT_A_TIME: usize = 32;

/// Measures and prints.
pub(crate) async fn run(folder: &Path) {
    let folder = tempfile::tempdir_in(folder).expect("a folder is made");
    let simulator = Simulator::new(Arc::new(VirtualClock::running()), Settings::default());
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let served = simulator.serve(listener).expect("the simulators are served");
    let town = Town { sim: served.url(""), shop: shop::take_webhooks().await, simulator };

    starts(folder.path(), &town).await;
    let kasir = Process::start(folder.path(), &town.shop, &town.sim).await;
    each_their_own(&kasir, &town).await;
    one_for_all(&kasir, &town).await;
    drop(kasir);
    served.stop().await;
}

/// Everybody else whom Kasir speaks with.
struct Town {
    simulator: Simulator,
    sim: String,
    shop: String,
}

/// How soon it answers: on an empty folder, and again on the database that is there.
async fn starts(folder: &Path, town: &Town) {
    let first = Process::start(folder, &town.shop, &town.sim).await.ready_after;
    let mut again = Vec::new();
    for _ in 0..STARTS {
        let process = Process::start(folder, &town.shop, &town.sim).await;
        again.push(u64::try_from(process.ready_after.as_micros()).unwrap_or(u64::MAX));
    }
    let size = std::fs::metadata(binary()).map(|file| file.len()).unwrap_or_default();
    table::print(
        "Start of the kasir binary",
        &["", ""],
        &[
            vec![
                "first start, tables made (ms)".to_owned(),
                format!("{:.1}", first.as_secs_f64() * 1e3),
            ],
            vec![
                format!("start to first answer, median of {STARTS} (ms)"),
                format!("{:.1}", ms(median(again))),
            ],
            vec!["size of the binary (KiB)".to_owned(), (size / 1024).to_string()],
        ],
    );
}

/// A thousand customers, each with a session and a page that watches it; all pay at once.
async fn each_their_own(kasir: &Process, town: &Town) {
    let idle = kasir.resident_kib();
    let sessions = shop::open_sessions(&kasir.url(), &town.shop, STREAMS).await;
    let before = kasir.resident_kib();
    let tokens: Vec<String> = sessions.iter().map(|session| session.client_token.clone()).collect();
    let watchers = streams::open(kasir.address, &tokens).await;
    let open = kasir.resident_kib();
    let per_stream = open.saturating_sub(before) * 10 / u64::try_from(STREAMS).unwrap_or(1);

    start_attempts(kasir, sessions).await;
    let watchers = streams::all_hear(watchers, PENDING).await;
    let watch = Stopwatch::start();
    approve_all(town);
    let watchers = streams::all_hear(watchers, PAID).await;
    let paid = watch.us();
    let after = kasir.resident_kib();
    drop(watchers);

    let row = |what: &str, figure: String| vec![what.to_owned(), figure];
    table::print(
        "Memory of the kasir binary (VmRSS)",
        &["", "KiB"],
        &[
            row("idle", idle.to_string()),
            row("after 1,000 sessions were opened", before.to_string()),
            row("with 1,000 event streams, a session each", open.to_string()),
            row("per stream", format!("{}.{}", per_stream / 10, per_stream % 10)),
            row("after all of them were paid", after.to_string()),
        ],
    );
    table::print(
        "1,000 customers pay in the same moment",
        &["", "ms"],
        &[row("until every page has heard it", format!("{:.0}", ms(paid)))],
    );
}

/// A thousand pages that watch one session, which is paid.
async fn one_for_all(kasir: &Process, town: &Town) {
    let sessions = shop::open_sessions(&kasir.url(), &town.shop, 1).await;
    let token = sessions.first().expect("one was opened").client_token.clone();
    let watchers = streams::open(kasir.address, &vec![token; STREAMS]).await;
    start_attempts(kasir, sessions).await;
    let watchers = streams::all_hear(watchers, PENDING).await;
    let watch = Stopwatch::start();
    approve_all(town);
    let watchers = streams::all_hear(watchers, PAID).await;
    let heard = watch.us();
    drop(watchers);
    table::print(
        "1,000 pages watch one session, which is paid",
        &["", "ms"],
        &[vec!["until every page has heard it".to_owned(), format!("{:.0}", ms(heard))]],
    );
}

/// What the view says once an attempt is placed, and once it is paid.
const PENDING: &str = "\"status\":\"pending\"";
const PAID: &str = "\"status\":\"paid\"";

async fn start_attempts(kasir: &Process, sessions: Vec<Opened>) {
    let client = shop::client();
    for sessions in sessions.chunks(AT_A_TIME) {
        let mut starting = JoinSet::new();
        for session in sessions {
            let url = format!("{}/checkout/v1/{}/attempts", kasir.url(), session.client_token);
            let asking = client.post(url).json(&json!({ "method": "dana" })).send();
            starting.spawn(async move {
                let view: Value = asking.await.expect("Kasir answers").json().await.expect("JSON");
                assert_eq!(view["attempt"]["status"], "pending", "{view}");
            });
        }
        starting.join_all().await;
    }
}

/// Every customer who has not paid yet pays.
fn approve_all(town: &Town) {
    for transaction in town.simulator.transactions() {
        if transaction.status.is_open() {
            town.simulator.approve(&transaction.id).expect("an open order can be paid");
        }
    }
}
