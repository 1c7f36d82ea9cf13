//! The customer wants to link a wallet.

use std::net::IpAddr;

use kasir_shared::api::checkout::StartLink;
use kasir_shared::{LinkId, LinkStatus, MethodId, Phone, ProblemCode};

use super::step::{self, Asked};
use super::{account_of, linkage_of, order};
use crate::courier::Carried;
use crate::flow::{FlowError, House, Visitor, cancel_attempt, route as routing};
use crate::merchant::{Account, Route};
use crate::store::{Entry, LinkBegun, LinkRecord, SessionRecord, SessionWithAttempts};

/// Seconds that the customer has to agree at the wallet.
const PATIENCE_S: i64 = 15 * 60;

/// Begins to link a wallet: on disk first, then asked for at the provider.
///
/// A live attempt is withdrawn before; what the session was linking so far is called off.
pub async fn begin_link(
    house: &House,
    known: &SessionWithAttempts,
    wanted: StartLink,
    visitor: Visitor,
) -> Result<(), FlowError> {
    let session = &known.session;
    if !session.status.is_open() || house.now() >= session.expires_at {
        return Err(FlowError::refused(ProblemCode::SessionNotOpen));
    }
    let offered = session.methods.contains(&wanted.method);
    let route = routing::offered(house, house.merchant_of(session)?, wanted.method);
    let route = route.filter(|_| offered);
    let route = route.ok_or_else(|| FlowError::field(ProblemCode::MethodNotOffered, "method"))?;
    let phone = phone(wanted.phone.as_deref())?;
    begin_on(house, session, (&route, &[]), (phone, visitor.ip)).await
}

/// Begins to link the wallet of a route at the first account that can link it, other than those that
/// were `tried`.
pub(in crate::flow) async fn begin_on(
    house: &House,
    session: &SessionRecord,
    (route, tried): (&Route, &[String]),
    (phone, ip): (Phone, IpAddr),
) -> Result<(), FlowError> {
    let pick = routing::to_link(house, route, session.amount, tried)
        .ok_or_else(|| FlowError::field(ProblemCode::NotSupported, "method"))?;
    let draft = Draft { session, method: route.method, account: pick.account, phone, ip };
    draft.begin(house, &pick.skipped).await
}

pub(in crate::flow) fn phone(typed: Option<&str>) -> Result<Phone, FlowError> {
    let invalid = || FlowError::field(ProblemCode::PhoneInvalid, "phone");
    typed.unwrap_or_default().parse().map_err(|_| invalid())
}

/// A wallet that is to be linked, and where.
struct Draft<'a> {
    session: &'a SessionRecord,
    method: MethodId,
    account: &'a Account,
    phone: Phone,
    ip: IpAddr,
}

impl Draft<'_> {
    async fn begin(&self, house: &House, opening: &[Entry]) -> Result<(), FlowError> {
        let link = self.record(house)?;
        for _ in 0..2 {
            // Until then the link is this request's; afterwards the desk looks after it.
            let look_at = house.now().plus_s(i64::from(house.lease_s()));
            match house.store.begin_link(&link, opening, look_at).await? {
                LinkBegun::Started(link) => {
                    house.bell.ring(&self.session.id);
                    return ask(house, self.session, &link).await;
                }
                LinkBegun::NotOpen(_) => {
                    return Err(FlowError::refused(ProblemCode::SessionNotOpen));
                }
                LinkBegun::Live(live) => {
                    cancel_attempt::cancel_attempt(house, self.session, &live).await?;
                }
                LinkBegun::TooMany => return Err(FlowError::refused(ProblemCode::RateLimited)),
            }
        }
        Err(FlowError::refused(ProblemCode::AttemptInProgress))
    }

    fn record(&self, house: &House) -> Result<LinkRecord, FlowError> {
        let now = house.now();
        let id: LinkId = house.dice.id(now);
        let missing =
            || FlowError::Unconfigured { what: format!("linking at {}", self.account.id) };
        let linkage = self.account.provider.linkage().ok_or_else(missing)?;
        Ok(LinkRecord {
            reference: linkage.link_number(&id),
            id,
            merchant: self.session.merchant.clone(),
            owner: self.session.link_owner(),
            session: self.session.id.clone(),
            method: self.method,
            provider: self.account.provider.name().to_owned(),
            account: self.account.id.clone(),
            return_token: house.dice.token("rt_"),
            // Espay has room for 32 characters.
            state: hex::encode(house.dice.draw()),
            state_used: false,
            status: LinkStatus::Pending,
            next_action: None,
            trouble: None,
            deadline: now.plus_s(PATIENCE_S),
            phone: Some(self.phone.clone()),
            ip: self.ip,
            sealed: None,
            created_at: now,
            updated_at: now,
        })
    }
}

/// Asks the provider to begin a link that is on disk, for the first time or once more.
pub(super) async fn ask(
    house: &House,
    session: &SessionRecord,
    link: &LinkRecord,
) -> Result<(), FlowError> {
    let account = account_of(house, link)?;
    let order = order::order(house, session, link)?;
    let carried = match linkage_of(account, link)?.begin(&order, house.occasion()) {
        Ok(dialogue) => house.converse(account, dialogue).await,
        Err(error) => Carried::unsaid(error.into()),
    };
    step::take(house, link, Asked::Begin, carried).await
}
