//! A conversation with a provider, without its network.
//!
//! Signing, tokens, two-step registration and link-then-pay are all "ask, read the answer, maybe ask
//! again". The courier carries the questions; nothing here opens a connection.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;

use super::ProviderError;
use crate::secret::Secret;

/// Where a conversation stands.
pub enum Dialogue<T> {
    /// Somebody must carry this to the provider and bring back what it says.
    Ask(Box<Exchange<T>>),
    /// Nothing can be asked without a token: somebody must find one that is still good, or ask for
    /// another.
    Authorize(Box<Authorization<T>>),
    /// Nothing is left to say.
    Done(T),
}

type Read<T> = dyn FnOnce(http::Response<Bytes>) -> Result<Dialogue<T>, ProviderError> + Send;
type Renew = dyn FnOnce() -> Result<Dialogue<Token>, ProviderError> + Send;
type Then<T> = dyn FnOnce(Token) -> Result<Dialogue<T>, ProviderError> + Send;

/// Somebody who looks at answers.
pub type Look = Arc<dyn Fn(&http::Response<Bytes>) + Send + Sync>;

/// One question, and what to make of the answer.
pub struct Exchange<T> {
    /// What is asked, for timelines and metrics: `registration`.
    pub operation: &'static str,
    /// The question, signed and ready to send.
    pub request: http::Request<Bytes>,
    read: Box<Read<T>>,
    unheard: Option<T>,
}

/// A token that a provider lends for a while. It prints nowhere.
#[derive(Clone, Debug)]
pub struct Token {
    /// The token.
    pub value: Secret,
    /// Seconds that it is good for from when it was asked for.
    pub lifetime_s: u32,
}

/// A conversation that goes on with a token.
pub struct Authorization<T> {
    /// Whom the token is lent to: whoever is the same may share it.
    pub holder: TokenHolder,
    /// The token that the provider has just refused, where it did: any but this one will do.
    pub refused: Option<Token>,
    /// Begins the conversation that asks for another one.
    pub renew: Box<Renew>,
    /// Goes on with it.
    pub then: Box<Then<T>>,
}

/// Whom a provider lends a token to: one merchant at one address.
#[derive(Clone, Debug, Eq, PartialEq, Ord, PartialOrd, Hash)]
pub struct TokenHolder(pub String);

impl<T> Dialogue<T> {
    /// Whether what was just asked was not even looked at, for want of a token that is good.
    pub fn was_refused_its_token(&self) -> bool {
        match self {
            Self::Authorize(wanted) => wanted.refused.is_some(),
            Self::Ask(_) | Self::Done(_) => false,
        }
    }

    /// Asks `request`, and makes of the answer what `read` makes of it.
    pub fn ask(
        operation: &'static str,
        request: http::Request<Bytes>,
        read: impl FnOnce(http::Response<Bytes>) -> Result<Self, ProviderError> + Send + 'static,
    ) -> Self {
        Self::Ask(Box::new(Exchange { operation, request, read: Box::new(read), unheard: None }))
    }

    /// Goes on with a token of this holder's: one that is known to be good, or the one that `renew`
    /// asks for.
    pub fn authorize(
        holder: TokenHolder,
        renew: impl FnOnce() -> Result<Dialogue<Token>, ProviderError> + Send + 'static,
        then: impl FnOnce(Token) -> Result<Self, ProviderError> + Send + 'static,
    ) -> Self {
        let (renew, then) = (Box::new(renew), Box::new(then));
        Self::Authorize(Box::new(Authorization { holder, refused: None, renew, then }))
    }

    /// Goes on with any token but this one, which the provider refused.
    #[must_use]
    pub fn instead_of(self, token: Token) -> Self {
        match self {
            Self::Authorize(mut authorization) => {
                authorization.refused = Some(token);
                Self::Authorize(authorization)
            }
            Self::Ask(exchange) => Self::Ask(exchange),
            Self::Done(outcome) => Self::Done(outcome),
        }
    }

    /// Settles for `outcome` where the question that is being asked gets no answer, or one that
    /// cannot be read. Only where that silence can move no money.
    #[must_use]
    pub fn or_if_unheard(self, outcome: T) -> Self
    where
        T: Send + 'static,
    {
        match self {
            Self::Ask(mut exchange) => {
                exchange.unheard = Some(outcome);
                Self::Ask(exchange)
            }
            Self::Authorize(authorization) => {
                let Authorization { holder, refused, renew, then } = *authorization;
                let then = Box::new(move |token| Ok(then(token)?.or_if_unheard(outcome)));
                Self::Authorize(Box::new(Authorization { holder, refused, renew, then }))
            }
            Self::Done(outcome) => Self::Done(outcome),
        }
    }

    /// The same conversation, with somebody looking at every answer as it comes in.
    #[must_use]
    pub fn watched(self, look: &Look) -> Self
    where
        T: Send + 'static,
    {
        let look = Arc::clone(look);
        match self {
            Self::Done(outcome) => Self::Done(outcome),
            Self::Ask(mut exchange) => {
                let read = exchange.read;
                exchange.read = Box::new(move |answer| {
                    look(&answer);
                    Ok(read(answer)?.watched(&look))
                });
                Self::Ask(exchange)
            }
            Self::Authorize(mut authorization) => {
                let (renew, then, looks) = (authorization.renew, authorization.then, look.clone());
                authorization.renew = Box::new(move || Ok(renew()?.watched(&look)));
                authorization.then = Box::new(move |token| Ok(then(token)?.watched(&looks)));
                Self::Authorize(authorization)
            }
        }
    }

    /// The same conversation, its outcome made into something else.
    pub fn map<U>(self, make: impl FnOnce(T) -> U + Clone + Send + 'static) -> Dialogue<U>
    where
        T: Send + 'static,
        U: Send + 'static,
    {
        match self {
            Self::Done(outcome) => Dialogue::Done(make(outcome)),
            Self::Authorize(authorization) => {
                let Authorization { holder, refused, renew, then } = *authorization;
                let then = Box::new(move |token| Ok(then(token)?.map(make)));
                Dialogue::Authorize(Box::new(Authorization { holder, refused, renew, then }))
            }
            Self::Ask(exchange) => {
                let Exchange { operation, request, read, unheard } = *exchange;
                let again = make.clone();
                let read = move |answer| Ok(read(answer)?.map(again));
                let unheard = unheard.map(make);
                Dialogue::Ask(Box::new(Exchange {
                    operation,
                    request,
                    read: Box::new(read),
                    unheard,
                }))
            }
        }
    }
}

impl<T> Exchange<T> {
    /// What the conversation is after this answer.
    pub fn answer(self, answer: http::Response<Bytes>) -> Result<Dialogue<T>, ProviderError> {
        match ((self.read)(answer), self.unheard) {
            (Err(ProviderError::Unreadable { .. }), Some(outcome)) => Ok(Dialogue::Done(outcome)),
            (result, _) => result,
        }
    }

    /// What the conversation settles for when nobody answered, where it can settle at all.
    pub fn unanswered(self) -> Option<T> {
        self.unheard
    }
}

impl fmt::Display for TokenHolder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question() -> http::Request<Bytes> {
        http::Request::new(Bytes::new())
    }

    fn shouting() -> Dialogue<String> {
        Dialogue::ask("shout", question(), |answer| {
            let text = String::from_utf8(answer.into_body().to_vec());
            text.map(Dialogue::Done).map_err(|_| ProviderError::Unreadable { why: "not a text" })
        })
    }

    fn answered(dialogue: Dialogue<usize>, with: &'static [u8]) -> Result<usize, ProviderError> {
        let Dialogue::Ask(exchange) = dialogue else { panic!("it asks first") };
        match exchange.answer(http::Response::new(Bytes::from_static(with)))? {
            Dialogue::Done(outcome) => Ok(outcome),
            Dialogue::Ask(_) | Dialogue::Authorize(_) => panic!("one answer is enough"),
        }
    }

    fn token(value: &str) -> Token {
        Token { value: Secret::new(value.to_owned()), lifetime_s: 900 }
    }

    /// Shouts with a token, once somebody has one.
    fn authorized_shouting() -> Dialogue<String> {
        let holder = TokenHolder("toko".to_owned());
        Dialogue::authorize(
            holder,
            || Ok(Dialogue::Done(token("new"))),
            |token| {
                assert_eq!(token.value.expose(), "new");
                Ok(shouting())
            },
        )
    }

    /// The conversation after its authorization.
    fn let_in<T>(dialogue: Dialogue<T>) -> Dialogue<T> {
        let Dialogue::Authorize(authorization) = dialogue else { panic!("it needs a token") };
        let Dialogue::Done(token) = (authorization.renew)().unwrap() else { panic!("it asks") };
        (authorization.then)(token).unwrap()
    }

    #[test]
    fn an_outcome_is_made_into_something_else_after_the_answer() {
        assert_eq!(answered(shouting().map(|text| text.len()), b"hello").unwrap(), 5);
    }

    #[test]
    fn whoever_looks_sees_every_answer_and_changes_none() {
        let seen = Arc::new(std::sync::Mutex::new(Vec::new()));
        let look: Look = Arc::new({
            let seen = Arc::clone(&seen);
            move |answer| seen.lock().unwrap().push(answer.body().clone())
        });
        let twice = Dialogue::ask("twice", question(), |_| Ok(shouting()));
        let Dialogue::Ask(exchange) = twice.watched(&look) else { panic!("it asks first") };
        let again = exchange.answer(http::Response::new(Bytes::from_static(b"one"))).unwrap();
        assert_eq!(answered(again.map(|text| text.len()), b"three").unwrap(), 5);
        assert_eq!(*seen.lock().unwrap(), ["one", "three"]);
    }

    #[test]
    fn an_unreadable_answer_counts_as_silence_only_where_silence_is_harmless() {
        assert!(answered(shouting().map(|text| text.len()), b"\xff").is_err());
        let harmless = shouting().or_if_unheard("quiet".to_owned()).map(|text| text.len());
        assert_eq!(answered(harmless, b"\xff").unwrap(), 5);
    }

    #[test]
    fn what_holds_of_a_question_holds_of_one_that_needs_a_token_first() {
        let dialogue = authorized_shouting().or_if_unheard("quiet".to_owned());
        let dialogue = dialogue.map(|text| text.len());
        assert_eq!(answered(let_in(dialogue), b"\xff").unwrap(), 5);
        let dialogue = authorized_shouting().map(|text| text.len());
        assert_eq!(answered(let_in(dialogue), b"hey").unwrap(), 3);
    }

    #[test]
    fn a_refused_token_is_named_to_whoever_keeps_them() {
        let dialogue = authorized_shouting().instead_of(token("old")).map(|text| text.len());
        let Dialogue::Authorize(authorization) = dialogue else { panic!("it needs a token") };
        assert_eq!(authorization.refused.unwrap().value.expose(), "old");
    }

    #[test]
    fn a_token_prints_nowhere() {
        assert!(!format!("{:?}", token("tok")).contains("tok"));
    }
}
