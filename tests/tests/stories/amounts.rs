//! A verified notification that speaks of another amount than ours: taken, kept, and left to a person.

use kasir_tests::made_up::{Habits, Kind};
use kasir_tests::story::world::{World, text};
use serde_json::{Value, json};

use crate::is_problem;
use crate::routing::{attempts, said, tell, town};

fn habits(repeats_amount: bool) -> Habits {
    Habits { repeats_amount, ..Habits::of(Kind::Redirect) }
}

async fn alarms(world: &World) -> f64 {
    let reply = world.send(world.http.get(world.at("/metrics"))).await;
    let lines = reply.text.lines().filter_map(|line| line.strip_prefix("kasir_alarms_total "));
    lines.map(|value| value.parse::<f64>().unwrap()).sum()
}

#[tokio::test]
async fn no_inquiry_without_an_amount_settles_what_a_notification_said_otherwise() {
    let (world, providers) = town(&[habits(false)]).await;
    let session = world.open_with(45_000, json!({"expires_in": 600})).await;
    let attempt = text(&world.chosen(&session, "dana").await["attempt"]["id"]);
    let before = alarms(&world).await;
    tell(&world, &providers[0], (&attempt, Some(4_500))).await;
    assert!(alarms(&world).await >= before + 1.0);
    // The inquiry that it hints at is over before the order is paid and the clock moves on.
    world.settled().await;
    assert!(providers[0].pay(&attempt));
    world.pass(6);
    let doubted = |view: &Value| view["attempt"]["uncertain"] == true;
    let view = world.seen(&session, "a person has to look", doubted).await;
    assert_eq!((&view["status"], &view["next_action"]), (&json!("open"), &Value::Null));
    let known = attempts(&world, &session).await;
    assert_eq!(known[0]["status"], "pending");
    let said = said(&known[0], "alarm");
    assert_eq!(said.len(), 2, "{said:?}");
    assert!(said[0].contains("Rp4.500") && said[0].contains("Rp45.000"), "{said:?}");
    assert!(said[1].contains("a person decides"), "{said:?}");
    is_problem(&world.call_off(&session, &attempt).await, 409, "attempt_in_progress", None);
    let other = world.choose(&session, &json!({"method": "linkaja"})).await;
    is_problem(&other, 409, "attempt_in_progress", None);
    for _ in 0..5 {
        world.pass(301);
        world.settled().await;
    }
    assert_eq!(world.mail.events("session.expired", &session.id), 0);
    assert_eq!(world.mail.events("session.paid", &session.id), 0);
    world.stop().await;
}

#[tokio::test]
async fn an_inquiry_that_repeats_our_amount_settles_and_the_alarm_stays_in_the_timeline() {
    let (world, providers) = town(&[habits(true)]).await;
    let session = world.open(45_000).await;
    let attempt = text(&world.chosen(&session, "dana").await["attempt"]["id"]);
    tell(&world, &providers[0], (&attempt, Some(4_500))).await;
    world.settled().await;
    assert!(providers[0].pay(&attempt));
    world.pass(6);
    world.mail.wait("session.paid", &session.id).await;
    assert_eq!(said(&attempts(&world, &session).await[0], "alarm").len(), 1);
    world.stop().await;
}

#[tokio::test]
async fn a_notification_of_our_amount_alarms_nobody() {
    for repeats_amount in [false, true] {
        let (world, providers) = town(&[habits(repeats_amount)]).await;
        let session = world.open(45_000).await;
        let attempt = text(&world.chosen(&session, "dana").await["attempt"]["id"]);
        assert!(providers[0].pay(&attempt));
        tell(&world, &providers[0], (&attempt, None)).await;
        world.mail.wait("session.paid", &session.id).await;
        assert!(said(&attempts(&world, &session).await[0], "alarm").is_empty());
        world.stop().await;
    }
}

#[tokio::test]
async fn what_is_doubted_and_never_paid_runs_out_like_anything_else() {
    let (world, providers) = town(&[habits(false)]).await;
    let session = world.open_with(45_000, json!({"expires_in": 60})).await;
    let attempt = text(&world.chosen(&session, "dana").await["attempt"]["id"]);
    tell(&world, &providers[0], (&attempt, Some(4_500))).await;
    for _ in 0..4 {
        world.pass(301);
        world.settled().await;
    }
    world.mail.wait("session.expired", &session.id).await;
    assert_eq!(world.attempt(&session).await["status"], "expired");
    world.stop().await;
}
