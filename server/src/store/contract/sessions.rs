//! Sessions.

use std::slice::from_ref;

use kasir_shared::api::merchant::EventType;
use kasir_shared::{Event, SessionStatus};

use super::super::{Closed, Closing, JobKind, SessionFilter, SessionRecord, StoreError};
use super::{Bench, Case, MERCHANT, at, case, rp};

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case(another_merchants_session_is_not_there),
        case(any_text_may_be_asked_for_as_a_token),
        case(two_sessions_cannot_share_a_token),
        case(a_session_with_a_live_attempt_does_not_close),
        case(a_session_that_is_not_there_does_not_close),
        case(a_session_closes_once_and_the_shop_is_told_once),
        case(a_session_reads_back_as_it_was_written),
        case(a_new_session_is_looked_at_when_it_expires),
        case(sessions_are_listed_newest_first_with_their_attempts),
        case(a_list_is_narrowed_by_everything_at_once),
    ]
}

async fn another_merchants_session_is_not_there(bench: Bench) {
    let (session, attempt) = bench.after(&[]).await;
    assert!(bench.store.session("warung", &session.id).await.unwrap().is_none());
    assert!(bench.store.history("warung", &attempt.id).await.unwrap().is_none());
    let all = SessionFilter { limit: 10, ..SessionFilter::default() };
    assert!(bench.store.sessions("warung", &all).await.unwrap().is_empty());
}

async fn any_text_may_be_asked_for_as_a_token(bench: Bench) {
    let session = bench.session().await;
    for text in ["", "' OR 1=1 --", "\u{0}", &"x".repeat(100_000), &session.client_token[1..]] {
        assert!(bench.store.session_by_token(text).await.unwrap().is_none());
    }
    let found = bench.store.session_by_token(&session.client_token).await.unwrap().unwrap();
    assert_eq!(found.session, session);
}

async fn two_sessions_cannot_share_a_token(bench: Bench) {
    let session = bench.session().await;
    let twin =
        SessionRecord { client_token: session.client_token.clone(), ..bench.new_session(at(0)) };
    bench.store.create_session(&twin, None).await.unwrap_err();
    assert!(bench.store.session(MERCHANT, &twin.id).await.unwrap().is_none());
}

async fn a_session_with_a_live_attempt_does_not_close(bench: Bench) {
    let (session, attempt) = bench.after(&[Event::Accepted]).await;
    for how in [Closing::Cancelled, Closing::Expired] {
        let closed = bench.store.close_session(&session.id, how, at(6)).await.unwrap();
        assert!(matches!(closed, Closed::Not(as_it_stands) if *as_it_stands == session));
    }
    bench.happens(&attempt.id, Event::Withdrawn).await;
    let closed = bench.store.close_session(&session.id, Closing::Cancelled, at(7)).await.unwrap();
    assert!(matches!(closed, Closed::Now(now) if now.status == SessionStatus::Cancelled));
}

async fn a_session_that_is_not_there_does_not_close(bench: Bench) {
    let nobody = bench.new_session(at(0)).id;
    let missing = bench.store.close_session(&nobody, Closing::Expired, at(1)).await.unwrap_err();
    assert!(matches!(missing, StoreError::Missing { what: "session" }));
}

async fn a_session_closes_once_and_the_shop_is_told_once(bench: Bench) {
    let session = bench.session().await;
    let first = bench.store.close_session(&session.id, Closing::Expired, at(1)).await.unwrap();
    let second = bench.store.close_session(&session.id, Closing::Cancelled, at(2)).await.unwrap();
    assert!(matches!(first, Closed::Now(now) if now.version == session.version + 1));
    assert!(matches!(second, Closed::Not(now) if now.status == SessionStatus::Expired));
    let events = bench.store.events(MERCHANT, None, 10).await.unwrap();
    let [event] = events.as_slice() else { panic!("{events:?}") };
    assert_eq!(event.kind, EventType::SessionExpired);
    let told: kasir_shared::api::merchant::Session = serde_json::from_str(&event.data).unwrap();
    assert_eq!(told, bench.read(&session).await.session.as_told(&[], at(1)));
    let jobs = bench.store.claim_jobs(at(1), 60, 10).await.unwrap();
    assert!(
        jobs.iter().any(|job| job.kind == JobKind::Webhook && job.subject == event.id.as_str())
    );
}

async fn a_session_reads_back_as_it_was_written(bench: Bench) {
    let full = bench.session().await;
    assert_eq!(bench.read(&full).await.session, full);
    let bare = SessionRecord {
        items: Vec::new(),
        customer: kasir_shared::api::merchant::Customer::default(),
        locale: None,
        metadata: std::collections::BTreeMap::new(),
        amount: kasir_shared::Rupiah::MAX,
        ..bench.new_session(at(1))
    };
    bench.store.create_session(&bare, None).await.unwrap();
    assert_eq!(bench.read(&bare).await.session, bare);
}

async fn a_new_session_is_looked_at_when_it_expires(bench: Bench) {
    let session = bench.session().await;
    assert_eq!(bench.store.next_due().await.unwrap(), Some(session.expires_at));
    assert!(
        bench.store.claim_jobs(session.expires_at.plus_ms(-1), 60, 9).await.unwrap().is_empty()
    );
    let jobs = bench.store.claim_jobs(session.expires_at, 60, 9).await.unwrap();
    let [job] = jobs.as_slice() else { panic!("{jobs:?}") };
    assert_eq!((job.kind, job.subject.as_str()), (JobKind::Session, session.id.as_str()));
}

async fn sessions_are_listed_newest_first_with_their_attempts(bench: Bench) {
    let mut kept = Vec::new();
    for second in 0..5 {
        let session = bench.new_session(at(second));
        bench.store.create_session(&session, None).await.unwrap();
        kept.push(session);
    }
    let attempt = bench.attempt(&kept[2]).await;
    let page = |before: Option<&SessionRecord>| SessionFilter {
        before: before.map(|session| session.id.clone()),
        limit: 2,
        ..SessionFilter::default()
    };
    let first = bench.store.sessions(MERCHANT, &page(None)).await.unwrap();
    let second = bench.store.sessions(MERCHANT, &page(Some(&first[1].session))).await.unwrap();
    let third = bench.store.sessions(MERCHANT, &page(Some(&second[1].session))).await.unwrap();
    let listed: Vec<_> = [first, second, third]
        .concat()
        .into_iter()
        .map(|one| (one.session.id, one.attempts))
        .collect();
    let newest_first: Vec<_> = kept.iter().rev().map(|session| session.id.clone()).collect();
    assert_eq!(listed.iter().map(|(id, _)| id.clone()).collect::<Vec<_>>(), newest_first);
    assert_eq!(listed[2].1, [attempt]);
    assert!(
        listed.iter().enumerate().all(|(place, (_, attempts))| place == 2 || attempts.is_empty())
    );
}

async fn a_list_is_narrowed_by_everything_at_once(bench: Bench) {
    let other = SessionRecord {
        reference: "B".to_owned().try_into().unwrap(),
        amount: rp(1),
        ..bench.new_session(at(5))
    };
    let session = bench.session().await;
    bench.store.create_session(&other, None).await.unwrap();
    bench.store.close_session(&other.id, Closing::Cancelled, at(6)).await.unwrap();
    let all = SessionFilter { limit: 10, ..SessionFilter::default() };
    let found = async |filter: SessionFilter| -> Vec<_> {
        let listed = bench.store.sessions(MERCHANT, &filter).await.unwrap();
        listed.into_iter().map(|one| one.session.id).collect()
    };
    let by_reference = SessionFilter { reference: Some(session.reference.clone()), ..all.clone() };
    assert_eq!(found(by_reference.clone()).await, from_ref(&session.id));
    let cancelled = SessionFilter { status: Some(SessionStatus::Cancelled), ..all.clone() };
    assert_eq!(found(cancelled).await, from_ref(&other.id));
    let later = SessionFilter { created_after: Some(at(4)), ..all.clone() };
    assert_eq!(found(later).await, from_ref(&other.id));
    let both = SessionFilter { status: Some(SessionStatus::Cancelled), ..by_reference };
    assert!(found(both).await.is_empty());
    assert_eq!(found(all).await, [other.id, session.id]);
}
