//! `POST /api/linkInitiate.do`: a payment with a linked AstraPay account, a registration and a
//! payment step in one.
//!
//! The documents say that the merchant submits it and what it asks, not what it answers. We ask for
//! JSON as the payment step does, and take a redirect that was meant for a browser as well.
//! Nobody is charged before the customer confirms at AstraPay.

use bytes::Bytes;
use http::Request;

use super::super::Nicepay;
use super::super::cart::{V2, cart_data, goods_name};
use super::super::codes::{self, Meaning, Operation};
use super::super::draft::Draft;
use super::onward::{self, Onward, Sent};
use super::registration::GOODS_NAME_MAX;
use super::{Ours, form, post_form};
use crate::provider::{Dialogue, ProviderError, Started};
use crate::secret::Secret;

/// The longest `mandateID`.
pub(crate) const MANDATE_MAX: usize = 40;

/// Places the order under the customer's agreement with AstraPay.
pub(crate) fn ask(
    nicepay: &Nicepay,
    draft: &Draft<'_>,
    mandate: &Secret,
) -> Result<Dialogue<Started>, ProviderError> {
    let order = draft.order;
    let sent = Sent {
        ours: Ours { reference: order.reference.clone(), amount: order.amount },
        method: order.method,
        return_url: order.return_url.clone(),
    };
    let lifetime_s = draft.method.lifetime_s;
    Ok(Dialogue::ask("link_initiate", question(nicepay, draft, mandate)?, move |answer| {
        read(onward::read(&answer, &sent)?, lifetime_s).map(Dialogue::Done)
    }))
}

fn question(
    nicepay: &Nicepay,
    draft: &Draft<'_>,
    mandate: &Secret,
) -> Result<Request<Bytes>, ProviderError> {
    let (order, billing, signer) = (draft.order, &nicepay.account.billing, &nicepay.signer);
    if !is_mandate(mandate.expose()) {
        return Err(ProviderError::Unsendable { why: "mandate is none of NICEPAY's" });
    }
    let fields = form([
        ("timeStamp", &draft.time_stamp),
        ("iMid", signer.imid()),
        ("mandateID", mandate.expose()),
        ("payMethod", codes::WALLET),
        ("mitraCd", draft.method.mitra_cd),
        ("currency", "IDR"),
        ("amt", &draft.amount),
        ("goodsNm", &goods_name(order, GOODS_NAME_MAX, V2)),
        ("referenceNo", &order.reference),
        ("billingNm", &billing.name_of(&order.payer)),
        ("billingPhone", &billing.phone_of(&order.payer)),
        ("billingEmail", &billing.email_of(&order.payer)),
        ("billingAddr", &billing.address),
        ("billingCity", &billing.city),
        ("billingState", &billing.state),
        ("billingPostCd", &billing.post_code),
        ("billingCountry", &billing.country),
        ("cartData", &cart_data(order, V2)?),
        ("callBackUrl", order.return_url.as_str()),
        ("dbProcessUrl", order.notify_url.as_str()),
        ("userIP", &draft.user_ip()),
        ("merchantToken", &signer.link_initiate(&order.reference, &draft.amount)),
        ("returnJsonFormat", "1"),
    ]);
    Ok(post_form(&nicepay.endpoints.link_initiate, &fields))
}

/// Whether a text is a `mandateID`: letters and digits, and not too long.
pub(crate) fn is_mandate(text: &str) -> bool {
    (1..=MANDATE_MAX).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric())
}

fn read(onward: Onward, lifetime_s: u32) -> Result<Started, ProviderError> {
    let code = match onward {
        Onward::To { next, transaction } => {
            return Ok(Started::Placed { transaction, next, lifetime_s: Some(lifetime_s) });
        }
        // As for a registration: placing it once more is safe, because the number is taken then.
        Onward::Busy => return Ok(Started::Busy),
        Onward::No(code) => code,
    };
    match codes::meaning(Operation::LinkInitiate, &code)? {
        Meaning::Busy => Ok(Started::Busy),
        Meaning::Taken => Ok(Started::ReferenceTaken),
        Meaning::Refused(reason) => Ok(Started::Refused(codes::refusal(&code, reason))),
        Meaning::Misconfigured(why) => Err(codes::misconfigured(&code, why)),
        Meaning::Done | Meaning::NotFound => super::unreadable("no address to go on to"),
    }
}

#[cfg(test)]
mod tests {
    use http::header::LOCATION;
    use kasir_shared::{MethodId, Rupiah};

    use super::super::super::methods::row;
    use super::super::super::testing::{DOCUMENTED, answer, nicepay, order, status};
    use super::*;
    use crate::provider::{FailureReason, Next};

    const GOLDEN: &str =
        include_str!("../../../../../tests/vectors/nicepay/link_initiate/question.form");

    fn asked(mandate: &str) -> Result<Dialogue<Started>, ProviderError> {
        let mut order = order(MethodId::Astrapay);
        order.reference = "ORD54321".to_owned();
        order.amount = Rupiah::new(10_000).unwrap();
        let draft = Draft::new(&order, row(MethodId::Astrapay).unwrap(), DOCUMENTED)?;
        ask(&nicepay(), &draft, &Secret::new(mandate.to_owned()))
    }

    fn answered(answer: http::Response<Bytes>) -> Result<Started, ProviderError> {
        let Dialogue::Ask(exchange) = asked("IONPAYTEST123412345")? else { panic!("it asks") };
        match exchange.answer(answer)? {
            Dialogue::Done(started) => Ok(started),
            Dialogue::Ask(_) | Dialogue::Authorize(_) => panic!("one answer is enough"),
        }
    }

    #[test]
    fn a_mandate_that_nicepay_cannot_have_given_is_not_sent() {
        for mandate in ["", "a b", "x&amt=1", &"1".repeat(41)] {
            assert!(matches!(asked(mandate), Err(ProviderError::Unsendable { .. })), "{mandate}");
        }
    }

    #[test]
    fn html_is_not_taken_for_an_answer_nor_silence_for_anything() {
        assert!(matches!(answered(answer("<html>")), Err(ProviderError::Unreadable { .. })));
        let Dialogue::Ask(exchange) = asked("IONPAYTEST123412345").unwrap() else { panic!() };
        assert!(exchange.unanswered().is_none());
    }

    #[test]
    fn a_mandate_that_is_refused_means_linking_again() {
        for code in ["9751", "9920"] {
            let body = format!(r#"{{"resultCd":"{code}"}}"#);
            let Started::Refused(refusal) = answered(answer(&body)).unwrap() else { panic!() };
            assert_eq!(refusal.reason, FailureReason::LinkGone);
        }
    }

    #[test]
    fn every_other_no_is_what_it_is_for_a_registration() {
        let started = |code: &str| answered(answer(&format!(r#"{{"resultCd":"{code}"}}"#)));
        assert!(matches!(started("9009"), Ok(Started::ReferenceTaken)));
        assert!(matches!(started("9002"), Ok(Started::Busy)));
        assert!(matches!(started("9010"), Err(ProviderError::Misconfigured { .. })));
        assert!(matches!(started("9752"), Ok(Started::Refused(_))));
        assert!(matches!(answered(status(502, "")), Ok(Started::Busy)));
    }

    #[test]
    fn the_question_is_the_documents() {
        let Dialogue::Ask(exchange) = asked("IONPAYTEST123412345").unwrap() else { panic!() };
        assert_eq!(exchange.request.uri(), "https://dev.nicepay.co.id/nicepay/api/linkInitiate.do");
        assert_eq!(std::str::from_utf8(exchange.request.body()).unwrap(), GOLDEN.trim_end());
    }

    #[test]
    fn astrapays_page_comes_by_json_or_by_a_redirect() {
        let body = r#"{"resultCd":"0000","tXid":"IONPAYTEST05202212080659591234",
            "redirectUrlHttp":"https://pay.astrapay.example/1","redirectUrlApp":"astrapay://1"}"#;
        let Started::Placed { transaction, next, .. } = answered(answer(body)).unwrap() else {
            panic!("it is placed")
        };
        assert_eq!(transaction.as_deref(), Some("IONPAYTEST05202212080659591234"));
        assert!(matches!(next, Next::OpenApp { .. }));

        let mut redirect = status(302, "");
        redirect.headers_mut().insert(LOCATION, "https://pay.astrapay.example/1".parse().unwrap());
        let Started::Placed { transaction, next, .. } = answered(redirect).unwrap() else {
            panic!("it is placed")
        };
        assert_eq!(transaction, None);
        assert!(matches!(next, Next::Redirect(_)));
    }
}
