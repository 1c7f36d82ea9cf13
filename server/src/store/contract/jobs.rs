//! The desk's jobs: leases, fences, plans and hints.

use std::collections::HashSet;

use kasir_shared::Event;

use super::super::{Change, Finish, Job, JobKind, NextLook};
use super::{Bench, Case, at, case, learnt};

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case(two_claimers_never_both_get_a_job),
        case(a_dead_claimers_job_is_taken_over_and_its_finish_changes_nothing),
        case(a_finish_for_a_job_that_was_planned_anew_changes_nothing),
        case(a_job_that_is_not_due_is_not_claimed),
        case(a_hint_during_the_work_is_never_lost_however_the_work_ends),
        case(a_hint_before_the_work_outlasts_a_later_plan),
        case(a_hint_for_later_than_planned_changes_nothing),
        case(a_plan_made_during_the_work_keeps_the_lease),
        case(a_job_that_is_done_is_gone),
        case(a_change_that_ends_an_attempt_takes_it_off_the_desk),
        case(the_next_due_is_the_soonest_plan_or_the_end_of_a_lease),
        case(what_was_due_first_is_claimed_first),
    ]
}

const SUBJECT: &str = "evt_1";

impl Bench {
    async fn claim(&self, second: i64) -> Vec<Job> {
        self.store.claim_jobs(at(second), 60, 10).await.unwrap()
    }

    async fn claim_one(&self, second: i64) -> Job {
        let jobs = self.claim(second).await;
        assert_eq!(jobs.len(), 1, "{jobs:?}");
        jobs.into_iter().next().unwrap()
    }

    async fn plan(&self, second: i64) {
        self.store.plan_job(JobKind::Webhook, SUBJECT, at(second)).await.unwrap();
    }
}

async fn two_claimers_never_both_get_a_job(bench: Bench) {
    for subject in 0..200 {
        let subject = format!("evt_{subject}");
        bench.store.plan_job(JobKind::Webhook, &subject, at(0)).await.unwrap();
    }
    let claimers = (0..8).map(|_| {
        let store = bench.store.clone();
        tokio::spawn(async move {
            let mut mine = Vec::new();
            loop {
                let jobs = store.claim_jobs(at(1), 60, 7).await.unwrap();
                if jobs.is_empty() {
                    return mine;
                }
                mine.extend(jobs.into_iter().map(|job| job.subject));
            }
        })
    });
    let mut claimed = Vec::new();
    for claimer in claimers.collect::<Vec<_>>() {
        claimed.extend(claimer.await.unwrap());
    }
    assert_eq!(claimed.len(), 200);
    assert_eq!(claimed.into_iter().collect::<HashSet<_>>().len(), 200);
}

async fn a_dead_claimers_job_is_taken_over_and_its_finish_changes_nothing(bench: Bench) {
    bench.plan(0).await;
    let dead = bench.claim_one(0).await;
    assert!(bench.claim(59).await.is_empty());
    let alive = bench.claim_one(60).await;
    assert_eq!((dead.tries, alive.tries), (1, 2));
    for finish in [Finish::Done, Finish::Again(at(61)), Finish::NotNow(at(61)), Finish::AsPlanned] {
        assert!(!bench.store.finish_job(&dead, finish).await.unwrap(), "{finish:?}");
    }
    assert!(bench.claim(119).await.is_empty());
    assert!(bench.store.finish_job(&alive, Finish::Done).await.unwrap());
    assert_eq!(bench.store.next_due().await.unwrap(), None);
}

async fn a_finish_for_a_job_that_was_planned_anew_changes_nothing(bench: Bench) {
    bench.plan(0).await;
    let old = bench.claim_one(0).await;
    assert!(bench.store.finish_job(&old, Finish::Done).await.unwrap());
    bench.plan(0).await;
    let new = bench.claim_one(0).await;
    assert_ne!(old.fence, new.fence);
    assert!(!bench.store.finish_job(&old, Finish::Done).await.unwrap());
    assert!(bench.store.finish_job(&new, Finish::Done).await.unwrap());
    assert!(!bench.store.finish_job(&new, Finish::Done).await.unwrap(), "it is done once");
}

async fn a_job_that_is_not_due_is_not_claimed(bench: Bench) {
    bench.plan(10).await;
    assert!(bench.claim(9).await.is_empty());
    bench.claim_one(10).await;
}

async fn a_hint_during_the_work_is_never_lost_however_the_work_ends(bench: Bench) {
    let finishes =
        [Finish::Done, Finish::Again(at(500)), Finish::NotNow(at(500)), Finish::AsPlanned];
    for finish in finishes {
        bench.plan(0).await;
        let job = bench.claim_one(0).await;
        bench.plan(1).await;
        assert!(bench.claim(2).await.is_empty(), "it is being worked on");
        assert!(bench.store.finish_job(&job, finish).await.unwrap());
        let again = bench.claim_one(1).await;
        assert!(bench.store.finish_job(&again, Finish::Done).await.unwrap());
        assert_eq!(bench.store.next_due().await.unwrap(), None, "{finish:?}");
    }
    // And where the work itself ends the attempt.
    let (session, attempt) = bench.after(&[]).await;
    let job = bench.claim_one(10).await;
    bench.store.plan_job(JobKind::Attempt, &job.subject, at(11)).await.unwrap();
    let over = Change { next_look: NextLook::Never, ..learnt(Event::Declined) };
    bench.store.apply(&attempt.id, over.clone()).await.unwrap();
    assert!(bench.store.finish_job(&job, Finish::AsPlanned).await.unwrap());
    let again = bench.claim(12).await;
    let again = again.iter().find(|job| job.kind == JobKind::Attempt).unwrap();
    bench.store.apply(&attempt.id, over).await.unwrap();
    assert!(!bench.store.finish_job(again, Finish::AsPlanned).await.unwrap(), "it is gone");
    let late = bench.store.claim_jobs(session.expires_at, 60, 9).await.unwrap();
    assert!(late.iter().all(|job| job.kind != JobKind::Attempt));
}

async fn a_hint_before_the_work_outlasts_a_later_plan(bench: Bench) {
    let (_, attempt) = bench.after(&[]).await;
    bench.store.plan_job(JobKind::Attempt, attempt.id.as_str(), at(2)).await.unwrap();
    let later = Change { next_look: NextLook::At(at(300)), ..Change::at(at(3)) };
    bench.store.apply(&attempt.id, later.clone()).await.unwrap();
    let job = bench.claim_one(3).await;
    bench.store.apply(&attempt.id, later).await.unwrap();
    assert!(bench.store.finish_job(&job, Finish::AsPlanned).await.unwrap());
    assert_eq!(bench.store.next_due().await.unwrap(), Some(at(300)), "the hint is used up");
}

async fn a_hint_for_later_than_planned_changes_nothing(bench: Bench) {
    bench.plan(5).await;
    bench.plan(50).await;
    assert_eq!(bench.store.next_due().await.unwrap(), Some(at(5)));
    let job = bench.claim_one(5).await;
    assert!(bench.store.finish_job(&job, Finish::Done).await.unwrap());
    assert_eq!(bench.store.next_due().await.unwrap(), None);
}

async fn a_plan_made_during_the_work_keeps_the_lease(bench: Bench) {
    let (_, attempt) = bench.after(&[]).await;
    let job = bench.claim_one(10).await;
    let next = Change { next_look: NextLook::At(at(11)), ..Change::at(at(10)) };
    bench.store.apply(&attempt.id, next).await.unwrap();
    assert!(bench.claim(12).await.is_empty());
    assert!(bench.store.finish_job(&job, Finish::AsPlanned).await.unwrap());
    let again = bench.claim_one(11).await;
    assert_eq!(again.tries, 2);
}

async fn a_job_that_is_done_is_gone(bench: Bench) {
    bench.plan(0).await;
    let untried = bench.claim_one(0).await;
    assert!(bench.store.finish_job(&untried, Finish::NotNow(at(3))).await.unwrap());
    let job = bench.claim_one(3).await;
    assert_eq!((untried.tries, job.tries), (1, 1), "what was not tried is not counted");
    assert!(bench.store.finish_job(&job, Finish::Again(at(7))).await.unwrap());
    assert_eq!(bench.store.next_due().await.unwrap(), Some(at(7)));
    let job = bench.claim_one(7).await;
    assert_eq!(job.tries, 2);
    assert!(bench.store.finish_job(&job, Finish::Done).await.unwrap());
    assert_eq!(bench.store.next_due().await.unwrap(), None);
}

async fn a_change_that_ends_an_attempt_takes_it_off_the_desk(bench: Bench) {
    let (session, attempt) = bench.after(&[]).await;
    let job = bench.claim_one(10).await;
    let over = Change { next_look: NextLook::Never, ..Change::at(at(11)) };
    bench.store.apply(&attempt.id, over).await.unwrap();
    assert_eq!(bench.store.next_due().await.unwrap(), Some(session.expires_at));
    assert!(!bench.store.finish_job(&job, Finish::AsPlanned).await.unwrap());
}

async fn the_next_due_is_the_soonest_plan_or_the_end_of_a_lease(bench: Bench) {
    assert_eq!(bench.store.next_due().await.unwrap(), None);
    bench.plan(5).await;
    bench.store.plan_job(JobKind::Refund, "ref_1", at(90)).await.unwrap();
    assert_eq!(bench.store.next_due().await.unwrap(), Some(at(5)));
    bench.claim_one(5).await;
    assert_eq!(bench.store.next_due().await.unwrap(), Some(at(65)));
    bench.plan(6).await;
    assert_eq!(bench.store.next_due().await.unwrap(), Some(at(65)), "a hint waits for the lease");
}

async fn what_was_due_first_is_claimed_first(bench: Bench) {
    for second in [3, 1, 2] {
        let subject = format!("evt_{second}");
        bench.store.plan_job(JobKind::Webhook, &subject, at(second)).await.unwrap();
    }
    let mut order = Vec::new();
    for _ in 0..3 {
        let jobs = bench.store.claim_jobs(at(9), 60, 1).await.unwrap();
        order.extend(jobs.into_iter().map(|job| job.subject));
    }
    assert_eq!(order, ["evt_1", "evt_2", "evt_3"]);
}
