//! NICEPAY's books: orders by tXid, the order numbers that were used, links and mandates.
use super::link::Link;
use super::partners::Partner;
use super::settings::CallbackManner;
use super::snap::Tokens;
use super::transaction::Transaction;
use crate::simulator::jakarta;
use std::collections::{BTreeMap, HashMap, HashSet};

/// A linked AstraPay account.
#[derive(Clone, Debug)]
pub(crate) struct Mandate {
    pub(crate) merchant: String,
    pub(crate) phone: String,
}

/// Everything NICEPAY remembers.
#[derive(Debug, Default)]
pub(crate) struct Books {
    transactions: Vec<Transaction>,
    places: HashMap<String, usize>,
    references: HashSet<(String, String)>,
    /// The numbers of refunds over SNAP that were used, by merchant.
    pub(crate) refunds: HashSet<(String, String)>,
    pub(crate) tokens: Tokens,
    pub(crate) links: BTreeMap<String, Link>,
    pub(crate) mandates: HashMap<String, Mandate>,
    /// Orders that pay by themselves, and when.
    pub(crate) autopay: Vec<(i64, String)>,
    serial: Serial,
    pooled: u64,
    /// How browsers and merchants are told on the way back, once that was changed.
    pub(crate) callbacks: Option<CallbackManner>,
}

/// The second in which the last number was given, and how many it has had.
#[derive(Debug, Default)]
struct Serial {
    second: i64,
    used: i64,
}

impl Books {
    pub(crate) fn find(&self, id: &str) -> Option<&Transaction> {
        self.places.get(id).map(|place| &self.transactions[*place])
    }

    pub(crate) fn find_mut(&mut self, id: &str) -> Option<&mut Transaction> {
        self.places.get(id).map(|place| &mut self.transactions[*place])
    }

    pub(crate) fn all(&self) -> &[Transaction] {
        &self.transactions
    }

    /// The order that a store's number belongs to, however it stands. A number that was given again
    /// after a long time is the newer order's.
    pub(crate) fn by_pay_no(&self, store: &Partner, pay_no: &str) -> Option<&Transaction> {
        let wanted = |t: &&Transaction| t.partner == store && t.till.pay_no == pay_no;
        self.transactions.iter().rfind(wanted).filter(|_| !pay_no.is_empty())
    }

    /// How many numbers a pool has given.
    pub(crate) fn next_of_pool(&mut self) -> u64 {
        self.pooled += 1;
        self.pooled
    }

    pub(crate) fn knows_reference(&self, merchant: &str, reference: &str) -> bool {
        self.references.contains(&(merchant.to_owned(), reference.to_owned()))
    }

    pub(crate) fn add(&mut self, transaction: Transaction) {
        self.references.insert((transaction.merchant.clone(), transaction.reference.clone()));
        self.places.insert(transaction.id.clone(), self.transactions.len());
        self.transactions.push(transaction);
    }

    /// A new tXid and the moment that is written in it: iMid, pay method, time, four digits. A second
    /// that has given all its ten thousand numbers lends from the next one.
    pub(crate) fn new_id(
        &mut self,
        (merchant, pay_method): (&str, &str),
        now_ms: i64,
    ) -> (String, i64) {
        let serial = &mut self.serial;
        let second = (now_ms / 1_000).max(serial.second);
        serial.used = if second == serial.second { serial.used + 1 } else { 0 };
        serial.second = second + serial.used / 10_000;
        serial.used %= 10_000;
        let at_ms = serial.second * 1_000;
        // Real ones are not in sequence; 7919 and 10000 have no common divisor.
        let tail = (serial.used * 7_919 + serial.second) % 10_000;
        let (date, time) = (jakarta::date(at_ms), jakarta::time(at_ms));
        (format!("{merchant}{pay_method}{date}{time}{tail:04}"), at_ms.max(now_ms))
    }

    /// A new mandate: iMid and nine digits.
    pub(crate) fn new_mandate(&mut self, merchant: &str, phone: &str) -> String {
        let id = format!("{merchant}{:09}", 123_412_345 + self.mandates.len());
        let (merchant, phone) = (merchant.to_owned(), phone.to_owned());
        self.mandates.insert(id.clone(), Mandate { merchant, phone });
        id
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twenty_thousand_numbers_of_one_second_are_all_different_and_thirty_characters_long() {
        let mut books = Books::default();
        let ids: HashSet<String> =
            (0..20_000).map(|_| books.new_id(("IONPAYTEST", "05"), 1_675_183_582_000).0).collect();
        assert_eq!(ids.len(), 20_000);
        assert!(ids.iter().all(|id| id.len() == 30 && id.starts_with("IONPAYTEST05202301312346")));
    }
}
