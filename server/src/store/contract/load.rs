//! Many at once, and callers that go away.

use std::task::{Context, Poll, Waker};

use kasir_shared::Event;

use super::super::{Change, Entry, EntryKind};
use super::{Bench, Case, at, case, learnt};

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case(eight_writers_of_two_hundred_changes_each_lose_none),
        case(a_dropped_future_neither_loses_a_write_nor_blocks_the_next),
        case(readers_see_a_whole_change_or_none_of_it),
    ]
}

fn noted(text: String) -> Change {
    let entry = Entry { at: at(2), kind: EntryKind::Request, summary: text, detail: None };
    Change { entries: vec![entry], ..Change::at(at(2)) }
}

async fn eight_writers_of_two_hundred_changes_each_lose_none(bench: Bench) {
    let (_, attempt) = bench.after(&[]).await;
    let writers = (0..8).map(|writer| {
        let (store, id) = (bench.store.clone(), attempt.id.clone());
        tokio::spawn(async move {
            for unit in 0..200 {
                store.apply(&id, noted(format!("{writer}/{unit}"))).await.unwrap();
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
    let timeline = bench.history(&attempt.id).await.timeline;
    assert_eq!(timeline.len(), 1 + 8 * 200);
    for writer in 0..8 {
        let prefix = format!("{writer}/");
        let own = timeline.iter().filter_map(|entry| entry.summary.strip_prefix(&prefix));
        let own: Vec<u32> = own.map(|unit| unit.parse().unwrap()).collect();
        assert_eq!(own, (0..200).collect::<Vec<_>>(), "in the order they were written");
    }
}

/// A client that goes away drops its request wherever it stands, first of all after the first poll.
async fn a_dropped_future_neither_loses_a_write_nor_blocks_the_next(bench: Bench) {
    let (_, attempt) = bench.after(&[]).await;
    for unit in 0..50 {
        let mut gone = bench.store.apply(&attempt.id, noted(format!("gone/{unit}")));
        let polled = gone.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        assert!(!matches!(polled, Poll::Ready(Err(_))));
        drop(gone);
        bench.store.apply(&attempt.id, noted(format!("here/{unit}"))).await.unwrap();
    }
    let timeline = bench.history(&attempt.id).await.timeline;
    let count = |who: &str| timeline.iter().filter(|entry| entry.summary.starts_with(who)).count();
    assert_eq!((count("here/"), count("gone/")), (50, 50));
}

async fn readers_see_a_whole_change_or_none_of_it(bench: Bench) {
    for _ in 0..20 {
        let (session, attempt) = bench.after(&[Event::Accepted]).await;
        let (store, id) = (bench.store.clone(), attempt.id.clone());
        let writer = tokio::spawn(async move { store.apply(&id, learnt(Event::Settled)).await });
        loop {
            let now = bench.read(&session).await;
            assert_eq!(now.session.status.was_paid(), now.attempts[0].paid_at.is_some());
            if now.session.status.was_paid() {
                break;
            }
        }
        writer.await.unwrap().unwrap();
    }
}
