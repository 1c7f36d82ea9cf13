//! What the shop is told, and how telling it went.

use kasir_shared::api::merchant::{Attempt, EventType};
use kasir_shared::{Event, EventId};

use super::super::{Delivery, EventRecord, JobKind, StoreError};
use super::{Bench, Case, MERCHANT, at, case};

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case(an_event_of_nobody_cannot_be_noted_or_sent_again),
        case(another_merchants_event_is_not_sent_again),
        case(every_event_has_a_job_that_sends_it),
        case(a_newer_event_about_the_same_thing_supersedes_an_older),
        case(events_are_listed_newest_first),
        case(an_event_can_be_sent_again_whatever_became_of_it),
    ]
}

async fn told(bench: &Bench) -> Vec<EventRecord> {
    bench.store.events(MERCHANT, None, 100).await.unwrap()
}

async fn an_event_of_nobody_cannot_be_noted_or_sent_again(bench: Bench) {
    let nobody: EventId = bench.dice.id(at(0));
    let missing = bench.store.note_delivery(&nobody, Delivery::Delivered, 1).await.unwrap_err();
    assert!(matches!(missing, StoreError::Missing { what: "event" }));
    assert_eq!(bench.store.redeliver(MERCHANT, &nobody, at(0)).await.unwrap(), None);
    assert_eq!(bench.store.event(&nobody).await.unwrap(), None);
    assert_eq!(bench.store.next_due().await.unwrap(), None);
}

async fn another_merchants_event_is_not_sent_again(bench: Bench) {
    bench.after(&[Event::Accepted]).await;
    let event = told(&bench).await.remove(0);
    bench.store.note_delivery(&event.id, Delivery::Failed, 9).await.unwrap();
    assert_eq!(bench.store.redeliver("warung", &event.id, at(0)).await.unwrap(), None);
    let now = bench.store.event(&event.id).await.unwrap().unwrap();
    assert_eq!(now.delivery, Delivery::Failed);
    assert!(bench.store.events("warung", None, 10).await.unwrap().is_empty());
}

async fn every_event_has_a_job_that_sends_it(bench: Bench) {
    let (session, attempt) = bench.after(&[Event::Settled]).await;
    let events = told(&bench).await;
    let kinds: Vec<_> = events.iter().map(|event| event.kind).collect();
    assert_eq!(kinds.len(), 2);
    assert!(kinds.contains(&EventType::SessionPaid) && kinds.contains(&EventType::AttemptUpdated));
    let jobs = bench.store.claim_jobs(at(5), 60, 99).await.unwrap();
    for event in events {
        assert_eq!((event.delivery, event.tries), (Delivery::Pending, 0));
        assert_eq!((&event.session, event.version), (&session.id, session.version));
        let is_its = |subject: &str| subject == event.id.as_str();
        assert!(jobs.iter().any(|job| job.kind == JobKind::Webhook && is_its(&job.subject)));
        if event.kind == EventType::AttemptUpdated {
            let data: Attempt = serde_json::from_str(&event.data).unwrap();
            assert_eq!(data, attempt.as_told(at(5)));
        }
    }
}

async fn a_newer_event_about_the_same_thing_supersedes_an_older(bench: Bench) {
    bench.after(&[Event::Accepted, Event::Settled]).await;
    bench.after(&[Event::Accepted]).await;
    let mut superseded = Vec::new();
    for event in told(&bench).await {
        if bench.store.is_superseded(&event).await.unwrap() {
            superseded.push(event);
        }
    }
    let [older] = superseded.as_slice() else { panic!("{superseded:?}") };
    assert_eq!(older.kind, EventType::AttemptUpdated);
    assert!(older.data.contains("\"pending\""));
}

async fn events_are_listed_newest_first(bench: Bench) {
    bench.after(&[Event::Accepted, Event::Settled]).await;
    let all = told(&bench).await;
    assert!(all.is_sorted_by(|newer, older| newer.id.as_str() > older.id.as_str()));
    let first = bench.store.events(MERCHANT, None, 2).await.unwrap();
    let rest = bench.store.events(MERCHANT, Some(&first[1].id), 100).await.unwrap();
    assert_eq!([first, rest].concat(), all);
}

async fn an_event_can_be_sent_again_whatever_became_of_it(bench: Bench) {
    bench.after(&[Event::Accepted]).await;
    let event = told(&bench).await.remove(0);
    let jobs = bench.store.claim_jobs(at(5), 60, 9).await.unwrap();
    let job = jobs.iter().find(|job| job.kind == JobKind::Webhook).unwrap();
    for delivery in Delivery::ALL {
        bench.store.note_delivery(&event.id, delivery, 3).await.unwrap();
        let noted = bench.store.event(&event.id).await.unwrap().unwrap();
        assert_eq!((noted.delivery, noted.tries), (delivery, 3));
        let again = bench.store.redeliver(MERCHANT, &event.id, at(8)).await.unwrap().unwrap();
        assert_eq!((again.delivery, again.tries), (Delivery::Pending, 3));
        assert_eq!(bench.store.event(&event.id).await.unwrap(), Some(again));
    }
    bench.store.finish_job(job, super::super::Finish::Done).await.unwrap();
    let jobs = bench.store.claim_jobs(at(8), 60, 9).await.unwrap();
    assert!(jobs.iter().any(|again| again.subject == job.subject && again.tries == 1));
}
