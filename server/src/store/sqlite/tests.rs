//! The contract, held by SQLite; and what is SQLite's own.

use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;

use aws_lc_rs::digest;
use kasir_shared::{Event, LinkStatus, Moment};
use rusqlite::Connection;
use tempfile::TempDir;

use super::super::contract::{self, Bench, Case, learnt};
use super::super::tx::Driver;
use super::super::{Sending, Stage, Store, StoreError, sql};
use super::SqliteStore;
use crate::dice::SystemDice;

const NAMES: [&str; 4] = ["0001_first_tables", "0002_routing", "0003_links", "0004_catalogues"];

struct Place {
    _dir: TempDir,
    file: PathBuf,
}

impl Place {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("kasir.db");
        Self { _dir: dir, file }
    }

    fn open(&self) -> SqliteStore {
        SqliteStore::open(&self.file, Arc::new(SystemDice)).unwrap()
    }

    async fn migrated(&self) -> SqliteStore {
        let store = self.open();
        store.migrate().await.unwrap();
        store
    }

    fn by_hand(&self) -> Connection {
        let connection = Connection::open(&self.file).unwrap();
        connection.busy_timeout(super::BUSY_TIMEOUT).unwrap();
        connection.pragma_update(None, "foreign_keys", true).unwrap();
        connection
    }
}

async fn bench_at(place: Arc<Place>) -> Bench {
    let store = place.migrated().await;
    let other = place.clone();
    Bench {
        store: Arc::new(store),
        dice: Arc::new(SystemDice),
        tamper: Arc::new(move |statement| place.by_hand().execute_batch(statement).is_ok()),
        loosen: Arc::new(move |table| {
            let text = format!(
                "PRAGMA foreign_keys = OFF;
                CREATE TABLE loose AS SELECT * FROM {table};
                DROP TABLE {table};
                ALTER TABLE loose RENAME TO {table};"
            );
            other.by_hand().execute_batch(&text).unwrap();
        }),
    }
}

async fn hold(cases: Vec<Case>) {
    contract::hold(cases, async || bench_at(Arc::new(Place::new())).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_kept_as_the_contract_says() {
    hold(contract::keys::cases()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_are_kept_as_the_contract_says() {
    hold(contract::sessions::cases()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn attempts_are_kept_as_the_contract_says() {
    hold(contract::attempts::cases()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_are_kept_as_the_contract_says() {
    hold(contract::jobs::cases()).await;
}

#[tokio::test]
async fn catalogues_are_kept_as_the_contract_says() {
    hold(contract::catalogues::cases()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn notices_are_kept_as_the_contract_says() {
    hold(contract::notices::cases()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn refunds_are_kept_as_the_contract_says() {
    hold(contract::refunds::cases()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn links() {
    hold(contract::links::cases()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn events_are_kept_as_the_contract_says() {
    hold(contract::events::cases()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn damaged_rows_are_found_as_the_contract_says() {
    hold(contract::damage::cases()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn load_is_borne_as_the_contract_says() {
    hold(contract::load::cases()).await;
}

#[tokio::test]
async fn a_file_without_tables_is_not_ready() {
    let place = Place::new();
    let store = place.open();
    store.ready().await.unwrap_err();
    assert_eq!(store.pending().await.unwrap(), NAMES);
    let missing = store.ready().await.unwrap_err();
    assert!(matches!(missing, StoreError::Migration { .. }), "{missing}");
    assert_eq!(store.migrate().await.unwrap(), NAMES);
    assert!(store.migrate().await.unwrap().is_empty());
    assert!(store.pending().await.unwrap().is_empty());
    store.ready().await.unwrap();
}

#[cfg(unix)]
#[tokio::test]
async fn only_its_owner_reads_the_file() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::new();
    let store = place.migrated().await;
    for file in ["kasir.db", "kasir.db-wal", "kasir.db-shm"] {
        let metadata = std::fs::metadata(place.file.with_file_name(file)).unwrap();
        assert_eq!(metadata.permissions().mode() & 0o777, 0o600, "{file}");
    }
    drop(store);
}

#[tokio::test]
async fn what_the_first_tables_held_is_held_by_all_that_follow() {
    let place = Place::new();
    let sha256 = |text: &str| hex::encode(digest::digest(&digest::SHA256, text.as_bytes()));
    let first = super::MIGRATIONS[0].text;
    let connection = place.by_hand();
    connection.execute_batch(sql::MIGRATIONS_TABLE).unwrap();
    connection.execute_batch(first).unwrap();
    let applied = "INSERT INTO migrations (name, sha256) VALUES (?1, ?2)";
    connection.execute(applied, [NAMES[0], &sha256(first)]).unwrap();
    connection
        .execute_batch(
            "INSERT INTO sessions VALUES ('cs_1', 'toko', 'ct_1', 'hash', 'https://pay.example/c/1',
                'SU-1', 150000, 0, '[]', '{}', 'https://toko.example/', '[\"ovo\"]', NULL, '{}',
                'open', 0, 2, 7000, 7000, 9000000);
            INSERT INTO attempts VALUES ('pay_1', 'cs_1', 'ovo', 'nicepay', 'main', 'pay_1', 1, 'TX',
                NULL, 'rt_1', 150000, 0, 'pending', 'placed', NULL, NULL, 0, 0, NULL, NULL,
                '203.0.113.7', NULL, 7000, 8000, NULL);
            INSERT INTO order_numbers VALUES ('main', 'pay_1', 'pay_1');
            INSERT INTO timeline VALUES ('pay_1', 1, 7000, 'page', 'chose', NULL, NULL, NULL),
                ('pay_1', 2, 7000, 'silence', 'nothing', NULL, NULL, 'x');",
        )
        .unwrap();
    let store = place.open();
    assert_eq!(store.migrate().await.unwrap(), NAMES[1..]);
    let known = store.attempt(&"pay_1".parse().unwrap()).await.unwrap();
    let (_, attempt) = known.unwrap();
    assert_eq!((attempt.stage, attempt.takeovers), (Stage::Placed, 0));
    assert_eq!(attempt.sending, Sending::first(Moment { unix_ms: 7000 }));
    assert_eq!(attempt.transaction.as_deref(), Some("TX"));
    let history = store.history("toko", &attempt.id).await.unwrap().unwrap();
    let kinds: Vec<_> = history.timeline.iter().map(|entry| entry.kind.as_str()).collect();
    assert_eq!(kinds, ["page", "silence"]);
    let found = store.attempt_by_reference("main", "pay_1").await.unwrap();
    assert_eq!(found, Some(attempt.id));
}

#[tokio::test]
async fn a_migration_that_was_changed_afterwards_is_refused() {
    let place = Place::new();
    let store = place.migrated().await;
    place.by_hand().execute("UPDATE migrations SET sha256 = 'other'", []).unwrap();
    for refused in [store.ready().await.unwrap_err(), store.migrate().await.unwrap_err()] {
        assert!(
            matches!(refused, StoreError::Migration { problem, .. } if problem.contains("changed"))
        );
    }
}

#[tokio::test]
async fn two_processes_may_migrate_at_once() {
    let place = Place::new();
    let (one, two) = (place.open(), place.open());
    let (first, second) = tokio::join!(one.migrate(), two.migrate());
    assert_eq!(first.unwrap().len() + second.unwrap().len(), NAMES.len());
    one.ready().await.unwrap();
}

#[tokio::test]
async fn a_panic_in_one_unit_harms_neither_the_others_nor_the_thread() {
    let place = Place::new();
    let store = Arc::new(place.migrated().await);
    let units = (0..30).map(|unit| {
        let store = store.clone();
        tokio::spawn(async move {
            let insert = "INSERT INTO migrations (name, sha256) VALUES ($1, 'x')";
            let written = store.write(move |tx| {
                tx.execute(insert, &[super::super::tx::Value::Text(format!("unit {unit:02}"))])?;
                assert!(unit % 3 != 0, "a fault of ours");
                Ok(())
            });
            written.await.is_ok()
        })
    });
    let mut kept = 0;
    for unit in units.collect::<Vec<_>>() {
        kept += i64::from(unit.await.unwrap());
    }
    let count = "SELECT COUNT(*) FROM migrations WHERE sha256 = 'x'";
    let on_disk: i64 = place.by_hand().query_row(count, [], |row| row.get(0)).unwrap();
    assert_eq!((kept, on_disk), (20, 20));
}

#[tokio::test]
async fn a_reader_cannot_write() {
    let place = Place::new();
    let store = place.migrated().await;
    store.read(|tx| tx.execute("DELETE FROM jobs", &[])).await.unwrap_err();
}

#[tokio::test]
async fn what_was_accepted_is_on_disk_when_the_store_is_gone() {
    let place = Arc::new(Place::new());
    let bench = bench_at(place.clone()).await;
    let (_, attempt) = bench.after(&[]).await;
    let (store, id) = (bench.store.clone(), attempt.id.clone());
    drop(bench);
    let mut change = store.apply(&id, learnt(Event::Settled));
    let mut nobody = std::task::Context::from_waker(std::task::Waker::noop());
    assert!(change.as_mut().poll(&mut nobody).is_pending());
    drop(change);
    drop(store);
    let (session, _) = place.open().attempt(&attempt.id).await.unwrap().unwrap();
    assert!(session.status.was_paid());
}

/// The other half of the next test: given a file it goes on until it is killed.
#[tokio::test]
async fn a_writer_acknowledges_what_is_on_disk() {
    let given = given_file();
    let alone = given.is_none();
    let dir = tempfile::tempdir().unwrap();
    let file = given.unwrap_or_else(|| dir.path().join("kasir.db"));
    let place = Arc::new(Place { _dir: dir, file });
    let bench = bench_at(place.clone()).await;
    let paid = "SELECT COUNT(*) FROM attempts WHERE id = ?1 AND status = 'paid'";
    loop {
        let (_, attempt) = bench.after(&[Event::Accepted, Event::Settled]).await;
        let id = attempt.id.as_str();
        let on_disk: u32 = place.by_hand().query_row(paid, [id], |row| row.get(0)).unwrap();
        assert_eq!(on_disk, 1);
        println!("acknowledged");
        if alone {
            return;
        }
    }
}

/// `--skip` takes any text; here it carries the file to the other half.
fn given_file() -> Option<PathBuf> {
    let mut arguments = std::env::args().skip_while(|argument| argument != "--skip");
    arguments.nth(1).map(PathBuf::from).filter(|file| file.is_absolute())
}

#[tokio::test]
async fn killing_the_process_at_any_time_leaves_no_half_change() {
    use std::io::{BufRead as _, BufReader};
    let place = Place::new();
    drop(place.migrated().await);
    let mut acknowledged: u32 = 0;
    for lines in 1..=6 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["a_writer_acknowledges_what_is_on_disk", "--nocapture", "--skip"])
            .arg(&place.file)
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        let heard = BufReader::new(child.stdout.take().unwrap()).lines();
        acknowledged += heard
            .map_while(Result::ok)
            .filter(|line| line.contains("acknowledged"))
            .take(lines * 3)
            .fold(0, |count, _| count + 1);
        child.kill().unwrap();
        child.wait().unwrap();
    }
    assert_eq!(acknowledged, 3 * (1 + 2 + 3 + 4 + 5 + 6));
    let count =
        |sql: &str| -> u32 { place.by_hand().query_row(sql, [], |row| row.get(0)).unwrap() };
    let paid = count("SELECT COUNT(*) FROM sessions WHERE status = 'paid'");
    assert!(paid >= acknowledged, "{paid} of {acknowledged}");
    assert_eq!(count("SELECT COUNT(*) FROM attempts WHERE status = 'paid'"), paid);
    assert_eq!(count("SELECT COUNT(*) FROM events WHERE kind = 'session.paid'"), paid);
    assert_eq!(count("SELECT COUNT(*) FROM timeline WHERE status_after = 'paid'"), paid);
    let unsent = "SELECT COUNT(*) FROM events WHERE id NOT IN (SELECT subject FROM jobs)";
    assert_eq!(count(unsent), 0);
    let orphans = "SELECT COUNT(*) FROM sessions WHERE id NOT IN (SELECT subject FROM jobs)";
    assert_eq!(count(orphans), 0);
    let check: String =
        place.by_hand().query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(check, "ok");
}

/// How SQLite goes about a statement.
fn plan(connection: &Connection, statement: &str) -> Vec<String> {
    let sql = format!("EXPLAIN QUERY PLAN {}", super::tx::in_sqlite(statement));
    let mut explained = connection.prepare(&sql).unwrap();
    let parameters = vec![rusqlite::types::Null; explained.parameter_count()];
    let steps = explained.query_map(rusqlite::params_from_iter(parameters), |row| row.get(3));
    steps.unwrap().collect::<Result<_, _>>().unwrap()
}

#[tokio::test]
async fn every_query_has_its_index() {
    let place = Place::new();
    drop(place.migrated().await);
    let connection = place.by_hand();
    let statements: Vec<_> = include_str!("../sql.rs")
        .split('"')
        .skip(1)
        .step_by(2)
        .filter(|statement| {
            let verb = statement.trim_start().split(' ').next().unwrap_or_default();
            ["SELECT", "UPDATE", "DELETE"].contains(&verb)
                && [" FROM ", " SET "].iter().any(|word| statement.contains(word))
                && !statement.contains('{')
                && !statement.contains("migrations")
        })
        .collect();
    assert!(statements.len() > 35, "{}", statements.len());
    for statement in statements {
        let plan = plan(&connection, statement);
        assert!(!plan.iter().any(|step| step.starts_with("SCAN")), "{statement}: {plan:?}");
    }
}

#[tokio::test]
async fn every_list_of_sessions_has_its_index() {
    let place = Place::new();
    drop(place.migrated().await);
    let connection = place.by_hand();
    for (conditions, index) in [
        (&["created_at >", "id <"][..], "sessions_by_merchant"),
        (&["status ="], "sessions_by_status"),
        (&["reference =", "id <"], "sessions_by_reference"),
    ] {
        for sql in [sql::sessions(conditions), sql::attempts_of_sessions(conditions)] {
            let plan = plan(&connection, &sql);
            assert!(plan.iter().any(|step| step.contains(index)), "{sql}: {plan:?}");
            assert!(!plan.iter().any(|step| step.starts_with("SCAN")), "{sql}: {plan:?}");
        }
    }
}

#[test]
fn sqlite_numbers_parameters_and_locks_no_rows() {
    let sql = "SELECT $2, $1 FROM t FOR UPDATE SKIP LOCKED";
    assert_eq!(super::tx::in_sqlite(sql), "SELECT ?2, ?1 FROM t");
}

#[tokio::test]
async fn links_of_an_older_version_keep_their_agreement_and_find_their_session() {
    let place = Place::new();
    let by_hand = place.by_hand();
    for migration in &super::MIGRATIONS[..2] {
        by_hand.execute_batch(migration.text).unwrap();
    }
    by_hand
        .execute_batch(
            "INSERT INTO sessions VALUES ('cs_1', 'toko', 'ct_1', 'hash', 'https://pay.example/c/1',
                'A-1', 1000, 0, '[]', '{\"id\":\"cust-7\"}', 'https://toko.example/', '[\"astrapay\"]',
                NULL, '{}', 'open', 0, 1, 10, 10, 99);
            INSERT INTO links VALUES
                ('lnk_1', 'toko', 'customer:cust-7', 'astrapay', 'nicepay', 'main', 'active',
                    '+6281234567890', 'v1.a.AAAA', 11, 11),
                ('lnk_2', 'toko', 'customer:cust-7', 'astrapay', 'nicepay', 'main', 'active',
                    '+6281234567891', 'v1.a.BBBB', 12, 12),
                ('lnk_3', 'toko', 'session:cs_1', 'astrapay', 'nicepay', 'main', 'pending',
                    NULL, NULL, 13, 13);
            INSERT INTO attempts (id, session, method, provider, account, provider_reference,
                placings, return_token, amount, refunded, status, stage, uncertain, late, ip,
                created_at, updated_at)
                VALUES ('pay_1', 'cs_1', 'astrapay', 'nicepay', 'main', 'pay_1', 1, 'rt_1', 1000, 0,
                    'pending', 'linking', 0, 0, '203.0.113.7', 13, 13);
            INSERT INTO jobs VALUES ('attempt', 'pay_1', 20, NULL, 20, 0, 0, 0);
            CREATE TABLE migrations (name TEXT NOT NULL PRIMARY KEY, sha256 TEXT NOT NULL);",
        )
        .unwrap();
    for migration in &super::MIGRATIONS[..2] {
        let sha256 = hex::encode(digest::digest(&digest::SHA256, migration.text.as_bytes()));
        by_hand
            .execute("INSERT INTO migrations VALUES (?1, ?2)", [migration.name, sha256.as_str()])
            .unwrap();
    }
    drop(by_hand);

    let store = place.migrated().await;
    let links = store.links("toko", "customer:cust-7", None).await.unwrap();
    let known: Vec<_> = links
        .iter()
        .map(|link| (link.status, link.sealed.as_ref().map(|sealed| sealed.0.as_str())))
        .collect();
    let kept = (LinkStatus::Active, Some("v1.a.BBBB"));
    assert_eq!(known, [(LinkStatus::Gone, None), kept], "the last one stays");
    assert!(links.iter().all(|link| link.session.as_str() == "cs_1" && link.state_used));
    assert_ne!(links[0].return_token, links[1].return_token);
    let session = links[0].session.clone();
    let begun = store.links_of_session(&session).await.unwrap();
    let waited = begun.iter().find(|link| link.id.as_str() == "lnk_3").unwrap();
    assert_eq!(
        (waited.status, waited.trouble),
        (LinkStatus::Gone, Some(kasir_shared::LinkTrouble::Expired))
    );
    let (_, attempt) = store.attempt(&"pay_1".parse().unwrap()).await.unwrap().unwrap();
    assert_eq!((attempt.stage, attempt.status), (Stage::Placing, kasir_shared::Status::Pending));
    assert_eq!(store.next_due().await.unwrap(), Some(Moment { unix_ms: 20 }));
}
