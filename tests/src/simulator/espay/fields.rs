//! What each service checks of its fields: first the forms of those that are there, then that all are.
use super::purse::is_phone;
use crate::simulator::snap::body::Node;
use crate::simulator::snap::code::{Case, Refusal};
use crate::simulator::snap::fields::{formed, present};
use crate::simulator::snap::stamp;

/// One field.
pub(super) struct Rule {
    pub(super) name: &'static str,
    form: &'static str,
    fits: fn(&str) -> bool,
    needed: bool,
}

/// A field that must be there.
pub(super) const fn needed(
    name: &'static str,
    (form, fits): (&'static str, fn(&str) -> bool),
) -> Rule {
    Rule { name, form, fits, needed: true }
}

/// A field that may be there.
pub(super) const fn optional(
    name: &'static str,
    (form, fits): (&'static str, fn(&str) -> bool),
) -> Rule {
    Rule { name, form, fits, needed: false }
}

/// Forms with their descriptions.
pub(super) type Form = (&'static str, fn(&str) -> bool);
pub(super) const UP_TO_256: Form = ("at most 256 characters", |t| t.chars().count() <= 256);
pub(super) const UP_TO_128: Form = ("at most 128 characters", |t| t.chars().count() <= 128);
pub(super) const UP_TO_64: Form = ("at most 64 characters", |t| t.chars().count() <= 64);
pub(super) const UP_TO_32: Form = ("at most 32 characters", |t| t.chars().count() <= 32);
pub(super) const UP_TO_16: Form = ("at most 16 characters", |t| t.chars().count() <= 16);
pub(super) const RUPIAH: Form = ("rupiah with two decimals, like 10000.00", is_rupiah);
pub(super) const FEE: Form =
    ("rupiah with two decimals, like 0.00", |t| t == "0.00" || is_rupiah(t));
pub(super) const IDR: Form = ("IDR", |t| t == "IDR");
pub(super) const URL: Form = ("an http or https URL of at most 2048 characters", is_url);
pub(super) const MOMENT: Form =
    ("a moment with its offset", |t| stamp::read(&with_colon(t)).is_some());
pub(super) const PHONE_62: Form =
    ("digits that begin with 62, at most 16", |t| t.starts_with("62") && is_msisdn(t));
pub(super) const PHONE: Form = ("digits that begin with 62 or 0, at most 16", |t| {
    (t.starts_with("62") || t.starts_with('0')) && is_msisdn(t)
});

fn is_rupiah(text: &str) -> bool {
    crate::simulator::snap::fields::rupiah(text, false).is_some()
}

fn is_url(text: &str) -> bool {
    let web = text.starts_with("https://") || text.starts_with("http://");
    web && text.len() <= 2_048 && text.parse::<http::Uri>().is_ok()
}

fn is_msisdn(text: &str) -> bool {
    text.len() <= 16 && text.bytes().all(|b| b.is_ascii_digit()) && is_phone(text)
}

/// A moment whose offset may have been written without its colon.
pub(super) fn with_colon(text: &str) -> String {
    let bytes = text.as_bytes();
    let bare = bytes.len() > 5
        && matches!(bytes[bytes.len() - 5], b'+' | b'-')
        && bytes[bytes.len() - 4..].iter().all(u8::is_ascii_digit);
    if bare && text.contains('T') {
        let (head, minutes) = text.split_at(text.len() - 2);
        return format!("{head}:{minutes}");
    }
    text.to_owned()
}

/// Forms first, then presence.
pub(super) fn check(body: &Node, rules: &[Rule]) -> Result<(), Refusal> {
    for rule in rules.iter().filter(|rule| !body.lacks(rule.name)) {
        formed(body, rule.name, (rule.form, rule.fits))?;
    }
    for rule in rules.iter().filter(|rule| rule.needed) {
        present(body, &[rule.name])?;
    }
    Ok(())
}

/// Refuses a field whose form is right and whose value is not.
pub(super) fn wrong(name: &str, why: impl Into<String>) -> Refusal {
    Case::bad_format(name).because(why)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_form_is_said_before_a_missing_field() {
        let rules = [needed("a", UP_TO_32), needed("b.c", IDR)];
        let code = |body: &str| {
            let body = Node::read(body.as_bytes()).unwrap();
            check(&body, &rules).map_err(|refusal| refusal.case.message)
        };
        assert_eq!(code(r#"{"b":{"c":"USD"}}"#).unwrap_err(), "Invalid field format {b.c}");
        assert_eq!(code(r#"{"b":{"c":"IDR"}}"#).unwrap_err(), "Invalid mandatory field {a}");
        assert_eq!(code(r#"{"a":"","b":{"c":"IDR"}}"#).unwrap_err(), "Invalid mandatory field {a}");
        assert_eq!(
            code(r#"{"a":"x","b":[{"c":"IDR"}]}"#).unwrap_err(),
            "Invalid mandatory field {b.c}"
        );
        code(r#"{"a":"x","b":{"c":"IDR"}}"#).unwrap();
    }

    #[test]
    fn an_offset_may_lack_its_colon() {
        let (said, right) = ("2026-11-20T10:00:00+0700", "2026-11-20T10:00:00+07:00");
        assert_eq!((with_colon(said), with_colon(right)), (right.to_owned(), right.to_owned()));
        assert_eq!(with_colon("2026-11-20T03:00:00Z"), "2026-11-20T03:00:00Z");
    }
}
