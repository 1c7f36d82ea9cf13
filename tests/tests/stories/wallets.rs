//! Every wallet from the page to the shop, in a browser without script.

use kasir_tests::simulator::{Armed, Fault, Operation, Provider};
use kasir_tests::story::browser::{Browser, Form, Page};
use kasir_tests::story::world::{Opened, PHONE, World, text};
use serde_json::json;

pub(crate) const WHO: [(&str, &str); 3] =
    [("phone", PHONE), ("pin", "123456"), ("decision", "approve")];

/// The page with its methods, one of them chosen.
pub(crate) async fn choose(browser: &Browser, session: &Opened, method: &str) -> Page {
    let page = browser.get(&format!("{}?choose=1", session.url)).await;
    assert_eq!(page.status, 200);
    let form = page.form("/attempts");
    let field = format!("phone.{method}");
    let mut filled = vec![("method", method)];
    // A linked wallet is not asked for what it knows.
    if form.fields.iter().any(|(name, _)| *name == field) {
        filled.push((&field, PHONE));
    }
    let chosen = browser.submit(&page, &form, &filled).await;
    assert_eq!(chosen.hops, [303], "{}", chosen.html);
    assert!(chosen.url.contains(&format!("/c/{}", session.token)), "{}", chosen.url);
    chosen
}

/// The customer goes back to the page, and the shop has been told.
pub(crate) async fn is_paid(world: &World, session: &Opened, back: &Page) {
    assert_eq!((back.status, back.hops.last()), (200, Some(&303)), "{}", back.url);
    assert!(back.url.contains(&format!("/c/{}", session.token)), "{}", back.url);
    let letter = world.mail.wait("session.paid", &session.id).await;
    assert!(letter.genuine);
    assert_eq!(letter.body["data"]["status"], "paid");
    let view = world.stands(session, "paid").await;
    assert_eq!(view["attempt"]["status"], "paid");
    assert_eq!(world.net(session).await, 45_000);
    let page = world.browser().get(&session.url).await;
    let shown = page.forms().iter().any(|form| form.action.contains("/attempts"));
    assert!(!shown, "a paid session offers nothing to pay: {}", page.html);
}

#[tokio::test]
async fn ovo_is_approved_on_the_phone() {
    let world = World::new().await;
    let (browser, session) = (world.browser(), world.open(45_000).await);
    let page = choose(&browser, &session, "ovo").await;
    let waiting = browser.submit(&page, &page.form("/direct/v2/payment"), &[]).await;
    let phone = format!("{}/phone?number={PHONE}", world.town.addresses.sim);
    let prompt = browser.get(&phone).await;
    browser.submit(&prompt, &prompt.form("/phone"), &[("decision", "approve")]).await;
    let again = format!("{}{}", world.town.addresses.sim, waiting.link("/nicepay"));
    let done = browser.get(&again).await;
    let back = browser.submit(&done, &done.form("/return/"), &[]).await;
    is_paid(&world, &session, &back).await;
    world.stop().await;
}

#[tokio::test]
async fn dana_and_linkaja_are_paid_on_their_own_pages() {
    let world = World::new().await;
    for method in ["dana", "linkaja"] {
        let (browser, session) = (world.browser(), world.open(45_000).await);
        let page = choose(&browser, &session, method).await;
        let wallet = browser.submit(&page, &page.form("/direct/v2/payment"), &[]).await;
        let form = wallet.form(&format!("/wallet/{method}"));
        let back = browser.submit(&wallet, &form, &WHO).await;
        is_paid(&world, &session, &back).await;
    }
    world.stop().await;
}

#[tokio::test]
async fn shopeepay_is_paid_by_the_link_that_nicepay_hands_out() {
    let world = World::new().await;
    let (browser, session) = (world.browser(), world.open(45_000).await);
    let page = choose(&browser, &session, "shopeepay").await;
    let wallet = browser.get(&page.link(&world.town.addresses.sim)).await;
    let back = browser.submit(&wallet, &wallet.form("/wallet/shopeepay"), &WHO).await;
    is_paid(&world, &session, &back).await;
    world.stop().await;
}

#[tokio::test]
async fn a_wallet_that_says_no_leaves_the_other_wallets() {
    let world = World::new().await;
    let (browser, session) = (world.browser(), world.open(45_000).await);
    let page = choose(&browser, &session, "linkaja").await;
    let wallet = browser.submit(&page, &page.form("/direct/v2/payment"), &[]).await;
    let form = wallet.form("/wallet/linkaja");
    browser.submit(&wallet, &form, &[("decision", "decline")]).await;
    let view = world.seen(&session, "declined", |view| view["attempt"]["status"] == "failed").await;
    assert_eq!(view["status"], "open");
    let page = browser.get(&format!("{}?choose=1", session.url)).await;
    let filled = [("method", "dana")];
    let chosen = browser.submit(&page, &page.form("/attempts"), &filled).await;
    let wallet = browser.submit(&chosen, &chosen.form("/direct/v2/payment"), &[]).await;
    let back = browser.submit(&wallet, &wallet.form("/wallet/dana"), &WHO).await;
    is_paid(&world, &session, &back).await;
    world.stop().await;
}

/// The customer chooses AstraPay, and has no account linked: the page that asks for it.
async fn begin_link(world: &World, session: &Opened) -> Page {
    let page = choose(&world.browser(), session, "astrapay").await;
    assert_eq!(world.view(session).await["linking"]["status"], "pending");
    page
}

/// What the customer decides on AstraPay's own page, to which the form of a link leads.
async fn decide(world: &World, session: &Opened, page: &Page, decision: &[(&str, &str)]) {
    let browser = world.browser();
    let view = world.view(session).await;
    let submit = &view["linking"]["next_action"]["submit"];
    let fields = submit["fields"].as_object().unwrap();
    let fields = fields.iter().map(|(name, value)| (name.clone(), text(value)));
    let form = Form { action: text(&submit["url"]), fields: fields.collect(), buttons: Vec::new() };
    let register = browser.submit(page, &form, &[]).await;
    let form = register.form("/astrapay/register");
    let back = browser.submit(&register, &form, decision).await;
    assert!(back.url.contains(&format!("/c/{}", session.token)), "{}", back.url);
}

/// Links the customer's AstraPay account, from the page that asks for it.
async fn link(world: &World, session: &Opened, page: &Page) {
    decide(world, session, page, &WHO[1..]).await;
    world.seen(session, "linked", |view| view["linking"]["status"] == "active").await;
}

/// The customer pays with the account that is linked.
async fn pay_linked(world: &World, session: &Opened) {
    let browser = world.browser();
    let page = choose(&browser, session, "astrapay").await;
    let wallet = browser.get(&page.link(&world.town.addresses.sim)).await;
    let back = browser.submit(&wallet, &wallet.form("/wallet/astrapay"), &WHO).await;
    is_paid(world, session, &back).await;
}

#[tokio::test]
async fn astrapay_is_linked_once_and_then_paid_again_without() {
    let world = World::new().await;
    let customer = json!({"customer": {"id": "sari-1", "name": "Sari Dewi"}});
    let first = world.open_with(45_000, customer.clone()).await;
    let page = begin_link(&world, &first).await;
    link(&world, &first, &page).await;
    pay_linked(&world, &first).await;

    let second = world.open_with(45_000, customer).await;
    pay_linked(&world, &second).await;
    assert_eq!(world.town.simulator.links().len(), 1, "the second needs no link");

    let stranger = world.open_with(45_000, json!({"customer": {"id": "budi-2"}})).await;
    let view = world.chosen(&stranger, "astrapay").await;
    assert_eq!(view["linking"]["next_action"]["kind"], "link", "a link is one customer's");
    world.stop().await;
}

#[tokio::test]
async fn a_link_is_paid_with_by_its_own_customer_only_and_while_it_holds() {
    let world = World::new().await;
    let customer = json!({"customer": {"id": "sari-1"}});
    let first = world.open_with(45_000, customer.clone()).await;
    let page = begin_link(&world, &first).await;
    link(&world, &first, &page).await;
    let links = world.view(&first).await["links"].clone();
    let id = links[0]["id"].clone();

    let stranger = world.open_with(45_000, json!({"customer": {"id": "budi-2"}})).await;
    let choice = json!({"method": "astrapay", "link": id});
    let refused = world.choose(&stranger, &choice).await;
    assert_eq!((refused.status, &refused.body["field"]), (404, &json!("link")), "{}", refused.text);
    let other = world.choose(&first, &json!({"method": "dana", "link": id})).await;
    assert_eq!(other.status, 404, "it is no DANA: {}", other.text);
    assert_eq!(world.view(&stranger).await["attempt"], json!(null));

    pay_linked(&world, &first).await;
    world.town.simulator.forget_mandates();
    let second = world.open_with(45_000, customer.clone()).await;
    choose(&world.browser(), &second, "astrapay").await;
    let third = world.open_with(45_000, customer).await;
    let gone = world.choose(&third, &choice).await;
    assert_eq!((gone.status, &gone.body["code"]), (409, &json!("link_gone")), "{}", gone.text);
    world.stop().await;
}

#[tokio::test]
async fn a_mandate_that_the_wallet_refuses_is_linked_again() {
    let world = World::new().await;
    let customer = json!({"customer": {"id": "sari-1"}});
    let first = world.open_with(45_000, customer.clone()).await;
    let page = begin_link(&world, &first).await;
    link(&world, &first, &page).await;
    pay_linked(&world, &first).await;

    world.town.simulator.forget_mandates();
    let second = world.open_with(45_000, customer).await;
    choose(&world.browser(), &second, "astrapay").await;
    let view = world.view(&second).await;
    assert_eq!(view["attempt"]["status"], "failed", "{view:#}");
    assert!(view["links"].as_array().unwrap().is_empty());
    let view = world.chosen(&second, "astrapay").await;
    world.agree(&second, &view).await;
    pay_linked(&world, &second).await;
    assert_eq!(world.town.simulator.links().len(), 2);
    world.stop().await;
}

#[tokio::test]
async fn a_customer_who_declines_to_link_may_choose_another_wallet() {
    let world = World::new().await;
    let session = world.open(45_000).await;
    let page = begin_link(&world, &session).await;
    decide(&world, &session, &page, &[("decision", "decline")]).await;
    let view = world.view(&session).await;
    assert_eq!(view["linking"]["status"], "gone", "{view:#}");
    let view = world.chosen(&session, "dana").await;
    assert_eq!(view["attempt"]["method"], "dana");
    world.enter(&view).await;
    world.pay(&session).await;
    world.mail.wait("session.paid", &session.id).await;
    assert_eq!(world.net(&session).await, 45_000);
    world.stop().await;
}

#[tokio::test]
async fn a_browser_that_never_comes_back_does_not_matter() {
    let world = World::new().await;
    let fault = Armed::once(Provider::Nicepay, Fault::NoCallback).at(Operation::Payment);
    world.town.simulator.arm(fault).unwrap();
    let (browser, session) = (world.browser(), world.open(45_000).await);
    let page = choose(&browser, &session, "dana").await;
    let wallet = browser.submit(&page, &page.form("/direct/v2/payment"), &[]).await;
    let stranded = browser.submit(&wallet, &wallet.form("/wallet/dana"), &WHO).await;
    assert!(stranded.has("stranded"), "{}", stranded.html);
    assert!(world.mail.wait("session.paid", &session.id).await.genuine);
    world.stop().await;
}
