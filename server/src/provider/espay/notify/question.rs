//! Service 24: what does an order cost? Espay asks before its page can show an amount, and gets no
//! further where we say that there is nothing to pay.

use bytes::Bytes;
use http::{Request, Response};
use kasir_shared::Moment;
use serde::{Deserialize, Serialize};

use super::super::text::customer_name;
use super::super::{Espay, account::is_email};
use super::snap::{BillDetail, Subject, flaw, plain, verify};
use crate::provider::snap::amount::Amount;
use crate::provider::snap::code::Code;
use crate::provider::snap::{reply, time};
use crate::provider::words::unreadable;
use crate::provider::{Bill, Claim, Due, Notice, ProviderError, Verdict};

const NUMBER: u8 = 24;
const MANDATORY: [&str; 4] =
    ["partnerServiceId", "customerNo", "virtualAccountNo", "inquiryRequestId"];
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Question {
    #[serde(flatten)]
    subject: Subject,
    inquiry_request_id: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Reply<'a> {
    response_code: String,
    response_message: &'static str,
    virtual_account_data: Data<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Data<'a> {
    partner_service_id: &'a str,
    customer_no: &'a str,
    virtual_account_no: &'a str,
    virtual_account_name: String,
    virtual_account_email: &'a str,
    virtual_account_phone: String,
    inquiry_request_id: &'a str,
    total_amount: Amount,
    bill_details: [BillDetail; 1],
    additional_info: AdditionalInfo,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AdditionalInfo {
    transaction_date: String,
}

pub(super) fn read(
    espay: &Espay,
    request: &Request<Bytes>,
    at: Moment,
) -> Result<Notice, ProviderError> {
    verify(espay, request, at)?;
    let Ok(question) = serde_json::from_slice::<Question>(request.body()) else {
        return unreadable("body is not the question that the documents describe");
    };
    question.subject.check(espay)?;
    if question.inquiry_request_id.is_empty() {
        return unreadable("inquiryRequestId is missing");
    }
    Ok(Notice {
        reference: question.subject.reference(),
        transaction: None,
        amount: None,
        claim: Claim::Question,
    })
}

pub(super) fn answer(
    espay: &Espay,
    request: &Request<Bytes>,
    verdict: &Verdict,
    at: Moment,
) -> Response<Bytes> {
    let say = |case, message: &str| plain(NUMBER, case, message, at);
    match verdict {
        Verdict::Asked(bill)
        | Verdict::Kept { bill: Some(bill), .. }
        | Verdict::OtherAmount(bill)
        | Verdict::PaidAlready(bill) => match bill.due {
            Due::Open => cost(espay, request, (bill, at)),
            Due::Paid => say((404, 14), "Paid Bill"),
            Due::Over => say((404, 19), "Invalid Bill/Virtual Account [Expired]"),
        },
        Verdict::Unknown | Verdict::Kept { bill: None, .. } => {
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

/// What the order costs, and for whom: Espay wants an address and a number of everybody.
fn cost(espay: &Espay, request: &Request<Bytes>, (bill, at): (&Bill, Moment)) -> Response<Bytes> {
    let account = &espay.account;
    let question: Question = serde_json::from_slice(request.body()).unwrap_or_default();
    let code = Code { http: 200, service: NUMBER, case: 0 };
    let email = bill.payer.email.as_deref().filter(|email| is_email(email));
    let phone = bill.payer.phone.as_ref().unwrap_or(&account.customer_phone);
    let data = Data {
        partner_service_id: &question.subject.partner_service_id,
        customer_no: &question.subject.customer_no,
        virtual_account_no: &question.subject.virtual_account_no,
        virtual_account_name: customer_name(bill.payer.name.as_deref()),
        virtual_account_email: email.unwrap_or(&account.customer_email),
        virtual_account_phone: espay.phone(phone),
        inquiry_request_id: &question.inquiry_request_id,
        total_amount: Amount::of(bill.amount),
        bill_details: [BillDetail::of(bill)],
        additional_info: AdditionalInfo { transaction_date: time::jakarta(bill.ordered_at) },
    };
    let reply = Reply {
        response_code: code.to_string(),
        response_message: "Successful",
        virtual_account_data: data,
    };
    reply::with(code, &reply, at)
}
