//! Espay's habits, where its documents leave more than one open.
use crate::simulator::snap::SignatureMode;
use crate::simulator::test_keys;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A merchant that Espay knows.
#[derive(Clone, Debug)]
pub struct EspayMerchant {
    /// The merchant code: X-PARTNER-ID, merchantId, `comm_code`.
    pub code: String,
    /// The API key, 32 digits of hex.
    pub api_key: String,
    /// What classic hashes are made with.
    pub signature_key: String,
    /// What classic notifications carry.
    pub password: String,
    /// Name and password of the legacy services.
    pub basic: (String, String),
    /// What its SNAP calls are verified with, in PEM.
    pub public_key: String,
    /// The address that was registered in the portal, without a slash at the end.
    pub callback_base: Option<String>,
}

/// What a GET signs.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum GetSignature {
    /// The path alone.
    Path,
    /// The path with its query.
    PathAndQuery,
    /// Either.
    #[default]
    Any,
}

/// How the service of auth codes says where the customer agrees.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum AuthCodeShape {
    /// `additionalInfo.redirectUrl`.
    #[default]
    InfoRedirectUrl,
    /// `additionalInfo.webRedirectUrl`.
    InfoWebRedirectUrl,
    /// `additionalInfo.url`.
    InfoUrl,
    /// `redirectUrl`.
    RedirectUrl,
    /// `webRedirectUrl`.
    WebRedirectUrl,
    /// `url`.
    Url,
    /// `nextAction`.
    NextAction,
    /// HTTP 302 with `Location`.
    Location,
}

/// Where a binding says what its token is.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum TokenPlace {
    /// `accountToken`.
    #[default]
    Top,
    /// `additionalInfo.accountToken`.
    Info,
}

/// How the balances of a wallet are laid out.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum BalanceShape {
    /// `accountInfo`, an array.
    #[default]
    InfoList,
    /// `accountInfo`, an object: the cash alone.
    Info,
    /// `accountInfos`, an array.
    InfosList,
}

/// Which field says that a payment is from a linked account.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum PayToken {
    /// Either of the two.
    #[default]
    Either,
    /// `bankCardToken`; the other is not looked at.
    BankCardToken,
    /// `additionalInfo.accountToken`; the other is not looked at.
    AccountToken,
}

/// How merchants are told of payments.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum EspayCallbacks {
    /// By SNAP's service 25.
    #[default]
    Snap,
    /// By the classic form, at the registered address itself.
    Classic,
}

/// What `state` the browser brings back from the next consents.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ReturnedState {
    /// The one that was given.
    #[default]
    Right,
    /// Another one.
    Wrong,
    /// None.
    Missing,
}

/// What Espay may do, or leave out.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum EspayHabit {
    /// Tells the merchant's server of links that were pending.
    TellsOfBindings,
    /// Leaves `availableBalance` out of balances.
    AmountOnly,
    /// Refuses a linked payment beyond the balance with 4035414 at once, not on the page.
    RefusesPoorAtOnce,
    /// Hands out a link into the wallet's app as well.
    AppLinks,
    /// Hands out a code that another device scans as well.
    QrCodes,
    /// Tells nobody of payments that failed.
    HidesFailures,
    /// Calls a payment suspect once its last notification was not taken.
    SuspectsTheUnanswered,
}

/// How Espay behaves.
#[derive(Clone, Debug)]
pub struct EspaySettings {
    /// Who may call.
    pub merchants: Vec<EspayMerchant>,
    /// What a signature must be made over.
    pub signature: SignatureMode,
    /// The same for a GET.
    pub get_signature: GetSignature,
    /// How many seconds a caller's clock may be off; `None` does not look.
    pub skew_s: Option<u32>,
    /// Whose consent page an auth code leads to where nothing says for which wallet it is.
    pub usual_product: String,
    /// How an auth code is answered.
    pub auth_code: AuthCodeShape,
    /// Products whose consent comes back with `authCode` and `partnerReferenceNo`, without a state.
    pub returns_reference: BTreeSet<String>,
    /// Where a binding's token stands.
    pub token_place: TokenPlace,
    /// How balances are laid out.
    pub balances: BalanceShape,
    /// Where a payment's token is looked for.
    pub pay_token: PayToken,
    /// How merchants are told of payments.
    pub callbacks: EspayCallbacks,
    /// What it does beyond that.
    pub habits: BTreeSet<EspayHabit>,
}

/// The simulated merchant.
fn sangrai() -> EspayMerchant {
    EspayMerchant {
        code: "SGWSANGRAI".to_owned(),
        api_key: "5f0c7a91d3e84b26a7c1905be2d4f683".to_owned(),
        signature_key: "k4s1rs1gn4tur3k3".to_owned(),
        password: "biji kopi gayo".to_owned(),
        basic: ("sangrai".to_owned(), "giling-halus".to_owned()),
        public_key: test_keys::ESPAY_MERCHANT_PUBLIC.to_owned(),
        callback_base: None,
    }
}

impl Default for EspaySettings {
    fn default() -> Self {
        Self {
            merchants: vec![sangrai()],
            signature: SignatureMode::RawOrMinify,
            get_signature: GetSignature::default(),
            skew_s: Some(300),
            usual_product: "DANALINK".to_owned(),
            auth_code: AuthCodeShape::default(),
            returns_reference: BTreeSet::new(),
            token_place: TokenPlace::default(),
            balances: BalanceShape::default(),
            pay_token: PayToken::default(),
            callbacks: EspayCallbacks::default(),
            habits: BTreeSet::new(),
        }
    }
}

impl EspaySettings {
    /// Whether Espay does this.
    pub(super) fn does(&self, habit: EspayHabit) -> bool {
        self.habits.contains(&habit)
    }
}
