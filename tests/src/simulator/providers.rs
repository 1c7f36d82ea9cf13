//! The one place that knows every provider: whose transaction is it, and what becomes of it?
use super::engine::Desk;
use super::outbox::Letter;
use super::pages::Prompt;
use super::snap::sender::Verdict;
use super::view::{Decision, Provider, Refused, Transaction};
use super::{espay, nicepay, winpay};

/// Every transaction, or those of one order number, oldest first.
pub(crate) fn views(desk: &Desk<'_>, reference: Option<&str>) -> Vec<Transaction> {
    let mut all = nicepay::views(desk, reference);
    all.extend(winpay::views(desk, reference));
    all.extend(espay::views(desk, reference));
    all.sort_by_key(|(since_ms, _)| *since_ms);
    all.into_iter().map(|(_, transaction)| transaction).collect()
}

/// What the customer's phone or the wallet's page shows.
pub(crate) fn prompt(desk: &Desk<'_>, id: &str) -> Option<Prompt> {
    let ours = nicepay::prompt(desk, id).or_else(|| winpay::prompt(desk, id));
    ours.or_else(|| espay::prompt(desk, id))
}

/// The prompts that wait on phones now.
pub(crate) fn pushes(desk: &Desk<'_>) -> Vec<Prompt> {
    let mut all = nicepay::pushes(desk);
    all.extend(winpay::pushes(desk));
    all.extend(espay::pushes(desk));
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
    if desk.state.espay.find(id).is_some() {
        return espay::decide(desk, id, decision);
    }
    nicepay::decide(desk, id, decision)
}

/// Somebody else claims that it was paid.
pub(crate) fn forge(desk: &mut Desk<'_>, id: &str) {
    if desk.state.winpay.find(id).is_some() {
        winpay::forge(desk, id);
    } else if desk.state.espay.find(id).is_some() {
        espay::forge(desk, id);
    } else {
        nicepay::forge(desk, id);
    }
}

/// What a provider makes of the answer to a notification.
pub(crate) fn answered(desk: &mut Desk<'_>, letter: &Letter, heard: (&Verdict, &[u8])) {
    match letter.provider {
        Provider::Nicepay | Provider::Winpay => {}
        Provider::Espay => espay::answered(desk, letter, heard),
    }
}
