//! The shop is told about an event.

use kasir_shared::EventId;
use serde::Serialize;
use serde_json::value::RawValue;

use super::{FlowError, House};
use crate::courier::Reception;
use crate::merchant::webhook::GAPS_S;
use crate::store::{Delivery, EventRecord, Finish, Job};

/// Seconds until an event is tried that a slow shop's other events stood in the way of.
const CROWDED_S: i64 = 15;

/// What a webhook carries.
#[derive(Serialize)]
struct Body<'a> {
    id: &'a EventId,
    #[serde(rename = "type")]
    kind: kasir_shared::api::merchant::EventType,
    created_at: kasir_shared::Moment,
    version: u64,
    data: &'a RawValue,
}

/// Sends an event once, and says when to send it again where it was not taken.
pub async fn deliver(house: &House, job: &Job) -> Result<Finish, FlowError> {
    let Ok(id) = job.subject.parse::<EventId>() else { return Ok(Finish::Done) };
    let Some(event) = house.store.event(&id).await? else { return Ok(Finish::Done) };
    let target =
        house.merchants.by_id(&event.merchant).and_then(|merchant| merchant.webhook.as_ref());
    let (Delivery::Pending, Some(target)) = (event.delivery, target) else {
        return Ok(Finish::Done);
    };
    if house.store.is_superseded(&event).await? {
        return end(house, &event, Delivery::Superseded, event.tries).await;
    }
    let tries = event.tries + 1;
    let reception = house.courier.tell(target, event.id.as_str(), &body(&event)?).await;
    count(&reception);
    match reception {
        Reception::Taken => end(house, &event, Delivery::Delivered, tries).await,
        Reception::Crowded => Ok(Finish::NotNow(house.now().plus_s(CROWDED_S))),
        Reception::Gone => end(house, &event, Delivery::Failed, tries).await,
        Reception::Failed { why, retry_after_s } => {
            tracing::warn!(event = %event.id, merchant = %event.merchant, tries, why, "an event was not taken");
            // By the job's count and not the event's: a redelivery has the whole schedule again.
            let next = usize::try_from(job.tries).ok().and_then(|next| GAPS_S.get(next));
            let Some(gap_s) = next else {
                return end(house, &event, Delivery::Failed, tries).await;
            };
            house.store.note_delivery(&event.id, Delivery::Pending, tries).await?;
            let gap_s = (*gap_s).max(retry_after_s.map_or(0, i64::from));
            // A little later for some than for others, so that a shop that was down is not met by
            // everything at once.
            let jitter_ms = i64::from(house.dice.draw()[0]) * gap_s * 1000 / 2560;
            Ok(Finish::Again(house.now().plus_s(gap_s).plus_ms(jitter_ms)))
        }
    }
}

fn body(event: &EventRecord) -> Result<String, FlowError> {
    let unreadable = |_| {
        FlowError::Store(crate::store::StoreError::Inconsistent {
            table: "events",
            column: "data",
            row: event.id.as_str().to_owned(),
        })
    };
    let data: &RawValue = serde_json::from_str(&event.data).map_err(unreadable)?;
    let body = Body {
        id: &event.id,
        kind: event.kind,
        created_at: event.created_at,
        version: event.version,
        data,
    };
    serde_json::to_string(&body).map_err(unreadable)
}

async fn end(
    house: &House,
    event: &EventRecord,
    delivery: Delivery,
    tries: u32,
) -> Result<Finish, FlowError> {
    house.store.note_delivery(&event.id, delivery, tries).await?;
    Ok(Finish::Done)
}

fn count(reception: &Reception) {
    let outcome = match reception {
        Reception::Taken => "taken",
        Reception::Gone => "gone",
        Reception::Crowded => "crowded",
        Reception::Failed { .. } => "failed",
    };
    metrics::counter!("kasir_webhooks_total", "outcome" => outcome).increment(1);
}
