//! What a lender wants to know of an order: where it goes, how it is paid back, who sells what.
use super::codes::{CART_NOT_JSON, MALFORMED, MONTHS, Refusal};
use super::fields::{Fields, Rule, digits, text};
use super::partners::Partner;
use serde_json::Value;

const DELIVERY: [Rule; 7] = [
    text("deliveryNm", 30, MALFORMED),
    digits("deliveryPhone", 15, MALFORMED),
    text("deliveryAddr", 100, MALFORMED),
    text("deliveryCity", 50, MALFORMED),
    text("deliveryState", 50, MALFORMED),
    digits("deliveryPostCd", 10, MALFORMED),
    text("deliveryCountry", 10, MALFORMED),
];
const INSTALMENT: [Rule; 3] = [
    digits("instmntType", 2, MALFORMED),
    digits("instmntMon", 2, MALFORMED),
    digits("recurrOpt", 2, MALFORMED),
];

/// What must be there beyond what every order has.
pub(super) static RULES: [&[Rule]; 2] = [&DELIVERY, &INSTALMENT];

/// The plans there are, in months; the first is everything within thirty days.
pub(super) const PLANS: [&str; 4] = ["1", "3", "6", "12"];

/// Refuses what a lender could make no order of.
pub(super) fn check(
    fields: &Fields,
    lender: &Partner,
    hints: &mut Vec<String>,
) -> Result<(), Refusal> {
    let items = items(fields);
    for key in ["goods_id", "goods_type", "goods_url", "goods_quantity"] {
        has(&items, key)?;
    }
    if lender.code == "AKLP" {
        sold_by(&items, &sellers(fields)?)?;
    }
    if fields.get("recurrOpt") != "0" {
        hints.push("recurrOpt is not 0, as in every sample of a lender's order".to_owned());
    }
    if !matches!(fields.get("instmntType"), "1" | "2") {
        return Err(Refusal::new(MALFORMED, "instmntType must be 1 (customer) or 2 (merchant)"));
    }
    let months = fields.get("instmntMon");
    if !PLANS.contains(&months) {
        let why = format!("instmntMon must be 1, 3, 6 or 12, it is {months:?}");
        return Err(Refusal::new(MONTHS, why));
    }
    Ok(())
}

/// The items of the cart, which has been found to be one.
fn items(fields: &Fields) -> Vec<Value> {
    let cart: Value = serde_json::from_str(fields.get("cartData")).unwrap_or_default();
    cart.get("item").and_then(Value::as_array).cloned().unwrap_or_default()
}

fn says<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn has(items: &[Value], key: &str) -> Result<(), Refusal> {
    let empty = |item: &&Value| item.get(key).is_none_or(|v| v.is_null() || v == "");
    match items.iter().find(empty) {
        Some(_) => Err(Refusal::new(CART_NOT_JSON, format!("an item of cartData has no {key}"))),
        None => Ok(()),
    }
}

const SELLER: [&str; 3] = ["sellersId", "sellersNm", "sellersEmail"];
const SELLERS_ADDRESS: [&str; 7] = [
    "sellerNm",
    "sellerLastNm",
    "sellerAddr",
    "sellerCity",
    "sellerPostCd",
    "sellerPhone",
    "sellerCountry",
];

/// The sellers: a JSON array written into a string, as the cart is.
fn sellers(fields: &Fields) -> Result<Vec<Value>, Refusal> {
    let wrong = |why: String| Refusal::new(MALFORMED, why);
    if fields.not_text("sellers").is_some() {
        return Err(wrong("sellers must be a JSON array written into a string".to_owned()));
    }
    let text = fields.get("sellers");
    if text.is_empty() {
        return Err(wrong("sellers is missing or empty".to_owned()));
    }
    let read = serde_json::from_str::<Vec<Value>>(text);
    let sellers = read.map_err(|error| wrong(format!("sellers is no JSON array: {error}")))?;
    for seller in &sellers {
        let address = &seller["sellersAddress"];
        let lacks = SELLER.iter().find(|key| says(seller, key).is_empty());
        let lacks =
            lacks.or_else(|| SELLERS_ADDRESS.iter().find(|key| says(address, key).is_empty()));
        if let Some(key) = lacks {
            return Err(wrong(format!("a seller has no {key}")));
        }
    }
    Ok(sellers)
}

/// Every item names one of the sellers, by number and name.
fn sold_by(items: &[Value], sellers: &[Value]) -> Result<(), Refusal> {
    for item in items {
        let (id, name) = (says(item, "goods_sellers_id"), says(item, "goods_sellers_name"));
        let same = |s: &&Value| says(s, "sellersId") == id && says(s, "sellersNm") == name;
        if !sellers.iter().any(|seller| same(&seller)) {
            let why = format!("an item is sold by {id:?} {name:?}, who is not among the sellers");
            return Err(Refusal::new(MALFORMED, why));
        }
    }
    Ok(())
}
