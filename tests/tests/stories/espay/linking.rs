//! A wallet is linked at Espay, or is not.

use kasir_tests::simulator::{
    Armed, AuthCodeShape, Fault, Operation, Provider, ReturnedState, Settings, TokenPlace,
};
use kasir_tests::story::browser::{Browser, Form, Page};
use kasir_tests::story::world::{Opened, PHONE, World};

use super::{back, begin, decide, link_of, linked, open, pending, timeline, troubled, world};

/// Phone, one-time password and PIN, whichever of them the page asks for.
const WHO: [(&str, &str); 4] =
    [("phone", PHONE), ("otp", "123456"), ("pin", "123456"), ("decision", "approve")];

/// The page of a session whose customer has asked to link a wallet, by the form alone.
async fn asked(browser: &Browser, session: &Opened, method: &str) -> Page {
    let page = browser.get(&session.url).await;
    let form = page.form("/attempts");
    let form = Form { action: form.action.replace("/attempts", "/links"), ..form };
    let field = format!("phone.{method}");
    let filled = [("wallet", method), (field.as_str(), PHONE)];
    let asked = browser.submit(&page, &form, &filled).await;
    assert_eq!((asked.status, asked.hops.as_slice()), (200, [303].as_slice()), "{}", asked.html);
    asked
}

/// Goes through the wallet's consent page to the end.
async fn agreed(world: &World, browser: &Browser, page: &Page) -> Page {
    let mut at = browser.get(&page.link(&world.town.addresses.sim)).await;
    for step in ["phone", "otp", "pin"] {
        assert!(at.html.contains(&format!("data-step=\"{step}\"")), "{step}: {}", at.html);
        at = browser.submit(&at, &at.form("/espay/consent"), &WHO).await;
    }
    at
}

#[tokio::test]
async fn both_shapes_link_in_a_browser_without_script() {
    let world = world(Settings::default()).await;
    for method in ["gopay", "ovo"] {
        let (browser, session) = (world.browser(), open(&world).await);
        let page = asked(&browser, &session, method).await;
        let back = agreed(&world, &browser, &page).await;
        assert_eq!(back.status, 200);
        assert!(back.url.contains(&format!("/c/{}", session.token)), "{}", back.url);
        let is_there = |view: &serde_json::Value| link_of(view, method).is_some();
        world.seen(&session, "the wallet is linked", is_there).await;
        let page = browser.get(&session.url).await;
        assert!(page.html.contains(&format!("unlink-{method}")), "{}", page.html);
    }
    let links = world.town.simulator.espay_links();
    assert!(links.iter().all(|link| link.status == "linked"), "{links:?}");
    world.stop().await;
}

#[tokio::test]
async fn a_page_is_found_and_a_token_taken_however_espay_spells_them() {
    for shape in [
        AuthCodeShape::InfoWebRedirectUrl,
        AuthCodeShape::InfoUrl,
        AuthCodeShape::RedirectUrl,
        AuthCodeShape::WebRedirectUrl,
        AuthCodeShape::Url,
        AuthCodeShape::NextAction,
        AuthCodeShape::Location,
    ] {
        let mut settings = Settings::default();
        settings.espay.auth_code = shape;
        settings.espay.token_place = TokenPlace::Info;
        let world = world(settings).await;
        linked(&world, &open(&world).await, "gopay").await;
        world.stop().await;
    }
}

#[tokio::test]
async fn a_one_time_password_that_is_wrong_too_often_blocks_the_link() {
    let world = world(Settings::default()).await;
    let (browser, session) = (world.browser(), open(&world).await);
    let consent = pending(&world, &session, ("gopay", "081234567003")).await;
    let page = format!("{}/espay/consent?ticket={consent}", world.town.addresses.sim);
    let mut at = browser.get(&page).await;
    for _ in 0..4 {
        at = browser.submit(&at, &at.form("/espay/consent"), &WHO[1..]).await;
    }
    assert!(at.url.contains(&format!("/c/{}", session.token)), "{}", at.url);
    troubled(&world, &session, "blocked").await;
    assert!(at.has("link-trouble"), "{}", at.html);
    assert!(timeline(&world).await.contains("4030711"));
    linked(&world, &session, "gopay").await;
    world.stop().await;
}

#[tokio::test]
async fn a_customer_who_cancels_is_told_so_and_can_link_again() {
    let world = world(Settings::default()).await;
    for method in ["gopay", "ovo"] {
        let session = open(&world).await;
        let consent = pending(&world, &session, (method, PHONE)).await;
        back(&world, &decide(&world, &consent, false)).await;
        let fits = |view: &serde_json::Value| view["linking"]["trouble"] == "cancelled";
        world.seen(&session, "it is cancelled", fits).await;
        linked(&world, &session, method).await;
    }
    world.stop().await;
}

#[tokio::test]
async fn a_return_that_comes_twice_exchanges_nothing_the_second_time() {
    let world = world(Settings::default()).await;
    let session = open(&world).await;
    let consent = pending(&world, &session, ("dana", PHONE)).await;
    let decided = decide(&world, &consent, true);
    back(&world, &decided).await;
    let is_there = |view: &serde_json::Value| link_of(view, "dana").is_some();
    world.seen(&session, "the wallet is linked", is_there).await;
    back(&world, &decided).await;
    assert_eq!(world.town.simulator.espay_calls(Operation::Binding), 1);
    assert!(link_of(&world.view(&session).await, "dana").is_some(), "it stays linked");
    assert!(timeline(&world).await.contains("its state was used before"));
    world.stop().await;
}

#[tokio::test]
async fn a_code_that_is_too_old_is_refused_and_said_to_be() {
    let world = world(Settings::default()).await;
    let session = open(&world).await;
    let consent = pending(&world, &session, ("dana", PHONE)).await;
    let decided = decide(&world, &consent, true);
    // The wallet's code lives ten minutes, the link fifteen.
    world.pass(11 * 60);
    back(&world, &decided).await;
    troubled(&world, &session, "expired").await;
    assert!(timeline(&world).await.contains("4040711"));
    linked(&world, &session, "dana").await;
    world.stop().await;
}

#[tokio::test]
async fn a_code_without_the_state_that_we_gave_is_not_exchanged() {
    let world = world(Settings::default()).await;
    for state in [ReturnedState::Wrong, ReturnedState::Missing] {
        world.town.simulator.return_espay_state(state);
        let session = open(&world).await;
        let consent = pending(&world, &session, ("gopay", PHONE)).await;
        back(&world, &decide(&world, &consent, true)).await;
        troubled(&world, &session, "unrecognised").await;
        assert!(timeline(&world).await.contains("nothing is exchanged"));
    }
    assert_eq!(world.town.simulator.espay_calls(Operation::Binding), 0);
    world.stop().await;
}

#[tokio::test]
async fn a_code_whose_exchange_nobody_answered_is_no_link_and_no_agreement_of_anybody_elses() {
    let world = world(Settings::default()).await;
    let session = open(&world).await;
    let consent = pending(&world, &session, ("gopay", PHONE)).await;
    let lost = Armed::once(Provider::Espay, Fault::LostReply).at(Operation::Binding);
    world.town.simulator.arm(lost).unwrap();
    back(&world, &decide(&world, &consent, true)).await;
    let view = world.view(&session).await;
    assert_eq!(view["linking"]["status"], "pending", "{view:#}");
    for _ in 0..16 {
        world.pass(60);
        world.settled().await;
    }
    troubled(&world, &session, "expired").await;
    assert_eq!(world.town.simulator.espay_calls(Operation::AccountInquiry), 0);
    world.stop().await;
}

#[tokio::test]
async fn nothing_that_links_a_wallet_is_written_down() {
    let world = world(Settings::default()).await;
    let session = open(&world).await;
    let consent = pending(&world, &session, ("gopay", PHONE)).await;
    let decided = decide(&world, &consent, true);
    let url = decided.return_url.clone().unwrap();
    back(&world, &decided).await;
    let is_there = |view: &serde_json::Value| link_of(view, "gopay").is_some();
    let view = world.seen(&session, "the wallet is linked", is_there).await;
    let token = world.town.simulator.espay_links().pop().and_then(|link| link.token).unwrap();
    let carried = |name: &str| {
        let (_, query) = url.split_once('?').unwrap();
        let pairs = form_urlencoded::parse(query.as_bytes()).into_owned();
        pairs.into_iter().find(|(own, _)| own == name).unwrap().1
    };
    let (code, state) = (carried("authCode"), carried("state"));
    let told = [timeline(&world).await, view.to_string()].concat();
    let database = std::fs::read(&world.town.database).unwrap();
    let database = String::from_utf8_lossy(&database).into_owned();
    for secret in [&token, &code] {
        assert!(!told.contains(secret.as_str()) && !database.contains(secret.as_str()));
    }
    assert!(!told.contains(&state), "{told}");
    world.stop().await;
}

#[tokio::test]
async fn a_wallet_that_espay_does_not_sell_or_a_number_that_is_none_is_not_linked() {
    let world = world(Settings::default()).await;
    let session = open(&world).await;
    let reply = begin(&world, &session, ("linkaja", PHONE)).await;
    crate::is_problem(&reply, reply.status, "not_supported", Some("method"));
    let reply = begin(&world, &session, ("gopay", "12")).await;
    crate::is_problem(&reply, 422, "phone_invalid", Some("phone"));
    assert_eq!(world.town.simulator.espay_links().len(), 0);
    world.stop().await;
}
