//! What the shop is told: signed, in time, again where it must be, and by nobody else's leave.

use kasir_tests::story::mailbox::{Mailbox, Manner};
use kasir_tests::story::world::{NEIGHBOUR_KEY, Opened, World, fresh, text};
use serde_json::{Value, json};

use crate::is_problem;
use crate::notifications::at_dana;

/// The gaps between two tries, in seconds, as the documentation has them.
const GAPS_S: [i64; 9] = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];

async fn withdrawn(world: &World) -> Opened {
    let session = world.open(45_000).await;
    let reply = world.post(&format!("/v1/sessions/{}/cancel", session.id), &json!({})).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    session
}

async fn event(world: &World, id: &str) -> Value {
    let mut cursor = String::new();
    loop {
        let page = world.get(&format!("/v1/events?limit=100{cursor}")).await.body;
        let found = page["data"].as_array().unwrap().iter().find(|event| event["id"] == id);
        if let Some(event) = found {
            return event.clone();
        }
        cursor = format!("&cursor={}", text(&page["next_cursor"]));
    }
}

async fn delivery(world: &World, id: &str, expected: &str) -> Value {
    kasir_tests::story::eventually(&format!("{id} is {expected}"), async || {
        let event = event(world, id).await;
        (event["delivery"] == expected).then_some(event)
    })
    .await
}

#[tokio::test]
async fn a_shop_that_never_takes_an_event_is_tried_ten_times_in_three_days() {
    let world = World::new().await;
    world.mail.manner(Manner::Answer(500));
    let session = withdrawn(&world).await;
    let kind = "session.cancelled";
    let first = world.mail.nth(kind, &session.id, 1).await;
    delivered_so_often(&world, &first.id, 1).await;
    for (tries, gap_s) in (1..).zip(GAPS_S) {
        world.pass(gap_s - 1);
        world.settled().await;
        assert_eq!(world.mail.about(&session.id).len(), tries, "not before {gap_s} s");
        world.pass(gap_s / 10 + 2);
        let next = world.mail.nth(kind, &session.id, tries + 1).await;
        assert!(next.genuine);
        assert_eq!((&next.id, &next.body), (&first.id, &first.body));
        assert!(next.at_s > first.at_s, "each try has its own timestamp");
        // The next gap counts from when this try was written down.
        delivered_so_often(&world, &first.id, tries + 1).await;
    }
    let event = delivery(&world, &first.id, "failed").await;
    assert_eq!(event["tries"], 10);
    world.pass(10 * 86_400);
    world.settled().await;
    assert_eq!(world.mail.about(&session.id).len(), 10);

    world.mail.manner(Manner::Take);
    let path = format!("/v1/events/{}/redeliver", first.id);
    assert_eq!(world.post(&path, &json!({})).await.body["delivery"], "pending");
    world.mail.nth(kind, &session.id, 11).await;
    delivery(&world, &first.id, "delivered").await;
    world.stop().await;
}

async fn delivered_so_often(world: &World, id: &str, tries: usize) {
    kasir_tests::story::eventually("the try is written down", async || {
        (event(world, id).await["tries"] == tries).then_some(())
    })
    .await;
    // The job is planned again right after; a later event that was taken says that it was.
    world.settled().await;
}

#[tokio::test]
async fn an_event_that_was_taken_is_sent_again_only_when_asked() {
    let world = World::new().await;
    let session = withdrawn(&world).await;
    let letter = world.mail.wait("session.cancelled", &session.id).await;
    assert!(letter.genuine);
    delivery(&world, &letter.id, "delivered").await;
    world.pass(86_400);
    world.settled().await;
    assert_eq!(world.mail.about(&session.id).len(), 1);
    world.post(&format!("/v1/events/{}/redeliver", letter.id), &json!({})).await;
    let again = world.mail.nth("session.cancelled", &session.id, 2).await;
    assert_eq!((again.id, again.body, again.genuine), (letter.id, letter.body, true));
    world.stop().await;
}

#[tokio::test]
async fn versions_grow_and_every_event_is_signed() {
    let world = World::new().await;
    let session = at_dana(&world, 45_000).await;
    world.pay(&session).await;
    let paid = world.mail.wait("session.paid", &session.id).await;
    let attempt = text(&world.attempt(&session).await["id"]);
    world.mail.nth("attempt.updated", &attempt, 2).await;
    let updates = world.mail.about(&attempt);
    assert!(updates.iter().all(|letter| letter.genuine) && paid.genuine);
    let pending = updates.iter().find(|one| one.body["data"]["status"] == "pending").unwrap();
    assert!(pending.version < paid.version);
    world.stop().await;
}

#[tokio::test]
async fn an_update_that_a_newer_one_has_overtaken_is_not_sent() {
    let world = World::new().await;
    world.mail.manner(Manner::Answer(503));
    let session = at_dana(&world, 45_000).await;
    let attempt = text(&world.attempt(&session).await["id"]);
    let old = world.mail.wait("attempt.updated", &attempt).await;
    world.pay(&session).await;
    world.stands(&session, "paid").await;
    world.mail.wait("session.paid", &session.id).await;
    world.settled().await;
    world.mail.manner(Manner::Take);
    world.pass(10);
    delivery(&world, &old.id, "superseded").await;
    let updates = world.mail.about(&attempt);
    let new = updates.iter().find(|letter| letter.id != old.id).unwrap();
    delivery(&world, &new.id, "delivered").await;
    assert_eq!(new.body["data"]["status"], "paid");
    assert_eq!(world.mail.about(&attempt).iter().filter(|one| one.id == old.id).count(), 1);
    world.stop().await;
}

#[tokio::test]
async fn a_shop_that_is_gone_hears_no_more_of_it() {
    let world = World::new().await;
    world.mail.manner(Manner::Answer(410));
    let session = withdrawn(&world).await;
    let letter = world.mail.wait("session.cancelled", &session.id).await;
    let event = delivery(&world, &letter.id, "failed").await;
    assert_eq!(event["tries"], 1);
    world.pass(86_400);
    world.settled().await;
    assert_eq!(world.mail.about(&session.id).len(), 1);
    world.stop().await;
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let world = World::new().await;
    let elsewhere = Mailbox::open().await;
    world.mail.manner(Manner::Redirect(elsewhere.url.clone()));
    let session = withdrawn(&world).await;
    let letter = world.mail.wait("session.cancelled", &session.id).await;
    world.mail.manner(Manner::Take);
    delivered_so_often(&world, &letter.id, 1).await;
    world.pass(10);
    delivery(&world, &letter.id, "delivered").await;
    assert!(elsewhere.letters().is_empty());
    world.stop().await;
}

#[tokio::test]
async fn a_shop_that_asks_for_time_is_given_it() {
    let world = World::new().await;
    world.mail.manner(Manner::Later(3_600));
    let session = withdrawn(&world).await;
    let letter = world.mail.wait("session.cancelled", &session.id).await;
    world.mail.manner(Manner::Take);
    delivered_so_often(&world, &letter.id, 1).await;
    world.pass(3_599);
    world.settled().await;
    assert_eq!(world.mail.about(&session.id).len(), 1);
    world.pass(3_600 / 10 + 2);
    world.mail.nth("session.cancelled", &session.id, 2).await;
    world.stop().await;
}

#[tokio::test]
async fn a_hostile_shop_starves_nobody() {
    for manner in [Manner::Hang, Manner::Endless] {
        let world = World::new().await;
        world.neighbours_mail.manner(manner.clone());
        for _ in 0..40 {
            let mut order = world.order(45_000);
            order["return_url"] = json!("https://selatan.example/toko/1");
            let key = format!("n-{}", fresh());
            let opened = world.post_as((NEIGHBOUR_KEY, &key), "/v1/sessions", &order).await;
            let path = format!("/v1/sessions/{}/cancel", text(&opened.body["id"]));
            let key = format!("n-{}", fresh());
            assert_eq!(world.post_as((NEIGHBOUR_KEY, &key), &path, &json!({})).await.status, 200);
        }
        let others = async {
            let session = at_dana(&world, 45_000).await;
            world.pay(&session).await;
            world.mail.wait("session.paid", &session.id).await;
        };
        let soon = std::time::Duration::from_secs(5);
        assert!(tokio::time::timeout(soon, others).await.is_ok(), "{manner:?} starves the others");
    }
}

#[tokio::test]
async fn an_event_of_another_merchant_is_not_found() {
    let world = World::new().await;
    let session = withdrawn(&world).await;
    let letter = world.mail.wait("session.cancelled", &session.id).await;
    let path = format!("/v1/events/{}/redeliver", letter.id);
    let reply = world.post_as((NEIGHBOUR_KEY, "r-1"), &path, &json!({})).await;
    is_problem(&reply, 404, "not_found", None);
    let theirs = world.get_as(NEIGHBOUR_KEY, "/v1/events").await.body;
    assert_eq!(theirs["data"], json!([]));
    world.settled().await;
    assert_eq!(world.mail.about(&session.id).len(), 1);
    assert!(world.neighbours_mail.letters().is_empty());
    world.stop().await;
}
