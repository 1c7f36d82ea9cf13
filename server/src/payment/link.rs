//! What a change does to a link, and what the shop is told: pure, so that every database does the
//! same.

use kasir_shared::api::merchant::{EventType, Link};
use kasir_shared::{LinkStatus, Moment, Phone};

use super::{News, NewsData, Plan};
use crate::store::{
    Entry, EntryKind, JobKind, LinkChange, LinkRecord, NextLook, Sealing, SessionRecord,
};

/// What is to be written, all of it in one transaction.
#[derive(Clone, Debug)]
pub struct LinkDecision {
    /// The session as it is now.
    pub session: SessionRecord,
    /// The link as it is now.
    pub link: LinkRecord,
    /// This change used the state up.
    pub consumed: bool,
    /// What the timeline says about it.
    pub timeline: Vec<Entry>,
    /// What the shop is told.
    pub news: Option<News>,
    /// What the desk has to do.
    pub job: Option<Plan>,
}

/// Decides what `change` does to a link. What is gone stays gone; an agreement that comes for one
/// that is gone is kept until the provider has ended it.
pub fn decide_link(
    session: &SessionRecord,
    link: &LinkRecord,
    change: &LinkChange,
) -> LinkDecision {
    let (before, mut after, mut told) = (link.status, link.clone(), session.clone());
    let mut timeline = change.entries.clone();
    let consumed = change.consume_state && !link.state_used;
    after.state_used |= consumed;
    if before != LinkStatus::Gone {
        if let Some(status) = change.status {
            after.status = status;
        }
        if let Some(phone) = &change.phone {
            after.phone = Some(phone.clone());
        }
        if let Some(next) = &change.next_action {
            after.next_action = Some(next.clone());
        }
    }
    if after.status != LinkStatus::Pending {
        after.next_action = None;
    }
    match &change.sealed {
        Sealing::Keep => {}
        Sealing::Set(sealed) => after.sealed = Some(sealed.clone()),
        Sealing::Wipe => after.sealed = None,
    }
    let moved = after.status != before;
    if moved {
        after.trouble = change.trouble.filter(|_| after.status == LinkStatus::Gone);
        timeline.push(status_entry(before, &after, change.at));
    }
    if after != *link {
        after.updated_at = change.at;
        told.version += 1;
        told.updated_at = change.at;
    }
    let news = moved.then(|| link_news(&told, &after));
    LinkDecision {
        session: told,
        job: plan(before, &after, change),
        link: after,
        consumed,
        timeline,
        news,
    }
}

fn plan(before: LinkStatus, link: &LinkRecord, change: &LinkChange) -> Option<Plan> {
    let ends = before == LinkStatus::Gone && matches!(change.sealed, Sealing::Set(_));
    let due = match change.next_look {
        NextLook::AsPlanned => return None,
        NextLook::At(moment) => Some(moment),
        NextLook::Never => ends.then_some(change.at),
    };
    Some(Plan { kind: JobKind::Link, subject: link.id.as_str().to_owned(), due })
}

fn status_entry(before: LinkStatus, after: &LinkRecord, at: Moment) -> Entry {
    let why = after.trouble.map(|trouble| format!(": {}", trouble.as_str())).unwrap_or_default();
    let summary = format!("{} to {}{why}", before.as_str(), after.status.as_str());
    Entry::new(at, EntryKind::Status, summary)
}

/// What the shop is told about a link.
fn link_news(session: &SessionRecord, link: &LinkRecord) -> News {
    News {
        kind: EventType::LinkUpdated,
        subject: link.id.as_str().to_owned(),
        version: session.version,
        data: NewsData::Link(Box::new(link.as_told())),
    }
}

impl LinkRecord {
    /// As the shop sees it.
    pub fn as_told(&self) -> Link {
        Link {
            id: self.id.clone(),
            customer: self.owner.strip_prefix("customer:").map(str::to_owned),
            session: self.session.clone(),
            method: self.method,
            status: self.status,
            trouble: self.trouble,
            phone_masked: self.phone_masked(),
            provider: self.provider.clone(),
            account: self.account.clone(),
            created_at: self.created_at,
            updated_at: self.updated_at,
        }
    }

    /// The wallet's phone number, masked; empty where nobody told us.
    pub fn phone_masked(&self) -> String {
        self.phone.as_ref().map(Phone::masked).unwrap_or_default()
    }
}
