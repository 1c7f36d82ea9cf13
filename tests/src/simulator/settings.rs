//! What a simulator is told before it opens: its merchants and its habits.
use super::espay::EspaySettings;
use super::nicepay::{NicepaySnapSettings, NicepayV2Settings};
use super::winpay::WinpaySettings;
use std::collections::BTreeMap;
use std::time::Duration;

/// How the simulators behave.
#[derive(Clone, Debug)]
pub struct Settings {
    /// NICEPAY merchants that are known: iMid to merchantKey.
    pub nicepay_merchants: BTreeMap<String, String>,
    /// Refuse a referenceNo that was registered before, with 9009.
    pub refuse_duplicate_references: bool,
    /// Refuse an empty cart for wallets, which NICEPAY's sandbox lets pass.
    pub strict_cart: bool,
    /// How NICEPAY behaves over V2.
    pub nicepay_v2: NicepayV2Settings,
    /// How NICEPAY behaves over SNAP.
    pub nicepay_snap: NicepaySnapSettings,
    /// How Winpay behaves.
    pub winpay: WinpaySettings,
    /// How Espay behaves.
    pub espay: EspaySettings,
    /// Real time that every call of a merchant's server takes at least.
    pub processing_delay: Duration,
    /// Virtual time after which a payment step pays by itself, as the sandbox merchant IONPAYTEST's do.
    pub autopaid_after: Option<Duration>,
    /// Answer a linked payment in JSON where that is asked for; otherwise with a redirect to the
    /// wallet, which names no tXid.
    pub links_answer_json: bool,
    /// Where browsers reach the simulators, without a slash at the end; by default the address they
    /// called.
    pub public_url: Option<String>,
}

/// NICEPAY's published sandbox pair.
pub const IONPAYTEST: (&str, &str) = (
    "IONPAYTEST",
    "33F49GnCMS1mFYlGXisbUDzVf2ATWCl9k3R++d5hDd3Frmuos/XLx8XhXpe+LDYAbpGKZYSwtlyyLOtS/8aD7A==",
);

impl Default for Settings {
    fn default() -> Self {
        let (merchant, key) = IONPAYTEST;
        Self {
            nicepay_merchants: BTreeMap::from([(merchant.to_owned(), key.to_owned())]),
            refuse_duplicate_references: true,
            strict_cart: false,
            nicepay_v2: NicepayV2Settings::default(),
            nicepay_snap: NicepaySnapSettings::default(),
            winpay: WinpaySettings::default(),
            espay: EspaySettings::default(),
            processing_delay: Duration::ZERO,
            autopaid_after: None,
            links_answer_json: true,
            public_url: None,
        }
    }
}
