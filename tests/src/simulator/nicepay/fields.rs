//! A merchant's fields as they arrived, and the checks that every operation makes of them.
use super::codes::{Code, DATE_TIME, MALFORMED, Refusal};
use crate::simulator::journal::shortened;
use serde_json::Value;
use std::collections::BTreeMap;

/// What arrived, by name. Null is absent; a number counts as its text only where that is allowed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fields {
    texts: BTreeMap<String, String>,
    others: BTreeMap<String, Value>,
}

/// A field that must be there: its name, most characters, and the code that misses it.
pub(crate) struct Rule {
    pub(crate) name: &'static str,
    pub(crate) max: usize,
    pub(crate) digits: bool,
    pub(crate) missing: Code,
}

/// A text.
pub(crate) const fn text(name: &'static str, max: usize, missing: Code) -> Rule {
    Rule { name, max, digits: false, missing }
}

/// Digits only.
pub(crate) const fn digits(name: &'static str, max: usize, missing: Code) -> Rule {
    Rule { name, max, digits: true, missing }
}

impl Fields {
    /// Reads a JSON object.
    pub(crate) fn from_json(body: &[u8]) -> Result<Self, String> {
        let value: Value = serde_json::from_slice(body)
            .map_err(|error| format!("the body is not JSON: {error}"))?;
        let Value::Object(map) = value else { return Err("the body is not a JSON object".into()) };
        let mut fields = Self::default();
        for (name, value) in map {
            match value {
                Value::Null => {}
                Value::String(text) => drop(fields.texts.insert(name, text)),
                // An official client sends its amount as a number.
                Value::Number(number) if name == "amt" => {
                    fields.texts.insert(name, number.to_string());
                }
                Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
                    fields.others.insert(name, value);
                }
            }
        }
        Ok(fields)
    }

    /// Reads a form and a query; the form wins. One official client writes `None` for nothing.
    pub(crate) fn from_form(query: &str, body: &[u8]) -> Self {
        let pairs = form_urlencoded::parse(query.as_bytes()).chain(form_urlencoded::parse(body));
        let owned = pairs.map(|(name, value)| (name.into_owned(), value.into_owned()));
        let texts = owned.filter(|(_, value)| value != "None").collect();
        Self { texts, others: BTreeMap::new() }
    }

    /// The text of a field; empty where it is absent.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.texts.get(name).map_or("", String::as_str)
    }

    /// What came where a text was expected.
    pub(crate) fn not_text(&self, name: &str) -> Option<&Value> {
        self.others.get(name)
    }

    /// The fields for the journal.
    pub(crate) fn shown(&self) -> BTreeMap<String, String> {
        let others = self.others.iter().map(|(name, value)| (name.clone(), value.to_string()));
        let mut shown: BTreeMap<String, String> = self.texts.clone().into_iter().collect();
        shown.extend(others);
        if let Some(token) = shown.get_mut("merchantToken") {
            *token = shortened(token);
        }
        shown
    }

    /// Every field of every group is there; the first that is not names the code.
    pub(crate) fn all_present(&self, groups: &[&[Rule]]) -> Result<(), Refusal> {
        groups.iter().try_for_each(|rules| self.present(rules))
    }

    /// Every field of every group has its form.
    pub(crate) fn all_well_formed(&self, groups: &[&[Rule]]) -> Result<(), Refusal> {
        groups.iter().copied().flatten().try_for_each(|rule| self.well_formed(rule))
    }

    /// Every field is there, in the order of the rules; then every one has its form.
    pub(crate) fn require(&self, rules: &[Rule]) -> Result<(), Refusal> {
        self.present(rules)?;
        rules.iter().try_for_each(|rule| self.well_formed(rule))
    }

    /// Every field is there; the first that is not names the code.
    pub(crate) fn present(&self, rules: &[Rule]) -> Result<(), Refusal> {
        let absent = |r: &&Rule| self.get(r.name).is_empty() && self.not_text(r.name).is_none();
        match rules.iter().find(absent) {
            Some(rule) => Err(Refusal::new(rule.missing, self.missing(rule.name))),
            None => Ok(()),
        }
    }

    fn well_formed(&self, rule: &Rule) -> Result<(), Refusal> {
        let (name, value) = (rule.name, self.get(rule.name));
        let wrong = |why: String| Err(Refusal::new(MALFORMED, why));
        if let Some(other) = self.not_text(name) {
            return wrong(format!("{name} must be a JSON string, it is {}", kind(other)));
        }
        let length = value.chars().count();
        if length > rule.max {
            return wrong(format!("{name} has {length} characters, at most {} fit", rule.max));
        }
        if rule.digits && !value.bytes().all(|b| b.is_ascii_digit()) {
            return wrong(format!("{name} must be digits only, it is {value:?}"));
        }
        Ok(())
    }

    /// Says that a field is missing, and which one looks like it.
    fn missing(&self, name: &str) -> String {
        let alike = |other: &&String| other.eq_ignore_ascii_case(name) && *other != name;
        match self.texts.keys().find(alike) {
            Some(other) => format!("{name} is missing; {other} is spelled differently"),
            None => format!("{name} is missing or empty"),
        }
    }

    /// `timeStamp` is 14 digits; whether they are a date is not asked.
    pub(crate) fn time_stamp(&self) -> Result<&str, Refusal> {
        let stamp = self.get("timeStamp");
        if stamp.len() == 14 && stamp.bytes().all(|b| b.is_ascii_digit()) {
            return Ok(stamp);
        }
        let why = format!("timeStamp must be 14 digits (YYYYMMDDHHMISS), it is {stamp:?}");
        Err(Refusal::new(DATE_TIME, why))
    }
}

/// What `amt` must look like: `[1-9][0-9]{0,11}`.
pub(crate) fn rupiah(amt: &str) -> Option<i64> {
    let plain = amt.bytes().all(|b| b.is_ascii_digit()) && !amt.starts_with('0');
    (plain && (1..=12).contains(&amt.len())).then(|| amt.parse().ok())?
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_with_decimals_separators_or_zeros_in_front_is_no_amount() {
        for wrong in ["", "0", "010", "10000.00", "10.000", "-1", " 1", "1234567890123", "١"] {
            assert_eq!(rupiah(wrong), None, "{wrong:?}");
        }
        assert_eq!((rupiah("1"), rupiah("999999999999")), (Some(1), Some(999_999_999_999)));
    }

    #[test]
    fn a_field_in_the_wrong_case_is_missing_and_the_journal_says_so() {
        let fields = Fields::from_json(br#"{"txid":"x"}"#).unwrap();
        let refusal = fields.require(&[text("tXid", 30, MALFORMED)]).unwrap_err();
        assert_eq!(refusal.why, "tXid is missing; txid is spelled differently");
    }

    #[test]
    fn a_number_is_taken_for_an_amount_and_for_nothing_else() {
        let fields = Fields::from_json(br#"{"amt":1000,"payMethod":5,"vat":null}"#).unwrap();
        assert_eq!((fields.get("amt"), fields.get("payMethod")), ("1000", ""));
        let refusal = fields.require(&[text("payMethod", 2, MALFORMED)]).unwrap_err();
        assert_eq!(refusal.why, "payMethod must be a JSON string, it is a number");
    }

    #[test]
    fn a_form_wins_over_a_query_and_a_literal_none_is_nothing() {
        let fields = Fields::from_form("tXid=query&cardNo=None", b"tXid=form&a=b+c");
        assert_eq!(
            (fields.get("tXid"), fields.get("cardNo"), fields.get("a")),
            ("form", "", "b c")
        );
    }

    #[test]
    fn a_missing_field_is_found_before_a_malformed_one() {
        let fields = Fields::from_json(br#"{"a":"toolong"}"#).unwrap();
        let rules = [text("a", 2, MALFORMED), text("b", 2, DATE_TIME)];
        assert_eq!(fields.require(&rules).unwrap_err().code, DATE_TIME);
    }
}
