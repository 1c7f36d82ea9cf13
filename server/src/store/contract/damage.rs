//! Rows that somebody changed by hand are errors, never something else.

use kasir_shared::Event;

use super::super::StoreError;
use super::{Bench, Case, MERCHANT, case};

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case(the_database_refuses_what_cannot_be),
        case(a_damaged_session_is_an_error_that_names_the_place),
        case(a_damaged_attempt_is_an_error_that_names_the_place),
        case(a_damaged_event_is_an_error_that_names_the_place),
    ]
}

async fn the_database_refuses_what_cannot_be(bench: Bench) {
    bench.after(&[Event::Settled]).await;
    for statement in [
        "UPDATE sessions SET amount = NULL",
        "UPDATE sessions SET amount = 'ten'",
        "UPDATE sessions SET amount = 0",
        "UPDATE sessions SET amount = 1000000000000",
        "UPDATE sessions SET refunded = amount + 1",
        "UPDATE sessions SET status = 'payed'",
        "UPDATE sessions SET paid_twice = 2",
        "UPDATE attempts SET refunded = -1",
        "UPDATE attempts SET session = 'cs_nobody'",
        "UPDATE attempts SET status = NULL",
        "UPDATE attempts SET return_token = NULL",
        "UPDATE attempts SET sendings = -1",
        "UPDATE attempts SET takeovers = NULL",
        "UPDATE attempts SET claimed_amount = -1",
        "UPDATE attempts SET reason = 'bored'",
        "UPDATE attempts SET stage = 'lost'",
        "UPDATE timeline SET kind = 'gossip'",
        "UPDATE events SET delivery = 'lost'",
        "UPDATE jobs SET kind = 'chore'",
        "DELETE FROM sessions",
    ] {
        assert!(!(bench.tamper)(statement), "{statement}");
    }
    let second =
        "INSERT INTO attempts (id, return_token, status, session, method, provider, account,
        provider_reference, placings, amount, refunded, stage, uncertain, late, ip, created_at,
        updated_at, issued_at, sent_at, sendings, takeovers)
        SELECT 'pay_2', 'rt_2', 'pending', session, method, provider, account,
        provider_reference, placings, amount, refunded, stage, uncertain, late, ip, created_at,
        updated_at, issued_at, sent_at, sendings, takeovers FROM attempts WHERE id <> 'pay_2'";
    assert!((bench.tamper)(second), "one live attempt is allowed");
    let third = second.replace("pay_2', ", "pay_3', ").replace("rt_2", "rt_3");
    assert!(!(bench.tamper)(&third), "two are not");
}

/// Every damage by name of column, and the value that is put there.
async fn finds(bench: &Bench, table: &'static str, damage: &[(&'static str, &str)]) {
    let (session, attempt) = bench.after(&[Event::Settled]).await;
    let event = bench.store.events(MERCHANT, None, 1).await.unwrap().remove(0);
    (bench.loosen)(table);
    for (broken, value) in damage {
        assert!((bench.tamper)(&format!("CREATE TABLE saved AS SELECT * FROM {table}")));
        assert!((bench.tamper)(&format!("UPDATE {table} SET {broken} = {value}")), "{broken}");
        let found = match table {
            "sessions" => bench.store.session(MERCHANT, &session.id).await.err(),
            "attempts" => bench.store.attempt(&attempt.id).await.err(),
            _ => bench.store.event(&event.id).await.err(),
        };
        let Some(StoreError::Inconsistent { table: found_in, column, row }) = found else {
            panic!("{table}.{broken} = {value}: {found:?}");
        };
        assert_eq!((found_in, column), (table, *broken));
        assert!([session.id.as_str(), attempt.id.as_str(), event.id.as_str()].contains(&&*row));
        let healed = format!(
            "UPDATE {table} SET {broken} =
                (SELECT saved.{broken} FROM saved WHERE saved.id = {table}.id)"
        );
        assert!((bench.tamper)(&healed));
        assert!((bench.tamper)("DROP TABLE saved"));
    }
    assert_eq!(bench.read(&session).await.session, session, "it was the damage, not the tampering");
}

async fn a_damaged_session_is_an_error_that_names_the_place(bench: Bench) {
    let damage = [
        ("amount", "NULL"),
        ("amount", "-1"),
        ("amount", "1000000000000"),
        ("refunded", "NULL"),
        ("status", "NULL"),
        ("status", "'payed'"),
        ("paid_twice", "2"),
        ("paid_twice", "NULL"),
        ("version", "-1"),
        ("created_at", "NULL"),
        ("expires_at", "NULL"),
        ("url", "'javascript:alert(1)'"),
        ("return_url", "'http://plain.example/'"),
        ("items", "'[{'"),
        ("items", "NULL"),
        ("customer", "'7'"),
        ("methods", "'[\"visa\"]'"),
        ("metadata", "'null'"),
        ("reference", "''"),
        ("locale", "'fr'"),
        ("client_token", "NULL"),
    ];
    finds(&bench, "sessions", &damage).await;
}

async fn a_damaged_attempt_is_an_error_that_names_the_place(bench: Bench) {
    let damage = [
        ("session", "'pay_1'"),
        ("method", "'visa'"),
        ("placings", "NULL"),
        ("placings", "-1"),
        ("issued_at", "NULL"),
        ("sendings", "-1"),
        ("takeovers", "NULL"),
        ("claimed_amount", "'much'"),
        ("reason", "'bored'"),
        ("amount", "NULL"),
        ("refunded", "NULL"),
        ("status", "'PAID'"),
        ("stage", "'somewhere'"),
        ("next_action", "'{\"kind\":\"fly\"}'"),
        ("uncertain", "NULL"),
        ("late", "7"),
        ("phone", "'021'"),
        ("ip", "'localhost'"),
        ("link", "'cs_1'"),
        ("updated_at", "NULL"),
        ("return_token", "NULL"),
    ];
    finds(&bench, "attempts", &damage).await;
}

async fn a_damaged_event_is_an_error_that_names_the_place(bench: Bench) {
    let damage = [
        ("kind", "'session.lost'"),
        ("delivery", "'lost'"),
        ("tries", "NULL"),
        ("version", "NULL"),
        ("data", "NULL"),
        ("session", "'x'"),
        ("created_at", "NULL"),
    ];
    finds(&bench, "events", &damage).await;
}
