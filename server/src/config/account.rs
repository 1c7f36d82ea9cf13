//! The merchants' accounts at providers, as the file writes them.

use kasir_shared::{Phone, WebUrl};
use serde::Deserialize;

use super::{EspayConfig, SecretSource};

/// An account at a provider.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "provider", rename_all = "snake_case")]
pub enum AccountConfig {
    /// At NICEPAY.
    Nicepay(NicepayConfig),
    /// At Winpay, over SNAP BI.
    Winpay(WinpayConfig),
    /// At Espay.
    Espay(Box<EspayConfig>),
}

impl AccountConfig {
    /// Its name in the file.
    pub fn id(&self) -> &str {
        match self {
            Self::Nicepay(nicepay) => &nicepay.id,
            Self::Winpay(winpay) => &winpay.id,
            Self::Espay(espay) => &espay.id,
        }
    }

    /// Who it is with, as they write themselves.
    pub const fn provider_name(&self) -> &'static str {
        match self {
            Self::Nicepay(_) => "NICEPAY",
            Self::Winpay(_) => "Winpay",
            Self::Espay(_) => "Espay",
        }
    }

    /// Where they answer, or where they take payments where they answer in several places.
    pub fn base_url(&self) -> &WebUrl {
        match self {
            Self::Nicepay(nicepay) => &nicepay.base_url,
            Self::Winpay(winpay) => &winpay.base_url,
            Self::Espay(espay) => &espay.h2h_url,
        }
    }
}

/// An account at NICEPAY.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NicepayConfig {
    /// Its name in this file, and in the address of its notifications.
    pub id: String,
    /// The merchant id, ten characters.
    pub imid: String,
    /// Which of its interfaces is spoken.
    #[serde(default)]
    pub api: NicepayApi,
    /// The merchant key; needed for V2 alone.
    #[serde(default)]
    pub merchant_key: Option<SecretSource>,
    /// What SNAP needs, and V2 does not.
    #[serde(default)]
    pub snap: Option<Box<NicepaySnapConfig>>,
    /// Ends with `/nicepay`.
    pub base_url: WebUrl,
    /// The shop's own address, for orders whose customer gave none.
    pub billing: BillingConfig,
}

/// One of NICEPAY's interfaces.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NicepayApi {
    /// Its own.
    #[default]
    V2,
    /// That of the national standard.
    Snap,
}

/// What NICEPAY's SNAP interface needs.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NicepaySnapConfig {
    /// The merchant's RSA key; NICEPAY has its public half.
    pub private_key: SecretSource,
    /// The client secret.
    pub client_secret: SecretSource,
    /// NICEPAY's public key for notifications, which it sends by e-mail.
    pub nicepay_public_key: SecretSource,
    /// The sub-merchant, where NICEPAY assigned one.
    #[serde(default)]
    pub sub_merchant_id: Option<String>,
    /// The shop's own store, where it has several.
    #[serde(default)]
    pub external_store_id: Option<String>,
}

/// An account at Winpay.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WinpayConfig {
    /// Its name in this file, and in the address of its notifications.
    pub id: String,
    /// The partner id, by which we call.
    pub partner_id: String,
    /// The merchant id, by which Winpay's notifications name us.
    pub merchant_id: String,
    /// The channel that we call through.
    #[serde(default = "web")]
    pub channel_id: String,
    /// Our RSA key, whose public half Winpay has.
    pub private_key: SecretSource,
    /// Winpay's RSA key, public.
    pub winpay_public_key: SecretSource,
    /// Takes a key of Winpay's below 2048 bits, as its sandbox has one. Never in production.
    #[serde(default)]
    pub allow_short_keys: bool,
    /// What comes before `/v1.0/debit/...`.
    pub base_url: WebUrl,
    /// The shop's own mobile number, for orders whose customer gave none.
    pub customer_phone: Phone,
    /// What a proxy takes off the path of Winpay's notifications: `/hooks`.
    #[serde(default)]
    pub notify_path_prefix: String,
}

/// The shop's own address.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BillingConfig {
    /// Name.
    pub name: String,
    /// Phone number, in digits: a landline will do.
    pub phone: String,
    /// E-mail address.
    pub email: String,
    /// Street and number.
    pub address: String,
    /// City.
    pub city: String,
    /// Province.
    pub state: String,
    /// Post code.
    pub post_code: String,
    /// Country.
    pub country: String,
}

fn web() -> String {
    "WEB".to_owned()
}
