//! Places an attempt's order at the provider, or whatever must come before it.
//!
//! The attempt is on disk already. Whatever happens to this process, the desk comes back to it, and
//! placing again is safe: either the order is placed then, or its number turns out to be taken and
//! it is placed under another.

use kasir_shared::{AppUrl, Event, Kind, Moment, NextAction};

use super::{FlowError, House};
use crate::courier::{Carried, CourierError};
use crate::merchant::Account;
use crate::provider::{Next, Order, Payer, ProviderError, Refusal, RefusalReason, Started};
use crate::secret::Secret;
use crate::store::{
    AttemptRecord, Change, Entry, EntryKind, LinkRecord, LinkStatus, NextLook, Placing,
    SessionRecord, Stage,
};

/// How many order numbers one attempt may use up in a row.
const PLACINGS_MAX: u32 = 3;
/// Seconds until the desk asks again after a silence or a busy provider.
const AGAIN_S: i64 = 5;
/// Seconds after which a provider that is only ever busy is given up on. It took nothing, so the
/// customer may choose another way.
const BUSY_PATIENCE_S: i64 = 90;
/// Seconds until the first look at an order that was placed.
const FIRST_LOOK_S: i64 = 5;

/// Places it, and remembers what came of it.
pub async fn place(
    house: &House,
    session: &SessionRecord,
    attempt: &AttemptRecord,
) -> Result<(), FlowError> {
    let mut work = Work::new(house, session, attempt)?;
    for _ in 0..PLACINGS_MAX {
        let link = work.active_link().await?;
        let order = work.order(link.as_ref())?;
        let carried = match work.account.provider.start(&order, house.occasion()) {
            Ok(dialogue) => house.courier.carry(work.account.provider.name(), dialogue).await,
            Err(error) => Carried { outcome: Err(error.into()), entries: Vec::new() },
        };
        work.entries.extend(carried.entries);
        match carried.outcome {
            Ok(Started::ReferenceTaken | Started::Orphaned) => work.take_another_number(),
            Ok(Started::Refused(Refusal { reason: RefusalReason::LinkGone, .. })) => {
                work.lose_link(link).await?;
            }
            outcome => return work.conclude(outcome, link).await,
        }
    }
    // The provider took no number of ours: the desk tries once more a little later.
    work.conclude(Ok(Started::Busy), None).await
}

/// One placing, with what is to be remembered of it.
struct Work<'a> {
    house: &'a House,
    session: &'a SessionRecord,
    attempt: &'a AttemptRecord,
    account: &'a Account,
    reference: String,
    placings: u32,
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
            entries: Vec::new(),
        })
    }

    fn note(&mut self, kind: EntryKind, summary: &str) {
        let at = self.house.now();
        self.entries.push(Entry { at, kind, summary: summary.to_owned(), detail: None });
    }

    fn take_another_number(&mut self) {
        self.placings += 1;
        self.reference = format!("{}-{}", self.attempt.id, self.placings);
        self.note(EntryKind::Page, "the order number was taken by a call whose answer was lost");
    }

    async fn active_link(&self) -> Result<Option<LinkRecord>, FlowError> {
        if self.attempt.method.row().kind != Kind::LinkedWallet {
            return Ok(None);
        }
        let method = Some(self.attempt.method);
        let links = self
            .house
            .store
            .links(&self.session.merchant, &self.session.link_owner(), method)
            .await?;
        let ours = |link: &LinkRecord| {
            link.status == LinkStatus::Active
                && link.account == self.account.id
                && link.phone == self.attempt.phone
        };
        Ok(links.into_iter().find(ours))
    }

    async fn lose_link(&mut self, link: Option<LinkRecord>) -> Result<(), FlowError> {
        if let Some(link) = link {
            let gone = LinkRecord {
                status: LinkStatus::Gone,
                sealed: None,
                updated_at: self.house.now(),
                ..link
            };
            self.house.store.save_link(&gone).await?;
        }
        self.take_another_number();
        self.note(
            EntryKind::Answer,
            "the wallet no longer accepts the link; the customer links again",
        );
        Ok(())
    }

    fn order(&self, link: Option<&LinkRecord>) -> Result<Order, FlowError> {
        let (house, session, attempt) = (self.house, self.session, self.attempt);
        let merchant = house.merchant_of(session)?;
        let customer = &session.customer;
        Ok(Order {
            reference: self.reference.clone(),
            issued_at: attempt.created_at,
            method: attempt.method,
            amount: attempt.amount,
            description: format!("{} {}", merchant.name, session.reference),
            items: session.items.clone(),
            payer: Payer {
                name: attempt.name.clone().or_else(|| customer.name.clone()),
                phone: attempt.phone.clone().or_else(|| customer.phone.clone()),
                email: customer.email.clone(),
                ip: attempt.ip,
            },
            notify_url: house.address(&format!(
                "/notify/{}/{}",
                self.account.provider.name(),
                self.account.id
            )),
            return_url: house.address(&format!("/return/{}", attempt.return_token)),
            expires_at: session.expires_at,
            mandate: link.map(|link| self.mandate(link)).transpose()?.flatten(),
        })
    }

    fn mandate(&self, link: &LinkRecord) -> Result<Option<Secret>, FlowError> {
        let open = |sealed| self.house.vault.open(sealed, link.id.as_str());
        let missing = |error| FlowError::Unconfigured { what: format!("vault key: {error}") };
        link.sealed.as_ref().map(open).transpose().map_err(missing)
    }

    async fn conclude(
        mut self,
        outcome: Result<Started, CourierError>,
        link: Option<LinkRecord>,
    ) -> Result<(), FlowError> {
        let now = self.house.now();
        let mut change = Change::at(now);
        change.uncertain = Some(false);
        match outcome {
            Ok(Started::Placed { transaction, next, lifetime_s }) => {
                change.event = Some(Event::Accepted);
                let deadline = lifetime_s.map(|s| now.plus_s(i64::from(s)));
                let mut placing =
                    self.placing(Stage::Placed, Some(self.next_action(next, deadline, now)));
                (placing.transaction, placing.deadline) = (transaction, deadline);
                placing.link = link.map(|link| link.id);
                change.placing = Some(placing);
                change.next_look = NextLook::At(now.plus_s(FIRST_LOOK_S));
            }
            Ok(Started::LinkFirst(next)) => {
                self.house.store.save_link(&self.pending_link(now)).await?;
                change.event = Some(Event::Accepted);
                change.placing = Some(self.placing(Stage::Linking, Some(linking(next))));
                // Only a notification brings the agreement; the desk ends it with the session.
                change.next_look = NextLook::At(self.session.expires_at);
            }
            Ok(Started::Refused(refusal)) => {
                self.note(EntryKind::Answer, &format!("refused with {}", refusal.code));
                change.event = Some(Event::Declined);
                change.next_look = NextLook::Never;
            }
            Ok(Started::Busy | Started::ReferenceTaken | Started::Orphaned) => {
                self.wait(&mut change, now)
            }
            Err(CourierError::Provider(
                error @ (ProviderError::Misconfigured { .. } | ProviderError::Unsendable { .. }),
            )) => {
                tracing::error!(account = %self.account.id, %error, "an order cannot be placed");
                self.note(EntryKind::Alarm, &format!("cannot be placed: {error}"));
                change.event = Some(Event::Declined);
                change.next_look = NextLook::Never;
            }
            Err(
                error @ (CourierError::Silence(_)
                | CourierError::Unsaid(_)
                | CourierError::Provider(_)
                | CourierError::Endless),
            ) => {
                self.note(
                    EntryKind::Silence,
                    &format!("nobody knows whether it was placed: {error}"),
                );
                change.uncertain = Some(true);
                change.placing = Some(self.placing(Stage::Placing, None));
                change.next_look = NextLook::At(now.plus_s(AGAIN_S));
            }
        }
        change.entries = self.entries;
        self.house.store.apply(&self.attempt.id, change).await?;
        self.house.bell.ring(&self.session.id);
        Ok(())
    }

    fn wait(&mut self, change: &mut Change, now: Moment) {
        if now >= self.attempt.created_at.plus_s(BUSY_PATIENCE_S) {
            // It never said no, so this is no failure: it is taken back before anybody could pay it.
            self.note(EntryKind::Answer, "called off: the provider stayed busy and took nothing");
            change.event = Some(Event::Withdrawn);
            change.next_look = NextLook::Never;
        } else {
            change.placing = Some(self.placing(Stage::Placing, None));
            change.next_look = NextLook::At(now.plus_s(AGAIN_S));
        }
    }

    fn placing(&self, stage: Stage, next_action: Option<NextAction>) -> Placing {
        Placing {
            stage,
            provider_reference: self.reference.clone(),
            placings: self.placings,
            transaction: None,
            next_action,
            deadline: None,
            link: None,
        }
    }

    fn pending_link(&self, now: Moment) -> LinkRecord {
        LinkRecord {
            id: self.house.dice.id(now),
            merchant: self.session.merchant.clone(),
            owner: self.session.link_owner(),
            method: self.attempt.method,
            provider: self.attempt.provider.clone(),
            account: self.account.id.clone(),
            status: LinkStatus::Pending,
            phone: self.attempt.phone.clone(),
            sealed: None,
            created_at: now,
            updated_at: now,
        }
    }

    /// What the customer does next, in the page's words.
    fn next_action(&self, next: Next, deadline: Option<Moment>, now: Moment) -> NextAction {
        let attempt = self.attempt;
        let method = attempt.method.row();
        match next {
            Next::Redirect(url) => NextAction::Redirect { url },
            Next::OpenApp { app_url, web_url } => {
                let path = format!(
                    "/checkout/v1/{}/attempts/{}/qr.svg",
                    self.session.client_token, attempt.id
                );
                NextAction::OpenApp { app_url, web_url, qr: self.house.address(&path) }
            }
            Next::Submit(submit) => NextAction::Submit(submit),
            Next::ApprovePush => NextAction::ApprovePush {
                app_name: method.name.to_owned(),
                phone_masked: attempt
                    .phone
                    .as_ref()
                    .map(kasir_shared::Phone::masked)
                    .unwrap_or_default(),
                seconds_left: deadline.map_or(0, |deadline| deadline.seconds_after(now)),
                app_url: method.app.as_ref().and_then(|app| opens(app.scheme)),
            },
            Next::Wait => NextAction::Wait,
        }
    }
}

fn opens(scheme: &str) -> Option<AppUrl> {
    format!("{scheme}://").parse().ok()
}

fn linking(next: Next) -> NextAction {
    match next {
        Next::Redirect(url) => NextAction::Link { url: Some(url), submit: None },
        Next::Submit(submit) => NextAction::Link { url: None, submit: Some(submit) },
        Next::OpenApp { web_url, .. } => NextAction::Link { url: Some(web_url), submit: None },
        Next::ApprovePush | Next::Wait => NextAction::Wait,
    }
}
