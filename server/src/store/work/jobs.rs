//! The desk's jobs.
//!
//! A job is *planned* by changes (`due_at`) and *hinted* at by notifications, returns and people
//! (`hinted_at`); it is ready at the sooner of the two. A claim uses up the hint and leases the job,
//! which is then ready again when the lease ends. A hint that comes during the lease waits beside
//! it: however the claim ends, the job is then done once more.

use kasir_shared::Moment;

use super::super::tx::{Tx, Value, change_one};
use super::super::{Finish, Job, JobKind, StoreError, rows, sql};
use super::one;
use crate::dice::Dice;
use crate::payment::Plan;

/// Plans a job, or takes it off the desk. A lease keeps its end and its fence.
pub(crate) fn plan(tx: &mut dyn Tx, plan: &Plan) -> Result<(), StoreError> {
    let (kind, subject) = (Value::text(plan.kind.as_str()), Value::text(&plan.subject));
    if let Some(due) = plan.due {
        return change_one(tx, "jobs", sql::JOB_PLAN, &[kind, subject, due.into()]);
    }
    let key = [kind, subject];
    tx.execute(sql::JOB_DROP, &key)?;
    tx.execute(sql::JOB_KEEP_FOR_HINT, &key).map(drop)
}

pub(crate) fn hint(
    tx: &mut dyn Tx,
    kind: JobKind,
    subject: &str,
    at: Moment,
) -> Result<(), StoreError> {
    let values = [Value::text(kind.as_str()), Value::text(subject), at.into()];
    change_one(tx, "jobs", sql::JOB_HINT, &values)
}

pub(crate) fn claim(
    tx: &mut dyn Tx,
    dice: &dyn Dice,
    at: Moment,
    lease_s: u32,
    limit: u32,
) -> Result<Vec<Job>, StoreError> {
    // 63 random bits: no claim of any time draws another one's fence.
    let fence = u64::try_from(u128::from_be_bytes(dice.draw()) >> 65).unwrap_or_default();
    let values = [at.into(), at.plus_s(lease_s.into()).into(), Value::count(fence), limit.into()];
    tx.query(sql::JOBS_CLAIM, &values)?.iter().map(rows::job).collect()
}

pub(crate) fn finish(tx: &mut dyn Tx, job: &Job, finish: Finish) -> Result<bool, StoreError> {
    let mut values =
        vec![Value::text(job.kind.as_str()), Value::text(&job.subject), Value::count(job.fence)];
    let finished = match finish {
        Finish::Done => {
            tx.execute(sql::JOB_DONE, &values)? + tx.execute(sql::JOB_DONE_BUT_HINTED, &values)?
        }
        Finish::Again(moment) => {
            values.push(moment.into());
            tx.execute(sql::JOB_AGAIN, &values)?
        }
        Finish::NotNow(moment) => {
            values.push(moment.into());
            tx.execute(sql::JOB_NOT_NOW, &values)?
        }
        Finish::AsPlanned => tx.execute(sql::JOB_AS_PLANNED, &values)?,
    };
    Ok(finished == 1)
}

pub(crate) fn next_due(tx: &mut dyn Tx) -> Result<Option<Moment>, StoreError> {
    one(tx, sql::JOBS_NEXT, &[])?.map_or(Ok(None), |row| row.of("jobs").maybe_moment("ready_at"))
}
