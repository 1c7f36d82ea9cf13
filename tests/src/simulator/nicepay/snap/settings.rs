//! What NICEPAY's SNAP side is told before it opens.
use crate::simulator::settings::IONPAYTEST;
use crate::simulator::snap::SignatureMode;
use crate::simulator::test_keys;

/// A merchant that NICEPAY knows over SNAP.
#[derive(Clone, Debug)]
pub struct NicepaySnapMerchant {
    /// The iMid: client key and partner id in one.
    pub merchant: String,
    /// What its calls are signed with, as text.
    pub client_secret: String,
    /// What its requests for tokens are verified with, in PEM.
    pub public_key: String,
}

/// How NICEPAY behaves over SNAP.
#[derive(Clone, Debug)]
pub struct NicepaySnapSettings {
    /// Who may call.
    pub merchants: Vec<NicepaySnapMerchant>,
    /// What a signature must be made over.
    pub signature: SignatureMode,
    /// How many seconds a caller's clock may be off; `None` does not look.
    pub skew_s: Option<u32>,
    /// How many seconds a token lives.
    pub token_s: u32,
}

impl Default for NicepaySnapSettings {
    fn default() -> Self {
        let (merchant, key) = IONPAYTEST;
        Self {
            merchants: vec![NicepaySnapMerchant {
                merchant: merchant.to_owned(),
                // The sandbox merchant's secret is its merchantKey.
                client_secret: key.to_owned(),
                public_key: test_keys::NICEPAY_MERCHANT_PUBLIC.to_owned(),
            }],
            signature: SignatureMode::RawOrMinify,
            skew_s: Some(900),
            token_s: 900,
        }
    }
}
