//! Winpay's eWallet service over SNAP BI: OVO, DANA, ShopeePay, Speedcash and AstraPay.
//!
//! Written from `providers/winpay-snap.md`; its section 7 fixes what Winpay leaves open.
mod books;
mod callback;
mod cancel;
mod channels;
mod contract;
mod create;
mod door;
mod settings;
mod status;

use super::Simulator;
use super::engine::Desk;
use super::ledger::Account;
use super::pages::Prompt;
use super::snap::call::{self, Service};
use super::view::{Amount, Decision, Operation, Provider, Refused, Status, Transaction};
use axum::Router;
pub(crate) use books::Books;
pub(crate) use callback::forge;
use channels::Reach;
use contract::Contract;
pub use settings::{CallbackTarget, SigningKey, StatusMode, WinpayMerchant, WinpaySettings};

/// Create.
const CREATE: Service = Service {
    provider: Provider::Winpay,
    number: 54,
    operation: Operation::Registration,
    path: "/v1.0/debit/payment-host-to-host",
    handle: create::create,
};
/// Status.
const STATUS: Service = Service {
    number: 55,
    operation: Operation::Inquiry,
    path: "/v1.0/debit/status",
    handle: status::status,
    ..CREATE
};
/// Cancel.
const CANCEL: Service = Service {
    number: 57,
    operation: Operation::Cancel,
    path: "/v1.0/debit/cancel",
    handle: cancel::cancel,
    ..CREATE
};

/// Winpay's own paths, of which the signature covers what begins with `/v1.0`.
pub(crate) fn routes() -> Router<Simulator> {
    [CREATE, STATUS, CANCEL].into_iter().fold(Router::new(), |router, service| {
        router
            .route(&format!("/winpay{}", service.path), call::route(service))
            .route(&format!("/winpay/snap{}", service.path), call::route(service))
    })
}

fn account(contract: &Contract) -> Account<'_> {
    Account {
        id: &contract.id,
        provider: Provider::Winpay,
        method: contract.channel.method,
        reference: &contract.reference,
    }
}

fn view(contract: &Contract, now_ms: i64) -> Transaction {
    Transaction {
        id: contract.id.clone(),
        provider: Provider::Winpay,
        method: contract.channel.method,
        reference: contract.reference.clone(),
        amount: Amount::rupiah(contract.amount),
        status: contract.status(now_ms),
    }
}

/// Every contract, or those of one order number, with the moment it was made.
pub(crate) fn views(desk: &Desk<'_>, reference: Option<&str>) -> Vec<(i64, Transaction)> {
    let all = desk.state.winpay.all().iter();
    let chosen = all.filter(|c| reference.is_none_or(|wanted| wanted == c.reference));
    chosen.map(|contract| (contract.created_ms, view(contract, desk.now_ms))).collect()
}

/// What the customer's phone or the wallet's page shows.
pub(crate) fn prompt(desk: &Desk<'_>, id: &str) -> Option<Prompt> {
    let contract = desk.state.winpay.find(id)?;
    let status = contract.status(desk.now_ms);
    Some(Prompt {
        id: contract.id.clone(),
        provider: Provider::Winpay,
        method: contract.channel.method,
        wallet: contract.channel.name,
        pushed: contract.channel.reach == Reach::Push,
        merchant: contract.merchant_id.clone(),
        goods: "Winpay".to_owned(),
        reference: contract.reference.clone(),
        amount: contract.amount,
        phone: contract.phone.clone(),
        status,
        left_s: contract.left_s(desk.now_ms),
        lifetime_s: contract.lifetime_s(),
        return_url: contract.return_url.clone().filter(|_| !status.is_open()),
    })
}

/// The prompts that wait on phones now.
pub(crate) fn pushes(desk: &Desk<'_>) -> Vec<Prompt> {
    let all = desk.state.winpay.all().iter();
    let waiting = all.filter(|c| c.status(desk.now_ms) == Status::Processing);
    waiting.filter_map(|c| prompt(desk, &c.id)).collect()
}

/// The customer, the wallet, or Winpay's own staff decides.
pub(crate) fn decide(
    desk: &mut Desk<'_>,
    id: &str,
    decision: Decision,
) -> Result<Transaction, Refused> {
    let now_ms = desk.now_ms;
    let payment_no = desk.state.winpay.next_payment_no();
    let contract = desk.state.winpay.find_mut(id).ok_or(Refused::Unknown)?;
    let done = match decision {
        Decision::Approve => contract.pay(payment_no, now_ms),
        Decision::Decline => contract.close(Status::Failed, now_ms),
        Decision::Expire => contract.close(Status::Expired, now_ms),
        Decision::Refund => contract.refund(now_ms),
    };
    done.map_err(Refused::Conflict)?;
    let contract = contract.clone();
    match decision {
        Decision::Approve => {
            desk.state.ledger.charge(&account(&contract), contract.amount, now_ms);
        }
        Decision::Refund => {
            desk.state.ledger.refund(&account(&contract), contract.amount, now_ms);
        }
        Decision::Decline | Decision::Expire => {}
    }
    callback::tell(desk, &contract);
    Ok(view(&contract, now_ms))
}
