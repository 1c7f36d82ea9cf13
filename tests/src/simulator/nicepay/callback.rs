//! How the customer's browser goes back to the merchant: by address, or by a posted form.
use super::codes::{Code, FAILED, SUCCESS, WALLET_FAILED};
use super::key_of;
use super::partners::{Family, Reach};
use super::settings::Spelling;
use super::token::Formula;
use super::transaction::Transaction;
use crate::simulator::engine::Desk;
use crate::simulator::jakarta;
use crate::simulator::pages::{self, with_query};
use crate::simulator::view::Status;

/// What the browser carries. It proves nothing.
pub(super) const fn code(family: Family, status: Status) -> Code {
    match status {
        Status::Paid | Status::Void | Status::Refunded => SUCCESS,
        // A number to be paid exists: that is all a store's code says.
        Status::Initiated | Status::Unpaid | Status::Processing
            if matches!(family, Family::Store) =>
        {
            SUCCESS
        }
        Status::Initiated
        | Status::Unpaid
        | Status::Processing
        | Status::Failed
        | Status::Cancelled
        | Status::Expired => match family {
            Family::Wallet => WALLET_FAILED,
            Family::Store | Family::Lender | Family::Hosted => FAILED,
        },
    }
}

fn fields(order: &Transaction, code: Code) -> Vec<(&'static str, String)> {
    let mut all = vec![
        ("resultCd", code.0.to_owned()),
        ("resultMsg", code.1.to_owned()),
        ("tXid", order.id.clone()),
        ("referenceNo", order.reference.clone()),
        ("payMethod", order.partner.family.pay_method().to_owned()),
        ("amt", order.amount.to_string()),
        ("transDt", jakarta::date(order.registered_ms)),
        ("transTm", jakarta::time(order.registered_ms)),
        ("description", order.description.clone()),
        ("mitraCd", order.partner.code.to_owned()),
        ("currency", "IDR".to_owned()),
        ("goodsNm", order.goods.clone()),
        ("billingNm", order.billing_name.clone()),
    ];
    if order.partner.family == Family::Lender {
        all.push(("instmntMon", order.loan.months.clone()));
        all.push(("instmntType", order.loan.kind.clone()));
    }
    all
}

/// What NICEPAY's own page says at the end, in the order of its published samples.
pub(super) fn hosted_fields(
    order: &Transaction,
    code: Code,
    spelling: Spelling,
) -> Vec<(&'static str, String)> {
    let amount = match spelling {
        Spelling::Amount => "amount",
        Spelling::Amt => "amt",
    };
    let mut all = vec![
        ("tXid", order.id.clone()),
        ("referenceNo", order.reference.clone()),
        (amount, order.amount.to_string()),
        ("transDt", jakarta::date(order.registered_ms)),
        ("transTm", jakarta::time(order.registered_ms)),
    ];
    match order.partner.family {
        Family::Store => all.push(("payNo", order.till.pay_no.clone())),
        Family::Hosted => {}
        Family::Wallet | Family::Lender => all.extend([
            ("payMethod", order.partner.family.pay_method().to_owned()),
            ("currency", "IDR".to_owned()),
            ("goodsNm", order.goods.clone()),
            ("billingNm", order.billing_name.clone()),
        ]),
    }
    if order.partner.family == Family::Lender {
        all.push(("instmntMon", order.loan.months.clone()));
        all.push(("instmntType", order.loan.kind.clone()));
    }
    all.push(("mitraCd", order.partner.code.to_owned()));
    all.push(("resultCd", code.0.to_owned()));
    all.push(("resultMsg", code.1.to_lowercase()));
    all
}

/// Where NICEPAY's own page leads away from itself.
pub(super) fn hosted_end(order: &Transaction) -> String {
    format!("/nicepay/redirect/v2/done?tXid={}", order.id)
}

/// Where a decided order's browser goes; nothing while it is open or when it never came.
pub(super) fn address(order: &Transaction, status: Status) -> Option<String> {
    let callback = order.callback.as_deref().filter(|_| !status.is_open())?;
    if order.is_hosted() {
        return Some(hosted_end(order));
    }
    Some(with_query(callback, &fields(order, code(order.partner.family, status))))
}

/// NICEPAY's own page at the end: a form named `tranMgr` that posts itself.
pub(super) fn posting_page(desk: &Desk<'_>, order: &Transaction) -> Option<String> {
    let status = order.status(desk.now_ms);
    Some(post(desk, order, (order.callback.as_deref()?, code(order.partner.family, status))))
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
const EMPTY: [&str; 14] = [
    "authNo",
    "issuBankCd",
    "acquBankCd",
    "cardNo",
    "receiptCode",
    "recurringToken",
    "preauthToken",
    "ccTransType",
    "mRefNo",
    "cardExpYymm",
    "issuBankNm",
    "acquBankNm",
    "vacctNo",
    "payNo",
];

fn post(desk: &Desk<'_>, order: &Transaction, (url, code): (&str, Code)) -> String {
    let mut all = fields(order, code);
    all.extend(EMPTY.iter().map(|name| (*name, String::new())));
    all.extend(signature(desk, order));
    pages::posting(url, &all, order.partner.reach == Reach::Push && code == SUCCESS)
}

/// The time and token of a posted form.
pub(super) fn signature(desk: &Desk<'_>, order: &Transaction) -> [(&'static str, String); 2] {
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
    [("timeStamp", stamp), ("merchantToken", token)]
}
