//! Linked wallets, without their network: a customer agrees once at the wallet's own page, and pays
//! with that agreement from then on. No call of these moves money.

use std::net::IpAddr;

use bytes::Bytes;
use kasir_shared::{LinkTrouble, Locale, MethodId, Moment, Phone, Rupiah, WebUrl};

use super::{Catalogue, Dialogue, Next, Occasion, ProviderError};
use crate::secret::Secret;

/// A provider's side of linked wallets.
pub trait Linkage: Send + Sync {
    /// The number of a link at the provider: ASCII letters, digits, `_` and `-`, at most 40.
    fn link_number(&self, id: &kasir_shared::LinkId) -> String {
        id.as_str().to_owned()
    }

    /// Whether the wallet says how much money is in it.
    fn shows_balance(&self, method: MethodId) -> bool;

    /// Begins to link a wallet. Beginning the same link again after a silence is safe.
    fn begin(&self, link: &LinkOrder, now: Occasion) -> Result<Dialogue<LinkStep>, ProviderError>;

    /// Reads what the browser carries that comes back from the wallet. It is a hint, but for the
    /// code, which is worth something only to us.
    fn came_back(&self, request: &http::Request<Bytes>) -> LinkReturn;

    /// Goes on with a link that was begun: exchanges the `code` that came back for an agreement, or
    /// asks how the link stands where there is none.
    fn resume(
        &self,
        link: &LinkOrder,
        code: Option<&Secret>,
        now: Occasion,
    ) -> Result<Dialogue<LinkStep>, ProviderError>;

    /// Asks how much money is in a linked wallet.
    fn balance(&self, link: &Linked, now: Occasion) -> Result<Dialogue<Funds>, ProviderError>;

    /// Ends an agreement. Ending it twice is safe.
    fn unlink(&self, link: &Linked, now: Occasion) -> Result<Dialogue<Unlinking>, ProviderError>;
}

/// A link that is to be made.
#[derive(Clone, Debug)]
pub struct LinkOrder {
    /// Our number for it, from [`Linkage::link_number`].
    pub reference: String,
    /// The wallet.
    pub method: MethodId,
    /// The number registered with the wallet.
    pub phone: Option<Phone>,
    /// The customer's name, where known.
    pub name: Option<String>,
    /// The customer's e-mail address, where known.
    pub email: Option<String>,
    /// Who the customer is to the shop, where it said so.
    pub customer: Option<String>,
    /// The shop, as the customer knows it.
    pub shop: String,
    /// The address the browser calls from.
    pub ip: IpAddr,
    /// The language the customer reads.
    pub locale: Locale,
    /// What the wallet hands back, so that we know our own customer again.
    pub state: String,
    /// Where the provider sends its notifications.
    pub notify_url: WebUrl,
    /// Where the wallet sends the customer's browser back.
    pub return_url: WebUrl,
    /// When the link was begun.
    pub begun_at: Moment,
    /// The account's products, as far as they are known.
    pub catalogue: Option<Catalogue>,
}

/// How far a link has come.
#[derive(Clone, Debug)]
pub enum LinkStep {
    /// The customer agrees at the wallet's own page.
    Agree(Next),
    /// The wallet is linked.
    Linked(Agreement),
    /// The customer has not decided, or nobody has told us yet.
    Pending,
    /// It will not be linked.
    Refused(LinkRefusal),
    /// The provider asks to come back later.
    Busy,
}

/// What a customer agreed to.
#[derive(Clone, Debug)]
pub struct Agreement {
    /// What payments are asked for with.
    pub token: Secret,
    /// The wallet's number, where the provider says it in full.
    pub phone: Option<Phone>,
}

/// Why a wallet is not linked.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct LinkRefusal {
    /// The provider's own code, for the timeline.
    pub code: String,
    /// What the customer is told.
    pub why: LinkTrouble,
}

/// What a browser carried that came back from the wallet.
#[derive(Clone, Debug, Default)]
pub struct LinkReturn {
    /// What can be exchanged for the agreement. Used once.
    pub code: Option<Secret>,
    /// The state that we gave, as it came back.
    pub state: Option<String>,
    /// What the wallet's page said went wrong.
    pub trouble: Option<LinkTrouble>,
    /// What was said, for the timeline, without anything secret.
    pub said: Option<String>,
}

/// A linked wallet.
#[derive(Clone, Debug)]
pub struct Linked {
    /// Our number for the link.
    pub reference: String,
    /// The wallet.
    pub method: MethodId,
    /// The wallet's number, where known.
    pub phone: Option<Phone>,
    /// The agreement.
    pub token: Secret,
}

/// What is in a wallet.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Funds {
    /// So much.
    Known {
        /// Money.
        cash: Rupiah,
        /// Points, worth so much.
        points: Option<Rupiah>,
    },
    /// The agreement is over: link again.
    LinkGone,
    /// The wallet does not say, or not just now.
    Unknown,
}

/// What became of ending an agreement.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Unlinking {
    /// It is over, now or since before.
    Over,
    /// The provider refuses to end it, with this code of its own.
    Refused {
        /// The provider's code, for the timeline.
        code: String,
    },
    /// The provider asks to come back later.
    Busy,
}
