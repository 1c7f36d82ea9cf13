//! The customer has chosen how to pay.

use kasir_shared::api::checkout::StartAttempt;
use kasir_shared::{Field, LinkStatus, Phone, ProblemCode, Rupiah};

use super::draft::{Draft, Payer};
use super::link::begin as begin_link;
use super::route::Pick;
use super::{FlowError, House, Visitor, cancel_attempt, place, route as routing};
use crate::merchant::{Route, Unfit};
use crate::store::{AttemptRecord, Begun, LinkRecord, SessionRecord, SessionWithAttempts};

/// Begins an attempt: on disk first, then placed at the provider.
///
/// A live attempt of another choice is withdrawn before; the same choice again is the same attempt.
/// Where nobody takes the choice without a linked wallet, one is linked first: then a link begins
/// instead.
pub async fn start_attempt(
    house: &House,
    known: &SessionWithAttempts,
    choice: StartAttempt,
    visitor: Visitor,
) -> Result<(), FlowError> {
    let session = &known.session;
    if !session.status.is_open() || house.now() >= session.expires_at {
        return Err(FlowError::refused(ProblemCode::SessionNotOpen));
    }
    let route = &route(house, session, &choice)?;
    let link = link(house, session, (&choice, route)).await?;
    let Some(pick) = pick(house, session, route, link.as_ref())? else {
        let phone = begin_link::phone(choice.phone.as_deref())?;
        return begin_link::begin_on(house, session, (route, &[]), (phone, visitor.ip)).await;
    };
    let payer = Payer::of(&choice, link.as_ref(), visitor)?;
    let draft = Draft { session, method: choice.method, account: pick.account, payer };
    let attempt =
        AttemptRecord { link: link.map(|link| link.id), ..draft.attempt(house, house.now()) };
    let opening = pick.skipped;
    for _ in 0..2 {
        // Until then the attempt is this request's; afterwards the desk looks after it.
        let look_at = house.now().plus_s(i64::from(house.lease_s()));
        match house.store.begin_attempt(&attempt, &opening, look_at).await? {
            Begun::Started(attempt) => {
                house.bell.ring(&session.id);
                place::place(house, session, &attempt).await?;
                return Ok(());
            }
            Begun::NotOpen(_) => return Err(FlowError::refused(ProblemCode::SessionNotOpen)),
            Begun::Live(live) if same_choice(&live, &attempt) => return Ok(()),
            Begun::Live(live) => cancel_attempt::cancel_attempt(house, session, &live).await?,
        }
    }
    Err(FlowError::refused(ProblemCode::AttemptInProgress))
}

fn same_choice(live: &AttemptRecord, wanted: &AttemptRecord) -> bool {
    live.method == wanted.method
        && live.phone == wanted.phone
        && live.name == wanted.name
        && live.link == wanted.link
}

fn route(
    house: &House,
    session: &SessionRecord,
    choice: &StartAttempt,
) -> Result<Route, FlowError> {
    let offered = session.methods.contains(&choice.method);
    let route = routing::offered(house, house.merchant_of(session)?, choice.method);
    let route = route.filter(|_| offered);
    let route = route.ok_or_else(|| FlowError::field(ProblemCode::MethodNotOffered, "method"))?;
    let limit = |code, limit: Rupiah| FlowError::Refused {
        code,
        field: Some("method".to_owned()),
        note: Some(limit.to_string()),
    };
    match route.unfit(session.amount) {
        Some(Unfit::TooSmall(min)) => Err(limit(ProblemCode::AmountTooSmall, min)),
        Some(Unfit::TooLarge(max)) => Err(limit(ProblemCode::AmountTooLarge, max)),
        None => Ok(route),
    }
}

/// The linked wallet that was chosen, where one was: one of this customer's, and still linked. Where
/// the method is nothing without one, the one that the customer has is meant, unless the number that
/// was typed is another's.
async fn link(
    house: &House,
    session: &SessionRecord,
    (choice, route): (&StartAttempt, &Route),
) -> Result<Option<LinkRecord>, FlowError> {
    let owner = session.link_owner();
    let Some(id) = &choice.link else {
        if routing::first(house, route, session.amount).is_some() {
            return Ok(None);
        }
        let links = house.store.links(&session.merchant, &owner, Some(choice.method)).await?;
        let typed: Option<Phone> = choice.phone.as_deref().and_then(|typed| typed.parse().ok());
        let meant = |link: &LinkRecord| {
            link.status == LinkStatus::Active && (typed.is_none() || link.phone == typed)
        };
        return Ok(links.into_iter().find(meant));
    };
    let links = house.store.links(&session.merchant, &owner, Some(choice.method)).await?;
    let link = links.into_iter().find(|link| link.id == *id);
    let link = link.ok_or_else(|| FlowError::field(ProblemCode::NotFound, "link"))?;
    match link.status {
        LinkStatus::Active => Ok(Some(link)),
        LinkStatus::Pending | LinkStatus::Gone => {
            Err(FlowError::field(ProblemCode::LinkGone, "link"))
        }
    }
}

/// The account that serves the choice: a linked wallet's own, or the first of the route that can;
/// `None` where each of them wants the wallet linked first.
fn pick<'a>(
    house: &'a House,
    session: &SessionRecord,
    route: &Route,
    link: Option<&LinkRecord>,
) -> Result<Option<Pick<'a>>, FlowError> {
    if let Some(link) = link {
        let pick = routing::at(house, route, session.amount, &link.account);
        return pick.map(Some).ok_or_else(|| FlowError::field(ProblemCode::LinkGone, "link"));
    }
    Ok(routing::first(house, route, session.amount))
}

impl Payer {
    /// As typed; what a linked wallet knows is not asked for again.
    fn of(
        choice: &StartAttempt,
        link: Option<&LinkRecord>,
        visitor: Visitor,
    ) -> Result<Self, FlowError> {
        let fields = choice.method.row().fields;
        let phone = match link {
            Some(link) => link.phone.clone(),
            None => fields
                .contains(&Field::Phone)
                .then(|| begin_link::phone(choice.phone.as_deref()))
                .transpose()?,
        };
        let asked = link.is_none() && fields.contains(&Field::Name);
        let name = asked.then(|| name(choice.name.as_deref())).transpose()?;
        Ok(Self { phone, name, ip: visitor.ip })
    }
}

fn name(typed: Option<&str>) -> Result<String, FlowError> {
    let name = typed.unwrap_or_default().trim();
    let sound = (2..=100).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    let invalid = || FlowError::field(ProblemCode::NameInvalid, "name");
    sound.then(|| name.to_owned()).ok_or_else(invalid)
}
