//! `cartData` over SNAP: JSON written into a string, its prices with two decimals.
use crate::simulator::snap::body::Node;
use crate::simulator::snap::code::{Case, Refusal};
use crate::simulator::snap::fields::rupiah;

const NAME: &str = "additionalInfo.cartData";

/// Refuses a cart that is no JSON text or does not add up to the amount.
pub(super) fn check(text: &str, amount: i64) -> Result<(), Refusal> {
    let wrong = |why: String| Err(Case::bad_format(NAME).because(format!("{NAME} {why}")));
    let cart = match Node::read(text.as_bytes()) {
        Ok(cart) => cart,
        Err(why) => return wrong(format!("must be an object written into a string: {why}")),
    };
    let items = cart.list("item");
    if items.is_empty() {
        return wrong("has no items in `item`".to_owned());
    }
    let (mut lines, mut units) = (0_i64, 0_i64);
    for item in items {
        let Some(price) = rupiah(item.text("goods_amt"), false) else {
            return wrong(format!(
                "has a goods_amt of {:?}, not of 1.00's form",
                item.at("goods_amt")
            ));
        };
        let quantity = item.text("goods_quantity").parse().unwrap_or(1_i64);
        lines = lines.saturating_add(price);
        units = units.saturating_add(price.saturating_mul(quantity));
    }
    if lines == amount || units == amount {
        return Ok(());
    }
    wrong(format!("adds up to {lines}, or {units} with quantities; the amount is {amount}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cart_adds_up_by_line_or_by_unit_and_its_prices_have_decimals() {
        let cart = |price: &str, quantity: &str| {
            format!(
                r#"{{"count":"1","item":[{{"goods_amt":"{price}","goods_quantity":"{quantity}"}}]}}"#
            )
        };
        check(&cart("10000.00", "1"), 10_000).unwrap();
        check(&cart("5000.00", "2"), 10_000).unwrap();
        check(&cart("10000.00", "2"), 10_000).unwrap();
        for wrong in [cart("10000", "1"), cart("9999.00", "1"), "{}".to_owned(), "x".to_owned()] {
            assert_eq!(check(&wrong, 10_000).unwrap_err().case.code(54), "4005401", "{wrong}");
        }
    }
}
