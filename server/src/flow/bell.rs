//! Rings when a session changed, so that nobody has to ask all the time.
//!
//! A hint and nothing more: whoever hears it reads the store, and whoever misses it reads the store
//! a little later.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use kasir_shared::SessionId;
use tokio::sync::{Notify, watch};

/// Rings within one process.
#[derive(Clone, Default)]
pub struct Bell {
    inner: Arc<Inner>,
}

#[derive(Default)]
struct Inner {
    sessions: Mutex<HashMap<String, watch::Sender<u64>>>,
    desk: Notify,
}

/// Somebody who listens for one session.
pub struct Listener {
    changed: watch::Receiver<u64>,
    session: String,
    bell: Bell,
}

impl Bell {
    /// Listens for a session until the listener is dropped.
    pub fn listen(&self, session: &SessionId) -> Listener {
        let session = session.as_str().to_owned();
        let mut sessions = self.sessions();
        let sender = sessions.entry(session.clone()).or_insert_with(|| watch::Sender::new(0));
        let changed = sender.subscribe();
        drop(sessions);
        Listener { changed, session, bell: self.clone() }
    }

    /// A session changed, or there is something to do.
    pub fn ring(&self, session: &SessionId) {
        if let Some(sender) = self.sessions().get(session.as_str()) {
            sender.send_modify(|count| *count += 1);
        }
        self.wake_desk();
    }

    /// There is something to do.
    pub fn wake_desk(&self) {
        self.inner.desk.notify_one();
    }

    /// Comes back when there is something to do.
    pub async fn work(&self) {
        self.inner.desk.notified().await;
    }

    fn sessions(&self) -> std::sync::MutexGuard<'_, HashMap<String, watch::Sender<u64>>> {
        self.inner.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Listener {
    /// Comes back when the session changed since this was last asked.
    pub async fn changed(&mut self) {
        // The sender is kept for as long as somebody listens.
        let _ = self.changed.changed().await;
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let mut sessions = self.bell.sessions();
        // This listener itself still counts.
        if sessions.get(&self.session).is_some_and(|sender| sender.receiver_count() <= 1) {
            sessions.remove(&self.session);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_listens_for_a_session_hears_of_it_and_of_no_other() {
        let bell = Bell::default();
        let (one, two): (SessionId, SessionId) = ("cs_1".parse().unwrap(), "cs_2".parse().unwrap());
        let mut listener = bell.listen(&one);
        bell.ring(&two);
        assert!(!listener.changed.has_changed().unwrap());
        bell.ring(&one);
        listener.changed().await;
        drop(listener);
        assert!(bell.sessions().is_empty());
    }
}
