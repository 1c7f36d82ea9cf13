//! The standard's cases, as rows (documents section 1.5).

use super::Class;

/// Whose matter a case is, in the standard's words.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Category {
    /// It worked.
    Success,
    /// The system.
    System,
    /// The message.
    Message,
    /// The business.
    Business,
}

/// One case of the standard.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    /// The HTTP status.
    pub http: u16,
    /// The case within it.
    pub case: u8,
    /// Whose matter it is.
    pub category: Category,
    /// What it means to us.
    pub class: Class,
    /// What it means in words.
    pub meaning: &'static str,
}

use Category::{Business, Message, Success, System};
use Class::{Authorisation, BusinessRefusal, Conflict, Done, InProgress, OurMistake, Retryable};

const fn row(
    (http, case): (u16, u8),
    category: Category,
    class: Class,
    meaning: &'static str,
) -> Case {
    Case { http, case, category, class, meaning }
}

/// Every case of the standard.
///
/// What the merchant was not set up for is our mistake: a person has to write to the provider. A
/// bill that is paid already and a request that repeats another one differently are conflicts: there
/// is something under the reference, and to call that a failure would lose it.
pub const CASES: &[Case] = &[
    row((200, 0), Success, Done, "successful"),
    row((202, 0), Success, InProgress, "request in progress"),
    row((400, 0), System, OurMistake, "bad request"),
    row((400, 1), Message, OurMistake, "a field has a wrong format"),
    row((400, 2), Message, OurMistake, "a mandatory field is missing or wrong"),
    row((401, 0), System, Authorisation, "unauthorized: key, clock, path or client is wrong"),
    row((401, 1), System, Authorisation, "the token is invalid or expired"),
    row((401, 2), System, Authorisation, "the customer's token is invalid or expired"),
    row((401, 3), System, Authorisation, "the token is not known"),
    row((401, 4), System, Authorisation, "the customer's token is not known"),
    row((403, 0), Business, BusinessRefusal, "transaction expired"),
    row((403, 1), System, OurMistake, "the merchant may not use this feature"),
    row((403, 2), Business, BusinessRefusal, "exceeds the limit of an amount"),
    row((403, 3), Business, BusinessRefusal, "suspected fraud"),
    row((403, 4), Business, BusinessRefusal, "too many transactions"),
    row((403, 5), Business, BusinessRefusal, "do not honour"),
    row((403, 6), System, Retryable, "not allowed at this time of day"),
    row((403, 7), Business, BusinessRefusal, "card blocked"),
    row((403, 8), Business, BusinessRefusal, "card expired"),
    row((403, 9), Business, BusinessRefusal, "dormant account"),
    row((403, 10), Business, BusinessRefusal, "a token limit has to be set"),
    row((403, 11), System, BusinessRefusal, "one-time password blocked"),
    row((403, 12), System, BusinessRefusal, "one-time password expired"),
    row((403, 13), System, BusinessRefusal, "one-time password sent to the card holder"),
    row((403, 14), Business, BusinessRefusal, "insufficient funds"),
    row((403, 15), Business, BusinessRefusal, "transaction not permitted"),
    row((403, 16), Business, BusinessRefusal, "suspended transaction"),
    row((403, 17), Business, BusinessRefusal, "token limit exceeded"),
    row((403, 18), Business, BusinessRefusal, "inactive card, account or customer"),
    row((403, 19), Business, OurMistake, "the merchant is blacklisted"),
    row((403, 20), Business, OurMistake, "the merchant's limit is exceeded"),
    row((403, 21), Business, BusinessRefusal, "the limit may not be set"),
    row((403, 22), Business, BusinessRefusal, "the token limit is invalid"),
    row((403, 23), Business, BusinessRefusal, "the account's limit is exceeded"),
    row((404, 0), Business, BusinessRefusal, "the transaction's status does not allow it"),
    row((404, 1), Business, BusinessRefusal, "transaction not found"),
    row((404, 2), System, OurMistake, "invalid routing"),
    row((404, 3), System, OurMistake, "bank not supported by the switch"),
    row((404, 4), Business, BusinessRefusal, "transaction cancelled by the customer"),
    row((404, 5), Business, OurMistake, "the merchant is not registered for card registration"),
    row((404, 6), System, BusinessRefusal, "a one-time password has to be asked for"),
    row((404, 7), System, BusinessRefusal, "journey not found"),
    row((404, 8), Business, OurMistake, "invalid merchant"),
    row((404, 9), Business, BusinessRefusal, "no issuer"),
    row((404, 10), System, OurMistake, "invalid step of the interface"),
    row((404, 11), Business, BusinessRefusal, "invalid card, account or customer"),
    row((404, 12), Business, BusinessRefusal, "invalid bill"),
    row((404, 13), Business, BusinessRefusal, "invalid amount"),
    row((404, 14), Business, Conflict, "the bill is paid already"),
    row((404, 15), System, BusinessRefusal, "invalid one-time password"),
    row((404, 16), Business, OurMistake, "partner not found"),
    row((404, 17), Business, OurMistake, "invalid terminal"),
    row((404, 18), Business, Conflict, "the same reference came with other values"),
    row((404, 19), Business, BusinessRefusal, "the bill is expired"),
    row((405, 0), System, OurMistake, "the function is not supported"),
    row((405, 1), Business, BusinessRefusal, "the operation is not allowed now"),
    row((409, 0), System, Conflict, "the external id was used today"),
    row((409, 1), System, Conflict, "the reference was used before"),
    row((429, 0), System, Retryable, "too many requests"),
    row((500, 0), System, Retryable, "general error"),
    row((500, 1), System, Retryable, "internal server error"),
    row((500, 2), System, Retryable, "external server error"),
    row((504, 0), System, Retryable, "time-out at the issuer"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_case_is_listed_twice() {
        let mut cases: Vec<_> = CASES.iter().map(|row| (row.http, row.case)).collect();
        let listed = cases.len();
        cases.sort_unstable();
        cases.dedup();
        assert_eq!(cases.len(), listed);
    }

    #[test]
    fn every_case_of_the_standard_is_there() {
        for (http, last) in [
            (200, 0),
            (202, 0),
            (400, 2),
            (401, 4),
            (403, 23),
            (404, 19),
            (405, 1),
            (409, 1),
            (429, 0),
            (500, 2),
            (504, 0),
        ] {
            let mut cases: Vec<_> =
                CASES.iter().filter(|row| row.http == http).map(|row| row.case).collect();
            cases.sort_unstable();
            assert_eq!(cases, (0..=last).collect::<Vec<u8>>(), "{http}");
        }
    }

    #[test]
    fn only_a_success_is_done_and_nothing_under_it_is_a_refusal() {
        for row in CASES {
            assert_eq!(row.class == Done, (row.http, row.case) == (200, 0), "{row:?}");
            assert_eq!(row.category == Success, row.http < 300, "{row:?}");
        }
    }
}
