//! Carries what providers and shops are asked and told, and brings back what they say.
//!
//! Time-outs, body limits, redaction, spans and metrics live here, once, for everybody. Redirects
//! are never followed and nothing is ever sent twice by itself.

pub mod guard;
pub mod redact;
mod entries;
mod shops;
mod talk;
mod tokens;
mod wire;

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use kasir_shared::Moment;
pub use shops::{Reception, WEBHOOK_TIMEOUT_S};
pub use talk::{Carried, CourierError, Line, Peer};
use talk::{STEPS_MAX, Talk, tokenless};
use tokens::Tokens;
use tracing::{Instrument as _, info_span, warn};

use crate::clock::Clock;
use crate::provider::dialogue::{Authorization, Token};
use crate::provider::{Dialogue, Exchange};

/// How long a connection may take to open.
const CONNECT: Duration = Duration::from_secs(3);

/// Opens connections; nobody else does.
pub struct Courier {
    providers: reqwest::Client,
    /// The same over IPv4 alone, for those that know us by such an address.
    providers_v4: reqwest::Client,
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
        let providers = || builder().timeout(Duration::from_secs(provider_timeout_s.into()));
        let providers_v4 = providers().local_address(IpAddr::V4(Ipv4Addr::UNSPECIFIED)).build()?;
        let providers = providers().build()?;
        let shops = builder().timeout(Duration::from_secs(WEBHOOK_TIMEOUT_S.into()));
        let shops =
            if development { shops } else { shops.dns_resolver(Arc::new(guard::PublicOnly)) };
        let (shops, tokens) = (shops.build()?, Tokens::default());
        Ok(Self { providers, providers_v4, shops, clock, tokens, development })
    }

    /// Carries a conversation to its end.
    pub async fn carry<T: Send + 'static>(
        &self,
        peer: Peer,
        mut dialogue: Dialogue<T>,
    ) -> Carried<T> {
        let mut talk = Talk::new(peer);
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
        let (Peer { provider, ipv4_only }, operation) = (talk.peer, exchange.operation);
        let asked = self.clock.now();
        talk.entries.push(entries::asked(operation, &exchange.request, asked));
        let span = info_span!("provider_call", provider, operation);
        let answer = self.ask(&exchange.request, ipv4_only).instrument(span).await;
        self.measure(provider, operation, asked, answer.is_ok());
        let next = match answer {
            Ok(answer) => {
                talk.entries.push(entries::answered(operation, &answer, asked, self.clock.now()));
                talk.line = talk.line.after(answer.status());
                exchange.answer(answer).map_err(CourierError::from)
            }
            Err(unheard) => {
                talk.entries.push(entries::silent(operation, &unheard.why, self.clock.now()));
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
        let mut asking = Talk::new(talk.peer);
        let renewing = async { self.renewed(renew()?, &mut asking).await };
        let token = slot.token(self.clock.now(), refused.as_ref(), renewing).await;
        talk.entries.append(&mut asking.entries);
        talk.line = talk.line.and(asking.line);
        match token {
            Ok(token) => then(token).map_err(CourierError::from),
            Err(error) => {
                let why = error.to_string();
                talk.entries.push(entries::silent("token", &why, self.clock.now()));
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

    fn measure(&self, provider: &'static str, operation: &'static str, asked: Moment, heard: bool) {
        let ms = self.clock.now().unix_ms.saturating_sub(asked.unix_ms).max(0);
        let outcome = if heard { "answered" } else { "silent" };
        metrics::counter!("kasir_provider_calls_total", "provider" => provider, "operation" => operation, "outcome" => outcome)
            .increment(1);
        metrics::histogram!("kasir_provider_call_seconds", "provider" => provider, "operation" => operation)
            .record(f64::from(u32::try_from(ms).unwrap_or(u32::MAX)) / 1000.0);
    }
}

#[cfg(test)]
mod tests;
