//! Places an attempt's order at the provider.
//!
//! The attempt is on disk already, and each order number before it leaves. Whatever happens to this
//! process, the desk comes back to it and sends the identical order again. Where the provider surely
//! took nothing, or nobody has the way to what it may have taken, another account takes over.

mod course;
mod conclude;
mod next_action;
mod order;
mod takeover;

use kasir_shared::LinkStatus;

use super::{FlowError, House, link as linking};
use crate::courier::{Carried, CourierError};
use crate::merchant::Account;
use crate::provider::{FailureReason, Refusal, Started};
use crate::store::{
    AttemptRecord, Change, Entry, EntryKind, LinkRecord, NextLook, Placing, Sending, SessionRecord,
    Stage,
};
use takeover::Leaving;

/// How many order numbers one attempt may use up in a row.
const PLACINGS_MAX: u32 = 3;

/// Places an order whose first sending is on disk, and remembers what came of it.
pub async fn place(
    house: &House,
    session: &SessionRecord,
    attempt: &AttemptRecord,
) -> Result<(), FlowError> {
    let (mut attempt, mut tried) = (attempt.clone(), Vec::new());
    // The attempts of one choice are counted, so this ends.
    loop {
        tried.push(attempt.account.clone());
        let work = Work::new(house, session, &attempt)?;
        let Some(leaving) = work.run().await? else { return Ok(()) };
        let account = house.account_of(&attempt)?;
        let from = takeover::From { house, session, attempt: &attempt, account };
        match from.take_over(leaving, &tried).await? {
            Some(next) => attempt = *next,
            None => return Ok(()),
        }
    }
}

/// Places an order that was sent before, or not even that: the sending is noted first.
pub async fn place_again(
    house: &House,
    session: &SessionRecord,
    attempt: &AttemptRecord,
) -> Result<(), FlowError> {
    let now = house.now();
    let change = Change { sending: Some(attempt.sending.again(now)), ..Change::at(now) };
    let noted = house.store.apply(&attempt.id, change).await?;
    // Somebody may have called it off, or may have paid another way, since it was read.
    if !noted.attempt.status.is_live() || !noted.session.status.is_open() {
        return Ok(());
    }
    place(house, session, &noted.attempt).await
}

/// One placing, with what is to be remembered of it.
struct Work<'a> {
    house: &'a House,
    session: &'a SessionRecord,
    attempt: &'a AttemptRecord,
    account: &'a Account,
    reference: String,
    placings: u32,
    sending: Sending,
    entries: Vec<Entry>,
}

impl<'a> Work<'a> {
    fn new(
        house: &'a House,
        session: &'a SessionRecord,
        attempt: &'a AttemptRecord,
    ) -> Result<Self, FlowError> {
        Ok(Self {
            house,
            session,
            attempt,
            account: house.account_of(attempt)?,
            reference: attempt.provider_reference.clone(),
            placings: attempt.placings,
            sending: attempt.sending,
            entries: Vec::new(),
        })
    }

    /// Places it; what there is to leave where another account may take over.
    async fn run(mut self) -> Result<Option<Leaving>, FlowError> {
        let last = self.placings + PLACINGS_MAX - 1;
        loop {
            let outcome = self.speak().await?;
            let live = match outcome {
                Ok(Started::ReferenceTaken) if self.placings < last => {
                    self.take_another_number().await?
                }
                outcome => return self.conclude(outcome).await,
            };
            if !live {
                return Ok(None);
            }
        }
    }

    async fn speak(&mut self) -> Result<Result<Started, CourierError>, FlowError> {
        let link = self.link().await?;
        let mandate = match &link {
            Some(link) => linking::open(self.house, link).await?,
            None => None,
        };
        if self.attempt.link.is_some() && mandate.is_none() {
            let (code, reason) = ("no agreement".to_owned(), FailureReason::LinkGone);
            return Ok(Ok(Started::Refused(Refusal { code, reason })));
        }
        let order = self.order(mandate)?;
        let carried = match self.account.provider.start(&order, self.house.occasion()) {
            Ok(dialogue) => self.house.converse(self.account, dialogue).await,
            Err(error) => Carried::unsaid(error.into()),
        };
        self.entries.extend(carried.entries);
        if let (Some(link), Ok(Started::Refused(refusal))) = (&link, &carried.outcome)
            && refusal.reason == FailureReason::LinkGone
        {
            let why = format!("a payment was refused with {}: link again", refusal.code);
            linking::lose(self.house, link, &why).await?;
        }
        Ok(carried.outcome)
    }

    fn note(&mut self, kind: EntryKind, summary: &str) {
        self.entries.push(Entry::new(self.house.now(), kind, summary));
    }

    /// Goes on under another number, which is on disk before it leaves; `false` where the attempt is
    /// over meanwhile.
    async fn take_another_number(&mut self) -> Result<bool, FlowError> {
        let now = self.house.now();
        self.placings += 1;
        self.reference = self.account.provider.order_number(&self.attempt.id, self.placings);
        self.sending = Sending::first(now);
        self.note(EntryKind::Page, "the order number was taken by a call whose answer was lost");
        let mut change = Change::at(now);
        change.entries = std::mem::take(&mut self.entries);
        change.placing = Some(self.placing(Stage::Placing));
        change.sending = Some(self.sending);
        let noted = self.house.store.apply(&self.attempt.id, change).await?;
        Ok(noted.attempt.status.is_live())
    }

    /// The linked wallet that it is paid with. One that was taken back since is good for an order that
    /// may have been heard, as long as its agreement is there: what is sent again is identical.
    async fn link(&self) -> Result<Option<LinkRecord>, FlowError> {
        let Some(id) = &self.attempt.link else { return Ok(None) };
        let link = self.house.store.link(id).await?.map(|known| known.link);
        let usable = |link: &LinkRecord| match link.status {
            LinkStatus::Active => true,
            LinkStatus::Gone => self.sending.times > 1,
            LinkStatus::Pending => false,
        };
        Ok(link.filter(usable))
    }

    /// What is remembered of the order while nothing came of it.
    fn placing(&self, stage: Stage) -> Placing {
        Placing {
            stage,
            provider_reference: self.reference.clone(),
            placings: self.placings,
            transaction: None,
            next_action: None,
            deadline: None,
        }
    }

    /// Keeps what came of it, and tells whoever waits.
    async fn keep(mut self, mut change: Change) -> Result<(), FlowError> {
        change.entries.splice(0..0, std::mem::take(&mut self.entries));
        self.house.store.apply(&self.attempt.id, change).await?;
        self.house.bell.ring(&self.session.id);
        Ok(())
    }
}

/// A change at `at` that has the desk look again after so many seconds.
const fn look_after(mut change: Change, seconds: i64) -> Change {
    change.next_look = NextLook::At(change.at.plus_s(seconds));
    change
}
