//! What every database must do, as sentences that are true of all of them.
//!
//! A database's tests open a fresh [`Bench`] for every case of a group and let it run: see [`hold`].

pub(super) mod keys;
pub(super) mod sessions;
pub(super) mod attempts;
pub(super) mod jobs;
pub(super) mod notices;
pub(super) mod refunds;
pub(super) mod catalogues;
pub(super) mod links;
pub(super) mod events;
pub(super) mod damage;
pub(super) mod load;

use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;

use kasir_shared::api::merchant::{Customer, Item};
use kasir_shared::{
    AttemptId, Event, FormFields, Locale, MethodId, Moment, NextAction, RefundId, Rupiah,
    SessionStatus, Status, Submit,
};

use super::{
    Applied, AttemptHistory, AttemptRecord, Begun, Change, RefundRecord, Sending, SessionRecord,
    SessionWithAttempts, Stage, Store,
};
use crate::dice::Dice;

/// A fresh store, and a way to reach behind its back.
#[derive(Clone)]
pub(super) struct Bench {
    pub(super) store: Arc<dyn Store>,
    pub(super) dice: Arc<dyn Dice>,
    /// Runs a statement of somebody who knows better; `false` where the database refused it.
    pub(super) tamper: Arc<dyn Fn(&str) -> bool + Send + Sync>,
    /// Takes every constraint off a table.
    pub(super) loosen: Arc<dyn Fn(&str) + Send + Sync>,
}

/// One thing that is true of every store.
pub(super) struct Case {
    name: &'static str,
    run: Box<dyn Fn(Bench) -> Running>,
}

type Running = Pin<Box<dyn Future<Output = ()>>>;

fn case<F, R>(run: F) -> Case
where
    F: Fn(Bench) -> R + 'static,
    R: Future<Output = ()> + 'static,
{
    Case { name: std::any::type_name::<F>(), run: Box::new(move |bench| Box::pin(run(bench))) }
}

/// Runs every case on a bench of its own.
pub(super) async fn hold(cases: Vec<Case>, open: impl AsyncFn() -> Bench) {
    for case in cases {
        println!("{}", case.name);
        (case.run)(open().await).await;
    }
}

pub(super) const MERCHANT: &str = "toko";
pub(super) const ACCOUNT: &str = "winpay-main";

/// So many seconds after the start of every case.
pub(super) const fn at(second: i64) -> Moment {
    Moment::from_unix_s(1_795_150_800 + second)
}

pub(super) fn rp(value: u64) -> Rupiah {
    Rupiah::new(value).unwrap()
}

impl Bench {
    pub(super) fn new_session(&self, created_at: Moment) -> SessionRecord {
        let id = self.dice.id(created_at);
        SessionRecord {
            merchant: MERCHANT.to_owned(),
            client_token: self.dice.token("ct_"),
            url: format!("https://pay.example/c/{id}").parse().unwrap(),
            id,
            reference: "Pesanan № 7 / Ibu Sri".to_owned().try_into().unwrap(),
            amount: rp(150_000),
            refunded: Rupiah::ZERO,
            items: vec![Item {
                name: "Kopi 'Gayo'; --".to_owned(),
                quantity: 2,
                price: rp(75_000),
            }],
            customer: Customer {
                id: Some("cust-7".to_owned().try_into().unwrap()),
                name: Some("Sri".to_owned()),
                phone: Some("081234567890".parse().unwrap()),
                email: None,
            },
            return_url: "https://toko.example/selesai?order=7".parse().unwrap(),
            methods: vec![MethodId::Ovo, MethodId::Alfamart],
            locale: Some(Locale::En),
            metadata: [("cart".to_owned(), "9".to_owned())].into(),
            status: SessionStatus::Open,
            paid_twice: false,
            version: 1,
            created_at,
            updated_at: created_at,
            expires_at: created_at.plus_s(3600),
        }
    }

    pub(super) fn new_attempt(&self, session: &SessionRecord, created_at: Moment) -> AttemptRecord {
        let id: AttemptId = self.dice.id(created_at);
        AttemptRecord {
            session: session.id.clone(),
            method: MethodId::Ovo,
            provider: "winpay".to_owned(),
            account: ACCOUNT.to_owned(),
            provider_reference: id.as_str().to_owned(),
            placings: 1,
            sending: Sending::first(created_at),
            takeovers: 0,
            claimed_amount: None,
            reason: None,
            transaction: None,
            hinted_transaction: None,
            return_token: self.dice.token("rt_"),
            amount: session.amount,
            refunded: Rupiah::ZERO,
            status: Status::Starting,
            stage: Stage::Placing,
            next_action: Some(NextAction::Submit(Submit {
                url: "https://provider.example/pay".parse().unwrap(),
                fields: FormFields(vec![("b".to_owned(), "2".to_owned())]),
            })),
            deadline: Some(created_at.plus_s(55)),
            uncertain: false,
            late: false,
            phone: Some("081234567890".parse().unwrap()),
            name: Some("Sri".to_owned()),
            ip: IpAddr::from([203, 0, 113, 7]),
            link: None,
            created_at,
            updated_at: created_at,
            paid_at: None,
            id,
        }
    }

    /// A session that is on disk.
    pub(super) async fn session(&self) -> SessionRecord {
        let session = self.new_session(at(0));
        self.store.create_session(&session, None).await.unwrap();
        session
    }

    /// An attempt that is on disk, to be looked at after ten seconds.
    pub(super) async fn attempt(&self, session: &SessionRecord) -> AttemptRecord {
        let attempt = self.new_attempt(session, at(1));
        match self.store.begin_attempt(&attempt, &[], at(10)).await.unwrap() {
            Begun::Started(begun) => *begun,
            Begun::NotOpen(status) => panic!("the session is {status:?}"),
            Begun::Live(other) => panic!("{} is live", other.id),
        }
    }

    /// A session and its attempt, to which `events` happened in order.
    pub(super) async fn after(&self, events: &[Event]) -> (SessionRecord, AttemptRecord) {
        let session = self.session().await;
        let attempt = self.attempt(&session).await;
        for event in events {
            self.happens(&attempt.id, *event).await;
        }
        self.store.attempt(&attempt.id).await.unwrap().unwrap()
    }

    pub(super) async fn happens(&self, attempt: &AttemptId, event: Event) -> Applied {
        self.store.apply(attempt, learnt(event)).await.unwrap()
    }

    pub(super) async fn read(&self, session: &SessionRecord) -> SessionWithAttempts {
        self.store.session(MERCHANT, &session.id).await.unwrap().unwrap()
    }

    pub(super) async fn history(&self, attempt: &AttemptId) -> AttemptHistory {
        self.store.history(MERCHANT, attempt).await.unwrap().unwrap()
    }

    /// How many timeline entries of a kind an attempt has.
    pub(super) async fn noted(&self, attempt: &AttemptId, kind: &str) -> usize {
        self.history(attempt).await.timeline.iter().filter(|entry| entry.kind == kind).count()
    }

    pub(super) fn new_refund(&self, attempt: &AttemptId, amount: Rupiah) -> RefundRecord {
        let id: RefundId = self.dice.id(at(20));
        RefundRecord {
            id,
            attempt: attempt.clone(),
            amount,
            reason: "sold out".to_owned(),
            status: kasir_shared::api::merchant::RefundStatus::Pending,
            created_at: at(20),
            updated_at: at(20),
        }
    }
}

pub(super) fn learnt(event: Event) -> Change {
    Change { event: Some(event), ..Change::at(at(5)) }
}
