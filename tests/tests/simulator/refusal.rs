//! What NICEPAY would refuse is refused, in its order and with its codes.
use crate::merchant::{MERCHANT, PHONE, STAMP, World, form_with, sign, tampered, text, with};
use crate::{world, world_with};
use kasir_tests::simulator::Settings;
use serde_json::{Value, json};

/// An operation, a good request, and the code that each changed field earns.
type Row<'a> = (&'a str, &'a Value, &'a [(&'a str, &'a str)]);

#[tokio::test]
async fn every_signed_field_that_was_changed_by_one_character_is_refused() {
    let world = world().await;
    let id = world.register("DANA", "INV-1", 10_000).await;
    let registration = world.registration("DANA", "INV-2", 10_000);
    let inquiry = World::inquiry(&id, "INV-1", 10_000);
    let cancel = World::cancellation(&id, "1", 10_000);
    let rows: [Row<'_>; 3] = [
        (
            "registration",
            &registration,
            &[
                ("timeStamp", "9010"),
                ("iMid", "9011"),
                ("referenceNo", "9010"),
                ("amt", "9010"),
                ("merchantToken", "9010"),
            ],
        ),
        (
            "inquiry",
            &inquiry,
            &[
                ("timeStamp", "9010"),
                ("tXid", "9003"),
                ("iMid", "9003"),
                ("referenceNo", "9003"),
                ("amt", "9003"),
                ("merchantToken", "9010"),
            ],
        ),
        (
            "cancel",
            &cancel,
            &[
                ("timeStamp", "9010"),
                ("tXid", "8064"),
                ("iMid", "9011"),
                ("amt", "9010"),
                ("merchantToken", "9010"),
            ],
        ),
    ];
    for (operation, request, fields) in rows {
        for (field, code) in fields {
            let changed = with(request, field, &tampered(text(request, field)));
            let answer = world.post(operation, &changed).await;
            assert_eq!(answer["resultCd"], *code, "{operation} {field}");
        }
    }
    assert_eq!(world.sim.transactions().len(), 1);
}

#[tokio::test]
async fn every_signed_field_of_a_browsers_step_that_was_changed_is_refused() {
    let world = world().await;
    let id = world.register("DANA", "INV-1", 10_000).await;
    let mandate = world.sim.link_astrapay(MERCHANT, PHONE);
    let payment = World::payment(&id, "INV-1", 10_000);
    let link = World::linking("LNK-1", &world.inbox.url);
    let linked = world.linked_payment(&mandate, "INV-2", 10_000);
    let rows = [
        ("/nicepay/direct/v2/payment", &payment, "timeStamp", "9010"),
        ("/nicepay/direct/v2/payment", &payment, "tXid", "9003"),
        ("/nicepay/direct/v2/payment", &payment, "merchantToken", "9010"),
        ("/nicepay/api/linkEnable.do", &link, "iMid", "9011"),
        ("/nicepay/api/linkEnable.do", &link, "referenceNo", "9010"),
        ("/nicepay/api/linkEnable.do", &link, "billingPhone", "9010"),
        ("/nicepay/api/linkEnable.do", &link, "merchantToken", "9010"),
        ("/nicepay/api/linkInitiate.do", &linked, "iMid", "9011"),
        ("/nicepay/api/linkInitiate.do", &linked, "referenceNo", "9010"),
        ("/nicepay/api/linkInitiate.do", &linked, "amt", "9010"),
        ("/nicepay/api/linkInitiate.do", &linked, "merchantToken", "9010"),
    ];
    for (path, form, field, code) in rows {
        let value = &form.iter().find(|(name, _)| *name == field).unwrap().1;
        let response = world.form(path, &form_with(form, field, &tampered(value))).await;
        assert_eq!(response.status(), 200, "{path} {field}");
        let entry = world.sim.requests().pop().unwrap();
        assert_eq!((entry.code.as_str(), entry.accepted), (code, false), "{path} {field}");
        assert!(response.text().await.unwrap().contains(code), "{path} {field}");
    }
    assert_eq!(world.sim.transactions()[0].status.word(), "initiated");
}

/// Each row mends what the code before it complained about.
#[tokio::test]
async fn registration_is_checked_in_nicepays_order() {
    let world = world().await;
    world.register("DANA", "TAKEN", 10_000).await;
    let good = world.registration("LINK", "INV-1", 10_000);
    let mut request = json!({"amt": "", "payMethod": "02", "mitraCd": "XXXX", "cartData": "no"});
    let mut expect = vec![("9011", "iMid", MERCHANT.to_owned()), ("9007", "amt", "10.000".into())];
    for (code, field) in [
        ("9013", "currency"),
        ("9014", "referenceNo"),
        ("9015", "goodsNm"),
        ("9016", "billingNm"),
        ("9017", "billingPhone"),
        ("9018", "billingEmail"),
        ("9020", "dbProcessUrl"),
        ("9024", "userIP"),
        ("9025", "billingCity"),
        ("9026", "billingState"),
        ("9027", "billingPostCd"),
        ("9028", "billingCountry"),
    ] {
        let value = if field == "referenceNo" { "TAKEN" } else { text(&good, field) };
        expect.push((code, field, value.to_owned()));
    }
    let token = sign(&[STAMP, MERCHANT, "TAKEN", "10000"]);
    let cart = |amount: &str| json!({"item": [{"goods_amt": amount}]}).to_string();
    expect.extend([
        ("9001", "timeStamp", "2026".to_owned()),
        ("9001", "merchantToken", "bad".to_owned()),
        ("9001", "billingAddr", "Jl. Braga 1".to_owned()),
        ("9008", "amt", "10000".to_owned()),
        ("9031", "timeStamp", STAMP.to_owned()),
        ("9010", "merchantToken", token),
        ("9012", "payMethod", "05".to_owned()),
        ("9751", "mitraCd", "LINK".to_owned()),
        ("9009", "referenceNo", "INV-1".to_owned()),
        ("9010", "merchantToken", sign(&[STAMP, MERCHANT, "INV-1", "10000"])),
        ("9022", "cartData", cart("9999")),
        ("9023", "cartData", cart("10000")),
    ]);
    for (code, field, mended) in expect {
        let answer = world.post("registration", &request).await;
        assert_eq!(answer["resultCd"], code, "before {field}: {}", world.last_verdict());
        request = with(&request, field, &mended);
    }
    let answer = world.post("registration", &request).await;
    assert_eq!(answer["resultCd"], "0000", "{}", world.last_verdict());
}

#[tokio::test]
async fn what_is_no_json_object_is_9001() {
    let world = world().await;
    for body in [json!([]), json!("text"), json!(null)] {
        assert_eq!(world.post("registration", &body).await["resultCd"], "9001", "{body}");
    }
    let url = world.served.url("/nicepay/direct/v2/registration");
    let good = world.registration("DANA", "INV-1", 1_000).to_string();
    let response = world.http.post(url).header("content-type", "text/plain").body(good);
    let answer: Value = response.send().await.unwrap().json().await.unwrap();
    assert_eq!(answer["resultCd"], "9001");
    assert!(world.last_verdict().contains("application/json"), "{}", world.last_verdict());
}

#[tokio::test]
async fn a_token_over_the_wrong_number_is_named_in_the_journal() {
    let world = world().await;
    let id = world.register("OVOE", "INV-1", 10_000).await;
    let cancel = World::cancellation(&id, "1", 10_000);
    let token = sign(&[text(&cancel, "timeStamp"), MERCHANT, "INV-1", "10000"]);
    world.post("cancel", &with(&cancel, "merchantToken", &token)).await;
    let verdict = world.last_verdict();
    assert!(verdict.contains("signed with referenceNo in place of tXid"), "{verdict}");
    assert!(verdict.contains("SHA256(timeStamp + iMid + tXid + amt + merchantKey)"), "{verdict}");

    let inquiry = World::inquiry(&id, "INV-1", 10_000);
    let token = sign(&[text(&inquiry, "timeStamp"), MERCHANT, &id, "10000"]);
    world.post("inquiry", &with(&inquiry, "merchantToken", &token)).await;
    assert!(world.last_verdict().contains("signed with tXid in place of referenceNo"));
}

#[tokio::test]
async fn a_reference_may_repeat_where_the_merchant_has_that_switched_off() {
    let settings = Settings { refuse_duplicate_references: false, ..Settings::default() };
    let world = world_with(settings).await;
    let first = world.register("DANA", "INV-1", 1_000).await;
    assert_ne!(first, world.register("DANA", "INV-1", 1_000).await);
}

#[tokio::test]
async fn an_astrapay_payment_is_not_registered_but_initiated() {
    let world = world().await;
    let answer = world.post("registration", &world.registration("ASTR", "INV-1", 1_000)).await;
    assert_eq!(answer["resultCd"], "9751");
    assert!(world.last_verdict().contains("linkInitiate.do"));
}

#[tokio::test]
async fn a_payment_step_without_its_callback_or_sent_as_json_is_refused() {
    let world = world().await;
    let id = world.register("DANA", "INV-1", 1_000).await;
    let form = form_with(&World::payment(&id, "INV-1", 1_000), "callBackUrl", "");
    world.form("/nicepay/direct/v2/payment", &form).await;
    assert_eq!(world.sim.requests().pop().unwrap().code, "9019");
    world.send("payment", &json!({"tXid": id})).await.unwrap();
    let entry = world.sim.requests().pop().unwrap();
    assert!(entry.verdict.contains("browser's form"), "{}", entry.verdict);
}
