//! Attempts, and what changes do to them.

use std::slice::from_ref;

use kasir_shared::api::merchant::EventType;
use kasir_shared::{Event, FailureReason, NextAction, Rupiah, SessionStatus, Status, Verdict};

use super::super::{
    AttemptRecord, Begun, Change, Entry, EntryKind, JobKind, NextLook, Placing, Replaced, Sending,
    Stage, StoreError, Takeover,
};
use super::{ACCOUNT, Bench, Case, MERCHANT, at, case, learnt};

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case(a_change_to_nobody_is_refused),
        case(a_session_that_is_not_open_takes_no_attempt),
        case(of_twenty_attempts_at_once_one_is_live),
        case(an_order_number_of_another_attempt_undoes_the_whole_change),
        case(a_change_that_cannot_be_kept_whole_is_not_kept_at_all),
        case(the_same_change_a_hundred_times_at_once_is_one_entry_and_one_event),
        case(every_event_does_to_every_status_what_the_table_says),
        case(a_second_payment_is_found_and_put_on_the_desk),
        case(what_is_over_is_not_replaced_and_what_was_said_about_it_is_kept),
        case(an_attempt_of_a_session_that_was_paid_meanwhile_ends_and_nothing_takes_over),
        case(a_replacement_that_cannot_be_kept_leaves_the_old_attempt_as_it_was),
        case(of_twenty_replacements_at_once_one_takes_over),
        case(a_replacement_begins_where_the_old_attempt_ends),
        case(a_late_payment_of_a_replaced_attempt_counts),
        case(an_attempt_reads_back_as_it_was_written),
        case(an_attempt_begins_with_what_the_customer_chose),
        case(every_order_number_an_attempt_had_leads_to_it),
        case(an_attempt_is_found_by_its_return_address),
        case(what_was_noted_reads_back_in_order),
    ]
}

async fn a_change_to_nobody_is_refused(bench: Bench) {
    let nobody = bench.new_attempt(&bench.new_session(at(0)), at(0));
    let missing = bench.store.apply(&nobody.id, learnt(Event::Settled)).await.unwrap_err();
    assert!(matches!(missing, StoreError::Missing { what: "attempt" }));
    let missing = bench.store.begin_attempt(&nobody, &[], at(10)).await.unwrap_err();
    assert!(matches!(missing, StoreError::Missing { what: "session" }));
    assert!(bench.store.attempt(&nobody.id).await.unwrap().is_none());
}

async fn a_session_that_is_not_open_takes_no_attempt(bench: Bench) {
    let (session, _) = bench.after(&[Event::Settled]).await;
    let late = bench.new_attempt(&session, at(9));
    let begun = bench.store.begin_attempt(&late, &[], at(10)).await.unwrap();
    assert!(matches!(begun, Begun::NotOpen(SessionStatus::Paid)));
    assert!(bench.store.attempt(&late.id).await.unwrap().is_none());
}

async fn of_twenty_attempts_at_once_one_is_live(bench: Bench) {
    let session = bench.session().await;
    let begins = (0..20).map(|_| {
        let (store, attempt) = (bench.store.clone(), bench.new_attempt(&session, at(1)));
        tokio::spawn(async move { store.begin_attempt(&attempt, &[], at(10)).await.unwrap() })
    });
    let mut started = Vec::new();
    let mut refused = Vec::new();
    for begin in begins.collect::<Vec<_>>() {
        match begin.await.unwrap() {
            Begun::Started(attempt) => started.push(attempt.id),
            Begun::Live(other) => refused.push(other.id),
            Begun::NotOpen(status) => panic!("the session is {status:?}"),
        }
    }
    assert_eq!((started.len(), refused.len()), (1, 19));
    assert!(refused.iter().all(|other| *other == started[0]));
    assert_eq!(bench.read(&session).await.attempts.len(), 1);
}

fn placed(reference: &str, placings: u32) -> Change {
    Change {
        placing: Some(Placing {
            stage: Stage::Placed,
            provider_reference: reference.to_owned(),
            placings,
            transaction: Some("TX-1".to_owned()),
            next_action: Some(NextAction::Wait),
            deadline: Some(at(100)),
        }),
        ..learnt(Event::Accepted)
    }
}

async fn an_order_number_of_another_attempt_undoes_the_whole_change(bench: Bench) {
    let (_, first) = bench.after(&[]).await;
    let (session, second) = bench.after(&[]).await;
    let stolen = placed(&first.provider_reference, 2);
    let refused = bench.store.apply(&second.id, stolen).await.unwrap_err();
    assert!(matches!(refused, StoreError::Inconsistent { table: "order_numbers", .. }));
    assert_eq!(bench.read(&session).await.session, session);
    assert_eq!(bench.read(&session).await.attempts, from_ref(&second));
    assert_eq!(bench.history(&second.id).await.timeline.len(), 1);
    let found = bench.store.attempt_by_reference(ACCOUNT, &first.provider_reference).await;
    assert_eq!(found.unwrap(), Some(first.id));
}

async fn a_change_that_cannot_be_kept_whole_is_not_kept_at_all(bench: Bench) {
    let (session, attempt) = bench.after(&[]).await;
    // The last thing a settlement writes is the job that tells the shop.
    (bench.loosen)("jobs");
    bench.store.apply(&attempt.id, learnt(Event::Settled)).await.unwrap_err();
    let now = bench.read(&session).await;
    assert_eq!((now.session, now.attempts), (session, vec![attempt.clone()]));
    assert_eq!(bench.history(&attempt.id).await.timeline.len(), 1);
    assert!(bench.store.events(MERCHANT, None, 10).await.unwrap().is_empty());
}

async fn the_same_change_a_hundred_times_at_once_is_one_entry_and_one_event(bench: Bench) {
    let (session, attempt) = bench.after(&[Event::Accepted]).await;
    let before = bench.store.events(MERCHANT, None, 100).await.unwrap().len();
    let changes = (0..100).map(|_| {
        let (store, id) = (bench.store.clone(), attempt.id.clone());
        tokio::spawn(async move { store.apply(&id, learnt(Event::Settled)).await.unwrap() })
    });
    let mut made = 0;
    for change in changes.collect::<Vec<_>>() {
        let applied = change.await.unwrap();
        made += usize::from(applied.before != applied.attempt.status);
        assert_eq!(applied.attempt.status, Status::Paid);
    }
    assert_eq!(made, 1);
    assert_eq!(bench.noted(&attempt.id, "status").await, 2);
    let events = bench.store.events(MERCHANT, None, 100).await.unwrap();
    let of = |kind| events.iter().filter(|event| event.kind == kind).count();
    assert_eq!(events.len() - before, 2, "the attempt changed, the session was paid");
    assert_eq!((of(EventType::SessionPaid), of(EventType::SessionPaidTwice)), (1, 0));
    let now = bench.read(&session).await.session;
    assert_eq!((now.version, now.status), (session.version + 1, SessionStatus::Paid));
}

const fn way_to(status: Status) -> &'static [Event] {
    match status {
        Status::Starting => &[],
        Status::Pending => &[Event::Accepted],
        Status::Paid => &[Event::Settled],
        Status::Failed => &[Event::Declined],
        Status::Expired => &[Event::Lapsed],
        Status::Cancelled => &[Event::Withdrawn],
        Status::Refunded => &[Event::Reversed],
    }
}

async fn every_event_does_to_every_status_what_the_table_says(bench: Bench) {
    for before in Status::ALL {
        for event in Event::ALL {
            let (session, attempt) = bench.after(way_to(before)).await;
            assert_eq!(attempt.status, before);
            let entries = bench.history(&attempt.id).await.timeline.len();
            let applied = bench.happens(&attempt.id, event).await;
            let (after, alarmed) = match before.on(event) {
                Verdict::Become(after) => (after, false),
                Verdict::Stay => (before, false),
                Verdict::Alarm => (before, true),
            };
            let (told, kept) = bench.store.attempt(&attempt.id).await.unwrap().unwrap();
            assert_eq!((kept.status, applied.alarmed), (after, alarmed), "{before:?} {event:?}");
            assert_eq!((&applied.session, &applied.attempt), (&told, &kept));
            let changed = after != before;
            assert_eq!(told.version, session.version + u64::from(changed));
            let added = bench.history(&attempt.id).await.timeline.split_off(entries);
            assert_eq!(added.len(), usize::from(changed || alarmed), "{added:?}");
            assert!(added.iter().all(|entry| (entry.kind == "alarm") == alarmed));
        }
    }
}

async fn a_second_payment_is_found_and_put_on_the_desk(bench: Bench) {
    let (session, first) = bench.after(&[Event::Accepted, Event::Withdrawn]).await;
    let second = bench.attempt(&session).await;
    bench.happens(&first.id, Event::Settled).await;
    let applied = bench.happens(&second.id, Event::Settled).await;
    assert!(applied.session.paid_twice);
    assert_eq!(applied.session.status, SessionStatus::Paid);
    let jobs = bench.store.claim_jobs(at(5), 60, 100).await.unwrap();
    let back = jobs.iter().find(|job| job.kind == JobKind::SecondPayment).unwrap();
    assert_eq!(back.subject, second.id.as_str());
    let events = bench.store.events(MERCHANT, None, 100).await.unwrap();
    assert!(events.iter().any(|event| event.kind == EventType::SessionPaidTwice));
    assert_eq!(bench.noted(&second.id, "alarm").await, 1);
    assert!(bench.history(&first.id).await.attempt.late);
}

fn route(text: &str) -> Entry {
    Entry::new(at(5), EntryKind::Route, text)
}

fn left() -> Change {
    Change { entries: vec![route("left")], next_look: NextLook::Never, ..learnt(Event::Withdrawn) }
}

fn takeover(bench: &Bench, old: &AttemptRecord) -> Takeover {
    let attempt = AttemptRecord {
        id: bench.dice.id(at(5)),
        account: "nicepay-main".to_owned(),
        provider: "nicepay".to_owned(),
        takeovers: old.takeovers + 1,
        return_token: bench.dice.token("rt_"),
        created_at: at(5),
        updated_at: at(5),
        ..old.clone()
    };
    let attempt = AttemptRecord { provider_reference: attempt.id.as_str().to_owned(), ..attempt };
    Takeover { attempt, opening: vec![route("took over")], look_at: at(40) }
}

async fn what_is_over_is_not_replaced_and_what_was_said_about_it_is_kept(bench: Bench) {
    for event in [Event::Settled, Event::Declined, Event::Withdrawn] {
        let (session, old) = bench.after(&[event]).await;
        let next = takeover(&bench, &old);
        let replaced = bench.store.replace_attempt(&old.id, left(), &next).await.unwrap();
        assert!(matches!(replaced, Replaced::Not), "{event:?}");
        let now = bench.read(&session).await;
        assert_eq!((now.session, now.attempts), (session, vec![old.clone()]), "{event:?}");
        assert_eq!(bench.noted(&old.id, "route").await, 1, "{event:?}");
        assert_eq!(bench.noted(&old.id, "alarm").await, 0, "{event:?}");
        assert!(bench.store.attempt(&next.attempt.id).await.unwrap().is_none(), "{event:?}");
    }
}

async fn an_attempt_of_a_session_that_was_paid_meanwhile_ends_and_nothing_takes_over(bench: Bench) {
    let (session, first) = bench.after(&[Event::Withdrawn]).await;
    let second = bench.attempt(&session).await;
    bench.happens(&first.id, Event::Settled).await;
    let next = takeover(&bench, &second);
    let replaced = bench.store.replace_attempt(&second.id, left(), &next).await.unwrap();
    assert!(matches!(replaced, Replaced::Not));
    assert_eq!(bench.history(&first.id).await.attempt.status, Status::Paid);
    assert_eq!(bench.history(&second.id).await.attempt.status, Status::Cancelled);
    assert_eq!(bench.read(&session).await.attempts.len(), 2);
}

async fn a_replacement_that_cannot_be_kept_leaves_the_old_attempt_as_it_was(bench: Bench) {
    let (_, other) = bench.after(&[]).await;
    let (session, old) = bench.after(&[]).await;
    let next = takeover(&bench, &old);
    let stolen = AttemptRecord { return_token: other.return_token, ..next.attempt.clone() };
    let refused = Takeover { attempt: stolen, ..next };
    bench.store.replace_attempt(&old.id, left(), &refused).await.unwrap_err();
    let still_live = takeover(&bench, &old);
    let learnt_nothing = Change::at(at(5));
    bench.store.replace_attempt(&old.id, learnt_nothing, &still_live).await.unwrap_err();
    let now = bench.read(&session).await;
    assert_eq!((now.session, now.attempts), (session, vec![old.clone()]));
    assert_eq!(bench.history(&old.id).await.timeline.len(), 1);
}

async fn of_twenty_replacements_at_once_one_takes_over(bench: Bench) {
    let (session, old) = bench.after(&[]).await;
    let replacements = (0..20).map(|_| {
        let (store, id, next) = (bench.store.clone(), old.id.clone(), takeover(&bench, &old));
        tokio::spawn(async move { store.replace_attempt(&id, left(), &next).await.unwrap() })
    });
    let mut taken = 0;
    for replacement in replacements.collect::<Vec<_>>() {
        taken += usize::from(matches!(replacement.await.unwrap(), Replaced::By(_)));
    }
    let attempts = bench.read(&session).await.attempts;
    assert_eq!((taken, attempts.len()), (1, 2));
    assert_eq!(attempts.iter().filter(|attempt| attempt.status.is_live()).count(), 1);
}

async fn a_replacement_begins_where_the_old_attempt_ends(bench: Bench) {
    let (session, old) = bench.after(&[]).await;
    let next = takeover(&bench, &old);
    let replaced = bench.store.replace_attempt(&old.id, left(), &next).await.unwrap();
    let Replaced::By(taken) = replaced else { panic!("nothing took over") };
    assert_eq!(*taken, next.attempt);
    let now = bench.read(&session).await;
    assert_eq!(now.attempts[1], next.attempt);
    assert_eq!((now.attempts[0].status, now.attempts.len()), (Status::Cancelled, 2));
    assert_eq!(now.session.version, session.version + 1);
    let told: Vec<_> = bench.history(&taken.id).await.timeline;
    let told: Vec<_> = told.iter().map(|entry| (entry.kind.as_str(), &*entry.summary)).collect();
    assert_eq!(told, [("page", "customer chose OVO"), ("route", "took over")]);
    let found = bench.store.attempt_by_reference("nicepay-main", taken.id.as_str()).await.unwrap();
    assert_eq!(found.as_ref(), Some(&taken.id));
    let found = bench.store.attempt_by_reference(ACCOUNT, old.id.as_str()).await.unwrap();
    assert_eq!(found.as_ref(), Some(&old.id));
    let jobs = bench.store.claim_jobs(at(40), 60, 100).await.unwrap();
    let looks: Vec<_> = jobs.iter().filter(|job| job.kind == JobKind::Attempt).collect();
    assert_eq!(looks.len(), 1, "{looks:?}");
    assert_eq!(looks[0].subject, taken.id.as_str());
}

async fn a_late_payment_of_a_replaced_attempt_counts(bench: Bench) {
    let (_, old) = bench.after(&[]).await;
    let next = takeover(&bench, &old);
    bench.store.replace_attempt(&old.id, left(), &next).await.unwrap();
    let applied = bench.happens(&old.id, Event::Settled).await;
    assert_eq!((applied.attempt.status, applied.attempt.late), (Status::Paid, true));
    let twice = bench.happens(&next.attempt.id, Event::Settled).await;
    assert!(twice.session.paid_twice);
}

async fn an_attempt_reads_back_as_it_was_written(bench: Bench) {
    let (session, full) = bench.after(&[]).await;
    assert_eq!(bench.read(&session).await.attempts, from_ref(&full));
    let session = bench.session().await;
    let bare = AttemptRecord {
        next_action: None,
        deadline: None,
        phone: None,
        name: None,
        ip: "2001:db8::7".parse().unwrap(),
        stage: Stage::Orphaned,
        sending: Sending { issued_at: at(2), sent_at: at(9), times: 4 },
        takeovers: 3,
        claimed_amount: Some(Rupiah::ZERO),
        reason: Some(FailureReason::LowBalance),
        ..bench.new_attempt(&session, at(2))
    };
    bench.store.begin_attempt(&bare, &[], at(10)).await.unwrap();
    assert_eq!(bench.read(&session).await.attempts, [bare]);
}

async fn an_attempt_begins_with_what_the_customer_chose(bench: Bench) {
    let session = bench.session().await;
    let attempt = bench.attempt(&session).await;
    let timeline = bench.history(&attempt.id).await.timeline;
    let [entry] = timeline.as_slice() else { panic!("{timeline:?}") };
    assert_eq!((entry.kind.as_str(), entry.summary.as_str()), ("page", "customer chose OVO"));
    assert_eq!(bench.read(&session).await.session.version, session.version + 1);
    assert_eq!(bench.store.next_due().await.unwrap(), Some(at(10)));
}

async fn every_order_number_an_attempt_had_leads_to_it(bench: Bench) {
    let (_, attempt) = bench.after(&[]).await;
    bench.store.apply(&attempt.id, placed("second-number", 2)).await.unwrap();
    bench.store.apply(&attempt.id, placed("third-number", 3)).await.unwrap();
    for reference in [attempt.provider_reference.as_str(), "second-number", "third-number"] {
        let found = bench.store.attempt_by_reference(ACCOUNT, reference).await.unwrap();
        assert_eq!(found.as_ref(), Some(&attempt.id), "{reference}");
        let elsewhere = bench.store.attempt_by_reference("nicepay-main", reference).await.unwrap();
        assert_eq!(elsewhere, None);
    }
    let now = bench.history(&attempt.id).await.attempt;
    assert_eq!((now.provider_reference.as_str(), now.placings), ("third-number", 3));
    assert_eq!((now.stage, now.transaction.as_deref()), (Stage::Placed, Some("TX-1")));
    assert_eq!((now.next_action, now.deadline), (Some(NextAction::Wait), Some(at(100))));
}

async fn an_attempt_is_found_by_its_return_address(bench: Bench) {
    let (session, attempt) = bench.after(&[]).await;
    let found = bench.store.attempt_by_return_token(&attempt.return_token).await.unwrap();
    assert_eq!(found, Some((session, attempt)));
    assert_eq!(bench.store.attempt_by_return_token("rt_").await.unwrap(), None);
}

async fn what_was_noted_reads_back_in_order(bench: Bench) {
    let (_, attempt) = bench.after(&[]).await;
    let entry = |kind: EntryKind, detail: Option<&str>| Entry {
        at: at(5),
        kind,
        summary: kind.as_str().to_uppercase(),
        detail: detail.map(str::to_owned),
    };
    let entries: Vec<_> =
        EntryKind::ALL.into_iter().map(|kind| entry(kind, Some("{\"a\":\"•\"}"))).collect();
    let change =
        Change { entries: entries.clone(), next_look: NextLook::Never, ..Change::at(at(5)) };
    bench.store.apply(&attempt.id, change).await.unwrap();
    bench.happens(&attempt.id, Event::Settled).await;
    let timeline = bench.history(&attempt.id).await.timeline;
    let written: Vec<_> = entries.iter().map(Entry::written).collect();
    assert_eq!(timeline[1..=entries.len()], written);
    let last = timeline.last().unwrap();
    assert_eq!(last.status_before, Some(Status::Starting));
    assert_eq!(last.status_after, Some(Status::Paid));
}
