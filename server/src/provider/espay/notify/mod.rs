//! What Espay sends us: what does an order cost, was it paid, was a wallet linked? In SNAP's words, or
//! in those of its classic services, and those two to the same address.

mod binding;
mod classic;
mod payment;
mod question;
mod snap;
#[cfg(test)]
mod tests;

use bytes::Bytes;
use http::{Request, Response};
use kasir_shared::Moment;

use super::Espay;
use super::dialect::RepeatedCallback;
use crate::provider::words::unreadable;
use crate::provider::{Bill, Due, Notice, ProviderError, Verdict};
use classic::Report;

/// What a request is.
enum Kind {
    /// Service 24: what does an order cost?
    Question,
    /// Service 25: something became of a payment.
    Payment,
    /// A wallet was linked.
    Binding,
    /// The classic Payment Notification.
    Classic(Box<Report>),
}

/// Tells what a request is: a classic one by its fields, wherever it arrives, and the others by how
/// the called path ends. What comes before that is the address that was registered with Espay.
fn kind(request: &Request<Bytes>) -> Option<Kind> {
    if let Some(report) = Report::read(request) {
        return Some(Kind::Classic(Box::new(report)));
    }
    let path = request.uri().path();
    let ends = |end: &str| path.ends_with(end);
    match () {
        () if ends("/transfer-va/inquiry") => Some(Kind::Question),
        () if ends("/transfer-va/payment") => Some(Kind::Payment),
        () if ends("/registration-account-binding/notify") => Some(Kind::Binding),
        () => None,
    }
}

/// Reads what Espay sent. Whatever it says, an inquiry has the last word.
pub(crate) fn read(
    espay: &Espay,
    request: &Request<Bytes>,
    at: Moment,
) -> Result<Notice, ProviderError> {
    match kind(request) {
        Some(Kind::Question) => question::read(espay, request, at),
        Some(Kind::Payment) => payment::read(espay, request, at),
        Some(Kind::Binding) => binding::read(espay, request, at),
        Some(Kind::Classic(report)) => report.notice(espay, at),
        None => unreadable("neither the path nor the fields are of a callback"),
    }
}

/// What Espay wants to hear of it.
pub(crate) fn answer(
    espay: &Espay,
    request: &Request<Bytes>,
    verdict: &Verdict,
    at: Moment,
) -> Option<Response<Bytes>> {
    match kind(request)? {
        Kind::Question => Some(question::answer(espay, request, verdict, at)),
        Kind::Payment => {
            let repeated = espay.account.dialect.repeated_callback;
            Some(payment::answer(request, verdict, (repeated, at)))
        }
        Kind::Binding => Some(binding::answer(request, verdict, at)),
        Kind::Classic(report) => Some(report.answer(espay, verdict, at)),
    }
}

/// Whether a payment that is kept is nevertheless to be refused as one of an order that is paid.
fn is_refused(bill: Option<&Bill>, repeated: RepeatedCallback) -> bool {
    match repeated {
        RepeatedCallback::Acknowledge => false,
        RepeatedCallback::Refuse => bill.is_some_and(|bill| bill.due == Due::Paid),
    }
}
