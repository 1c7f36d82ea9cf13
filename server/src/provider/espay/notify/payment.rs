//! Service 25: something became of a payment. A buyer's fee may be part of what was paid, so that it
//! is the total that is compared with ours.

use bytes::Bytes;
use http::{Request, Response};
use kasir_shared::{Moment, Rupiah};
use serde::{Deserialize, Serialize};

use super::super::Espay;
use super::super::dialect::RepeatedCallback;
use super::super::text::customer_name;
use super::is_refused;
use super::snap::{BillDetail, Subject, flaw, plain, verify};
use crate::provider::snap::amount::Amount;
use crate::provider::snap::code::Code;
use crate::provider::snap::{reply, time};
use crate::provider::words::unreadable;
use crate::provider::{Bill, Claim, Notice, ProviderError, Verdict};

const NUMBER: u8 = 25;
const MANDATORY: [&str; 7] = [
    "partnerServiceId",
    "customerNo",
    "virtualAccountNo",
    "trxId",
    "paymentRequestId",
    "totalAmount",
    "additionalInfo",
];
/// The longest number of a payment that we keep.
const NUMBER_MAX: usize = 128;

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Payment {
    #[serde(flatten)]
    subject: Subject,
    trx_id: String,
    #[serde(rename = "paymentRequestId")]
    request_id: String,
    total_amount: Option<Amount>,
    additional_info: AdditionalInfo,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct AdditionalInfo {
    product_code: Option<String>,
    payment_ref: Option<String>,
    transaction_status: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Reply<'a> {
    response_code: String,
    response_message: &'static str,
    virtual_account_data: Data<'a>,
    additional_info: Reconciled,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Data<'a> {
    partner_service_id: &'a str,
    customer_no: &'a str,
    virtual_account_no: &'a str,
    virtual_account_name: String,
    payment_request_id: &'a str,
    total_amount: Option<Amount>,
    bill_details: Vec<BillDetail>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Reconciled {
    reconcile_id: String,
    reconcile_datetime: String,
}

pub(super) fn read(
    espay: &Espay,
    request: &Request<Bytes>,
    at: Moment,
) -> Result<Notice, ProviderError> {
    verify(espay, request, at)?;
    let Ok(payment) = serde_json::from_slice::<Payment>(request.body()) else {
        return unreadable("body is not the payment that the documents describe");
    };
    payment.subject.check(espay)?;
    let speaks_of_money = match payment.additional_info.transaction_status.as_str() {
        "S" => true,
        "F" => false,
        _ => return unreadable("transactionStatus is not documented"),
    };
    if !is_number(&payment.trx_id) || !is_number(&payment.request_id) {
        return unreadable("trxId or paymentRequestId is missing");
    }
    let Some(total) = &payment.total_amount else { return unreadable("totalAmount is missing") };
    // What is no whole rupiah is not what we asked for.
    let amount = speaks_of_money.then(|| total.rupiah().unwrap_or(Rupiah::ZERO));
    Ok(Notice {
        reference: payment.subject.reference(),
        // A try that came to nothing is not what the order is paid by, should it be paid after all.
        transaction: speaks_of_money.then(|| payment.transaction(espay)),
        amount,
        claim: Claim::Payment,
    })
}

fn is_number(text: &str) -> bool {
    (1..=NUMBER_MAX).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

impl Payment {
    /// What tells this payment from others of its order. One of push-to-pay may be told both by SNAP
    /// and in the classic way, which have only the wallet's number in common.
    fn transaction(&self, espay: &Espay) -> String {
        let AdditionalInfo { product_code, payment_ref, .. } = &self.additional_info;
        let pushed = product_code.as_deref().is_some_and(|code| espay.products.pushes(code));
        let shared = payment_ref.as_ref().filter(|number| pushed && is_number(number));
        shared.unwrap_or(&self.trx_id).clone()
    }
}

pub(super) fn answer(
    request: &Request<Bytes>,
    verdict: &Verdict,
    (repeated, at): (RepeatedCallback, Moment),
) -> Response<Bytes> {
    let say = |case, message: &str| plain(NUMBER, case, message, at);
    match verdict {
        Verdict::Kept { bill, .. } if is_refused(bill.as_deref(), repeated) => {
            say((404, 14), "Paid Bill")
        }
        Verdict::Kept { since, bill } => kept(request, bill.as_deref(), *since),
        Verdict::OtherAmount(_) => say((404, 13), "Invalid Amount"),
        Verdict::PaidAlready(_) => say((404, 14), "Paid Bill"),
        Verdict::Unknown | Verdict::Asked(_) => {
            say((404, 12), "Invalid Bill/Virtual Account [Not Found]")
        }
        Verdict::Forged => say((401, 0), "Unauthorized. [Signature]"),
        Verdict::Unreadable => {
            let (case, message) = flaw(request, &MANDATORY);
            say(case, &message)
        }
        Verdict::NotKept => say((500, 0), "General Error"),
    }
}

/// It is kept. Everything is of the first time, so that whoever tells us twice hears the same bytes.
fn kept(request: &Request<Bytes>, bill: Option<&Bill>, since: Moment) -> Response<Bytes> {
    let payment: Payment = serde_json::from_slice(request.body()).unwrap_or_default();
    let code = Code { http: 200, service: NUMBER, case: 0 };
    let name = bill.and_then(|bill| bill.payer.name.as_deref());
    let data = Data {
        partner_service_id: &payment.subject.partner_service_id,
        customer_no: &payment.subject.customer_no,
        virtual_account_no: &payment.subject.virtual_account_no,
        virtual_account_name: customer_name(name),
        payment_request_id: &payment.request_id,
        total_amount: bill.map(|bill| Amount::of(bill.amount)).or(payment.total_amount),
        bill_details: bill.map(BillDetail::of).into_iter().collect(),
    };
    let reply = Reply {
        response_code: code.to_string(),
        response_message: "Successful",
        virtual_account_data: data,
        additional_info: Reconciled {
            reconcile_id: payment.subject.reference(),
            reconcile_datetime: time::jakarta(since),
        },
    };
    reply::with(code, &reply, since)
}
