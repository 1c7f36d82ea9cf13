//! Another account takes over from one that took nothing, or to whose order nobody has the way.

use kasir_shared::{Event, Moment, Phone, Status};

use crate::flow::draft::{Draft, Payer};
use crate::flow::{FlowError, House, link, look, route};
use crate::merchant::{Account, Route};
use crate::store::{
    AttemptRecord, Change, Entry, EntryKind, NextLook, Placing, Replaced, SessionRecord, Stage,
    Takeover,
};

/// How many attempts of one choice may be left for another.
const TAKEOVERS_MAX: u32 = 8;
/// How many of them for the same account again, under a new number.
const SAME_ACCOUNT_MAX: u32 = 3;

/// An attempt that can be left.
pub(super) struct Leaving {
    /// Why, in a few words.
    pub(super) why: String,
    /// Whether the provider may have the order all the same.
    pub(super) lost: bool,
    /// What was said.
    pub(super) said: Vec<Entry>,
    /// What becomes of it where nobody takes over.
    pub(super) stay: Change,
}

/// Where an attempt is left.
pub(super) struct From<'a> {
    pub(super) house: &'a House,
    pub(super) session: &'a SessionRecord,
    pub(super) attempt: &'a AttemptRecord,
    pub(super) account: &'a Account,
}

impl From<'_> {
    /// Lets another account than those that were `tried` take over, in one transaction; or the same
    /// one again, where nobody has the way to the order it may have. Otherwise the attempt stays.
    pub(super) async fn take_over(
        &self,
        leaving: Leaving,
        tried: &[String],
    ) -> Result<Option<Box<AttemptRecord>>, FlowError> {
        let Some(pick) = self.pick(leaving.lost, tried)? else {
            return match self.to_link(tried)? {
                Some(instead) => self.link_instead(leaving, tried, instead).await,
                None => self.stay(leaving).await,
            };
        };
        // An attempt sorts after the one that it takes over from.
        let now = self.house.now().max(self.attempt.created_at.plus_ms(1));
        let attempt = self.next(pick.account, now);
        let mut opening = pick.skipped;
        let left = format!("account {} was left: {}", self.account.id, leaving.why);
        opening.insert(0, Entry::new(now, EntryKind::Route, left));
        opening.push(Entry::new(
            now,
            EntryKind::Route,
            format!("account {} takes over from {}", pick.account.id, self.attempt.id),
        ));
        let to = format!("left for account {} ({}): {}", pick.account.id, attempt.id, leaving.why);
        let change = self.left(leaving, to, now)?;
        let look_at = now.plus_s(i64::from(self.house.lease_s()));
        let takeover = Takeover { attempt, opening, look_at };
        let replaced =
            self.house.store.replace_attempt(&self.attempt.id, change, &takeover).await?;
        self.house.bell.ring(&self.session.id);
        match replaced {
            Replaced::By(next) => {
                count(&self.account.id, &next.account);
                Ok(Some(next))
            }
            Replaced::Not => Ok(None),
        }
    }

    fn pick(&self, lost: bool, tried: &[String]) -> Result<Option<route::Pick<'_>>, FlowError> {
        let (attempt, session) = (self.attempt, self.session);
        if attempt.takeovers >= TAKEOVERS_MAX || self.house.now() >= session.expires_at {
            return Ok(None);
        }
        let merchant = self.house.merchant_of(session)?;
        let route = route::offered(self.house, merchant, attempt.method);
        // A linked wallet is linked at its own account.
        let elsewhere = || route::another(self.house, route.as_ref()?, attempt.amount, tried);
        let another = if attempt.link.is_none() { elsewhere() } else { None };
        let same = || {
            let again = lost && attempt.takeovers < SAME_ACCOUNT_MAX;
            again.then(|| route::Pick { account: self.account, skipped: Vec::new() })
        };
        Ok(another.or_else(same))
    }

    async fn stay(&self, leaving: Leaving) -> Result<Option<Box<AttemptRecord>>, FlowError> {
        let mut change = leaving.stay;
        change.entries.splice(0..0, leaving.said);
        self.house.store.apply(&self.attempt.id, change).await?;
        self.house.bell.ring(&self.session.id);
        Ok(None)
    }

    /// The route of an attempt that nobody else takes as it is, but somebody would with a linked
    /// wallet, and the number to link it under.
    fn to_link(&self, tried: &[String]) -> Result<Option<(Route, Phone)>, FlowError> {
        let (attempt, amount) = (self.attempt, self.attempt.amount);
        let merchant = self.house.merchant_of(self.session)?;
        let route = route::offered(self.house, merchant, attempt.method);
        let phone = attempt.phone.clone().filter(|_| attempt.link.is_none());
        let open = self.house.now() < self.session.expires_at;
        let found = route.zip(phone).filter(|_| open);
        Ok(found.filter(|(route, _)| route::awaits_link(self.house, route, amount, tried)))
    }

    /// Leaves the attempt, and begins to link the wallet where it can be linked.
    async fn link_instead(
        &self,
        leaving: Leaving,
        tried: &[String],
        (route, phone): (Route, Phone),
    ) -> Result<Option<Box<AttemptRecord>>, FlowError> {
        let refused = leaving.stay.event.is_some();
        let change = if refused {
            let mut change = leaving.stay;
            change.entries.splice(0..0, leaving.said);
            change
        } else {
            let now = self.house.now();
            let left = format!("left: {}; the wallet is to be linked elsewhere", leaving.why);
            self.left(leaving, left, now)?
        };
        let applied = self.house.store.apply(&self.attempt.id, change).await?;
        self.house.bell.ring(&self.session.id);
        if applied.attempt.status.is_live() || !applied.session.status.is_open() {
            return Ok(None);
        }
        let payer = (phone, self.attempt.ip);
        let begun = link::begin::begin_on(self.house, self.session, (&route, tried), payer);
        // Beginning a link may withdraw an attempt, and nothing is placed by that: it ends, though
        // the compiler cannot see it.
        match Box::pin(begun).await {
            Ok(()) | Err(FlowError::Refused { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The old attempt counts as called off, so that money which comes all the same makes it paid,
    /// late.
    fn left(&self, leaving: Leaving, summary: String, now: Moment) -> Result<Change, FlowError> {
        let mut change = Change::at(now);
        change.entries = leaving.said;
        change.entries.push(Entry::new(now, EntryKind::Route, summary));
        change.event = Some(Event::Withdrawn);
        change.next_look = NextLook::Never;
        if leaving.lost {
            change.placing = Some(Placing {
                stage: Stage::Orphaned,
                provider_reference: self.attempt.provider_reference.clone(),
                placings: self.attempt.placings,
                transaction: None,
                next_action: None,
                deadline: None,
            });
            let over = AttemptRecord { status: Status::Cancelled, ..self.attempt.clone() };
            change.next_look = look::watch(self.house, &over, now)?;
        }
        Ok(change)
    }

    /// The same choice at another account.
    fn next(&self, account: &Account, now: Moment) -> AttemptRecord {
        let old = self.attempt;
        let payer = Payer { phone: old.phone.clone(), name: old.name.clone(), ip: old.ip };
        let draft = Draft { session: self.session, method: old.method, account, payer };
        AttemptRecord {
            takeovers: old.takeovers + 1,
            link: old.link.clone(),
            // The customer goes on seeing what they saw: nobody knows yet.
            uncertain: old.uncertain,
            ..draft.attempt(self.house, now)
        }
    }
}

fn count(from: &str, to: &str) {
    tracing::warn!(from, to, "another account takes over");
    metrics::counter!("kasir_failovers_total", "from" => from.to_owned(), "to" => to.to_owned())
        .increment(1);
}
