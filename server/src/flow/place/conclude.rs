//! What is remembered of a placing that has ended.

use kasir_shared::{Event, Moment, NextAction};

use super::course::{Course, Sent, course};
use super::takeover::Leaving;
use super::{Work, look_after};
use crate::courier::CourierError;
use crate::flow::{FlowError, orphan};
use crate::provider::Started;
use crate::store::{Change, EntryKind, NextLook, Sending, Stage};

/// Seconds until the desk asks a busy provider again.
const BUSY_S: i64 = 5;
/// Seconds after which a provider that never takes anything is given up on. It took nothing, so the
/// customer may choose another way.
const PATIENCE_S: i64 = 90;
/// The shortest and longest pause between two sendings of an order that was sent often enough, in
/// seconds, where nobody else can take it.
const PAUSE_S: (i64, i64) = (30, 300);
/// Seconds until the first look at an order that was placed.
const FIRST_LOOK_S: i64 = 5;

impl Work<'_> {
    /// Keeps what came of it; or hands it back where another account may take over.
    pub(super) async fn conclude(
        mut self,
        outcome: Result<Started, CourierError>,
    ) -> Result<Option<Leaving>, FlowError> {
        let terms = self.account.provider.terms(self.attempt.method);
        let prompts = terms.is_some_and(|terms| terms.start_prompts);
        let sent = Sent { prompts, times: self.sending.times };
        let course = course(&outcome, sent);
        let (now, why) = (self.house.now(), why(&outcome));
        let change = Change { uncertain: Some(false), ..Change::at(now) };
        let change = match course {
            Course::Placed => self.placed(outcome, change),
            Course::Refused => {
                self.note(EntryKind::Answer, &why);
                self.over(&outcome, change)
            }
            Course::Again { after_s } => {
                self.note(
                    EntryKind::Silence,
                    &format!("nobody knows whether it was placed: {why}"),
                );
                look_after(self.unknown(change, prompts), after_s)
            }
            Course::WaitOut => {
                self.note(
                    EntryKind::Silence,
                    &format!("{why}; it may be on the customer's phone, so it is waited out"),
                );
                orphan::begin(self.placing(Stage::Orphaned), self.until(), change)
            }
            Course::Untaken | Course::Unfit | Course::Lost => {
                return Ok(Some(self.leave(course, &outcome, (why, change))));
            }
        };
        self.keep(change).await?;
        Ok(None)
    }

    fn placed(&mut self, outcome: Result<Started, CourierError>, mut change: Change) -> Change {
        let now = change.at;
        change.event = Some(Event::Accepted);
        match outcome {
            Ok(Started::Placed { transaction, next, lifetime_s }) => {
                let deadline = lifetime_s.map(|s| now.plus_s(i64::from(s)));
                let mut placing = self.placing(Stage::Placed);
                placing.next_action = Some(self.next_action(next, deadline, now));
                (placing.transaction, placing.deadline) = (transaction, deadline);
                change.placing = Some(placing);
                look_after(change, FIRST_LOOK_S)
            }
            Ok(
                Started::ReferenceTaken | Started::Orphaned | Started::Busy | Started::Refused(_),
            )
            | Err(_) => unreachable!("only what was placed takes this course"),
        }
    }

    /// It was refused. That says nothing of an earlier sending which may have been heard: such an
    /// attempt counts as called off, so that money which comes all the same makes it paid, late.
    fn over(&self, outcome: &Result<Started, CourierError>, change: Change) -> Change {
        let event = if self.sending.times > 1 { Event::Withdrawn } else { Event::Declined };
        let reason = match outcome {
            Ok(Started::Refused(refusal)) => Some(refusal.reason),
            Ok(
                Started::Placed { .. }
                | Started::ReferenceTaken
                | Started::Orphaned
                | Started::Busy,
            )
            | Err(_) => None,
        };
        Change { event: Some(event), reason, next_look: NextLook::Never, ..change }
    }

    fn unknown(&self, mut change: Change, prompts: bool) -> Change {
        let mut placing = self.placing(Stage::Placing);
        if prompts {
            // Until then the customer may be looking at a prompt.
            placing.deadline = Some(self.until());
            placing.next_action = Some(NextAction::Wait);
        }
        change.uncertain = Some(true);
        change.placing = Some(placing);
        change
    }

    /// When nobody can be looking at a prompt any more.
    fn until(&self) -> Moment {
        let terms = self.account.provider.terms(self.attempt.method);
        orphan::until(self.sending, terms)
    }

    /// What is said of the account that is left, and what becomes of the attempt where nobody else
    /// takes over.
    fn leave(
        mut self,
        course: Course,
        outcome: &Result<Started, CourierError>,
        (why, change): (String, Change),
    ) -> Leaving {
        let lost = course == Course::Lost || self.sending.times > 1;
        let stay = match course {
            Course::Unfit => {
                if let Err(error) = outcome {
                    tracing::error!(account = %self.account.id, %error, "an order cannot be placed");
                    self.note(EntryKind::Alarm, &format!("cannot be placed: {error}"));
                } else {
                    self.note(EntryKind::Answer, &why);
                }
                self.over(outcome, change)
            }
            Course::Lost if matches!(outcome, Ok(Started::Orphaned)) => {
                self.note(EntryKind::Answer, "its number is taken by a call whose answer was lost");
                Change { event: Some(Event::Withdrawn), next_look: NextLook::Never, ..change }
            }
            Course::Lost => {
                self.note(
                    EntryKind::Silence,
                    &format!("nobody knows whether it was placed: {why}"),
                );
                let age_s = change.at.unix_s() - self.attempt.created_at.unix_s();
                look_after(self.unknown(change, false), age_s.clamp(PAUSE_S.0, PAUSE_S.1))
            }
            Course::Placed
            | Course::Refused
            | Course::Untaken
            | Course::Again { .. }
            | Course::WaitOut => self.wait(change, lost),
        };
        Leaving { why, lost, said: self.entries, stay }
    }

    /// Nobody took it yet. That is no failure: it is called off before anybody could pay it, or tried
    /// again.
    fn wait(&mut self, mut change: Change, lost: bool) -> Change {
        if change.at >= self.attempt.created_at.plus_s(PATIENCE_S) {
            self.note(EntryKind::Answer, "called off: the provider took nothing for too long");
            change.event = Some(Event::Withdrawn);
            change.next_look = NextLook::Never;
            return change;
        }
        if !lost {
            change.sending = Some(Sending { times: 0, ..self.sending });
        }
        change.uncertain = Some(lost);
        change.placing = Some(self.placing(Stage::Placing));
        look_after(change, BUSY_S)
    }
}

/// What is said of an outcome in one line.
fn why(outcome: &Result<Started, CourierError>) -> String {
    match outcome {
        Ok(Started::Placed { .. }) => "placed".to_owned(),
        Ok(Started::ReferenceTaken) => "every number was taken".to_owned(),
        Ok(Started::Orphaned) => "its number is taken by a call whose answer was lost".to_owned(),
        Ok(Started::Busy) => "busy, and took nothing".to_owned(),
        Ok(Started::Refused(refusal)) => format!("refused with {}", refusal.code),
        Err(error) => error.to_string(),
    }
}
