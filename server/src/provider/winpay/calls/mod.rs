//! Winpay's services, one file each: question, answer, tests.

pub(crate) mod create;
pub(crate) mod status;
pub(crate) mod cancel;

use bytes::Bytes;
use serde::Serialize;

use super::Winpay;
use crate::provider::snap::call::{Caller, Service, Signature};
use crate::provider::snap::code::{self, Answer, Code, Course, Errand};
use crate::provider::snap::key::PrivateKey;
use crate::provider::{Dialogue, Occasion, ProviderError};

const CREATE: Service =
    Service { number: 54, operation: "create", path: "/v1.0/debit/payment-host-to-host" };
const STATUS: Service = Service { number: 55, operation: "status", path: "/v1.0/debit/status" };
const CANCEL: Service = Service { number: 57, operation: "cancel", path: "/v1.0/debit/cancel" };

/// The shortest and the longest `partnerReferenceNo`.
const REFERENCE_LENGTH: std::ops::RangeInclusive<usize> = 5..=50;
/// The longest `contractId` that we keep; those that were seen have 38 characters.
const CONTRACT_MAX: usize = 64;

/// What two services say, in Winpay's own words, of a contract that they do not know. In the standard
/// this is trouble at another server, to be asked again.
const UNKNOWN_CONTRACT: [Code; 2] =
    [Code { http: 500, service: 55, case: 2 }, Code { http: 500, service: 57, case: 2 }];

/// Which order is asked about.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Contract<'a> {
    contract_id: &'a str,
    channel: &'static str,
}

/// One conversation: who speaks, on which occasion, and how much was asked so far.
#[derive(Clone)]
pub(crate) struct Talk {
    caller: Caller,
    key: PrivateKey,
    now: Occasion,
    asked: u8,
}

/// What is made of an answer; the conversation may go on.
type Heard = Result<Answer, ProviderError>;

impl Talk {
    fn new(winpay: &Winpay, now: Occasion) -> Self {
        let (caller, key) = (winpay.caller.clone(), winpay.keys.ours.clone());
        Self { caller, key, now, asked: 0 }
    }

    /// Asks a service. Where Winpay says that our external id was used today, the same bytes are
    /// sent once more under another.
    fn ask<T>(
        self,
        service: &'static Service,
        body: Bytes,
        then: impl FnOnce(Self, Heard) -> Result<Dialogue<T>, ProviderError> + Send + 'static,
    ) -> Result<Dialogue<T>, ProviderError> {
        self.send(service, body, Repeat::Once, then)
    }

    fn send<T>(
        self,
        service: &'static Service,
        body: Bytes,
        repeat: Repeat,
        then: impl FnOnce(Self, Heard) -> Result<Dialogue<T>, ProviderError> + Send + 'static,
    ) -> Result<Dialogue<T>, ProviderError> {
        let occasion = (self.now, self.asked);
        let request = self.caller.request(service, &body, occasion, Signature::Key(&self.key))?;
        let next = Self { asked: self.asked.saturating_add(1), ..self };
        Ok(Dialogue::ask(service.operation, request, move |response| {
            let heard = code::read(&response);
            let used = heard.as_ref().is_ok_and(is_used_id);
            match repeat {
                Repeat::Once if used => next.send(service, body, Repeat::Never, then),
                Repeat::Once | Repeat::Never => then(next, heard),
            }
        }))
    }
}

/// Whether a question may be sent again within its conversation.
#[derive(Clone, Copy)]
enum Repeat {
    Once,
    Never,
}

fn is_used_id(answer: &Answer) -> bool {
    answer.code.is_some_and(|code| (code.http, code.case) == (409, 0))
}

/// What to do after an answer: the standard's table, and what Winpay means by a code of its own.
fn course(answer: &Answer, errand: Errand) -> Course {
    match answer.code {
        Some(code) if UNKNOWN_CONTRACT.contains(&code) => Course::NotKnown,
        Some(_) | None => answer.course(errand),
    }
}

/// Whether a text is an order number as Winpay takes them.
pub(crate) fn is_reference(text: &str) -> bool {
    REFERENCE_LENGTH.contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}

/// Whether a text is a `contractId`: opaque, but plain and not too long.
pub(crate) fn is_contract(text: &str) -> bool {
    (1..=CONTRACT_MAX).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}
