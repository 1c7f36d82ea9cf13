//! `POST /checkout/v1/{client_token}/attempts`: the customer has chosen.
//!
//! As JSON it is answered with the view; as a form it is answered with a 303 to the page.

use serde::{Deserialize, Serialize};

use crate::{LinkId, MethodId};

/// The customer's choice, with what the method needs to know. `phone` and `name` are as typed: the
/// server parses them, so that a mistake comes back beside the field it was made in.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct StartAttempt {
    /// The method.
    pub method: MethodId,
    /// The phone number registered with the wallet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// The customer's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// A linked wallet to pay with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<LinkId>,
    /// Which of the linked wallet's accounts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
}

/// The customer wants to link a wallet: `POST /checkout/v1/{client_token}/links`, answered like a
/// choice. `phone` is as typed.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct StartLink {
    /// The wallet.
    pub method: MethodId,
    /// The phone number registered with the wallet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
}
