//! Linked wallets: which is chosen, and how much is in them.

use kasir_shared::api::checkout::{Balance, CheckoutView, LinkView, Linkable, Offer};
use kasir_shared::{FailureReason, LinkStatus, MethodId};

use super::{Effect, Model, Stage};
use crate::page::Page;
use crate::poll::Ms;

/// How long a wallet may take to say how much is in it.
const BALANCE_PATIENCE: Ms = 5_000;

/// How much is in a linked wallet.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Funds {
    /// It was asked.
    Asked,
    /// So much.
    Known(Balance),
    /// It did not say, or not in time. It can be paid with all the same.
    Unknown,
}

/// Whether a wallet is being linked.
pub(crate) fn is_pending(view: &CheckoutView) -> bool {
    view.linking.as_ref().is_some_and(|linking| linking.status == LinkStatus::Pending)
}

/// The link that a method of this view pays by.
pub(crate) fn link_of(view: &CheckoutView, method: MethodId) -> Option<&LinkView> {
    view.links.iter().find(|link| link.method == method && link.active)
}

/// Whether choosing a method links it first.
pub(crate) fn must_link(view: &CheckoutView, offer: &Offer) -> bool {
    offer.linkable == Linkable::Required && link_of(view, offer.id).is_none()
}

/// The method that was linked in this session just now.
pub(crate) fn just_linked(view: &CheckoutView) -> Option<MethodId> {
    let linking = view.linking.as_ref()?;
    (linking.status == LinkStatus::Active).then_some(linking.method)
}

/// The method that is chosen already: what was linked just now, what is to be linked again, the first
/// linked wallet, or the only method.
pub(super) fn first_choice(page: &Page) -> Option<MethodId> {
    let view = &page.view;
    let mut usable = view.methods.iter().filter(|offer| offer.unavailable.is_none());
    let linked = usable.clone().find(|offer| link_of(view, offer.id).is_some());
    let only = usable.next().filter(|_| usable.next().is_none());
    let first = linked.or(only).map(|offer| offer.id);
    just_linked(view).or_else(|| lost_link(view)).or(first)
}

/// The method whose link its wallet did not accept any more when it was paid with.
pub(super) fn lost_link(view: &CheckoutView) -> Option<MethodId> {
    let attempt = view.attempt.as_ref()?;
    (attempt.reason == Some(FailureReason::LinkGone)).then_some(attempt.method)
}

impl Model {
    /// Asks for every balance that was not asked for in this view of the page.
    pub(super) fn ask_balances(&mut self, now: Ms) -> Vec<Effect> {
        if !self.live.awake || self.shown.stage != Stage::Choose {
            return Vec::new();
        }
        let (view, funds) = (&self.shown.view, &mut self.live.funds);
        let mut effects = Vec::new();
        let usable = view.methods.iter().filter(|offer| offer.unavailable.is_none());
        let linked = usable.filter_map(|offer| link_of(view, offer.id));
        for link in linked.filter(|link| link.balance) {
            if funds.iter().all(|(known, _)| *known != link.method) {
                funds.push((link.method, Funds::Asked));
                effects.push(Effect::AskBalance(link.method, link.id.clone()));
                self.balance_due = Some(now + BALANCE_PATIENCE);
            }
        }
        effects
    }

    /// A wallet said how much is in it, or did not: its link may be gone.
    pub(super) fn balance(
        &mut self,
        wallet: MethodId,
        balance: Option<Balance>,
        now: Ms,
    ) -> Vec<Effect> {
        for (known, funds) in &mut self.live.funds {
            if *known == wallet {
                *funds = balance.map_or(Funds::Unknown, Funds::Known);
            }
        }
        if balance.is_some() { Vec::new() } else { self.look(now) }
    }

    /// Nobody waits for a balance any longer.
    pub(super) fn give_up_on_balances(&mut self) {
        self.balance_due = None;
        for (_, funds) in &mut self.live.funds {
            if *funds == Funds::Asked {
                *funds = Funds::Unknown;
            }
        }
    }
}
