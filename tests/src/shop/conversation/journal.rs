//! The simulator as a witness: every call that reached it, every notification that left it.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::line::{Line, Party, moment_ms};
use crate::shop::words::Lang;

/// What the simulator wrote down about one call.
#[derive(Debug, Deserialize)]
pub(super) struct Entry {
    seq: u64,
    at: Value,
    #[serde(default)]
    provider: String,
    #[serde(default)]
    direction: String,
    #[serde(default)]
    method: String,
    #[serde(default)]
    path: String,
    #[serde(default)]
    operation: String,
    #[serde(default)]
    reference: String,
    #[serde(default)]
    fields: Map<String, Value>,
    #[serde(default)]
    accepted: bool,
    #[serde(default)]
    verdict: String,
    #[serde(default)]
    code: Value,
    #[serde(default)]
    fault: Option<String>,
}

/// Everything the simulator has written down. An entry of another shape is left out, the others stay.
pub(super) async fn hear(http: &reqwest::Client, url: &str) -> Vec<Entry> {
    let Ok(answer) = http.get(url).send().await else { return Vec::new() };
    let entries: Vec<Value> = answer.json().await.unwrap_or_default();
    entries.into_iter().filter_map(|entry| serde_json::from_value(entry).ok()).collect()
}

impl Entry {
    /// Whether it carries one of these order numbers.
    pub(super) fn is_about(&self, references: &[String]) -> bool {
        !self.reference.is_empty() && references.contains(&self.reference)
    }

    /// The line it makes.
    pub(super) fn line(&self, lang: Lang) -> Line {
        let (from, to) = match (self.direction.as_str(), self.operation.as_str()) {
            ("out", _) => (Party::Provider, Party::Kasir),
            (_, "payment" | "link_enable") => (Party::Customer, Party::Provider),
            _ => (Party::Kasir, Party::Provider),
        };
        let at_ms = moment_ms(&self.at).unwrap_or_default();
        let mut line = Line::new(format!("{}-{}", self.provider, self.seq), at_ms, from, to);
        line.label = label(&self.operation, lang).to_owned();
        line.seal = Some((self.accepted, self.verdict.clone()));
        line.fault.clone_from(&self.fault);
        line.detail = self.detail();
        line
    }

    fn detail(&self) -> String {
        let fields: String = self
            .fields
            .iter()
            .map(|(name, value)| format!("\n{name}: {}", super::line::pretty(value)))
            .collect();
        let code = super::line::pretty(&self.code);
        format!("{} {} → {code} {}{fields}", self.method, self.path, self.verdict)
    }
}

fn label<'a>(operation: &'a str, lang: Lang) -> &'a str {
    match operation {
        "registration" => lang.pick("Tagihan", "Charge"),
        "payment" => lang.pick("Pelanggan datang", "Customer arrives"),
        "inquiry" => lang.pick("Tanya status", "Ask status"),
        "cancel" => lang.pick("Tarik kembali", "Withdraw"),
        "link_enable" => lang.pick("Pelanggan menghubungkan", "Customer links"),
        "link_initiate" => lang.pick("Tagihan ke akun terhubung", "Charge linked account"),
        "notification" => lang.pick("Notifikasi", "Notification"),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn entry(more: &Value) -> Entry {
        let mut entry = json!({
            "seq": 7, "at": "2026-11-20T05:00:00.250Z", "provider": "nicepay", "direction": "in",
            "method": "POST", "path": "/nicepay/direct/v2/registration", "operation": "registration",
            "reference": "pay_1", "transaction": null, "fields": { "amt": "98000" },
            "accepted": true, "verdict": "accepted", "hints": [], "code": "0000", "fault": null,
        });
        for (name, value) in more.as_object().expect("fields") {
            entry[name] = value.clone();
        }
        serde_json::from_value(entry).expect("an entry")
    }

    #[test]
    fn a_call_is_an_arrow_and_a_notification_one_back() {
        let call = entry(&json!({})).line(Lang::En);
        assert_eq!((call.from, call.to), (Party::Kasir, Party::Provider));
        let back =
            entry(&json!({ "direction": "out", "operation": "notification" })).line(Lang::En);
        assert_eq!((back.from, back.to), (Party::Provider, Party::Kasir));
        let browser = entry(&json!({ "operation": "payment" })).line(Lang::En);
        assert_eq!((browser.from, browser.to), (Party::Customer, Party::Provider));
    }

    #[test]
    fn a_refusal_shows_as_a_cross_with_its_reason() {
        let line =
            entry(&json!({ "accepted": false, "verdict": "merchantToken differs" })).line(Lang::En);
        assert_eq!(line.seal, Some((false, "merchantToken differs".to_owned())));
    }

    #[test]
    fn an_entry_without_a_reference_is_about_no_order() {
        assert!(!entry(&json!({ "reference": "" })).is_about(&[String::new()]));
        assert!(entry(&json!({})).is_about(&["pay_1".to_owned()]));
        assert!(!entry(&json!({})).is_about(&["pay_12".to_owned()]));
    }
}
