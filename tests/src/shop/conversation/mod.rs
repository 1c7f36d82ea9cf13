//! Behind the scenes: who said what to whom about an order, and the customer's phone.
//!
//! Three witnesses are heard: the shop's own diary and deliveries, the simulator's journal, and
//! Kasir's timeline of each attempt. None of them is needed: what a silent one would have said is
//! left out.

use std::sync::atomic::Ordering;

use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use serde::Deserialize;
use serde_json::json;

use super::order::Order;
use super::pages::{Page, respond};
use super::visitor::Visitor;
use super::words::Lang;
use super::{Shop, lock};

mod line;
mod diary;
mod journal;
mod timeline;
mod panel;

pub(super) use diary::Diary;
use line::Line;

/// `/conversation`: as a page of its own, or with `part=1` the lines alone for the script.
pub(super) async fn show(State(shop): State<Shop>, visitor: Visitor) -> Response {
    let lang = visitor.lang;
    let order = visitor.asked("order").and_then(|id| shop.order(id));
    let lines = match &order {
        Some(order) => gather(&shop, order, lang).await,
        None => Vec::new(),
    };
    if visitor.asked("part").is_some() {
        return Html(panel::talk(&lines, lang)).into_response();
    }
    let words = lang.words();
    let main = panel::alone(&stage(&shop), order.as_ref(), &lines, lang);
    let head = r#"<noscript><meta http-equiv="refresh" content="3"></noscript>"#.to_owned();
    let title = words.behind.to_owned();
    let order = order.map(|order| order.id);
    respond(&shop, &visitor, &Page { title, head, main, order, ..Page::default() })
}

/// The panel beside every page but its own.
pub(super) fn beside(shop: &Shop, lang: Lang, order: Option<&Order>) -> String {
    panel::beside(&stage(shop), order, lang)
}

/// What the panel needs to know of the world behind the shop.
fn stage(shop: &Shop) -> panel::Stage<'_> {
    let config = &shop.0.config;
    let winpay_up = config.winpay.then(|| shop.0.winpay_up.load(Ordering::Relaxed));
    panel::Stage { sim_url: &config.sim_url, winpay_up }
}

/// What a person may do to the demo's world.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Deed {
    AdvanceClock,
    LostReply,
    ForgedNotification,
    DuplicateNotification,
    WinpayUp,
    WinpayDown,
}

impl Deed {
    /// Whether Winpay is up after it, where it says.
    const fn turns_winpay(self) -> Option<bool> {
        match self {
            Self::WinpayUp => Some(true),
            Self::WinpayDown => Some(false),
            Self::AdvanceClock
            | Self::LostReply
            | Self::ForgedNotification
            | Self::DuplicateNotification => None,
        }
    }

    /// The simulator's address for it, and what to send there.
    fn order(self, provider: &str) -> (&'static str, serde_json::Value) {
        let fault = |body| ("/_sim/faults", body);
        match self {
            Self::AdvanceClock => ("/_sim/clock", json!({ "advance_s": 60 })),
            // Where it hurts: the charge is made, and nobody hears of it.
            Self::LostReply => fault(json!({
                "provider": provider, "fault": "lost_reply", "times": 1, "operation": "registration",
            })),
            // As soon as there is something that somebody could claim to have paid.
            Self::ForgedNotification if provider == "winpay" => fault(json!({
                "provider": provider, "fault": "forged_notification", "times": 1,
                "operation": "registration",
            })),
            Self::ForgedNotification => {
                fault(json!({ "provider": provider, "fault": "forged_notification", "times": 1 }))
            }
            Self::DuplicateNotification => fault(
                json!({ "provider": provider, "fault": "duplicate_notification", "times": 1 }),
            ),
            Self::WinpayUp => ("/_sim/providers/winpay/up", json!({})),
            Self::WinpayDown => ("/_sim/providers/winpay/down", json!({})),
        }
    }
}

/// A press of one of the panel's buttons.
#[derive(Deserialize)]
pub(super) struct Nudge {
    deed: Deed,
    /// From the script, which stays on its page.
    part: Option<String>,
}

/// Moves the clock or arms a fault, through the shop's server, so that the simulator need not know
/// about browsers of other origins.
pub(super) async fn nudge(State(shop): State<Shop>, Form(nudge): Form<Nudge>) -> Response {
    let stage = stage(&shop);
    let provider = if stage.winpay_up == Some(true) { "winpay" } else { "nicepay" };
    let (path, body) = nudge.deed.order(provider);
    let url = format!("{}{path}", shop.0.config.sim_url);
    let sent = shop.0.kasir.http.post(url).json(&body).send().await;
    let done = sent.is_ok_and(|answer| answer.status().is_success());
    if let (Some(up), true) = (nudge.deed.turns_winpay(), done) {
        shop.0.winpay_up.store(up, Ordering::Relaxed);
    }
    match (nudge.part, done) {
        (Some(_), true) => StatusCode::NO_CONTENT.into_response(),
        (_, false) => StatusCode::BAD_GATEWAY.into_response(),
        (None, true) => Redirect::to("/conversation").into_response(),
    }
}

/// Somebody else may have turned the switch.
async fn look_at_winpay(shop: &Shop) {
    let url = format!("{}/_sim/providers", shop.0.config.sim_url);
    let Ok(answer) = shop.0.kasir.http.get(url).send().await else { return };
    let providers: Vec<serde_json::Value> = answer.json().await.unwrap_or_default();
    let winpay = providers.iter().find(|provider| provider["provider"] == "winpay");
    if let Some(up) = winpay.and_then(|winpay| winpay["up"].as_bool()) {
        shop.0.winpay_up.store(up, Ordering::Relaxed);
    }
}

async fn gather(shop: &Shop, order: &Order, lang: Lang) -> Vec<Line> {
    if shop.0.config.winpay {
        look_at_winpay(shop).await;
    }
    let mut lines = lock(&shop.0.diary).lines(&order.id, lang);
    lines.extend(lock(&shop.0.deliveries).about(&order.id).enumerate().map(diary::delivered));
    let mut references = Vec::new();
    if let Some(session) = &order.session {
        lines.extend(timeline::hear(&shop.0.kasir, &session.id, &mut references, lang).await);
    }
    for reference in &references {
        let heard = journal::hear(&shop.0.kasir.http, &shop.0.config.sim_url, reference).await;
        lines.extend(heard.iter().map(|entry| entry.line(lang)));
    }
    lines.sort_by_key(Line::place);
    lines
}
