//! Every request that reached a simulator and every notification that left it, with the verdict.
use super::faults::Fault;
use super::jakarta::rfc3339;
use super::view::{Operation, Provider};
use serde::Serialize;
use std::collections::{BTreeMap, VecDeque};

/// Which way a request went.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// To the simulator.
    In,
    /// From the simulator to the merchant.
    Out,
}

/// One request and what became of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Entry {
    /// Counts up from 1.
    pub seq: u64,
    /// When, RFC 3339 on the simulators' clock.
    pub at: String,
    /// Whose side of the conversation this is.
    pub provider: Provider,
    /// Which way it went.
    pub direction: Direction,
    /// The HTTP method.
    pub method: String,
    /// The path, or for a notification the whole address.
    pub path: String,
    /// What it was about.
    pub operation: Operation,
    /// The order number it carried; empty where it carried none.
    pub reference: String,
    /// The transaction, where one was found.
    pub transaction: Option<String>,
    /// What it carried, with its token shortened.
    pub fields: BTreeMap<String, String>,
    /// Whether it did what it asked for.
    pub accepted: bool,
    /// `accepted`, or what was wrong with it.
    pub verdict: String,
    /// Oddities that were let pass.
    pub hints: Vec<String>,
    /// The provider's answer code, or the HTTP status of the receiver of a notification.
    pub code: String,
    /// The fault that was played on it.
    pub fault: Option<Fault>,
}

/// Older entries make room for newer ones, so that a long benchmark does not eat the memory.
const ENTRIES_MAX: usize = 20_000;

/// The entries in the order in which they happened.
#[derive(Debug, Default)]
pub(crate) struct Journal {
    entries: VecDeque<Entry>,
    written: u64,
}

impl Journal {
    pub(crate) fn write(&mut self, now_ms: i64, mut entry: Entry) {
        self.written += 1;
        entry.seq = self.written;
        entry.at = rfc3339(now_ms);
        if self.entries.len() == ENTRIES_MAX {
            self.entries.pop_front();
        }
        self.entries.push_back(entry);
    }

    pub(crate) fn entries(&self) -> Vec<Entry> {
        self.entries.iter().cloned().collect()
    }
}

impl Entry {
    /// An entry that still has to be filled.
    pub(crate) fn new(provider: Provider, direction: Direction, operation: Operation) -> Self {
        Self {
            seq: 0,
            at: String::new(),
            provider,
            direction,
            method: "POST".to_owned(),
            path: String::new(),
            operation,
            reference: String::new(),
            transaction: None,
            fields: BTreeMap::new(),
            accepted: true,
            verdict: "accepted".to_owned(),
            hints: Vec::new(),
            code: String::new(),
            fault: None,
        }
    }

    /// Says that it did not do what it asked for, and why.
    pub(crate) fn refuse(&mut self, why: String) {
        self.accepted = false;
        self.verdict = why;
    }
}

/// Fields, by the last word of their path, that whoever knows them can make use of.
const SECRETS: [&str; 13] = [
    "merchantToken",
    "authCode",
    "accountToken",
    "bankCardToken",
    "accessToken",
    "refreshToken",
    "subMerchantId",
    "seamlessSign",
    "key",
    "password",
    "signature",
    "otp",
    "pin",
];

/// Shortens what is secret among the fields of a request.
pub(crate) fn mask(fields: &mut BTreeMap<String, String>) {
    for (path, value) in fields.iter_mut() {
        let name = path.rsplit('.').next().unwrap_or_default();
        if SECRETS.contains(&name) && !value.is_empty() {
            *value = shortened(value);
        }
    }
}

/// A token so that two can be told apart and none can be used.
pub(crate) fn shortened(token: &str) -> String {
    let head: String = token.chars().take(8).collect();
    if head.len() < token.len() { format!("{head}…({})", token.len()) } else { head }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_journal_forgets_the_oldest_and_keeps_counting() {
        let mut journal = Journal::default();
        let entry = Entry::new(Provider::Nicepay, Direction::In, Operation::Inquiry);
        for _ in 0..=ENTRIES_MAX {
            journal.write(0, entry.clone());
        }
        let entries = journal.entries();
        assert_eq!((entries.len(), entries[0].seq), (ENTRIES_MAX, 2));
    }

    #[test]
    fn a_shortened_token_cannot_be_used() {
        assert_eq!(shortened("f13aca1c9793987581c9afe0"), "f13aca1c…(24)");
        assert_eq!(shortened("short"), "short");
    }
}
