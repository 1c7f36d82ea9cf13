//! What the shop sells, and to whom it sells in the demo.

use super::words::Lang;

/// A bag of coffee.
#[derive(Debug, Eq, PartialEq)]
pub(super) struct Product {
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    /// Whole rupiah, tax included.
    pub(super) price: u64,
    pub(super) grams: u32,
    pub(super) picture: &'static str,
    origin: [&'static str; 2],
    notes: [&'static str; 2],
}

impl Product {
    /// Where it grew and how it was washed.
    pub(super) fn origin(&self, lang: Lang) -> &'static str {
        lang.pick(self.origin[0], self.origin[1])
    }

    /// What it tastes of.
    pub(super) fn notes(&self, lang: Lang) -> &'static str {
        lang.pick(self.notes[0], self.notes[1])
    }
}

/// The three coffees, in the order of the shelf.
pub(super) static PRODUCTS: [Product; 3] = [
    Product {
        id: "gayo",
        name: "Gayo Pagi",
        price: 98_000,
        grams: 200,
        picture: "/assets/gayo.svg",
        origin: ["Takengon, Aceh · giling basah", "Takengon, Aceh · wet-hulled"],
        notes: ["cokelat hitam, kayu manis", "dark chocolate, cinnamon"],
    },
    Product {
        id: "preanger",
        name: "Preanger Kabut",
        price: 115_000,
        grams: 200,
        picture: "/assets/preanger.svg",
        origin: ["Pangalengan, Jawa Barat · honey", "Pangalengan, West Java · honey"],
        notes: ["jeruk mandarin, gula aren", "mandarin, palm sugar"],
    },
    Product {
        id: "toraja",
        name: "Toraja Senja",
        price: 89_000,
        grams: 200,
        picture: "/assets/toraja.svg",
        origin: ["Sesean, Toraja · semi-washed", "Sesean, Toraja · semi-washed"],
        notes: ["karamel, rempah hangat", "caramel, warm spice"],
    },
];

/// The product with this id, if it is on the shelf.
pub(super) fn product(id: &str) -> Option<&'static Product> {
    PRODUCTS.iter().find(|product| product.id == id)
}

/// The customer of the demo, who has ordered here before.
pub(super) struct Customer {
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    pub(super) phone: &'static str,
    pub(super) email: &'static str,
    pub(super) address: &'static str,
}

/// Rani, whose phone stands beside the shop.
pub(super) static RANI: Customer = Customer {
    id: "cust_rani",
    name: "Rani Prameswari",
    phone: "081234567890",
    email: "rani@example.com",
    address: "Jl. Cihampelas 21, Bandung",
};
