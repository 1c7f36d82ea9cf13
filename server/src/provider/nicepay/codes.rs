//! What NICEPAY's codes mean (documents sections 7.3 and 7.4), per operation.
//!
//! A code that the documents do not list has no meaning here.

use kasir_shared::Event;

use crate::provider::{FailureReason, ProviderError, Refusal, Standing};

/// What was asked when a code came back.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Operation {
    Registration,
    Payment,
    LinkInitiate,
    Inquiry,
    Cancel,
}

/// What a `resultCd` means to us.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Meaning {
    /// The question was answered.
    Done,
    /// Come back later with the same question.
    Busy,
    /// The order number was used before.
    Taken,
    /// There is no such order.
    NotFound,
    /// Our credentials or our request are wrong.
    Misconfigured(&'static str),
    /// No.
    Refused(FailureReason),
}

use FailureReason::{Declined, LinkGone, NotSupported};
use Meaning::{Busy, Done, Misconfigured, NotFound, Refused, Taken};

type Rows = [(&'static str, Meaning)];

/// The same for every operation. The CVS meanings of 9501 to 9506 do not occur for wallets.
const ALWAYS: &Rows = &[
    ("0000", Done),
    ("1001", Busy),
    ("1002", Busy),
    ("1003", Busy),
    ("1004", Busy),
    ("9002", Busy),
    ("9101", Busy),
    ("9102", Busy),
    ("9104", Busy),
    ("9105", Busy),
    ("9107", Busy),
    ("9201", Busy),
    ("9202", Busy),
    ("9204", Busy),
    ("9206", Busy),
    ("9219", Busy),
    ("9220", Busy),
    ("9302", Busy),
    ("9303", Busy),
    ("9507", Busy),
    ("9001", Misconfigured("the request is not formed as NICEPAY wants it")),
    ("9007", Misconfigured("amt is missing")),
    ("9008", Misconfigured("amt is no whole number")),
    ("9010", Misconfigured("merchantToken does not match: wrong merchant key")),
    ("9011", Misconfigured("iMid is unknown")),
    ("9012", Misconfigured("the method is not activated for this merchant")),
    ("9013", Misconfigured("currency is missing")),
    ("9014", Misconfigured("referenceNo is missing")),
    ("9015", Misconfigured("goodsNm is missing")),
    ("9016", Misconfigured("billingNm is missing")),
    ("9017", Misconfigured("billingPhone is missing")),
    ("9018", Misconfigured("billingEmail is missing")),
    ("9019", Misconfigured("callBackUrl is missing")),
    ("9020", Misconfigured("dbProcessUrl is missing")),
    ("9021", Misconfigured("NICEPAY cannot read the merchant's duplicate-check setting")),
    ("9022", Misconfigured("cartData is no JSON")),
    ("9023", Misconfigured("cartData does not add up to amt")),
    ("9024", Misconfigured("userIP is missing")),
    ("9025", Misconfigured("billingCity is missing")),
    ("9026", Misconfigured("billingState is missing")),
    ("9027", Misconfigured("billingPostCd is missing")),
    ("9028", Misconfigured("billingCountry is missing")),
    ("9029", Misconfigured("the instalment is not offered")),
    ("9031", Misconfigured("timeStamp is refused")),
    ("9109", Misconfigured("referenceNo is too long")),
    ("9225", Misconfigured("merchantToken does not match: wrong merchant key")),
    ("9502", Misconfigured("the merchant is not allowed to do this")),
    ("9503", Misconfigured("NICEPAY has stopped the merchant")),
    ("9525", Misconfigured("merchantToken does not match: wrong merchant key")),
];

/// Nothing was created, or nothing that anybody can be charged for.
const REGISTRATION: &Rows = &[
    ("8001", Refused(Declined)),
    ("8003", Refused(Declined)),
    ("8005", Busy),
    ("9003", Refused(Declined)),
    ("9006", Busy),
    ("9009", Taken),
    ("9030", Refused(Declined)),
    ("9750", Refused(Declined)),
    // "Invalid parameter", said by the wallet: of what it is told, only the phone is the customer's.
    ("9751", Refused(Declined)),
    ("9752", Refused(Declined)),
];

const PAYMENT: &Rows = &[
    ("9030", Refused(Declined)),
    ("9750", Refused(Declined)),
    ("9751", Refused(Declined)),
    ("9752", Refused(Declined)),
];

/// A registration and a payment in one.
const LINK_INITIATE: &Rows = &[
    ("8001", Refused(Declined)),
    ("8003", Refused(Declined)),
    ("8005", Busy),
    ("9003", Refused(Declined)),
    ("9006", Busy),
    ("9009", Taken),
    ("9030", Refused(Declined)),
    ("9750", Refused(Declined)),
    // "Invalid parameter", said by the wallet: all that it is told beyond a registration is the
    // mandate. 9920 was seen where the binding of an account failed.
    ("9751", Refused(LinkGone)),
    ("9752", Refused(Declined)),
    ("9920", Refused(LinkGone)),
];

const INQUIRY: &Rows = &[
    ("8002", Busy),
    ("8004", NotFound),
    ("8005", Busy),
    ("9003", NotFound),
    ("9004", Busy),
    ("9005", Busy),
    ("9228", NotFound),
    ("9528", NotFound),
];

const CANCEL: &Rows = &[
    ("8001", Refused(Declined)),
    ("8005", Busy),
    ("8061", Refused(Declined)),
    ("8062", Refused(Declined)),
    ("8063", Refused(Declined)),
    ("8064", Refused(Declined)),
    ("8065", Refused(Declined)),
    ("8066", Refused(Declined)),
    ("8067", Refused(Declined)),
    ("9003", Refused(Declined)),
    ("9301", Misconfigured("cancelType is refused")),
    // Trouble in NICEPAY's ledger or at the bank: the money may have gone back all the same. Asked
    // again later, since a refund looks first.
    ("8090", Busy),
    ("9304", Busy),
    ("9305", Busy),
    ("9306", Busy),
    ("9307", Busy),
    ("9308", Busy),
    ("9309", Busy),
    ("9310", Busy),
    ("9311", Busy),
    ("9312", Misconfigured("the amount to cancel is missing or no number")),
    ("9313", Refused(NotSupported)),
    ("9314", Refused(NotSupported)),
    // A duplicate: ours of a moment ago, perhaps. The look that comes first will tell.
    ("9315", Busy),
    ("9316", Busy),
    ("9317", Refused(NotSupported)),
    ("9318", Refused(NotSupported)),
    ("9319", Refused(Declined)),
    ("9320", Refused(Declined)),
    ("9321", Refused(Declined)),
    ("9322", Misconfigured("NICEPAY lacks the merchant's details")),
    ("9323", Misconfigured("NICEPAY lacks the merchant's details")),
    ("9324", Misconfigured("NICEPAY lacks the merchant's details")),
    ("9325", Misconfigured("NICEPAY lacks the merchant's details")),
    ("9326", Refused(NotSupported)),
    ("9327", Refused(NotSupported)),
    ("9328", Refused(Declined)),
    ("9329", Refused(Declined)),
    ("9330", Refused(NotSupported)),
    ("9331", Refused(NotSupported)),
    ("9332", Refused(NotSupported)),
    ("9333", Refused(NotSupported)),
    ("9334", Refused(NotSupported)),
];

/// What a code means in answer to an operation. A code that is not listed is unreadable.
pub(crate) fn meaning(operation: Operation, code: &str) -> Result<Meaning, ProviderError> {
    let own = match operation {
        Operation::Registration => REGISTRATION,
        Operation::Payment => PAYMENT,
        Operation::LinkInitiate => LINK_INITIATE,
        Operation::Inquiry => INQUIRY,
        Operation::Cancel => CANCEL,
    };
    let row = own.iter().chain(ALWAYS).find(|(listed, _)| *listed == code);
    row.map(|(_, meaning)| *meaning)
        .ok_or(ProviderError::Unreadable { why: "resultCd is not documented for this operation" })
}

/// A refusal with NICEPAY's own code.
pub(crate) fn refusal(code: &str, reason: FailureReason) -> Refusal {
    Refusal { code: code.to_owned(), reason }
}

/// A mistake of ours with NICEPAY's own code.
pub(crate) fn misconfigured(code: &str, why: &'static str) -> ProviderError {
    ProviderError::Misconfigured { code: code.to_owned(), why }
}

/// The code of a wallet's orders among the pay methods.
pub(crate) const WALLET: &str = "05";

/// How an order stands, from an inquiry's status. The same digit means different things per pay
/// method, and different things again in a notification; only wallets are served here.
pub(crate) fn standing(pay_method: &str, status: &str) -> Option<Standing> {
    match (pay_method, status) {
        (WALLET, "0") => Some(Standing::Known(Event::Settled)),
        (WALLET, "1" | "2") => Some(Standing::Known(Event::Reversed)),
        (WALLET, "3" | "9") => Some(Standing::Unpaid { prompting: false }),
        (WALLET, "4") => Some(Standing::Unpaid { prompting: true }),
        (WALLET, "5") => Some(Standing::Known(Event::Lapsed)),
        (WALLET, "8") => Some(Standing::Known(Event::Declined)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPERATIONS: [Operation; 5] = [
        Operation::Registration,
        Operation::Payment,
        Operation::LinkInitiate,
        Operation::Inquiry,
        Operation::Cancel,
    ];

    #[test]
    fn a_code_that_is_not_documented_means_nothing() {
        for operation in OPERATIONS {
            for code in ["", "0", "000", "00000", "0000 ", "9999", "paid", "9009\0"] {
                assert!(meaning(operation, code).is_err(), "{operation:?} {code:?}");
            }
        }
    }

    #[test]
    fn no_code_is_listed_twice_for_an_operation() {
        for own in [REGISTRATION, PAYMENT, LINK_INITIATE, INQUIRY, CANCEL, &[]] {
            let mut codes: Vec<_> = own.iter().chain(ALWAYS).map(|(code, _)| *code).collect();
            codes.sort_unstable();
            let listed = codes.len();
            codes.dedup();
            assert_eq!(codes.len(), listed);
        }
    }

    #[test]
    fn a_wrong_key_is_never_the_customers_fault() {
        for operation in OPERATIONS {
            for code in ["9010", "9225", "9525", "9011", "9012"] {
                assert!(matches!(meaning(operation, code), Ok(Misconfigured(_))), "{code}");
            }
        }
    }

    #[test]
    fn what_can_be_repeated_is_busy_everywhere() {
        for operation in OPERATIONS {
            for code in ["1001", "1004", "9002", "9101", "9220", "9302", "9303", "9507"] {
                assert_eq!(meaning(operation, code), Ok(Busy), "{operation:?} {code}");
            }
        }
    }

    #[test]
    fn a_status_means_something_for_wallets_only_and_only_where_it_is_listed() {
        for status in ["", "6", "7", "00", "paid", "init", "-1"] {
            assert_eq!(standing("05", status), None, "{status}");
        }
        for pay_method in ["", "5", "02", "03", "06", "08"] {
            assert_eq!(standing(pay_method, "0"), None, "{pay_method}");
        }
        assert_eq!(standing("05", "0"), Some(Standing::Known(Event::Settled)));
        assert_eq!(standing("05", "4"), Some(Standing::Unpaid { prompting: true }));
    }
}
