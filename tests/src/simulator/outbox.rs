//! Notifications on their way to merchants: due on the virtual clock, repeated until accepted.
use super::clock::Clock;
use super::engine::Shared;
use super::faults::{Armed, Fault};
use super::journal::{Direction, Entry, shortened};
use super::view::{Operation, Provider, Step};
use reqwest::header::{CONTENT_TYPE, USER_AGENT};
use std::collections::BTreeMap;
use std::sync::{Arc, Weak};
use std::time::Duration;
use tokio::sync::Notify;

/// How long a receiver may take, in real time.
const PATIENCE: Duration = Duration::from_secs(10);
/// The gaps between tries, in virtual time.
const GAPS_MS: [i64; 4] = [10_000, 60_000, 300_000, 1_800_000];
/// How late a late notification is when nobody says.
const LATE_MS: u64 = 600_000;

/// One notification.
#[derive(Clone, Debug)]
pub(crate) struct Letter {
    pub(crate) provider: Provider,
    pub(crate) transaction: String,
    pub(crate) reference: String,
    pub(crate) url: String,
    pub(crate) user_agent: &'static str,
    /// The form, encoded once: every try carries the same bytes.
    pub(crate) body: String,
    pub(crate) due_ms: i64,
    pub(crate) tries: usize,
    /// Waits until another one about the same transaction has been delivered.
    pub(crate) overtaken: bool,
    pub(crate) fault: Option<Fault>,
}

/// What waits, and how many are in the air.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    waiting: Vec<Letter>,
    flying: usize,
}

impl Outbox {
    /// Posts a letter, disturbed by a fault that concerns its journey.
    pub(crate) fn post(&mut self, mut letter: Letter, fault: Option<&Armed>) {
        letter.fault = fault.map(|armed| armed.fault);
        match fault.map(|armed| (armed.fault, armed.ms.unwrap_or(LATE_MS))) {
            Some((Fault::DuplicateNotification, _)) => self.waiting.push(letter.clone()),
            Some((Fault::LateNotification, ms)) => letter.due_ms += i64::try_from(ms).unwrap_or(0),
            Some((Fault::ReorderedNotification, ms)) => {
                letter.due_ms += i64::try_from(ms).unwrap_or(0);
                letter.overtaken = true;
            }
            Some(_) | None => {}
        }
        self.waiting.push(letter);
    }

    /// Whether nothing is in the air and nothing is due.
    pub(crate) fn is_quiet(&self, now_ms: i64) -> bool {
        self.flying == 0 && self.waiting.iter().all(|letter| letter.due_ms > now_ms)
    }

    fn take_due(&mut self, now_ms: i64) -> Vec<Letter> {
        let due: Vec<Letter> = self.waiting.extract_if(.., |l| l.due_ms <= now_ms).collect();
        self.flying += due.len();
        due
    }

    fn next_due_ms(&self) -> Option<i64> {
        self.waiting.iter().map(|letter| letter.due_ms).min()
    }

    fn landed(&mut self, letter: Letter, delivered: bool, now_ms: i64) {
        self.flying -= 1;
        if delivered {
            let same = |l: &&mut Letter| l.overtaken && l.transaction == letter.transaction;
            for held in self.waiting.iter_mut().filter(same) {
                held.due_ms = now_ms;
            }
        } else if let Some(gap_ms) = GAPS_MS.get(letter.tries) {
            let again = Letter { due_ms: now_ms + gap_ms, tries: letter.tries + 1, ..letter };
            self.waiting.push(again);
        }
    }
}

/// Sends what is due for as long as the simulator lives.
pub(crate) async fn carry(shared: Weak<Shared>, clock: Arc<dyn Clock>, wake: Arc<Notify>) {
    while let Some(alive) = shared.upgrade() {
        let next = send_due(&alive);
        drop(alive);
        match next {
            Some(at_ms) => tokio::select! {
                () = clock.wait_until(at_ms) => {}
                () = wake.notified() => {}
            },
            None => wake.notified().await,
        }
    }
}

/// Starts every due delivery, pays what pays by itself, and says when something is due next.
fn send_due(shared: &Arc<Shared>) -> Option<i64> {
    let (due, next) = shared.change("", |desk| {
        let autopay_ms = super::nicepay::autopay(desk);
        let outbox = &mut desk.state.outbox;
        let due = outbox.take_due(desk.now_ms);
        (due, outbox.next_due_ms().into_iter().chain(autopay_ms).min())
    });
    for letter in due {
        tokio::spawn(deliver(Arc::clone(shared), letter));
    }
    next
}

async fn deliver(shared: Arc<Shared>, letter: Letter) {
    shared.step(&Step::NotificationAboutToBeSent {
        transaction: letter.transaction.clone(),
        reference: letter.reference.clone(),
    });
    let sent = shared
        .client
        .post(&letter.url)
        .header(USER_AGENT, letter.user_agent)
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .timeout(PATIENCE)
        .body(letter.body.clone())
        .send()
        .await;
    let now_ms = shared.clock.now_ms();
    let mut entry = entry(&letter);
    match sent {
        Ok(answer) => {
            entry.code = answer.status().as_u16().to_string();
            if !answer.status().is_success() {
                entry.refuse(format!("the receiver answered {}", answer.status()));
            }
        }
        Err(error) => entry.refuse(format!("no answer: {}", error.without_url())),
    }
    let mut state = shared.lock();
    state.outbox.landed(letter, entry.accepted, now_ms);
    state.journal.write(now_ms, entry);
    drop(state);
    shared.landed();
}

/// How the journal tells of a letter.
pub(crate) fn entry(letter: &Letter) -> Entry {
    let mut fields: BTreeMap<String, String> =
        form_urlencoded::parse(letter.body.as_bytes()).into_owned().collect();
    if let Some(token) = fields.get_mut("merchantToken") {
        *token = shortened(token);
    }
    let mut entry = Entry::new(letter.provider, Direction::Out, Operation::Notification);
    entry.path.clone_from(&letter.url);
    entry.reference.clone_from(&letter.reference);
    entry.transaction = Some(letter.transaction.clone());
    entry.fields = fields;
    entry.fault = letter.fault;
    entry
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter(transaction: &str) -> Letter {
        Letter {
            provider: Provider::Nicepay,
            transaction: transaction.to_owned(),
            reference: "r".to_owned(),
            url: "http://127.0.0.1/".to_owned(),
            user_agent: "test",
            body: "a=b".to_owned(),
            due_ms: 0,
            tries: 0,
            overtaken: false,
            fault: None,
        }
    }

    #[test]
    fn a_refused_notification_is_tried_five_times_with_growing_gaps() {
        let mut outbox = Outbox::default();
        outbox.post(letter("t"), None);
        let (mut now_ms, mut seen) = (0, Vec::new());
        while let Some(due_ms) = outbox.next_due_ms() {
            seen.push((due_ms - now_ms) / 1_000);
            now_ms = due_ms;
            let sent = outbox.take_due(now_ms).remove(0);
            outbox.landed(sent, false, now_ms);
        }
        assert_eq!(seen, [0, 10, 60, 300, 1_800]);
    }

    #[test]
    fn an_overtaken_notification_leaves_once_the_next_one_was_delivered() {
        let mut outbox = Outbox::default();
        let armed = Armed::once(Provider::Nicepay, Fault::ReorderedNotification);
        outbox.post(Letter { body: "first".into(), ..letter("t") }, Some(&armed));
        outbox.post(Letter { body: "second".into(), ..letter("t") }, None);
        outbox.post(Letter { body: "other".into(), ..letter("u") }, None);
        let due = outbox.take_due(0);
        assert_eq!(due.iter().map(|l| l.body.as_str()).collect::<Vec<_>>(), ["second", "other"]);
        let mut due = due.into_iter();
        outbox.landed(due.next_back().unwrap(), true, 1);
        assert!(outbox.take_due(1).is_empty());
        outbox.landed(due.next().unwrap(), true, 1);
        assert_eq!(outbox.take_due(1)[0].body, "first");
    }
}
