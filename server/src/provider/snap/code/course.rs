//! What to do after a code, by what was asked.

use super::{Class, Code};

/// What was asked when a code came back.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Errand {
    /// Placing an order.
    Create,
    /// Asking how one stands.
    Inquire,
    /// Taking an unpaid one back.
    Cancel,
    /// Giving money back.
    Refund,
    /// Asking for a token.
    Token,
}

/// What to do after a code, by what was asked.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Course {
    /// It was done: read the answer.
    Read,
    /// It was refused, and nothing was taken.
    Refused,
    /// A person has to mend it; asking again changes nothing.
    Mend,
    /// Nothing was taken: ask the same again after a pause, under a fresh external id.
    Again,
    /// Nobody knows whether it was done: look before asking again.
    Unsure,
    /// The reference was used before. An earlier call of ours was heard, or somebody else's was:
    /// this is to be resolved and is no failure.
    Taken,
    /// The provider does not know the order, or not yet.
    NotKnown,
}

impl Code {
    /// What to do after it: the table of the documents, section 1.8.
    pub(super) fn course(self, errand: Errand) -> Course {
        self.course_at(errand.service(), errand)
    }

    /// The same, where another service than the usual one is asked on this errand.
    pub(super) fn course_at(self, service: u8, errand: Errand) -> Course {
        match self.class() {
            // Another service's word is no word on what we asked.
            Class::Done if self.service == service => Course::Read,
            Class::Done | Class::InProgress | Class::Unknown => Course::Unsure,
            Class::OurMistake => self.unsuited(errand),
            Class::Authorisation => Course::Mend,
            Class::BusinessRefusal => self.refused(errand),
            Class::Conflict => self.conflicting(errand),
            Class::Retryable => self.troubled(errand),
        }
    }

    /// What nobody set up for us is no reason to ask for money back for ever.
    const fn unsuited(self, errand: Errand) -> Course {
        match (self.http, self.case, errand) {
            (403, 1, Errand::Cancel | Errand::Refund)
            | (405, 0, Errand::Cancel | Errand::Refund) => Course::Refused,
            _ => Course::Mend,
        }
    }

    const fn refused(self, errand: Errand) -> Course {
        match (self.http, self.case, errand) {
            (404, 1, Errand::Inquire | Errand::Cancel | Errand::Refund) => Course::NotKnown,
            // An inquiry asks for nothing that could be refused.
            (_, _, Errand::Inquire) => Course::Unsure,
            (_, _, Errand::Token) => Course::Mend,
            (_, _, Errand::Create | Errand::Cancel | Errand::Refund) => Course::Refused,
        }
    }

    const fn conflicting(self, errand: Errand) -> Course {
        match (self.http, self.case, errand) {
            // The external id was used today: not the order's fault.
            (409, 0, _) => Course::Again,
            (_, _, Errand::Create) => Course::Taken,
            (_, _, Errand::Inquire | Errand::Cancel | Errand::Refund | Errand::Token) => {
                Course::Unsure
            }
        }
    }

    /// Too many requests, or the wrong time of day, took nothing; a server's error may have.
    const fn troubled(self, errand: Errand) -> Course {
        match (self.http, errand) {
            (403 | 429, _) | (_, Errand::Inquire | Errand::Token) => Course::Again,
            (_, Errand::Create | Errand::Cancel | Errand::Refund) => Course::Unsure,
        }
    }
}

impl Errand {
    /// Its service.
    const fn service(self) -> u8 {
        match self {
            Self::Create => 54,
            Self::Inquire => 55,
            Self::Cancel => 57,
            Self::Refund => 58,
            Self::Token => 73,
        }
    }
}

#[cfg(test)]
mod tests {
    use http::StatusCode;

    use super::*;

    fn course(code: &str, errand: Errand) -> Course {
        let status = StatusCode::from_bytes(&code.as_bytes()[..3]).unwrap();
        Code::read(code, status).unwrap().course(errand)
    }

    #[test]
    fn every_row_of_the_table_of_retries_holds() {
        use Course::{Again, Mend, NotKnown, Read, Refused, Taken, Unsure};
        for (case, create, inquire, cancel) in [
            ("200__00", Read, Read, Read),
            ("202__00", Unsure, Unsure, Unsure),
            ("500__00", Unsure, Again, Unsure),
            ("500__01", Unsure, Again, Unsure),
            ("500__02", Unsure, Again, Unsure),
            ("504__00", Unsure, Again, Unsure),
            ("400__00", Mend, Mend, Mend),
            ("400__01", Mend, Mend, Mend),
            ("400__02", Mend, Mend, Mend),
            ("401__00", Mend, Mend, Mend),
            ("404__16", Mend, Mend, Mend),
            ("404__01", Refused, NotKnown, NotKnown),
            ("409__00", Again, Again, Again),
            ("409__01", Taken, Unsure, Unsure),
            ("429__00", Again, Again, Again),
            ("403__06", Again, Again, Again),
            ("403__14", Refused, Unsure, Refused),
            ("404__18", Taken, Unsure, Unsure),
            ("403__01", Mend, Mend, Refused),
            ("405__00", Mend, Mend, Refused),
        ] {
            for (errand, number, expected) in [
                (Errand::Create, "54", create),
                (Errand::Inquire, "55", inquire),
                (Errand::Cancel, "57", cancel),
                (Errand::Refund, "58", cancel),
            ] {
                let code = case.replace("__", number);
                assert_eq!(course(&code, errand), expected, "{code} {errand:?}");
            }
        }
    }

    #[test]
    fn another_services_success_is_no_success() {
        assert_eq!(course("2005500", Errand::Create), Course::Unsure);
        assert_eq!(course("2002500", Errand::Refund), Course::Unsure);
    }
}
