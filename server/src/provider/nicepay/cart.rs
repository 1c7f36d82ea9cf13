//! `cartData`: what is bought, as a JSON text inside the JSON.

use kasir_shared::Rupiah;
use kasir_shared::api::merchant::Item;
use serde::Serialize;

use super::text::{cleaned, digits};
use crate::provider::snap::amount::decimals;
use crate::provider::snap::text::portable;
use crate::provider::{Order, ProviderError};

/// The longest `cartData`.
const LENGTH_MAX: usize = 4000;
/// The longest name of a line. Not documented: ours, so that a cart of many lines fits.
const NAME_MAX: usize = 50;

/// How one of NICEPAY's interfaces writes what is bought.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hand {
    amount: fn(Rupiah) -> String,
    text: fn(&str, usize) -> String,
}

/// V2's: amounts are digits.
pub(crate) const V2: Hand = Hand { amount: digits, text: cleaned };
/// SNAP's: amounts have decimals, and texts are such that everybody writes the same JSON for them.
pub(crate) const SNAP: Hand = Hand { amount: decimals, text: portable };

#[derive(Serialize)]
struct Cart {
    count: String,
    item: Vec<Line>,
}

#[derive(Serialize)]
struct Line {
    img_url: &'static str,
    goods_name: String,
    goods_detail: String,
    goods_amt: String,
    goods_quantity: &'static str,
}

/// The cart of an order: one line per item, or a single line where there are no items, where they do
/// not add up to the amount (a voucher, a delivery fee) or do not fit.
///
/// Every line has the quantity 1 and its own total. Some wallets add up `goods_amt` alone, others
/// multiply it by the quantity; so both arrive at the order's amount, and nobody answers 9023.
pub(crate) fn cart_data(order: &Order, hand: Hand) -> Result<String, ProviderError> {
    if let Some(lines) = lines(order, hand) {
        let text = written(lines)?;
        if text.len() <= LENGTH_MAX {
            return Ok(text);
        }
    }
    written(vec![whole(order, hand)])
}

fn lines(order: &Order, hand: Hand) -> Option<Vec<Line>> {
    let mut sum = Rupiah::ZERO;
    let mut lines = Vec::with_capacity(order.items.len());
    for item in &order.items {
        let total = item.price.checked_mul(item.quantity)?;
        sum = sum.checked_add(total)?;
        // A gift is no line: NICEPAY does not say whether a line may cost nothing.
        if !total.is_zero() {
            lines.push(line(item, total, hand));
        }
    }
    (sum == order.amount && !lines.is_empty()).then_some(lines)
}

fn line(item: &Item, total: Rupiah, hand: Hand) -> Line {
    let name = Some((hand.text)(&item.name, NAME_MAX)).filter(|name| !name.is_empty());
    Line {
        img_url: "",
        goods_name: name.unwrap_or_else(|| "Item".to_owned()),
        goods_detail: format!("{} x {}", item.quantity, item.price.value()),
        goods_amt: (hand.amount)(total),
        goods_quantity: "1",
    }
}

fn whole(order: &Order, hand: Hand) -> Line {
    Line {
        img_url: "",
        goods_name: goods_name(order, NAME_MAX, hand),
        goods_detail: order.reference.clone(),
        goods_amt: (hand.amount)(order.amount),
        goods_quantity: "1",
    }
}

/// What the order is for, in at most `max` characters: its description, or its number where nothing
/// of the description can be written.
pub(crate) fn goods_name(order: &Order, max: usize, hand: Hand) -> String {
    let description = (hand.text)(&order.description, max);
    if description.is_empty() { (hand.text)(&order.reference, max) } else { description }
}

fn written(item: Vec<Line>) -> Result<String, ProviderError> {
    let cart = Cart { count: item.len().to_string(), item };
    serde_json::to_string(&cart).map_err(|_| ProviderError::Unsendable { why: "cart has no JSON" })
}

#[cfg(test)]
mod tests {
    use kasir_shared::MethodId;

    use super::super::testing::{item, order};
    use super::*;

    fn sums(cart: &str) -> (usize, u64) {
        let cart: serde_json::Value = serde_json::from_str(cart).unwrap();
        let lines = cart["item"].as_array().unwrap();
        assert_eq!(cart["count"], lines.len().to_string());
        let total = lines.iter().map(|line| {
            assert_eq!(line["goods_quantity"], "1");
            line["goods_amt"].as_str().unwrap().parse::<u64>().unwrap()
        });
        (lines.len(), total.sum())
    }

    #[test]
    fn a_line_carries_its_total_and_the_quantity_one() {
        let mut order = order(MethodId::Linkaja);
        order.items = vec![item("Kopi \"Gayo\"", 2, 700), item("Roti", 1, 600)];
        assert_eq!(
            cart_data(&order, V2).unwrap(),
            concat!(
                r#"{"count":"2","item":["#,
                r#"{"img_url":"","goods_name":"Kopi 'Gayo'","goods_detail":"2 x 700","#,
                r#""goods_amt":"1400","goods_quantity":"1"},"#,
                r#"{"img_url":"","goods_name":"Roti","goods_detail":"1 x 600","#,
                r#""goods_amt":"600","goods_quantity":"1"}]}"#
            )
        );
    }

    #[test]
    fn what_does_not_add_up_or_does_not_fit_is_one_line() {
        let mut order = order(MethodId::Linkaja);
        let many = |count: u32| (0..count).map(|_| item("Sendok", 1, 1)).collect();
        for (items, amount, lines) in [
            (vec![], 2000, 1),
            (vec![item("Kopi", 2, 700)], 2000, 1),
            (vec![item("Kopi", u32::MAX, 999_999_999_999)], 2000, 1),
            (vec![item("Gratis", 1, 0), item("Kopi", 1, 2000)], 2000, 1),
            (vec![item("王", 1, 1000), item("Kopi", 1, 1000)], 2000, 2),
            (many(30), 30, 30),
            (many(60), 60, 1),
        ] {
            order.items = items;
            order.amount = Rupiah::new(amount).unwrap();
            let cart = cart_data(&order, V2).unwrap();
            assert_eq!(sums(&cart), (lines, amount), "{cart}");
            assert!(cart.len() <= LENGTH_MAX);
        }
    }

    #[test]
    fn a_description_without_a_plain_letter_gives_way_to_the_order_number() {
        let mut order = order(MethodId::Dana);
        order.description = "王小明".to_owned();
        assert_eq!(goods_name(&order, 100, V2), "ORD20221208");
    }

    #[test]
    fn over_snap_amounts_have_decimals_and_names_no_sign_that_is_escaped_differently() {
        let mut order = order(MethodId::Linkaja);
        order.items = vec![item("Kopi & \"Gayo\"", 2, 700), item("Ma'ruf", 1, 600)];
        assert_eq!(
            cart_data(&order, SNAP).unwrap(),
            concat!(
                r#"{"count":"2","item":["#,
                r#"{"img_url":"","goods_name":"Kopi + Gayo","goods_detail":"2 x 700","#,
                r#""goods_amt":"1400.00","goods_quantity":"1"},"#,
                r#"{"img_url":"","goods_name":"Ma ruf","goods_detail":"1 x 600","#,
                r#""goods_amt":"600.00","goods_quantity":"1"}]}"#
            )
        );
    }
}
