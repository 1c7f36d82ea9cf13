//! What SNAP BI answers with: seven digits, of which three repeat the HTTP status, two name the
//! service and two the case.
//!
//! A code that does not parse, disagrees with the HTTP status or is not in the standard means
//! nothing: the outcome is unknown, whatever the rest of the answer says. Nobody branches on the
//! message, since one provider has two texts for one code.

mod cases;
mod course;

use std::fmt;

use bytes::Bytes;
use http::{Response, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

pub use cases::{CASES, Case, Category};
pub use course::{Course, Errand};

use crate::provider::{FailureReason, ProviderError, Refusal};

/// The longest code that is quoted where it is none.
const QUOTED_MAX: usize = 20;

/// A response code that agrees with the HTTP status it came under.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Code {
    /// The HTTP status: the first three digits.
    pub http: u16,
    /// The service: `54` places an order.
    pub service: u8,
    /// The case within the HTTP status.
    pub case: u8,
}

/// What a code means to whoever asked.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Class {
    /// It was done.
    Done,
    /// It is being done; nobody knows yet what becomes of it.
    InProgress,
    /// The request or the account's set-up is wrong, and a person has to mend it.
    OurMistake,
    /// The signature, the client or its token is refused.
    Authorisation,
    /// The provider, the wallet or the customer says no.
    BusinessRefusal,
    /// Something of this name exists already.
    Conflict,
    /// The provider has trouble of its own.
    Retryable,
    /// It means nothing.
    Unknown,
}

/// An answer, as far as every provider's are alike.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Its code; nothing where it has none that agrees with its HTTP status.
    pub code: Option<Code>,
    /// What it says in words, for the log and for nothing else.
    pub message: String,
    status: StatusCode,
    verbatim: String,
    body: Bytes,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Head {
    response_code: Option<Value>,
    response_message: Option<Value>,
}

impl Code {
    /// Reads seven digits that came under this HTTP status.
    pub fn read(text: &str, status: StatusCode) -> Option<Self> {
        if text.len() != 7 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let code = Self {
            http: text[..3].parse().ok()?,
            service: text[3..5].parse().ok()?,
            case: text[5..].parse().ok()?,
        };
        (code.http == status.as_u16()).then_some(code)
    }

    /// The standard's row for it.
    pub fn standard(self) -> Option<&'static Case> {
        CASES.iter().find(|row| (row.http, row.case) == (self.http, self.case))
    }

    /// What it means. The service does not enter: a case is the same in all of them.
    pub fn class(self) -> Class {
        self.standard().map_or(Class::Unknown, |row| row.class)
    }

    /// Whether it refuses the token and nothing else, so that another one may help.
    pub const fn refuses_token(self) -> bool {
        self.http == 401 && matches!(self.case, 1 | 3)
    }

    /// Why it says no, in our words.
    const fn reason(self) -> FailureReason {
        match (self.http, self.case) {
            (403, 14) => FailureReason::LowBalance,
            (401, 2 | 4) => FailureReason::LinkGone,
            (403, 1) | (405, 0 | 1) => FailureReason::NotSupported,
            _ => FailureReason::Declined,
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:03}{:02}{:02}", self.http, self.service, self.case)
    }
}

/// Reads what an answer has in common with every other. What is no JSON object is unreadable, except
/// where a proxy's page stands in for it under a status that says enough.
pub fn read(response: &Response<Bytes>) -> Result<Answer, ProviderError> {
    let (status, body) = (response.status(), response.body().clone());
    // A list would be read as an object, field by field.
    let is_object = body.trim_ascii_start().starts_with(b"{");
    let head = match serde_json::from_slice::<Head>(&body) {
        Ok(head) if is_object => head,
        Ok(_) | Err(_) if troubled(status) => Head { response_code: None, response_message: None },
        Ok(_) | Err(_) => {
            return Err(ProviderError::Unreadable { why: "body is no JSON object" });
        }
    };
    let code = match &head.response_code {
        Some(Value::String(text)) => Code::read(text, status),
        // A number is no code, though it may look like one.
        Some(_) | None => None,
    };
    Ok(Answer {
        code,
        message: head.response_message.as_ref().and_then(Value::as_str).unwrap_or("").to_owned(),
        status,
        verbatim: head.response_code.as_ref().map(quoted).unwrap_or_default(),
        body,
    })
}

fn troubled(status: StatusCode) -> bool {
    status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS
}

/// A code as it was written, short enough to be quoted anywhere.
fn quoted(value: &Value) -> String {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    text.chars().filter(char::is_ascii_graphic).take(QUOTED_MAX).collect()
}

impl Answer {
    /// What its code means.
    pub fn class(&self) -> Class {
        self.code.map_or(Class::Unknown, Code::class)
    }

    /// What to do after it. An answer without a code is as good as none, so that an inquiry is
    /// simply made again where the HTTP status at least speaks of trouble.
    pub fn course(&self, errand: Errand) -> Course {
        self.code.map_or_else(|| self.without_code(errand), |code| code.course(errand))
    }

    /// The same, where another service than the usual one is asked on this errand.
    pub fn course_at(&self, service: u8, errand: Errand) -> Course {
        self.code.map_or_else(|| self.without_code(errand), |code| code.course_at(service, errand))
    }

    fn without_code(&self, errand: Errand) -> Course {
        match errand {
            Errand::Inquire | Errand::Token if troubled(self.status) => Course::Again,
            Errand::Inquire | Errand::Token | Errand::Create | Errand::Cancel | Errand::Refund => {
                Course::Unsure
            }
        }
    }

    /// Whether it refuses the token and nothing else.
    pub fn refuses_token(&self) -> bool {
        self.code.is_some_and(Code::refuses_token)
    }

    /// The code as it was written, for timelines: also where it is none.
    pub fn verbatim(&self) -> &str {
        &self.verbatim
    }

    /// The no that it is.
    pub fn refusal(&self) -> Refusal {
        let reason = self.code.map_or(FailureReason::Declined, Code::reason);
        Refusal { code: self.verbatim.clone(), reason }
    }

    /// The mistake that it names.
    pub fn mistake(&self) -> ProviderError {
        let row = self.code.and_then(Code::standard);
        let why = row.map_or("not a case of the standard", |row| row.meaning);
        ProviderError::Misconfigured { code: self.verbatim.clone(), why }
    }

    /// The rest of it, as this service describes it.
    pub fn body<T: DeserializeOwned>(&self) -> Result<T, ProviderError> {
        serde_json::from_slice(&self.body).map_err(|_| ProviderError::Unreadable {
            why: "body is not the JSON that the documents describe",
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn answer(status: u16, body: &str) -> Response<Bytes> {
        let mut answer = Response::new(Bytes::from(body.to_owned()));
        *answer.status_mut() = status.try_into().unwrap();
        answer
    }

    fn coded(status: u16, code: &str) -> Answer {
        read(&answer(status, &format!(r#"{{"responseCode":"{code}","responseMessage":"m"}}"#)))
            .unwrap()
    }

    #[test]
    fn what_is_no_code_means_nothing_and_is_kept_as_it_was_written() {
        for (status, code) in [
            (200, r#""20054000""#),
            (200, r#""200540""#),
            (200, r#""4005400""#),
            (500, r#""2005400""#),
            (200, r#""200 540""#),
            (200, r#""+200540""#),
            (200, r#""""#),
            (200, "2005400"),
            (200, "null"),
            (200, r#"["2005400"]"#),
            (200, "true"),
        ] {
            let answer = read(&answer(status, &format!(r#"{{"responseCode":{code}}}"#))).unwrap();
            assert_eq!((answer.code, answer.class()), (None, Class::Unknown), "{code}");
            assert_eq!(answer.course(Errand::Create), Course::Unsure, "{code}");
        }
        assert_eq!(coded(200, "20054000").verbatim(), "20054000");
        assert_eq!(
            read(&answer(200, r#"{"responseCode":2005400}"#)).unwrap().verbatim(),
            "2005400"
        );
        assert_eq!(read(&answer(200, "{}")).unwrap().verbatim(), "");
        assert_eq!(coded(200, &"9".repeat(5000)).verbatim().len(), QUOTED_MAX);
    }

    #[test]
    fn what_is_no_object_is_unreadable_unless_its_status_says_enough() {
        for body in [
            "",
            "<html>",
            "null",
            r#"["2005400","m"]"#,
            "\"2005400\"",
            r#"{"responseCode":"2005400""#,
        ] {
            let plain = read(&answer(200, body));
            assert!(matches!(plain, Err(ProviderError::Unreadable { .. })), "{body}");
            let troubled = read(&answer(502, body)).unwrap();
            assert_eq!(troubled.class(), Class::Unknown, "{body}");
            assert_eq!(troubled.course(Errand::Inquire), Course::Again, "{body}");
            assert_eq!(troubled.course(Errand::Create), Course::Unsure, "{body}");
        }
        let twice = r#"{"responseCode":"4005400","responseCode":"2005400"}"#;
        assert!(read(&answer(200, twice)).is_err());
    }

    #[test]
    fn a_code_that_agrees_is_read_and_written_back() {
        let code = coded(404, "4045416").code.unwrap();
        assert_eq!(code, Code { http: 404, service: 54, case: 16 });
        assert_eq!(code.to_string(), "4045416");
    }

    #[test]
    fn each_class_is_decided_by_status_and_case_whatever_the_service() {
        for (code, class) in [
            ("2005400", Class::Done),
            ("2025500", Class::InProgress),
            ("4005602", Class::OurMistake),
            ("4015700", Class::Authorisation),
            ("4017301", Class::Authorisation),
            ("4035414", Class::BusinessRefusal),
            ("4035401", Class::OurMistake),
            ("4045416", Class::OurMistake),
            ("4045501", Class::BusinessRefusal),
            ("4095400", Class::Conflict),
            ("4095401", Class::Conflict),
            ("4295400", Class::Retryable),
            ("5005401", Class::Retryable),
            ("5045400", Class::Retryable),
            ("4185400", Class::Unknown),
            ("4035499", Class::Unknown),
            ("2005401", Class::Unknown),
        ] {
            assert_eq!(coded(code[..3].parse().unwrap(), code).class(), class, "{code}");
        }
    }

    #[test]
    fn only_a_refused_token_is_worth_another() {
        assert!(coded(401, "4015401").refuses_token());
        assert!(coded(401, "4015403").refuses_token());
        for (status, code) in
            [(401, "4015400"), (401, "4015402"), (403, "4035401"), (200, "4015401")]
        {
            assert!(!coded(status, code).refuses_token(), "{code}");
        }
    }

    #[test]
    fn a_refusal_keeps_its_code_and_says_why() {
        let refusal = coded(403, "4035414").refusal();
        assert_eq!((refusal.code.as_str(), refusal.reason), ("4035414", FailureReason::LowBalance));
        let mistake = coded(404, "4045416").mistake();
        assert_eq!(
            mistake.to_string(),
            "provider refuses our request with 4045416: partner not found"
        );
    }

    proptest! {
        #[test]
        fn no_answer_makes_it_panic(body in any::<Vec<u8>>(), status in 200_u16..600) {
            let mut answer = Response::new(Bytes::from(body));
            *answer.status_mut() = status.try_into().unwrap();
            if let Ok(answer) = read(&answer) {
                prop_assert_ne!(answer.class(), Class::Done);
            }
        }

        #[test]
        fn a_code_counts_only_under_its_own_status(code in "[0-9]{7}", status in 200_u16..600) {
            let read = coded(status, &code).code;
            prop_assert_eq!(read.is_some(), code[..3] == status.to_string());
        }
    }
}
