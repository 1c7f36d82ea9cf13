//! Espay's services, one file each: question, answer, tests.

pub(crate) mod linking;
pub(crate) mod auth_code;
pub(crate) mod binding;
pub(crate) mod account;
pub(crate) mod balance;
pub(crate) mod unbinding;
pub(crate) mod create;
pub(crate) mod merchant_info;
pub(crate) mod push;
pub(crate) mod status;
pub(crate) mod status_classic;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderValue, Method, Request, Response};
use kasir_shared::Moment;

use super::Espay;
use super::account::{Hosts, PushLogin};
use super::dialect::{Dialect, ExternalId, SignedGet};
use crate::provider::snap::call::{self, Caller, Message, Service, Signature};
use crate::provider::snap::code::{self, Answer};
use crate::provider::snap::key::PrivateKey;
use crate::provider::snap::time;
use crate::provider::{Dialogue, Occasion, ProviderError};

/// Which of Espay's hosts serves.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Host {
    /// That of linked wallets.
    Linkage,
    /// That of payments.
    HostToHost,
}

/// A SNAP service and where it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Call {
    pub(crate) service: Service,
    pub(crate) host: Host,
}

/// What is made of an answer; the conversation may go on.
pub(crate) type Heard = Result<Answer, ProviderError>;

/// One conversation: who speaks, on which occasion, and how much was asked so far.
#[derive(Clone, Debug)]
pub(crate) struct Talk {
    hosts: Hosts,
    key: PrivateKey,
    external_id: ExternalId,
    signed_get: SignedGet,
    now: Occasion,
    asked: u8,
}

/// A question of a SNAP service.
#[derive(Clone, Debug)]
struct Question {
    call: &'static Call,
    method: Method,
    /// `a=1&b=2`, or empty.
    query: String,
    body: Bytes,
}

/// A question of a classic service: a form.
#[derive(Debug)]
pub(crate) struct Form<'a> {
    pub(crate) operation: &'static str,
    pub(crate) path: &'static str,
    pub(crate) fields: &'a [(&'a str, &'a str)],
    pub(crate) login: Option<&'a PushLogin>,
}

impl Talk {
    pub(crate) fn new(espay: &Espay, now: Occasion) -> Self {
        let (hosts, key) = (espay.hosts.clone(), espay.keys.ours.clone());
        let Dialect { external_id, signed_get, .. } = espay.account.dialect;
        Self { hosts, key, external_id, signed_get, now, asked: 0 }
    }

    /// A UUID that nothing else of this conversation has, and no other conversation.
    pub(crate) fn uuid(&self) -> String {
        uuid(self.now, self.asked)
    }

    /// When the conversation began.
    pub(crate) const fn at(&self) -> Moment {
        self.now.at
    }

    /// Posts JSON to a service. Where Espay says that our external id was used today, the same bytes
    /// are sent once more under another.
    pub(crate) fn ask<T>(
        self,
        call: &'static Call,
        body: Bytes,
        then: impl FnOnce(Self, Heard) -> Result<Dialogue<T>, ProviderError> + Send + 'static,
    ) -> Result<Dialogue<T>, ProviderError> {
        let question = Question { call, method: Method::POST, query: String::new(), body };
        self.send(question, Repeat::Once, |talk, response| then(talk, code::read(&response)))
    }

    /// Gets a service with a query, and hands out the answer as it came.
    pub(crate) fn get<T>(
        self,
        call: &'static Call,
        query: &[(&str, &str)],
        then: impl FnOnce(Self, Response<Bytes>) -> Result<Dialogue<T>, ProviderError> + Send + 'static,
    ) -> Result<Dialogue<T>, ProviderError> {
        let query = encoded(query);
        let question = Question { call, method: Method::GET, query, body: Bytes::new() };
        self.send(question, Repeat::Once, then)
    }

    fn send<T>(
        self,
        question: Question,
        repeat: Repeat,
        then: impl FnOnce(Self, Response<Bytes>) -> Result<Dialogue<T>, ProviderError> + Send + 'static,
    ) -> Result<Dialogue<T>, ProviderError> {
        let request = self.request(&question)?;
        let next = Self { asked: self.asked.saturating_add(1), ..self };
        Ok(Dialogue::ask(question.call.service.operation, request, move |response| {
            let used = code::read(&response).is_ok_and(|answer| is_used_id(&answer));
            match repeat {
                Repeat::Once if used => next.send(question, Repeat::Never, then),
                Repeat::Once | Repeat::Never => then(next, response),
            }
        }))
    }

    fn request(&self, question: &Question) -> Result<Request<Bytes>, ProviderError> {
        let path = question.call.service.path;
        let whole = format!("{path}?{}", question.query);
        let target = if question.query.is_empty() { path } else { &whole };
        let signed = match self.signed_get {
            SignedGet::Path => path,
            SignedGet::PathAndQuery => target,
        };
        let external_id = match self.external_id {
            ExternalId::Numeric => call::external_id(self.now, self.asked),
            ExternalId::Uuid => self.uuid(),
        };
        let message = Message {
            method: &question.method,
            target,
            signed,
            body: &question.body,
            external_id: &external_id,
        };
        let caller = self.caller(question.call.host);
        caller.message(&message, self.now.at, Signature::Key(&self.key))
    }

    const fn caller(&self, host: Host) -> &Caller {
        match host {
            Host::Linkage => &self.hosts.linkage,
            Host::HostToHost => &self.hosts.h2h,
        }
    }

    /// Posts a form to a classic service.
    pub(crate) fn post<T>(
        self,
        form: &Form<'_>,
        then: impl FnOnce(Self, &Response<Bytes>) -> Result<Dialogue<T>, ProviderError> + Send + 'static,
    ) -> Result<Dialogue<T>, ProviderError> {
        let unsendable = |_| ProviderError::Unsendable { why: "address is none" };
        let mut request = Request::post(format!("{}{}", self.hosts.classic, form.path))
            .body(Bytes::from(encoded(form.fields)))
            .map_err(unsendable)?;
        let headers = request.headers_mut();
        let urlencoded = HeaderValue::from_static("application/x-www-form-urlencoded");
        headers.insert(CONTENT_TYPE, urlencoded);
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        if let Some(login) = form.login {
            headers.insert(AUTHORIZATION, basic(login)?);
        }
        let next = Self { asked: self.asked.saturating_add(1), ..self };
        Ok(Dialogue::ask(form.operation, request, move |response| then(next, &response)))
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

/// A form, or a query.
fn encoded(fields: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

/// User and password, which no log prints.
fn basic(login: &PushLogin) -> Result<HeaderValue, ProviderError> {
    let pair = format!("{}:{}", login.user, login.password.expose());
    let mut value = HeaderValue::from_str(&format!("Basic {}", STANDARD.encode(pair)))
        .map_err(|_| ProviderError::Unsendable { why: "a header is no plain text" })?;
    value.set_sensitive(true);
    Ok(value)
}

/// A UUID of version 4, made from the chance of an occasion and the number of a question.
pub(crate) fn uuid(now: Occasion, question: u8) -> String {
    let mut bytes = now.chance;
    bytes[15] ^= question;
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex = hex::encode(bytes);
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

/// `YYYY-MM-DD hh:mm:ss` on Jakarta's clock, as classic services write it.
pub(crate) fn classic_time(at: Moment) -> String {
    time::jakarta(at).chars().take(19).map(|c| if c == 'T' { ' ' } else { c }).collect()
}

/// Reads such a time.
pub(crate) fn read_classic_time(text: &str) -> Option<Moment> {
    let (date, clock) = text.split_once(' ').filter(|_| text.len() == 19)?;
    time::read(&format!("{date}T{clock}+07:00"))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{DOCUMENTED, occasion};
    use super::*;

    #[test]
    fn a_uuid_is_one_of_version_4_and_another_for_every_question() {
        let made = uuid(occasion(), 0);
        assert_eq!((made.len(), &made[14..15]), (36, "4"), "{made}");
        assert!(matches!(&made[19..20], "8" | "9" | "a" | "b"), "{made}");
        assert_ne!(made, uuid(occasion(), 1));
    }

    #[test]
    fn a_classic_time_is_jakartas_and_reads_back() {
        assert_eq!(classic_time(DOCUMENTED), "2026-11-20 10:15:30");
        assert_eq!(read_classic_time("2026-11-20 10:15:30"), Some(DOCUMENTED));
        for none in ["", "2026-11-20T10:15:30", "2026-11-20 10:15", "2026-11-20 10:15:3x"] {
            assert_eq!(read_classic_time(none), None, "{none}");
        }
    }
}
