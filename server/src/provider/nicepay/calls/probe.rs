//! Finds out whether NICEPAY takes our credentials, without placing anything.
//!
//! An inquiry looks for its order before it looks at the signature, so that about an order nobody has
//! it says the same to everybody. A registration is checked for merchant and signature first and for
//! its wallet afterwards; this one names a wallet that does not exist.

use std::net::{IpAddr, Ipv4Addr};

use bytes::Bytes;
use http::Response;
use kasir_shared::{MethodId, Moment, Rupiah};
use serde::Deserialize;

use super::super::Nicepay;
use super::super::account::Limits;
use super::super::codes::{self, Meaning, Operation};
use super::super::draft::Draft;
use super::super::methods::{Method, Refunds, Way, Window};
use super::{Heard, read_json, registration};
use crate::provider::words::{present, unreadable};
use crate::provider::{Dialogue, Order, Payer, ProviderError};

/// The wallet is not activated for this merchant: all that comes before it is in order.
const NO_SUCH_WALLET: &str = "9012";

const NOBODYS: &Method = &Method {
    id: MethodId::Dana,
    mitra_cd: "NONE",
    way: Way::Submit,
    limits: Limits { min: Rupiah::ZERO, max: Rupiah::MAX },
    lifetime_s: 0,
    prompts: false,
    refunds: Refunds { window: Window::Never, partial: false, sleeps_at_midnight: false },
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    result_cd: Option<String>,
}

/// Asks for what cannot be placed.
pub(crate) fn ask(nicepay: &Nicepay, at: Moment) -> Result<Dialogue<()>, ProviderError> {
    let order = Order {
        reference: format!("kasir-check-{}", at.unix_s()),
        issued_at: at,
        method: NOBODYS.id,
        amount: Rupiah::new(10_000).unwrap_or(Rupiah::MAX),
        description: "Kasir check".to_owned(),
        items: Vec::new(),
        payer: Payer { name: None, phone: None, email: None, ip: IpAddr::V4(Ipv4Addr::LOCALHOST) },
        notify_url: nicepay.account.base_url.clone(),
        return_url: nicepay.account.base_url.clone(),
        expires_at: at,
        mandate: None,
        catalogue: None,
    };
    let question = registration::question(nicepay, &Draft::new(&order, NOBODYS, at)?)?;
    Ok(Dialogue::ask("probe", question, |answer| read(&answer).map(Dialogue::Done)))
}

fn read(answer: &Response<Bytes>) -> Result<(), ProviderError> {
    let Heard::Said(answer) = read_json::<Answer>(answer)? else {
        return unreadable("NICEPAY has trouble of its own");
    };
    let Some(code) = present(answer.result_cd.as_ref()) else {
        return unreadable("resultCd is missing");
    };
    match codes::meaning(Operation::Registration, code)? {
        Meaning::Misconfigured(_) if code == NO_SUCH_WALLET => Ok(()),
        Meaning::Misconfigured(why) => Err(codes::misconfigured(code, why)),
        Meaning::Busy => unreadable("NICEPAY has trouble of its own"),
        Meaning::Done | Meaning::Taken | Meaning::Refused(_) | Meaning::NotFound => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::{answer, nicepay, status};
    use super::*;

    fn said(code: &str) -> Result<(), ProviderError> {
        read(&answer(&format!(r#"{{"resultCd":"{code}"}}"#)))
    }

    #[test]
    fn credentials_are_taken_once_the_wallet_is_what_is_wrong() {
        assert_eq!(said("9012"), Ok(()));
        assert_eq!(said("9751"), Ok(()));
    }

    #[test]
    fn a_wrong_key_or_merchant_is_told_from_trouble() {
        for code in ["9010", "9011", "9001", "9018", "9503"] {
            assert!(matches!(said(code), Err(ProviderError::Misconfigured { .. })), "{code}");
        }
        for code in ["9002", "8005", "4711", ""] {
            assert!(matches!(said(code), Err(ProviderError::Unreadable { .. })), "{code}");
        }
        assert!(read(&status(502, "<html>")).is_err());
        assert!(read(&answer("<html>")).is_err());
    }

    #[test]
    fn nothing_can_be_placed_by_asking() {
        let Dialogue::Ask(exchange) = ask(&nicepay(), Moment::from_unix_s(0)).unwrap() else {
            panic!("it asks")
        };
        let body: serde_json::Value = serde_json::from_slice(exchange.request.body()).unwrap();
        assert_eq!(body["mitraCd"], "NONE");
        assert_eq!(body["referenceNo"], "kasir-check-0");
    }
}
