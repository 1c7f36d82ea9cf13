//! The behaviour, told as stories.

use kasir_shared::api::checkout::{Balance, CheckoutView, StartAttempt, StartLink};
use kasir_shared::{Field, MethodId, Problem, ProblemCode, Rupiah};
use serde_json::{Value, json};

use super::*;
use crate::handoff::Device;
use crate::page::{Page, Typed};

fn view(version: u64, changes: Value) -> CheckoutView {
    let wallet =
        |id: &str, fields: Value| json!({"id": id, "name": id, "kind": "wallet", "fields": fields});
    let mut view = json!({
        "id": "cs_1", "status": "open", "version": version, "reference": "A-1",
        "amount": {"value": 150_000, "currency": "IDR"}, "items": [],
        "merchant": {"name": "Kopi"}, "links": [], "return_url": "https://shop.example/",
        "methods": [wallet("ovo", json!(["phone"])), wallet("dana", json!([]))],
        "expires_at": "2026-11-20T06:00:00.000Z", "expires_in": 3_600,
    });
    if let Value::Object(changes) = changes {
        view.as_object_mut().unwrap().extend(changes);
    }
    serde_json::from_value(view).unwrap()
}

fn attempt(id: &str, status: &str) -> Value {
    json!({"id": id, "method": "ovo", "status": status,
        "amount": {"value": 150_000, "currency": "IDR"}, "late": false,
        "created_at": "2026-11-20T05:00:00.000Z", "updated_at": "2026-11-20T05:00:00.000Z"})
}

fn open(version: u64) -> CheckoutView {
    view(version, json!({}))
}

fn redirect(version: u64, id: &str) -> CheckoutView {
    let action = json!({"kind": "redirect", "url": "https://wallet.example/pay"});
    view(version, json!({"attempt": attempt(id, "pending"), "next_action": action}))
}

fn push(version: u64, seconds_left: u32) -> CheckoutView {
    let action = json!({"kind": "approve_push", "app_name": "OVO", "phone_masked": "0812••••7890",
        "seconds_left": seconds_left});
    let attempt = attempt("pay_1", "pending");
    view(version, json!({"attempt": attempt, "next_action": action, "seconds_left": seconds_left}))
}

fn over(version: u64, session: &str, status: &str) -> CheckoutView {
    view(version, json!({"status": session, "attempt": attempt("pay_1", status)}))
}

fn page(view: CheckoutView) -> Page {
    Page {
        token: "ct_1".to_owned(),
        view,
        locale: kasir_shared::Locale::Id,
        embed: false,
        leave: false,
        choose: false,
        device: Device::default(),
        typed: Typed::default(),
        problem: None,
        unlink: None,
        balances: Vec::new(),
        parents: Vec::new(),
    }
}

fn model(view: CheckoutView) -> Model {
    Model::new(&page(view))
}

fn framed(view: CheckoutView) -> Model {
    let mut model = Model::new(&Page { embed: true, ..page(view) });
    update(&mut model, Msg::Connected, 0);
    model
}

fn start(method: MethodId, phone: Option<&str>) -> StartAttempt {
    StartAttempt { method, phone: phone.map(str::to_owned), name: None, link: None, account: None }
}

fn pay(model: &mut Model, now: u64) -> Vec<Effect> {
    update(model, Msg::Confirmed(Some(start(MethodId::Dana, None))), now)
}

fn answer(view: CheckoutView) -> Msg {
    Msg::Answered(Ok(Box::new(view)))
}

fn look(view: CheckoutView) -> Msg {
    Msg::Looked(Ok(Box::new(view)))
}

fn problem(code: ProblemCode, field: Option<&str>) -> Failure {
    Failure::Problem(Box::new(Problem {
        kind: "urn:kasir:problem".to_owned(),
        title: String::new(),
        status: code.status(),
        detail: "Begini masalahnya".to_owned(),
        code,
        field: field.map(str::to_owned),
    }))
}

#[test]
fn every_view_has_its_stage() {
    let uncertain = {
        let mut attempt = attempt("pay_1", "starting");
        attempt["uncertain"] = json!(true);
        view(1, json!({"attempt": attempt}))
    };
    let late = {
        let mut attempt = attempt("pay_1", "paid");
        attempt["late"] = json!(true);
        view(1, json!({"status": "paid", "attempt": attempt}))
    };
    let twice =
        view(1, json!({"status": "paid", "attempt": attempt("pay_1", "paid"), "paid_twice": true}));
    for (view, stage) in [
        (open(1), Stage::Choose),
        (redirect(1, "pay_1"), Stage::Act),
        (uncertain, Stage::Uncertain),
        (over(1, "paid", "paid"), Stage::Finished(End::Paid)),
        (late, Stage::Finished(End::PaidLate)),
        (twice, Stage::Finished(End::PaidTwice)),
        (over(1, "open", "failed"), Stage::Finished(End::Failed)),
        (over(1, "open", "expired"), Stage::Finished(End::Expired)),
        (over(1, "open", "cancelled"), Stage::Finished(End::Cancelled)),
        (over(1, "refunded", "refunded"), Stage::Finished(End::Refunded)),
        (over(1, "partially_refunded", "paid"), Stage::Finished(End::PartlyRefunded)),
        (view(1, json!({"status": "expired"})), Stage::Finished(End::SessionExpired)),
        (view(1, json!({"status": "cancelled"})), Stage::Finished(End::SessionCancelled)),
    ] {
        assert_eq!(Stage::of(&view, None), stage, "{view:?}");
    }
}

#[test]
fn nobody_is_told_it_is_over_while_the_wallet_may_still_take_the_money() {
    for session in ["expired", "cancelled"] {
        let view = over(1, session, "pending");
        assert_eq!(Stage::of(&view, None), Stage::Uncertain, "{session}");
    }
}

#[test]
fn pressing_pay_twice_asks_the_server_once() {
    let mut model = model(open(1));
    assert_eq!(update(&mut model, Msg::Pressed, 10), [Effect::Read]);
    assert!(matches!(pay(&mut model, 10)[..], [Effect::Start(_)]));
    assert_eq!(update(&mut model, Msg::Pressed, 11), []);
    assert_eq!(pay(&mut model, 11), []);
    assert!(model.live.busy);
}

#[test]
fn nothing_is_started_from_a_screen_that_was_left() {
    let mut model = model(redirect(1, "pay_1"));
    assert_eq!(pay(&mut model, 0), []);
}

#[test]
fn a_form_that_is_wrong_stays_here() {
    for (typed, field, what) in [
        (None, None, Wrong::Method),
        (Some(start(MethodId::Ovo, None)), Some(Field::Phone), Wrong::Phone),
        (Some(start(MethodId::Ovo, Some("0812"))), Some(Field::Phone), Wrong::Phone),
    ] {
        let mut model = model(open(1));
        assert_eq!(update(&mut model, Msg::Confirmed(typed), 0), [Effect::FocusWrong]);
        assert_eq!(model.live.trouble, Some(Trouble { field, what }));
        assert!(!model.live.busy);
    }
}

#[test]
fn a_number_is_judged_once_it_was_typed_and_forgiven_once_it_is_right() {
    let mut model = model(open(1));
    let mut typed = |text: &str| {
        update(&mut model, Msg::Typed(Field::Phone, text.to_owned()), 0);
        model.live.trouble.is_some()
    };
    assert!(!typed(""));
    assert!(typed("0812"));
    assert!(!typed("0812 3456 7890"));
}

#[test]
fn a_failed_call_returns_to_a_live_form() {
    for failure in [
        Failure::Offline,
        Failure::Unreadable,
        problem(ProblemCode::ProviderUnavailable, None),
        problem(ProblemCode::PhoneInvalid, Some("phone")),
    ] {
        let mut model = model(open(1));
        pay(&mut model, 0);
        let effects = update(&mut model, Msg::Answered(Err(failure.clone())), 5);
        assert!(!model.live.busy && model.live.trouble.is_some());
        assert!(effects.contains(&Effect::Look), "its answer may be what was lost: {failure:?}");
        update(&mut model, look(open(1)), 6);
        assert_eq!(model.shown.stage, Stage::Choose);
        assert!(matches!(pay(&mut model, 9_000)[..], [Effect::Start(_)]));
    }
}

#[test]
fn what_the_server_says_of_a_field_stands_beside_it() {
    let mut model = model(open(1));
    pay(&mut model, 0);
    update(&mut model, Msg::Answered(Err(problem(ProblemCode::PhoneInvalid, Some("phone")))), 5);
    let said = Wrong::Said("Begini masalahnya".to_owned());
    assert_eq!(model.live.trouble, Some(Trouble { field: Some(Field::Phone), what: said }));
}

#[test]
fn an_older_view_is_dropped() {
    let mut model = model(over(7, "paid", "paid"));
    update(&mut model, look(redirect(6, "pay_1")), 10);
    update(&mut model, Msg::Heard(Box::new(open(1))), 10);
    assert_eq!(model.shown.stage, Stage::Finished(End::Paid));
}

#[test]
fn the_page_leaves_by_itself_once() {
    let mut model = model(open(1));
    pay(&mut model, 0);
    let effects = update(&mut model, answer(redirect(2, "pay_1")), 10);
    assert_eq!(effects, [Effect::FocusHeading, Effect::Leave]);
    assert!(!update(&mut model, look(redirect(3, "pay_1")), 20).contains(&Effect::Leave));
    // Back from the wallet, by the browser's memory of the page.
    assert!(!update(&mut model, Msg::Restored, 30).contains(&Effect::Leave));
    assert!(!model.live.leaving);
    assert!(!update(&mut model, look(redirect(3, "pay_1")), 40).contains(&Effect::Leave));
}

#[test]
fn a_page_that_is_loaded_again_shows_the_button() {
    let mut model = model(redirect(2, "pay_1"));
    let woke = Msg::Woke { chosen: None, address: None };
    assert_eq!(update(&mut model, woke, 10), [Effect::Listen]);
}

#[test]
fn who_came_to_leave_leaves() {
    let mut model = Model::new(&Page { leave: true, ..page(redirect(2, "pay_1")) });
    let woke = Msg::Woke { chosen: None, address: None };
    assert_eq!(update(&mut model, woke, 10), [Effect::Listen, Effect::Leave]);
}

#[test]
fn a_frame_asks_the_shops_page_and_shows_the_button_when_nobody_answers() {
    let mut model = framed(open(1));
    pay(&mut model, 0);
    let effects = update(&mut model, answer(redirect(2, "pay_1")), 1_000);
    assert_eq!(effects.last(), Some(&Effect::AskToLeave));
    assert!(model.live.leaving);
    assert_eq!(model.alarm(1_000), Some(1_500));
    update(&mut model, Msg::Rang, 1_500);
    assert!(!model.live.leaving);
}

#[test]
fn a_frame_does_nothing_more_once_the_shops_page_takes_over() {
    for (msg, leaving) in [(Msg::Taken, true), (Msg::Stay, false)] {
        let mut model = framed(open(1));
        pay(&mut model, 0);
        update(&mut model, answer(redirect(2, "pay_1")), 1_000);
        update(&mut model, msg, 1_100);
        update(&mut model, Msg::Rang, 1_500);
        assert_eq!(model.live.leaving, leaving);
    }
}

#[test]
fn a_frame_that_nobody_answers_never_leaves_by_itself() {
    let mut model = Model::new(&Page { embed: true, ..page(open(1)) });
    pay(&mut model, 0);
    let effects = update(&mut model, answer(redirect(2, "pay_1")), 10);
    assert_eq!(effects, [Effect::FocusHeading]);
}

#[test]
fn the_shops_page_is_told_of_every_end_and_every_problem() {
    let mut model = framed(open(1));
    let effects = update(&mut model, look(over(2, "paid", "paid")), 10);
    assert!(effects.contains(&Effect::Tell));
    let mut late = self::model(over(2, "paid", "paid"));
    assert_eq!(update(&mut late, Msg::Connected, 0), [Effect::Tell]);
    let mut model = framed(open(1));
    pay(&mut model, 0);
    let effects =
        update(&mut model, Msg::Answered(Err(problem(ProblemCode::RateLimited, None))), 5);
    assert!(effects.contains(&Effect::TellProblem(ProblemCode::RateLimited)));
}

#[test]
fn a_countdown_never_says_expired_by_itself() {
    let mut model = model(push(2, 2));
    assert_eq!(model.live.seconds_left, Some(2));
    update(&mut model, Msg::Rang, 1_000);
    assert_eq!(model.live.seconds_left, Some(1));
    let effects = update(&mut model, Msg::Rang, 2_000);
    assert_eq!(effects, [Effect::FocusHeading, Effect::Look]);
    assert_eq!(model.shown.stage, Stage::Checking);
    // The server has the last word, whichever it is.
    let mut paid = model.clone();
    update(&mut paid, look(over(3, "paid", "paid")), 2_500);
    assert_eq!(paid.shown.stage, Stage::Finished(End::Paid));
    update(&mut model, look(push(2, 0)), 2_500);
    assert_eq!(model.shown.stage, Stage::Checking);
    assert!(model.alarm(2_500).is_some(), "it asks again");
    update(&mut model, look(over(3, "open", "expired")), 9_000);
    assert_eq!(model.shown.stage, Stage::Finished(End::Expired));
}

#[test]
fn what_nobody_knows_is_counted_down_while_there_is_something_to_wait_for() {
    let unsure = |seconds_left| {
        let mut view = push(2, seconds_left);
        view.next_action = None;
        if let Some(attempt) = &mut view.attempt {
            (attempt.uncertain, attempt.seconds_left) = (true, Some(seconds_left));
        }
        view
    };
    let mut model = model(unsure(2));
    assert_eq!((model.shown.stage, model.live.seconds_left), (Stage::Uncertain, Some(2)));
    update(&mut model, Msg::Rang, 1_000);
    assert_eq!(model.live.seconds_left, Some(1));
    assert!(update(&mut model, Msg::Rang, 2_000).contains(&Effect::Look));
    update(&mut model, look(unsure(0)), 2_100);
    assert_eq!((model.shown.stage, model.live.seconds_left), (Stage::Uncertain, None));
    assert!(model.alarm(2_100).is_some(), "it asks again");
}

#[test]
fn the_server_may_grant_more_time() {
    let mut model = model(push(2, 1));
    update(&mut model, Msg::Rang, 1_000);
    update(&mut model, look(push(2, 30)), 1_200);
    assert_eq!((model.shown.stage, model.live.seconds_left), (Stage::Act, Some(30)));
}

#[test]
fn the_alarm_rings_with_every_second_of_a_countdown() {
    let mut model = model(push(2, 60));
    update(&mut model, Msg::Streaming(true), 0);
    assert_eq!(model.alarm(0), Some(1_000));
    assert_eq!(model.alarm(1_400), Some(2_000));
}

#[test]
fn a_customer_who_comes_back_is_told_how_it_stands_at_once() {
    for msg in [Msg::Returned, Msg::Restored, Msg::Online(true)] {
        let mut model = model(push(2, 60));
        let effects = update(&mut model, msg.clone(), 20_000);
        assert_eq!(effects, [Effect::Listen, Effect::Look], "{msg:?}");
    }
    let mut model = model(over(2, "paid", "paid"));
    assert_eq!(update(&mut model, Msg::Returned, 20_000), [Effect::Listen]);
}

#[test]
fn four_events_of_one_return_look_once() {
    let mut model = model(push(2, 60));
    let looks = [Msg::Restored, Msg::Returned, Msg::Online(true), Msg::Returned]
        .into_iter()
        .flat_map(|msg| update(&mut model, msg, 20_000))
        .filter(|effect| *effect == Effect::Look)
        .count();
    assert_eq!(looks, 1);
}

#[test]
fn a_page_that_was_put_away_while_busy_comes_back_alive() {
    let mut model = model(open(1));
    pay(&mut model, 0);
    update(&mut model, Msg::Restored, 60_000);
    update(&mut model, look(open(1)), 60_100);
    assert!(matches!(pay(&mut model, 60_200)[..], [Effect::Start(_)]));
}

#[test]
fn without_a_stream_the_page_asks_and_being_offline_is_said_and_unsaid() {
    let mut model = model(push(2, 600));
    assert_eq!(update(&mut model, Msg::Rang, 2_000), [Effect::Look]);
    update(&mut model, Msg::Looked(Err(Failure::Offline)), 2_100);
    assert!(model.live.offline);
    assert_eq!(update(&mut model, Msg::Rang, 5_000), [Effect::Look]);
    update(&mut model, look(push(2, 595)), 5_100);
    assert!(!model.live.offline);
}

#[test]
fn another_way_takes_the_attempt_back_once_and_shows_the_list() {
    let mut model = model(push(2, 60));
    assert!(matches!(update(&mut model, Msg::AnotherWay, 0)[..], [Effect::Cancel(_)]));
    assert_eq!(update(&mut model, Msg::AnotherWay, 1), []);
    update(&mut model, answer(over(3, "open", "cancelled")), 10);
    assert_eq!(model.shown.stage, Stage::Choose);
}

#[test]
fn an_attempt_that_cannot_be_taken_back_goes_on() {
    let mut model = model(push(2, 60));
    update(&mut model, Msg::AnotherWay, 0);
    update(&mut model, Msg::Answered(Err(problem(ProblemCode::AttemptInProgress, None))), 10);
    assert_eq!(model.shown.stage, Stage::Act);
    update(&mut model, look(over(3, "open", "failed")), 20);
    assert_eq!(model.shown.stage, Stage::Finished(End::Failed), "its end is not skipped");
}

#[test]
fn paying_again_shows_how_the_new_attempt_ends() {
    let mut model = model(over(2, "open", "failed"));
    update(&mut model, Msg::TryAgain, 0);
    assert_eq!(model.shown.stage, Stage::Choose);
    update(&mut model, look(over(3, "open", "failed")), 5);
    assert_eq!(model.shown.stage, Stage::Choose, "the old end stays seen");
    pay(&mut model, 10);
    let failed = view(5, json!({"attempt": attempt("pay_2", "failed")}));
    update(&mut model, answer(failed), 20);
    assert_eq!(model.shown.stage, Stage::Finished(End::Failed));
}

#[test]
fn an_app_that_does_not_open_is_noticed_and_one_that_does_is_not_disturbed() {
    let mut missing = model(push(2, 600));
    update(&mut missing, Msg::OpenedApp, 100);
    update(&mut missing, Msg::Rang, 1_899);
    assert!(!missing.live.app_missing);
    update(&mut missing, Msg::Rang, 1_900);
    assert!(missing.live.app_missing);
    let mut opened = model(push(2, 600));
    update(&mut opened, Msg::OpenedApp, 100);
    update(&mut opened, Msg::Hid, 700);
    update(&mut opened, Msg::Rang, 1_900);
    assert!(!opened.live.app_missing);
}

#[test]
fn a_single_method_is_chosen_already() {
    let only = json!([{"id": "dana", "name": "DANA", "kind": "wallet", "fields": []}]);
    assert_eq!(model(view(1, json!({"methods": only}))).live.chosen, Some(MethodId::Dana));
    assert_eq!(model(open(1)).live.chosen, None);
}

#[test]
fn a_session_that_the_server_no_longer_knows_is_loaded_anew() {
    let mut model = model(push(2, 60));
    let gone = Msg::Looked(Err(problem(ProblemCode::NotFound, None)));
    assert_eq!(update(&mut model, gone, 10), [Effect::Reload]);
}

#[test]
fn a_start_that_the_server_tells_of_before_it_answers_changes_no_screen() {
    let mut model = model(open(1));
    pay(&mut model, 10);
    let starting = view(2, json!({"attempt": attempt("pay_1", "starting")}));
    update(&mut model, Msg::Heard(Box::new(starting.clone())), 20);
    update(&mut model, look(starting), 30);
    assert_eq!((model.shown.stage, model.live.busy), (Stage::Choose, true));
    // An answer that is lost is made up for by the server's own telling.
    update(&mut model, Msg::Heard(Box::new(redirect(3, "pay_1"))), 40);
    assert_eq!(model.shown.stage, Stage::Act);
}

/// OVO and DANA are linked and say how much is in them.
fn linked(version: u64, changes: Value) -> CheckoutView {
    let link = |method: &str| {
        json!({"id": format!("lnk_{method}"), "method": method, "phone_masked": "",
            "active": true, "balance": true})
    };
    let mut all = json!({"links": [link("dana"), link("ovo")]});
    if let (Some(all), Value::Object(changes)) = (all.as_object_mut(), changes) {
        all.extend(changes);
    }
    view(version, all)
}

fn linking(version: u64, status: &str, next_action: &Value) -> CheckoutView {
    let linking =
        json!({"id": "lnk_dana", "method": "dana", "status": status, "next_action": next_action});
    view(version, json!({"linking": linking}))
}

fn consent() -> Value {
    json!({"kind": "link", "url": "https://wallet.example/agree"})
}

fn woke(model: &mut Model) -> Vec<Effect> {
    update(model, Msg::Woke { chosen: None, address: None }, 100)
}

fn asked(effects: &[Effect]) -> Vec<MethodId> {
    let wallet = |effect: &Effect| {
        if let Effect::AskBalance(wallet, _) = effect { Some(*wallet) } else { None }
    };
    effects.iter().filter_map(wallet).collect()
}

fn balance(cash: u64) -> Balance {
    Balance { cash: Rupiah::new(cash).unwrap(), points: None, enough: true }
}

#[test]
fn the_first_linked_wallet_is_chosen_and_what_was_linked_just_now_before_it() {
    assert_eq!(model(linked(1, json!({}))).live.chosen, Some(MethodId::Ovo));
    let new = json!({"linking": {"id": "lnk_dana", "method": "dana", "status": "active"}});
    assert_eq!(model(linked(1, new)).live.chosen, Some(MethodId::Dana));
}

#[test]
fn each_balance_is_asked_for_once_in_a_view_of_the_page() {
    let mut model = model(linked(1, json!({})));
    assert_eq!(asked(&woke(&mut model)), [MethodId::Ovo, MethodId::Dana]);
    assert!(!model.live.busy, "nothing waits for a balance");
    let again = Msg::Heard(Box::new(linked(2, json!({}))));
    assert_eq!(asked(&update(&mut model, again, 200)), []);
    assert_eq!(asked(&update(&mut model, look(linked(3, json!({}))), 300)), []);
    update(&mut model, Msg::Balance(MethodId::Ovo, Some(balance(250_000))), 400);
    assert_eq!(asked(&update(&mut model, Msg::Restored, 500)), []);
    let known = (MethodId::Ovo, Funds::Known(balance(250_000)));
    assert_eq!(model.live.funds, [known, (MethodId::Dana, Funds::Asked)]);
}

#[test]
fn nobody_asks_what_is_in_a_wallet_that_does_not_say_or_while_something_is_paid() {
    let mute = json!({"id": "lnk_1", "method": "dana", "phone_masked": "", "active": true});
    let mut silent = model(view(1, json!({"links": [mute]})));
    assert_eq!(asked(&woke(&mut silent)), []);
    let paying = json!({"attempt": attempt("pay_1", "pending"), "next_action": {"kind": "wait"}});
    let mut busy = model(linked(1, paying));
    assert_eq!(asked(&woke(&mut busy)), []);
    let back = answer(linked(2, json!({"attempt": attempt("pay_1", "cancelled")})));
    update(&mut busy, Msg::AnotherWay, 200);
    assert_eq!(asked(&update(&mut busy, back, 300)).len(), 2);
}

#[test]
fn a_balance_that_takes_too_long_is_unknown_until_it_comes() {
    let mut model = model(linked(1, json!({})));
    woke(&mut model);
    update(&mut model, Msg::Rang, 5_099);
    assert_eq!(model.live.funds[0].1, Funds::Asked);
    update(&mut model, Msg::Streaming(true), 5_099);
    assert_eq!(model.alarm(5_099), Some(5_100));
    update(&mut model, Msg::Rang, 5_100);
    assert!(model.live.funds.iter().all(|(_, funds)| *funds == Funds::Unknown));
    update(&mut model, Msg::Balance(MethodId::Ovo, Some(balance(1))), 9_000);
    assert_eq!(model.live.funds[0].1, Funds::Known(balance(1)));
}

#[test]
fn a_balance_that_nobody_says_may_mean_that_the_link_is_gone() {
    let mut model = model(linked(1, json!({})));
    woke(&mut model);
    let effects = update(&mut model, Msg::Balance(MethodId::Dana, None), 200);
    assert_eq!((effects, model.live.funds[1].1), (vec![Effect::Look], Funds::Unknown));
}

#[test]
fn linking_is_asked_for_once_with_a_number_and_begins_no_payment() {
    let wish = |phone: Option<&str>| {
        let phone = phone.map(str::to_owned);
        Msg::ConfirmedLink(Some(StartLink { method: MethodId::Dana, phone }))
    };
    let mut model = model(open(1));
    assert_eq!(update(&mut model, Msg::PressedLink, 0), [Effect::ReadLink]);
    assert_eq!(update(&mut model, wish(None), 0), [Effect::FocusWrong]);
    assert_eq!(model.live.trouble.as_ref().unwrap().field, Some(Field::Phone));
    assert!(matches!(update(&mut model, wish(Some("081234567890")), 1)[..], [Effect::Link(_)]));
    assert_eq!(update(&mut model, Msg::PressedLink, 2), []);
    assert_eq!(update(&mut model, wish(Some("081234567890")), 2), []);
    let effects = update(&mut model, answer(linking(2, "pending", &consent())), 3);
    assert_eq!(effects, [Effect::FocusHeading], "nobody is taken away without a tap");
    assert_eq!(model.shown.stage, Stage::Linking);
}

#[test]
fn a_wallet_that_must_be_linked_needs_a_number_unless_it_is_linked() {
    let row = json!([{"id": "dana", "name": "DANA", "kind": "linked_wallet", "fields": [],
        "linkable": "required"}, {"id": "ovo", "name": "OVO", "kind": "wallet", "fields": []}]);
    let mut unlinked = model(view(1, json!({"methods": row})));
    assert_eq!(pay(&mut unlinked, 0), [Effect::FocusWrong]);
    let mut known = model(linked(1, json!({"methods": row})));
    assert!(matches!(pay(&mut known, 0)[..], [Effect::Start(_)]));
}

#[test]
fn a_link_that_is_made_leads_back_to_the_list_with_its_wallet_chosen() {
    let mut model = model(linking(1, "pending", &json!({"kind": "wait"})));
    assert_eq!(model.shown.stage, Stage::Linking);
    woke(&mut model);
    let made = json!({"linking": {"id": "lnk_dana", "method": "dana", "status": "active"}});
    let effects = update(&mut model, Msg::Heard(Box::new(linked(2, made))), 200);
    assert_eq!((model.shown.stage, model.live.chosen), (Stage::Choose, Some(MethodId::Dana)));
    assert_eq!(asked(&effects).len(), 2);
}

#[test]
fn a_link_is_called_off_once_and_leads_back_to_the_list() {
    let mut model = model(linking(1, "pending", &consent()));
    assert!(matches!(update(&mut model, Msg::AnotherWay, 0)[..], [Effect::Unlink(_)]));
    assert_eq!(update(&mut model, Msg::AnotherWay, 1), []);
    update(&mut model, answer(linking(2, "gone", &json!(null))), 10);
    assert_eq!((model.shown.stage, model.live.busy), (Stage::Choose, false));
}

#[test]
fn a_live_payment_outranks_a_wallet_that_is_being_linked() {
    let mut both = linking(1, "pending", &consent());
    both.attempt = push(1, 60).attempt;
    both.next_action = push(1, 60).next_action;
    assert_eq!(Stage::of(&both, None), Stage::Act);
    assert_eq!(next_action(&both), both.next_action.as_ref());
}

#[test]
fn a_link_that_was_refused_in_paying_is_offered_again() {
    let mut attempt = attempt("pay_1", "failed");
    attempt["reason"] = json!("link_gone");
    let mut model = model(view(1, json!({"attempt": attempt})));
    update(&mut model, Msg::TryAgain, 0);
    assert_eq!((model.shown.stage, model.live.chosen), (Stage::Choose, Some(MethodId::Ovo)));
}
