//! `dbProcess` notifications: whether NICEPAY sent one, and whom it is about.
//!
//! The token covers the `tXid` and the amount and nothing else: not the order number, not the
//! status, not the time. So a notification that verifies still only says what to inquire about, may
//! come any number of times, and its order number is good for nothing but finding the order.

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Request, Response};

use super::Nicepay;
use super::calls::is_transaction;
use super::calls::link_initiate::is_mandate;
use super::codes::WALLET;
use super::form::Form;
use crate::provider::words::unreadable;
use crate::provider::{Agreement, Claim, Notice, ProviderError, Verdict};
use crate::secret::Secret;

/// The longest `referenceNo`.
const REFERENCE_MAX: usize = 40;
/// AstraPay, the one wallet that is linked.
const LINKED_WALLET: &str = "ASTR";
/// How long a `tXid` is.
const TRANSACTION_LENGTH: usize = 30;
/// The amount that the token of a link notification covers.
const NO_MONEY: &str = "0";

pub(crate) fn read(nicepay: &Nicepay, request: &Request<Bytes>) -> Result<Notice, ProviderError> {
    let form = Form::parse(request.body());
    let field = |name| {
        let value = form.one(name);
        value.map_err(|_| ProviderError::Unreadable { why: "a field comes twice" })
    };
    let token = field("merchantToken")?.unwrap_or_default();
    if token.is_empty() {
        return Err(ProviderError::Forged { why: "merchantToken is missing" });
    }
    let fields = Fields {
        token,
        transaction: field("tXid")?.unwrap_or_default(),
        reference: field("referenceNo")?.unwrap_or_default(),
        amt: field("amt")?,
        pay_method: field("payMethod")?,
        mitra_cd: field("mitraCd")?,
        status: field("status")?,
    };
    match field("mandateID")?.filter(|mandate| !mandate.is_empty()) {
        // Where both are there and differ, a payment names the agreement that it was made under.
        Some(mandate) if fields.transaction.is_empty() || fields.transaction == mandate => {
            fields.linked(nicepay, mandate)
        }
        Some(_) | None => fields.payment(nicepay),
    }
}

/// What counts of a notification.
struct Fields<'a> {
    token: &'a str,
    transaction: &'a str,
    reference: &'a str,
    amt: Option<&'a str>,
    pay_method: Option<&'a str>,
    mitra_cd: Option<&'a str>,
    status: Option<&'a str>,
}

impl Fields<'_> {
    fn payment(&self, nicepay: &Nicepay) -> Result<Notice, ProviderError> {
        let Some(amt) = self.amt else { return unreadable("amt is missing") };
        if !is_transaction(self.transaction) {
            return unreadable("tXid is missing, or not letters and digits");
        }
        self.verified(nicepay, self.transaction, amt)?;
        Ok(Notice {
            amount: None,
            reference: self.reference()?,
            transaction: Some(self.transaction.to_owned()),
            claim: Claim::Payment,
        })
    }

    /// How a link is notified is documented nowhere; this is how we propose to read it: the ordinary
    /// token, over the agreement and no money.
    fn linked(&self, nicepay: &Nicepay, mandate: &str) -> Result<Notice, ProviderError> {
        if !is_mandate(mandate) {
            return unreadable("mandateID is not letters and digits");
        }
        if self.amt.is_some_and(|amt| amt != NO_MONEY) {
            return unreadable("a link has an amount");
        }
        // Values are signed without separators: the token of a payment over 1000 is also that of its
        // tXid with 100 behind it and no money. What begins like a tXid and goes on is no mandate.
        if mandate.len() > TRANSACTION_LENGTH
            && mandate.starts_with(&format!("{}{WALLET}", nicepay.signer.imid()))
        {
            return Err(ProviderError::Forged { why: "mandateID is a tXid and an amount" });
        }
        self.verified(nicepay, mandate, NO_MONEY)?;
        let named = [
            (self.pay_method, WALLET),
            (self.mitra_cd, LINKED_WALLET),
            // 1 is a reversal: a link that ended, which nobody has described.
            (self.status, "0"),
        ];
        if named.iter().any(|(value, expected)| *value != Some(*expected)) {
            return unreadable("a mandate, but not of a linked AstraPay account");
        }
        Ok(Notice {
            amount: None,
            reference: self.reference()?,
            transaction: None,
            claim: Claim::Linked(Agreement { token: Secret::new(mandate.to_owned()), phone: None }),
        })
    }

    fn verified(
        &self,
        nicepay: &Nicepay,
        transaction: &str,
        amt: &str,
    ) -> Result<(), ProviderError> {
        if nicepay.signer.signed_notification(self.token, transaction, amt) {
            Ok(())
        } else {
            Err(ProviderError::Forged { why: "merchantToken does not match" })
        }
    }

    fn reference(&self) -> Result<String, ProviderError> {
        let sound = (1..=REFERENCE_MAX).contains(&self.reference.len())
            && self.reference.bytes().all(|byte| byte.is_ascii_graphic());
        if sound {
            Ok(self.reference.to_owned())
        } else {
            unreadable("referenceNo is none of ours")
        }
    }
}

/// What NICEPAY wants to hear is documented nowhere, and its own plugins answer differently: a 200
/// with a short text is what they have in common. It is wanted for whatever is genuine: another amount
/// is our affair.
pub(crate) fn answer(verdict: &Verdict) -> Option<Response<Bytes>> {
    match verdict {
        Verdict::Kept { .. } | Verdict::OtherAmount(_) | Verdict::PaidAlready(_) => Some(ok()),
        Verdict::Asked(_)
        | Verdict::Forged
        | Verdict::Unreadable
        | Verdict::Unknown
        | Verdict::NotKept => None,
    }
}

fn ok() -> Response<Bytes> {
    let mut answer = Response::new(Bytes::from_static(b"OK"));
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain"));
    answer
}

#[cfg(test)]
mod tests {
    use kasir_shared::Moment;
    use proptest::prelude::*;

    use super::super::testing::nicepay;
    use super::*;

    /// The token of this one was computed from the documented formula; see merchant-token.json.
    const PAID: &str = include_str!("../../../../tests/vectors/nicepay/notification/paid.form");
    /// The token of this one was published with a notification of a virtual account.
    const PUBLISHED: &str =
        include_str!("../../../../tests/vectors/nicepay/notification/published.form");
    const LINKED: &str = include_str!("../../../../tests/vectors/nicepay/notification/linked.form");

    fn said(body: &str) -> Result<Notice, ProviderError> {
        read(&nicepay(), &Request::new(Bytes::from(body.trim_end().to_owned())))
    }

    fn is_forged(body: &str) -> bool {
        matches!(said(body), Err(ProviderError::Forged { .. }))
    }

    fn is_unreadable(body: &str) -> bool {
        matches!(said(body), Err(ProviderError::Unreadable { .. }))
    }

    #[test]
    fn a_notification_without_a_true_token_is_forged() {
        for (what, with) in [
            ("amt=10000", "amt=1000"),
            ("amt=10000", "amt=10000.00"),
            ("amt=10000", "amt="),
            ("IONPAYTEST05202212141556331691", "IONPAYTEST05202212141556331692"),
            ("merchantToken=", "merchanttoken="),
            ("merchantToken=156c", "merchantToken=156C"),
            ("merchantToken=156c", "merchantToken=256c"),
            ("merchantToken=156c", "merchantToken=&old=156c"),
        ] {
            assert!(PAID.contains(what));
            assert!(is_forged(&PAID.replace(what, with)), "{what} {with}");
        }
        assert!(is_forged(""));
        assert!(is_forged("<html>"));
        assert!(is_forged(r#"{"tXid":"IONPAYTEST05202212141556331691"}"#));
    }

    #[test]
    fn what_comes_twice_or_is_missing_is_unreadable() {
        for name in ["amt", "tXid", "merchantToken", "referenceNo", "status", "payMethod"] {
            assert!(is_unreadable(&format!("{}&{name}=1", PAID.trim_end())), "{name}");
        }
        assert!(is_unreadable(&PAID.replace("amt=10000", "amount=10000")));
        assert!(is_unreadable(&PAID.replace("tXid=", "txid=")));
        assert!(is_unreadable(&PAID.replace("referenceNo=", "referenceno=")));
        assert!(is_unreadable(&PAID.replace("referenceNo=ORD20221214", "referenceNo=a%0Ab")));
    }

    #[test]
    fn a_notification_that_verifies_says_what_to_inquire_about() {
        let notice = said(PAID).unwrap();
        assert_eq!(notice.reference, "ORD20221214");
        assert_eq!(notice.transaction.as_deref(), Some("IONPAYTEST05202212141556331691"));
        assert!(matches!(notice.claim, Claim::Payment));
        let reversal = said(&PAID.replace("status=0", "status=1")).unwrap();
        assert!(matches!(reversal.claim, Claim::Payment));
    }

    #[test]
    fn the_published_notification_verifies() {
        let notice = said(PUBLISHED).unwrap();
        assert_eq!(notice.transaction.as_deref(), Some("IONPAYTEST02202212141423372834"));
    }

    #[test]
    fn a_link_is_told_by_its_mandate() {
        let notice = said(LINKED).unwrap();
        assert_eq!((notice.reference.as_str(), notice.transaction), ("ORD12345", None));
        let Claim::Linked(Agreement { token: mandate, .. }) = notice.claim else {
            panic!("it is linked")
        };
        assert_eq!(mandate.expose(), "IONPAYTEST123412345");
        let with_transaction = format!("{}&tXid=IONPAYTEST123412345", LINKED.trim_end());
        assert!(matches!(said(&with_transaction).unwrap().claim, Claim::Linked(_)));
    }

    #[test]
    fn a_link_that_is_not_astrapays_or_not_free_is_none() {
        for (what, with) in [
            ("mitraCd=ASTR", "mitraCd=DANA"),
            ("status=0", "status=1"),
            ("payMethod=05", "payMethod=06"),
            ("amt=0", "amt=10000"),
            ("mandateID=IONPAYTEST123412345", "mandateID=a%20b"),
        ] {
            assert!(LINKED.contains(what));
            assert!(is_unreadable(&LINKED.replace(what, with)), "{what} {with}");
        }
        assert!(is_forged(&LINKED.replace("123412345", "123412346")));
    }

    #[test]
    fn the_token_of_a_payment_makes_no_link() {
        let forged = "merchantToken=156cfa5736765ca00ae460a0aa177d7bd5b20f4c54edf1a53fb8c43aa7dd0384\
            &referenceNo=ORD12345&payMethod=05&mitraCd=ASTR&amt=0&status=0\
            &mandateID=IONPAYTEST052022121415563316911000";
        assert!(nicepay().signer.signed_notification(
            "156cfa5736765ca00ae460a0aa177d7bd5b20f4c54edf1a53fb8c43aa7dd0384",
            "IONPAYTEST052022121415563316911000",
            "0"
        ));
        assert!(is_forged(forged));
    }

    #[test]
    fn a_payment_under_a_mandate_is_a_payment() {
        let notice = said(&format!("{}&mandateID=IONPAYTEST123412345", PAID.trim_end())).unwrap();
        assert!(matches!(notice.claim, Claim::Payment));
    }

    #[test]
    fn what_was_stored_is_acknowledged_briefly() {
        let kept = Verdict::Kept { since: Moment::from_unix_s(0), bill: None };
        let answer = answer(&kept).unwrap();
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.body().as_ref(), b"OK");
    }

    proptest! {
        #[test]
        fn no_notification_makes_it_panic_or_verifies(body in any::<Vec<u8>>()) {
            prop_assert!(read(&nicepay(), &Request::new(Bytes::from(body))).is_err());
        }
    }
}
