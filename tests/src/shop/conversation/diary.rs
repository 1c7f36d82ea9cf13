//! What the shop itself has seen: the sessions it asked for, and the deliveries it got.

use std::collections::VecDeque;

use super::line::{Line, Party, Turn, pretty};
use crate::shop::html::rupiah;
use crate::shop::kasir::{KasirError, session_request};
use crate::shop::order::{Heard, Order, Session};
use crate::shop::webhook::{Delivery, Verdict};
use crate::shop::words::Lang;

/// Older entries make room for newer ones.
const ENTRIES_MAX: usize = 2_000;

/// The sessions the shop asked for, oldest first.
#[derive(Default)]
pub(in crate::shop) struct Diary(VecDeque<Asked>);

struct Asked {
    order: String,
    at_s: i64,
    amount: u64,
    request: String,
    outcome: Result<String, String>,
}

impl Diary {
    /// Notes that a session was asked for, and what came of it.
    pub(in crate::shop) fn asked_for_session(
        &mut self,
        order: &Order,
        return_url: &str,
        at_s: i64,
        outcome: &Result<Session, KasirError>,
    ) {
        let outcome = outcome.as_ref().map(|session| session.id.clone());
        let asked = Asked {
            order: order.id.clone(),
            at_s,
            amount: order.total,
            request: pretty(&session_request(order, return_url)),
            outcome: outcome.map_err(ToString::to_string),
        };
        if self.0.len() == ENTRIES_MAX {
            self.0.pop_front();
        }
        self.0.push_back(asked);
    }

    pub(super) fn lines(&self, order: &str, lang: Lang) -> Vec<Line> {
        let about = self.0.iter().filter(|asked| asked.order == order).enumerate();
        about.flat_map(|(place, asked)| asked.lines(place, lang)).collect()
    }
}

impl Asked {
    fn lines(&self, place: usize, lang: Lang) -> [Line; 2] {
        let at_ms = self.at_s * 1000;
        let mut question = Line::new(format!("ask-{place}"), at_ms, Party::Shop, Party::Kasir);
        question.turn = Turn::ShopAsks;
        question.label = format!("{} {}", lang.pick("Sesi", "Session"), rupiah(self.amount));
        question.detail = format!("POST /v1/sessions\n{}", self.request);
        let mut answer = Line::new(format!("given-{place}"), at_ms, Party::Kasir, Party::Shop);
        answer.turn = Turn::ShopAsks;
        match &self.outcome {
            Ok(session) => {
                lang.pick("Sesi dibuat", "Session created").clone_into(&mut answer.label);
                answer.change = Some((String::new(), "open".to_owned()));
                answer.detail.clone_from(session);
            }
            Err(why) => {
                lang.pick("Tidak jadi", "Refused").clone_into(&mut answer.label);
                answer.detail.clone_from(why);
            }
        }
        [question, answer]
    }
}

/// A delivery as a line: from Kasir, or from somebody who says so.
pub(super) fn delivered((place, delivery): (usize, &Delivery)) -> Line {
    let at_ms = delivery.at_s * 1000;
    let mut line = Line::new(format!("webhook-{place}"), at_ms, Party::Kasir, Party::Shop);
    line.turn = Turn::ShopHears;
    let kind = if delivery.kind.is_empty() { "webhook" } else { &delivery.kind };
    kind.clone_into(&mut line.label);
    let (good, words) = match delivery.verdict {
        Verdict::Believed(Heard::Taken) => (true, "204".to_owned()),
        Verdict::Believed(Heard::Duplicate) => (true, "204, duplicate".to_owned()),
        Verdict::Believed(Heard::Older) => (true, "204, older".to_owned()),
        Verdict::Believed(Heard::Stranger) => (true, "204, unknown order".to_owned()),
        Verdict::Refused(refusal) => (false, format!("401, {refusal}")),
        Verdict::Unreadable => (false, "400, unreadable".to_owned()),
    };
    line.detail = format!(
        "POST /webhooks/kasir → {words}\nwebhook-id: {}\nversion: {}\n{}",
        delivery.id, delivery.version, delivery.body
    );
    line.seal = Some((good, words));
    line
}
