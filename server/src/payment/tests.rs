//! What must be true of every history of a session's attempts.

use std::net::IpAddr;

use kasir_shared::api::merchant::Customer;
use kasir_shared::{AttemptId, FailureReason, MethodId, NextAction, RefundId, SessionId};
use proptest::prelude::*;

use super::*;
use crate::store::{Placing, Stage};

const AMOUNT: u64 = 100_000;

fn at(second: i64) -> Moment {
    Moment::from_unix_s(second)
}

fn session() -> SessionRecord {
    let id: SessionId = "cs_1".parse().unwrap();
    SessionRecord {
        id,
        merchant: "toko".to_owned(),
        client_token: "ct_1".to_owned(),
        url: "https://pay.example/c/ct_1".parse().unwrap(),
        reference: "ORDER-1".to_owned().try_into().unwrap(),
        amount: Rupiah::new(AMOUNT).unwrap(),
        refunded: Rupiah::ZERO,
        items: Vec::new(),
        customer: Customer::default(),
        return_url: "https://toko.example/".parse().unwrap(),
        methods: vec![MethodId::Ovo],
        locale: None,
        metadata: std::collections::BTreeMap::new(),
        status: SessionStatus::Open,
        paid_twice: false,
        version: 1,
        created_at: at(0),
        updated_at: at(0),
        expires_at: at(3600),
    }
}

fn attempt(number: usize) -> AttemptRecord {
    let id: AttemptId = format!("pay_{number}").parse().unwrap();
    AttemptRecord {
        provider_reference: id.as_str().to_owned(),
        return_token: format!("rt_{number}"),
        id,
        session: "cs_1".parse().unwrap(),
        method: MethodId::Ovo,
        provider: "winpay".to_owned(),
        account: "main".to_owned(),
        placings: 1,
        sending: crate::store::Sending::first(at(0)),
        takeovers: 0,
        claimed_amount: None,
        reason: None,
        transaction: None,
        hinted_transaction: None,
        amount: Rupiah::new(AMOUNT).unwrap(),
        refunded: Rupiah::ZERO,
        status: Status::Starting,
        stage: Stage::Placing,
        next_action: Some(NextAction::Wait),
        deadline: Some(at(60)),
        uncertain: false,
        late: false,
        phone: None,
        name: None,
        ip: IpAddr::from([127, 0, 0, 1]),
        link: None,
        created_at: at(0),
        updated_at: at(0),
        paid_at: None,
    }
}

fn learnt(event: Event) -> Change {
    Change { event: Some(event), ..Change::at(at(5)) }
}

/// A session with two attempts, and everything that was ever said about it.
struct World {
    session: SessionRecord,
    attempts: [AttemptRecord; 2],
    news: Vec<News>,
    jobs: Vec<Plan>,
    settled: [bool; 2],
}

impl World {
    fn new() -> Self {
        Self {
            session: session(),
            attempts: [attempt(0), attempt(1)],
            news: Vec::new(),
            jobs: Vec::new(),
            settled: [false; 2],
        }
    }

    fn apply(&mut self, which: usize, change: &Change) -> Applied {
        let others = [self.attempts[1 - which].clone()];
        let decision = decide(&self.session, &self.attempts[which], &others, change);
        self.session = decision.applied.session.clone();
        self.attempts[which] = decision.applied.attempt.clone();
        self.settled[which] |= self.attempts[which].status == Status::Paid;
        self.news.extend(decision.events);
        self.jobs.extend(decision.jobs);
        decision.applied
    }

    /// Gives back what a store would allow.
    fn give_back(&mut self, which: usize, amount: Rupiah) {
        let attempt = &self.attempts[which];
        let amount = amount.min(left(attempt, &[]));
        if attempt.status != Status::Paid || amount.is_zero() {
            return;
        }
        let refund = succeeded(attempt, amount);
        if let Some(event) = whole(attempt, &refund) {
            self.apply(which, &learnt(event));
        } else {
            let others = [self.attempts[1 - which].clone()];
            let (session, attempt) = refunded(&self.session, attempt, &others, &refund, at(9));
            self.session = session;
            self.attempts[which] = attempt;
        }
    }

    fn told(&self, kind: EventType) -> usize {
        self.news.iter().filter(|news| news.kind == kind).count()
    }
}

fn succeeded(attempt: &AttemptRecord, amount: Rupiah) -> RefundRecord {
    let id: RefundId = "ref_1".parse().unwrap();
    RefundRecord {
        id,
        attempt: attempt.id.clone(),
        amount,
        reason: "sold out".to_owned(),
        status: RefundStatus::Succeeded,
        created_at: at(8),
        updated_at: at(9),
    }
}

#[derive(Clone, Debug)]
enum Step {
    Happens(usize, Event),
    Placed(usize),
    Close(bool),
    GivesBack(usize, u64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let event = prop::sample::select(&Event::ALL[..]);
    let step = prop_oneof![
        6 => (0..2_usize, event).prop_map(|(which, event)| Step::Happens(which, event)),
        1 => (0..2_usize).prop_map(Step::Placed),
        1 => any::<bool>().prop_map(Step::Close),
        2 => (0..2_usize, 1..AMOUNT * 2).prop_map(|(which, amount)| Step::GivesBack(which, amount)),
    ];
    prop::collection::vec(step, 0..24)
}

fn placing(attempt: &AttemptRecord) -> Change {
    Change {
        placing: Some(Placing {
            stage: Stage::Placed,
            provider_reference: attempt.provider_reference.clone(),
            placings: 1,
            transaction: Some("TX-1".to_owned()),
            next_action: Some(NextAction::Wait),
            deadline: None,
        }),
        ..learnt(Event::Accepted)
    }
}

fn go(world: &mut World, step: &Step) {
    match *step {
        Step::Happens(which, event) => drop(world.apply(which, &learnt(event))),
        Step::Placed(which) => {
            let change = placing(&world.attempts[which]);
            world.apply(which, &change);
        }
        Step::Close(cancelled) => {
            let how = if cancelled { Closing::Cancelled } else { Closing::Expired };
            if let Some((session, news)) = close(&world.session, &world.attempts, how, at(7)) {
                world.session = session;
                world.news.push(news);
            }
        }
        Step::GivesBack(which, amount) => {
            world.give_back(which, Rupiah::new(amount).unwrap());
        }
    }
}

/// What the session holds is what its best kept payment holds.
fn kept(world: &World) -> Rupiah {
    let kept = world.attempts.iter().filter(|attempt| attempt.status == Status::Paid);
    kept.map(|attempt| attempt.amount.checked_sub(attempt.refunded).unwrap())
        .max()
        .unwrap_or(Rupiah::ZERO)
}

proptest! {
    #[test]
    fn a_session_is_paid_exactly_when_an_attempt_settled(steps in steps()) {
        let mut world = World::new();
        for step in &steps {
            go(&mut world, step);
            let settled = world.settled.iter().filter(|settled| **settled).count();
            prop_assert_eq!(world.session.status.was_paid(), settled > 0);
            prop_assert_eq!(world.session.paid_twice, settled > 1);
            prop_assert_eq!(world.told(EventType::SessionPaid), usize::from(settled > 0));
            prop_assert_eq!(world.told(EventType::SessionPaidTwice), usize::from(settled > 1));
            let second = world.jobs.iter().filter(|job| job.kind == JobKind::SecondPayment).count();
            prop_assert_eq!(second, usize::from(settled > 1));
        }
    }

    #[test]
    fn the_version_grows_with_every_visible_change_and_with_nothing_else(steps in steps()) {
        let mut world = World::new();
        for step in &steps {
            let (session, attempts) = (world.session.clone(), world.attempts.clone());
            go(&mut world, step);
            let same = session == world.session && attempts == world.attempts;
            prop_assert_eq!(world.session.version > session.version, !same, "{:?}", step);
            prop_assert!(world.session.version >= session.version);
        }
        let versions = world.news.iter().map(|news| (news.kind.as_str(), news.subject.clone(), news.version));
        let all: Vec<_> = versions.collect();
        let distinct: std::collections::HashSet<_> = all.iter().collect();
        prop_assert_eq!(all.len(), distinct.len(), "two events of a kind never share a version");
    }

    #[test]
    fn money_given_back_never_exceeds_money_paid(steps in steps()) {
        let mut world = World::new();
        for step in &steps {
            go(&mut world, step);
            for attempt in &world.attempts {
                prop_assert!(attempt.refunded <= attempt.amount);
                prop_assert_eq!(attempt.refunded == attempt.amount, attempt.status == Status::Refunded);
            }
            if world.session.status.was_paid() {
                let kept = kept(&world);
                prop_assert_eq!(world.session.refunded.checked_add(kept), Some(world.session.amount));
                prop_assert_eq!(world.session.status == SessionStatus::Refunded, kept.is_zero());
            } else {
                prop_assert!(world.session.refunded.is_zero());
            }
        }
    }

    #[test]
    fn an_attempt_that_is_over_has_nothing_for_the_customer_to_do(steps in steps()) {
        let mut world = World::new();
        for step in &steps {
            go(&mut world, step);
            for attempt in &world.attempts {
                prop_assert!(attempt.status.is_live() || attempt.next_action.is_none());
            }
        }
    }

    #[test]
    fn every_change_of_status_is_told_once_with_what_it_looks_like_now(steps in steps()) {
        let mut world = World::new();
        for step in &steps {
            let before = world.attempts.clone();
            let told = world.told(EventType::AttemptUpdated);
            go(&mut world, step);
            let changed = (0..2).filter(|&which| before[which].status != world.attempts[which].status);
            let changed: Vec<_> = changed.collect();
            prop_assert_eq!(world.told(EventType::AttemptUpdated) - told, changed.len());
            for which in changed {
                let news = world.news.iter().rfind(|news| news.kind == EventType::AttemptUpdated);
                let Some(News { data: NewsData::Attempt(told), .. }) = news else {
                    panic!("an attempt's news carries the attempt");
                };
                prop_assert_eq!(told.status, world.attempts[which].status);
            }
        }
    }
}

#[test]
fn two_sources_that_disagree_call_a_person_and_change_nothing() {
    let mut world = World::new();
    world.apply(0, &learnt(Event::Declined));
    let (session, attempt) = (world.session.clone(), world.attempts[0].clone());
    let others = [world.attempts[1].clone()];
    let decision = decide(&session, &attempt, &others, &learnt(Event::Settled));
    assert!(decision.applied.alarmed);
    assert_eq!((decision.applied.session, decision.applied.attempt), (session, attempt));
    let [alarm] = decision.timeline.as_slice() else { panic!("{:?}", decision.timeline) };
    assert_eq!(alarm.kind, "alarm");
    assert!(decision.events.is_empty());
}

#[test]
fn a_payment_after_the_session_closed_is_late_and_still_paid() {
    let mut world = World::new();
    world.apply(0, &learnt(Event::Lapsed));
    world.apply(1, &learnt(Event::Withdrawn));
    go(&mut world, &Step::Close(false));
    assert_eq!(world.session.status, SessionStatus::Expired);
    let applied = world.apply(0, &learnt(Event::Settled));
    assert_eq!(applied.session.status, SessionStatus::Paid);
    assert!(applied.attempt.late);
    assert_eq!(applied.attempt.paid_at, Some(at(5)));
}

#[test]
fn a_placing_answer_after_the_withdrawal_offers_nothing_to_pay() {
    let mut world = World::new();
    world.apply(0, &learnt(Event::Withdrawn));
    let late = placing(&world.attempts[0]);
    let applied = world.apply(0, &late);
    assert_eq!(applied.attempt.status, Status::Cancelled);
    assert_eq!(applied.attempt.next_action, None);
    assert_eq!(applied.attempt.transaction.as_deref(), Some("TX-1"), "it can still be asked about");
}

#[test]
fn a_payment_after_the_first_was_given_back_is_held_and_found() {
    let mut world = World::new();
    world.apply(0, &learnt(Event::Settled));
    world.apply(0, &learnt(Event::Reversed));
    assert_eq!(world.session.status, SessionStatus::Refunded);
    let applied = world.apply(1, &learnt(Event::Settled));
    assert_eq!(applied.session.status, SessionStatus::Paid);
    assert_eq!(applied.session.refunded, Rupiah::ZERO);
    assert_eq!(world.told(EventType::SessionPaidTwice), 1);
}

#[test]
fn a_session_with_a_live_attempt_does_not_close() {
    let mut world = World::new();
    world.apply(0, &learnt(Event::Declined));
    let attempts = &world.attempts;
    assert!(close(&world.session, attempts, Closing::Expired, at(7)).is_none());
}

#[test]
fn a_refund_that_failed_gives_nothing_back() {
    let mut world = World::new();
    world.apply(0, &learnt(Event::Settled));
    let refund = RefundRecord {
        status: RefundStatus::Failed,
        ..succeeded(&world.attempts[0], Rupiah::new(AMOUNT).unwrap())
    };
    assert_eq!(whole(&world.attempts[0], &refund), None);
    let others = [world.attempts[1].clone()];
    let (session, attempt) = refunded(&world.session, &world.attempts[0], &others, &refund, at(9));
    assert_eq!(attempt, world.attempts[0]);
    assert_eq!((session.status, session.refunded), (SessionStatus::Paid, Rupiah::ZERO));
    assert_eq!(session.version, world.session.version + 1);
}

#[test]
fn pending_refunds_count_as_given() {
    let attempt = AttemptRecord { refunded: Rupiah::new(30_000).unwrap(), ..attempt(0) };
    let refund = |amount, status| RefundRecord {
        status,
        ..succeeded(&attempt, Rupiah::new(amount).unwrap())
    };
    let refunds = [
        refund(30_000, RefundStatus::Succeeded),
        refund(50_000, RefundStatus::Pending),
        refund(90_000, RefundStatus::Failed),
    ];
    assert_eq!(left(&attempt, &refunds).value(), 20_000);
    assert_eq!(left(&attempt, &[refund(90_000, RefundStatus::Pending)]), Rupiah::ZERO);
}

#[test]
fn an_attempt_says_why_it_failed_until_it_is_paid_all_the_same() {
    let mut world = World::new();
    let refused = Change { reason: Some(FailureReason::LowBalance), ..learnt(Event::Declined) };
    let applied = world.apply(0, &refused);
    assert_eq!(applied.attempt.status, Status::Failed);
    assert_eq!(applied.attempt.as_told(at(5)).reason, Some(FailureReason::LowBalance));
    world.apply(0, &Change { reason: Some(FailureReason::Declined), ..Change::at(at(6)) });
    assert_eq!(world.attempts[0].reason, Some(FailureReason::LowBalance), "nothing happened");
    let mut called_off = World::new();
    called_off.apply(0, &Change { reason: refused.reason, ..learnt(Event::Withdrawn) });
    let paid = called_off.apply(0, &learnt(Event::Settled));
    assert_eq!((paid.attempt.status, paid.attempt.reason), (Status::Paid, None));
}
