//! An order in NICEPAY's words, once it is sure that they fit.

use std::net::IpAddr;

use kasir_shared::{Field, Moment, WebUrl};

use super::methods::Method;
use super::text::{digits, time_stamp};
use crate::provider::{Order, ProviderError};

/// The longest address of ours that NICEPAY stores.
const URL_MAX: usize = 255;
/// The longest `referenceNo`.
const REFERENCE_MAX: usize = 40;
/// The longest `userIP`.
const IP_MAX: usize = 15;

/// An order that fits NICEPAY's fields.
pub(crate) struct Draft<'a> {
    pub(crate) order: &'a Order,
    pub(crate) method: &'static Method,
    /// Our clock, as it enters every token of the order.
    pub(crate) time_stamp: String,
    /// The amount, as it enters every token of the order.
    pub(crate) amount: String,
}

impl<'a> Draft<'a> {
    pub(crate) fn new(
        order: &'a Order,
        method: &'static Method,
        at: Moment,
    ) -> Result<Self, ProviderError> {
        let unsendable = |why| Err(ProviderError::Unsendable { why });
        fit(&order.reference, [&order.notify_url, &order.return_url])?;
        if order.amount.is_zero() {
            return unsendable("amount is nothing");
        }
        if method.id.row().fields.contains(&Field::Phone) && order.payer.phone.is_none() {
            return unsendable("the wallet's phone number is missing");
        }
        Ok(Self { order, method, time_stamp: time_stamp(at), amount: digits(order.amount) })
    }

    /// The payer's address as it fits `userIP`.
    pub(crate) fn user_ip(&self) -> String {
        user_ip(self.order.payer.ip)
    }
}

/// Whether a number of ours and the addresses that go with it fit NICEPAY's fields.
pub(crate) fn fit(reference: &str, urls: [&WebUrl; 2]) -> Result<(), ProviderError> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
    if !(1..=REFERENCE_MAX).contains(&reference.len()) || !reference.bytes().all(plain) {
        let why = "order number is not plain ASCII of at most 40 characters";
        return Err(ProviderError::Unsendable { why });
    }
    if urls.iter().any(|url| url.as_str().len() > URL_MAX) {
        let why = "one of our own addresses is longer than 255 characters";
        return Err(ProviderError::Unsendable { why });
    }
    Ok(())
}

/// An address as it fits `userIP`. NICEPAY's field is as long as an IPv4 address; an IPv6 address
/// that is longer goes as the unspecified one rather than as somebody else's.
pub(crate) fn user_ip(ip: IpAddr) -> String {
    let text = match ip {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(v6) => v6.to_ipv4_mapped().map_or_else(|| v6.to_string(), |v4| v4.to_string()),
    };
    if text.len() <= IP_MAX { text } else { "0.0.0.0".to_owned() }
}

#[cfg(test)]
mod tests {
    use kasir_shared::{MethodId, Rupiah};

    use super::super::methods::row;
    use super::super::testing::order;
    use super::*;

    fn refused(method: MethodId, change: impl FnOnce(&mut Order)) -> bool {
        let mut order = order(method);
        change(&mut order);
        let draft = Draft::new(&order, row(method).unwrap(), Moment::from_unix_s(0));
        matches!(draft, Err(ProviderError::Unsendable { .. }))
    }

    #[test]
    fn what_does_not_fit_is_not_sent() {
        let long: WebUrl = format!("https://pay.example/{}", "a".repeat(240)).parse().unwrap();
        assert!(refused(MethodId::Dana, |order| order.reference.clear()));
        assert!(refused(MethodId::Dana, |order| order.reference = "a".repeat(41)));
        assert!(refused(MethodId::Dana, |order| order.reference = "a b".to_owned()));
        assert!(refused(MethodId::Dana, |order| order.amount = Rupiah::ZERO));
        assert!(refused(MethodId::Dana, |order| order.notify_url = long.clone()));
        assert!(refused(MethodId::Dana, |order| order.return_url = long));
        assert!(refused(MethodId::Ovo, |order| order.payer.phone = None));
        assert!(!refused(MethodId::Dana, |order| order.payer.phone = None));
    }

    #[test]
    fn an_address_of_the_payer_fits_or_is_none() {
        for (ip, sent) in [
            ("203.0.113.77", "203.0.113.77"),
            ("::ffff:203.0.113.77", "203.0.113.77"),
            ("::1", "::1"),
            ("2001:db8:1111:2222:3333:4444:5555:6666", "0.0.0.0"),
        ] {
            let mut order = order(MethodId::Dana);
            order.payer.ip = ip.parse().unwrap();
            let draft = Draft::new(&order, row(MethodId::Dana).unwrap(), Moment::from_unix_s(0));
            assert_eq!(draft.unwrap().user_ip(), sent);
        }
    }
}
