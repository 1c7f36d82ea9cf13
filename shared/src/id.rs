//! Names of things: opaque text with a prefix that says what is named.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// The name of one thing of a kind. Opaque: nothing but the prefix may be read from it.
pub struct Id<K> {
    text: String,
    kind: PhantomData<fn() -> K>,
}

/// What an id can name.
pub trait Named {
    /// What every id of the kind starts with, the underscore included.
    const PREFIX: &'static str;
}

/// A text that does not name a thing of this kind.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct NotAnId {
    /// The prefix it should have had.
    pub prefix: &'static str,
}

/// Kinds of things that have ids.
pub mod kind {
    use super::Named;

    /// What the shop wants paid.
    pub enum Session {}
    /// One try at paying a session.
    pub enum Attempt {}
    /// Something the shop is told about.
    pub enum Event {}
    /// A wallet that a customer linked.
    pub enum Link {}
    /// One sending of an event to a shop.
    pub enum Delivery {}
    /// Money on its way back.
    pub enum Refund {}

    impl Named for Session {
        const PREFIX: &'static str = "cs_";
    }
    impl Named for Attempt {
        const PREFIX: &'static str = "pay_";
    }
    impl Named for Event {
        const PREFIX: &'static str = "evt_";
    }
    impl Named for Link {
        const PREFIX: &'static str = "lnk_";
    }
    impl Named for Delivery {
        const PREFIX: &'static str = "whd_";
    }
    impl Named for Refund {
        const PREFIX: &'static str = "ref_";
    }
}

/// Names a session: `cs_...`.
pub type SessionId = Id<kind::Session>;
/// Names an attempt: `pay_...`.
pub type AttemptId = Id<kind::Attempt>;
/// Names an event: `evt_...`; also the `webhook-id` of its deliveries.
pub type EventId = Id<kind::Event>;
/// Names a linked wallet: `lnk_...`.
pub type LinkId = Id<kind::Link>;
/// Names a webhook delivery: `whd_...`.
pub type DeliveryId = Id<kind::Delivery>;
/// Names a refund: `ref_...`.
pub type RefundId = Id<kind::Refund>;

impl<K: Named> Id<K> {
    /// The longest id: `pay_` and what follows must fit the narrowest order number of a provider
    /// (NICEPAY's `referenceNo`, 40) with room for a suffix.
    pub const LENGTH_MAX: usize = 36;

    /// An id from its unique part, which must be ASCII letters and digits.
    pub fn from_unique(unique: &str) -> Result<Self, NotAnId> {
        format!("{}{unique}", K::PREFIX).parse()
    }
}

impl<K> Id<K> {
    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl<K: Named> FromStr for Id<K> {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Self, NotAnId> {
        let unique = text.strip_prefix(K::PREFIX).unwrap_or_default();
        let sound = !unique.is_empty()
            && text.len() <= Self::LENGTH_MAX
            && unique.bytes().all(|byte| byte.is_ascii_alphanumeric());
        sound
            .then(|| Self { text: text.to_owned(), kind: PhantomData })
            .ok_or(NotAnId { prefix: K::PREFIX })
    }
}

impl<K> Clone for Id<K> {
    fn clone(&self) -> Self {
        Self { text: self.text.clone(), kind: PhantomData }
    }
}

impl<K> PartialEq for Id<K> {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl<K> Eq for Id<K> {}

impl<K> std::hash::Hash for Id<K> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

impl<K> fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl<K> fmt::Display for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Display for NotAnId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an id of this kind is {} followed by letters and digits", self.prefix)
    }
}

impl std::error::Error for NotAnId {}

impl<K> Serialize for Id<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de, K: Named> Deserialize<'de> for Id<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(feature = "openapi")]
impl<K: Named> utoipa::PartialSchema for Id<K> {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        use utoipa::openapi::schema::{ObjectBuilder, Type};
        ObjectBuilder::new()
            .schema_type(Type::String)
            .pattern(Some(format!("^{}[0-9A-Za-z]+$", K::PREFIX)))
            .into()
    }
}

#[cfg(feature = "openapi")]
impl<K: Named> utoipa::ToSchema for Id<K> {
    fn name() -> std::borrow::Cow<'static, str> {
        match K::PREFIX {
            "cs_" => "SessionId",
            "pay_" => "AttemptId",
            "evt_" => "EventId",
            "lnk_" => "LinkId",
            "whd_" => "DeliveryId",
            _ => "RefundId",
        }
        .into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_of_another_kind_is_refused() {
        assert!("cs_01ARZ3NDEKTSV4RRFFQ69G5FAV".parse::<SessionId>().is_ok());
        for text in ["pay_01ARZ3", "cs_", "01ARZ3", "cs_a/b", "cs_é", "cs_ a"] {
            assert_eq!(text.parse::<SessionId>(), Err(NotAnId { prefix: "cs_" }), "{text}");
        }
        assert!(format!("cs_{}", "a".repeat(34)).parse::<SessionId>().is_err());
    }
}
