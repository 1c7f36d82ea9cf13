//! Service 11: what is on a linked account.
use super::binding::held;
use super::done;
use super::door;
use super::fields::{Rule, UP_TO_64, UP_TO_128, check, needed, optional, wrong};
use super::purse::Magic;
use super::settings::{BalanceShape, EspayHabit};
use crate::simulator::engine::Desk;
use crate::simulator::snap::call::{Done, Incoming};
use crate::simulator::snap::code::{Case, Refusal};
use crate::simulator::snap::fields::{decimals, present};
use serde_json::{Value, json};

const RULES: [Rule; 3] = [
    needed("partnerReferenceNo", UP_TO_64),
    optional("bankCardToken", UP_TO_128),
    optional("additionalInfo.productCode", UP_TO_64),
];

/// Says what is there.
pub(super) fn balance(desk: &mut Desk<'_>, incoming: &Incoming) -> Result<Done, Refusal> {
    let merchant = door::enter(desk, incoming, "POST")?;
    let body = incoming.read()?;
    check(body, &RULES)?;
    present(body, &["bankCardToken"])?;
    let binding = held(desk, &merchant, body.text("bankCardToken"))?;
    let product = body.text("additionalInfo.productCode");
    if !product.is_empty() && product != binding.product.code {
        let why = format!("the token is of {}", binding.product.code);
        return Err(wrong("additionalInfo.productCode", why));
    }
    if Magic::of(&binding.phone) == Some(Magic::Inactive) {
        return Err(Case::new(403, 18, "Inactive Account").because("the account is not active"));
    }
    let purse = *desk.state.espay.purses.of(binding.product.method, &binding.phone);
    let settings = &desk.settings.espay;
    let entry =
        |kind: &str, value: i64| entry((kind, value), settings.does(EspayHabit::AmountOnly));
    let (cash, points) = (entry("CASH", purse.cash), entry("POINT", purse.points));
    let (name, accounts) = match settings.balances {
        BalanceShape::Info => ("accountInfo", cash),
        BalanceShape::InfoList => ("accountInfo", json!([cash, points])),
        BalanceShape::InfosList => ("accountInfos", json!([cash, points])),
    };
    let mut answer = json!({
        "referenceNo": desk.state.espay.draw(12, desk.now_ms),
        "partnerReferenceNo": body.text("partnerReferenceNo"),
    });
    answer[name] = accounts;
    Ok(done(None, answer))
}

fn entry((kind, value): (&str, i64), amount_only: bool) -> Value {
    let amount = json!({ "value": decimals(value), "currency": "IDR" });
    let mut entry = json!({ "balanceType": kind, "amount": amount });
    if !amount_only {
        entry["availableBalance"] = amount;
    }
    entry
}
