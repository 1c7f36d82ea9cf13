//! Payment providers, without their network.
//!
//! A provider holds a [`Dialogue`]: from an order and a moment it makes the question, and from the
//! answer the outcome. It performs no I/O, reads no clock and draws no random number.

pub mod dialogue;
pub mod error;
pub mod link;
pub mod answer;
pub mod catalogue;
mod words;
pub mod snap;
pub mod nicepay;
pub mod winpay;
pub mod espay;

use std::fmt;
use std::net::IpAddr;

pub use answer::{Bill, Due, Verdict};
use bytes::Bytes;
pub use catalogue::{Catalogue, Product};
pub use dialogue::{Dialogue, Exchange};
pub use error::ProviderError;
pub use kasir_shared::FailureReason;
use kasir_shared::api::merchant::Item;
use kasir_shared::{AppUrl, AttemptId, Event, MethodId, Moment, Phone, Rupiah, Submit, WebUrl};
pub use link::{
    Agreement, Funds, LinkOrder, LinkRefusal, LinkReturn, LinkStep, Linkage, Linked, Unlinking,
};

use crate::secret::{Fingerprint, Secret};
use snap::key::KeyInfo;

/// A payment provider, seen from one of the merchant's accounts there.
pub trait Provider: Send + Sync {
    /// Its name: `nicepay`.
    fn name(&self) -> &'static str;

    /// What it asks for a method, or `None` for one that it does not serve.
    fn terms(&self, method: MethodId) -> Option<Terms>;

    /// Its side of linked wallets, where it has any.
    fn linkage(&self) -> Option<&dyn Linkage> {
        None
    }

    /// The number of an attempt's order: `placing` counts the numbers that one attempt uses up, from
    /// 1. ASCII letters, digits, `_` and `-`, at most 40, and never the same twice.
    fn order_number(&self, attempt: &AttemptId, placing: u32) -> String {
        match placing {
            0 | 1 => attempt.as_str().to_owned(),
            later => format!("{attempt}-{later}"),
        }
    }

    /// Asks which of its products the account has, where the provider can say; `None` where it
    /// cannot, and everything that is configured counts as offered.
    fn catalogue(&self, now: Occasion) -> Option<Result<Dialogue<Catalogue>, ProviderError>> {
        let _ = now;
        None
    }

    /// Whether an account with these products has the method, by the way with a linked wallet or by
    /// the one without.
    fn offers(&self, method: MethodId, linked: bool, catalogue: &Catalogue) -> bool {
        let _ = (method, linked, catalogue);
        true
    }

    /// Whether it may only be called over IPv4.
    fn ipv4_only(&self) -> bool {
        false
    }

    /// Places an order.
    ///
    /// Placing the same order again after a silence is safe: either it is placed now, or the answer
    /// is [`Started::ReferenceTaken`] or [`Started::Orphaned`].
    fn start(&self, order: &Order, now: Occasion) -> Result<Dialogue<Started>, ProviderError>;

    /// Asks how an order stands. This, and not the notification, is the truth.
    fn inquire(&self, placed: &Placed, now: Occasion) -> Result<Dialogue<Standing>, ProviderError>;

    /// Whether an inquiry that says *paid* repeats the amount and compares it with ours. Where it does
    /// not, a notification that speaks of another amount keeps it from settling anything.
    fn repeats_amount(&self) -> bool {
        true
    }

    /// Takes an unpaid order back, as far as the provider lets us.
    fn withdraw(
        &self,
        placed: &Placed,
        now: Occasion,
    ) -> Result<Dialogue<Withdrawal>, ProviderError>;

    /// Gives money back. Asking again after a silence is safe: it looks first whether it was given.
    fn refund(
        &self,
        placed: &Placed,
        refund: &RefundOrder,
        now: Occasion,
    ) -> Result<Dialogue<RefundOutcome>, ProviderError>;

    /// Reads a notification: who is it about, and did the provider really send it, and lately?
    fn notified(&self, request: &http::Request<Bytes>, at: Moment)
    -> Result<Notice, ProviderError>;

    /// What the provider wants to hear of `request` after this verdict; `None` where a plain 200, or
    /// a problem document of ours, will do.
    fn answer(
        &self,
        request: &http::Request<Bytes>,
        verdict: &Verdict,
        at: Moment,
    ) -> Option<http::Response<Bytes>>;

    /// Asks for the least that takes our credentials: its outcome is that they are accepted.
    fn probe(&self, now: Occasion) -> Result<Dialogue<()>, ProviderError>;

    /// Its keys, for a person to compare with what the provider has.
    fn keys(&self) -> Vec<NamedKey> {
        Vec::new()
    }

    /// Reads what a returning browser carries. It proves nothing; it may say what to ask for.
    fn returned(&self, request: &http::Request<Bytes>) -> ReturnHint;
}

/// A key of an account, as far as it may be said aloud.
#[derive(Clone, Debug)]
pub struct NamedKey {
    /// The field of the configuration that it came from.
    pub field: &'static str,
    /// What it is.
    pub key: KeyFacts,
}

/// What may be said aloud of a key.
#[derive(Clone, Debug)]
pub enum KeyFacts {
    /// An RSA key.
    Rsa(KeyInfo),
    /// A text that both sides know.
    Text(Fingerprint),
}

impl fmt::Display for KeyFacts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rsa(info) => fmt::Display::fmt(info, f),
            Self::Text(fingerprint) => fmt::Display::fmt(fingerprint, f),
        }
    }
}

/// When something is said, and the chance it may draw on: the same occasion gives the same question.
#[derive(Clone, Copy, Debug)]
pub struct Occasion {
    /// When.
    pub at: Moment,
    /// Sixteen random bytes, never used for another occasion.
    pub chance: [u8; 16],
}

/// What a provider asks for a method.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Terms {
    /// The least it takes.
    pub min: Rupiah,
    /// The most it takes.
    pub max: Rupiah,
    /// Seconds an unpaid order lives there once the customer has been sent to pay it.
    pub lifetime_s: u32,
    /// Whether the customer approves a prompt that nobody can take back.
    pub prompts: bool,
    /// Whether placing alone sends that prompt. Then an order whose placing was never answered may
    /// still be paid; otherwise nobody has the way to it.
    pub start_prompts: bool,
    /// Whether the wallet can be linked here.
    pub links: Links,
}

/// Whether a wallet can be linked at a provider.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Links {
    /// Every payment stands alone.
    Never,
    /// A customer may link it, and may pay without.
    Possible,
    /// Nobody pays without having linked it.
    Required,
}

/// An order that is to be placed.
#[derive(Clone, Debug)]
pub struct Order {
    /// Our order number: ASCII letters, digits, `_` and `-`, at most 40.
    pub reference: String,
    /// When that number was first used: the same each time the order is sent.
    pub issued_at: Moment,
    /// By which method.
    pub method: MethodId,
    /// How much.
    pub amount: Rupiah,
    /// What it is for, in a few words of the shop's.
    pub description: String,
    /// What is bought; may be empty.
    pub items: Vec<Item>,
    /// Who pays.
    pub payer: Payer,
    /// Where the provider sends its notifications.
    pub notify_url: WebUrl,
    /// Where the provider sends the customer's browser back.
    pub return_url: WebUrl,
    /// When we stop waiting.
    pub expires_at: Moment,
    /// The customer's agreement with the wallet, where it is paid with a linked one.
    pub mandate: Option<Secret>,
    /// The account's products, as far as they are known.
    pub catalogue: Option<Catalogue>,
}

/// Who pays.
#[derive(Clone, Debug)]
pub struct Payer {
    /// Name, where known.
    pub name: Option<String>,
    /// The number registered with the wallet, or else the customer's, where known.
    pub phone: Option<Phone>,
    /// E-mail address, where known.
    pub email: Option<String>,
    /// The address the browser calls from.
    pub ip: IpAddr,
}

/// An order that was placed, as far as we know.
#[derive(Clone, Debug)]
pub struct Placed {
    /// Our order number.
    pub reference: String,
    /// By which method.
    pub method: MethodId,
    /// How much.
    pub amount: Rupiah,
    /// [`Order::issued_at`].
    pub issued_at: Moment,
    /// The provider's own number, once we have it.
    pub transaction: Option<String>,
    /// When it was paid, once it was.
    pub paid_at: Option<Moment>,
    /// What we know to have gone back of it.
    pub refunded: Rupiah,
}

/// What became of placing an order.
#[derive(Clone, Debug)]
pub enum Started {
    /// The provider has it.
    Placed {
        /// The provider's own number.
        transaction: Option<String>,
        /// What the customer does next.
        next: Next,
        /// Seconds until the provider gives up waiting, where it counts from now.
        lifetime_s: Option<u32>,
    },
    /// The order number is taken: an earlier call of ours was heard and its answer lost. Nobody can
    /// be charged for that orphan; place the order anew under another number.
    ReferenceTaken,
    /// The order number is taken by an earlier call of ours, and without that call's answer nothing
    /// can be asked about it. Where [`Terms::start_prompts`], it may be paid on the phone.
    Orphaned,
    /// The provider took nothing and asks to come back later.
    Busy,
    /// Refused, and nothing can be charged.
    Refused(Refusal),
}

/// Why a provider or a wallet said no.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Refusal {
    /// The provider's own code, for the timeline.
    pub code: String,
    /// Why, as far as anybody needs to tell it apart.
    pub reason: FailureReason,
}

/// What the customer does next, in a provider's words. The flow makes a `NextAction` of it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Next {
    /// Leaves for a web page.
    Redirect(WebUrl),
    /// Opens an app, or the same payment on the web.
    OpenApp {
        /// Opens the wallet's app.
        app_url: AppUrl,
        /// The same payment on the web.
        web_url: WebUrl,
    },
    /// Leaves by posting a form.
    Submit(Submit),
    /// Approves a prompt that was sent to the phone.
    ApprovePush,
    /// Waits for the provider.
    Wait,
}

/// How an order stands at the provider.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Standing {
    /// The provider is sure.
    Known(Event),
    /// Unpaid so far.
    Unpaid {
        /// The customer may be looking at a prompt right now.
        prompting: bool,
    },
    /// The provider speaks of another amount, currency or order than we do. Not paid; a person is
    /// called.
    Mismatch {
        /// What differs.
        what: &'static str,
    },
    /// The provider does not know the order, or we have no number to ask for.
    Unheard,
    /// The provider asks to come back later.
    Busy,
}

/// What became of taking an order back.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Withdrawal {
    /// The provider confirms that it can no longer be paid.
    Withdrawn,
    /// The provider takes nothing back and the customer is not being prompted: it is left to run
    /// out, and watched in case it is paid after all.
    Abandoned,
    /// The customer may be looking at a prompt: wait until it is over.
    Prompting,
    /// It is over already.
    Over(Event),
    /// The provider asks to come back later.
    Busy,
}

/// Money to be given back.
#[derive(Clone, Debug)]
pub struct RefundOrder {
    /// Our number for the refund.
    pub number: String,
    /// How much.
    pub amount: Rupiah,
    /// What was given back before.
    pub already: Rupiah,
    /// Why.
    pub reason: String,
}

/// What became of a refund.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum RefundOutcome {
    /// The money is on its way back.
    Refunded,
    /// Refused; the money stays.
    Refused(Refusal),
    /// The provider asks to come back later.
    Busy,
}

/// A notification that verified. It says what to inquire about; it settles nothing by itself.
#[derive(Clone, Debug)]
pub struct Notice {
    /// Our order number, or a link's.
    pub reference: String,
    /// The provider's own number.
    pub transaction: Option<String>,
    /// The amount it speaks of, where it does; nothing at all where that is no rupiah.
    pub amount: Option<Rupiah>,
    /// What it claims.
    pub claim: Claim,
}

/// What a notification claims.
#[derive(Clone, Debug)]
pub enum Claim {
    /// Something happened to the payment; an inquiry says what.
    Payment,
    /// Nothing: it asks what the order costs, before anybody may pay it.
    Question,
    /// The customer linked the wallet. The number is a link's, and there may be no inquiry for it.
    Linked(Agreement),
}

/// What a returning browser carried.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct ReturnHint {
    /// The provider's own number, unproven.
    pub transaction: Option<String>,
    /// What the provider's page said, for the timeline.
    pub said: Option<String>,
}
