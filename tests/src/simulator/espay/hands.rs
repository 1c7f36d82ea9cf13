//! What tests, and people at the demo, do to Espay and its wallets, by a method or over HTTP.
use super::{EspayLinkView, Purse, ReturnedState};
use crate::simulator::Simulator;
use crate::simulator::control::{named, parse, problem, refused, unprocessable};
use crate::simulator::journal::Direction;
use crate::simulator::view::{Decision, Operation, Provider, Refused, Transaction};
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use axum::{Json, Router};
use bytes::Bytes;
use http::StatusCode;
use serde::Deserialize;
use serde_json::json;
use std::collections::HashMap;

/// Who consents where nobody says who.
const SOMEBODY: &str = "081234567890";

impl Simulator {
    /// Every wish to link an account at Espay, oldest first.
    pub fn espay_links(&self) -> Vec<EspayLinkView> {
        self.shared.change("", |desk| super::links(desk))
    }

    /// A customer consents to a link, or cancels, without a browser; the view says where one would
    /// go then. The phone is the one that the merchant gave, or else one of nobody's.
    pub fn answer_espay_link(&self, id: &str, accepts: bool) -> Result<EspayLinkView, Refused> {
        self.answer_espay_link_as(id, accepts, SOMEBODY)
    }

    /// The same by the owner of this phone, where the merchant gave none.
    pub fn answer_espay_link_as(
        &self,
        id: &str,
        accepts: bool,
        phone: &str,
    ) -> Result<EspayLinkView, Refused> {
        let done = self.shared.change("", |desk| super::answer(desk, id, (accepts, phone)));
        self.shared.wake.notify_one();
        done
    }

    /// The wallets end every agreement at Espay, and tell nobody.
    pub fn forget_espay_tokens(&self) {
        self.shared.change("", super::forget_tokens);
    }

    /// How many calls of this kind reached Espay, whatever became of them.
    pub fn espay_calls(&self, operation: Operation) -> usize {
        let ours = self.requests();
        let ours = ours.iter().filter(|entry| {
            let here = entry.provider == Provider::Espay && entry.direction == Direction::In;
            here && entry.operation == operation
        });
        ours.count()
    }

    /// What is on a wallet's account, in whole rupiah: cash, and points. The wallet is a product
    /// code or our method id; nothing where there is no such wallet.
    pub fn wallet(&self, wallet: &str, phone: &str) -> Option<(i64, i64)> {
        let method = super::method(wallet)?;
        let purse = self.shared.change("", |desk| *super::purse(desk, method, phone));
        Some((purse.cash, purse.points))
    }

    /// Puts this much on a wallet's account. Nothing where there is no such wallet.
    pub fn fill_wallet(&self, wallet: &str, phone: &str, (cash, points): (i64, i64)) -> Option<()> {
        let method = super::method(wallet)?;
        let filled = Purse { cash, points };
        self.shared.change("", |desk| *super::purse(desk, method, phone) = filled);
        Some(())
    }

    /// Espay sells a product, or does not for now. Nothing where there is no such product.
    pub fn offer_espay_product(&self, code: &str, sold: bool) -> Option<()> {
        self.shared.change("", |desk| super::offer(desk, code, sold))
    }

    /// The merchant's address, as somebody registers it in Espay's portal.
    pub fn register_at_espay(&self, base: &str) {
        self.shared.change("", |desk| super::register(desk, base));
    }

    /// What state browsers bring back from consents from now on.
    pub fn return_espay_state(&self, state: ReturnedState) {
        self.shared.change("", |desk| super::return_state(desk, state));
    }

    /// The order of a payment at Espay is paid once more, as another transaction, by default of the
    /// same amount: that transaction. Nothing where there is no such payment, or too little money.
    pub fn pay_espay_again(&self, id: &str, amount: Option<i64>) -> Option<Transaction> {
        let again = self.shared.change("", |desk| super::pay_again(desk, id, amount));
        self.shared.has_decided();
        self.transactions().into_iter().find(|transaction| Some(&transaction.id) == again.as_ref())
    }
}

/// The part of the control interface that is Espay's.
pub(crate) fn controls() -> Router<Simulator> {
    Router::new()
        .route("/_sim/wallets/{wallet}/{phone}", get(wallet).post(fill))
        .route("/_sim/providers/espay/links", get(links))
        .route("/_sim/providers/espay/links/{id}/{decision}", post(answer_link))
        .route("/_sim/providers/espay/tokens", delete(forget))
        .route("/_sim/providers/espay/state/{state}", post(return_state))
        .route("/_sim/providers/espay/products/{code}/{turn}", post(offer))
        .route("/_sim/providers/espay/payments/{id}/again", post(again))
}

fn unknown(detail: &str) -> Response {
    problem(StatusCode::NOT_FOUND, "not_found", detail)
}

async fn wallet(
    State(sim): State<Simulator>,
    Path((wallet, phone)): Path<(String, String)>,
) -> Response {
    match sim.wallet(&wallet, &phone) {
        Some((cash, points)) => Json(json!({ "cash": cash, "points": points })).into_response(),
        None => unknown("there is no such wallet"),
    }
}

/// What there is to be on an account; what is left out stays.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Filling {
    cash: Option<i64>,
    points: Option<i64>,
}

async fn fill(
    State(sim): State<Simulator>,
    Path((name, phone)): Path<(String, String)>,
    body: Bytes,
) -> Response {
    let filling: Filling = match parse(&body) {
        Ok(filling) => filling,
        Err(why) => return unprocessable(&why),
    };
    if let Some((cash, points)) = sim.wallet(&name, &phone) {
        let filled = (filling.cash.unwrap_or(cash), filling.points.unwrap_or(points));
        sim.fill_wallet(&name, &phone, filled);
    }
    wallet(State(sim), Path((name, phone))).await
}

async fn links(State(sim): State<Simulator>) -> Response {
    Json(sim.espay_links()).into_response()
}

async fn answer_link(
    State(sim): State<Simulator>,
    Path((id, word)): Path<(String, String)>,
    Query(query): Query<HashMap<String, String>>,
) -> Response {
    let accepts = match named::<Decision>(&word) {
        Some(Decision::Approve) => true,
        Some(Decision::Decline) => false,
        Some(Decision::Expire | Decision::Refund) | None => {
            return unknown("there are approve and decline");
        }
    };
    let phone = query.get("phone").map_or(SOMEBODY, String::as_str);
    match sim.answer_espay_link_as(&id, accepts, phone) {
        Ok(link) => Json(link).into_response(),
        Err(why) => refused(why),
    }
}

async fn forget(State(sim): State<Simulator>) -> StatusCode {
    sim.forget_espay_tokens();
    StatusCode::NO_CONTENT
}

async fn return_state(State(sim): State<Simulator>, Path(word): Path<String>) -> Response {
    let Some(state) = named::<ReturnedState>(&word) else {
        return unknown("there are right, wrong and missing");
    };
    sim.return_espay_state(state);
    Json(json!({ "state": state })).into_response()
}

async fn offer(
    State(sim): State<Simulator>,
    Path((code, turn)): Path<(String, String)>,
) -> Response {
    let sold = match turn.as_str() {
        "on" => true,
        "off" => false,
        _ => return unknown("there are on and off"),
    };
    match sim.offer_espay_product(&code, sold) {
        Some(()) => Json(json!({ "product": code, "sold": sold })).into_response(),
        None => unknown("there is no such product"),
    }
}

async fn again(State(sim): State<Simulator>, Path(id): Path<String>) -> Response {
    match sim.pay_espay_again(&id, None) {
        Some(transaction) => Json(transaction).into_response(),
        None => unknown("there is no such payment, or too little money"),
    }
}
