//! Reads what the browser parsed: `JSON.parse` does the work, and serde finds our types in it.
//!
//! Only what our own types ask for is here, and an error says nothing but that there is one: the
//! page can only show that the server's answer was unreadable. That keeps 25 KB away from phones.

use std::fmt;

use js_sys::{Array, JSON, Object, Reflect};
use kasir_shared::api::checkout::{StartAttempt, StartLink};
use serde::de::{self, DeserializeOwned, DeserializeSeed, Visitor};
use serde::forward_to_deserialize_any;
use wasm_bindgen::{JsCast, JsValue};

/// A value of one of our types, or `None` where the text is not one.
pub(crate) fn from_json<T: DeserializeOwned>(text: &str) -> Option<T> {
    T::deserialize(Js(JSON::parse(text).ok()?)).ok()
}

/// What the customer chose, for the server.
pub(crate) fn start_to_json(start: &StartAttempt) -> Option<String> {
    to_json(&[
        ("method", Some(start.method.as_str())),
        ("phone", start.phone.as_deref()),
        ("name", start.name.as_deref()),
        ("link", start.link.as_ref().map(kasir_shared::LinkId::as_str)),
        ("account", start.account.as_deref()),
    ])
}

/// Which wallet the customer links, for the server.
pub(crate) fn link_to_json(link: &StartLink) -> Option<String> {
    to_json(&[("method", Some(link.method.as_str())), ("phone", link.phone.as_deref())])
}

fn to_json(texts: &[(&str, Option<&str>)]) -> Option<String> {
    let object = Object::new();
    for (name, value) in texts {
        if let Some(value) = value {
            Reflect::set(&object, &JsValue::from_str(name), &JsValue::from_str(value)).ok()?;
        }
    }
    JSON::stringify(&object).ok()?.as_string()
}

/// A value of the browser's.
struct Js(JsValue);

/// Not what was asked for.
#[derive(Debug)]
struct Unreadable;

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("unreadable")
    }
}

impl std::error::Error for Unreadable {}

impl de::Error for Unreadable {
    fn custom<T: fmt::Display>(_message: T) -> Self {
        Self
    }

    fn invalid_type(_found: de::Unexpected<'_>, _expected: &dyn de::Expected) -> Self {
        Self
    }

    fn invalid_value(_found: de::Unexpected<'_>, _expected: &dyn de::Expected) -> Self {
        Self
    }

    fn unknown_variant(_variant: &str, _expected: &'static [&'static str]) -> Self {
        Self
    }

    fn missing_field(_field: &'static str) -> Self {
        Self
    }

    fn duplicate_field(_field: &'static str) -> Self {
        Self
    }
}

impl Js {
    /// A number that JSON can say exactly.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the bounds are checked right before"
    )]
    fn whole(&self) -> Result<u64, Unreadable> {
        let number = self.0.as_f64().ok_or(Unreadable)?;
        let sound = (0.0..=9_007_199_254_740_991.0).contains(&number) && number.fract() == 0.0;
        if sound { Ok(number as u64) } else { Err(Unreadable) }
    }
}

impl<'de> de::Deserializer<'de> for Js {
    type Error = Unreadable;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Unreadable> {
        // None of our types asks for whatever there is.
        Err(Unreadable)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_bool(self.0.as_bool().ok_or(Unreadable)?)
    }

    fn deserialize_u16<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_u64(self.whole()?)
    }

    fn deserialize_u32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_u64(self.whole()?)
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_u64(self.whole()?)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_string(self.0.as_string().ok_or(Unreadable)?)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_str(&self.0.as_string().ok_or(Unreadable)?)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        if self.0.is_null() || self.0.is_undefined() {
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        let array: Array = self.0.dyn_into().map_err(|_| Unreadable)?;
        visitor.visit_seq(Items { array, next: 0 })
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        let object: Object = self.0.dyn_into().map_err(|_| Unreadable)?;
        let keys = Object::keys(&object);
        let mut names: Vec<String> = keys.iter().filter_map(|name| name.as_string()).collect();
        names.reverse();
        visitor.visit_map(Members { object, names, value: JsValue::UNDEFINED })
    }

    /// Fields that the type does not have are not even looked at.
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        let object: Object = self.0.dyn_into().map_err(|_| Unreadable)?;
        let names = fields.iter().map(|name| (*name).to_owned()).collect();
        visitor.visit_map(Members { object, names, value: JsValue::UNDEFINED })
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        visitor
            .visit_enum(de::value::StringDeserializer::new(self.0.as_string().ok_or(Unreadable)?))
    }

    forward_to_deserialize_any! {
        i8 i16 i32 i64 u8 f32 f64 char str bytes byte_buf unit unit_struct newtype_struct tuple
        tuple_struct ignored_any
    }
}

/// The items of an array.
struct Items {
    array: Array,
    next: u32,
}

impl<'de> de::SeqAccess<'de> for Items {
    type Error = Unreadable;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Unreadable> {
        if self.next >= self.array.length() {
            return Ok(None);
        }
        let item = self.array.get(self.next);
        self.next += 1;
        seed.deserialize(Js(item)).map(Some)
    }
}

/// The members of an object, the last name first.
struct Members {
    object: Object,
    names: Vec<String>,
    value: JsValue,
}

impl<'de> de::MapAccess<'de> for Members {
    type Error = Unreadable;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Unreadable> {
        while let Some(name) = self.names.pop() {
            let name = JsValue::from_str(&name);
            self.value = Reflect::get(&self.object, &name).map_err(|_| Unreadable)?;
            if !self.value.is_undefined() {
                return seed.deserialize(Js(name)).map(Some);
            }
        }
        Ok(None)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<S::Value, Unreadable> {
        seed.deserialize(Js(std::mem::take(&mut self.value)))
    }
}
