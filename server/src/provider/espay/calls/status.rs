//! `POST /apimerchant/v1.0/transfer-va/status` (service 26): how an order stands.

use kasir_shared::{MethodId, Rupiah};
use serde::{Deserialize, Serialize};

use super::super::Espay;
use super::super::dialect::StatusService;
use super::super::methods::Way;
use super::super::status::{Flag, Found, Subject};
use super::{Call, Heard, Host, Talk, merchant_info, status_classic};
use crate::provider::snap::amount::Amount;
use crate::provider::snap::call::{self, Service};
use crate::provider::snap::code::{Answer, Course, Errand};
use crate::provider::words::{present, unreadable};
use crate::provider::{Dialogue, Occasion, Placed, ProviderError, Standing, Withdrawal};

const NUMBER: u8 = 26;
const STATUS: Call = Call {
    service: Service {
        number: NUMBER,
        operation: "status",
        path: "/apimerchant/v1.0/transfer-va/status",
    },
    host: Host::HostToHost,
};

/// Espay's name, padded to eight characters.
pub(crate) const SERVICE_ID: &str = "   ESPAY";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Question<'a> {
    partner_service_id: &'static str,
    customer_no: &'a str,
    virtual_account_no: &'a str,
    inquiry_request_id: &'a str,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    virtual_account_data: Data,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Data {
    customer_no: Option<String>,
    virtual_account_no: Option<String>,
    payment_flag_status: Option<String>,
    total_amount: Option<Amount>,
}

/// Asks how an order stands.
pub(crate) fn ask(
    espay: &Espay,
    placed: &Placed,
    now: Occasion,
) -> Result<Dialogue<Standing>, ProviderError> {
    let (subject, products) = (Subject::of(placed), espay.products.clone());
    let told = subject.clone();
    look(espay, Talk::new(espay, now), &subject, move |talk, found| {
        Ok(Dialogue::Done(told.standing(found, &products, talk.at())))
    })
}

/// Asks for the products, which tries the API key, and about an order that nobody has: whoever signs
/// wrongly hears of the signature first.
pub(crate) fn probe(espay: &Espay, now: Occasion) -> Result<Dialogue<()>, ProviderError> {
    let again = espay.clone();
    merchant_info::look(Talk::new(espay, now), &espay.account.api_key, move |talk, _| {
        let nobodys = Subject {
            reference: "KASIRCHECK".to_owned(),
            method: MethodId::Ovo,
            amount: Rupiah::ZERO,
            issued_at: now.at,
        };
        look_over_snap(&again, talk, &nobodys, |_, found| match found {
            Found::At(_) | Found::Nothing | Found::Other(_) => Ok(Dialogue::Done(())),
            Found::Busy => unreadable("Espay has trouble of its own"),
        })
    })
}

/// Takes an order back: Espay describes no cancel for wallets, so that it is looked at. From then on
/// our answer to Espay's own question is that it is over, and no page asks anybody to pay it.
pub(crate) fn withdraw(
    espay: &Espay,
    placed: &Placed,
    now: Occasion,
) -> Result<Dialogue<Withdrawal>, ProviderError> {
    let prompting = espay.products.prompting(placed.method, placed.issued_at, now.at);
    let left = if prompting { Withdrawal::Prompting } else { Withdrawal::Abandoned };
    Ok(ask(espay, placed, now)?.map(move |standing| match standing {
        Standing::Known(event) => Withdrawal::Over(event),
        Standing::Unpaid { prompting: true } => Withdrawal::Prompting,
        Standing::Unpaid { prompting: false } => Withdrawal::Abandoned,
        Standing::Unheard | Standing::Mismatch { .. } => left,
        Standing::Busy => Withdrawal::Busy,
    }))
}

/// Asks how an order stands by the services that may know it, and goes on with what is found: an
/// order that nobody says is one of push-to-pay is asked about as one where it is not found else.
pub(crate) fn look<T>(
    espay: &Espay,
    talk: Talk,
    subject: &Subject,
    then: impl FnOnce(Talk, Found) -> Result<Dialogue<T>, ProviderError> + Send + 'static,
) -> Result<Dialogue<T>, ProviderError> {
    let alone = espay.products.of(subject.method, false);
    let pushes = alone.is_some_and(|product| product.way == Way::Push);
    let links = espay.products.of(subject.method, true).is_some();
    match (espay.account.dialect.status, pushes, links) {
        (StatusService::Snap, false, _) => look_over_snap(espay, talk, subject, then),
        (StatusService::Snap, true, true) => {
            let (again, about) = (espay.clone(), subject.clone());
            look_over_snap(espay, talk, subject, move |talk, found| match found {
                Found::Nothing => status_classic::look(&again, talk, &about, then),
                Found::At(_) | Found::Other(_) | Found::Busy => then(talk, found),
            })
        }
        (StatusService::Snap, true, false) | (StatusService::Classic, _, _) => {
            status_classic::look(espay, talk, subject, then)
        }
    }
}

/// The same by SNAP's service.
pub(crate) fn look_over_snap<T>(
    espay: &Espay,
    talk: Talk,
    subject: &Subject,
    then: impl FnOnce(Talk, Found) -> Result<Dialogue<T>, ProviderError> + Send + 'static,
) -> Result<Dialogue<T>, ProviderError> {
    let inquiry = talk.uuid();
    let body = call::body(&Question {
        partner_service_id: SERVICE_ID,
        customer_no: &espay.account.merchant_code,
        virtual_account_no: &subject.reference,
        inquiry_request_id: &inquiry,
    })?;
    let (subject, merchant) = (subject.clone(), espay.account.merchant_code.clone());
    talk.ask(&STATUS, body, move |talk, heard| then(talk, read(heard, &subject, &merchant)?))
}

fn read(heard: Heard, subject: &Subject, merchant: &str) -> Result<Found, ProviderError> {
    let answer = heard?;
    match course(&answer) {
        Course::Read => found(answer.body::<Body>()?.virtual_account_data, subject, merchant),
        Course::NotKnown => Ok(Found::Nothing),
        Course::Again => Ok(Found::Busy),
        Course::Mend => Err(answer.mistake()),
        Course::Unsure | Course::Refused | Course::Taken => {
            unreadable("an inquiry is answered with a status, or not at all")
        }
    }
}

/// The standard's table; an order that is looked up as a bill may be unknown as one, too.
fn course(answer: &Answer) -> Course {
    match answer.code {
        Some(code) if (code.http, code.service, code.case) == (404, NUMBER, 12) => Course::NotKnown,
        Some(_) | None => answer.course_at(NUMBER, Errand::Inquire),
    }
}

fn found(data: Data, subject: &Subject, merchant: &str) -> Result<Found, ProviderError> {
    let flag = present(data.payment_flag_status.as_ref()).and_then(Flag::read);
    let Some(flag) = flag else { return unreadable("paymentFlagStatus is not documented") };
    if present(data.customer_no.as_ref()).is_some_and(|theirs| theirs.trim() != merchant) {
        return Ok(Found::Other("customerNo"));
    }
    let amount = match (&data.total_amount, flag) {
        (Some(amount), _) => Some(amount.rupiah().unwrap_or(Rupiah::ZERO)),
        (None, Flag::Success) => return unreadable("totalAmount of what was paid is missing"),
        (None, _) => None,
    };
    Ok(subject.compare(present(data.virtual_account_no.as_ref()).map(str::trim), amount, flag))
}
