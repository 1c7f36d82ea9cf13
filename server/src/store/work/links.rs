//! Linked wallets: begun, found, changed.

use kasir_shared::{LinkId, LinkStatus, LinkTrouble, MethodId, Moment, SessionId};

use super::super::tx::{Tx, Value, change_one};
use super::super::{
    Entry, EntryKind, JobKind, LinkApplied, LinkBegun, LinkChange, LinkHistory, LinkRecord,
    NextLook, Sealing, SessionRecord, StoreError, rows, sql,
};
use super::{count, held, jobs, one};
use crate::dice::Dice;
use crate::payment::{self, Plan};

/// How many links one session may begin.
const LINKS_MAX: usize = 20;
/// How many entries of a kind that comes from outside are noted for one link.
const OUTSIDE_MAX: u64 = 20;
/// How many of what is said to the provider and by it: a balance may be asked for without end.
const SAID_MAX: u64 = 300;

pub(crate) fn begin(
    tx: &mut dyn Tx,
    dice: &dyn Dice,
    (link, opening): (&LinkRecord, &[Entry]),
    look_at: Moment,
) -> Result<LinkBegun, StoreError> {
    let held = held::session(tx, &link.session)?;
    if !held.session.status.is_open() {
        return Ok(LinkBegun::NotOpen(held.session.status));
    }
    if let Some(live) = held.attempts.into_iter().find(|attempt| attempt.status.is_live()) {
        return Ok(LinkBegun::Live(Box::new(live)));
    }
    if of_session(tx, &link.session)?.len() >= LINKS_MAX {
        return Ok(LinkBegun::TooMany);
    }
    call_off(tx, dice, &link.session, link.created_at)?;
    change_one(tx, "links", sql::LINK_INSERT, &rows::link_values(link)?)?;
    let chosen = format!("customer began to link {}", link.method.row().name);
    let chosen = Entry::new(link.created_at, EntryKind::Page, chosen);
    note(tx, &link.id, std::iter::once(&chosen).chain(opening))?;
    let subject = link.id.as_str().to_owned();
    jobs::plan(tx, &Plan { kind: JobKind::Link, subject, due: Some(look_at) })?;
    let before = held::session(tx, &link.session)?.session;
    let after = SessionRecord {
        version: before.version + 1,
        updated_at: link.created_at,
        ..before.clone()
    };
    held::write_session(tx, &before, &after)?;
    Ok(LinkBegun::Started(Box::new(link.clone())))
}

/// Calls off what a session is linking: its customer chose another way.
pub(crate) fn call_off(
    tx: &mut dyn Tx,
    dice: &dyn Dice,
    session: &SessionId,
    at: Moment,
) -> Result<(), StoreError> {
    for link in of_session(tx, session)? {
        if link.status == LinkStatus::Pending {
            let mut change = LinkChange::at(at).gone(Some(LinkTrouble::Cancelled));
            change.entries.push(Entry::new(at, EntryKind::Page, "the customer chose another way"));
            change.next_look = NextLook::Never;
            apply(tx, dice, &link.id, &change)?;
        }
    }
    Ok(())
}

pub(crate) fn apply(
    tx: &mut dyn Tx,
    dice: &dyn Dice,
    id: &LinkId,
    change: &LinkChange,
) -> Result<LinkApplied, StoreError> {
    let missing = || StoreError::Missing { what: "link" };
    let session = find(tx, id)?.ok_or_else(missing)?.session;
    held::session(tx, &session)?;
    // Read again: what was read before the session was held may be old by now.
    let link = find(tx, id)?.ok_or_else(missing)?;
    let activates = link.status == LinkStatus::Pending && change.status == Some(LinkStatus::Active);
    if activates {
        replace_others(tx, dice, &link, change)?;
    }
    let session = held::session(tx, &session)?.session;
    let decision = payment::decide_link(&session, &link, change);
    if decision.link != link {
        change_one(tx, "links", sql::LINK_UPDATE, &rows::link_changes(&decision.link)?)?;
    }
    held::write_session(tx, &session, &decision.session)?;
    note(tx, id, &decision.timeline)?;
    held::tell(tx, dice, &decision.session, decision.news.as_slice(), change.at)?;
    if let Some(plan) = &decision.job {
        jobs::plan(tx, plan)?;
    }
    let consumed = decision.consumed;
    Ok(LinkApplied { link: decision.link, before: link.status, consumed })
}

/// A customer has one link of a wallet: the newest. The agreement of another number is ended at the
/// provider; one of the same number may be the same agreement, and is only forgotten.
fn replace_others(
    tx: &mut dyn Tx,
    dice: &dyn Dice,
    link: &LinkRecord,
    change: &LinkChange,
) -> Result<(), StoreError> {
    let phone = change.phone.as_ref().or(link.phone.as_ref());
    for other in list(tx, &link.merchant, &link.owner, Some(link.method))? {
        if other.status != LinkStatus::Active || other.id == link.id {
            continue;
        }
        let another = phone.is_some() && other.phone.is_some() && phone != other.phone.as_ref();
        let mut gone = LinkChange::at(change.at).gone(None);
        if another {
            gone.next_look = NextLook::At(change.at);
        } else {
            (gone.sealed, gone.next_look) = (Sealing::Wipe, NextLook::Never);
        }
        let summary = format!("replaced by {}", link.id);
        gone.entries.push(Entry::new(change.at, EntryKind::Page, summary));
        apply(tx, dice, &other.id, &gone)?;
    }
    Ok(())
}

/// Adds to a link's timeline. What comes from outside, or is asked for from there, can come without
/// end: of each such kind only the first are noted.
pub(crate) fn note<'a>(
    tx: &mut dyn Tx,
    link: &LinkId,
    entries: impl IntoIterator<Item = &'a Entry>,
) -> Result<(), StoreError> {
    let key = Value::text(link.as_str());
    let last = one(tx, sql::LINK_TIMELINE_LAST, std::slice::from_ref(&key))?;
    let mut position: u32 = last.map_or(Ok(0), |row| row.of("link_timeline").number("position"))?;
    for entry in entries {
        if let Some(most) = most(entry.kind) {
            let values = [key.clone(), Value::text(entry.kind.as_str())];
            if count(tx, "link_timeline", sql::LINK_TIMELINE_COUNT, &values)? >= most {
                continue;
            }
        }
        position += 1;
        let values = [
            key.clone(),
            position.into(),
            entry.at.into(),
            Value::text(entry.kind.as_str()),
            Value::text(&entry.summary),
            Value::maybe_text(entry.detail.as_deref()),
        ];
        change_one(tx, "link_timeline", sql::LINK_TIMELINE_INSERT, &values)?;
    }
    Ok(())
}

/// How many entries of a kind are noted at most.
const fn most(kind: EntryKind) -> Option<u64> {
    match kind {
        EntryKind::Return | EntryKind::Notification => Some(OUTSIDE_MAX),
        EntryKind::Request | EntryKind::Answer | EntryKind::Silence => Some(SAID_MAX),
        EntryKind::Page
        | EntryKind::Merchant
        | EntryKind::Route
        | EntryKind::Status
        | EntryKind::Alarm => None,
    }
}

pub(crate) fn find(tx: &mut dyn Tx, id: &LinkId) -> Result<Option<LinkRecord>, StoreError> {
    one(tx, sql::LINK, &[Value::text(id.as_str())])?.as_ref().map(rows::link).transpose()
}

pub(crate) fn by_return_token(
    tx: &mut dyn Tx,
    token: &str,
) -> Result<Option<(SessionRecord, LinkRecord)>, StoreError> {
    let Some(row) = one(tx, sql::LINK_BY_RETURN_TOKEN, &[Value::text(token)])? else {
        return Ok(None);
    };
    let link = rows::link(&row)?;
    Ok(Some((session_of(tx, &link)?, link)))
}

pub(crate) fn by_reference(
    tx: &mut dyn Tx,
    account: &str,
    reference: &str,
) -> Result<Option<LinkRecord>, StoreError> {
    let values = [Value::text(account), Value::text(reference)];
    one(tx, sql::LINK_BY_REFERENCE, &values)?.as_ref().map(rows::link).transpose()
}

pub(crate) fn list(
    tx: &mut dyn Tx,
    merchant: &str,
    owner: &str,
    method: Option<MethodId>,
) -> Result<Vec<LinkRecord>, StoreError> {
    let method = Value::maybe_text(method.map(MethodId::as_str));
    let values = [Value::text(merchant), Value::text(owner), method];
    tx.query(sql::LINKS, &values)?.iter().map(rows::link).collect()
}

pub(crate) fn of_session(
    tx: &mut dyn Tx,
    session: &SessionId,
) -> Result<Vec<LinkRecord>, StoreError> {
    let values = [Value::text(session.as_str())];
    tx.query(sql::LINKS_OF_SESSION, &values)?.iter().map(rows::link).collect()
}

pub(crate) fn history(tx: &mut dyn Tx, id: &LinkId) -> Result<Option<LinkHistory>, StoreError> {
    let Some(link) = find(tx, id)? else { return Ok(None) };
    let session = session_of(tx, &link)?;
    let timeline = tx
        .query(sql::LINK_TIMELINE, &[Value::text(id.as_str())])?
        .iter()
        .map(rows::link_timeline_entry)
        .collect::<Result<_, _>>()?;
    Ok(Some(LinkHistory { link, session, timeline }))
}

fn session_of(tx: &mut dyn Tx, link: &LinkRecord) -> Result<SessionRecord, StoreError> {
    let row = one(tx, sql::SESSION, &[Value::text(link.session.as_str())])?;
    rows::session(&row.ok_or(StoreError::Missing { what: "session" })?)
}
