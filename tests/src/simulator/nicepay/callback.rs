//! How the customer's browser goes back to the merchant: by address, or by a posted form.
use super::codes::{Code, SUCCESS, WALLET_FAILED};
use super::key_of;
use super::token::Formula;
use super::transaction::Transaction;
use super::wallets::Reach;
use crate::simulator::engine::Desk;
use crate::simulator::jakarta;
use crate::simulator::pages::{self, with_query};
use crate::simulator::view::Status;

/// What the browser carries. It proves nothing.
const fn code(status: Status) -> Code {
    match status {
        Status::Paid | Status::Void | Status::Refunded => SUCCESS,
        Status::Initiated
        | Status::Unpaid
        | Status::Processing
        | Status::Failed
        | Status::Cancelled
        | Status::Expired => WALLET_FAILED,
    }
}

fn fields(order: &Transaction, code: Code) -> Vec<(&'static str, String)> {
    vec![
        ("resultCd", code.0.to_owned()),
        ("resultMsg", code.1.to_owned()),
        ("tXid", order.id.clone()),
        ("referenceNo", order.reference.clone()),
        ("payMethod", "05".to_owned()),
        ("amt", order.amount.to_string()),
        ("transDt", jakarta::date(order.registered_ms)),
        ("transTm", jakarta::time(order.registered_ms)),
        ("description", order.description.clone()),
        ("mitraCd", order.wallet.code.to_owned()),
        ("currency", "IDR".to_owned()),
        ("goodsNm", order.goods.clone()),
        ("billingNm", order.billing_name.clone()),
    ]
}

/// Where a decided order's browser goes; nothing while it is open or when it never came.
pub(super) fn address(order: &Transaction, status: Status) -> Option<String> {
    let callback = order.callback.as_deref().filter(|_| !status.is_open())?;
    Some(with_query(callback, &fields(order, code(status))))
}

/// NICEPAY's own page at the end: a form named `tranMgr` that posts itself.
pub(super) fn posting_page(desk: &Desk<'_>, order: &Transaction) -> Option<String> {
    let status = order.status(desk.now_ms);
    Some(post(desk, order, (order.callback.as_deref()?, code(status))))
}

/// The same page for a payment step that was turned down.
pub(super) fn refused_page(
    desk: &Desk<'_>,
    order: &Transaction,
    (url, code): (&str, Code),
) -> String {
    post(desk, order, (url, code))
}

/// The fields that the real page's form has beyond those of the address.
const EMPTY: [&str; 16] = [
    "authNo",
    "issuBankCd",
    "acquBankCd",
    "cardNo",
    "receiptCode",
    "recurringToken",
    "preauthToken",
    "ccTransType",
    "mRefNo",
    "instmntType",
    "instmntMon",
    "cardExpYymm",
    "issuBankNm",
    "acquBankNm",
    "vacctNo",
    "payNo",
];

fn post(desk: &Desk<'_>, order: &Transaction, (url, code): (&str, Code)) -> String {
    let stamp = format!("{}{}", jakarta::date(desk.now_ms), jakarta::time(desk.now_ms));
    let amt = order.amount.to_string();
    // Its formula is not documented; this is the one of the payment step.
    let parts = vec![
        ("timeStamp", stamp.as_str()),
        ("iMid", order.merchant.as_str()),
        ("referenceNo", order.reference.as_str()),
        ("amt", amt.as_str()),
    ];
    let key = key_of(desk, &order.merchant);
    let token = Formula { parts, key, lures: Vec::new() }.token();
    let mut all = fields(order, code);
    all.extend(EMPTY.iter().map(|name| (*name, String::new())));
    all.push(("timeStamp", stamp));
    all.push(("merchantToken", token));
    pages::posting(url, &all, order.wallet.reach == Reach::Push && code == SUCCESS)
}
