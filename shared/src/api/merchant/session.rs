//! `POST /v1/sessions`, `GET /v1/sessions/{id}`, `GET /v1/sessions`, `POST /v1/sessions/{id}/cancel`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Attempt;
use crate::{
    CustomerId, Locale, MethodId, Moment, Phone, Reference, Rupiah, SessionId, SessionStatus,
    WebUrl,
};

/// What the shop wants paid.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CreateSession {
    /// The shop's own name for the order.
    pub reference: Reference,
    /// What is to be paid, in full.
    pub amount: Rupiah,
    /// What is bought; where there are items, price times quantity adds up to `amount`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<Item>,
    /// Who pays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<Customer>,
    /// Where the customer goes afterwards; under one of the merchant's prefixes.
    pub return_url: WebUrl,
    /// The methods to offer, in this order; all that the merchant accepts where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub methods: Option<Vec<MethodId>>,
    /// The language the page opens in; the browser's where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locale: Option<Locale>,
    /// Seconds until the session expires: 60 to 604800. A day where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_in: Option<u32>,
    /// The shop's own notes, given back with the session: at most 20, of 40 and 500 characters.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub metadata: BTreeMap<String, String>,
}

/// One line of what is bought.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// What it is: 1 to 100 characters.
    pub name: String,
    /// How many: at least one.
    pub quantity: u32,
    /// The price of one.
    pub price: Rupiah,
}

/// Who pays.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Customer {
    /// The shop's own name for the customer. Linked wallets are kept for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<CustomerId>,
    /// Name: at most 100 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Mobile number; fields that ask for one start with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<Phone>,
    /// E-mail address: at most 100 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
}

/// A session as the shop sees it.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Session {
    /// Its name.
    pub id: SessionId,
    /// Where it stands.
    pub status: SessionStatus,
    /// The shop's own name for the order.
    pub reference: Reference,
    /// What is to be paid.
    pub amount: Rupiah,
    /// What of it was given back.
    pub refunded: Rupiah,
    /// The hosted page.
    pub url: WebUrl,
    /// What the embed and the page know the session by.
    pub client_token: String,
    /// When it stops being payable.
    pub expires_at: Moment,
    /// When it was created.
    pub created_at: Moment,
    /// Grows with every change, so that a receiver of events can drop the older.
    pub version: u64,
    /// The shop's own notes.
    pub metadata: BTreeMap<String, String>,
    /// The tries at paying it, oldest first.
    pub attempts: Vec<Attempt>,
}

/// A page of sessions, newest first.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionList {
    /// The sessions.
    pub data: Vec<Session>,
    /// Give it as `cursor` for the next page; absent on the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}
