//! Browsers that come back from the wallet with something else than they were given.

use kasir_server::provider::Links;
use kasir_tests::made_up::{Fault, Operation, Shape};
use kasir_tests::story::world::text;

use super::{back, begun, detail, good, linked, linking_town, open_for, said, wallets};

#[tokio::test]
async fn a_wrong_or_missing_state_exchanges_nothing() {
    let (world, wallet) = linking_town(Links::Possible, Shape::Code).await;
    let session = open_for(&world, "sari-1").await;
    for strange in ["state=somebody-elses", "state=", ""] {
        let id = text(&begun(&world, &session).await["linking"]["id"]);
        let held = wallet.agree();
        let reply = back(&world, &held, &format!("code={}&{strange}", held.code)).await;
        assert_eq!(reply.status, 303, "{}", reply.text);
        let view = world.view(&session).await;
        assert_eq!(view["linking"]["status"], "gone", "{view:#}");
        assert_eq!(view["linking"]["trouble"], "unrecognised", "{view:#}");
        let known = detail(&world, "sari-1", &id).await;
        let said = said(&known, "return");
        assert!(said.iter().any(|line| line.contains("nothing is exchanged")), "{said:?}");
        // The right state is too late by now.
        back(&world, &held, &good(&held)).await;
        assert!(wallets(&world, &session).await.is_empty());
    }
    assert_eq!(wallet.asked(Operation::Exchange), 0);
    world.stop().await;
}

#[tokio::test]
async fn a_state_is_good_for_one_return() {
    let (world, wallet) = linking_town(Links::Possible, Shape::Code).await;
    let session = open_for(&world, "sari-1").await;
    let id = linked(&world, &wallet, &session).await;
    let held = wallet.links().pop().unwrap();
    for _ in 0..3 {
        assert_eq!(back(&world, &held, &good(&held)).await.status, 303);
    }
    assert_eq!(wallet.asked(Operation::Exchange), 1);
    assert_eq!(wallets(&world, &session).await, [id.as_str()], "it stays linked");
    let known = detail(&world, "sari-1", &id).await;
    let said = said(&known, "return");
    assert!(said.iter().any(|line| line.contains("used before")), "{said:?}");
    assert!(!known.to_string().contains(&held.state), "{known:#}");
    assert!(!known.to_string().contains(&held.token), "{known:#}");
    world.stop().await;
}

#[tokio::test]
async fn two_returns_at_once_exchange_one_code_once() {
    let (world, wallet) = linking_town(Links::Possible, Shape::Code).await;
    let session = open_for(&world, "sari-1").await;
    begun(&world, &session).await;
    let held = wallet.agree();
    let query = good(&held);
    let both = tokio::join!(back(&world, &held, &query), back(&world, &held, &query));
    assert_eq!((both.0.status, both.1.status), (303, 303));
    world.seen(&session, "linked", |view| view["linking"]["status"] == "active").await;
    assert_eq!(wallet.asked(Operation::Exchange), 1);
    world.stop().await;
}

#[tokio::test]
async fn a_code_that_was_used_or_is_too_old_is_told_so() {
    let (world, wallet) = linking_town(Links::Possible, Shape::Code).await;
    let session = open_for(&world, "sari-1").await;
    begun(&world, &session).await;
    let held = wallet.agree();
    back(&world, &held, &format!("code=an-old-one&state={}", held.state)).await;
    let view = world.view(&session).await;
    assert_eq!(view["linking"]["trouble"], "expired", "{view:#}");
    world.stop().await;
}

#[tokio::test]
async fn who_says_no_at_the_wallet_may_choose_anew() {
    let (world, wallet) = linking_town(Links::Possible, Shape::Code).await;
    let session = open_for(&world, "sari-1").await;
    begun(&world, &session).await;
    let held = wallet.links().pop().unwrap();
    back(&world, &held, "trouble=cancelled").await;
    let view = world.view(&session).await;
    assert_eq!(view["linking"]["trouble"], "cancelled", "{view:#}");
    let view = world.chosen(&session, "dana").await;
    assert_eq!(view["attempt"]["status"], "pending");
    world.stop().await;
}

#[tokio::test]
async fn an_exchange_that_nobody_answers_is_asked_after_without_the_code() {
    let (world, wallet) = linking_town(Links::Possible, Shape::Code).await;
    let session = open_for(&world, "sari-1").await;
    begun(&world, &session).await;
    let held = wallet.agree();
    wallet.arrange(Operation::Exchange, Fault::LostReply);
    assert_eq!(back(&world, &held, &good(&held)).await.status, 303);
    let view = world.view(&session).await;
    assert_eq!(view["linking"]["status"], "pending", "{view:#}");
    assert_eq!(view["linking"]["next_action"]["kind"], "wait", "{view:#}");
    world.pass(6);
    world.seen(&session, "linked", |view| view["linking"]["status"] == "active").await;
    let asked = [Operation::Exchange, Operation::Agreed].map(|one| wallet.asked(one));
    assert_eq!(asked, [1, 1]);
    world.stop().await;
}

#[tokio::test]
async fn an_exchange_that_a_busy_provider_puts_off_is_over() {
    let (world, wallet) = linking_town(Links::Possible, Shape::Code).await;
    let session = open_for(&world, "sari-1").await;
    begun(&world, &session).await;
    let held = wallet.agree();
    wallet.arrange(Operation::Exchange, Fault::Busy);
    back(&world, &held, &good(&held)).await;
    let view = world.view(&session).await;
    assert_eq!(view["linking"]["trouble"], "unavailable", "{view:#}");
    linked(&world, &wallet, &session).await;
    world.stop().await;
}

#[tokio::test]
async fn a_browser_does_not_wait_for_ever_and_the_exchange_goes_on() {
    let (world, wallet) = linking_town(Links::Possible, Shape::Code).await;
    let session = open_for(&world, "sari-1").await;
    begun(&world, &session).await;
    let held = wallet.agree();
    wallet.arrange(Operation::Exchange, Fault::Held);
    let query = good(&held);
    let returning = back(&world, &held, &query);
    let meanwhile = async {
        wallet.holds(1).await;
        world.pass(5);
    };
    let (reply, ()) = tokio::join!(returning, meanwhile);
    assert_eq!(reply.status, 303);
    assert_eq!(world.view(&session).await["linking"]["status"], "pending");
    wallet.release();
    world.seen(&session, "linked", |view| view["linking"]["status"] == "active").await;
    assert_eq!(wallet.asked(Operation::Exchange), 1);
    world.stop().await;
}
