//! The bytes that a body hash is made over, as the documents say and as clients get it wrong.
use super::body::Node;
use serde::{Deserialize, Serialize};

/// What a provider hashes.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SignatureMode {
    /// The body without the white space between its tokens, and nothing else changed.
    #[default]
    Minify,
    /// The body as it arrived.
    Raw,
    /// The body as PHP's `json_encode` writes it again, slashes left alone.
    Php,
    /// Any of the three, with a warning where they differ.
    Strict,
    /// The body as it arrived, or minified.
    RawOrMinify,
}

/// The bodies that a signature may be made over.
pub(crate) fn accepted(mode: SignatureMode, raw: &[u8], body: Option<&Node>) -> Vec<Vec<u8>> {
    let php = || body.map_or_else(|| raw.to_vec(), |body| written(body, PHP).into_bytes());
    match mode {
        SignatureMode::Minify => vec![minified(raw)],
        SignatureMode::Raw => vec![raw.to_vec()],
        SignatureMode::Php => vec![php()],
        SignatureMode::Strict => vec![minified(raw), raw.to_vec(), php()],
        SignatureMode::RawOrMinify => vec![raw.to_vec(), minified(raw)],
    }
}

/// Deletes space, tab and line ends outside strings; changes nothing else.
pub(crate) fn minified(raw: &[u8]) -> Vec<u8> {
    let (mut quoted, mut escaped) = (false, false);
    let keep = |byte: &&u8| {
        let space = matches!(**byte, b' ' | b'\t' | b'\r' | b'\n');
        let kept = quoted || !space;
        quoted ^= **byte == b'"' && !escaped;
        escaped = quoted && **byte == b'\\' && !escaped;
        kept
    };
    raw.iter().filter(keep).copied().collect()
}

/// How a serialiser writes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hand {
    comma: &'static str,
    colon: &'static str,
    /// Which characters it escapes that need not be.
    escapes: fn(char) -> bool,
    sorted: bool,
    empty_objects_are_lists: bool,
}

const PLAIN: Hand = Hand {
    comma: ",",
    colon: ":",
    escapes: |_| false,
    sorted: false,
    empty_objects_are_lists: false,
};
const PHP: Hand = Hand { escapes: foreign, empty_objects_are_lists: true, ..PLAIN };
const PHP_BY_ITSELF: Hand = Hand { escapes: |c| foreign(c) || slash(c), ..PHP };
const SLASHES: Hand = Hand { escapes: slash, ..PLAIN };
const SORTED: Hand = Hand { sorted: true, ..PLAIN };
const GO: Hand = Hand { escapes: |c| matches!(c, '&' | '<' | '>'), ..PLAIN };
const PYTHON: Hand = Hand { escapes: foreign, ..PLAIN };
const PYTHON_BY_ITSELF: Hand = Hand { comma: ", ", colon: ": ", ..PYTHON };

const fn foreign(c: char) -> bool {
    !c.is_ascii()
}

const fn slash(c: char) -> bool {
    c == '/'
}

/// Serialisers that clients hash with and do not send with, by what they do.
pub(super) const HANDS: [(&str, Hand); 8] = [
    ("with its slashes escaped", SLASHES),
    ("with slashes and everything beyond ASCII escaped, as PHP does by itself", PHP_BY_ITSELF),
    ("with everything beyond ASCII escaped, as PHP does with slashes left alone", PHP),
    ("with everything beyond ASCII escaped, as Python does", PYTHON),
    ("with spaces after its colons and commas, as Python writes by itself", PYTHON_BY_ITSELF),
    ("with its keys sorted", SORTED),
    ("with &, < and > escaped, as Go does", GO),
    ("read and written again", PLAIN),
];

/// A body as this hand writes it.
pub(super) fn written(body: &Node, hand: Hand) -> String {
    let mut text = String::new();
    write(body, hand, &mut text);
    text
}

fn write(node: &Node, hand: Hand, out: &mut String) {
    match node {
        Node::Null => out.push_str("null"),
        Node::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Node::Number(number) => out.push_str(&number.to_string()),
        Node::Text(text) => quote(text, hand, out),
        Node::List(items) => {
            out.push('[');
            for (place, item) in items.iter().enumerate() {
                out.push_str(if place == 0 { "" } else { hand.comma });
                write(item, hand, out);
            }
            out.push(']');
        }
        Node::Object(pairs) if pairs.is_empty() && hand.empty_objects_are_lists => {
            out.push_str("[]");
        }
        Node::Object(pairs) => {
            let mut pairs: Vec<_> = pairs.iter().collect();
            if hand.sorted {
                pairs.sort_by(|(a, _), (b, _)| a.cmp(b));
            }
            out.push('{');
            for (place, (key, value)) in pairs.into_iter().enumerate() {
                out.push_str(if place == 0 { "" } else { hand.comma });
                quote(key, hand, out);
                out.push_str(hand.colon);
                write(value, hand, out);
            }
            out.push('}');
        }
    }
}

fn quote(text: &str, hand: Hand, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '/' if (hand.escapes)('/') => out.push_str("\\/"),
            c if c < ' ' || (hand.escapes)(c) => escape(c, out),
            c => out.push(c),
        }
    }
    out.push('"');
}

fn escape(c: char, out: &mut String) {
    let mut units = [0; 2];
    for unit in c.encode_utf16(&mut units) {
        out.push_str("\\u");
        out.push_str(&hex::encode(unit.to_be_bytes()));
    }
}

/// A body without any white space, also where it belongs to a text: another common mistake.
pub(super) fn stripped(raw: &[u8]) -> Vec<u8> {
    raw.iter().filter(|byte| !byte.is_ascii_whitespace()).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulator::snap::sign::hash;

    /// Winpay's documents' create sample, laid out as it is printed there.
    const CREATE: &str = include_str!("../../../vectors/simulator/create.json");

    #[test]
    fn minifying_takes_space_from_between_tokens_and_from_nowhere_else() {
        let raw = b" {\t\"a b\" : \"c \\\" d\" ,\r\n\"e\\\\\" : [ 1 , 2 ] } ";
        assert_eq!(minified(raw), br#"{"a b":"c \" d","e\\":[1,2]}"#);
    }

    #[test]
    fn the_published_hashes_of_the_create_sample_come_out_of_the_serialisers_they_blame() {
        let raw = CREATE.trim_end().as_bytes();
        let minified = minified(raw);
        assert_eq!(minified.len(), 389);
        let right = "fd8a80cb51e8cc89e2c1b5b333a5f4a3567f4d436d7ac8a6f30a676f1299546f";
        assert_eq!(hash(&minified), right);
        let body = Node::read(raw).unwrap();
        let by = |hand: Hand| hash(written(&body, hand).as_bytes());
        assert_eq!(by(PLAIN), right);
        assert_eq!(by(PHP), right);
        let wrong = [
            (by(SLASHES), "263f96c38fe038da85730e14d870b74912306de5c52d1ca449fc9b12f2dc4f7c"),
            (by(SORTED), "cca459f6388fef2f95a2e87e357217430a626e6e7b74e3b0fa61c86828c229d6"),
            (
                by(PYTHON_BY_ITSELF),
                "1e1194d223507c1043aff7f16cdd5198ac4dfe4dc83f4d0f398939fd2971b2aa",
            ),
            (
                hash(&stripped(raw)),
                "2f3721805585c4c1403cd2547ae3f8c31f8486eb97a9b08ee850fdd42ffc953d",
            ),
        ];
        for (made, published) in wrong {
            assert_eq!(made, published);
        }
    }

    #[test]
    fn five_serialisers_write_one_object_in_the_four_published_ways() {
        let object = "{\"customerName\":\"Caf\u{e9}\",\"url\":\"https://m.example/cb?a=1&b=<2>\"}";
        let body = Node::read(object.as_bytes()).unwrap();
        let by = |hand: Hand| hash(written(&body, hand).as_bytes());
        let rows = [
            (by(PLAIN), "76b6d5e7dd3d0e7509e104083b54605fb3ae4dfe8b1062a6bc68897290747ff5"),
            (by(PHP), "e6fcf8db308fecad463a1b6e8aeda05cad1c0843000c3e1989764bb5ec4c9387"),
            (by(PHP_BY_ITSELF), "41b972cf04d1b6dbaaf5fd67c132ad7eb3c090b05a62226d2f985f85f9d02496"),
            (by(GO), "c119ad72194b7e62d84757ce200fa3ef815cc92f7bfed1b12cc9369b76f5890e"),
        ];
        for (made, published) in rows {
            assert_eq!(made, published);
        }
    }
}
