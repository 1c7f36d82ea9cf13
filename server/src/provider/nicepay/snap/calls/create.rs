//! `POST /api/v1.0/debit/payment-host-to-host`: places an order and is the payment step at once.

use kasir_shared::{AppUrl, MethodId, WebUrl};
use serde::{Deserialize, Serialize};

use super::super::NicepaySnap;
use super::super::methods::{self, Way};
use super::{CREATE, is_transaction};
use crate::provider::nicepay::cart::{SNAP, cart_data, goods_name};
use crate::provider::nicepay::draft::Draft;
use crate::provider::snap::amount::Amount;
use crate::provider::snap::code::{Answer, Course, Errand};
use crate::provider::snap::token::Question;
use crate::provider::snap::{call, time};
use crate::provider::words::{present, unreadable};
use crate::provider::{Dialogue, Next, Occasion, Order, ProviderError, Started};

/// The longest `goodsNm`.
const GOODS_NAME_MAX: usize = 100;
/// The longest `value` of an amount, decimals included.
const VALUE_MAX: u64 = 999_999_999;
/// Where the customer pays, in the one word that the documents have for it.
const POINT_OF_INITIATION: &str = "Mobile App";
/// What LinkAja's page calls the token that it is opened with.
const TOKEN_FIELD: &str = "Message";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    partner_reference_no: &'a str,
    merchant_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    sub_merchant_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    external_store_id: Option<&'a str>,
    valid_up_to: String,
    point_of_initiation: &'static str,
    amount: Amount,
    url_param: [UrlParam<'a>; 2],
    additional_info: Details<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct UrlParam<'a> {
    url: &'a str,
    r#type: &'static str,
    is_deeplink: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Details<'a> {
    mitra_cd: &'static str,
    goods_nm: String,
    billing_nm: String,
    billing_phone: String,
    billing_email: String,
    cart_data: String,
    db_process_url: &'a str,
    call_back_url: &'a str,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Reply {
    partner_reference_no: Option<String>,
    reference_no: Option<String>,
    app_redirect_url: Option<String>,
    web_redirect_url: Option<String>,
    additional_info: Option<More>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct More {
    redirect_token: Option<String>,
}

/// What the answer has to fit.
struct Sent {
    reference: String,
    method: MethodId,
    way: Way,
    lifetime_s: u32,
}

/// Places an order.
pub(crate) fn ask(
    snap: &NicepaySnap,
    order: &Order,
    now: Occasion,
) -> Result<Dialogue<Started>, ProviderError> {
    let not_served = ProviderError::Unsendable { why: "NICEPAY does not serve this method" };
    let (method, way) = methods::row(order.method).ok_or(not_served)?;
    let draft = Draft::new(order, method, now.at)?;
    if order.amount.value() > VALUE_MAX {
        return Err(ProviderError::Unsendable { why: "amount is longer than NICEPAY's field" });
    }
    let body = call::body(&body(snap, &draft)?)?;
    let question = Question { service: CREATE, body, now, number: 0 };
    let sent = Sent {
        reference: order.reference.clone(),
        method: order.method,
        way,
        lifetime_s: method.lifetime_s,
    };
    Ok(snap.line.ask(question, move |answer| read(&answer, &sent).map(Dialogue::Done)))
}

/// The same for every sending of one order: nothing in it depends on the time.
fn body<'a>(snap: &'a NicepaySnap, draft: &Draft<'a>) -> Result<Body<'a>, ProviderError> {
    let (account, order) = (&snap.account, draft.order);
    let url = |url: &'a WebUrl, r#type| UrlParam { url: url.as_str(), r#type, is_deeplink: "Y" };
    Ok(Body {
        partner_reference_no: &order.reference,
        merchant_id: &account.imid,
        sub_merchant_id: account.sub_merchant_id.as_deref(),
        external_store_id: account.external_store_id.as_deref(),
        valid_up_to: time::jakarta(order.expires_at),
        point_of_initiation: POINT_OF_INITIATION,
        amount: Amount::of(order.amount),
        url_param: [url(&order.notify_url, "PAY_NOTIFY"), url(&order.return_url, "PAY_RETURN")],
        additional_info: Details {
            mitra_cd: draft.method.mitra_cd,
            goods_nm: goods_name(order, GOODS_NAME_MAX, SNAP),
            billing_nm: account.name_of(&order.payer),
            billing_phone: account.billing.phone_of(&order.payer),
            billing_email: account.email_of(&order.payer),
            cart_data: cart_data(order, SNAP)?,
            db_process_url: order.notify_url.as_str(),
            call_back_url: order.return_url.as_str(),
        },
    })
}

fn read(answer: &Answer, sent: &Sent) -> Result<Started, ProviderError> {
    if is_paid_bill(answer) {
        return Ok(Started::Orphaned);
    }
    match answer.course(Errand::Create) {
        Course::Read => placed(&answer.body()?, sent),
        Course::Refused => Ok(Started::Refused(answer.refusal())),
        Course::Mend => Err(answer.mistake()),
        Course::Again => Ok(Started::Busy),
        // Its status is asked for by NICEPAY's own number, which only the lost answer had.
        Course::Taken => Ok(Started::Orphaned),
        Course::Unsure | Course::NotKnown => unreadable("nobody knows whether it was placed"),
    }
}

/// NICEPAY says of case 13 that the bill is paid already, where the standard says that the amount is
/// wrong. An order that somebody paid is no refusal.
fn is_paid_bill(answer: &Answer) -> bool {
    answer.code.is_some_and(|code| (code.http, code.case) == (404, 13))
}

fn placed(reply: &Reply, sent: &Sent) -> Result<Started, ProviderError> {
    if present(reply.partner_reference_no.as_ref()) != Some(&sent.reference) {
        return unreadable("partnerReferenceNo is not ours");
    }
    let Some(transaction) = present(reply.reference_no.as_ref()).filter(|it| is_transaction(it))
    else {
        return unreadable("referenceNo is missing, or not letters and digits");
    };
    let Some(next) = next(reply, sent) else {
        return unreadable("there is no address that the customer could go to");
    };
    let (transaction, lifetime_s) = (Some(transaction.to_owned()), Some(sent.lifetime_s));
    Ok(Started::Placed { transaction, next, lifetime_s })
}

fn next(reply: &Reply, sent: &Sent) -> Option<Next> {
    let web_url = || present(reply.web_redirect_url.as_ref())?.parse::<WebUrl>().ok();
    match sent.way {
        Way::Push => Some(Next::ApprovePush),
        Way::Page => page(present(reply.app_redirect_url.as_ref()), web_url(), sent.method),
        Way::PageWithToken => {
            let token = reply.additional_info.as_ref()?.redirect_token.as_ref();
            with_token(&web_url()?, present(token)?).map(Next::Redirect)
        }
    }
}

/// Both addresses open the app or the web page; one alone is where the browser goes. An address that
/// is none, or opens an app that is not the wallet's, counts as left out.
fn page(app: Option<&str>, web_url: Option<WebUrl>, method: MethodId) -> Option<Next> {
    let own = |url: &AppUrl| method.row().app.as_ref().is_some_and(|app| app.owns(url));
    let app_url = app.and_then(|text| text.parse::<AppUrl>().ok()).filter(own);
    match (app_url, web_url) {
        (Some(app_url), Some(web_url)) => Some(Next::OpenApp { app_url, web_url }),
        (None, Some(web_url)) => Some(Next::Redirect(web_url)),
        (Some(app_url), None) => app_url.as_web().map(Next::Redirect),
        (None, None) => None,
    }
}

fn with_token(page: &WebUrl, token: &str) -> Option<WebUrl> {
    let mut field = form_urlencoded::Serializer::new(String::new());
    field.append_pair(TOKEN_FIELD, token);
    let sign = if page.as_str().contains('?') { '&' } else { '?' };
    format!("{page}{sign}{}", field.finish()).parse().ok()
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::Response;
    use kasir_shared::Rupiah;
    use proptest::prelude::*;
    use serde_json::json;

    use super::super::super::testing::{asked, exchange, occasion, snap, with_token as let_in};
    use super::*;
    use crate::provider::FailureReason;
    use crate::provider::nicepay::testing::{answer, order, status};
    use crate::secret::Secret;

    const GOLDEN: &str =
        include_str!("../../../../../../tests/vectors/nicepay/snap/create/question.json");
    const ANSWER: &str =
        include_str!("../../../../../../tests/vectors/nicepay/snap/create/answer.json");

    fn said(method: MethodId, answer: Response<Bytes>) -> Result<Started, ProviderError> {
        asked(ask(&snap(), &order(method), occasion())?, answer)
    }

    fn coded(code: &str) -> Result<Started, ProviderError> {
        let http = code[..3].parse().unwrap();
        said(MethodId::Dana, status(http, &json!({ "responseCode": code }).to_string()))
    }

    /// The documented answer with one value changed.
    fn with(method: MethodId, name: &str, value: serde_json::Value) -> Result<Next, ProviderError> {
        let mut body: serde_json::Value = serde_json::from_str(ANSWER).unwrap();
        body[name] = value;
        let started = said(method, answer(&body.to_string()))?;
        let Started::Placed { next, .. } = started else { panic!("{started:?}") };
        Ok(next)
    }

    fn redirect(url: &str) -> Next {
        Next::Redirect(url.parse().unwrap())
    }

    #[test]
    fn an_answer_that_is_not_the_documents_leaves_it_open_whether_it_was_placed() {
        for (http, body) in [
            (200, ""),
            (200, "<html>"),
            (502, "<html>"),
            (200, "{}"),
            (200, &ANSWER[..60]),
            (
                200,
                r#"{"responseCode":"20054000","referenceNo":"A","webRedirectUrl":"https://a.b"}"#,
            ),
            (200, r#"{"responseCode":2005400}"#),
            (201, r#"{"responseCode":"2005400"}"#),
            (200, r#"{"responseCode":"2005500"}"#),
            (202, r#"{"responseCode":"2025400"}"#),
            (500, r#"{"responseCode":"5005400"}"#),
            (504, r#"{"responseCode":"5045400"}"#),
            (200, r#"{"responseCode":"2005400"}"#),
        ] {
            let started = said(MethodId::Dana, status(http, body));
            assert!(matches!(started, Err(ProviderError::Unreadable { .. })), "{body} {started:?}");
        }
        for (name, value) in [
            ("partnerReferenceNo", json!("ANOTHER")),
            ("partnerReferenceNo", json!(null)),
            ("partnerReferenceNo", json!(20_221_208)),
            ("referenceNo", json!("")),
            ("referenceNo", json!("a b")),
            ("referenceNo", json!(7)),
            ("webRedirectUrl", json!("")),
            ("webRedirectUrl", json!("javascript:alert(1)")),
            ("webRedirectUrl", json!("http://dana.example")),
        ] {
            let next = with(MethodId::Dana, name, value.clone());
            assert!(matches!(next, Err(ProviderError::Unreadable { .. })), "{name} {value}");
        }
    }

    #[test]
    fn every_class_of_code_has_its_course() {
        for code in ["4005400", "4005401", "4005402", "4015400", "4035401", "4045408", "4045416"] {
            let started = coded(code);
            assert!(
                matches!(&started, Err(ProviderError::Misconfigured { code: said, .. }) if said == code),
                "{code} {started:?}"
            );
        }
        for (code, reason) in [
            ("4035402", FailureReason::Declined),
            ("4035405", FailureReason::Declined),
            ("4035414", FailureReason::LowBalance),
            ("4035415", FailureReason::Declined),
            ("4035418", FailureReason::Declined),
            ("4035421", FailureReason::Declined),
            ("4045411", FailureReason::Declined),
            ("4045419", FailureReason::Declined),
        ] {
            let Ok(Started::Refused(refusal)) = coded(code) else { panic!("{code}") };
            assert_eq!((refusal.code.as_str(), refusal.reason), (code, reason));
        }
        for code in ["4295400", "4095400", "4035406"] {
            assert!(matches!(coded(code), Ok(Started::Busy)), "{code}");
        }
    }

    #[test]
    fn an_order_number_that_was_used_leaves_an_orphan_and_no_failure() {
        for code in ["4095401", "4045413", "4045414", "4045418"] {
            assert!(matches!(coded(code), Ok(Started::Orphaned)), "{code}");
        }
    }

    #[test]
    fn what_cannot_be_sent_is_not_sent() {
        let refused = |change: fn(&mut Order), method| {
            let mut order = order(method);
            change(&mut order);
            let dialogue = ask(&snap(), &order, occasion());
            assert!(matches!(dialogue, Err(ProviderError::Unsendable { .. })));
        };
        refused(|order| order.payer.phone = None, MethodId::Ovo);
        refused(|order| order.amount = Rupiah::new(1_000_000_000).unwrap(), MethodId::Dana);
        refused(|order| order.mandate = Some(Secret::new("m".to_owned())), MethodId::Astrapay);
        refused(|order| order.reference = "a b".to_owned(), MethodId::Dana);
    }

    #[test]
    fn the_question_is_the_documents_and_the_same_whenever_it_is_sent() {
        let request =
            |now| exchange(let_in(ask(&snap(), &order(MethodId::Ovo), now).unwrap(), "t"));
        let (first, now) = (request(occasion()).request, occasion());
        assert_eq!(
            first.uri(),
            "https://dev.nicepay.co.id/nicepay/api/v1.0/debit/payment-host-to-host"
        );
        assert_eq!(std::str::from_utf8(first.body()).unwrap(), GOLDEN.trim_end());
        let later = Occasion { at: now.at.plus_s(5), chance: [8; 16] };
        let second = request(later).request;
        assert_eq!(first.body(), second.body());
        for name in ["x-timestamp", "x-external-id", "x-signature"] {
            assert_ne!(first.headers()[name], second.headers()[name], "{name}");
        }
        assert_eq!(first.headers()["channel-id"], "IONPAYTEST01");
        assert_eq!(first.headers()["x-partner-id"], "IONPAYTEST");
    }

    #[test]
    fn ovo_prompts_and_is_waited_for_in_the_page() {
        let body = r#"{"responseCode":"2005400","responseMessage":"Successful","partnerReferenceNo":"ORD20221208","referenceNo":"IONPAYTEST05202212080659591234","webRedirectUrl":"","additionalInfo":{"redirectToken":""}}"#;
        let Ok(Started::Placed { transaction, next, lifetime_s }) =
            said(MethodId::Ovo, answer(body))
        else {
            panic!("it is placed")
        };
        assert_eq!(transaction.as_deref(), Some("IONPAYTEST05202212080659591234"));
        assert_eq!((next, lifetime_s), (Next::ApprovePush, Some(55)));
    }

    #[test]
    fn one_address_is_where_the_browser_goes_and_two_open_the_app() {
        let Ok(Started::Placed { next, .. }) = said(MethodId::Dana, answer(ANSWER)) else {
            panic!("it is placed")
        };
        assert_eq!(next, redirect("https://m.sandbox.dana.id/pay?id=1&sign=a%2Bb"));
        let opened = with(MethodId::Dana, "appRedirectUrl", json!("dana://pay?id=1")).unwrap();
        assert!(matches!(opened, Next::OpenApp { .. }));
        for odd in ["", "shopeeid://pay", "javascript:alert(1)"] {
            let next = with(MethodId::Dana, "appRedirectUrl", json!(odd)).unwrap();
            assert!(matches!(next, Next::Redirect(_)), "{odd}");
        }
    }

    #[test]
    fn linkaja_is_opened_with_its_token() {
        let more = json!({ "redirectToken": "a+b/c=" });
        let next = with(MethodId::Linkaja, "additionalInfo", more).unwrap();
        let page = "https://m.sandbox.dana.id/pay?id=1&sign=a%2Bb&Message=a%2Bb%2Fc%3D";
        assert_eq!(next, redirect(page));
        let plain = "https://linkaja.example/checkout".parse().unwrap();
        assert_eq!(
            with_token(&plain, "t").unwrap().as_str(),
            "https://linkaja.example/checkout?Message=t"
        );
        for more in [json!(null), json!({}), json!({ "redirectToken": "" })] {
            assert!(with(MethodId::Linkaja, "additionalInfo", more).is_err());
        }
    }

    proptest! {
        #[test]
        fn no_answer_makes_it_panic_or_places(body in any::<Vec<u8>>(), code in 200_u16..600) {
            let mut answer = Response::new(Bytes::from(body));
            *answer.status_mut() = code.try_into().unwrap();
            prop_assert!(said(MethodId::Ovo, answer).is_err());
        }

        #[test]
        fn whatever_a_customer_is_called_the_body_is_ascii(name: String, item: String) {
            let mut order = order(MethodId::Dana);
            order.payer.name = Some(name);
            order.items[0].name = item;
            let exchange = exchange(let_in(ask(&snap(), &order, occasion()).unwrap(), "t"));
            prop_assert!(exchange.request.body().is_ascii());
            prop_assert!(!exchange.request.body().iter().any(|byte| b"&<>'".contains(byte)));
        }
    }
}
