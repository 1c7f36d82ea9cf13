//! `/api/linkEnable.do`: the customer's browser asks AstraPay to link an account.
//!
//! The documents break off before the table ends; `callBackUrl` is ours by analogy.

use kasir_shared::Submit;

use super::super::Nicepay;
use super::super::cart::{V2, goods_name};
use super::super::codes::WALLET;
use super::super::draft::Draft;
use super::form;

/// The form that links an account.
pub(crate) fn submit(nicepay: &Nicepay, draft: &Draft<'_>) -> Submit {
    let (order, billing, signer) = (draft.order, &nicepay.account.billing, &nicepay.signer);
    let phone = billing.phone_of(&order.payer);
    let fields = form([
        ("timeStamp", &draft.time_stamp),
        ("iMid", signer.imid()),
        ("referenceNo", &order.reference),
        ("payMethod", WALLET),
        ("billingNm", &billing.name_of(&order.payer)),
        ("billingPhone", &phone),
        ("billingEmail", &billing.email_of(&order.payer)),
        ("mitraCd", draft.method.mitra_cd),
        ("callBackUrl", order.return_url.as_str()),
        ("dbProcessUrl", order.notify_url.as_str()),
        ("merchantToken", &signer.link_enable(&order.reference, &phone)),
        ("description", &goods_name(order, 100, V2)),
        ("userIP", &draft.user_ip()),
    ]);
    Submit { url: nicepay.endpoints.link_enable.url.clone(), fields }
}

#[cfg(test)]
mod tests {
    use kasir_shared::MethodId;

    use super::super::super::methods::row;
    use super::super::super::testing::{DOCUMENTED, nicepay, order};
    use super::*;

    const GOLDEN: &str =
        include_str!("../../../../../tests/vectors/nicepay/link_enable/fields.json");

    #[test]
    fn the_form_is_the_documents() {
        let mut order = order(MethodId::Astrapay);
        order.reference = "ORD12345".to_owned();
        let row = row(MethodId::Astrapay).unwrap();
        let submit = submit(&nicepay(), &Draft::new(&order, row, DOCUMENTED).unwrap());
        assert_eq!(submit.url.as_str(), "https://dev.nicepay.co.id/nicepay/api/linkEnable.do");
        assert_eq!(serde_json::to_string(&submit.fields).unwrap(), GOLDEN.trim_end());
    }
}
