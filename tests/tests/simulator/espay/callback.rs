//! What Espay tells the merchant of payments, and what it makes of the answers.
use super::shop::{NOW, PHONE, Shop, shop, shop_of};
use kasir_tests::simulator::{
    Armed, EspayCallbacks, EspayHabit, EspaySettings, Fault, Operation, Provider, Status,
};
use serde_json::json;
use std::collections::{BTreeSet, HashSet};

const PAYMENT: &str = "/v1.0/transfer-va/payment";

async fn paid_by(shop: &Shop, reference: &str, phone: &str) -> String {
    let id = shop.pay_for("DANALINK", reference).await;
    let fields = [("decision", "approve"), ("phone", phone), ("pin", "123456")];
    shop.fill(&format!("/espay/pay/{id}"), &fields).await;
    shop.sim.quiet().await;
    id
}

async fn paid(shop: &Shop) -> String {
    paid_by(shop, "INV00001", PHONE).await
}

#[tokio::test]
async fn a_payment_is_told_once_in_espays_words() {
    let shop = shop().await;
    let id = paid(&shop).await;
    shop.pass(86_400).await;
    let [heard] = shop.ear.heard(PAYMENT).try_into().unwrap();
    assert!(heard.is_espays());
    assert_eq!(heard.header("x-timestamp"), NOW);
    assert_eq!((heard.header("x-partner-id"), heard.header("channel-id")), ("SGWSANGRAI", "ESPAY"));
    let mut said = heard.json();
    let request = said["paymentRequestId"].take();
    assert_eq!(request.as_str().unwrap().len(), 36);
    let wallet_ref = said["additionalInfo"]["paymentRef"].take();
    assert!(wallet_ref.as_str().unwrap().starts_with("DANA"));
    let amount = json!({ "value": "150000.00", "currency": "IDR" });
    assert_eq!(
        said,
        json!({
            "partnerServiceId": "   ESPAY", "customerNo": "SGWSANGRAI",
            "virtualAccountNo": "INV00001", "trxId": id, "paymentRequestId": null,
            "paidAmount": amount, "totalAmount": amount, "trxDateTime": NOW,
            "additionalInfo": {
                "productCode": "DANALINK", "paymentRef": null, "transactionStatus": "S",
            },
        })
    );
}

#[tokio::test]
async fn it_is_told_three_times_until_it_is_taken() {
    let shop = shop().await;
    shop.ear.behave(|manners| manners.payment = "5002500");
    paid(&shop).await;
    let mut counts = vec![shop.ear.heard(PAYMENT).len()];
    for seconds in [29, 1, 269, 1, 1_000_000] {
        shop.pass(seconds).await;
        counts.push(shop.ear.heard(PAYMENT).len());
    }
    assert_eq!(counts, [1, 1, 2, 2, 3, 3]);
    let heard = shop.ear.heard(PAYMENT);
    assert!(heard.iter().all(|one| one.is_espays() && one.body == heard[0].body));
    let numbers: HashSet<_> = heard.iter().map(|one| one.header("x-external-id")).collect();
    assert_eq!(numbers.len(), 3);
    assert_eq!(shop.sim.transactions()[0].status, Status::Paid, "the money is there all the same");

    let habits = BTreeSet::from([EspayHabit::SuspectsTheUnanswered]);
    let shop = shop_of(EspaySettings { habits, skew_s: None, ..EspaySettings::default() }).await;
    shop.ear.behave(|manners| manners.payment = "");
    paid(&shop).await;
    for (seconds, standing) in [(0, "S"), (30, "S"), (270, "SP")] {
        shop.pass(seconds).await;
        assert_eq!(shop.standing("INV00001").await, standing);
    }
    let mut about = shop.about("INV00001");
    about["additionalInfo"] = json!({ "isPaymentNotif": "N" });
    let answer = shop.ask(super::shop::STATUS, &about).await;
    assert_eq!(answer.code(), "2002600");
    assert_eq!(shop.standing("INV00001").await, "S", "somebody has said that it is right");
}

#[tokio::test]
async fn money_that_the_merchant_does_not_want_goes_back() {
    let shop = shop().await;
    shop.sim.fill_wallet("dana", PHONE, (400_000, 0)).unwrap();
    let first = paid(&shop).await;
    assert_eq!(shop.standing("INV00001").await, "S");
    shop.ear.behave(|manners| manners.payment = "4042514");
    let again = shop.sim.pay_espay_again(&first, None).unwrap();
    assert_ne!(again.id, first);
    shop.pass(600).await;
    let heard = shop.ear.heard(PAYMENT);
    assert_eq!(heard.len(), 2, "a refusal for good is not asked about again");
    assert_eq!(heard[1].json()["trxId"], again.id.as_str());
    assert_eq!(heard[1].json()["virtualAccountNo"], "INV00001");
    assert_ne!(heard[1].json()["paymentRequestId"], heard[0].json()["paymentRequestId"]);
    assert_eq!(shop.money(), (300_000, 150_000));
    assert_eq!(shop.sim.transactions()[1].status, Status::Refunded);
    shop.sim.replay(&first).unwrap();
    shop.sim.quiet().await;
    assert_eq!(shop.money(), (300_000, 150_000), "one that was taken before is not given back");
    assert_eq!(shop.sim.wallet("dana", PHONE), Some((250_000, 0)));
    shop.sim.fill_wallet("dana", PHONE, (149_999, 0)).unwrap();
    assert_eq!(shop.sim.pay_espay_again(&first, None), None, "there is too little left");
}

#[tokio::test]
async fn an_amount_that_does_not_agree_leaves_a_payment_in_doubt() {
    let shop = shop().await;
    shop.ear.behave(|manners| (manners.bill, manners.payment) = (Ok(10_013), "4042513"));
    let id = shop.create(&shop.order_of("DANALINK", "INV00001", 10_013)).await;
    shop.sim.approve(&id).unwrap();
    shop.sim.quiet().await;
    let [heard] = shop.ear.heard(PAYMENT).try_into().unwrap();
    assert_eq!(heard.json()["totalAmount"]["value"], "10014.00");
    assert_eq!(shop.standing("INV00001").await, "SP");
    assert_eq!(shop.money(), (10_013, 0));

    let wrong = Armed::once(Provider::Espay, Fault::WrongAmount);
    shop.sim.arm(wrong).unwrap();
    shop.ear.behave(|manners| (manners.bill, manners.payment) = (Ok(150_000), "2002500"));
    paid_by(&shop, "INV00002", PHONE).await;
    let heard = shop.ear.heard(PAYMENT).pop().unwrap();
    assert!(heard.is_espays());
    assert_eq!(heard.json()["totalAmount"]["value"], "150001.00");
    assert_eq!(shop.standing("INV00002").await, "S");
}

#[tokio::test]
async fn some_phones_have_their_own_way_of_being_told() {
    let shop = shop().await;
    paid_by(&shop, "INV00006", "081234567006").await;
    assert!(shop.ear.heard(PAYMENT).is_empty());
    shop.pass(20).await;
    assert_eq!(shop.ear.heard(PAYMENT).len(), 1);
    paid_by(&shop, "INV00007", "081234567007").await;
    assert_eq!(shop.ear.heard(PAYMENT).len(), 3);
    paid_by(&shop, "INV00009", "081234567009").await;
    let heard = shop.ear.heard(PAYMENT);
    assert_eq!(heard.len(), 4);
    assert!(heard[..3].iter().all(super::shop::Heard::is_espays) && !heard[3].is_espays());

    let id = shop.pay_for("DANALINK", "INV00008").await;
    let fields = [("decision", "approve"), ("phone", "081234567008"), ("pin", "123456")];
    let back = shop.fill(&format!("/espay/pay/{id}"), &fields).await;
    assert_eq!(shop.ear.heard(PAYMENT).len(), 5, "told before the browser is sent back");
    assert!(!back.place.is_empty());
}

#[tokio::test]
async fn a_failure_is_told_unless_espay_hides_it_and_an_expiry_never() {
    for (hides, told) in [(false, vec!["F"]), (true, vec![])] {
        let habits = [EspayHabit::HidesFailures].into_iter().filter(|_| hides).collect();
        let shop = shop_of(EspaySettings { habits, ..EspaySettings::default() }).await;
        let declined = shop.pay_for("DANALINK", "INV00001").await;
        let expired = shop.pay_for("DANALINK", "INV00002").await;
        shop.sim.decline(&declined).unwrap();
        shop.sim.expire(&expired).unwrap();
        shop.sim.quiet().await;
        let heard = shop.ear.heard(PAYMENT);
        let said: Vec<_> = heard
            .iter()
            .map(|one| one.json()["additionalInfo"]["transactionStatus"].clone())
            .collect();
        assert_eq!(said, told);
    }
}

#[tokio::test]
async fn forged_repeated_and_lost_notifications_can_be_armed() {
    let shop = shop().await;
    let arm = |fault, operation| {
        shop.sim.arm(Armed::once(Provider::Espay, fault).at(operation)).unwrap();
    };
    arm(Fault::ForgedNotification, Operation::Registration);
    shop.pay_for("DANALINK", "INV00001").await;
    shop.sim.quiet().await;
    let [forged] = shop.ear.heard(PAYMENT).try_into().unwrap();
    assert!(!forged.is_espays());
    assert_eq!(shop.standing("INV00001").await, "IP");
    assert_eq!(shop.money(), (0, 0));

    arm(Fault::NoNotification, Operation::Notification);
    let id = paid_by(&shop, "INV00002", PHONE).await;
    assert_eq!(shop.ear.heard(PAYMENT).len(), 1);
    let mut about = shop.about("INV00002");
    about["additionalInfo"] = json!({ "isPaymentNotif": "Y" });
    shop.ask(super::shop::STATUS, &about).await;
    shop.sim.quiet().await;
    assert_eq!(shop.ear.heard(PAYMENT).len(), 2, "an inquiry may ask for it");
    shop.sim.replay(&id).unwrap();
    shop.sim.quiet().await;
    let heard = shop.ear.heard(PAYMENT);
    assert_eq!(heard[1].header("x-signature"), heard[2].header("x-signature"));

    arm(Fault::NotificationBeforeReply, Operation::Registration);
    shop.pay_for("GOPAYLINK", "INV00003").await;
    assert_eq!(shop.ear.heard(PAYMENT).len(), 4);
    for (fault, says) in
        [(Fault::CorruptSignature, "4012400"), (Fault::ForgedNotification, "4012400")]
    {
        arm(fault, Operation::Bill);
        let id = shop.pay_for("LINKAJA", &format!("INV{fault:?}")).await;
        shop.ear.behave(|manners| manners.bill = Err(says));
        shop.browse(&format!("/espay/pay/{id}")).await;
        assert!(!shop.ear.heard("/inquiry").pop().unwrap().is_espays());
    }
}

#[tokio::test]
async fn the_older_form_comes_to_the_same_address_and_wants_a_signed_answer() {
    let callbacks = EspayCallbacks::Classic;
    let shop = shop_of(EspaySettings { callbacks, skew_s: None, ..EspaySettings::default() }).await;
    shop.ear.behave(|manners| manners.payment = "5002500");
    paid(&shop).await;
    shop.pass(30).await;
    shop.ear.behave(|manners| manners.payment = "2002500");
    shop.pass(270).await;
    shop.pass(120).await;
    let heard = shop.ear.heard("/notify/espay");
    assert_eq!(heard.len(), 3);
    assert_eq!(heard[0].header("content-type"), "application/x-www-form-urlencoded");
    for (name, value) in [
        ("comm_code", "SGWSANGRAI"),
        ("order_id", "INV00001"),
        ("amount", "150000.00"),
        ("ccy", "IDR"),
        ("product_code", "DANALINK"),
        ("password", &shop.merchant.password),
        ("rq_datetime", "2026-11-20 10:00:00"),
    ] {
        assert_eq!(heard[0].field(name), value, "{name}");
    }
    let key = &shop.merchant.signature_key;
    let right = super::shop::hash(&[key, "2026-11-20 10:00:00", "INV00001", "PAYMENTREPORT"]);
    assert_eq!(heard[0].field("signature"), right);
    assert!(
        shop.sim.requests().iter().all(|entry| {
            !serde_json::to_string(entry).unwrap().contains(&shop.merchant.password)
        })
    );
    shop.sim
        .arm(Armed::once(Provider::Espay, Fault::ForgedNotification).at(Operation::Notification))
        .unwrap();
    paid_by(&shop, "INV00002", PHONE).await;
    let forged = shop.ear.heard("/notify/espay").pop().unwrap();
    let right =
        super::shop::hash(&[key, &forged.field("rq_datetime"), "INV00002", "PAYMENTREPORT"]);
    assert_ne!(forged.field("signature"), right);
}
