//! The connections that read: each unit sees one consistent view and cannot write.

use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::{Connection, TransactionBehavior};
use tokio::sync::Semaphore;

use super::super::StoreError;
use super::super::tx::Tx;
use super::tx::SqliteTx;
use super::{broken, driver};

/// How many units read at the same time.
const READERS: usize = 4;

pub(super) struct Readers {
    idle: Arc<Mutex<Vec<Connection>>>,
    free: Arc<Semaphore>,
}

impl Readers {
    pub(super) fn open(
        open: impl Fn() -> Result<Connection, StoreError>,
    ) -> Result<Self, StoreError> {
        let idle = (0..READERS).map(|_| open()).collect::<Result<Vec<_>, _>>()?;
        Ok(Self { idle: Arc::new(Mutex::new(idle)), free: Arc::new(Semaphore::new(READERS)) })
    }

    pub(super) async fn run<T, F>(&self, unit: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut dyn Tx) -> Result<T, StoreError> + Send + 'static,
    {
        let place = self.free.clone().acquire_owned().await;
        let place = place.map_err(|_| broken("the readers have stopped"))?;
        let idle = self.idle.clone();
        let work = move || {
            // Held until the connection is back, whether or not anybody still waits.
            let _place = place;
            let mut lent = Lent::take(idle);
            let connection = lent.connection.as_mut();
            view(connection.ok_or_else(|| broken("no connection is idle"))?, unit)
        };
        tokio::task::spawn_blocking(work).await.map_err(|cause| StoreError::Driver(cause.into()))?
    }
}

/// A connection that goes back when it is dropped, also by a panic.
struct Lent {
    connection: Option<Connection>,
    idle: Arc<Mutex<Vec<Connection>>>,
}

impl Lent {
    fn take(idle: Arc<Mutex<Vec<Connection>>>) -> Self {
        let connection = idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        Self { connection, idle }
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.extend(self.connection.take());
    }
}

fn view<T>(
    connection: &mut Connection,
    unit: impl FnOnce(&mut dyn Tx) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let transaction =
        connection.transaction_with_behavior(TransactionBehavior::Deferred).map_err(driver)?;
    let outcome = unit(&mut SqliteTx(&transaction));
    transaction.finish().map_err(driver)?;
    outcome
}
