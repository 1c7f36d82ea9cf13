//! Winpay's habits, where its documents leave more than one open.
use crate::simulator::snap::SignatureMode;
use crate::simulator::snap::headers::Scope;
use crate::simulator::test_keys;
use serde::{Deserialize, Serialize};

/// A merchant that Winpay knows.
#[derive(Clone, Debug)]
pub struct WinpayMerchant {
    /// X-PARTNER-ID, a UUID.
    pub partner_id: String,
    /// The number in callbacks.
    pub merchant_id: String,
    /// What its calls are verified with, in PEM.
    pub public_key: String,
    /// The address that was registered in the dashboard, without a slash at the end.
    pub callback_base: Option<String>,
}

/// Where callbacks go.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum CallbackTarget {
    /// To the `PAY_NOTIFY` address as it is.
    #[default]
    AsIs,
    /// To that address with `/v1.0/debit/notify` behind it.
    Appended,
    /// To the registered address with `/v1.0/debit/notify` behind it.
    RegisteredBase,
}

/// What an inquiry says of what is not paid.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum StatusMode {
    /// As Winpay documents it: 00 is paid, everything else is 07, unpaid.
    #[default]
    WinpayDoc,
    /// As the standard has it.
    Snap,
}

impl StatusMode {
    /// The standard's digits where those are spoken, and otherwise 07.
    pub(super) const fn or_unpaid(self, digits: &'static str) -> &'static str {
        match self {
            Self::WinpayDoc => "07",
            Self::Snap => digits,
        }
    }
}

/// Which of Winpay's keys signs callbacks.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SigningKey {
    /// The one that merchants were given.
    #[default]
    Usual,
    /// The one that follows it.
    Next,
    /// One of 1023 bits.
    Short,
}

/// How Winpay behaves.
#[derive(Clone, Debug)]
pub struct WinpaySettings {
    /// Who may call.
    pub merchants: Vec<WinpayMerchant>,
    /// What a signature must be made over.
    pub signature: SignatureMode,
    /// How many seconds a caller's clock may be off; `None` does not look.
    pub skew_s: Option<u32>,
    /// Within what an external id must not come twice in a day.
    pub external_ids: Scope,
    /// What an inquiry says.
    pub statuses: StatusMode,
    /// Where callbacks go.
    pub callbacks: CallbackTarget,
    /// Tell of refusals, expiries by hand and refunds too, not only of payments.
    pub tells_every_end: bool,
    /// Answer a second cancel like the first.
    pub cancels_twice: bool,
    /// Hand out a link into the wallet's app as well, where the wallet has one.
    pub app_links: bool,
    /// Which key signs callbacks at first.
    pub signing_key: SigningKey,
}

impl Default for WinpaySettings {
    fn default() -> Self {
        Self {
            merchants: vec![WinpayMerchant {
                partner_id: "3f9c1b62-8f0e-4d3a-9a55-6f2d1c0b7e41".to_owned(),
                merchant_id: "170041".to_owned(),
                public_key: test_keys::WINPAY_MERCHANT_PUBLIC.to_owned(),
                callback_base: None,
            }],
            signature: SignatureMode::default(),
            skew_s: Some(900),
            external_ids: Scope::default(),
            statuses: StatusMode::default(),
            callbacks: CallbackTarget::default(),
            tells_every_end: false,
            cancels_twice: false,
            app_links: false,
            signing_key: SigningKey::default(),
        }
    }
}
