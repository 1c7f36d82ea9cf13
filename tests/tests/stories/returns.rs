//! A returning browser proves nothing; it only says that now is a good moment to ask.

use kasir_tests::simulator::{Fault, Operation, Settings};
use kasir_tests::story::eventually;
use kasir_tests::story::world::{Opened, World, text};
use serde_json::Value;

use crate::notifications::{arm, at_dana, inquiries};

/// Where the customer's browser is sent back to.
async fn return_path(world: &World, session: &Opened) -> String {
    let view = world.view(session).await;
    text(&view["next_action"]["fields"]["callBackUrl"])
}

/// What the only attempt's return address ends with, where no page shows it.
fn return_token(world: &World) -> String {
    let database = rusqlite::Connection::open(&world.town.database).unwrap();
    database.query_row("SELECT return_token FROM attempts", [], |row| row.get(0)).unwrap()
}

#[tokio::test]
async fn a_return_that_claims_success_changes_nothing() {
    let world = World::new().await;
    let session = at_dana(&world, 45_000).await;
    let order = world.transaction(&session).await;
    let url = return_path(&world, &session).await;
    let query = format!("resultCd=0000&resultMsg=SUCCESS&tXid={}&amt=45000&status=0", order.id);
    let by_link = world.http.get(format!("{url}?{query}"));
    let form = "application/x-www-form-urlencoded";
    let by_form = world.http.post(&url).header("content-type", form).body(query);
    for request in [by_link, by_form] {
        let asked = inquiries(&world, &session).await;
        let reply = world.send(request).await;
        assert_eq!(reply.status, 303);
        assert_eq!(reply.headers["location"], session.url.as_str());
        eventually("it is a good moment to ask", async || {
            (inquiries(&world, &session).await > asked).then_some(())
        })
        .await;
        world.settled().await;
        assert_eq!(world.attempt(&session).await["status"], "pending");
    }
    assert!(world.mail.about(&session.id).is_empty());
    world.stop().await;
}

#[tokio::test]
async fn a_return_of_nobody_we_sent_is_not_found() {
    let world = World::new().await;
    for path in
        ["/return/rt_unknown", "/return/x", "/return/%ff%fe", "/return/rt_unknown?resultCd=0000"]
    {
        for request in [world.http.get(world.at(path)), world.http.post(world.at(path))] {
            let reply = world.send(request).await;
            assert_eq!(reply.status, 404, "{path} {}", reply.text);
        }
    }
    world.stop().await;
}

#[tokio::test]
async fn a_foreign_number_in_the_address_bar_pays_nothing() {
    let world = World::new().await;
    let (paid, unpaid) = (at_dana(&world, 45_000).await, at_dana(&world, 45_000).await);
    let theirs = world.pay(&paid).await;
    world.mail.wait("session.paid", &paid.id).await;
    let url = return_path(&world, &unpaid).await;
    let asked = inquiries(&world, &unpaid).await;
    world.send(world.http.get(format!("{url}?resultCd=0000&tXid={}", theirs.id))).await;
    eventually("it is asked about", async || {
        (inquiries(&world, &unpaid).await > asked).then_some(())
    })
    .await;
    world.settled().await;
    assert_eq!(world.attempt(&unpaid).await["status"], "pending");
    world.stop().await;
}

#[tokio::test]
async fn a_number_that_only_the_returning_browser_knows_is_asked_about() {
    let settings = Settings { links_answer_json: false, ..Settings::default() };
    let world = World::with(settings, |toml| toml).await;
    let session = world.open(45_000).await;
    world.link_astrapay(&session).await;
    world.chosen(&session, "astrapay").await;
    let redirects = |view: &Value| view["next_action"]["kind"] == "redirect";
    world.seen(&session, "NICEPAY answers with a redirect", redirects).await;
    arm(&world, Fault::NoNotification, Operation::Notification);
    let order = world.pay(&session).await;
    world.pass(30);
    world.settled().await;
    assert_eq!(world.attempt(&session).await["status"], "pending", "there is no number to ask for");
    let back = world.at(&format!("/return/{}", return_token(&world)));
    world.send(world.http.get(format!("{back}?resultCd=0000&tXid={}", order.id))).await;
    world.mail.wait("session.paid", &session.id).await;
    assert_eq!(world.net(&session).await, 45_000);
    world.stop().await;
}
