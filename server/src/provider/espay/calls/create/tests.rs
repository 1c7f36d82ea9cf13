use proptest::prelude::*;

use super::super::super::testing::{
    MERCHANT_INFO, account, answer, asked, coded, espay, heard, later, linked_ovo, occasion, order,
};
use super::*;
use crate::provider::{Exchange, Provider};

const QUESTION: &str = include_str!("../../../../../../tests/vectors/espay/payment/question.json");
const ANSWER: &str = r#"{"responseCode":"2005400","responseMessage":"Successful","partnerReferenceNo":"ORD20261120001","webRedirectUrl":"https://sandbox-kit.espay.id/index/order/?paymentId=ORD20261120001","approvalCode":"123456"}"#;
const TOKEN: &str = "acc-tok-1";

fn linked() -> Order {
    Order { mandate: Some(Secret::new(TOKEN.to_owned())), ..order(MethodId::Dana) }
}

fn placing(order: &Order) -> Dialogue<Started> {
    espay().start(order, occasion()).unwrap()
}

fn said(order: &Order, answer: http::Response<Bytes>) -> Result<Started, ProviderError> {
    heard(placing(order), [("create", answer)])
}

fn with(what: &str, instead: &str) -> Result<Started, ProviderError> {
    assert!(ANSWER.contains(what), "{what}");
    said(&order(MethodId::Dana), answer(200, &ANSWER.replace(what, instead)))
}

fn flag(letters: &str) -> (&'static str, http::Response<Bytes>) {
    let body = format!(
        r#"{{"responseCode":"2002600","virtualAccountData":{{"virtualAccountNo":"ORD20261120001","paymentFlagStatus":"{letters}","totalAmount":{{"value":"150000.00","currency":"IDR"}}}}}}"#
    );
    ("status", answer(200, &body))
}

fn is_unreadable(said: &Result<Started, ProviderError>) -> bool {
    matches!(said, Err(ProviderError::Unreadable { .. }))
}

fn next_of(said: Result<Started, ProviderError>) -> Next {
    match said {
        Ok(Started::Placed { next, .. }) => next,
        other => panic!("{other:?}"),
    }
}

fn reason(said: Result<Started, ProviderError>) -> FailureReason {
    match said {
        Ok(Started::Refused(refusal)) => refusal.reason,
        other => panic!("{other:?}"),
    }
}

fn exchange(espay: &Espay, order: &Order) -> Box<Exchange<Started>> {
    asked(espay.start(order, occasion()).unwrap(), "create")
}

fn sent(espay: &Espay, order: &Order) -> serde_json::Value {
    serde_json::from_slice(exchange(espay, order).request.body()).unwrap()
}

#[test]
fn an_answer_without_a_way_to_pay_is_no_success() {
    for (what, instead) in [
        ("webRedirectUrl", "redirectUrl"),
        ("https://sandbox-kit.espay.id/index/order/?paymentId=ORD20261120001", ""),
        ("https://sandbox-kit", "http://sandbox-kit"),
        ("https://sandbox-kit", "javascript:sandbox-kit"),
        ("\"partnerReferenceNo\":\"ORD20261120001\"", "\"partnerReferenceNo\":\"ORD20261120002\""),
        ("2005400", "2005500"),
        ("2005400", "20054000"),
        ("\"2005400\"", "2005400"),
    ] {
        let said = with(what, instead);
        assert!(is_unreadable(&said), "{what} {instead} {said:?}");
    }
    for body in ["", "<html>", "{}", "[]", r#"{"responseCode":"2005400"}"#] {
        assert!(is_unreadable(&said(&order(MethodId::Dana), answer(200, body))), "{body}");
    }
}

#[test]
fn silence_and_trouble_leave_open_whether_it_was_placed() {
    for code in ["5005400", "5005401", "5005402", "5045400"] {
        assert!(is_unreadable(&said(&order(MethodId::Dana), coded(code))), "{code}");
        assert!(is_unreadable(&said(&linked(), coded(code))), "{code}");
    }
    assert!(is_unreadable(&said(&order(MethodId::Dana), answer(502, "<html>"))));
    assert!(asked(placing(&linked()), "create").unanswered().is_none());
}

#[test]
fn a_refusal_says_why() {
    for (code, why) in [
        ("4035414", FailureReason::LowBalance),
        ("4035402", FailureReason::Declined),
        ("4035405", FailureReason::Declined),
        ("4035415", FailureReason::Declined),
        ("4035418", FailureReason::Declined),
        ("4045404", FailureReason::Declined),
        ("4045413", FailureReason::Declined),
    ] {
        assert_eq!(reason(said(&order(MethodId::Dana), coded(code))), why, "{code}");
        assert_eq!(reason(said(&linked(), coded(code))), why, "{code}");
    }
}

#[test]
fn a_token_that_is_refused_ends_the_link_only_where_one_was_sent() {
    for code in ["4015402", "4015403", "4015404", "4035410", "4035422"] {
        assert_eq!(reason(said(&linked(), coded(code))), FailureReason::LinkGone, "{code}");
    }
    for code in ["4015402", "4015403", "4015404"] {
        let said = said(&order(MethodId::Dana), coded(code));
        assert!(matches!(said, Err(ProviderError::Misconfigured { .. })), "{code} {said:?}");
    }
    let another = said(&linked(), coded("4011102"));
    assert!(matches!(another, Err(ProviderError::Misconfigured { .. })), "{another:?}");
}

#[test]
fn a_mistake_of_ours_calls_a_person_and_too_many_requests_are_busy() {
    for code in
        ["4005400", "4005401", "4005402", "4015400", "4015401", "4035401", "4045408", "4045416"]
    {
        let said = said(&linked(), coded(code));
        assert!(matches!(said, Err(ProviderError::Misconfigured { .. })), "{code} {said:?}");
    }
    for code in ["4295400", "4035406"] {
        assert!(matches!(said(&linked(), coded(code)), Ok(Started::Busy)), "{code}");
    }
}

#[test]
fn every_case_of_the_standard_has_a_place_and_no_other_has() {
    for row in code::CASES.iter().filter(|row| row.http >= 300) {
        for case in [row.case, row.case + 40] {
            let answer = coded(&format!("{}54{case:02}", row.http));
            let dialogue = asked(placing(&order(MethodId::Dana)), "create").answer(answer);
            let listed = case == row.case;
            assert!(listed || matches!(dialogue, Err(ProviderError::Unreadable { .. })), "{row:?}");
        }
    }
}

#[test]
fn a_number_that_is_taken_is_looked_at() {
    let taken =
        |order: &Order, code: &str, found| heard(placing(order), [("create", coded(code)), found]);
    for code in ["4095401", "4045414", "4045418"] {
        let anew = taken(&order(MethodId::Dana), code, flag("IP"));
        assert!(matches!(anew, Ok(Started::ReferenceTaken)), "{code} {anew:?}");
        assert_eq!(next_of(taken(&linked(), code, flag("IP"))), Next::Wait);
        for order in [order(MethodId::Dana), linked()] {
            for letters in ["S", "SP", "WC", "WS"] {
                assert_eq!(next_of(taken(&order, code, flag(letters))), Next::Wait, "{letters}");
            }
            assert_eq!(reason(taken(&order, code, flag("F"))), FailureReason::Declined);
            let over = taken(&order, code, flag("EX"));
            assert!(matches!(over, Ok(Started::ReferenceTaken)), "{over:?}");
            assert!(is_unreadable(&taken(&order, code, ("status", coded("4042601")))));
            assert!(is_unreadable(&taken(&order, code, ("status", coded("5002600")))));
        }
    }
}

#[test]
fn an_agreement_that_may_have_been_charged_without_a_page_is_looked_at() {
    let bare = ANSWER.replace("webRedirectUrl", "elsewhere");
    let answers = |letters| [("create", answer(200, &bare)), flag(letters)];
    assert_eq!(next_of(heard(placing(&linked()), answers("S"))), Next::Wait);
    assert_eq!(next_of(heard(placing(&linked()), answers("IP"))), Next::Wait);
}

#[test]
fn a_used_external_id_is_replaced_once() {
    let again = [("create", coded("4095400")), ("create", answer(200, ANSWER))];
    assert!(matches!(heard(placing(&linked()), again), Ok(Started::Placed { .. })));
    let twice = [("create", coded("4095400")), ("create", coded("4095400"))];
    assert!(matches!(heard(placing(&linked()), twice), Ok(Started::Busy)));
}

#[test]
fn a_bank_code_that_nobody_knows_is_asked_for_first() {
    let unknown = Order { catalogue: None, ..order(MethodId::Dana) };
    let products = || ("merchant_info", answer(200, MERCHANT_INFO));
    let placed = heard(placing(&unknown), [products(), ("create", answer(200, ANSWER))]);
    assert!(matches!(placed, Ok(Started::Placed { .. })));
    let dialogue = asked(placing(&unknown), "merchant_info").answer(products().1).unwrap();
    let body: serde_json::Value =
        serde_json::from_slice(asked(dialogue, "create").request.body()).unwrap();
    assert_eq!(body["payOptionDetails"]["payMethod"], "901");
}

#[test]
fn silence_about_the_products_moves_no_money() {
    let unknown = Order { catalogue: None, ..order(MethodId::Dana) };
    let silent = asked(placing(&unknown), "merchant_info");
    assert!(matches!(silent.unanswered(), Some(Started::Busy)));
    let unreadable = heard(placing(&unknown), [("merchant_info", answer(200, "<html>"))]);
    assert!(matches!(unreadable, Ok(Started::Busy)));
    let silent = asked(placing(&unknown), "merchant_info").answer(answer(200, MERCHANT_INFO));
    assert!(asked(silent.unwrap(), "create").unanswered().is_none());
}

#[test]
fn a_product_that_the_merchant_does_not_have_is_left_to_other_accounts() {
    let order = Order { mandate: Some(Secret::new(TOKEN.to_owned())), ..order(MethodId::Gopay) };
    let said = heard(placing(&order), [("merchant_info", answer(200, MERCHANT_INFO))]);
    assert_eq!(reason(said), FailureReason::NotSupported);
}

#[test]
fn what_cannot_be_said_is_not_sent() {
    for change in [
        (|it| it.reference = "pay_1".to_owned()) as fn(&mut Order),
        |it| it.reference = String::new(),
        |it| it.reference = "A".repeat(21),
        |it| it.amount = kasir_shared::Rupiah::ZERO,
        |it| it.mandate = Some(Secret::new("t".repeat(129))),
        |it| it.mandate = Some(Secret::new("tök".to_owned())),
        |it| it.method = MethodId::Shopeepay,
        |it| it.method = MethodId::Gopay,
    ] {
        let mut order = order(MethodId::Dana);
        change(&mut order);
        let said = espay().start(&order, occasion());
        assert!(matches!(said, Err(ProviderError::Unsendable { .. })), "{order:?}");
    }
}

#[test]
fn an_order_whose_time_is_nearly_over_is_not_sent_again() {
    let said = espay().start(&order(MethodId::Dana), later(15 * 60 - 29)).unwrap();
    assert!(matches!(said, Dialogue::Done(Started::Orphaned)));
    let said = espay().start(&order(MethodId::Dana), later(15 * 60 - 30)).unwrap();
    assert!(matches!(said, Dialogue::Ask(_)));
}

#[test]
fn the_same_order_is_the_same_bytes_whenever_it_is_sent() {
    let first = exchange(&espay(), &linked());
    let again = asked(espay().start(&linked(), later(5)).unwrap(), "create");
    assert_eq!(first.request.body(), again.request.body());
    let id = |exchange: &Exchange<Started>| exchange.request.headers()["x-external-id"].clone();
    assert_ne!(id(&first), id(&again));
}

/// The vector names the shop's own number of its customer, which Espay does not need, and a longer
/// life than OVO's.
#[test]
fn the_question_is_the_documents() {
    let mut expected: serde_json::Value = serde_json::from_str(QUESTION).unwrap();
    expected["additionalInfo"].as_object_mut().unwrap().remove("userId");
    expected["validUpTo"] = "2026-11-20T10:30:30+07:00".into();
    expected["bankCardToken"] = TOKEN.into();
    expected["additionalInfo"]["accountToken"] = TOKEN.into();
    let order = Order { mandate: Some(Secret::new(TOKEN.to_owned())), ..order(MethodId::Ovo) };
    assert_eq!(sent(&linked_ovo(), &order), expected);
    let exchange = exchange(&linked_ovo(), &order);
    assert_eq!(
        exchange.request.uri(),
        "https://sandbox-api.espay.id/apimerchant/v1.0/debit/payment-host-to-host"
    );
}

#[test]
fn the_token_goes_where_the_account_says() {
    let fields = |token_fields, token: &str| {
        let mut account = account();
        account.dialect.token_fields = token_fields;
        let order = Order { mandate: Some(Secret::new(token.to_owned())), ..linked() };
        let body = sent(&Espay::new(account).unwrap(), &order);
        (body["bankCardToken"] == token, body["additionalInfo"]["accountToken"] == token)
    };
    assert_eq!(fields(TokenFields::Both, TOKEN), (true, true));
    assert_eq!(fields(TokenFields::BankCardToken, TOKEN), (true, false));
    assert_eq!(fields(TokenFields::AccountToken, TOKEN), (false, true));
    assert_eq!(fields(TokenFields::Both, &"t".repeat(65)), (true, false));
    let alone = sent(&espay(), &order(MethodId::Dana));
    assert!(alone.get("bankCardToken").is_none());
    assert!(alone["additionalInfo"].get("accountToken").is_none());
}

#[test]
fn whoever_said_too_little_is_stood_in_for_by_the_shop() {
    let mut order = order(MethodId::Dana);
    (order.payer.name, order.payer.phone, order.payer.email) = (None, None, None);
    let info = sent(&espay(), &order)["additionalInfo"].clone();
    assert_eq!(info["userName"], "Pelanggan");
    assert_eq!(info["userPhone"], "628111111111");
    assert_eq!(info["userEmail"], "halo@shop.example");
    order.payer.email = Some("sïti@toko.example".to_owned());
    assert_eq!(sent(&espay(), &order)["additionalInfo"]["userEmail"], "halo@shop.example");
}

#[test]
fn phones_and_external_ids_are_written_as_the_account_says() {
    let mut account = account();
    account.dialect.phone_format = super::super::super::PhoneFormat::National;
    account.dialect.external_id = super::super::super::ExternalId::Uuid;
    let exchange = exchange(&Espay::new(account).unwrap(), &order(MethodId::Dana));
    let body: serde_json::Value = serde_json::from_slice(exchange.request.body()).unwrap();
    assert_eq!(body["additionalInfo"]["userPhone"], "081234567890");
    assert_eq!(exchange.request.headers()["x-external-id"].len(), 36);
}

#[test]
fn the_customer_leaves_for_the_page_or_for_the_wallets_own_app() {
    let web = "https://sandbox-kit.espay.id/index/order/?paymentId=ORD20261120001";
    let redirect = Next::Redirect(web.parse().unwrap());
    assert_eq!(next_of(said(&order(MethodId::Dana), answer(200, ANSWER))), redirect);
    let with_app = |app: &str| {
        let body = ANSWER
            .replace("\"approvalCode\"", &format!("\"appRedirectUrl\":\"{app}\",\"approvalCode\""));
        next_of(said(&order(MethodId::Dana), answer(200, &body)))
    };
    let (app_url, web_url) = ("dana://pay?tx=1".parse().unwrap(), web.parse().unwrap());
    assert_eq!(with_app("dana://pay?tx=1"), Next::OpenApp { app_url, web_url });
    for app in ["", "ovo://pay?tx=1", "javascript:alert(1)", "https://phish.example/dana"] {
        assert_eq!(with_app(app), redirect, "{app}");
    }
}

#[test]
fn what_is_in_progress_with_a_page_to_follow_is_placed() {
    let body = ANSWER.replace("2005400", "2025400");
    let said = said(&linked(), answer(202, &body));
    let Ok(Started::Placed { transaction, lifetime_s, .. }) = said else { panic!("{said:?}") };
    assert_eq!((transaction, lifetime_s), (None, Some(15 * 60)));
}

proptest! {
    #[test]
    fn no_answer_makes_it_panic_or_refuses(body in any::<Vec<u8>>(), code in 200_u16..600) {
        let mut answer = http::Response::new(Bytes::from(body));
        *answer.status_mut() = code.try_into().unwrap();
        let said = said(&linked(), answer);
        prop_assert!(is_unreadable(&said), "{:?}", said);
    }
}
