use std::sync::LazyLock;

use http::HeaderValue;
use kasir_shared::{MethodId, Rupiah};
use proptest::prelude::*;
use serde_json::Value;

use super::super::sign::Recipe;
use super::super::testing::{DOCUMENTED, KEY, REFERENCE, account, espay, order};
use super::super::{Dialect, Verification};
use super::*;
use crate::provider::Claim;
use crate::provider::snap::key::PrivateKey;
use crate::provider::snap::sign;
use crate::secret::Secret;

const PAID: &str = include_str!("../../../../../tests/vectors/espay/notification/paid.json");
const FORM: &str = include_str!("../../../../../tests/vectors/espay/notification/paid.form");
const SIGNATURES: &str = include_str!("../../../../../tests/vectors/espay/signatures.json");
const QUESTION: &str = r#"{"partnerServiceId":"   ESPAY","customerNo":"SGWDEMOSHOP","virtualAccountNo":"ORD20261120001","trxDateInit":"2026-11-20T10:15:31+0700","inquiryRequestId":"d290f1ee-6c54-4b01-90e6-d701748f0851"}"#;
const BINDING: &str = r#"{"partnerReferenceNo":"lnk_01JD4Y8Q2W","merchantId":"SGWDEMOSHOP","additionalInfo":{"productCode":"DANALINK","phoneNo":"6281234567890","accountToken":"acc-tok-1","bindingStatus":"SUCCESS"}}"#;
const NOW: &str = "2026-11-20T10:16:03+07:00";
const INQUIRY_PATH: &str = "/notify/espay/main/v1.0/transfer-va/inquiry";
const PAYMENT_PATH: &str = "/notify/espay/main/v1.0/transfer-va/payment";
const BINDING_PATH: &str = "/notify/espay/main/v1.0/registration-account-binding/notify";
const CLASSIC_PATH: &str = "/notify/espay/main";

fn at() -> Moment {
    DOCUMENTED.plus_s(34)
}

fn signed(path: &str, body: &str, timestamp: &str) -> String {
    static OURS: LazyLock<PrivateKey> =
        LazyLock::new(|| PrivateKey::read(&Secret::new(KEY.to_owned())).unwrap());
    OURS.sign(&sign::without_token("POST", path, body.as_bytes(), timestamp))
}

/// A callback as Espay sends it.
fn callback(path: &str, body: &str, timestamp: &str) -> Request<Bytes> {
    Request::post(path)
        .header("Content-Type", "application/json")
        .header("X-TIMESTAMP", timestamp)
        .header("X-PARTNER-ID", "SGWDEMOSHOP")
        .header("X-SIGNATURE", signed(path, body, timestamp))
        .header("X-EXTERNAL-ID", "7b0d2c3e-5d3b-4a53-9a2f-0c7d9e4f1a22")
        .header("CHANNEL-ID", "ESPAY")
        .body(Bytes::from(body.to_owned()))
        .unwrap()
}

fn paid() -> Request<Bytes> {
    callback(PAYMENT_PATH, PAID.trim_end(), NOW)
}

fn question() -> Request<Bytes> {
    callback(INQUIRY_PATH, QUESTION, NOW)
}

/// The sample with one thing changed, and signed after that.
fn with(what: &str, instead: &str) -> Request<Bytes> {
    assert!(PAID.contains(what), "{what}");
    callback(PAYMENT_PATH, &PAID.trim_end().replace(what, instead), NOW)
}

fn form(body: &str) -> Request<Bytes> {
    Request::post(CLASSIC_PATH)
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body(Bytes::from(body.trim_end().to_owned()))
        .unwrap()
}

fn heard(request: &Request<Bytes>) -> Result<Notice, ProviderError> {
    read(&espay(), request, at())
}

fn is_forged(request: &Request<Bytes>) -> bool {
    matches!(heard(request), Err(ProviderError::Forged { .. }))
}

fn is_unreadable(request: &Request<Bytes>) -> bool {
    matches!(heard(request), Err(ProviderError::Unreadable { .. }))
}

fn strange(change: impl FnOnce(&mut Dialect)) -> Espay {
    let mut account = account();
    change(&mut account.dialect);
    Espay::new(account).unwrap()
}

fn bill(due: Due) -> Box<Bill> {
    let order = order(MethodId::Dana);
    Box::new(Bill {
        reference: REFERENCE.to_owned(),
        amount: order.amount,
        description: "Kopi Gayo 250 gram × 2".to_owned(),
        payer: order.payer,
        ordered_at: DOCUMENTED,
        due,
    })
}

fn kept(due: Due) -> Verdict {
    Verdict::Kept { since: at(), bill: Some(bill(due)) }
}

fn said(request: &Request<Bytes>, verdict: &Verdict) -> (u16, Value) {
    let answer = answer(&espay(), request, verdict, at()).unwrap();
    let status = answer.status().as_u16();
    (status, serde_json::from_slice(answer.body()).unwrap())
}

fn code(request: &Request<Bytes>, verdict: &Verdict) -> String {
    let (status, body) = said(request, verdict);
    let code = body["responseCode"].as_str().unwrap().to_owned();
    assert_eq!(status.to_string(), code[..3]);
    code
}

#[test]
fn what_lacks_a_head_is_unreadable() {
    for name in [
        "content-type",
        "x-timestamp",
        "x-partner-id",
        "x-signature",
        "x-external-id",
        "channel-id",
    ] {
        let mut request = paid();
        request.headers_mut().remove(name);
        assert!(is_unreadable(&request), "{name}");
        assert_eq!(code(&request, &Verdict::Unreadable), "4002502");
    }
    let mut request = paid();
    let twice = request.headers()["x-signature"].clone();
    request.headers_mut().append("x-signature", twice);
    assert!(is_unreadable(&request));
}

#[test]
fn another_body_path_time_method_or_key_is_forged() {
    let changed = |change: &dyn Fn(&mut Request<Bytes>)| {
        let mut request = paid();
        change(&mut request);
        request
    };
    for body in [
        PAID.trim_end().replace("150000.00", "1.00"),
        PAID.trim_end().replace(REFERENCE, "ORD20261120002"),
        PAID.trim_end().replace("   ESPAY", "ESPAY"),
        PAID.trim_end().replace("\"S\"", "\"F\""),
        String::new(),
    ] {
        assert!(is_forged(&changed(&|it| *it.body_mut() = Bytes::from(body.clone()))), "{body}");
    }
    for path in [
        "/notify/espay/other/v1.0/transfer-va/payment",
        "/v1.0/transfer-va/payment",
        "/notify/espay/main/v1.0/transfer-va/payment?x=1",
        INQUIRY_PATH,
    ] {
        assert!(is_forged(&changed(&|it| *it.uri_mut() = path.parse().unwrap())), "{path}");
    }
    assert!(is_forged(&changed(&|it| *it.method_mut() = http::Method::PUT)));
    for (name, value) in [
        ("x-timestamp", "2026-11-20T10:16:04+07:00"),
        ("x-timestamp", "2026-11-20T03:16:03Z"),
        ("x-signature", "AAAA"),
        ("x-signature", "-"),
    ] {
        let value = HeaderValue::from_static(value);
        assert!(is_forged(&changed(&|it| {
            it.headers_mut().insert(name, value.clone());
        })));
    }
}

#[test]
fn a_body_written_anew_stands_unless_the_account_is_strict() {
    let slashed = PAID.trim_end().replace("OVO0011223344", "OVO\\/0011223344");
    let plain = slashed.replace("\\/", "/");
    let mut request = callback(PAYMENT_PATH, &slashed, NOW);
    *request.body_mut() = Bytes::from(plain);
    assert!(heard(&request).is_ok());
    let strict = strange(|dialect| dialect.verification = Verification::Strict);
    assert!(matches!(read(&strict, &request, at()), Err(ProviderError::Forged { .. })));
    let value: Value = serde_json::from_str(PAID).unwrap();
    let mut spaced = paid();
    *spaced.body_mut() = Bytes::from(PAID.trim_end().replace("\",\"", "\",\n  \""));
    assert!(read(&strict, &spaced, at()).is_ok());
    *spaced.body_mut() = Bytes::from(value.to_string());
    assert!(is_forged(&spaced), "another order of fields is another body");
}

#[test]
fn what_is_of_another_day_is_forged() {
    for (timestamp, taken) in [
        ("2026-11-19T10:16:04+07:00", true),
        ("2026-11-19T10:16:03+07:00", false),
        ("2026-11-21T10:16:04+07:00", true),
        ("2026-11-21T10:16:05+07:00", false),
        ("2026-11-20T10:16:03+0700", true),
        ("2026-11-20T03:16:03Z", true),
    ] {
        let request = callback(PAYMENT_PATH, PAID.trim_end(), timestamp);
        assert_eq!(heard(&request).is_ok(), taken, "{timestamp}");
        assert!(taken || is_forged(&request), "{timestamp}");
    }
    assert!(is_unreadable(&callback(PAYMENT_PATH, PAID.trim_end(), "now")));
    let narrow = strange(|dialect| dialect.callback_age_s = 60);
    let old = callback(PAYMENT_PATH, PAID.trim_end(), "2026-11-20T10:15:03+07:00");
    assert!(matches!(read(&narrow, &old, at()), Err(ProviderError::Forged { .. })));
}

#[test]
fn a_callback_for_another_merchant_of_espays_is_forged() {
    assert!(is_forged(&with("SGWDEMOSHOP", "SGWOTHERSHOP")));
    let mut request = paid();
    request.headers_mut().insert("x-partner-id", HeaderValue::from_static("SGWOTHERSHOP"));
    assert!(is_forged(&request));
    request.headers_mut().insert("x-partner-id", HeaderValue::from_static("ESPAY"));
    assert!(heard(&request).is_ok());
}

#[test]
fn what_verifies_and_cannot_be_read_is_unreadable() {
    for (what, instead, code_said) in [
        (r#""transactionStatus":"S""#, r#""transactionStatus":"X""#, "4002501"),
        (r#""transactionStatus":"S""#, r#""transactionStatus":"""#, "4002501"),
        (r#","transactionStatus":"S""#, "", "4002501"),
        (r#""trxId":"ESP1763612130ABCDE","#, "", "4002502"),
        ("7b0d2c3e-5d3b-4a53-9a2f-0c7d9e4f1a22", "", "4002502"),
        (REFERENCE, "", "4002502"),
        (REFERENCE, "ORD 1", "4002501"),
        (r#","totalAmount":{"value":"150000.00","currency":"IDR"}"#, "", "4002502"),
        (
            r#""totalAmount":{"value":"150000.00","currency":"IDR"}"#,
            r#""totalAmount":150000"#,
            "4002501",
        ),
    ] {
        let request = with(what, instead);
        assert!(is_unreadable(&request), "{what} {instead}");
        assert_eq!(code(&request, &Verdict::Unreadable), code_said, "{what} {instead}");
    }
    let request = callback(PAYMENT_PATH, "[]", NOW);
    assert!(is_unreadable(&request));
    assert_eq!(code(&request, &Verdict::Unreadable), "4002500");
    assert!(is_unreadable(&callback("/notify/espay/main/elsewhere", PAID.trim_end(), NOW)));
    assert!(answer(&espay(), &form("a=1"), &Verdict::Unreadable, at()).is_none());
}

#[test]
fn the_published_callback_verifies() {
    let vectors: Value = serde_json::from_str(SIGNATURES).unwrap();
    let row = vectors["rows"].as_array().unwrap().last().unwrap();
    let mut request = callback("/v1.0/transfer-va/payment", PAID.trim_end(), NOW);
    let signature = row["signature"].as_str().unwrap().parse().unwrap();
    request.headers_mut().insert("x-signature", signature);
    let notice = heard(&request).unwrap();
    assert_eq!(notice.reference, REFERENCE);
    assert_eq!(notice.transaction.as_deref(), Some("ESP1763612130ABCDE"));
    assert_eq!(notice.amount, Rupiah::new(150_000));
    assert!(matches!(notice.claim, Claim::Payment));
}

#[test]
fn the_total_is_what_is_compared_and_a_failure_speaks_of_no_money() {
    let fee = with(r#""paidAmount":{"value":"150000.00""#, r#""paidAmount":{"value":"151500.00""#);
    assert_eq!(heard(&fee).unwrap().amount, Rupiah::new(150_000));
    let other =
        with(r#""totalAmount":{"value":"150000.00""#, r#""totalAmount":{"value":"1500.00""#);
    assert_eq!(heard(&other).unwrap().amount, Rupiah::new(1_500));
    let cents =
        with(r#""totalAmount":{"value":"150000.00""#, r#""totalAmount":{"value":"150000.50""#);
    assert_eq!(heard(&cents).unwrap().amount, Some(Rupiah::ZERO));
    let failed = with(r#""transactionStatus":"S""#, r#""transactionStatus":"F""#);
    let failed = heard(&failed).unwrap();
    assert_eq!((failed.reference.as_str(), failed.amount), (REFERENCE, None));
    assert_eq!(failed.transaction, None, "the order may yet be paid, by another");
}

#[test]
fn a_path_that_a_proxy_shortened_is_verified_as_espay_called_it() {
    let mut account = account();
    account.notify_path_prefix = "/hooks".to_owned();
    let behind = Espay::new(account).unwrap();
    let mut request = callback(&format!("/hooks{PAYMENT_PATH}"), PAID.trim_end(), NOW);
    *request.uri_mut() = PAYMENT_PATH.parse().unwrap();
    assert!(read(&behind, &request, at()).is_ok());
    assert!(is_forged(&request));
}

#[test]
fn every_verdict_on_a_payment_has_the_documents_code() {
    for (verdict, expected) in [
        (kept(Due::Open), "2002500"),
        (kept(Due::Paid), "2002500"),
        (kept(Due::Over), "2002500"),
        (Verdict::Kept { since: at(), bill: None }, "2002500"),
        (Verdict::OtherAmount(bill(Due::Open)), "4042513"),
        (Verdict::PaidAlready(bill(Due::Paid)), "4042514"),
        (Verdict::Unknown, "4042512"),
        (Verdict::Forged, "4012500"),
        (Verdict::NotKept, "5002500"),
    ] {
        assert_eq!(code(&paid(), &verdict), expected, "{verdict:?}");
    }
}

#[test]
fn a_payment_that_is_told_twice_hears_the_same_bytes_twice() {
    let later = |s| answer(&espay(), &paid(), &kept(Due::Paid), at().plus_s(s)).unwrap();
    let (first, again) = (later(0), later(500));
    assert_eq!(first.body(), again.body());
    assert_eq!(first.headers(), again.headers());
    assert_eq!(
        std::str::from_utf8(first.body()).unwrap(),
        r#"{"responseCode":"2002500","responseMessage":"Successful","virtualAccountData":{"partnerServiceId":"   ESPAY","customerNo":"SGWDEMOSHOP","virtualAccountNo":"ORD20261120001","virtualAccountName":"Budi Santoso","paymentRequestId":"7b0d2c3e-5d3b-4a53-9a2f-0c7d9e4f1a22","totalAmount":{"value":"150000.00","currency":"IDR"},"billDetails":[{"billDescription":{"english":"Kopi Gayo 250 gram","indonesia":"Kopi Gayo 250 gram"}}]},"additionalInfo":{"reconcileId":"ORD20261120001","reconcileDatetime":"2026-11-20T10:16:04+07:00"}}"#
    );
}

#[test]
fn in_the_acceptance_test_a_paid_order_refuses_whatever_is_told_again() {
    let strict = strange(|dialect| dialect.repeated_callback = RepeatedCallback::Refuse);
    let said = |verdict: &Verdict| {
        let answer = answer(&strict, &paid(), verdict, at()).unwrap();
        serde_json::from_slice::<Value>(answer.body()).unwrap()["responseCode"].clone()
    };
    assert_eq!(said(&kept(Due::Open)), "2002500");
    assert_eq!(said(&kept(Due::Paid)), "4042514");
}

#[test]
fn a_question_is_about_an_order_and_claims_nothing() {
    let notice = heard(&question()).unwrap();
    assert_eq!((notice.reference.as_str(), notice.transaction), (REFERENCE, None));
    assert!(matches!(notice.claim, Claim::Question));
    let without = QUESTION.replace("inquiryRequestId", "requestId");
    let without = callback(INQUIRY_PATH, &without, NOW);
    assert!(is_unreadable(&without));
    assert_eq!(code(&without, &Verdict::Unreadable), "4002402");
}

#[test]
fn whoever_asks_what_an_order_costs_hears_it_while_it_may_be_paid() {
    for (verdict, expected) in [
        (Verdict::Asked(bill(Due::Open)), "2002400"),
        (Verdict::Asked(bill(Due::Paid)), "4042414"),
        (Verdict::Asked(bill(Due::Over)), "4042419"),
        (Verdict::Unknown, "4042412"),
        (Verdict::Forged, "4012400"),
        (Verdict::NotKept, "5002400"),
    ] {
        assert_eq!(code(&question(), &verdict), expected, "{verdict:?}");
    }
    let (_, body) = said(&question(), &Verdict::Asked(bill(Due::Open)));
    let data = &body["virtualAccountData"];
    assert_eq!(data["partnerServiceId"], "   ESPAY");
    assert_eq!(data["inquiryRequestId"], "d290f1ee-6c54-4b01-90e6-d701748f0851");
    assert_eq!(data["totalAmount"]["value"], "150000.00");
    assert_eq!(data["virtualAccountPhone"], "6281234567890");
    assert_eq!(data["billDetails"][0]["billDescription"]["indonesia"], "Kopi Gayo 250 gram");
    assert_eq!(data["additionalInfo"]["transactionDate"], "2026-11-20T10:15:30+07:00");
}

#[test]
fn a_customer_who_gave_nothing_is_stood_in_for_by_the_shop() {
    let mut bill = bill(Due::Open);
    (bill.payer.name, bill.payer.phone, bill.payer.email) = (None, None, None);
    let (_, body) = said(&question(), &Verdict::Asked(bill));
    let data = &body["virtualAccountData"];
    assert_eq!(data["virtualAccountName"], "Pelanggan");
    assert_eq!(data["virtualAccountPhone"], "628111111111");
    assert_eq!(data["virtualAccountEmail"], "halo@shop.example");
}

#[test]
fn a_wallet_that_was_linked_brings_its_token() {
    let request = callback(BINDING_PATH, BINDING, NOW);
    let notice = heard(&request).unwrap();
    assert_eq!(notice.reference, "lnk_01JD4Y8Q2W");
    let Claim::Linked(agreement) = notice.claim else { panic!("it is a link") };
    assert_eq!(agreement.token.expose(), "acc-tok-1");
    assert_eq!(agreement.phone, Some("081234567890".parse().unwrap()));
    assert_eq!(code(&request, &Verdict::Kept { since: at(), bill: None }), "2000700");
    assert_eq!(code(&request, &Verdict::Unknown), "4040701");
    for (what, instead) in [
        ("SGWDEMOSHOP", "SGWOTHERSHOP"),
        ("acc-tok-1", ""),
        ("\"SUCCESS\"", "\"FAILED\""),
        ("lnk_01JD4Y8Q2W", "lnk 1"),
    ] {
        let request = callback(BINDING_PATH, &BINDING.replace(what, instead), NOW);
        assert!(heard(&request).is_err(), "{instead}");
    }
}

#[test]
fn a_classic_notification_is_believed_in_what_it_signs_alone() {
    let notice = heard(&form(FORM)).unwrap();
    assert_eq!((notice.reference.as_str(), notice.amount), (REFERENCE, None));
    assert_eq!(notice.transaction, None, "SNAP tells this product's payments by another number");
    let pushed = heard(&form(&FORM.replace("OVOLINK", "OVO"))).unwrap();
    assert_eq!(pushed.transaction.as_deref(), Some("OVO0011223344"));
    let json: Value = form_urlencoded::parse(FORM.trim_end().as_bytes())
        .map(|(name, value)| (name.into_owned(), Value::String(value.into_owned())))
        .collect::<serde_json::Map<_, _>>()
        .into();
    let mut request = form(&json.to_string());
    request.headers_mut().insert("content-type", HeaderValue::from_static("application/json"));
    assert_eq!(heard(&request).unwrap().reference, REFERENCE);
    *request.uri_mut() = PAYMENT_PATH.parse().unwrap();
    assert_eq!(heard(&request).unwrap().reference, REFERENCE);
}

#[test]
fn a_classic_notification_of_anybody_elses_is_forged() {
    for (what, instead) in [
        ("order_id=ORD20261120001", "order_id=ORD20261120002"),
        ("10%3A16%3A03", "10%3A16%3A04"),
        ("signature=fba", "signature=aba"),
        (
            "signature=fbac42896e7c2ba547f5ef5344e74303b186e2926b88bd8efffde4ed0c18cae3",
            "signature=",
        ),
        ("password=demo-password", "password=another"),
        ("comm_code=SGWDEMOSHOP", "comm_code=SGWOTHERSHOP"),
    ] {
        assert!(FORM.contains(what), "{what}");
        assert!(is_forged(&form(&FORM.replace(what, instead))), "{instead}");
    }
    assert!(heard(&form(&FORM.replace("password=demo-password&", ""))).is_ok());
    let late = read(&espay(), &form(FORM), at().plus_s(100_000));
    assert!(matches!(late, Err(ProviderError::Forged { .. })));
}

#[test]
fn a_classic_notification_is_answered_with_a_signature() {
    let key = Secret::new("demokey012345678".to_owned());
    for (verdict, status, error) in [
        (kept(Due::Open), 200, "0000"),
        (Verdict::OtherAmount(bill(Due::Open)), 200, "0000"),
        (Verdict::Unknown, 200, "0014"),
        (Verdict::PaidAlready(bill(Due::Paid)), 200, "0088"),
        (Verdict::Forged, 401, "0001"),
        (Verdict::Unreadable, 400, "0002"),
        (Verdict::NotKept, 500, "0099"),
    ] {
        let (said_status, body) = said(&form(FORM), &verdict);
        assert_eq!((said_status, &body["error_code"]), (status, &Value::from(error)));
        let request = "d290f1ee-6c54-4b01-90e6-d701748f0851";
        assert_eq!(body["rq_uuid"], request);
        let time = body["rs_datetime"].as_str().unwrap();
        let made = Recipe::PaymentReportAnswer { request, at: time, code: error }.sign(&key);
        assert!(made.fits(body["signature"].as_str().unwrap()), "{verdict:?}");
    }
    // The row of the vectors, of the very second.
    let (_, body) = said(&form(FORM), &kept(Due::Open));
    assert_eq!(
        body["signature"],
        "746ff1592f580c9e8f597231383f24b03e3e4e609aa29392d9e2c1d81c9c58e7"
    );
    assert_eq!(body["reconcile_id"], REFERENCE);
}

proptest! {
    #[test]
    fn nothing_that_is_sent_makes_it_panic(body in any::<Vec<u8>>(), which in 0..4_usize) {
        let path = [INQUIRY_PATH, PAYMENT_PATH, BINDING_PATH, CLASSIC_PATH][which];
        let mut request = callback(path, "", NOW);
        *request.body_mut() = Bytes::from(body);
        prop_assert!(heard(&request).is_err());
        let _ = answer(&espay(), &request, &Verdict::Unreadable, at());
        let _ = answer(&espay(), &request, &kept(Due::Open), at());
    }

    #[test]
    fn nothing_that_espay_signs_makes_it_panic(body in ".*", which in 0..3_usize) {
        let path = [INQUIRY_PATH, PAYMENT_PATH, BINDING_PATH][which];
        prop_assert!(heard(&callback(path, &body, NOW)).is_err());
    }
}
