//! One life of a session: a customer, a shop, a desk and four providers do what chance has them do.

use std::collections::BTreeMap;

use kasir_server::desk;
use kasir_server::flow::{
    FlowError, House, cancel_attempt, close_session, create_session, notified, start_attempt,
};
use kasir_server::provider::Verdict;
use kasir_server::store::{AttemptRecord, SessionRecord, SessionWithAttempts};
use kasir_server::web::view;
use kasir_shared::{MethodId, NextAction, Rupiah, SessionStatus, Status};
use kasir_tests::made_up::{Fault, Held, Kind, MadeUp, Operation};
use serde_json::json;
use tokio::task::JoinHandle;

use crate::chance::Chance;
use crate::place::{Place, VISITOR};

const AMOUNT: u64 = 45_000;
/// How long the session lives, in seconds.
const LIFETIME_S: i64 = 900;
/// How much happens in a life before everything calms down.
const STEPS: usize = 50;

const FAULTS: [Fault; 13] = [
    Fault::Refused,
    Fault::LostRequest,
    Fault::LostReply,
    Fault::LostReply,
    Fault::Broken,
    Fault::BrokenAfterwards,
    Fault::Garbled,
    Fault::Held,
    Fault::Held,
    Fault::Busy,
    Fault::Declined,
    Fault::Unsupported,
    Fault::Unauthorised,
];

/// How often things happened that are worth trying.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Seen {
    pub(crate) lives: u64,
    paid: u64,
    unpaid: u64,
    taken_over: u64,
    orphaned: u64,
    late: u64,
    paid_twice: u64,
    killed: u64,
    held: u64,
    open_circuits: u64,
}

impl Seen {
    pub(crate) fn add(&mut self, other: Self) {
        let Self { lives, paid, unpaid, taken_over, orphaned, late, .. } = other;
        self.lives += lives;
        self.paid += paid;
        self.unpaid += unpaid;
        self.taken_over += taken_over;
        self.orphaned += orphaned;
        self.late += late;
        self.paid_twice += other.paid_twice;
        self.killed += other.killed;
        self.held += other.held;
        self.open_circuits += other.open_circuits;
    }

    pub(crate) fn all(&self) -> [(&'static str, u64); 9] {
        [
            ("a session paid", self.paid),
            ("a session not paid", self.unpaid),
            ("an account taking over", self.taken_over),
            ("an order waited out", self.orphaned),
            ("a late payment", self.late),
            ("a second payment", self.paid_twice),
            ("a killed process", self.killed),
            ("a slow answer", self.held),
            ("an open circuit", self.open_circuits),
        ]
    }
}

/// A life that is being lived.
struct Life<'a> {
    seed: u64,
    place: &'a Place,
    house: House,
    session: SessionRecord,
    chance: Chance,
    /// What waits for an answer that is held back.
    waiting: Vec<(MadeUp, JoinHandle<()>)>,
    /// Notifications on their way, and when they arrive.
    due: Vec<(i64, MadeUp, String)>,
    /// Payments of orders that nobody was shown.
    ghosts: usize,
    story: Vec<String>,
    seen: Seen,
}

/// Lives the life of a seed.
pub(crate) async fn live(place: &mut Place, seed: u64) -> Seen {
    let mut chance = Chance::of(seed);
    for provider in &place.providers {
        provider.release();
        provider.reset();
    }
    let house = place.house(seed, &mut chance);
    let session = open(&house).await;
    let counted = Seen { lives: 1, ..Seen::default() };
    let (waiting, story) = (Vec::new(), Vec::new());
    let mut life = Life {
        seed,
        place,
        house,
        session,
        chance,
        waiting,
        due: Vec::new(),
        ghosts: 0,
        story,
        seen: counted,
    };
    for _ in 0..STEPS {
        life.step().await;
        life.check().await;
    }
    life.calm_down().await;
    life.agree().await;
    life.seen
}

async fn open(house: &House) -> SessionRecord {
    let wanted = json!({
        "reference": "SU-1",
        "amount": {"value": AMOUNT, "currency": "IDR"},
        "return_url": "https://toko.example/selesai",
        "expires_in": LIFETIME_S,
    });
    let merchant = house.merchants.by_id("toko").unwrap();
    let wanted = serde_json::from_value(wanted).unwrap();
    let session = create_session::create_session(house, merchant, wanted).unwrap();
    house.store.create_session(&session, None).await.unwrap();
    session
}

impl Life<'_> {
    fn now_ms(&self) -> i64 {
        self.house.now().unix_ms
    }

    #[track_caller]
    fn fail(&self, why: &str) -> ! {
        panic!("seed {}: {why}\n{}", self.seed, self.story.join("\n"))
    }

    fn tell(&mut self, what: &str) {
        let at = (self.now_ms() - self.session.created_at.unix_ms) / 1000;
        self.story.push(format!("{at:>5} s  {what}"));
    }

    async fn known(&self) -> SessionWithAttempts {
        self.house.store.session_by_id(&self.session.id).await.unwrap().unwrap()
    }

    async fn step(&mut self) {
        match self.chance.below(100) {
            0..15 => self.fault(),
            15..50 => self.choose().await,
            50..54 => self.call_off().await,
            54..55 => self.withdraw().await,
            55..72 => self.pass().await,
            72..80 => self.work().await,
            80..83 => self.pay().await,
            83..88 => self.notify().await,
            88..92 => self.let_go().await,
            92..95 => self.kill().await,
            _ => self.haunt(),
        }
    }

    fn fault(&mut self) {
        let provider = self.chance.below(self.place.providers.len());
        let provider = self.place.providers[provider].clone();
        if self.chance.hits(10) {
            let down = self.chance.hits(40);
            provider.is_down(down);
            self.tell(&format!("{} is down: {down}", provider.id()));
            return;
        }
        let operation = self.chance.one(&[
            Operation::Order,
            Operation::Order,
            Operation::Order,
            Operation::Order,
            Operation::Order,
            Operation::Inquiry,
            Operation::Cancel,
            Operation::Refund,
        ]);
        let fault = self.chance.one(&FAULTS);
        if operation != Operation::Order && matches!(fault, Fault::Declined | Fault::Unsupported) {
            return;
        }
        let times = if self.chance.hits(30) { 4 } else { 1 };
        for _ in 0..times {
            provider.arrange(operation, fault);
        }
        self.tell(&format!("{} will do {fault:?} to {operation:?}, {times} times", provider.id()));
    }

    /// The accounts that the choice would go to first are in trouble.
    fn trouble(&mut self, method: MethodId) {
        let route = self.house.merchants.by_id("toko").unwrap().route(method).unwrap();
        let ids: Vec<_> = route.stops.iter().map(|stop| stop.account.clone()).collect();
        for id in ids.iter().take(1 + self.chance.below(2)) {
            let provider = self.place.providers.iter().find(|one| one.id() == id).unwrap();
            for _ in 0..=self.chance.below(4) {
                let fault = self.chance.one(&FAULTS);
                provider.arrange(Operation::Order, fault);
            }
        }
        self.tell(&format!("orders by {} will be in trouble", method.as_str()));
    }

    /// Does something as long as nobody holds its answer back; what is held goes on by itself.
    async fn run(&mut self, work: impl Future<Output = ()> + Send + 'static) {
        let held: Vec<usize> = self.place.providers.iter().map(MadeUp::held).collect();
        self.attend(tokio::spawn(work), &held).await;
    }

    /// Waits for what is running, or until somebody holds back one more answer than they `held`.
    async fn attend(&mut self, mut running: JoinHandle<()>, held: &[usize]) {
        let providers = &self.place.providers;
        let holds = providers.iter().zip(held).map(|(one, held)| Box::pin(one.holds(held + 1)));
        tokio::select! {
            done = &mut running => done.unwrap(),
            ((), which, _) = futures_util::future::select_all(holds) => {
                self.seen.held += 1;
                let provider = providers[which].clone();
                self.tell(&format!("{} holds an answer back", provider.id()));
                self.waiting.push((provider, running));
            }
        }
    }

    async fn choose(&mut self) {
        let method = self.chance.one(&[MethodId::Ovo, MethodId::Dana]);
        if self.chance.hits(60) {
            self.trouble(method);
        }
        self.tell(&format!("the customer chooses {}", method.as_str()));
        // No two choices of one customer fall into one millisecond.
        self.place.clock.advance_ms(1);
        let (house, known) = (self.house.clone(), self.known().await);
        let choice = json!({"method": method, "phone": "081234567890"});
        let choice = serde_json::from_value(choice).unwrap();
        self.run(async move {
            let started = start_attempt::start_attempt(&house, &known, choice, VISITOR).await;
            fine(started);
        })
        .await;
    }

    async fn call_off(&mut self) {
        let known = self.known().await;
        let live = known.attempts.iter().find(|attempt| attempt.status.is_live());
        let Some(attempt) = live.cloned() else { return };
        self.tell(&format!("the customer calls {} off", attempt.id));
        let house = self.house.clone();
        self.run(async move {
            let cancelled = cancel_attempt::cancel_attempt(&house, &known.session, &attempt).await;
            fine(cancelled);
        })
        .await;
    }

    async fn withdraw(&mut self) {
        self.tell("the shop withdraws the session");
        let (house, known) = (self.house.clone(), self.known().await);
        self.run(async move { fine(close_session::cancel_session(&house, &known).await) }).await;
    }

    async fn pass(&mut self) {
        let seconds = self.chance.one(&[1, 2, 3, 5, 5, 10, 20, 40, 70, 130]);
        self.tell(&format!("{seconds} s pass"));
        self.wait(seconds).await;
    }

    /// So many seconds pass, in which notifications arrive that are due, and the desk works.
    async fn wait(&mut self, seconds: i64) {
        let end = self.now_ms() + seconds * 1000;
        while self.now_ms() < end {
            let next = self.due.iter().map(|(due, ..)| *due).min().unwrap_or(end).min(end);
            self.place.clock.advance_ms(next - self.now_ms());
            let now = self.now_ms();
            let due: Vec<_> = self.due.extract_if(.., |(due, ..)| *due <= now).collect();
            for (_, provider, reference) in due {
                self.deliver(&provider, &reference).await;
            }
            self.work().await;
        }
    }

    /// The desk does what is due.
    async fn work(&mut self) {
        for _ in 0..4 {
            let house = self.house.clone();
            let jobs = house.store.claim_jobs(house.now(), house.lease_s(), 16).await.unwrap();
            if jobs.is_empty() {
                return;
            }
            for job in jobs {
                let house = house.clone();
                self.run(async move { desk::work(&house, &job).await }).await;
            }
        }
    }

    async fn let_go(&mut self) {
        for (provider, running) in std::mem::take(&mut self.waiting) {
            let held: Vec<usize> = self.place.providers.iter().map(MadeUp::held).collect();
            self.tell(&format!("{} lets an answer go", provider.id()));
            provider.release_one();
            self.attend(running, &held).await;
        }
    }

    /// What waits for an answer dies, and its answers find nobody.
    async fn kill(&mut self) {
        if self.waiting.is_empty() {
            return;
        }
        self.tell("the process is killed");
        self.seen.killed += 1;
        for (provider, running) in std::mem::take(&mut self.waiting) {
            running.abort();
            let died = running.await;
            assert!(died.is_err_and(|error| error.is_cancelled()));
            provider.release_one();
        }
    }

    fn orders(&self) -> impl Iterator<Item = (&MadeUp, Held)> {
        let of = |provider: &'_ MadeUp| provider.orders();
        self.place.providers.iter().flat_map(move |one| of(one).into_iter().map(move |o| (one, o)))
    }

    /// Every order that the customer could pay now: by a prompt on the phone, or by the way that the
    /// page shows.
    async fn payable(&self) -> Vec<(MadeUp, Held)> {
        let view = view::view(&self.house, &self.known().await).await.unwrap();
        let shown = match view.next_action.filter(|_| view.status.is_open()) {
            Some(NextAction::Redirect { url }) => url.as_str().to_owned(),
            _ => String::new(),
        };
        let now = self.now_ms();
        let can = |(provider, order): &(&MadeUp, Held)| {
            let way = match provider.kind() {
                Kind::Push => true,
                Kind::Redirect => shown.ends_with(&format!("/{}", order.transaction)),
            };
            way && order.is_payable(now)
        };
        self.orders().filter(can).map(|(provider, order)| (provider.clone(), order)).collect()
    }

    async fn pay(&mut self) {
        let payable = self.payable().await;
        let Some((provider, order)) = payable.first() else { return };
        assert!(provider.pay(&order.reference));
        self.tell(&format!("the customer pays {} at {}", order.reference, provider.id()));
        if self.chance.hits(50) {
            self.deliver(provider, &order.reference).await;
        } else {
            // A provider's word may take a while, and comes before the order is given up on.
            let due = self.now_ms() + 1000 * i64::try_from(1 + self.chance.below(50)).unwrap();
            self.due.push((due, provider.clone(), order.reference.clone()));
        }
    }

    /// Somebody pays an order to which nobody was shown the way.
    fn haunt(&mut self) {
        let now = self.now_ms();
        let payable = self.orders().filter(|(_, one)| one.is_payable(now));
        let orders: Vec<_> = payable.map(|(provider, one)| (provider.clone(), one)).collect();
        if orders.is_empty() || !self.seed.is_multiple_of(3) {
            return;
        }
        let (provider, order) = &orders[self.chance.below(orders.len())];
        assert!(provider.pay(&order.reference));
        let told = format!("a ghost pays {} at {}", order.reference, provider.id());
        self.ghosts += 1;
        self.tell(&told);
    }

    /// A provider notifies us of an order, paid or not, perhaps not for the first time.
    async fn notify(&mut self) {
        let orders: Vec<_> =
            self.orders().map(|(provider, one)| (provider.clone(), one.reference)).collect();
        if orders.is_empty() {
            return;
        }
        let (provider, reference) = &orders[self.chance.below(orders.len())];
        self.deliver(provider, reference).await;
    }

    async fn deliver(&mut self, provider: &MadeUp, reference: &str) {
        self.tell(&format!("{} notifies of {reference}", provider.id()));
        let (_, body) = provider.notification(reference, None);
        let request = http::Request::post("/notify").body(body).unwrap();
        let house = &self.house;
        let account = house.merchants.account(provider.id()).unwrap();
        let heard = notified::notified(house, account, &request).await.unwrap();
        assert!(matches!(heard, Verdict::Kept { .. }), "seed {}: {heard:?}", self.seed);
    }

    /// What must be true at any moment.
    async fn check(&mut self) {
        let now = self.now_ms();
        // Where two can be paid by somebody, the customer must know the way to one at most.
        let several = self.orders().filter(|(_, order)| order.is_payable(now)).nth(1).is_some();
        let payable = if several { self.payable().await } else { Vec::new() };
        if payable.len() > 1 {
            let orders: Vec<_> =
                payable.iter().map(|(one, order)| (one.id(), &order.reference)).collect();
            self.fail(&format!("{orders:?} can all be paid"));
        }
        for provider in &self.place.providers {
            if !provider.changed().is_empty() {
                self.fail(&format!("sent again otherwise: {:?}", provider.changed()));
            }
        }
        let charged = self.orders().filter(|(_, order)| order.paid).count();
        if charged > 1 && self.ghosts == 0 {
            self.fail("the customer was charged twice for what they were shown");
        }
        for provider in &self.place.providers {
            if self.house.health.circuit(provider.id()).level() == 1 {
                self.seen.open_circuits += 1;
                break;
            }
        }
    }

    /// Nothing goes wrong any more, and everything runs out.
    async fn calm_down(&mut self) {
        self.tell("everything calms down");
        for provider in &self.place.providers {
            provider.is_down(false);
            provider.calm();
        }
        self.haunt();
        self.let_go().await;
        assert!(self.waiting.is_empty(), "seed {}", self.seed);
        let paid: Vec<_> = self
            .orders()
            .filter(|(_, order)| order.paid)
            .map(|(provider, order)| (provider.clone(), order.reference))
            .collect();
        for (provider, reference) in &paid {
            self.deliver(provider, reference).await;
        }
        for _ in 0..14 {
            self.wait(130).await;
            self.check().await;
        }
    }

    /// The providers' books and ours agree.
    async fn agree(&mut self) {
        let known = self.known().await;
        let books: BTreeMap<String, Held> =
            self.orders().map(|(_, order)| (order.reference.clone(), order)).collect();
        let charged = books.values().filter(|order| order.paid).count();
        let settled =
            |attempt: &&AttemptRecord| matches!(attempt.status, Status::Paid | Status::Refunded);
        let ours: Vec<&AttemptRecord> = known.attempts.iter().filter(settled).collect();
        for attempt in &ours {
            if !books.get(&attempt.provider_reference).is_some_and(|order| order.paid) {
                self.fail(&format!("{} was never paid", attempt.id));
            }
        }
        let net: u64 =
            books.values().filter(|one| one.paid).map(|one| one.amount - one.refunded).sum();
        let status = known.session.status;
        let sound = match charged {
            0 => matches!(status, SessionStatus::Expired | SessionStatus::Cancelled),
            _ => status == SessionStatus::Paid && net == AMOUNT,
        };
        let named = known.session.paid_twice == (charged > 1);
        if !sound || !named || ours.len() != charged {
            let status = (status, known.session.paid_twice, net);
            self.fail(&format!("{charged} charged, {} of ours, {status:?}", ours.len()));
        }
        if known.attempts.iter().any(|attempt| attempt.status.is_live()) {
            self.fail("something is live for ever");
        }
        self.remember(&known, charged);
    }

    fn remember(&mut self, known: &SessionWithAttempts, charged: usize) {
        let any = |fits: fn(&AttemptRecord) -> bool| u64::from(known.attempts.iter().any(fits));
        self.seen.paid += u64::from(charged > 0);
        self.seen.unpaid += u64::from(charged == 0);
        self.seen.taken_over += any(|attempt| attempt.takeovers > 0);
        self.seen.orphaned += any(|attempt| attempt.stage.as_str() == "orphaned");
        self.seen.late += any(|attempt| attempt.late);
        self.seen.paid_twice += u64::from(charged > 1);
        assert_eq!(known.session.amount, Rupiah::new(AMOUNT).unwrap());
    }
}

/// Being refused is fine; a broken house is not.
fn fine(outcome: Result<(), FlowError>) {
    match outcome {
        Ok(()) | Err(FlowError::Refused { .. }) => {}
        Err(error @ (FlowError::Store(_) | FlowError::Unconfigured { .. })) => panic!("{error}"),
    }
}
