//! Refunds.

use kasir_shared::api::merchant::{EventType, RefundStatus};
use kasir_shared::{AttemptId, Event, RefundId, Rupiah, SessionStatus, Status};

use super::super::{Entry, EntryKind, JobKind, RefundBegun, RefundRecord};
use super::{Bench, Case, MERCHANT, at, case, rp};

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case(money_that_is_not_there_is_not_given_back),
        case(more_than_is_left_is_not_given_back_and_pending_refunds_count),
        case(of_ten_whole_refunds_at_once_one_begins),
        case(a_refund_that_failed_leaves_the_money),
        case(a_refund_that_ended_stays_as_it_ended),
        case(a_refund_that_is_not_there_does_not_end),
        case(a_whole_refund_takes_attempt_and_session_along),
        case(refunds_in_parts_add_up_to_a_whole_one),
        case(a_second_payments_refund_leaves_the_first_payment),
    ]
}

impl Bench {
    async fn begin(&self, attempt: &AttemptId, amount: u64) -> RefundRecord {
        let refund = self.new_refund(attempt, rp(amount));
        match self.store.begin_refund(&refund, at(9)).await.unwrap() {
            RefundBegun::Started(refund) => *refund,
            RefundBegun::NotPaid(status) => panic!("the attempt is {status:?}"),
            RefundBegun::TooLarge(left) => panic!("only {left} is left"),
            RefundBegun::OtherPending => panic!("another is pending"),
        }
    }

    async fn end(&self, id: &RefundId, status: RefundStatus) -> RefundRecord {
        let entry = Entry {
            at: at(30),
            kind: EntryKind::Answer,
            summary: "refund answered".to_owned(),
            detail: None,
        };
        self.store.end_refund(id, status, vec![entry], at(30)).await.unwrap().unwrap()
    }
}

async fn money_that_is_not_there_is_not_given_back(bench: Bench) {
    for events in [&[][..], &[Event::Declined], &[Event::Settled, Event::Reversed]] {
        let (_, attempt) = bench.after(events).await;
        let refund = bench.new_refund(&attempt.id, rp(1));
        let begun = bench.store.begin_refund(&refund, at(9)).await.unwrap();
        assert!(matches!(begun, RefundBegun::NotPaid(status) if status == attempt.status));
        assert!(bench.store.refund(&refund.id).await.unwrap().is_none());
    }
}

async fn more_than_is_left_is_not_given_back_and_pending_refunds_count(bench: Bench) {
    let (_, attempt) = bench.after(&[Event::Settled]).await;
    let first = bench.begin(&attempt.id, 100_000).await;
    let refund = bench.new_refund(&attempt.id, rp(50_001));
    let begun = bench.store.begin_refund(&refund, at(9)).await.unwrap();
    assert!(matches!(begun, RefundBegun::TooLarge(left) if left == rp(50_000)));
    let begun =
        bench.store.begin_refund(&bench.new_refund(&attempt.id, rp(1)), at(9)).await.unwrap();
    assert!(matches!(begun, RefundBegun::OtherPending), "one at a time");
    bench.end(&first.id, RefundStatus::Succeeded).await;
    bench.begin(&attempt.id, 50_000).await;
    let begun =
        bench.store.begin_refund(&bench.new_refund(&attempt.id, rp(1)), at(9)).await.unwrap();
    assert!(matches!(begun, RefundBegun::TooLarge(left) if left == Rupiah::ZERO));
}

async fn of_ten_whole_refunds_at_once_one_begins(bench: Bench) {
    let (_, attempt) = bench.after(&[Event::Settled]).await;
    let begins = (0..10).map(|_| {
        let (store, refund) = (bench.store.clone(), bench.new_refund(&attempt.id, attempt.amount));
        tokio::spawn(async move { store.begin_refund(&refund, at(9)).await.unwrap() })
    });
    let mut started = 0;
    for begin in begins.collect::<Vec<_>>() {
        started += usize::from(matches!(begin.await.unwrap(), RefundBegun::Started(_)));
    }
    assert_eq!(started, 1);
    assert_eq!(bench.history(&attempt.id).await.refunds.len(), 1);
}

async fn a_refund_that_failed_leaves_the_money(bench: Bench) {
    let (session, attempt) = bench.after(&[Event::Settled]).await;
    let refund = bench.begin(&attempt.id, 150_000).await;
    assert_eq!(bench.end(&refund.id, RefundStatus::Failed).await.status, RefundStatus::Failed);
    let now = bench.read(&session).await;
    assert_eq!((now.session.status, now.session.refunded), (SessionStatus::Paid, Rupiah::ZERO));
    assert_eq!((now.attempts[0].status, now.attempts[0].refunded), (Status::Paid, Rupiah::ZERO));
    assert!(now.session.version > session.version);
    bench.begin(&attempt.id, 150_000).await;
}

async fn a_refund_that_ended_stays_as_it_ended(bench: Bench) {
    let (session, attempt) = bench.after(&[Event::Settled]).await;
    let refund = bench.begin(&attempt.id, 50_000).await;
    let ended = bench.end(&refund.id, RefundStatus::Succeeded).await;
    let before = bench.read(&session).await;
    let events = bench.store.events(MERCHANT, None, 100).await.unwrap();
    for status in [RefundStatus::Failed, RefundStatus::Succeeded, RefundStatus::Pending] {
        assert_eq!(bench.end(&refund.id, status).await, ended);
    }
    assert_eq!(bench.read(&session).await, before);
    assert_eq!(bench.store.events(MERCHANT, None, 100).await.unwrap(), events);
}

async fn a_refund_that_is_not_there_does_not_end(bench: Bench) {
    let (_, attempt) = bench.after(&[Event::Settled]).await;
    let nobody = bench.new_refund(&attempt.id, rp(1)).id;
    let ended = bench.store.end_refund(&nobody, RefundStatus::Succeeded, Vec::new(), at(9)).await;
    assert_eq!(ended.unwrap(), None);
}

async fn a_whole_refund_takes_attempt_and_session_along(bench: Bench) {
    let (session, attempt) = bench.after(&[Event::Settled]).await;
    let refund = bench.begin(&attempt.id, 150_000).await;
    let jobs = bench.store.claim_jobs(at(20), 60, 99).await.unwrap();
    let is_its =
        |kind: JobKind, subject: &str| kind == JobKind::Refund && subject == refund.id.as_str();
    assert!(jobs.iter().any(|job| is_its(job.kind, &job.subject)));
    let ended = bench.end(&refund.id, RefundStatus::Succeeded).await;
    let now = bench.read(&session).await;
    assert_eq!(now.session.status, SessionStatus::Refunded);
    assert_eq!((now.session.refunded, now.attempts[0].refunded), (rp(150_000), rp(150_000)));
    assert_eq!(now.attempts[0].status, Status::Refunded);
    let events = bench.store.events(MERCHANT, None, 100).await.unwrap();
    let told = events.iter().find(|event| event.kind == EventType::RefundUpdated).unwrap();
    let told: kasir_shared::api::merchant::Refund = serde_json::from_str(&told.data).unwrap();
    assert_eq!(told, ended.as_told());
    assert_eq!(bench.history(&attempt.id).await.refunds, std::slice::from_ref(&ended));
    let found = bench.store.refund(&ended.id).await.unwrap().unwrap();
    assert_eq!((&found.0, &found.1), (&ended, &now.attempts[0]));
    assert_eq!(bench.noted(&attempt.id, "answer").await, 1);
}

async fn refunds_in_parts_add_up_to_a_whole_one(bench: Bench) {
    let (session, attempt) = bench.after(&[Event::Settled]).await;
    let mut stood = Vec::new();
    for amount in [50_000, 99_999, 1] {
        let refund = bench.begin(&attempt.id, amount).await;
        bench.end(&refund.id, RefundStatus::Succeeded).await;
        let now = bench.read(&session).await;
        assert_eq!(now.session.refunded, now.attempts[0].refunded);
        stood.push((now.session.status, now.session.refunded.value()));
    }
    let partially = SessionStatus::PartiallyRefunded;
    let whole = (SessionStatus::Refunded, 150_000);
    assert_eq!(stood, [(partially, 50_000), (partially, 149_999), whole]);
}

async fn a_second_payments_refund_leaves_the_first_payment(bench: Bench) {
    let (session, first) = bench.after(&[Event::Withdrawn]).await;
    let second = bench.attempt(&session).await;
    bench.happens(&first.id, Event::Settled).await;
    bench.happens(&second.id, Event::Settled).await;
    let back = bench.begin(&second.id, 150_000).await;
    bench.end(&back.id, RefundStatus::Succeeded).await;
    let now = bench.read(&session).await.session;
    assert_eq!((now.status, now.refunded), (SessionStatus::Paid, Rupiah::ZERO));
    let part = bench.begin(&first.id, 10_000).await;
    bench.end(&part.id, RefundStatus::Succeeded).await;
    let now = bench.read(&session).await.session;
    assert_eq!((now.status, now.refunded), (SessionStatus::PartiallyRefunded, rp(10_000)));
}
