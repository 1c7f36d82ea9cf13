//! All that the page knows, and how it changes.

use kasir_shared::api::checkout::{CheckoutView, StartAttempt};
use kasir_shared::{AttemptId, Field, MethodId, NextAction, ProblemCode};

use super::{Effect, Failure, Live, Msg, Shown, Stage, Trouble, Wrong};
use crate::page::Page;
use crate::poll::{Ms, Need, Poll};

/// How long an app may take to cover the page before its absence is noticed.
const APP_PATIENCE: Ms = 1_800;
/// How long the shop's page may take to say whether it takes the customer away.
const LEAVE_PATIENCE: Ms = 500;

/// All that the page knows.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    /// What the screens are drawn from.
    pub shown: Shown,
    /// What changes meanwhile.
    pub live: Live,
    /// The ended attempt that the customer has seen and looks past, to choose again.
    past: Option<AttemptId>,
    framed: bool,
    connected: bool,
    /// Pay was pressed in this very view of the page, so that it may leave by itself: once.
    pressed: bool,
    left_for: Option<AttemptId>,
    looking: bool,
    deadline: Option<Ms>,
    app_due: Option<Ms>,
    leave_due: Option<Ms>,
    poll: Poll,
}

impl Model {
    /// The page as it was rendered. Its countdown began when the server answered, which on this
    /// clock was the beginning: hurrying a customer by a second is honest, the opposite is not.
    pub fn new(page: &Page) -> Self {
        let view = page.view.clone();
        let over = view.attempt.as_ref().filter(|attempt| !attempt.status.is_live());
        let past = over.filter(|_| page.choose).map(|attempt| attempt.id.clone());
        let stage = Stage::of(&view, past.as_ref());
        let mut usable = view.methods.iter().filter(|offer| offer.unavailable.is_none());
        let only = usable.next().filter(|_| usable.next().is_none()).map(|offer| offer.id);
        let trouble = page.problem.as_ref().map(Trouble::said);
        let live = Live { chosen: page.typed.method.or(only), trouble, ..Live::default() };
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
            poll: Poll::default(),
        };
        model.wind(0);
        model
    }

    /// When [`Msg::Rang`] is wanted next.
    pub fn alarm(&self, now: Ms) -> Option<Ms> {
        let tick = self.deadline.map(|deadline| {
            // The next whole second of the countdown.
            let left = deadline.saturating_sub(now);
            now + if left == 0 { 0 } else { (left - 1) % 1_000 + 1 }
        });
        let tick = tick.filter(|_| self.is_counting());
        let look = self.poll.next(self.need()).filter(|_| !self.looking);
        [tick, look, self.app_due, self.leave_due].into_iter().flatten().min()
    }

    fn is_counting(&self) -> bool {
        matches!(self.shown.stage, Stage::Choose | Stage::Act)
    }

    fn need(&self) -> Need {
        match self.shown.stage {
            Stage::Checking | Stage::Uncertain => Need::Certainty,
            Stage::Choose | Stage::Act => Need::News,
            Stage::Finished(_) if self.shown.view.status.is_open() => Need::News,
            Stage::Finished(_) => Need::Nothing,
        }
    }

    /// Winds the countdown to what the view says.
    fn wind(&mut self, now: Ms) {
        let view = &self.shown.view;
        let left = match self.shown.stage {
            Stage::Act => view.seconds_left,
            Stage::Choose => Some(view.expires_in),
            Stage::Checking | Stage::Uncertain | Stage::Finished(_) => None,
        };
        self.deadline = left.map(|left| now + Ms::from(left) * 1_000);
        self.live.seconds_left = left;
    }

    /// Takes in a view, unless it is older than the one shown.
    fn show(&mut self, view: CheckoutView, now: Ms) -> Vec<Effect> {
        if view.version < self.shown.view.version {
            return Vec::new();
        }
        let stage = Stage::of(&view, self.past.as_ref());
        let told = view.status != self.shown.view.status;
        let screen_changed = stage != self.shown.stage
            || kind(view.next_action.as_ref()) != kind(self.shown.view.next_action.as_ref());
        self.shown = Shown { stage, view };
        self.live.offline = false;
        self.wind(now);
        let mut effects = Vec::new();
        if screen_changed {
            self.live = Live { app_missing: false, copied: None, ..self.live.clone() };
            self.app_due = None;
            effects.push(Effect::FocusHeading);
        }
        if told && self.connected {
            effects.push(Effect::Tell);
        }
        effects.extend(self.leave(now));
        effects
    }

    /// Leaves by itself, once per attempt, and only for a customer who has just asked for it.
    fn leave(&mut self, now: Ms) -> Option<Effect> {
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

    fn look(&mut self, now: Ms) -> Vec<Effect> {
        if self.looking || self.need() == Need::Nothing {
            return Vec::new();
        }
        self.looking = true;
        self.poll.look(now);
        vec![Effect::Look]
    }

    /// Back in sight, whichever of four events said so.
    fn returned(&mut self, now: Ms) -> Vec<Effect> {
        let mut effects = vec![Effect::Listen];
        if self.poll.is_settled(now) {
            self.poll.restart(now);
            effects.extend(self.look(now));
        }
        effects
    }

    fn confirm(&mut self, start: Option<StartAttempt>, now: Ms) -> Vec<Effect> {
        if self.live.busy || self.shown.stage != Stage::Choose {
            return Vec::new();
        }
        let Some(start) = start else {
            self.live.trouble = Some(Trouble { field: None, what: Wrong::Method });
            return vec![Effect::FocusWrong];
        };
        self.live.chosen = Some(start.method);
        self.live.trouble = self.wrong(&start);
        if self.live.trouble.is_some() {
            return vec![Effect::FocusWrong];
        }
        self.live.busy = true;
        self.pressed = true;
        self.poll.restart(now);
        vec![Effect::Start(start)]
    }

    fn wrong(&self, start: &StartAttempt) -> Option<Trouble> {
        let offer = self.shown.view.methods.iter().find(|offer| offer.id == start.method)?;
        if start.link.is_some() {
            return None;
        }
        offer.fields.iter().find_map(|field| match field {
            Field::Phone => Trouble::of(*field, start.phone.as_deref().unwrap_or_default()),
            Field::Name => Trouble::of(*field, start.name.as_deref().unwrap_or_default()),
        })
    }

    fn answered(&mut self, answer: Result<Box<CheckoutView>, Failure>, now: Ms) -> Vec<Effect> {
        self.live.busy = false;
        self.poll.restart(now);
        match answer {
            Ok(view) => {
                self.live.trouble = None;
                self.show(*view, now)
            }
            Err(failure) => {
                // The attempt may be there although its answer was lost: look before anything else.
                self.past = self.past.take().filter(|_| self.shown.stage == Stage::Choose);
                let mut effects = self.trouble(failure);
                effects.extend(self.look(now));
                effects
            }
        }
    }

    fn trouble(&mut self, failure: Failure) -> Vec<Effect> {
        let (trouble, code) = match failure {
            Failure::Offline => (Trouble { field: None, what: Wrong::Offline }, None),
            Failure::Unreadable => (Trouble { field: None, what: Wrong::Broken }, None),
            Failure::Problem(problem) => (Trouble::said(&problem), Some(problem.code)),
        };
        self.live.trouble = Some(trouble);
        let mut effects = vec![Effect::FocusWrong];
        effects.extend(code.filter(|_| self.connected).map(Effect::TellProblem));
        effects
    }

    fn looked(&mut self, answer: Result<Box<CheckoutView>, Failure>, now: Ms) -> Vec<Effect> {
        self.looking = false;
        match answer {
            Ok(view) => self.show(*view, now),
            Err(Failure::Offline) => {
                self.live.offline = true;
                Vec::new()
            }
            Err(Failure::Problem(problem)) if problem.code == ProblemCode::NotFound => {
                vec![Effect::Reload]
            }
            Err(Failure::Problem(_) | Failure::Unreadable) => Vec::new(),
        }
    }

    fn rang(&mut self, now: Ms) -> Vec<Effect> {
        if self.app_due.is_some_and(|due| now >= due) {
            self.app_due = None;
            self.live.app_missing = true;
        }
        if self.leave_due.is_some_and(|due| now >= due) {
            self.stay();
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

    fn stay(&mut self) {
        self.leave_due = None;
        self.live.leaving = false;
    }

    fn restored(&mut self, now: Ms) -> Vec<Effect> {
        self.live.busy = false;
        self.looking = false;
        self.stay();
        self.poll = Poll::default();
        self.returned(now)
    }

    fn choose_again(&mut self, now: Ms) -> Vec<Effect> {
        self.past = self.shown.view.attempt.as_ref().map(|attempt| attempt.id.clone());
        self.shown.stage = Stage::of(&self.shown.view, self.past.as_ref());
        self.live.trouble = None;
        self.wind(now);
        vec![Effect::FocusHeading]
    }

    fn another_way(&mut self) -> Vec<Effect> {
        let live = self.shown.view.attempt.as_ref().filter(|attempt| attempt.status.is_live());
        let Some(attempt) = live.filter(|_| !self.live.busy) else { return Vec::new() };
        let attempt = attempt.id.clone();
        self.live.busy = true;
        self.past = Some(attempt.clone());
        vec![Effect::Cancel(attempt)]
    }

    fn typed(&mut self, field: Field, text: &str) {
        let wrong = Trouble::of(field, text).filter(|_| !text.is_empty());
        let about_it = self.live.trouble.as_ref().is_some_and(|old| old.field == Some(field));
        if wrong.is_some() || about_it {
            self.live.trouble = wrong;
        }
    }

    fn woke(&mut self, chosen: Option<MethodId>, now: Ms) -> Vec<Effect> {
        self.live.awake = true;
        self.live.chosen = chosen.or(self.live.chosen);
        let mut effects = vec![Effect::Listen];
        effects.extend(self.leave(now));
        effects
    }

    fn connected(&mut self) -> Vec<Effect> {
        self.connected = true;
        let over = !self.shown.view.status.is_open();
        if over { vec![Effect::Tell] } else { Vec::new() }
    }
}

/// Which screen an action has, without what it says.
fn kind(action: Option<&NextAction>) -> Option<std::mem::Discriminant<NextAction>> {
    action.map(std::mem::discriminant)
}

/// The whole of the page's behaviour.
pub fn update(model: &mut Model, msg: Msg, now: Ms) -> Vec<Effect> {
    match msg {
        Msg::Woke { chosen, address } => {
            model.live.address = address;
            return model.woke(chosen, now);
        }
        Msg::Rang => return model.rang(now),
        Msg::Pressed if model.live.busy => {}
        Msg::Pressed => return vec![Effect::Read],
        Msg::Confirmed(start) => return model.confirm(start, now),
        Msg::Answered(answer) => return model.answered(answer, now),
        Msg::Looked(answer) => return model.looked(answer, now),
        Msg::Heard(view) => return model.show(*view, now),
        Msg::Returned => return model.returned(now),
        Msg::Restored => return model.restored(now),
        Msg::AnotherWay => return model.another_way(),
        Msg::TryAgain => return model.choose_again(now),
        Msg::Connected => return model.connected(),
        Msg::Online(online) => {
            model.live.offline = !online;
            if online {
                return model.returned(now);
            }
        }
        Msg::Chose(method) => {
            model.live.chosen = Some(method);
            model.live.trouble = None;
        }
        Msg::Typed(field, text) => model.typed(field, &text),
        Msg::Streaming(open) => model.poll.stream(open),
        Msg::OpenedApp => model.app_due = Some(now + APP_PATIENCE),
        Msg::Hid => model.app_due = None,
        Msg::Copy(what, text) => return vec![Effect::Copy(what, text)],
        Msg::Copied(what) => model.live.copied = Some(what),
        // Nothing more to do here: the shop's page is on its way.
        Msg::Taken => model.leave_due = None,
        Msg::Stay => model.stay(),
    }
    Vec::new()
}
