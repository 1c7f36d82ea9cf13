//! Records from rows and rows from records. A row is parsed, not trusted.

use kasir_shared::api::merchant::{EventType, RefundStatus, TimelineEntry};
use kasir_shared::{
    FailureReason, LinkStatus, LinkTrouble, Locale, MethodId, Phone, SessionStatus, Status,
};

use super::tx::{Row, Value};
use super::{
    AttemptRecord, Delivery, EntryKind, EventRecord, Job, JobKind, LinkRecord, RefundRecord,
    SavedAnswer, Sending, SessionRecord, Stage, StoreError,
};
use crate::secret::Sealed;

/// One of `all` by its name.
fn by_name<T: Copy>(all: &[T], name_of: impl Fn(T) -> &'static str, name: &str) -> Option<T> {
    all.iter().copied().find(|one| name_of(*one) == name)
}

pub(super) fn session(row: &Row) -> Result<SessionRecord, StoreError> {
    let cells = row.of("sessions");
    Ok(SessionRecord {
        id: cells.parsed("id")?,
        merchant: cells.text("merchant")?,
        client_token: cells.text("client_token")?,
        url: cells.parsed("url")?,
        reference: cells.text("reference")?.try_into().map_err(|_| cells.wrong("reference"))?,
        amount: cells.rupiah("amount")?,
        refunded: cells.rupiah("refunded")?,
        items: cells.json("items")?,
        customer: cells.json("customer")?,
        return_url: cells.parsed("return_url")?,
        methods: cells.json("methods")?,
        locale: cells.maybe_named("locale", |tag| by_name(&Locale::ALL, Locale::tag, tag))?,
        metadata: cells.json("metadata")?,
        status: cells.named("status", SessionStatus::from_name)?,
        paid_twice: cells.flag("paid_twice")?,
        version: cells.number("version")?,
        created_at: cells.moment("created_at")?,
        updated_at: cells.moment("updated_at")?,
        expires_at: cells.moment("expires_at")?,
    })
}

pub(super) fn session_values(
    session: &SessionRecord,
    token_hash: String,
) -> Result<Vec<Value>, StoreError> {
    Ok(vec![
        Value::text(session.id.as_str()),
        Value::text(&session.merchant),
        Value::text(&session.client_token),
        Value::Text(token_hash),
        Value::text(session.url.as_str()),
        Value::text(session.reference.as_str()),
        session.amount.into(),
        session.refunded.into(),
        Value::json(&session.items)?,
        Value::json(&session.customer)?,
        Value::text(session.return_url.as_str()),
        Value::json(&session.methods)?,
        Value::maybe_text(session.locale.map(Locale::tag)),
        Value::json(&session.metadata)?,
        Value::text(session.status.as_str()),
        session.paid_twice.into(),
        Value::count(session.version),
        session.created_at.into(),
        session.updated_at.into(),
        session.expires_at.into(),
    ])
}

pub(super) fn attempt(row: &Row) -> Result<AttemptRecord, StoreError> {
    let cells = row.of("attempts");
    Ok(AttemptRecord {
        id: cells.parsed("id")?,
        session: cells.parsed("session")?,
        method: cells.named("method", MethodId::from_name)?,
        provider: cells.text("provider")?,
        account: cells.text("account")?,
        provider_reference: cells.text("provider_reference")?,
        placings: cells.number("placings")?,
        sending: Sending {
            issued_at: cells.moment("issued_at")?,
            sent_at: cells.moment("sent_at")?,
            times: cells.number("sendings")?,
        },
        takeovers: cells.number("takeovers")?,
        transaction: cells.maybe_text("provider_transaction")?,
        hinted_transaction: cells.maybe_text("hinted_transaction")?,
        return_token: cells.text("return_token")?,
        amount: cells.rupiah("amount")?,
        claimed_amount: cells.maybe_rupiah("claimed_amount")?,
        reason: cells.maybe_named("reason", |name| {
            by_name(&FailureReason::ALL, FailureReason::as_str, name)
        })?,
        refunded: cells.rupiah("refunded")?,
        status: cells.named("status", Status::from_name)?,
        stage: cells.named("stage", |name| by_name(&Stage::ALL, Stage::as_str, name))?,
        next_action: cells.maybe_json("next_action")?,
        deadline: cells.maybe_moment("deadline")?,
        uncertain: cells.flag("uncertain")?,
        late: cells.flag("late")?,
        phone: cells.maybe_parsed("phone")?,
        name: cells.maybe_text("name")?,
        ip: cells.parsed("ip")?,
        link: cells.maybe_parsed("link")?,
        created_at: cells.moment("created_at")?,
        updated_at: cells.moment("updated_at")?,
        paid_at: cells.maybe_moment("paid_at")?,
    })
}

pub(super) fn attempt_values(attempt: &AttemptRecord) -> Result<Vec<Value>, StoreError> {
    Ok(vec![
        Value::text(attempt.id.as_str()),
        Value::text(attempt.session.as_str()),
        Value::text(attempt.method.as_str()),
        Value::text(&attempt.provider),
        Value::text(&attempt.account),
        Value::text(&attempt.provider_reference),
        attempt.placings.into(),
        Value::maybe_text(attempt.transaction.as_deref()),
        Value::maybe_text(attempt.hinted_transaction.as_deref()),
        Value::text(&attempt.return_token),
        attempt.amount.into(),
        attempt.refunded.into(),
        Value::text(attempt.status.as_str()),
        Value::text(attempt.stage.as_str()),
        maybe_json(attempt.next_action.as_ref())?,
        attempt.deadline.into(),
        attempt.uncertain.into(),
        attempt.late.into(),
        Value::maybe_text(attempt.phone.as_ref().map(Phone::e164).as_deref()),
        Value::maybe_text(attempt.name.as_deref()),
        Value::Text(attempt.ip.to_string()),
        Value::maybe_text(attempt.link.as_ref().map(kasir_shared::id::Id::as_str)),
        attempt.created_at.into(),
        attempt.updated_at.into(),
        attempt.paid_at.into(),
        attempt.sending.issued_at.into(),
        attempt.sending.sent_at.into(),
        attempt.sending.times.into(),
        attempt.takeovers.into(),
        attempt.claimed_amount.map_or(Value::Null, Value::from),
        Value::maybe_text(attempt.reason.map(FailureReason::as_str)),
    ])
}

/// What can change of an attempt, in the order of `ATTEMPT_UPDATE`.
pub(super) fn attempt_changes(attempt: &AttemptRecord) -> Result<Vec<Value>, StoreError> {
    Ok(vec![
        Value::text(attempt.id.as_str()),
        Value::text(&attempt.provider_reference),
        attempt.placings.into(),
        Value::maybe_text(attempt.transaction.as_deref()),
        attempt.refunded.into(),
        Value::text(attempt.status.as_str()),
        Value::text(attempt.stage.as_str()),
        maybe_json(attempt.next_action.as_ref())?,
        attempt.deadline.into(),
        attempt.uncertain.into(),
        attempt.late.into(),
        attempt.updated_at.into(),
        attempt.paid_at.into(),
        attempt.sending.issued_at.into(),
        attempt.sending.sent_at.into(),
        attempt.sending.times.into(),
        Value::maybe_text(attempt.reason.map(FailureReason::as_str)),
    ])
}

fn maybe_json<T: serde::Serialize>(value: Option<&T>) -> Result<Value, StoreError> {
    value.map_or(Ok(Value::Null), Value::json)
}

pub(super) fn timeline_entry(row: &Row) -> Result<TimelineEntry, StoreError> {
    let cells = row.of("timeline");
    let kind = |name: &str| by_name(&EntryKind::ALL, EntryKind::as_str, name);
    Ok(TimelineEntry {
        at: cells.moment("at")?,
        kind: cells.named("kind", kind)?.as_str().to_owned(),
        summary: cells.text("summary")?,
        status_before: cells.maybe_named("status_before", Status::from_name)?,
        status_after: cells.maybe_named("status_after", Status::from_name)?,
        detail: cells.maybe_text("detail")?,
    })
}

pub(super) fn event(row: &Row) -> Result<EventRecord, StoreError> {
    let cells = row.of("events");
    Ok(EventRecord {
        id: cells.parsed("id")?,
        merchant: cells.text("merchant")?,
        session: cells.parsed("session")?,
        kind: cells.named("kind", EventType::from_name)?,
        subject: cells.text("subject")?,
        version: cells.number("version")?,
        data: cells.text("data")?,
        created_at: cells.moment("created_at")?,
        delivery: cells
            .named("delivery", |name| by_name(&Delivery::ALL, Delivery::as_str, name))?,
        tries: cells.number("tries")?,
    })
}

pub(super) fn job(row: &Row) -> Result<Job, StoreError> {
    let cells = row.of("jobs");
    Ok(Job {
        kind: cells.named("kind", |name| by_name(&JobKind::ALL, JobKind::as_str, name))?,
        subject: cells.text("subject")?,
        tries: cells.number("tries")?,
        fence: cells.number("fence")?,
    })
}

/// The answer of a key that was answered.
pub(super) fn saved_answer(row: &Row) -> Result<Option<SavedAnswer>, StoreError> {
    let cells = row.of("idempotency_keys");
    if cells.maybe_int("status")?.is_none() {
        return Ok(None);
    }
    Ok(Some(SavedAnswer { status: cells.number("status")?, body: cells.bytes("body")? }))
}

pub(super) fn refund(row: &Row) -> Result<RefundRecord, StoreError> {
    let cells = row.of("refunds");
    Ok(RefundRecord {
        id: cells.parsed("id")?,
        attempt: cells.parsed("attempt")?,
        amount: cells.rupiah("amount")?,
        reason: cells.text("reason")?,
        status: cells.named("status", RefundStatus::from_name)?,
        created_at: cells.moment("created_at")?,
        updated_at: cells.moment("updated_at")?,
    })
}

pub(super) fn refund_values(refund: &RefundRecord) -> Vec<Value> {
    vec![
        Value::text(refund.id.as_str()),
        Value::text(refund.attempt.as_str()),
        refund.amount.into(),
        Value::text(&refund.reason),
        Value::text(refund.status.as_str()),
        refund.created_at.into(),
        refund.updated_at.into(),
    ]
}

pub(super) fn link(row: &Row) -> Result<LinkRecord, StoreError> {
    let cells = row.of("links");
    let status = |name: &str| by_name(&LinkStatus::ALL, LinkStatus::as_str, name);
    let trouble = |name: &str| by_name(&LinkTrouble::ALL, LinkTrouble::as_str, name);
    Ok(LinkRecord {
        id: cells.parsed("id")?,
        merchant: cells.text("merchant")?,
        owner: cells.text("owner")?,
        session: cells.parsed("session")?,
        method: cells.named("method", MethodId::from_name)?,
        provider: cells.text("provider")?,
        account: cells.text("account")?,
        reference: cells.text("reference")?,
        return_token: cells.text("return_token")?,
        state: cells.text("state")?,
        state_used: cells.flag("state_used")?,
        status: cells.named("status", status)?,
        next_action: cells.maybe_json("next_action")?,
        trouble: cells.maybe_named("trouble", trouble)?,
        deadline: cells.moment("deadline")?,
        phone: cells.maybe_parsed("phone")?,
        ip: cells.parsed("ip")?,
        sealed: cells.maybe_text("sealed")?.map(Sealed),
        created_at: cells.moment("created_at")?,
        updated_at: cells.moment("updated_at")?,
    })
}

pub(super) fn link_values(link: &LinkRecord) -> Result<Vec<Value>, StoreError> {
    Ok(vec![
        Value::text(link.id.as_str()),
        Value::text(&link.merchant),
        Value::text(&link.owner),
        Value::text(link.session.as_str()),
        Value::text(link.method.as_str()),
        Value::text(&link.provider),
        Value::text(&link.account),
        Value::text(&link.reference),
        Value::text(&link.return_token),
        Value::text(&link.state),
        link.state_used.into(),
        Value::text(link.status.as_str()),
        maybe_json(link.next_action.as_ref())?,
        Value::maybe_text(link.trouble.map(LinkTrouble::as_str)),
        link.deadline.into(),
        Value::maybe_text(link.phone.as_ref().map(Phone::e164).as_deref()),
        Value::Text(link.ip.to_string()),
        Value::maybe_text(link.sealed.as_ref().map(|sealed| sealed.0.as_str())),
        link.created_at.into(),
        link.updated_at.into(),
    ])
}

/// What can change of a link, in the order of `LINK_UPDATE`.
pub(super) fn link_changes(link: &LinkRecord) -> Result<Vec<Value>, StoreError> {
    Ok(vec![
        Value::text(link.id.as_str()),
        link.state_used.into(),
        Value::text(link.status.as_str()),
        maybe_json(link.next_action.as_ref())?,
        Value::maybe_text(link.trouble.map(LinkTrouble::as_str)),
        Value::maybe_text(link.phone.as_ref().map(Phone::e164).as_deref()),
        Value::maybe_text(link.sealed.as_ref().map(|sealed| sealed.0.as_str())),
        link.updated_at.into(),
    ])
}

pub(super) fn link_timeline_entry(row: &Row) -> Result<TimelineEntry, StoreError> {
    let cells = row.of("link_timeline");
    let kind = |name: &str| by_name(&EntryKind::ALL, EntryKind::as_str, name);
    Ok(TimelineEntry {
        at: cells.moment("at")?,
        kind: cells.named("kind", kind)?.as_str().to_owned(),
        summary: cells.text("summary")?,
        status_before: None,
        status_after: None,
        detail: cells.maybe_text("detail")?,
    })
}
