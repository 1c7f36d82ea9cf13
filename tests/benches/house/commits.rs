//! What one durable commit costs: the store's `apply`, alone and with 64 at a time.

use std::fs::File;
use std::io::Write as _;
use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;

use kasir_server::dice::{Dice, SystemDice};
use kasir_server::store::{
    AttemptRecord, Begun, Change, Entry, EntryKind, Sending, SessionRecord, SqliteStore, Stage,
    Store,
};
use kasir_shared::api::merchant::Customer;
use kasir_shared::{AttemptId, MethodId, Moment, Rupiah, SessionStatus, Status};
use tokio::task::JoinSet;

use crate::stopwatch::{Stopwatch, median, ms};
use crate::table;

/// Commits that are measured one after the other.
const ALONE: usize = 400;
/// Commits of each of those who commit at the same time.
const TOGETHER: usize = 40;
const AT_A_TIME: usize = 64;
/// As much as a commit of `apply` writes to the log, in whole pages.
const PAGES: [u8; 16 * 1024] = [7; 16 * 1024];

const NOW: Moment = Moment::from_unix_s(1_795_150_800);

/// A store with one live attempt, to measure commits between other things.
pub(crate) struct Probe {
    store: SqliteStore,
    attempt: AttemptId,
}

impl Probe {
    pub(crate) async fn open(folder: &Path) -> Self {
        let (store, dice) = open(&folder.join("probe.db")).await;
        let attempt = begin(&store, &*dice).await;
        Self { store, attempt }
    }

    /// What so many commits take, one after the other.
    pub(crate) async fn sample(&self, count: usize) -> Vec<u64> {
        let mut times = Vec::with_capacity(count);
        for _ in 0..count {
            times.push(apply(&self.store, &self.attempt).await);
        }
        times
    }
}

async fn open(path: &Path) -> (SqliteStore, Arc<dyn Dice>) {
    let dice: Arc<dyn Dice> = Arc::new(SystemDice);
    let store = SqliteStore::open(path, dice.clone()).expect("it opens");
    store.migrate().await.expect("the tables are made");
    (store, dice)
}

/// Measures and prints.
pub(crate) async fn run(folder: &Path) {
    let (store, dice) = open(&folder.join("commits.db")).await;
    let store = Arc::new(store);
    let mut attempts = Vec::new();
    for _ in 0..AT_A_TIME {
        attempts.push(begin(&*store, &*dice).await);
    }

    let disk = synced_writes(folder);
    let mut alone = Vec::new();
    for _ in 0..ALONE {
        alone.push(apply(&*store, &attempts[0]).await);
    }
    let alone = median(alone);
    let watch = Stopwatch::start();
    let mut applying = JoinSet::new();
    for attempt in attempts {
        let store = store.clone();
        applying.spawn(async move {
            let mut times = Vec::new();
            for _ in 0..TOGETHER {
                times.push(apply(&*store, &attempt).await);
            }
            times
        });
    }
    let together: Vec<u64> = applying.join_all().await.into_iter().flatten().collect();
    let rate =
        AT_A_TIME * TOGETHER * 1_000_000 / usize::try_from(watch.us()).unwrap_or(usize::MAX).max(1);

    let row =
        |what: &str, us: u64, rate: String| vec![what.to_owned(), format!("{:.2}", ms(us)), rate];
    let per_second = |us: u64| (1_000_000 / us.max(1)).to_string();
    table::print(
        &format!(
            "Durable commits ({}, SQLite, WAL, synchronous=FULL)",
            table::file_system(folder).unwrap_or_default()
        ),
        &["", "median ms", "per second"],
        &[
            row("16 KiB written and synced, by itself", disk, per_second(disk)),
            row("store.apply, one at a time", alone, per_second(alone)),
            row("store.apply, 64 at a time", median(together), rate.to_string()),
        ],
    );
}

/// What the disk itself takes.
fn synced_writes(folder: &Path) -> u64 {
    let mut file = File::create(folder.join("disk")).expect("a file is made");
    let times = (0..ALONE).map(|_| {
        let watch = Stopwatch::start();
        file.write_all(&PAGES).expect("the disk has room");
        file.sync_data().expect("the disk keeps it");
        watch.us()
    });
    median(times.collect())
}

async fn apply(store: &dyn Store, attempt: &AttemptId) -> u64 {
    let mut change = Change::at(NOW);
    let summary = "asked how it stands: pending after 20 ms".to_owned();
    change.entries = vec![Entry { at: NOW, kind: EntryKind::Answer, summary, detail: None }];
    let watch = Stopwatch::start();
    let applied = store.apply(attempt, change).await.expect("a change is applied");
    let us = watch.us();
    assert_eq!(applied.attempt.status, Status::Starting);
    us
}

/// A session with a live attempt.
async fn begin(store: &dyn Store, dice: &dyn Dice) -> AttemptId {
    let session = session(dice);
    store.create_session(&session, None).await.expect("a session is kept");
    let attempt = attempt(&session, dice);
    let begun =
        store.begin_attempt(&attempt, &[], NOW.plus_s(60)).await.expect("an attempt is kept");
    assert!(matches!(begun, Begun::Started(_)), "{begun:?}");
    attempt.id
}

fn session(dice: &dyn Dice) -> SessionRecord {
    SessionRecord {
        id: dice.id(NOW),
        merchant: "sangrai-utara".to_owned(),
        client_token: dice.token("ct_"),
        url: "https://pay.example/c/x".parse().expect("an address"),
        reference: "BENCH".to_owned().try_into().expect("a reference"),
        amount: Rupiah::new(129_000).expect("an amount"),
        refunded: Rupiah::ZERO,
        items: Vec::new(),
        customer: Customer::default(),
        return_url: "https://shop.example/orders/7".parse().expect("an address"),
        methods: vec![MethodId::Dana],
        locale: None,
        metadata: std::collections::BTreeMap::new(),
        status: SessionStatus::Open,
        paid_twice: false,
        version: 1,
        created_at: NOW,
        updated_at: NOW,
        expires_at: NOW.plus_s(3600),
    }
}

fn attempt(session: &SessionRecord, dice: &dyn Dice) -> AttemptRecord {
    let id: AttemptId = dice.id(NOW);
    AttemptRecord {
        provider_reference: id.as_str().to_owned(),
        id,
        session: session.id.clone(),
        method: MethodId::Dana,
        provider: "nicepay".to_owned(),
        account: "nicepay".to_owned(),
        placings: 1,
        sending: Sending::first(NOW),
        takeovers: 0,
        claimed_amount: None,
        reason: None,
        transaction: None,
        hinted_transaction: None,
        return_token: dice.token("rt_"),
        amount: session.amount,
        refunded: Rupiah::ZERO,
        status: Status::Starting,
        stage: Stage::Placing,
        next_action: None,
        deadline: None,
        uncertain: false,
        late: false,
        phone: None,
        name: None,
        ip: IpAddr::from([203, 0, 113, 7]),
        link: None,
        created_at: NOW,
        updated_at: NOW,
        paid_at: None,
    }
}
