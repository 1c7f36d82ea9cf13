//! Callbacks (service 56): whether Winpay sent one, and whom it is about.
//!
//! The signature covers the path that Winpay called, the body and the time; not the host, and not
//! the other heads. One key signs for all of Winpay's merchants, so a callback that verifies may
//! still be meant for somebody else: it counts only where it names our own merchant number.

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{Request, Response};
use kasir_shared::{Moment, Rupiah};
use serde::Deserialize;

use super::Winpay;
use super::calls::{is_contract, is_reference};
use crate::provider::snap::reply::{self, reply};
use crate::provider::snap::{sign, time};
use crate::provider::words::unreadable;
use crate::provider::{Claim, Notice, ProviderError, Verdict};

/// How far a callback's time may be from ours. In the one that was published it is the time of the
/// payment and not of the sending, so that a narrow window would refuse what is late and true.
const AGE_MAX_S: u64 = 24 * 60 * 60;

/// The heads that a callback carries beside its `Content-Type`.
const HEADS: [&str; 5] =
    ["x-timestamp", "x-partner-id", "x-signature", "x-external-id", "channel-id"];

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Callback {
    original_partner_reference_no: String,
    original_reference_no: String,
    merchant_id: String,
    amount: Amount,
    latest_transaction_status: String,
    additional_info: Option<AdditionalInfo>,
}

#[derive(Deserialize)]
struct Amount {
    value: String,
    currency: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AdditionalInfo {
    contract_id: Option<String>,
}

/// `latestTransactionStatus` as callbacks use it. An inquiry's `07` means something else.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Told {
    Success,
    Initiated,
    Paying,
    Pending,
    Refunded,
    Cancelled,
    Failed,
    NotFound,
}

impl Told {
    fn read(code: &str) -> Option<Self> {
        Some(match code {
            "00" => Self::Success,
            "01" => Self::Initiated,
            "02" => Self::Paying,
            "03" => Self::Pending,
            "04" => Self::Refunded,
            "05" => Self::Cancelled,
            "06" => Self::Failed,
            "07" => Self::NotFound,
            _ => return None,
        })
    }

    /// Whether it speaks of money that was paid, so that its amount counts.
    const fn speaks_of_money(self) -> bool {
        match self {
            Self::Success | Self::Refunded => true,
            Self::Initiated
            | Self::Paying
            | Self::Pending
            | Self::Cancelled
            | Self::Failed
            | Self::NotFound => false,
        }
    }
}

/// Reads a callback: heads, then the signature over the bytes and the path as they came, and only
/// then the body. Whatever it says, an inquiry has the last word, so that nothing is ever taken back
/// because of a callback that comes late.
pub(crate) fn read(
    winpay: &Winpay,
    request: &Request<Bytes>,
    at: Moment,
) -> Result<Notice, ProviderError> {
    let [timestamp, partner, signature, ..] = heads(request)?;
    let path = signed_path(winpay, request);
    let signed = sign::without_token(request.method().as_str(), &path, request.body(), timestamp);
    let forged = |why| ProviderError::Forged { why };
    winpay
        .keys
        .winpays
        .verify(&signed, signature)
        .map_err(|_| forged("X-SIGNATURE does not fit body, path and time"))?;
    let Some(sent) = time::read(timestamp) else { return unreadable("X-TIMESTAMP is no time") };
    if sent.unix_s().abs_diff(at.unix_s()) > AGE_MAX_S {
        return Err(forged("X-TIMESTAMP is more than a day away"));
    }
    let account = &winpay.account;
    if partner != account.merchant_id && partner != account.partner_id {
        return Err(forged("X-PARTNER-ID is not ours"));
    }
    let callback: Callback = serde_json::from_slice(request.body()).map_err(|_| {
        ProviderError::Unreadable { why: "body is not the callback that the documents describe" }
    })?;
    if callback.merchant_id != account.merchant_id {
        return Err(forged("merchantId is not ours"));
    }
    callback.notice()
}

/// What has to be there before anything else is looked at.
fn heads(request: &Request<Bytes>) -> Result<[&str; 5], ProviderError> {
    let json = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let json = json.and_then(|value| value.split(';').next()).unwrap_or_default();
    if !json.trim().eq_ignore_ascii_case("application/json") {
        return unreadable("Content-Type is not application/json");
    }
    let mut found = [""; HEADS.len()];
    for (place, name) in found.iter_mut().zip(HEADS) {
        let mut values = request.headers().get_all(name).iter();
        let (Some(value), None) = (values.next(), values.next()) else {
            return unreadable("a header is missing, or comes twice");
        };
        *place = value.to_str().unwrap_or_default();
        if place.is_empty() {
            return unreadable("a header is empty");
        }
    }
    Ok(found)
}

/// The path that Winpay called: what reached us, behind what a proxy took off it. The standard
/// counts a query as part of it; ours has none.
fn signed_path(winpay: &Winpay, request: &Request<Bytes>) -> String {
    let target = request.uri().path_and_query().map_or("/", |target| target.as_str());
    format!("{}{target}", winpay.account.notify_path_prefix)
}

impl Callback {
    fn notice(self) -> Result<Notice, ProviderError> {
        let Some(told) = Told::read(&self.latest_transaction_status) else {
            return unreadable("latestTransactionStatus is not documented for callbacks");
        };
        if !is_reference(&self.original_partner_reference_no) {
            return unreadable("originalPartnerReferenceNo is none of ours");
        }
        if self.original_reference_no.is_empty() {
            return unreadable("originalReferenceNo is empty");
        }
        let contract = self.additional_info.and_then(|info| info.contract_id);
        let contract = contract.filter(|contract| !contract.is_empty());
        if contract.as_deref().is_some_and(|contract| !is_contract(contract)) {
            return unreadable("contractId is none");
        }
        Ok(Notice {
            reference: self.original_partner_reference_no,
            transaction: contract,
            amount: told.speaks_of_money().then(|| self.amount.rupiah()),
            claim: Claim::Payment,
        })
    }
}

impl Amount {
    /// The amount in rupiah: digits, with or without two decimals that are nothing. Whatever else
    /// it is, it is not what we asked for.
    fn rupiah(&self) -> Rupiah {
        let whole = self.value.strip_suffix(".00").unwrap_or(&self.value);
        let digits = !whole.is_empty() && whole.bytes().all(|byte| byte.is_ascii_digit());
        let value = whole.parse().ok().filter(|_| digits && self.currency == "IDR");
        value.and_then(Rupiah::new).unwrap_or(Rupiah::ZERO)
    }
}

/// What Winpay sends again at.
pub(crate) fn answer(verdict: &Verdict, at: Moment) -> Option<Response<Bytes>> {
    Some(match verdict {
        // Whatever is genuine need not come again: another amount is our affair.
        Verdict::Kept { .. } | Verdict::OtherAmount(_) | Verdict::PaidAlready(_) => {
            reply::acknowledge(at)
        }
        Verdict::Asked(_) => return None,
        Verdict::Forged => reply((401, 0), "Unauthorized. Invalid signature", at),
        Verdict::Unreadable => reply((400, 2), "Invalid Mandatory Field", at),
        Verdict::Unknown => reply::unknown(at),
        Verdict::NotKept => reply::not_kept(at),
    })
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use proptest::prelude::*;

    use super::super::testing::{DOCUMENTED, SANDBOX_KEY, account, callback, winpay};
    use super::*;
    use crate::provider::snap::key::ShortKeys;

    /// The documents' sample.
    const PAID: &str = include_str!("../../../../tests/vectors/winpay/notification/paid.json");
    const REPLY: &str = include_str!("../../../../tests/vectors/winpay/notification/answer.json");
    const PATH: &str = "/notify/winpay/main";
    const NOW: &str = "2023-09-05T16:30:00+07:00";

    fn paid() -> &'static str {
        PAID.trim_end()
    }

    fn heard(request: &Request<Bytes>) -> Result<Notice, ProviderError> {
        read(&winpay(), request, DOCUMENTED)
    }

    fn is_forged(request: &Request<Bytes>) -> bool {
        matches!(heard(request), Err(ProviderError::Forged { .. }))
    }

    fn is_unreadable(request: &Request<Bytes>) -> bool {
        matches!(heard(request), Err(ProviderError::Unreadable { .. }))
    }

    /// The sample with one thing changed, and signed after that.
    fn with(what: &str, instead: &str) -> Request<Bytes> {
        assert!(PAID.contains(what), "{what}");
        callback(PATH, &paid().replace(what, instead), NOW)
    }

    fn head(name: &'static str, value: &str) -> Request<Bytes> {
        let mut request = callback(PATH, paid(), NOW);
        request.headers_mut().insert(name, value.parse().unwrap());
        request
    }

    #[test]
    fn a_callback_that_lacks_a_head_is_unreadable() {
        for name in HEADS.iter().chain(&["content-type"]) {
            let mut request = callback(PATH, paid(), NOW);
            request.headers_mut().remove(*name);
            assert!(is_unreadable(&request), "{name}");
            assert!(is_unreadable(&head(name, "")), "{name}");
        }
        for name in HEADS {
            let mut request = callback(PATH, paid(), NOW);
            let value = request.headers()[name].clone();
            request.headers_mut().append(name, value);
            assert!(is_unreadable(&request), "{name} twice");
        }
        assert!(is_unreadable(&head("content-type", "application/x-www-form-urlencoded")));
        assert!(heard(&head("content-type", "Application/JSON; charset=utf-8")).is_ok());
    }

    #[test]
    fn a_signature_in_any_other_spelling_is_forged() {
        let signature = callback(PATH, paid(), NOW).headers()["x-signature"].clone();
        let signature = signature.to_str().unwrap();
        let bytes = {
            use base64::Engine as _;
            base64::engine::general_purpose::STANDARD.decode(signature).unwrap()
        };
        let swapped: String = signature
            .chars()
            .map(|c| {
                if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() }
            })
            .collect();
        for wrong in [
            &hex::encode(bytes),
            &signature[..340],
            signature.trim_end_matches('='),
            &signature.to_ascii_uppercase(),
            &signature.to_ascii_lowercase(),
            &swapped,
            &format!("{signature} "),
            &format!("{signature}="),
            &signature.replacen(|c: char| c.is_ascii_digit(), "-", 1),
            "AAAA",
            "-",
        ] {
            let mut request = callback(PATH, paid(), NOW);
            let Ok(value) = HeaderValue::from_str(wrong) else { panic!("{wrong}") };
            request.headers_mut().insert("x-signature", value);
            assert!(is_forged(&request), "{wrong}");
        }
    }

    #[test]
    fn a_body_that_was_written_anew_on_the_way_is_forged() {
        let value: serde_json::Value = serde_json::from_str(PAID).unwrap();
        for body in [
            serde_json::to_string_pretty(&value).unwrap(),
            value.to_string(),
            PAID.to_owned(),
            paid().replace('/', "\\/").replace("\"OVO\"", "\"\\u004fVO\""),
            paid().replace("10000.00", "10000"),
            paid().replace("10000.00", "1.00"),
            paid().replace("000000000689", "000000000690"),
            format!(" {}", paid()),
            String::new(),
        ] {
            assert_ne!(body, paid());
            let mut request = callback(PATH, paid(), NOW);
            *request.body_mut() = Bytes::from(body.clone());
            assert!(is_forged(&request), "{body}");
        }
    }

    #[test]
    fn a_callback_for_another_path_method_or_time_is_forged() {
        for uri in [
            "/notify/winpay/other",
            "/notify/winpay/main/",
            "/notify/winpay/main/v1.0/debit/notify",
            "/notify/winpay/main?x=1",
            "/notify/winpay/m%61in",
            "/Notify/winpay/main",
        ] {
            let mut request = callback(PATH, paid(), NOW);
            *request.uri_mut() = uri.parse().unwrap();
            assert!(is_forged(&request), "{uri}");
        }
        let mut request = callback(PATH, paid(), NOW);
        *request.method_mut() = http::Method::PUT;
        assert!(is_forged(&request));
        assert!(is_forged(&head("x-timestamp", "2023-09-05T16:30:01+07:00")));
        assert!(is_forged(&head("x-timestamp", "2023-09-05T09:30:00Z")));
    }

    #[test]
    fn a_callback_of_another_day_is_forged_and_one_of_yesterdays_payment_is_not() {
        for (timestamp, taken) in [
            ("2023-09-04T16:30:00+07:00", true),
            ("2023-09-04T16:29:59+07:00", false),
            ("2023-09-06T16:30:00+07:00", true),
            ("2023-09-06T16:30:01+07:00", false),
            ("2022-09-05T16:30:00+07:00", false),
            ("2023-09-05T09:30:00.123Z", true),
        ] {
            let request = callback(PATH, paid(), timestamp);
            assert_eq!(heard(&request).is_ok(), taken, "{timestamp}");
            assert!(taken || is_forged(&request), "{timestamp}");
        }
        for timestamp in ["2023-09-05T16:30:00", "now", "1693906200"] {
            assert!(is_unreadable(&callback(PATH, paid(), timestamp)), "{timestamp}");
        }
    }

    #[test]
    fn a_callback_for_another_merchant_of_winpays_is_forged() {
        assert!(is_forged(&with(r#""merchantId":"170041""#, r#""merchantId":"170042""#)));
        assert!(is_forged(&head("x-partner-id", "170042")));
        assert!(heard(&head("x-partner-id", &account().partner_id)).is_ok());
    }

    #[test]
    fn what_verifies_and_cannot_be_read_is_unreadable() {
        for (what, instead) in [
            (r#""latestTransactionStatus":"00""#, r#""latestTransactionStatus":"08""#),
            (r#""latestTransactionStatus":"00""#, r#""latestTransactionStatus":"0""#),
            (r#""latestTransactionStatus":"00""#, r#""latestTransactionStatus":0"#),
            (r#""latestTransactionStatus":"00","#, ""),
            (r#""originalPartnerReferenceNo":"000000000689","#, ""),
            ("000000000689", "0"),
            ("000000000689", "a b c d e"),
            (r#""originalReferenceNo":"53586","#, ""),
            ("53586", ""),
            (r#""merchantId":"170041","#, ""),
            (r#""amount":{"value":"10000.00","currency":"IDR"},"#, ""),
            (r#""value":"10000.00""#, r#""value":10000.00"#),
            ("ov384a48e3", "<script>"),
        ] {
            assert!(is_unreadable(&with(what, instead)), "{what} {instead}");
        }
        for body in ["{}", "[]", "null", "<html>", "{"] {
            assert!(is_unreadable(&callback(PATH, body, NOW)), "{body}");
        }
        let twice = paid().replacen('{', r#"{"merchantId":"170041","#, 1);
        assert!(is_unreadable(&callback(PATH, &twice, NOW)));
    }

    #[test]
    fn the_sample_says_whom_it_is_about_and_what_was_paid() {
        let notice = heard(&callback(PATH, paid(), NOW)).unwrap();
        assert_eq!(notice.reference, "000000000689");
        let contract = Some("ov384a48e3-f6be-4755-ae85-20a3682b7cb0");
        assert_eq!(notice.transaction.as_deref(), contract);
        assert_eq!(notice.amount, Rupiah::new(10_000));
        assert!(matches!(notice.claim, Claim::Payment));
    }

    #[test]
    fn every_status_of_a_callback_only_says_what_to_ask_about() {
        for status in ["00", "01", "02", "03", "04", "05", "06", "07"] {
            let request = with(
                r#""latestTransactionStatus":"00""#,
                &format!(r#""latestTransactionStatus":"{status}""#),
            );
            let notice = heard(&request).unwrap();
            assert!(matches!(notice.claim, Claim::Payment), "{status}");
            let amount = matches!(status, "00" | "04").then(|| Rupiah::new(10_000).unwrap());
            assert_eq!(notice.amount, amount, "{status}");
        }
    }

    #[test]
    fn an_amount_that_is_no_rupiah_is_nothing() {
        for (amount, rupiah) in [
            (r#"{"value":"10000.00","currency":"IDR"}"#, 10_000),
            (r#"{"value":"10000","currency":"IDR"}"#, 10_000),
            (r#"{"value":"10000.00","currency":"USD"}"#, 0),
            (r#"{"value":"10000.00","currency":"idr"}"#, 0),
            (r#"{"value":"10000.50","currency":"IDR"}"#, 0),
            (r#"{"value":"10000.0","currency":"IDR"}"#, 0),
            (r#"{"value":"10.000","currency":"IDR"}"#, 0),
            (r#"{"value":"-10000.00","currency":"IDR"}"#, 0),
            (r#"{"value":"+10000.00","currency":"IDR"}"#, 0),
            (r#"{"value":"1e4","currency":"IDR"}"#, 0),
            (r#"{"value":".00","currency":"IDR"}"#, 0),
            (r#"{"value":"","currency":"IDR"}"#, 0),
            (r#"{"value":"99999999999999999999.00","currency":"IDR"}"#, 0),
        ] {
            let request = with(r#"{"value":"10000.00","currency":"IDR"}"#, amount);
            assert_eq!(heard(&request).unwrap().amount, Rupiah::new(rupiah), "{amount}");
        }
    }

    #[test]
    fn a_callback_may_leave_the_contract_out_and_say_more_than_is_documented() {
        let info = r#","additionalInfo":{"channel":"OVO","contractId":"ov384a48e3-f6be-4755-ae85-20a3682b7cb0","feeAmount":"148.50","nettAmount":"9851.50"}"#;
        assert_eq!(heard(&with(info, "")).unwrap().transaction, None);
        let bare = with(info, r#","additionalInfo":{"contractId":""},"paidTime":"now","x":[{}]"#);
        assert_eq!(heard(&bare).unwrap().transaction, None);
    }

    #[test]
    fn a_callback_that_comes_again_is_the_same_callback() {
        let request = callback(PATH, paid(), NOW);
        let (first, again) = (heard(&request).unwrap(), heard(&request).unwrap());
        assert_eq!((first.reference, first.transaction), (again.reference, again.transaction));
    }

    #[test]
    fn the_path_that_was_called_is_the_one_that_is_signed_in_every_form() {
        for path in [
            "/notify/winpay/main",
            "/notify/winpay/main/v1.0/debit/notify",
            "/notify/winpay/main//v1.0/debit/notify",
            "/notify/winpay/main?source=winpay&x=%2F",
        ] {
            assert!(heard(&callback(path, paid(), NOW)).is_ok(), "{path}");
        }
        let mut absolute = callback(PATH, paid(), NOW);
        *absolute.uri_mut() = format!("https://pay.example{PATH}").parse().unwrap();
        assert!(heard(&absolute).is_ok());
    }

    #[test]
    fn what_a_proxy_takes_off_the_path_is_put_back_before_it_is_verified() {
        let mut account = account();
        account.notify_path_prefix = "/hooks/id".to_owned();
        let behind = Winpay::new(account).unwrap();
        for below in ["", "/v1.0/debit/notify"] {
            let path = format!("{PATH}{below}");
            let mut request = callback(&format!("/hooks/id{path}"), paid(), NOW);
            *request.uri_mut() = path.parse().unwrap();
            assert!(read(&behind, &request, DOCUMENTED).is_ok(), "{path}");
            assert!(is_forged(&request), "without the prefix: {path}");
            let unprefixed = callback(&path, paid(), NOW);
            let unprefixed = read(&behind, &unprefixed, DOCUMENTED);
            assert!(matches!(unprefixed, Err(ProviderError::Forged { .. })));
        }
    }

    const GOLDEN_PATH: &str = "/sandbox_prod/url_listener.php/v1.0/transfer-va/payment";
    const GOLDEN_TIME: &str = "2024-01-11T08:57:55+07:00";
    const GOLDEN: &str = r#"{"partnerServiceId":"    9042","customerNo":"00000009","virtualAccountNo":"    904200000009","virtualAccountName":"WINPAY - fiandi","trxId":"INV-000000023220","paymentRequestId":"45539","paidAmount":{"value":"10000.00","currency":"IDR"},"trxDateTime":"2024-01-11T08:57:55+07:00","additionalInfo":{"contractId":"si1cd5671d-2ffe-4cca-aff0-b8ee9bc1c041","channel":"BSI"}}"#;
    const GOLDEN_SIGNATURE: &str = "Zng8tJgtK2lPd8CP89KyO1OGEKXn1tFfXevTGIn5IhHYDpobp7+4uvuczP5HwldghO5mzkh03v6wnggoZev8M2RyKegbrRaIr66KbAgr6sfKfH9MfkXFcEKpF/am8QMr4oExKPdYTdGEr6pq6m1CzUjFQsyu9z6JuMGrjXrxFXU=";

    fn golden(path: &str, body: &str) -> Result<Notice, ProviderError> {
        let mut account = account();
        account.winpay_public_key = SANDBOX_KEY.to_owned();
        account.short_keys = ShortKeys::Allowed;
        let mut request = callback(path, body, GOLDEN_TIME);
        let signature = HeaderValue::from_static(GOLDEN_SIGNATURE);
        request.headers_mut().insert("x-signature", signature);
        read(&Winpay::new(account).unwrap(), &request, time::read(GOLDEN_TIME).unwrap())
    }

    /// It is a virtual account's, so that nothing but its signature can be read here.
    #[test]
    fn the_published_callback_verifies_by_the_sandboxs_short_key() {
        let verified = golden(GOLDEN_PATH, GOLDEN);
        assert!(matches!(verified, Err(ProviderError::Unreadable { .. })), "{verified:?}");
        for (path, body) in [
            ("/v1.0/transfer-va/payment", GOLDEN.to_owned()),
            (GOLDEN_PATH, GOLDEN.replace("00000009\"", "00000008\"")),
            (GOLDEN_PATH, GOLDEN.replace("    ", " ")),
        ] {
            let tampered = golden(path, &body);
            assert!(matches!(tampered, Err(ProviderError::Forged { .. })), "{path} {body}");
        }
    }

    #[test]
    fn what_is_on_disk_is_acknowledged_as_the_documents_say() {
        let answer = reply::acknowledge(DOCUMENTED);
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.headers()["x-timestamp"], NOW);
        assert_eq!(answer.headers()["content-type"], "application/json");
        assert_eq!(std::str::from_utf8(answer.body()).unwrap(), REPLY.trim_end());
    }

    #[test]
    fn what_is_turned_away_is_told_why_under_the_status_its_code_begins_with() {
        for (why, code) in [
            (Verdict::Forged, "4015600"),
            (Verdict::Unreadable, "4005602"),
            (Verdict::Unknown, "4045601"),
            (Verdict::NotKept, "5005601"),
        ] {
            let answer = answer(&why, DOCUMENTED).unwrap();
            let body: serde_json::Value = serde_json::from_slice(answer.body()).unwrap();
            assert_eq!(body["responseCode"], code);
            assert_eq!(answer.status().as_u16().to_string(), code[..3]);
            assert_eq!(answer.headers()["x-timestamp"], NOW);
        }
    }

    proptest! {
        #[test]
        fn no_callback_makes_it_panic_or_verifies(body in any::<Vec<u8>>()) {
            let mut request = callback(PATH, paid(), NOW);
            *request.body_mut() = Bytes::from(body);
            prop_assert!(is_forged(&request));
        }

        #[test]
        fn no_body_that_verifies_makes_it_panic(body in any::<String>()) {
            prop_assert!(is_unreadable(&callback(PATH, &body, NOW)));
        }
    }
}
