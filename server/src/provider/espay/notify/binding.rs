//! A wallet was linked. Espay's overview names a service "Binding Notify" whose page is not public:
//! this reads what Account Binding's own answer and its siblings have, signed like every callback.

use bytes::Bytes;
use http::{Request, Response};
use kasir_shared::Moment;
use serde::Deserialize;

use super::super::Espay;
use super::snap::{flaw, plain, verify};
use crate::provider::words::{present, unreadable};
use crate::provider::{Agreement, Claim, Notice, ProviderError, Verdict};
use crate::secret::Secret;

/// Account Binding's number: that of the notification is not documented.
const NUMBER: u8 = 7;
const MANDATORY: [&str; 3] = ["partnerReferenceNo", "merchantId", "additionalInfo"];
/// The longest number of a link.
const REFERENCE_MAX: usize = 40;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Binding {
    partner_reference_no: String,
    merchant_id: String,
    additional_info: AdditionalInfo,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AdditionalInfo {
    account_token: Option<String>,
    phone_no: Option<String>,
    binding_status: Option<String>,
}

pub(super) fn read(
    espay: &Espay,
    request: &Request<Bytes>,
    at: Moment,
) -> Result<Notice, ProviderError> {
    verify(espay, request, at)?;
    let Ok(binding) = serde_json::from_slice::<Binding>(request.body()) else {
        return unreadable("body is no binding as its siblings describe one");
    };
    if binding.merchant_id != espay.account.merchant_code {
        return Err(ProviderError::Forged { why: "merchantId is not ours" });
    }
    let reference = binding.partner_reference_no;
    let sound = (1..=REFERENCE_MAX).contains(&reference.len())
        && reference.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
    if !sound {
        return unreadable("partnerReferenceNo is none of ours");
    }
    let info = binding.additional_info;
    if present(info.binding_status.as_ref()).is_some_and(|status| status != "SUCCESS") {
        return unreadable("bindingStatus is not documented");
    }
    let Some(token) = present(info.account_token.as_ref()) else {
        return unreadable("accountToken is missing");
    };
    let phone = present(info.phone_no.as_ref()).and_then(|phone| phone.parse().ok());
    let agreement = Agreement { token: Secret::new(token.to_owned()), phone };
    Ok(Notice { reference, transaction: None, amount: None, claim: Claim::Linked(agreement) })
}

pub(super) fn answer(request: &Request<Bytes>, verdict: &Verdict, at: Moment) -> Response<Bytes> {
    let say = |case, message: &str| plain(NUMBER, case, message, at);
    match verdict {
        Verdict::Kept { since, .. } => plain(NUMBER, (200, 0), "Successful", *since),
        Verdict::Unknown
        | Verdict::Asked(_)
        | Verdict::OtherAmount(_)
        | Verdict::PaidAlready(_) => say((404, 1), "Transaction Not Found"),
        Verdict::Forged => say((401, 0), "Unauthorized. [Signature]"),
        Verdict::Unreadable => {
            let (case, message) = flaw(request, &MANDATORY);
            say(case, &message)
        }
        Verdict::NotKept => say((500, 0), "General Error"),
    }
}
