//! The checks that every service makes of its fields: first that all are there, then their forms.
use super::body::Node;
use super::code::{Case, Refusal};

/// All these are there.
pub(crate) fn present(body: &Node, names: &[&str]) -> Result<(), Refusal> {
    match names.iter().find(|name| body.lacks(name)) {
        Some(name) => Err(Case::missing(name).because(missing(body, name))),
        None => Ok(()),
    }
}

/// Says that a field is missing, and which one looks like it.
fn missing(body: &Node, name: &str) -> String {
    let (parent, last) =
        name.rsplit_once('.').map_or((Some(body), name), |(parent, last)| (body.at(parent), last));
    let Some(Node::Object(pairs)) = parent else { return format!("{name} is missing or empty") };
    let alike = |other: &&str| {
        *other != last && (other.eq_ignore_ascii_case(last) || *other == format!("{last}s"))
    };
    match pairs.iter().map(|(key, _)| key.as_str()).find(alike) {
        Some(other) => format!("{name} is missing; {other} is spelled differently"),
        None => format!("{name} is missing or empty"),
    }
}

/// A text of this form, or the code that says so.
pub(crate) fn formed<'a>(
    body: &'a Node,
    name: &str,
    (form, fits): (&str, impl Fn(&str) -> bool),
) -> Result<&'a str, Refusal> {
    let wrong = |what: String| {
        Err(Case::bad_format(name).because(format!("{name} must be {form}, it is {what}")))
    };
    match body.at(name) {
        Some(Node::Text(text)) if fits(text) => Ok(text),
        Some(Node::Text(text)) => wrong(format!("{text:?}")),
        Some(
            other
            @ (Node::Null | Node::Bool(_) | Node::Number(_) | Node::List(_) | Node::Object(_)),
        ) => wrong(other.kind().to_owned()),
        None => wrong("missing".to_owned()),
    }
}

/// Letters, digits, `_` and `-`, so many of them.
pub(crate) fn is_reference(text: &str, least: usize, most: usize) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
    (least..=most).contains(&text.len()) && text.bytes().all(plain)
}

/// Whole rupiah of `10000.00`; nothing where the form is another. `plain` takes `10000` too.
pub(crate) fn rupiah(text: &str, plain: bool) -> Option<i64> {
    let whole = match text.split_once('.') {
        Some((whole, cents)) => (cents == "00").then_some(whole)?,
        None => plain.then_some(text)?,
    };
    let digits = (1..=12).contains(&whole.len()) && whole.bytes().all(|b| b.is_ascii_digit());
    whole.parse().ok().filter(|value| digits && *value > 0)
}

/// `10000.00`.
pub(crate) fn decimals(value: i64) -> String {
    format!("{value}.00")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_digits_with_two_zeros_behind_a_point() {
        assert_eq!(rupiah("10000.00", false), Some(10_000));
        assert_eq!((rupiah("10000", true), rupiah("10000", false)), (Some(10_000), None));
        for wrong in [
            "",
            "0.00",
            "0",
            "1,000.00",
            "10000.5",
            "10000.50",
            "-1.00",
            "1e3",
            ".00",
            "1234567890123.00",
        ] {
            assert_eq!(rupiah(wrong, true), None, "{wrong}");
        }
    }

    #[test]
    fn a_field_that_is_spelled_differently_is_missing_and_the_journal_says_so() {
        let body = Node::read(br#"{"urlParams":[{"a":"b"}],"additionalInfo":{"contractID":"x"}}"#);
        let body = body.unwrap();
        let why = |name| present(&body, &[name]).unwrap_err().why;
        assert_eq!(why("urlParam"), "urlParam is missing; urlParams is spelled differently");
        assert!(why("additionalInfo.contractId").contains("contractID is spelled differently"));
        assert_eq!(why("reason"), "reason is missing or empty");
    }
}
