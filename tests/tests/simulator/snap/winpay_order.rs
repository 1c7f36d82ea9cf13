//! What Winpay does with a contract: how each wallet is reached, what is said of it, how it ends.
use super::partner::{CANCEL, CREATE, Partner, RETURN, STATUS, about, partner, partner_of};
use kasir_tests::simulator::{
    Armed, Fault, Operation, Provider, Status, StatusMode, WinpaySettings,
};
use serde_json::json;

const PAGES: [(&str, &str, &str); 4] = [
    ("DANA", "da", "dana"),
    ("SPAY", "so", "shopeepay"),
    ("SC", "sc", "speedcash"),
    ("ASTRA", "as", "astrapay"),
];

#[tokio::test]
async fn a_page_is_a_web_address_with_a_query_and_no_app() {
    let world = partner().await;
    for (channel, prefix, method) in PAGES {
        let answer = world.ask(CREATE, &world.order(channel, &format!("INV-{channel}"))).await;
        assert_eq!(answer.body["responseMessage"], "Success");
        let id = answer.text("/additionalInfo/contractId");
        assert!(id.starts_with(prefix) && id.len() == 38, "{id}");
        assert_eq!(answer.text("/appRedirectUrl"), "");
        let url = answer.text("/webRedirectUrl");
        assert!(url.starts_with(&world.served.url(&format!("/wallet/{method}?"))), "{url}");
        assert!(url.matches('&').count() >= 2 && url.matches('=').count() >= 3, "{url}");
        assert_eq!(answer.text("/additionalInfo/expiredTime"), "2026-11-20T10:05:00+07:00");
        assert_eq!(answer.text("/additionalInfo/channel"), channel);
        assert_eq!(answer.body["additionalInfo"]["instructions"], json!([]));
        assert!(answer.body.get("referenceNo").is_none(), "Winpay has none");
    }
}

#[tokio::test]
async fn a_push_has_no_address_and_waits_on_the_phone() {
    let world = partner().await;
    let answer = world.ask(CREATE, &world.order("OVO", "INV-00001")).await;
    assert_eq!((answer.text("/webRedirectUrl"), answer.text("/appRedirectUrl")), ("", ""));
    let id = answer.text("/additionalInfo/contractId");
    assert!(id.starts_with("ov"));
    let phone = look(&world, "/phone?number=081234567890").await;
    assert!(phone.contains(id) && phone.contains("data-testid=\"seconds-left\">300<"), "{phone}");
    assert!(phone.contains("max=\"300\""), "{phone}");
    assert_eq!(world.sim.transactions()[0].status, Status::Processing);
    let form = [("tx", id), ("decision", "approve"), ("number", "")];
    let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    let pressed = world.http.post(world.served.url("/phone")).body(form);
    let pressed = pressed.header("content-type", "application/x-www-form-urlencoded");
    pressed.send().await.unwrap();
    assert_eq!(world.standing("OVO", "INV-00001", id).await, "00");
    assert_eq!(world.sim.ledger()[0].charged.value, 10_000);
}

async fn look(world: &Partner, path: &str) -> String {
    world.http.get(world.served.url(path)).send().await.unwrap().text().await.unwrap()
}

#[tokio::test]
async fn a_wallet_page_takes_the_customer_there_and_back_to_the_very_address() {
    for (channel, _, method) in PAGES {
        let world = partner().await;
        let answer = world.ask(CREATE, &world.order(channel, "INV-00001")).await;
        let id = answer.text("/additionalInfo/contractId");
        let page = world.http.get(answer.text("/webRedirectUrl")).send().await.unwrap();
        assert!(page.text().await.unwrap().contains("id=\"approve\""));
        let form = [("tx", id), ("phone", "0812"), ("pin", "123456"), ("decision", "approve")];
        let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let paying = world.http.post(world.served.url(&format!("/wallet/{method}"))).body(form);
        let paying = paying.header("content-type", "application/x-www-form-urlencoded");
        let back = paying.send().await.unwrap();
        assert_eq!(back.headers()["location"], RETURN);
        assert_eq!(world.standing(channel, "INV-00001", id).await, "00");
    }
}

#[tokio::test]
async fn a_link_into_the_app_comes_only_where_winpay_is_set_to_and_the_wallet_has_one() {
    let world = partner_of(WinpaySettings { app_links: true, ..WinpaySettings::default() }).await;
    for (channel, scheme) in [("SPAY", "shopeeid://"), ("ASTRA", "astrapay://"), ("DANA", "")] {
        let answer = world.ask(CREATE, &world.order(channel, &format!("INV-{channel}"))).await;
        assert!(answer.text("/appRedirectUrl").starts_with(scheme));
        assert_eq!(answer.text("/appRedirectUrl").is_empty(), scheme.is_empty());
    }
}

#[tokio::test]
async fn whatever_is_not_paid_is_07_in_winpays_words_and_told_apart_in_the_standards() {
    for (statuses, words) in [
        (StatusMode::WinpayDoc, ["07", "07", "07", "07", "07", "00", "07"]),
        (StatusMode::Snap, ["07", "02", "05", "05", "06", "00", "04"]),
    ] {
        let world = partner_of(WinpaySettings { statuses, ..WinpaySettings::default() }).await;
        let mut ids = Vec::new();
        for place in 0..7 {
            let channel = if place == 1 { "OVO" } else { "DANA" };
            ids.push((channel, format!("INV-0000{place}")));
        }
        let mut made = Vec::new();
        for (channel, reference) in &ids {
            made.push(world.create(channel, reference).await);
        }
        world.cancel("DANA", "INV-00002", &made[2]).await;
        world.sim.expire(&made[3]).unwrap();
        world.sim.decline(&made[4]).unwrap();
        world.sim.approve(&made[5]).unwrap();
        world.sim.approve(&made[6]).unwrap();
        world.sim.refund(&made[6]).unwrap();
        for (place, word) in words.into_iter().enumerate() {
            let (channel, reference) = &ids[place];
            let said = world.standing(channel, reference, &made[place]).await;
            assert_eq!(said, word, "{statuses:?} {place}");
        }
    }
}

#[tokio::test]
async fn a_status_says_no_amount_and_no_time() {
    let world = partner().await;
    let id = world.create("SPAY", "INV-00001").await;
    let answer = world.ask(STATUS, &about("SPAY", "INV-00001", &id)).await;
    assert_eq!(
        answer.body,
        json!({
            "responseCode": "2005500", "responseMessage": "Successful",
            "originalPartnerReferenceNo": "INV-00001", "serviceCode": "54",
            "latestTransactionStatus": "07", "additionalInfo": { "contractId": id },
        })
    );
}

#[tokio::test]
async fn a_contract_is_found_by_both_its_numbers_only() {
    let world = partner().await;
    let first = world.create("DANA", "INV-00001").await;
    let second = world.create("SPAY", "INV-00002").await;
    let ghost = "so00000000-0000-4000-a000-000000000000";
    for (path, service) in [(STATUS, "55"), (CANCEL, "57")] {
        for (channel, reference, id, http, case) in [
            ("DANA", "INV-00009", first.as_str(), "404", "01"),
            ("DANA", "INV-00009", ghost, "404", "01"),
            ("DANA", "INV-00001", ghost, "500", "02"),
            ("DANA", "INV-00001", second.as_str(), "404", "01"),
            ("SPAY", "INV-00001", first.as_str(), "404", "01"),
            ("DANA", "INV-00001", "", "400", "02"),
        ] {
            let mut body = about(channel, reference, id);
            body["reason"] = json!("x");
            let answer = world.ask(path, &body).await;
            assert_eq!(answer.code(), format!("{http}{service}{case}"), "{reference} {id}");
        }
    }
    let mut body = about("DANA", "INV-00001", ghost);
    body["reason"] = json!("x");
    assert_eq!(world.ask(STATUS, &body).await.text("/responseMessage"), "reqbill not found");
}

#[tokio::test]
async fn only_what_is_unpaid_is_cancelled_and_only_once() {
    let world = partner().await;
    let id = world.create("OVO", "INV-00001").await;
    assert_eq!(world.cancel("OVO", "INV-00001", &id).await, "2005700");
    assert_eq!(world.sim.transactions()[0].status, Status::Cancelled);
    assert!(look(&world, "/phone").await.contains("no-prompts"), "the prompt is gone");
    assert!(world.sim.approve(&id).is_err(), "and nobody can pay it");
    assert_eq!(world.cancel("OVO", "INV-00001", &id).await, "4045700");

    let paid = world.create("DANA", "INV-00002").await;
    world.sim.approve(&paid).unwrap();
    assert_eq!(world.cancel("DANA", "INV-00002", &paid).await, "4045700");
    let late = world.create("DANA", "INV-00003").await;
    world.sim.expire(&late).unwrap();
    assert_eq!(world.cancel("DANA", "INV-00003", &late).await, "4035700");
    assert_eq!(world.sim.ledger().len(), 1);
}

#[tokio::test]
async fn a_second_cancel_is_taken_like_the_first_where_winpay_is_set_to() {
    let world =
        partner_of(WinpaySettings { cancels_twice: true, ..WinpaySettings::default() }).await;
    let id = world.create("DANA", "INV-00001").await;
    for _ in 0..2 {
        assert_eq!(world.cancel("DANA", "INV-00001", &id).await, "2005700");
    }
}

#[tokio::test]
async fn a_contract_runs_out_when_it_was_asked_to() {
    let world = partner().await;
    let id = world.create("OVO", "INV-00001").await;
    world.pass(299).await;
    assert_eq!(world.sim.transactions()[0].status, Status::Processing);
    world.pass(1).await;
    assert_eq!(world.sim.transactions()[0].status, Status::Expired);
    assert!(look(&world, "/phone").await.contains("no-prompts"));
    assert!(world.sim.approve(&id).is_err());
    assert!(world.sim.ledger().is_empty() && world.ear.heard().is_empty());
}

#[tokio::test]
async fn a_lost_create_reply_leaves_a_contract_that_only_its_callback_names() {
    let world = partner().await;
    let lost = Armed::once(Provider::Winpay, Fault::LostReply).at(Operation::Registration);
    world.sim.arm(lost).unwrap();
    let order = world.order("OVO", "INV-00001");
    world.try_send(&world.call(CREATE, &order)).await.unwrap_err();
    assert_eq!(world.ask(CREATE, &order).await.code(), "4095401");
    assert_eq!(world.ask(STATUS, &about("OVO", "INV-00001", "")).await.code(), "4005502");
    let id = world.sim.transactions()[0].id.clone();
    world.sim.approve(&id).unwrap();
    world.sim.quiet().await;
    let heard = world.ear.heard();
    assert_eq!(heard[0].json()["originalPartnerReferenceNo"], "INV-00001");
    assert_eq!(heard[0].json()["additionalInfo"]["contractId"], json!(id));
}
