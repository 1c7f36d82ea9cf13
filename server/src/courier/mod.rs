//! Carries what providers and shops are asked and told, and brings back what they say.
//!
//! Time-outs, body limits, redaction, spans and metrics live here, once, for everybody. Redirects
//! are never followed and nothing is ever sent twice by itself.

pub mod guard;
pub mod redact;
mod tokens;

use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_util::StreamExt as _;
use kasir_shared::Moment;
use tokens::Tokens;
use tracing::{Instrument as _, info_span, warn};

use crate::clock::Clock;
use crate::merchant::webhook::Target;
use crate::provider::dialogue::{Authorization, Token};
use crate::provider::{Dialogue, Exchange, ProviderError};
use crate::store::{Entry, EntryKind};

/// The most steps one conversation may have: a token, an inquiry, a token and the order, both of
/// them once more, and one to spare.
const STEPS_MAX: usize = 7;
/// How long a connection may take to open.
const CONNECT: Duration = Duration::from_secs(3);
/// Seconds that a shop may take over an event.
pub const WEBHOOK_TIMEOUT_S: u32 = 15;
/// The longest wait that a shop may ask for, in seconds: as long as the longest gap of our own.
const RETRY_AFTER_S_MAX: u32 = 24 * 60 * 60;
/// How long a delivery waits for those to the same shop that went before it.
const TURN: Duration = Duration::from_secs(1);
/// The longest answer that is read.
const ANSWER_BYTES_MAX: usize = 256 * 1024;

/// Why a conversation has no outcome.
#[derive(Clone, Debug, thiserror::Error)]
pub enum CourierError {
    /// Nobody knows whether the provider heard us. This is never a refusal.
    #[error("no answer: {0}")]
    Silence(String),
    /// The order never left: there was no connection, or no token to send it with.
    #[error("not sent: {0}")]
    Unsaid(String),
    /// The provider was heard, and what it said cannot be used.
    #[error(transparent)]
    Provider(#[from] ProviderError),
    /// The conversation has more steps than any should.
    #[error("more than {STEPS_MAX} steps in one conversation")]
    Endless,
}

/// A conversation that was carried, and what the timeline is to say about it.
#[derive(Debug)]
pub struct Carried<T> {
    /// What came of it.
    pub outcome: Result<T, CourierError>,
    /// What was asked and answered, with secrets masked.
    pub entries: Vec<Entry>,
    /// How well the provider could be talked to.
    pub line: Line,
}

impl<T> Carried<T> {
    /// A conversation that could not even be begun.
    pub const fn unsaid(error: CourierError) -> Self {
        Self { outcome: Err(error), entries: Vec::new(), line: Line::Unused }
    }
}

/// How well a provider could be talked to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Line {
    /// Nothing was asked.
    Unused,
    /// Every question had an answer that could be read.
    Sound,
    /// There was a question without an answer, or one that only a broken server gives.
    Troubled,
}

/// Why a question has no answer.
struct Unheard {
    why: String,
    /// No connection was made, so not a byte of the question left us.
    unsaid: bool,
}

/// What a shop said to an event.
#[derive(Debug, Eq, PartialEq)]
pub enum Reception {
    /// It has it.
    Taken,
    /// It wants no more events.
    Gone,
    /// Too many deliveries to it are on their way; this one did not leave.
    Crowded,
    /// It could not take it; not before so many seconds, where it said so.
    Failed {
        /// In a few words, for the log.
        why: String,
        /// Seconds that it asked us to wait.
        retry_after_s: Option<u32>,
    },
}

/// Opens connections; nobody else does.
pub struct Courier {
    providers: reqwest::Client,
    shops: reqwest::Client,
    clock: Arc<dyn Clock>,
    tokens: Tokens,
    development: bool,
}

impl Courier {
    /// A courier that gives each question `provider_timeout_s` until its answer is read to the end.
    /// In development it also visits this very machine.
    pub fn new(
        clock: Arc<dyn Clock>,
        provider_timeout_s: u32,
        development: bool,
    ) -> Result<Self, reqwest::Error> {
        let builder = || {
            reqwest::Client::builder()
                .connect_timeout(CONNECT)
                .redirect(reqwest::redirect::Policy::none())
                .retry(reqwest::retry::never())
                .no_proxy()
                .user_agent(concat!("Kasir/", env!("CARGO_PKG_VERSION")))
        };
        let providers =
            builder().timeout(Duration::from_secs(provider_timeout_s.into())).build()?;
        let shops = builder().timeout(Duration::from_secs(WEBHOOK_TIMEOUT_S.into()));
        let shops =
            if development { shops } else { shops.dns_resolver(Arc::new(guard::PublicOnly)) };
        let (shops, tokens) = (shops.build()?, Tokens::default());
        Ok(Self { providers, shops, clock, tokens, development })
    }

    /// Carries a conversation to its end.
    pub async fn carry<T: Send + 'static>(
        &self,
        provider: &'static str,
        mut dialogue: Dialogue<T>,
    ) -> Carried<T> {
        let mut talk = Talk::new(provider);
        for _ in 0..STEPS_MAX {
            let next = match dialogue {
                Dialogue::Done(outcome) => return talk.ended(Ok(outcome)),
                Dialogue::Ask(exchange) => self.exchange(*exchange, &mut talk).await,
                Dialogue::Authorize(wanted) => self.authorize(*wanted, &mut talk).await,
            };
            dialogue = match next {
                Ok(dialogue) => dialogue,
                Err(error) => return talk.ended(Err(error)),
            };
        }
        talk.ended(match dialogue {
            Dialogue::Done(outcome) => Ok(outcome),
            Dialogue::Ask(_) | Dialogue::Authorize(_) => Err(CourierError::Endless),
        })
    }

    /// Carries one question, and says what the conversation is after its answer.
    async fn exchange<T>(
        &self,
        exchange: Exchange<T>,
        talk: &mut Talk,
    ) -> Result<Dialogue<T>, CourierError> {
        let (provider, operation) = (talk.provider, exchange.operation);
        let asked = self.clock.now();
        talk.entries.push(asked_entry(operation, &exchange.request, asked));
        let span = info_span!("provider_call", provider, operation);
        let answer = self.ask(&exchange.request).instrument(span).await;
        self.measure(provider, operation, asked, answer.is_ok());
        let next = match answer {
            Ok(answer) => {
                talk.entries.push(answered_entry(operation, &answer, asked, self.clock.now()));
                talk.line = talk.line.after(answer.status());
                exchange.answer(answer).map_err(CourierError::from)
            }
            Err(unheard) => {
                talk.entries.push(silent_entry(operation, &unheard.why, self.clock.now()));
                talk.line = Line::Troubled;
                let error = talk.unheard(unheard);
                exchange.unanswered().map(Dialogue::Done).ok_or(error)
            }
        };
        match &next {
            Ok(next) => talk.heard |= !next.was_refused_its_token(),
            Err(error) => {
                warn!(provider, operation, %error, "a conversation has no outcome");
                talk.line = talk.line.after_error(error);
            }
        }
        next
    }

    /// Goes on with a token: one that is kept, or a new one. Where none can be had, what was to be
    /// said with it is not said, and nobody has to wonder whether it was heard; unless something was
    /// heard before.
    async fn authorize<T>(
        &self,
        wanted: Authorization<T>,
        talk: &mut Talk,
    ) -> Result<Dialogue<T>, CourierError> {
        let Authorization { holder, refused, renew, then } = wanted;
        let slot = self.tokens.slot(&holder);
        let mut asking = Talk::new(talk.provider);
        let renewing = async { self.renewed(renew()?, &mut asking).await };
        let token = slot.token(self.clock.now(), refused.as_ref(), renewing).await;
        talk.entries.append(&mut asking.entries);
        talk.line = talk.line.and(asking.line);
        match token {
            Ok(token) => then(token).map_err(CourierError::from),
            Err(error) => {
                let why = error.to_string();
                talk.entries.push(silent_entry("token", &why, self.clock.now()));
                Err(if talk.heard { CourierError::Silence(why) } else { error })
            }
        }
    }

    /// Carries the conversation that asks for a token.
    async fn renewed(
        &self,
        mut dialogue: Dialogue<Token>,
        talk: &mut Talk,
    ) -> Result<Token, CourierError> {
        for _ in 0..STEPS_MAX {
            dialogue = match dialogue {
                Dialogue::Done(token) => return Ok(token),
                Dialogue::Ask(exchange) => {
                    self.exchange(*exchange, talk).await.map_err(tokenless)?
                }
                // A token that needs a token is none.
                Dialogue::Authorize(_) => return Err(CourierError::Endless),
            };
        }
        Err(CourierError::Endless)
    }

    async fn ask(&self, request: &http::Request<Bytes>) -> Result<http::Response<Bytes>, Unheard> {
        let (url, method) = (request.uri().to_string(), request.method().clone());
        let sending = self
            .providers
            .request(method, url)
            .headers(request.headers().clone())
            .body(request.body().clone())
            .send();
        let answer = sending
            .await
            .map_err(|error| Unheard { why: named(&error), unsaid: error.is_connect() })?;
        read(answer).await.map_err(|why| Unheard { why, unsaid: false })
    }

    fn measure(&self, provider: &'static str, operation: &'static str, asked: Moment, heard: bool) {
        let ms = self.clock.now().unix_ms.saturating_sub(asked.unix_ms).max(0);
        let outcome = if heard { "answered" } else { "silent" };
        metrics::counter!("kasir_provider_calls_total", "provider" => provider, "operation" => operation, "outcome" => outcome)
            .increment(1);
        metrics::histogram!("kasir_provider_call_seconds", "provider" => provider, "operation" => operation)
            .record(f64::from(u32::try_from(ms).unwrap_or(u32::MAX)) / 1000.0);
    }

    /// Tells a shop about an event. Its answer's body is of no interest and is not read.
    pub async fn tell(&self, target: &Target, id: &str, body: &str) -> Reception {
        if !self.development && !guard::may_visit(&target.url) {
            return Reception::Failed {
                why: "not a public address".to_owned(),
                retry_after_s: None,
            };
        }
        let Ok(Ok(_turn)) = tokio::time::timeout(TURN, target.turns.acquire()).await else {
            return Reception::Crowded;
        };
        let now = self.clock.now();
        let sending = self
            .shops
            .post(target.url.as_str())
            .header("content-type", "application/json")
            .header("webhook-id", id)
            .header("webhook-timestamp", now.unix_s().to_string())
            .header("webhook-signature", target.sign(id, now, body))
            .body(body.to_owned())
            .send();
        match sending.await {
            Ok(answer) if answer.status().is_success() => Reception::Taken,
            Ok(answer) if answer.status() == http::StatusCode::GONE => Reception::Gone,
            Ok(answer) => Reception::Failed {
                why: format!("answered {}", answer.status().as_u16()),
                retry_after_s: retry_after_s(answer.headers()),
            },
            Err(error) => Reception::Failed { why: named(&error), retry_after_s: None },
        }
    }
}

/// A conversation that is being carried.
struct Talk {
    provider: &'static str,
    entries: Vec<Entry>,
    line: Line,
    /// The provider may have done something by now.
    heard: bool,
}

impl Talk {
    const fn new(provider: &'static str) -> Self {
        Self { provider, entries: Vec::new(), line: Line::Unused, heard: false }
    }

    /// Only what never left at all can be said to have stayed with us: once one question was heard,
    /// nobody knows what the provider made of it.
    fn unheard(&self, Unheard { why, unsaid }: Unheard) -> CourierError {
        if unsaid && !self.heard { CourierError::Unsaid(why) } else { CourierError::Silence(why) }
    }

    fn ended<T>(self, outcome: Result<T, CourierError>) -> Carried<T> {
        Carried { outcome, entries: self.entries, line: self.line }
    }
}

impl Line {
    const fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Troubled, _) | (_, Self::Troubled) => Self::Troubled,
            (Self::Sound, _) | (_, Self::Sound) => Self::Sound,
            (Self::Unused, Self::Unused) => Self::Unused,
        }
    }

    fn after(self, status: http::StatusCode) -> Self {
        match self {
            Self::Unused | Self::Sound if !status.is_server_error() => Self::Sound,
            Self::Unused | Self::Sound | Self::Troubled => Self::Troubled,
        }
    }

    /// An answer that only a broken server gives counts like none. A refusal of our credentials is
    /// an answer.
    const fn after_error(self, error: &CourierError) -> Self {
        match error {
            CourierError::Provider(
                ProviderError::Unreadable { .. } | ProviderError::Forged { .. },
            ) => Self::Troubled,
            CourierError::Provider(
                ProviderError::Misconfigured { .. } | ProviderError::Unsendable { .. },
            )
            | CourierError::Unsaid(_)
            | CourierError::Silence(_)
            | CourierError::Endless => self,
        }
    }
}

/// Why there is no token. Whatever happened to the question for it, what was to be sent with it did
/// not leave; credentials that are refused stay a mistake that a person has to mend.
fn tokenless(error: CourierError) -> CourierError {
    match error {
        CourierError::Provider(
            error @ (ProviderError::Misconfigured { .. } | ProviderError::Unsendable { .. }),
        ) => CourierError::Provider(error),
        CourierError::Silence(why) => CourierError::Unsaid(format!("no token: {why}")),
        CourierError::Provider(
            error @ (ProviderError::Unreadable { .. } | ProviderError::Forged { .. }),
        ) => CourierError::Unsaid(format!("no token: {error}")),
        CourierError::Unsaid(why) => CourierError::Unsaid(why),
        CourierError::Endless => CourierError::Endless,
    }
}

/// Seconds that a `Retry-After` asks for; a date there is taken for no wish at all.
fn retry_after_s(headers: &http::HeaderMap) -> Option<u32> {
    let asked: u32 = headers.get(http::header::RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(asked.min(RETRY_AFTER_S_MAX))
}

/// Reads an answer to its end or to the limit, whichever comes first.
async fn read(answer: reqwest::Response) -> Result<http::Response<Bytes>, String> {
    let mut whole = http::Response::new(Bytes::new());
    *whole.status_mut() = answer.status();
    *whole.headers_mut() = answer.headers().clone();
    let mut body = BytesMut::new();
    let mut chunks = answer.bytes_stream();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|error| named(&error))?;
        if body.len() + chunk.len() > ANSWER_BYTES_MAX {
            return Err(format!("an answer of more than {ANSWER_BYTES_MAX} bytes"));
        }
        body.extend_from_slice(&chunk);
    }
    *whole.body_mut() = body.freeze();
    Ok(whole)
}

/// What went wrong, without the address: an address may hold a token.
fn named(error: &reqwest::Error) -> String {
    let kind = if error.is_connect() {
        "no connection"
    } else if error.is_timeout() {
        "too slow"
    } else if error.is_body() || error.is_decode() {
        "cut off in the middle"
    } else {
        "connection lost"
    };
    kind.to_owned()
}

fn asked_entry(operation: &str, request: &http::Request<Bytes>, at: Moment) -> Entry {
    Entry {
        at,
        kind: EntryKind::Request,
        summary: format!("asked for {operation}: {} {}", request.method(), request.uri().path()),
        detail: Some(redact::body(request.body())),
    }
}

fn answered_entry(
    operation: &str,
    answer: &http::Response<Bytes>,
    asked: Moment,
    at: Moment,
) -> Entry {
    let ms = at.unix_ms.saturating_sub(asked.unix_ms);
    Entry {
        at,
        kind: EntryKind::Answer,
        summary: format!("answer to {operation}: {} after {ms} ms", answer.status().as_u16()),
        detail: Some(redact::body(answer.body())),
    }
}

fn silent_entry(operation: &str, why: &str, at: Moment) -> Entry {
    let summary = format!("no answer to {operation}: {why}");
    Entry { at, kind: EntryKind::Silence, summary, detail: None }
}

#[cfg(test)]
mod tests;
