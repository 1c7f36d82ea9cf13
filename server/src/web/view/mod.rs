//! The session as the page sees it.

mod linked;

use kasir_shared::api::checkout::{AttemptView, CheckoutView, MerchantView, Offer, Unavailable};
use kasir_shared::{MethodId, Moment, Phone, Rupiah, Status};

use crate::flow::{FlowError, House, route as routing};
use crate::merchant::{Merchant, Route, Unfit};
use crate::store::{AttemptRecord, SessionRecord, SessionWithAttempts};

/// The session as the page sees it, now.
pub async fn view(house: &House, known: &SessionWithAttempts) -> Result<CheckoutView, FlowError> {
    let (session, now) = (&known.session, house.now());
    let merchant = house.merchant_of(session)?;
    let attempt = shown(known).map(|attempt| attempt_view(attempt, now));
    let links = linked::links(house, merchant, session).await?;
    let linking = linked::linking(house, known).await?;
    Ok(CheckoutView {
        id: session.id.clone(),
        status: session.status,
        version: session.version,
        reference: session.reference.clone(),
        amount: session.amount,
        items: session.items.clone(),
        merchant: MerchantView { name: merchant.name.clone() },
        methods: offers(house, merchant, session),
        next_action: attempt.as_ref().and_then(|attempt| attempt.next_action.clone()),
        seconds_left: attempt.as_ref().and_then(|attempt| attempt.seconds_left),
        attempt,
        links,
        linking,
        return_url: session.return_url.clone(),
        expires_at: session.expires_at,
        expires_in: session.expires_at.seconds_after(now),
        phone: session.customer.phone.as_ref().map(Phone::national),
        paid_twice: session.paid_twice,
    })
}

/// The attempt that matters to the customer: the one that was paid, or the live one, or the last.
fn shown(known: &SessionWithAttempts) -> Option<&AttemptRecord> {
    let paid = known.attempts.iter().find(|attempt| attempt.status == Status::Paid);
    let live = || known.attempts.iter().find(|attempt| attempt.status.is_live());
    paid.or_else(live).or_else(|| known.attempts.last())
}

fn attempt_view(attempt: &AttemptRecord, now: Moment) -> AttemptView {
    let seconds_left = attempt.seconds_left(now);
    AttemptView {
        id: attempt.id.clone(),
        method: attempt.method,
        status: attempt.status,
        amount: attempt.amount,
        next_action: attempt.next_action.clone().map(|next| next.at(seconds_left)),
        seconds_left,
        reason: attempt.reason,
        late: attempt.late,
        uncertain: attempt.uncertain,
        created_at: attempt.created_at,
        updated_at: attempt.updated_at,
    }
}

fn offers(house: &House, merchant: &Merchant, session: &SessionRecord) -> Vec<Offer> {
    let offer = |method: &MethodId| {
        let route = &routing::offered(house, merchant, *method)?;
        let row = method.row();
        Some(Offer {
            id: row.id,
            name: row.name.to_owned(),
            kind: row.kind,
            fields: row.fields.to_vec(),
            linkable: linked::linkable(house, session, route),
            unavailable: unavailable(route, session.amount),
        })
    };
    session.methods.iter().filter_map(offer).collect()
}

fn unavailable(route: &Route, amount: Rupiah) -> Option<Unavailable> {
    route.unfit(amount).map(|unfit| match unfit {
        Unfit::TooSmall(min) => Unavailable::TooSmall { min },
        Unfit::TooLarge(max) => Unavailable::TooLarge { max },
    })
}
