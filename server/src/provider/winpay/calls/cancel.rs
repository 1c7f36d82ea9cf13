//! `POST /v1.0/debit/cancel` (service 57): takes an unpaid order back.
//!
//! A payment can win the race, and no code says so: after a cancel the order is always looked at.

use bytes::Bytes;
use kasir_shared::{Event, Moment};
use serde::Serialize;

use super::super::status::{Found, Status, Subject, prompting};
use super::super::{Winpay, methods};
use super::{CANCEL, Contract, Heard, Talk, course, status};
use crate::provider::snap::call;
use crate::provider::snap::code::{Course, Errand};
use crate::provider::{Dialogue, Occasion, Placed, ProviderError, Standing, Withdrawal};

/// Winpay wants one, and nobody but Winpay reads it.
const REASON: &str = "Cancelled by the customer or the shop";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Question<'a> {
    original_partner_reference_no: &'a str,
    reason: &'a str,
    additional_info: Contract<'a>,
}

/// What Winpay says to a cancel.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Said {
    Yes,
    No,
    /// Nobody knows whether it was heard.
    Nothing,
    Busy,
}

/// How often a cancel that was not heard may be sent.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Try {
    First,
    Last,
}

/// Takes an order back: cancels it, then looks. Without its contract nothing can be cancelled, and
/// only a prompt can be paid.
pub(crate) fn ask(
    winpay: &Winpay,
    placed: &Placed,
    now: Occasion,
) -> Result<Dialogue<Withdrawal>, ProviderError> {
    let not_served = ProviderError::Unsendable { why: "Winpay does not serve this method" };
    let method = methods::row_of(placed.method).ok_or(not_served)?;
    match Subject::of(placed, method) {
        Some(subject) => cancel(Talk::new(winpay, now), Case { subject, at: now.at }, Try::First),
        None if prompting(method, placed.issued_at, now.at) => {
            Ok(Dialogue::Done(Withdrawal::Prompting))
        }
        None => Ok(Dialogue::Done(Withdrawal::Abandoned)),
    }
}

/// An order that is to be taken back.
#[derive(Clone, Debug)]
struct Case {
    subject: Subject,
    at: Moment,
}

fn body(subject: &Subject, reason: &str) -> Result<Bytes, ProviderError> {
    call::body(&Question {
        original_partner_reference_no: &subject.reference,
        reason,
        additional_info: Contract {
            contract_id: &subject.contract,
            channel: subject.method.channel,
        },
    })
}

fn cancel(talk: Talk, case: Case, which: Try) -> Result<Dialogue<Withdrawal>, ProviderError> {
    let body = body(&case.subject, REASON)?;
    talk.ask(&CANCEL, body, move |talk, heard| match read(heard)? {
        Said::Yes => {
            // The cancel stands whether or not anybody answers now; it is watched all the same.
            let look =
                status::look(talk, &case.subject, |_, found| Ok(Dialogue::Done(cancelled(found))));
            look.map(|dialogue| dialogue.or_if_unheard(Withdrawal::Abandoned))
        }
        Said::No => case.look(talk, Try::Last),
        Said::Nothing => case.look(talk, which),
        Said::Busy => Ok(Dialogue::Done(Withdrawal::Busy)),
    })
}

fn read(heard: Heard) -> Result<Said, ProviderError> {
    // An answer that cannot be read is as good as none.
    let Ok(answer) = heard else { return Ok(Said::Nothing) };
    match course(&answer, Errand::Cancel) {
        Course::Read => Ok(Said::Yes),
        // Not known is not cancelled: what it is, the look afterwards tells.
        Course::Refused | Course::NotKnown => Ok(Said::No),
        Course::Again => Ok(Said::Busy),
        Course::Mend => Err(answer.mistake()),
        Course::Unsure | Course::Taken => Ok(Said::Nothing),
    }
}

/// What is left of an order that Winpay says it has cancelled.
const fn cancelled(found: Found) -> Withdrawal {
    match found {
        Found::At(Status::Received) => Withdrawal::Over(Event::Settled),
        Found::At(Status::Refunded) => Withdrawal::Over(Event::Reversed),
        Found::At(Status::Failed) => Withdrawal::Over(Event::Declined),
        // Money is on its way after all.
        Found::At(Status::Paying | Status::Pending) => Withdrawal::Prompting,
        Found::At(Status::Cancelled | Status::Unpaid | Status::Initiated) | Found::Nothing => {
            Withdrawal::Withdrawn
        }
        Found::Other(_) | Found::Busy => Withdrawal::Abandoned,
    }
}

impl Case {
    /// Looks after a cancel that did not go through; one that may not have been heard is sent once
    /// more where the order is still unpaid.
    fn look(self, talk: Talk, which: Try) -> Result<Dialogue<Withdrawal>, ProviderError> {
        let subject = self.subject.clone();
        status::look(talk, &subject, move |talk, found| match (found, which) {
            (Found::At(Status::Unpaid | Status::Initiated), Try::First) => {
                cancel(talk, self, Try::Last)
            }
            _ => Ok(Dialogue::Done(self.not_cancelled(found))),
        })
    }

    /// What is left of an order that Winpay has not cancelled, or not that we know.
    fn not_cancelled(&self, found: Found) -> Withdrawal {
        match self.subject.standing(found, self.at) {
            Standing::Known(Event::Withdrawn) => Withdrawal::Withdrawn,
            Standing::Known(event) => Withdrawal::Over(event),
            Standing::Unpaid { prompting: true } => Withdrawal::Prompting,
            Standing::Unpaid { prompting: false } => Withdrawal::Abandoned,
            Standing::Mismatch { .. } | Standing::Unheard if self.subject.is_prompting(self.at) => {
                Withdrawal::Prompting
            }
            Standing::Mismatch { .. } | Standing::Unheard => Withdrawal::Abandoned,
            Standing::Busy => Withdrawal::Busy,
        }
    }
}

#[cfg(test)]
mod tests {
    use kasir_shared::MethodId;

    use super::super::super::methods::row_of;
    use super::super::super::testing::{
        CONTRACT, answer, asked, coded, heard, later, occasion, placed, winpay,
    };
    use super::*;
    use crate::provider::snap::sign;

    const QUESTION: &str = include_str!("../../../../../tests/vectors/winpay/cancel/question.json");
    const ANSWER: &str = include_str!("../../../../../tests/vectors/winpay/cancel/answer.json");

    type Answered = (&'static str, http::Response<Bytes>);

    fn status(code: &str) -> Answered {
        let body = format!(
            r#"{{"responseCode":"2005500","originalPartnerReferenceNo":"000000000053","latestTransactionStatus":"{code}","additionalInfo":{{"contractId":"{CONTRACT}"}}}}"#
        );
        ("status", answer(200, &body))
    }

    fn says(code: &str) -> Answered {
        ("cancel", coded(code))
    }

    fn withdrawn(
        method: MethodId,
        after_s: i64,
        answers: impl IntoIterator<Item = Answered>,
    ) -> Result<Withdrawal, ProviderError> {
        heard(ask(&winpay(), &placed(method), later(after_s)).unwrap(), answers)
    }

    #[test]
    fn a_payment_that_wins_the_race_is_found_after_every_answer() {
        for code in ["2005700", "4045700", "4045701", "4035700", "4055701", "5005702"] {
            for method in [MethodId::Dana, MethodId::Ovo] {
                let outcome = withdrawn(method, 10, [says(code), status("00")]);
                assert_eq!(outcome, Ok(Withdrawal::Over(Event::Settled)), "{code}");
            }
        }
        let unheard = withdrawn(MethodId::Dana, 10, [says("5005700"), status("00")]);
        assert_eq!(unheard, Ok(Withdrawal::Over(Event::Settled)));
    }

    #[test]
    fn a_cancel_that_winpay_confirms_is_one_unless_money_moves_after_all() {
        for (status_code, outcome) in [
            ("07", Withdrawal::Withdrawn),
            ("05", Withdrawal::Withdrawn),
            ("01", Withdrawal::Withdrawn),
            ("02", Withdrawal::Prompting),
            ("03", Withdrawal::Prompting),
            ("04", Withdrawal::Over(Event::Reversed)),
            ("06", Withdrawal::Over(Event::Declined)),
        ] {
            for method in [MethodId::Dana, MethodId::Ovo] {
                let said = withdrawn(method, 10, [says("2005700"), status(status_code)]);
                assert_eq!(said, Ok(outcome), "{status_code} {method:?}");
            }
        }
    }

    #[test]
    fn a_confirmed_cancel_stands_though_nobody_answers_afterwards_and_is_watched() {
        let dialogue = ask(&winpay(), &placed(MethodId::Dana), occasion()).unwrap();
        let look = asked(dialogue, "cancel").answer(answer(200, ANSWER)).unwrap();
        assert_eq!(asked(look, "status").unanswered(), Some(Withdrawal::Abandoned));
        for (code, outcome) in [
            ("5005500", Withdrawal::Abandoned),
            ("4045501", Withdrawal::Withdrawn),
            ("5005502", Withdrawal::Withdrawn),
        ] {
            let said = withdrawn(MethodId::Dana, 10, [says("2005700"), ("status", coded(code))]);
            assert_eq!(said, Ok(outcome), "{code}");
        }
        let unreadable = [says("2005700"), ("status", answer(200, "<html>"))];
        assert_eq!(withdrawn(MethodId::Dana, 10, unreadable), Ok(Withdrawal::Abandoned));
    }

    #[test]
    fn what_winpay_does_not_cancel_is_waited_out_at_ovo_and_left_to_run_out_elsewhere() {
        for code in ["4045700", "4045701", "4035700", "4055701"] {
            let dana = withdrawn(MethodId::Dana, 10, [says(code), status("07")]);
            assert_eq!(dana, Ok(Withdrawal::Abandoned), "{code}");
            let ovo = withdrawn(MethodId::Ovo, 10, [says(code), status("07")]);
            assert_eq!(ovo, Ok(Withdrawal::Prompting), "{code}");
            let over = withdrawn(MethodId::Ovo, 300, [says(code), status("07")]);
            assert_eq!(over, Ok(Withdrawal::Over(Event::Lapsed)), "{code}");
        }
        let gone = withdrawn(MethodId::Dana, 10, [says("4045700"), status("05")]);
        assert_eq!(gone, Ok(Withdrawal::Withdrawn));
        let nowhere = [says("4045701"), ("status", coded("4045501"))];
        assert_eq!(withdrawn(MethodId::Dana, 10, nowhere), Ok(Withdrawal::Abandoned));
        let nowhere = [says("4045701"), ("status", coded("4045501"))];
        assert_eq!(withdrawn(MethodId::Ovo, 10, nowhere), Ok(Withdrawal::Prompting));
    }

    #[test]
    fn a_cancel_that_may_not_have_been_heard_is_looked_after_and_sent_once_more() {
        for unheard in [
            coded("5005700"),
            coded("5005701"),
            coded("2025700"),
            coded("5045700"),
            answer(502, "<html>"),
            answer(200, "<html>"),
            answer(200, "{}"),
        ] {
            let first = ("cancel", unheard);
            let answers = [first, status("07"), says("2005700"), status("07")];
            assert_eq!(withdrawn(MethodId::Dana, 10, answers), Ok(Withdrawal::Withdrawn));
        }
        let twice = [says("5005700"), status("07"), says("5005700"), status("07")];
        assert_eq!(withdrawn(MethodId::Dana, 10, twice), Ok(Withdrawal::Abandoned));
        let twice = [says("5005700"), status("07"), says("5005700"), status("07")];
        assert_eq!(withdrawn(MethodId::Ovo, 10, twice), Ok(Withdrawal::Prompting));
        let cancelled = [says("5005700"), status("05")];
        assert_eq!(withdrawn(MethodId::Dana, 10, cancelled), Ok(Withdrawal::Withdrawn));
        let busy = [says("5005700"), ("status", coded("5005500"))];
        assert_eq!(withdrawn(MethodId::Dana, 10, busy), Ok(Withdrawal::Busy));
    }

    #[test]
    fn silence_to_a_cancel_settles_nothing() {
        let dialogue = ask(&winpay(), &placed(MethodId::Dana), occasion()).unwrap();
        assert!(asked(dialogue, "cancel").unanswered().is_none());
    }

    #[test]
    fn too_many_requests_are_busy_and_a_mistake_of_ours_calls_a_person() {
        assert_eq!(withdrawn(MethodId::Dana, 10, [says("4295700")]), Ok(Withdrawal::Busy));
        for code in ["4005700", "4005701", "4005702", "4015700", "4045716"] {
            let said = withdrawn(MethodId::Dana, 10, [says(code)]);
            assert!(matches!(said, Err(ProviderError::Misconfigured { .. })), "{code}");
        }
    }

    #[test]
    fn without_a_contract_only_a_prompt_is_waited_out() {
        for (method, after_s, outcome) in [
            (MethodId::Ovo, 10, Withdrawal::Prompting),
            (MethodId::Ovo, 300, Withdrawal::Abandoned),
            (MethodId::Dana, 10, Withdrawal::Abandoned),
        ] {
            let mut placed = placed(method);
            placed.transaction = None;
            let dialogue = ask(&winpay(), &placed, later(after_s)).unwrap();
            let Dialogue::Done(said) = dialogue else { panic!("there is nothing to ask with") };
            assert_eq!(said, outcome, "{method:?} {after_s}");
        }
    }

    #[test]
    fn no_two_questions_of_a_conversation_share_an_external_id() {
        let mut dialogue = ask(&winpay(), &placed(MethodId::Dana), occasion()).unwrap();
        let mut ids = std::collections::BTreeSet::new();
        for (operation, answer) in [
            ("cancel", coded("5005700")),
            ("status", coded("4095500")),
            status("07"),
            ("cancel", coded("4095700")),
        ] {
            let exchange = asked(dialogue, operation);
            assert!(ids.insert(exchange.request.headers()["x-external-id"].clone()));
            dialogue = exchange.answer(answer).unwrap();
        }
        let last = asked(dialogue, "cancel");
        assert!(ids.insert(last.request.headers()["x-external-id"].clone()));
    }

    #[test]
    fn the_question_is_the_documents() {
        let subject = Subject {
            reference: "0000000000568".to_owned(),
            contract: "soe1f74b38-e689-4747-b4bd-5dd876928349".to_owned(),
            method: row_of(MethodId::Shopeepay).unwrap(),
            issued_at: occasion().at,
        };
        let body = body(&subject, "Network timeout").unwrap();
        assert_eq!(std::str::from_utf8(&body).unwrap(), QUESTION.trim_end());
        assert_eq!(
            sign::body_hash(&body),
            "d8722027a005597711c051c8dbe9adeff36f98d61e57a80dbe54acbd804970dd"
        );
        let dialogue = ask(&winpay(), &placed(MethodId::Shopeepay), occasion()).unwrap();
        let exchange = asked(dialogue, "cancel");
        assert_eq!(exchange.request.uri(), "https://sandbox-snap.winpay.id/snap/v1.0/debit/cancel");
    }
}
