//! NICEPAY Indonesia: V2 Direct for wallets, stores and lenders, its own payment page, and SNAP for
//! the wallets.
//!
//! Written from `providers/nicepay.md`; what it proposes where NICEPAY's documents are silent is
//! marked as undocumented here too.
mod books;
mod call;
mod callback;
mod cancel;
mod cart;
mod codes;
mod confirm;
mod control;
mod counter;
mod details;
mod digit;
mod fields;
mod hosted;
mod inquiry;
mod lender;
mod lending;
mod link;
mod notification;
mod payment;
mod registered;
mod registration;
mod settings;
mod snap;
mod stories;
mod token;
mod transaction;
mod validity;
mod wait;
mod partners;

use super::Simulator;
use super::engine::Desk;
use super::ledger::Account;
use super::pages::Prompt;
use super::view::{self, Amount, Decision, Operation, Provider, Refused, Status};
use axum::Router;
use axum::extract::{Request, State};
use axum::routing::{MethodRouter, any, get, post};
pub(crate) use books::Books;
pub(crate) use control::routes as control_routes;
pub use counter::{AtTill, Bill};
pub use details::Details;
pub use lender::{Entered, Loan};
pub(crate) use lender::{loan, log_in};
pub use link::LinkView;
pub(crate) use link::{answer_link, forget_mandates, link_view, links};
pub(crate) use notification::forged as forge;
use partners::Reach;
pub(crate) use partners::{Family, Partner};
pub use settings::{CallbackManner, NicepayV2Settings, PayNumber, Spelling, Transport};
pub use snap::{NicepaySnapMerchant, NicepaySnapSettings};
use transaction::Transaction;
pub(crate) use transaction::{LoanStep, Transaction as Chooser};

/// NICEPAY's own paths.
pub(crate) fn routes() -> Router<Simulator> {
    use Operation::{Cancel, Confirm, Inquiry, LinkEnable, LinkInitiate, Payment, Registration};
    Router::new()
        .route("/nicepay/direct/v2/registration", api(Registration, registration::register))
        .route("/nicepay/direct/v2/payment", browser(Payment, payment::pay))
        .route("/nicepay/direct/v2/wait", get(wait::page))
        .route("/nicepay/direct/v2/inquiry", api(Inquiry, inquiry::inquire))
        .route("/nicepay/direct/v2/cancel", api(Cancel, cancel::cancel))
        .route("/nicepay/direct/v2/confirmAkulaku", api(Confirm, confirm::confirm))
        .route("/nicepay/api/direct/v2/confirmAkulaku", api(Confirm, confirm::confirm))
        .route("/nicepay/redirect/v2/registration", api(Registration, hosted::register))
        .route("/nicepay/redirect/v2/payment", browser(Payment, hosted::arrive))
        .route("/nicepay/redirect/v2/done", browser(Payment, hosted::leave))
        .route("/nicepay/api/linkEnable.do", browser(LinkEnable, link::enable))
        .route("/nicepay/api/linkInitiate.do", browser(LinkInitiate, link::initiate))
        .merge(snap::routes())
}

fn api(operation: Operation, handle: call::Handle) -> MethodRouter<Simulator> {
    post(move |State(sim): State<Simulator>, request: Request| {
        call::carry_out(sim, operation, handle, request)
    })
}

fn browser(operation: Operation, handle: call::Handle) -> MethodRouter<Simulator> {
    any(move |State(sim): State<Simulator>, request: Request| {
        call::carry_out(sim, operation, handle, request)
    })
}

/// The merchant's key.
fn key_of<'a>(desk: &'a Desk<'_>, merchant: &str) -> &'a str {
    desk.settings.nicepay_merchants.get(merchant).map_or("", String::as_str)
}

/// Whose money a transaction is.
fn account(transaction: &Transaction) -> Account<'_> {
    Account {
        id: &transaction.id,
        provider: Provider::Nicepay,
        method: transaction.partner.method,
        reference: &transaction.reference,
    }
}

/// How a transaction looks from outside.
fn view(transaction: &Transaction, now_ms: i64) -> view::Transaction {
    view::Transaction {
        id: transaction.id.clone(),
        provider: Provider::Nicepay,
        method: transaction.partner.method,
        reference: transaction.reference.clone(),
        amount: Amount::rupiah(transaction.amount),
        status: transaction.status(now_ms),
    }
}

/// Every transaction, or those of one order number, with the moment it was registered.
pub(crate) fn views(desk: &Desk<'_>, reference: Option<&str>) -> Vec<(i64, view::Transaction)> {
    let all = desk.state.nicepay.all().iter();
    let chosen = all.filter(|t| reference.is_none_or(|wanted| wanted == t.reference));
    chosen.map(|order| (order.registered_ms, view(order, desk.now_ms))).collect()
}

/// What the customer's phone or the wallet's page shows.
pub(crate) fn prompt(desk: &Desk<'_>, id: &str) -> Option<Prompt> {
    let found = desk.state.nicepay.find(id);
    let transaction = found.filter(|order| order.partner.family == Family::Wallet)?;
    let status = transaction.status(desk.now_ms);
    let return_url = callback::address(transaction, status);
    Some(Prompt {
        id: transaction.id.clone(),
        provider: Provider::Nicepay,
        method: transaction.partner.method,
        wallet: transaction.partner.name,
        pushed: transaction.partner.reach == Reach::Push,
        merchant: transaction.merchant.clone(),
        goods: transaction.goods.clone(),
        reference: transaction.reference.clone(),
        amount: transaction.amount,
        phone: transaction.phone.clone(),
        status,
        left_s: transaction.left_s(desk.now_ms),
        lifetime_s: transaction.partner.lifetime_ms / 1_000,
        return_url,
    })
}

/// The prompts that wait on phones now.
pub(crate) fn pushes(desk: &Desk<'_>) -> Vec<Prompt> {
    let all = desk.state.nicepay.all().iter();
    let pushed = all.filter(|t| t.partner.reach == Reach::Push);
    let waiting = pushed.filter(|t| t.status(desk.now_ms) == Status::Processing);
    waiting.filter_map(|t| prompt(desk, &t.id)).collect()
}

/// The customer, or the wallet, decides.
pub(crate) fn decide(
    desk: &mut Desk<'_>,
    id: &str,
    decision: Decision,
) -> Result<view::Transaction, Refused> {
    let now_ms = desk.now_ms;
    let transaction = desk.state.nicepay.find(id).ok_or(Refused::Unknown)?.clone();
    if !makes_sense(&transaction, decision) {
        return Err(Refused::Conflict(transaction.status(now_ms)));
    }
    if decision == Decision::Approve && transaction.partner.family == Family::Store {
        return counter::approve(desk, &transaction);
    }
    let transaction = desk.state.nicepay.find_mut(id).ok_or(Refused::Unknown)?;
    let done = match decision {
        Decision::Approve => transaction.approve(now_ms),
        Decision::Decline => transaction.close(Status::Failed, now_ms),
        Decision::Expire => transaction.close(Status::Expired, now_ms),
        Decision::Refund if transaction.cancellable() > 0 => Ok(()),
        Decision::Refund => Err(transaction.status(now_ms)),
    };
    done.map_err(Refused::Conflict)?;
    let transaction = transaction.clone();
    match decision {
        Decision::Approve => {
            desk.state.ledger.charge(&account(&transaction), transaction.amount, now_ms);
            notification::deposit(desk, &transaction);
        }
        Decision::Refund => {
            give_back(desk, &transaction, transaction.cancellable(), Status::Refunded);
        }
        Decision::Decline | Decision::Expire => {}
    }
    let transaction = desk.state.nicepay.find(id).ok_or(Refused::Unknown)?;
    Ok(view(transaction, now_ms))
}

/// Nobody pays before a partner is chosen, and nobody declines at a store.
fn makes_sense(order: &Transaction, decision: Decision) -> bool {
    match decision {
        Decision::Approve => order.partner.family != Family::Hosted,
        Decision::Decline => order.partner.family != Family::Store,
        Decision::Expire | Decision::Refund => true,
    }
}

/// Money goes back, and the merchant is told.
fn give_back(desk: &mut Desk<'_>, transaction: &Transaction, amount: i64, becomes: Status) {
    desk.state.ledger.refund(&account(transaction), amount, desk.now_ms);
    if let Some(kept) = desk.state.nicepay.find_mut(&transaction.id) {
        kept.give_back(amount, becomes);
    }
    notification::reversal(desk, transaction, amount);
}

/// An order of a sandbox whose orders pay by themselves begins to wait for that.
fn pays_by_itself(desk: &mut Desk<'_>, id: &str) {
    if let Some(after) = desk.settings.autopaid_after {
        let at_ms = desk.now_ms + i64::try_from(after.as_millis()).unwrap_or(i64::MAX / 2);
        desk.state.nicepay.autopay.push((at_ms, id.to_owned()));
    }
}

/// Pays what pays by itself by now; says when the next one will.
pub(crate) fn autopay(desk: &mut Desk<'_>) -> Option<i64> {
    let now_ms = desk.now_ms;
    let due: Vec<_> = desk.state.nicepay.autopay.extract_if(.., |(at, _)| *at <= now_ms).collect();
    for (_, id) in due {
        // A customer who declined before the sandbox paid keeps the last word.
        drop(decide(desk, &id, Decision::Approve));
    }
    desk.state.nicepay.autopay.iter().map(|(at, _)| *at).min()
}

/// Links an AstraPay account without a browser, for tests: its mandateID.
pub(crate) fn link_account(desk: &mut Desk<'_>, merchant: &str, phone: &str) -> String {
    desk.state.nicepay.new_mandate(merchant, phone)
}
