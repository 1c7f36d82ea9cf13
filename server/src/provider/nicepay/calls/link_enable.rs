//! `/api/linkEnable.do`: the customer's browser asks AstraPay to link an account.
//!
//! The documents break off before the table ends; `callBackUrl` is ours by analogy.

use kasir_shared::{Moment, Submit};

use super::super::Nicepay;
use super::super::codes::WALLET;
use super::super::draft::{fit, user_ip};
use super::super::methods::Method;
use super::super::text::{cleaned, time_stamp};
use super::form;
use crate::provider::{LinkOrder, Payer, ProviderError};

/// The longest `description`.
const DESCRIPTION_MAX: usize = 100;

/// The form that links an account.
pub(crate) fn submit(
    nicepay: &Nicepay,
    link: &LinkOrder,
    method: &Method,
    at: Moment,
) -> Result<Submit, ProviderError> {
    fit(&link.reference, [&link.notify_url, &link.return_url])?;
    if link.phone.is_none() {
        return Err(ProviderError::Unsendable { why: "the wallet's phone number is missing" });
    }
    let (billing, signer) = (&nicepay.account.billing, &nicepay.signer);
    let payer = payer(link);
    let phone = billing.phone_of(&payer);
    let fields = form([
        ("timeStamp", &time_stamp(at)),
        ("iMid", signer.imid()),
        ("referenceNo", &link.reference),
        ("payMethod", WALLET),
        ("billingNm", &billing.name_of(&payer)),
        ("billingPhone", &phone),
        ("billingEmail", &billing.email_of(&payer)),
        ("mitraCd", method.mitra_cd),
        ("callBackUrl", link.return_url.as_str()),
        ("dbProcessUrl", link.notify_url.as_str()),
        ("merchantToken", &signer.link_enable(&link.reference, &phone)),
        ("description", &description(link)),
        ("userIP", &user_ip(link.ip)),
    ]);
    Ok(Submit { url: nicepay.endpoints.link_enable.url.clone(), fields })
}

/// Whoever links is whom later payments bill.
fn payer(link: &LinkOrder) -> Payer {
    Payer {
        name: link.name.clone(),
        phone: link.phone.clone(),
        email: link.email.clone(),
        ip: link.ip,
    }
}

/// The shop, as the customer knows it, or the link's number where nothing of it can be written.
fn description(link: &LinkOrder) -> String {
    let shop = cleaned(&link.shop, DESCRIPTION_MAX);
    if shop.is_empty() { link.reference.clone() } else { shop }
}

#[cfg(test)]
mod tests {
    use kasir_shared::MethodId;

    use super::super::super::methods::row;
    use super::super::super::testing::{DOCUMENTED, link_order, nicepay};
    use super::*;

    const GOLDEN: &str =
        include_str!("../../../../../tests/vectors/nicepay/link_enable/fields.json");

    fn submitted(change: impl FnOnce(&mut LinkOrder)) -> Result<Submit, ProviderError> {
        let mut link = link_order();
        change(&mut link);
        submit(&nicepay(), &link, row(MethodId::Astrapay).unwrap(), DOCUMENTED)
    }

    #[test]
    fn the_form_is_the_documents() {
        let submit = submitted(|_| {}).unwrap();
        assert_eq!(submit.url.as_str(), "https://dev.nicepay.co.id/nicepay/api/linkEnable.do");
        assert_eq!(serde_json::to_string(&submit.fields).unwrap(), GOLDEN.trim_end());
    }

    #[test]
    fn what_does_not_fit_or_has_no_phone_is_not_sent() {
        assert!(submitted(|link| link.phone = None).is_err());
        assert!(submitted(|link| link.reference = "a".repeat(41)).is_err());
        let long = format!("https://pay.example/{}", "a".repeat(240));
        assert!(submitted(|link| link.return_url = long.parse().unwrap()).is_err());
    }

    #[test]
    fn a_shop_that_cannot_be_written_is_the_links_number() {
        let submit = submitted(|link| link.shop = "王小明".to_owned()).unwrap();
        assert!(submit.fields.0.contains(&("description".to_owned(), "ORD12345".to_owned())));
    }
}
