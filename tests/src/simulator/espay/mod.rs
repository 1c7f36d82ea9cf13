//! Espay's Direct API with linked wallets: SNAP BI and the classic services, both ways, and the
//! wallets' own accounts and pages.
//!
//! Written from `providers/espay.md`; its section 6 proposes what Espay leaves open.
mod auth_code;
mod balance;
mod binding;
mod books;
mod callback;
mod classic;
mod consent;
mod door;
mod fields;
mod hands;
mod host_to_host;
mod inquiry;
mod merchant_info;
mod payment;
mod products;
mod purse;
mod settings;
mod status;

use super::Simulator;
use super::engine::Desk;
use super::ledger::Account;
use super::pages::Prompt;
use super::snap::call::{self, Done, Service};
use super::view::{Amount, Decision, Operation, Provider, Refused, Status, Transaction};
use axum::Router;
use axum::routing::{MethodRouter, post};
pub(crate) use books::Books;
pub(crate) use callback::{answered, forge};
pub(crate) use classic::Classic;
pub use consent::EspayLinkView;
pub(crate) use consent::{
    Consent, Next, Step, agree, answer, cancel, enter_otp, enter_phone, links, return_url,
};
pub(crate) use hands::controls;
pub(crate) use inquiry::bill;
pub(crate) use payment::Payment;
pub(crate) use products::{Reach, method};
pub(crate) use purse::{Magic, OTP, PIN, Purse, international, is_phone};
use serde_json::Value;
pub use settings::{
    AuthCodeShape, BalanceShape, EspayCallbacks, EspayHabit, EspayMerchant, EspaySettings,
    GetSignature, PayToken, ReturnedState, TokenPlace,
};

/// A binding is asked for, or a code exchanged.
const BINDING: Service = Service {
    provider: Provider::Espay,
    number: 7,
    operation: Operation::Binding,
    path: "/apidirectdebit/v1.0/registration-account-binding",
    handle: binding::bind,
};

/// Every SNAP service.
const SERVICES: [Service; 8] = [
    BINDING,
    Service {
        number: 10,
        operation: Operation::AuthCode,
        path: "/apidirectdebit/v1.0/get-auth-code",
        handle: auth_code::auth_code,
        ..BINDING
    },
    Service {
        number: 8,
        operation: Operation::AccountInquiry,
        path: "/apidirectdebit/v1.0/registration-account-inquiry",
        handle: binding::inquire,
        ..BINDING
    },
    Service {
        number: 11,
        operation: Operation::Balance,
        path: "/apidirectdebit/v1.0/balance-inquiry",
        handle: balance::balance,
        ..BINDING
    },
    Service {
        number: 9,
        operation: Operation::Unbinding,
        path: "/apidirectdebit/v1.0/debit/registration-account-unbinding",
        handle: binding::unbind,
        ..BINDING
    },
    // Nobody knows whether the step `debit` belongs there.
    Service {
        number: 9,
        operation: Operation::Unbinding,
        path: "/apidirectdebit/v1.0/registration-account-unbinding",
        handle: binding::unbind,
        ..BINDING
    },
    Service {
        number: 54,
        operation: Operation::Registration,
        path: "/apimerchant/v1.0/debit/payment-host-to-host",
        handle: host_to_host::pay,
        ..BINDING
    },
    Service {
        number: 26,
        operation: Operation::Inquiry,
        path: "/apimerchant/v1.0/transfer-va/status",
        handle: status::status,
        ..BINDING
    },
];

/// Espay's own paths, as they follow its host.
pub(crate) fn routes() -> Router<Simulator> {
    let snap = SERVICES.into_iter().fold(Router::new(), |router, service| {
        router.route(&format!("/espay{}", service.path), call::route_of_any_method(service))
    });
    snap.route("/espay/rest/merchant/merchantinfo", form(merchant_info::MERCHANT_INFO))
        .route("/espay/rest/merchant/status", form(classic::status::STATUS))
        .route("/espay/rest/digitalpay/pushtopay", form(classic::push::PUSH))
}

fn form(service: classic::call::Service) -> MethodRouter<Simulator> {
    post(move |sim: axum::extract::State<Simulator>, request: axum::extract::Request| {
        classic::call::carry_out(sim.0, service, request)
    })
}

/// What a SNAP service answers when all went well.
fn done(transaction: Option<String>, fields: Value) -> Done {
    let fields = match fields {
        Value::Object(map) => map,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            serde_json::Map::new()
        }
    };
    Done { message: "Successful", fields, transaction, warning: None, elsewhere: None }
}

fn account(payment: &Payment) -> Account<'_> {
    Account {
        id: &payment.id,
        provider: Provider::Espay,
        method: payment.product.method,
        reference: &payment.reference,
    }
}

fn view(payment: &Payment, now_ms: i64) -> Transaction {
    Transaction {
        id: payment.id.clone(),
        provider: Provider::Espay,
        method: payment.product.method,
        reference: payment.reference.clone(),
        amount: Amount::rupiah(payment.amount),
        status: payment.status(now_ms),
    }
}

/// Every payment, or those of one order number, with the moment it was made.
pub(crate) fn views(desk: &Desk<'_>, reference: Option<&str>) -> Vec<(i64, Transaction)> {
    let all = desk.state.espay.payments.iter();
    let chosen = all.filter(|p| reference.is_none_or(|wanted| wanted == p.reference));
    chosen.map(|payment| (payment.created_ms, view(payment, desk.now_ms))).collect()
}

/// What the customer's phone or the wallet's app shows.
pub(crate) fn prompt(desk: &Desk<'_>, id: &str) -> Option<Prompt> {
    let payment = desk.state.espay.find(id)?;
    let status = payment.status(desk.now_ms);
    Some(Prompt {
        id: payment.id.clone(),
        provider: Provider::Espay,
        method: payment.product.method,
        wallet: payment.product.wallet,
        pushed: payment.product.reach == Reach::Push,
        merchant: payment.merchant.clone(),
        goods: "Espay".to_owned(),
        reference: payment.reference.clone(),
        amount: payment.amount,
        phone: payment.phone.clone(),
        status,
        left_s: payment.left_s(desk.now_ms),
        lifetime_s: (payment.until_ms - payment.created_ms) / 1_000,
        return_url: payment.return_url.clone().filter(|_| !status.is_open()),
    })
}

/// The prompts that wait on phones now.
pub(crate) fn pushes(desk: &Desk<'_>) -> Vec<Prompt> {
    let all = desk.state.espay.payments.iter();
    let waiting = all.filter(|p| p.status(desk.now_ms) == Status::Processing);
    waiting.filter_map(|p| prompt(desk, &p.id)).collect()
}

/// The customer, or the wallet, decides. An account that has too little fails what is approved.
pub(crate) fn decide(
    desk: &mut Desk<'_>,
    id: &str,
    decision: Decision,
) -> Result<Transaction, Refused> {
    match decision {
        Decision::Approve => pay(desk, id)?,
        Decision::Decline => fail(desk, id, None)?,
        Decision::Expire => {
            let now_ms = desk.now_ms;
            let payment = desk.state.espay.find_mut(id).ok_or(Refused::Unknown)?;
            payment.close(Status::Expired, now_ms).map_err(Refused::Conflict)?;
        }
        Decision::Refund => give_back(desk, id).ok_or_else(|| standing(desk, id))?,
    }
    let payment = desk.state.espay.find(id).ok_or(Refused::Unknown)?;
    Ok(view(payment, desk.now_ms))
}

fn standing(desk: &Desk<'_>, id: &str) -> Refused {
    let payment = desk.state.espay.find(id);
    payment.map_or(Refused::Unknown, |payment| Refused::Conflict(payment.status(desk.now_ms)))
}

/// Takes the money, or fails where there is too little.
fn pay(desk: &mut Desk<'_>, id: &str) -> Result<(), Refused> {
    let payment = desk.state.espay.find(id).ok_or(Refused::Unknown)?.clone();
    let status = payment.status(desk.now_ms);
    if !status.is_open() {
        return Err(Refused::Conflict(status));
    }
    if !desk.state.espay.purses.take((payment.product, &payment.phone), payment.amount) {
        return fail(desk, id, Some("4035414"));
    }
    let now_ms = desk.now_ms;
    let payment = desk.state.espay.find_mut(id).ok_or(Refused::Unknown)?;
    payment.close(Status::Paid, now_ms).map_err(Refused::Conflict)?;
    payment.paid_ms = Some(now_ms);
    let payment = payment.clone();
    desk.state.ledger.charge(&account(&payment), payment.amount, now_ms);
    callback::tell(desk, &payment);
    Ok(())
}

/// It was turned down, by its customer or, with a code, by the wallet.
fn fail(desk: &mut Desk<'_>, id: &str, reason: Option<&'static str>) -> Result<(), Refused> {
    let now_ms = desk.now_ms;
    let payment = desk.state.espay.find_mut(id).ok_or(Refused::Unknown)?;
    payment.close(Status::Failed, now_ms).map_err(Refused::Conflict)?;
    payment.reason = reason;
    let payment = payment.clone();
    callback::tell(desk, &payment);
    Ok(())
}

/// The money goes back to its wallet; nothing where none was taken.
fn give_back(desk: &mut Desk<'_>, id: &str) -> Option<()> {
    let now_ms = desk.now_ms;
    let payment = desk.state.espay.find_mut(id).filter(|payment| payment.is_paid())?;
    payment.end = Some(Status::Refunded);
    payment.suspect = false;
    let payment = payment.clone();
    desk.state.espay.purses.give((payment.product, &payment.phone), payment.amount);
    desk.state.ledger.refund(&account(&payment), payment.amount, now_ms);
    Some(())
}

/// The order of a payment is paid once more, as another transaction, of this amount: its id.
pub(crate) fn pay_again(desk: &mut Desk<'_>, id: &str, amount: Option<i64>) -> Option<String> {
    let first = desk.state.espay.find(id)?.clone();
    let fresh = host_to_host::new(desk, &first.merchant, first.product);
    let again = Payment {
        id: fresh.id,
        request: fresh.request,
        wallet_ref: fresh.wallet_ref,
        amount: amount.unwrap_or(first.amount),
        created_ms: desk.now_ms,
        until_ms: fresh.until_ms,
        paid_ms: None,
        end: None,
        reason: None,
        told: false,
        suspect: false,
        ..first
    };
    let id = again.id.clone();
    desk.state.espay.payments.push(again);
    pay(desk, &id).ok()?;
    let paid = desk.state.espay.find(&id).is_some_and(Payment::is_paid);
    paid.then_some(id)
}

/// A customer who is on a payment's page says whose account pays.
pub(crate) fn paid_by(desk: &mut Desk<'_>, id: &str, phone: &str) {
    let linked = desk.state.espay.find_mut(id).filter(|payment| payment.token.is_none());
    if let Some(payment) = linked {
        payment.phone = international(phone);
    }
}

/// What is on the account that pays.
pub(crate) fn purse_of(desk: &mut Desk<'_>, payment: &Payment) -> Purse {
    *desk.state.espay.purses.of(payment.product.method, &payment.phone)
}

/// What is on a wallet's account, to be looked at or changed.
pub(crate) fn purse<'a>(
    desk: &'a mut Desk<'_>,
    method: &'static str,
    phone: &str,
) -> &'a mut Purse {
    desk.state.espay.purses.of(method, phone)
}

/// The wallets end every agreement, and tell nobody.
pub(crate) fn forget_tokens(desk: &mut Desk<'_>) {
    for binding in &mut desk.state.espay.bindings {
        binding.active = false;
    }
}

/// A product is sold, or is not for now. Nothing where there is no such product.
pub(crate) fn offer(desk: &mut Desk<'_>, code: &str, sold: bool) -> Option<()> {
    products::by_code(code)?;
    if sold {
        desk.state.espay.withdrawn.remove(code);
    } else {
        desk.state.espay.withdrawn.insert(code.to_owned());
    }
    Some(())
}

/// Merchants are called back at this address from now on.
pub(crate) fn register(desk: &mut Desk<'_>, base: &str) {
    desk.state.espay.registered = Some(base.trim_end_matches('/').to_owned());
}

/// What state browsers bring back from now on.
pub(crate) const fn return_state(desk: &mut Desk<'_>, state: ReturnedState) {
    desk.state.espay.returned_state = state;
}
