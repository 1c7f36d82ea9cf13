//! A conversation: what came of it, what the timeline says about it, and how good the line was.

use super::wire::Unheard;
use crate::provider::{Provider, ProviderError};
use crate::store::Entry;

/// The most steps one conversation may have: a token, an inquiry, a token and the order, both of
/// them once more, and one to spare.
pub(super) const STEPS_MAX: usize = 7;

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

/// Whom a conversation is held with.
#[derive(Clone, Copy, Debug)]
pub struct Peer {
    /// The provider.
    pub provider: &'static str,
    /// Whether it may only be called over IPv4.
    pub ipv4_only: bool,
}

impl Peer {
    /// A provider, by the ways that it can be called.
    pub fn of(provider: &dyn Provider) -> Self {
        Self { provider: provider.name(), ipv4_only: provider.ipv4_only() }
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

/// A conversation that is being carried.
pub(super) struct Talk {
    pub(super) peer: Peer,
    pub(super) entries: Vec<Entry>,
    pub(super) line: Line,
    /// The provider may have done something by now.
    pub(super) heard: bool,
}

impl Talk {
    pub(super) const fn new(peer: Peer) -> Self {
        Self { peer, entries: Vec::new(), line: Line::Unused, heard: false }
    }

    /// Only what never left at all can be said to have stayed with us: once one question was heard,
    /// nobody knows what the provider made of it.
    pub(super) fn unheard(&self, Unheard { why, unsaid }: Unheard) -> CourierError {
        if unsaid && !self.heard { CourierError::Unsaid(why) } else { CourierError::Silence(why) }
    }

    pub(super) fn ended<T>(self, outcome: Result<T, CourierError>) -> Carried<T> {
        Carried { outcome, entries: self.entries, line: self.line }
    }
}

impl Line {
    pub(super) const fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Troubled, _) | (_, Self::Troubled) => Self::Troubled,
            (Self::Sound, _) | (_, Self::Sound) => Self::Sound,
            (Self::Unused, Self::Unused) => Self::Unused,
        }
    }

    pub(super) fn after(self, status: http::StatusCode) -> Self {
        match self {
            Self::Unused | Self::Sound if !status.is_server_error() => Self::Sound,
            Self::Unused | Self::Sound | Self::Troubled => Self::Troubled,
        }
    }

    /// An answer that only a broken server gives counts like none. A refusal of our credentials is
    /// an answer.
    pub(super) const fn after_error(self, error: &CourierError) -> Self {
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
pub(super) fn tokenless(error: CourierError) -> CourierError {
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
