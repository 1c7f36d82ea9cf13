//! What can go wrong in a conversation that was heard.

/// Why a provider's words, or ours to it, cannot be used.
///
/// None of these says that a payment failed. Only a provider's own refusal does, and that is an
/// outcome, not an error.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ProviderError {
    /// The provider answered with something its documents do not describe. Nobody knows what it
    /// means, so it is asked again.
    #[error("answer cannot be read: {why}")]
    Unreadable {
        /// What does not fit.
        why: &'static str,
    },
    /// It was not signed by who it claims to be from.
    #[error("not from the provider: {why}")]
    Forged {
        /// What does not fit.
        why: &'static str,
    },
    /// The provider refuses our credentials or our request as such: a mistake in the configuration
    /// or in Kasir, which a person has to mend.
    #[error("provider refuses our request with {code}: {why}")]
    Misconfigured {
        /// The provider's own code.
        code: String,
        /// What it means.
        why: &'static str,
    },
    /// What we were about to say cannot be said to this provider.
    #[error("cannot be sent: {why}")]
    Unsendable {
        /// What does not fit.
        why: &'static str,
    },
}
