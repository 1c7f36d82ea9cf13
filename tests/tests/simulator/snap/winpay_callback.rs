//! Winpay's callbacks: what they say, how they are signed, how often they come.
use super::partner::{CREATE, Heard, NOW, Partner, partner, partner_of};
use http::StatusCode;
use kasir_tests::simulator::{
    Armed, CallbackTarget, Fault, Operation, Provider, SigningKey, WinpaySettings, test_keys,
};
use serde_json::json;
use std::collections::HashSet;

async fn paid(world: &Partner) -> String {
    let id = world.create("OVO", "INV-00001").await;
    world.sim.approve(&id).unwrap();
    world.sim.quiet().await;
    id
}

fn only(world: &Partner) -> Heard {
    let [only]: [Heard; 1] = world.ear.heard().try_into().unwrap();
    only
}

#[tokio::test]
async fn a_payment_is_told_once_in_winpays_words() {
    let world = partner().await;
    let id = paid(&world).await;
    world.pass(86_400).await;
    let heard = only(&world);
    assert!(heard.is_signed_by(test_keys::WINPAY_PUBLIC));
    assert_eq!(heard.path, "/hooks/winpay/notify");
    for (name, value) in [
        ("content-type", "application/json"),
        ("x-timestamp", NOW),
        ("x-partner-id", "170041"),
        ("channel-id", "WEB"),
    ] {
        assert_eq!(heard.header(name), value);
    }
    assert!(heard.header("x-external-id").bytes().all(|b| b.is_ascii_digit()));
    assert_eq!(
        heard.json(),
        json!({
            "originalPartnerReferenceNo": "INV-00001", "originalReferenceNo": "53587",
            "merchantId": "170041", "amount": { "value": "10000.00", "currency": "IDR" },
            "latestTransactionStatus": "00",
            "additionalInfo": {
                "channel": "OVO", "contractId": id, "feeAmount": "148.50", "nettAmount": "9851.50",
            },
        })
    );
}

#[tokio::test]
async fn a_callback_comes_three_times_each_with_a_time_a_number_and_a_signature_of_its_own() {
    let world = partner().await;
    world.ear.answer(StatusCode::INTERNAL_SERVER_ERROR, "");
    paid(&world).await;
    let mut counts = vec![world.ear.heard().len()];
    for seconds in [29, 1, 119, 1, 1_000_000] {
        world.pass(seconds).await;
        counts.push(world.ear.heard().len());
    }
    assert_eq!(counts, [1, 1, 2, 2, 3, 3]);
    let heard = world.ear.heard();
    assert!(heard.iter().all(|one| one.is_signed_by(test_keys::WINPAY_PUBLIC)));
    assert!(heard.iter().all(|one| one.body == heard[0].body));
    for name in ["x-timestamp", "x-external-id", "x-signature"] {
        let different: HashSet<_> = heard.iter().map(|one| one.header(name)).collect();
        assert_eq!(different.len(), 3, "{name}");
    }
    assert_eq!(heard[2].header("x-timestamp"), "2026-11-20T10:02:30+07:00");
}

#[tokio::test]
async fn only_the_expected_answer_ends_the_repetition() {
    for (status, body) in [
        (StatusCode::OK, r#"{"responseCode":"2002500","responseMessage":"Successful"}"#),
        (StatusCode::OK, "OK"),
        (StatusCode::ACCEPTED, r#"{"responseCode":"2005600"}"#),
        (StatusCode::UNAUTHORIZED, r#"{"responseCode":"4015600"}"#),
        (StatusCode::NOT_FOUND, r#"{"responseCode":"4045601"}"#),
    ] {
        let world = partner().await;
        world.ear.answer(status, body);
        paid(&world).await;
        let refused = world.sim.requests().pop().unwrap();
        assert!(!refused.accepted && refused.code == status.as_u16().to_string(), "{refused:?}");
        world.ear.listen();
        world.pass(30).await;
        world.pass(1_000_000).await;
        assert_eq!(world.ear.heard().len(), 2, "{status} {body}");
    }
}

#[tokio::test]
async fn nobody_is_told_of_an_end_without_money_unless_winpay_is_set_to() {
    for (tells_every_end, words) in [(false, vec![]), (true, vec!["06", "05", "00", "04"])] {
        let world =
            partner_of(WinpaySettings { tells_every_end, ..WinpaySettings::default() }).await;
        let ids = [
            world.create("OVO", "INV-00001").await,
            world.create("OVO", "INV-00002").await,
            world.create("OVO", "INV-00003").await,
        ];
        world.sim.decline(&ids[0]).unwrap();
        world.sim.quiet().await;
        world.sim.expire(&ids[1]).unwrap();
        world.sim.quiet().await;
        if tells_every_end {
            world.sim.approve(&ids[2]).unwrap();
            world.sim.quiet().await;
            world.sim.refund(&ids[2]).unwrap();
            world.sim.quiet().await;
        }
        let heard = world.ear.heard();
        let said: Vec<_> =
            heard.iter().map(|one| one.json()["latestTransactionStatus"].clone()).collect();
        assert_eq!(said, words);
    }
}

#[tokio::test]
async fn a_callback_goes_where_winpay_is_set_to_send_it_and_is_signed_for_that_path() {
    for (callbacks, path) in [
        (CallbackTarget::AsIs, "/hooks/winpay/notify"),
        (CallbackTarget::Appended, "/hooks/winpay/notify/v1.0/debit/notify"),
        (CallbackTarget::RegisteredBase, "/base/v1.0/debit/notify"),
    ] {
        let base = partner().await;
        let mut winpay = WinpaySettings { callbacks, ..WinpaySettings::default() };
        winpay.merchants[0].callback_base = Some(base.ear.url("/base"));
        let world = partner_of(winpay).await;
        paid(&world).await;
        let at = if callbacks == CallbackTarget::RegisteredBase { &base } else { &world };
        let heard = only(at);
        assert_eq!(heard.path, path);
        assert!(heard.is_signed_by(test_keys::WINPAY_PUBLIC));
    }
}

#[tokio::test]
async fn an_order_without_a_notify_address_is_paid_without_a_word() {
    let world = partner().await;
    let mut order = world.order("OVO", "INV-00001");
    order["urlParam"].as_array_mut().unwrap().remove(0);
    let answer = world.ask(CREATE, &order).await;
    world.sim.approve(answer.text("/additionalInfo/contractId")).unwrap();
    world.pass(86_400).await;
    assert!(world.ear.heard().is_empty());
    assert_eq!(world.sim.ledger().len(), 1);
}

#[tokio::test]
async fn winpay_can_change_its_key_and_has_a_short_one() {
    let world = partner().await;
    world.sim.sign_winpay_with(SigningKey::Next);
    paid(&world).await;
    let heard = only(&world);
    assert!(heard.is_signed_by(test_keys::WINPAY_NEXT_PUBLIC));
    assert!(!heard.is_signed_by(test_keys::WINPAY_PUBLIC));
    let short = WinpaySettings { signing_key: SigningKey::Short, ..WinpaySettings::default() };
    let world = partner_of(short).await;
    paid(&world).await;
    assert_eq!(only(&world).header("x-signature").len(), 172, "128 bytes in base64");
}

#[tokio::test]
async fn a_replayed_callback_is_the_last_one_byte_for_byte_and_comes_once() {
    let world = partner().await;
    let id = paid(&world).await;
    world.pass(60).await;
    world.sim.replay(&id).unwrap();
    world.ear.answer(StatusCode::CONFLICT, "");
    world.pass(86_400).await;
    let [first, again]: [Heard; 2] = world.ear.heard().try_into().unwrap();
    assert_eq!(
        (&first.body, first.header("x-signature")),
        (&again.body, again.header("x-signature"))
    );
    assert_eq!(first.header("x-timestamp"), again.header("x-timestamp"));
    assert!(world.sim.replay("nothing").is_err());
}

async fn disturbed(fault: Fault) -> Partner {
    let world = partner().await;
    let armed = Armed::once(Provider::Winpay, fault).at(Operation::Notification);
    world.sim.arm(armed).unwrap();
    paid(&world).await;
    world
}

#[tokio::test]
async fn a_forged_callback_is_signed_by_a_stranger_and_a_corrupt_one_by_nobody() {
    for fault in [Fault::ForgedNotification, Fault::CorruptSignature] {
        let world = disturbed(fault).await;
        let heard = only(&world);
        assert!(!heard.is_signed_by(test_keys::WINPAY_PUBLIC), "{fault:?}");
        assert_eq!(heard.header("x-signature").len(), 344, "{fault:?}");
        assert_eq!(world.sim.requests().pop().unwrap().fault, Some(fault));
    }
    let world = partner().await;
    let forged = Armed::once(Provider::Winpay, Fault::ForgedNotification);
    world.sim.arm(forged.at(Operation::Registration)).unwrap();
    world.create("OVO", "INV-00001").await;
    world.pass(86_400).await;
    assert!(!only(&world).is_signed_by(test_keys::WINPAY_PUBLIC));
    assert!(world.sim.ledger().is_empty(), "nobody paid");
}

#[tokio::test]
async fn a_repeated_callback_can_carry_the_time_and_signature_of_the_first() {
    let world = partner().await;
    world.sim.arm(Armed::once(Provider::Winpay, Fault::StaleTimestamp)).unwrap();
    world.ear.answer(StatusCode::INTERNAL_SERVER_ERROR, "");
    paid(&world).await;
    world.pass(30).await;
    let heard = world.ear.heard();
    assert_eq!(heard.len(), 2);
    for one in &heard {
        assert_eq!(one.header("x-timestamp"), NOW);
        assert!(one.is_signed_by(test_keys::WINPAY_PUBLIC));
    }
}

#[tokio::test]
async fn a_callback_that_is_bent_is_properly_signed() {
    for (fault, pointer, value) in [
        (Fault::WrongAmount, "/amount/value", json!("10001.00")),
        (Fault::WrongTypes, "/merchantId", json!(170_041)),
        (Fault::UnknownFields, "/result", json!("PAID")),
        (Fault::InfoMissing, "/latestTransactionStatus", json!("00")),
    ] {
        let heard = only(&disturbed(fault).await);
        assert_eq!(heard.json().pointer(pointer), Some(&value), "{fault:?} {}", heard.body);
        assert!(heard.is_signed_by(test_keys::WINPAY_PUBLIC), "{fault:?}");
        let told = heard.json().get("additionalInfo").is_some();
        assert_eq!(told, fault != Fault::InfoMissing);
    }
}

#[tokio::test]
async fn callbacks_come_twice_late_or_never_as_they_are_told_to() {
    assert_eq!(disturbed(Fault::DuplicateNotification).await.ear.heard().len(), 2);
    let late = disturbed(Fault::LateNotification).await;
    assert!(late.ear.heard().is_empty());
    late.pass(600).await;
    assert_eq!(only(&late).header("x-timestamp"), "2026-11-20T10:10:00+07:00");
    let never = disturbed(Fault::NoNotification).await;
    never.pass(86_400).await;
    assert!(never.ear.heard().is_empty());
}

#[tokio::test]
async fn a_callback_can_come_before_the_create_reply() {
    let world = partner().await;
    let early = Armed::once(Provider::Winpay, Fault::NotificationBeforeReply);
    world.sim.arm(early.at(Operation::Registration)).unwrap();
    let answer = world.ask(CREATE, &world.order("DANA", "INV-00001")).await;
    assert_eq!(answer.code(), "2005400");
    let contract = answer.text("/additionalInfo/contractId");
    assert_eq!(only(&world).json()["additionalInfo"]["contractId"], contract);
}
