//! `POST /apidirectdebit/v1.0/balance-inquiry` (service 11): what is in a linked wallet.
//!
//! Espay's page is cut off behind `accountInfo`. So every layout is read that the standard and the
//! wallets behind Espay are known to use, and an amount that is not exact, or of which nobody knows
//! which it is, is none.

use std::collections::HashMap;

use kasir_shared::Rupiah;
use serde::Serialize;
use serde_json::Value;

use super::super::Espay;
use super::super::methods::Product;
use super::linking::{self, Word, at, text};
use super::{Call, Heard, Host, Talk};
use crate::provider::snap::amount::Amount;
use crate::provider::snap::call::{self, Service};
use crate::provider::words::unreadable;
use crate::provider::{Dialogue, Funds, Linked, Occasion, ProviderError};

const NUMBER: u8 = 11;
const BALANCE: Call = Call {
    service: Service {
        number: NUMBER,
        operation: "balance",
        path: "/apidirectdebit/v1.0/balance-inquiry",
    },
    host: Host::Linkage,
};
/// Where the accounts of a wallet may stand, each an object or a list of such.
const ACCOUNTS: [&[&str]; 5] = [
    &["accountInfo"],
    &["accountInfos"],
    &["paymentOptions"],
    &["additionalInfo", "accountInfo"],
    &["additionalInfo", "paymentOptions"],
];
/// What is to be had of an account, in the order of how well it answers that.
const AMOUNTS: [&[&str]; 3] = [&["availableBalance"], &["balance"], &["amount"]];
/// States of an account that cannot be paid with: closed, restricted, frozen.
const UNUSABLE: [&str; 3] = ["2", "6", "7"];
/// The only currency there is.
const RUPIAH: &str = "IDR";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Question<'a> {
    partner_reference_no: String,
    bank_card_token: &'a str,
    additional_info: Info<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Info<'a> {
    product_code: &'a str,
}

/// What kind of value an account holds.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
enum Kind {
    Cash,
    Points,
}

/// Asks what is in a wallet.
pub(crate) fn ask(
    espay: &Espay,
    linked: &Linked,
    product: &Product,
    now: Occasion,
) -> Result<Dialogue<Funds>, ProviderError> {
    let body = call::body(&Question {
        // Every inquiry has a number of its own.
        partner_reference_no: format!("B{}", call::external_id(now, 0)),
        bank_card_token: linked.token.expose(),
        additional_info: Info { product_code: &product.code },
    })?;
    Talk::new(espay, now).ask(&BALANCE, body, |_, heard| read(heard).map(Dialogue::Done))
}

fn read(heard: Heard) -> Result<Funds, ProviderError> {
    let answer = heard?;
    match linking::word(&answer, NUMBER)? {
        Word::Done => Ok(funds(&answer.body()?)),
        Word::Over => Ok(Funds::LinkGone),
        Word::No(_) | Word::InProgress | Word::Busy => Ok(Funds::Unknown),
        Word::Taken => unreadable("an inquiry takes no number"),
    }
}

/// The money, and the points where there are any. Money of which nobody knows how much it is leaves
/// all of it unknown.
fn funds(body: &Value) -> Funds {
    let mut held: HashMap<Kind, Option<Rupiah>> = HashMap::new();
    for account in accounts(body) {
        if let Some(kind) = kind(account) {
            // Of two that claim to be the same, neither is believed.
            held.entry(kind).and_modify(|amount| *amount = None).or_insert_with(|| amount(account));
        }
    }
    let of = |kind| held.get(&kind).copied().flatten();
    of(Kind::Cash).map_or(Funds::Unknown, |cash| Funds::Known { cash, points: of(Kind::Points) })
}

fn accounts(body: &Value) -> Vec<&Value> {
    let found = ACCOUNTS.iter().find_map(|path| at(body, path).filter(|found| !found.is_null()));
    match found {
        Some(Value::Array(accounts)) => accounts.iter().collect(),
        Some(Value::Object(_)) => found.into_iter().collect(),
        Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) | None => {
            Vec::new()
        }
    }
}

/// The kind of an account that can be paid with. Others, such as what a wallet lends or saves, are not
/// what the customer has in hand.
fn kind(account: &Value) -> Option<Kind> {
    let status = text(account, &["status"]);
    let off = at(account, &["active"]).and_then(Value::as_bool) == Some(false);
    if off || status.is_some_and(|status| UNUSABLE.contains(&status)) {
        return None;
    }
    let name = text(account, &["balanceType"]).or_else(|| text(account, &["name"]))?;
    match name.to_ascii_uppercase().as_str() {
        "CASH" | "GOPAY_WALLET" => Some(Kind::Cash),
        "POINT" | "POINTS" => Some(Kind::Points),
        _ => None,
    }
}

/// How much is to be had: an amount of the standard's, or a bare number of rupiah.
fn amount(account: &Value) -> Option<Rupiah> {
    let found = AMOUNTS.iter().find_map(|path| at(account, path).filter(|found| !found.is_null()));
    let (value, currency) = match found?.as_object() {
        Some(amount) => {
            let currency = amount.get("currency").map_or(Some(RUPIAH), Value::as_str)?;
            (amount.get("value")?, currency)
        }
        None => (found?, RUPIAH),
    };
    let digits = match value {
        Value::String(digits) => digits.clone(),
        // As it was written, or as near as nobody can tell: what is no whole rupiah is none.
        Value::Number(number) => number.to_string(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
    };
    Amount::written(&digits, currency).rupiah()
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::Response;
    use kasir_shared::MethodId;
    use proptest::prelude::*;

    use super::super::super::testing::{
        answer, asked, coded, heard, linked, linked_account, occasion,
    };
    use super::*;
    use crate::provider::Linkage as _;

    const ANSWER: &str = include_str!("../../../../../tests/vectors/espay/balance/answer.json");

    fn question() -> Dialogue<Funds> {
        let espay = Espay::new(linked_account()).unwrap();
        espay.balance(&linked(MethodId::Ovo), occasion()).unwrap()
    }

    fn said(answer: Response<Bytes>) -> Result<Funds, ProviderError> {
        heard(question(), [("balance", answer)])
    }

    fn holds(accounts: &str) -> Funds {
        said(answer(200, &format!(r#"{{"responseCode":"2001100",{accounts}}}"#))).unwrap()
    }

    fn known(cash: u64, points: Option<u64>) -> Funds {
        let rupiah = |value| Rupiah::new(value).unwrap();
        Funds::Known { cash: rupiah(cash), points: points.map(rupiah) }
    }

    #[test]
    fn what_is_not_exact_or_could_be_either_is_unknown() {
        for accounts in [
            r#""accountInfo":null"#,
            r#""accountInfo":[]"#,
            r#""accountInfo":"250000.00""#,
            r#""accountInfo":{"balanceType":"CASH"}"#,
            r#""accountInfo":{"amount":{"value":"1.00","currency":"IDR"}}"#,
            r#""accountInfo":{"balanceType":"CASH","amount":{"value":"1.50","currency":"IDR"}}"#,
            r#""accountInfo":{"balanceType":"CASH","amount":{"value":"1.00","currency":"USD"}}"#,
            r#""accountInfo":{"balanceType":"CASH","amount":{"value":"1.00","currency":5}}"#,
            r#""accountInfo":{"balanceType":"CASH","amount":{"value":"-1.00","currency":"IDR"}}"#,
            r#""accountInfo":{"balanceType":"CASH","amount":1.5}"#,
            r#""accountInfo":{"balanceType":"CASH","amount":1e30}"#,
            r#""accountInfo":{"balanceType":"CASH","amount":true}"#,
            r#""accountInfo":{"balanceType":"CASH","status":"7","amount":1}"#,
            r#""accountInfo":[{"balanceType":"CASH","amount":1},{"balanceType":"cash","amount":1}]"#,
            r#""accountInfo":{"balanceType":"POINT","amount":1}"#,
            r#""paymentOptions":[{"name":"PAY_LATER","balance":1}]"#,
            r#""paymentOptions":[{"name":"GOPAY_WALLET","active":false,"balance":1}]"#,
        ] {
            assert_eq!(holds(accounts), Funds::Unknown, "{accounts}");
        }
    }

    #[test]
    fn a_token_that_is_refused_is_a_link_that_is_gone() {
        for code in ["4011102", "4011103", "4011104"] {
            assert_eq!(said(coded(code)), Ok(Funds::LinkGone), "{code}");
        }
        // Our own signature, or another service's word, is nobody's agreement.
        for code in ["4011100", "4011101", "4015402"] {
            assert!(
                matches!(said(coded(code)), Err(ProviderError::Misconfigured { .. })),
                "{code}"
            );
        }
    }

    #[test]
    fn trouble_leaves_it_unknown_and_what_is_not_documented_is_unreadable() {
        for code in ["4031118", "4291100", "5001101", "5041100", "2021100", "4041111"] {
            assert_eq!(said(coded(code)), Ok(Funds::Unknown), "{code}");
        }
        assert_eq!(said(answer(503, "<html>")), Ok(Funds::Unknown));
        for code in ["2001101", "2000700", "4030799"] {
            assert!(matches!(said(coded(code)), Err(ProviderError::Unreadable { .. })), "{code}");
        }
    }

    #[test]
    fn every_layout_is_read() {
        assert_eq!(said(answer(200, ANSWER)), Ok(known(250_000, Some(12_000))));
        let cash = r#"{"balanceType":"CASH","amount":{"value":"9.00","currency":"IDR"},"availableBalance":{"value":"7.00","currency":"IDR"}}"#;
        let points = r#"{"balanceType":"Points","amount":{"value":"5","currency":"IDR"}}"#;
        for (accounts, funds) in [
            (format!(r#""accountInfo":{cash}"#), known(7, None)),
            (format!(r#""accountInfo":[{cash},{points}]"#), known(7, Some(5))),
            (format!(r#""accountInfos":[{points},{cash}]"#), known(7, Some(5))),
            (format!(r#""AccountInfos":{cash}"#), known(7, None)),
            (format!(r#""additionalInfo":{{"accountInfo":[{cash}]}}"#), known(7, None)),
            (r#""accountInfo":{"balanceType":"cash","amount":250000}"#.to_owned(), known(250_000, None)),
            (r#""accountInfo":{"balanceType":"CASH","amount":250000.00}"#.to_owned(), known(250_000, None)),
            (r#""accountInfo":{"balanceType":"CASH","amount":{"value":8}}"#.to_owned(), known(8, None)),
            (
                r#""paymentOptions":[{"name":"PAY_LATER","balance":9},{"name":"GOPAY_WALLET","active":true,"balance":6,"token":"t"}]"#.to_owned(),
                known(6, None),
            ),
        ] {
            assert_eq!(holds(&accounts), funds, "{accounts}");
        }
    }

    #[test]
    fn points_that_cannot_be_read_do_not_hide_the_money() {
        let accounts = r#""accountInfo":[{"balanceType":"CASH","amount":1},{"balanceType":"POINT","amount":"many"}]"#;
        assert_eq!(holds(accounts), known(1, None));
    }

    #[test]
    fn the_question_carries_the_agreement_under_a_number_of_its_own() {
        let exchange = asked(question(), "balance");
        let body: Value = serde_json::from_slice(exchange.request.body()).unwrap();
        assert_eq!(text(&body, &["bankCardToken"]), Some("at_1"));
        assert_eq!(text(&body, &["additionalInfo", "productCode"]), Some("OVOLINK"));
        let number = text(&body, &["partnerReferenceNo"]).unwrap();
        assert!(number.len() <= 64 && number.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        assert_eq!(exchange.request.uri().path(), "/apidirectdebit/v1.0/balance-inquiry");
    }

    proptest! {
        #[test]
        fn no_answer_makes_it_panic_or_rich(body in any::<Vec<u8>>(), code in 200_u16..600) {
            let mut answer = Response::new(Bytes::from(body));
            *answer.status_mut() = code.try_into().unwrap();
            let known = matches!(said(answer), Ok(Funds::Known { .. } | Funds::LinkGone));
            prop_assert!(!known);
        }
    }
}
