//! The words of the control interface: how any provider's transaction looks from outside.
use serde::{Deserialize, Serialize};

/// Who is simulated.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Provider {
    /// NICEPAY Indonesia, by either of its APIs.
    Nicepay,
    /// Winpay.
    Winpay,
    /// Espay.
    Espay,
}

impl Provider {
    /// All there are.
    pub const ALL: [Self; 3] = [Self::Nicepay, Self::Winpay, Self::Espay];

    /// The word on the wire, and the first step of its paths.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Nicepay => "nicepay",
            Self::Winpay => "winpay",
            Self::Espay => "espay",
        }
    }

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Nicepay => "NICEPAY",
            Self::Winpay => "Winpay",
            Self::Espay => "Espay",
        }
    }
}

/// What a call is about, in every provider's terms.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    /// The merchant's server asks for a token.
    Token,
    /// The merchant's server registers an order.
    Registration,
    /// The customer's browser enters the payment.
    Payment,
    /// The merchant's server asks how an order stands.
    Inquiry,
    /// The merchant's server takes an unpaid order back, voids or refunds.
    Cancel,
    /// The customer's browser links a wallet.
    LinkEnable,
    /// The merchant submits a payment from a linked wallet.
    LinkInitiate,
    /// The merchant's server says that the customer has the goods.
    Confirm,
    /// A till asks for a bill, or takes its money.
    Till,
    /// The provider's server says how the customer left its page.
    Callback,
    /// The provider tells the merchant's server.
    Notification,
    /// The merchant's server asks what may be sold.
    MerchantInfo,
    /// The merchant's server asks where a customer agrees to a link.
    AuthCode,
    /// The merchant's server asks for a link, or for the token of one.
    Binding,
    /// The merchant's server asks how a link stands.
    AccountInquiry,
    /// The merchant's server asks what is in a linked wallet.
    Balance,
    /// The merchant's server ends a link.
    Unbinding,
    /// The provider asks the merchant's server what an order costs.
    Bill,
}

/// How a transaction stands.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Registered; the customer has not come yet.
    Initiated,
    /// The customer is at the wallet's page.
    Unpaid,
    /// A prompt waits on the customer's phone, or a till has asked and is about to commit.
    Processing,
    /// Money was taken.
    Paid,
    /// The customer or the wallet declined.
    Failed,
    /// The merchant took it back before anybody paid.
    Cancelled,
    /// Nobody decided in time.
    Expired,
    /// Taken and given back the same day, before settlement.
    Void,
    /// Taken and given back later, or in part.
    Refunded,
}

impl Status {
    /// Whether the customer can still decide.
    pub const fn is_open(self) -> bool {
        match self {
            Self::Initiated | Self::Unpaid | Self::Processing => true,
            Self::Paid
            | Self::Failed
            | Self::Cancelled
            | Self::Expired
            | Self::Void
            | Self::Refunded => false,
        }
    }

    /// The word on the wire.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Initiated => "initiated",
            Self::Unpaid => "unpaid",
            Self::Processing => "processing",
            Self::Paid => "paid",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
            Self::Void => "void",
            Self::Refunded => "refunded",
        }
    }
}

/// What a customer, wallet or lender does with a transaction.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// Pay it.
    Approve,
    /// Turn it down.
    Decline,
    /// Let its time run out.
    Expire,
    /// Give paid money back.
    Refund,
}

/// Whole rupiah.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Amount {
    /// How many.
    pub value: i64,
    /// Always `IDR`.
    pub currency: Currency,
}

/// The one currency there is.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub enum Currency {
    /// Indonesian rupiah.
    #[serde(rename = "IDR")]
    Idr,
}

impl Amount {
    /// So many rupiah.
    pub const fn rupiah(value: i64) -> Self {
        Self { value, currency: Currency::Idr }
    }
}

/// A transaction as the control interface shows it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Transaction {
    /// The provider's own number, for example a tXid.
    pub id: String,
    /// Who holds it.
    pub provider: Provider,
    /// Our method id.
    pub method: &'static str,
    /// The order number of the merchant's call.
    pub reference: String,
    /// What is to be paid.
    pub amount: Amount,
    /// How it stands now.
    pub status: Status,
}

/// Why a decision changes nothing.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Refused {
    /// There is no such transaction.
    Unknown,
    /// It stands where this decision is no longer, or not yet, possible.
    Conflict(Status),
    /// The link was accepted or declined before.
    Decided,
}

/// A moment of a conversation at which a test may want to pull a plug.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Step {
    /// A request has been read; nothing has changed yet.
    Received {
        /// What it asks.
        operation: Operation,
        /// The order number it carries; empty where it carries none.
        reference: String,
    },
    /// The request has changed what it changes; its answer has not been sent.
    Processed {
        /// What it asked.
        operation: Operation,
        /// The order number it is about.
        reference: String,
    },
    /// A notification is about to leave for the merchant's server.
    NotificationAboutToBeSent {
        /// The transaction it is about.
        transaction: String,
        /// The order number it carries.
        reference: String,
    },
}
