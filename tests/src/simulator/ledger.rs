//! What was really charged and given back, per transaction: the truth that no answer can bend.
use super::jakarta::rfc3339;
use super::view::{Amount, Provider};
use serde::Serialize;
use std::collections::HashMap;

/// One transaction's money.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Row {
    /// The transaction.
    pub id: String,
    /// Who holds it.
    pub provider: Provider,
    /// Our method id.
    pub method: &'static str,
    /// The order number of the merchant's call.
    pub reference: String,
    /// What left the customer's wallet, altogether.
    pub charged: Amount,
    /// What went back, altogether.
    pub refunded: Amount,
    /// When it was charged first, RFC 3339.
    pub charged_at: Option<String>,
    /// When something was given back last, RFC 3339.
    pub refunded_at: Option<String>,
}

/// Every row in the order in which money first moved.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    rows: Vec<Row>,
    places: HashMap<String, usize>,
}

/// Whose money moves.
pub(crate) struct Account<'a> {
    pub(crate) id: &'a str,
    pub(crate) provider: Provider,
    pub(crate) method: &'static str,
    pub(crate) reference: &'a str,
}

impl Ledger {
    pub(crate) fn charge(&mut self, account: &Account<'_>, value: i64, now_ms: i64) {
        let row = self.row(account);
        row.charged.value += value;
        row.charged_at.get_or_insert_with(|| rfc3339(now_ms));
    }

    pub(crate) fn refund(&mut self, account: &Account<'_>, value: i64, now_ms: i64) {
        let row = self.row(account);
        row.refunded.value += value;
        row.refunded_at = Some(rfc3339(now_ms));
    }

    pub(crate) fn rows(&self) -> Vec<Row> {
        self.rows.clone()
    }

    fn row(&mut self, account: &Account<'_>) -> &mut Row {
        let rows = &mut self.rows;
        let place = *self.places.entry(account.id.to_owned()).or_insert_with(|| {
            rows.push(Row {
                id: account.id.to_owned(),
                provider: account.provider,
                method: account.method,
                reference: account.reference.to_owned(),
                charged: Amount::rupiah(0),
                refunded: Amount::rupiah(0),
                charged_at: None,
                refunded_at: None,
            });
            rows.len() - 1
        });
        &mut self.rows[place]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_charge_of_the_same_transaction_is_not_hidden() {
        let mut ledger = Ledger::default();
        let account =
            Account { id: "t1", provider: Provider::Nicepay, method: "dana", reference: "r1" };
        ledger.charge(&account, 10_000, 0);
        ledger.charge(&account, 10_000, 5_000);
        ledger.refund(&account, 4_000, 9_000);
        let rows = ledger.rows();
        assert_eq!(rows.len(), 1);
        assert_eq!((rows[0].charged.value, rows[0].refunded.value), (20_000, 4_000));
        assert_eq!(rows[0].charged_at.as_deref(), Some("1970-01-01T00:00:00Z"));
        assert_eq!(rows[0].refunded_at.as_deref(), Some("1970-01-01T00:00:09Z"));
    }
}
