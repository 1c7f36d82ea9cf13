//! How NICEPAY's V2 behaves where its documents are silent or leave a choice.
use serde::{Deserialize, Serialize};

/// NICEPAY's habits over V2.
#[derive(Clone, Debug)]
pub struct NicepayV2Settings {
    /// The `mitraCd` of partners that the merchant has not activated: 9012.
    pub inactive: Vec<&'static str>,
    /// What a store's number looks like.
    pub pay_number: PayNumber,
    /// Name a store order's expiry in the answer to its registration; one published sample does not.
    pub tells_validity: bool,
    /// The least that a store takes, in rupiah; less is 9509. The real limit is not published.
    pub store_minimum: i64,
    /// Refuse a store order's token with 9525 in place of 9010.
    pub legacy_codes: bool,
    /// How the browser comes back from NICEPAY's own page.
    pub callbacks: CallbackManner,
    /// Take a receipt confirmation in JSON too; only its form is documented.
    pub confirms_in_json: bool,
}

impl Default for NicepayV2Settings {
    fn default() -> Self {
        Self {
            inactive: Vec::new(),
            pay_number: PayNumber::Prefixed,
            tells_validity: true,
            store_minimum: 0,
            legacy_codes: false,
            callbacks: CallbackManner::default(),
            confirms_in_json: false,
        }
    }
}

/// The three kinds of numbers that samples show.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum PayNumber {
    /// `9041` and the last twelve digits of the tXid, as in a sample of 2022.
    Prefixed,
    /// The last twelve digits of the tXid, as in a sample of 2018.
    LastTwelve,
    /// Twelve digits out of a pool, as in another sample of 2022.
    Pool,
}

/// How NICEPAY's own page leads back to the merchant.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct CallbackManner {
    /// By which way.
    #[serde(default)]
    pub transport: Transport,
    /// How the amount is called.
    #[serde(default)]
    pub spelling: Spelling,
}

/// The ways that documents and plugins show.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Transport {
    /// The browser goes to the address with the result in its query.
    #[default]
    Get,
    /// The browser posts the result as a form.
    FormPost,
    /// NICEPAY's server posts the result as JSON; the browser goes to the bare address.
    JsonPost,
}

/// What the amount is called on the way back.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Spelling {
    /// `amount`, as the page's own samples have it.
    #[default]
    Amount,
    /// `amt`, as everywhere else.
    Amt,
}
