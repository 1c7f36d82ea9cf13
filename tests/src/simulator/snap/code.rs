//! Answer codes: the HTTP status, the service, the case; and the words that go with them.

/// A case of the standard, with the words of the provider.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Case {
    pub(crate) http: u16,
    pub(crate) number: u8,
    pub(crate) message: String,
}

impl Case {
    pub(crate) fn new(http: u16, number: u8, message: impl Into<String>) -> Self {
        Self { http, number, message: message.into() }
    }

    /// The seven digits.
    pub(crate) fn code(&self, service: u8) -> String {
        format!("{}{service:02}{:02}", self.http, self.number)
    }

    pub(crate) fn bad_request() -> Self {
        Self::new(400, 0, "Bad Request")
    }

    pub(crate) fn bad_format(field: &str) -> Self {
        Self::new(400, 1, format!("Invalid field format {{{field}}}"))
    }

    pub(crate) fn missing(field: &str) -> Self {
        Self::new(400, 2, format!("Invalid mandatory field {{{field}}}"))
    }

    pub(crate) fn unauthorised(message: &str) -> Self {
        Self::new(401, 0, message)
    }

    pub(crate) fn same_external_id() -> Self {
        Self::new(409, 0, "Cannot use same X-EXTERNAL-ID in same day")
    }

    pub(crate) fn duplicate_reference() -> Self {
        Self::new(409, 1, "Duplicate partnerReferenceNo")
    }

    pub(crate) fn not_found() -> Self {
        Self::new(404, 1, "Transaction not found")
    }

    pub(crate) fn invalid_status() -> Self {
        Self::new(404, 0, "Invalid Transaction Status")
    }

    pub(crate) fn too_many() -> Self {
        Self::new(429, 0, "Too Many Requests")
    }

    pub(crate) fn internal() -> Self {
        Self::new(500, 1, "Internal Server Error")
    }

    /// Why a call was turned down: this case for the caller, the sentence for the journal.
    pub(crate) fn because(self, why: impl Into<String>) -> Refusal {
        Refusal { case: self, why: why.into() }
    }
}

/// Why a call was turned down.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Refusal {
    pub(crate) case: Case,
    pub(crate) why: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_the_status_the_service_and_the_case() {
        assert_eq!(Case::bad_format("amount.value").code(54), "4005401");
        assert_eq!(Case::new(200, 0, "Success").code(7), "2000700");
        assert_eq!(Case::missing("reason").message, "Invalid mandatory field {reason}");
    }
}
