//! NICEPAY over SNAP BI: tokens, and the wallets that V2 has too.
//!
//! Written from section 10 of `providers/nicepay.md`. Orders are in the same books as V2's; the
//! wallets and the rules of giving back are the same.
mod cart;
mod create;
mod door;
mod handoff;
mod notification;
mod refund;
mod settings;
mod status;
mod token;

use crate::simulator::Simulator;
use crate::simulator::snap::call::{Service, route};
use crate::simulator::view::{Operation, Provider};
use axum::Router;
use axum::routing::any;
pub(super) use notification::{forge, tell};
pub use settings::{NicepaySnapMerchant, NicepaySnapSettings};
pub(crate) use token::Tokens;

const TOKEN: Service = Service {
    provider: Provider::Nicepay,
    number: 73,
    operation: Operation::Token,
    path: "/v1.0/access-token/b2b",
    handle: token::lend,
};
const CREATE: Service = Service {
    number: 54,
    operation: Operation::Registration,
    path: "/api/v1.0/debit/payment-host-to-host",
    handle: create::create,
    ..TOKEN
};
const STATUS: Service = Service {
    number: 55,
    operation: Operation::Inquiry,
    path: "/api/v1.0/debit/status",
    handle: status::status,
    ..TOKEN
};
const REFUND: Service = Service {
    number: 58,
    operation: Operation::Cancel,
    path: "/api/v1.0/debit/refund",
    handle: refund::refund,
    ..TOKEN
};

/// Its paths, of which the signature leaves `/nicepay` out.
pub(super) fn routes() -> Router<Simulator> {
    let router = Router::new().route(handoff::PATH, any(handoff::arrive));
    [TOKEN, CREATE, STATUS, REFUND].into_iter().fold(router, |router, service| {
        router.route(&format!("/nicepay{}", service.path), route(service))
    })
}
