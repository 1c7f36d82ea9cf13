//! Kasir as a witness: what it decided about each attempt.

use serde_json::Value;

use super::line::{Line, Party, moment_ms, pretty};
use crate::shop::kasir::Kasir;
use crate::shop::words::Lang;

/// The decisions about every attempt of a session. Adds the numbers under which a provider knows
/// them to `references`.
pub(super) async fn hear(
    kasir: &Kasir,
    session: &str,
    references: &mut Vec<String>,
    lang: Lang,
) -> Vec<Line> {
    let session = kasir.read(&format!("/v1/sessions/{session}")).await.unwrap_or_default();
    let mut lines = Vec::new();
    for attempt in session["attempts"].as_array().into_iter().flatten() {
        let Some(id) = attempt["id"].as_str() else { continue };
        references.extend(attempt["provider_reference"].as_str().map(ToOwned::to_owned));
        let attempt = kasir.read(&format!("/v1/attempts/{id}")).await.unwrap_or_default();
        lines.extend(served(id, &attempt));
        let entries = attempt["timeline"].as_array().into_iter().flatten().enumerate();
        lines.extend(entries.filter_map(|(place, entry)| line(id, place, entry, lang)));
    }
    lines
}

/// What is said of an account that was left or skipped, and why. An attempt that takes over names its
/// account already, and the one that it takes over from says the same once more.
fn passed_by(summary: &str) -> &str {
    let known = summary.starts_with("left for account") || summary.contains(" takes over from ");
    if known { "" } else { summary }
}

/// Which account an attempt went through.
fn served(id: &str, attempt: &Value) -> Option<Line> {
    let at_ms = moment_ms(&attempt["created_at"])?;
    let (method, account) = (attempt["method"].as_str()?, attempt["account"].as_str()?);
    let mut line = Line::new(format!("{id}-account"), at_ms, Party::Kasir, Party::Kasir);
    line.label = format!("{method} → {account}");
    line.calm = true;
    line.detail = format!("{id}\n{}", attempt["provider"].as_str().unwrap_or_default());
    Some(line)
}

/// A status that changed, a silence and an alarm are notes on Kasir's lane; what Kasir said to the
/// provider, or heard from it, the simulator tells from its side.
fn line(attempt: &str, place: usize, entry: &Value, lang: Lang) -> Option<Line> {
    let before = entry["status_before"].as_str().unwrap_or_default();
    let after = entry["status_after"].as_str().filter(|after| *after != before);
    let summary = entry["summary"].as_str().or(entry["kind"].as_str()).unwrap_or_default();
    let label = match entry["kind"].as_str() {
        Some("silence") => lang.pick("Tidak ada jawaban", "No answer"),
        Some("alarm") => lang.pick("Panggil orang", "A person is called"),
        Some("route") => passed_by(summary),
        Some(_) | None => "",
    };
    if after.is_none() && label.is_empty() {
        return None;
    }
    let at_ms = moment_ms(&entry["at"])?;
    let key = format!("{attempt}-{place}");
    let mut line = Line::new(key, at_ms, Party::Kasir, Party::Kasir);
    line.change = after.map(|after| (before.to_owned(), after.to_owned()));
    line.calm = entry["kind"] == "route";
    label.clone_into(&mut line.label);
    line.detail = format!("{summary}\n{}", pretty(&entry["detail"]));
    Some(line)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_what_changed_a_status_is_a_note() {
        let change = json!({
            "at": "2026-11-20T05:00:00Z", "kind": "inquiry", "summary": "NICEPAY says paid",
            "status_before": "pending", "status_after": "paid",
        });
        let line = line("pay_1", 3, &change, Lang::En).expect("a note");
        assert_eq!(line.change, Some(("pending".to_owned(), "paid".to_owned())));
        let same = json!({
            "at": "2026-11-20T05:00:00Z", "status_before": "pending", "status_after": "pending",
        });
        assert_eq!(super::line("pay_1", 4, &same, Lang::En), None);
    }

    #[test]
    fn a_silence_is_a_note_although_it_changes_nothing() {
        let silence =
            json!({ "at": "2026-11-20T05:00:00Z", "kind": "silence", "summary": "timed out" });
        let line = line("pay_1", 3, &silence, Lang::En).expect("a note");
        assert_eq!((line.label.as_str(), line.change), ("No answer", None));
    }

    #[test]
    fn an_attempt_names_its_account_and_a_route_says_why_another_was_left() {
        let attempt = json!({
            "created_at": "2026-11-20T05:00:00Z", "method": "ovo", "account": "winpay",
            "provider": "winpay",
        });
        assert_eq!(served("pay_1", &attempt).expect("a note").label, "ovo → winpay");
        assert_eq!(served("pay_1", &json!({})), None);
        let route = json!({
            "at": "2026-11-20T05:00:00Z", "kind": "route",
            "summary": "account winpay was left: nothing could be sent",
        });
        let line = line("pay_1", 0, &route, Lang::En).expect("a note");
        assert_eq!(line.label, "account winpay was left: nothing could be sent");
        assert!(line.calm);
        let again = json!({
            "at": "2026-11-20T05:00:00Z", "kind": "route",
            "summary": "account nicepay takes over from pay_1",
        });
        assert_eq!(super::line("pay_2", 1, &again, Lang::En), None);
    }

    #[test]
    fn an_entry_of_another_shape_is_left_out() {
        for odd in
            [json!(null), json!("text"), json!({ "at": 5 }), json!({ "status_after": "paid" })]
        {
            assert_eq!(line("pay_1", 0, &odd, Lang::En), None, "{odd}");
        }
    }
}
