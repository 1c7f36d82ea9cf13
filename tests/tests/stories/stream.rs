//! Server-sent events: nothing is lost, and nothing is said twice.

use kasir_tests::story::world::World;

use crate::notifications::at_dana;

#[tokio::test]
async fn the_stream_starts_with_how_things_stand_and_its_ids_grow() {
    let world = World::new().await;
    let session = world.open(45_000).await;
    let mut stream = world.watch(&session, None).await;
    let mut last = stream.next().await.unwrap();
    assert_eq!(last.view["status"], "open");
    assert_eq!(last.view["version"], last.id);
    let view = world.chosen(&session, "dana").await;
    world.enter(&view).await;
    world.pay(&session).await;
    while last.view["status"] != "paid" {
        let next = stream.next().await.unwrap();
        assert!(next.id > last.id, "{} after {}", next.id, last.id);
        last = next;
    }
    world.stop().await;
}

#[tokio::test]
async fn a_page_that_comes_back_is_told_what_it_missed_and_nothing_it_knows() {
    let world = World::new().await;
    let session = at_dana(&world, 45_000).await;
    let known = world.watch(&session, None).await.next().await.unwrap();
    world.pay(&session).await;
    world.mail.wait("session.paid", &session.id).await;
    let missed = world.watch(&session, Some(known.id)).await.next().await.unwrap();
    assert!(missed.id > known.id);
    assert_eq!(missed.view["status"], "paid");

    let other = at_dana(&world, 45_000).await;
    let known = world.watch(&other, None).await.next().await.unwrap();
    let mut stream = world.watch(&other, Some(known.id)).await;
    world.pay(&other).await;
    let next = stream.next().await.unwrap();
    assert!(next.id > known.id, "what is known is not said again");
    world.stop().await;
}

#[tokio::test]
async fn streams_end_when_kasir_stops() {
    let world = World::new().await;
    let session = world.open(45_000).await;
    let mut streams = Vec::new();
    for _ in 0..20 {
        let mut stream = world.watch(&session, None).await;
        assert!(stream.next().await.is_some());
        streams.push(stream);
    }
    kasir_tests::story::in_time("everybody stops", world.stop()).await;
    for mut stream in streams {
        assert!(stream.next().await.is_none());
    }
}
