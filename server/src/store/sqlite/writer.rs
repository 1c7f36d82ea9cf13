//! The one connection that writes, on a thread of its own.
//!
//! Units that wait together are committed together: one `fsync` for all of them, each behind a
//! savepoint of its own, and nobody is told that a unit is done before the disk has it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread::JoinHandle;

use rusqlite::{Connection, TransactionBehavior};
use tokio::sync::{mpsc, oneshot};

use super::super::StoreError;
use super::super::tx::Tx;
use super::tx::SqliteTx;
use super::{broken, driver};

/// How many units may wait.
const QUEUE_MAX: usize = 1024;
/// How many units share a commit.
const BATCH_MAX: usize = 64;

pub(super) struct Writer {
    queue: Option<mpsc::Sender<Box<dyn Unit>>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    /// Starts the thread.
    pub(super) fn start(connection: Connection) -> Result<Self, StoreError> {
        let (queue, waiting) = mpsc::channel(QUEUE_MAX);
        let thread = std::thread::Builder::new()
            .name("sqlite-writer".to_owned())
            .spawn(move || work(connection, waiting))
            .map_err(|cause| StoreError::Driver(cause.into()))?;
        Ok(Self { queue: Some(queue), thread: Some(thread) })
    }

    /// Runs `work` in a transaction; it runs to its end even if this future is dropped.
    pub(super) async fn run<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut dyn Tx) -> Result<T, StoreError> + Send + 'static,
    {
        let (reply, replied) = oneshot::channel();
        let unit = Box::new(Task { work: Some(work), outcome: None, reply });
        let queue = self.queue.as_ref().ok_or_else(|| broken("the writer has stopped"))?;
        queue.send(unit).await.map_err(|_| broken("the writer has stopped"))?;
        replied.await.map_err(|_| broken("the writer has stopped"))?
    }
}

impl Drop for Writer {
    /// Waits until all that was accepted is on disk.
    fn drop(&mut self) {
        drop(self.queue.take());
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the SQLite writer panicked");
        }
    }
}

/// A unit of work, whatever it results in.
trait Unit: Send {
    /// Runs it; says whether what it wrote is to be kept.
    fn run(&mut self, tx: &mut dyn Tx) -> bool;
    /// Hands its result over. `lost` says that the commit failed.
    fn settle(self: Box<Self>, lost: Option<&str>);
}

struct Task<T, F> {
    work: Option<F>,
    outcome: Option<Result<T, StoreError>>,
    reply: oneshot::Sender<Result<T, StoreError>>,
}

impl<T, F> Unit for Task<T, F>
where
    T: Send,
    F: FnOnce(&mut dyn Tx) -> Result<T, StoreError> + Send,
{
    fn run(&mut self, tx: &mut dyn Tx) -> bool {
        let Some(work) = self.work.take() else { return false };
        // A panic is the fault of one unit; the others and the thread go on.
        let outcome = catch_unwind(AssertUnwindSafe(|| work(tx)))
            .unwrap_or_else(|_| Err(broken("a unit of work panicked")));
        let keep = outcome.is_ok();
        self.outcome = Some(outcome);
        keep
    }

    fn settle(self: Box<Self>, lost: Option<&str>) {
        let outcome = match (self.outcome, lost) {
            (Some(Ok(_)) | None, Some(cause)) => Err(StoreError::Driver(cause.into())),
            (Some(outcome), _) => outcome,
            (None, None) => Err(broken("a unit of work was not run")),
        };
        // Nobody may be waiting any more; what was written stays written.
        drop(self.reply.send(outcome));
    }
}

fn work(mut connection: Connection, mut waiting: mpsc::Receiver<Box<dyn Unit>>) {
    while let Some(first) = waiting.blocking_recv() {
        let mut units = vec![first];
        while units.len() < BATCH_MAX
            && let Ok(next) = waiting.try_recv()
        {
            units.push(next);
        }
        let lost = commit(&mut connection, &mut units).err().map(|cause| cause.to_string());
        if let Some(cause) = &lost {
            tracing::error!(units = units.len(), %cause, "nothing of a transaction was kept");
        }
        for unit in units {
            unit.settle(lost.as_deref());
        }
    }
}

/// Runs every unit behind a savepoint and commits them together; all or nothing of those that
/// succeeded is on disk afterwards.
fn commit(connection: &mut Connection, units: &mut [Box<dyn Unit>]) -> Result<(), StoreError> {
    let mut transaction =
        connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(driver)?;
    for unit in units {
        let mut savepoint = transaction.savepoint().map_err(driver)?;
        if !unit.run(&mut SqliteTx(&savepoint)) {
            // Fails where SQLite gave the whole transaction up by itself, as on a full disk.
            savepoint.rollback().map_err(driver)?;
        }
        savepoint.commit().map_err(driver)?;
    }
    transaction.commit().map_err(driver)
}
