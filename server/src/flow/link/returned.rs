//! The customer's browser comes back from the wallet's consent page.
//!
//! What it carries is believed only so far: a code is exchanged once, and only where it comes with the
//! state that we gave; everything else is a hint.

use bytes::Bytes;
use kasir_shared::{LinkId, LinkStatus, LinkTrouble, NextAction, WebUrl};

use super::step::{self, Asked};
use super::{House, account_of, keep, linkage_of, order};
use crate::courier::Carried;
use crate::flow::FlowError;
use crate::provider::LinkReturn;
use crate::secret::Secret;
use crate::store::{Entry, EntryKind, LinkChange, LinkRecord, NextLook};

/// A browser that came back, and what is to be asked now.
#[derive(Debug)]
pub struct Back {
    /// Where the page is.
    pub url: WebUrl,
    /// What is to be asked of the provider, though nobody should wait.
    pub question: Option<Question>,
}

/// What is to be asked of the provider.
#[derive(Debug)]
pub struct Question {
    link: LinkId,
    code: Option<Secret>,
}

/// Notes the return and judges what it carries; `None` for an address that is no link's. The state is
/// used up on disk before anything is exchanged.
pub async fn returned(
    house: &House,
    token: &str,
    request: &http::Request<Bytes>,
) -> Result<Option<Back>, FlowError> {
    let Some((session, link)) = house.store.link_by_return_token(token).await? else {
        return Ok(None);
    };
    let back = linkage_of(account_of(house, &link)?, &link)?.came_back(request);
    let now = house.now();
    let mut change = LinkChange::at(now);
    change.entries.push(Entry {
        at: now,
        kind: EntryKind::Return,
        summary: "the customer's browser came back".to_owned(),
        detail: back.said.clone(),
    });
    let question = judge(house, &link, back, change).await?;
    Ok(Some(Back { url: session.url, question }))
}

/// What is to be made of a return.
enum Worth {
    /// Nothing: the link is no longer waiting for it.
    Nothing(&'static str),
    /// It is not the browser that we sent, or not the first time.
    Strange(&'static str),
    /// The wallet's page says that nothing came of it.
    Trouble(LinkTrouble),
    /// A code to exchange.
    Code(Secret),
    /// A good moment to ask.
    Hint,
}

fn worth(link: &LinkRecord, back: LinkReturn) -> Worth {
    if link.status != LinkStatus::Pending {
        return Worth::Nothing(match (&back.code, link.state_used) {
            (Some(_), true) => "its state was used before: nothing is exchanged",
            (Some(_), false) => "the link is over: nothing is exchanged",
            (None, _) => "the link is decided already",
        });
    }
    let state = back.state.filter(|state| !state.is_empty());
    match (back.code, state, back.trouble) {
        // The first return that carried the state is still being worked on.
        (Some(_), Some(state), _) if state == link.state && link.state_used => {
            Worth::Nothing("its state was used before: nothing is exchanged")
        }
        (Some(code), Some(state), _) if state == link.state => Worth::Code(code),
        (Some(_), Some(_), _) => Worth::Strange("it carries a state that we did not give"),
        (Some(_), None, _) => Worth::Strange("it carries no state"),
        (None, _, Some(trouble)) => Worth::Trouble(trouble),
        (None, _, None) => Worth::Hint,
    }
}

async fn judge(
    house: &House,
    link: &LinkRecord,
    back: LinkReturn,
    mut change: LinkChange,
) -> Result<Option<Question>, FlowError> {
    let ask = |code| Some(Question { link: link.id.clone(), code });
    let now = change.at;
    match worth(link, back) {
        Worth::Nothing(why) => {
            change.entries.push(Entry::new(now, EntryKind::Return, why));
            keep(house, link, change).await?;
            Ok(None)
        }
        Worth::Strange(why) => {
            tracing::warn!(link = %link.id, why, "a return is not recognised");
            let summary = format!("{why}: nothing is exchanged");
            let trouble = LinkTrouble::Unrecognised;
            keep(house, link, step::over(change, EntryKind::Return, summary, trouble)).await?;
            Ok(None)
        }
        Worth::Trouble(trouble) => {
            let summary = "the wallet's page says that it came to nothing".to_owned();
            keep(house, link, step::over(change, EntryKind::Return, summary, trouble)).await?;
            Ok(None)
        }
        Worth::Code(code) => {
            change.consume_state = true;
            change.next_action = Some(NextAction::Wait);
            // Whatever becomes of this process, the desk asks how the link stands.
            change.next_look = NextLook::At(now.plus_s(i64::from(house.lease_s())));
            let applied = keep(house, link, change).await?;
            let ours = applied.consumed && applied.link.status == LinkStatus::Pending;
            Ok(ours.then_some(code).and_then(|code| ask(Some(code))))
        }
        Worth::Hint => {
            let applied = keep(house, link, change).await?;
            Ok((applied.link.status == LinkStatus::Pending).then(|| ask(None)).flatten())
        }
    }
}

/// Asks the provider: for the agreement where there is a code to exchange, or else how the link
/// stands. It must not be left half done: a code is good for one exchange.
pub async fn ask(house: &House, question: Question) -> Result<(), FlowError> {
    let Some(known) = house.store.link(&question.link).await? else { return Ok(()) };
    if known.link.status != LinkStatus::Pending {
        return Ok(());
    }
    let asked = if question.code.is_some() { Asked::Exchange } else { Asked::Standing };
    let account = account_of(house, &known.link)?;
    let order = order::order(house, &known.session, &known.link)?;
    let linkage = linkage_of(account, &known.link)?;
    let carried = match linkage.resume(&order, question.code.as_ref(), house.occasion()) {
        Ok(dialogue) => house.converse(account, dialogue).await,
        Err(error) => Carried::unsaid(error.into()),
    };
    step::take(house, &known.link, asked, carried).await
}

/// How a link stands, without a code.
pub(super) const fn standing(link: LinkId) -> Question {
    Question { link, code: None }
}
