//! Notifications, and returning browsers.

use kasir_shared::{AttemptId, Event, Status};

use super::super::{Change, Entry, EntryKind, NextLook, NotificationRecord, StoreError};
use super::{ACCOUNT, Bench, Case, at, case, learnt, rp};

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case(a_notification_about_nobodys_attempt_is_refused),
        case(a_repeated_notification_is_kept_once_and_looked_into_again),
        case(a_hundred_copies_at_once_are_one_notification),
        case(the_same_body_at_another_account_is_another_notification),
        case(a_notification_changes_no_status),
        case(what_a_browser_says_never_outranks_a_notification),
        case(another_amount_is_an_alarm_and_settles_nothing_until_ours_is_confirmed),
        case(a_payment_is_known_since_it_was_first_told_of),
        case(only_twenty_returns_are_noted),
        case(only_twenty_questions_are_noted_and_none_keeps_a_notification_out),
    ]
}

fn notification(attempt: Option<&AttemptId>) -> NotificationRecord {
    NotificationRecord {
        provider: "winpay".to_owned(),
        account: ACCOUNT.to_owned(),
        at: at(6),
        digest: "d".repeat(64),
        body: b"{\"latestTransactionStatus\":\"00\"}\xff".to_vec(),
        attempt: attempt.cloned(),
        transaction: Some("TX-9".to_owned()),
        amount: None,
    }
}

async fn another_amount_is_an_alarm_and_settles_nothing_until_ours_is_confirmed(bench: Bench) {
    let (_, attempt) = bench.after(&[Event::Accepted]).await;
    let ours = NotificationRecord {
        amount: Some(attempt.amount),
        digest: "e".repeat(64),
        ..notification(Some(&attempt.id))
    };
    assert!(bench.store.keep_notification(&ours).await.unwrap().new);
    assert_eq!(bench.noted(&attempt.id, "alarm").await, 0);
    let theirs = NotificationRecord { amount: Some(rp(15_000)), ..notification(Some(&attempt.id)) };
    assert!(bench.store.keep_notification(&theirs).await.unwrap().new);
    assert!(!bench.store.keep_notification(&theirs).await.unwrap().new);
    assert_eq!(bench.noted(&attempt.id, "alarm").await, 1);
    let kept = bench.history(&attempt.id).await.attempt;
    assert_eq!((kept.claimed_amount, kept.status), (Some(rp(15_000)), Status::Pending));
    let doubted = bench.happens(&attempt.id, Event::Settled).await;
    assert!(doubted.alarmed);
    assert_eq!(doubted.attempt.status, Status::Pending);
    assert!(doubted.attempt.uncertain && doubted.attempt.next_action.is_none());
    let confirmed = Change { amount_confirmed: true, ..learnt(Event::Settled) };
    let applied = bench.store.apply(&attempt.id, confirmed).await.unwrap();
    assert_eq!((applied.attempt.status, applied.alarmed), (Status::Paid, false));
}

async fn a_payment_is_known_since_it_was_first_told_of(bench: Bench) {
    let (_, attempt) = bench.after(&[Event::Accepted]).await;
    let told = async |digest: &str, transaction: Option<&str>, seconds| {
        let note = NotificationRecord {
            digest: digest.repeat(64),
            transaction: transaction.map(str::to_owned),
            at: at(seconds),
            ..notification(Some(&attempt.id))
        };
        let kept = bench.store.keep_notification(&note).await.unwrap();
        (kept.new, kept.since, kept.first_transaction)
    };
    let first = |transaction: &str| Some(transaction.to_owned());
    assert_eq!(told("a", None, 6).await, (true, at(6), None));
    assert_eq!(told("b", Some("TX-9"), 7).await, (true, at(7), first("TX-9")));
    assert_eq!(told("c", Some("TX-1"), 8).await, (true, at(8), first("TX-9")));
    for (digest, transaction, since) in
        [("b", Some("TX-9"), 7), ("c", Some("TX-1"), 8), ("a", None, 6)]
    {
        assert_eq!(told(digest, transaction, 90).await, (false, at(since), first("TX-9")));
    }
    assert_eq!(told("d", Some("TX-9"), 91).await, (true, at(7), first("TX-9")));
}

fn returned() -> Entry {
    Entry { at: at(7), kind: EntryKind::Return, summary: "came back".to_owned(), detail: None }
}

async fn a_notification_about_nobodys_attempt_is_refused(bench: Bench) {
    let nobody = bench.new_attempt(&bench.new_session(at(0)), at(0)).id;
    let missing = bench.store.keep_notification(&notification(Some(&nobody))).await.unwrap_err();
    assert!(matches!(missing, StoreError::Missing { what: "attempt" }));
    assert!(
        bench.store.keep_notification(&notification(None)).await.unwrap().new,
        "nothing was kept"
    );
    assert!(!bench.store.keep_notification(&notification(None)).await.unwrap().new);
}

async fn a_repeated_notification_is_kept_once_and_looked_into_again(bench: Bench) {
    let (session, attempt) = bench.after(&[]).await;
    let note = notification(Some(&attempt.id));
    assert!(bench.store.keep_notification(&note).await.unwrap().new);
    assert_eq!(bench.store.next_due().await.unwrap(), Some(at(6)));
    let jobs = bench.store.claim_jobs(at(6), 60, 9).await.unwrap();
    let next = Change { next_look: NextLook::At(at(900)), ..Change::at(at(6)) };
    bench.store.apply(&attempt.id, next).await.unwrap();
    bench.store.finish_job(&jobs[0], super::super::Finish::AsPlanned).await.unwrap();
    assert_eq!(bench.store.next_due().await.unwrap(), Some(at(900)));

    assert!(!bench.store.keep_notification(&note).await.unwrap().new);
    assert_eq!(bench.store.next_due().await.unwrap(), Some(at(6)));
    assert_eq!(bench.noted(&attempt.id, "notification").await, 1);
    let now = bench.read(&session).await;
    assert_eq!(now.attempts[0].hinted_transaction.as_deref(), Some("TX-9"));
    assert_eq!(now.session.version, session.version, "nobody sees a hint");
}

async fn a_hundred_copies_at_once_are_one_notification(bench: Bench) {
    let (_, attempt) = bench.after(&[]).await;
    let copies = (0..100).map(|_| {
        let (store, note) = (bench.store.clone(), notification(Some(&attempt.id)));
        tokio::spawn(async move { store.keep_notification(&note).await.unwrap().new })
    });
    let mut new = 0;
    for copy in copies.collect::<Vec<_>>() {
        new += usize::from(copy.await.unwrap());
    }
    assert_eq!(new, 1);
    assert_eq!(bench.noted(&attempt.id, "notification").await, 1);
}

async fn the_same_body_at_another_account_is_another_notification(bench: Bench) {
    let elsewhere = NotificationRecord { account: "nicepay-main".to_owned(), ..notification(None) };
    assert!(bench.store.keep_notification(&notification(None)).await.unwrap().new);
    assert!(bench.store.keep_notification(&elsewhere).await.unwrap().new);
}

async fn a_notification_changes_no_status(bench: Bench) {
    let (session, attempt) = bench.after(&[Event::Accepted]).await;
    bench.store.keep_notification(&notification(Some(&attempt.id))).await.unwrap();
    let now = bench.read(&session).await;
    assert_eq!((now.session, now.attempts[0].status), (session, attempt.status));
    assert!(now.attempts[0].transaction.is_none());
}

async fn what_a_browser_says_never_outranks_a_notification(bench: Bench) {
    let (_, attempt) = bench.after(&[]).await;
    let hinted = async || bench.history(&attempt.id).await.attempt.hinted_transaction;
    bench.store.keep_return(&attempt.id, Some("B-1"), &returned()).await.unwrap();
    assert_eq!(hinted().await.as_deref(), Some("B-1"));
    bench.store.keep_return(&attempt.id, Some("B-2"), &returned()).await.unwrap();
    bench.store.keep_return(&attempt.id, None, &returned()).await.unwrap();
    assert_eq!(hinted().await.as_deref(), Some("B-2"));
    bench.store.keep_notification(&notification(Some(&attempt.id))).await.unwrap();
    bench.store.keep_return(&attempt.id, Some("B-3"), &returned()).await.unwrap();
    assert_eq!(hinted().await.as_deref(), Some("TX-9"));
}

async fn only_twenty_returns_are_noted(bench: Bench) {
    let (_, attempt) = bench.after(&[]).await;
    for _ in 0..25 {
        bench.store.keep_return(&attempt.id, None, &returned()).await.unwrap();
    }
    assert_eq!(bench.noted(&attempt.id, "return").await, 20);
    assert_eq!(bench.store.next_due().await.unwrap(), Some(at(7)));
    let nobody = bench.new_attempt(&bench.new_session(at(0)), at(0)).id;
    bench.store.keep_return(&nobody, None, &returned()).await.unwrap_err();
}

async fn only_twenty_questions_are_noted_and_none_keeps_a_notification_out(bench: Bench) {
    let (session, attempt) = bench.after(&[]).await;
    let due = bench.store.next_due().await.unwrap();
    let asked = Entry::new(at(7), EntryKind::Notification, "asked what it costs");
    for _ in 0..25 {
        bench.store.note_question(&attempt.id, &asked).await.unwrap();
    }
    assert_eq!(bench.noted(&attempt.id, "notification").await, 20);
    assert_eq!(bench.store.next_due().await.unwrap(), due, "a question hints at nothing");
    assert_eq!(bench.read(&session).await.session.version, session.version);
    assert!(bench.store.keep_notification(&notification(Some(&attempt.id))).await.unwrap().new);
    assert_eq!(bench.noted(&attempt.id, "notification").await, 21);
    let nobody = bench.new_attempt(&bench.new_session(at(0)), at(0)).id;
    bench.store.note_question(&nobody, &asked).await.unwrap_err();
}
