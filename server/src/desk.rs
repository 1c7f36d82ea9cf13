//! Works through what is due: placing, inquiries, expiries, refunds, deliveries.
//!
//! Work is claimed with a lease in the database, so several processes share it, and what a killed
//! one was doing is taken over when its lease runs out.

use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::flow::{FlowError, House, close_session, deliver, link, look, refund};
use crate::store::{AttemptRecord, Finish, Job, JobKind};

/// The most jobs done at the same time, deliveries apart.
const HANDS: usize = 16;
/// The longest pause between two looks at the list, in seconds: another process may have planned
/// something.
const ROUND_S: i64 = 5;
/// Seconds until a job is tried again that failed for a reason of ours.
const AGAIN_S: i64 = 10;
/// Seconds until a session whose time ran out is looked at again while an attempt is still live.
const EXPIRY_AGAIN_S: i64 = 5;
/// The same where a person has to make sense of an amount first.
const CONTESTED_AGAIN_S: i64 = 300;
/// How long answers to idempotency keys are kept, in seconds, and how often the old are forgotten.
const KEYS_KEPT_S: i64 = 24 * 60 * 60;
const FORGET_EVERY_S: i64 = 60 * 60;

/// Works until told to stop, then finishes what is in hand.
pub async fn run(house: House, stop: CancellationToken) {
    let hands = Arc::new(Semaphore::new(HANDS));
    let tracker = TaskTracker::new();
    let mut forgotten_at = house.now();
    loop {
        let free = hands.available_permits();
        let jobs = claim(&house, free).await;
        let busy = !jobs.is_empty() && jobs.len() == free;
        for job in jobs {
            // A delivery needs a turn of its shop's instead.
            let hand = match job.kind {
                JobKind::Webhook => None,
                JobKind::Attempt
                | JobKind::Session
                | JobKind::Refund
                | JobKind::SecondPayment
                | JobKind::Link => {
                    let Ok(hand) = hands.clone().acquire_owned().await else { return };
                    Some(hand)
                }
            };
            let house = house.clone();
            tracker.spawn(async move {
                work(&house, &job).await;
                drop(hand);
                house.bell.wake_desk();
            });
        }
        if house.now() >= forgotten_at.plus_s(FORGET_EVERY_S) {
            forgotten_at = house.now();
            forget_keys(&house).await;
        }
        if free == 0 {
            tokio::select! {
                () = stop.cancelled() => break,
                // A hand is free again, or something new came.
                () = house.bell.work() => {}
            }
            continue;
        }
        if busy && !stop.is_cancelled() {
            continue;
        }
        let pause = house.now().plus_s(ROUND_S);
        let next = house.store.next_due().await.ok().flatten().map_or(pause, |due| due.min(pause));
        tokio::select! {
            () = stop.cancelled() => break,
            () = house.bell.work() => {}
            () = house.clock.wait_until(next) => {}
        }
    }
    tracker.close();
    tracker.wait().await;
}

async fn claim(house: &House, free: usize) -> Vec<Job> {
    if free == 0 {
        return Vec::new();
    }
    let limit = u32::try_from(free).unwrap_or(u32::MAX);
    match house.store.claim_jobs(house.now(), house.lease_s(), limit).await {
        Ok(jobs) => jobs,
        Err(error) => {
            tracing::error!(%error, "the list of what is due cannot be read");
            // The store is asked again after the ordinary pause.
            Vec::new()
        }
    }
}

async fn forget_keys(house: &House) {
    if let Err(error) = house.store.forget_keys(house.now().plus_s(-KEYS_KEPT_S)).await {
        tracing::error!(%error, "old idempotency keys cannot be forgotten");
    }
}

/// Does one job and says what becomes of it.
pub async fn work(house: &House, job: &Job) {
    let finish = match done(house, job).await {
        Ok(finish) => finish,
        Err(error) => {
            let (kind, subject) = (job.kind.as_str(), &job.subject);
            tracing::error!(kind, subject, tries = job.tries, %error, "a job failed");
            metrics::counter!("kasir_jobs_failed_total", "kind" => kind).increment(1);
            again(house, job)
        }
    };
    if let Err(error) = house.store.finish_job(job, finish).await {
        // Its lease runs out, and then it is done again.
        tracing::error!(kind = job.kind.as_str(), subject = job.subject, %error, "a job cannot be finished");
    }
}

async fn done(house: &House, job: &Job) -> Result<Finish, FlowError> {
    match job.kind {
        JobKind::Attempt => attend(house, job).await,
        JobKind::Session => expire(house, job).await,
        JobKind::Webhook => deliver::deliver(house, job).await,
        JobKind::Link => {
            let Ok(id) = job.subject.parse() else { return Ok(Finish::Done) };
            link::look::look(house, &id).await?;
            Ok(Finish::AsPlanned)
        }
        JobKind::Refund => {
            let Ok(id) = job.subject.parse() else { return Ok(Finish::Done) };
            let over = refund::pursue(house, &id).await?;
            Ok(if over { Finish::Done } else { again(house, job) })
        }
        JobKind::SecondPayment => {
            let Ok(id) = job.subject.parse() else { return Ok(Finish::Done) };
            let over = refund::refund_second_payment(house, &id).await?;
            Ok(if over { Finish::Done } else { again(house, job) })
        }
    }
}

/// A little later each time.
fn again(house: &House, job: &Job) -> Finish {
    Finish::Again(house.now().plus_s(AGAIN_S * i64::from(job.tries.clamp(1, 30))))
}

async fn attend(house: &House, job: &Job) -> Result<Finish, FlowError> {
    let Ok(id) = job.subject.parse() else { return Ok(Finish::Done) };
    let Some((session, attempt)) = house.store.attempt(&id).await? else { return Ok(Finish::Done) };
    look::look(house, &session, &attempt).await?;
    Ok(Finish::AsPlanned)
}

async fn expire(house: &House, job: &Job) -> Result<Finish, FlowError> {
    let Ok(id) = job.subject.parse() else { return Ok(Finish::Done) };
    let Some(known) = house.store.session_by_id(&id).await? else { return Ok(Finish::Done) };
    let over = close_session::expire_session(house, &known).await?;
    let live = known.attempts.iter().find(|attempt| attempt.status.is_live());
    let contested = live.is_some_and(AttemptRecord::is_contested);
    let again_s = if contested { CONTESTED_AGAIN_S } else { EXPIRY_AGAIN_S };
    Ok(if over { Finish::Done } else { Finish::Again(house.now().plus_s(again_s)) })
}
