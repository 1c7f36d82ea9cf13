//! `POST /v1.0/debit/payment-host-to-host` (service 54): places an order.
//!
//! Its answer is the only place that tells the contract, without which nothing can be asked about
//! the order afterwards.

use bytes::Bytes;
use kasir_shared::{AppUrl, Field, Moment, WebUrl};
use serde::{Deserialize, Serialize};

use super::super::Winpay;
use super::super::methods::{self, Method, Way};
use super::super::text::customer_name;
use super::{CREATE, Heard, Talk, course, is_contract, is_reference};
use crate::provider::snap::amount::Amount;
use crate::provider::snap::code::{Course, Errand};
use crate::provider::snap::{call, time};
use crate::provider::words::{present, unreadable};
use crate::provider::{Dialogue, Next, Occasion, Order, ProviderError, Started};

/// The most that fits Winpay's `amount.value`: twelve characters, two of them decimals.
const AMOUNT_MAX: u64 = 999_999_999;
/// The longest address, by the standard.
const URL_MAX: usize = 512;
/// Winpay takes no order whose time is over within a minute; beyond that, a little for two clocks.
const LEFT_MIN_S: i64 = 70;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Question<'a> {
    partner_reference_no: &'a str,
    amount: Amount,
    url_param: [UrlParam; 2],
    valid_up_to: String,
    additional_info: Payer,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct UrlParam {
    url: String,
    #[serde(rename = "type")]
    kind: &'static str,
    is_deeplink: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Payer {
    channel: &'static str,
    customer_phone: String,
    customer_name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    partner_reference_no: Option<String>,
    app_redirect_url: Option<String>,
    web_redirect_url: Option<String>,
    additional_info: Option<AdditionalInfo>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AdditionalInfo {
    contract_id: Option<String>,
    expired_time: Option<String>,
    channel: Option<String>,
}

/// What an answer has to fit.
struct Sent {
    reference: String,
    method: &'static Method,
    at: Moment,
    valid_up_to: Moment,
}

/// Places an order. One whose time is nearly over cannot be sent again, so that what became of the
/// sending before stays open.
pub(crate) fn ask(
    winpay: &Winpay,
    order: &Order,
    now: Occasion,
) -> Result<Dialogue<Started>, ProviderError> {
    let not_served = ProviderError::Unsendable { why: "Winpay does not serve this method" };
    let method = methods::row_of(order.method).ok_or(not_served)?;
    let valid_up_to = method.valid_up_to(order.issued_at, order.expires_at);
    let body = body(winpay, order, method, valid_up_to)?;
    if now.at.plus_s(LEFT_MIN_S) > valid_up_to {
        return Ok(Dialogue::Done(Started::Orphaned));
    }
    let sent = Sent { reference: order.reference.clone(), method, at: now.at, valid_up_to };
    Talk::new(winpay, now).ask(&CREATE, body, move |_, heard| sent.read(heard).map(Dialogue::Done))
}

fn body(
    winpay: &Winpay,
    order: &Order,
    method: &Method,
    valid_up_to: Moment,
) -> Result<Bytes, ProviderError> {
    let unsendable = |why| Err(ProviderError::Unsendable { why });
    if !is_reference(&order.reference) {
        return unsendable("order number is not 5 to 50 letters, digits, '_' and '-'");
    }
    if order.amount.is_zero() || order.amount.value() > AMOUNT_MAX {
        return unsendable("amount is nothing, or has more than nine digits");
    }
    let notify = prefixed(&order.notify_url, &winpay.account.notify_path_prefix);
    let urls = [(notify, "PAY_NOTIFY"), (order.return_url.as_str().to_owned(), "PAY_RETURN")];
    if !urls.iter().all(|(url, _)| is_portable(url)) {
        return unsendable(
            "one of our own addresses is too long, or is written differently by others",
        );
    }
    call::body(&Question {
        partner_reference_no: &order.reference,
        amount: Amount::of(order.amount),
        url_param: urls.map(|(url, kind)| UrlParam { url, kind, is_deeplink: "N" }),
        valid_up_to: time::jakarta(valid_up_to),
        additional_info: Payer {
            channel: method.channel,
            customer_phone: phone(winpay, order)?,
            customer_name: customer_name(order.payer.name.as_deref()),
        },
    })
}

/// The customer's number as dialled at home. Only where the wallet asks for none may the shop's own
/// stand in: it is not the one that is prompted.
fn phone(winpay: &Winpay, order: &Order) -> Result<String, ProviderError> {
    match &order.payer.phone {
        Some(phone) => Ok(phone.national()),
        None if order.method.row().fields.contains(&Field::Phone) => {
            Err(ProviderError::Unsendable { why: "the wallet's phone number is missing" })
        }
        None => Ok(winpay.account.customer_phone.national()),
    }
}

/// An address with `prefix` before its path.
fn prefixed(url: &WebUrl, prefix: &str) -> String {
    let url = url.as_str();
    let host = url.find("://").map_or(0, |at| at + 3);
    let path = url[host..].find(['/', '?', '#']).map_or(url.len(), |at| host + at);
    format!("{}{prefix}{}", &url[..path], &url[path..])
}

fn is_portable(url: &str) -> bool {
    url.len() <= URL_MAX && !url.contains(['&', '<', '>', '\''])
}

impl Sent {
    fn read(&self, heard: Heard) -> Result<Started, ProviderError> {
        let answer = heard?;
        match course(&answer, Errand::Create) {
            Course::Read => self.placed(&answer.body()?),
            Course::Refused => Ok(Started::Refused(answer.refusal())),
            Course::Mend => Err(answer.mistake()),
            Course::Again => Ok(Started::Busy),
            Course::Taken => Ok(Started::Orphaned),
            Course::Unsure | Course::NotKnown => {
                unreadable("nobody knows whether the order was placed")
            }
        }
    }

    fn placed(&self, answer: &Answer) -> Result<Started, ProviderError> {
        let other =
            |theirs: Option<&String>, ours: &str| present(theirs).is_some_and(|it| it != ours);
        if other(answer.partner_reference_no.as_ref(), &self.reference) {
            return unreadable("partnerReferenceNo is not ours");
        }
        let Some(info) = &answer.additional_info else {
            return unreadable("additionalInfo is missing");
        };
        if other(info.channel.as_ref(), self.method.channel) {
            return unreadable("channel is not ours");
        }
        let Some(contract) = present(info.contract_id.as_ref()).filter(|it| is_contract(it)) else {
            return unreadable("contractId is missing or none");
        };
        Ok(Started::Placed {
            transaction: Some(contract.to_owned()),
            next: self.next(answer)?,
            lifetime_s: Some(self.lasts_until(info).seconds_after(self.at)),
        })
    }

    /// Where Winpay gives it less time than we asked for, that counts.
    fn lasts_until(&self, info: &AdditionalInfo) -> Moment {
        let theirs = present(info.expired_time.as_ref()).and_then(time::read);
        theirs
            .filter(|theirs| *theirs > self.at)
            .map_or(self.valid_up_to, |theirs| theirs.min(self.valid_up_to))
    }

    fn next(&self, answer: &Answer) -> Result<Next, ProviderError> {
        let web: Option<WebUrl> = match present(answer.web_redirect_url.as_ref()) {
            Some(text) => match text.parse() {
                Ok(url) => Some(url),
                Err(_) => return unreadable("webRedirectUrl is no web address"),
            },
            None => None,
        };
        let app: Option<AppUrl> =
            present(answer.app_redirect_url.as_ref()).and_then(|text| text.parse().ok());
        let own = |url: &AppUrl| self.method.id.row().app.as_ref().is_some_and(|app| app.owns(url));
        match (app, web, self.method.way) {
            (Some(app_url), Some(web_url), _) if own(&app_url) => {
                Ok(Next::OpenApp { app_url, web_url })
            }
            (_, Some(web), _) => Ok(Next::Redirect(web)),
            (Some(app), None, way) => match (app.as_web(), way) {
                (Some(web), _) => Ok(Next::Redirect(web)),
                (None, Way::Push) => Ok(Next::ApprovePush),
                (None, Way::Address) => unreadable("an app's address without one on the web"),
            },
            (None, None, Way::Push) => Ok(Next::ApprovePush),
            (None, None, Way::Address) => unreadable("there is no address to pay at"),
        }
    }
}

#[cfg(test)]
mod tests {
    use kasir_shared::{MethodId, Rupiah};
    use proptest::prelude::*;

    use super::super::super::testing::{
        DOCUMENTED, account, answer, asked, coded, heard, later, occasion, order, winpay,
    };
    use super::*;
    use crate::provider::snap::sign;
    use crate::provider::{Exchange, FailureReason};

    const QUESTION: &str = include_str!("../../../../../tests/vectors/winpay/create/question.json");
    const ANSWER: &str = include_str!("../../../../../tests/vectors/winpay/create/answer.json");

    fn exchange(order: &Order) -> Box<Exchange<Started>> {
        asked(ask(&winpay(), order, occasion()).unwrap(), "create")
    }

    fn said(method: MethodId, answer: http::Response<Bytes>) -> Result<Started, ProviderError> {
        heard(ask(&winpay(), &order(method), occasion()).unwrap(), [("create", answer)])
    }

    /// The sample's answer with one value changed, to an order of this method.
    fn with(
        method: MethodId,
        path: &[&str],
        value: serde_json::Value,
    ) -> Result<Started, ProviderError> {
        let mut body: serde_json::Value = serde_json::from_str(ANSWER).unwrap();
        body["additionalInfo"]["channel"] = methods::row_of(method).unwrap().channel.into();
        let mut at = &mut body;
        for step in path {
            at = &mut at[*step];
        }
        *at = value;
        said(method, answer(200, &body.to_string()))
    }

    fn is_unreadable(said: &Result<Started, ProviderError>) -> bool {
        matches!(said, Err(ProviderError::Unreadable { .. }))
    }

    fn next(said: Result<Started, ProviderError>) -> Next {
        match said {
            Ok(Started::Placed { next, .. }) => next,
            other => panic!("{other:?}"),
        }
    }

    fn refused(change: impl FnOnce(&mut Order)) -> bool {
        let mut order = order(MethodId::Dana);
        change(&mut order);
        matches!(ask(&winpay(), &order, occasion()), Err(ProviderError::Unsendable { .. }))
    }

    fn sent(order: &Order) -> serde_json::Value {
        serde_json::from_slice(exchange(order).request.body()).unwrap()
    }

    #[test]
    fn what_does_not_fit_is_not_sent() {
        assert!(refused(|order| order.method = MethodId::Linkaja));
        for reference in ["", "abcd", "a b c d", "pay_é123", &"a".repeat(51)] {
            assert!(refused(|order| order.reference = reference.to_owned()), "{reference}");
        }
        assert!(refused(|order| order.amount = Rupiah::ZERO));
        assert!(refused(|order| order.amount = Rupiah::new(1_000_000_000).unwrap()));
        let long = format!("https://pay.example/{}", "a".repeat(500));
        for url in [&*long, "https://pay.example/?a=1&b=2", "https://pay.example/'"] {
            assert!(refused(|order| order.notify_url = url.parse().unwrap()), "{url}");
            assert!(refused(|order| order.return_url = url.parse().unwrap()), "{url}");
        }
    }

    #[test]
    fn nobody_knows_what_became_of_an_order_whose_answer_is_none() {
        for (status, body) in [
            (200, ""),
            (200, "<html>"),
            (200, &ANSWER[..80]),
            (200, "null"),
            (200, "{}"),
            (200, r#"{"responseCode":2005400}"#),
            (200, r#"{"responseCode":"20054000"}"#),
            (200, r#"{"responseCode":"2005400"}"#),
            (200, r#"{"responseCode":"2005400","additionalInfo":{}}"#),
            (500, ANSWER),
            (201, ANSWER),
            (302, ""),
            (502, "<html>"),
        ] {
            let said = said(MethodId::Dana, answer(status, body));
            assert!(is_unreadable(&said), "{status} {body} {said:?}");
        }
        for code in ["2025400", "5005400", "5005401", "5005402", "5045400", "4185400", "2005500"] {
            let said = said(MethodId::Dana, coded(code));
            assert!(is_unreadable(&said), "{code} {said:?}");
        }
    }

    #[test]
    fn an_answer_about_another_order_is_none() {
        for (path, value) in [
            (&["partnerReferenceNo"][..], "000000000057"),
            (&["additionalInfo", "channel"], "OVO"),
            (&["additionalInfo", "contractId"], ""),
            (&["additionalInfo", "contractId"], "<script>"),
            (&["webRedirectUrl"], ""),
            (&["webRedirectUrl"], "http://pay.example"),
            (&["webRedirectUrl"], "javascript:alert(1)"),
        ] {
            let said = with(MethodId::Shopeepay, path, value.into());
            assert!(is_unreadable(&said), "{path:?} {value} {said:?}");
        }
        assert!(is_unreadable(&with(MethodId::Dana, &["webRedirectUrl"], 1.into())));
    }

    #[test]
    fn every_refusal_is_told_apart() {
        for code in
            ["4005400", "4005401", "4005402", "4015400", "4015401", "4045416", "4035401", "4055400"]
        {
            let said = said(MethodId::Dana, coded(code));
            let Err(ProviderError::Misconfigured { code: named, .. }) = said else {
                panic!("{code} {said:?}")
            };
            assert_eq!(named, code);
        }
        for (code, reason) in [
            ("4035402", FailureReason::Declined),
            ("4035403", FailureReason::Declined),
            ("4035405", FailureReason::Declined),
            ("4035414", FailureReason::LowBalance),
            ("4035415", FailureReason::Declined),
            ("4045411", FailureReason::Declined),
        ] {
            let said = said(MethodId::Dana, coded(code));
            let Ok(Started::Refused(refusal)) = said else { panic!("{code} {said:?}") };
            assert_eq!((refusal.code.as_str(), refusal.reason), (code, reason));
        }
        assert!(matches!(said(MethodId::Dana, coded("4295400")), Ok(Started::Busy)));
    }

    #[test]
    fn a_used_order_number_is_an_orphan_and_no_failure() {
        for code in ["4095401", "4045418", "4045414"] {
            let said = said(MethodId::Ovo, coded(code));
            assert!(matches!(said, Ok(Started::Orphaned)), "{code} {said:?}");
        }
    }

    #[test]
    fn a_used_external_id_has_the_same_bytes_sent_once_more_under_another() {
        let first = exchange(&order(MethodId::Dana));
        let (body, head) = (first.request.body().clone(), first.request.headers().clone());
        let second = asked(first.answer(coded("4095400")).unwrap(), "create");
        assert_eq!(second.request.body(), &body);
        assert_ne!(second.request.headers()["x-external-id"], head["x-external-id"]);
        let third = second.answer(coded("4095400")).unwrap();
        assert!(matches!(third, Dialogue::Done(Started::Busy)));
    }

    #[test]
    fn silence_settles_nothing() {
        assert!(exchange(&order(MethodId::Ovo)).unanswered().is_none());
    }

    #[test]
    fn an_order_without_the_time_to_be_sent_again_stays_open() {
        let ovo = order(MethodId::Ovo);
        for (s, sent_again) in [(0, true), (110, true), (111, false), (180, false), (9999, false)] {
            let dialogue = ask(&winpay(), &ovo, later(s)).unwrap();
            match dialogue {
                Dialogue::Ask(_) => assert!(sent_again, "{s}"),
                Dialogue::Done(Started::Orphaned) => assert!(!sent_again, "{s}"),
                Dialogue::Done(_) | Dialogue::Authorize(_) => panic!("{s}"),
            }
        }
    }

    #[test]
    fn the_question_is_the_documents() {
        let exchange = exchange(&order(MethodId::Shopeepay));
        let request = &exchange.request;
        assert_eq!(
            request.uri(),
            "https://sandbox-snap.winpay.id/snap/v1.0/debit/payment-host-to-host"
        );
        assert_eq!(std::str::from_utf8(request.body()).unwrap(), QUESTION.trim_end());
        assert_eq!(
            sign::body_hash(request.body()),
            "fd8a80cb51e8cc89e2c1b5b333a5f4a3567f4d436d7ac8a6f30a676f1299546f"
        );
    }

    #[test]
    fn the_question_is_signed_by_our_key_over_the_path_without_the_hosts_prefix() {
        let exchange = exchange(&order(MethodId::Shopeepay));
        let (head, body) = (exchange.request.headers(), exchange.request.body());
        let text = |name: &str| head[name].to_str().unwrap();
        for (name, value) in [
            ("content-type", "application/json"),
            ("x-timestamp", "2023-09-05T16:30:00+07:00"),
            ("x-partner-id", "b5a2f0c8-3c1d-4f5e-9a70-1d2c3b4a5968"),
            ("channel-id", "WEB"),
        ] {
            assert_eq!(text(name), value);
        }
        assert!(head.get("authorization").is_none());
        let signed = sign::without_token(
            "POST",
            "/v1.0/debit/payment-host-to-host",
            body,
            text("x-timestamp"),
        );
        assert_eq!(text("x-signature"), winpay().keys.ours.sign(&signed));
    }

    #[test]
    fn a_body_that_is_sent_again_later_is_the_same_body() {
        for method in [MethodId::Ovo, MethodId::Dana] {
            let order = order(method);
            let (first, again) = (exchange(&order), ask(&winpay(), &order, later(60)).unwrap());
            let again = asked(again, "create");
            assert_eq!(first.request.body(), again.request.body());
            let head =
                |exchange: &Exchange<Started>, name: &str| exchange.request.headers()[name].clone();
            for name in ["x-external-id", "x-timestamp", "x-signature"] {
                assert_ne!(head(&first, name), head(&again, name), "{name}");
            }
        }
    }

    #[test]
    fn ovo_gets_three_minutes_and_the_others_an_hour_or_the_session() {
        for (method, left_s, until) in [
            (MethodId::Ovo, 86_400, "2023-09-05T16:33:00+07:00"),
            (MethodId::Ovo, 60, "2023-09-05T16:32:00+07:00"),
            (MethodId::Dana, 600, "2023-09-05T16:40:00+07:00"),
            (MethodId::Dana, 86_400, "2023-09-05T17:30:00+07:00"),
        ] {
            let mut order = order(method);
            order.expires_at = DOCUMENTED.plus_s(left_s);
            assert_eq!(sent(&order)["validUpTo"], until, "{method:?} {left_s}");
        }
    }

    #[test]
    fn a_name_never_fails_an_order_and_a_phone_is_written_as_at_home() {
        for name in [None, Some("🙂"), Some("Al"), Some("王小明"), Some(&*"Panjang ".repeat(9))]
        {
            let mut order = order(MethodId::Dana);
            order.payer.name = name.map(str::to_owned);
            let sent = sent(&order);
            let name = sent["additionalInfo"]["customerName"].as_str().unwrap();
            assert!((5..=24).contains(&name.len()), "{name}");
        }
        for phone in ["0812 3456 7890", "6281234567890", "+62 812-3456-7890"] {
            let mut order = order(MethodId::Ovo);
            order.payer.phone = Some(phone.parse().unwrap());
            assert_eq!(sent(&order)["additionalInfo"]["customerPhone"], "081234567890");
        }
    }

    #[test]
    fn the_shops_phone_stands_in_only_where_nobody_is_prompted_on_it() {
        for (method, stands_in) in [
            (MethodId::Dana, true),
            (MethodId::Shopeepay, true),
            (MethodId::Ovo, false),
            (MethodId::Speedcash, false),
            (MethodId::Astrapay, false),
        ] {
            let mut order = order(method);
            order.payer.phone = None;
            match ask(&winpay(), &order, occasion()) {
                Ok(dialogue) => {
                    assert!(stands_in, "{method:?}");
                    let body = asked(dialogue, "create").request.body().clone();
                    let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
                    assert_eq!(body["additionalInfo"]["customerPhone"], "08111111111");
                }
                Err(error) => {
                    assert!(!stands_in, "{method:?}");
                    assert!(matches!(error, ProviderError::Unsendable { .. }));
                }
            }
        }
    }

    #[test]
    fn a_proxys_prefix_stands_in_the_address_that_winpay_calls_and_in_no_other() {
        let mut account = account();
        account.notify_path_prefix = "/hooks/id".to_owned();
        let winpay = Winpay::new(account).unwrap();
        let mut order = order(MethodId::Dana);
        order.notify_url = "https://pay.example/notify/winpay/main".parse().unwrap();
        let exchange = asked(ask(&winpay, &order, occasion()).unwrap(), "create");
        let body: serde_json::Value = serde_json::from_slice(exchange.request.body()).unwrap();
        let url = |place: usize| body["urlParam"][place]["url"].as_str().unwrap();
        assert_eq!(url(0), "https://pay.example/hooks/id/notify/winpay/main");
        assert_eq!(url(1), "https://test1.bi.go.id/v1/test");
    }

    #[test]
    fn the_documents_answer_names_contract_and_address() {
        let Ok(Started::Placed { transaction, next, lifetime_s }) =
            said(MethodId::Shopeepay, answer(200, ANSWER))
        else {
            panic!("it is placed")
        };
        assert_eq!(transaction.as_deref(), Some("so4c0a61fa-5ad4-4fee-99ed-2a7b06b30c4b"));
        assert_eq!(lifetime_s, Some(2411));
        let Next::Redirect(url) = next else { panic!("{next:?}") };
        assert!(url.as_str().starts_with("https://pay.uat.airpay.co.id/h5pay/pay?type=start&"));
    }

    #[test]
    fn less_time_than_was_asked_for_counts_and_more_does_not() {
        for (theirs, lifetime_s) in [
            ("2023-09-05T16:35:00+07:00", 300),
            ("2023-09-05T09:35:00Z", 300),
            ("2023-09-06T16:35:00+07:00", 2411),
            ("2023-09-05T16:00:00+07:00", 2411),
            ("", 2411),
            ("soon", 2411),
        ] {
            let path = ["additionalInfo", "expiredTime"];
            let said = with(MethodId::Shopeepay, &path, theirs.into());
            let Ok(Started::Placed { lifetime_s: got, .. }) = said else { panic!("{said:?}") };
            assert_eq!(got, Some(lifetime_s), "{theirs}");
        }
    }

    #[test]
    fn an_app_and_a_page_open_the_app_and_either_alone_is_a_page() {
        let app = |url: &str| next(with(MethodId::Shopeepay, &["appRedirectUrl"], url.into()));
        assert!(matches!(app("shopeeid://pay?x=1"), Next::OpenApp { .. }));
        assert!(matches!(app("https://wsa.wallet.airpay.co.id/u"), Next::OpenApp { .. }));
        for foreign in ["", "ovo://x", "javascript:alert(1)", "https://evil.example/x"] {
            assert!(matches!(app(foreign), Next::Redirect(_)), "{foreign}");
        }
        let alone = |app: &str| {
            let body =
                ANSWER.replace(r#""appRedirectUrl":"""#, &format!(r#""appRedirectUrl":"{app}""#));
            let mut body: serde_json::Value = serde_json::from_str(&body).unwrap();
            body["webRedirectUrl"] = "".into();
            said(MethodId::Shopeepay, answer(200, &body.to_string()))
        };
        assert!(matches!(next(alone("https://shopee.co.id/pay")), Next::Redirect(_)));
        assert!(is_unreadable(&alone("shopeeid://pay")));
    }

    #[test]
    fn ovo_without_an_address_prompts_and_with_one_leads_there() {
        let prompt = next(with(MethodId::Ovo, &["webRedirectUrl"], "".into()));
        assert_eq!(prompt, Next::ApprovePush);
        assert_eq!(next(with(MethodId::Ovo, &["webRedirectUrl"], ().into())), Next::ApprovePush);
        let url = with(MethodId::Ovo, &["webRedirectUrl"], "https://pay.ovo.id/1".into());
        assert!(matches!(next(url), Next::Redirect(_)));
    }

    #[test]
    fn an_answer_that_was_cut_short_anywhere_is_unreadable() {
        for end in 0..ANSWER.trim_end().len() {
            assert!(
                is_unreadable(&said(MethodId::Shopeepay, answer(200, &ANSWER[..end]))),
                "{end}"
            );
        }
    }

    proptest! {
        #[test]
        fn no_answer_makes_it_panic(body in any::<Vec<u8>>(), code in 200_u16..600) {
            let mut answer = http::Response::new(Bytes::from(body));
            *answer.status_mut() = code.try_into().unwrap();
            prop_assert!(is_unreadable(&said(MethodId::Dana, answer)));
        }

        #[test]
        fn every_question_is_all_ascii_whatever_the_payer_is_called(name in any::<String>()) {
            let mut order = order(MethodId::Dana);
            order.payer.name = Some(name);
            prop_assert!(exchange(&order).request.body().is_ascii());
        }
    }
}
