//! The page's own endpoints: looking, choosing, changing one's mind.

use futures_util::future::join_all;
use kasir_tests::story::world::{PHONE, World, text};
use serde_json::json;

use crate::is_problem;
use crate::notifications::at_dana;

#[tokio::test]
async fn no_token_that_opens_nothing_can_be_told_from_another() {
    let world = World::new().await;
    let session = world.open(45_000).await;
    let mut near = session.token.clone();
    let last = near.pop().unwrap();
    near.push(if last == 'A' { 'B' } else { 'A' });
    let long = "x".repeat(4000);
    let tokens = ["ct_unknown", "x", "%ff%fe", "%00", "a%2fb", "'%20OR%201=1", &near, &long];
    let form = "application/x-www-form-urlencoded";
    for (method, before, after) in [
        ("GET", "/c/", ""),
        ("GET", "/c/", "?embed=1"),
        ("GET", "/checkout/v1/", ""),
        ("GET", "/checkout/v1/", "/events"),
        ("POST", "/checkout/v1/", "/attempts"),
        ("POST", "/checkout/v1/", "/attempts/pay_x/cancel"),
        ("GET", "/checkout/v1/", "/attempts/pay_x/qr.svg"),
    ] {
        let mut first = None;
        for token in tokens {
            let url = world.at(&format!("{before}{token}{after}"));
            let request = world.http.request(method.parse().unwrap(), url);
            let request = request.header("content-type", form).body("method=dana");
            let reply = world.send(request).await;
            assert_eq!(reply.status, 404, "{method} {before}{token}{after} {}", reply.text);
            let kind = reply.headers.get("content-type").cloned();
            let said = (reply.text, kind);
            let same = *first.get_or_insert(said.clone()) == said;
            assert!(same, "{method} {before}{token}{after} {said:?}");
        }
    }
    world.stop().await;
}

#[tokio::test]
async fn a_choice_that_is_none_is_refused_by_its_field() {
    let world = World::new().await;
    let session = world.open_with(45_000, json!({"methods": ["dana", "ovo"]})).await;
    for (choice, code, field) in [
        (json!({"method": "cash"}), "invalid_field", "method"),
        (json!({"method": "linkaja"}), "method_not_offered", "method"),
        (json!({"method": "gopay"}), "method_not_offered", "method"),
        (json!({"method": "ovo"}), "phone_invalid", "phone"),
        (json!({"method": "ovo", "phone": "12"}), "phone_invalid", "phone"),
        (json!({"method": "ovo", "phone": "+6591234567"}), "phone_invalid", "phone"),
        (json!({"method": "ovo", "phone": 81_234_567_890_u64}), "phone_invalid", "phone"),
        (json!({"method": "dana", "colour": 1}), "invalid_field", "colour"),
    ] {
        let reply = world.choose(&session, &choice).await;
        is_problem(&reply, 422, code, Some(field));
    }
    let path = world.at(&format!("/checkout/v1/{}/attempts", session.token));
    let reply = world.send(world.http.post(&path).header("content-type", "application/json")).await;
    is_problem(&reply, 400, "invalid_json", None);
    let reply = world.send(world.http.post(&path).header("content-type", "text/plain")).await;
    is_problem(&reply, 415, "unsupported_media_type", None);
    assert!(world.session(&session).await["attempts"].as_array().unwrap().is_empty());
    world.stop().await;
}

#[tokio::test]
async fn a_form_with_a_mistake_is_shown_again_with_what_was_typed() {
    let world = World::new().await;
    let (browser, session) = (world.browser(), world.open(45_000).await);
    let page = browser.get(&format!("{}?locale=en", session.url)).await;
    let filled = [("method", "ovo"), ("phone.ovo", "0812")];
    let again = browser.submit(&page, &page.form("/attempts"), &filled).await;
    assert!(again.hops.is_empty(), "nothing was done");
    let form = again.form("/attempts");
    assert!(form.fields.contains(&("phone.ovo".to_owned(), "0812".to_owned())), "{form:?}");
    assert!(form.fields.contains(&("method".to_owned(), "ovo".to_owned())), "{form:?}");
    let right = browser.submit(&again, &form, &[("phone.ovo", PHONE)]).await;
    assert_eq!(right.hops, [303]);
    assert_eq!(world.attempt(&session).await["status"], "pending");
    world.stop().await;
}

#[tokio::test]
async fn the_same_choice_twice_is_one_attempt() {
    let world = World::new().await;
    let session = world.open(45_000).await;
    let (first, second) =
        (world.chosen(&session, "dana").await, world.chosen(&session, "dana").await);
    assert_eq!(first["attempt"]["id"], second["attempt"]["id"]);
    assert_eq!(world.town.simulator.transactions().len(), 1);
    world.stop().await;
}

#[tokio::test]
async fn twenty_choices_at_once_make_one_attempt() {
    let world = World::new().await;
    let session = world.open(45_000).await;
    let choice = json!({"method": "dana"});
    let replies = join_all((0..20).map(|_| world.choose(&session, &choice))).await;
    assert!(replies.iter().all(|reply| reply.status == 200), "{replies:?}");
    assert_eq!(world.session(&session).await["attempts"].as_array().unwrap().len(), 1);
    assert_eq!(world.town.simulator.transactions().len(), 1);
    world.stop().await;
}

#[tokio::test]
async fn different_choices_at_once_leave_one_that_can_be_paid() {
    let world = World::new().await;
    let session = world.open(45_000).await;
    let methods = ["dana", "linkaja", "shopeepay"].into_iter().cycle().take(12);
    let choices: Vec<_> = methods.map(|method| json!({ "method": method })).collect();
    let replies = join_all(choices.iter().map(|choice| world.choose(&session, choice))).await;
    for reply in &replies {
        assert!(matches!(reply.status, 200 | 409), "{}", reply.text);
    }
    let known = world.session(&session).await;
    let attempts = known["attempts"].as_array().unwrap().iter();
    let live =
        attempts.filter(|one| matches!(one["status"].as_str(), Some("starting" | "pending")));
    assert!(live.count() <= 1, "{known:#}");
    world.stop().await;
}

#[tokio::test]
async fn choosing_another_method_takes_the_first_back() {
    let world = World::new().await;
    let session = at_dana(&world, 45_000).await;
    let first = text(&world.attempt(&session).await["id"]);
    let view = world.chosen(&session, "linkaja").await;
    assert_eq!(view["attempt"]["method"], "linkaja");
    let dana = world.get(&format!("/v1/attempts/{first}")).await.body;
    assert_eq!(dana["status"], "cancelled");
    assert_eq!(dana["next_action"], json!(null));
    world.stop().await;
}

#[tokio::test]
async fn a_prompt_that_is_on_the_phone_is_waited_out() {
    let world = World::new().await;
    let session = world.open(45_000).await;
    let view = world.chosen(&session, "ovo").await;
    let attempt = text(&view["attempt"]["id"]);
    world.enter(&view).await;
    let other = json!({"method": "dana"});
    is_problem(&world.choose(&session, &other).await, 409, "attempt_in_progress", None);
    is_problem(&world.call_off(&session, &attempt).await, 409, "attempt_in_progress", None);
    let path = format!("/v1/sessions/{}/cancel", session.id);
    is_problem(&world.post(&path, &json!({})).await, 409, "attempt_in_progress", None);
    assert_eq!(world.attempt(&session).await["status"], "pending");
    world.pass(60);
    world.seen(&session, "the prompt ran out", |view| view["attempt"]["status"] == "expired").await;
    assert_eq!(world.choose(&session, &other).await.status, 200);
    world.stop().await;
}

#[tokio::test]
async fn an_ovo_prompt_that_was_never_sent_is_taken_back_at_once() {
    let world = World::new().await;
    let session = world.open(45_000).await;
    let attempt = text(&world.chosen(&session, "ovo").await["attempt"]["id"]);
    let reply = world.call_off(&session, &attempt).await;
    assert_eq!((reply.status, &reply.body["attempt"]["status"]), (200, &json!("cancelled")));
    is_problem(&world.call_off(&session, &attempt).await, 409, "attempt_not_live", None);
    world.stop().await;
}

#[tokio::test]
async fn an_attempt_of_another_session_is_not_found() {
    let world = World::new().await;
    let (mine, theirs) = (at_dana(&world, 45_000).await, at_dana(&world, 45_000).await);
    let attempt = text(&world.attempt(&theirs).await["id"]);
    is_problem(&world.call_off(&mine, &attempt).await, 404, "not_found", None);
    is_problem(&world.call_off(&mine, "nonsense").await, 404, "not_found", None);
    assert_eq!(world.attempt(&theirs).await["status"], "pending");
    world.stop().await;
}

#[tokio::test]
async fn a_session_that_is_over_takes_no_choice() {
    let world = World::new().await;
    let session = at_dana(&world, 45_000).await;
    world.pay(&session).await;
    world.mail.wait("session.paid", &session.id).await;
    let again = world.choose(&session, &json!({"method": "dana"})).await;
    is_problem(&again, 409, "session_not_open", None);
    let expired = world.open_with(45_000, json!({"expires_in": 60})).await;
    world.pass(60);
    let late = world.choose(&expired, &json!({"method": "dana"})).await;
    is_problem(&late, 409, "session_not_open", None);
    world.stop().await;
}

#[tokio::test]
async fn the_page_is_told_nothing_of_the_provider() {
    let world = World::new().await;
    let session = at_dana(&world, 45_000).await;
    let view = world.view(&session).await;
    for name in ["provider", "account", "provider_reference"] {
        assert!(view["attempt"].get(name).is_none(), "{name}");
    }
    world.stop().await;
}
