//! `cartData`: a JSON object written into a string, whose sum is the amount.
use super::codes::{CART_NOT_JSON, CART_TOTAL, Refusal};
use super::fields::Fields;
use serde_json::Value;

/// How strictly a cart is read.
#[derive(Clone, Copy)]
pub(crate) struct Strictness {
    /// An empty cart is refused.
    pub(crate) filled: bool,
    /// Only amount times quantity counts.
    pub(crate) quantities: bool,
}

/// Refuses a cart that is no JSON text or that does not add up to the amount. What is merely odd
/// becomes a hint.
pub(crate) fn check(
    fields: &Fields,
    amount: i64,
    strictness: Strictness,
    hints: &mut Vec<String>,
) -> Result<(), Refusal> {
    if fields.not_text("cartData").is_some() {
        let why = "cartData must be a JSON object written into a string, it is not a string";
        return Err(Refusal::new(CART_NOT_JSON, why));
    }
    let text = fields.get("cartData");
    if text.chars().count() > 4_000 {
        return Err(Refusal::new(CART_NOT_JSON, "cartData is longer than 4000 characters"));
    }
    let cart: Value = serde_json::from_str(text)
        .map_err(|error| Refusal::new(CART_NOT_JSON, not_json(text, &error)))?;
    let items = cart.get("item").and_then(Value::as_array);
    let Some(items) = items.filter(|items| !items.is_empty()) else {
        if !strictness.filled && cart.as_object().is_some_and(serde_json::Map::is_empty) {
            return Ok(());
        }
        return Err(Refusal::new(CART_NOT_JSON, "cartData needs an object with items in `item`"));
    };
    odd(&cart, items, hints);
    add_up(items, amount, strictness.quantities)
}

fn not_json(text: &str, error: &serde_json::Error) -> String {
    let quotes = text.contains(['\u{201c}', '\u{201d}']);
    let hint = if quotes { "; it has typographic quotes" } else { "" };
    format!("cartData is not JSON: {error}{hint}")
}

fn add_up(items: &[Value], amount: i64, quantities_only: bool) -> Result<(), Refusal> {
    let (mut lines, mut units) = (0_i64, 0_i64);
    for item in items {
        let price = number(item.get("goods_amt"))
            .ok_or_else(|| Refusal::new(CART_NOT_JSON, "an item's goods_amt is not a number"))?;
        lines = lines.saturating_add(price);
        let quantity = number(item.get("goods_quantity")).unwrap_or(1);
        units = units.saturating_add(price.saturating_mul(quantity));
    }
    if units == amount || (!quantities_only && lines == amount) {
        return Ok(());
    }
    let why = format!(
        "cartData adds up to {units} (goods_amt x goods_quantity; {lines} without quantities), amt is {amount}"
    );
    Err(Refusal::new(CART_TOTAL, why))
}

fn odd(cart: &Value, items: &[Value], hints: &mut Vec<String>) {
    let count = number(cart.get("count"));
    if count != i64::try_from(items.len()).ok() {
        hints.push(format!("cartData.count is {count:?}, there are {} items", items.len()));
    }
    for key in ["img_url", "goods_name", "goods_detail"] {
        if items.iter().any(|item| item.get(key).is_none()) {
            hints.push(format!("an item of cartData has no {key}"));
        }
    }
}

/// A whole number, as a number or as digits.
fn number(value: Option<&Value>) -> Option<i64> {
    let value = value?;
    value.as_i64().or_else(|| value.as_str()?.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn checked(cart: &Value, strictness: Strictness) -> Result<Vec<String>, Refusal> {
        let body = json!({ "cartData": cart }).to_string();
        let fields = Fields::from_json(body.as_bytes()).unwrap();
        let mut hints = Vec::new();
        check(&fields, 1_000, strictness, &mut hints).map(|()| hints)
    }

    const LAX: Strictness = Strictness { filled: false, quantities: false };
    const STRICT: Strictness = Strictness { filled: true, quantities: true };

    fn cart(items: &Value) -> Value {
        json!(json!({"count": "1", "item": items}).to_string())
    }

    #[test]
    fn what_is_not_a_json_text_is_9022() {
        let wrong = [
            json!({"count": "1", "item": []}),
            json!("no json"),
            json!("\u{201c}count\u{201d}"),
            json!("[]"),
            json!("{\"count\":\"0\",\"item\":[]}"),
            cart(&json!([{"goods_amt": "ten"}])),
        ];
        for cart in wrong {
            assert_eq!(checked(&cart, LAX).unwrap_err().code, CART_NOT_JSON, "{cart}");
        }
        assert_eq!(checked(&json!("{}"), STRICT).unwrap_err().code, CART_NOT_JSON);
        assert!(checked(&json!("{}"), LAX).is_ok());
    }

    #[test]
    fn a_line_amount_suffices_for_most_wallets_and_not_for_linkaja() {
        let lines = cart(&json!([
            {"goods_amt": "700", "goods_quantity": "2"}, {"goods_amt": "300"}
        ]));
        assert!(checked(&lines, LAX).is_ok());
        assert_eq!(checked(&lines, STRICT).unwrap_err().code, CART_TOTAL);
        let units = cart(&json!([{"goods_amt": "500", "goods_quantity": "2"}]));
        assert!(checked(&units, STRICT).is_ok());
    }

    #[test]
    fn a_total_that_is_one_rupiah_off_is_9023() {
        let cart = cart(&json!([{"goods_amt": "999"}]));
        let refusal = checked(&cart, LAX).unwrap_err();
        assert_eq!(refusal.code, CART_TOTAL);
        assert!(refusal.why.contains("adds up to 999"), "{}", refusal.why);
    }

    #[test]
    fn an_odd_cart_is_accepted_with_hints() {
        let cart = json!(json!({"count": "3", "item": [{"goods_amt": 1000}]}).to_string());
        assert_eq!(checked(&cart, LAX).unwrap().len(), 4);
    }
}
