//! The stories: what a customer, a shop and a provider can do to Kasir, through HTTP alone.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod trouble;
mod links;
mod routing;
mod orphans;
mod circuits;
mod national;
mod amounts;
mod notifications;
mod verdicts;
mod catalogues;
mod returns;
mod checkout;
mod races;
mod merchant;
mod refusals;
mod idempotency;
mod refunds;
mod stream;
mod webhooks;
mod wallets;
mod over_snap;
mod winpay;
mod winpay_callbacks;
mod everything;
mod espay;
mod openapi;

use kasir_tests::story::world::Reply;

/// The refusal is a problem document with this status, code and field.
#[track_caller]
fn is_problem(reply: &Reply, status: u16, code: &str, field: Option<&str>) {
    let body = &reply.body;
    assert_eq!((reply.status, body["code"].as_str()), (status, Some(code)), "{}", reply.text);
    assert_eq!(body["field"].as_str(), field, "{}", reply.text);
    assert_eq!(body["status"], status, "{}", reply.text);
    assert_eq!(body["type"], format!("urn:kasir:problem:{code}"), "{}", reply.text);
    for name in ["title", "detail"] {
        assert!(!body[name].as_str().unwrap_or_default().is_empty(), "{}", reply.text);
    }
    let kind = reply.headers.get("content-type").and_then(|value| value.to_str().ok());
    assert_eq!(kind, Some("application/problem+json"));
}
