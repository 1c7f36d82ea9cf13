//! An attempt as it is on disk before the first byte leaves.

use std::net::IpAddr;

use kasir_shared::{AttemptId, MethodId, Moment, Phone, Rupiah, Status};

use super::House;
use crate::merchant::Account;
use crate::store::{AttemptRecord, Sending, SessionRecord, Stage};

/// What is known of who pays.
pub(super) struct Payer {
    pub(super) phone: Option<Phone>,
    pub(super) name: Option<String>,
    pub(super) ip: IpAddr,
}

/// A choice, and the account that is to serve it.
pub(super) struct Draft<'a> {
    pub(super) session: &'a SessionRecord,
    pub(super) method: MethodId,
    pub(super) account: &'a Account,
    pub(super) payer: Payer,
}

impl Draft<'_> {
    /// The first attempt of this choice, under a number of its own.
    pub(super) fn attempt(self, house: &House, now: Moment) -> AttemptRecord {
        let id: AttemptId = house.dice.id(now);
        AttemptRecord {
            provider_reference: self.account.provider.order_number(&id, 1),
            id,
            session: self.session.id.clone(),
            method: self.method,
            provider: self.account.provider.name().to_owned(),
            account: self.account.id.clone(),
            placings: 1,
            sending: Sending::first(now),
            takeovers: 0,
            transaction: None,
            hinted_transaction: None,
            return_token: house.dice.token("rt_"),
            amount: self.session.amount,
            claimed_amount: None,
            reason: None,
            refunded: Rupiah::ZERO,
            status: Status::Starting,
            stage: Stage::Placing,
            next_action: None,
            deadline: None,
            uncertain: false,
            late: false,
            phone: self.payer.phone,
            name: self.payer.name,
            ip: self.payer.ip,
            link: None,
            created_at: now,
            updated_at: now,
            paid_at: None,
        }
    }
}
