//! All that the page knows: what it shows, until when, and when it looks again.

use kasir_shared::api::checkout::CheckoutView;
use kasir_shared::{AttemptId, NextAction};

use super::links::{first_choice, just_linked};
use super::{Effect, Funds, Live, Shown, Stage, Trouble, next_action};
use crate::page::{Page, Purse};
use crate::poll::{Ms, Need, Poll};

/// How long the shop's page may take to say whether it takes the customer away.
const LEAVE_PATIENCE: Ms = 500;

/// All that the page knows.
#[expect(clippy::struct_excessive_bools, reason = "facts that come and go one by one")]
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    /// What the screens are drawn from.
    pub shown: Shown,
    /// What changes meanwhile.
    pub live: Live,
    /// The ended attempt that the customer has seen and looks past, to choose again.
    pub(super) past: Option<AttemptId>,
    pub(super) framed: bool,
    pub(super) connected: bool,
    /// Pay was pressed in this very view of the page, so that it may leave by itself: once.
    pub(super) pressed: bool,
    pub(super) left_for: Option<AttemptId>,
    pub(super) looking: bool,
    pub(super) deadline: Option<Ms>,
    pub(super) app_due: Option<Ms>,
    pub(super) leave_due: Option<Ms>,
    pub(super) balance_due: Option<Ms>,
    pub(super) poll: Poll,
}

impl Model {
    /// The page as it was rendered. Its countdown began when the server answered, which on this
    /// clock was the beginning: hurrying a customer by a second is honest, the opposite is not.
    pub fn new(page: &Page) -> Self {
        let view = page.view.clone();
        let over = view.attempt.as_ref().filter(|attempt| !attempt.status.is_live());
        let past = over.filter(|_| page.choose).map(|attempt| attempt.id.clone());
        let stage = Stage::of(&view, past.as_ref());
        let trouble = page.problem.as_ref().map(Trouble::said);
        let chosen = page.typed.method.or_else(|| first_choice(page));
        let found = |balance: Option<_>| balance.map_or(Funds::Unknown, Funds::Known);
        let link_of = |purse: &Purse| view.links.iter().find(|link| link.id == purse.link);
        let funds = page.balances.iter();
        let funds = funds.filter_map(|purse| Some((link_of(purse)?.method, found(purse.balance))));
        let live = Live { chosen, trouble, funds: funds.collect(), ..Live::default() };
        let mut model = Self {
            shown: Shown { stage, view },
            live,
            past,
            framed: page.embed,
            connected: false,
            pressed: page.leave,
            left_for: None,
            looking: false,
            deadline: None,
            app_due: None,
            leave_due: None,
            balance_due: None,
            poll: Poll::default(),
        };
        model.wind(0);
        model
    }

    /// When [`Rang`](super::Msg::Rang) is wanted next.
    pub fn alarm(&self, now: Ms) -> Option<Ms> {
        let tick = self.deadline.map(|deadline| {
            // The next whole second of the countdown.
            let left = deadline.saturating_sub(now);
            now + if left == 0 { 0 } else { (left - 1) % 1_000 + 1 }
        });
        let tick = tick.filter(|_| self.is_counting());
        let look = self.poll.next(self.need()).filter(|_| !self.looking);
        [tick, look, self.app_due, self.leave_due, self.balance_due].into_iter().flatten().min()
    }

    fn is_counting(&self) -> bool {
        !matches!(self.shown.stage, Stage::Checking | Stage::Finished(_))
    }

    fn need(&self) -> Need {
        match self.shown.stage {
            Stage::Linking | Stage::Checking | Stage::Uncertain => Need::Certainty,
            Stage::Choose | Stage::Act => Need::News,
            Stage::Finished(_) if self.shown.view.status.is_open() => Need::News,
            Stage::Finished(_) => Need::Nothing,
        }
    }

    /// Winds the countdown to what the view says.
    pub(super) fn wind(&mut self, now: Ms) {
        let view = &self.shown.view;
        let left = match self.shown.stage {
            Stage::Act => view.seconds_left,
            // Once it is over there is nothing to count, only to ask.
            Stage::Uncertain => view.seconds_left.filter(|left| *left > 0),
            Stage::Choose | Stage::Linking => Some(view.expires_in),
            Stage::Checking | Stage::Finished(_) => None,
        };
        self.deadline = left.map(|left| now + Ms::from(left) * 1_000);
        self.live.seconds_left = left;
    }

    /// Takes in a view, unless it is older than the one shown.
    pub(super) fn show(&mut self, view: CheckoutView, now: Ms) -> Vec<Effect> {
        if view.version < self.shown.view.version {
            return Vec::new();
        }
        let stage = Stage::of(&view, self.past.as_ref());
        let told = view.status != self.shown.view.status;
        let screen_changed = stage != self.shown.stage
            || kind(next_action(&view)) != kind(next_action(&self.shown.view));
        self.shown = Shown { stage, view };
        self.live.offline = false;
        self.wind(now);
        let mut effects = Vec::new();
        if screen_changed {
            self.live = Live { app_missing: false, copied: None, ..self.live.clone() };
            self.app_due = None;
            if self.shown.stage == Stage::Choose {
                self.live.chosen = just_linked(&self.shown.view).or(self.live.chosen);
            }
            effects.push(Effect::FocusHeading);
        }
        if told && self.connected {
            effects.push(Effect::Tell);
        }
        effects.extend(self.leave(now));
        effects.extend(self.ask_balances(now));
        effects
    }

    /// Leaves by itself, once per attempt, and only for a customer who has just asked for it.
    pub(super) fn leave(&mut self, now: Ms) -> Option<Effect> {
        let leads_away = matches!(
            self.shown.view.next_action,
            Some(NextAction::Redirect { .. } | NextAction::Submit(_))
        );
        let attempt = self.shown.view.attempt.as_ref()?;
        let first = self.left_for.as_ref() != Some(&attempt.id);
        if !(self.pressed && leads_away && first && self.shown.stage == Stage::Act) {
            return None;
        }
        // In a frame only the shop's page can take the customer away.
        if self.framed && !self.connected {
            return None;
        }
        self.left_for = Some(attempt.id.clone());
        self.live.leaving = true;
        self.leave_due = self.framed.then_some(now + LEAVE_PATIENCE);
        Some(if self.framed { Effect::AskToLeave } else { Effect::Leave })
    }

    pub(super) fn look(&mut self, now: Ms) -> Vec<Effect> {
        if self.looking || self.need() == Need::Nothing {
            return Vec::new();
        }
        self.looking = true;
        self.poll.look(now);
        vec![Effect::Look]
    }

    /// Back in sight, whichever of four events said so.
    pub(super) fn returned(&mut self, now: Ms) -> Vec<Effect> {
        let mut effects = vec![Effect::Listen];
        if self.poll.is_settled(now) {
            self.poll.restart(now);
            effects.extend(self.look(now));
        }
        effects
    }

    pub(super) fn rang(&mut self, now: Ms) -> Vec<Effect> {
        if self.app_due.is_some_and(|due| now >= due) {
            self.app_due = None;
            self.live.app_missing = true;
        }
        if self.leave_due.is_some_and(|due| now >= due) {
            self.stay();
        }
        if self.balance_due.is_some_and(|due| now >= due) {
            self.give_up_on_balances();
        }
        if let Some(deadline) = self.deadline.filter(|_| self.is_counting()) {
            let left = deadline.saturating_sub(now).div_ceil(1_000);
            self.live.seconds_left = u32::try_from(left).ok();
            if left == 0 {
                self.shown.stage = Stage::Checking;
                self.poll.restart(now);
                let mut effects = vec![Effect::FocusHeading];
                effects.extend(self.look(now));
                return effects;
            }
        }
        let due = self.poll.next(self.need()).is_some_and(|due| now >= due);
        if due { self.look(now) } else { Vec::new() }
    }

    pub(super) fn stay(&mut self) {
        self.leave_due = None;
        self.live.leaving = false;
    }
}

/// Which screen an action has, without what it says.
fn kind(action: Option<&NextAction>) -> Option<std::mem::Discriminant<NextAction>> {
    action.map(std::mem::discriminant)
}
