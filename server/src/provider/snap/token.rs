//! The token between two businesses (service 73), and the calls that need one.
//!
//! A token is asked for with the merchant's key and lent for some minutes; whoever carries the
//! conversation keeps it. Where a call is refused for its token, it is made once more with another
//! one, and never a third time.

use std::fmt;

use bytes::Bytes;
use http::{HeaderValue, Request, Response};
use kasir_shared::WebUrl;
use serde::{Deserialize, Deserializer, de};

use super::call::{Caller, CallerError, Service, Signature, post, value};
use super::code::{self, Answer, Course, Errand};
use super::key::PrivateKey;
use super::{sign, time};
use crate::provider::dialogue::{Token, TokenHolder};
use crate::provider::{Dialogue, Occasion, ProviderError};
use crate::secret::Secret;

/// What is asked: a token for the merchant itself.
const QUESTION: &[u8] = br#"{"grantType":"client_credentials","additionalInfo":{}}"#;
/// The longest token of the standard.
const TOKEN_MAX: usize = 2048;

/// Where a merchant's tokens come from.
#[derive(Clone, Debug)]
pub struct Lender {
    holder: TokenHolder,
    url: String,
    client: HeaderValue,
    key: PrivateKey,
}

/// A merchant who calls with tokens.
#[derive(Clone, Debug)]
pub struct Line {
    /// Says who calls.
    pub caller: Caller,
    /// Lends the tokens.
    pub lender: Lender,
    /// Signs with them.
    pub secret: Secret,
}

/// A question that is asked with a token.
#[derive(Clone, Debug)]
pub struct Question {
    /// What is asked for.
    pub service: Service,
    /// The body.
    pub body: Bytes,
    /// When its conversation is held.
    pub now: Occasion,
    /// Which of the conversation's questions it is. It may be asked twice, so the next one is two
    /// further.
    pub number: u8,
}

type Read<T> = Box<dyn FnOnce(Answer) -> Result<Dialogue<T>, ProviderError> + Send>;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Lent {
    access_token: Option<String>,
    token_type: Option<String>,
    #[serde(default)]
    expires_in: Seconds,
}

/// Seconds as a text of digits or as a number; none where nothing is said.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
struct Seconds(u32);

impl<'de> Deserialize<'de> for Seconds {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = Seconds;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("seconds, as digits or as a number")
            }

            fn visit_unit<E: de::Error>(self) -> Result<Seconds, E> {
                Ok(Seconds(0))
            }

            fn visit_u64<E: de::Error>(self, seconds: u64) -> Result<Seconds, E> {
                u32::try_from(seconds).map(Seconds).map_err(E::custom)
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Seconds, E> {
                if !text.bytes().all(|byte| byte.is_ascii_digit()) {
                    return Err(E::custom("not digits"));
                }
                text.parse().map(Seconds).map_err(E::custom)
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

impl Lender {
    /// Asks for tokens at this address, as the client that the key belongs to.
    pub fn new(url: &WebUrl, client: &str, key: PrivateKey) -> Result<Self, CallerError> {
        let plain = !client.is_empty() && client.bytes().all(|byte| byte.is_ascii_graphic());
        let header = HeaderValue::from_str(client).ok().filter(|_| plain);
        Ok(Self {
            holder: TokenHolder(format!("{client} at {url}")),
            url: url.as_str().to_owned(),
            client: header.ok_or(CallerError::Partner)?,
            key,
        })
    }

    /// Asks for a token.
    pub fn ask(&self, now: Occasion) -> Result<Dialogue<Token>, ProviderError> {
        Ok(Dialogue::ask("token", self.request(now)?, |response| {
            lent(&response).map(Dialogue::Done)
        }))
    }

    fn request(&self, now: Occasion) -> Result<Request<Bytes>, ProviderError> {
        let timestamp = time::jakarta(now.at);
        let client = self.client.to_str().unwrap_or_default();
        let signature = self.key.sign(&sign::client_and_time(client, &timestamp));
        let mut request = post(&self.url, Bytes::from_static(QUESTION))?;
        let headers = request.headers_mut();
        headers.insert("x-client-key", self.client.clone());
        headers.insert("x-timestamp", value(&timestamp)?);
        headers.insert("x-signature", value(&signature)?);
        Ok(request)
    }
}

fn lent(response: &Response<Bytes>) -> Result<Token, ProviderError> {
    let answer = code::read(response)?;
    let unreadable = |why| Err(ProviderError::Unreadable { why });
    match answer.course(Errand::Token) {
        Course::Read => {}
        Course::Mend => return Err(answer.mistake()),
        Course::Refused | Course::Again | Course::Unsure | Course::Taken | Course::NotKnown => {
            return unreadable("no token was given");
        }
    }
    let Lent { access_token, token_type, expires_in } = answer.body()?;
    let token = access_token.unwrap_or_default();
    let plain = token.bytes().all(|byte| byte.is_ascii_graphic());
    if token.is_empty() || token.len() > TOKEN_MAX || !plain {
        return unreadable("accessToken is none");
    }
    if token_type.is_some_and(|kind| !kind.eq_ignore_ascii_case("bearer")) {
        return unreadable("tokenType is not Bearer");
    }
    Ok(Token { value: Secret::new(token), lifetime_s: expires_in.0 })
}

impl Line {
    /// Asks, and makes of the answer what `read` makes of it; once more where the token is refused.
    pub fn ask<T: 'static>(
        &self,
        question: Question,
        read: impl FnOnce(Answer) -> Result<Dialogue<T>, ProviderError> + Send + 'static,
    ) -> Dialogue<T> {
        self.clone().ask_with(question, None, Box::new(read))
    }

    fn ask_with<T: 'static>(
        self,
        question: Question,
        refused: Option<Token>,
        read: Read<T>,
    ) -> Dialogue<T> {
        let (lender, now, again) = (self.lender.clone(), question.now, refused.is_none());
        let dialogue = Dialogue::authorize(
            self.lender.holder.clone(),
            move || lender.ask(now),
            move |token| {
                let request = self.request(&question, &token)?;
                Ok(Dialogue::ask(question.service.operation, request, move |response| {
                    let answer = code::read(&response)?;
                    if !(again && answer.refuses_token()) {
                        return read(answer);
                    }
                    let next = Question { number: question.number + 1, ..question };
                    Ok(self.ask_with(next, Some(token), read))
                }))
            },
        );
        match refused {
            Some(token) => dialogue.instead_of(token),
            None => dialogue,
        }
    }

    fn request(&self, question: &Question, token: &Token) -> Result<Request<Bytes>, ProviderError> {
        let Question { service, body, now, number } = question;
        let signature = Signature::Token { token: &token.value, secret: &self.secret };
        self.caller.request(service, body, (*now, *number), signature)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &str) -> Response<Bytes> {
        let mut answer = Response::new(Bytes::from(body.to_owned()));
        *answer.status_mut() = status.try_into().unwrap();
        answer
    }

    fn lent_by(body: &str) -> Result<(String, u32), ProviderError> {
        lent(&answer(200, body)).map(|token| (token.value.expose().to_owned(), token.lifetime_s))
    }

    #[test]
    fn a_lifetime_is_digits_or_a_number() {
        for (expires_in, seconds) in [
            (r#","expiresIn":"900""#, 900),
            (r#","expiresIn":900"#, 900),
            ("", 0),
            (r#","expiresIn":null"#, 0),
        ] {
            let body = format!(
                r#"{{"responseCode":"2007300","accessToken":"a.b.c","tokenType":"Bearer"{expires_in}}}"#
            );
            assert_eq!(lent_by(&body), Ok(("a.b.c".to_owned(), seconds)));
        }
    }

    #[test]
    fn what_lends_no_token_is_no_lie_about_one() {
        for body in [
            r#"{"responseCode":"2007300"}"#,
            r#"{"responseCode":"2007300","accessToken":""}"#,
            r#"{"responseCode":"2007300","accessToken":"a b"}"#,
            r#"{"responseCode":"2007300","accessToken":7}"#,
            r#"{"responseCode":"2007300","accessToken":"a","expiresIn":"15m"}"#,
            r#"{"responseCode":"2007300","accessToken":"a","expiresIn":-1}"#,
            r#"{"responseCode":"2007300","accessToken":"a","tokenType":"MAC"}"#,
            r#"{"responseCode":"2005400","accessToken":"a"}"#,
            r#"{"responseCode":2007300,"accessToken":"a"}"#,
            r#"{"accessToken":"a"}"#,
            "",
        ] {
            assert!(matches!(lent_by(body), Err(ProviderError::Unreadable { .. })), "{body}");
        }
        let long = format!(r#"{{"responseCode":"2007300","accessToken":"{}"}}"#, "a".repeat(2049));
        assert!(lent_by(&long).is_err());
        let trouble = lent(&answer(503, "<html>"));
        assert!(matches!(trouble, Err(ProviderError::Unreadable { .. })));
    }

    #[test]
    fn a_key_that_is_refused_is_for_a_person_to_mend() {
        let refused = lent(&answer(401, r#"{"responseCode":"4017300"}"#));
        assert!(matches!(refused, Err(ProviderError::Misconfigured { .. })));
    }
}
