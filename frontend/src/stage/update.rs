//! What follows from what happened.

use kasir_shared::api::checkout::{AttemptView, CheckoutView, StartAttempt, StartLink};
use kasir_shared::{Field, MethodId, ProblemCode, Status};

use super::links::lost_link;
use super::{Effect, Failure, Model, Msg, Stage, Trouble, Wrong, must_link};
use crate::poll::{Ms, Poll};

/// How long an app may take to cover the page before its absence is noticed.
const APP_PATIENCE: Ms = 1_800;

/// The whole of the page's behaviour.
pub fn update(model: &mut Model, msg: Msg, now: Ms) -> Vec<Effect> {
    match msg {
        Msg::Woke { chosen, address } => {
            model.live.address = address;
            return model.woke(chosen, now);
        }
        Msg::Rang => return model.rang(now),
        Msg::Pressed | Msg::PressedLink if model.live.busy => {}
        Msg::Pressed => return vec![Effect::Read],
        Msg::Confirmed(start) => return model.confirm(start, now),
        Msg::PressedLink => return vec![Effect::ReadLink],
        Msg::ConfirmedLink(link) => return model.confirm_link(link, now),
        Msg::Balance(wallet, balance) => return model.balance(wallet, balance, now),
        Msg::Answered(answer) => return model.answered(answer, now),
        Msg::Looked(answer) => return model.looked(answer, now),
        Msg::Heard(view) if model.is_under_way(&view) => {}
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

impl Model {
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
        self.pressed = self.live.trouble.is_none();
        self.send(Effect::Start(start), now)
    }

    fn confirm_link(&mut self, link: Option<StartLink>, now: Ms) -> Vec<Effect> {
        let Some(link) = link.filter(|_| !self.live.busy && self.shown.stage == Stage::Choose)
        else {
            return Vec::new();
        };
        self.live.chosen = Some(link.method);
        self.live.trouble = Trouble::of(Field::Phone, link.phone.as_deref().unwrap_or_default());
        self.send(Effect::Link(link), now)
    }

    /// Asks the server for something, unless something is wrong with it.
    fn send(&mut self, wish: Effect, now: Ms) -> Vec<Effect> {
        if self.live.trouble.is_some() {
            return vec![Effect::FocusWrong];
        }
        self.live.busy = true;
        self.poll.restart(now);
        vec![wish]
    }

    fn wrong(&self, start: &StartAttempt) -> Option<Trouble> {
        let offer = self.shown.view.methods.iter().find(|offer| offer.id == start.method)?;
        if start.link.is_some() {
            return None;
        }
        let phone = must_link(&self.shown.view, offer).then_some(&Field::Phone);
        phone.into_iter().chain(&offer.fields).find_map(|field| match field {
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

    /// Whether a view tells of nothing but the start that was just asked for and is not answered. The
    /// button says so already; another screen in between would only flicker.
    fn is_under_way(&self, view: &CheckoutView) -> bool {
        let starting = |attempt: &AttemptView| attempt.status == Status::Starting;
        self.live.busy
            && self.shown.stage == Stage::Choose
            && view.attempt.as_ref().is_some_and(|attempt| starting(attempt) && !attempt.uncertain)
    }

    fn looked(&mut self, answer: Result<Box<CheckoutView>, Failure>, now: Ms) -> Vec<Effect> {
        self.looking = false;
        match answer {
            Ok(view) if self.is_under_way(&view) => Vec::new(),
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
        self.live.chosen = lost_link(&self.shown.view).or(self.live.chosen);
        self.live.trouble = None;
        self.wind(now);
        let mut effects = self.ask_balances(now);
        effects.push(Effect::FocusHeading);
        effects
    }

    fn another_way(&mut self) -> Vec<Effect> {
        if self.live.busy {
            return Vec::new();
        }
        let view = &self.shown.view;
        if let Some(linking) = view.linking.as_ref().filter(|_| self.shown.stage == Stage::Linking)
        {
            self.live.busy = true;
            return vec![Effect::Unlink(linking.id.clone())];
        }
        let live = view.attempt.as_ref().filter(|attempt| attempt.status.is_live());
        let Some(attempt) = live else { return Vec::new() };
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
        effects.extend(self.ask_balances(now));
        effects
    }

    fn connected(&mut self) -> Vec<Effect> {
        self.connected = true;
        let over = !self.shown.view.status.is_open();
        if over { vec![Effect::Tell] } else { Vec::new() }
    }
}
