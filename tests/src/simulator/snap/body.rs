//! A body as it arrived: an object whose keys keep their order and come once each.
use serde::de::{Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::collections::BTreeMap;
use std::fmt;

/// A JSON value that remembers the order of its keys.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Node {
    Null,
    Bool(bool),
    Number(serde_json::Number),
    Text(String),
    List(Vec<Node>),
    Object(Vec<(String, Node)>),
}

/// The most that a body may hold.
pub(crate) const BODY_MAX: usize = 64 << 10;

impl Node {
    /// Reads a whole body; the error is for the journal.
    pub(crate) fn read(body: &[u8]) -> Result<Self, String> {
        if body.len() > BODY_MAX {
            return Err(format!("the body is larger than {BODY_MAX} bytes"));
        }
        let text = std::str::from_utf8(body).map_err(|_| "the body is not UTF-8".to_owned())?;
        let node: Self = serde_json::from_str(text)
            .map_err(|error| format!("the body is not JSON that we take: {error}"))?;
        match node {
            Self::Object(_) => Ok(node),
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::Text(_) | Self::List(_) => {
                Err("the body is not a JSON object".to_owned())
            }
        }
    }

    /// What stands at a path such as `amount.value`.
    pub(crate) fn at(&self, path: &str) -> Option<&Self> {
        path.split('.').try_fold(self, |node, name| match node {
            Self::Object(pairs) => {
                pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value)
            }
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::Text(_) | Self::List(_) => None,
        })
    }

    /// The text at a path; empty where there is none.
    pub(crate) fn text(&self, path: &str) -> &str {
        self.at(path).map_or("", Self::as_text)
    }

    /// The text that it is; empty where it is something else.
    pub(crate) fn as_text(&self) -> &str {
        match self {
            Self::Text(text) => text,
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::List(_) | Self::Object(_) => "",
        }
    }

    /// The list at a path; empty where there is none.
    pub(crate) fn list(&self, path: &str) -> &[Self] {
        match self.at(path) {
            Some(Self::List(items)) => items,
            Some(
                Self::Null | Self::Bool(_) | Self::Number(_) | Self::Text(_) | Self::Object(_),
            )
            | None => &[],
        }
    }

    /// Whether there is nothing at a path: no key, null, an empty text, list or object.
    pub(crate) fn lacks(&self, path: &str) -> bool {
        match self.at(path) {
            None | Some(Self::Null) => true,
            Some(Self::Text(text)) => text.is_empty(),
            Some(Self::List(items)) => items.is_empty(),
            Some(Self::Object(pairs)) => pairs.is_empty(),
            Some(Self::Bool(_) | Self::Number(_)) => false,
        }
    }

    /// What it is called.
    pub(crate) const fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Number(_) => "a number",
            Self::Text(_) => "a string",
            Self::List(_) => "an array",
            Self::Object(_) => "an object",
        }
    }

    /// Everything in it by its path, for the journal.
    pub(crate) fn shown(&self) -> BTreeMap<String, String> {
        let mut shown = BTreeMap::new();
        self.show("", &mut shown);
        shown
    }

    fn show(&self, path: &str, shown: &mut BTreeMap<String, String>) {
        let below = |name: &str| {
            if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
        };
        match self {
            Self::Object(pairs) => pairs.iter().for_each(|(k, v)| v.show(&below(k), shown)),
            Self::List(items) => {
                items.iter().enumerate().for_each(|(i, v)| v.show(&format!("{path}[{i}]"), shown));
            }
            Self::Text(text) => drop(shown.insert(path.to_owned(), text.clone())),
            Self::Number(number) => drop(shown.insert(path.to_owned(), number.to_string())),
            Self::Bool(value) => drop(shown.insert(path.to_owned(), value.to_string())),
            Self::Null => drop(shown.insert(path.to_owned(), "null".to_owned())),
        }
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Node, E> {
        Ok(Node::Number(value.into()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Node, E> {
        Ok(Node::Number(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Node, E> {
        let number = serde_json::Number::from_f64(value);
        number.map(Node::Number).ok_or_else(|| E::custom("not a number"))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Node, E> {
        Ok(Node::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Node, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            items.push(item);
        }
        Ok(Node::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        let mut pairs: Vec<(String, Node)> = Vec::new();
        while let Some((key, value)) = map.next_entry::<String, Node>()? {
            if pairs.iter().any(|(other, _)| *other == key) {
                return Err(A::Error::custom(format!("{key} comes twice")));
            }
            pairs.push((key, value));
        }
        Ok(Node::Object(pairs))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_object_with_every_key_once_is_refused() {
        for (body, why) in [
            (&b"{\"a\":1,\"a\":2}"[..], "a comes twice"),
            (b"{\"a\":{\"b\":1,\"b\":2}}", "b comes twice"),
            (b"[]", "not a JSON object"),
            (b"{", "not JSON"),
            (b"{} x", "not JSON"),
            (b"", "not JSON"),
            (b"{\"a\":\"\xff\"}", "not UTF-8"),
        ] {
            let said = Node::read(body).unwrap_err();
            assert!(said.contains(why), "{said}");
        }
        let large = format!("{{\"a\":\"{}\"}}", "x".repeat(BODY_MAX));
        assert!(Node::read(large.as_bytes()).unwrap_err().contains("larger"));
    }

    #[test]
    fn fields_are_found_by_their_paths_and_nothing_stands_in_for_a_text() {
        let node =
            Node::read(br#"{"amount":{"value":10000,"currency":"IDR"},"list":["x"],"e":""}"#);
        let node = node.unwrap();
        assert_eq!(node.text("amount.currency"), "IDR");
        assert_eq!((node.text("amount.value"), node.lacks("amount.value")), ("", false));
        assert_eq!(node.list("list"), [Node::Text("x".to_owned())]);
        assert!(node.lacks("e") && node.lacks("amount.currency.deeper") && node.lacks("none"));
        assert_eq!(node.shown()["amount.value"], "10000");
        assert_eq!(node.shown()["list[0]"], "x");
    }
}
