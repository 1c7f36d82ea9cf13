//! Winpay's door: every check in its order, and what each refusal says.
use super::partner::{CANCEL, CREATE, Call, NOW, STATUS, about, order, partner, partner_of, sign};
use kasir_tests::simulator::{Scope, SignatureMode, WinpayMerchant, WinpaySettings, test_keys};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

const ALL: [&str; 6] =
    ["Content-Type", "X-TIMESTAMP", "X-SIGNATURE", "X-PARTNER-ID", "X-EXTERNAL-ID", "CHANNEL-ID"];

#[tokio::test]
async fn every_check_comes_in_its_order() {
    let world = partner().await;
    world.create("DANA", "INV-00001").await;
    let used = world.call(CREATE, &json!({}));
    world.send(&used).await;
    // Wrong in every way; each step puts the first of them right.
    let bare = |body: &Value| world.call_raw(CREATE, body.to_string().into_bytes());
    let duplicate = world.order("DANA", "INV-00001");
    let mut nameless = duplicate.clone();
    nameless["additionalInfo"].as_object_mut().unwrap().remove("customerName");
    let mut foreign = nameless.clone();
    foreign["amount"]["currency"] = json!("USD");
    let mut named = foreign.clone();
    named["additionalInfo"]["customerName"] = json!("Sari Dewi");

    let stranger = |call: Call| call.with("X-PARTNER-ID", "nobody");
    let odd_time = |call: Call| call.with("X-TIMESTAMP", "2026-11-20T10:00:00");
    let late = |call: Call| call.with("X-TIMESTAMP", "2026-11-20T09:00:00+07:00");
    let unsigned = |call: Call| call.with("X-SIGNATURE", "AAA=");
    let again = |call: Call| call.with("X-EXTERNAL-ID", used.header("X-EXTERNAL-ID"));
    let mut unreadable = stranger(odd_time(again(bare(&foreign)))).without("CHANNEL-ID");
    unreadable.body.push(b'}');

    for (call, code, why) in [
        (unreadable, "4005400", "not JSON"),
        (
            stranger(odd_time(again(unsigned(bare(&foreign))))).without("CHANNEL-ID"),
            "4005402",
            "CHANNEL-ID",
        ),
        (stranger(odd_time(again(unsigned(bare(&foreign))))), "4005401", "X-TIMESTAMP"),
        (stranger(late(again(unsigned(bare(&foreign))))), "4045416", "not registered"),
        (late(again(unsigned(bare(&foreign)))), "4015400", "another key"),
        (late(again(bare(&foreign))).signed(), "4015400", "s from our time"),
        (again(bare(&foreign)).signed(), "4095400", "used before"),
        (bare(&foreign).signed(), "4005402", "customerName"),
        (bare(&named).signed(), "4005401", "amount.currency"),
        (bare(&duplicate).signed(), "4095401", "INV-00001"),
    ] {
        let answer = world.send(&call).await;
        assert_eq!(
            (answer.code(), answer.status.to_string().as_str()),
            (code, &code[..3]),
            "{why}"
        );
        assert!(world.verdict().contains(why), "{why}: {}", world.verdict());
        assert_eq!(answer.headers["x-timestamp"], NOW, "also with a refusal");
        assert_eq!(answer.headers["content-type"], "application/json;charset=UTF-8");
    }
    assert_eq!(world.sim.transactions().len(), 1);
}

#[tokio::test]
async fn each_header_that_is_missing_or_empty_is_named() {
    let world = partner().await;
    let call = world.call(CREATE, &world.order("DANA", "INV-00001"));
    for name in ALL {
        for broken in [call.clone().without(name), call.clone().with(name, "")] {
            let answer = world.send(&broken).await;
            assert_eq!(answer.code(), "4005402", "{name}");
            assert_eq!(
                answer.text("/responseMessage"),
                format!("Invalid mandatory field {{{name}}}")
            );
        }
    }
    let form = call.clone().with("Content-Type", "text/plain");
    assert_eq!(world.send(&form).await.code(), "4005401");
    let long = call.clone().with("X-EXTERNAL-ID", &"1".repeat(37));
    assert_eq!(world.send(&long).await.code(), "4005401");
    // None of those has used up anything.
    assert_eq!(world.send(&call).await.code(), "2005400");
}

#[tokio::test]
async fn a_body_that_is_no_object_with_each_key_once_is_a_bad_request() {
    let world = partner().await;
    let large = format!("{{\"a\":\"{}\"}}", "x".repeat(64 << 10));
    for body in ["[]", "", "null", "{\"a\":1,\"a\":1}", "{\"a\":\"\\ud800\"}", large.as_str()] {
        let call = world.call_raw(CREATE, body.as_bytes().to_vec()).signed();
        assert_eq!(world.send(&call).await.code(), "4005400", "{}", &body[..body.len().min(20)]);
    }
    let call = world.call_raw(CREATE, b"{\"a\":\"\xff\"}".to_vec()).signed();
    assert_eq!(world.send(&call).await.code(), "4005400");
}

#[tokio::test]
async fn each_mandatory_field_of_each_service_is_missed() {
    let world = partner().await;
    let id = world.create("SPAY", "INV-00001").await;
    let mut cancel = about("SPAY", "INV-00001", &id);
    cancel["reason"] = json!("x");
    for (path, body, fields) in [
        (
            CREATE,
            world.order("SPAY", "INV-00002"),
            &[
                "/partnerReferenceNo",
                "/amount",
                "/amount/value",
                "/amount/currency",
                "/urlParam",
                "/urlParam/0/url",
                "/urlParam/1/type",
                "/urlParam/0/isDeeplink",
                "/validUpTo",
                "/additionalInfo",
                "/additionalInfo/channel",
                "/additionalInfo/customerPhone",
                "/additionalInfo/customerName",
            ][..],
        ),
        (
            STATUS,
            about("SPAY", "INV-00001", &id),
            &[
                "/originalPartnerReferenceNo",
                "/additionalInfo/contractId",
                "/additionalInfo/channel",
            ],
        ),
        (
            CANCEL,
            cancel,
            &[
                "/originalPartnerReferenceNo",
                "/reason",
                "/additionalInfo/contractId",
                "/additionalInfo/channel",
            ],
        ),
    ] {
        let service = world.ask(path, &json!({})).await.code()[3..5].to_owned();
        for field in fields {
            for nothing in [Value::Null, json!("")] {
                let mut body = body.clone();
                *body.pointer_mut(field).unwrap() = nothing;
                let answer = world.ask(path, &body).await;
                assert_eq!(answer.code(), format!("400{service}02"), "{field}");
            }
        }
    }
}

#[tokio::test]
async fn each_malformed_field_is_named() {
    let world = partner().await;
    for (field, value) in [
        ("/partnerReferenceNo", json!("INV")),
        ("/partnerReferenceNo", json!("INV 00001")),
        ("/partnerReferenceNo", json!("A".repeat(51))),
        ("/partnerReferenceNo", json!(12_345)),
        ("/amount/value", json!(10_000)),
        ("/amount/value", json!("10,000.00")),
        ("/amount/value", json!("10000.0")),
        ("/amount/value", json!("0.00")),
        ("/amount/currency", json!("idr")),
        ("/urlParam/0/url", json!("shop.example")),
        ("/urlParam/0/url", json!(format!("https://a.example/{}", "x".repeat(500)))),
        ("/urlParam/0/type", json!("NOTIFY")),
        ("/urlParam/1/isDeeplink", json!("Y")),
        ("/validUpTo", json!("2026-11-20T10:05:00")),
        ("/validUpTo", json!("2026-11-20T10:01:00+07:00")),
        ("/validUpTo", json!("2027-03-20T10:00:00+07:00")),
        ("/additionalInfo/channel", json!("ASTRAPAY")),
        ("/additionalInfo/customerPhone", json!("0812-3456")),
        ("/additionalInfo/customerName", json!("Sari")),
        ("/additionalInfo/customerName", json!("Sari O'Dewi")),
        ("/additionalInfo/customerName", json!("S\u{e1}ri Dewi")),
        ("/additionalInfo/customerName", json!("A".repeat(26))),
    ] {
        let mut body = world.order("SPAY", "INV-00001");
        *body.pointer_mut(field).unwrap() = value.clone();
        let answer = world.ask(CREATE, &body).await;
        assert_eq!(answer.code(), "4005401", "{field} {value}");
        let last = field.rsplit('/').next().unwrap();
        assert!(answer.text("/responseMessage").contains(last), "{}", answer.body);
    }
    assert!(world.sim.transactions().is_empty());
}

#[tokio::test]
async fn an_amount_may_have_its_decimals_or_none_and_notify_may_be_missing() {
    let world = partner().await;
    let mut body = world.order("SPAY", "INV-00001");
    body["amount"]["value"] = json!("10000");
    body["urlParam"].as_array_mut().unwrap().remove(0);
    assert_eq!(world.ask(CREATE, &body).await.code(), "2005400");
    assert_eq!(world.sim.transactions()[0].amount.value, 10_000);
}

#[tokio::test]
async fn the_standards_url_params_are_not_winpays() {
    let world = partner().await;
    let mut body = world.order("SPAY", "INV-00001");
    let params = body.as_object_mut().unwrap().remove("urlParam").unwrap();
    body["urlParams"] = params;
    let answer = world.ask(CREATE, &body).await;
    assert_eq!(answer.text("/responseMessage"), "Invalid mandatory field {urlParam}");
    assert_eq!(world.verdict(), "urlParam is missing; urlParams is spelled differently");
}

#[tokio::test]
async fn both_forms_of_the_path_are_served_and_others_are_plainly_not_found() {
    let world = partner().await;
    let mut call = world.call(CREATE, &world.order("DANA", "INV-00001"));
    call.path = format!("/winpay{CREATE}");
    assert_eq!(world.send(&call).await.code(), "2005400", "the signature leaves the prefix out");
    for path in ["/winpay/v1.0/debit/refund", "/winpay/snap/v1.0/access-token/b2b"] {
        call.path = path.to_owned();
        let answer = world.send(&call).await;
        assert_eq!((answer.status, answer.body), (404, Value::Null));
    }
    let get = world.http.get(world.served.url(&format!("/winpay{CREATE}"))).send().await.unwrap();
    assert_eq!(get.status(), 405);
}

#[tokio::test]
async fn a_call_that_comes_twice_is_refused_and_its_external_id_is_free_again_tomorrow() {
    let world = partner().await;
    let call = world.call(CREATE, &world.order("DANA", "INV-00001"));
    assert_eq!(world.send(&call).await.code(), "2005400");
    let replayed = world.send(&call).await;
    assert_eq!(replayed.code(), "4095400");
    assert_eq!(replayed.text("/responseMessage"), "Cannot use same X-EXTERNAL-ID in same day");
    let other = call.clone().with("X-EXTERNAL-ID", "77").signed();
    let duplicate = world.send(&other).await;
    assert_eq!(duplicate.code(), "4095401");
    assert_eq!(duplicate.text("/responseMessage"), "Duplicate partnerReferenceNo");
    // 14 hours later it is tomorrow in Jakarta; in London it would still be today.
    world.pass(14 * 3_600).await;
    let tomorrow = "2026-11-21T00:00:00+07:00";
    let mut body = world.order("DANA", "INV-00002");
    body["validUpTo"] = json!("2026-11-21T00:05:00+07:00");
    let fresh = world.call(CREATE, &body).with("X-TIMESTAMP", tomorrow).with("X-EXTERNAL-ID", "77");
    assert_eq!(world.send(&fresh.signed()).await.code(), "2005400");
}

#[tokio::test]
async fn external_ids_are_shared_by_services_unless_winpay_is_set_otherwise() {
    for (external_ids, code) in [(Scope::Partner, "4095500"), (Scope::Service, "2005500")] {
        let world = partner_of(WinpaySettings { external_ids, ..WinpaySettings::default() }).await;
        let create = world.call(CREATE, &world.order("DANA", "INV-00001"));
        let answer = world.send(&create).await;
        let id = answer.text("/additionalInfo/contractId");
        let status = world.call(STATUS, &about("DANA", "INV-00001", id));
        let status = status.with("X-EXTERNAL-ID", create.header("X-EXTERNAL-ID"));
        assert_eq!(world.send(&status).await.code(), code);
    }
}

#[tokio::test]
async fn two_partners_share_neither_keys_nor_numbers() {
    let mut winpay = WinpaySettings::default();
    winpay.merchants.push(WinpayMerchant {
        partner_id: "second".to_owned(),
        merchant_id: "2".to_owned(),
        public_key: test_keys::NICEPAY_MERCHANT_PUBLIC.to_owned(),
        callback_base: None,
    });
    let world = partner_of(winpay).await;
    let call = world.call(CREATE, &world.order("DANA", "INV-00001"));
    let answer = world.send(&call).await;
    let foreign = call.clone().with("X-PARTNER-ID", "second");
    assert_eq!(world.send(&foreign).await.code(), "4015400", "signed by the first");
    let hash = hex::encode(Sha256::digest(&call.body));
    let own = sign(test_keys::NICEPAY_MERCHANT, &format!("POST:{CREATE}:{hash}:{NOW}"));
    let second = foreign.with("X-SIGNATURE", &own);
    assert_eq!(world.send(&second).await.code(), "2005400", "the same numbers are its own");
    let first = answer.text("/additionalInfo/contractId");
    assert_eq!(world.standing("DANA", "INV-00001", first).await, "07");
}

#[tokio::test]
async fn what_a_signature_is_made_over_is_winpays_to_say() {
    let body = order("https://a.example/n", "DANA", "INV-00001");
    let pretty = serde_json::to_string_pretty(&body).unwrap();
    let hash = |text: &str| hex::encode(Sha256::digest(text.as_bytes()));
    let (raw, minified) = (hash(&pretty), hash(&body.to_string()));
    for (signature, hash, code, warned) in [
        (SignatureMode::Minify, &minified, "2005400", false),
        (SignatureMode::Minify, &raw, "4015400", false),
        (SignatureMode::Raw, &raw, "2005400", false),
        (SignatureMode::Raw, &minified, "4015400", false),
        (SignatureMode::Php, &minified, "2005400", false),
        (SignatureMode::Php, &raw, "4015400", false),
        (SignatureMode::Strict, &minified, "2005400", true),
        (SignatureMode::Strict, &raw, "2005400", true),
    ] {
        let world = partner_of(WinpaySettings { signature, ..WinpaySettings::default() }).await;
        let call = world.call_raw(CREATE, pretty.clone().into_bytes());
        let call = call.signed_over(&format!("POST:{CREATE}:{hash}:{NOW}"));
        let answer = world.send(&call).await;
        assert_eq!(answer.code(), code, "{signature:?}");
        assert_eq!(answer.headers.contains_key("x-sim-warning"), warned, "{signature:?}");
    }
    let strict = WinpaySettings { signature: SignatureMode::Strict, ..WinpaySettings::default() };
    let world = partner_of(strict).await;
    let portable = world.ask(CREATE, &body).await;
    assert!(!portable.headers.contains_key("x-sim-warning"), "all agree on a portable body");
}

#[tokio::test]
async fn a_wrong_signature_is_explained_in_the_journal_and_not_to_the_caller() {
    let world = partner().await;
    let call = world.call(CREATE, &world.order("DANA", "INV-00001"));
    let hash = hex::encode(Sha256::digest(&call.body));
    let prefixed = call.signed_over(&format!("POST:/winpay/snap{CREATE}:{hash}:{NOW}"));
    let answer = world.send(&prefixed).await;
    assert_eq!(
        answer.body,
        json!({"responseCode": "4015400", "responseMessage": "Invalid signature"})
    );
    let verdict = world.verdict();
    assert!(verdict.contains(&format!("POST:{CREATE}:{hash}:{NOW}")), "{verdict}");
    assert!(verdict.contains("its path is the one that was called, prefix and all"), "{verdict}");
}

#[tokio::test]
async fn every_dialect_of_the_time_is_taken_and_the_clock_may_be_off_by_a_quarter_of_an_hour() {
    let world = partner().await;
    for (place, (time, code)) in [
        ("2026-11-20T03:00:00Z", "2005400"),
        ("2026-11-20T03:00:00.000Z", "2005400"),
        ("2026-11-20T10:00:00.123+07:00", "2005400"),
        ("2026-11-20T03:00:00-00:00", "2005400"),
        ("2026-11-20T10:15:00+07:00", "2005400"),
        ("2026-11-20T09:45:00+07:00", "2005400"),
        ("2026-11-20T09:44:59+07:00", "4015400"),
        ("2026-11-20T10:15:01+07:00", "4015400"),
        ("2026-11-20T03:00:00+07:00", "4015400"),
    ]
    .into_iter()
    .enumerate()
    {
        let call = world.call(CREATE, &world.order("DANA", &format!("INV-{place:05}")));
        let answer = world.send(&call.with("X-TIMESTAMP", time).signed()).await;
        assert_eq!(answer.code(), code, "{time}");
    }
    let world = partner_of(WinpaySettings { skew_s: None, ..WinpaySettings::default() }).await;
    let call = world.call(CREATE, &world.order("DANA", "INV-00001"));
    let old = call.with("X-TIMESTAMP", "2020-01-01T00:00:00Z").signed();
    assert_eq!(world.send(&old).await.code(), "2005400");
}

#[tokio::test]
async fn the_journal_tells_what_was_sent_without_a_signature_that_could_be_used() {
    let world = partner().await;
    let call = world.call(CREATE, &world.order("DANA", "INV-00001"));
    world.send(&call).await;
    let entry: &kasir_tests::simulator::journal::Entry = &world.sim.requests()[0];
    assert_eq!((entry.code.as_str(), entry.reference.as_str()), ("2005400", "INV-00001"));
    assert_eq!(entry.fields["amount.value"], "10000.00");
    assert_eq!(entry.fields["X-EXTERNAL-ID"], call.header("X-EXTERNAL-ID"));
    assert!(entry.fields["X-SIGNATURE"].ends_with("…(344)"), "{:?}", entry.fields);
    assert!(entry.transaction.is_some());
}
