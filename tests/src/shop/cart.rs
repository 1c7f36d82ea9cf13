//! What a visitor has put aside, kept in a cookie and nowhere else.

use super::catalogue::{Product, product};

/// More of one coffee than anybody orders from a small roaster.
const QUANTITY_MAX: u32 = 20;

/// One coffee and how many bags of it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Line {
    pub(super) product: &'static Product,
    /// From 1 to [`QUANTITY_MAX`].
    pub(super) quantity: u32,
}

impl Line {
    /// Whole rupiah for all bags of this line.
    pub(super) fn price(&self) -> u64 {
        self.product.price * u64::from(self.quantity)
    }
}

/// The cart: each coffee at most once.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Cart(Vec<Line>);

impl Cart {
    /// Reads `gayo:2.toraja:1`, as [`Cart::to_cookie`] wrote it. What is not on the shelf any more,
    /// or never was, is left out: the cookie is the visitor's to edit.
    pub(super) fn from_cookie(text: &str) -> Self {
        let mut cart = Self::default();
        for (id, quantity) in text.split('.').filter_map(|line| line.split_once(':')) {
            if let (Some(product), Ok(quantity)) = (product(id), quantity.parse()) {
                cart.put(product, quantity);
            }
        }
        cart
    }

    /// The form a cookie holds: letters, digits, `:` and `.` only.
    pub(super) fn to_cookie(&self) -> String {
        let lines: Vec<_> =
            self.0.iter().map(|line| format!("{}:{}", line.product.id, line.quantity)).collect();
        lines.join(".")
    }

    /// Puts one more bag in.
    pub(super) fn add(&mut self, product: &'static Product) {
        let there = self.0.iter().find(|line| line.product == product);
        let quantity = there.map_or(1, |line| line.quantity + 1);
        self.put(product, quantity);
    }

    /// Makes it this many bags; none takes the line out.
    pub(super) fn put(&mut self, product: &'static Product, quantity: u32) {
        let quantity = quantity.min(QUANTITY_MAX);
        let place = self.0.iter().position(|line| line.product == product);
        match (place, quantity) {
            (Some(place), 0) => drop(self.0.remove(place)),
            (Some(place), _) => self.0[place].quantity = quantity,
            (None, 0) => {}
            (None, _) => self.0.push(Line { product, quantity }),
        }
    }

    pub(super) fn lines(&self) -> &[Line] {
        &self.0
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many bags there are in all.
    pub(super) fn bags(&self) -> u32 {
        self.0.iter().map(|line| line.quantity).sum()
    }

    /// Whole rupiah for everything.
    pub(super) fn total(&self) -> u64 {
        self.0.iter().map(Line::price).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_somebody_edited_holds_only_what_is_on_the_shelf() {
        let cart = Cart::from_cookie("gayo:2.gold:1.toraja:x.preanger:-1.toraja:0.:.");
        assert_eq!(cart.to_cookie(), "gayo:2");
    }

    #[test]
    fn nobody_orders_more_than_the_shop_can_roast() {
        let cart = Cart::from_cookie("gayo:4000000000");
        assert_eq!(cart.bags(), QUANTITY_MAX);
    }

    #[test]
    fn prices_add_up() {
        let cart = Cart::from_cookie("gayo:2.toraja:1");
        assert_eq!(cart.total(), 2 * 98_000 + 89_000);
        assert_eq!(cart.total(), cart.lines().iter().map(Line::price).sum::<u64>());
    }

    #[test]
    fn adding_the_same_coffee_again_makes_one_line_of_two_bags() {
        let mut cart = Cart::default();
        let gayo = product("gayo").expect("Gayo is on the shelf");
        cart.add(gayo);
        cart.add(gayo);
        assert_eq!((cart.lines().len(), cart.bags()), (1, 2));
        cart.put(gayo, 0);
        assert!(cart.is_empty());
    }
}
