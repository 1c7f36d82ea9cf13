//! A body taken apart into its tokens, and put together again as other programs would write it.
//!
//! Numbers and strings are kept as they were written, so that nothing is lost on the way.

use std::borrow::Cow;

use serde::de::IgnoredAny;

const HEX: [char; 16] =
    ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];

/// Some JSON, in the order and the spelling it came in.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Json<'a> {
    /// A string, with its quotes.
    String(Cow<'a, str>),
    /// A number, a truth or null.
    Plain(Cow<'a, str>),
    /// A list.
    List(Vec<Self>),
    /// An object: names with their quotes, and what they name.
    Object(Vec<(Cow<'a, str>, Self)>),
}

/// How JSON is laid out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Layout {
    /// Between a name and what it names.
    pub(crate) colon: &'static str,
    /// Between two members on one line.
    pub(crate) comma: &'static str,
    /// The line end and one step of indentation, where every member has its own line.
    pub(crate) lines: Option<(&'static str, &'static str)>,
}

impl Layout {
    /// Without any white space.
    pub(crate) const COMPACT: Self = Self { colon: ":", comma: ",", lines: None };
}

/// Which characters a program escapes in strings beyond those it must.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Escapes {
    /// `/` as `\/`.
    pub(crate) slashes: bool,
    /// Everything outside of ASCII escaped by `\u`, in lower-case hex.
    pub(crate) unicode: bool,
    /// `&`, `<`, `>` and the line separators of Unicode escaped by `\u`.
    pub(crate) html: bool,
}

impl<'a> Json<'a> {
    /// Takes a body apart; `None` for one that is no JSON.
    pub(crate) fn read(body: &'a [u8]) -> Option<Self> {
        let text = std::str::from_utf8(body).ok()?;
        // This refuses what is not JSON, and what is nested too deeply to be walked.
        serde_json::from_str::<IgnoredAny>(text).ok()?;
        Reader { text, at: 0 }.value()
    }

    /// Puts it together.
    pub(crate) fn write(&self, layout: Layout) -> Vec<u8> {
        let mut text = String::new();
        self.write_into(&mut text, layout, 0);
        text.into_bytes()
    }

    /// The same with each object's names in order.
    #[must_use]
    pub(crate) fn sorted(&self) -> Self {
        match self {
            Self::String(_) | Self::Plain(_) => self.clone(),
            Self::List(members) => Self::List(members.iter().map(Self::sorted).collect()),
            Self::Object(members) => {
                let mut members: Vec<_> =
                    members.iter().map(|(name, value)| (name.clone(), value.sorted())).collect();
                members.sort_by_cached_key(|(name, _)| decoded(name));
                Self::Object(members)
            }
        }
    }

    /// The same with other words in the place of its strings and its numbers.
    #[must_use]
    pub(crate) fn reworded(
        &self,
        string: &dyn Fn(&str) -> String,
        plain: &dyn Fn(&str) -> String,
    ) -> Self {
        match self {
            Self::String(text) => Self::String(string(text).into()),
            Self::Plain(text) => Self::Plain(plain(text).into()),
            Self::List(members) => {
                Self::List(members.iter().map(|member| member.reworded(string, plain)).collect())
            }
            Self::Object(members) => Self::Object(
                members
                    .iter()
                    .map(|(name, value)| (string(name).into(), value.reworded(string, plain)))
                    .collect(),
            ),
        }
    }

    /// The same with its strings written anew by a program that escapes so.
    #[must_use]
    pub(crate) fn escaped(&self, escapes: Escapes) -> Self {
        self.reworded(&|raw| encoded(&decoded(raw), escapes), &str::to_owned)
    }

    /// The same with empty lists for empty objects.
    #[must_use]
    pub(crate) fn with_empty_lists(&self) -> Self {
        match self {
            Self::String(_) | Self::Plain(_) => self.clone(),
            Self::Object(members) if members.is_empty() => Self::List(Vec::new()),
            Self::List(members) => Self::List(members.iter().map(Self::with_empty_lists).collect()),
            Self::Object(members) => Self::Object(
                members
                    .iter()
                    .map(|(name, value)| (name.clone(), value.with_empty_lists()))
                    .collect(),
            ),
        }
    }

    fn write_into(&self, text: &mut String, layout: Layout, depth: usize) {
        match self {
            Self::String(raw) | Self::Plain(raw) => text.push_str(raw),
            Self::List(members) => {
                text.push('[');
                for (index, member) in members.iter().enumerate() {
                    next_member(text, layout, depth, index);
                    member.write_into(text, layout, depth + 1);
                }
                end_of_members(text, layout, depth, members.is_empty());
                text.push(']');
            }
            Self::Object(members) => {
                text.push('{');
                for (index, (name, value)) in members.iter().enumerate() {
                    next_member(text, layout, depth, index);
                    text.push_str(name);
                    text.push_str(layout.colon);
                    value.write_into(text, layout, depth + 1);
                }
                end_of_members(text, layout, depth, members.is_empty());
                text.push('}');
            }
        }
    }
}

fn next_member(text: &mut String, layout: Layout, depth: usize, index: usize) {
    if index > 0 {
        text.push_str(layout.comma);
    }
    if let Some((line_end, step)) = layout.lines {
        text.push_str(line_end);
        text.push_str(&step.repeat(depth + 1));
    }
}

fn end_of_members(text: &mut String, layout: Layout, depth: usize, empty: bool) {
    if let (Some((line_end, step)), false) = (layout.lines, empty) {
        text.push_str(line_end);
        text.push_str(&step.repeat(depth));
    }
}

/// What a string of JSON says.
fn decoded(raw: &str) -> String {
    // It was found in JSON that parses; half of a surrogate pair is the one thing that does not.
    serde_json::from_str(raw).unwrap_or_else(|_| raw.trim_matches('"').to_owned())
}

fn encoded(text: &str, escapes: Escapes) -> String {
    let mut raw = String::with_capacity(text.len() + 2);
    raw.push('"');
    for letter in text.chars() {
        match letter {
            '"' => raw.push_str("\\\""),
            '\\' => raw.push_str("\\\\"),
            '\n' => raw.push_str("\\n"),
            '\r' => raw.push_str("\\r"),
            '\t' => raw.push_str("\\t"),
            '\u{8}' => raw.push_str("\\b"),
            '\u{c}' => raw.push_str("\\f"),
            '/' if escapes.slashes => raw.push_str("\\/"),
            '&' | '<' | '>' | '\u{2028}' | '\u{2029}' if escapes.html => {
                by_number(&mut raw, letter);
            }
            '\u{0}'..='\u{1f}' => by_number(&mut raw, letter),
            _ if escapes.unicode && !letter.is_ascii() => by_number(&mut raw, letter),
            _ => raw.push(letter),
        }
    }
    raw.push('"');
    raw
}

fn by_number(raw: &mut String, letter: char) {
    for unit in letter.encode_utf16(&mut [0; 2]) {
        raw.push_str("\\u");
        raw.extend([12, 8, 4, 0].map(|shift| HEX[usize::from(*unit >> shift & 0xf)]));
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn value(&mut self) -> Option<Json<'a>> {
        match self.peek()? {
            b'{' => {
                let mut members = Vec::new();
                while self.more(b'}')? {
                    let name = Cow::Borrowed(self.string()?);
                    self.skip(b':')?;
                    members.push((name, self.value()?));
                }
                Some(Json::Object(members))
            }
            b'[' => {
                let mut members = Vec::new();
                while self.more(b']')? {
                    members.push(self.value()?);
                }
                Some(Json::List(members))
            }
            b'"' => Some(Json::String(self.string()?.into())),
            _ => {
                let rest = self.text.get(self.at..)?;
                let end = rest.find([',', ']', '}', ' ', '\t', '\r', '\n']).unwrap_or(rest.len());
                self.at += end;
                Some(Json::Plain(rest.get(..end)?.into()))
            }
        }
    }

    /// Whether a member follows; goes past the bracket or the comma before it, or past the end.
    fn more(&mut self, end: u8) -> Option<bool> {
        let mark = self.peek()?;
        if matches!(mark, b'{' | b'[' | b',') {
            self.at += 1;
            let is_end = self.peek()? == end;
            self.at += usize::from(is_end);
            return Some(!is_end);
        }
        self.skip(end)?;
        Some(false)
    }

    fn string(&mut self) -> Option<&'a str> {
        self.peek()?;
        let rest = self.text.get(self.at..)?;
        let mut escaped = false;
        let end = rest.bytes().enumerate().skip(1).find(|(_, byte)| {
            let ends = *byte == b'"' && !escaped;
            escaped = *byte == b'\\' && !escaped;
            ends
        });
        let (end, _) = end?;
        self.at += end + 1;
        rest.get(..=end)
    }

    fn skip(&mut self, byte: u8) -> Option<()> {
        let found = self.peek()? == byte;
        self.at += usize::from(found);
        found.then_some(())
    }

    /// The next byte that is not white space.
    fn peek(&mut self) -> Option<u8> {
        let rest = self.text.as_bytes().get(self.at..)?;
        let spaces = rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        self.at += spaces;
        rest.get(spaces).copied()
    }
}
