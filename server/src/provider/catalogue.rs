//! What a merchant's account at a provider has, in the provider's own words.

use serde::{Deserialize, Serialize};

/// The products of an account.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub struct Catalogue {
    /// The products, in the provider's order.
    pub products: Vec<Product>,
}

/// A product of a provider's.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Product {
    /// The bank or wallet behind it.
    pub bank: String,
    /// What names it.
    pub code: String,
    /// As the provider writes it.
    pub name: String,
}

impl Catalogue {
    /// The product of this code.
    pub fn product(&self, code: &str) -> Option<&Product> {
        self.products.iter().find(|product| product.code == code)
    }
}
