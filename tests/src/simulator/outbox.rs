//! Notifications on their way to merchants: due on the virtual clock, repeated until accepted.
use super::clock::Clock;
use super::engine::{Desk, Shared};
use super::faults::{Armed, Fault};
use super::journal::{Direction, Entry, mask, shortened};
pub(crate) use super::manner::Manner;
use super::snap::body::Node;
use super::snap::sender::{Headers, Verdict};
use super::view::{Operation, Provider, Step};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Weak};
use std::time::Duration;
use tokio::sync::Notify;

/// How long a receiver may take, in real time.
const PATIENCE: Duration = Duration::from_secs(10);
/// How late a late notification is when nobody says.
const LATE_MS: u64 = 600_000;

/// A try as it left.
#[derive(Clone, Debug)]
struct Sent {
    letter: Letter,
    headers: Headers,
}

/// One notification.
#[derive(Clone, Debug)]
pub(crate) struct Letter {
    pub(crate) provider: Provider,
    pub(crate) transaction: String,
    pub(crate) reference: String,
    pub(crate) url: String,
    pub(crate) manner: Manner,
    /// Encoded once: every try carries the same bytes.
    pub(crate) body: String,
    pub(crate) due_ms: i64,
    pub(crate) tries: usize,
    /// Waits until another one about the same transaction has been delivered.
    pub(crate) overtaken: bool,
    pub(crate) fault: Option<Fault>,
}

impl Letter {
    /// What it is in the journal.
    const fn operation(&self) -> Operation {
        match self.manner {
            Manner::Json { .. } => Operation::Callback,
            Manner::Form { .. } | Manner::Snap(_) | Manner::Classic(_) | Manner::Again(..) => {
                Operation::Notification
            }
        }
    }
}

/// What waits, and how many are in the air.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    waiting: Vec<Letter>,
    flying: usize,
    /// How many tries there were, so that each has a number of its own.
    serial: u64,
    /// The last try about each transaction.
    sent: HashMap<String, Sent>,
    /// Providers that send nothing until they are up again.
    silent: HashSet<Provider>,
}

impl Outbox {
    /// Posts a letter, disturbed by a fault that concerns its journey.
    pub(crate) fn post(&mut self, mut letter: Letter, fault: Option<&Armed>) {
        letter.fault = fault.map(|armed| armed.fault);
        if let Manner::Snap(sender) = &mut letter.manner {
            sender.corrupt |= letter.fault == Some(Fault::CorruptSignature);
            let stale = letter.fault == Some(Fault::StaleTimestamp);
            sender.stale = stale.then_some(letter.due_ms);
        }
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
        self.flying == 0 && self.able().all(|letter| letter.due_ms > now_ms)
    }

    /// Says that a provider sends nothing, or that it sends again what waited meanwhile.
    pub(crate) fn silence(&mut self, provider: Provider, silent: bool) {
        if silent {
            self.silent.insert(provider);
        } else {
            self.silent.remove(&provider);
        }
    }

    /// The last try about a transaction leaves once more, byte for byte; nothing where there was none.
    pub(crate) fn replay(&mut self, transaction: &str, now_ms: i64) -> Option<()> {
        let sent = self.sent.get(transaction)?;
        let manner = Manner::Again(sent.headers.clone(), Box::new(sent.letter.manner.clone()));
        let letter = Letter { manner, due_ms: now_ms, fault: None, ..sent.letter.clone() };
        self.waiting.push(letter);
        Some(())
    }

    /// The letters of providers that send.
    fn able(&self) -> impl Iterator<Item = &Letter> {
        self.waiting.iter().filter(|letter| !self.silent.contains(&letter.provider))
    }

    fn dress(&mut self, letter: &Letter, now_ms: i64) -> Headers {
        self.serial += 1;
        let headers = letter.manner.headers((&letter.url, &letter.body), now_ms, self.serial);
        if letter.operation() == Operation::Notification {
            let sent = Sent { letter: letter.clone(), headers: headers.clone() };
            self.sent.insert(letter.transaction.clone(), sent);
        }
        headers
    }

    fn take_due(&mut self, now_ms: i64) -> Vec<Letter> {
        let silent = &self.silent;
        let ready = |l: &mut Letter| l.due_ms <= now_ms && !silent.contains(&l.provider);
        let due: Vec<Letter> = self.waiting.extract_if(.., ready).collect();
        self.flying += due.len();
        due
    }

    fn next_due_ms(&self) -> Option<i64> {
        self.able().map(|letter| letter.due_ms).min()
    }

    fn landed(&mut self, letter: Letter, verdict: &Verdict, now_ms: i64) {
        self.flying -= 1;
        if *verdict == Verdict::Taken {
            let same = |l: &&mut Letter| l.overtaken && l.transaction == letter.transaction;
            for held in self.waiting.iter_mut().filter(same) {
                held.due_ms = now_ms;
            }
        } else if let (Verdict::Refused(_), Some(gap_ms)) =
            (verdict, letter.manner.gaps_ms().get(letter.tries))
        {
            let again = Letter { due_ms: now_ms + gap_ms, tries: letter.tries + 1, ..letter };
            self.waiting.push(again);
        }
    }
}

/// Posts a letter, unless a fault loses it for good.
pub(crate) fn send(desk: &mut Desk<'_>, mut letter: Letter, fault: Option<&Armed>) {
    if fault.is_some_and(|armed| armed.fault == Fault::NoNotification) {
        letter.fault = Some(Fault::NoNotification);
        let mut entry = entry(&letter);
        entry.refuse("not sent: a fault was played".to_owned());
        desk.state.journal.write(desk.now_ms, entry);
        return;
    }
    desk.state.outbox.post(letter, fault);
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
    let headers = shared.change("", |desk| desk.state.outbox.dress(&letter, desk.now_ms));
    let mut entry = entry(&letter);
    tell_headers(&mut entry, &headers);
    let mut request = shared.client.post(&letter.url).timeout(PATIENCE).body(letter.body.clone());
    for (name, value) in headers {
        request = request.header(name, value);
    }
    let (verdict, said) = match heard(request).await {
        Ok((status, body)) => {
            entry.code = status.as_u16().to_string();
            (letter.manner.heard(status, &body), body)
        }
        Err(error) => (Verdict::Refused(format!("no answer: {}", error.without_url())), Vec::new()),
    };
    if let Verdict::Refused(why) | Verdict::GivenUp(why) = &verdict {
        entry.refuse(why.clone());
    }
    shared.change("", |desk| {
        super::providers::answered(desk, &letter, (&verdict, &said));
        desk.state.outbox.landed(letter, &verdict, desk.now_ms);
        desk.state.journal.write(desk.now_ms, entry);
    });
    shared.landed();
}

async fn heard(request: reqwest::RequestBuilder) -> reqwest::Result<(http::StatusCode, Vec<u8>)> {
    let answer = request.send().await?;
    Ok((answer.status(), answer.bytes().await?.to_vec()))
}

/// Each try of SNAP's has a time, a number and a signature of its own.
fn tell_headers(entry: &mut Entry, headers: &Headers) {
    for (name, value) in headers.iter().filter(|(name, _)| name.starts_with("x-")) {
        let value = if *name == "x-signature" { shortened(value) } else { value.clone() };
        entry.fields.insert(name.to_uppercase(), value);
    }
}

/// How the journal tells of a letter.
pub(crate) fn entry(letter: &Letter) -> Entry {
    let form = || form_urlencoded::parse(letter.body.as_bytes()).into_owned().collect();
    let mut fields: BTreeMap<String, String> =
        Node::read(letter.body.as_bytes()).map_or_else(|_| form(), |body| body.shown());
    mask(&mut fields);
    let mut entry = Entry::new(letter.provider, Direction::Out, letter.operation());
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
            manner: Manner::Form { user_agent: "test" },
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
            outbox.landed(sent, &Verdict::Refused(String::new()), now_ms);
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
        outbox.landed(due.next_back().unwrap(), &Verdict::Taken, 1);
        assert!(outbox.take_due(1).is_empty());
        outbox.landed(due.next().unwrap(), &Verdict::Taken, 1);
        assert_eq!(outbox.take_due(1)[0].body, "first");
    }
}
