//! One line of the conversation: an arrow from one lane to another, or a note on one.

use jiff::Timestamp;
use jiff::tz::{TimeZone, offset};
use serde_json::Value;

use crate::shop::html::Text;

/// Who speaks, in the order of the lanes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Party {
    Shop,
    Kasir,
    Provider,
    /// The customer's browser, arriving at the provider from outside the lanes.
    Customer,
}

impl Party {
    const fn word(self) -> &'static str {
        match self {
            Self::Shop => "shop",
            Self::Kasir => "kasir",
            Self::Provider => "provider",
            Self::Customer => "customer",
        }
    }
}

/// Which of the lines of one second comes first. The shop's clock has whole seconds: it asks before
/// anything can follow, and hears of what has happened after it has.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Turn {
    ShopAsks,
    Between,
    ShopHears,
}

/// Something that was said.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Line {
    /// The same for the same line whenever it is asked for.
    pub(super) key: String,
    /// Milliseconds since 1970, where known.
    pub(super) at_ms: i64,
    pub(super) turn: Turn,
    pub(super) from: Party,
    /// The same as `from` for a note.
    pub(super) to: Party,
    pub(super) label: String,
    /// What the receiver made of the signature, in words.
    pub(super) seal: Option<(bool, String)>,
    /// Status before and after.
    pub(super) change: Option<(String, String)>,
    /// A note that is nothing to worry about.
    pub(super) calm: bool,
    /// A fault that the simulator played on it.
    pub(super) fault: Option<String>,
    /// Everything, for whoever opens the line.
    pub(super) detail: String,
}

/// A detail longer than this is cut: it is shown in a narrow column.
const DETAIL_MAX: usize = 2_400;

impl Line {
    /// A line that says nothing yet.
    pub(super) fn new(key: String, at_ms: i64, from: Party, to: Party) -> Self {
        Self {
            key,
            at_ms,
            turn: Turn::Between,
            from,
            to,
            label: String::new(),
            seal: None,
            change: None,
            calm: false,
            fault: None,
            detail: String::new(),
        }
    }

    /// Where it stands among the others.
    pub(super) fn place(&self) -> (i64, Turn, i64) {
        (self.at_ms.div_euclid(1000), self.turn, self.at_ms)
    }

    /// The line as an item of the list.
    pub(super) fn html(&self) -> String {
        let seal = self.seal.as_ref().map(|(good, words)| seal(*good, words)).unwrap_or_default();
        let change = match &self.change {
            Some((before, after)) if before.is_empty() => {
                format!(
                    r#"<span class="say__change"><b data-status="{0}">{0}</b></span>"#,
                    Text(after)
                )
            }
            Some((before, after)) => format!(
                r#"<span class="say__change"><i>{}</i> → <b data-status="{1}">{1}</b></span>"#,
                Text(before),
                Text(after)
            ),
            None => String::new(),
        };
        let fault = match &self.fault {
            Some(fault) => format!(r#"<span class="say__fault">{}</span>"#, Text(fault)),
            None => String::new(),
        };
        let label = match self.label.as_str() {
            "" => String::new(),
            label => format!(r#"<span class="say__label">{}{fault}</span>"#, Text(label)),
        };
        format!(
            r#"<li class="say" data-key="{key}" data-from="{from}" data-to="{to}"{calm}><details class="say__fold"><summary class="say__row"><time class="say__time">{time}</time>{label}<span class="say__arrow"></span>{seal}{change}</summary><pre class="say__detail">{detail}</pre></details></li>"#,
            key = Text(&self.key),
            from = self.from.word(),
            to = self.to.word(),
            calm = if self.calm { " data-calm" } else { "" },
            time = jakarta(self.at_ms),
            detail = Text(shortened(&self.detail)),
        )
    }
}

fn seal(good: bool, words: &str) -> String {
    let (word, drawing) = if good {
        ("good", "M4 8.500l3 3l5.500-6.500")
    } else {
        ("bad", "M4.500 4.500l7 7m0-7l-7 7")
    };
    let words = Text(words);
    format!(
        r#"<svg class="say__seal" data-seal="{word}" viewBox="0 0 16 16" role="img" aria-label="{words}"><title>{words}</title><path d="{drawing}"/></svg>"#
    )
}

fn shortened(text: &str) -> &str {
    text.char_indices().nth(DETAIL_MAX).map_or(text, |(end, _)| &text[..end])
}

/// `12.03.59`, in Bandung.
fn jakarta(at_ms: i64) -> String {
    let Ok(at) = Timestamp::from_millisecond(at_ms) else { return String::new() };
    at.to_zoned(TimeZone::fixed(offset(7))).strftime("%H.%M.%S").to_string()
}

/// A time as a witness writes it: RFC 3339, or Unix seconds or milliseconds.
pub(super) fn moment_ms(value: &Value) -> Option<i64> {
    /// No clock of ours shows a later second, nor an earlier millisecond.
    const SECONDS_MAX: i64 = 100_000_000_000;
    match value {
        Value::String(text) => text.parse::<Timestamp>().ok().map(Timestamp::as_millisecond),
        Value::Number(number) => {
            let number = number.as_i64()?;
            Some(if number < SECONDS_MAX { number * 1000 } else { number })
        }
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// JSON as a person reads it.
pub(super) fn pretty(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            format!("{value:#}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_three_ways_to_write_a_moment_are_read_alike() {
        for value in
            [json!("2026-11-20T05:00:00Z"), json!(1_795_150_800), json!(1_795_150_800_000_i64)]
        {
            assert_eq!(moment_ms(&value), Some(1_795_150_800_000), "{value}");
        }
        assert_eq!(moment_ms(&json!("soon")), None);
        assert_eq!(jakarta(1_795_150_800_000), "12.00.00");
    }

    #[test]
    fn within_one_second_the_shop_asks_first_and_hears_last() {
        let at = |key: &str, at_ms, turn| {
            let line = Line::new(key.to_owned(), at_ms, Party::Kasir, Party::Shop);
            Line { turn, ..line }
        };
        let mut lines = [
            at("webhook", 5_000, Turn::ShopHears),
            at("charge", 5_400, Turn::Between),
            at("session", 5_000, Turn::ShopAsks),
            at("earlier", 4_999, Turn::ShopHears),
        ];
        lines.sort_by_key(Line::place);
        let keys = lines.map(|line| line.key);
        assert_eq!(keys, ["earlier", "session", "charge", "webhook"]);
    }

    #[test]
    fn what_a_witness_says_is_escaped() {
        let mut line = Line::new("k\"".to_owned(), 0, Party::Provider, Party::Kasir);
        line.label = "<b>".to_owned();
        line.detail = "<script>".to_owned();
        line.change = Some(("<i>".to_owned(), "\"paid".to_owned()));
        line.seal = Some((false, "'no'".to_owned()));
        let html = line.html();
        for raw in ["<b>&", "<script", "k\"\"", "\"\"paid", "'no'"] {
            assert!(!html.contains(raw), "{raw} in {html}");
        }
    }

    #[test]
    fn an_enormous_detail_is_cut_between_letters() {
        let text = "ü".repeat(DETAIL_MAX + 10);
        assert_eq!(shortened(&text).chars().count(), DETAIL_MAX);
    }
}
