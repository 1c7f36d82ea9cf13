//! Notifications over SNAP: whether NICEPAY sent one, and whom it is about.
//!
//! The signature covers who we are and what time it is, and nothing of the body. Whoever saw one
//! notification can therefore write another around its signature for as long as it is taken: it says
//! what to inquire about, and nothing else.

use bytes::Bytes;
use http::{HeaderValue, Request, Response};
use kasir_shared::Moment;
use serde::Deserialize;

use super::account::Account;
use super::calls::is_transaction;
use crate::provider::snap::reply::{self, reply};
use crate::provider::snap::{sign, time};
use crate::provider::words::{present, unreadable};
use crate::provider::{Claim, Notice, ProviderError, Verdict};

/// The longest order number.
const REFERENCE_MAX: usize = 40;
/// How far a notification's time may be from ours. No document names a limit, and times of
/// transactions were seen where the time of sending belongs; a day keeps old ones out all the same.
const AGE_MAX_S: u32 = 24 * 60 * 60;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    original_reference_no: Option<String>,
    original_partner_reference_no: Option<String>,
}

pub(super) fn read(
    account: &Account,
    request: &Request<Bytes>,
    at: Moment,
) -> Result<Notice, ProviderError> {
    verify(account, request, at)?;
    let body: Body = serde_json::from_slice(request.body())
        .map_err(|_| ProviderError::Unreadable { why: "body is not the JSON of a notification" })?;
    let reference = present(body.original_partner_reference_no.as_ref()).filter(|it| is_sound(it));
    let Some(reference) = reference else {
        return unreadable("originalPartnerReferenceNo is none of ours");
    };
    let transaction = present(body.original_reference_no.as_ref());
    let Some(transaction) = transaction.filter(|it| is_transaction(it)) else {
        return unreadable("originalReferenceNo is missing, or not letters and digits");
    };
    Ok(Notice {
        reference: reference.to_owned(),
        transaction: Some(transaction.to_owned()),
        // An amount that nobody signed must not cast doubt on an order, let alone settle it.
        amount: None,
        claim: Claim::Payment,
    })
}

fn verify(account: &Account, request: &Request<Bytes>, at: Moment) -> Result<(), ProviderError> {
    let forged = |why| Err(ProviderError::Forged { why });
    let timestamp = header(request, "x-timestamp")?;
    let client = header(request, "x-client-key")?;
    let signature = header(request, "x-signature")?;
    if client != account.imid {
        return forged("X-CLIENT-KEY is not ours");
    }
    let text = sign::client_and_time(client, timestamp);
    if account.notification_key.verify(&text, signature).is_err() {
        return forged("X-SIGNATURE does not match");
    }
    let Some(sent) = time::read(timestamp) else { return unreadable("X-TIMESTAMP is no time") };
    if sent.seconds_after(at).max(at.seconds_after(sent)) > AGE_MAX_S {
        return forged("X-TIMESTAMP is of another day");
    }
    Ok(())
}

/// A header that is there, once and not empty.
fn header<'a>(request: &'a Request<Bytes>, name: &str) -> Result<&'a str, ProviderError> {
    let mut values = request.headers().get_all(name).into_iter();
    match (values.next().map(HeaderValue::to_str), values.next()) {
        (Some(Ok(text)), None) if !text.is_empty() => Ok(text),
        (Some(_), Some(_)) => unreadable("a header comes twice"),
        (Some(Ok(_) | Err(_)) | None, _) => unreadable("a header is missing"),
    }
}

fn is_sound(reference: &str) -> bool {
    reference.len() <= REFERENCE_MAX && reference.bytes().all(|byte| byte.is_ascii_graphic())
}

/// The first two are documented; the others are the standard's, and have it sent again.
pub(super) fn answer(verdict: &Verdict, at: Moment) -> Option<Response<Bytes>> {
    Some(match verdict {
        // Whatever is genuine need not come again: another amount is our affair.
        Verdict::Kept { .. } | Verdict::OtherAmount(_) | Verdict::PaidAlready(_) => {
            reply::acknowledge(at)
        }
        Verdict::Asked(_) => return None,
        Verdict::Unreadable => reply((400, 0), "Bad Request", at),
        Verdict::Forged => reply((401, 0), "Unauthorized", at),
        Verdict::Unknown => reply::unknown(at),
        Verdict::NotKept => reply::not_kept(at),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::testing::{account, key};
    use super::*;
    use crate::provider::snap::key::{PublicKey, ShortKeys};

    const BODY: &str =
        include_str!("../../../../../tests/vectors/nicepay/snap/notification/paid.json");
    const TIME: &str = "2022-12-08T06:59:59+07:00";

    fn at() -> Moment {
        time::read(TIME).unwrap()
    }

    fn signed(client: &str, timestamp: &str, body: &str) -> Request<Bytes> {
        let signature = key().sign(&sign::client_and_time(client, timestamp));
        let mut request = Request::new(Bytes::from(body.to_owned()));
        for (name, value) in
            [("x-timestamp", timestamp), ("x-client-key", client), ("x-signature", &signature)]
        {
            request.headers_mut().insert(name, value.parse().unwrap());
        }
        request
    }

    fn said(request: &Request<Bytes>) -> Result<Notice, ProviderError> {
        read(&account(), request, at())
    }

    fn is_forged(request: &Request<Bytes>) -> bool {
        matches!(said(request), Err(ProviderError::Forged { .. }))
    }

    fn is_unreadable(request: &Request<Bytes>) -> bool {
        matches!(said(request), Err(ProviderError::Unreadable { .. }))
    }

    #[test]
    fn a_header_that_is_missing_empty_or_there_twice_is_unreadable() {
        for name in ["x-timestamp", "x-client-key", "x-signature"] {
            let mut request = signed("IONPAYTEST", TIME, BODY);
            request.headers_mut().append(name, "x".parse().unwrap());
            assert!(is_unreadable(&request), "{name} twice");
            request.headers_mut().insert(name, HeaderValue::from_static(""));
            assert!(is_unreadable(&request), "{name} empty");
            request.headers_mut().remove(name);
            assert!(is_unreadable(&request), "{name} missing");
        }
    }

    #[test]
    fn a_signature_that_is_not_nicepays_over_this_client_and_time_is_forged() {
        let sound = signed("IONPAYTEST", TIME, BODY);
        assert!(said(&sound).is_ok());
        let signature = sound.headers()["x-signature"].to_str().unwrap().to_owned();
        for wrong in [
            "MTIz".to_owned(),
            "not base64".to_owned(),
            signature[..signature.len() - 4].to_owned(),
            signature[1..].to_owned(),
            signature.trim_end_matches('=').to_owned(),
            signature.to_ascii_lowercase(),
            hex::encode(&signature),
        ] {
            let mut request = signed("IONPAYTEST", TIME, BODY);
            request.headers_mut().insert("x-signature", wrong.parse().unwrap());
            assert!(is_forged(&request), "{wrong}");
        }
        for (name, value) in [
            ("x-timestamp", "2022-12-08T06:59:58+07:00"),
            ("x-timestamp", "2022-12-07T23:59:59Z"),
            ("x-client-key", "IONPAYTES2"),
        ] {
            let mut request = signed("IONPAYTEST", TIME, BODY);
            request.headers_mut().insert(name, HeaderValue::from_static(value));
            assert!(is_forged(&request), "{name} {value}");
        }
    }

    #[test]
    fn another_merchants_notification_is_not_ours_although_nicepay_signed_it() {
        assert!(is_forged(&signed("TNICEVA023", TIME, BODY)));
    }

    #[test]
    fn a_notification_of_another_day_is_refused() {
        for (timestamp, taken) in [
            ("2022-12-07T06:59:59+07:00", true),
            ("2022-12-07T06:59:58+07:00", false),
            ("2022-12-09T06:59:59+07:00", true),
            ("2022-12-09T07:00:00+07:00", false),
            ("2021-12-08T06:59:59+07:00", false),
        ] {
            let request = signed("IONPAYTEST", timestamp, BODY);
            assert_eq!(is_forged(&request), !taken, "{timestamp}");
        }
        for timestamp in ["2022-12-08T06:59:59", "20221208065959", "now"] {
            assert!(is_unreadable(&signed("IONPAYTEST", timestamp, BODY)), "{timestamp}");
        }
    }

    #[test]
    fn a_body_that_names_no_order_is_unreadable() {
        for body in ["", "<html>", "[]", "null", "{}", &BODY[..40]] {
            assert!(is_unreadable(&signed("IONPAYTEST", TIME, body)), "{body}");
        }
        for (what, with) in [
            ("ORD20221208", ""),
            ("ORD20221208", "a b"),
            ("\"ORD20221208\"", "20221208"),
            ("IONPAYTEST05202212080659591234", ""),
            ("IONPAYTEST05202212080659591234", "a/b"),
            ("originalReferenceNo", "originalReferenceno"),
            ("\"amount\":{", "\"originalReferenceNo\":\"A\",\"amount\":{"),
        ] {
            assert!(BODY.contains(what));
            let body = BODY.replace(what, with);
            assert!(is_unreadable(&signed("IONPAYTEST", TIME, &body)), "{what} {with}");
        }
    }

    #[test]
    fn a_notification_that_verifies_says_what_to_inquire_about() {
        let notice = said(&signed("IONPAYTEST", TIME, BODY)).unwrap();
        assert_eq!(notice.reference, "ORD20221208");
        assert_eq!(notice.transaction.as_deref(), Some("IONPAYTEST05202212080659591234"));
        assert!(matches!(notice.claim, Claim::Payment));
    }

    #[test]
    fn an_amount_is_not_believed_whatever_it_is() {
        for amount in [r#""2000.00""#, r#""1.00""#, "null", "[]"] {
            let body = BODY.replace(r#""2000.00""#, amount);
            assert_eq!(said(&signed("IONPAYTEST", TIME, &body)).unwrap().amount, None, "{amount}");
        }
    }

    #[test]
    fn the_published_signature_verifies() {
        let mut account = account();
        account.imid = "TNICEVA023".to_owned();
        let published: serde_json::Value = serde_json::from_str(super::super::PUBLISHED).unwrap();
        let row = &published["notification"];
        let key = row["public_key"].as_str().unwrap();
        account.notification_key = PublicKey::read(key, ShortKeys::Refused).unwrap();
        let mut request = Request::new(Bytes::from_static(BODY.as_bytes()));
        for name in ["x-timestamp", "x-client-key", "x-signature"] {
            let value = row[name].as_str().unwrap().parse().unwrap();
            request.headers_mut().insert(name, value);
        }
        let sent = time::read(row["x-timestamp"].as_str().unwrap()).unwrap();
        assert!(read(&account, &request, sent).is_ok());
        assert!(matches!(
            read(&account, &request, sent.plus_s(86_401)),
            Err(ProviderError::Forged { .. })
        ));
    }

    #[test]
    fn what_was_kept_is_acknowledged_and_what_was_not_has_a_code() {
        for (reply, status, code) in [
            (reply::acknowledge(at()), 200, "2005600"),
            (answer(&Verdict::Unreadable, at()).unwrap(), 400, "4005600"),
            (answer(&Verdict::Forged, at()).unwrap(), 401, "4015600"),
            (answer(&Verdict::Unknown, at()).unwrap(), 404, "4045601"),
            (answer(&Verdict::NotKept, at()).unwrap(), 500, "5005601"),
        ] {
            assert_eq!(reply.status(), status);
            assert_eq!(reply.headers()["x-timestamp"], TIME);
            let body: serde_json::Value = serde_json::from_slice(reply.body()).unwrap();
            assert_eq!(body["responseCode"], code);
        }
    }

    proptest! {
        #[test]
        fn no_body_makes_it_panic_or_verifies_unsigned(body in any::<Vec<u8>>()) {
            let mut request = signed("IONPAYTEST", TIME, BODY);
            *request.body_mut() = Bytes::from(body);
            prop_assert!(said(&request).is_err());
        }
    }
}
