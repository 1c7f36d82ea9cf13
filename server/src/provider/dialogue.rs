//! A conversation with a provider, without its network.
//!
//! Signing, two-step registration and link-then-pay are all "ask, read the answer, maybe ask
//! again". The courier carries the questions; nothing here opens a connection.

use bytes::Bytes;

use super::ProviderError;

/// Where a conversation stands.
pub enum Dialogue<T> {
    /// Somebody must carry this to the provider and bring back what it says.
    Ask(Box<Exchange<T>>),
    /// Nothing is left to say.
    Done(T),
}

type Read<T> = dyn FnOnce(http::Response<Bytes>) -> Result<Dialogue<T>, ProviderError> + Send;

/// One question, and what to make of the answer.
pub struct Exchange<T> {
    /// What is asked, for timelines and metrics: `registration`.
    pub operation: &'static str,
    /// The question, signed and ready to send.
    pub request: http::Request<Bytes>,
    read: Box<Read<T>>,
    unheard: Option<T>,
}

impl<T> Dialogue<T> {
    /// Asks `request`, and makes of the answer what `read` makes of it.
    pub fn ask(
        operation: &'static str,
        request: http::Request<Bytes>,
        read: impl FnOnce(http::Response<Bytes>) -> Result<Self, ProviderError> + Send + 'static,
    ) -> Self {
        Self::Ask(Box::new(Exchange { operation, request, read: Box::new(read), unheard: None }))
    }

    /// Settles for `outcome` where the question that is being asked gets no answer, or one that
    /// cannot be read. Only where that silence can move no money.
    #[must_use]
    pub fn or_if_unheard(self, outcome: T) -> Self {
        match self {
            Self::Ask(mut exchange) => {
                exchange.unheard = Some(outcome);
                Self::Ask(exchange)
            }
            Self::Done(outcome) => Self::Done(outcome),
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
            Dialogue::Ask(_) => panic!("one answer is enough"),
        }
    }

    #[test]
    fn an_outcome_is_made_into_something_else_after_the_answer() {
        assert_eq!(answered(shouting().map(|text| text.len()), b"hello").unwrap(), 5);
    }

    #[test]
    fn an_unreadable_answer_counts_as_silence_only_where_silence_is_harmless() {
        assert!(answered(shouting().map(|text| text.len()), b"\xff").is_err());
        let harmless = shouting().or_if_unheard("quiet".to_owned()).map(|text| text.len());
        assert_eq!(answered(harmless, b"\xff").unwrap(), 5);
    }
}
