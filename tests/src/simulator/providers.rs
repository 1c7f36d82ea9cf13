//! The one place that knows every provider: whose transaction is it, and what becomes of it?
use super::engine::Desk;
use super::pages::Prompt;
use super::view::{Decision, Refused, Transaction};
use super::{nicepay, winpay};

/// Every transaction, or those of one order number, oldest first.
pub(crate) fn views(desk: &Desk<'_>, reference: Option<&str>) -> Vec<Transaction> {
    let mut all = nicepay::views(desk, reference);
    all.extend(winpay::views(desk, reference));
    all.sort_by_key(|(since_ms, _)| *since_ms);
    all.into_iter().map(|(_, transaction)| transaction).collect()
}

/// What the customer's phone or the wallet's page shows.
pub(crate) fn prompt(desk: &Desk<'_>, id: &str) -> Option<Prompt> {
    nicepay::prompt(desk, id).or_else(|| winpay::prompt(desk, id))
}

/// The prompts that wait on phones now.
pub(crate) fn pushes(desk: &Desk<'_>) -> Vec<Prompt> {
    let mut all = nicepay::pushes(desk);
    all.extend(winpay::pushes(desk));
    all
}

/// The customer, or the wallet, decides.
pub(crate) fn decide(
    desk: &mut Desk<'_>,
    id: &str,
    decision: Decision,
) -> Result<Transaction, Refused> {
    if desk.state.winpay.find(id).is_some() {
        return winpay::decide(desk, id, decision);
    }
    nicepay::decide(desk, id, decision)
}

/// Somebody else claims that it was paid.
pub(crate) fn forge(desk: &mut Desk<'_>, id: &str) {
    if desk.state.winpay.find(id).is_some() {
        winpay::forge(desk, id);
    } else {
        nicepay::forge(desk, id);
    }
}
