//! The simulator as a witness: every call that reached it, every notification that left it.

use form_urlencoded::byte_serialize;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::line::{Line, Party, moment_ms, pretty};
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

/// What the simulator has written down about one order number. An entry of another shape is left
/// out, the others stay.
pub(super) async fn hear(http: &reqwest::Client, sim_url: &str, reference: &str) -> Vec<Entry> {
    let reference_encoded: String = byte_serialize(reference.as_bytes()).collect();
    let request = http.get(format!("{sim_url}/_sim/requests?reference={reference_encoded}"));
    let Ok(answer) = request.send().await else { return Vec::new() };
    let entries: Vec<Value> = answer.json().await.unwrap_or_default();
    let entries = entries.into_iter().filter_map(|entry| serde_json::from_value(entry).ok());
    entries.filter(|entry: &Entry| entry.is_about(reference)).collect()
}

impl Entry {
    /// Whether it carries this order number; some calls carry none.
    fn is_about(&self, reference: &str) -> bool {
        !self.reference.is_empty() && self.reference == reference
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
        line.label = [label(&self.operation, lang), name(&self.provider)].join(" · ");
        line.seal = Some((self.accepted, self.verdict.clone()));
        line.fault = self.fault.as_deref().map(|fault| trouble(fault, lang));
        line.detail = self.detail();
        line
    }

    fn detail(&self) -> String {
        let code = pretty(&self.code);
        let mut detail = format!("{} {} → {code} {}", self.method, self.path, self.verdict);
        for (name, value) in &self.fields {
            detail += &["\n", name, ": ", &pretty(value)].concat();
        }
        detail
    }
}

fn label(operation: &str, lang: Lang) -> &str {
    match operation {
        "token" => lang.pick("Pinjam token", "Borrow token"),
        "registration" => lang.pick("Tagihan", "Charge"),
        "payment" => lang.pick("Pelanggan datang", "Customer arrives"),
        "inquiry" => lang.pick("Tanya status", "Ask status"),
        "cancel" => lang.pick("Tarik kembali", "Withdraw"),
        "link_enable" => lang.pick("Pelanggan menghubungkan", "Customer links"),
        "link_initiate" => lang.pick("Tagihan ke akun terhubung", "Charge linked account"),
        "notification" => lang.pick("Notifikasi", "Notification"),
        "merchant_info" => lang.pick("Tanya daftar produk", "Ask for products"),
        "auth_code" => lang.pick("Minta halaman persetujuan", "Ask for consent page"),
        "binding" => lang.pick("Hubungkan akun", "Link account"),
        "account_inquiry" => lang.pick("Tanya akun terhubung", "Ask about link"),
        "balance" => lang.pick("Tanya saldo", "Ask balance"),
        "unbinding" => lang.pick("Putuskan akun", "Unlink account"),
        "bill" => lang.pick("Tanya tagihan", "Ask for the bill"),
        other => other,
    }
}

/// A provider as it writes itself.
fn name(provider: &str) -> &str {
    match provider {
        "nicepay" => "NICEPAY",
        "winpay" => "Winpay",
        "espay" => "Espay",
        other => other,
    }
}

/// A fault in the words of the panel's buttons; the rare ones keep the simulator's.
fn trouble(fault: &str, lang: Lang) -> String {
    let words = lang.words();
    match fault {
        "lost_reply" => words.lost_reply.to_lowercase(),
        "forged_notification" => words.forged.to_lowercase(),
        "duplicate_notification" => words.duplicate.to_lowercase(),
        other => other.replace('_', " "),
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
        assert!(!entry(&json!({ "reference": "" })).is_about(""));
        assert!(entry(&json!({})).is_about("pay_1"));
        assert!(!entry(&json!({})).is_about("pay_12"));
    }
}
