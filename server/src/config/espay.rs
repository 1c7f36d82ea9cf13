//! An account at Espay, as the file writes it.

use kasir_shared::{Phone, WebUrl};
use serde::Deserialize;

use super::SecretSource;
use crate::provider::espay::{Dialect, Product};

/// An account at Espay.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EspayConfig {
    /// Its name in this file, and in the address of its callbacks.
    pub id: String,
    /// The merchant code: `SGW...`.
    pub merchant_code: String,
    /// The API key.
    pub api_key: SecretSource,
    /// The signature key, which classic messages are hashed with.
    pub signature_key: SecretSource,
    /// What Espay's classic notifications repeat, where it was set.
    #[serde(default)]
    pub password: Option<SecretSource>,
    /// Our RSA key, whose public half Espay has.
    pub private_key: SecretSource,
    /// Espay's RSA key, public.
    pub espay_public_key: SecretSource,
    /// Who we are to push-to-pay; needed for products whose way is `push`.
    #[serde(default)]
    pub push: Option<EspayPushConfig>,
    /// What comes before `/apidirectdebit`: linked wallets.
    pub linkage_url: WebUrl,
    /// What comes before `/apimerchant`: payments.
    pub h2h_url: WebUrl,
    /// What comes before `/rest`: the classic services.
    pub classic_url: WebUrl,
    /// Calls Espay over IPv4 alone: it lets in addresses from a list of such ones, and has others.
    #[serde(default = "yes")]
    pub ipv4_only: bool,
    /// What the account serves.
    pub products: Vec<Product>,
    /// The shop's own mobile number, for orders whose customer gave none.
    pub customer_phone: Phone,
    /// The shop's own e-mail address, for orders whose customer gave none.
    pub customer_email: String,
    /// What a proxy takes off the path of Espay's callbacks: `/hooks`.
    #[serde(default)]
    pub notify_path_prefix: String,
    /// What Espay's documents leave open.
    #[serde(default)]
    pub dialect: Dialect,
}

/// Who we are to push-to-pay.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EspayPushConfig {
    /// The user.
    pub user: String,
    /// The password.
    pub password: SecretSource,
}

const fn yes() -> bool {
    true
}
