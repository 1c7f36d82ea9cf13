//! Kasir's papers in the town: its configuration, who serves which method, and the secrets it names.

use std::path::Path;

use sha2::{Digest as _, Sha256};

use crate::simulator::{EspaySettings, WinpaySettings, test_keys};
use crate::town::StandIn;

/// The API key of the demo's shop. It exists in the demo and in tests only.
pub const SECRET_KEY: &str = "sk_demo_kasir";
/// What signs the webhooks of the demo's shop.
pub const WEBHOOK_SECRET: &str = "whsec_a2FzaXItZGVtby1rYXNpci1kZW1vLWthc2lyLWQ=";
/// What seals the demo's customers' agreements with wallets.
const VAULT_KEY: &str = "a2FzaXItZGVtby12YXVsdC1rZXktMzItYnl0ZXMtISE=";

/// The shop's own address, for orders whose customer gave none.
const BILLING: &str = r#"{ name = "Sangrai Utara", phone = "02212345678", email = "halo@sangrai.example", address = "Jalan Braga 1", city = "Bandung", state = "Jawa Barat", post_code = "40111", country = "Indonesia" }"#;

/// Where everybody is reached: addresses without a slash at the end.
#[derive(Clone, Debug)]
pub struct Addresses {
    /// Kasir.
    pub pay: String,
    /// The shop.
    pub shop: String,
    /// The simulated providers, wallets and phones.
    pub sim: String,
    /// The line to Winpay, which can be cut.
    pub winpay: String,
    /// The line to NICEPAY, which can be cut.
    pub nicepay: String,
    /// The line to Espay, which can be cut.
    pub espay: String,
}

/// Through whom the town's shop is paid.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Routing {
    /// Five wallets through NICEPAY's V2.
    #[default]
    Nicepay,
    /// Five wallets through Espay, four of which can be linked.
    Espay,
    /// Seven wallets: through Winpay where it has the wallet, behind it through NICEPAY, and linked
    /// through Espay.
    Everything,
}

/// Kasir's configuration in the town: one shop with five wallets, all at NICEPAY but for one that
/// has a stand-in.
pub fn kasir_toml(addresses: &Addresses, database: &Path, stand_in: Option<&StandIn>) -> String {
    let Addresses { pay, shop, sim, .. } = addresses;
    let listen = pay.trim_start_matches("http://");
    let key_hash = hex::encode(Sha256::digest(SECRET_KEY));
    let methods: String = ["ovo", "dana", "shopeepay", "linkaja", "astrapay"]
        .map(|id| {
            let own = stand_in.filter(|stand_in| stand_in.method.as_str() == id);
            let account = own.map_or("nicepay", |stand_in| &stand_in.account.id);
            format!("[[merchants.methods]]\nid = \"{id}\"\naccounts = [\"{account}\"]\n")
        })
        .concat();
    let database = database.display();
    format!(
        r#"listen = "{listen}"
public_url = "{pay}"
development = true
provider_timeout_s = 5

[store]
sqlite = "{database}"

[[vault]]
id = "demo"
key = {{ env = "KASIR_DEMO_VAULT_KEY" }}

[[accounts]]
provider = "nicepay"
id = "nicepay"
imid = "IONPAYTEST"
merchant_key = {{ env = "KASIR_DEMO_NICEPAY_KEY" }}
base_url = "{sim}/nicepay"
billing = {BILLING}

[[merchants]]
id = "sangrai-utara"
name = "Sangrai Utara"
key_hashes = ["{key_hash}"]
origins = ["{shop}"]
return_urls = ["{shop}/"]
refund_second_payment = true
webhook = {{ url = "{shop}/webhooks/kasir", secret = {{ env = "KASIR_DEMO_WEBHOOK_SECRET" }} }}

{methods}"#
    )
}

/// Who serves each method where Espay alone does.
const ESPAY: [(&str, &str); 5] = [
    ("gopay", r#""espay""#),
    ("ovo", r#""espay""#),
    ("dana", r#""espay""#),
    ("shopeepay", r#""espay""#),
    ("linkaja", r#""espay""#),
];

/// Who serves each method where everybody serves, first choice first.
const EVERYTHING: [(&str, &str); 7] = [
    ("ovo", r#""winpay", "nicepay-snap", "espay""#),
    ("dana", r#""winpay", "nicepay", "espay""#),
    ("gopay", r#""espay""#),
    ("shopeepay", r#""winpay", "nicepay", "espay""#),
    ("linkaja", r#""nicepay", "espay""#),
    ("astrapay", r#""winpay", "nicepay""#),
    ("speedcash", r#""winpay""#),
];

impl Routing {
    /// The configuration with this routing.
    pub fn applied(self, toml: String, addresses: &Addresses) -> String {
        match self {
            Self::Nicepay => toml,
            Self::Espay => with(&toml, &ESPAY, &[espay_toml(addresses)]),
            Self::Everything => {
                let accounts = [winpay_toml, nicepay_snap_toml, espay_toml].map(|of| of(addresses));
                with(&toml, &EVERYTHING, &accounts)
            }
        }
    }
}

/// The same configuration with these methods in place of its own, and more accounts.
fn with(toml: &str, methods: &[(&str, &str)], accounts: &[String]) -> String {
    let (rest, _) = toml.split_once("[[merchants.methods]]").unwrap_or((toml, ""));
    let method = |(id, accounts): &(&str, &str)| {
        format!("[[merchants.methods]]\nid = \"{id}\"\naccounts = [{accounts}]\n\n")
    };
    let methods: String = methods.iter().map(method).collect();
    format!("{rest}{methods}{}\n", accounts.join("\n"))
}

/// An account at Espay, by the line that can be cut. It is called over IPv4, as everybody here is.
fn espay_toml(Addresses { espay, .. }: &Addresses) -> String {
    let known = &EspaySettings::default().merchants[0];
    let product = |(method, code, how): (&str, &str, &str)| {
        format!("[[accounts.products]]\nmethod = \"{method}\"\ncode = \"{code}\"\n{how}\n\n")
    };
    let by_code = "way = \"linked\"\nbinding = \"auth_code\"";
    let products: String = [
        ("gopay", "GOPAYLINK", by_code),
        ("ovo", "OVO", "way = \"push\""),
        ("ovo", "OVOLINK", "way = \"linked\"\nbinding = \"direct\"\nbalance_type = \"CASH\""),
        ("dana", "DANALINK", by_code),
        ("shopeepay", "SHOPEELINK", by_code),
        ("linkaja", "LINKAJA", "way = \"page\""),
    ]
    .map(product)
    .concat();
    format!(
        r#"[[accounts]]
provider = "espay"
id = "espay"
merchant_code = "{}"
api_key = {{ env = "KASIR_DEMO_ESPAY_API_KEY" }}
signature_key = {{ env = "KASIR_DEMO_ESPAY_SIGNATURE_KEY" }}
password = {{ env = "KASIR_DEMO_ESPAY_PASSWORD" }}
private_key = {{ env = "KASIR_DEMO_ESPAY_KEY" }}
espay_public_key = {{ env = "KASIR_DEMO_ESPAY_PUBLIC_KEY" }}
linkage_url = "{espay}/espay"
h2h_url = "{espay}/espay"
classic_url = "{espay}/espay"
customer_phone = "081122334455"
customer_email = "halo@sangrai.example"

[accounts.push]
user = "{}"
password = {{ env = "KASIR_DEMO_ESPAY_PUSH_PASSWORD" }}

[accounts.dialect]
seamless_data = true
inquiry_tells_token = true
pin_always_asked = true

{products}"#,
        known.code, known.basic.0,
    )
}

/// An account at NICEPAY over SNAP, by the line that can be cut.
fn nicepay_snap_toml(Addresses { nicepay, .. }: &Addresses) -> String {
    format!(
        r#"[[accounts]]
provider = "nicepay"
id = "nicepay-snap"
api = "snap"
imid = "IONPAYTEST"
base_url = "{nicepay}/nicepay"
billing = {BILLING}

[accounts.snap]
private_key = {{ env = "KASIR_DEMO_NICEPAY_SNAP_KEY" }}
client_secret = {{ env = "KASIR_DEMO_NICEPAY_KEY" }}
nicepay_public_key = {{ env = "KASIR_DEMO_NICEPAY_PUBLIC_KEY" }}
"#
    )
}

/// An account at Winpay, by the line that can be cut.
fn winpay_toml(Addresses { winpay, .. }: &Addresses) -> String {
    let known = &WinpaySettings::default().merchants[0];
    format!(
        r#"[[accounts]]
provider = "winpay"
id = "winpay"
partner_id = "{}"
merchant_id = "{}"
private_key = {{ env = "KASIR_DEMO_WINPAY_KEY" }}
winpay_public_key = {{ env = "KASIR_DEMO_WINPAY_PUBLIC_KEY" }}
base_url = "{winpay}/winpay/snap"
customer_phone = "081122334455"
"#,
        known.partner_id, known.merchant_id,
    )
}

/// The secrets that the configuration names.
pub fn secrets() -> Vec<(String, String)> {
    let (_, nicepay) = crate::simulator::settings::IONPAYTEST;
    let espay = &EspaySettings::default().merchants[0];
    [
        ("KASIR_DEMO_VAULT_KEY", VAULT_KEY),
        ("KASIR_DEMO_NICEPAY_KEY", nicepay),
        ("KASIR_DEMO_WEBHOOK_SECRET", WEBHOOK_SECRET),
        ("KASIR_DEMO_WINPAY_KEY", test_keys::WINPAY_MERCHANT),
        ("KASIR_DEMO_WINPAY_PUBLIC_KEY", test_keys::WINPAY_PUBLIC),
        ("KASIR_DEMO_NICEPAY_SNAP_KEY", test_keys::NICEPAY_MERCHANT),
        ("KASIR_DEMO_NICEPAY_PUBLIC_KEY", test_keys::NICEPAY_PUBLIC),
        ("KASIR_DEMO_ESPAY_API_KEY", &espay.api_key),
        ("KASIR_DEMO_ESPAY_SIGNATURE_KEY", &espay.signature_key),
        ("KASIR_DEMO_ESPAY_PASSWORD", &espay.password),
        ("KASIR_DEMO_ESPAY_PUSH_PASSWORD", &espay.basic.1),
        ("KASIR_DEMO_ESPAY_KEY", test_keys::ESPAY_MERCHANT),
        ("KASIR_DEMO_ESPAY_PUBLIC_KEY", test_keys::ESPAY_PUBLIC),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into()
}
