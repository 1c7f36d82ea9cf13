//! Tokens over a real connection: how often one is asked for, and what becomes of a payment that can
//! get none.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use futures_util::future::join_all;
use kasir_server::clock::{Clock as _, ManualClock};
use kasir_server::courier::{Carried, Courier, CourierError, Peer};
use kasir_server::provider::nicepay::Billing;
use kasir_server::provider::nicepay::snap::{NicepaySnap, SnapAccount};
use kasir_server::provider::snap::key::{PrivateKey, PublicKey, ShortKeys};
use kasir_server::provider::{Occasion, Placed, Provider as _, ProviderError, Standing};
use kasir_server::secret::Secret;
use kasir_shared::{Event, MethodId, Moment, Rupiah};
use tokio::net::TcpListener;

const PRIVATE: &str = include_str!("../../tests/vectors/snap/keys/rfc7515-a2-pkcs1.pem");
const PUBLIC: &str = include_str!("../../tests/vectors/nicepay/snap/rfc7515-a2-public.pem");
const PAID: &str = include_str!("../../tests/vectors/nicepay/snap/status/answer.json");
const NOON: Moment = Moment::from_unix_s(1_670_475_600);

/// A NICEPAY that lends tokens and knows one order, which is paid.
#[derive(Default)]
struct Desk {
    /// How many tokens it was asked for.
    tokens: AtomicU32,
    /// How many inquiries it heard.
    inquiries: AtomicU32,
    /// What it answers to the next requests for a token, instead of one.
    grumbles: Mutex<Vec<(u16, &'static str)>>,
    /// Tokens up to this number are refused.
    refuses_up_to: AtomicU32,
}

async fn lend(State(desk): State<Arc<Desk>>) -> Response {
    let number = desk.tokens.fetch_add(1, SeqCst) + 1;
    // The slower the answer, the more payments wait for it.
    tokio::task::yield_now().await;
    if let Some((status, body)) = desk.grumbles.lock().unwrap().pop() {
        return (StatusCode::from_u16(status).unwrap(), body).into_response();
    }
    let body = format!(
        r#"{{"responseCode":"2007300","accessToken":"lent.{number}","tokenType":"Bearer","expiresIn":"900"}}"#
    );
    body.into_response()
}

async fn say(State(desk): State<Arc<Desk>>, headers: HeaderMap) -> Response {
    desk.inquiries.fetch_add(1, SeqCst);
    let bearer = headers["authorization"].to_str().unwrap();
    let number: u32 = bearer.strip_prefix("Bearer lent.").unwrap().parse().unwrap();
    if number <= desk.refuses_up_to.load(SeqCst) {
        return (StatusCode::UNAUTHORIZED, r#"{"responseCode":"4015501"}"#).into_response();
    }
    PAID.into_response()
}

/// A desk, a courier that calls on it, and the provider that knows what to say.
struct Town {
    desk: Arc<Desk>,
    courier: Courier,
    clock: Arc<ManualClock>,
    nicepay: NicepaySnap,
}

impl Town {
    async fn open() -> Self {
        let desk = Arc::new(Desk::default());
        let router = Router::new()
            .route("/nicepay/v1.0/access-token/b2b", post(lend))
            .route("/nicepay/api/v1.0/debit/status", post(say))
            .with_state(desk.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}/nicepay", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self::at(&base, desk)
    }

    fn at(base: &str, desk: Arc<Desk>) -> Self {
        let clock = Arc::new(ManualClock::at(NOON));
        let courier = Courier::new(clock.clone(), 20, true).unwrap();
        Self { desk, courier, clock, nicepay: NicepaySnap::new(account(base)).unwrap() }
    }

    async fn inquire(&self) -> Carried<Standing> {
        let now = Occasion { at: self.clock.now(), chance: [7; 16] };
        let dialogue = self.nicepay.inquire(&placed(), now).unwrap();
        self.courier.carry(Peer::of(&self.nicepay), dialogue).await
    }

    fn counted(&self) -> (u32, u32) {
        (self.desk.tokens.load(SeqCst), self.desk.inquiries.load(SeqCst))
    }
}

fn account(base: &str) -> SnapAccount {
    let text = |text: &str| text.to_owned();
    SnapAccount {
        imid: text("IONPAYTEST"),
        base_url: base.parse().unwrap(),
        private_key: PrivateKey::read(&Secret::new(text(PRIVATE))).unwrap(),
        client_secret: Secret::new(text("a client secret")),
        notification_key: PublicKey::read(PUBLIC, ShortKeys::Refused).unwrap(),
        sub_merchant_id: None,
        external_store_id: None,
        billing: Billing {
            name: text("Toko Kopi"),
            phone: text("02155512345"),
            email: text("toko@shop.example"),
            address: text("Jalan Braga 1"),
            city: text("Bandung"),
            state: text("Jawa Barat"),
            post_code: text("40111"),
            country: text("Indonesia"),
        },
        limits: BTreeMap::new(),
    }
}

/// The order of the documented answer.
fn placed() -> Placed {
    Placed {
        reference: "ORD20221208".to_owned(),
        method: MethodId::Dana,
        amount: Rupiah::new(2000).unwrap(),
        issued_at: NOON,
        transaction: Some("IONPAYTEST05202212080659591234".to_owned()),
        paid_at: None,
        refunded: Rupiah::ZERO,
    }
}

fn is_paid(carried: &Carried<Standing>) -> bool {
    matches!(carried.outcome, Ok(Standing::Known(Event::Settled)))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_payments_at_once_share_one_token() {
    let town = Town::open().await;
    let all = join_all((0..100).map(|_| town.inquire())).await;
    assert!(all.iter().all(is_paid));
    assert_eq!(town.counted(), (1, 100));
    town.clock.advance_s(719);
    assert!(is_paid(&town.inquire().await));
    assert_eq!(town.counted(), (1, 101));
}

#[tokio::test(flavor = "multi_thread")]
async fn after_four_fifths_of_its_life_a_token_is_replaced_once_for_all() {
    let town = Town::open().await;
    assert!(is_paid(&town.inquire().await));
    town.clock.advance_s(720);
    let all = join_all((0..100).map(|_| town.inquire())).await;
    assert!(all.iter().all(is_paid));
    assert_eq!(town.counted(), (2, 101));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_was_revoked_is_replaced_once_for_a_hundred_payments() {
    let town = Town::open().await;
    assert!(is_paid(&town.inquire().await));
    town.desk.refuses_up_to.store(1, SeqCst);
    let all = join_all((0..100).map(|_| town.inquire())).await;
    assert!(all.iter().all(is_paid));
    let (tokens, inquiries) = town.counted();
    assert_eq!(tokens, 2);
    assert!((102..=201).contains(&inquiries), "{inquiries}");
}

#[tokio::test]
async fn whoever_refuses_every_token_is_asked_twice_and_no_more() {
    let town = Town::open().await;
    town.desk.refuses_up_to.store(u32::MAX, SeqCst);
    let carried = town.inquire().await;
    assert!(matches!(
        carried.outcome,
        Err(CourierError::Provider(ProviderError::Misconfigured { ref code, .. })) if code == "4015501"
    ));
    assert_eq!(town.counted(), (2, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_token_nothing_is_said_and_everybody_knows_it() {
    for grumble in [
        (500, r#"{"responseCode":"5007300"}"#),
        (502, "<html>"),
        (200, "<html>"),
        (200, r#"{"responseCode":"20073000","accessToken":"t","expiresIn":"900"}"#),
        (200, r#"{"responseCode":"2007300","accessToken":"","expiresIn":"900"}"#),
    ] {
        let town = Town::open().await;
        town.desk.grumbles.lock().unwrap().push(grumble);
        let carried = town.inquire().await;
        assert!(matches!(carried.outcome, Err(CourierError::Unsaid(_))), "{grumble:?}");
        assert_eq!(town.counted(), (1, 0));
        // The next one tries anew.
        assert!(is_paid(&town.inquire().await));
    }
}

#[tokio::test]
async fn where_nobody_answers_at_all_the_payment_was_not_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}/nicepay", listener.local_addr().unwrap());
    drop(listener);
    let carried = Town::at(&base, Arc::default()).inquire().await;
    assert!(matches!(carried.outcome, Err(CourierError::Unsaid(_))), "{:?}", carried.outcome);
}

#[tokio::test]
async fn a_key_that_nicepay_refuses_stays_a_mistake_that_a_person_has_to_mend() {
    let town = Town::open().await;
    town.desk.grumbles.lock().unwrap().push((401, r#"{"responseCode":"4017300"}"#));
    let carried = town.inquire().await;
    assert!(matches!(
        carried.outcome,
        Err(CourierError::Provider(ProviderError::Misconfigured { ref code, .. })) if code == "4017300"
    ));
    assert_eq!(town.counted(), (1, 0));
}

#[tokio::test]
async fn no_timeline_holds_a_token_or_what_signs() {
    let town = Town::open().await;
    let carried = town.inquire().await;
    let told = format!("{carried:?}");
    assert!(told.contains("asked for token") && told.contains("asked for inquiry"), "{told}");
    assert!(!told.contains("lent.") && !told.contains("a client secret"), "{told}");
}
