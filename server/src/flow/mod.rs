//! The verbs: one file, one story.

pub mod bell;
pub mod catalogue;
pub mod create_session;
pub mod start_attempt;
mod draft;
pub mod route;
pub mod place;
mod orphan;
pub mod look;
pub mod link;
pub mod cancel_attempt;
pub mod close_session;
mod bill;
pub mod notified;
pub mod returned;
pub mod refund;
pub mod deliver;

use std::net::IpAddr;
use std::sync::Arc;

use bell::Bell;
use catalogue::Catalogues;
use kasir_shared::{Moment, ProblemCode, WebUrl};

use crate::clock::Clock;
use crate::courier::{Carried, Courier, Peer, WEBHOOK_TIMEOUT_S};
use crate::dice::Dice;
use crate::health::Health;
use crate::merchant::{Account, Merchant, Merchants};
use crate::provider::{Dialogue, Occasion};
use crate::secret::Vault;
use crate::store::{AttemptRecord, SessionRecord, Store, StoreError};

/// Everything a story needs; cheap to clone. Nothing else is global.
#[derive(Clone)]
pub struct House {
    /// What is remembered.
    pub store: Arc<dyn Store>,
    /// Who carries what is said.
    pub courier: Arc<Courier>,
    /// How the accounts have been lately.
    pub health: Arc<Health>,
    /// What the accounts have at their providers.
    pub catalogues: Arc<Catalogues>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub dice: Arc<dyn Dice>,
    /// What seals customers' agreements with wallets.
    pub vault: Arc<Vault>,
    /// Merchants and accounts.
    pub merchants: Arc<Merchants>,
    /// Rings when something changed.
    pub bell: Bell,
    /// What customers and providers reach us under, without a slash at the end.
    pub public_url: Arc<WebUrl>,
    /// Whether plain HTTP on this machine is allowed.
    pub development: bool,
    /// Seconds that one question to a provider may take.
    pub provider_timeout_s: u32,
}

/// Who is on the page.
#[derive(Clone, Copy, Debug)]
pub struct Visitor {
    /// The address the browser calls from.
    pub ip: IpAddr,
}

/// Why a story ended otherwise than it was meant to.
#[derive(Debug, thiserror::Error)]
pub enum FlowError {
    /// What was asked cannot be done, and whoever asked can know why.
    #[error("refused: {code:?}")]
    Refused {
        /// Why.
        code: ProblemCode,
        /// The field that is to blame.
        field: Option<String>,
        /// What the problem's sentence needs to be exact: an amount, a number of seconds.
        note: Option<String>,
    },
    /// The database failed, or holds what it should not.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What is remembered does not fit the configuration.
    #[error("the configuration has no {what} any more")]
    Unconfigured {
        /// What is missing.
        what: String,
    },
}

impl FlowError {
    /// It cannot be done, for this reason.
    pub const fn refused(code: ProblemCode) -> Self {
        Self::Refused { code, field: None, note: None }
    }

    /// A field is to blame.
    pub fn field(code: ProblemCode, field: impl Into<String>) -> Self {
        Self::Refused { code, field: Some(field.into()), note: None }
    }
}

impl House {
    /// What time it is.
    pub fn now(&self) -> Moment {
        self.clock.now()
    }

    /// What time it is, and chance for whoever speaks now.
    pub fn occasion(&self) -> Occasion {
        Occasion { at: self.now(), chance: self.dice.draw() }
    }

    /// Carries a conversation with an account to its end, and notes how well that went.
    pub async fn converse<T: Send + 'static>(
        &self,
        account: &Account,
        dialogue: Dialogue<T>,
    ) -> Carried<T> {
        let carried = self.carry(account, dialogue).await;
        self.health.note(&account.id, carried.line, self.now());
        carried
    }

    /// Carries a conversation with an account to its end, and lets nothing about it count.
    pub async fn carry<T: Send + 'static>(
        &self,
        account: &Account,
        dialogue: Dialogue<T>,
    ) -> Carried<T> {
        self.courier.carry(Peer::of(&*account.provider), dialogue).await
    }

    /// Seconds after which whoever was talking to a provider must have finished or be dead: as long
    /// as three placings of two questions each, or one webhook, and a little.
    pub fn lease_s(&self) -> u32 {
        (self.provider_timeout_s * 6).max(WEBHOOK_TIMEOUT_S) + 5
    }

    /// The merchant of a session.
    pub fn merchant_of(&self, session: &SessionRecord) -> Result<&Merchant, FlowError> {
        let missing = || FlowError::Unconfigured { what: format!("merchant {}", session.merchant) };
        self.merchants.by_id(&session.merchant).ok_or_else(missing)
    }

    /// The account of an attempt.
    pub fn account_of(&self, attempt: &AttemptRecord) -> Result<&Account, FlowError> {
        let missing = || FlowError::Unconfigured { what: format!("account {}", attempt.account) };
        self.merchants.account(&attempt.account).ok_or_else(missing)
    }

    /// Whether a person has to say what an attempt was paid: a notification spoke of another amount,
    /// and no inquiry settles that.
    pub fn is_in_doubt(&self, attempt: &AttemptRecord) -> Result<bool, FlowError> {
        Ok(attempt.is_contested() && !self.account_of(attempt)?.provider.repeats_amount())
    }

    /// An address of ours.
    pub fn address(&self, path: &str) -> WebUrl {
        let base = self.public_url.as_str().trim_end_matches('/');
        match format!("{base}{path}").parse() {
            Ok(url) => url,
            Err(_) => unreachable!("paths of ours are letters, digits and slashes"),
        }
    }
}
